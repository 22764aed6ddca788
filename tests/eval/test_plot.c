/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/plot.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct plot_axis linear = {"score <x>", PLOT_LINEAR, 0, 1, false};
static const struct plot_axis deviates = {"FNMR", PLOT_NORMAL, 1e-3, 0.5, true};
static const struct plot_axis decades = {"FMR", PLOT_LOG, 1e-4, 1, true};

static void quantiles_of_the_normal_distribution(void **state)
{
	(void)state;
	assert_true(fabs(normal_quantile(0.5)) < 1e-9);
	assert_true(fabs(normal_quantile(0.975) - 1.959963984540054) < 1e-9);
	assert_true(fabs(normal_quantile(1e-6) + 4.753424308822899) < 1e-8);
	assert_true(normal_quantile(0) == -INFINITY && normal_quantile(1) == INFINITY);
	assert_true(isnan(normal_quantile(NAN)));
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		n++;
	return n;
}

static void draws_what_it_is_told_and_escapes_names(void **state)
{
	const struct plot_point points[] = {{0.1, 0.2}, {NAN, 0.2}, {0.5, 0.01}, {2, 9}};
	const double bars[] = {0.1, NAN, 0.3};
	struct buf svg = {0};
	struct plot plot;
	const char *text;

	(void)state;
	plot_begin(&plot, &svg, "a \"title\"", &linear, &deviates);
	plot_curve(&plot, points, ARRAY_LEN(points), 7);
	plot_bars(&plot, bars, ARRAY_LEN(bars), 0, 1, 1);
	plot_interval(&plot, 0.5, 0.01, 0.1, 2);
	plot_interval(&plot, 0.5, NAN, 0.1, 2); /* unknown: not drawn */
	plot_mark(&plot, 0.4, "0.4 & more");
	plot_end(&plot);
	text = buf_cstr(&svg);
	assert_false(svg.failed);
	assert_ptr_equal(strstr(text, "<svg "), text);
	assert_string_equal(text + strlen(text) - 6, "</svg>");
	assert_non_null(strstr(text, "a &quot;title&quot;"));
	assert_non_null(strstr(text, "score &lt;x&gt;"));
	assert_non_null(strstr(text, "0.4 &amp; more"));
	assert_non_null(strstr(text, "var(--c1)\" d=\"M")); /* colour 7 is colour 1 again */
	assert_int_equal(count(text, "class=\"whisker\""), 1);
	assert_int_equal(count(text, "class=\"curve\""), 1);
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf"));
	buf_free(&svg);
}

static void axes_have_ticks_of_their_scale(void **state)
{
	struct buf svg = {0};
	struct plot plot;
	const char *text;

	(void)state;
	plot_begin(&plot, &svg, "t", &decades, &linear);
	plot_end(&plot);
	text = buf_cstr(&svg);
	assert_non_null(strstr(text, ">0.01%<"));
	assert_non_null(strstr(text, ">100%<"));
	assert_non_null(strstr(text, ">0.2<"));
	assert_int_equal(count(text, "class=\"grid\""), 5 + 6);
	buf_free(&svg);
}

/* A higher value is drawn higher up, and what is beyond the axis stays inside the frame. */
static void points_keep_their_order_and_stay_inside(void **state)
{
	const struct plot_point points[] = {{-5, 0}, {0.5, 0.5}, {5, 1}};
	struct buf svg = {0};
	struct plot plot;
	double x[3], y[3];
	const char *d;

	(void)state;
	plot_begin(&plot, &svg, "t", &linear, &linear);
	svg.len = 0;
	plot_curve(&plot, points, 3, 0);
	d = strstr(buf_cstr(&svg), "d=\"");
	assert_non_null(d);
	assert_int_equal(
	    sscanf(d, "d=\"M%lf %lfL%lf %lfL%lf %lf", &x[0], &y[0], &x[1], &y[1], &x[2], &y[2]), 6);
	assert_true(x[0] < x[1] && x[1] < x[2] && y[0] > y[1] && y[1] > y[2]);
	assert_true(x[0] > 0 && x[2] < 460 && y[2] > 0 && y[0] < 350);
	buf_free(&svg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(quantiles_of_the_normal_distribution),
	    cmocka_unit_test(draws_what_it_is_told_and_escapes_names),
	    cmocka_unit_test(axes_have_ticks_of_their_scale),
	    cmocka_unit_test(points_keep_their_order_and_stay_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
