/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plot.h - drawings as SVG: numbers in, text out. Colours are the page's variables --c0 and on, so
 * that one drawing serves light and dark.
 */
#ifndef EVAL_PLOT_H
#define EVAL_PLOT_H

#include "base/base.h"

/* Quantile of the standard normal distribution: -infinity at 0, infinity at 1. */
double normal_quantile(double p);

enum plot_scale {
	PLOT_LINEAR,
	PLOT_LOG,
	PLOT_NORMAL, /* normal deviates, as error rates are drawn against each other */
};

struct plot_axis {
	const char *name;
	enum plot_scale scale;
	double min, max; /* above 0 for PLOT_LOG, inside 0..1 for PLOT_NORMAL */
	bool percent;
};

struct plot {
	struct buf *out;
	struct plot_axis x, y;
};

struct plot_point {
	double x, y;
};

#define PLOT_COLOURS 6 /* a higher number begins again */

/* Frame, grid and both axes. `title` says what is drawn to those who can't see it. */
void plot_begin(struct plot *plot, struct buf *out, const char *title, const struct plot_axis *x,
		const struct plot_axis *y);
/* Points outside the axes are moved to their edge; those that are not numbers are left out. */
void plot_curve(struct plot *plot, const struct plot_point *points, size_t len, unsigned colour);
/* Bars of equal width side by side between two values of x. */
void plot_bars(struct plot *plot, const double *heights, size_t len, double from, double to,
	       unsigned colour);
/* The interval of y at one x. */
void plot_interval(struct plot *plot, double x, double low, double high, unsigned colour);
/* A dashed line across the whole height, with its name. */
void plot_mark(struct plot *plot, double x, const char *name);
void plot_end(struct plot *plot);

/* Text inside a page: the characters that mean something to HTML are replaced. */
void put_escaped(struct buf *out, const char *text);

#endif
