/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is written down. A decision is on the disk before the door moves; while nothing can be
 * written nobody is let in, and what could not be written is counted and told as soon as it can.
 */
#include "gate/inside.h"

#include <stdio.h>
#include <string.h>

static bool put(struct gate *g, const struct gate_event *event)
{
	tanu_error why = {0};

	if (spool_put(g->spool, event, &why) == TANU_OK)
		return true;
	if (!g->stopped)
		gate_log(g, "events can't be written, nobody is let in but by the guard: %s",
			 why.message);
	g->stopped = true;
	return false;
}

static bool put_lost(struct gate *g)
{
	struct gate_event e = {.kind = GATE_EVENT_LOST,
			       .at_ms = gate_now(g),
			       .time_trusted = gate_time_known(g),
			       .number = g->lost,
			       .word = "events-lost"};

	if (g->lost == 0)
		return true;
	if (!put(g, &e))
		return false;
	g->lost = 0;
	return true;
}

bool report(struct gate *g, const struct gate_event *event)
{
	bool was_stopped = g->stopped;

	if (put_lost(g) && put(g, event)) {
		g->stopped = false;
		if (was_stopped)
			gate_log(g, "events are written again");
		return true;
	}
	g->lost++;
	return false;
}

bool report_word(struct gate *g, enum gate_event_kind kind, const char *word, uint32_t number)
{
	struct gate_event e = {.kind = kind,
			       .at_ms = gate_now(g),
			       .time_trusted = gate_time_known(g),
			       .number = number};

	snprintf(e.word, sizeof(e.word), "%s", word);
	return report(g, &e);
}

/* Tries with something worth knowing: that it was stopped. */
bool report_possible(struct gate *g)
{
	if (!g->stopped)
		return true;
	return report_word(g, GATE_EVENT_DEVICE, "spool-works", 0);
}

/* Which lane she took: with a face, or without one. */
static int lane_of(const struct gate *g)
{
	return g->decision.verdict == RULES_GRANT ? !(g->decision.way & RULES_FACE)
						  : !g->person.face_used;
}

void report_decision(struct gate *g, int64_t now_ms)
{
	const struct person *p = &g->person;
	bool grant = g->decision.verdict == RULES_GRANT;
	int64_t waited_ms = p->since_ms ? now_ms - p->since_ms : 0;
	struct gate_event e = {.kind = GATE_EVENT_DECISION,
			       .at_ms = gate_now(g),
			       .time_trusted = gate_time_known(g),
			       .subject = p->subject,
			       .direction = (uint8_t)p->request.direction,
			       .verdict = (uint8_t)g->decision.verdict,
			       .reason = (uint8_t)g->decision.reason,
			       .way = g->decision.way,
			       .was_inside = g->decision.was_inside,
			       .face = p->seen.face,
			       .live = (uint8_t)p->request.live,
			       .pad = (uint8_t)p->request.pad,
			       .fmr_ppb = (uint32_t)(p->seen.decision.fmr * 1e9 + 0.5),
			       .extrapolated = p->seen.decision.extrapolated,
			       .embeddings = p->seen.embeddings,
			       .permits = p->seen.permits,
			       .waited_ms = (uint32_t)waited_ms};

	if (g->decision.reason == RULES_R_ATTACK)
		snprintf(e.word, sizeof(e.word), "attack-%s", liveness_part_word(p->seen.part));
	if (grant && g->decision.reason != RULES_R_RELEASED && !report_possible(g)) {
		g->decision = (struct rules_decision){0}; /* nothing granted that nobody knows of */
		return;
	}
	if (!report(g, &e) && grant && g->decision.reason != RULES_R_RELEASED) {
		g->decision = (struct rules_decision){0};
		return;
	}
	g->grants += grant;
	g->refusals += !grant;
	g->embeddings += e.embeddings;
	g->permits += e.permits;
	g->last_reason = g->decision.reason;
	ticket_keep(g, &e, now_ms);
	if (p->request.direction == RULES_ENTRY && g->decision.reason != RULES_R_RELEASED)
		waits_add(&g->waits, lane_of(g), (uint32_t)waited_ms, grant);
}
