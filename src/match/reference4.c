/* SPDX-License-Identifier: Apache-2.0 */
/* References in 4 bits a feature, for a pass. */
#include "match/match.h"

#include <math.h>
#include <string.h>

#define LEVELS	 8
#define NEGATIVE 8   /* of a code */
#define FUSED	 128 /* in the byte of quality */
#define BEST	 127

/*
 * Levels of the 16-level quantiser of least mean square error for a normal distribution (J. Max,
 * Quantizing for Minimum Distortion, 1960, table I): 0.1284, 0.3881, 0.6568, 0.9424, 1.256, 1.618,
 * 2.069 and 2.733 standard deviations, as int8 so that the scan kernels take them.
 */
static const int8_t level[LEVELS] = {6, 18, 31, 44, 58, 75, 96, 127};
#define UNIT (127 / 2.733) /* of a standard deviation */

/* How far the scale of one sample is from that of its standard deviation: in steps of a fiftieth */
#define FIT_FROM  40
#define FIT_TO	  60
#define FIT_STEPS 50.0

static double deviation(const tanu_embedding *in)
{
	double squares = 0;

	for (size_t i = 0; i < TANU_FEATURES; i++)
		squares += (double)in->v[i] * (double)in->v[i];
	return sqrt(squares / TANU_FEATURES);
}

static uint8_t code_of(double v)
{
	uint8_t code = 0;

	while (code + 1 < LEVELS && fabs(v) * 2 > level[code] + level[code + 1])
		code++;
	return v < 0 ? code | NEGATIVE : code;
}

static int8_t value_of(uint8_t code)
{
	int8_t v = level[code % LEVELS];

	return code & NEGATIVE ? (int8_t)-v : v;
}

/* The codes at one scale, and the cosine between what they stand for and the features. */
static double try_scale(uint8_t codes[TANU_FEATURES], const tanu_embedding *in, double scale)
{
	double dot = 0, squares = 0;

	for (size_t i = 0; i < TANU_FEATURES; i++) {
		double value;

		codes[i] = code_of((double)in->v[i] / scale);
		value = value_of(codes[i]);
		dot += value * (double)in->v[i];
		squares += value * value;
	}
	return dot / sqrt(squares);
}

tanu_status tanu_reference4_encode(uint8_t out[TANU_REFERENCE4_LEN], const tanu_embedding *in,
				   tanu_error *err)
{
	uint8_t codes[TANU_FEATURES], best[TANU_FEATURES];
	double closest = -INFINITY;
	float largest;
	tanu_status st;

	if ((st = match_largest(&largest, in, err)) < 0)
		return st;
	for (int step = FIT_FROM; step <= FIT_TO; step++) {
		double cosine = try_scale(codes, in, deviation(in) * step / FIT_STEPS / UNIT);

		if (cosine > closest) {
			closest = cosine;
			memcpy(best, codes, sizeof(best));
		}
	}
	out[0] =
	    (uint8_t)(lrintf(BEST * fminf(1, fmaxf(0, in->quality))) | (in->fused ? FUSED : 0));
	for (size_t i = 0; i < TANU_FEATURES / 2; i++)
		out[1 + i] = (uint8_t)(best[2 * i] | best[2 * i + 1] << 4);
	mem_wipe(codes, sizeof(codes));
	mem_wipe(best, sizeof(best));
	return TANU_OK;
}

tanu_status tanu_reference4_decode(tanu_reference *out, const uint8_t *bytes, size_t bytes_len,
				   const uint8_t model[TANU_MODEL_DIGEST], tanu_error *err)
{
	if (bytes_len != TANU_REFERENCE4_LEN)
		return tanu_fail(err, TANU_ERR_FORMAT, "reference",
				 "the reference can't be used: it is not %d bytes long",
				 TANU_REFERENCE4_LEN);
	for (size_t i = 0; i < TANU_FEATURES / 2; i++) {
		out->v[2 * i] = value_of(bytes[1 + i] & 15);
		out->v[2 * i + 1] = value_of(bytes[1 + i] >> 4);
	}
	out->quality = (float)(bytes[0] & ~FUSED) / BEST;
	out->fused = bytes[0] & FUSED;
	out->norm = match_norm(out->v);
	out->scale = 1 / out->norm;
	memcpy(out->model, model, TANU_MODEL_DIGEST);
	return TANU_OK;
}
