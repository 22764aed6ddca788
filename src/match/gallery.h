/* SPDX-License-Identifier: Apache-2.0 */
/* gallery.h - how a gallery lies in memory, for gallery.c and search.c. */
#ifndef MATCH_GALLERY_H
#define MATCH_GALLERY_H

#include "match/match.h"

#define GALLERY_ROWS_MAX INT32_MAX /* 1 TB */

/*
 * References of one model in rows of 512 bytes, one after the other, and their inverse norms beside
 * them, so that a scan reads memory straight through.
 */
struct tanu_gallery {
	size_t capacity;
	size_t count;
	uint8_t *rows;	      /* capacity * TANU_FEATURES, see match_row */
	float *inverse_norms; /* capacity */
	bool *fused;	      /* capacity */
	size_t fused_count;
	uint8_t model[TANU_MODEL_DIGEST]; /* of all entries, when count > 0 */
};

static inline uint8_t *gallery_row(const tanu_gallery *g, size_t index)
{
	return g->rows + index * TANU_FEATURES;
}

tanu_status gallery_model_fits(const tanu_gallery *g, const tanu_reference *reference,
			       tanu_error *err);

#endif
