/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eval.h - error rates from scores: FMR and FNMR, thresholds, accuracy over folds, intervals.
 * No images, no faces: numbers in, numbers out. Sources: ISO/IEC 19795-1, 30107-3.
 */
#ifndef EVAL_EVAL_H
#define EVAL_EVAL_H

#include "codec/codec.h"
#include "os/os.h"

#include <tanu/match.h>

/*
 * Two-sided Clopper-Pearson interval of k of n at a confidence such as 0.95: exact binomial, so
 * never too narrow. n = 0 says nothing: 0..1.
 */
struct interval {
	double low, high;
};
struct interval clopper_pearson(uint64_t k, uint64_t n, double confidence);

/* Regularised incomplete beta function I_x(a, b), for a, b > 0 and x in 0..1. */
double incomplete_beta(double a, double b, double x);

/* Comparison scores of one experiment. Owned by the caller. */
struct scores {
	float *genuine; /* two samples of one person */
	size_t genuine_len;
	float *impostor; /* of different people */
	size_t impostor_len;
};

/* Sorts both, rising, in place, as all calls below need them. TANU_INPUT for what is not finite. */
tanu_status scores_sort(struct scores *scores, tanu_error *err);

/* Rates at one threshold: a score at or above it is a match. A rate of no pairs is NaN. */
struct error_rates {
	double threshold;
	uint64_t genuine, false_non_matches;
	uint64_t impostor, false_matches;
	double fnmr, fmr;
	struct interval fnmr_ci, fmr_ci; /* 95%, pairs taken as independent */
};
struct error_rates rates_at(const struct scores *scores, double threshold);

/*
 * The lowest threshold (a float) whose FMR is at most `fmr`. TANU_USAGE (setting) when `fmr` is not
 * in 0..1 or the data can't support it: fewer than 1 / fmr impostor pairs.
 */
tanu_status threshold_at_fmr(double *threshold, const struct scores *scores, double fmr,
			     tanu_error *err);

/*
 * Equal error rate: the mean of FMR and FNMR at the threshold where they differ least (the lowest
 * of several). TANU_USAGE (setting) without genuine or without impostor pairs.
 */
tanu_status equal_error_rate(double *rate, double *threshold, const struct scores *scores,
			     tanu_error *err);

/* A pair whose truth is known. */
struct labelled_score {
	float score;
	bool same;
};

/*
 * The threshold that classifies most of the pairs rightly: midway between two neighbouring scores,
 * and the middle one where several do equally well. Sorts `pairs`. TANU_INPUT for scores that are
 * not finite, TANU_USAGE (setting) without pairs.
 */
tanu_status best_accuracy_threshold(double *threshold, struct labelled_score *pairs, size_t len,
				    tanu_error *err);

/* Pairs classified rightly at a threshold, with their 95% interval. */
struct accuracy {
	uint64_t right, pairs;
	double share; /* NaN without pairs */
	struct interval ci;
};
struct accuracy accuracy_at(const struct labelled_score *pairs, size_t len, double threshold);

/* Names, each once and numbered in the order of first mention. Zero-initialise. */
struct name_list {
	char **names; /* owned */
	size_t len, cap;
	size_t *slots; /* hash table of index + 1 */
	size_t slots_len;
};
/* The number of `name`; a new one is copied in. */
tanu_status name_list_add(struct name_list *list, size_t *index, const char *name, tanu_error *err);
bool name_list_find(const struct name_list *list, size_t *index, const char *name);
void name_list_free(struct name_list *list);

/*
 * Photographs of a folder that holds one folder a person: DIR/PERSON/PHOTO, or deeper. Adds
 * "PERSON/PHOTO" for every file named like a picture (.jpg .jpeg .png .pgm .ppm), sorted, down to
 * WALK_DEPTH_MAX folders; other files, and files of DIR itself, are left alone.
 */
#define WALK_DEPTH_MAX 8
tanu_status walk_photos(struct name_list *photos, const char *dir, tanu_error *err);
/* The same with the pictures of DIR itself. */
tanu_status walk_pictures(struct name_list *photos, const char *dir, tanu_error *err);

/*
 * What a user's file says about photographs, one label each. A label is never guessed: what the
 * file leaves out has none.
 */
#define NO_LABEL SIZE_MAX
struct labels {
	char what[64];		/* the heading of their column: "gender" */
	struct name_list names; /* each label once */
	size_t *of;		/* by number of the photograph, or NO_LABEL */
	size_t len;		/* photographs that `of` has room for */
	size_t unknown;		/* rows of the file that name no photograph here */
};
/* TANU_INPUT (csv) when the photograph has another label already. */
tanu_status labels_set(struct labels *labels, size_t photo, const char *label, tanu_error *err);
size_t label_of(const struct labels *labels, size_t photo);
/*
 * CSV of two columns, the second one's heading being what is labelled. The first column names a
 * photograph by its path below the folder of images, its file name with or without ending, or the
 * folder of its person; the most precise one counts.
 */
tanu_status labels_parse(struct labels *out, const struct name_list *photos, const void *text,
			 size_t text_len, const char *name, tanu_error *err);
void labels_free(struct labels *labels);

/*
 * A list of pairs of photographs, each named by its path below the folder of images. Two forms:
 * that of LFW ("name i j" and "name1 i name2 j", the photographs being name/name_0001.jpg; its
 * first line tells the folds), and CSV with the columns a, b and same (1 or 0, yes or no, true or
 * false), perhaps fold, and perhaps group_a and group_b, which label the photographs; further
 * columns are left alone.
 */
struct pair {
	size_t a, b; /* numbers of the photographs */
	bool same;
	size_t fold; /* from 0 */
};
struct pair_list {
	struct pair *pairs; /* owned */
	size_t len, cap;
	size_t folds;	      /* 0: the list has none */
	struct labels labels; /* out of group_a and group_b */
};
/*
 * Appends to `photos` what the list names. A row that is not understood, and an LFW list that is
 * not as long as it says, is TANU_INPUT (csv).
 */
tanu_status pair_list_parse(struct pair_list *out, struct name_list *photos, const void *text,
			    size_t text_len, const char *name, tanu_error *err);
void pair_list_free(struct pair_list *list);

/* How far scores of 8-bit references are from those of the floats they were made of. */
struct score_error {
	double rms, worst;
	uint64_t pairs;
};

/*
 * Every pair among `len` samples, compared as references and as floats on all cores; `subject` says
 * which samples are of one person. The scores come unsorted, sample by sample, each with those
 * after it; both in the same order. They are freed with scores_free. TANU_USAGE (setting) beyond
 * ALL_PAIRS_MAX pairs.
 */
#define ALL_PAIRS_MAX 250000000u /* 2 GB of scores: 22,000 photographs */
tanu_status all_pairs(struct scores *quantised, struct scores *exact, const tanu_embedding *sample,
		      const size_t *subject, size_t len, tanu_error *err);
void scores_free(struct scores *scores);
/* Between two sets in the same order. */
struct score_error scores_compare(const struct scores *quantised, const struct scores *exact);

/*
 * The impostor tail as a generalised Pareto distribution over a high threshold:
 * FMR(x) = share * (1 + shape (x - over) / scale)^(-1 / shape). What it says beyond the highest
 * score is extrapolated, and every caller must say so.
 */
#define TAIL_MIN 50 /* exceedances below which no tail is fitted */
struct tail {
	double over;  /* the high threshold */
	double share; /* of all scores above it */
	double shape, scale;
	uint64_t exceedances, total;
};
/* `rising`: all impostor scores, sorted. `share`: of the scores that make the tail, such as 0.001.
 */
tanu_status tail_fit(struct tail *out, const float *rising, size_t len, double share,
		     tanu_error *err);
/* The same from the highest scores alone, each counting `weight` times. */
struct tail_top {
	const float *score;  /* all above `over`, in any order */
	const float *weight; /* NULL: each counts once */
	size_t len;
	double over;
	double total; /* weight of all scores, those below `over` too */
};
tanu_status tail_fit_top(struct tail *out, const struct tail_top *top, tanu_error *err);
double tail_fmr(const struct tail *t, double threshold); /* for thresholds above `over` */
double tail_threshold(const struct tail *t, double fmr); /* for fmr below `share` */

/*
 * FNMR at a target FMR with its interval, resampling people. Subjects are numbered from 0. Impostor
 * pairs fall by score; with `photos` (photographs per subject) they may be just the highest ones of
 * all pairs of photographs of different people, else they are all there are.
 */
struct boot_pair {
	float score;
	uint32_t a, b;
};
struct boot_system {
	const struct boot_pair *genuine; /* a == b */
	size_t genuine_len;
	const struct boot_pair *impostor;
	size_t impostor_len;
	const uint32_t *photos;
	bool single; /* an impostor is one person `a`, as in a search; `b` says nothing */
};
struct boot_options {
	size_t replicates; /* 1000 is usual */
	uint64_t seed;
	double confidence; /* 0.95 */
};
struct boot_result {
	struct interval base, other;
	struct interval difference; /* other - base, the same people in each replicate */
};
/* How much one impostor pair counts, and all of them, when people count `weight` times. */
double boot_weight(const struct boot_system *s, const struct boot_pair *impostor,
		   const uint32_t *weight);
double boot_impostor_weight(const struct boot_system *s, const uint32_t *weight, size_t subjects);
/* FNMR at the threshold where FMR reaches `fmr`; NaN where the pairs can't say. */
double boot_fnmr(const struct boot_system *s, double fmr, const uint32_t *weight, size_t subjects);
/* `other` may be NULL: only `base` is filled then, the rest is NaN. */
tanu_status bootstrap_fnmr(struct boot_result *out, const struct boot_system *base,
			   const struct boot_system *other, size_t subjects, double fmr,
			   const struct boot_options *options, tanu_error *err);

/*
 * The score-to-FMR curve of one population: what can be counted is counted, the rest is taken from
 * the fitted tail and says so. A rate counts as measured while resampled people agree on it within
 * CURVE_TOLERANCE: pairs are many, but they share people.
 */
#define CURVE_POINTS_MAX 11 /* 1e-1, 3e-2, 1e-2 .. 1e-6 */
#define CURVE_TOLERANCE	 0.3
struct curve_point {
	double fmr;	 /* target */
	double score;	 /* at or above it is a match */
	double measured; /* FMR of the pairs at that score */
	double fnmr;	 /* NaN without genuine pairs */
	uint64_t false_matches;
	struct interval score_ci, measured_ci, fnmr_ci; /* 95%, resampling people */
	bool extrapolated;
};
/* The tail of one half of the people, held against the pairs of the other half. */
struct curve_check {
	double fmr, score;
	double predicted; /* false matches */
	uint64_t observed;
	struct interval observed_ci; /* 95%, Clopper-Pearson, as a count */
};
struct curve {
	size_t people, samples;
	uint64_t genuine, impostor;
	size_t len;
	struct curve_point point[CURVE_POINTS_MAX];
	bool fitted; /* the next two are there */
	struct tail tail;
	struct interval shape_ci;
	size_t checks; /* 0: too few people to leave half of them out */
	struct curve_check check[CURVE_POINTS_MAX];
	uint64_t check_pairs; /* impostor pairs of the half left out */
};
/*
 * `scores` as all_pairs gives them for these subjects, numbered from 0 without a gap; they are
 * sorted. TANU_REFUSED (too-few) when not even two points can be supported.
 */
tanu_status curve_measure(struct curve *out, struct scores *scores, const size_t *subject,
			  size_t len, const struct boot_options *options, tanu_error *err);
/* Its points, scores rounded up to four decimals. */
void curve_calibration(tanu_calibration *out, const struct curve *curve, const char *population);

#endif
