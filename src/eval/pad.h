/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pad.h - error rates of presentation-attack detection, ISO/IEC 30107-3: APCER of each species,
 * never averaged over species, and BPCER. Numbers in, numbers out.
 */
#ifndef EVAL_PAD_H
#define EVAL_PAD_H

#include "eval/eval.h"

#define PAD_LIVE	0  /* the species of bona fide presentations */
#define PAD_SPECIES_MAX 33 /* with PAD_LIVE */

struct presentation {
	float liveness;	  /* probability of a live face */
	bool answered;	  /* false: no face was found, so there is no score */
	uint32_t species; /* PAD_LIVE, or 1 .. species - 1 */
	uint32_t subject; /* numbered over all species: a mask of somebody is that subject */
	uint32_t session; /* frames of one session are near-duplicates */
};

struct presentations {
	const struct presentation *of;
	size_t len;
	size_t species, subjects, sessions;
};

/* Errors of one species: attacks taken for live, or live faces taken for attacks. */
struct pad_error {
	uint64_t presentations, errors, unanswered;
	double rate;
	struct interval ci;	/* 95%, presentations taken as independent: too narrow for frames */
	struct interval people; /* 95%, resampling subjects */
	/* A session is wrong when its mean liveness is; a subject when any of her sessions is. */
	uint64_t sessions, wrong_sessions;
	struct interval sessions_ci;
	uint64_t subjects, wrong_subjects;
	struct interval subjects_ci;
};
/* `out` has `species` places; a presentation at or above the threshold counts as live. */
tanu_status pad_rates_at(struct pad_error *out, const struct presentations *p, double threshold,
			 const struct boot_options *options, tanu_error *err);

/*
 * The threshold where BPCER and the highest APCER differ least, and the mean of both there.
 * TANU_USAGE (setting) without live faces or without attacks. `without`: a subject left out, or
 * PAD_EVERYBODY.
 */
#define PAD_EVERYBODY UINT32_MAX
tanu_status pad_equal_error(double *threshold, double *rate, const struct presentations *p,
			    uint32_t without, tanu_error *err);

/* Each subject judged by the threshold of equal error that suits all the others. */
struct pad_left_out {
	size_t subjects;		  /* that were judged so */
	double lowest, highest;		  /* thresholds */
	uint64_t errors[PAD_SPECIES_MAX]; /* by species */
	uint64_t presentations[PAD_SPECIES_MAX];
	struct interval ci[PAD_SPECIES_MAX];
};
/* TANU_USAGE (setting) with fewer than two subjects. */
tanu_status pad_leave_one_out(struct pad_left_out *out, const struct presentations *p,
			      tanu_error *err);

/* Attacks of each species judged by the threshold that suits live faces and all other species. */
tanu_status pad_leave_species_out(struct pad_left_out *out, const struct presentations *p,
				  tanu_error *err);

/* Share of `bad` among those of `subject`, its interval by resampling subjects. */
struct subject_count {
	uint64_t bad, all;
};
tanu_status bootstrap_share(struct interval *out, const struct subject_count *of, size_t subjects,
			    const struct boot_options *options, tanu_error *err);

#endif
