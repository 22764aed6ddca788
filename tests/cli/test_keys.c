/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The disk of a site copied whole, keys and all, before a person is erased, and put back
 * afterwards: with the root of the keys in files she opens again, and the receipt said so; with the
 * root in a TPM nothing opens.
 */
#include "cli/program.h"

#include "vault/swtpm.h"

static struct swtpm tpm;

static int enter(void **state)
{
	(void)state;
	folder_enter();
	if (swtpm_is_installed() && !swtpm_start(&tpm, "tpm"))
		return -1;
	return 0;
}

static int leave(void **state)
{
	(void)state;
	swtpm_stop(&tpm);
	folder_leave();
	return 0;
}

static void copy(const char *from, const char *to)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s && cp -a %s %s", to, from, to);
	assert_int_equal(system(command), 0);
}

/* A person is added, the disk copied, the person removed, the copy put back. */
static void erase_and_put_back(struct outcome *o, bool resists)
{
	setenv("TANU_DATA", "s", 1);
	RUN(o, 0, "subject", "add", "--name", "Anna B.", "--born", ADULT_BORN);
	RUN(o, 0, "subject", "add", "--name", "Berik C.", "--born", ADULT_BORN);
	copy("s", "image");
	RUN(o, 0, "subject", "remove", "Anna B.");
	assert_contains(o->out, resists ? "rollback-resistant  yes" : "rollback-resistant  no");
	copy("s", "present");
	copy("image", "s");
}

static void with_the_root_in_files_she_comes_back(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN(&o, 0, "init", "s", "--site", "School 12");
	erase_and_put_back(&o, false);
	RUN(&o, 0, "subject", "show", "Anna B.");
	RUN_JSON(&o, 0, "keys", "root");
	assert_string_equal(answer_text(&o, "root"), "file");
	assert_false(answer_bool(&o, "rollback_resistant"));
	outcome_done(&o);
}

static void with_the_root_in_a_tpm_nothing_opens(void **state)
{
	struct outcome o = {0};

	(void)state;
	NEEDS_SWTPM();
	RUN(&o, 0, "init", "s", "--site", "School 12", "--root", "tpm", "--tcti", tpm.tcti);
	erase_and_put_back(&o, true);
	RUN_JSON(&o, 5, "subject", "show", "Anna B.");
	assert_string_equal(answer_error_code(&o), "keys-damaged");
	assert_contains(o.err, "is an old copy");
	copy("present", "s");
	RUN(&o, 0, "subject", "show", "Berik C.");
	RUN(&o, 4, "subject", "show", "Anna B.");
	outcome_done(&o);
}

static void moves_the_root_and_says_since_when_it_resists(void **state)
{
	struct outcome o = {0};

	(void)state;
	NEEDS_SWTPM();
	RUN(&o, 0, "init", "s", "--site", "School 12");
	setenv("TANU_DATA", "s", 1);
	RUN(&o, 0, "subject", "add", "--name", "Berik C.", "--born", ADULT_BORN);
	copy("s", "files");
	RUN_JSON(&o, 0, "keys", "root", "tpm", "--tcti", tpm.tcti);
	assert_string_equal(answer_text(&o, "root"), "tpm");
	assert_true(answer_number(&o, "resistant_since_ms") > 1e12);
	assert_contains(answer_text(&o, "tpm"), "TPM 2.0 of IBM");
	assert_true(answer_bool(&o, "tpm_software"));
	RUN(&o, 0, "subject", "show", "Berik C."); /* the settings know where it is */
	RUN_JSON(&o, 0, "doctor");
	assert_contains(o.out, "it is a program, and a copy with its memory opens");
	/* A keys folder from before the move, under today's settings. */
	copy("s", "moved");
	copy("files/keys", "s/keys");
	RUN_JSON(&o, 5, "subject", "show", "Berik C.");
	assert_contains(o.err, "keys.root says tpm");
	copy("moved", "s");
	RUN_JSON(&o, 0, "keys", "root", "file");
	assert_string_equal(answer_text(&o, "root"), "file");
	swtpm_stop(&tpm); /* it is not asked any more */
	RUN(&o, 0, "subject", "show", "Berik C.");
	outcome_done(&o);
}

static void says_what_is_wrong_with_the_tpm_and_makes_nothing(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 5, "init", "s", "--site", "School 12", "--root", "tpm", "--tcti",
		 "device:/dev/there-is-no-tpm");
	assert_string_equal(answer_error_code(&o), "tpm");
	RUN_JSON(&o, 2, "init", "s", "--site", "School 12", "--root", "paper");
	RUN(&o, 0, "init", "s", "--site", "School 12");
	setenv("TANU_DATA", "s", 1);
	RUN_JSON(&o, 5, "keys", "root", "tpm", "--tcti", "device:/dev/there-is-no-tpm");
	assert_string_equal(answer_error_code(&o), "tpm");
	RUN_JSON(&o, 2, "keys", "root", "paper");
	RUN_JSON(&o, 0, "keys", "root");
	assert_string_equal(answer_text(&o, "root"), "file");
	file_write_text("s/tanu.ini", "[keys]\nroot = paper\n");
	RUN_JSON(&o, 2, "subject", "list");
	assert_contains(o.err, "neither file nor tpm");
	outcome_done(&o);
}

int main(void)
{
#define KEYS_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
	const struct CMUnitTest tests[] = {
	    KEYS_TEST(with_the_root_in_files_she_comes_back),
	    KEYS_TEST(with_the_root_in_a_tpm_nothing_opens),
	    KEYS_TEST(moves_the_root_and_says_since_when_it_resists),
	    KEYS_TEST(says_what_is_wrong_with_the_tpm_and_makes_nothing),
	};

	return cmocka_run_group_tests_name("cli/keys", tests, NULL, NULL);
}
