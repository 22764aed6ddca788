/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs that look at photographs, on real ones: tiles of the pinned demo sheet. */
#include "cli/program.h"

#define PHOTOS 8

static char man[ID_HEX_LEN];

/* The photographs are cut once and linked into the folder of each test. */
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
	site_add(man, "Man", ADULT_BORN);
	return 0;
}

static int leave(void **state)
{
	(void)state;
	folder_ascend();
	return 0;
}

static void enrol_man(void)
{
	struct outcome o = {0};

	site_consent(man, "access");
	RUN(&o, 0, "enrol", man, "man-0.jpg", "man-1.jpg", "man-2.jpg");
	outcome_done(&o);
}

/* ---- without a site ---- */

static void compares_two_photographs(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 0, "compare", "man-0.jpg", "man-3.jpg");
	assert_true(answer_bool(&o, "match"));
	assert_true(answer_number(&o, "score") >= answer_number(&o, "threshold"));
	assert_true(answer_number(&o, "fmr") == 1e-4);
	assert_int_equal(json_len(json_get(o.json, "liveness")), 2);
	RUN_JSON(&o, 1, "compare", "man-0.jpg", "other-0.jpg");
	assert_false(answer_bool(&o, "match"));
	RUN(&o, 1, "compare", "man-0.jpg", "other-0.jpg");
	assert_contains(o.out, "no match: score ");
	assert_contains(o.out, "FMR 1 in 10,000, as measured on ");
	assert_lacks(o.out, "%");
	outcome_done(&o);
}

/* The first pair of one person and the first of two people of LFW's development view. */
static void tells_people_of_lfw_apart(void **state)
{
	const char *data = getenv("TANU_TEST_DATA");
	struct outcome o = {0};
	char images[512], a[700], b[700], c[700];

	(void)state;
	snprintf(images, sizeof(images), "%s/lfw-dev/images",
		 data ? data : TANU_SOURCE_DIR "/../shared/data");
	if (!os_is_dir(images)) {
		print_message("no %s: skipped\n", images);
		skip();
	}
	snprintf(a, sizeof(a), "%s/Abdullah_Gul/Abdullah_Gul_0013.jpg", images);
	snprintf(b, sizeof(b), "%s/Abdullah_Gul/Abdullah_Gul_0014.jpg", images);
	snprintf(c, sizeof(c), "%s/AJ_Cook/AJ_Cook_0001.jpg", images);
	RUN_JSON(&o, 0, "compare", a, b);
	RUN_JSON(&o, 1, "compare", a, c);
	outcome_done(&o);
}

static void a_rarer_false_match_asks_for_a_higher_score(void **state)
{
	struct outcome o = {0};
	double usual;

	(void)state;
	RUN_JSON(&o, 0, "compare", "man-0.jpg", "man-0.jpg");
	usual = answer_number(&o, "threshold");
	RUN_JSON(&o, 0, "compare", "man-0.jpg", "man-0.jpg", "--fmr", "1e-5");
	assert_true(answer_number(&o, "threshold") > usual);
	assert_true(answer_number(&o, "fmr") == 1e-5);
	RUN_JSON(&o, 2, "compare", "man-0.jpg", "man-0.jpg", "--fmr", "1e-9");
	RUN_JSON(&o, 2, "compare", "man-0.jpg", "man-0.jpg", "--fmr", "0");
	outcome_done(&o);
}

static tanu_status count_name(void *self, const char *name, tanu_error *err)
{
	(void)name;
	(void)err;
	++*(size_t *)self;
	return TANU_OK;
}

static void comparing_leaves_nothing_behind(void **state)
{
	struct outcome o = {0};
	size_t before = 0, after = 0;

	(void)state;
	assert_int_equal(os_list_dir(".", count_name, &before, NULL), TANU_OK);
	RUN(&o, 0, "compare", "man-0.jpg", "man-1.jpg", "--fmr", "1e-3");
	assert_int_equal(os_list_dir(".", count_name, &after, NULL), TANU_OK);
	assert_int_equal(after, before);
	outcome_done(&o);
}

static void inspects_a_photograph(void **state)
{
	struct outcome o = {0};
	json_value face, quality;

	(void)state;
	RUN_JSON(&o, 0, "inspect", "man-0.jpg");
	assert_true(json_len(json_get(o.json, "faces")) >= 1);
	face = json_at(json_get(o.json, "faces"), 0);
	assert_int_equal(json_len(json_get(face, "box")), 4);
	assert_int_equal(json_len(json_get(face, "landmarks")), 68);
	assert_int_equal(json_len(json_at(json_get(face, "landmarks"), 0)), 2);
	assert_non_null(json_get(face, "liveness"));
	quality = json_get(face, "quality");
	assert_non_null(json_get(quality, "unified"));
	assert_non_null(json_get(quality, "inter-eye"));
	RUN(&o, 0, "inspect", "man-0.jpg");
	assert_contains(o.out, "inter-eye");
	assert_contains(o.out, "to enrol");
	outcome_done(&o);
}

static void draws_what_it_saw(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 0, "inspect", "man-0.jpg", "--annotate", "seen.jpg");
	assert_string_equal(answer_text(&o, "annotated"), "seen.jpg");
	/* It is a photograph again, and not the one it was. */
	RUN(&o, 0, "inspect", "seen.jpg");
	assert_int_not_equal(system("cmp -s man-0.jpg seen.jpg"), 0);
	RUN_JSON(&o, 2, "inspect", "man-0.jpg", "--annotate", "man-0.jpg");
	assert_string_equal(answer_error_code(&o), "conflict");
	outcome_done(&o);
}

static void reads_standard_input_once(void **state)
{
	static const char *const words[] = {"compare", "-", "man-1.jpg", NULL};
	struct call call = {.words = words, .in = "man-0.jpg"};
	struct outcome o = {0};

	(void)state;
	program_run(&o, &call);
	assert_int_equal(o.code, 0);
	RUN_JSON(&o, 2, "compare", "-", "-");
	assert_contains(o.err, "only once");
	RUN_JSON(&o, 4, "inspect", "-");
	assert_string_equal(answer_error_code(&o), "image-empty");
	outcome_done(&o);
}

static void a_photograph_without_a_face_is_no_error_of_ours(void **state)
{
	static uint8_t grey[15 + 64 * 64 * 3] = "P6\n64 64\n255\n";
	struct outcome o = {0};

	(void)state;
	memset(grey + 13, 128, 64 * 64 * 3);
	file_write("grey.ppm", grey, 13 + 64 * 64 * 3);
	RUN_JSON(&o, 4, "inspect", "grey.ppm");
	assert_string_equal(answer_error_code(&o), "no-face");
	assert_int_equal(json_len(json_get(o.json, "faces")), 0);
	RUN_JSON(&o, 4, "compare", "man-0.jpg", "grey.ppm");
	assert_string_equal(answer_error_code(&o), "no-face");
	assert_contains(o.err, "grey.ppm");
	site_consent(man, "access");
	RUN_JSON(&o, 4, "enrol", man, "grey.ppm");
	assert_string_equal(answer_error_code(&o), "no-face");
	outcome_done(&o);
}

static void hostile_photographs_are_refused_by_name(void **state)
{
	struct outcome o = {0};
	struct buf jpeg = {0};

	(void)state;
	assert_int_equal(os_read_file(&jpeg, "man-0.jpg", 1 << 20, NULL), TANU_OK);
	file_write("cut.jpg", jpeg.data, jpeg.len / 2);
	file_write("empty.jpg", "", 0);
	file_write_text("text.jpg", "<html>not a picture</html>");
	file_write_text("huge.ppm", "P6\n65000 65000\n255\n");
	buf_free(&jpeg);
	RUN_JSON(&o, 4, "inspect", "cut.jpg");
	RUN_JSON(&o, 4, "inspect", "empty.jpg");
	assert_string_equal(answer_error_code(&o), "image-empty");
	RUN_JSON(&o, 4, "inspect", "text.jpg");
	assert_string_equal(answer_error_code(&o), "image-type");
	RUN_JSON(&o, 4, "inspect", "huge.ppm");
	assert_string_equal(answer_error_code(&o), "image-limit");
	assert_contains(o.err, "huge.ppm");
	RUN_JSON(&o, 4, "compare", "man-0.jpg", "missing.jpg");
	RUN_JSON(&o, 4, "compare", "man-0.jpg", ".");
	assert_string_equal(answer_error_code(&o), "file-missing");
	assert_contains(o.err, "it is a folder");
	assert_string_equal(answer_error_code(&o), "file-missing");
	outcome_done(&o);
}

static void hostile_file_names_stay_text(void **state)
{
	static const char *const bad = "\xFF\033[2J\n\xC3.jpg";
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 4, "inspect", bad);
	assert_contains(o.out, "\xEF\xBF\xBD");
	RUN(&o, 4, "inspect", bad);
	assert_lacks(o.err, "\033");
	assert_int_equal(rename("man-0.jpg", bad), 0);
	RUN_JSON(&o, 0, "inspect", bad, "--annotate", "\xFF");
	assert_string_equal(answer_text(&o, "annotated"), "\xEF\xBF\xBD");
	site_consent(man, "access");
	RUN_JSON(&o, 0, "enrol", man, bad);
	outcome_done(&o);
}

/* ---- with a site ---- */

/* What inspect says of a photograph is what the site would do with it. */
static void inspect_goes_by_the_bounds_of_the_site(void **state)
{
	struct outcome o = {0};
	const char *advice = NULL;

	(void)state;
	RUN_JSON(&o, 0, "inspect", "man-0.jpg");
	assert_int_equal(json_len(json_get(json_at(json_get(o.json, "faces"), 0), "refused")), 0);
	file_write_text("s/tanu.ini",
			"[site]\nname = School\n[quality.door]\ninter_eye_px = 500\n");
	RUN_JSON(&o, 0, "inspect", "man-0.jpg");
	assert_int_equal(json_len(json_get(json_at(json_get(o.json, "faces"), 0), "refused")), 1);
	assert_int_equal(
	    json_text(&advice, json_at(json_get(o.json, "faces"), 0), "advice_door", NULL),
	    TANU_OK);
	assert_contains(advice, "500");
	outcome_done(&o);
}

static void nothing_is_enrolled_without_consent(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 3, "enrol", man, "man-0.jpg");
	assert_string_equal(answer_error_code(&o), "no-consent");
	assert_contains(o.err, "Next: tanu consent give");
	/* The photograph was not even opened. */
	RUN_JSON(&o, 3, "enrol", man, "missing.jpg");
	assert_string_equal(answer_error_code(&o), "no-consent");
	outcome_done(&o);
}

static void enrols_and_verifies(void **state)
{
	struct outcome o = {0};

	(void)state;
	site_consent(man, "access");
	RUN_JSON(&o, 4, "verify", man, "man-3.jpg");
	assert_string_equal(answer_error_code(&o), "no-reference");
	RUN_JSON(&o, 0, "enrol", man, "man-0.jpg", "man-1.jpg");
	assert_int_equal((int)answer_number(&o, "used"), 2);
	RUN_JSON(&o, 0, "verify", man, "man-3.jpg");
	assert_true(answer_bool(&o, "match"));
	assert_string_equal(answer_text(&o, "subject"), man);
	assert_string_equal(answer_text(&o, "pad"), "frame");
	RUN_JSON(&o, 1, "verify", man, "other-1.jpg");
	assert_false(answer_bool(&o, "match"));
	RUN(&o, 1, "verify", man, "other-2.jpg");
	assert_contains(o.out, "no match: score ");
	RUN_JSON(&o, 3, "verify", man, "man-3.jpg", "--purpose", "visit");
	assert_string_equal(answer_error_code(&o), "no-consent");
	RUN_JSON(&o, 0, "doctor");
	RUN(&o, 0, "history", man);
	assert_contains(o.out, "verify-no-match");
	outcome_done(&o);
}

static void several_frames_are_told_one_by_one(void **state)
{
	struct outcome o = {0};
	const char *advice = NULL;

	(void)state;
	enrol_man();
	RUN_JSON(&o, 0, "verify", man, "man-3.jpg", "man-4.jpg", "other-1.jpg");
	assert_true(answer_bool(&o, "match"));
	assert_int_equal((int)answer_number(&o, "used"), 2);
	assert_int_equal(json_len(json_get(o.json, "photos")), 3);
	assert_int_equal(json_text(&advice, json_at(json_get(o.json, "photos"), 2), "advice", NULL),
			 TANU_OK);
	assert_contains(advice, "somebody else");
	RUN(&o, 0, "verify", man, "man-3.jpg", "man-4.jpg", "other-1.jpg");
	assert_contains(o.out, "other-1.jpg: not used: this photograph shows somebody else");
	RUN_JSON(&o, 3, "verify", man, "man-3.jpg", "other-1.jpg");
	assert_string_equal(answer_error_code(&o), "face-quality");
	assert_int_equal(json_len(json_get(o.json, "photos")), 2);
	RUN_JSON(&o, 2, "verify", man, "-", "-");
	outcome_done(&o);
}

static void withdrawing_ends_it_at_once(void **state)
{
	struct outcome o = {0};

	(void)state;
	enrol_man();
	RUN_JSON(&o, 0, "consent", "withdraw", man);
	assert_true(answer_bool(&o, "reference_erased"));
	assert_true(answer_number(&o, "keys_destroyed") >= 1);
	RUN_JSON(&o, 3, "verify", man, "man-3.jpg");
	assert_string_equal(answer_error_code(&o), "no-consent");
	RUN_JSON(&o, 0, "subject", "show", man);
	assert_false(answer_bool(&o, "enrolled"));
	outcome_done(&o);
}

static void a_photograph_of_somebody_else_is_left_out(void **state)
{
	struct outcome o = {0};
	json_value photos;

	(void)state;
	site_consent(man, "access");
	RUN_JSON(&o, 0, "enrol", man, "man-0.jpg", "man-1.jpg", "other-0.jpg");
	assert_int_equal((int)answer_number(&o, "used"), 2);
	photos = json_get(o.json, "photos");
	assert_int_equal(json_len(photos), 3);
	RUN(&o, 0, "enrol", man, "man-0.jpg", "man-1.jpg", "other-0.jpg");
	assert_contains(o.out, "other-0.jpg: not used: ");
	outcome_done(&o);
}

static void identifying_is_off_until_the_site_turns_it_on(void **state)
{
	struct outcome o = {0};

	(void)state;
	enrol_man();
	RUN_JSON(&o, 3, "identify", "man-3.jpg");
	assert_string_equal(answer_error_code(&o), "identify-off");
	site_settings("[gallery]\ncap = 10\n");
	RUN_JSON(&o, 0, "identify", "man-3.jpg");
	assert_string_equal(answer_text(&o, "subject"), man);
	RUN(&o, 0, "identify", "man-3.jpg");
	assert_contains(o.out, man);
	RUN_JSON(&o, 1, "identify", "other-3.jpg");
	assert_false(answer_bool(&o, "match"));
	RUN(&o, 1, "identify", "other-3.jpg");
	assert_lacks(o.out, man);
	outcome_done(&o);
}

/* ---- lists ---- */

static void enrols_a_list_and_tells_who_was_refused(void **state)
{
	struct outcome o = {0};
	char id[4][ID_HEX_LEN], list[1024];
	json_value refused;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		site_add(id[i], "Person", ADULT_BORN);
	for (size_t i = 0; i < 3; i++)
		site_consent(id[i], "access");
	snprintf(list, sizeof(list),
		 "photo,subject\nman-0.jpg,%s\nother-1.jpg,%s\ngone.jpg;also-gone.jpg,%s\n"
		 "man-0.jpg,%s\n\"man-1.jpg;man-2.jpg\",%s\n",
		 id[0], id[1], id[2], id[3], id[0]);
	assert_int_equal(system("mkdir lists && mv *.jpg lists"), 0);
	file_write_text("lists/people.csv", list);
	RUN_JSON(&o, 4, "enrol", "--from", "lists/people.csv"); /* the missing photographs */
	assert_int_equal((int)answer_number(&o, "people"), 4);
	assert_int_equal((int)answer_number(&o, "enrolled"), 2);
	refused = json_get(o.json, "refused");
	assert_int_equal(json_len(refused), 2);
	assert_int_equal(json_len(json_get(json_at(refused, 0), "photos")), 2);
	RUN(&o, 4, "enrol", "--from", "lists/people.csv");
	assert_contains(o.out, "row 4: ");
	assert_contains(o.out, "lists/gone.jpg: not used: ");
	assert_contains(o.out, "row 5: no live consent");
	assert_contains(o.out, "Enrolled 2 of 4 people");
	RUN(&o, 0, "verify", id[0], "lists/man-4.jpg");
	RUN(&o, 0, "verify", id[1], "lists/other-1.jpg");
	outcome_done(&o);
}

static void the_gravest_refusal_sets_the_exit_code(void **state)
{
	struct outcome o = {0};

	(void)state;
	file_write_text("people.csv", "subject,photo\nffffffff,man-0.jpg\nMan,man-0.jpg\n");
	RUN_JSON(&o, 4, "enrol", "--from", "people.csv");
	assert_int_equal(json_len(json_get(o.json, "refused")), 2);
	outcome_done(&o);
}

static void a_person_has_at_most_sixteen_photographs(void **state)
{
	struct outcome o = {0};
	struct buf list = {0};

	(void)state;
	buf_str(&list, "subject,photo\n");
	for (int i = 0; i < 17; i++)
		buf_str(&list, i % 2 ? "Man,man-0.jpg\n" : "Man,man-1.jpg\n");
	file_write("people.csv", list.data, list.len);
	RUN(&o, 4, "enrol", "--from", "people.csv");
	assert_contains(o.err, "more than 16");
	buf_free(&list);
	outcome_done(&o);
}

static void a_broken_list_enrols_nobody(void **state)
{
	struct outcome o = {0};

	(void)state;
	file_write_text("a.csv", "subject\nx\n");
	RUN(&o, 4, "enrol", "--from", "a.csv");
	assert_contains(o.err, "\"subject\" and \"photo\"");
	file_write_text("b.csv", "subject,photo\nx,\n");
	RUN(&o, 4, "enrol", "--from", "b.csv");
	assert_contains(o.err, "row 2");
	file_write_text("c.csv", "subject,photo\nx,a.jpg\n\"y,b.jpg\n");
	RUN_JSON(&o, 4, "enrol", "--from", "c.csv");
	assert_string_equal(answer_error_code(&o), "csv");
	RUN(&o, 4, "enrol", "--from", "missing.csv");
	outcome_done(&o);
}

int main(void)
{
#define FACE_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
	const struct CMUnitTest tests[] = {
	    FACE_TEST(compares_two_photographs),
	    FACE_TEST(tells_people_of_lfw_apart),
	    FACE_TEST(a_rarer_false_match_asks_for_a_higher_score),
	    FACE_TEST(comparing_leaves_nothing_behind),
	    FACE_TEST(inspects_a_photograph),
	    FACE_TEST(draws_what_it_saw),
	    FACE_TEST(reads_standard_input_once),
	    FACE_TEST(a_photograph_without_a_face_is_no_error_of_ours),
	    FACE_TEST(hostile_photographs_are_refused_by_name),
	    FACE_TEST(hostile_file_names_stay_text),
	    FACE_TEST(inspect_goes_by_the_bounds_of_the_site),
	    FACE_TEST(nothing_is_enrolled_without_consent),
	    FACE_TEST(enrols_and_verifies),
	    FACE_TEST(several_frames_are_told_one_by_one),
	    FACE_TEST(withdrawing_ends_it_at_once),
	    FACE_TEST(a_photograph_of_somebody_else_is_left_out),
	    FACE_TEST(identifying_is_off_until_the_site_turns_it_on),
	    FACE_TEST(enrols_a_list_and_tells_who_was_refused),
	    FACE_TEST(the_gravest_refusal_sets_the_exit_code),
	    FACE_TEST(a_person_has_at_most_sixteen_photographs),
	    FACE_TEST(a_broken_list_enrols_nobody),
	};

	return cmocka_run_group_tests_name("cli/faces", tests, cut_photos, remove_photos);
}
