/* SPDX-License-Identifier: Apache-2.0 */
#include "people/half.h"

#include <stdlib.h>

const char *const term_names[UTILITY_TERMS] = {
    "norm",	      "log(1.0001 - detection)",
    "log(inter-eye)", "sharpness",
    "contrast",	      "|yaw|",
    "|pitch|",	      "|roll|",
    "eyes-open",
};

void *room(size_t len, size_t size)
{
	void *p = calloc(len + 1, size);

	if (!p)
		abort();
	return p;
}

void half_take(struct half *out, const struct halves *h, struct facts *facts, bool tuning)
{
	size_t n = h->photos.len;
	struct half half = {.people = h->people.len};

	half.of = room(n, sizeof(*half.of));
	half.plain = room(n, sizeof(*half.plain));
	half.way = room(n, sizeof(*half.way));
	half.person = room(n, sizeof(*half.person));
	half.gender = room(n, 1);
	half.utility = room(n, sizeof(float));
	half.offset = room(n, sizeof(float));
	half.keep = room(n, sizeof(bool));
	for (size_t i = 0; i < n; i++) {
		if (h->tuning[i] != tuning || !facts[i].found)
			continue;
		half.of[half.len] = &facts[i];
		half.plain[half.len] = facts[i].plain;
		half.person[half.len] = h->person[i];
		half.utility[half.len] = facts[i].plain.quality;
		half.gender[half.len++] = h->gender[i];
	}
	*out = half;
}

void half_free(struct half *half)
{
	free(half->of);
	free(half->plain);
	free(half->way);
	free(half->person);
	free(half->gender);
	free(half->utility);
	free(half->offset);
	free(half->keep);
	trial_free(&half->base);
}

struct samples half_samples(const struct half *half)
{
	return (struct samples){
	    .len = half->len, .of = half->plain, .person = half->person, .people = half->people};
}

float cosine(const tanu_embedding *a, const tanu_embedding *b)
{
	float sum = 0;

	for (size_t k = 0; k < TANU_FEATURES; k++)
		sum += a->v[k] * b->v[k];
	return sum;
}

int rising_float(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}
