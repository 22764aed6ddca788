/* SPDX-License-Identifier: Apache-2.0 */
/* Accuracy over labelled pairs, as the protocol of Labeled Faces in the Wild counts it. */
#include "eval/eval.h"

#include <math.h>
#include <stdlib.h>

static int by_score(const void *a, const void *b)
{
	float x = ((const struct labelled_score *)a)->score;
	float y = ((const struct labelled_score *)b)->score;

	return (x > y) - (x < y);
}

static tanu_status check(const struct labelled_score *pairs, size_t len, tanu_error *err)
{
	if (len == 0)
		return tanu_fail(err, TANU_ERR_SETTING, "pairs",
				 "there is no pair to choose a threshold by");
	for (size_t i = 0; i < len; i++)
		if (!isfinite(pairs[i].score))
			return tanu_fail(err, TANU_ERR_FORMAT, "pairs",
					 "the score of pair %zu is not a finite number", i);
	return TANU_OK;
}

/* The threshold that parts the rising scores before `i`. */
static double cut_before(const struct labelled_score *rising, size_t len, size_t i)
{
	if (i == 0)
		return (double)rising[0].score;
	if (i == len)
		return (double)nextafterf(rising[len - 1].score, INFINITY);
	return ((double)rising[i - 1].score + (double)rising[i].score) / 2;
}

/* Pairs classified rightly by the cut before each index: right[0 .. len]; 0 inside a tie. */
static void count_right(size_t *right, const struct labelled_score *rising, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += rising[i].same;
	for (size_t i = 0; i <= len; i++) {
		bool tie = i > 0 && i < len && rising[i - 1].score == rising[i].score;

		right[i] = tie ? 0 : n;
		if (i < len)
			n = rising[i].same ? n - 1 : n + 1;
	}
}

/* The middle one of the cuts that do best. */
static size_t best_cut(const size_t *right, size_t cuts)
{
	size_t best = 0, equals = 0, i = 0;

	for (size_t k = 0; k < cuts; k++)
		best = right[k] > best ? right[k] : best;
	for (size_t k = 0; k < cuts; k++)
		equals += right[k] == best;
	for (equals = (equals - 1) / 2; right[i] != best || equals-- > 0;)
		i++;
	return i;
}

tanu_status best_accuracy_threshold(double *threshold, struct labelled_score *pairs, size_t len,
				    tanu_error *err)
{
	size_t *right;
	tanu_status st;

	if ((st = check(pairs, len, err)) < 0)
		return st;
	right = calloc(len + 1, sizeof(*right));
	if (!right)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "pairs", "no memory for %zu pairs", len);
	qsort(pairs, len, sizeof(*pairs), by_score);
	count_right(right, pairs, len);
	*threshold = cut_before(pairs, len, best_cut(right, len + 1));
	free(right);
	return TANU_OK;
}

struct accuracy accuracy_at(const struct labelled_score *pairs, size_t len, double threshold)
{
	struct accuracy a = {.pairs = len};

	for (size_t i = 0; i < len; i++)
		a.right += ((double)pairs[i].score >= threshold) == pairs[i].same;
	a.share = len ? (double)a.right / (double)len : (double)NAN;
	a.ci = clopper_pearson(a.right, len, 0.95);
	return a;
}
