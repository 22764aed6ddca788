/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu eval identify`: open-set search among photographs whose truth is known. */
#include "cli/eval.h"
#include "cli/verbs.h"

#define ENROLLED_MAX 1e6

static tanu_status gather(struct experiment *e, const struct args *args, tanu_error *err)
{
	tanu_status st;

	e->images = args_get(args, "images");
	if ((st = walk_photos(&e->photos, e->images, err)) < 0)
		return st;
	if (e->photos.len == 0)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, e->images,
				 "no photographs: the folder must hold one folder a person");
	return TANU_OK;
}

static tanu_status search(struct search_result *out, const struct crowd *crowd,
			  const struct args *args, tanu_error *err)
{
	struct search_order order = {.sample = crowd->sample,
				     .person = crowd->person,
				     .len = crowd->len,
				     .people = crowd->people.len};
	double enrolled = 0;
	tanu_status st;

	if (args_has(args, "enrolled") &&
	    (st = args_real(&enrolled, args, "enrolled", 1, ENROLLED_MAX, err)) < 0)
		return st;
	order.enrolled = (size_t)enrolled;
	return search_measure(out, &order, err);
}

static tanu_status tell(struct report *r, struct search_result *found, tanu_error *err)
{
	struct set_rates rates, *const one = &rates;
	struct json_w *w = r->json;
	tanu_status st;

	if ((st = set_measure(&rates, &found->set, &eval_draws, err)) < 0)
		return st;
	sheet_section(&r->sheet, "A gallery of %zu people, searched by %zu others too",
		      found->enrolled, found->strangers);
	jw_object(w, "search");
	jw_int(w, "enrolled", (int64_t)found->enrolled);
	jw_int(w, "strangers", (int64_t)found->strangers);
	jw_int(w, "mated_searches", (int64_t)found->mated);
	jw_int(w, "stranger_searches", (int64_t)found->stranger_probes);
	report_set(r, &rates, REPORT_SEARCHES, NULL);
	report_plots(r, (const struct set_rates *const *)&one, NULL, 1, REPORT_SEARCHES);
	sheet_section(&r->sheet, "Ranks, without a threshold");
	report_ranks(r, found);
	jw_end_object(w);
	sheet_note(&r->sheet,
		   "FPIR: share of searches by strangers that come upon somebody at the threshold. "
		   "FNIR: share of searches by people in the gallery whose own entry does not come "
		   "first, or stays below it. FPIR grows with the gallery: among N people it is "
		   "about N times the FMR.");
	return TANU_OK;
}

static tanu_status eval_identify(struct run *run, tanu_error *err)
{
	struct experiment e = {0};
	struct crowd crowd = {0};
	struct search_result found = {0};
	struct report report = {0};
	struct buf html = {0};
	tanu_status st;

	if ((st = gather(&e, &run->args, err)) < 0 || (st = photos_look(&e, &run->args, err)) < 0)
		goto out;
	answer_photographs(run, &e);
	run->keep_answer = true;
	findings_begin(&report, run, &html, "Identification error rates",
		       "Open-set search: people in a gallery and strangers look for themselves "
		       "(ISO/IEC 19795-1). Counts only; nobody is named.");
	findings_photographs(&report, &e);
	if ((st = crowd_gather(&crowd, &e, err)) < 0 ||
	    (st = search(&found, &crowd, &run->args, err)) < 0 ||
	    (st = tell(&report, &found, err)) < 0)
		goto out;
	st = findings_end(&report, run, &e.facts, err);
out:
	findings_drop(&report);
	pair_set_free(&found.set);
	crowd_free(&crowd);
	experiment_free(&e);
	return st;
}

const struct verb verb_eval_identify = {
    .group = "eval",
    .action = "identify",
    .brief = "Measure how often a search finds the wrong person, or nobody",
    .about =
	"Open-set search: some people are enrolled with their first photograph, and all other "
	"photographs look for themselves, those of people who are not enrolled too. Tells the "
	"share of enrolled people missed (FNIR) against the share of strangers taken for somebody "
	"(FPIR), and how far up the own entry comes. Counts only: nobody is named.\n\n"
	"Who is enrolled is drawn by lot among the people with several photographs, always the "
	"same for the same folder; everybody else is a stranger.\n\n"
	"For collections of test photographs only. What was seen is remembered for a day, sealed, "
	"so that a second run takes seconds; see --no-cache.",
    .example = "tanu eval identify --images lfw --enrolled 500 --report identify.html",
    .options = {{"images", VALUE_DIR, "DIR", NULL, true, "Folder with one folder a person"},
		{"enrolled", VALUE_WORD, "N", NULL, false,
		 "People in the gallery; half of those with several photographs if not given"},
		OPTION_REPORT,
		OPTION_FACE,
		OPTIONS_REMEMBER},
    .fields = {WALK_FIELDS,
	       {"search.enrolled", "people in the gallery"},
	       {"search.strangers", "people who are not"},
	       {"search.mated_searches", "by photographs of people in the gallery"},
	       {"search.stranger_searches", "by photographs of strangers"},
	       {"search.people", "of both kinds"},
	       {"search.genuine", "as mated_searches"},
	       {"search.impostor", "as stranger_searches"},
	       {"search.rates[].fmr", "target FPIR"},
	       {"search.rates[].threshold", "lowest score that keeps it"},
	       {"search.rates[].false_matches", "strangers at or above it"},
	       {"search.rates[].fmr_interval", "95% of the FPIR, searches independent"},
	       {"search.rates[].fmr_people", "95% of it, resampling people"},
	       {"search.rates[].fnmr", "FNIR: own entry not first, or below the threshold"},
	       {"search.rates[].false_non_matches", "searches missed so"},
	       {"search.rates[].fnmr_interval", "95%, searches independent"},
	       {"search.rates[].fnmr_people", "95%, resampling people"},
	       {"search.ranks[].rank", "R"},
	       {"search.ranks[].within", "searches whose own entry was among the first R"},
	       {"search.ranks[].fnir", "share of those that were not"},
	       {"search.ranks[].fnir_interval", "its 95% interval, [low, high]"},
	       REPORT_FIELDS},
    .run = eval_identify,
};
