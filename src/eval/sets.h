/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sets.h - error rates of whole experiments: sets of pairs with the people in them, groups of
 * people, folds, open-set search, two runs compared. Numbers in, numbers out.
 */
#ifndef EVAL_SETS_H
#define EVAL_SETS_H

#include "eval/eval.h"

/* ---- a set of pairs ---- */

/* A comparison whose truth is known: a and b number people, equal for a genuine pair. */
struct known_pair {
	float score;
	uint32_t a, b;
	bool same;
};

struct pair_set {
	size_t people;	      /* numbered from 0 */
	struct scores scores; /* rising once measured */
	struct boot_pair *genuine;
	size_t genuine_len;
	struct boot_pair *impostor; /* falling; just the highest when `photos` is there */
	size_t impostor_len;
	uint32_t *photos; /* per person, or NULL */
	bool search;	  /* an impostor is a searcher who is not enrolled: `b` says nothing */
};
void pair_set_free(struct pair_set *set);
/* As the bootstrap takes it; borrowed. */
struct boot_system pair_set_system(const struct pair_set *set);

/*
 * From a list, keeping the pairs of which both people have the label `which`: label[i] is that of
 * pair i. NO_LABEL takes all and keeps the numbers of people; else they are numbered anew.
 */
tanu_status pair_set_from_list(struct pair_set *out, const struct known_pair *pairs, size_t len,
			       size_t people, const size_t *label, size_t which, tanu_error *err);

/* All pairs of samples, as all_pairs has put them. */
struct all_pairs_view {
	const struct scores *scores; /* unsorted */
	const size_t *person;
	const size_t *label; /* of each sample; NULL: none has any */
	size_t len;	     /* samples */
	size_t people;
};
/* The pairs inside one label, likewise. The scores are copied. */
tanu_status pair_set_from_all(struct pair_set *out, const struct all_pairs_view *all, size_t which,
			      tanu_error *err);

/* ---- what a set shows ---- */

#define RATE_TARGETS 6 /* FMR 1e-1 .. 1e-6 */
struct rate_row {
	double target; /* FMR */
	struct error_rates rates;
	/* 95%, resampling people: FMR at this threshold, FNMR at the threshold of this FMR */
	struct interval fmr_people, fnmr_people;
};

#define CURVE_MAX 241
struct rate_point {
	double fmr, fnmr;
};

#define HISTOGRAM_BINS 120
struct histogram {
	double from, to;
	double genuine[HISTOGRAM_BINS]; /* share of all genuine scores */
	double impostor[HISTOGRAM_BINS];
};

struct set_rates {
	size_t people;
	uint64_t genuine, impostor;
	double equal_error, equal_error_threshold; /* NaN: there is none */
	struct rate_row row[RATE_TARGETS];
	size_t rows;	 /* those that the data supports */
	double missing;	 /* the first FMR that it does not support, or 0 */
	uint64_t needed; /* impostor pairs that it would take */
	struct rate_point curve[CURVE_MAX];
	size_t curve_len;
	struct histogram histogram;
};
/* Sorts the scores. Intervals over people are NaN where there are fewer than two. */
tanu_status set_measure(struct set_rates *out, struct pair_set *set,
			const struct boot_options *options, tanu_error *err);
/* The curve of two rising lists, from the highest threshold to the lowest. */
size_t rate_curve(struct rate_point out[CURVE_MAX], const struct scores *scores);
void histogram_fill(struct histogram *out, const struct scores *scores, double from, double to);

/*
 * Intervals at a fixed threshold, resampling people. Where no error was seen, resampling says
 * nothing: then the bound is that of 0 among the people, and NaN for FMR among all pairs.
 */
tanu_status bootstrap_rates(struct interval *fmr, struct interval *fnmr, const struct pair_set *set,
			    double threshold, const struct boot_options *options, tanu_error *err);

/* ---- groups ---- */

#define GROUPS_MAX 32
/* All groups at one threshold, that of a target FMR over everybody. */
struct group_row {
	double target, threshold;
	struct error_rates rates[GROUPS_MAX];
	struct interval fmr_people[GROUPS_MAX], fnmr_people[GROUPS_MAX];
	double fmr_ratio, fnmr_ratio; /* highest / lowest; NaN where the lowest is 0 */
	size_t fmr_worst, fnmr_worst; /* the group that has the highest */
};
tanu_status group_compare(struct group_row *out, const struct pair_set *groups, size_t groups_len,
			  double target, double threshold, const struct boot_options *options,
			  tanu_error *err);

/* The one threshold at which every group stays under a target. */
struct common_threshold {
	double target;
	double threshold; /* NaN: a group has too few pairs to say */
	size_t group;	  /* the one that sets the threshold, or that has too few pairs */
	uint64_t pairs;	  /* impostor pairs of that group */
	double fnmr[GROUPS_MAX];
};
void group_common_threshold(struct common_threshold *out, const struct pair_set *groups,
			    size_t groups_len, double target);

/* ---- folds ---- */

#define FOLDS_MAX 64
struct fold_accuracy {
	size_t folds;
	struct accuracy fold[FOLDS_MAX]; /* at the threshold of all the other folds */
	double threshold[FOLDS_MAX];
	double mean;
	double standard_error; /* of the mean */
};
/* TANU_USAGE (setting) with fewer than two folds, or an empty one. */
tanu_status accuracy_by_fold(struct fold_accuracy *out, const struct labelled_score *pairs,
			     const size_t *fold, size_t len, size_t folds, tanu_error *err);

/* ---- open-set search ---- */

struct search_order {
	const tanu_embedding *sample;
	const size_t *person;
	size_t len, people;
	size_t enrolled; /* people in the gallery, one sample each; 0: half of those with several */
};
#define SEARCH_RANKS 5
extern const size_t search_ranks[SEARCH_RANKS]; /* 1, 2, 5, 10, 20 */
struct search_result {
	size_t enrolled, strangers;	 /* people */
	uint64_t mated, stranger_probes; /* searches */
	/* Score of the searcher's own entry where it came first, else -1; best score of strangers.
	 */
	struct pair_set set;
	uint64_t within[SEARCH_RANKS]; /* mated searches whose entry came so far up */
};
/*
 * Enrols the first sample of some people with several, chosen by a hash of their number, and
 * searches with every other sample. TANU_USAGE (setting) when there are not so many, or when
 * nobody with several photographs or nobody else is left.
 */
tanu_status search_measure(struct search_result *out, const struct search_order *order,
			   tanu_error *err);

/* ---- two runs ---- */

/* A run kept for comparing: scores and the names of people, no features. */
struct kept_run {
	struct pair_set set; /* `scores` is empty */
	struct name_list people;
	char model[65]; /* hexadecimal digest */
	char kind[16];	/* "pairs" or "all-pairs" */
};
void kept_run_free(struct kept_run *run);
tanu_status kept_run_write(struct buf *out, const struct pair_set *set,
			   const struct name_list *people, const char *model, const char *kind,
			   tanu_error *err);
#define KEPT_RUN_BYTES_MAX ((size_t)256 << 20)
tanu_status kept_run_parse(struct kept_run *out, const void *text, size_t text_len,
			   const char *name, tanu_error *err);

struct run_difference {
	double target; /* FMR */
	double base, other;
	struct boot_result people;
	bool shown; /* the interval of the difference excludes zero */
};
/* `base` was kept, `set` is this run's, over the people named in `people`. Matched by name. */
tanu_status runs_compare(struct run_difference *out, const struct kept_run *base,
			 const struct pair_set *set, const struct name_list *people, double target,
			 const struct boot_options *options, tanu_error *err);

#endif
