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

tanu_status tanu_threshold_for_fmr(float *threshold, const tanu_calibration *cal, double fmr,
				   tanu_error *err)
{
	const tanu_calibration_point *p = cal->point;
	size_t i = 1;
	double share;

	if (!calibration_sound(cal))
		return tanu_fail(err, TANU_ERR_MODEL_FORMAT, "calibration",
				 "the model's calibration is empty or not in order");
	if (!(fmr <= p[0].fmr && fmr >= p[cal->count - 1].fmr))
		return tanu_fail(err, TANU_ERR_SETTING, "fmr",
				 "a false match rate of %.3g is outside what this model was "
				 "measured for: %.3g to %.3g",
				 fmr, p[0].fmr, p[cal->count - 1].fmr);
	while (i < cal->count && fmr < p[i].fmr)
		i++;
	if (i == cal->count) { /* a single point, hit exactly */
		*threshold = p[0].score;
		return TANU_OK;
	}
	share = log10(p[i - 1].fmr / fmr) / log10(p[i - 1].fmr / p[i].fmr);
	*threshold =
	    (float)((double)p[i - 1].score + share * ((double)p[i].score - (double)p[i - 1].score));
	return TANU_OK;
}
