/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/plot.h"

#include <math.h>
#include <stdio.h>

/* Units of the drawing. Small, so that letters are readable when a telephone shrinks it. */
#define WIDTH  460
#define HEIGHT 350
#define LEFT   64
#define RIGHT  26
#define TOP    16
#define BOTTOM 50

#define TICKS_MAX 24
/* Room for one label, in units: as many ticks as have that are drawn. */
#define LABEL_WIDTH  60.0
#define LABEL_HEIGHT 20.0

static const double normal_ticks[] = {1e-6, 1e-5, 1e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2,
				      0.1,  0.2,  0.4,	0.6,  0.8,  0.9,  0.95, 0.98, 0.99};

static double normal_below(double x)
{
	return erfc(-x / sqrt(2.0)) / 2;
}

double normal_quantile(double p)
{
	double low = -40, high = 40;

	if (!(p > 0 && p < 1))
		return p <= 0 ? -INFINITY : p >= 1 ? INFINITY : NAN;
	for (;;) {
		double middle = low + (high - low) / 2;

		if (middle <= low || middle >= high || high - low < 1e-12)
			return middle;
		if (normal_below(middle) < p)
			low = middle;
		else
			high = middle;
	}
}

static double scaled(const struct plot_axis *axis, double value)
{
	switch (axis->scale) {
	case PLOT_LOG:
		return log10(value);
	case PLOT_NORMAL:
		return normal_quantile(value);
	case PLOT_LINEAR:
	default:
		return value;
	}
}

/* Where a value stands between the ends of its axis, 0 to 1. */
static double place(const struct plot_axis *axis, double value)
{
	double low = scaled(axis, axis->min), high = scaled(axis, axis->max);
	double inside = fmin(fmax(value, axis->min), axis->max);

	return (scaled(axis, inside) - low) / (high - low);
}

static double at_x(const struct plot *p, double value)
{
	return LEFT + place(&p->x, value) * (WIDTH - LEFT - RIGHT);
}

static double at_y(const struct plot *p, double value)
{
	return TOP + (1 - place(&p->y, value)) * (HEIGHT - TOP - BOTTOM);
}

/* 1, 2 or 5 times a power of ten, so that about five steps fill the axis. */
static double round_step(double span)
{
	double power = pow(10, floor(log10(span / 5)));
	double ratio = span / 5 / power;

	return power * (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10);
}

static size_t add_tick(double ticks[TICKS_MAX], size_t len, const struct plot_axis *axis, double v)
{
	double slack = (axis->max - axis->min) * 1e-9;

	if (len == TICKS_MAX || v < axis->min - slack || v > axis->max + slack)
		return len;
	ticks[len] = v;
	return len + 1;
}

static size_t find_ticks(double ticks[TICKS_MAX], const struct plot_axis *axis)
{
	double step;
	size_t len = 0;
	int first, last;

	switch (axis->scale) {
	case PLOT_LOG:
		first = (int)floor(log10(axis->min));
		last = (int)floor(log10(axis->max) + 1e-9);
		for (int power = first; power <= last; power++)
			len = add_tick(ticks, len, axis, pow(10, power));
		break;
	case PLOT_NORMAL:
		for (size_t i = 0; i < ARRAY_LEN(normal_ticks); i++)
			len = add_tick(ticks, len, axis, normal_ticks[i]);
		break;
	case PLOT_LINEAR:
	default:
		step = round_step(axis->max - axis->min);
		first = (int)ceil(axis->min / step - 1e-9);
		last = (int)floor(axis->max / step + 1e-9);
		for (int k = first; k <= last; k++)
			len = add_tick(ticks, len, axis, k * step + 0.0);
		break;
	}
	return len;
}

static const char *tick_label(char out[32], const struct plot_axis *axis, double value)
{
	if (axis->percent)
		snprintf(out, 32, "%.6g%%", 100 * value);
	else
		snprintf(out, 32, "%.3g", fabs(value) < 1e-12 ? 0.0 : value);
	return out;
}

/* A label only where it does not run into the one before. */
static void draw_x_axis(struct plot *p)
{
	double ticks[TICKS_MAX], last = -INFINITY;
	size_t len = find_ticks(ticks, &p->x);
	char label[32];

	for (size_t i = 0; i < len; i++) {
		double x = at_x(p, ticks[i]);

		buf_printf(p->out, "<path class=\"grid\" d=\"M%.1f %d V%d\"/>", x, TOP,
			   HEIGHT - BOTTOM);
		if (x - last < LABEL_WIDTH)
			continue;
		last = x;
		buf_printf(p->out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x,
			   HEIGHT - BOTTOM + 18, tick_label(label, &p->x, ticks[i]));
	}
	buf_printf(p->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" class=\"axis\">",
		   (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10);
	put_escaped(p->out, p->x.name);
	buf_str(p->out, "</text>");
}

static void draw_y_axis(struct plot *p)
{
	double ticks[TICKS_MAX], last = INFINITY;
	size_t len = find_ticks(ticks, &p->y);
	int middle = (TOP + HEIGHT - BOTTOM) / 2;
	char label[32];

	for (size_t i = 0; i < len; i++) {
		double y = at_y(p, ticks[i]);

		buf_printf(p->out, "<path class=\"grid\" d=\"M%d %.1f H%d\"/>", LEFT, y,
			   WIDTH - RIGHT);
		if (last - y < LABEL_HEIGHT)
			continue;
		last = y;
		buf_printf(p->out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
			   LEFT - 6, y + 4.5, tick_label(label, &p->y, ticks[i]));
	}
	buf_printf(p->out,
		   "<text x=\"14\" y=\"%d\" text-anchor=\"middle\" class=\"axis\" "
		   "transform=\"rotate(-90 14 %d)\">",
		   middle, middle);
	put_escaped(p->out, p->y.name);
	buf_str(p->out, "</text>");
}

void plot_begin(struct plot *plot, struct buf *out, const char *title, const struct plot_axis *x,
		const struct plot_axis *y)
{
	*plot = (struct plot){.out = out, .x = *x, .y = *y};
	buf_printf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, HEIGHT);
	put_escaped(out, title);
	buf_str(out, "\">");
	draw_x_axis(plot);
	draw_y_axis(plot);
}

void plot_curve(struct plot *plot, const struct plot_point *points, size_t len, unsigned colour)
{
	bool begun = false;

	buf_printf(plot->out, "<path class=\"curve\" stroke=\"var(--c%u)\" d=\"",
		   colour % PLOT_COLOURS);
	for (size_t i = 0; i < len; i++) {
		if (!isfinite(points[i].x) || !isfinite(points[i].y))
			continue;
		buf_printf(plot->out, "%c%.1f %.1f", begun ? 'L' : 'M', at_x(plot, points[i].x),
			   at_y(plot, points[i].y));
		begun = true;
	}
	buf_str(plot->out, "\"/>");
}

void plot_bars(struct plot *plot, const double *heights, size_t len, double from, double to,
	       unsigned colour)
{
	double floor_y = at_y(plot, plot->y.min);

	buf_printf(plot->out, "<path class=\"bars\" fill=\"var(--c%u)\" stroke=\"var(--c%u)\" d=\"",
		   colour % PLOT_COLOURS, colour % PLOT_COLOURS);
	buf_printf(plot->out, "M%.1f %.1f", at_x(plot, from), floor_y);
	for (size_t i = 0; i < len; i++)
		buf_printf(plot->out, "V%.1fH%.1f",
			   at_y(plot, isfinite(heights[i]) ? heights[i] : 0),
			   at_x(plot, from + (to - from) * (double)(i + 1) / (double)len));
	buf_printf(plot->out, "V%.1fZ\"/>", floor_y);
}

void plot_interval(struct plot *plot, double x, double low, double high, unsigned colour)
{
	double at = at_x(plot, x);

	if (!isfinite(x) || !isfinite(low) || !isfinite(high))
		return;
	buf_printf(plot->out,
		   "<path class=\"whisker\" stroke=\"var(--c%u)\" "
		   "d=\"M%.1f %.1fV%.1fm-4 0h8M%.1f %.1fh8\"/>",
		   colour % PLOT_COLOURS, at, at_y(plot, low), at_y(plot, high), at - 4,
		   at_y(plot, low));
}

/* The name stands on the side that has more room. */
void plot_mark(struct plot *plot, double x, const char *name)
{
	double at = at_x(plot, x);
	bool right = at < (LEFT + WIDTH) / 2.0;

	if (!isfinite(x))
		return;
	buf_printf(plot->out, "<path class=\"mark\" d=\"M%.1f %dV%d\"/>", at, TOP, HEIGHT - BOTTOM);
	buf_printf(plot->out, "<text class=\"name\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">",
		   at + (right ? 6 : -6), TOP + 14, right ? "start" : "end");
	put_escaped(plot->out, name);
	buf_str(plot->out, "</text>");
}

void plot_end(struct plot *plot)
{
	buf_str(plot->out, "</svg>");
}

void put_escaped(struct buf *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			buf_str(out, "&lt;");
			break;
		case '>':
			buf_str(out, "&gt;");
			break;
		case '&':
			buf_str(out, "&amp;");
			break;
		case '"':
			buf_str(out, "&quot;");
			break;
		default:
			buf_u8(out, (uint8_t)*text);
			break;
		}
	}
}
