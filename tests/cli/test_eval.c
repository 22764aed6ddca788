/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu eval` on tiles of the pinned demo sheet: one man and strangers. */
#include "cli/program.h"

#include <tanu/face.h>

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

/* What is remembered stays in the folder of the test. */
static void set_cache(void)
{
	char here[256], cache[300];

	assert_non_null(getcwd(here, sizeof(here)));
	snprintf(cache, sizeof(cache), "%s/cache", here);
	setenv("XDG_CACHE_HOME", cache, 1);
}

/* people/man/man-N.jpg, and people/other-N/other-N.jpg for each stranger. */
static int enter(void **state)
{
	char from[32], folder[64];

	(void)state;
	folder_enter();
	set_cache();
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
	assert_contains(o.out, "accuracy: 100.00%");
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
	assert_contains(o.out, "needs 100 pairs of different people at least, there are 15");
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

static void tells_groups_of_the_users_file(void **state)
{
	struct outcome o = {0};
	json_value groups;
	const char *label = NULL;

	(void)state;
	file_write_text("groups.csv", "who,town\nman,Almaty\nother-0,Almaty\nother-1,Oral\n"
				      "other-2,Oral\nnobody,Oral\n");
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--all-pairs", "--groups",
		 "groups.csv");
	groups = json_get(o.json, "groups");
	assert_int_equal(json_text(&label, groups, "label", NULL), TANU_OK);
	assert_string_equal(label, "town");
	assert_int_equal(json_len(json_get(groups, "sets")), 2);
	assert_int_equal(json_len(json_get(groups, "common")), 1);
	RUN(&o, 0, "eval", "pairs", "--images", "people", "--all-pairs", "--groups", "groups.csv");
	assert_contains(o.out, "1 rows of the labels name no photograph here");
	assert_contains(o.out, "Oral has too few pairs (1)");
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--pairs", "pairs.csv", "--groups",
		 "groups.csv");
	RUN_JSON(&o, 4, "eval", "pairs", "--images", "people", "--all-pairs", "--groups",
		 "pairs.csv");
	outcome_done(&o);
}

static void judges_folds_by_one_another(void **state)
{
	struct outcome o = {0};
	double mean = 0;

	(void)state;
	file_write_text("folds.csv", "a,b,same,fold\n"
				     "man/man-0.jpg,man/man-1.jpg,1,x\n"
				     "man/man-0.jpg,other-0/other-0.jpg,0,x\n"
				     "man/man-2.jpg,man/man-3.jpg,1,y\n"
				     "other-1/other-1.jpg,other-2/other-2.jpg,0,y\n");
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--pairs", "folds.csv");
	assert_int_equal(json_number(&mean, json_get(o.json, "listed"), "fold_mean", NULL),
			 TANU_OK);
	assert_true(mean == 1.0);
	outcome_done(&o);
}

static size_t file_size(const char *path, mode_t *mode)
{
	struct stat s;

	if (stat(path, &s) < 0)
		return 0;
	*mode = s.st_mode & 0777;
	return (size_t)s.st_size;
}

static void what_was_seen_is_remembered_until_it_is_forgotten(void **state)
{
	struct outcome o = {0};
	mode_t mode = 0;

	(void)state;
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--pairs", "pairs.csv",
		 "--no-cache");
	assert_int_equal(file_size("cache/tanu/seen", &mode), 0);
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--pairs", "pairs.csv");
	assert_true(answer_number(&o, "cached") == 0);
	assert_true(file_size("cache/tanu/seen", &mode) > 7 * 2048);
	assert_int_equal(mode, 0600);
	assert_int_equal(file_size("cache/tanu/seen.key", &mode), 32);
	assert_int_equal(mode, 0600);
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--all-pairs");
	assert_true(answer_number(&o, "cached") == 7);
	file_write_text("cache/tanu/seen.key", "another key that is of no use.__");
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--all-pairs");
	assert_true(answer_number(&o, "cached") == 0);
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--all-pairs", "--cache-hours", "0");
	assert_true(answer_number(&o, "cached") == 0);
	assert_int_equal(file_size("cache/tanu/seen", &mode), 0);
	assert_int_equal(file_size("cache/tanu/seen.key", &mode), 0);
	outcome_done(&o);
}

/* Another choice of face sees something else in the same file. */
static void what_is_remembered_belongs_to_its_options(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--all-pairs");
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--all-pairs", "--face", "chosen");
	assert_true(answer_number(&o, "cached") == 0);
	RUN_JSON(&o, 2, "eval", "pairs", "--images", "people", "--all-pairs", "--cache-hours",
		 "-1");
	outcome_done(&o);
}

static void a_run_is_kept_and_compared(void **state)
{
	struct outcome o = {0};
	struct buf kept = {0};
	json_value row;
	bool shown = true;

	(void)state;
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--all-pairs", "--save-scores",
		 "run.json");
	assert_int_equal(os_read_file(&kept, "run.json", 1 << 20, NULL), TANU_OK);
	assert_true(kept.len < 7 * 512); /* no features fit in there */
	buf_free(&kept);
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--all-pairs", "--against",
		 "run.json");
	row = json_at(json_get(o.json, "against"), 0);
	assert_int_equal(json_bool(&shown, row, "shown", NULL), TANU_OK);
	assert_false(shown);
	RUN_JSON(&o, 2, "eval", "pairs", "--images", "people", "--pairs", "pairs.csv", "--against",
		 "run.json");
	RUN_JSON(&o, 4, "eval", "pairs", "--images", "people", "--all-pairs", "--against",
		 "pairs.csv");
	outcome_done(&o);
}

static void assert_page(const char *path, const char *title)
{
	struct buf page = {0};
	mode_t mode = 0;

	assert_true(file_size(path, &mode) > 2000);
	assert_int_equal(mode, 0600);
	assert_int_equal(os_read_file(&page, path, 1 << 20, NULL), TANU_OK);
	assert_contains(buf_cstr(&page), title);
	assert_contains(buf_cstr(&page), "default-src 'none'");
	assert_contains(buf_cstr(&page), "</html>");
	assert_lacks(buf_cstr(&page), "man-0"); /* nobody is named */
	assert_lacks(buf_cstr(&page), "http:");
	assert_lacks(buf_cstr(&page), "https");
	buf_free(&page);
}

static void writes_a_page_for_people(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 0, "eval", "pairs", "--images", "people", "--pairs", "pairs.csv",
		 "--all-pairs", "--report", "pairs.html");
	assert_string_equal(answer_text(&o, "report"), "pairs.html");
	assert_page("pairs.html", "Comparison error rates");
	RUN_JSON(&o, 5, "eval", "pairs", "--images", "people", "--all-pairs", "--report",
		 "pairs.csv/page.html");
	outcome_done(&o);
}

static void searches_and_names_nobody(void **state)
{
	struct outcome o = {0};
	json_value search;
	int64_t n = 0;

	(void)state;
	RUN_JSON(&o, 0, "eval", "identify", "--images", "people", "--report", "identify.html");
	search = json_get(o.json, "search");
	assert_int_equal(json_int(&n, search, "enrolled", NULL), TANU_OK);
	assert_int_equal(n, 1);
	assert_int_equal(json_int(&n, search, "mated_searches", NULL), TANU_OK);
	assert_int_equal(n, MEN - 1);
	assert_int_equal(json_int(&n, search, "stranger_searches", NULL), TANU_OK);
	assert_int_equal(n, STRANGERS);
	assert_page("identify.html", "Identification error rates");
	RUN(&o, 0, "eval", "identify", "--images", "people");
	assert_contains(o.out, "3 of 3");
	assert_lacks(o.out, "other-");
	assert_lacks(o.out, "man");
	RUN_JSON(&o, 2, "eval", "identify", "--images", "people", "--enrolled", "2");
	RUN_JSON(&o, 2, "eval", "identify", "--images", "people", "--enrolled", "some");
	outcome_done(&o);
}

/* The men are live; the strangers stand in for attacks of two species. */
static void attacks_are_told_by_species(void **state)
{
	struct outcome o = {0};
	json_value species;
	const char *name = NULL;

	(void)state;
	mkdir("attacks", 0700);
	mkdir("attacks/screen", 0700);
	mkdir("attacks/print", 0700);
	assert_int_equal(rename("people/other-0", "attacks/print/ada"), 0);
	assert_int_equal(rename("people/other-1", "attacks/screen/bob"), 0);
	RUN_JSON(&o, 0, "eval", "pad", "--live", "people/man", "--attack", "attacks", "--species",
		 "folder", "--subject", "name", "--report", "pad.html");
	species = json_get(json_get(o.json, "at_threshold"), "species");
	assert_int_equal(json_len(species), 3);
	assert_int_equal(json_text(&name, json_at(species, 2), "species", NULL), TANU_OK);
	assert_string_equal(name, "screen");
	assert_page("pad.html", "Attack detection error rates");
	RUN(&o, 0, "eval", "pad", "--live", "people/man", "--attack", "attacks");
	assert_contains(o.out, "APCER attacks");
	assert_lacks(o.out, "APCER print");
	RUN_JSON(&o, 4, "eval", "pad", "--live", "empty-there", "--attack", "attacks");
	RUN_JSON(&o, 2, "eval", "pad", "--live", "people");
	outcome_done(&o);
}

/* The last measure is that of the features, where there are any: by its bound at a door. */
static void assert_features_measured(const struct outcome *o)
{
	json_value measures = json_get(o->json, "measures"), curves, last;
	const char *name = NULL;
	double median = 0;

	assert_int_equal(json_len(measures), TANU_QUALITY_COUNT + 2);
	last = json_at(measures, TANU_QUALITY_COUNT + 1);
	assert_int_equal(json_text(&name, last, "name", NULL), TANU_OK);
	assert_string_equal(name, "features");
	assert_int_equal(json_number(&median, last, "median", NULL), TANU_OK);
	assert_true(median > 0 && median < 1);
	curves = json_get(json_get(o->json, "discard"), "curves");
	assert_true(json_len(curves) == 0 || json_len(curves) == TANU_QUALITY_COUNT + 2);
}

static void quality_is_told_by_measure_and_group(void **state)
{
	struct outcome o = {0};

	(void)state;
	file_write_text("groups.csv", "who,town\nman,Almaty\nother-0,Oral\n");
	file_write_text("people/loose.jpg", "not a picture");
	RUN_JSON(&o, 0, "eval", "quality", "--images", "people", "--groups", "groups.csv",
		 "--report", "quality.html");
	assert_features_measured(&o);
	assert_int_equal(json_len(json_get(json_get(o.json, "groups"), "each")), 2);
	assert_true(answer_number(&o, "failed") == 1);
	assert_page("quality.html", "Quality of photographs");
	RUN(&o, 0, "eval", "quality", "--images", "people");
	assert_contains(o.out, "inter-eye");
	assert_contains(o.out, "features");
	RUN_JSON(&o, 0, "eval", "quality", "--images", "people/other-0");
	assert_int_equal(json_len(json_get(o.json, "measures")), TANU_QUALITY_COUNT + 1);
	RUN_JSON(&o, 2, "eval", "quality", "--images", "people", "--fmr", "2");
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
	    cmocka_unit_test_setup_teardown(tells_groups_of_the_users_file, enter, leave),
	    cmocka_unit_test_setup_teardown(judges_folds_by_one_another, enter, leave),
	    cmocka_unit_test_setup_teardown(what_was_seen_is_remembered_until_it_is_forgotten,
					    enter, leave),
	    cmocka_unit_test_setup_teardown(what_is_remembered_belongs_to_its_options, enter,
					    leave),
	    cmocka_unit_test_setup_teardown(a_run_is_kept_and_compared, enter, leave),
	    cmocka_unit_test_setup_teardown(writes_a_page_for_people, enter, leave),
	    cmocka_unit_test_setup_teardown(searches_and_names_nobody, enter, leave),
	    cmocka_unit_test_setup_teardown(attacks_are_told_by_species, enter, leave),
	    cmocka_unit_test_setup_teardown(quality_is_told_by_measure_and_group, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
