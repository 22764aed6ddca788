/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 1:N: references of one model in rows of 512 bytes, one after the other, and their inverse norms
 * beside them, so that a scan reads memory straight through.
 */
#include "match/match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROW_ALIGN 64 /* a cache line, and the widest vector register */
#define BLOCK	  64 /* rows whose dot products stand on the stack at once */

struct tanu_gallery {
	size_t capacity;
	size_t count;
	int8_t *rows;			  /* capacity * TANU_FEATURES */
	float *inverse_norms;		  /* capacity */
	uint8_t model[TANU_MODEL_DIGEST]; /* of all entries, when count > 0 */
};

tanu_status tanu_gallery_new(tanu_gallery **out, size_t capacity, tanu_error *err)
{
	tanu_gallery *g = calloc(1, sizeof(*g));
	size_t rows = capacity ? capacity : 1; /* malloc(0) may be NULL */

	if (!g || rows > SIZE_MAX / TANU_FEATURES - ROW_ALIGN)
		goto no_memory;
	g->capacity = capacity;
	g->rows = aligned_alloc(ROW_ALIGN, rows * TANU_FEATURES);
	g->inverse_norms = calloc(rows, sizeof(*g->inverse_norms));
	if (!g->rows || !g->inverse_norms)
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
	free(g);
	*gallery = NULL;
}

size_t tanu_gallery_count(const tanu_gallery *gallery)
{
	return gallery->count;
}

static tanu_status model_fits(const tanu_gallery *g, const tanu_reference *reference,
			      tanu_error *err)
{
	if (g->count == 0 || memcmp(g->model, reference->model, sizeof(g->model)) == 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_MODEL_MISMATCH, "gallery",
			 "the gallery holds features of another model");
}

static int8_t *row_at(const tanu_gallery *g, size_t index)
{
	return g->rows + index * TANU_FEATURES;
}

tanu_status tanu_gallery_add(tanu_gallery *gallery, size_t *index, const tanu_reference *reference,
			     tanu_error *err)
{
	tanu_gallery *g = gallery;
	float inverse_norm = match_inverse_norm(reference->v);
	tanu_status st;

	if ((st = model_fits(g, reference, err)) < 0)
		return st;
	if (g->count == g->capacity)
		return tanu_fail(err, TANU_ERR_GALLERY_FULL, "gallery",
				 "the gallery was opened for %zu references and is full",
				 g->capacity);
	if (inverse_norm == 0.0f)
		return tanu_fail(err, TANU_ERR_FORMAT, "reference", "its features are all zero");
	memcpy(g->model, reference->model, sizeof(g->model));
	memcpy(row_at(g, g->count), reference->v, TANU_FEATURES);
	g->inverse_norms[g->count] = inverse_norm;
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
	if (index != last) {
		memcpy(row_at(g, index), row_at(g, last), TANU_FEATURES);
		g->inverse_norms[index] = g->inverse_norms[last];
	}
	mem_wipe(row_at(g, last), TANU_FEATURES);
	g->count = last;
	*moved_from = last;
	return TANU_OK;
}

/* The dot products of `len` rows from `first` on, and their inverse norms. */
struct block {
	const int32_t *dots;
	const float *inverse_norms;
	size_t first;
	size_t len;
};

/* Calls `take` with each block of rows, in order. */
static tanu_status scan(const tanu_gallery *g, const tanu_reference *probe,
			void (*take)(void *self, const struct block *block), void *self,
			tanu_error *err)
{
	const struct match_kernel *kernel = match_kernel();
	int32_t dots[BLOCK];
	tanu_status st;

	if ((st = model_fits(g, probe, err)) < 0)
		return st;
	for (size_t first = 0; first < g->count; first += BLOCK) {
		size_t len = g->count - first < BLOCK ? g->count - first : BLOCK;
		struct block block = {dots, g->inverse_norms + first, first, len};

		kernel->dots(dots, probe->v, row_at(g, first), len);
		take(self, &block);
	}
	return TANU_OK;
}

static tanu_status probe_inverse_norm(float *out, const tanu_reference *probe, tanu_error *err)
{
	float inverse_norm = match_inverse_norm(probe->v);

	if (inverse_norm == 0.0f)
		return tanu_fail(err, TANU_ERR_FORMAT, "probe", "its features are all zero");
	*out = inverse_norm;
	return TANU_OK;
}

/* Best and second-best dot product over the row's norm. */
struct podium {
	float best;
	float second;
	size_t index;
};

/* The first of equals stays the best; its equal becomes the runner-up. */
static void take_podium(void *self, const struct block *block)
{
	struct podium *p = self;

	for (size_t i = 0; i < block->len; i++) {
		float reach = (float)block->dots[i] * block->inverse_norms[i];

		if (reach <= p->second)
			continue;
		if (reach <= p->best) {
			p->second = reach;
			continue;
		}
		p->second = p->best;
		p->best = reach;
		p->index = block->first + i;
	}
}

struct all_scores {
	float *scores;
	float inverse_norm; /* of the probe */
};

static void take_all(void *self, const struct block *block)
{
	const struct all_scores *all = self;

	for (size_t i = 0; i < block->len; i++)
		all->scores[block->first + i] =
		    match_score((float)block->dots[i] * block->inverse_norms[i], all->inverse_norm);
}

tanu_status tanu_gallery_scores(const tanu_gallery *gallery, float *scores, size_t scores_len,
				const tanu_reference *probe, tanu_error *err)
{
	struct all_scores all = {.scores = scores};
	tanu_status st;

	if (scores_len < gallery->count)
		return BAD_CALL(err, "fewer places for scores than entries in the gallery");
	if ((st = probe_inverse_norm(&all.inverse_norm, probe, err)) < 0)
		return st;
	return scan(gallery, probe, take_all, &all, err);
}

tanu_status tanu_gallery_search(const tanu_gallery *gallery, tanu_decision *out,
				const tanu_reference *probe, const tanu_calibration *cal,
				double fpir, float min_margin, tanu_error *err)
{
	struct podium podium = {.best = -INFINITY, .second = -INFINITY};
	tanu_decision decision = {0};
	tanu_threshold threshold = {0};
	float inverse_norm = 0.0f;
	tanu_status st;

	if (!(min_margin >= 0.0f && min_margin <= 2.0f))
		return tanu_fail(err, TANU_ERR_SETTING, "min_margin",
				 "the margin to the runner-up must be between 0 and 2, not %g",
				 (double)min_margin);
	if (gallery->count == 0)
		goto out;
	if ((st = tanu_threshold_for_search(&threshold, cal, fpir, gallery->count, err)) < 0 ||
	    (st = probe_inverse_norm(&inverse_norm, probe, err)) < 0 ||
	    (st = scan(gallery, probe, take_podium, &podium, err)) < 0)
		return st;
	decision = tanu_decide(match_score(podium.best, inverse_norm), &threshold);
	decision.index = podium.index;
	decision.margin = decision.score - match_score(podium.second, inverse_norm);
	if (!(decision.margin > 0.0f && decision.margin >= min_margin))
		decision.result = TANU_NO_MATCH;
out:
	*out = decision;
	return TANU_OK;
}
