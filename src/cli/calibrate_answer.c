/* SPDX-License-Identifier: Apache-2.0 */
/* A measured curve in words and as JSON. */
#include "cli/calibrate.h"

#include <math.h>

static void put_interval(struct json_w *w, const char *key, struct interval ci)
{
	if (!isfinite(ci.low) || !isfinite(ci.high)) {
		jw_null(w, key);
		return;
	}
	jw_array(w, key);
	jw_real(w, NULL, ci.low);
	jw_real(w, NULL, ci.high);
	jw_end_array(w);
}

static void say_point(struct run *run, const struct curve_point *p)
{
	say(run, "  %7.0e  %.4f  %.4f to %.4f", p->fmr, p->score, p->score_ci.low,
	    p->score_ci.high);
	if (isfinite(p->fnmr))
		say(run, "  %6.2f%%  %5.2f to %5.2f%%", 100 * p->fnmr, 100 * p->fnmr_ci.low,
		    100 * p->fnmr_ci.high);
	else
		say(run, "  %24s", "not measured");
	say(run, "  %9llu", (unsigned long long)p->false_matches);
	if (p->extrapolated)
		say_tint(run, TINT_WARN, "  extrapolated");
	say(run, "\n");
}

static void answer_points(struct run *run, const struct curve *c)
{
	struct json_w *w = &run->jw;

	say(run, "      FMR   score  95%% interval        FNMR  95%% interval   false matches\n");
	jw_array(w, "points");
	for (size_t i = 0; i < c->len; i++) {
		const struct curve_point *p = &c->point[i];

		say_point(run, p);
		jw_object(w, NULL);
		jw_real(w, "fmr", p->fmr);
		jw_real(w, "score", p->score);
		put_interval(w, "score_interval", p->score_ci);
		jw_bool(w, "extrapolated", p->extrapolated);
		jw_int(w, "false_matches", (int64_t)p->false_matches);
		jw_real(w, "measured", p->measured);
		put_interval(w, "measured_interval", p->measured_ci);
		jw_real(w, "fnmr", p->fnmr);
		put_interval(w, "fnmr_interval", p->fnmr_ci);
		jw_end_object(w);
	}
	jw_end_array(w);
	say(run,
	    "  Intervals are 95%%, resampling people. A point is extrapolated where other people "
	    "would\n  move its measured rate by more than %.0f%%.\n",
	    100 * CURVE_TOLERANCE);
}

static void answer_tail(struct run *run, const struct curve *c)
{
	struct json_w *w = &run->jw;

	if (!c->fitted) {
		jw_null(w, "tail");
		say(run, "\nNo tail: too few pairs to fit one.\n");
		return;
	}
	say(run,
	    "\nTail: generalised Pareto over %.4f, the top %.2g%% (%llu pairs): shape %.3f, 95%% "
	    "interval %.3f to %.3f, scale %.4f\n",
	    c->tail.over, 100 * c->tail.share, (unsigned long long)c->tail.exceedances,
	    c->tail.shape, c->shape_ci.low, c->shape_ci.high, c->tail.scale);
	jw_object(w, "tail");
	jw_real(w, "over", c->tail.over);
	jw_real(w, "share", c->tail.share);
	jw_int(w, "pairs", (int64_t)c->tail.exceedances);
	jw_real(w, "shape", c->tail.shape);
	put_interval(w, "shape_interval", c->shape_ci);
	jw_real(w, "scale", c->tail.scale);
	jw_end_object(w);
}

static void answer_checks(struct run *run, const struct curve *c)
{
	struct json_w *w = &run->jw;

	if (c->checks)
		say(run,
		    "\nChecked: fitted to one half of the people, counted among the %llu pairs of "
		    "the other\n      FMR   score  predicted  observed  95%% interval\n",
		    (unsigned long long)c->check_pairs);
	else
		say(run, "Not checked: too few people to leave half of them out.\n");
	jw_object(w, "check");
	jw_int(w, "pairs", (int64_t)c->check_pairs);
	jw_array(w, "points");
	for (size_t i = 0; i < c->checks; i++) {
		const struct curve_check *k = &c->check[i];

		say(run, "  %7.0e  %.4f  %9.1f  %8llu  %.1f to %.1f\n", k->fmr, k->score,
		    k->predicted, (unsigned long long)k->observed, k->observed_ci.low,
		    k->observed_ci.high);
		jw_object(w, NULL);
		jw_real(w, "fmr", k->fmr);
		jw_real(w, "score", k->score);
		jw_real(w, "predicted", k->predicted);
		jw_int(w, "observed", (int64_t)k->observed);
		put_interval(w, "observed_interval", k->observed_ci);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_end_object(w);
}

void answer_curve(struct run *run, const struct curve *c)
{
	say(run, "\n%zu people: %llu genuine and %llu impostor pairs\n", c->people,
	    (unsigned long long)c->genuine, (unsigned long long)c->impostor);
	jw_int(&run->jw, "people", (int64_t)c->people);
	jw_int(&run->jw, "genuine", (int64_t)c->genuine);
	jw_int(&run->jw, "impostor", (int64_t)c->impostor);
	answer_points(run, c);
	answer_tail(run, c);
	answer_checks(run, c);
}
