/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu gate pad-test` and `tanu eval liveness` on pictures of the pinned demo sheet. */
#include "cli/program.h"

#define FRAMES 12

static int enter(void **state)
{
	(void)state;
	folder_enter();
	photos_write(1);
	films_write("man-0.jpg", FRAMES);
	os_make_dir("live", 0700, NULL);
	for (int i = 0; i < FRAMES; i++) {
		char name[40];

		snprintf(name, sizeof(name), "live/a_1_%d.jpg", i);
		assert_int_equal(link("man-0.jpg", name), 0);
	}
	return 0;
}

static int leave(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}

static size_t lines_of(const char *path)
{
	struct buf b = {0};
	size_t lines = 0;

	assert_int_equal(os_read_file(&b, path, 1 << 20, NULL), TANU_OK);
	for (size_t i = 0; i < b.len; i++)
		lines += b.data[i] == '\n';
	buf_free(&b);
	return lines;
}

static void trials_are_counted_over_calls_and_no_face_is_kept(void **state)
{
	struct outcome o = {0};
	json_value all;
	int64_t trials = 0;

	(void)state;
	for (int call = 1; call <= 2; call++) {
		RUN_JSON(&o, 0, "gate", "pad-test", "--camera", "film", "--species", "live",
			 "--trials", "2", "--no-wait", "--results", "pad.csv");
		assert_int_equal(json_list(&all, o.json, "species", NULL), TANU_OK);
		assert_int_equal(json_len(all), 1);
		assert_int_equal(json_int(&trials, json_at(all, 0), "trials", NULL), TANU_OK);
		assert_int_equal(trials, 2 * call);
		assert_int_equal(lines_of("pad.csv"), 1 + 2 * call);
	}
	assert_false(os_exists("kept"));
	RUN(&o, 0, "gate", "pad-test", "--camera", "film", "--species", "live", "--trials", "1",
	    "--no-wait", "--keep-frames", "kept");
	assert_contains(o.out, "BPCER");
	assert_false(os_is_empty("kept"));
	outcome_done(&o);
}

/* What passes for live under the name of an attack is an error, and the exit code says so. */
static void an_attack_that_passes_is_told_by_the_exit_code(void **state)
{
	struct outcome o = {0};
	int64_t live = 0, trials = 0;
	json_value all;

	(void)state;
	file_write_text("pad.csv", "at_ms,species,state,reason,decided_ms,frames\n"
				   "1,print,live,texture,900,8\n1,print,attack,edges,300,4\n");
	RUN_JSON(&o, 1, "gate", "pad-test", "--camera", "film", "--species", "live", "--trials",
		 "1", "--no-wait", "--results", "pad.csv");
	assert_int_equal(json_list(&all, o.json, "species", NULL), TANU_OK);
	assert_int_equal(json_len(all), 2);
	json_int(&live, json_at(all, 0), "live", NULL);
	json_int(&trials, json_at(all, 0), "trials", NULL);
	assert_int_equal(live, 1);
	assert_int_equal(trials, 2);
	outcome_done(&o);
}

/* What the second camera does not see is an attack; what it sees is judged by the rest. */
static void a_second_camera_is_played_beside_the_first(void **state)
{
	struct outcome o = {0};
	int64_t attack = 0;
	json_value all;

	(void)state;
	RUN_JSON(&o, 0, "gate", "pad-test", "--camera", "film", "--infrared", "paper", "--species",
		 "print", "--trials", "2", "--no-wait");
	assert_int_equal(json_list(&all, o.json, "species", NULL), TANU_OK);
	json_int(&attack, json_at(all, 0), "attack", NULL);
	assert_int_equal(attack, 2);
	RUN(&o, 0, "gate", "pad-test", "--camera", "film", "--infrared", "paper", "--species",
	    "print", "--trials", "1", "--no-wait");
	assert_contains(o.err, "attack (infrared)");
	RUN(&o, 0, "gate", "pad-test", "--camera", "film", "--infrared", "skin", "--species",
	    "live", "--trials", "1", "--no-wait");
	assert_lacks(o.err, "infrared");
	outcome_done(&o);
}

static void a_second_camera_that_cannot_be_is_refused(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN(&o, 2, "gate", "pad-test", "--camera", "film", "--infrared", "skin", "--infrared-view",
	    "10 0", "--species", "live", "--no-wait");
	assert_contains(o.err, "100 0 0");
	RUN(&o, 2, "gate", "pad-test", "--camera", "film", "--infrared", "/dev/video9", "--species",
	    "live", "--no-wait");
	assert_contains(o.err, "one clock");
	RUN(&o, 2, "gate", "pad-test", "--camera", "film", "--depth", "skin", "--species", "live",
	    "--no-wait");
	assert_contains(o.err, "no distances");
	RUN(&o, 4, "gate", "pad-test", "--camera", "/dev/video9", "--infrared", "none", "--species",
	    "live", "--no-wait");
	outcome_done(&o);
}

static void a_file_of_something_else_is_left_alone(void **state)
{
	struct outcome o = {0};

	(void)state;
	file_write_text("people.csv", "name,born\nAigerim,2001-01-01\n");
	RUN_JSON(&o, 4, "gate", "pad-test", "--camera", "film", "--species", "print", "--no-wait",
		 "--results", "people.csv");
	assert_string_equal(answer_error_code(&o), "csv");
	assert_int_equal(lines_of("people.csv"), 2);
	RUN(&o, 2, "gate", "pad-test", "--camera", "film", "--species", "a,b", "--no-wait");
	RUN(&o, 4, "gate", "pad-test", "--camera", "none", "--species", "a", "--no-wait");
	outcome_done(&o);
}

static void eval_liveness_tells_rates_and_parts(void **state)
{
	struct outcome o = {0};
	json_value rows;
	int64_t sequences = 0;

	(void)state;
	RUN_JSON(&o, 0, "eval", "liveness", "--live", "live", "--attack", "live", "--kind-field",
		 "2", "--frames", "6", "--simulate");
	assert_int_equal(json_list(&rows, o.json, "decisions", NULL), TANU_OK);
	/* Live, the folder that was named for attacks, and three simulated ones. */
	assert_int_equal(json_len(rows), 5);
	for (size_t i = 0; i < 5; i++) {
		json_int(&sequences, json_at(rows, i), "sequences", NULL);
		assert_int_equal(sequences, 2);
	}
	assert_int_equal(json_list(&rows, o.json, "parts", NULL), TANU_OK);
	assert_true(json_len(rows) >= 4);
	RUN(&o, 2, "eval", "liveness", "--live", "live", "--attack", "live", "--frames", "100");
	outcome_done(&o);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_FOLDER(trials_are_counted_over_calls_and_no_face_is_kept),
	    IN_FOLDER(an_attack_that_passes_is_told_by_the_exit_code),
	    IN_FOLDER(a_second_camera_is_played_beside_the_first),
	    IN_FOLDER(a_second_camera_that_cannot_be_is_refused),
	    IN_FOLDER(a_file_of_something_else_is_left_alone),
	    IN_FOLDER(eval_liveness_tells_rates_and_parts),
	};

	return cmocka_run_group_tests_name("cli/gate_pad", tests, NULL, NULL);
}
