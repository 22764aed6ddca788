/* SPDX-License-Identifier: Apache-2.0 */
/* The judge of real evidence: frames into a trace, the trace through all parts, and a challenge. */
#include <stdlib.h>
#include <string.h>

#include "liveness/trace.h"

#define FRAMES_MIN   8
#define SPAN_MIN_MS  350
#define SETTLE_MS    700
#define CHALLENGE_MS 4000

struct evidence {
	struct random_source random;
	struct liveness_options options;
	struct trace trace;
	struct challenge challenge;
	int64_t begun_ms;
	int32_t frames;
};

static int32_t or_default(int32_t value, int32_t otherwise)
{
	return value > 0 ? value : otherwise;
}

static void evidence_begin(void *self, const struct liveness_options *options, int64_t at_ms)
{
	struct evidence *e = self;
	struct liveness_options o = options ? *options : (struct liveness_options){0};

	o.frames_min = or_default(o.frames_min, FRAMES_MIN);
	o.span_min_ms = or_default(o.span_min_ms, SPAN_MIN_MS);
	o.settle_ms = or_default(o.settle_ms, SETTLE_MS);
	o.challenge_ms = or_default(o.challenge_ms, CHALLENGE_MS);
	e->options = o;
	mem_wipe(&e->trace, sizeof(e->trace));
	e->challenge = (struct challenge){0};
	e->begun_ms = at_ms;
	e->frames = 0;
}

static tanu_status evidence_observe(void *self, const struct liveness_view *view, tanu_error *err)
{
	struct evidence *e = self;
	struct observation o = {.at_ms = view->at_ms};

	if (!view->image || !view->face || !view->face->measured)
		return BAD_CALL(err, "a measured face and its pixels are needed");
	look(&o, view);
	trace_add(&e->trace, &o);
	e->frames++;
	challenge_look(&e->challenge, &e->trace, &e->options, view->at_ms);
	return TANU_OK;
}

static void gather(const struct evidence *e, struct liveness_evidence part[LIVENESS_PARTS])
{
	static void (*const parts[LIVENESS_PARTS])(struct liveness_evidence * out,
						   const struct trace *t) = {
	    [LIVENESS_TEXTURE] = part_texture,	 [LIVENESS_PARALLAX] = part_parallax,
	    [LIVENESS_EDGES] = part_edges,	 [LIVENESS_FLICKER] = part_flicker,
	    [LIVENESS_MOIRE] = part_moire,	 [LIVENESS_EYES] = part_eyes,
	    [LIVENESS_PUPIL] = part_pupil,	 [LIVENESS_DEPTH] = part_depth,
	    [LIVENESS_INFRARED] = part_infrared, [LIVENESS_CONTINUITY] = part_continuity,
	};

	for (size_t i = 0; i < LIVENESS_PARTS; i++)
		if (parts[i])
			parts[i](&part[i], &e->trace);
	part_challenge(&part[LIVENESS_CHALLENGE], &e->challenge);
	if (e->options.waive_eyes) {
		part[LIVENESS_EYES] = (struct liveness_evidence){0};
		part[LIVENESS_PUPIL] = (struct liveness_evidence){0};
	}
}

static bool ripe(const struct evidence *e)
{
	return (int32_t)e->trace.len >= e->options.frames_min &&
	       trace_span_ms(&e->trace) >= e->options.span_min_ms;
}

static void evidence_judge(void *self, struct liveness_result *out, int64_t now_ms)
{
	struct evidence *e = self;

	*out = (struct liveness_result){
	    .eyes_waived = e->options.waive_eyes,
	    .frames = (int32_t)e->trace.len,
	    .span_ms = (int32_t)trace_span_ms(&e->trace),
	};
	gather(e, out->part);
	out->sequence = ripe(e);
	fuse(out, &e->options);
	if (out->state == LIVENESS_THIN && !e->options.challenge_off && e->challenge.put == 0 &&
	    now_ms - e->begun_ms >= e->options.settle_ms)
		challenge_put(&e->challenge, &e->trace, &e->random, now_ms);
	out->challenge = e->challenge.asked;
	out->challenge_open = e->challenge.asked != LIVENESS_TURN_NOTHING &&
			      !e->challenge.answered && !e->challenge.failed;
}

static uint32_t evidence_anew(const void *self)
{
	return ((const struct evidence *)self)->trace.anew;
}

static void evidence_close(void *self)
{
	mem_wipe(self, sizeof(struct evidence));
	free(self);
}

tanu_status liveness_open(struct liveness *out, const struct random_source *random, tanu_error *err)
{
	static const struct liveness_ops ops = {"evidence",	evidence_begin, evidence_observe,
						evidence_judge, evidence_anew,	evidence_close};
	struct evidence *e = calloc(1, sizeof(*e));

	if (!e)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "liveness", "not enough memory");
	e->random = *random;
	evidence_begin(e, NULL, 0);
	*out = (struct liveness){.ops = &ops, .self = e};
	return TANU_OK;
}
