/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts checked from outside, on the shared vectors: exit codes, words, JSON, paper. */
#include "cli/program.h"

#define V TANU_SOURCE_DIR "/tests/vectors/receipt/"

static int enter(void **state)
{
	(void)state;
	folder_enter();
	return 0;
}

static int leave(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}

static void verdicts_are_exit_codes(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 0, "receipt", "verify", V "good_receipt/1.tanu-receipt");
	assert_string_equal(answer_text(&o, "verdict"), "clean");
	RUN_JSON(&o, 1, "receipt", "verify", V "forged_signature/1.tanu-receipt");
	assert_string_equal(answer_text(&o, "verdict"), "suspicious");
	RUN_JSON(&o, 4, "receipt", "verify", V "cases.json");
	assert_string_equal(answer_error_code(&o), "format");
	RUN_JSON(&o, 4, "receipt", "verify", "no-such-file");
	RUN_JSON(&o, 0, "receipt", "history", V "good_history/1.tanu-receipt", "--log",
		 V "good_history/log");
	RUN_JSON(&o, 1, "receipt", "history", V "dropped_leaf/1.tanu-receipt", "--log",
		 V "dropped_leaf/log");
	RUN_JSON(&o, 5, "receipt", "history", V "missing_bundle/1.tanu-receipt", "--log",
		 V "missing_bundle/log");
	assert_string_equal(answer_text(&o, "verdict"), "unreachable");
	assert_string_equal(answer_error_code(&o), "io");
	outcome_done(&o);
}

static void tells_what_happened_in_words(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN(&o, 0, "receipt", "history", V "good_history/1.tanu-receipt", "--log",
	    V "good_history/log");
	assert_contains(o.out, "2026-09-02 08:00 UTC  Face compared: it matched");
	assert_contains(o.out, "once in 10,000 comparisons");
	assert_contains(o.out, "in the log after 3 d, at the latest after 4 d");
	assert_contains(o.out, "by: a court; to: Полиция, Алматы");
	assert_contains(o.out, "Comparisons of the face: 3 (matched: 2, no match: 1)");
	assert_contains(o.out, "Nothing suspicious");
	assert_contains(o.out, "never written into the log");
	RUN(&o, 1, "receipt", "history", V "withheld/1.tanu-receipt", "--log", V "withheld/log",
	    "--language", "kk");
	assert_contains(o.out, "Күдікті");
	assert_contains(o.out, "withheld\n    Мекеме");
	RUN(&o, 1, "receipt", "history", V "forked/1.tanu-receipt", "--log", V "forked/log",
	    "--language", "ru");
	assert_contains(o.out, "Доказательство");
	assert_contains(o.out, "\n— witness.example/w1 ");
	outcome_done(&o);
}

/* The folder of a site stands for its log; several receipts belong together. */
static void takes_several_receipts_and_the_folder_above(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN(&o, 0, "receipt", "history", V "keyless_with_keys/1.tanu-receipt",
	    V "keyless_with_keys/2.tanu-receipt", "--log", V "keyless_with_keys");
	assert_contains(o.out, "Removed from the list");
	assert_lacks(o.out, "key-absent");
	RUN(&o, 0, "receipt", "verify", V "keyless/1.tanu-receipt");
	assert_contains(o.out, "key-absent");
	outcome_done(&o);
}

static void trusts_the_policy_it_is_given(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 1, "receipt", "verify", V "her_policy/1.tanu-receipt", "--policy",
		 V "her_policy/policy");
	RUN_JSON(&o, 0, "receipt", "verify", V "her_policy/1.tanu-receipt");
	RUN_JSON(&o, 4, "receipt", "verify", V "her_policy/1.tanu-receipt", "--policy",
		 V "cases.json");
	outcome_done(&o);
}

static void prints_without_the_keys(void **state)
{
	struct outcome o = {0};
	struct buf pdf = {0};

	(void)state;
	RUN_JSON(&o, 0, "receipt", "print", V "good_receipt/1.tanu-receipt", "--out", "r.pdf");
	assert_int_equal(os_read_file(&pdf, "r.pdf", 1 << 24, NULL), TANU_OK);
	assert_true(pdf.len > 1000);
	assert_memory_equal(pdf.data, "%PDF-", 5);
	buf_free(&pdf);
	outcome_done(&o);
}

/* The real page is built where Node.js is; tests of web/ look at it. */
static void gives_out_the_page(void **state)
{
	struct outcome o = {0};
	struct buf page = {0};

	(void)state;
	file_write_text("verifier.html", "<!doctype html>");
	assert_int_equal(setenv("TANU_VERIFIER", "verifier.html", 1), 0);
	RUN_JSON(&o, 4, "receipt", "page", "--out", "no/such/folder");
	RUN_JSON(&o, 0, "receipt", "page", "--out", "copy.html");
	assert_int_equal(os_read_file(&page, "copy.html", 100, NULL), TANU_OK);
	assert_int_equal(page.len, 15);
	assert_int_equal(answer_number(&o, "bytes"), 15);
	assert_int_equal(setenv("TANU_VERIFIER", "absent.html", 1), 0);
	RUN_JSON(&o, 4, "receipt", "page");
	assert_string_equal(answer_error_code(&o), "file-missing");
	assert_int_equal(unsetenv("TANU_VERIFIER"), 0);
	buf_free(&page);
	outcome_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(verdicts_are_exit_codes),
	    cmocka_unit_test(tells_what_happened_in_words),
	    cmocka_unit_test(takes_several_receipts_and_the_folder_above),
	    cmocka_unit_test(trusts_the_policy_it_is_given),
	    cmocka_unit_test_setup_teardown(prints_without_the_keys, enter, leave),
	    cmocka_unit_test_setup_teardown(gives_out_the_page, enter, leave),
	};

	return cmocka_run_group_tests_name("cli/receipt", tests, NULL, NULL);
}
