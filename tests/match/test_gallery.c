/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "match/samples.h"

/* Wide enough for galleries of some hundred at a search rate of 1 in 100. */
static const tanu_calibration wide = {
    .count = 2,
    .point = {{.fmr = 1e-2, .score = 0.10f}, {.fmr = 1e-6, .score = 0.50f}},
};

static const double FPIR = 1e-2;

static tanu_gallery *gallery_of(size_t count)
{
	tanu_gallery *g = NULL;

	assert_int_equal(tanu_gallery_new(&g, count, NULL), TANU_OK);
	for (size_t i = 0; i < count; i++) {
		tanu_reference reference = sample_reference((uint32_t)i);
		size_t index = SIZE_MAX;

		assert_int_equal(tanu_gallery_add(g, &index, &reference, NULL), TANU_OK);
		assert_int_equal(index, i);
	}
	return g;
}

static tanu_decision search(const tanu_gallery *g, const tanu_reference *probe, float min_margin)
{
	tanu_decision d = {.index = SIZE_MAX};

	assert_int_equal(tanu_gallery_search(g, &d, probe, &wide, FPIR, min_margin, NULL), TANU_OK);
	return d;
}

static void finds_each_entry_at_every_size(void **state)
{
	static const size_t counts[] = {1, 2, 3, 15, 63, 64, 65, 129};

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
		tanu_gallery *g = gallery_of(counts[c]);

		assert_int_equal(tanu_gallery_count(g), counts[c]);
		for (size_t i = 0; i < counts[c]; i++) {
			tanu_reference probe = sample_reference((uint32_t)i);
			tanu_decision d = search(g, &probe, 0.0f);

			assert_int_equal(d.result, TANU_MATCH);
			assert_int_equal(d.index, i);
			assert_true(d.score > 0.999f);
			assert_true(d.fmr == FPIR / (double)counts[c]);
		}
		tanu_gallery_free(&g);
		assert_null(g);
	}
}

static void a_reference_of_several_samples_counts_as_two(void **state)
{
	tanu_gallery *g = NULL;
	tanu_reference fused = sample_reference(100);
	tanu_threshold threshold = {0};
	tanu_decision d;
	size_t index, moved;

	(void)state;
	fused.fused = true;
	assert_int_equal(tanu_gallery_new(&g, 3, NULL), TANU_OK);
	assert_int_equal(tanu_gallery_add(g, &index, &fused, NULL), TANU_OK);
	for (uint32_t i = 0; i < 2; i++) {
		tanu_reference one = sample_reference(i);

		assert_int_equal(tanu_gallery_add(g, &index, &one, NULL), TANU_OK);
	}
	d = search(g, &fused, 0.0f);
	assert_int_equal(tanu_threshold_for_search(&threshold, &wide, FPIR, 4, NULL), TANU_OK);
	assert_true(d.threshold == threshold.score);
	assert_true(fabs(d.fmr - FPIR / 3) < 1e-12);
	assert_int_equal(tanu_gallery_remove(g, &moved, 0, NULL), TANU_OK);
	d = search(g, &fused, 0.0f);
	assert_int_equal(tanu_threshold_for_search(&threshold, &wide, FPIR, 2, NULL), TANU_OK);
	assert_true(d.threshold == threshold.score);
	tanu_gallery_free(&g);
}

/* The scan against comparisons one by one: same scores to the bit, same best, same margin. */
static void is_exact(void **state)
{
	tanu_gallery *g = gallery_of(200);
	tanu_reference probe = sample_reference(1000);
	float scores[200], best = -2.0f, second = -2.0f;
	size_t best_at = 0;
	tanu_decision d;

	(void)state;
	assert_int_equal(tanu_gallery_scores(g, scores, 200, &probe, NULL), TANU_OK);
	for (size_t i = 0; i < 200; i++) {
		tanu_reference reference = sample_reference((uint32_t)i);
		float score;

		assert_int_equal(tanu_compare(&score, &probe, &reference, NULL), TANU_OK);
		assert_true(score == scores[i]);
		if (score > best) {
			second = best;
			best = score;
			best_at = i;
		} else if (score > second) {
			second = score;
		}
	}
	d = search(g, &probe, 0.0f);
	assert_int_equal(d.result, TANU_NO_MATCH); /* a stranger */
	assert_int_equal(d.index, best_at);
	assert_true(d.score == best && d.margin == best - second);
	tanu_gallery_free(&g);
}

static void an_empty_gallery_is_no_match(void **state)
{
	tanu_gallery *g = gallery_of(0);
	tanu_reference probe = sample_reference(0);
	tanu_decision d = search(g, &probe, 0.0f), zero = {0};

	(void)state;
	assert_int_equal(d.result, TANU_NO_MATCH);
	assert_memory_equal(&d, &zero, sizeof(d));
	assert_int_equal(tanu_gallery_scores(g, NULL, 0, &probe, NULL), TANU_OK);
	tanu_gallery_free(&g);
}

static void with_one_entry_the_margin_is_to_the_lowest_score(void **state)
{
	tanu_gallery *g = gallery_of(1);
	tanu_reference probe = sample_reference(0);
	tanu_decision d = search(g, &probe, 1.5f);

	(void)state;
	assert_int_equal(d.result, TANU_MATCH);
	assert_true(d.margin == d.score + 1.0f);
	tanu_gallery_free(&g);
}

static void a_tie_is_no_match_and_names_the_first(void **state)
{
	tanu_gallery *g = NULL;
	tanu_reference twin = sample_reference(3), other = sample_reference(4);
	size_t index;
	tanu_decision d;

	(void)state;
	assert_int_equal(tanu_gallery_new(&g, 3, NULL), TANU_OK);
	assert_int_equal(tanu_gallery_add(g, &index, &other, NULL), TANU_OK);
	assert_int_equal(tanu_gallery_add(g, &index, &twin, NULL), TANU_OK);
	assert_int_equal(tanu_gallery_add(g, &index, &twin, NULL), TANU_OK);
	d = search(g, &twin, 0.0f);
	assert_int_equal(d.result, TANU_NO_MATCH);
	assert_int_equal(d.index, 1);
	assert_true(d.margin == 0.0f && d.score > d.threshold);
	tanu_gallery_free(&g);
}

static void a_runner_up_too_near_is_no_match(void **state)
{
	tanu_gallery *g = gallery_of(50);
	tanu_reference probe = sample_reference(7);
	float margin = search(g, &probe, 0.0f).margin;

	(void)state;
	assert_int_equal(search(g, &probe, margin).result, TANU_MATCH);
	assert_int_equal(search(g, &probe, nextafterf(margin, 2.0f)).result, TANU_NO_MATCH);
	tanu_gallery_free(&g);
}

static void the_threshold_rises_with_the_gallery(void **state)
{
	tanu_gallery *small = gallery_of(2), *large = gallery_of(300);
	tanu_reference probe = sample_reference(1);

	(void)state;
	assert_true(search(large, &probe, 0.0f).threshold > search(small, &probe, 0.0f).threshold);
	tanu_gallery_free(&small);
	tanu_gallery_free(&large);
}

static void a_small_gallery_keeps_the_laxest_measured_point(void **state)
{
	tanu_gallery *g = gallery_of(2);
	tanu_reference probe = sample_reference(1);
	tanu_decision d;

	(void)state;
	assert_int_equal(tanu_gallery_search(g, &d, &probe, &wide, 1.0, 0.0f, NULL), TANU_OK);
	assert_true(d.fmr == 1e-2 && d.threshold == 0.10f);
	tanu_gallery_free(&g);
}

static void assert_search_refused(const tanu_gallery *g, const tanu_calibration *cal, double fpir,
				  float min_margin, tanu_status want)
{
	tanu_reference probe = sample_reference(0);
	tanu_decision d = {.index = 42};

	assert_int_equal(tanu_gallery_search(g, &d, &probe, cal, fpir, min_margin, NULL), want);
	assert_int_equal(d.index, 42);
}

static void refuses_settings_that_make_no_sense(void **state)
{
	tanu_gallery *g = gallery_of(3);
	tanu_calibration none = {0};

	(void)state;
	assert_search_refused(g, &wide, 1e-9, 0.0f, TANU_USAGE); /* beyond what was measured */
	assert_search_refused(g, &wide, 0.0, 0.0f, TANU_USAGE);
	assert_search_refused(g, &wide, 1.5, 0.0f, TANU_USAGE);
	assert_search_refused(g, &wide, NAN, 0.0f, TANU_USAGE);
	assert_search_refused(g, &wide, FPIR, -0.1f, TANU_USAGE);
	assert_search_refused(g, &wide, FPIR, 2.1f, TANU_USAGE);
	assert_search_refused(g, &wide, FPIR, NAN, TANU_USAGE);
	assert_search_refused(g, &none, FPIR, 0.0f, TANU_INPUT);
	tanu_gallery_free(&g);
}

static void refuses_another_model(void **state)
{
	tanu_gallery *g = gallery_of(1);
	tanu_reference other = sample_reference(1);
	tanu_decision d;
	tanu_error err = {0};
	size_t index = 42;
	float score;

	(void)state;
	other.model[5] ^= 1;
	assert_int_equal(tanu_gallery_add(g, &index, &other, &err), TANU_REFUSED);
	assert_int_equal(err.code, TANU_ERR_MODEL_MISMATCH);
	assert_int_equal(tanu_gallery_search(g, &d, &other, &wide, FPIR, 0.0f, NULL), TANU_REFUSED);
	assert_int_equal(tanu_gallery_scores(g, &score, 1, &other, NULL), TANU_REFUSED);
	assert_int_equal(tanu_gallery_remove(g, &index, 0, NULL), TANU_OK);
	assert_int_equal(tanu_gallery_add(g, &index, &other, NULL), TANU_OK); /* empty again */
	tanu_gallery_free(&g);
}

static void refuses_more_than_its_capacity(void **state)
{
	tanu_gallery *g = gallery_of(2);
	tanu_reference reference = sample_reference(9);
	tanu_error err = {0};
	size_t index = 42;

	(void)state;
	assert_int_equal(tanu_gallery_add(g, &index, &reference, &err), TANU_REFUSED);
	assert_int_equal(err.code, TANU_ERR_GALLERY_FULL);
	assert_int_equal(index, 42);
	assert_int_equal(tanu_gallery_count(g), 2);
	tanu_gallery_free(&g);
}

static void refuses_the_zero_vector(void **state)
{
	tanu_gallery *g = NULL;
	tanu_reference zero = {0}, good = sample_reference(1);
	tanu_decision d;
	size_t index;

	(void)state;
	assert_int_equal(tanu_gallery_new(&g, 2, NULL), TANU_OK);
	assert_int_equal(tanu_gallery_add(g, &index, &zero, NULL), TANU_INPUT);
	assert_int_equal(tanu_gallery_add(g, &index, &good, NULL), TANU_OK);
	memcpy(zero.model, good.model, sizeof(zero.model));
	assert_int_equal(tanu_gallery_search(g, &d, &zero, &wide, FPIR, 0.0f, NULL), TANU_INPUT);
	tanu_gallery_free(&g);
}

static void removing_moves_the_last_into_the_hole(void **state)
{
	tanu_gallery *g = gallery_of(5);
	tanu_reference last = sample_reference(4), gone = sample_reference(1);
	size_t from = 42;

	(void)state;
	assert_int_equal(tanu_gallery_remove(g, &from, 1, NULL), TANU_OK);
	assert_int_equal(from, 4);
	assert_int_equal(tanu_gallery_count(g), 4);
	assert_int_equal(search(g, &last, 0.0f).index, 1);
	assert_int_equal(search(g, &gone, 0.0f).result, TANU_NO_MATCH);
	assert_int_equal(tanu_gallery_remove(g, &from, 3, NULL), TANU_OK);
	assert_int_equal(from, 3); /* it was the last itself */
	tanu_gallery_free(&g);
}

static void refuses_a_gallery_beyond_memory(void **state)
{
	tanu_gallery *g = NULL;
	tanu_error err = {0};

	(void)state;
	assert_int_equal(tanu_gallery_new(&g, SIZE_MAX / 2, &err), TANU_MEMORY);
	assert_int_equal(tanu_gallery_new(&g, SIZE_MAX, &err), TANU_MEMORY);
	assert_null(g);
}

static void freeing_nothing_is_fine(void **state)
{
	tanu_gallery *none = NULL;

	(void)state;
	tanu_gallery_free(&none);
	tanu_gallery_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_each_entry_at_every_size),
	    cmocka_unit_test(a_reference_of_several_samples_counts_as_two),
	    cmocka_unit_test(is_exact),
	    cmocka_unit_test(an_empty_gallery_is_no_match),
	    cmocka_unit_test(with_one_entry_the_margin_is_to_the_lowest_score),
	    cmocka_unit_test(a_tie_is_no_match_and_names_the_first),
	    cmocka_unit_test(a_runner_up_too_near_is_no_match),
	    cmocka_unit_test(the_threshold_rises_with_the_gallery),
	    cmocka_unit_test(a_small_gallery_keeps_the_laxest_measured_point),
	    cmocka_unit_test(refuses_settings_that_make_no_sense),
	    cmocka_unit_test(refuses_another_model),
	    cmocka_unit_test(refuses_more_than_its_capacity),
	    cmocka_unit_test(refuses_the_zero_vector),
	    cmocka_unit_test(removing_moves_the_last_into_the_hole),
	    cmocka_unit_test(refuses_a_gallery_beyond_memory),
	    cmocka_unit_test(freeing_nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
