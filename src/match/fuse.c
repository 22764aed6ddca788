/* SPDX-License-Identifier: Apache-2.0 */
/* Several samples of one person made one, weighted by their quality. */
#include "match/match.h"

#include <math.h>
#include <string.h>

static tanu_status unit_length(tanu_embedding *e, tanu_error *err)
{
	double squares = 0.0;

	for (size_t i = 0; i < TANU_FEATURES; i++)
		squares += (double)e->v[i] * (double)e->v[i];
	if (!(squares > 1e-12) || !isfinite(squares))
		return tanu_fail(err, TANU_ERR_FORMAT, "embedding",
				 "the features cancel out or are not finite");
	for (size_t i = 0; i < TANU_FEATURES; i++)
		e->v[i] = (float)((double)e->v[i] / sqrt(squares));
	return TANU_OK;
}

tanu_status tanu_embedding_fuse(tanu_embedding *out, const tanu_embedding *embeddings,
				const bool *keep, size_t embeddings_len, tanu_error *err)
{
	tanu_embedding sum = {0};
	float weight = 0.0f;
	size_t used = 0;
	tanu_status st;

	for (size_t i = 0; i < embeddings_len; i++) {
		const tanu_embedding *e = &embeddings[i];
		float w = fmaxf(e->quality, MATCH_LEAST_WEIGHT);

		if (keep && !keep[i])
			continue;
		if (weight == 0.0f)
			memcpy(sum.model, e->model, sizeof(sum.model));
		if (memcmp(sum.model, e->model, sizeof(sum.model)) != 0) {
			st = tanu_fail(err, TANU_ERR_MODEL_MISMATCH, NULL,
				       "the samples were embedded by different models");
			goto out;
		}
		for (size_t k = 0; k < TANU_FEATURES; k++)
			sum.v[k] += w * e->v[k];
		sum.quality += w * e->quality;
		weight += w;
		used++;
	}
	if (weight == 0.0f) {
		st = BAD_CALL(err, "at least one sample is needed");
		goto out;
	}
	sum.quality /= weight;
	sum.fused = used > 1;
	if ((st = unit_length(&sum, err)) == TANU_OK)
		*out = sum;
out:
	tanu_embedding_wipe(&sum);
	return st;
}
