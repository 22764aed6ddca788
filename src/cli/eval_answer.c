/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of an evaluation in words and as JSON. */
#include "cli/eval.h"

#include <math.h>

#define FAILURES_SAID 20 /* in words; JSON has all of them */

static const double fmr_targets[] = {1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6};

static void put_interval(struct json_w *w, const char *key, struct interval ci)
{
	jw_array(w, key);
	jw_real(w, NULL, ci.low);
	jw_real(w, NULL, ci.high);
	jw_end_array(w);
}

static void answer_failures(struct run *run, const struct experiment *e)
{
	struct json_w *w = &run->jw;
	size_t said = 0;

	jw_array(w, "failures");
	for (size_t i = 0; i < e->photos.len; i++) {
		const tanu_error *why = &e->samples[i].failure;

		if (why->status >= 0)
			continue;
		if (said++ < FAILURES_SAID) {
			say(run, "  ");
			say_clean(run, e->photos.names[i]);
			say(run, ": ");
			say_clean(run, why->message);
			say(run, "\n");
		}
		jw_object(w, NULL);
		jw_clean(w, "photo", e->photos.names[i]);
		jw_text(w, "code", tanu_error_name(why->code));
		jw_clean(w, "message", why->message);
		jw_end_object(w);
	}
	jw_end_array(w);
	if (said > FAILURES_SAID)
		say(run, "  and %zu more; --json lists all\n", said - FAILURES_SAID);
}

void answer_photographs(struct run *run, const struct experiment *e)
{
	size_t len = e->photos.len;

	say(run, "%zu photographs in %.1f s (%.1f a second); without features: %zu (%.2f%%)\n", len,
	    e->seconds, (double)len / e->seconds, e->failed,
	    100.0 * (double)e->failed / (double)len);
	jw_int(&run->jw, "photographs", (int64_t)len);
	jw_int(&run->jw, "failed", (int64_t)e->failed);
	answer_failures(run, e);
	jw_real(&run->jw, "seconds", e->seconds);
}

static void say_listed(struct run *run, const struct listed *test, double threshold,
		       const char *threshold_from, const struct accuracy *quantised,
		       const struct accuracy *exact)
{
	say(run, "\n%zu pairs of ", test->len);
	say_clean(run, test->name);
	say(run, ", left out: %zu\n  threshold %.4f, chosen on ", test->left_out, threshold);
	say_clean(run, threshold_from);
	if (threshold_from == test->name)
		say_tint(run, TINT_WARN, " itself, which flatters the accuracy");
	say(run, "\n  accuracy  %.2f%%, 95%% interval %.2f to %.2f%%; before quantising %.2f%%\n",
	    100 * quantised->share, 100 * quantised->ci.low, 100 * quantised->ci.high,
	    100 * exact->share);
}

tanu_status answer_listed(struct run *run, struct experiment *e, tanu_error *err)
{
	struct listed *test = &e->test, *from = e->training.name ? &e->training : test;
	double threshold = 0, exact_threshold = 0;
	struct accuracy quantised, exact;
	struct json_w *w = &run->jw;
	tanu_status st;

	if ((st = best_accuracy_threshold(&threshold, from->quantised, from->len, err)) < 0 ||
	    (st = best_accuracy_threshold(&exact_threshold, from->exact, from->len, err)) < 0)
		return st;
	quantised = accuracy_at(test->quantised, test->len, threshold);
	exact = accuracy_at(test->exact, test->len, exact_threshold);
	say_listed(run, test, threshold, from->name, &quantised, &exact);
	jw_object(w, "listed");
	jw_int(w, "pairs", (int64_t)test->len);
	jw_int(w, "left_out", (int64_t)test->left_out);
	jw_real(w, "threshold", threshold);
	jw_clean(w, "threshold_from", from->name);
	jw_real(w, "accuracy", quantised.share);
	put_interval(w, "accuracy_interval", quantised.ci);
	jw_real(w, "accuracy_exact", exact.share);
	jw_end_object(w);
	return TANU_OK;
}

/* FNMR of the float scores at their own threshold for the same rate. */
static double exact_fnmr(const struct scores *exact, double fmr)
{
	double threshold;

	if (threshold_at_fmr(&threshold, exact, fmr, NULL) < 0)
		return (double)NAN;
	return rates_at(exact, threshold).fnmr;
}

static void answer_rate(struct run *run, double fmr, const struct error_rates *r, double exact)
{
	struct json_w *w = &run->jw;

	say(run, "  %5.0e %10.4f %8.2f%%   %5.2f to %5.2f%% %7llu of %llu %9.2f%%\n", fmr,
	    r->threshold, 100 * r->fnmr, 100 * r->fnmr_ci.low, 100 * r->fnmr_ci.high,
	    (unsigned long long)r->false_non_matches, (unsigned long long)r->genuine, 100 * exact);
	jw_object(w, NULL);
	jw_real(w, "fmr", fmr);
	jw_real(w, "threshold", r->threshold);
	jw_int(w, "false_matches", (int64_t)r->false_matches);
	put_interval(w, "fmr_interval", r->fmr_ci);
	jw_real(w, "fnmr", r->fnmr);
	jw_int(w, "false_non_matches", (int64_t)r->false_non_matches);
	put_interval(w, "fnmr_interval", r->fnmr_ci);
	jw_real(w, "fnmr_exact", exact);
	jw_end_object(w);
}

/* The table, from 1 in 10 down to what the number of pairs supports. */
static void answer_rates(struct run *run, const struct scores *quantised,
			 const struct scores *exact)
{
	tanu_error why = {0};
	double threshold;

	say(run,
	    "    FMR  threshold     FNMR   95%% interval           pairs    before quantising\n");
	jw_array(&run->jw, "rates");
	for (size_t i = 0; i < ARRAY_LEN(fmr_targets); i++) {
		struct error_rates r;

		if (threshold_at_fmr(&threshold, quantised, fmr_targets[i], &why) < 0) {
			say(run, "  %s\n", why.message);
			break;
		}
		r = rates_at(quantised, threshold);
		answer_rate(run, fmr_targets[i], &r, exact_fnmr(exact, fmr_targets[i]));
	}
	jw_end_array(&run->jw);
}

static void answer_equal_error(struct run *run, const struct scores *scores)
{
	double rate, threshold;

	if (equal_error_rate(&rate, &threshold, scores, NULL) < 0) {
		jw_null(&run->jw, "equal_error_rate");
		return;
	}
	say(run, "  equal error rate %.2f%% at %.4f\n", 100 * rate, threshold);
	jw_real(&run->jw, "equal_error_rate", rate);
}

static void answer_score_error(struct run *run, const struct score_error *e)
{
	say(run, "  quantising to 8 bits moves a score by %.5f (rms), %.5f at worst\n", e->rms,
	    e->worst);
	jw_object(&run->jw, "score_error");
	jw_real(&run->jw, "rms", e->rms);
	jw_real(&run->jw, "worst", e->worst);
	jw_end_object(&run->jw);
}

tanu_status answer_all_pairs(struct run *run, struct scores *quantised, struct scores *exact,
			     size_t people, tanu_error *err)
{
	struct score_error difference = scores_compare(quantised, exact);
	struct json_w *w = &run->jw;
	tanu_status st;

	if ((st = scores_sort(quantised, err)) < 0 || (st = scores_sort(exact, err)) < 0)
		return st;
	say(run, "\nAll pairs of %zu people: %zu genuine, %zu impostor\n", people,
	    quantised->genuine_len, quantised->impostor_len);
	jw_object(w, "all_pairs");
	jw_int(w, "people", (int64_t)people);
	jw_int(w, "genuine", (int64_t)quantised->genuine_len);
	jw_int(w, "impostor", (int64_t)quantised->impostor_len);
	answer_equal_error(run, quantised);
	answer_rates(run, quantised, exact);
	answer_score_error(run, &difference);
	jw_end_object(w);
	return TANU_OK;
}
