/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site's own curve. It is no personal data: points over at least CALIBRATION_PEOPLE_MIN people,
 * no name, no pair. So it stands in clear, as JSON, where an operator or an auditor can read it.
 */
#include "service/internal.h"

#include "tensor/tensor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define OVERLAY_VERSION 1
#define OVERLAY_MAX	(64 * 1024)

static const char *const overlay_keys[] = {"calibration", "date", "model", "people", "version"};

tanu_status overlay_encode(struct buf *out, const struct overlay *overlay, tanu_error *err)
{
	char model[2 * TANU_MODEL_DIGEST + 1];

	hex_encode(model, overlay->model, TANU_MODEL_DIGEST);
	buf_str(out, "{\n\t\"calibration\": ");
	calibration_write(out, &overlay->calibration, "\t");
	buf_printf(out,
		   ",\n\t\"date\": \"%04d-%02d-%02d\",\n\t\"model\": \"%s\",\n"
		   "\t\"people\": %lld,\n\t\"version\": %d\n}\n",
		   overlay->date.year, overlay->date.month, overlay->date.day, model,
		   (long long)overlay->people, OVERLAY_VERSION);
	return buf_check(out, err);
}

static bool known(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(overlay_keys); i++)
		if (strcmp(key, overlay_keys[i]) == 0)
			return true;
	return false;
}

static tanu_status decode(struct overlay *out, json_value root, tanu_error *err)
{
	const char *date = NULL, *model = NULL;
	int64_t version = 0;
	tanu_status st;

	for (const char *key = json_next_key(root, NULL); key; key = json_next_key(root, key))
		if (!known(key))
			return tanu_fail(err, TANU_ERR_JSON, key, "this key is not known");
	if ((st = json_int(&version, root, "version", err)) < 0 ||
	    (st = json_int(&out->people, root, "people", err)) < 0 ||
	    (st = json_text(&date, root, "date", err)) < 0 ||
	    (st = json_text(&model, root, "model", err)) < 0)
		return st;
	if (version != OVERLAY_VERSION)
		return tanu_fail(err, TANU_ERR_JSON, "version", "it is not %d", OVERLAY_VERSION);
	if (out->people < CALIBRATION_PEOPLE_MIN)
		return tanu_fail(err, TANU_ERR_JSON, "people", "fewer than %d",
				 CALIBRATION_PEOPLE_MIN);
	if (!date_parse(&out->date, date))
		return tanu_fail(err, TANU_ERR_JSON, "date", "this is not a date, YYYY-MM-DD");
	if (!hex_decode(out->model, sizeof(out->model), model))
		return tanu_fail(err, TANU_ERR_JSON, "model", "this is not a SHA-256");
	if ((st = calibration_read(&out->calibration, json_get(root, "calibration"), err)) < 0)
		error_prefix_place(err, "calibration");
	return st;
}

tanu_status overlay_decode(struct overlay *out, const struct buf *text, tanu_error *err)
{
	struct overlay overlay = {0};
	struct json_doc *doc = NULL;
	tanu_error why = {0};
	tanu_status st = json_parse(&doc, text->data, text->len, OVERLAY_MAX, "JSON", &why);

	if (st == TANU_OK)
		st = decode(&overlay, json_root(doc), &why);
	json_free(&doc);
	if (st == TANU_OK)
		*out = overlay;
	if (st == TANU_OK || st == TANU_MEMORY)
		return st == TANU_OK ? st : tanu_fail(err, why.code, NULL, "%s", why.message);
	return tanu_fail(err, TANU_ERR_DB_DAMAGED, "this site's own calibration",
			 "%s: %s. Nothing is decided by it, nor without it: measure again with "
			 "tanu calibrate --site",
			 why.place, why.message);
}

/* FNMR at a score, linear between the points; NaN beyond them. */
static float fnmr_at(const tanu_calibration *cal, float score)
{
	const tanu_calibration_point *p = cal->point;

	for (size_t i = 1; i < cal->count; i++)
		if (score >= p[i - 1].score && score <= p[i].score)
			return p[i - 1].fnmr + (p[i].fnmr - p[i - 1].fnmr) *
						   (score - p[i - 1].score) /
						   (p[i].score - p[i - 1].score);
	return NAN;
}

/* What the site's own curve says about a rate; beyond its ends it says that of the end. */
static tanu_threshold own_threshold(const tanu_calibration *own, double fmr)
{
	const tanu_calibration_point *first = &own->point[0], *last = &own->point[own->count - 1];
	tanu_threshold t = {0};

	tanu_threshold_for_fmr(&t, own, fmin(first->fmr, fmax(last->fmr, fmr)), NULL);
	t.extrapolated |= fmr < last->fmr;
	return t;
}

static tanu_calibration_point raised(const tanu_calibration *model, size_t i,
				     const tanu_threshold *own)
{
	tanu_calibration_point p = model->point[i];

	if (own->score > p.score) {
		p.score = own->score;
		p.low = own->low;
		p.high = own->high;
		p.fnmr = fnmr_at(model, own->score);
	}
	p.extrapolated |= own->extrapolated;
	return p;
}

void overlay_raise(tanu_calibration *calibration, const struct overlay *overlay)
{
	const tanu_calibration *own = &overlay->calibration;
	const tanu_calibration model = *calibration;
	tanu_calibration out = {0};

	for (size_t i = 0; i < model.count; i++) {
		double fmr = model.point[i].fmr;
		tanu_threshold t = own_threshold(own, fmr);
		tanu_calibration_point p = raised(&model, i, &t);

		/* Where both ends would give one score for two rates, the outer rate is unknown. */
		if (fmr < own->point[own->count - 1].fmr && p.score == t.score)
			break;
		if (out.count > 0 && out.point[out.count - 1].score >= p.score)
			out.count--;
		out.point[out.count++] = p;
	}
	snprintf(out.population, sizeof(out.population), "%s", own->population);
	*calibration = out;
}
