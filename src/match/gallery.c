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

/* Best and second-best score of a scan. */
struct podium {
	float best;
	float second;
	size_t index;
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

/* Calls `take` with the scores of each block of rows, in order. */
static tanu_status scan(const tanu_gallery *g, const tanu_reference *probe,
			void (*take)(void *self, const float *scores, size_t first, size_t len),
			void *self, tanu_error *err)
{
	const struct match_kernel *kernel = match_kernel();
	float inverse_norm = match_inverse_norm(probe->v);
	int32_t dots[BLOCK];
	float scores[BLOCK];
	tanu_status st;

	if ((st = model_fits(g, probe, err)) < 0)
		return st;
	if (inverse_norm == 0.0f)
		return tanu_fail(err, TANU_ERR_FORMAT, "probe", "its features are all zero");
	for (size_t first = 0; first < g->count; first += BLOCK) {
		size_t len = g->count - first < BLOCK ? g->count - first : BLOCK;

		kernel->dots(dots, probe->v, row_at(g, first), len);
		for (size_t i = 0; i < len; i++)
			scores[i] = match_score(dots[i], inverse_norm, g->inverse_norms[first + i]);
		take(self, scores, first, len);
	}
	return TANU_OK;
}

/* The first of equals stays the best; its equal becomes the runner-up. */
static void take_podium(void *self, const float *scores, size_t first, size_t len)
{
	struct podium *p = self;

	for (size_t i = 0; i < len; i++) {
		if (scores[i] <= p->second)
			continue;
		if (scores[i] <= p->best) {
			p->second = scores[i];
			continue;
		}
		p->second = p->best;
		p->best = scores[i];
		p->index = first + i;
	}
}

static void take_all(void *self, const float *scores, size_t first, size_t len)
{
	float *out = self;

	memcpy(out + first, scores, len * sizeof(*scores));
}

tanu_status tanu_gallery_scores(const tanu_gallery *gallery, float *scores, size_t scores_len,
				const tanu_reference *probe, tanu_error *err)
{
	if (scores_len < gallery->count)
		return BAD_CALL(err, "fewer places for scores than entries in the gallery");
	return scan(gallery, probe, take_all, scores, err);
}

/*
 * Threshold and FMR of a comparison so that a search of `count` stays under `fpir`. A small gallery
 * may ask for less than the laxest measured point: that point is used, which errs to the safe side.
 */
static tanu_status search_threshold(tanu_decision *out, const tanu_calibration *cal, double fpir,
				    size_t count, tanu_error *err)
{
	double fmr;

	if (!(fpir > 0.0 && fpir <= 1.0))
		return tanu_fail(err, TANU_ERR_SETTING, "fpir",
				 "the false positive rate of a search must be above 0 and at most "
				 "1, not %g",
				 fpir);
	fmr = fpir / (double)count;
	if (cal->count > 0 && fmr > cal->point[0].fmr)
		fmr = cal->point[0].fmr;
	out->fmr = fmr;
	return tanu_threshold_for_fmr(&out->threshold, cal, fmr, err);
}

tanu_status tanu_gallery_search(const tanu_gallery *gallery, tanu_decision *out,
				const tanu_reference *probe, const tanu_calibration *cal,
				double fpir, float min_margin, tanu_error *err)
{
	struct podium podium = {.best = -INFINITY, .second = -INFINITY};
	tanu_decision decision = {0};
	tanu_status st;

	if (!(min_margin >= 0.0f && min_margin <= 2.0f))
		return tanu_fail(err, TANU_ERR_SETTING, "min_margin",
				 "the margin to the runner-up must be between 0 and 2, not %g",
				 (double)min_margin);
	if (gallery->count == 0)
		goto out;
	if ((st = search_threshold(&decision, cal, fpir, gallery->count, err)) < 0)
		return st;
	if ((st = scan(gallery, probe, take_podium, &podium, err)) < 0)
		return st;
	decision.score = podium.best;
	decision.index = podium.index;
	decision.margin = podium.best - fmaxf(podium.second, -1.0f);
	if (decision.score >= decision.threshold && decision.margin > 0.0f &&
	    decision.margin >= min_margin)
		decision.result = TANU_MATCH;
out:
	*out = decision;
	return TANU_OK;
}
