/* SPDX-License-Identifier: Apache-2.0 */
/* Several photographs of a person enrolled as one reference, one of them a probe. */
#include "people/half.h"

#include <stdio.h>
#include <stdlib.h>

#define TOGETHER 3 /* photographs in a fused reference */

struct fusing {
	tanu_embedding *of; /* one reference a probe */
	size_t *owner;
	float *score; /* genuine, with the probe */
	float *each;  /* genuine, of the probe with each photograph alone */
	size_t *each_person;
	size_t len;
};

/* Each photograph of a person is the probe once; the next ones of that person are enrolled. */
static void fuse_person(struct fusing *f, const struct half *half, size_t from, size_t photos,
			size_t together)
{
	for (size_t i = 0; i < photos; i++) {
		const tanu_embedding *probe = &half->plain[from + i];
		tanu_embedding enrolled[TOGETHER];

		for (size_t k = 0; k < together; k++)
			enrolled[k] = half->plain[from + (i + 1 + k) % photos];
		for (size_t k = 0; k < TOGETHER; k++) {
			f->each[TOGETHER * f->len + k] =
			    cosine(&half->plain[from + (i + 1 + k) % photos], probe);
			f->each_person[TOGETHER * f->len + k] = half->person[from];
		}
		if (tanu_embedding_fuse(&f->of[f->len], enrolled, NULL, together, NULL) < 0)
			continue;
		f->owner[f->len] = half->person[from];
		f->score[f->len] = cosine(&f->of[f->len], probe);
		f->len++;
	}
}

/* At the threshold that is said to stand for an FMR of 1e-4, for references of one or of several.
 */
static tanu_status print_stated(const struct trial *t, const tanu_calibration *calibration,
				bool fused, tanu_error *err)
{
	const tanu_reference reference = {.fused = fused};
	tanu_threshold threshold = {0};
	size_t matches = 0, failures = 0;
	tanu_status st =
	    tanu_threshold_for_reference(&threshold, calibration, 1e-4, &reference, err);

	if (st < 0)
		return st;
	while (matches < t->impostor_len && t->impostor[matches].score >= threshold.score)
		matches++;
	for (size_t i = 0; i < t->genuine_len; i++)
		failures += t->genuine[i].score < threshold.score;
	printf("    at the threshold stated for 1e-4 of %s, %.3f: FMR %.2g, not recognised %zu of "
	       "%zu\n",
	       fused ? "several" : "one", (double)threshold.score, (double)matches / t->impostors,
	       failures, t->genuine_len);
	return TANU_OK;
}

static tanu_status try_fused(const struct half *half, size_t together, struct trial *base,
			     const tanu_calibration *calibration, tanu_error *err)
{
	struct fusing f = {.of = room(half->len, sizeof(*f.of)),
			   .owner = room(half->len, sizeof(*f.owner)),
			   .score = room(half->len, sizeof(*f.score)),
			   .each = room(TOGETHER * half->len, sizeof(*f.each)),
			   .each_person = room(TOGETHER * half->len, sizeof(*f.each_person))};
	struct samples s = half_samples(half);
	struct trial t = {0};
	char what[40];
	tanu_status st;

	for (size_t from = 0, to; from < half->len; from = to) {
		for (to = from; to < half->len && half->person[to] == half->person[from]; to++)
			;
		if (to - from > TOGETHER)
			fuse_person(&f, half, from, to - from, together);
	}
	snprintf(what, sizeof(what), "%zu enrolled, %zu references", together, f.len);
	st = trial_references(&t, &(struct references){f.len, f.of, f.owner},
			      together == 1
				  ? &(struct genuine_list){f.each, f.each_person, TOGETHER * f.len}
				  : &(struct genuine_list){f.score, f.owner, f.len},
			      &s, err);
	if (st == TANU_OK)
		trial_print(what, &t, together == 1 ? NULL : base);
	if (st == TANU_OK)
		st = print_stated(&t, calibration, false, err);
	if (st == TANU_OK && together > 1)
		st = print_stated(&t, calibration, true, err);
	if (together == 1)
		*base = t;
	else
		trial_free(&t);
	free(f.of);
	free(f.owner);
	free(f.score);
	free(f.each);
	free(f.each_person);
	return st;
}

tanu_status try_fusing(const struct half *half, const tanu_calibration *calibration,
		       tanu_error *err)
{
	struct trial base = {0};
	tanu_status st = TANU_OK;

	for (size_t together = 1; together <= TOGETHER && st == TANU_OK; together++)
		st = try_fused(half, together, &base, calibration, err);
	trial_free(&base);
	return st;
}
