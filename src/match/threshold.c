/* SPDX-License-Identifier: Apache-2.0 */
/* From a target false match rate to a score, by the model's calibration. */
#include "match/match.h"

#include <math.h>

/* Usable: 1..MAX points, rates falling in (0, 1], scores rising. Comparisons are false for NaN. */
static bool calibration_sound(const tanu_calibration *cal)
{
	const tanu_calibration_point *p = cal->point;

	if (cal->count < 1 || cal->count > TANU_CALIBRATION_MAX)
		return false;
	for (size_t i = 0; i < cal->count; i++) {
		if (!(p[i].fmr > 0.0 && p[i].fmr <= 1.0) || !isfinite(p[i].score))
			return false;
		if (i > 0 && !(p[i].fmr < p[i - 1].fmr && p[i].score > p[i - 1].score))
			return false;
	}
	return true;
}

/* Linear between two values, `share` of the way. */
static float between(float a, float b, double share)
{
	return (float)((double)a + share * ((double)b - (double)a));
}

static bool has_interval(const tanu_calibration_point *p)
{
	return p->low != 0.0f || p->high != 0.0f;
}

/* Between two points, `share` of the way; what either does not know, nobody knows. */
static tanu_threshold interpolate(const tanu_calibration_point *a, const tanu_calibration_point *b,
				  double share, double fmr)
{
	tanu_threshold t = {
	    .score = between(a->score, b->score, share),
	    .fmr = fmr,
	    .extrapolated = a->extrapolated || (b->extrapolated && share > 0.0),
	    .fnmr = between(a->fnmr, b->fnmr, share),
	};

	if (has_interval(a) && has_interval(b)) {
		t.low = between(a->low, b->low, share);
		t.high = between(a->high, b->high, share);
	}
	return t;
}

tanu_status tanu_threshold_for_fmr(tanu_threshold *out, const tanu_calibration *cal, double fmr,
				   tanu_error *err)
{
	const tanu_calibration_point *p = cal->point;
	size_t i = 1;

	if (!calibration_sound(cal))
		return tanu_fail(err, TANU_ERR_MODEL_FORMAT, "calibration",
				 "the model's calibration is empty or not in order: measure it "
				 "with tanu calibrate");
	if (!(fmr <= p[0].fmr && fmr >= p[cal->count - 1].fmr))
		return tanu_fail(err, TANU_ERR_SETTING, "fmr",
				 "a false match rate of %.3g is outside what this model was "
				 "measured for: %.3g to %.3g",
				 fmr, p[0].fmr, p[cal->count - 1].fmr);
	while (i < cal->count && fmr < p[i].fmr)
		i++;
	if (fmr == p[i - 1].fmr || i == cal->count)
		*out = interpolate(&p[i - 1], &p[i - 1], 0.0, fmr);
	else
		*out = interpolate(&p[i - 1], &p[i],
				   log10(p[i - 1].fmr / fmr) / log10(p[i - 1].fmr / p[i].fmr), fmr);
	return TANU_OK;
}

tanu_status tanu_threshold_for_reference(tanu_threshold *out, const tanu_calibration *cal,
					 double fmr, const tanu_reference *reference,
					 tanu_error *err)
{
	tanu_status st;

	if (!reference->fused)
		return tanu_threshold_for_fmr(out, cal, fmr, err);
	if ((st = tanu_threshold_for_fmr(out, cal, fmr / TANU_FUSED_FMR, err)) < 0)
		return st;
	out->fmr = fmr;
	out->fnmr = NAN;
	return TANU_OK;
}

/*
 * A small gallery may ask for less than the laxest measured point: that point is used, which errs
 * to the safe side.
 */
tanu_status tanu_threshold_for_search(tanu_threshold *out, const tanu_calibration *cal, double fpir,
				      size_t count, tanu_error *err)
{
	double fmr;

	if (!(fpir > 0.0 && fpir <= 1.0) || count == 0)
		return tanu_fail(err, TANU_ERR_SETTING, "fpir",
				 "the false positive rate of a search among at least one person "
				 "must be above 0 and at most 1, not %g",
				 fpir);
	fmr = fpir / (double)count;
	if (cal->count > 0 && fmr > cal->point[0].fmr)
		fmr = cal->point[0].fmr;
	return tanu_threshold_for_fmr(out, cal, fmr, err);
}
