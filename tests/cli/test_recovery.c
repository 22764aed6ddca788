/* SPDX-License-Identifier: Apache-2.0 */
/* Backup and recovery as two people do it: the operator, and the holder of the recovery key. */
#include "cli/program.h"

#include <sys/stat.h>

static char anna[ID_HEX_LEN], berik[ID_HEX_LEN];

static int enter(void **state)
{
	(void)state;
	folder_enter();
	site_make();
	site_add(anna, "Anna B.", ADULT_BORN);
	site_add(berik, "Berik C.", ADULT_BORN);
	site_consent(anna, "access");
	site_consent(berik, "access,visit");
	return 0;
}

static int leave(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}

static void run(const char *command)
{
	assert_int_equal(system(command), 0);
}

/* The holder's medium is the folder "hers", away from the site. */
static void give_key(struct outcome *o)
{
	run("mkdir -p hers");
	RUN(o, 0, "recovery", "init", "--out", "hers/key");
	assert_lacks(o->out, "Write this down");
}

static void the_private_half_is_shown_once_or_written_for_the_holder(void **state)
{
	struct outcome o = {0};
	struct stat info;

	(void)state;
	RUN_JSON(&o, 0, "recovery", "show");
	assert_false(answer_bool(&o, "there"));
	RUN_JSON(&o, 0, "recovery", "init");
	assert_int_equal(strlen(answer_text(&o, "code")), 99);
	assert_int_equal((int)answer_number(&o, "days"), 30);
	give_key(&o);
	assert_int_equal(stat("hers/key", &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	RUN_JSON(&o, 0, "recovery", "show");
	assert_true(answer_bool(&o, "there"));
	RUN_JSON(&o, 2, "recovery", "init", "--days", "3");
	RUN_JSON(&o, 2, "recovery", "init", "--strips", "99", "--page", "page.pdf");
	outcome_done(&o);
}

static void prints_a_page_with_strips(void **state)
{
	struct outcome o = {0};
	struct stat info;

	(void)state;
	RUN(&o, 0, "recovery", "init", "--page", "page.pdf", "--strips", "12");
	assert_int_equal(stat("page.pdf", &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_true(info.st_size > 10000);
	run("head -c 5 page.pdf | grep -q '%PDF-'");
	outcome_done(&o);
}

static void the_holder_answers_a_test(void **state)
{
	struct outcome o = {0};
	char answer[32];

	(void)state;
	give_key(&o);
	RUN(&o, 0, "recovery", "test", "--out", "challenge");
	RUN_JSON(&o, 0, "recovery", "answer", "challenge", "--recovery-key", "hers/key");
	snprintf(answer, sizeof(answer), "%s", answer_text(&o, "answer"));
	RUN_JSON(&o, 5, "recovery", "test", "--answer", "0000-0000-0000-0000");
	RUN_JSON(&o, 0, "recovery", "test", "--answer", answer);
	assert_true(answer_bool(&o, "opens"));
	RUN(&o, 0, "doctor");
	assert_contains(o.out, "the holder's half opens");
	outcome_done(&o);
}

static void doctor_says_what_is_missing(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN(&o, 0, "doctor");
	assert_contains(o.out, "after the loss of the disk nothing comes back");
	give_key(&o);
	RUN(&o, 0, "doctor");
	assert_contains(o.out, "nobody has seen the holder's half open yet");
	assert_contains(o.out, "none was made yet: tanu backup");
	RUN(&o, 0, "backup", "--out", "backup");
	RUN(&o, 0, "doctor");
	assert_contains(o.out, "the last is of");
	outcome_done(&o);
}

static void the_disk_is_lost_and_the_site_comes_back(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 4, "backup", "--out", "backup");
	assert_string_equal(answer_error_code(&o), "record-missing");
	give_key(&o);
	RUN_JSON(&o, 0, "backup", "--out", "backup");
	assert_int_equal(strlen(answer_text(&o, "sha256")), 64);
	RUN(&o, 0, "subject", "remove", anna);
	assert_contains(o.out, "A backup that was made before opens with the recovery key");
	RUN(&o, 0, "consent", "withdraw", berik, "--purpose", "visit");
	RUN(&o, 0, "recovery", "notice", "--out", "hers/notice");
	run("cp -r s/log mirror && rm -rf s");
	RUN_JSON(&o, 2, "restore", "backup", "--recovery-key", "hers/key", "--data", "new");
	assert_contains(o.err, "--no-newer-log");
	RUN_JSON(&o, 0, "restore", "backup", "--recovery-key", "hers/key", "--data", "new", "--log",
		 "mirror", "--notice", "hers/notice");
	assert_int_equal((int)answer_number(&o, "people"), 1);
	assert_int_equal((int)answer_number(&o, "left"), 1);
	assert_int_equal((int)answer_number(&o, "ended"), 1);
	RUN_JSON(&o, 0, "subject", "show", berik, "--data", "new");
	assert_string_equal(answer_text(&o, "name"), "Berik C.");
	RUN_JSON(&o, 4, "subject", "show", anna, "--data", "new");
	RUN(&o, 0, "doctor", "--data", "new");
	RUN_JSON(&o, 2, "restore", "backup", "--recovery-key", "hers/key", "--data", "new",
		 "--no-newer-log");
	assert_string_equal(answer_error_code(&o), "folder-exists");
	outcome_done(&o);
}

static void a_turned_key_opens_no_old_backup(void **state)
{
	struct outcome o = {0};

	(void)state;
	give_key(&o);
	RUN(&o, 0, "backup", "--out", "backup");
	RUN_JSON(&o, 0, "recovery", "turn", "hers/key");
	assert_false(answer_bool(&o, "turned"));
	run("cp hers/key hers/copy");
	RUN_JSON(&o, 0, "recovery", "turn", "hers/key", "--to", "1");
	assert_true(answer_bool(&o, "turned"));
	RUN_JSON(&o, 3, "restore", "backup", "--recovery-key", "hers/key", "--data", "new",
		 "--no-newer-log");
	assert_string_equal(answer_error_code(&o), "key-missing");
	assert_contains(o.err, "on purpose");
	/* A copy that she forgot to destroy does open it. */
	RUN(&o, 0, "restore", "backup", "--recovery-key", "hers/copy", "--data", "new",
	    "--no-newer-log");
	RUN_JSON(&o, 0, "recovery", "turn", "hers/key");
	assert_int_equal((int)answer_number(&o, "period"), 1);
	outcome_done(&o);
}

/* The code typed from paper, without the file around it. */
static void the_code_alone_serves(void **state)
{
	struct outcome o = {0};
	char code[128];

	(void)state;
	RUN_JSON(&o, 0, "recovery", "init");
	snprintf(code, sizeof(code), "%s\n", answer_text(&o, "code"));
	file_write_text("typed", code);
	RUN(&o, 0, "backup", "--out", "backup");
	RUN(&o, 0, "restore", "backup", "--recovery-key", "typed", "--data", "new",
	    "--no-newer-log");
	RUN_JSON(&o, 2, "recovery", "turn", "typed"); /* it has no calendar */
	code[20] = code[20] == 'X' ? 'Y' : 'X';
	file_write_text("typed", code);
	RUN_JSON(&o, 4, "restore", "backup", "--recovery-key", "typed", "--data", "other",
		 "--no-newer-log");
	assert_string_equal(answer_error_code(&o), "format");
	outcome_done(&o);
}

static void a_restored_site_stands_where_it_is_named(void **state)
{
	struct outcome o = {0};

	(void)state;
	give_key(&o);
	RUN(&o, 0, "backup", "--out", "backup");
	unsetenv("TANU_DATA");
	RUN_JSON(&o, 2, "restore", "backup", "--recovery-key", "hers/key", "--no-newer-log");
	RUN_JSON(&o, 2, "restore", "backup", "--recovery-key", "hers/key", "--no-newer-log",
		 "--data", "new", "--root", "paper");
	file_write_text("not-a-backup", "something else");
	RUN_JSON(&o, 4, "restore", "not-a-backup", "--recovery-key", "hers/key", "--no-newer-log",
		 "--data", "new");
	assert_string_equal(answer_error_code(&o), "backup");
	outcome_done(&o);
}

int main(void)
{
#define RECOVERY_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
	const struct CMUnitTest tests[] = {
	    RECOVERY_TEST(the_private_half_is_shown_once_or_written_for_the_holder),
	    RECOVERY_TEST(prints_a_page_with_strips),
	    RECOVERY_TEST(the_holder_answers_a_test),
	    RECOVERY_TEST(doctor_says_what_is_missing),
	    RECOVERY_TEST(the_disk_is_lost_and_the_site_comes_back),
	    RECOVERY_TEST(a_turned_key_opens_no_old_backup),
	    RECOVERY_TEST(the_code_alone_serves),
	    RECOVERY_TEST(a_restored_site_stands_where_it_is_named),
	};

	return cmocka_run_group_tests_name("cli/recovery", tests, NULL, NULL);
}
