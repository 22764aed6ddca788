/* SPDX-License-Identifier: Apache-2.0 */
#include "people/trial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define HIGH	   0.22F /* impostors above it are listed: some 2% of all pairs */
#define REPLICATES 1000
#define SEED	   1

struct pairs {
	struct boot_pair *of;
	size_t len, cap;
};

static bool pairs_add(struct pairs *p, float score, size_t a, size_t b)
{
	if (p->len == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 4096;
		struct boot_pair *of = realloc(p->of, cap * sizeof(*of));

		if (!of)
			return false;
		p->of = of;
		p->cap = cap;
	}
	p->of[p->len++] = (struct boot_pair){score, (uint32_t)a, (uint32_t)b};
	return true;
}

static int falling(const void *a, const void *b)
{
	float x = ((const struct boot_pair *)a)->score, y = ((const struct boot_pair *)b)->score;

	return (x < y) - (x > y);
}

static float dot(const tanu_embedding *a, const tanu_embedding *b)
{
	float lanes[16] = {0}, sum = 0;

	for (size_t i = 0; i < TANU_FEATURES; i += 16)
		for (size_t k = 0; k < 16; k++)
			lanes[k] += a->v[i + k] * b->v[i + k];
	for (size_t k = 0; k < 16; k++)
		sum += lanes[k];
	return sum;
}

static bool kept(const struct samples *s, size_t i)
{
	return !s->keep || s->keep[i];
}

static tanu_status trial_take(struct trial *out, struct pairs *genuine, struct pairs *impostor,
			      bool enough, tanu_error *err)
{
	if (!enough) {
		free(genuine->of);
		free(impostor->of);
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the pairs");
	}
	qsort(impostor->of, impostor->len, sizeof(*impostor->of), falling);
	out->genuine = genuine->of;
	out->genuine_len = genuine->len;
	out->impostor = impostor->of;
	out->impostor_len = impostor->len;
	return TANU_OK;
}

static bool pair_up(struct pairs *genuine, struct pairs *impostor, const struct samples *s,
		    size_t i, size_t k)
{
	float score = dot(&s->of[i], s->probe ? &s->probe[k] : &s->of[k]);

	if (s->offset)
		score += s->offset[i] + s->offset[k];
	if (s->person[i] == s->person[k])
		return pairs_add(genuine, score, s->person[i], s->person[k]);
	return score < HIGH || pairs_add(impostor, score, s->person[i], s->person[k]);
}

tanu_status trial_all_pairs(struct trial *out, const struct samples *s, tanu_error *err)
{
	struct trial t = {.people = s->people};
	struct pairs genuine = {0}, impostor = {0};
	double sum = 0, squares = 0;
	bool enough;
	tanu_status st;

	t.photos = calloc(s->people, sizeof(*t.photos));
	enough = t.photos != NULL;
	for (size_t i = 0; i < s->len && enough; i++) {
		if (!kept(s, i))
			continue;
		t.photos[s->person[i]]++;
		for (size_t k = i + 1; k < s->len && enough; k++)
			if (kept(s, k))
				enough = pair_up(&genuine, &impostor, s, i, k);
	}
	for (size_t p = 0; p < s->people && enough; p++) {
		sum += t.photos[p];
		squares += (double)t.photos[p] * t.photos[p];
	}
	t.impostors = (sum * sum - squares) / 2;
	if ((st = trial_take(&t, &genuine, &impostor, enough, err)) == TANU_OK)
		*out = t;
	else
		free(t.photos);
	return st;
}

tanu_status trial_references(struct trial *out, const struct references *refs,
			     const struct genuine_list *genuine_list, const struct samples *s,
			     tanu_error *err)
{
	struct trial t = {.people = s->people};
	struct pairs genuine = {0}, impostor = {0};
	bool enough = true;
	tanu_status st;

	for (size_t i = 0; i < genuine_list->len && enough; i++)
		enough = pairs_add(&genuine, genuine_list->score[i], genuine_list->person[i],
				   genuine_list->person[i]);
	for (size_t i = 0; i < refs->len; i++)
		for (size_t k = 0; k < s->len && enough; k++)
			if (refs->owner[i] != s->person[k])
				enough = pairs_add(&impostor, dot(&refs->of[i], &s->of[k]),
						   refs->owner[i], s->person[k]);
	t.impostors = (double)impostor.len;
	if ((st = trial_take(&t, &genuine, &impostor, enough, err)) == TANU_OK)
		*out = t;
	return st;
}

void trial_free(struct trial *t)
{
	free(t->genuine);
	free(t->impostor);
	free(t->photos);
	*t = (struct trial){0};
}

float trial_threshold(const struct trial *t, double fmr)
{
	size_t at = (size_t)(fmr * t->impostors);

	return at < t->impostor_len ? t->impostor[at].score : -1;
}

size_t trial_fails(const struct trial *t, double fmr)
{
	size_t fails = 0;
	float threshold = trial_threshold(t, fmr);

	for (size_t i = 0; i < t->genuine_len; i++)
		fails += t->genuine[i].score <= threshold;
	return fails;
}

static struct boot_system boot_of(const struct trial *t)
{
	return (struct boot_system){
	    .genuine = t->genuine,
	    .genuine_len = t->genuine_len,
	    .impostor = t->impostor,
	    .impostor_len = t->impostor_len,
	    .photos = t->photos,
	};
}

void trial_print(const char *what, const struct trial *t, const struct trial *base)
{
	const struct boot_options options = {
	    .replicates = REPLICATES, .seed = SEED, .confidence = 0.95};
	struct boot_system one = boot_of(t), from = base ? boot_of(base) : one;
	struct boot_result r;
	struct interval ci = {NAN, NAN};
	size_t n = t->genuine_len;

	if (bootstrap_fnmr(&r, &from, base ? &one : NULL, t->people, 1e-4, &options, NULL) ==
	    TANU_OK)
		ci = base ? r.difference : r.base;
	printf("%-30s %4zu %4zu %4zu of %5zu  %5.2f%%  %s%+.2f to %+.2f\n", what,
	       trial_fails(t, 1e-3), trial_fails(t, 1e-4), trial_fails(t, 1e-5), n,
	       100 * (double)trial_fails(t, 1e-4) / (double)n, base ? "difference " : "",
	       100 * ci.low, 100 * ci.high);
	fflush(stdout);
}
