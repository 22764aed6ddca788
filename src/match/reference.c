/* SPDX-License-Identifier: Apache-2.0 */
/* References: quantising to 8 bits and back, the stored form. */
#include "match/match.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define VERSION 1
#define FUSED	1   /* flag */
#define LEVELS	127 /* symmetric: -127 .. 127, so that -v is as exact as v */

/* sqrt is correctly rounded everywhere, so a stored norm can be compared for equality. */
float match_norm(const int8_t v[TANU_FEATURES])
{
	return (float)sqrt((double)match_dot(v, v));
}

float match_inverse_norm(const int8_t v[TANU_FEATURES])
{
	int32_t squares = match_dot(v, v);

	return squares > 0 ? (float)(1.0 / sqrt((double)squares)) : 0.0f;
}

tanu_status match_largest(float *out, const tanu_embedding *in, tanu_error *err)
{
	float largest = 0.0f;

	for (size_t i = 0; i < TANU_FEATURES; i++) {
		if (!isfinite(in->v[i]))
			return tanu_fail(err, TANU_ERR_FORMAT, "embedding",
					 "value %zu of the features is not a finite number", i);
		largest = fmaxf(largest, fabsf(in->v[i]));
	}
	if (largest < FLT_MIN * LEVELS) /* the scale itself would be denormal */
		return tanu_fail(err, TANU_ERR_FORMAT, "embedding", "the features are all zero");
	*out = largest;
	return TANU_OK;
}

tanu_status tanu_reference_from(tanu_reference *out, const tanu_embedding *in, tanu_error *err)
{
	float largest = 0.0f;
	tanu_status st;

	if ((st = match_largest(&largest, in, err)) < 0)
		return st;
	for (size_t i = 0; i < TANU_FEATURES; i++)
		out->v[i] = (int8_t)lrint((double)in->v[i] * LEVELS / (double)largest);
	out->scale = largest / LEVELS;
	out->norm = match_norm(out->v);
	out->quality = in->quality;
	out->fused = in->fused;
	memcpy(out->model, in->model, sizeof(out->model));
	return TANU_OK;
}

void tanu_reference_to(tanu_embedding *out, const tanu_reference *in)
{
	for (size_t i = 0; i < TANU_FEATURES; i++)
		out->v[i] = (float)in->v[i] * in->scale;
	out->quality = in->quality;
	out->fused = in->fused;
	memcpy(out->model, in->model, sizeof(out->model));
}

static uint8_t *put_u16le(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	return p + 2;
}

static uint8_t *put_f32le(uint8_t *p, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof(bits));
	p = put_u16le(p, (uint16_t)bits);
	return put_u16le(p, (uint16_t)(bits >> 16));
}

void tanu_reference_encode(uint8_t out[TANU_REFERENCE_LEN], const tanu_reference *in)
{
	uint8_t *p = out;

	*p++ = VERSION;
	*p++ = in->fused ? FUSED : 0;
	p = put_u16le(p, TANU_FEATURES);
	memcpy(p, in->model, TANU_MODEL_DIGEST);
	p = put_f32le(p + TANU_MODEL_DIGEST, in->quality);
	p = put_f32le(p, in->scale);
	p = put_f32le(p, in->norm);
	memcpy(p, in->v, TANU_FEATURES);
}

/* What is wrong with a decoded reference, or NULL. */
static const char *flaw_of(const tanu_reference *ref)
{
	float norm = match_norm(ref->v);

	if (!(ref->quality >= 0.0f && ref->quality <= 1.0f))
		return "its quality is not between 0 and 1";
	if (!isfinite(ref->scale) || !(ref->scale > 0.0f))
		return "its scale is not a positive number";
	if (!(norm > 0.0f))
		return "its features are all zero";
	if (ref->norm != norm)
		return "its norm is not that of its features";
	return NULL;
}

tanu_status tanu_reference_decode(tanu_reference *out, const uint8_t *bytes, size_t bytes_len,
				  tanu_error *err)
{
	tanu_reference ref = {0};
	const char *flaw = NULL;
	uint8_t version, flags;
	uint16_t features;
	struct rd r;

	rd_init(&r, bytes, bytes_len);
	version = rd_u8(&r);
	flags = rd_u8(&r);
	features = rd_u16le(&r);
	ref.fused = flags & FUSED;
	rd_copy(&r, ref.model, sizeof(ref.model));
	ref.quality = rd_f32le(&r);
	ref.scale = rd_f32le(&r);
	ref.norm = rd_f32le(&r);
	rd_copy(&r, ref.v, sizeof(ref.v));
	if (!rd_end(&r))
		flaw = "it is not 560 bytes long";
	else if (version != VERSION)
		flaw = "its version is not 1";
	else if (flags & ~FUSED)
		flaw = "it has flags that are not known";
	else if (features != TANU_FEATURES)
		flaw = "it does not hold 512 features";
	else
		flaw = flaw_of(&ref);
	if (!flaw)
		*out = ref;
	tanu_reference_wipe(&ref);
	return flaw ? tanu_fail(err, TANU_ERR_FORMAT, "reference",
				"the reference can't be used: %s", flaw)
		    : TANU_OK;
}

void tanu_embedding_wipe(tanu_embedding *embedding)
{
	if (embedding)
		mem_wipe(embedding, sizeof(*embedding));
}

void tanu_reference_wipe(tanu_reference *reference)
{
	if (reference)
		mem_wipe(reference, sizeof(*reference));
}
