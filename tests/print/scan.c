/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "print/print.h"
#include "print/scan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH  930 /* A4 at 112 dpi */
#define HEIGHT 1315
#define MODULE 3.2   /* px: 0.73 mm */
#define LEFT   660.0 /* px, of the code */
#define TOP    1072.0
#define INK    40 /* grey */
#define PAPER  225
#define PARTS  3 /* of a pixel, each way */

/* Is the paper dark at this place of the upright page? The code stands at its foot, right. */
static bool is_dark(const struct qr_symbol *s, double x, double y)
{
	int column = (int)floor((x - LEFT) / MODULE), row = (int)floor((y - TOP) / MODULE);

	return column >= 0 && row >= 0 && column < s->side && row < s->side &&
	       s->dark[row * s->side + column];
}

/* What a scanner sees there: the mean over the pixel. */
static uint8_t grey_at(const struct qr_symbol *symbol, int x, int y, double c, double s)
{
	int dark = 0;

	for (int i = 0; i < PARTS * PARTS; i++) {
		double px = x + (i % PARTS + 0.5) / PARTS - WIDTH / 2.0;
		double py = y + (i / PARTS + 0.5) / PARTS - HEIGHT / 2.0;

		dark +=
		    is_dark(symbol, WIDTH / 2.0 + px * c + py * s, HEIGHT / 2.0 - px * s + py * c);
	}
	return (uint8_t)(PAPER + dark * (INK - PAPER) / (PARTS * PARTS));
}

struct scan scan_made(const char *link, double degrees)
{
	const double c = cos(degrees * M_PI / 180), s = sin(degrees * M_PI / 180);
	const size_t len = (size_t)3 * WIDTH * HEIGHT;
	struct scan scan = {.rgb = malloc(len)};
	struct qr_symbol symbol = {0};
	double half, dx, dy;

	assert_non_null(scan.rgb);
	memset(scan.rgb, PAPER, len);
	scan.pixels = (tanu_pixels){scan.rgb, WIDTH, HEIGHT, (ptrdiff_t)3 * WIDTH};
	assert_int_equal(qr_encode(&symbol, link, strlen(link), QR_LEVEL_Q, NULL), TANU_OK);
	half = symbol.side * MODULE / 2;
	dx = LEFT + half - WIDTH / 2.0;
	dy = TOP + half - HEIGHT / 2.0;
	/* Only around where the code has come to lie. */
	for (int y = (int)(HEIGHT / 2.0 + dx * s + dy * c - 2 * half), end = y + (int)(4 * half);
	     y < end && y < HEIGHT; y++)
		for (int x = (int)(WIDTH / 2.0 + dx * c - dy * s - 2 * half),
			 stop = x + (int)(4 * half);
		     x < stop && x < WIDTH; x++)
			if (x >= 0 && y >= 0)
				memset(scan.rgb + (size_t)3 * (size_t)(y * WIDTH + x),
				       grey_at(&symbol, x, y, c, s), 3);
	qr_free(&symbol);
	return scan;
}

void scan_free(struct scan *scan)
{
	free(scan->rgb);
	*scan = (struct scan){.rgb = NULL};
}

const char *scan_link(char out[SCAN_LINK_LEN], const char *code, int page, int pages)
{
	char plain[32] = "";
	size_t len = 0;

	for (; *code && len + 1 < sizeof(plain); code++)
		if (*code != '-')
			plain[len++] = *code;
	snprintf(out, SCAN_LINK_LEN, "tanu:form:%s:%d/%d", plain, page, pages);
	return out;
}
