/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 1:N: probes against all rows of a gallery. Rows are taken in blocks that stay in the cache while
 * each of several probes meets them, so that all cost one reading of memory; threads take
 * shards of the rows. What is found depends neither on blocks nor on shards.
 */
#include "match/gallery.h"

#include <string.h>

#define BLOCK	   48	/* rows that stay in the first cache beside the probes: 24 KB */
#define PASS	   32	/* probes that share one reading of the rows */
#define SHARDS_MAX 64	/* of rows, for threads */
#define SHARD_MIN  8192 /* comparisons that are worth a thread: about as long as starting one */

/* Best and second-best dot product over the row's norm, and the first row that has the best. */
struct podium {
	float best;
	float second;
	size_t index;
};

/* The podium of two sets of rows. */
static struct podium podium_join(struct podium a, struct podium b)
{
	bool b_wins = b.best > a.best || (b.best == a.best && b.index < a.index);
	struct podium winner = b_wins ? b : a, loser = b_wins ? a : b;

	if (loser.best > winner.second)
		winner.second = loser.best;
	return winner;
}

/* The podium of all lanes. No runner-up of a lane is above its best. */
static struct podium lanes_join(const struct match_lanes *lanes)
{
	const float *best = lanes->best;
	struct podium all;
	size_t winner = 0;

	for (size_t k = 1; k < MATCH_LANES; k++)
		if (best[k] > best[winner] ||
		    (best[k] == best[winner] && lanes->index[k] < lanes->index[winner]))
			winner = k;
	all = (struct podium){best[winner], lanes->second[winner], lanes->index[winner]};
	for (size_t k = 0; k < MATCH_LANES; k++)
		if (k != winner && best[k] > all.second)
			all.second = best[k];
	return all;
}

/* The podium of each of up to PASS probes, among `len` rows from `first` on. */
static void scan(struct podium *podiums, const tanu_gallery *g, const tanu_reference *probes,
		 size_t probes_len, size_t first, size_t len)
{
	const struct match_kernel *kernel = match_kernel();
	size_t end = first + len, block = probes_len > 1 ? BLOCK : len;
	struct match_lanes lanes[PASS];

	for (size_t p = 0; p < probes_len; p++)
		match_lanes_blank(&lanes[p]);
	for (size_t at = first; at < end; at += block) {
		size_t rows = end - at < block ? end - at : block;

		for (size_t p = 0; p < probes_len; p++)
			kernel->scan(&lanes[p], probes[p].v, gallery_row(g, at),
				     g->inverse_norms + at, (uint32_t)at, rows);
	}
	for (size_t p = 0; p < probes_len; p++)
		podiums[p] = lanes_join(&lanes[p]);
}

/* One reading of the gallery, for up to PASS probes. */
struct pass {
	const tanu_gallery *gallery;
	const tanu_reference *probes;
	size_t probes_len;
	size_t shard_rows;
	struct podium podiums[SHARDS_MAX][PASS];
};

static tanu_status scan_shard(void *self, size_t worker, size_t shard, tanu_error *err)
{
	struct pass *pass = self;
	size_t first = shard * pass->shard_rows;
	size_t left = pass->gallery->count - first;

	(void)worker;
	(void)err;
	scan(pass->podiums[shard], pass->gallery, pass->probes, pass->probes_len, first,
	     left < pass->shard_rows ? left : pass->shard_rows);
	return TANU_OK;
}

/* How many shards this much work is worth on `workers` threads; 0: one a core. */
static size_t shards_for(size_t rows, size_t probes_len, size_t workers)
{
	size_t worth = rows / ((SHARD_MIN + probes_len - 1) / probes_len);
	size_t most = worth < SHARDS_MAX ? worth : SHARDS_MAX;

	if (most <= 1)
		return 1;
	if (workers == 0)
		workers = (size_t)os_cpu_count();
	return workers < most ? workers : most;
}

/* Leaves the podiums of the whole gallery in the first row. */
static void pass_run(struct pass *pass, size_t workers)
{
	size_t rows = pass->gallery->count;
	size_t shards = shards_for(rows, pass->probes_len, workers);

	pass->shard_rows = (rows + shards - 1) / shards;
	shards = (rows + pass->shard_rows - 1) / pass->shard_rows;
	/* Without memory for threads this one scans alone. */
	if (shards == 1 || os_parallel(shards, shards, scan_shard, pass, NULL) < 0)
		for (size_t s = 0; s < shards; s++)
			(void)scan_shard(pass, 0, s, NULL);
	for (size_t s = 1; s < shards; s++)
		for (size_t p = 0; p < pass->probes_len; p++)
			pass->podiums[0][p] = podium_join(pass->podiums[0][p], pass->podiums[s][p]);
}

static tanu_decision decide(const struct podium *podium, const tanu_reference *probe,
			    const tanu_threshold *threshold, float min_margin)
{
	float inverse_norm = match_inverse_norm(probe->v);
	tanu_decision d = tanu_decide(match_score(podium->best, inverse_norm), threshold);

	d.index = podium->index;
	d.margin = d.score - match_score(podium->second, inverse_norm);
	if (!(d.margin > 0.0f && d.margin >= min_margin))
		d.result = TANU_NO_MATCH;
	return d;
}

static bool all_zero(const int8_t v[TANU_FEATURES])
{
	for (size_t k = 0; k < TANU_FEATURES; k++)
		if (v[k] != 0)
			return false;
	return true;
}

static tanu_status probe_fits(const tanu_gallery *g, const tanu_reference *probe, tanu_error *err)
{
	tanu_status st = gallery_model_fits(g, probe, err);

	if (st == TANU_OK && all_zero(probe->v))
		st = tanu_fail(err, TANU_ERR_FORMAT, "probe", "its features are all zero");
	return st;
}

/* What the arguments must be, and the threshold to decide at. */
static tanu_status prepare(tanu_threshold *threshold, const tanu_gallery *g,
			   const tanu_reference *probes, size_t probes_len,
			   const tanu_calibration *cal, double fpir, tanu_error *err)
{
	size_t weighed = g->count + (TANU_FUSED_FMR - 1) * g->fused_count;
	tanu_status st = tanu_threshold_for_search(threshold, cal, fpir, weighed, err);

	if (st == TANU_OK) /* of a comparison here, fused or not, in the mean */
		threshold->fmr *= (double)weighed / (double)g->count;
	for (size_t p = 0; p < probes_len && st == TANU_OK; p++)
		st = probe_fits(g, &probes[p], err);
	return st;
}

tanu_status tanu_gallery_search_many(const tanu_gallery *gallery, tanu_decision *out,
				     const tanu_reference *probes, size_t probes_len,
				     const tanu_calibration *cal, double fpir, float min_margin,
				     size_t workers, tanu_error *err)
{
	struct pass pass;
	tanu_threshold threshold;
	tanu_status st;

	if (!(min_margin >= 0.0f && min_margin <= 2.0f))
		return tanu_fail(err, TANU_ERR_SETTING, "min_margin",
				 "the margin to the runner-up must be between 0 and 2, not %g",
				 (double)min_margin);
	if (gallery->count == 0) {
		memset(out, 0, probes_len * sizeof(*out));
		return TANU_OK;
	}
	if ((st = prepare(&threshold, gallery, probes, probes_len, cal, fpir, err)) < 0)
		return st;
	for (size_t at = 0; at < probes_len; at += PASS) {
		pass.gallery = gallery;
		pass.probes = probes + at;
		pass.probes_len = probes_len - at < PASS ? probes_len - at : PASS;
		pass_run(&pass, workers);
		for (size_t p = 0; p < pass.probes_len; p++)
			out[at + p] =
			    decide(&pass.podiums[0][p], &pass.probes[p], &threshold, min_margin);
	}
	return TANU_OK;
}

tanu_status tanu_gallery_search(const tanu_gallery *gallery, tanu_decision *out,
				const tanu_reference *probe, const tanu_calibration *cal,
				double fpir, float min_margin, tanu_error *err)
{
	return tanu_gallery_search_many(gallery, out, probe, 1, cal, fpir, min_margin, 1, err);
}

tanu_status tanu_gallery_scores(const tanu_gallery *gallery, float *scores, size_t scores_len,
				const tanu_reference *probe, tanu_error *err)
{
	const struct match_kernel *kernel = match_kernel();
	float inverse_norm = match_inverse_norm(probe->v);
	int32_t dots[BLOCK];
	tanu_status st;

	if (scores_len < gallery->count)
		return BAD_CALL(err, "fewer places for scores than entries in the gallery");
	if ((st = probe_fits(gallery, probe, err)) < 0)
		return st;
	for (size_t at = 0; at < gallery->count; at += BLOCK) {
		size_t rows = gallery->count - at < BLOCK ? gallery->count - at : BLOCK;

		kernel->dots(dots, probe->v, gallery_row(gallery, at), rows);
		for (size_t i = 0; i < rows; i++)
			scores[at + i] = match_score(
			    (float)dots[i] * gallery->inverse_norms[at + i], inverse_norm);
	}
	return TANU_OK;
}
