/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "match/match.h"

#include <math.h>
#include <string.h>

/* `person` is an axis; `noise` lies along an axis of its own for each sample. */
static tanu_embedding sample(size_t person, size_t number, float noise, float quality)
{
	tanu_embedding e = {.quality = quality, .model = {1}};
	float norm = sqrtf(1 + noise * noise);

	e.v[person] = 1 / norm;
	e.v[100 + number] = noise / norm;
	return e;
}

static tanu_embedding fused(const tanu_embedding *e, const bool *keep, size_t len)
{
	tanu_embedding out;

	assert_int_equal(tanu_embedding_fuse(&out, e, keep, len, NULL), TANU_OK);
	return out;
}

static void has_unit_length_and_the_model_of_its_samples(void **state)
{
	tanu_embedding e[3] = {sample(0, 0, 1, 0.5F), sample(0, 1, 1, 0.5F), sample(0, 2, 1, 0.5F)};
	tanu_embedding mean = fused(e, NULL, 3);
	double squares = 0;

	(void)state;
	for (size_t i = 0; i < TANU_FEATURES; i++)
		squares += (double)mean.v[i] * (double)mean.v[i];
	assert_float_equal(squares, 1, 1e-5);
	assert_memory_equal(mean.model, e[0].model, sizeof(mean.model));
}

static void is_closer_to_the_person_than_any_sample(void **state)
{
	tanu_embedding e[3] = {sample(0, 0, 1, 0.5F), sample(0, 1, 1, 0.5F), sample(0, 2, 1, 0.5F)};

	(void)state;
	assert_true(fused(e, NULL, 3).v[0] > e[0].v[0] + 0.1F);
}

static void a_better_sample_weighs_more(void **state)
{
	tanu_embedding e[2] = {sample(0, 0, 1, 0.9F), sample(0, 1, 1, 0.1F)};
	tanu_embedding mean = fused(e, NULL, 2);

	(void)state;
	assert_float_equal(mean.v[100] / mean.v[101], 9, 1e-4);
	assert_float_equal(mean.quality, 0.82, 1e-5);
}

static void leaves_out_what_is_not_kept(void **state)
{
	tanu_embedding e[3] = {sample(5, 0, 1, 1), sample(0, 1, 1, 0.5F), sample(5, 2, 1, 1)};
	const bool keep[3] = {false, true, false};
	tanu_embedding mean = fused(e, keep, 3);

	(void)state;
	e[0].model[0] = 2; /* not kept, so no matter */
	assert_float_equal(mean.v[5], 0, 0);
	assert_float_equal(mean.quality, 0.5, 1e-6);
	assert_float_equal(fused(e, keep, 3).v[0], e[1].v[0], 1e-6);
}

static void says_whether_several_went_into_it(void **state)
{
	tanu_embedding e[3] = {sample(0, 0, 1, 1), sample(0, 1, 1, 1), sample(0, 2, 1, 1)};
	const bool one[3] = {false, true, false}, two[3] = {true, true, false};

	(void)state;
	assert_false(fused(e, NULL, 1).fused);
	assert_false(fused(e, one, 3).fused);
	assert_true(fused(e, two, 3).fused);
	assert_true(fused(e, NULL, 3).fused);
}

static void a_quality_of_zero_still_counts(void **state)
{
	tanu_embedding e = sample(0, 0, 0.5F, 0), mean = fused(&e, NULL, 1);

	(void)state;
	for (size_t i = 0; i < TANU_FEATURES; i++)
		assert_float_equal(mean.v[i], e.v[i], 1e-6);
}

/* Refused, and the output left as it was. */
static void refuses(const tanu_embedding *e, size_t len, tanu_error_code code)
{
	tanu_embedding out = {.quality = 7};
	tanu_error err = {0};

	assert_true(tanu_embedding_fuse(&out, e, NULL, len, &err) < 0);
	assert_int_equal(err.code, code);
	assert_float_equal(out.quality, 7, 0);
}

static void refuses_two_models(void **state)
{
	tanu_embedding e[2] = {sample(0, 0, 1, 1), sample(0, 1, 1, 1)};

	(void)state;
	e[1].model[0] = 2;
	refuses(e, 2, TANU_ERR_MODEL_MISMATCH);
}

static void refuses_features_that_cancel_out(void **state)
{
	tanu_embedding e[2] = {sample(0, 0, 0, 1), sample(0, 0, 0, 1)};

	(void)state;
	e[1].v[0] = -1;
	refuses(e, 2, TANU_ERR_FORMAT);
}

static void refuses_features_that_are_not_finite(void **state)
{
	tanu_embedding e = sample(0, 0, 1, 1);

	(void)state;
	e.v[9] = NAN;
	refuses(&e, 1, TANU_ERR_FORMAT);
	e.v[9] = INFINITY;
	refuses(&e, 1, TANU_ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(has_unit_length_and_the_model_of_its_samples),
	    cmocka_unit_test(is_closer_to_the_person_than_any_sample),
	    cmocka_unit_test(a_better_sample_weighs_more),
	    cmocka_unit_test(leaves_out_what_is_not_kept),
	    cmocka_unit_test(says_whether_several_went_into_it),
	    cmocka_unit_test(a_quality_of_zero_still_counts),
	    cmocka_unit_test(refuses_two_models),
	    cmocka_unit_test(refuses_features_that_cancel_out),
	    cmocka_unit_test(refuses_features_that_are_not_finite),
	};

	return cmocka_run_group_tests_name("match/fuse", tests, NULL, NULL);
}
