/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open-set search, ISO/IEC 19795-1: some people are enrolled with one photograph; all other
 * photographs look for themselves. Every core searches for itself; only counts come out.
 */
#include "eval/sets.h"

#include <stdlib.h>

#define LOST (-1.0f) /* the searcher's own entry did not come first: below any threshold */

const size_t search_ranks[SEARCH_RANKS] = {1, 2, 5, 10, 20};

struct searcher {
	size_t rank; /* of the own entry, from 1; 0: a stranger */
	float score; /* of the own entry where it came first, or LOST; of strangers the best */
};

struct search {
	const struct search_order *order;
	tanu_gallery *gallery;
	size_t *entry;	     /* of each person: its index in the gallery plus 1, or 0 */
	size_t *first;	     /* of each person: her first sample plus 1 */
	size_t *several;     /* of each person: how many samples */
	struct searcher *of; /* one a sample */
	float *rows;	     /* one a worker */
};

/* Mixes the number of a person, so that the choice does not follow the alphabet. */
static uint64_t lot(size_t person)
{
	uint64_t z = (uint64_t)person + 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static int by_lot(const void *a, const void *b)
{
	uint64_t x = lot(*(const size_t *)a), y = lot(*(const size_t *)b);

	return (x > y) - (x < y);
}

static tanu_status enrol(struct search *s, size_t person, tanu_error *err)
{
	tanu_reference reference;
	size_t index;
	tanu_status st;

	if ((st = tanu_reference_from(&reference, &s->order->sample[s->first[person] - 1], err)) <
	    0)
		return st;
	st = tanu_gallery_add(s->gallery, &index, &reference, err);
	tanu_reference_wipe(&reference);
	if (st == TANU_OK)
		s->entry[person] = index + 1;
	return st;
}

/* The people with several samples, in the order of the lot. */
static size_t candidates(size_t *out, const struct search *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->order->people; i++)
		if (s->several[i] > 1)
			out[n++] = i;
	if (n > 1)
		qsort(out, n, sizeof(*out), by_lot);
	return n;
}

static tanu_status enrol_some(struct search *s, size_t *enrolled, tanu_error *err)
{
	size_t *people = calloc(s->order->people + 1, sizeof(*people)), n, wanted;
	tanu_status st = TANU_OK;

	if (!people)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	n = candidates(people, s);
	wanted = s->order->enrolled ? s->order->enrolled : (n + 1) / 2;
	if (n == 0 || wanted > n)
		st = tanu_fail(err, TANU_ERR_SETTING, "enrolled",
			       "%zu people to enrol need two usable photographs each; there are "
			       "%zu such people",
			       wanted ? wanted : 1, n);
	else
		st = tanu_gallery_new(&s->gallery, wanted, err);
	for (size_t i = 0; i < wanted && st == TANU_OK; i++)
		st = enrol(s, people[i], err);
	free(people);
	*enrolled = wanted;
	return st;
}

/* How far up the own entry comes, its equals before it. */
static size_t rank_of(const float *row, size_t len, size_t own)
{
	size_t rank = 1;

	for (size_t i = 0; i < len; i++)
		rank += i != own && row[i] >= row[own];
	return rank;
}

static float best_of(const float *row, size_t len)
{
	float best = LOST;

	for (size_t i = 0; i < len; i++)
		best = row[i] > best ? row[i] : best;
	return best;
}

static tanu_status look_for(void *self, size_t worker, size_t item, tanu_error *err)
{
	struct search *s = self;
	size_t len = tanu_gallery_count(s->gallery), person = s->order->person[item];
	float *row = s->rows + worker * len;
	struct searcher *out = &s->of[item];
	tanu_reference probe;
	tanu_status st;

	if (s->entry[person] && s->first[person] == item + 1)
		return TANU_OK; /* it is the enrolled one */
	if ((st = tanu_reference_from(&probe, &s->order->sample[item], err)) < 0)
		return st;
	st = tanu_gallery_scores(s->gallery, row, len, &probe, err);
	tanu_reference_wipe(&probe);
	if (st < 0)
		return st;
	if (!s->entry[person]) {
		out->score = best_of(row, len);
		return TANU_OK;
	}
	out->rank = rank_of(row, len, s->entry[person] - 1);
	out->score = out->rank == 1 ? row[s->entry[person] - 1] : LOST;
	return TANU_OK;
}

static tanu_status search_prepare(struct search *s, tanu_error *err)
{
	const struct search_order *order = s->order;

	s->entry = calloc(order->people + 1, sizeof(*s->entry));
	s->first = calloc(order->people + 1, sizeof(*s->first));
	s->several = calloc(order->people + 1, sizeof(*s->several));
	s->of = calloc(order->len + 1, sizeof(*s->of));
	if (!s->entry || !s->first || !s->several || !s->of)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < order->len; i++) {
		if (s->several[order->person[i]]++ == 0)
			s->first[order->person[i]] = i + 1;
	}
	return TANU_OK;
}

static void search_free(struct search *s)
{
	tanu_gallery_free(&s->gallery);
	free(s->entry);
	free(s->first);
	free(s->several);
	free(s->of);
	free(s->rows);
}

static void count_ranks(struct search_result *out, size_t rank)
{
	for (size_t i = 0; i < SEARCH_RANKS; i++)
		out->within[i] += rank <= search_ranks[i];
}

/* The searches as pairs: mated ones are genuine, those of strangers impostors. */
static tanu_status tell(struct search_result *out, const struct search *s, tanu_error *err)
{
	const struct search_order *order = s->order;
	struct known_pair *pairs = calloc(order->len + 1, sizeof(*pairs));
	size_t n = 0;
	tanu_status st;

	if (!pairs)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < order->len; i++) {
		uint32_t who = (uint32_t)order->person[i];

		if (s->entry[who] && s->first[who] == i + 1)
			continue;
		out->mated += s->entry[who] != 0;
		out->stranger_probes += s->entry[who] == 0;
		out->strangers += s->entry[who] == 0 && s->first[who] == i + 1;
		if (s->entry[who])
			count_ranks(out, s->of[i].rank);
		pairs[n++] = (struct known_pair){s->of[i].score, who, who, s->entry[who] != 0};
	}
	st = pair_set_from_list(&out->set, pairs, n, order->people, NULL, NO_LABEL, err);
	out->set.search = true;
	free(pairs);
	return st;
}

tanu_status search_measure(struct search_result *out, const struct search_order *order,
			   tanu_error *err)
{
	struct search s = {.order = order};
	struct search_result result = {0};
	size_t workers = (size_t)os_cpu_count();
	tanu_status st;

	if ((st = search_prepare(&s, err)) < 0 || (st = enrol_some(&s, &result.enrolled, err)) < 0)
		goto out;
	s.rows = calloc(workers * result.enrolled + 1, sizeof(*s.rows));
	if (!s.rows) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		goto out;
	}
	if ((st = os_parallel(workers, order->len, look_for, &s, err)) < 0 ||
	    (st = tell(&result, &s, err)) < 0)
		goto out;
	*out = result;
out:
	search_free(&s);
	return st;
}
