/* SPDX-License-Identifier: Apache-2.0 */
/* eval.h - (inside cli/) what `tanu eval pairs` has measured, and how it is told. */
#ifndef CLI_EVAL_H
#define CLI_EVAL_H

#include "cli/run.h"
#include "eval/eval.h"

/* Scores of listed pairs; pairs of a photograph without features are left out, and counted. */
struct listed {
	const char *name; /* of the file */
	struct pair_list pairs;
	struct labelled_score *quantised, *exact;
	size_t len, left_out;
};

/* Photographs, their features, and lists of pairs of them. */
struct experiment {
	const char *images;
	struct name_list photos;
	struct eval_sample *samples; /* one a photograph */
	size_t failed;
	double seconds;
	struct listed test, training; /* name NULL: not asked for */
};

/* What was walked, and each photograph that could not be used. */
void answer_photographs(struct run *run, const struct experiment *e);
/* Threshold and accuracy over listed pairs. */
tanu_status answer_listed(struct run *run, struct experiment *e, tanu_error *err);
/* Error rates over all pairs of photographs; sorts the scores. */
tanu_status answer_all_pairs(struct run *run, struct scores *quantised, struct scores *exact,
			     size_t people, tanu_error *err);

#endif
