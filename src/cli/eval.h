/* SPDX-License-Identifier: Apache-2.0 */
/* eval.h - (inside cli/) what was measured on photographs whose truth is known, and how it is told.
 */
#ifndef CLI_EVAL_H
#define CLI_EVAL_H

#include "cli/run.h"
#include "eval/report.h"

/* Photographs and what was seen in them. */
struct experiment {
	const char *images;
	struct name_list photos;
	bool measures_only;	     /* set before looking: no features are needed */
	struct eval_sample *samples; /* one a photograph */
	size_t failed;
	double seconds;
	struct eval_facts facts;
};

/* Rows of every verb that walks photographs. */
#define OPTION_FACE                                                                              \
	{                                                                                        \
		"face", VALUE_CHOICE, "WHICH", "central chosen", false,                          \
		    "Of several faces in a photograph the most central (default: sets like LFW " \
		    "are cut so), or the one that a door would have chosen"                      \
	}
#define OPTIONS_REMEMBER                                                                  \
	{"no-cache", VALUE_NONE, NULL,                                                    \
	 NULL,	     false,	 "Look at every photograph again, and remember nothing"}, \
	{                                                                                 \
		"cache-hours", VALUE_WORD, "HOURS", NULL, false,                          \
		    "How long what was seen is remembered, sealed, in the user's cache "  \
		    "folder; 24 if not given, 0 forgets all at once"                      \
	}
#define OPTION_REPORT                                                                      \
	{                                                                                  \
		"report", VALUE_FILE, "FILE", NULL, false,                                 \
		    "Write the findings as a page of HTML, with curves; it needs nothing " \
		    "from outside and holds no face and no features"                       \
	}
/* Of answer_photographs, below `at`. */
#define WALK_FIELDS_AT(at)                                                           \
	{at "photographs", "how many were looked at"},                               \
	    {at "failed", "how many of them gave no features (failure to acquire)"}, \
	    {at "failure_interval", "95% interval of their share, [low, high]"},     \
	    {at "cached", "how many were known from an earlier call"},               \
	    {at "failures[].photo", "path below the folder of images"},              \
	    {at "failures[].code", "stable word of the error"},                      \
	    {at "failures[].message", "what was wrong with it"},                     \
	{                                                                            \
		at "seconds", "time for all photographs"                             \
	}
#define WALK_FIELDS WALK_FIELDS_AT("")
#define REPORT_FIELDS                                                     \
	{"warnings", "what the data cannot support, array of sentences"}, \
	    {"environment.version", "of this program"},                   \
	    {"environment.model", "SHA-256 of the embedder's weights"},   \
	    {"environment.runtime", "version of ONNX Runtime"},           \
	    {"environment.kernel", "of matching"},                        \
	    {"environment.at_ms", "Unix milliseconds, UTC"},              \
	{                                                                 \
		"report", "the page that was written, or null"            \
	}
/* Of report_set, below `at`. */
#define SET_FIELDS(at)                                                                          \
	{at "people", "people with a photograph in it"}, {at "genuine", "pairs of one person"}, \
	    {at "impostor", "pairs of different people"},                                       \
	    {at "equal_error_rate", "where both rates are equal, or null"},                     \
	    {at "equal_error_threshold", "the score there"},                                    \
	    {at "rates[].fmr", "target false match rate"},                                      \
	    {at "rates[].threshold", "lowest score that keeps it"},                             \
	    {at "rates[].false_matches", "impostor pairs at or above it"},                      \
	    {at "rates[].fmr_interval", "95% of the measured rate, pairs independent"},         \
	    {at "rates[].fmr_people", "95% of it, resampling people"},                          \
	    {at "rates[].fnmr", "false non-match rate there"},                                  \
	    {at "rates[].false_non_matches", "genuine pairs below it"},                         \
	    {at "rates[].fnmr_interval", "95%, pairs independent"},                             \
	{                                                                                       \
		at "rates[].fnmr_people", "95%, resampling people"                              \
	}

#define GROUP_FIELDS                                                                            \
	{"groups.label", "what the labels say, by their column"},                               \
	    {"groups.unlabelled", "photographs, or pairs of a list, that are in no group"},     \
	    {"groups.unknown", "rows of the labels that name no photograph"},                   \
	    {"groups.compared[].fmr", "target over everybody"},                                 \
	    {"groups.compared[].threshold", "score that keeps it"},                             \
	    {"groups.compared[].fmr_ratio", "highest by lowest FMR of a group there, or null"}, \
	    {"groups.compared[].fnmr_ratio", "likewise"},                                       \
	    {"groups.compared[].each[].name", "label of the group"},                            \
	    {"groups.compared[].each[].fmr", "of pairs inside it, at that score"},              \
	    {"groups.compared[].each[].fmr_people", "95%, resampling people"},                  \
	    {"groups.compared[].each[].fnmr", "likewise"},                                      \
	    {"groups.compared[].each[].fnmr_people", "95%, resampling people"},                 \
	    {"groups.common[].fmr", "target of every group"},                                   \
	    {"groups.common[].threshold", "the score at which all keep it, or null"},           \
	    {"groups.common[].group", "who sets it, or has too few pairs"},                     \
	    {"groups.common[].fnmr", "false non-match rate of each group there"},               \
	    {"groups.sets[].name", "label; the rates that follow are of pairs inside it"},      \
	    SET_FIELDS("groups.sets[].")

/* Draws of people for all intervals. */
extern const struct boot_options eval_draws;

/* Fill `samples`, `failed`, `seconds` and `facts` from `images` and `photos`, with a progress bar.
 */
tanu_status photos_look(struct experiment *e, const struct args *args, tanu_error *err);
void experiment_free(struct experiment *e);

/* The usable samples side by side, and whose they are: the folder names the person. */
struct crowd {
	tanu_embedding *sample;
	size_t *person;
	size_t *photo; /* its number in the experiment */
	size_t len;
	struct name_list people;
};
/* To be freed whatever it returns. */
tanu_status crowd_gather(struct crowd *out, const struct experiment *e, tanu_error *err);
void crowd_free(struct crowd *crowd); /* wipes */
/* The person of a photograph, by the folder that it stands in. */
tanu_status person_number(struct name_list *people, size_t *person, const char *photo,
			  tanu_error *err);

/* The number of a text, which need not end after `len`; a new one is added. */
#define NAME_MAX_LEN 1024
tanu_status name_number(struct name_list *list, uint32_t *out, const char *text, size_t len,
			tanu_error *err);

/* What was walked, and each photograph that could not be used. */
void answer_photographs(struct run *run, const struct experiment *e);

/* A report of this call: the page is composed in `html` when one was asked for. */
void findings_begin(struct report *r, struct run *run, struct buf *html, const char *title,
		    const char *brief);
/* The photographs, on the page only: reasons are counted, nobody is named. */
void findings_photographs(struct report *r, const struct experiment *e);
/* Warnings, environment; writes the page. Frees `html`. */
tanu_status findings_end(struct report *r, struct run *run, const struct eval_facts *facts,
			 tanu_error *err);
void findings_drop(struct report *r);

/* Labels out of --groups FILE, when it is given. */
tanu_status labels_read(struct labels *out, const struct name_list *photos, const struct args *args,
			tanu_error *err);
/* Each group measured and held against the others; `groups` are sorted. `unit`: of what is in none.
 */
tanu_status answer_groups(struct report *r, const struct labels *labels, struct pair_set *groups,
			  const struct set_rates *whole, size_t unlabelled, const char *unit,
			  tanu_error *err);

/* ---- lists of pairs (eval_listed.c) ---- */

/* Scores of listed pairs; pairs of a photograph without features are left out, and counted. */
struct listed {
	const char *name; /* of the file; NULL: there is none */
	struct pair_list pairs;
	struct labelled_score *quantised, *exact;
	struct known_pair *known;
	size_t *fold, *label; /* of each that was scored; its group, or NO_LABEL */
	size_t len, left_out;
	struct name_list people;
};
tanu_status listed_read(struct listed *out, struct name_list *photos, const char *file,
			tanu_error *err);
tanu_status listed_score(struct listed *l, const struct experiment *e, const struct labels *labels,
			 tanu_error *err);
void listed_free(struct listed *l);
/* Accuracy, folds, rates: the member "listed"; groups. `out` takes the set of all its pairs. */
tanu_status answer_listed(struct report *r, struct pair_set *out, struct listed *test,
			  struct listed *training, const struct labels *labels, tanu_error *err);

/* ---- all pairs (eval_all.c) ---- */

/* The member "all_pairs"; `out` takes the set of all pairs. */
tanu_status answer_all_pairs(struct report *r, struct pair_set *out, const struct crowd *crowd,
			     const struct labels *labels, tanu_error *err);

/* ---- runs (eval_runs.c) ---- */

/* --save-scores and --against. */
tanu_status answer_runs(struct report *r, const struct args *args, const struct pair_set *set,
			const struct name_list *people, const char *kind,
			const struct eval_facts *facts, tanu_error *err);

#endif
