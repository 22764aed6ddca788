/* SPDX-License-Identifier: Apache-2.0 */
/* Parts that look at one number of each frame: texture, eyes, a second eye of the camera. */
#include <math.h>
#include <string.h>

#include "liveness/quantile.h"
#include "liveness/trace.h"

#define FRAMES_MIN 4 /* below this a part says nothing */

static float log_odds(float p)
{
	const float edge = 1e-4F;

	p = fmaxf(edge, fminf(1 - edge, p));
	return logf(p / (1 - p));
}

/*
 * The texture model's word over frames: its median, so that a blink of the light does not decide,
 * and never better than its worst quarter says. Numbers: bench_liveness_nuaa, docs/accuracy.md.
 */
#define TEXTURE_WEIGHT                                                                             \
	0.7F		     /* of its log-odds: frames of one moment are no independent witnesses \
			      */
#define TEXTURE_LIMIT  4.0F  /* support at most: texture alone never opens against the rest */
#define TEXTURE_ATTACK 0.15F /* median below this denies */

void part_texture(struct liveness_evidence *out, const struct trace *t)
{
	float value[TRACE_MAX], median, low;

	*out = (struct liveness_evidence){0};
	if (t->len < FRAMES_MIN)
		return;
	for (size_t i = 0; i < t->len; i++)
		value[i] = t->of[i].texture;
	median = quantile(value, t->len, 0.5F);
	low = quantile(value, t->len, 0.25F);
	out->present = true;
	out->value = median;
	out->support = TEXTURE_WEIGHT * (log_odds(median) + log_odds(low)) / 2;
	out->support = fmaxf(-2 * TEXTURE_LIMIT, fminf(TEXTURE_LIMIT, out->support));
	out->attack = median < TEXTURE_ATTACK;
}

/* Both eyes shut between open ones, for as long as a lid takes. Supports, and never gates. */
#define OPEN	      0.7F
#define SHUT	      0.3F
#define BLINK_MAX_MS  500
#define BLINK_SUPPORT 1.0F

void part_eyes(struct liveness_evidence *out, const struct trace *t)
{
	int64_t open_ms = -1;
	bool shut = false;

	*out = (struct liveness_evidence){0};
	if (t->len < FRAMES_MIN)
		return;
	out->present = true;
	for (size_t i = 0; i < t->len; i++) {
		const struct observation *o = &t->of[i];
		float more = fmaxf(o->eye_open[0], o->eye_open[1]);
		float less = fminf(o->eye_open[0], o->eye_open[1]);

		if (less > OPEN) {
			if (shut && open_ms >= 0 && o->at_ms - open_ms <= BLINK_MAX_MS)
				out->value++;
			open_ms = o->at_ms;
			shut = false;
		} else if (more < SHUT) {
			shut = true;
		}
	}
	out->support = out->value > 0 ? BLINK_SUPPORT : 0;
}

static float median_of(const struct trace *t, size_t offset, size_t *count)
{
	float value[TRACE_MAX];

	*count = 0;
	for (size_t i = 0; i < t->len; i++) {
		memcpy(&value[*count], (const char *)&t->of[i] + offset, sizeof(float));
		if (!isnan(value[*count]))
			++*count;
	}
	return quantile(value, *count, 0.5F);
}

/*
 * The nose stands out by 25 mm or so from the plane of eyes and mouth; a bent photograph of a face,
 * a handful. By anatomy; no such camera was here to measure with.
 */
#define RELIEF_FLAT_MM 6.0F
#define RELIEF_FACE_MM 14.0F
#define DEPTH_SUPPORT  3.0F

void part_depth(struct liveness_evidence *out, const struct trace *t)
{
	size_t count;
	float relief = median_of(t, offsetof(struct observation, depth_relief_mm), &count);

	*out = (struct liveness_evidence){0};
	if (count < FRAMES_MIN)
		return;
	out->present = true;
	out->value = relief;
	out->attack = relief < RELIEF_FLAT_MM;
	if (out->attack)
		out->support = -DEPTH_SUPPORT;
	else if (relief >= RELIEF_FACE_MM)
		out->support = DEPTH_SUPPORT;
}

/*
 * Skin throws infrared back, a screen gives none and most prints swallow or mirror it. Bounds wide
 * apart, since lamps differ; no such camera was here to measure with.
 */
#define INFRARED_DARK	 0.35F
#define INFRARED_SKIN	 0.8F
#define INFRARED_SUPPORT 2.0F

void part_infrared(struct liveness_evidence *out, const struct trace *t)
{
	size_t count;
	float ratio = median_of(t, offsetof(struct observation, infrared_ratio), &count);

	*out = (struct liveness_evidence){0};
	if (count < FRAMES_MIN)
		return;
	out->present = true;
	out->value = ratio;
	out->attack = ratio < INFRARED_DARK;
	if (out->attack)
		out->support = -INFRARED_SUPPORT;
	else if (ratio >= INFRARED_SKIN)
		out->support = INFRARED_SUPPORT;
}

/* Evidence begins anew at each jump; a face that keeps jumping is being swapped. */
#define JUMPS_MAX 2

void part_continuity(struct liveness_evidence *out, const struct trace *t)
{
	*out = (struct liveness_evidence){
	    .present = t->len > 0,
	    .value = (float)t->jumps,
	    .attack = t->jumps > JUMPS_MAX,
	    .support = t->jumps > JUMPS_MAX ? -3 : 0,
	};
}
