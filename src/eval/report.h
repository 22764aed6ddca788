/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - the findings of an evaluation, told once and set three ways: in words, on a page
 * (sheet.h), and as members of a JSON object. After ISO/IEC 19795-1, 19795-10 and 30107-3.
 */
#ifndef EVAL_REPORT_H
#define EVAL_REPORT_H

#include "eval/pad.h"
#include "eval/sets.h"
#include "eval/sheet.h"
#include "eval/spread.h"

struct report {
	struct sheet sheet;
	struct json_w *json;
	struct buf warnings; /* each with a final zero */
};

/* A warning on the sheet that the JSON lists too. */
void report_warning(struct report *r, const char *fmt, ...) TANU_PRINTF(2, 3);
/* "0 of 20 attacks: the true rate may be up to 16.8%" when there was no error; else nothing. */
void report_none_seen(struct report *r, uint64_t errors, uint64_t of, const char *what);
/* The member "warnings", and frees them. */
void report_end_warnings(struct report *r);

/* A share as a percentage with as many digits as say something; "-" when it is not a number. */
#define SHARE_TEXT_LEN 48
const char *share_text(char out[SHARE_TEXT_LEN], double share);
/* "12,454,344" */
const char *count_text(char out[SHARE_TEXT_LEN], uint64_t count);
const char *interval_text(char out[SHARE_TEXT_LEN], struct interval ci);
void report_interval(struct json_w *w, const char *key, struct interval ci);
/* "1e-4" */
#define TARGET_TEXT_LEN 16
const char *target_text(char out[TARGET_TEXT_LEN], double target);
/* Text from outside, through utf8_put_clean. */
void report_clean(struct json_w *w, const char *key, const char *raw);

/* What is counted in a set: pairs, or searches. */
enum report_kind { REPORT_PAIRS, REPORT_SEARCHES };

/* Numbers of a set, its rates as a table; inside an object of the JSON. `exact`: FNMR of each row
 * before quantising, or NULL. */
void report_set(struct report *r, const struct set_rates *set, enum report_kind kind,
		const double *exact);
/* DET, ROC and histogram; several sets share the first two. The first one has the histogram. */
#define REPORT_CURVES_MAX 6
void report_plots(struct report *r, const struct set_rates *const *sets, const char *const *names,
		  size_t len, enum report_kind kind);

void report_folds(struct report *r, const struct fold_accuracy *folds);

/* The member "groups". */
struct group_findings {
	const char *what; /* "gender" */
	char *const *names;
	size_t len;
	struct set_rates *sets;
	const struct group_row *rows;
	const struct common_threshold *common;
	size_t rows_len; /* of both */
	size_t unlabelled, unknown;
	const char *unit; /* of `unlabelled`: "photographs" */
};
void report_groups(struct report *r, const struct group_findings *g);

/* The member "against". */
void report_differences(struct report *r, const char *name, const struct run_difference *rows,
			size_t len);

/* Ranks of a search. */
void report_ranks(struct report *r, const struct search_result *search);

/* ---- attack detection ---- */

/* Attack detection at one threshold: a table by species and the member `key`. */
void report_pad_at(struct report *r, const char *key, double threshold,
		   const struct pad_error *errors, char *const *species, size_t len);
void report_pad_left_out(struct report *r, const struct pad_left_out *left, char *const *species,
			 size_t len);

/* Curves of each species, and the scores with the threshold. */
void report_pad_plots(struct report *r, const struct set_rates *sets, char *const *species,
		      size_t len, double threshold);

/* ---- quality ---- */

struct measure_findings {
	const char *name, *unit;
	struct spread spread;
	struct accuracy refused_door, refused_enrol; /* `right` counts the refused */
	double door_min, door_max;
};
/* A table and the member "measures". */
void report_measures(struct report *r, const struct measure_findings *of, size_t len);

struct discard_findings {
	const char *name;
	struct discard_curve curve;
};
/* FNMR of what remains; the member "discard". */
void report_discard(struct report *r, const struct discard_findings *of, size_t len, uint64_t pairs,
		    double threshold, double fmr);

/* What it was all made with. The member "environment". */
struct report_environment {
	const char *version, *model, *runtime, *kernel;
	int64_t at_ms;
};
void report_environment(struct report *r, const struct report_environment *e);

#endif
