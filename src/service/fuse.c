/* SPDX-License-Identifier: Apache-2.0 */
/* Several photographs of one person make one reference; one of somebody else must not. */
#include "service/internal.h"

#include <math.h>

struct scores {
	float of[SAMPLES_MAX][SAMPLES_MAX];
};

static tanu_status score_pairs(struct scores *out, const tanu_embedding *e, size_t len,
			       tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < len; i++)
		for (size_t k = i + 1; k < len && st == TANU_OK; k++) {
			st = tanu_compare_float(&out->of[i][k], &e[i], &e[k], err);
			out->of[k][i] = out->of[i][k];
		}
	return st;
}

static float mean_to_others(const struct scores *scores, const bool *keep, size_t len, size_t i)
{
	float sum = 0;
	size_t n = 0;

	for (size_t k = 0; k < len; k++)
		if (k != i && keep[k]) {
			sum += scores->of[i][k];
			n++;
		}
	return n ? sum / (float)n : 1;
}

/* The kept one furthest from the rest; its mean score into `*mean`. */
static size_t furthest(const struct scores *scores, const bool *keep, size_t len, float *mean)
{
	size_t worst = 0;

	*mean = INFINITY;
	for (size_t i = 0; i < len; i++) {
		float m = keep[i] ? mean_to_others(scores, keep, len, i) : INFINITY;

		if (m < *mean) {
			*mean = m;
			worst = i;
		}
	}
	return worst;
}

tanu_status fuse_select(bool *keep, const tanu_embedding *embeddings, size_t len, float threshold,
			tanu_error *err)
{
	struct scores scores = {0};
	size_t left = len;
	float mean = 0;
	tanu_status st = score_pairs(&scores, embeddings, len, err);

	if (st < 0)
		return st;
	for (size_t i = 0; i < len; i++)
		keep[i] = true;
	while (2 * left > len) {
		size_t worst = furthest(&scores, keep, len, &mean);

		if (mean >= threshold)
			return TANU_OK;
		keep[worst] = false;
		left--;
	}
	return tanu_fail(err, TANU_ERR_FACE_QUALITY, NULL,
			 "the photographs do not show one and the same person: take them again");
}
