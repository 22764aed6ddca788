/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rectangle of pixels into a tensor. Both directions are a weighted sum of neighbouring pixels:
 * first whole rows into one row of floats, then along that row. Everything lives in strips on the
 * stack.
 */
#include "image/half.h"
#include "image/planes.h"
#include "image/vec4.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Source pixels of one strip; also the most that are averaged into one value along a direction. */
#define LINE_PX 1024

/* value = head * p[first] + mid * (all between) + tail * p[last]; the weights add up to 1. */
struct tap {
	int32_t first, last;
	float head, mid, tail;
};

/* One direction: destination cell i covers [start + i * step, + step) of `size` source pixels. */
struct axis {
	float start, step;
	int32_t size;
	int32_t begin, end; /* cells whose centre lies inside the source */
	bool area;	    /* average instead of interpolating */
};

static bool centre_inside(const struct axis *a, int32_t i)
{
	float centre = a->start + ((float)i + 0.5f) * a->step;

	return centre >= 0.0f && centre < (float)a->size;
}

static struct axis axis_of(float start, float len, int32_t cells, int32_t size)
{
	struct axis a = {.start = start, .step = len / (float)cells, .size = size, .end = cells};

	a.area = a.step > 2.0f;
	while (a.begin < a.end && !centre_inside(&a, a.begin))
		a.begin++;
	while (a.end > a.begin && !centre_inside(&a, a.end - 1))
		a.end--;
	return a;
}

/* Linear interpolation between pixel centres; the border pixel continues to the border. */
static struct tap tap_linear(const struct axis *a, int32_t i)
{
	float at = a->start + ((float)i + 0.5f) * a->step - 0.5f;
	struct tap t;

	if (at < 0.0f)
		at = 0.0f;
	t.first = (int32_t)at;
	t.last = t.first + 1 < a->size ? t.first + 1 : a->size - 1;
	t.tail = at - (float)t.first;
	t.head = 1.0f - t.tail;
	t.mid = 0.0f;
	return t;
}

/* Mean over the part of the cell that is inside the source. */
static struct tap tap_area(const struct axis *a, int32_t i)
{
	const float widest = (float)(LINE_PX - 2);
	float centre = a->start + ((float)i + 0.5f) * a->step;
	float half = (a->step < widest ? a->step : widest) / 2;
	float from = centre - half > 0.0f ? centre - half : 0.0f;
	float to = centre + half < (float)a->size ? centre + half : (float)a->size;
	struct tap t = {.first = (int32_t)from, .head = 1.0f};

	t.last = (int32_t)to;
	if ((float)t.last == to)
		t.last--;
	if (t.last <= t.first) {
		t.last = t.first;
		return t;
	}
	t.mid = 1.0f / (to - from);
	t.head = ((float)(t.first + 1) - from) * t.mid;
	t.tail = (to - (float)t.last) * t.mid;
	return t;
}

static struct tap tap_of(const struct axis *a, int32_t i)
{
	return a->area ? tap_area(a, i) : tap_linear(a, i);
}

static void blend_rows(float *line, const uint8_t *a, const uint8_t *b, int32_t n, float weight_a,
		       float weight_b)
{
	int32_t i = 0;

	for (; i + 4 <= n; i += 4)
		vec4_store(line + i,
			   weight_a * vec4_of_bytes(a + i) + weight_b * vec4_of_bytes(b + i));
	for (; i < n; i++)
		line[i] = weight_a * (float)a[i] + weight_b * (float)b[i];
}

static u16x8 sum_bytes(const uint8_t *at, ptrdiff_t stride, int32_t rows)
{
	u16x8 sum = u16x8_of_bytes(at);

	for (int32_t y = 1; y < rows; y++)
		sum += u16x8_of_bytes(at + y * stride);
	return sum;
}

/* line += weight * (sum of the rows); the sum is of whole numbers, which is faster. */
static void add_rows(float *line, const uint8_t *top, ptrdiff_t stride, int32_t rows, int32_t n,
		     float weight)
{
	int32_t i = 0;

	for (; i + 8 <= n; i += 8) {
		vec4 low, high;

		vec4_of_u16(&low, &high, sum_bytes(top + i, stride, rows));
		vec4_store(line + i, vec4_load(line + i) + weight * low);
		vec4_store(line + i + 4, vec4_load(line + i + 4) + weight * high);
	}
	for (; i < n; i++) {
		uint32_t sum = 0;

		for (int32_t y = 0; y < rows; y++)
			sum += top[y * stride + i];
		line[i] += weight * (float)sum;
	}
}

/* Do all rows weigh the same, as when a picture shrinks by a whole number? */
static bool is_even(const struct tap *t)
{
	int32_t rows = t->last - t->first + 1;

	return rows >= 2 && rows <= U16_ROWS_MAX && t->head == t->tail &&
	       (rows == 2 || t->mid == t->head);
}

/* `n` bytes of the rows of `t`, from column x on, weighted into `line`. */
static void sum_rows(float *line, const tanu_pixels *image, int32_t x, int32_t n,
		     const struct tap *t)
{
	const uint8_t *column = image->rgb + (ptrdiff_t)x * 3;
	const uint8_t *first = column + t->first * image->stride;

	if (is_even(t)) {
		memset(line, 0, (size_t)n * sizeof(*line));
		add_rows(line, first, image->stride, t->last - t->first + 1, n, t->head);
		return;
	}
	blend_rows(line, first, column + t->last * image->stride, n, t->head, t->tail);
	for (int32_t y = t->first + 1; y < t->last; y += U16_ROWS_MAX) {
		int32_t rows = t->last - y < U16_ROWS_MAX ? t->last - y : U16_ROWS_MAX;

		add_rows(line, column + y * image->stride, image->stride, rows, n, t->mid);
	}
}

/* Bytes of the rows of `next` that `t` has not met, before they are needed. */
static void fetch_rows(const tanu_pixels *image, int32_t x, int32_t n, const struct tap *t,
		       const struct tap *next)
{
	for (int32_t y = t->last + 1; y <= next->last; y++)
		for (int32_t i = 0; i < n; i += CACHE_LINE)
			image_fetch(image->rgb, y * image->stride + (ptrdiff_t)x * 3 + i);
}

/* `origin`: the source column that line[0] belongs to. */
static void sum_columns_linear(float *rgb, const float *line, int32_t origin,
			       const struct tap *taps, int32_t count)
{
	for (int32_t i = 0; i < count; i++) {
		const struct tap *t = &taps[i];
		vec4 first = vec4_load(line + 3 * (t->first - origin));
		vec4 last = vec4_load(line + 3 * (t->last - origin));

		vec4_store(rgb + 3 * i, t->head * first + t->tail * last);
	}
}

static void sum_columns_area(float *rgb, const float *line, int32_t origin, const struct tap *taps,
			     int32_t count)
{
	for (int32_t i = 0; i < count; i++) {
		const struct tap *t = &taps[i];
		const float *first = line + 3 * (t->first - origin);
		const float *last = line + 3 * (t->last - origin);
		vec4 between = {0};

		for (const float *p = first + 3; p < last; p += 3)
			between += vec4_load(p);
		vec4_store(rgb + 3 * i, t->head * vec4_load(first) + t->mid * between +
					    t->tail * vec4_load(last));
	}
}

/* As many cells from x on as the buffers hold. */
static int32_t plan_strip(struct tap taps[STRIP_PX], const struct axis *cols, int32_t x)
{
	int32_t count = 0;

	while (count < STRIP_PX && x + count < cols->end) {
		taps[count] = tap_of(cols, x + count);
		if (taps[count].last - taps[0].first >= LINE_PX)
			break;
		count++;
	}
	return count;
}

/* All rows of the strip that begins at cell x; the number of cells it was wide. */
static int32_t put_strip(float *out, const struct image_tensor_spec *spec, const tanu_pixels *image,
			 const struct axis *cols, const struct axis *rows, int32_t x)
{
	struct tap taps[STRIP_PX];
	float line[3 * LINE_PX + 1] = {0};
	float rgb[3 * STRIP_PX + 1];
	int32_t count = plan_strip(taps, cols, x);
	int32_t origin = taps[0].first;
	int32_t n = 3 * (taps[count - 1].last - origin + 1);
	struct tap next = tap_of(rows, rows->begin);

	for (int32_t y = rows->begin; y < rows->end; y++) {
		struct tap t = next;

		next = tap_of(rows, y + 1);
		fetch_rows(image, origin, n, &t, &next);
		sum_rows(line, image, origin, n, &t);
		if (cols->area)
			sum_columns_area(rgb, line, origin, taps, count);
		else
			sum_columns_linear(rgb, line, origin, taps, count);
		planes_put(out, spec, x, y, rgb, count);
	}
	return count;
}

/* Is every cell two whole pixels? */
static bool is_half(const struct axis *a)
{
	return a->step == 2.0f && a->start == floorf(a->start) &&
	       a->start + 2.0f * (float)a->begin >= 0.0f &&
	       a->start + 2.0f * (float)a->end <= (float)a->size;
}

static void put_half(float *out, const struct image_tensor_spec *spec, const tanu_pixels *image,
		     const struct axis *cols, const struct axis *rows)
{
	ptrdiff_t x = (ptrdiff_t)cols->start + 2 * (ptrdiff_t)cols->begin;

	for (int32_t y = rows->begin; y < rows->end; y++) {
		ptrdiff_t row = (ptrdiff_t)rows->start + 2 * (ptrdiff_t)y;
		const uint8_t *top = image->rgb + row * image->stride + 3 * x;
		float *planes[3];

		planes_at(planes, out, spec, cols->begin, y);
		half_row(planes, top, top + image->stride, cols->end - cols->begin, spec->scale,
			 -spec->mean * spec->scale);
	}
}

void image_to_tensor(float *out, const struct image_tensor_spec *spec, const tanu_pixels *image,
		     float x, float y, float w, float h)
{
	struct axis cols = axis_of(x, w, spec->dst_w, image->width);
	struct axis rows = axis_of(y, h, spec->dst_h, image->height);

	assert(spec->channels == 1 || spec->channels == 3);
	if (cols.end - cols.begin < spec->dst_w || rows.end - rows.begin < spec->dst_h)
		planes_fill(out, spec);
	if (rows.begin == rows.end)
		return;
	if (spec->channels == 3 && is_half(&cols) && is_half(&rows)) {
		put_half(out, spec, image, &cols, &rows);
		return;
	}
	for (int32_t at = cols.begin; at < cols.end;)
		at += put_strip(out, spec, image, &cols, &rows, at);
}
