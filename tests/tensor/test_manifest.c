/* SPDX-License-Identifier: Apache-2.0 */
#include "tensor/tensor.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char embedder[] =
    "{\"name\":\"small\",\"task\":\"embed\",\"default\":true,\"file\":\"small.onnx\","
    "\"sha256\":\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\","
    "\"licence\":\"CC0-1.0\",\"origin\":\"made for this test\","
    "\"input\":{\"name\":\"in\",\"width\":96,\"height\":112,\"channels\":3,\"order\":\"bgr\","
    "\"mean\":127.5,\"scale\":0.0078125},"
    "\"output\":{\"features\":\"out\"},\"features\":128,"
    "\"align\":[[30,50],[66,50],[48,70],[34,90],[62,90]],"
    "\"norm\":{\"mean\":3.5,\"deviation\":0.25},"
    "\"calibration\":{\"population\":\"nobody\",\"points\":["
    "{\"fmr\":0.01,\"score\":0.2,\"fnmr\":0.005,\"interval\":[0.19,0.22],\"extrapolated\":false},"
    "{\"fmr\":0.001,\"score\":0.3,\"interval\":[0.25,0.4],\"extrapolated\":true}]}}";

static const char liveness[] =
    "{\"name\":\"live\",\"task\":\"liveness\",\"default\":false,\"file\":\"live.onnx\","
    "\"sha256\":\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\","
    "\"licence\":\"CC0-1.0\",\"origin\":\"made for this test\","
    "\"input\":{\"name\":\"in\",\"width\":80,\"height\":80,\"channels\":1,\"order\":\"grey\","
    "\"mean\":0,\"scale\":1},"
    "\"output\":{\"logits\":\"out\"},\"crop\":2.7,\"class\":2}";

static const char detector[] =
    "{\"name\":\"find\",\"task\":\"detect\",\"default\":false,\"file\":\"find.onnx\","
    "\"sha256\":\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\","
    "\"licence\":\"CC0-1.0\",\"origin\":\"made for this test\","
    "\"input\":{\"name\":\"in\",\"width\":320,\"height\":240,\"channels\":3,\"order\":\"rgb\","
    "\"mean\":127,\"scale\":0.0078125},"
    "\"output\":{\"scores\":\"s\",\"boxes\":\"b\"}}";

static tanu_status parse(struct model_manifest *m, const char *text, tanu_error *err)
{
	return manifest_parse(m, text, strlen(text), "test.json", err);
}

/* The sample with one piece of its text replaced is refused at this place. */
static void refuses_in(const char *sample, const char *from, const char *to, const char *place)
{
	struct model_manifest m = {.width = -1};
	const char *at = strstr(sample, from);
	tanu_error err = {0};
	char text[2048];

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - sample), sample, to, at + strlen(from));
	assert_int_equal(parse(&m, text, &err), TANU_INPUT);
	assert_int_equal(m.width, -1);
	if (strncmp(err.place, "test.json", 9) != 0 || !strstr(err.place, place))
		fail_msg("%s -> %s is refused at \"%s\" (%s), not at \"%s\"", from, to, err.place,
			 err.message, place);
}

static void refuses(const char *from, const char *to, const char *place)
{
	refuses_in(embedder, from, to, place);
}

static void reads_every_field_of_an_embedder(void **state)
{
	struct model_manifest m = {0};
	tanu_error err = {0};

	(void)state;
	assert_int_equal(parse(&m, embedder, &err), TANU_OK);
	assert_string_equal(m.name, "small");
	assert_int_equal(m.task, MODEL_EMBED);
	assert_true(m.is_default);
	assert_string_equal(m.file, "small.onnx");
	assert_int_equal(m.sha256[1], 0x11);
	assert_string_equal(m.licence, "CC0-1.0");
	assert_string_equal(m.origin, "made for this test");
	assert_string_equal(m.input_name, "in");
	assert_int_equal(m.width, 96);
	assert_int_equal(m.height, 112);
	assert_int_equal(m.channels, 3);
	assert_true(m.bgr);
	assert_float_equal(m.mean, 127.5, 0);
	assert_float_equal(m.scale, 0.0078125, 0);
	assert_int_equal(m.outputs, 1);
	assert_string_equal(m.output_name[0], "out");
	assert_int_equal(m.features, 128);
	assert_float_equal(m.align[4][0], 62, 0);
	assert_float_equal(m.align[4][1], 90, 0);
	assert_float_equal(m.norm_mean, 3.5, 0);
	assert_float_equal(m.norm_deviation, 0.25, 0);
	assert_string_equal(m.calibration.population, "nobody");
	assert_int_equal(m.calibration.count, 2);
	assert_float_equal(m.calibration.point[1].fmr, 0.001, 1e-12);
	assert_float_equal(m.calibration.point[1].score, 0.3, 1e-6);
	assert_float_equal(m.calibration.point[0].fnmr, 0.005, 1e-6);
	assert_true(isnan(m.calibration.point[1].fnmr)); /* not measured */
	assert_float_equal(m.calibration.point[0].low, 0.19, 1e-6);
	assert_float_equal(m.calibration.point[0].high, 0.22, 1e-6);
	assert_false(m.calibration.point[0].extrapolated);
	assert_true(m.calibration.point[1].extrapolated);
}

static void reads_a_classifier(void **state)
{
	struct model_manifest m = {0};
	tanu_error err = {0};

	(void)state;
	assert_int_equal(parse(&m, liveness, &err), TANU_OK);
	assert_int_equal(m.task, MODEL_LIVENESS);
	assert_false(m.is_default);
	assert_int_equal(m.channels, 1);
	assert_false(m.bgr);
	assert_float_equal(m.crop_scale, 2.7, 1e-6);
	assert_int_equal(m.live_class, 2);
}

static void reads_a_detector_with_two_outputs(void **state)
{
	struct model_manifest m = {0};
	tanu_error err = {0};

	(void)state;
	assert_int_equal(parse(&m, detector, &err), TANU_OK);
	assert_int_equal(m.outputs, 2);
	assert_string_equal(m.output_name[0], "s");
	assert_string_equal(m.output_name[1], "b");
}

static void refuses_what_is_no_json_object(void **state)
{
	static const char *const texts[] = {"", "[]", "\"x\"", "{", "{}", "{}{}"};
	struct model_manifest m;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_int_equal(parse(&m, texts[i], NULL), TANU_INPUT);
}

static void refuses_unknown_keys(void **state)
{
	(void)state;
	refuses("{\"name\":\"small\"", "{\"colour\":1,\"name\":\"small\"", "colour");
	refuses("\"width\"", "\"depth\":1,\"width\"", "input: depth");
	refuses("{\"features\":\"out\"", "{\"more\":\"x\",\"features\":\"out\"", "output: more");
	refuses("\"population\"", "\"age\":1,\"population\"", "calibration: age");
	refuses("{\"fmr\":0.01,", "{\"eer\":1,\"fmr\":0.01,", "calibration: points: eer");
}

static void refuses_keys_of_another_task(void **state)
{
	(void)state;
	refuses("\"features\":128", "\"crop\":1,\"features\":128", "crop");
	refuses("\"features\":128", "\"class\":1,\"features\":128", "class");
	refuses_in(detector, "\"file\"", "\"features\":128,\"file\"", "features");
	refuses_in(liveness, "\"crop\"", "\"align\":[],\"crop\"", "align");
}

static void refuses_each_missing_key(void **state)
{
	(void)state;
	refuses("\"name\":\"small\",", "", "name");
	refuses("\"task\":\"embed\",", "", "task");
	refuses("\"default\":true,", "", "default");
	refuses("\"file\":\"small.onnx\",", "", "file");
	refuses("\"licence\":\"CC0-1.0\",", "", "licence");
	refuses("\"origin\":\"made for this test\",", "", "origin");
	refuses("\"name\":\"in\",", "", "input: name");
	refuses("\"width\":96,", "", "input: width");
	refuses("\"height\":112,", "", "input: height");
	refuses("\"channels\":3,", "", "input: channels");
	refuses("\"order\":\"bgr\",", "", "input: order");
	refuses("\"mean\":127.5,", "", "input: mean");
	refuses(",\"scale\":0.0078125", "", "input: scale");
	refuses("\"output\":{\"features\":\"out\"},", "", "output");
	refuses("\"features\":\"out\"", "", "output: features");
	refuses("\"features\":128,", "", "features");
	refuses("\"population\":\"nobody\",", "", "calibration: population");
	refuses("\"fmr\":0.01,", "", "calibration: points: fmr");
	refuses("\"score\":0.2,", "", "calibration: points: score");
	refuses(",\"interval\":[0.19,0.22]", "", "calibration: points: interval");
	refuses(",\"extrapolated\":false", "", "calibration: points: extrapolated");
	refuses_in(liveness, ",\"crop\":2.7", "", "crop");
	refuses_in(liveness, ",\"class\":2", "", "class");
	refuses_in(detector, ",\"boxes\":\"b\"", "", "output: boxes");
}

static void refuses_an_unknown_task(void **state)
{
	(void)state;
	refuses("\"embed\"", "\"emotion\"", "task");
	refuses("\"embed\"", "3", "task");
}

static void refuses_a_file_that_is_a_path(void **state)
{
	(void)state;
	refuses("small.onnx", "../small.onnx", "file");
	refuses("small.onnx", "/small.onnx", "file");
	refuses("small.onnx", ".hidden", "file");
	refuses("small.onnx", "", "file");
}

static void refuses_a_digest_that_is_not_one(void **state)
{
	(void)state;
	refuses("\"sha256\":\"00", "\"sha256\":\"", "sha256");
	refuses("\"sha256\":\"00", "\"sha256\":\"0g", "sha256");
	refuses("\"sha256\":\"0011", "\"sha256\":\"00AA", "sha256");
}

static void refuses_texts_that_are_too_long(void **state)
{
	char text[400];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	refuses("small\"", text, ""); /* the quote goes too: no JSON any more */
	refuses("CC0-1.0", text, "licence");
	refuses("made for this test", text, "origin");
	refuses("nobody", text, "calibration: population");
	refuses("\"in\"", "\"\"", "input: name");
}

static void refuses_numbers_out_of_range(void **state)
{
	(void)state;
	refuses("\"width\":96", "\"width\":4", "input: width");
	refuses("\"width\":96", "\"width\":100000", "input: width");
	refuses("\"width\":96", "\"width\":96.5", "input: width");
	refuses("\"height\":112", "\"height\":-112", "input: height");
	refuses("\"channels\":3", "\"channels\":2", "input: channels");
	refuses("\"channels\":3", "\"channels\":4", "input: channels");
	refuses("\"mean\":127.5", "\"mean\":256", "input: mean");
	refuses("\"scale\":0.0078125", "\"scale\":0", "input: scale");
	refuses("\"scale\":0.0078125", "\"scale\":-1", "input: scale");
	refuses("\"features\":128", "\"features\":16", "features");
	refuses("\"features\":128", "\"features\":513", "features");
	refuses_in(liveness, "\"crop\":2.7", "\"crop\":0.1", "crop");
	refuses_in(liveness, "\"crop\":2.7", "\"crop\":9", "crop");
	refuses_in(liveness, "\"class\":2", "\"class\":-1", "class");
	refuses_in(liveness, "\"class\":2", "\"class\":16", "class");
}

static void refuses_an_order_that_does_not_fit_the_channels(void **state)
{
	(void)state;
	refuses("\"bgr\"", "\"grey\"", "input: order");
	refuses("\"bgr\"", "\"gbr\"", "input: order");
	refuses_in(liveness, "\"grey\"", "\"bgr\"", "input: order");
}

static void refuses_a_damaged_template(void **state)
{
	(void)state;
	refuses("[30,50],", "", "align");
	refuses("[30,50]", "[30]", "align");
	refuses("[30,50]", "[30,\"50\"]", "align");
	refuses("[30,50]", "[-1,50]", "align");
	refuses("[30,50]", "[30,113]", "align");
	refuses("[[30,50],[66,50]", "[[66,50],[30,50]", "align");
}

static void refuses_a_damaged_norm(void **state)
{
	(void)state;
	refuses("{\"mean\":3.5,\"deviation\":0.25}", "3.5", "norm");
	refuses(",\"deviation\":0.25", "", "norm: deviation");
	refuses("\"deviation\":0.25", "\"deviation\":0", "norm: deviation");
	refuses("\"mean\":3.5", "\"mean\":-3.5", "norm: mean");
	refuses("\"deviation\":0.25", "\"deviation\":0.25,\"most\":9", "norm: most");
	refuses_in(liveness, "\"crop\"", "\"norm\":{},\"crop\"", "norm");
}

static void refuses_a_damaged_calibration(void **state)
{
	(void)state;
	refuses(",{\"fmr\":0.001,\"score\":0.3,\"interval\":[0.25,0.4],\"extrapolated\":true}", "",
		"calibration: points");
	refuses("\"fmr\":0.001", "\"fmr\":0.02", "calibration: points: fmr");
	refuses("\"score\":0.3,\"interval\":[0.25", "\"score\":0.1,\"interval\":[0.1",
		"calibration: points: fmr");
	refuses("\"fmr\":0.001", "\"fmr\":0", "calibration: points: fmr");
	refuses("\"fmr\":0.01,", "\"fmr\":1.5,", "calibration: points: fmr");
	refuses("\"score\":0.3", "\"score\":1.3", "calibration: points: score");
	refuses("\"fnmr\":0.005", "\"fnmr\":-0.1", "calibration: points: fnmr");
	refuses("\"fnmr\":0.005", "\"fnmr\":null", "calibration: points: fnmr");
	refuses("[0.19,0.22]", "[0.21,0.22]", "calibration: points: interval");
	refuses("[0.19,0.22]", "[0.18,0.19]", "calibration: points: interval");
	refuses("[0.19,0.22]", "[-1.1,0.22]", "calibration: points: interval");
	refuses("[0.25,0.4]", "[0.25,1.1]", "calibration: points: interval");
	refuses("[0.19,0.22]", "[0.19]", "calibration: points: interval");
	refuses("[0.19,0.22]", "[0.19,0.2,0.22]", "calibration: points: interval");
	refuses("[0.19,0.22]", "[0.19,true]", "calibration: points: interval");
	refuses("[0.19,0.22]", "0.2", "calibration: points: interval");
	refuses("\"extrapolated\":false", "\"extrapolated\":0",
		"calibration: points: extrapolated");
	refuses("\"calibration\":{", "\"calibration\":[{", "");
}

static void refuses_a_counted_point_beyond_an_extrapolated_one(void **state)
{
	(void)state;
	refuses("\"extrapolated\":false},{\"fmr\":0.001,\"score\":0.3,\"interval\":[0.25,0.4],"
		"\"extrapolated\":true",
		"\"extrapolated\":true},{\"fmr\":0.001,\"score\":0.3,\"interval\":[0.25,0.4],"
		"\"extrapolated\":false",
		"calibration: points: extrapolated");
}

/* ---- exchanging the calibration ---- */

static const tanu_calibration fresh = {
    .count = 2,
    .point = {{.fmr = 0.1, .score = 0.1234f, .fnmr = 0.25f, .low = 0.12f, .high = 0.13f},
	      {.fmr = 1e-6,
	       .score = 0.5f,
	       .fnmr = NAN,
	       .low = 0.4f,
	       .high = 0.75f,
	       .extrapolated = true}},
    .population = "a \"quoted\" people, { and }",
};

static void assert_fresh(const tanu_calibration *cal)
{
	assert_string_equal(cal->population, fresh.population);
	assert_int_equal(cal->count, fresh.count);
	for (size_t i = 0; i < fresh.count; i++) {
		assert_true(cal->point[i].fmr == fresh.point[i].fmr);
		assert_true(cal->point[i].score == fresh.point[i].score);
		assert_true(cal->point[i].low == fresh.point[i].low);
		assert_true(cal->point[i].high == fresh.point[i].high);
		assert_true(cal->point[i].extrapolated == fresh.point[i].extrapolated);
		assert_true(isnan(fresh.point[i].fnmr) ? isnan(cal->point[i].fnmr)
						       : cal->point[i].fnmr == fresh.point[i].fnmr);
	}
}

/* The manifest of `text` with the fresh calibration. */
static struct model_manifest exchanged(const char *text)
{
	struct model_manifest m = {0};
	tanu_error err = {0};
	struct buf out = {0};

	manifest_recalibrate(&out, text, &fresh);
	if (manifest_parse(&m, out.data, out.len, "test.json", &err) < 0)
		fail_msg("%s: %s in %s", err.place, err.message, buf_cstr(&out));
	buf_free(&out);
	return m;
}

static void exchanges_a_calibration_and_nothing_else(void **state)
{
	struct model_manifest before = {0}, after = exchanged(embedder);

	(void)state;
	assert_int_equal(parse(&before, embedder, NULL), TANU_OK);
	assert_fresh(&after.calibration);
	before.calibration = after.calibration = (tanu_calibration){0};
	assert_memory_equal(&before, &after, sizeof(before));
}

static void exchanges_it_again_without_growing(void **state)
{
	struct buf once = {0}, twice = {0};

	(void)state;
	manifest_recalibrate(&once, embedder, &fresh);
	manifest_recalibrate(&twice, buf_cstr(&once), &fresh);
	assert_string_equal(buf_cstr(&once), buf_cstr(&twice));
	buf_free(&once);
	buf_free(&twice);
}

static void adds_a_calibration_where_none_was(void **state)
{
	const char *cut = strstr(embedder, ",\"calibration\"");
	struct model_manifest m = {0};
	char text[2048];

	(void)state;
	snprintf(text, sizeof(text), "%.*s\n}\n", (int)(cut - embedder), embedder);
	assert_int_equal(parse(&m, text, NULL), TANU_OK);
	assert_int_equal(m.calibration.count, 0);
	m = exchanged(text);
	assert_fresh(&m.calibration);
}

static void a_text_that_only_looks_like_the_key_stays(void **state)
{
	const char *at = strstr(embedder, "made for this test");
	struct model_manifest m;
	char text[2048];

	(void)state;
	snprintf(text, sizeof(text), "%.*s\\\"calibration\\\": { %s", (int)(at - embedder),
		 embedder, at);
	m = exchanged(text);
	assert_fresh(&m.calibration);
	assert_string_equal(m.origin, "\"calibration\": { made for this test");
}

static void refuses_more_than_64_kilobytes(void **state)
{
	static char text[65 * 1024];
	struct model_manifest m;

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text, embedder, strlen(embedder));
	assert_int_equal(manifest_parse(&m, text, sizeof(text), "test.json", NULL), TANU_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_field_of_an_embedder),
	    cmocka_unit_test(reads_a_classifier),
	    cmocka_unit_test(reads_a_detector_with_two_outputs),
	    cmocka_unit_test(refuses_what_is_no_json_object),
	    cmocka_unit_test(refuses_unknown_keys),
	    cmocka_unit_test(refuses_keys_of_another_task),
	    cmocka_unit_test(refuses_each_missing_key),
	    cmocka_unit_test(refuses_an_unknown_task),
	    cmocka_unit_test(refuses_a_file_that_is_a_path),
	    cmocka_unit_test(refuses_a_digest_that_is_not_one),
	    cmocka_unit_test(refuses_texts_that_are_too_long),
	    cmocka_unit_test(refuses_numbers_out_of_range),
	    cmocka_unit_test(refuses_an_order_that_does_not_fit_the_channels),
	    cmocka_unit_test(refuses_a_damaged_template),
	    cmocka_unit_test(refuses_a_damaged_norm),
	    cmocka_unit_test(refuses_a_damaged_calibration),
	    cmocka_unit_test(refuses_a_counted_point_beyond_an_extrapolated_one),
	    cmocka_unit_test(exchanges_a_calibration_and_nothing_else),
	    cmocka_unit_test(exchanges_it_again_without_growing),
	    cmocka_unit_test(adds_a_calibration_where_none_was),
	    cmocka_unit_test(a_text_that_only_looks_like_the_key_stays),
	    cmocka_unit_test(refuses_more_than_64_kilobytes),
	};

	return cmocka_run_group_tests_name("tensor/manifest", tests, NULL, NULL);
}
