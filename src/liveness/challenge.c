/* SPDX-License-Identifier: Apache-2.0 */
/* A short random challenge: turn the head as asked. */
#include <math.h>

#include "liveness/trace.h"

#define TURN_DEGREES 14.0F
#define UP_DEGREES   9.0F
#define WRONG_WAY    0.6F /* share of the turn in the other direction that ends it */
#define REACTION_MS  150  /* nobody turns sooner than asked; a film may */
#define ANSWERED     3.0F /* log-odds */

/* Degrees in the direction that was asked. Pose is the viewer's: her left is his right. */
static float turned(const struct challenge *c, const struct observation *o)
{
	switch (c->asked) {
	case LIVENESS_TURN_LEFT:
		return o->pose[0] - c->from[0];
	case LIVENESS_TURN_RIGHT:
		return c->from[0] - o->pose[0];
	case LIVENESS_TURN_UP:
		return o->pose[1] - c->from[1];
	default:
		return 0;
	}
}

static float needed(enum liveness_challenge asked)
{
	return asked == LIVENESS_TURN_UP ? UP_DEGREES : TURN_DEGREES;
}

void challenge_put(struct challenge *c, const struct trace *t, const struct random_source *random,
		   int64_t now_ms)
{
	uint32_t drawn;

	random_fill(random, &drawn, sizeof(drawn));
	*c = (struct challenge){
	    .asked = (enum liveness_challenge)(LIVENESS_TURN_LEFT +
					       drawn % (LIVENESS_CHALLENGES - LIVENESS_TURN_LEFT)),
	    .asked_ms = now_ms,
	    .put = c->put + 1,
	    .jumps = t->jumps,
	};
	if (t->len > 0) {
		c->from[0] = t->of[t->len - 1].pose[0];
		c->from[1] = t->of[t->len - 1].pose[1];
	}
}

void challenge_look(struct challenge *c, const struct trace *t,
		    const struct liveness_options *options, int64_t now_ms)
{
	const struct observation *o;
	float by;

	if (c->asked == LIVENESS_TURN_NOTHING || c->answered || c->failed || t->len == 0)
		return;
	o = &t->of[t->len - 1];
	by = turned(c, o);
	/* A face that was swapped in meanwhile has not answered. */
	if (now_ms - c->asked_ms > options->challenge_ms || t->jumps != c->jumps ||
	    by < -WRONG_WAY * needed(c->asked))
		c->failed = true;
	else if (by >= needed(c->asked) && o->at_ms - c->asked_ms >= REACTION_MS)
		c->answered = true;
}

void part_challenge(struct liveness_evidence *out, const struct challenge *c)
{
	*out = (struct liveness_evidence){
	    .present = c->answered,
	    .value = (float)c->put,
	    .support = c->answered ? ANSWERED : 0,
	};
}
