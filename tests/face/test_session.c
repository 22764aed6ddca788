/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "face/photos.h"
#include "os/scratch.h"

#include <stdio.h>
#include <string.h>

static void counts_what_was_looked_at_and_what_was_embedded(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo p = sheet_face(0, 0), empty = photo_grey(64, 64, 127);
	tanu_pixels px = pixels_of(&p);
	tanu_engine_counters before = tanu_engine_count(engine), after;
	tanu_embedding e;
	tanu_faces faces;

	(void)state;
	analyse(session, &faces, &empty);
	analyse(session, &faces, &p);
	after = tanu_engine_count(engine);
	assert_int_equal(after.analysed - before.analysed, 2);
	assert_int_equal(after.faces - before.faces, 1);
	assert_int_equal(after.embeddings - before.embeddings, 0);
	assert_int_equal(tanu_embed(session, &e, &px, &faces.face[0], NULL), TANU_OK);
	after = tanu_engine_count(engine);
	assert_int_equal(after.embeddings - before.embeddings, 1);
	photo_free(&p);
	photo_free(&empty);
	tanu_session_close(&session);
}

/* Looking at people computes no features: the embedder does not run. */
static void analysing_never_runs_the_embedder(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo p = sheet_face(0, 0);
	int64_t ns[MODEL_TASK_COUNT];
	tanu_faces faces;

	(void)state;
	analyse(session, &faces, &p);
	session_inference_ns(session, ns);
	assert_true(ns[MODEL_DETECT] > 0 && ns[MODEL_LANDMARK] > 0 && ns[MODEL_LIVENESS] > 0 &&
		    ns[MODEL_EYE] > 0);
	assert_true(ns[MODEL_EMBED] == 0);
	features_of(session, &p);
	session_inference_ns(session, ns);
	assert_true(ns[MODEL_EMBED] > 0);
	photo_free(&p);
	tanu_session_close(&session);
}

static void refuses_options(const tanu_session_options *options, const char *place)
{
	tanu_session *session = NULL;
	tanu_error err = {0};

	assert_int_equal(tanu_session_open(&session, engine, options, &err), TANU_USAGE);
	assert_int_equal(err.code, TANU_ERR_SETTING);
	assert_string_equal(err.place, place);
	assert_null(session);
}

static void refuses_options_out_of_range(void **state)
{
	tanu_session_options crossed = {0};

	(void)state;
	refuses_options(&(tanu_session_options){.min_face_px = 8}, "min_face_px");
	refuses_options(&(tanu_session_options){.min_face_px = -1}, "min_face_px");
	refuses_options(&(tanu_session_options){.detection_min = 1.5F}, "detection_min");
	tanu_quality_bounds_door(&crossed.bounds);
	crossed.bounds.min[TANU_QUALITY_YAW] = 50;
	refuses_options(&crossed, "yaw");
}

static void an_engine_without_a_task_says_which(void **state)
{
	tanu_engine *other = NULL;
	tanu_error err = {0};
	struct buf text = {0};

	assert_int_equal(
	    os_read_file(&text, TANU_SOURCE_DIR "/models/fr-detect.json", 1 << 16, NULL), TANU_OK);
	assert_int_equal(
	    os_replace_file(scratch_path(state, "fr-detect.json"), text.data, text.len, 0600, NULL),
	    TANU_OK);
	buf_free(&text);
	assert_int_equal(tanu_engine_open(&other, *state, &err), TANU_NOT_FOUND);
	assert_int_equal(err.code, TANU_ERR_MODEL_MISSING);
	assert_non_null(strstr(err.message, "landmark"));
	assert_null(other);
}

static void an_engine_without_a_folder_says_so(void **state)
{
	tanu_engine *other = NULL;
	tanu_error err = {0};

	assert_int_equal(tanu_engine_open(&other, scratch_path(state, "none"), &err),
			 TANU_NOT_FOUND);
	assert_int_equal(err.code, TANU_ERR_MODEL_MISSING);
}

static void names_its_embedder_and_what_it_was_measured_on(void **state)
{
	const tanu_calibration *cal = tanu_engine_calibration(engine);
	const struct model_set *set = engine_models(engine);
	tanu_threshold threshold;

	(void)state;
	assert_memory_equal(tanu_engine_digest(engine), set->of[MODEL_EMBED]->sha256, 32);
	assert_true(cal->count >= 4 && *cal->population);
	assert_int_equal(tanu_threshold_for_fmr(&threshold, cal, 1e-4, NULL), TANU_OK);
	assert_true(threshold.score > 0.35F && threshold.score < 0.45F);
	assert_true(strlen(engine_runtime_version(engine)) >= 3);
}

static void closing_twice_and_nothing_is_fine(void **state)
{
	tanu_session *session = session_with(NULL);
	tanu_engine *none = NULL;

	(void)state;
	tanu_session_close(&session);
	assert_null(session);
	tanu_session_close(&session);
	tanu_engine_close(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counts_what_was_looked_at_and_what_was_embedded),
	    cmocka_unit_test(analysing_never_runs_the_embedder),
	    cmocka_unit_test(refuses_options_out_of_range),
	    cmocka_unit_test_setup_teardown(an_engine_without_a_task_says_which, scratch_make,
					    scratch_remove),
	    cmocka_unit_test_setup_teardown(an_engine_without_a_folder_says_so, scratch_make,
					    scratch_remove),
	    cmocka_unit_test(names_its_embedder_and_what_it_was_measured_on),
	    cmocka_unit_test(closing_twice_and_nothing_is_fine),
	};

	return cmocka_run_group_tests_name("face/session", tests, engine_start, engine_stop);
}
