/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu eval pairs` on tiles of the pinned demo sheet: one man and strangers. */
#include "cli/program.h"

#include <sys/stat.h>

#define MEN	  4
#define STRANGERS 3
#define GENUINE	  (MEN * (MEN - 1) / 2)
#define ALL	  ((MEN + STRANGERS) * (MEN + STRANGERS - 1) / 2)

static void move(const char *from, const char *folder)
{
	char to[128];

	mkdir(folder, 0700);
	snprintf(to, sizeof(to), "%s/%s", folder, from);
	assert_int_equal(rename(from, to), 0);
}

/* people/man/man-N.jpg, and people/other-N/other-N.jpg for each stranger. */
static int enter(void **state)
{
	char from[32], folder[64];

	(void)state;
	folder_enter();
	photos_write(MEN);
	mkdir("people", 0700);
	for (int i = 0; i < MEN; i++) {
		snprintf(from, sizeof(from), "man-%d.jpg", i);
		move(from, "people/man");
	}
	for (int i = 0; i < STRANGERS; i++) {
		snprintf(from, sizeof(from), "other-%d.jpg", i);
		snprintf(folder, sizeof(folder), "people/other-%d", i);
		move(from, folder);
	}
	file_write_text("pairs.csv", "a,b,same\n"
				     "man/man-0.jpg,man/man-1.jpg,1\n"
				     "man/man-2.jpg,man/man-3.jpg,1\n"
				     "man/man-0.jpg,other-0/other-0.jpg,0\n"
				     "other-1/other-1.jpg,other-2/other-2.jpg,0\n");
	return 0;
}

static int leave(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}

static void measures_accuracy_on_a_list(void **state)
{
	struct outcome o = {0};
	json_value listed;
	double threshold = 0, accuracy = 0;

	(void)state;
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--pairs", "pairs.csv");
	assert_true(answer_number(&o, "photographs") == 7);
	assert_true(answer_number(&o, "failed") == 0);
	listed = json_get(o.json, "listed");
	assert_int_equal(json_number(&threshold, listed, "threshold", NULL), TANU_OK);
	assert_int_equal(json_number(&accuracy, listed, "accuracy", NULL), TANU_OK);
	assert_true(accuracy == 1.0 && threshold > 0.0 && threshold < 0.9);
	RUN(&o, 0, "eval", "pairs", "--images", "people", "--pairs", "pairs.csv");
	assert_contains(o.out, "accuracy  100.00%");
	assert_contains(o.out, "flatters");
	outcome_done(&o);
}

static void a_threshold_from_another_list_is_named(void **state)
{
	struct outcome o = {0};

	(void)state;
	file_write_text("training.csv", "a,b,same\nman/man-0.jpg,man/man-2.jpg,1\n"
					"man/man-1.jpg,other-1/other-1.jpg,0\n");
	RUN(&o, 0, "eval", "pairs", "--images", "people", "--pairs", "pairs.csv",
	    "--threshold-from", "training.csv");
	assert_contains(o.out, "chosen on training.csv\n");
	assert_lacks(o.out, "flatters");
	outcome_done(&o);
}

static void compares_all_pairs_as_far_as_they_support_a_rate(void **state)
{
	struct outcome o = {0};
	json_value all;
	int64_t genuine = 0, impostor = 0;

	(void)state;
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--all-pairs");
	all = json_get(o.json, "all_pairs");
	assert_int_equal(json_int(&genuine, all, "genuine", NULL), TANU_OK);
	assert_int_equal(json_int(&impostor, all, "impostor", NULL), TANU_OK);
	assert_int_equal(genuine, GENUINE);
	assert_int_equal(impostor, ALL - GENUINE);
	assert_int_equal(json_len(json_get(all, "rates")), 1); /* 15 impostor pairs: 1e-1 alone */
	RUN(&o, 0, "eval", "pairs", "--images", "people", "--all-pairs");
	assert_contains(o.out, "needs 100 impostor pairs at least, there are 15");
	outcome_done(&o);
}

static void a_bad_photograph_is_listed_and_its_pairs_left_out(void **state)
{
	struct outcome o = {0};
	json_value failure, listed;
	const char *code = NULL;
	int64_t left_out = 0;

	(void)state;
	file_write_text("people/man/man-3.jpg", "not a picture");
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--pairs", "pairs.csv");
	assert_true(answer_number(&o, "failed") == 1);
	failure = json_at(json_get(o.json, "failures"), 0);
	assert_int_equal(json_text(&code, failure, "code", NULL), TANU_OK);
	assert_string_equal(code, "image-type");
	listed = json_get(o.json, "listed");
	assert_int_equal(json_int(&left_out, listed, "left_out", NULL), TANU_OK);
	assert_int_equal(left_out, 1);
	RUN(&o, 0, "eval", "pairs", "--images", "people", "--pairs", "pairs.csv");
	assert_contains(o.out, "man/man-3.jpg: ");
	outcome_done(&o);
}

static void a_missing_photograph_is_listed_too(void **state)
{
	struct outcome o = {0};

	(void)state;
	file_write_text("more.csv", "a,b,same\nman/man-0.jpg,man/man-1.jpg,1\n"
				    "man/man-0.jpg,man/nowhere.jpg,1\n");
	RUN(&o, 0, "eval", "pairs", "--images", "people", "--pairs", "more.csv");
	assert_contains(o.out, "man/nowhere.jpg: ");
	outcome_done(&o);
}

static void refuses_what_it_cannot_measure(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 2, "eval", "pairs", "--images", "people");
	assert_string_equal(answer_error_code(&o), "usage");
	RUN_JSON(&o, 2, "eval", "pairs", "--images", "people", "--threshold-from", "pairs.csv");
	RUN_JSON(&o, 4, "eval", "pairs", "--images", "people", "--pairs", "nowhere.csv");
	mkdir("empty", 0700);
	RUN_JSON(&o, 4, "eval", "pairs", "--images", "empty", "--all-pairs");
	file_write_text("bad.csv", "a,b,same\nx,y,perhaps\n");
	RUN_JSON(&o, 4, "eval", "pairs", "--images", "people", "--pairs", "bad.csv");
	assert_string_equal(answer_error_code(&o), "csv");
	outcome_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(measures_accuracy_on_a_list, enter, leave),
	    cmocka_unit_test_setup_teardown(a_threshold_from_another_list_is_named, enter, leave),
	    cmocka_unit_test_setup_teardown(compares_all_pairs_as_far_as_they_support_a_rate, enter,
					    leave),
	    cmocka_unit_test_setup_teardown(a_bad_photograph_is_listed_and_its_pairs_left_out,
					    enter, leave),
	    cmocka_unit_test_setup_teardown(a_missing_photograph_is_listed_too, enter, leave),
	    cmocka_unit_test_setup_teardown(refuses_what_it_cannot_measure, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
