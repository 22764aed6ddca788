/* SPDX-License-Identifier: Apache-2.0 */
/* eval.h - (inside cli/) what was measured on photographs whose truth is known, and how it is told.
 */
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

/* Rows of every verb that walks photographs. */
#define OPTION_FACE                                                                              \
	{                                                                                        \
		"face", VALUE_CHOICE, "WHICH", "central chosen", false,                          \
		    "Of several faces in a photograph the most central (default: sets like LFW " \
		    "are cut so), or the one that a door would have chosen"                      \
	}
#define WALK_FIELDS                                                               \
	{"photographs", "how many were looked at"},                               \
	    {"failed", "how many of them gave no features (failure to acquire)"}, \
	    {"failures[].photo", "path below the folder of images"},              \
	    {"failures[].code", "stable word of the error"},                      \
	    {"failures[].message", "what was wrong with it"},                     \
	{                                                                         \
		"seconds", "time for the features of all photographs"             \
	}

/* Fill `samples`, `failed` and `seconds` from `images` and `photos`, with a progress bar. */
tanu_status photos_look(struct experiment *e, const struct args *args, tanu_error *err);

/* The usable samples side by side, and whose they are: the folder names the person. */
struct crowd {
	tanu_embedding *sample;
	size_t *person;
	size_t len;
	struct name_list people;
};
/* To be freed whatever it returns. */
tanu_status crowd_gather(struct crowd *out, const struct experiment *e, tanu_error *err);
void crowd_free(struct crowd *crowd); /* wipes */

/* What was walked, and each photograph that could not be used. */
void answer_photographs(struct run *run, const struct experiment *e);
/* Threshold and accuracy over listed pairs. */
tanu_status answer_listed(struct run *run, struct experiment *e, tanu_error *err);
/* Error rates over all pairs of photographs; sorts the scores. */
tanu_status answer_all_pairs(struct run *run, struct scores *quantised, struct scores *exact,
			     size_t people, tanu_error *err);

#endif
