/* SPDX-License-Identifier: Apache-2.0 */
/* half.h - for bench_face_accuracy: one half of the people, and what is tried on it. */
#ifndef BENCH_HALF_H
#define BENCH_HALF_H

#include "face/session.h"

#include "people/halves.h"
#include "people/trial.h"

struct facts {
	tanu_embedding plain, mirrored;
	float terms[UTILITY_TERMS];
	tanu_quality quality;
	bool found;
};

/* One half, side by side; photographs without a face are left out. */
struct half {
	size_t len;
	struct facts **of;
	tanu_embedding *plain; /* for trials */
	size_t *person;
	char *gender;
	float *utility;
	bool *keep;	     /* filled anew for each trial that discards */
	tanu_embedding *way; /* likewise the samples of an idea */
	float *offset;
	struct trial base;
	size_t people;
};

void half_take(struct half *out, const struct halves *h, struct facts *facts, bool tuning);
void half_free(struct half *half);
struct samples half_samples(const struct half *half);

extern const char *const term_names[UTILITY_TERMS];
/* Zeros, or the end of the program: it takes a few hundred megabytes of a machine for measuring. */
void *room(size_t len, size_t size);
float cosine(const tanu_embedding *a, const tanu_embedding *b);
int rising_float(const void *a, const void *b);

/* Each prints lines against half->base. */
tanu_status try_ideas(struct half *half, const struct half *tuning, tanu_error *err);
tanu_status try_discards(struct half *half, tanu_error *err);
void try_groups(struct half *half);
/* `calibration`: what thresholds are said to stand for. */
tanu_status try_fusing(const struct half *half, const tanu_calibration *calibration,
		       tanu_error *err);

#endif
