/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu eval pairs`: error rates of the face engine on photographs whose truth is known. */
#include "cli/eval.h"
#include "cli/verbs.h"

#include <stdlib.h>
#include <string.h>

static tanu_status read_list(struct listed *out, struct name_list *photos, const char *file,
			     tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = os_read_file(&text, file, CSV_BYTES_MAX, err);

	if (st == TANU_OK)
		st = pair_list_parse(&out->pairs, photos, text.data, text.len, file, err);
	out->name = file;
	buf_free(&text);
	return st;
}

static tanu_status gather(struct experiment *e, const struct args *args, tanu_error *err)
{
	const char *pairs = args_get(args, "pairs"), *training = args_get(args, "threshold-from");
	tanu_status st = TANU_OK;

	e->images = args_get(args, "images");
	if (!pairs && (training || !args_has(args, "all-pairs")))
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "name a list with --pairs FILE, or ask for --all-pairs");
	if (pairs)
		st = read_list(&e->test, &e->photos, pairs, err);
	if (st == TANU_OK && training)
		st = read_list(&e->training, &e->photos, training, err);
	if (st == TANU_OK && args_has(args, "all-pairs"))
		st = walk_photos(&e->photos, e->images, err);
	if (st == TANU_OK && e->photos.len == 0)
		st = tanu_fail(err, TANU_ERR_FILE_MISSING, e->images,
			       "no photographs: the folder must hold one folder a person");
	return st;
}

static tanu_status score_pair(struct listed *l, const tanu_embedding *a, const tanu_embedding *b,
			      bool same, tanu_error *err)
{
	tanu_reference qa, qb;
	tanu_status st;

	if ((st = tanu_reference_from(&qa, a, err)) < 0 ||
	    (st = tanu_reference_from(&qb, b, err)) < 0 ||
	    (st = tanu_compare(&l->quantised[l->len].score, &qa, &qb, err)) < 0 ||
	    (st = tanu_compare_float(&l->exact[l->len].score, a, b, err)) < 0)
		return st;
	l->quantised[l->len].same = l->exact[l->len].same = same;
	l->len++;
	return TANU_OK;
}

static tanu_status score_list(struct listed *l, const struct eval_sample *samples, tanu_error *err)
{
	tanu_status st = TANU_OK;

	if (!l->name)
		return TANU_OK;
	l->quantised = calloc(l->pairs.len, sizeof(*l->quantised));
	l->exact = calloc(l->pairs.len, sizeof(*l->exact));
	if (!l->quantised || !l->exact)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, l->name, "not enough memory");
	for (size_t i = 0; i < l->pairs.len && st == TANU_OK; i++) {
		const struct eval_sample *a = &samples[l->pairs.pairs[i].a];
		const struct eval_sample *b = &samples[l->pairs.pairs[i].b];

		if (a->failure.status < 0 || b->failure.status < 0)
			l->left_out++;
		else
			st = score_pair(l, &a->embedding, &b->embedding, l->pairs.pairs[i].same,
					err);
	}
	return st;
}

static tanu_status compare_all(struct run *run, const struct experiment *e, tanu_error *err)
{
	struct crowd crowd = {0};
	struct scores quantised = {0}, exact = {0};
	tanu_status st;

	if ((st = crowd_gather(&crowd, e, err)) < 0 ||
	    (st = all_pairs(&quantised, &exact, crowd.sample, crowd.person, crowd.len, err)) < 0)
		goto out;
	st = answer_all_pairs(run, &quantised, &exact, crowd.people.len, err);
out:
	crowd_free(&crowd);
	scores_free(&quantised);
	scores_free(&exact);
	return st;
}

static void listed_free(struct listed *l)
{
	pair_list_free(&l->pairs);
	free(l->quantised);
	free(l->exact);
}

static tanu_status eval_pairs(struct run *run, tanu_error *err)
{
	struct experiment e = {0};
	tanu_status st;

	if ((st = gather(&e, &run->args, err)) < 0 || (st = photos_look(&e, &run->args, err)) < 0)
		goto out;
	answer_photographs(run, &e);
	run->keep_answer = true;
	if ((st = score_list(&e.training, e.samples, err)) < 0 ||
	    (st = score_list(&e.test, e.samples, err)) < 0)
		goto out;
	if (e.test.name)
		st = answer_listed(run, &e, err);
	if (st == TANU_OK && args_has(&run->args, "all-pairs"))
		st = compare_all(run, &e, err);
out:
	service_eval_free(&e.samples, e.photos.len);
	listed_free(&e.test);
	listed_free(&e.training);
	name_list_free(&e.photos);
	return st;
}

const struct verb verb_eval_pairs = {
    .group = "eval",
    .action = "pairs",
    .brief = "Measure error rates on photographs whose truth is known",
    .about =
	"Computes the features of many photographs on all cores and compares them in pairs: the "
	"pairs of a list, all pairs there are, or both. A list is in the form of Labeled Faces in "
	"the Wild, or CSV with the columns a, b and same. Photographs stand in one folder a "
	"person.\n\n"
	"Every rate comes with its 95% interval (Clopper-Pearson, pairs taken as independent). A "
	"rate that the data cannot support is left out. Photographs that cannot be used are "
	"listed; their pairs are left out and counted. A threshold chosen on the same pairs "
	"flatters: choose it on others with --threshold-from.\n\n"
	"For collections of test photographs only. Nothing is stored.",
    .example = "tanu eval pairs --images lfw --pairs pairsDevTest.txt --threshold-from "
	       "pairsDevTrain.txt",
    .options = {{"images", VALUE_DIR, "DIR", NULL, true, "Folder with one folder a person"},
		{"pairs", VALUE_FILE, "FILE", NULL, false, "List of pairs to measure accuracy on"},
		{"threshold-from", VALUE_FILE, "FILE", NULL, false,
		 "Other list of pairs that the threshold is chosen on"},
		{"all-pairs", VALUE_NONE, NULL, NULL, false,
		 "Compare every photograph of the folder with every other"},
		OPTION_FACE},
    .fields = {WALK_FIELDS,
	       {"listed.pairs", "pairs of the list that were compared"},
	       {"listed.left_out", "pairs of a photograph without features"},
	       {"listed.threshold", "score at or above which a pair counts as one person"},
	       {"listed.threshold_from", "the list that it was chosen on"},
	       {"listed.accuracy", "share of pairs classified rightly"},
	       {"listed.accuracy_interval", "its 95% interval, [low, high]"},
	       {"listed.accuracy_exact", "the same with features as floats, before quantising"},
	       {"all_pairs.people", "folders that gave features"},
	       {"all_pairs.genuine", "pairs of one person"},
	       {"all_pairs.impostor", "pairs of different people"},
	       {"all_pairs.equal_error_rate", "where both rates are equal, or null"},
	       {"all_pairs.rates[].fmr", "target false match rate"},
	       {"all_pairs.rates[].threshold", "lowest score that keeps it"},
	       {"all_pairs.rates[].false_matches", "impostor pairs at or above it"},
	       {"all_pairs.rates[].fmr_interval", "95% interval of the measured rate, [low, high]"},
	       {"all_pairs.rates[].fnmr", "false non-match rate there"},
	       {"all_pairs.rates[].false_non_matches", "genuine pairs below it"},
	       {"all_pairs.rates[].fnmr_interval", "95% interval, [low, high]"},
	       {"all_pairs.rates[].fnmr_exact", "false non-match rate before quantising"},
	       {"all_pairs.score_error.rms", "what quantising to 8 bits does to a score"},
	       {"all_pairs.score_error.worst", "likewise, the worst of all pairs"}},
    .run = eval_pairs,
};
