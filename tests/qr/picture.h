/* SPDX-License-Identifier: Apache-2.0 */
/* picture.h - a drawn QR code for the tests of reading one. */
#ifndef TESTS_QR_PICTURE_H
#define TESTS_QR_PICTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "print/print.h"
#include "qr/qr.h"

#include <stdlib.h>
#include <string.h>

struct picture {
	uint8_t *rgb;
	int side; /* px */
};

/* White, `side` px. */
static inline struct picture picture_blank(int side)
{
	struct picture p = {malloc((size_t)side * (size_t)side * 3), side};

	assert_non_null(p.rgb);
	memset(p.rgb, 255, (size_t)side * (size_t)side * 3);
	return p;
}

static inline void picture_draw(struct picture *p, const void *bytes, size_t len, int px_per_module,
				int left, int top)
{
	struct qr_symbol s = {0};

	assert_int_equal(qr_encode(&s, bytes, len, QR_LEVEL_L, NULL), TANU_OK);
	for (int y = 0; y < s.side * px_per_module; y++)
		for (int x = 0; x < s.side * px_per_module; x++)
			if (s.dark[y / px_per_module * s.side + x / px_per_module])
				memset(p->rgb + 3 * ((top + y) * p->side + left + x), 0, 3);
	qr_free(&s);
}

static inline tanu_pixels picture_pixels(const struct picture *p)
{
	return (tanu_pixels){p->rgb, p->side, p->side, (ptrdiff_t)3 * p->side};
}

/* Every byte there is, and all lengths up to a pass. */
static inline void sample_bytes(uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(i * 37 + i / 7);
}

#endif
