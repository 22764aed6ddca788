/* SPDX-License-Identifier: Apache-2.0 */
/* A setting that the program changes in tanu.ini: only its line changes, wherever it stands. */
#include "service/site.h"

static void assert_edit(const char *before, const char *name, const char *value, const char *after)
{
	struct buf text = {0}, out = {0};

	buf_str(&text, before);
	settings_edit_ini(&out, &text, name, value);
	assert_string_equal(buf_cstr(&out), after);
	buf_free(&text);
	buf_free(&out);
}

static void replaces_the_commented_default(void **state)
{
	(void)state;
	assert_edit("[site]\nname = X\n\n[keys]\n; where\n;root = file\n; way\n;tcti = y\n",
		    "keys.root", "tpm",
		    "[site]\nname = X\n\n[keys]\n; where\nroot = tpm\n; way\n;tcti = y\n");
}

static void prefers_the_line_that_counts(void **state)
{
	(void)state;
	assert_edit("[keys]\n;root = file\nroot=tpm\n", "keys.root", "file",
		    "[keys]\n;root = file\nroot = file\n");
}

static void leaves_other_sections_and_longer_names_alone(void **state)
{
	(void)state;
	assert_edit("[keysx]\nroot = a\n[site]\nroot = b\n[keys]\nroots = c\n", "keys.root", "tpm",
		    "[keysx]\nroot = a\n[site]\nroot = b\n[keys]\nroot = tpm\nroots = c\n");
}

static void takes_the_innermost_section_of_a_dotted_name(void **state)
{
	(void)state;
	assert_edit("[quality.door]\nyaw = 1\n[quality.enrol]\nyaw = 2\n", "quality.enrol.yaw", "3",
		    "[quality.door]\nyaw = 1\n[quality.enrol]\nyaw = 3\n");
}

static void makes_a_section_where_there_is_none(void **state)
{
	(void)state;
	assert_edit("[site]\nname = X", "keys.root", "tpm",
		    "[site]\nname = X\n\n[keys]\nroot = tpm\n");
	assert_edit("", "keys.root", "tpm", "\n[keys]\nroot = tpm\n");
}

/* What a new site has is still understood, and says what was set. */
static void the_ini_of_a_new_site_stays_valid(void **state)
{
	struct buf text = {0}, out = {0};
	struct settings settings = {0};
	size_t count = 0;
	const struct setting_row *rows = service_settings(&count);

	(void)state;
	settings_write_ini(&text, "School 7", law_at(0));
	settings_edit_ini(&out, &text, "keys.tcti", "swtpm:host=127.0.0.1,port=1");
	MUST(settings_init(&settings, rows, count, err));
	MUST(ini_load(&settings, (const char *)out.data, out.len, "tanu.ini", err));
	assert_string_equal(settings_text(&settings, "keys.tcti"), "swtpm:host=127.0.0.1,port=1");
	assert_string_equal(settings_text(&settings, "keys.root"), "file");
	assert_string_equal(settings_text(&settings, "site.name"), "School 7");
	settings_free(&settings);
	buf_free(&text);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(replaces_the_commented_default),
	    cmocka_unit_test(prefers_the_line_that_counts),
	    cmocka_unit_test(leaves_other_sections_and_longer_names_alone),
	    cmocka_unit_test(takes_the_innermost_section_of_a_dotted_name),
	    cmocka_unit_test(makes_a_section_where_there_is_none),
	    cmocka_unit_test(the_ini_of_a_new_site_stays_valid),
	};

	return cmocka_run_group_tests_name("service/edit_ini", tests, NULL, NULL);
}
