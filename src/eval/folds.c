/* SPDX-License-Identifier: Apache-2.0 */
/* Accuracy fold by fold: each is judged by the threshold that suits all the others. */
#include "eval/sets.h"

#include <math.h>
#include <stdlib.h>

static size_t take(struct labelled_score *out, const struct labelled_score *pairs,
		   const size_t *fold, size_t len, size_t which, bool inside)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if ((fold[i] == which) == inside)
			out[n++] = pairs[i];
	return n;
}

static tanu_status judge(struct fold_accuracy *out, size_t which, struct labelled_score *room,
			 const struct labelled_score *pairs, const size_t *fold, size_t len,
			 tanu_error *err)
{
	size_t others = take(room, pairs, fold, len, which, false), n;
	tanu_status st = best_accuracy_threshold(&out->threshold[which], room, others, err);

	if (st < 0)
		return st;
	n = take(room, pairs, fold, len, which, true);
	if (n == 0)
		return tanu_fail(err, TANU_ERR_SETTING, "folds", "fold %zu has no pairs left",
				 which + 1);
	out->fold[which] = accuracy_at(room, n, out->threshold[which]);
	return TANU_OK;
}

static void summarise(struct fold_accuracy *out)
{
	double sum = 0, squares = 0, n = (double)out->folds;

	for (size_t i = 0; i < out->folds; i++)
		sum += out->fold[i].share;
	out->mean = sum / n;
	for (size_t i = 0; i < out->folds; i++)
		squares += pow(out->fold[i].share - out->mean, 2);
	out->standard_error = sqrt(squares / (n - 1) / n);
}

tanu_status accuracy_by_fold(struct fold_accuracy *out, const struct labelled_score *pairs,
			     const size_t *fold, size_t len, size_t folds, tanu_error *err)
{
	struct fold_accuracy result = {.folds = folds};
	struct labelled_score *room = calloc(len + 1, sizeof(*room));
	tanu_status st = TANU_OK;

	if (!room)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "folds", "no memory for %zu pairs", len);
	if (folds < 2 || folds > FOLDS_MAX)
		st = tanu_fail(err, TANU_ERR_SETTING, "folds", "2 to %d folds, not %zu", FOLDS_MAX,
			       folds);
	for (size_t i = 0; i < folds && st == TANU_OK; i++)
		st = judge(&result, i, room, pairs, fold, len, err);
	free(room);
	if (st < 0)
		return st;
	summarise(&result);
	*out = result;
	return TANU_OK;
}
