/* SPDX-License-Identifier: Apache-2.0 */
/* trial.h - for programs of bench/: the pairs of one way of comparing, and what they say. */
#ifndef BENCH_TRIAL_H
#define BENCH_TRIAL_H

#include "eval/eval.h"

/* Samples side by side: unit features, whose they are; those not kept are as if never taken. */
struct samples {
	size_t len;
	const tanu_embedding *of;
	const tanu_embedding
	    *probe; /* the second of a pair, where it is another form; NULL: `of` */
	const size_t *person;
	const bool *keep;    /* NULL: all */
	const float *offset; /* added to every score of a sample; NULL: none */
	size_t people;
};

struct trial {
	struct boot_pair *genuine, *impostor; /* owned; impostors fall by score */
	size_t genuine_len, impostor_len;
	double impostors; /* that there were; only the highest are listed */
	uint32_t *photos; /* kept, by person; NULL: all impostors are listed */
	size_t people;
};

/* Every pair of samples. */
tanu_status trial_all_pairs(struct trial *out, const struct samples *s, tanu_error *err);
/*
 * References (of `owner`) against samples: genuine pairs are given, impostor pairs are each
 * reference with each sample of another person.
 */
struct references {
	size_t len;
	const tanu_embedding *of;
	const size_t *owner;
};
struct genuine_list {
	const float *score;
	const size_t *person;
	size_t len;
};
tanu_status trial_references(struct trial *out, const struct references *refs,
			     const struct genuine_list *genuine, const struct samples *s,
			     tanu_error *err);
void trial_free(struct trial *t);
/* Lowest score that is a match where FMR reaches `fmr`. */
float trial_threshold(const struct trial *t, double fmr);

/* Of the genuine pairs, those that fail at the threshold where FMR reaches `fmr`. */
size_t trial_fails(const struct trial *t, double fmr);
/*
 * A line: failures at FMR 1e-3, 1e-4 and 1e-5, and at 1e-4 the 95% interval of the difference from
 * `base` (NULL: of the rate itself), resampling people.
 */
void trial_print(const char *what, const struct trial *t, const struct trial *base);

#endif
