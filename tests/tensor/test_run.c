/* SPDX-License-Identifier: Apache-2.0 */
#include "tensor/ort.h"
#include "tensor/tiny.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

struct fixture {
	struct tensor_runtime *runtime;
	struct model_set set;
	struct tensor_model *model;
	struct tensor_run *run;
};

static int open_eye_model(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	tanu_error err = {0};

	*state = f;
	if (tensor_runtime_open(&f->runtime, &err) < 0 ||
	    model_set_open(&f->set, TANU_SOURCE_DIR "/models", &err) < 0 ||
	    tensor_model_open(&f->model, f->runtime, &f->set, f->set.of[MODEL_EYE], &err) < 0 ||
	    tensor_run_open(&f->run, f->model, &err) < 0) {
		print_error("%s: %s\n", err.place, err.message);
		return -1;
	}
	return 0;
}

static int close_eye_model(void **state)
{
	struct fixture *f = *state;

	tensor_run_close(&f->run);
	tensor_model_close(&f->model);
	model_set_close(&f->set);
	tensor_runtime_close(&f->runtime);
	free(f);
	return 0;
}

static void fill(struct tensor_run *run, float value)
{
	size_t len;
	float *in = tensor_input(run, &len);

	assert_int_equal(len, 24 * 24);
	for (size_t i = 0; i < len; i++)
		in[i] = value;
}

static void the_runtime_says_its_version(void **state)
{
	struct fixture *f = *state;

	assert_true(atoi(tensor_runtime_version(f->runtime)) >= 1);
}

static void the_same_input_gives_the_same_output_and_another_another(void **state)
{
	struct fixture *f = *state;
	float first[2];
	const float *out;
	size_t len;

	fill(f->run, 0.5F);
	assert_int_equal(tensor_run_go(f->run, NULL), TANU_OK);
	out = tensor_output(f->run, 0, &len);
	assert_int_equal(len, 2);
	memcpy(first, out, sizeof(first));
	assert_true(isfinite(first[0]) && isfinite(first[1]));
	fill(f->run, 0.1F);
	assert_int_equal(tensor_run_go(f->run, NULL), TANU_OK);
	assert_memory_not_equal(out, first, sizeof(first));
	fill(f->run, 0.5F);
	assert_int_equal(tensor_run_go(f->run, NULL), TANU_OK);
	assert_memory_equal(out, first, sizeof(first));
}

static void two_runs_of_one_model_do_not_share_memory(void **state)
{
	struct fixture *f = *state;
	struct tensor_run *other = NULL;

	assert_int_equal(tensor_run_open(&other, f->model, NULL), TANU_OK);
	assert_ptr_not_equal(tensor_input(other, NULL), tensor_input(f->run, NULL));
	assert_ptr_not_equal(tensor_output(other, 0, NULL), tensor_output(f->run, 0, NULL));
	tensor_run_close(&other);
	assert_null(other);
}

static void time_inside_the_runtime_is_counted(void **state)
{
	struct fixture *f = *state;
	int64_t once;

	assert_int_equal(tensor_run_ns(f->run), 0);
	assert_int_equal(tensor_run_go(f->run, NULL), TANU_OK);
	once = tensor_run_ns(f->run);
	assert_true(once > 0);
	assert_int_equal(tensor_run_go(f->run, NULL), TANU_OK);
	assert_true(tensor_run_ns(f->run) > once);
}

static void wiping_leaves_zeros(void **state)
{
	struct fixture *f = *state;
	size_t len;
	const float *out;

	fill(f->run, 0.5F);
	assert_int_equal(tensor_run_go(f->run, NULL), TANU_OK);
	tensor_run_wipe(f->run);
	out = tensor_output(f->run, 0, &len);
	for (size_t i = 0; i < len; i++)
		assert_true(out[i] == 0);
	assert_true(tensor_input(f->run, NULL)[7] == 0);
}

static void an_answer_that_is_not_a_number_is_refused(void **state)
{
	struct fixture *f = *state;
	tanu_error err = {0};

	fill(f->run, NAN);
	assert_int_equal(tensor_run_go(f->run, &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_INFERENCE);
}

static bool keeps_tiny_numbers(void)
{
	volatile float tiny = 1e-39F;

	return tiny * 0.5F != 0;
}

static void tiny_numbers_are_zero_in_a_run_and_only_there(void **state)
{
	struct tiny_options options = {.no_bias = true};
	struct model_manifest manifest = tiny_manifest();
	struct fixture *f = *state;
	struct tensor_model *model = NULL;
	struct tensor_run *run = NULL;
	struct buf weights = {0};
	size_t len;
	float *in;

	tiny_model(&weights, &options);
	assert_int_equal(tensor_model_load(&model, f->runtime, &weights, &manifest, NULL), 0);
	assert_int_equal(tensor_run_open(&run, model, NULL), TANU_OK);
	in = tensor_input(run, &len);
	for (size_t i = 0; i < len; i++)
		in[i] = 1e-39F;
	assert_true(keeps_tiny_numbers());
	assert_int_equal(tensor_run_go(run, NULL), TANU_OK);
	assert_true(keeps_tiny_numbers());
	assert_true(tensor_output(run, 0, NULL)[0] == 0);
	for (size_t i = 0; i < len; i++)
		in[i] = 1e-3F;
	assert_int_equal(tensor_run_go(run, NULL), TANU_OK);
	assert_true(tensor_output(run, 0, NULL)[0] != 0);
	tensor_run_close(&run);
	tensor_model_close(&model);
	buf_free(&weights);
}

static void a_runtime_that_is_not_there_is_unsupported(void **state)
{
	struct tensor_runtime *runtime = NULL;
	tanu_error err = {0};

	(void)state;
	setenv("TANU_ONNXRUNTIME", "/nowhere/libonnxruntime.so.1", 1);
	assert_int_equal(tensor_runtime_open(&runtime, &err), TANU_UNSUPPORTED);
	assert_int_equal(err.code, TANU_ERR_RUNTIME_MISSING);
	assert_null(runtime);
	/* A library, but not this one. */
	setenv("TANU_ONNXRUNTIME", "libc.so.6", 1);
	assert_int_equal(tensor_runtime_open(&runtime, &err), TANU_UNSUPPORTED);
	unsetenv("TANU_ONNXRUNTIME");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_eye_model, close_eye_model)
	const struct CMUnitTest tests[] = {
	    T(the_runtime_says_its_version),
	    T(the_same_input_gives_the_same_output_and_another_another),
	    T(two_runs_of_one_model_do_not_share_memory),
	    T(time_inside_the_runtime_is_counted),
	    T(wiping_leaves_zeros),
	    T(an_answer_that_is_not_a_number_is_refused),
	    T(tiny_numbers_are_zero_in_a_run_and_only_there),
	    cmocka_unit_test(a_runtime_that_is_not_there_is_unsupported),
	};
#undef T

	return cmocka_run_group_tests_name("tensor/run", tests, NULL, NULL);
}
