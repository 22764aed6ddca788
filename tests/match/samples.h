/* SPDX-License-Identifier: Apache-2.0 */
/* samples.h - made-up embeddings for the tests of matching. */
#ifndef TESTS_MATCH_SAMPLES_H
#define TESTS_MATCH_SAMPLES_H

#include <math.h>
#include <stdint.h>
#include <string.h>
#include <tanu/match.h>

/* xorshift32: the same numbers on every machine. */
static inline uint32_t sample_bits(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Near to a normal distribution: the sum of four uniform numbers. */
static inline float sample_normal(uint32_t *seed)
{
	float sum = 0.0f;

	for (int i = 0; i < 4; i++)
		sum += (float)(sample_bits(seed) >> 8) / 16777216.0f - 0.5f;
	return sum;
}

/* A random unit vector, `closeness` (0..1) of the way to `near` (NULL: nothing). */
static inline void sample_embedding(tanu_embedding *out, uint32_t *seed, const tanu_embedding *near,
				    float closeness)
{
	float squares = 0.0f;

	memset(out, 0, sizeof(*out));
	out->quality = 0.5f;
	memset(out->model, 7, sizeof(out->model));
	for (int i = 0; i < TANU_FEATURES; i++) {
		out->v[i] = sample_normal(seed) * (1.0f - closeness);
		if (near)
			out->v[i] += near->v[i] * closeness * 14.0f;
		squares += out->v[i] * out->v[i];
	}
	for (int i = 0; i < TANU_FEATURES; i++)
		out->v[i] /= sqrtf(squares);
}

static inline tanu_reference sample_reference(uint32_t seed)
{
	tanu_embedding embedding;
	tanu_reference reference = {.scale = 0};

	seed = seed * 2654435761u + 1;
	sample_embedding(&embedding, &seed, NULL, 0.0f);
	(void)tanu_reference_from(&reference, &embedding, NULL);
	return reference;
}

#endif
