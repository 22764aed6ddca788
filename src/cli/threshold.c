/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu threshold`: from what an operator wants to the score that gives it. */
#include "cli/run.h"
#include "cli/verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GALLERY_MAX 1000000000

/* What was asked for: a rate of one comparison, or of a search in a gallery. */
struct target {
	bool search;
	double rate;
	size_t gallery;
};

static tanu_status read_gallery(size_t *out, const struct args *args, tanu_error *err)
{
	const char *text = args_get(args, "gallery");
	char *end = NULL;
	long n = strtol(text, &end, 10);

	if (end == text || *end || n < 1 || n > GALLERY_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "--gallery wants a number of people, 1 to %d", GALLERY_MAX);
	*out = (size_t)n;
	return TANU_OK;
}

static tanu_status read_target(struct target *out, const struct args *args, tanu_error *err)
{
	bool fmr = args_has(args, "fmr"), fpir = args_has(args, "fpir");
	tanu_status st;

	if (fmr == fpir || fpir != args_has(args, "gallery"))
		return tanu_fail(
		    err, TANU_ERR_USAGE, NULL,
		    "give --fmr RATE for one comparison, or --fpir RATE with --gallery "
		    "PEOPLE for a search");
	out->search = fpir;
	if ((st = args_real(&out->rate, args, fpir ? "fpir" : "fmr", 1e-12, 1, err)) < 0)
		return st;
	return fpir ? read_gallery(&out->gallery, args, err) : TANU_OK;
}

static tanu_status find_threshold(tanu_threshold *out, const tanu_calibration *cal,
				  const struct target *target, tanu_error *err)
{
	if (target->search)
		return tanu_threshold_for_search(out, cal, target->rate, target->gallery, err);
	return tanu_threshold_for_fmr(out, cal, target->rate, err);
}

static uint64_t one_in(double rate)
{
	return (uint64_t)llround(1 / rate);
}

static void say_meaning(struct run *run, const struct target *target, const tanu_threshold *t,
			const char *population)
{
	char n[THOUSANDS_LEN], people[THOUSANDS_LEN];

	say(run, "  means     ");
	if (target->search)
		say(run, "1 wrong opening in %s strangers for this gallery of %s\n            ",
		    thousands(n, one_in(target->rate)), thousands(people, target->gallery));
	else
		say(run, "1 wrong opening in %s strangers who claim to be somebody\n            ",
		    thousands(n, one_in(target->rate)));
	say_fmr(run, t->fmr, t->extrapolated, population);
	say(run, "\n");
}

static void say_price(struct run *run, const tanu_threshold *t)
{
	if (isfinite(t->fnmr))
		say(run,
		    "  costs     about %.1f%% of the right people are not recognised at the first "
		    "look (FNMR)\n",
		    100 * (double)t->fnmr);
	else
		say(run, "  costs     how many of the right people it refuses (FNMR) is unknown\n");
	if (t->extrapolated) {
		say(run, "  ");
		say_tint(run, TINT_WARN,
			 "extrapolated: so rare a rate was not counted, it rests on a tail fitted "
			 "to the highest scores");
		say(run, "\n");
	}
}

static void answer(struct run *run, const struct target *target, const tanu_threshold *t,
		   const char *population)
{
	struct json_w *w = &run->jw;
	bool interval = t->low != 0.0f || t->high != 0.0f;

	say(run, "threshold %.4f", (double)t->score);
	if (interval)
		say(run, ", 95%% interval %.4f to %.4f", (double)t->low, (double)t->high);
	say(run, "\n");
	say_meaning(run, target, t, population);
	say_price(run, t);
	jw_float(w, "threshold", t->score);
	if (interval) {
		jw_array(w, "threshold_interval");
		jw_float(w, NULL, t->low);
		jw_float(w, NULL, t->high);
		jw_end_array(w);
	} else {
		jw_null(w, "threshold_interval");
	}
	jw_real(w, "fmr", t->fmr);
	jw_bool(w, "fmr_extrapolated", t->extrapolated);
	jw_float(w, "fnmr", t->fnmr);
	jw_real(w, "fpir", target->search ? target->rate : (double)NAN);
	if (target->search)
		jw_int(w, "gallery", (int64_t)target->gallery);
	else
		jw_null(w, "gallery");
	jw_clean(w, "population", population);
	jw_bool(w, "site", run->service != NULL);
}

static tanu_status threshold(struct run *run, tanu_error *err)
{
	struct target target = {0};
	tanu_threshold t = {0};
	tanu_calibration cal;
	tanu_status st;

	if ((st = read_target(&target, &run->args, err)) < 0 ||
	    (st = run_site_if_any(run, err)) < 0 ||
	    (st = service_calibration(run->service, &cal, err)) < 0 ||
	    (st = find_threshold(&t, &cal, &target, err)) < 0)
		return st;
	answer(run, &target, &t, cal.population);
	return TANU_OK;
}

const struct verb verb_threshold = {
    .group = "threshold",
    .flags = VERB_SITE,
    .brief = "Which score gives the error rate that is wanted, and what it costs",
    .about =
	"Nobody chooses a raw score here: say how often a stranger may be let in, and this prints "
	"the score, its interval, how many of the right people it will refuse, on whom that was "
	"measured, and whether it was counted or extrapolated.\n\n"
	"--fmr is the rate of one comparison (1:1). A search (1:N) among N people compares a "
	"stranger with each of them, so its rate is shared out: FMR = FPIR / N, and the threshold "
	"rises with the gallery.\n\n"
	"In the data folder of a site, or with --data, the site's own calibration counts as well; "
	"it only ever raises a threshold. Elsewhere that of the model alone is used.",
    .example = "tanu threshold --fpir 1e-3 --gallery 500",
    .options = {{"fmr", VALUE_WORD, "RATE", NULL, false,
		 "False match rate of one comparison, like 1e-4"},
		{"fpir", VALUE_WORD, "RATE", NULL, false,
		 "Share of strangers that a search may take for anybody, like 1e-3"},
		{"gallery", VALUE_WORD, "PEOPLE", NULL, false,
		 "How many people are searched; with --fpir"}},
    .fields = {{"threshold", "score at or above which it is a match"},
	       {"threshold_interval", "its 95% interval, [low, high], or null where unknown"},
	       {"fmr", "false match rate of one comparison that it stands for"},
	       {"fmr_extrapolated", "true: that rate was not counted, it rests on a fitted tail"},
	       {"fnmr", "share of the right people refused, or null where unknown"},
	       {"fpir", "the rate asked for with --fpir, else null"},
	       {"gallery", "people searched, else null"},
	       {"population", "whom the FMR was measured on"},
	       {"site", "true: as it holds in a site, its own calibration included"}},
    .run = threshold,
};
