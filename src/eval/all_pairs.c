/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every pair among samples. Each sample meets those after it; where its scores go is known
 * beforehand, so that the cores write side by side.
 */
#include "eval/eval.h"

#include <math.h>
#include <stdlib.h>

#define LANES 16 /* sums kept apart, so that the processor can add them side by side */

struct table {
	const tanu_embedding *sample;
	const size_t *subject;
	size_t len;
	size_t workers;
	tanu_reference *reference;
	tanu_gallery *gallery; /* of all references */
	float *inverse_norm;   /* of the float samples */
	float *rows;	       /* one a worker: the scores of its sample with all others */
	size_t *genuine_at;    /* where the scores of each sample begin */
	size_t *impostor_at;
	struct scores quantised, exact;
};

static float dot(const float *a, const float *b)
{
	float lanes[LANES] = {0}, sum = 0.0f;

	for (size_t i = 0; i < TANU_FEATURES; i += LANES)
		for (size_t k = 0; k < LANES; k++)
			lanes[k] += a[i + k] * b[i + k];
	for (size_t k = 0; k < LANES; k++)
		sum += lanes[k];
	return sum;
}

static tanu_status score_sample(void *self, size_t worker, size_t i, tanu_error *err)
{
	struct table *t = self;
	float *row = t->rows + worker * t->len;
	size_t g = t->genuine_at[i], m = t->impostor_at[i];
	tanu_status st = tanu_gallery_scores(t->gallery, row, t->len, &t->reference[i], err);

	for (size_t j = i + 1; j < t->len && st == TANU_OK; j++) {
		float exact =
		    dot(t->sample[i].v, t->sample[j].v) * t->inverse_norm[i] * t->inverse_norm[j];

		if (t->subject[i] == t->subject[j]) {
			t->quantised.genuine[g] = row[j];
			t->exact.genuine[g++] = exact;
		} else {
			t->quantised.impostor[m] = row[j];
			t->exact.impostor[m++] = exact;
		}
	}
	return st;
}

/* Where each sample's scores begin, and how many there are in all. */
static void lay_out(struct table *t)
{
	struct scores *size = &t->quantised;

	for (size_t i = 0; i < t->len; i++) {
		t->genuine_at[i] = size->genuine_len;
		t->impostor_at[i] = size->impostor_len;
		for (size_t j = i + 1; j < t->len; j++)
			if (t->subject[i] == t->subject[j])
				size->genuine_len++;
			else
				size->impostor_len++;
	}
	t->exact = t->quantised;
}

/* One more than needed: an empty list has an address too. */
static bool scores_alloc(struct scores *s)
{
	s->genuine = calloc(s->genuine_len + 1, sizeof(*s->genuine));
	s->impostor = calloc(s->impostor_len + 1, sizeof(*s->impostor));
	return s->genuine && s->impostor;
}

static tanu_status table_alloc(struct table *t, tanu_error *err)
{
	t->reference = calloc(t->len + 1, sizeof(*t->reference));
	t->inverse_norm = calloc(t->len + 1, sizeof(*t->inverse_norm));
	t->rows = calloc(t->workers * t->len + 1, sizeof(*t->rows));
	t->genuine_at = calloc(t->len + 1, sizeof(*t->genuine_at));
	t->impostor_at = calloc(t->len + 1, sizeof(*t->impostor_at));
	if (!t->reference || !t->inverse_norm || !t->rows || !t->genuine_at || !t->impostor_at)
		goto no_memory;
	lay_out(t);
	if (!scores_alloc(&t->quantised) || !scores_alloc(&t->exact))
		goto no_memory;
	return tanu_gallery_new(&t->gallery, t->len, err);
no_memory:
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
			 "not enough memory for all pairs of %zu photographs", t->len);
}

static tanu_status quantise_all(struct table *t, tanu_error *err)
{
	tanu_status st = TANU_OK;
	size_t index;

	for (size_t i = 0; i < t->len && st == TANU_OK; i++) {
		st = tanu_reference_from(&t->reference[i], &t->sample[i], err);
		if (st == TANU_OK)
			st = tanu_gallery_add(t->gallery, &index, &t->reference[i], err);
		t->inverse_norm[i] = 1.0f / sqrtf(dot(t->sample[i].v, t->sample[i].v));
	}
	return st;
}

static void table_free(struct table *t)
{
	tanu_gallery_free(&t->gallery);
	mem_wipe(t->reference, t->reference ? t->len * sizeof(*t->reference) : 0);
	free(t->reference);
	free(t->inverse_norm);
	free(t->rows);
	free(t->genuine_at);
	free(t->impostor_at);
	scores_free(&t->quantised);
	scores_free(&t->exact);
}

tanu_status all_pairs(struct scores *quantised, struct scores *exact, const tanu_embedding *sample,
		      const size_t *subject, size_t len, tanu_error *err)
{
	struct table t = {.sample = sample, .subject = subject, .len = len};
	tanu_status st;

	if (len > 1 && (len > UINT32_MAX || len * (len - 1) / 2 > ALL_PAIRS_MAX))
		return tanu_fail(err, TANU_ERR_SETTING, "photographs",
				 "%zu photographs make more than %u pairs; take fewer", len,
				 ALL_PAIRS_MAX);
	t.workers = (size_t)os_cpu_count();
	if ((st = table_alloc(&t, err)) < 0 || (st = quantise_all(&t, err)) < 0 ||
	    (st = os_parallel(t.workers, len, score_sample, &t, err)) < 0)
		goto out;
	*quantised = t.quantised;
	*exact = t.exact;
	t.quantised = t.exact = (struct scores){0};
out:
	table_free(&t);
	return st;
}

void scores_free(struct scores *scores)
{
	free(scores->genuine);
	free(scores->impostor);
	*scores = (struct scores){0};
}

static void add_differences(struct score_error *e, const float *a, const float *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		double d = fabs((double)a[i] - (double)b[i]);

		e->rms += d * d;
		e->worst = fmax(e->worst, d);
	}
	e->pairs += len;
}

struct score_error scores_compare(const struct scores *quantised, const struct scores *exact)
{
	struct score_error e = {0};

	add_differences(&e, quantised->genuine, exact->genuine, exact->genuine_len);
	add_differences(&e, quantised->impostor, exact->impostor, exact->impostor_len);
	e.rms = e.pairs ? sqrt(e.rms / (double)e.pairs) : 0.0;
	return e;
}
