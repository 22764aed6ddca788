/* SPDX-License-Identifier: Apache-2.0 */
/* 1:1: the score of two samples, and the decision drawn from it. */
#include "match/match.h"

#include <math.h>
#include <string.h>

static tanu_status same_model(const uint8_t *a, const uint8_t *b, tanu_error *err)
{
	if (memcmp(a, b, TANU_MODEL_DIGEST) == 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_MODEL_MISMATCH, NULL,
			 "the two samples were embedded by different models; enrol again with the "
			 "present one");
}

tanu_status tanu_compare(float *score, const tanu_reference *probe, const tanu_reference *reference,
			 tanu_error *err)
{
	float inverse_probe = match_inverse_norm(probe->v);
	float inverse_reference = match_inverse_norm(reference->v);
	tanu_status st;

	if ((st = same_model(probe->model, reference->model, err)) < 0)
		return st;
	if (inverse_probe == 0.0f || inverse_reference == 0.0f)
		return tanu_fail(err, TANU_ERR_FORMAT, "reference", "its features are all zero");
	*score = match_score((float)match_dot(probe->v, reference->v) * inverse_reference,
			     inverse_probe);
	return TANU_OK;
}

tanu_status tanu_compare_frames(float *score, const tanu_embedding *frames, const bool *keep,
				size_t frames_len, const tanu_reference *reference, tanu_error *err)
{
	float sum = 0.0f, weights = 0.0f, one = 0.0f;
	tanu_reference probe = {0};
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < frames_len && st == TANU_OK; i++) {
		float weight = fmaxf(frames[i].quality, MATCH_LEAST_WEIGHT);

		if (keep && !keep[i])
			continue;
		if ((st = tanu_reference_from(&probe, &frames[i], err)) == TANU_OK)
			st = tanu_compare(&one, &probe, reference, err);
		sum += weight * one;
		weights += weight;
	}
	tanu_reference_wipe(&probe);
	if (st < 0)
		return st;
	if (weights == 0.0f)
		return tanu_fail(err, TANU_ERR_FORMAT, "frames", "there is no frame to compare");
	*score = sum / weights;
	return TANU_OK;
}

tanu_status tanu_compare_float(float *score, const tanu_embedding *a, const tanu_embedding *b,
			       tanu_error *err)
{
	double dot = 0.0, squares_a = 0.0, squares_b = 0.0, cosine;
	tanu_status st;

	if ((st = same_model(a->model, b->model, err)) < 0)
		return st;
	for (size_t i = 0; i < TANU_FEATURES; i++) {
		dot += (double)a->v[i] * (double)b->v[i];
		squares_a += (double)a->v[i] * (double)a->v[i];
		squares_b += (double)b->v[i] * (double)b->v[i];
	}
	cosine = dot / (sqrt(squares_a) * sqrt(squares_b));
	if (!isfinite(cosine)) /* zero or not finite somewhere in the two */
		return tanu_fail(err, TANU_ERR_FORMAT, "embedding",
				 "the features are all zero or not finite");
	*score = (float)fmin(1.0, fmax(-1.0, cosine));
	return TANU_OK;
}

tanu_decision tanu_decide(float score, const tanu_threshold *threshold)
{
	tanu_decision decision = {.threshold = threshold->score,
				  .fmr = threshold->fmr,
				  .extrapolated = threshold->extrapolated};

	if (!isfinite(score) || !isfinite(threshold->score))
		return decision;
	decision.score = score;
	decision.margin = score - threshold->score;
	decision.result = score >= threshold->score ? TANU_MATCH : TANU_NO_MATCH;
	return decision;
}
