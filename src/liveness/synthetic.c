/* SPDX-License-Identifier: Apache-2.0 */
#include "liveness/synthetic.h"

#ifdef TANU_SYNTHETIC_LIVENESS
#include <stdlib.h>

struct synthetic {
	const struct liveness_synthetic *say;
	struct liveness_options options;
	int64_t begun_ms, last_ms;
	int32_t frames;
};

static void begin(void *self, const struct liveness_options *options, int64_t at_ms)
{
	struct synthetic *s = self;

	*s = (struct synthetic){.say = s->say, .begun_ms = at_ms, .last_ms = at_ms};
	if (options)
		s->options = *options;
}

static tanu_status observe(void *self, const struct liveness_view *view, tanu_error *err)
{
	struct synthetic *s = self;

	(void)err;
	s->frames++;
	s->last_ms = view->at_ms;
	return TANU_OK;
}

static void judge(void *self, struct liveness_result *out, int64_t now_ms)
{
	const struct synthetic *s = self;
	bool ripe = now_ms - s->begun_ms >= s->say->after_ms && s->frames >= s->say->frames_min;
	enum liveness_state state = ripe ? s->say->state : LIVENESS_UNKNOWN;

	*out = (struct liveness_result){
	    .state = state,
	    .reason = s->say->reason,
	    .probability = state == LIVENESS_LIVE ? 1 : 0,
	    .sequence = ripe,
	    .synthetic = true,
	    .eyes_waived = s->options.waive_eyes,
	    .frames = s->frames,
	    .span_ms = (int32_t)(s->last_ms - s->begun_ms),
	};
	if (state == LIVENESS_ATTACK)
		out->part[s->say->reason] =
		    (struct liveness_evidence){.present = true, .attack = true};
}

static uint32_t anew(const void *self)
{
	(void)self;
	return 0;
}

tanu_status liveness_open_synthetic(struct liveness *out, const struct liveness_synthetic *say,
				    tanu_error *err)
{
	static const struct liveness_ops ops = {
	    "synthetic, for tests only", begin, observe, judge, anew, free};
	struct synthetic *s = calloc(1, sizeof(*s));

	if (!s)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "liveness", "not enough memory");
	s->say = say;
	*out = (struct liveness){.ops = &ops, .self = s};
	return TANU_OK;
}
#endif
