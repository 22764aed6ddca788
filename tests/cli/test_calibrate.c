/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu calibrate` and `tanu threshold`: on tiles of the pinned demo sheet, and on a site. */
#include "cli/program.h"

#include <sys/stat.h>

#define STRANGERS 40
#define MANIFEST  TANU_SOURCE_DIR "/models/fr-feature.json"

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

/* people/N/face.jpg, one photograph a person. */
static void write_people(size_t count)
{
	tanu_image *sheet = NULL;
	char folder[64], path[128];

	assert_int_equal(tanu_image_read(&sheet,
					 TANU_SOURCE_DIR "/.deps/demo/screenshot-facematch.jpg",
					 NULL, NULL),
			 TANU_OK);
	mkdir("people", 0700);
	for (size_t i = 0; i < count; i++) {
		snprintf(folder, sizeof(folder), "people/%zu", i);
		snprintf(path, sizeof(path), "%s/face.jpg", folder);
		mkdir(folder, 0700);
		assert_int_equal(sheet_write_tile(sheet, sheet_strangers[i], path, NULL), TANU_OK);
	}
	tanu_image_free(&sheet);
}

static double point_number(const struct outcome *o, size_t i, const char *key)
{
	double v = 0;

	assert_int_equal(json_number(&v, json_at(json_get(o->json, "points"), i), key, NULL),
			 TANU_OK);
	return v;
}

static void copy_file(const char *from, const char *to)
{
	struct buf text = {0};

	assert_int_equal(os_read_file(&text, from, 1 << 20, NULL), TANU_OK);
	file_write(to, text.data, text.len);
	buf_free(&text);
}

/* ---- calibrate --images ---- */

static void measures_a_folder_and_writes_its_manifest(void **state)
{
	struct outcome o = {0};
	bool extrapolated = false;
	size_t points;
	double before = -1;

	(void)state;
	write_people(STRANGERS);
	copy_file(MANIFEST, "mine.json");
	RUN_JSON(&o, 0, "calibrate", "--images", "people", "--population", "forty faces of a sheet",
		 "--manifest", "mine.json");
	assert_true(answer_number(&o, "people") == STRANGERS);
	assert_true(answer_number(&o, "impostor") == STRANGERS * (STRANGERS - 1) / 2);
	assert_true(answer_number(&o, "genuine") == 0);
	assert_string_equal(answer_text(&o, "written"), "mine.json");
	points = json_len(json_get(o.json, "points"));
	assert_true(points >= 2);
	for (size_t i = 0; i < points; i++) {
		assert_true(point_number(&o, i, "score") > before);
		before = point_number(&o, i, "score");
	}
	assert_int_equal(json_bool(&extrapolated, json_at(json_get(o.json, "points"), points - 1),
				   "extrapolated", NULL),
			 TANU_OK);
	assert_true(extrapolated); /* 780 pairs say nothing about 1 in a million by themselves */
	RUN(&o, 0, "calibrate", "--images", "people", "--out", "curve.json");
	assert_contains(o.out, "40 people: 0 genuine and 780 impostor pairs");
	assert_contains(o.out, "extrapolated");
	assert_contains(o.out, "Tail: generalised Pareto over ");
	assert_contains(o.out, "Written to curve.json");
	outcome_done(&o);
}

static void too_few_people_are_refused(void **state)
{
	struct outcome o = {0};

	(void)state;
	write_people(5);
	RUN_JSON(&o, 3, "calibrate", "--images", "people", "--out", "curve.json");
	assert_string_equal(answer_error_code(&o), "too-few");
	assert_false(os_exists("curve.json"));
	outcome_done(&o);
}

static void a_manifest_of_another_model_is_left_as_it_is(void **state)
{
	struct outcome o = {0};
	struct buf before = {0}, after = {0};
	char *digest;

	(void)state;
	write_people(STRANGERS);
	assert_int_equal(os_read_file(&before, MANIFEST, 1 << 20, NULL), TANU_OK);
	digest = strstr((char *)(uintptr_t)buf_cstr(&before), "\"sha256\": \"");
	assert_non_null(digest);
	digest[11] = digest[11] == '0' ? '1' : '0';
	file_write("other.json", before.data, before.len);
	RUN_JSON(&o, 3, "calibrate", "--images", "people", "--manifest", "other.json");
	assert_string_equal(answer_error_code(&o), "model-mismatch");
	assert_int_equal(os_read_file(&after, "other.json", 1 << 20, NULL), TANU_OK);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.data, after.data, before.len);
	buf_free(&before);
	buf_free(&after);
	outcome_done(&o);
}

static void options_that_do_not_fit_are_refused(void **state)
{
	struct outcome o = {0};

	(void)state;
	mkdir("empty", 0700);
	RUN_JSON(&o, 2, "calibrate");
	RUN_JSON(&o, 2, "calibrate", "--images", "empty", "--site");
	RUN_JSON(&o, 2, "calibrate", "--site", "--out", "curve.json");
	RUN_JSON(&o, 2, "calibrate", "--images", "empty", "--out", "a", "--manifest", "b");
	RUN_JSON(&o, 2, "calibrate", "--images", "empty", "--population", "two\nlines");
	RUN_JSON(&o, 4, "calibrate", "--images", "empty");
	outcome_done(&o);
}

/* ---- threshold ---- */

static void a_rate_becomes_a_score_with_its_price(void **state)
{
	struct outcome o = {0};
	double usual;

	(void)state;
	RUN_JSON(&o, 0, "threshold", "--fmr", "1e-4");
	usual = answer_number(&o, "threshold");
	assert_true(usual > 0.3 && usual < 0.5);
	assert_int_equal(json_len(json_get(o.json, "threshold_interval")), 2);
	assert_true(answer_number(&o, "fnmr") > 0 && answer_number(&o, "fnmr") < 0.1);
	assert_false(answer_bool(&o, "fmr_extrapolated"));
	assert_false(answer_bool(&o, "site"));
	RUN(&o, 0, "threshold", "--fmr", "1e-4");
	assert_contains(o.out, "1 wrong opening in 10,000 strangers");
	assert_contains(o.out, "as measured on adults of another population");
	assert_contains(o.out, "FNMR");
	assert_lacks(o.out, "extrapolated");
	outcome_done(&o);
}

static void a_search_asks_for_more_the_larger_it_is(void **state)
{
	struct outcome o = {0};
	double small;

	(void)state;
	RUN_JSON(&o, 0, "threshold", "--fpir", "1e-3", "--gallery", "50");
	small = answer_number(&o, "threshold");
	RUN_JSON(&o, 0, "threshold", "--fpir", "1e-3", "--gallery", "500");
	assert_true(answer_number(&o, "threshold") > small);
	assert_true(answer_number(&o, "fmr") == 1e-3 / 500);
	assert_true(answer_number(&o, "gallery") == 500);
	assert_true(answer_bool(&o, "fmr_extrapolated"));
	RUN(&o, 0, "threshold", "--fpir", "1e-3", "--gallery", "500");
	assert_contains(o.out, "1 wrong opening in 1,000 strangers for this gallery of 500\n");
	assert_contains(o.out, "FMR 1 in 500,000, extrapolated from what was measured on ");
	outcome_done(&o);
}

static void a_rate_nobody_can_vouch_for_is_refused(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 2, "threshold");
	RUN_JSON(&o, 2, "threshold", "--fmr", "1e-4", "--fpir", "1e-3", "--gallery", "5");
	RUN_JSON(&o, 2, "threshold", "--fpir", "1e-3");
	RUN_JSON(&o, 2, "threshold", "--fmr", "1e-4", "--gallery", "5");
	RUN_JSON(&o, 2, "threshold", "--fpir", "1e-3", "--gallery", "0");
	RUN_JSON(&o, 2, "threshold", "--fpir", "1e-3", "--gallery", "many");
	RUN_JSON(&o, 2, "threshold", "--fmr", "often");
	RUN_JSON(&o, 2, "threshold", "--fmr", "1e-9");
	assert_string_equal(answer_error_code(&o), "setting");
	RUN_JSON(&o, 2, "threshold", "--fpir", "1e-3", "--gallery", "100000");
	outcome_done(&o);
}

static void a_stated_rate_says_when_it_was_not_counted(void **state)
{
	struct outcome o = {0};

	(void)state;
	photos_write(1);
	RUN_JSON(&o, 0, "compare", "man-0.jpg", "man-0.jpg", "--fmr", "1e-6");
	assert_true(answer_bool(&o, "fmr_extrapolated"));
	RUN(&o, 0, "compare", "man-0.jpg", "man-0.jpg", "--fmr", "1e-6");
	assert_contains(o.out, "FMR 1 in 1,000,000, extrapolated from what was measured on adults");
	RUN_JSON(&o, 0, "compare", "man-0.jpg", "man-0.jpg");
	assert_false(answer_bool(&o, "fmr_extrapolated"));
	outcome_done(&o);
}

/* ---- a site ---- */

static void a_site_measures_itself_only_with_enough_people(void **state)
{
	struct outcome o = {0};
	char id[ID_HEX_LEN];

	(void)state;
	site_make();
	site_add(id, "Aru", ADULT_BORN);
	site_consent(id, "access,calibration");
	RUN_JSON(&o, 3, "calibrate", "--site");
	assert_string_equal(answer_error_code(&o), "too-few");
	RUN(&o, 3, "calibrate", "--site");
	assert_contains(o.err, "50 are needed");
	RUN_JSON(&o, 0, "threshold", "--fmr", "1e-4");
	assert_true(answer_bool(&o, "site"));
	assert_contains(answer_text(&o, "population"), "another population");
	outcome_done(&o);
}

/* The same man enrolled under two names, by two of his photographs. */
static void two_who_look_alike_need_a_second_factor(void **state)
{
	struct outcome o = {0};
	char one[ID_HEX_LEN], two[ID_HEX_LEN];

	(void)state;
	photos_write(3);
	site_make();
	site_add(one, "One", ADULT_BORN);
	site_add(two, "Two", ADULT_BORN);
	site_consent(one, "access,calibration");
	site_consent(two, "access,calibration");
	RUN_JSON(&o, 0, "enrol", one, "man-0.jpg");
	assert_false(answer_bool(&o, "second_factor"));
	RUN_JSON(&o, 0, "enrol", two, "man-1.jpg");
	assert_true(answer_bool(&o, "second_factor"));
	RUN_JSON(&o, 0, "verify", one, "man-2.jpg");
	assert_true(answer_bool(&o, "second_factor"));
	assert_true(answer_bool(&o, "match"));
	RUN(&o, 0, "subject", "show", one);
	assert_contains(o.out, "a second factor is needed");
	assert_lacks(o.out, two);
	assert_lacks(o.out, "Two");
	RUN(&o, 0, "history", one);
	assert_contains(o.out, "second-factor");
	assert_lacks(o.out, two);
	RUN(&o, 0, "consent", "withdraw", two, "--purpose", "calibration");
	RUN_JSON(&o, 0, "verify", one, "man-2.jpg");
	assert_false(answer_bool(&o, "second_factor"));
	RUN_JSON(&o, 2, "verify", one, "man-2.jpg", "--purpose", "calibration");
	outcome_done(&o);
}

int main(void)
{
#define IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, enter, leave)
	const struct CMUnitTest tests[] = {
	    IN_FOLDER(measures_a_folder_and_writes_its_manifest),
	    IN_FOLDER(too_few_people_are_refused),
	    IN_FOLDER(a_manifest_of_another_model_is_left_as_it_is),
	    IN_FOLDER(options_that_do_not_fit_are_refused),
	    IN_FOLDER(a_rate_becomes_a_score_with_its_price),
	    IN_FOLDER(a_search_asks_for_more_the_larger_it_is),
	    IN_FOLDER(a_rate_nobody_can_vouch_for_is_refused),
	    IN_FOLDER(a_stated_rate_says_when_it_was_not_counted),
	    IN_FOLDER(a_site_measures_itself_only_with_enough_people),
	    IN_FOLDER(two_who_look_alike_need_a_second_factor),
	};

	return cmocka_run_group_tests_name("cli/calibrate", tests, NULL, NULL);
}
