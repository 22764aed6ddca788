/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fusing: log-odds add up, since the parts look at different things; a part that is clearly an
 * attack is not outvoted by any other.
 */
#include <math.h>

#include "liveness/trace.h"

#define LIVE_SUPPORT 2.0F /* log-odds from which on a face counts as live: 88% */

/* A part that must speak and does not: it becomes the reason. */
static bool lacks_part(struct liveness_result *r, const struct liveness_options *options)
{
	uint32_t need = options->need;

	if (options->challenge_always)
		need |= 1U << LIVENESS_CHALLENGE;
	for (int i = 0; i < LIVENESS_PARTS; i++)
		if ((need >> i & 1) && !r->part[i].present) {
			r->reason = (enum liveness_part)i;
			return true;
		}
	return false;
}

void fuse(struct liveness_result *r, const struct liveness_options *options)
{
	bool attack = false;
	float lowest = INFINITY;

	r->support = 0;
	for (int i = 0; i < LIVENESS_PARTS; i++) {
		const struct liveness_evidence *e = &r->part[i];

		if (!e->present)
			continue;
		r->support += e->support;
		/* Among clear attacks, as among weak parts, the one that says most is told. */
		if ((e->attack && !attack) || (e->attack == attack && e->support < lowest)) {
			lowest = e->support;
			r->reason = (enum liveness_part)i;
		}
		attack = attack || e->attack;
	}
	r->probability = 1 / (1 + expf(-r->support));
	r->lacking = !attack && r->sequence && lacks_part(r, options);
	if (attack)
		r->state = LIVENESS_ATTACK;
	else if (!r->sequence)
		r->state = LIVENESS_UNKNOWN;
	else if (r->lacking || r->support < LIVE_SUPPORT)
		r->state = LIVENESS_THIN;
	else
		r->state = LIVENESS_LIVE;
}
