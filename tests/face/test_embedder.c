/* SPDX-License-Identifier: Apache-2.0 */
/* Another embedder is a manifest, not code: here one that returns the pixels it is given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "face/onnx.h"
#include "face/photos.h"
#include "os/scratch.h"

#include <stdio.h>
#include <string.h>

#define SIDE	 12
#define FEATURES (3 * SIDE * SIDE)

static void copy_manifest(void **state, const char *name, const char *from, const char *to)
{
	struct buf text = {0};
	char path[1024], *at;

	snprintf(path, sizeof(path), TANU_SOURCE_DIR "/models/%s", name);
	assert_int_equal(os_read_file(&text, path, 1 << 16, NULL), TANU_OK);
	at = strstr(buf_cstr(&text), from);
	assert_non_null(at);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
	assert_int_equal(
	    os_replace_file(scratch_path(state, name), text.data, text.len, 0600, NULL), TANU_OK);
	buf_free(&text);
}

/* Weights and manifest of the embedder of raw pixels, in the folder "new". */
static void write_embedder(void **state)
{
	char manifest[2048], hex[2 * DIGEST_LEN + 1], path[1024];
	uint8_t digest[DIGEST_LEN];
	struct buf weights = {0};

	onnx_flatten(&weights, SIDE);
	sha256(digest, weights.data, weights.len);
	hex_encode(hex, digest, sizeof(digest));
	snprintf(manifest, sizeof(manifest),
		 "{\"name\":\"pixels\",\"task\":\"embed\",\"default\":true,"
		 "\"file\":\"pixels.onnx\",\"sha256\":\"%s\",\"licence\":\"Apache-2.0\","
		 "\"origin\":\"tests\",\"input\":{\"name\":\"in\",\"width\":%d,\"height\":%d,"
		 "\"channels\":3,\"order\":\"rgb\",\"mean\":127,\"scale\":0.01},"
		 "\"output\":{\"features\":\"out\"},\"features\":%d,"
		 "\"align\":[[4,5],[8,5],[6,7],[4.5,9],[7.5,9]],"
		 "\"calibration\":{\"population\":\"nobody\",\"points\":["
		 "{\"fmr\":0.1,\"score\":0.8,\"interval\":[0.7,0.9],\"extrapolated\":false},"
		 "{\"fmr\":0.01,\"score\":0.9,\"interval\":[0.8,1],\"extrapolated\":true}]}}",
		 hex, SIDE, SIDE, FEATURES);
	snprintf(path, sizeof(path), "%s", scratch_path(state, "pixels-weights"));
	assert_int_equal(os_replace_file(path, weights.data, weights.len, 0600, NULL), TANU_OK);
	assert_int_equal(os_make_dir(scratch_path(state, "new"), 0700, NULL), TANU_OK);
	file_write(scratch_path(state, "new/pixels.json"), manifest);
	buf_free(&weights);
}

/* An engine whose features are the pixels themselves. */
static void open_pixels(void **state, tanu_engine **pixels, tanu_session **session)
{
	static const char *const others[] = {"fr-detect.json", "fr-landmark.json",
					     "fr-liveness.json", "fr-eye.json"};
	tanu_error err = {0};

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		copy_manifest(state, others[i], "true", "true");
	write_embedder(state);
	if (model_add(*state, scratch_path(state, "new/pixels.json"),
		      scratch_path(state, "pixels-weights"), &err) < 0 ||
	    tanu_engine_open(pixels, *state, &err) < 0 ||
	    tanu_session_open(session, *pixels, NULL, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
}

static void makes_features_of_another_length_without_any_code(void **state)
{
	tanu_engine *pixels = NULL;
	tanu_session *session = NULL;
	struct photo p = sheet_face(0, 0), q = sheet_face(3, 3);
	tanu_embedding a, b;
	double sum = 0;

	open_pixels(state, &pixels, &session);
	a = features_of(session, &p);
	b = features_of(session, &q);
	for (int i = 0; i < FEATURES; i++)
		sum += (double)a.v[i] * (double)a.v[i];
	assert_float_equal(sum, 1, 1e-5);
	for (int i = FEATURES; i < TANU_FEATURES; i++)
		assert_true(a.v[i] == 0 && b.v[i] == 0);
	assert_true(score_of(&a, &a) > 0.999F);
	assert_true(score_of(&a, &b) < 0.999F);
	assert_memory_equal(a.model, tanu_engine_digest(pixels), TANU_MODEL_DIGEST);
	assert_memory_not_equal(a.model, tanu_engine_digest(engine), TANU_MODEL_DIGEST);
	tanu_session_close(&session);
	tanu_engine_close(&pixels);
	photo_free(&p);
	photo_free(&q);
}

/* Grey is this model's zero: the inference gives nothing that could be normalised. */
static void counts_an_embedding_that_fails(void **state)
{
	tanu_engine *pixels = NULL;
	tanu_session *session = NULL;
	struct photo p = sheet_face(0, 0);
	tanu_pixels px = pixels_of(&p);
	struct photo grey = photo_grey(px.width, px.height, 127);
	tanu_pixels grey_px = pixels_of(&grey);
	tanu_faces faces;
	tanu_embedding e;
	tanu_error err = {0};

	open_pixels(state, &pixels, &session);
	analyse(session, &faces, &p);
	assert_int_equal(faces.count, 1);
	assert_int_equal(tanu_embed(session, &e, &grey_px, &faces.face[0], &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_INFERENCE);
	assert_int_equal(tanu_engine_count(pixels).embeddings, 1);
	tanu_session_close(&session);
	tanu_engine_close(&pixels);
	photo_free(&p);
	photo_free(&grey);
}

static void features_of_two_models_are_never_compared(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo p = sheet_face(0, 0);
	tanu_embedding a = features_of(session, &p), b = a;
	float score = 7;
	tanu_error err = {0};

	(void)state;
	b.model[0] ^= 1;
	assert_int_equal(tanu_compare_float(&score, &a, &b, &err), TANU_REFUSED);
	assert_int_equal(err.code, TANU_ERR_MODEL_MISMATCH);
	assert_true(score == 7);
	photo_free(&p);
	tanu_session_close(&session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(makes_features_of_another_length_without_any_code,
					    scratch_make, scratch_remove),
	    cmocka_unit_test_setup_teardown(counts_an_embedding_that_fails, scratch_make,
					    scratch_remove),
	    cmocka_unit_test(features_of_two_models_are_never_compared),
	};

	return cmocka_run_group_tests_name("face/embedder", tests, engine_start, engine_stop);
}
