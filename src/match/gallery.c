/* SPDX-License-Identifier: Apache-2.0 */
/* The references of a gallery: added, removed, wiped. */
#include "match/gallery.h"

#include <stdlib.h>
#include <string.h>

tanu_status tanu_gallery_new(tanu_gallery **out, size_t capacity, tanu_error *err)
{
	tanu_gallery *g = calloc(1, sizeof(*g));
	size_t rows = capacity ? capacity : 1; /* malloc(0) may be NULL */

	if (!g || rows > GALLERY_ROWS_MAX)
		goto no_memory;
	g->capacity = capacity;
	g->rows = os_large_alloc(rows * TANU_FEATURES);
	g->inverse_norms = calloc(rows, sizeof(*g->inverse_norms));
	g->fused = calloc(rows, sizeof(*g->fused));
	if (!g->rows || !g->inverse_norms || !g->fused)
		goto no_memory;
	*out = g;
	return TANU_OK;
no_memory:
	tanu_gallery_free(&g);
	return tanu_fail(err, TANU_ERR_NO_MEMORY, "gallery",
			 "no memory for a gallery of %zu references", capacity);
}

void tanu_gallery_free(tanu_gallery **gallery)
{
	tanu_gallery *g = gallery ? *gallery : NULL;

	if (!g)
		return;
	if (g->rows)
		mem_wipe(g->rows, g->count * TANU_FEATURES);
	free(g->rows);
	free(g->inverse_norms);
	free(g->fused);
	free(g);
	*gallery = NULL;
}

size_t tanu_gallery_count(const tanu_gallery *gallery)
{
	return gallery->count;
}

tanu_status gallery_model_fits(const tanu_gallery *g, const tanu_reference *reference,
			       tanu_error *err)
{
	if (g->count == 0 || memcmp(g->model, reference->model, sizeof(g->model)) == 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_MODEL_MISMATCH, "gallery",
			 "the gallery holds features of another model");
}

tanu_status tanu_gallery_add(tanu_gallery *gallery, size_t *index, const tanu_reference *reference,
			     tanu_error *err)
{
	tanu_gallery *g = gallery;
	float inverse_norm = match_inverse_norm(reference->v);
	tanu_status st;

	if ((st = gallery_model_fits(g, reference, err)) < 0)
		return st;
	if (g->count == g->capacity)
		return tanu_fail(err, TANU_ERR_GALLERY_FULL, "gallery",
				 "the gallery was opened for %zu references and is full",
				 g->capacity);
	if (inverse_norm == 0.0f)
		return tanu_fail(err, TANU_ERR_FORMAT, "reference", "its features are all zero");
	memcpy(g->model, reference->model, sizeof(g->model));
	match_row(gallery_row(g, g->count), reference->v);
	g->inverse_norms[g->count] = inverse_norm;
	g->fused[g->count] = reference->fused;
	g->fused_count += reference->fused;
	*index = g->count++;
	return TANU_OK;
}

tanu_status tanu_gallery_remove(tanu_gallery *gallery, size_t *moved_from, size_t index,
				tanu_error *err)
{
	tanu_gallery *g = gallery;
	size_t last = g->count - 1;

	if (index >= g->count)
		return BAD_CALL(err, "no entry of the gallery has this index");
	g->fused_count -= g->fused[index];
	if (index != last) {
		memcpy(gallery_row(g, index), gallery_row(g, last), TANU_FEATURES);
		g->inverse_norms[index] = g->inverse_norms[last];
		g->fused[index] = g->fused[last];
	}
	mem_wipe(gallery_row(g, last), TANU_FEATURES);
	g->count = last;
	*moved_from = last;
	return TANU_OK;
}
