/* SPDX-License-Identifier: Apache-2.0 */
#include "people/rounding.h"

#include <math.h>
#include <string.h>

#define BLOCK 32

void round_8_bits(tanu_embedding *out, const tanu_embedding *in)
{
	tanu_reference reference;

	*out = *in;
	if (tanu_reference_from(&reference, in, NULL) == TANU_OK)
		tanu_reference_to(out, &reference);
}

void round_4_bits(tanu_embedding *out, const tanu_embedding *in)
{
	uint8_t bytes[TANU_REFERENCE4_LEN];
	tanu_reference reference;

	*out = *in;
	if (tanu_reference4_encode(bytes, in, NULL) == TANU_OK &&
	    tanu_reference4_decode(&reference, bytes, sizeof(bytes), in->model, NULL) == TANU_OK)
		tanu_reference_to(out, &reference);
}

static double deviation(const float *v, size_t len)
{
	double squares = 0;

	for (size_t i = 0; i < len; i++)
		squares += (double)v[i] * (double)v[i];
	return sqrt(squares / (double)len);
}

static double largest(const float *v, size_t len)
{
	double most = 0;

	for (size_t i = 0; i < len; i++)
		most = fmax(most, fabs((double)v[i]));
	return most;
}

/* Sixteen even steps that reach to `reach` on either side. */
static void even_steps(float *out, const float *in, size_t len, double reach)
{
	for (size_t i = 0; i < len; i++) {
		double step = floor((double)in[i] / reach * 8);

		out[i] = (float)((fmin(7, fmax(-8, step)) + 0.5) * reach / 8);
	}
}

static double cosine_of(const float *a, const float *b)
{
	double dot = 0;

	for (size_t i = 0; i < TANU_FEATURES; i++)
		dot += (double)a[i] * (double)b[i];
	return dot / (deviation(a, TANU_FEATURES) * deviation(b, TANU_FEATURES) * TANU_FEATURES);
}

static void even_to_largest(tanu_embedding *out, const tanu_embedding *in)
{
	even_steps(out->v, in->v, TANU_FEATURES, largest(in->v, TANU_FEATURES));
}

static void even_clipped(tanu_embedding *out, const tanu_embedding *in)
{
	even_steps(out->v, in->v, TANU_FEATURES, 2.7 * deviation(in->v, TANU_FEATURES));
}

static void even_fitted(tanu_embedding *out, const tanu_embedding *in)
{
	double best = 0, reach = 0;

	for (double r = 2; r < 4; r += 0.05) {
		even_steps(out->v, in->v, TANU_FEATURES, r * deviation(in->v, TANU_FEATURES));
		if (cosine_of(out->v, in->v) > best) {
			best = cosine_of(out->v, in->v);
			reach = r;
		}
	}
	even_steps(out->v, in->v, TANU_FEATURES, reach * deviation(in->v, TANU_FEATURES));
}

static void even_by_block(tanu_embedding *out, const tanu_embedding *in)
{
	for (size_t i = 0; i < TANU_FEATURES; i += BLOCK)
		even_steps(out->v + i, in->v + i, BLOCK, largest(in->v + i, BLOCK));
}

/* Hadamard's matrix behind random signs: spreads a large feature over all. Its own inverse. */
static void hadamard(float *v)
{
	for (size_t half = 1; half < TANU_FEATURES; half *= 2)
		for (size_t i = 0; i < TANU_FEATURES; i++)
			if (!(i & half)) {
				float a = v[i], b = v[i + half];

				v[i] = (a + b) * (float)M_SQRT1_2;
				v[i + half] = (a - b) * (float)M_SQRT1_2;
			}
}

static void signs(float *v)
{
	uint32_t seed = 1;

	for (size_t i = 0; i < TANU_FEATURES; i++) {
		seed = seed * 1664525 + 1013904223;
		v[i] = seed >> 31 ? -v[i] : v[i];
	}
}

static void rotated_4_bits(tanu_embedding *out, const tanu_embedding *in)
{
	tanu_embedding turned = *in;

	signs(turned.v);
	hadamard(turned.v);
	round_4_bits(out, &turned);
	hadamard(out->v);
	signs(out->v);
}

const struct rounding roundings[] = {
    {"8 bits", 516, round_8_bits},
    {"even steps to the largest", 256, even_to_largest},
    {"even steps, cut at 2.7 dev.", 256, even_clipped},
    {"even steps, fitted", 256, even_fitted},
    {"even steps, blocks of 32", 272, even_by_block},
    {"normal levels, fitted", 256, round_4_bits},
    {"rotated, normal levels", 256, rotated_4_bits},
    {0},
};
