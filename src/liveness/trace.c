/* SPDX-License-Identifier: Apache-2.0 */
#include "liveness/trace.h"

#include <math.h>
#include <string.h>

/*
 * Who stands before a gate does not leap: his own width at most from frame to frame, and six a
 * second.
 */
#define GAP_MS	     1500
#define JUMP_WIDTHS  1.0F
#define JUMP_SPEED   6.0F /* widths a second */
#define JUMP_SIZE    1.6F
#define JUMP_TEXTURE 0.85F /* from paper to skin between two neighbours */
#define NEIGHBOUR_MS 250

static float width_of(const struct observation *o)
{
	return fmaxf(1, o->box[2] - o->box[0]);
}

bool trace_continues(const struct observation *before, const struct observation *after)
{
	float width = fminf(width_of(before), width_of(after));
	float size = fmaxf(width_of(before), width_of(after)) / width;
	float far = hypotf((before->box[0] + before->box[2] - after->box[0] - after->box[2]) / 2,
			   (before->box[1] + before->box[3] - after->box[1] - after->box[3]) / 2);
	int64_t gap = after->at_ms - before->at_ms;

	if (far > (JUMP_WIDTHS + JUMP_SPEED * (float)gap / 1000) * width || size > JUMP_SIZE)
		return false;
	return gap > NEIGHBOUR_MS || !(fabsf(before->texture - after->texture) > JUMP_TEXTURE);
}

static bool same_numbers(const float *a, const float *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (a[i] < b[i] || a[i] > b[i])
			return false;
	return true;
}

/* No sensor sees the same twice to the last digit: a still that is played into the camera does. */
static bool is_a_copy(const struct observation *a, const struct observation *b)
{
	return same_numbers(a->landmarks[0], b->landmarks[0], 2 * (size_t)TANU_LANDMARKS) &&
	       same_numbers(a->rows, b->rows, ROWS) && same_numbers(&a->texture, &b->texture, 1) &&
	       same_numbers(&a->face_light, &b->face_light, 1);
}

void trace_add(struct trace *t, const struct observation *o)
{
	size_t old = 0;

	if (t->len > 0 && (o->at_ms <= t->of[t->len - 1].at_ms || is_a_copy(&t->of[t->len - 1], o)))
		return; /* the same frame, or a clock that went back: it says nothing new */
	if (t->len > 0 && o->at_ms - t->of[t->len - 1].at_ms > GAP_MS) {
		t->len = 0; /* over so long a gap nothing can be said */
		t->anew++;
	} else if (t->len > 0 && !trace_continues(&t->of[t->len - 1], o)) {
		t->len = 0;
		t->jumps++;
		t->anew++;
	}
	while (old < t->len &&
	       (t->len - old == TRACE_MAX || o->at_ms - t->of[old].at_ms > TRACE_SPAN_MS))
		old++;
	t->len -= old;
	if (old > 0)
		memmove(t->of, t->of + old, t->len * sizeof(t->of[0]));
	t->of[t->len++] = *o;
}

int64_t trace_span_ms(const struct trace *t)
{
	return t->len ? t->of[t->len - 1].at_ms - t->of[0].at_ms : 0;
}
