/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h - pages of forms as a scanner sees them: grey paper, the code at its foot, turned. */
#ifndef TESTS_PRINT_SCAN_H
#define TESTS_PRINT_SCAN_H

#include "image/image.h"

struct scan {
	tanu_pixels pixels;
	uint8_t *rgb; /* owned */
};
/* A4 at 112 dpi with this text in the code, turned about its middle by so many degrees. */
struct scan scan_made(const char *link, double degrees);
void scan_free(struct scan *scan);

/* What the code of a page holds; `code` with dashes, as it is printed. Returns `out`. */
#define SCAN_LINK_LEN 64
const char *scan_link(char out[SCAN_LINK_LEN], const char *code, int page, int pages);

#endif
