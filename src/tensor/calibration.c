/* SPDX-License-Identifier: Apache-2.0 */
/* The calibration of an embedder as JSON: read strictly, and written in the layout of models/. */
#include "tensor/fields.h"

#include <math.h>

static const char *const calibration_keys[] = {"population", "points"};
static const char *const point_keys[] = {"fmr", "score", "fnmr", "interval", "extrapolated"};

static tanu_status read_interval(tanu_calibration_point *out, json_value point, tanu_error *err)
{
	json_value interval = json_get(point, "interval");
	double low, high;

	if (json_len(interval) != 2 || json_number_at(&low, interval, 0, NULL) < 0 ||
	    json_number_at(&high, interval, 1, NULL) < 0)
		return field_refuse(err, "interval", "two numbers [low, high] are needed");
	out->low = (float)low;
	out->high = (float)high;
	if (!(low >= -1 && out->low <= out->score && out->score <= out->high && high <= 1))
		return field_refuse(err, "interval",
				    "-1 <= low <= score <= high <= 1 does not hold");
	return TANU_OK;
}

static tanu_status read_values(tanu_calibration_point *out, json_value point, tanu_error *err)
{
	tanu_status st;

	if ((st = fields_only(point, point_keys, ARRAY_LEN(point_keys), err)) < 0 ||
	    (st = json_number(&out->fmr, point, "fmr", err)) < 0 ||
	    (st = field_real(&out->score, point, "score", -1, 1, err)) < 0)
		return st;
	out->fnmr = NAN;
	if (json_get(point, "fnmr") && (st = field_real(&out->fnmr, point, "fnmr", 0, 1, err)) < 0)
		return st;
	if ((st = read_interval(out, point, err)) < 0)
		return st;
	return json_bool(&out->extrapolated, point, "extrapolated", err);
}

static tanu_status read_point(tanu_calibration_point *out, json_value point,
			      const tanu_calibration_point *before, tanu_error *err)
{
	tanu_status st = read_values(out, point, err);

	if (st < 0)
		return st;
	if (!(out->fmr > 0 && out->fmr <= 1))
		return field_refuse(err, "fmr", "a rate above 0 and at most 1 is needed");
	if (before && !(out->fmr < before->fmr && out->score > before->score))
		return field_refuse(err, "fmr",
				    "points must be sorted by falling fmr and rising score");
	if (before && before->extrapolated && !out->extrapolated)
		return field_refuse(err, "extrapolated",
				    "no counted point can stand beyond an extrapolated one");
	return TANU_OK;
}

tanu_status calibration_read(tanu_calibration *out, json_value object, tanu_error *err)
{
	tanu_calibration cal = {0};
	json_value points = json_get(object, "points");
	tanu_status st;

	if ((st = fields_only(object, calibration_keys, ARRAY_LEN(calibration_keys), err)) < 0 ||
	    (st = field_text(cal.population, sizeof(cal.population), object, "population", err)) <
		0)
		return st;
	cal.count = json_len(points);
	if (cal.count < 2 || cal.count > TANU_CALIBRATION_MAX)
		return field_refuse(err, "points", "2 to 32 points are needed");
	for (size_t i = 0; i < cal.count; i++) {
		st = read_point(&cal.point[i], json_at(points, i), i ? &cal.point[i - 1] : NULL,
				err);
		if (st < 0) {
			error_prefix_place(err, "points");
			return st;
		}
	}
	*out = cal;
	return TANU_OK;
}

/* A JSON string with its quotes. */
static void put_text(struct buf *out, const char *text)
{
	struct buf array = {0};
	struct json_w w;

	jw_init(&w, &array);
	jw_array(&w, NULL);
	jw_text(&w, NULL, text);
	jw_end_array(&w);
	if (array.failed || array.len < 2)
		out->failed = true;
	else
		buf_put(out, array.data + 1, array.len - 2);
	buf_free(&array);
}

static void put_point(struct buf *out, const tanu_calibration_point *p)
{
	buf_printf(out, "{\"fmr\": %.6g, \"score\": %.4f, ", p->fmr, (double)p->score);
	if (isfinite(p->fnmr))
		buf_printf(out, "\"fnmr\": %.5f, ", (double)p->fnmr);
	buf_printf(out, "\"interval\": [%.4f, %.4f], \"extrapolated\": %s}", (double)p->low,
		   (double)p->high, p->extrapolated ? "true" : "false");
}

void calibration_write(struct buf *out, const tanu_calibration *cal, const char *indent)
{
	buf_printf(out, "{\n%s\t\"population\": ", indent);
	put_text(out, cal->population);
	buf_printf(out, ",\n%s\t\"points\": [", indent);
	for (size_t i = 0; i < cal->count; i++) {
		buf_printf(out, "%s\n%s\t\t", i ? "," : "", indent);
		put_point(out, &cal->point[i]);
	}
	buf_printf(out, "\n%s\t]\n%s}", indent, indent);
}
