/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of pairs: those of a list, or those of one label among all pairs. */
#include "eval/sets.h"

#include <math.h>
#include <stdlib.h>

/* Of all impostor pairs so many are kept with their people: enough for FMR 1e-1 in a resample. */
#define KEPT_SHARE 0.15
#define BINS	   65536

void pair_set_free(struct pair_set *set)
{
	scores_free(&set->scores);
	free(set->genuine);
	free(set->impostor);
	free(set->photos);
	*set = (struct pair_set){0};
}

struct boot_system pair_set_system(const struct pair_set *set)
{
	return (struct boot_system){
	    .genuine = set->genuine,
	    .genuine_len = set->genuine_len,
	    .impostor = set->impostor,
	    .impostor_len = set->impostor_len,
	    .photos = set->photos,
	    .single = set->search,
	};
}

static int falling(const void *a, const void *b)
{
	float x = ((const struct boot_pair *)a)->score, y = ((const struct boot_pair *)b)->score;

	return (x < y) - (x > y);
}

static tanu_status no_memory(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a set of pairs");
}

/* People of a part of the whole, numbered as they come. */
struct numbering {
	uint32_t *number; /* of each person of the whole, plus 1; NULL: they keep their numbers */
	uint32_t next;
};

static uint32_t number_of(struct numbering *n, size_t person)
{
	if (!n->number)
		return (uint32_t)person;
	if (n->number[person] == 0)
		n->number[person] = ++n->next;
	return n->number[person] - 1;
}

static bool numbering_init(struct numbering *n, size_t people, size_t which)
{
	*n = (struct numbering){0};
	if (which == NO_LABEL)
		return true;
	n->number = calloc(people + 1, sizeof(*n->number));
	return n->number != NULL;
}

static bool set_alloc(struct pair_set *set, size_t genuine, size_t impostor, size_t kept)
{
	set->scores.genuine = calloc(genuine + 1, sizeof(float));
	set->scores.impostor = calloc(impostor + 1, sizeof(float));
	set->genuine = calloc(genuine + 1, sizeof(*set->genuine));
	set->impostor = calloc(kept + 1, sizeof(*set->impostor));
	return set->scores.genuine && set->scores.impostor && set->genuine && set->impostor;
}

static void put_genuine(struct pair_set *set, float score, uint32_t who)
{
	set->scores.genuine[set->scores.genuine_len++] = score;
	set->genuine[set->genuine_len++] = (struct boot_pair){score, who, who};
}

tanu_status pair_set_from_list(struct pair_set *out, const struct known_pair *pairs, size_t len,
			       size_t people, const size_t *label, size_t which, tanu_error *err)
{
	struct pair_set set = {.people = people};
	struct numbering n;

	if (!numbering_init(&n, people, which) || !set_alloc(&set, len, len, len)) {
		free(n.number);
		pair_set_free(&set);
		return no_memory(err);
	}
	for (size_t i = 0; i < len; i++) {
		uint32_t a, b;

		if (which != NO_LABEL && label[i] != which)
			continue;
		a = number_of(&n, pairs[i].a);
		b = number_of(&n, pairs[i].b);
		if (pairs[i].same) {
			put_genuine(&set, pairs[i].score, a);
		} else {
			set.scores.impostor[set.scores.impostor_len++] = pairs[i].score;
			set.impostor[set.impostor_len++] = (struct boot_pair){pairs[i].score, a, b};
		}
	}
	if (n.number)
		set.people = n.next;
	free(n.number);
	if (set.impostor_len > 1)
		qsort(set.impostor, set.impostor_len, sizeof(*set.impostor), falling);
	*out = set;
	return TANU_OK;
}

/* ---- among all pairs ---- */

static bool wanted(const struct all_pairs_view *all, size_t sample, size_t which)
{
	return which == NO_LABEL || (all->label && all->label[sample] == which);
}

struct sizes {
	size_t genuine, impostor;
	size_t bin[BINS]; /* impostor scores from -1 to 1 */
};

static size_t bin_of(float score)
{
	double at = ((double)score + 1) / 2 * BINS;

	return at <= 0 ? 0 : at >= BINS - 1 ? BINS - 1 : (size_t)at;
}

/* The order in which all_pairs has put its scores: each sample with those after it. */
static void count(struct sizes *sizes, const struct all_pairs_view *all, size_t which)
{
	const float *impostor = all->scores->impostor;

	for (size_t i = 0; i < all->len; i++)
		for (size_t j = i + 1; j < all->len; j++) {
			bool in = wanted(all, i, which) && wanted(all, j, which);

			if (all->person[i] == all->person[j]) {
				sizes->genuine += in;
			} else {
				sizes->impostor += in;
				sizes->bin[bin_of(*impostor++)] += in;
			}
		}
}

/* The lowest bin that is kept, and how many scores that makes. */
static size_t kept_from(size_t *kept, const struct sizes *sizes)
{
	size_t enough = (size_t)(KEPT_SHARE * (double)sizes->impostor) + 1000;
	size_t bin = BINS;

	*kept = 0;
	while (bin > 0 && *kept < enough)
		*kept += sizes->bin[--bin];
	return bin;
}

static void fill(struct pair_set *set, struct numbering *n, const struct all_pairs_view *all,
		 size_t which, size_t from_bin)
{
	const float *genuine = all->scores->genuine, *impostor = all->scores->impostor;
	struct scores *scores = &set->scores;

	for (size_t i = 0; i < all->len; i++)
		for (size_t j = i + 1; j < all->len; j++) {
			bool same = all->person[i] == all->person[j];
			float score = same ? *genuine++ : *impostor++;

			if (!wanted(all, i, which) || !wanted(all, j, which))
				continue;
			if (same) {
				put_genuine(set, score, number_of(n, all->person[i]));
				continue;
			}
			scores->impostor[scores->impostor_len++] = score;
			if (bin_of(score) >= from_bin)
				set->impostor[set->impostor_len++] =
				    (struct boot_pair){score, number_of(n, all->person[i]),
						       number_of(n, all->person[j])};
		}
}

static bool count_photos(struct pair_set *set, struct numbering *n,
			 const struct all_pairs_view *all, size_t which)
{
	set->photos = calloc(all->people + 1, sizeof(*set->photos));
	if (!set->photos)
		return false;
	for (size_t i = 0; i < all->len; i++)
		if (wanted(all, i, which))
			set->photos[number_of(n, all->person[i])]++;
	set->people = n->number ? n->next : all->people;
	return true;
}

tanu_status pair_set_from_all(struct pair_set *out, const struct all_pairs_view *all, size_t which,
			      tanu_error *err)
{
	struct sizes *sizes = calloc(1, sizeof(*sizes));
	struct numbering n = {0};
	struct pair_set set = {0};
	size_t kept, from_bin;
	tanu_status st = TANU_OK;

	if (!sizes || !numbering_init(&n, all->people, which) ||
	    !count_photos(&set, &n, all, which)) {
		st = no_memory(err);
		goto out;
	}
	count(sizes, all, which);
	from_bin = kept_from(&kept, sizes);
	if (!set_alloc(&set, sizes->genuine, sizes->impostor, kept)) {
		st = no_memory(err);
		goto out;
	}
	fill(&set, &n, all, which, from_bin);
	if (set.impostor_len > 1)
		qsort(set.impostor, set.impostor_len, sizeof(*set.impostor), falling);
	*out = set;
	set = (struct pair_set){0};
out:
	free(sizes);
	free(n.number);
	pair_set_free(&set);
	return st;
}
