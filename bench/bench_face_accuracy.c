/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes the same weights err less, on LFW View 1: ideas are tuned on one half of its people
 * and reported on the other, each against the plain pipeline of the same run. Prints the tables of
 * docs/accuracy.md and the numbers of src/face/utility.c.
 */
#include "people/fit.h"
#include "people/half.h"
#include "photo.h"

#include <math.h>

/* ---- features ---- */

static void mirror(tanu_face *face, uint8_t *rgb, const struct look *look)
{
	static const int other[5] = {1, 0, 2, 4, 3};
	int32_t w = look->pixels.width;

	for (int32_t y = 0; y < look->pixels.height; y++)
		for (int32_t x = 0; x < w; x++)
			memcpy(rgb + 3 * (y * w + x),
			       look->pixels.rgb + y * look->pixels.stride + 3 * (w - 1 - x), 3);
	*face = *look->face;
	for (int i = 0; i < 5; i++) {
		face->five[i][0] = (float)(w - 1) - look->face->five[other[i]][0];
		face->five[i][1] = look->face->five[other[i]][1];
	}
}

static tanu_status learn(struct look *look, tanu_error *err)
{
	struct facts *f = (struct facts *)look->self + look->photo;
	tanu_pixels flipped = look->pixels;
	tanu_image *image = NULL;
	tanu_face face;
	tanu_status st = tanu_embed(look->session, &f->plain, &look->pixels, look->face, err);

	if (st < 0)
		return st;
	memcpy(f->terms, look->session->terms, sizeof(f->terms));
	f->quality = look->face->quality;
	if ((st = image_new(&image, look->pixels.width, look->pixels.height, err)) < 0)
		return st;
	mirror(&face, image->rgb, look);
	flipped.rgb = image->rgb;
	flipped.stride = (ptrdiff_t)3 * image->width;
	st = tanu_embed(look->session, &f->mirrored, &flipped, &face, err);
	f->found = st == TANU_OK;
	tanu_image_free(&image);
	return st;
}

/* ---- the numbers of utility.c ---- */

static void fit_half(struct fit *fit, const struct half *half)
{
	const float **rows = room(half->len, sizeof(*rows));
	size_t *genuine = room(half->people, sizeof(*genuine)), len = 0,
	       max = half->base.genuine_len;
	struct fit_pair *pairs = room(max, sizeof(*pairs));

	fit->terms = UTILITY_TERMS;
	for (size_t i = 0; i < half->len; i++)
		rows[i] = half->of[i]->terms;
	for (size_t i = 0; i < max; i++)
		genuine[half->base.genuine[i].a]++;
	/* Pairs come in the order of trial_all_pairs; people with many pairs count less. */
	for (size_t i = 0; i < half->len; i++)
		for (size_t k = i + 1; k < half->len && half->person[k] == half->person[i]; k++)
			pairs[len++] = (struct fit_pair){cosine(&half->plain[i], &half->plain[k]),
							 1 / sqrt((double)genuine[half->person[i]]),
							 rows[i], rows[k]};
	fit_scale(fit, rows, half->len);
	fit_pairs(fit, pairs, len);
	free(rows);
	free(genuine);
	free(pairs);
}

/* Moved and stretched: a twentieth of the half under 0.05, half of it under 0.5. */
static void print_fit(const struct half *half, const struct model_manifest *m)
{
	struct fit fit;
	float *value = room(half->len, sizeof(float));
	double median, stretch;

	fit_half(&fit, half);
	for (size_t i = 0; i < half->len; i++)
		value[i] = (float)fit_value(&fit, half->of[i]->terms);
	qsort(value, half->len, sizeof(float), rising_float);
	median = (double)value[half->len / 2];
	stretch = log(19) / (median - (double)value[half->len / 20]);
	printf("\nnorm of the embedder: mean %.3f, deviation %.3f\n",
	       fit.mean[0] * (double)m->norm_deviation + (double)m->norm_mean,
	       fit.deviation[0] * (double)m->norm_deviation);
	printf("intercept %.3f\n", -median * stretch);
	for (size_t k = 0; k < UTILITY_TERMS; k++)
		printf("{%.4gF, %.4gF, %.3fF}, /* %s */\n", fit.mean[k], fit.deviation[k],
		       fit.weight[k] * stretch, term_names[k]);
	free(value);
}

/* ---- */

static tanu_status report_half(struct half *half, const struct half *tuning, const char *name,
			       const tanu_calibration *calibration, tanu_error *err)
{
	tanu_status st;

	printf("\n%s half: %zu photographs; failures at FMR 1e-3, 1e-4, 1e-5 of genuine pairs;\n"
	       "FNMR at 1e-4 with its 95%% interval, or that of the difference, in points\n",
	       name, half->len);
	trial_print("plain", &half->base, NULL);
	if ((st = try_ideas(half, tuning, err)) < 0 || (st = try_discards(half, err)) < 0)
		return st;
	try_groups(half);
	return try_fusing(half, calibration, err);
}

static tanu_status report(struct halves *h, struct facts *facts, tanu_error *err)
{
	const tanu_calibration *calibration = tanu_engine_calibration(h->engine);
	struct half tuning, reporting;
	struct samples s;
	tanu_status st;

	half_take(&tuning, h, facts, true);
	half_take(&reporting, h, facts, false);
	s = half_samples(&tuning);
	if ((st = trial_all_pairs(&tuning.base, &s, err)) < 0)
		goto out;
	s = half_samples(&reporting);
	if ((st = trial_all_pairs(&reporting.base, &s, err)) < 0 ||
	    (st = report_half(&tuning, &tuning, "tuning", calibration, err)) < 0 ||
	    (st = report_half(&reporting, &tuning, "reporting", calibration, err)) < 0)
		goto out;
	print_fit(&tuning, engine_models(h->engine)->of[MODEL_EMBED]);
out:
	half_free(&tuning);
	half_free(&reporting);
	return st;
}

int main(void)
{
	const tanu_session_options options = {.central = true};
	struct facts *facts = NULL;
	struct halves h;
	tanu_error err = {0};
	tanu_status st;

	if (!halves_open(&h, &options, &err)) {
		halves_close(&h);
		return err.status < 0 ? bench_fail(&err) : 0;
	}
	facts = room(h.photos.len, sizeof(*facts));
	if ((st = halves_look(&h, NULL, learn, facts, &err)) == TANU_OK)
		st = report(&h, facts, &err);
	free(facts);
	halves_close(&h);
	return st < 0 ? bench_fail(&err) : 0;
}
