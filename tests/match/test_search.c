/* SPDX-License-Identifier: Apache-2.0 */
/* Many probes and many threads (os_parallel) against comparisons one by one. */
#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "match/samples.h"

static const tanu_calibration wide = {
    .count = 2,
    .point = {{.fmr = 1e-2, .score = 0.10f}, {.fmr = 1e-9, .score = 0.50f}},
};

static const double FPIR = 1e-2;

#define PROBES_MAX 65

/* `kinds` different references over and over: with few, most are tied with others. */
static tanu_gallery *gallery_of(size_t count, size_t kinds)
{
	tanu_gallery *g = NULL;
	size_t index;

	assert_int_equal(tanu_gallery_new(&g, count, NULL), TANU_OK);
	for (size_t i = 0; i < count; i++) {
		tanu_reference reference = sample_reference((uint32_t)(i % kinds));

		assert_int_equal(tanu_gallery_add(g, &index, &reference, NULL), TANU_OK);
	}
	return g;
}

/* Some are in the gallery, some are strangers. */
static void draw_probes(tanu_reference probes[PROBES_MAX])
{
	for (size_t p = 0; p < PROBES_MAX; p++)
		probes[p] = sample_reference((uint32_t)(p % 2 ? p : 100000 + p));
}

/* By the scores alone. */
static tanu_decision decision_of(const tanu_gallery *g, const tanu_reference *probe)
{
	size_t count = tanu_gallery_count(g);
	float *scores = calloc(count, sizeof(*scores)), second = -1.0f;
	tanu_threshold threshold;
	tanu_decision d;
	size_t best = 0;

	assert_non_null(scores);
	assert_int_equal(tanu_gallery_scores(g, scores, count, probe, NULL), TANU_OK);
	assert_int_equal(tanu_threshold_for_search(&threshold, &wide, FPIR, count, NULL), TANU_OK);
	for (size_t i = 1; i < count; i++)
		if (scores[i] > scores[best])
			best = i;
	for (size_t i = 0; i < count; i++)
		if (i != best && scores[i] > second)
			second = scores[i];
	d = tanu_decide(scores[best], &threshold);
	d.index = best;
	d.margin = scores[best] - second;
	if (!(d.margin > 0.0f))
		d.result = TANU_NO_MATCH;
	free(scores);
	return d;
}

static void assert_same(const tanu_decision *a, const tanu_decision *b)
{
	assert_int_equal(a->result, b->result);
	assert_int_equal(a->index, b->index);
	assert_true(a->score == b->score && a->margin == b->margin);
	assert_true(a->threshold == b->threshold && a->fmr == b->fmr);
}

static void assert_agrees(const tanu_gallery *g, const tanu_reference *probes,
			  const tanu_decision *want, size_t probes_len, size_t workers)
{
	tanu_decision got[PROBES_MAX];

	assert_int_equal(
	    tanu_gallery_search_many(g, got, probes, probes_len, &wide, FPIR, 0.0f, workers, NULL),
	    TANU_OK);
	for (size_t p = 0; p < probes_len; p++)
		assert_same(&got[p], &want[p]);
}

static void assert_all_agree(size_t count, size_t kinds)
{
	static const size_t probes_lens[] = {1, 2, 31, 32, 33, 65}, workers[] = {0, 1, 2, 3, 7, 99};
	tanu_gallery *g = gallery_of(count, kinds);
	tanu_reference probes[PROBES_MAX];
	tanu_decision want[PROBES_MAX];

	draw_probes(probes);
	for (size_t p = 0; p < PROBES_MAX; p++)
		want[p] = decision_of(g, &probes[p]);
	for (size_t n = 0; n < ARRAY_LEN(probes_lens); n++)
		for (size_t w = 0; w < ARRAY_LEN(workers); w++)
			assert_agrees(g, probes, want, probes_lens[n], workers[w]);
	tanu_gallery_free(&g);
}

static void agrees_with_all_scores_at_odd_sizes(void **state)
{
	static const size_t counts[] = {1, 2, 3, 15, 16, 17, 63, 64, 65, 129, 777, 2001};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		assert_all_agree(counts[i], counts[i]);
}

static void agrees_where_most_are_tied(void **state)
{
	static const size_t counts[] = {2, 17, 65, 777, 2001};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		assert_all_agree(counts[i], 1);
		assert_all_agree(counts[i], 5);
		assert_all_agree(counts[i], counts[i] - 1);
	}
}

/* Enough rows for threads with one probe. */
static void one_probe_is_found_by_many_threads(void **state)
{
	const size_t count = 40001, at[] = {0, 8191, 20000, 20001, 40000};
	tanu_gallery *g = gallery_of(count, count);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		tanu_reference probe = sample_reference((uint32_t)at[i]);
		tanu_decision alone, together;

		assert_int_equal(tanu_gallery_search(g, &alone, &probe, &wide, FPIR, 0.0f, NULL),
				 TANU_OK);
		assert_int_equal(
		    tanu_gallery_search_many(g, &together, &probe, 1, &wide, FPIR, 0.0f, 4, NULL),
		    TANU_OK);
		assert_int_equal(together.index, at[i]);
		assert_int_equal(together.result, TANU_MATCH);
		assert_same(&together, &alone);
	}
	tanu_gallery_free(&g);
}

static void nobody_to_compare_with_is_no_match_for_any(void **state)
{
	const tanu_decision zero = {0};
	tanu_gallery *g = gallery_of(0, 1);
	tanu_reference probes[PROBES_MAX];
	tanu_decision out[2] = {{.index = 42}, {.index = 42}};

	(void)state;
	draw_probes(probes);
	assert_int_equal(tanu_gallery_search_many(g, out, probes, 2, &wide, FPIR, 0.0f, 0, NULL),
			 TANU_OK);
	assert_memory_equal(&out[0], &zero, sizeof(zero));
	assert_memory_equal(&out[1], &zero, sizeof(zero));
	tanu_gallery_free(&g);
}

static void no_probe_is_no_work(void **state)
{
	tanu_gallery *g = gallery_of(3, 3);

	(void)state;
	assert_int_equal(tanu_gallery_search_many(g, NULL, NULL, 0, &wide, FPIR, 0.0f, 2, NULL),
			 TANU_OK);
	tanu_gallery_free(&g);
}

/* Beyond the first pass too. */
static void a_fault_of_the_last_probe_decides_nothing(void **state)
{
	tanu_gallery *g = gallery_of(3, 3);
	tanu_reference probes[PROBES_MAX];
	tanu_decision out[PROBES_MAX] = {{.index = 42}};
	tanu_error err = {0};

	(void)state;
	draw_probes(probes);
	probes[PROBES_MAX - 1].model[0] ^= 1;
	assert_int_equal(
	    tanu_gallery_search_many(g, out, probes, PROBES_MAX, &wide, FPIR, 0.0f, 0, &err),
	    TANU_REFUSED);
	assert_int_equal(err.code, TANU_ERR_MODEL_MISMATCH);
	probes[PROBES_MAX - 1].model[0] ^= 1;
	memset(probes[PROBES_MAX - 1].v, 0, TANU_FEATURES);
	assert_int_equal(
	    tanu_gallery_search_many(g, out, probes, PROBES_MAX, &wide, FPIR, 0.0f, 0, NULL),
	    TANU_INPUT);
	assert_int_equal(out[0].index, 42);
	tanu_gallery_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_all_scores_at_odd_sizes),
	    cmocka_unit_test(agrees_where_most_are_tied),
	    cmocka_unit_test(one_probe_is_found_by_many_threads),
	    cmocka_unit_test(nobody_to_compare_with_is_no_match_for_any),
	    cmocka_unit_test(no_probe_is_no_work),
	    cmocka_unit_test(a_fault_of_the_last_probe_decides_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
