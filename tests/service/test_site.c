/* SPDX-License-Identifier: Apache-2.0 */
/* A data folder: made once, opened by one, half-made and then made again. */
#include "service/site.h"

#include <sys/stat.h>

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[OS_PATH_MAX];

	MUST(os_path(path, sizeof(path), dir, name, err));
	MUST(os_replace_file(path, text, strlen(text), 0600, err));
}

static void makes_a_folder_only_its_owner_can_enter(void **state)
{
	struct site *site = *state;
	struct stat info;

	assert_int_equal(stat(site->dir, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	assert_string_equal(settings_text(service_setting_values(site->s), "site.name"),
			    "School 7");
}

static void refuses_a_second_site_in_the_folder(void **state)
{
	struct site *site = *state;
	struct service_options options = site_options(site, site->dir);

	service_close(&site->s);
	REFUSES(TANU_ERR_FOLDER_EXISTS, service_create(&options, "Other", err));
	site_open_dir(site, site->dir);
	assert_string_equal(settings_text(service_setting_values(site->s), "site.name"),
			    "School 7");
}

static void refuses_a_second_opener(void **state)
{
	struct site *site = *state;
	struct service_options options = site_options(site, site->dir);
	struct service *second = NULL;

	REFUSES(TANU_ERR_FOLDER_BUSY, service_open(&second, &options, err));
	assert_null(second);
}

static void refuses_a_folder_without_a_site(void **state)
{
	struct site *site = *state;
	struct service_options options = site_options(site, site->root);
	struct service *s = NULL;

	REFUSES(TANU_ERR_FOLDER_MISSING, service_open(&s, &options, err));
}

static void makes_a_site_again_that_broke_off(void **state)
{
	struct site *site = *state;
	struct service_options options = site_options(site, site->dir);
	struct service *s = NULL;

	service_close(&site->s);
	write_file(site->dir, "tanu.making", "");
	REFUSES(TANU_ERR_FOLDER_MISSING, service_open(&s, &options, err));
	MUST(service_create(&options, "School 8", err));
	site_open_dir(site, site->dir);
	assert_string_equal(settings_text(service_setting_values(site->s), "site.name"),
			    "School 8");
}

static void refuses_keys_of_another_site(void **state)
{
	struct site *site = *state;
	char other[96], keys[120], mine[120];
	struct service_options options;
	struct service *s = NULL;

	snprintf(other, sizeof(other), "%s/other", site->root);
	options = site_options(site, other);
	MUST(service_create(&options, "Other", err));
	add_person(site, "Aliya", 30);
	service_close(&site->s);
	snprintf(keys, sizeof(keys), "%s/keys", other);
	snprintf(mine, sizeof(mine), "%s/keys", site->dir);
	site_remove_tree(mine);
	site_copy(keys, mine);
	options = site_options(site, site->dir);
	REFUSES(TANU_ERR_KEYS_DAMAGED, service_open(&s, &options, err));
}

static void names_the_line_of_an_unknown_setting(void **state)
{
	struct site *site = *state;
	struct service_options options = site_options(site, site->dir);
	struct service *s = NULL;
	tanu_error error = {0};

	service_close(&site->s);
	write_file(site->dir, "tanu.ini", "[site]\nname = School 7\n[match]\nfmrr = 1e-4\n");
	assert_int_equal(service_open(&s, &options, &error), TANU_USAGE);
	assert_int_equal(error.code, TANU_ERR_SETTING);
	assert_non_null(strstr(error.place, "line 4"));
}

static void reads_settings_back_from_its_own_ini(void **state)
{
	struct site *site = *state;
	size_t count = 0;
	const struct setting_row *rows = service_settings(&count);
	struct settings again = {0};
	struct buf text = {0}, active = {0};

	settings_write_ini(&text, "School 7", law_at(0));
	/* With every default switched on, the file must still be accepted. */
	for (const char *p = buf_cstr(&text); *p; p++)
		if (!(*p == ';' && p[1] != ' '))
			buf_u8(&active, (uint8_t)*p);
	MUST(settings_init(&again, rows, count, err));
	MUST(ini_load(&again, (const char *)active.data, active.len, "tanu.ini", err));
	for (size_t i = 1; i < count; i++)
		assert_string_equal(again.values[i], rows[i].value);
	assert_string_equal(settings_text(&again, "site.name"), "School 7");
	settings_free(&again);
	buf_free(&text);
	buf_free(&active);
	(void)site;
}

static void refuses_names_an_ini_cannot_hold(void **state)
{
	struct site *site = *state;
	static const char *const bad[] = {"", "two\nlines", "semi ; colon", " blank"};
	char dir[96];
	struct service_options options;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(dir, sizeof(dir), "%s/bad%zu", site->root, i);
		options = site_options(site, dir);
		REFUSES(TANU_ERR_SETTING, service_create(&options, bad[i], err));
	}
}

static void bounds_of_the_settings_are_those_of_the_engine(void **state)
{
	struct site *site = *state;
	tanu_quality_bounds engine, set;

	tanu_quality_bounds_door(&engine);
	settings_bounds(&set, service_setting_values(site->s), SAMPLE_DOOR);
	for (size_t i = 0; i < TANU_QUALITY_COUNT; i++) {
		assert_float_equal(engine.min[i], set.min[i], 1e-6);
		assert_float_equal(engine.max[i], set.max[i], 1e-6);
	}
	tanu_quality_bounds_enrol(&engine);
	settings_bounds(&set, service_setting_values(site->s), SAMPLE_ENROL);
	for (size_t i = 0; i < TANU_QUALITY_COUNT; i++) {
		assert_float_equal(engine.min[i], set.min[i], 1e-6);
		assert_float_equal(engine.max[i], set.max[i], 1e-6);
	}
}

static void reports_the_state_of_the_site(void **state)
{
	struct site *site = *state;
	struct service_report report = {0};
	tanu_id id = add_person(site, "Aliya", 30);

	give(site, &id, TANU_PURPOSE_ACCESS | TANU_PURPOSE_VISIT, 30);
	keep_reference(site, &id, 1);
	MUST(service_report(site->s, &report, err));
	assert_string_equal(report.site, "School 7");
	assert_int_equal(report.subjects, 1);
	assert_int_equal(report.consents_live, 2);
	assert_int_equal(report.references, 1);
	assert_int_equal(report.embeddings, 0);
	assert_int_equal(report.permits, 0);
	assert_false(report.rolled_back);
	assert_true(report.sequence > 0);
	MUST(service_check(site->s, err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(makes_a_folder_only_its_owner_can_enter),
	    SITE_TEST(refuses_a_second_site_in_the_folder),
	    SITE_TEST(refuses_a_second_opener),
	    SITE_TEST(refuses_a_folder_without_a_site),
	    SITE_TEST(makes_a_site_again_that_broke_off),
	    SITE_TEST(refuses_keys_of_another_site),
	    SITE_TEST(names_the_line_of_an_unknown_setting),
	    SITE_TEST(reads_settings_back_from_its_own_ini),
	    SITE_TEST(refuses_names_an_ini_cannot_hold),
	    SITE_TEST(bounds_of_the_settings_are_those_of_the_engine),
	    SITE_TEST(reports_the_state_of_the_site),
	};

	return cmocka_run_group_tests_name("service/site", tests, NULL, NULL);
}
