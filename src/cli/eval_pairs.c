/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu eval pairs`: error rates of the face engine on photographs whose truth is known. */
#include "cli/eval.h"
#include "cli/verbs.h"

#include <stdlib.h>

struct pairs_run {
	struct experiment e;
	struct listed test, training;
	struct labels labels; /* out of --groups */
	struct crowd crowd;
	struct pair_set listed_set, all_set;
	struct report report;
	struct buf html;
};

static tanu_status gather(struct pairs_run *p, const struct args *args, tanu_error *err)
{
	const char *pairs = args_get(args, "pairs"), *training = args_get(args, "threshold-from");
	struct name_list *photos = &p->e.photos;
	tanu_status st;

	p->e.images = args_get(args, "images");
	if (!pairs && (training || !args_has(args, "all-pairs")))
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "name a list with --pairs FILE, or ask for --all-pairs");
	if ((st = listed_read(&p->test, photos, pairs, err)) < 0 ||
	    (st = listed_read(&p->training, photos, training, err)) < 0)
		return st;
	if (args_has(args, "all-pairs") && (st = walk_photos(photos, p->e.images, err)) < 0)
		return st;
	if (photos->len == 0)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, p->e.images,
				 "no photographs: the folder must hold one folder a person");
	return labels_read(&p->labels, photos, args, err);
}

/* Labels of a file of their own, else those of the list. */
static const struct labels *labels_in_use(const struct pairs_run *p)
{
	return p->labels.names.len ? &p->labels : &p->test.pairs.labels;
}

/* Groups are told of all pairs where these are asked for. */
static tanu_status answer_list(struct pairs_run *p, bool all, tanu_error *err)
{
	static const struct labels none;
	const struct labels *labels = labels_in_use(p);
	tanu_status st;

	if (labels->names.len > GROUPS_MAX)
		return tanu_fail(err, TANU_ERR_CSV, p->test.name,
				 "1 to %d different groups, not %zu", GROUPS_MAX,
				 labels->names.len);
	if ((st = listed_score(&p->training, &p->e, labels, err)) < 0 ||
	    (st = listed_score(&p->test, &p->e, labels, err)) < 0 || !p->test.name)
		return st;
	return answer_listed(&p->report, &p->listed_set, &p->test, &p->training,
			     all ? &none : labels, err);
}

static tanu_status answer_everything(struct pairs_run *p, struct run *run, tanu_error *err)
{
	bool all = args_has(&run->args, "all-pairs");
	tanu_status st;

	findings_begin(&p->report, run, &p->html, "Comparison error rates",
		       "Pairs of photographs whose truth is known, compared by this program "
		       "(ISO/IEC 19795-1).");
	findings_photographs(&p->report, &p->e);
	if ((st = answer_list(p, all, err)) < 0)
		return st;
	if (all && ((st = crowd_gather(&p->crowd, &p->e, err)) < 0 ||
		    (st = answer_all_pairs(&p->report, &p->all_set, &p->crowd, labels_in_use(p),
					   err)) < 0))
		return st;
	st = answer_runs(&p->report, &run->args, all ? &p->all_set : &p->listed_set,
			 all ? &p->crowd.people : &p->test.people, all ? "all-pairs" : "pairs",
			 &p->e.facts, err);
	return st < 0 ? st : findings_end(&p->report, run, &p->e.facts, err);
}

static void pairs_run_free(struct pairs_run *p)
{
	findings_drop(&p->report);
	pair_set_free(&p->listed_set);
	pair_set_free(&p->all_set);
	crowd_free(&p->crowd);
	listed_free(&p->test);
	listed_free(&p->training);
	labels_free(&p->labels);
	experiment_free(&p->e);
}

static tanu_status eval_pairs(struct run *run, tanu_error *err)
{
	struct pairs_run p = {0};
	tanu_status st;

	if ((st = gather(&p, &run->args, err)) < 0 || (st = photos_look(&p.e, &run->args, err)) < 0)
		goto out;
	answer_photographs(run, &p.e);
	run->keep_answer = true;
	st = answer_everything(&p, run, err);
out:
	pairs_run_free(&p);
	return st;
}

const struct verb verb_eval_pairs = {
    .group = "eval",
    .action = "pairs",
    .brief = "Measure error rates on photographs whose truth is known",
    .about =
	"Computes the features of many photographs on all cores and compares them in pairs: the "
	"pairs of a list, all pairs there are, or both. A list is in the form of Labeled Faces in "
	"the Wild (its folds are judged one by the others), or CSV with the columns a, b and same, "
	"and perhaps fold, group_a and group_b. Photographs stand in one folder a person.\n\n"
	"Rates come with two 95% intervals: resampling people (pairs of one person hang together) "
	"and Clopper-Pearson (pairs taken as independent, so too narrow). A rate that the data "
	"cannot support is left out, and said. Photographs that cannot be used are listed; their "
	"pairs are left out and counted. A threshold chosen on the same pairs flatters: choose it "
	"on others with --threshold-from.\n\n"
	"With labels (group_a and group_b of the list, or --groups) the same is told for each "
	"group, with ratios between groups and the one threshold at which every group stays under "
	"a rate. Labels come from your file; none is ever guessed.\n\n"
	"--save-scores keeps the scores, and no features; a later run with --against tells what "
	"has changed, drawing the same people for both.\n\n"
	"For collections of test photographs only. What was seen is remembered for a day, sealed, "
	"so that a second run takes seconds; see --no-cache.",
    .example = "tanu eval pairs --images lfw --pairs pairsDevTest.txt --threshold-from "
	       "pairsDevTrain.txt",
    .options = {{"images", VALUE_DIR, "DIR", NULL, true, "Folder with one folder a person"},
		{"pairs", VALUE_FILE, "FILE", NULL, false, "List of pairs to measure on"},
		{"threshold-from", VALUE_FILE, "FILE", NULL, false,
		 "Other list of pairs that the threshold of the accuracy is chosen on"},
		{"all-pairs", VALUE_NONE, NULL, NULL, false,
		 "Compare every photograph of the folder with every other"},
		{"groups", VALUE_FILE, "FILE", NULL, false,
		 "CSV of two columns: photograph, file name or person; and a label"},
		{"save-scores", VALUE_FILE, "FILE", NULL, false,
		 "Keep the scores of this run: of all pairs, if they are asked for"},
		{"against", VALUE_FILE, "FILE", NULL, false, "Compare with a run kept so"},
		OPTION_REPORT,
		OPTION_FACE,
		OPTIONS_REMEMBER},
    .fields = {WALK_FIELDS,
	       {"listed.pairs", "pairs of the list that were compared"},
	       {"listed.left_out", "pairs of a photograph without features"},
	       {"listed.threshold", "score at or above which a pair counts as one person"},
	       {"listed.threshold_from", "the list that it was chosen on"},
	       {"listed.accuracy", "share of pairs classified rightly"},
	       {"listed.accuracy_interval", "its 95% interval, [low, high]"},
	       {"listed.accuracy_exact", "the same with features as floats, before quantising"},
	       {"listed.folds[].pairs", "of this fold"},
	       {"listed.folds[].threshold", "chosen on all other folds"},
	       {"listed.folds[].accuracy", "share classified rightly"},
	       {"listed.fold_mean", "mean accuracy of the folds"},
	       {"listed.fold_standard_error", "of that mean"},
	       SET_FIELDS("listed."),
	       SET_FIELDS("all_pairs."),
	       {"all_pairs.rates[].fnmr_exact", "false non-match rate before quantising"},
	       {"all_pairs.score_error.rms", "what quantising to 8 bits does to a score"},
	       {"all_pairs.score_error.worst", "likewise, the worst of all pairs"},
	       GROUP_FIELDS,
	       {"against[].fmr", "target false match rate"},
	       {"against[].fnmr_then", "false non-match rate of the kept run"},
	       {"against[].fnmr_now", "of this run"},
	       {"against[].difference", "95% interval of now minus then, the same people"},
	       {"against[].shown", "true: that interval excludes zero"},
	       REPORT_FIELDS},
    .run = eval_pairs,
};
