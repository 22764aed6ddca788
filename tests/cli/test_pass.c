/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passes as people use them: issued, printed, shown as a picture, copied, lost, withdrawn. On real
 * photographs: tiles of the pinned demo sheet.
 */
#include "cli/program.h"

#include <sys/stat.h>

#define PHOTOS 6

static char man[ID_HEX_LEN];

static int cut_photos(void **state)
{
	(void)state;
	folder_enter();
	photos_write(PHOTOS);
	return 0;
}

static int remove_photos(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}

static int enter(void **state)
{
	(void)state;
	folder_descend();
	site_make();
	site_settings("[storage]\nmode = pass\n");
	site_add(man, "Man", ADULT_BORN);
	return 0;
}

static int leave(void **state)
{
	(void)state;
	folder_ascend();
	return 0;
}

static void issue(const char *out)
{
	struct outcome o = {0};

	RUN(&o, 0, "pass", "issue", man, "man-0.jpg", "man-1.jpg", "man-2.jpg", "--out", out,
	    "--png", "--spare");
	outcome_done(&o);
}

/* What a machine for copies would do; the file is the same to the byte. */
static void photocopy(const char *from, const char *to)
{
	struct buf bytes = {0};

	assert_int_equal(os_read_file(&bytes, from, 1 << 20, NULL), TANU_OK);
	file_write(to, bytes.data, bytes.len);
	buf_free(&bytes);
}

static void assert_mode_0600(const char *path)
{
	struct stat info;

	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
}

static void a_pass_is_issued_printed_and_shown(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 0, "consent", "give", man, "--purpose", "access", "--by", "self", "--until",
		 date_in(100));
	assert_string_equal(answer_text(&o, "storage"), "pass");
	RUN_JSON(&o, 0, "pass", "issue", man, "man-0.jpg", "man-1.jpg", "--out", "pass.pdf",
		 "--png", "--nfc", "pass.ndef", "--spare", "--language", "kk");
	assert_int_equal(json_len(json_get(o.json, "passes")), 2);
	assert_int_equal(json_len(json_get(o.json, "files")), 5);
	assert_mode_0600("pass.pdf");
	assert_mode_0600("pass.png");
	assert_mode_0600("pass.ndef");
	/* A picture of the card, the card's spare, and the bytes on an NFC card. */
	RUN_JSON(&o, 0, "verify", man, "man-3.jpg", "--pass", "pass.png");
	assert_true(answer_bool(&o, "match"));
	RUN_JSON(&o, 0, "verify", man, "man-3.jpg", "--pass", "pass-spare.png");
	RUN_JSON(&o, 0, "verify", man, "man-3.jpg", "--pass", "pass.ndef");
	/* Somebody else who holds it. */
	RUN_JSON(&o, 1, "verify", man, "other-0.jpg", "--pass", "pass.png");
	assert_false(answer_bool(&o, "match"));
	RUN_JSON(&o, 3, "verify", man, "man-3.jpg");
	assert_string_equal(answer_error_code(&o), "pass");
	RUN_JSON(&o, 0, "doctor");
	RUN_JSON(&o, 0, "pass", "show", "pass-spare.png");
	assert_string_equal(answer_text(&o, "subject"), man);
	assert_string_equal(answer_text(&o, "state"), "valid");
	RUN_JSON(&o, 0, "pass", "list", man);
	outcome_done(&o);
}

static void a_copy_of_a_withdrawn_pass_fails(void **state)
{
	struct outcome o = {0};

	(void)state;
	site_consent(man, "access");
	issue("pass.pdf");
	photocopy("pass.png", "copy.png");
	RUN(&o, 0, "verify", man, "man-3.jpg", "--pass", "copy.png");
	RUN_JSON(&o, 0, "consent", "withdraw", man);
	assert_true(answer_bool(&o, "reference_erased"));
	RUN_JSON(&o, 3, "verify", man, "man-3.jpg", "--pass", "copy.png");
	assert_string_equal(answer_error_code(&o), "no-consent");
	/* She agrees again, and has a new pass: the copy of the old one stays dead. */
	site_consent(man, "access");
	RUN_JSON(&o, 3, "verify", man, "man-3.jpg", "--pass", "copy.png");
	assert_string_equal(answer_error_code(&o), "pass");
	issue("second.pdf");
	RUN(&o, 3, "verify", man, "man-3.jpg", "--pass", "copy.png");
	assert_contains(o.err, "no copy of it opens");
	RUN(&o, 0, "verify", man, "man-3.jpg", "--pass", "second.png");
	outcome_done(&o);
}

static void a_lost_pass_dies_and_the_spare_goes_on(void **state)
{
	struct outcome o = {0};
	char number[17];

	(void)state;
	site_consent(man, "access");
	issue("pass.pdf");
	RUN_JSON(&o, 0, "pass", "show", "pass.png");
	snprintf(number, sizeof(number), "%s", answer_text(&o, "number"));
	RUN_JSON(&o, 0, "pass", "revoke", man, "--pass", number);
	assert_true(answer_number(&o, "revoked") == 1);
	RUN(&o, 3, "verify", man, "man-3.jpg", "--pass", "pass.png");
	assert_contains(o.err, "was revoked at");
	RUN(&o, 0, "verify", man, "man-3.jpg", "--pass", "pass-spare.png");
	RUN_JSON(&o, 0, "pass", "revoke", man, "--pass", number); /* twice is no error */
	assert_true(answer_number(&o, "revoked") == 0);
	RUN_JSON(&o, 4, "pass", "revoke", man, "--pass", "0000 0000 0000 0000");
	RUN_JSON(&o, 2, "pass", "revoke", man, "--pass", "5f12");
	RUN(&o, 0, "history", man);
	assert_contains(o.out, "pass-issued");
	assert_contains(o.out, "pass-revoked");
	outcome_done(&o);
}

static void what_is_no_pass_says_so(void **state)
{
	struct outcome o = {0};

	(void)state;
	site_consent(man, "access");
	RUN_JSON(&o, 4, "verify", man, "man-3.jpg", "--pass", "man-0.jpg");
	assert_string_equal(answer_error_code(&o), "no-code");
	file_write_text("text", "TP and then nothing");
	RUN_JSON(&o, 4, "pass", "show", "text");
	assert_string_equal(answer_error_code(&o), "format");
	RUN_JSON(&o, 4, "pass", "show", "nowhere.png");
	assert_string_equal(answer_error_code(&o), "file-missing");
	outcome_done(&o);
}

/* Before anything is issued. */
static void nothing_is_issued_that_could_not_be_written(void **state)
{
	struct outcome o = {0};

	(void)state;
	site_consent(man, "access");
	file_write_text("there.png", "mine");
	RUN_JSON(&o, 2, "pass", "issue", man, "man-0.jpg", "--out", "there.pdf", "--png");
	assert_string_equal(answer_error_code(&o), "conflict");
	RUN_JSON(&o, 3, "pass", "issue", man, "other-0.jpg", "man-0.jpg", "--out", "two.pdf");
	assert_int_equal(json_len(json_get(o.json, "photos")), 2);
	assert_false(os_exists("two.pdf"));
	RUN_JSON(&o, 0, "pass", "list", man);
	assert_int_equal(json_len(json_get(o.json, "passes")), 0);
	RUN_JSON(&o, 2, "enrol", man, "man-0.jpg");
	assert_string_equal(answer_error_code(&o), "setting");
	outcome_done(&o);
}

#define PASS_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    PASS_TEST(a_pass_is_issued_printed_and_shown),
	    PASS_TEST(a_copy_of_a_withdrawn_pass_fails),
	    PASS_TEST(a_lost_pass_dies_and_the_spare_goes_on),
	    PASS_TEST(what_is_no_pass_says_so),
	    PASS_TEST(nothing_is_issued_that_could_not_be_written),
	};

	return cmocka_run_group_tests_name("cli/pass", tests, cut_photos, remove_photos);
}
