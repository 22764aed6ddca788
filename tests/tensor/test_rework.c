/* SPDX-License-Identifier: Apache-2.0 */
#include "tensor/onnx.h"
#include "tensor/ort.h"
#include "tensor/tiny.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int open_runtime(void **state)
{
	return tensor_runtime_open((struct tensor_runtime **)state, NULL) < 0 ? -1 : 0;
}

static int close_runtime(void **state)
{
	struct tensor_runtime *runtime = *state;

	tensor_runtime_close(&runtime);
	return 0;
}

/* What the weights answer to a made-up picture; the caller frees. */
static float *answer(struct tensor_runtime *runtime, const struct buf *weights,
		     const struct model_manifest *manifest, size_t *len)
{
	struct tensor_model *model = NULL;
	struct tensor_run *run = NULL;
	tanu_error err = {0};
	size_t in_len;
	float *in, *out;

	if (tensor_model_load(&model, runtime, weights, manifest, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	assert_int_equal(tensor_run_open(&run, model, NULL), TANU_OK);
	in = tensor_input(run, &in_len);
	for (size_t i = 0; i < in_len; i++)
		in[i] = ((float)(i * 7919 % 256) - manifest->mean) * manifest->scale;
	assert_int_equal(tensor_run_go(run, NULL), TANU_OK);
	tensor_output(run, 0, len);
	out = malloc(*len * sizeof(*out));
	assert_non_null(out);
	memcpy(out, tensor_output(run, 0, NULL), *len * sizeof(*out));
	tensor_run_close(&run);
	tensor_model_close(&model);
	return out;
}

static void copy_buf(struct buf *out, const struct buf *from)
{
	buf_put(out, from->data, from->len);
	assert_false(out->failed);
}

/* The reworked weights answer as they did before. */
static void answers_the_same(struct tensor_runtime *runtime, const struct buf *before,
			     const struct buf *after, const struct model_manifest *manifest)
{
	size_t len, after_len;
	float *a = answer(runtime, before, manifest, &len);
	float *b = answer(runtime, after, manifest, &after_len);
	float largest = 0;

	assert_int_equal(len, after_len);
	for (size_t i = 0; i < len; i++)
		largest = fmaxf(largest, fabsf(a[i]));
	assert_true(largest > 0);
	for (size_t i = 0; i < len; i++)
		assert_float_equal(a[i], b[i], 1e-5F * largest);
	free(a);
	free(b);
}

static size_t count_of(const struct buf *model, const char *op)
{
	struct onnx_graph g = {0};
	size_t count = 0;

	assert_true(onnx_read(&g, model->data, model->len));
	for (size_t i = 0; i < g.nodes; i++)
		count += span_is(g.node[i].op, op);
	onnx_close(&g);
	return count;
}

static int64_t largest_group(const struct buf *model)
{
	struct onnx_graph g = {0};
	int64_t group = 0;

	assert_true(onnx_read(&g, model->data, model->len));
	for (size_t i = 0; i < g.nodes; i++)
		if (g.node[i].group > group)
			group = g.node[i].group;
	onnx_close(&g);
	return group;
}

/* `left`: how many PRelu remain, `group`: channels of the depthwise convolutions then. */
static void reworks(void **state, struct tiny_options options, size_t left, int64_t group)
{
	struct model_manifest manifest = tiny_manifest();
	struct buf before = {0}, after = {0};

	tiny_model(&before, &options);
	copy_buf(&after, &before);
	assert_int_equal(onnx_rework(&after, NULL), TANU_OK);
	assert_int_equal(count_of(&before, "PRelu"), 2);
	assert_int_equal(count_of(&after, "PRelu"), left);
	assert_int_equal(largest_group(&after), group);
	answers_the_same(*state, &before, &after, &manifest);
	buf_free(&before);
	buf_free(&after);
}

static void slopes_become_convolutions_and_channels_fill_blocks(void **state)
{
	reworks(state, (struct tiny_options){0}, 0, 16);
}

static void slopes_above_one_stay_what_they_are(void **state)
{
	reworks(state, (struct tiny_options){.slope = 1.75F}, 0, 16);
}

static void convolutions_without_bias_are_reworked_too(void **state)
{
	reworks(state, (struct tiny_options){.no_bias = true}, 0, 16);
}

static void slopes_that_two_share_are_left_alone(void **state)
{
	reworks(state, (struct tiny_options){.one_slope = true}, 2, TINY_CHANNELS);
}

static void a_value_that_is_a_result_keeps_its_channels(void **state)
{
	reworks(state, (struct tiny_options){.middle_is_result = true}, 0, TINY_CHANNELS);
}

static void left_as_it_is(const void *bytes, size_t len)
{
	struct buf model = {0};

	buf_put(&model, bytes, len);
	assert_int_equal(onnx_rework(&model, NULL), TANU_OK);
	assert_int_equal(model.len, len);
	if (len)
		assert_memory_equal(model.data, bytes, len);
	buf_free(&model);
}

static void a_model_with_two_inputs_is_left_as_it_is(void **state)
{
	struct tiny_options options = {.second_input = true};
	struct buf model = {0};

	(void)state;
	tiny_model(&model, &options);
	left_as_it_is(model.data, model.len);
	buf_free(&model);
}

static void a_broken_file_is_left_as_it_is(void **state)
{
	struct tiny_options options = {0};
	struct buf model = {0};

	(void)state;
	tiny_model(&model, &options);
	/* The last field is the opset, so that the graph is whole once all of it is there. */
	for (size_t len = 0; len < model.len - 4; len++)
		left_as_it_is(model.data, len);
	buf_free(&model);
}

static void the_default_models_answer_the_same(void **state)
{
	static const enum model_task tasks[] = {MODEL_EMBED, MODEL_LIVENESS};
	struct model_set set = {0};

	assert_int_equal(model_set_open(&set, TANU_SOURCE_DIR "/models", NULL), TANU_OK);
	for (size_t i = 0; i < ARRAY_LEN(tasks); i++) {
		struct buf before = {0}, after = {0};

		assert_int_equal(model_read(&before, &set, set.of[tasks[i]], NULL), TANU_OK);
		copy_buf(&after, &before);
		assert_int_equal(onnx_rework(&after, NULL), TANU_OK);
		assert_true(count_of(&before, "PRelu") > 30);
		assert_int_equal(count_of(&after, "PRelu"), 0);
		answers_the_same(*state, &before, &after, set.of[tasks[i]]);
		buf_free(&before);
		buf_free(&after);
	}
	model_set_close(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(slopes_become_convolutions_and_channels_fill_blocks),
	    cmocka_unit_test(slopes_above_one_stay_what_they_are),
	    cmocka_unit_test(convolutions_without_bias_are_reworked_too),
	    cmocka_unit_test(slopes_that_two_share_are_left_alone),
	    cmocka_unit_test(a_value_that_is_a_result_keeps_its_channels),
	    cmocka_unit_test(a_model_with_two_inputs_is_left_as_it_is),
	    cmocka_unit_test(a_broken_file_is_left_as_it_is),
	    cmocka_unit_test(the_default_models_answer_the_same),
	};

	return cmocka_run_group_tests_name("tensor/rework", tests, open_runtime, close_runtime);
}
