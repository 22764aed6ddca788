/* SPDX-License-Identifier: Apache-2.0 */
/* Who is in each pair: scores alone can't be resampled by person. */
#include "eval/curve.h"

#include <stdlib.h>

#define BINS	  4096
#define TOP_SHARE 5	   /* one in so many impostor pairs is kept with its people ... */
#define TOP_MIN	  1000000u /* ... and at least so many */

static size_t bin_of(float score)
{
	float at = (score + 1.0f) / 2.0f * BINS;

	if (!(at > 0.0f))
		return 0;
	return at < BINS ? (size_t)at : BINS - 1;
}

/* The lowest bin of those that hold the highest `want` scores. */
static size_t top_bin(const float *scores, size_t len, size_t want, size_t *found)
{
	size_t *count = calloc(BINS, sizeof(*count)), bin = BINS;

	*found = 0;
	if (!count)
		return 0;
	for (size_t i = 0; i < len; i++)
		count[bin_of(scores[i])]++;
	while (bin > 0 && *found < want)
		*found += count[--bin];
	free(count);
	return bin;
}

static int rising_floats(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static int rising_pairs(const void *a, const void *b)
{
	return rising_floats(&((const struct boot_pair *)a)->score,
			     &((const struct boot_pair *)b)->score);
}

static int falling_pairs(const void *a, const void *b)
{
	return rising_pairs(b, a);
}

static void take_impostor(struct curve_pairs *p, float score, size_t a, size_t b, size_t bin)
{
	if (bin_of(score) >= bin)
		p->top[p->top_len++] = (struct boot_pair){score, (uint32_t)a, (uint32_t)b};
	if ((a & 1) == (b & 1))
		p->half[a & 1][p->half_len[a & 1]++] = score;
}

/* The same walk as that of all_pairs. */
static void take_all(struct curve_pairs *p, const struct scores *scores, const size_t *subject,
		     size_t len, size_t bin)
{
	size_t g = 0, m = 0;

	for (size_t i = 0; i < len; i++)
		for (size_t j = i + 1; j < len; j++) {
			uint32_t who = (uint32_t)subject[i];

			if (subject[i] != subject[j])
				take_impostor(p, scores->impostor[m++], who, subject[j], bin);
			else
				p->genuine[g] = (struct boot_pair){scores->genuine[g], who, who},
				g++;
		}
	p->genuine_len = g;
}

static void sort_all(struct curve_pairs *p)
{
	qsort(p->genuine, p->genuine_len, sizeof(*p->genuine), rising_pairs);
	qsort(p->top, p->top_len, sizeof(*p->top), falling_pairs);
	for (int i = 0; i < 2; i++)
		qsort(p->half[i], p->half_len[i], sizeof(*p->half[i]), rising_floats);
}

static size_t count_people(const size_t *subject, size_t len)
{
	size_t people = 0;

	for (size_t i = 0; i < len; i++)
		if (subject[i] >= people)
			people = subject[i] + 1;
	return people;
}

/* Pairs of different people within the even or the odd ones. */
static size_t half_pairs(const uint32_t *photos, size_t people, size_t which)
{
	size_t sum = 0, squares = 0;

	for (size_t i = which; i < people; i += 2) {
		sum += photos[i];
		squares += (size_t)photos[i] * photos[i];
	}
	return (sum * sum - squares) / 2;
}

tanu_status curve_pairs_gather(struct curve_pairs *out, const struct scores *scores,
			       const size_t *subject, size_t len, tanu_error *err)
{
	size_t n = scores->impostor_len, want = n / TOP_SHARE, found, bin;

	if (want < TOP_MIN)
		want = n < TOP_MIN ? n : TOP_MIN;
	bin = top_bin(scores->impostor, n, want, &found);
	out->people = count_people(subject, len);
	out->photos = calloc(out->people + 1, sizeof(*out->photos));
	for (size_t i = 0; out->photos && i < len; i++)
		out->photos[subject[i]]++;
	out->genuine = calloc(scores->genuine_len + 1, sizeof(*out->genuine));
	out->top = calloc(found + 1, sizeof(*out->top));
	for (size_t i = 0; out->photos && i < 2; i++)
		out->half[i] = calloc(half_pairs(out->photos, out->people, i) + 1, sizeof(float));
	if (!out->photos || !out->genuine || !out->top || !out->half[0] || !out->half[1] ||
	    found < want)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
				 "not enough memory for the pairs of %zu samples", len);
	take_all(out, scores, subject, len, bin);
	sort_all(out);
	return TANU_OK;
}

void curve_pairs_free(struct curve_pairs *pairs)
{
	free(pairs->photos);
	free(pairs->genuine);
	free(pairs->top);
	free(pairs->half[0]);
	free(pairs->half[1]);
	*pairs = (struct curve_pairs){0};
}
