/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The person in front of the gate: what she has brought is put before the rules, the table of
 * visit.h says what follows, and here it is done.
 */
#include "gate/inside.h"

#include <stdio.h>
#include <string.h>

#define BLIND_FRAMES 8 /* of a face: by then a second camera has had its say */
#define BLIND_LOOKS  3

/* ---- the question ---- */

static bool consent_live(struct gate *g, tanu_consent *out)
{
	const struct person *p = &g->person;

	if (!lease_consent_find(g->lease, out, &p->subject, p->generation))
		return false;
	return tanu_consent_state_at(out, gate_now(g)) == TANU_CONSENT_GIVEN;
}

static void request_fill(struct gate *g)
{
	struct person *p = &g->person;
	struct rules_request *r = &p->request;
	tanu_consent consent = {0};

	r->at = gate_local_time(g);
	r->fire = g->fire;
	r->lockdown = g->lockdown != 0;
	r->allowed = p->known.allowed;
	r->waiver = p->known.waiver;
	r->second_factor = p->known.second_factor;
	r->presence = presence_of(g->presence, &p->subject);
	r->consent = consent_live(g, &consent) ? TANU_CONSENT_GIVEN : TANU_CONSENT_NONE;
	r->lease = lend_state(g);
	/* where no camera sees, nobody is asked for her face */
	if (!gate_sees(g) || g->visit.no_face)
		r->lease = RULES_LEASE_NONE;
}

static void decide(struct gate *g)
{
	request_fill(g);
	g->decision = rules_decide(g->has_zone ? &g->zone : NULL, &g->person.request);
}

/* ---- what follows ---- */

static void call_somebody(struct gate *g, int64_t now_ms)
{
	if (g->bell)
		return;
	g->bell = true;
	g->bell_late = false;
	g->bell_since_ms = now_ms;
	report_word(g, GATE_EVENT_BELL, "called", 0);
}

static void look(struct gate *g, int64_t now_ms)
{
	const struct person *p = &g->person;
	struct eye_want want = {
	    .subject = p->subject, .generation = p->generation, .waiver = p->known.waiver};

	if (p->pass.there) {
		want.ad = p->pass.ad;
		want.ad_len = p->pass.ad_len;
		want.sealed = p->pass.sealed;
		want.sealed_len = p->pass.sealed_len;
	}
	(void)now_ms;
	g->person.face_used = true;
	eye_look(g->eye, &want);
}

/* A second camera that says nothing of face after face: its lamp is out, or something is before it.
 */
static void blindness_watch(struct gate *g, const struct liveness_result *seen)
{
	char word[GATE_EVENT_WORD];

	for (int i = 0; i < SECOND_KINDS; i++) {
		const char *kind = second_kind_word((enum second_kind)i);

		if (!g->second_there[i] || seen->frames < BLIND_FRAMES)
			continue;
		if (seen->part[second_kind_part((enum second_kind)i)].present)
			g->second_blind[i] = 0;
		else if (++g->second_blind[i] == BLIND_LOOKS) {
			gate_log(g, "%s camera: %d times in a row it had nothing to say of a face",
				 kind, BLIND_LOOKS);
			snprintf(word, sizeof(word), "%s-blind", kind);
			report_word(g, GATE_EVENT_DEVICE, word, 0);
		}
	}
}

/* Numbers of what was before the camera; of whom they are is not told. */
static void evidence_log(struct gate *g)
{
	char text[LIVENESS_TEXT_LEN];
	struct liveness_result seen;

	if (!eye_evidence(g->eye, &seen))
		return;
	liveness_text(text, &seen);
	gate_log(g, "face: %s", text);
	blindness_watch(g, &seen);
}

static void person_wipe(struct gate *g)
{
	mem_wipe(&g->person, sizeof(g->person));
	g->decision = (struct rules_decision){0};
}

/* The text that belongs to a state, where nothing better has been said. */
static void tell_state(struct gate *g)
{
	static const char *const keys[VISIT_STATES] = {
	    [VISIT_READY] = "ready",  [VISIT_FACE] = "look-here", [VISIT_PIN] = "pin",
	    [VISIT_GUARD] = "coming", [VISIT_GO] = "go",	  [VISIT_ASSIST] = "coming"};

	tell(g, keys[g->visit.state]);
}

static void show_all(struct gate *g, enum reader_show show, int64_t now_ms)
{
	if (g->shown == show)
		return;
	g->shown = show;
	for (size_t i = 0; i < g->options.readers_len; i++)
		reader_show(&g->options.readers[i].reader, show, now_ms, NULL);
}

/* A grant: on the disk first; then the door. What can't be is a call for somebody. */
static unsigned admit(struct gate *g, unsigned acts, int64_t now_ms)
{
	enum doorway_event event = g->person.request.direction == RULES_EXIT ? DOORWAY_EXIT
				   : g->decision.reason == RULES_R_RELEASED  ? DOORWAY_RELEASE
									     : DOORWAY_GRANT;
	struct visit_step step;

	if (acts & VISIT_REPORT)
		report_decision(g, now_ms);
	if (g->decision.verdict == RULES_GRANT || event == DOORWAY_EXIT) {
		g->passing = g->person.subject;
		g->passing_to = g->person.request.direction;
		if (g->passing_to == RULES_ENTRY)
			panel_tell(g);
		passage_event(g, event, now_ms);
		return acts & ~(unsigned)(VISIT_REPORT | VISIT_GRANT);
	}
	step = visit_next(&g->visit, &g->visit_options, VISIT_BROUGHT, &g->decision, false, now_ms);
	return step.acts & ~(unsigned)VISIT_REPORT;
}

static void act(struct gate *g, unsigned acts, int64_t now_ms)
{
	if (acts & VISIT_GRANT)
		acts = admit(g, acts, now_ms);
	if (acts & VISIT_REPORT)
		report_decision(g, now_ms);
	if (acts & VISIT_LOOK)
		look(g, now_ms);
	if (acts & VISIT_UNLOOK && g->eye) {
		eye_unlook(g->eye);
		evidence_log(g);
	}
	if (acts & VISIT_CALL)
		call_somebody(g, now_ms);
	if (acts & VISIT_FORGET)
		person_wipe(g);
	if (acts)
		tell_state(g);
	show_all(g,
		 g->visit.state == VISIT_READY && g->bell ? READER_SHOW_ASSIST
		 : g->visit.state == VISIT_FACE		  ? READER_SHOW_WAIT
		 : g->visit.state == VISIT_PIN		  ? READER_SHOW_ASK
		 : g->visit.state == VISIT_GO		  ? READER_SHOW_GO
		 : g->visit.state == VISIT_READY	  ? READER_SHOW_READY
							  : READER_SHOW_ASSIST,
		 now_ms);
}

static bool door_may_open(const struct gate *g)
{
	return g->decision.reason == RULES_R_RELEASED ? doorway_may_release(&g->doorway)
						      : doorway_may_grant(&g->doorway);
}

/* Two grants may wait at a door; the next person's stands until it can be given. */
static bool door_is_busy(const struct gate *g)
{
	return g->decision.verdict == RULES_GRANT && g->person.request.direction == RULES_ENTRY &&
	       !door_may_open(g) &&
	       (g->doorway.state == DOORWAY_GRANTED || g->doorway.state == DOORWAY_OPEN ||
		g->doorway.state == DOORWAY_HELD);
}

void person_bring(struct gate *g, enum visit_event event, int64_t now_ms)
{
	struct visit_step step;

	visit_give_up_face(&g->visit, event, now_ms);
	decide(g);
	if (event != VISIT_TICK && event != VISIT_GONE && door_is_busy(g)) {
		g->door_busy = true;
		return;
	}
	/* a door that does not answer, or stands in fire, can't be granted */
	if (g->decision.verdict == RULES_GRANT && g->person.request.direction == RULES_ENTRY &&
	    !door_may_open(g))
		g->decision = (struct rules_decision){0};
	step = visit_next(&g->visit, &g->visit_options, event, &g->decision,
			  g->person.known.has_pin, now_ms);
	act(g, step.acts, now_ms);
}

bool person_begin(struct gate *g, int64_t now_ms)
{
	if (g->door_busy)
		return false; /* somebody has been told to come in and waits for the door */
	if (g->visit.state != VISIT_READY) {
		struct visit_step step = visit_next(&g->visit, &g->visit_options, VISIT_GONE,
						    &g->decision, false, now_ms);

		act(g, step.acts, now_ms);
	}
	person_wipe(g);
	ticket_end(g); /* of whoever was here before */
	return true;
}

/* ---- the camera's answer ---- */

static enum rules_live live_of(enum liveness_state state)
{
	switch (state) {
	case LIVENESS_ATTACK:
		return RULES_LIVE_ATTACK;
	case LIVENESS_THIN:
		return RULES_LIVE_THIN;
	case LIVENESS_LIVE:
		return RULES_LIVE_YES;
	case LIVENESS_UNKNOWN:
		break;
	}
	return RULES_LIVE_UNKNOWN;
}

void person_seen(struct gate *g, const struct eye_result *seen, int64_t now_ms)
{
	struct person *p = &g->person;
	uint32_t embeddings = p->seen.embeddings + seen->embeddings;
	uint32_t permits = p->seen.permits + seen->permits;

	if (g->visit.state != VISIT_FACE) {
		/* she has gone on without it: what was computed is told all the same */
		struct gate_event e = {.kind = GATE_EVENT_DECISION,
				       .at_ms = gate_now(g),
				       .time_trusted = gate_time_known(g),
				       .reason = RULES_R_NONE,
				       .face = seen->face,
				       .embeddings = seen->embeddings,
				       .permits = seen->permits};

		if (seen->embeddings || seen->permits) {
			report(g, &e);
			g->embeddings += seen->embeddings;
			g->permits += seen->permits;
		}
		return;
	}
	evidence_log(g);
	p->seen = *seen;
	p->seen.embeddings = embeddings;
	p->seen.permits = permits;
	p->request.face = seen->decision;
	p->request.live = live_of(seen->live);
	p->request.pad = seen->sequence ? RULES_PAD_SEQUENCE : RULES_PAD_FRAME;
	if (seen->face == GATE_FACE_NONE && seen->live != LIVENESS_ATTACK &&
	    seen->live != LIVENESS_THIN)
		p->request.pad = RULES_PAD_NONE;
	person_bring(g, p->request.pad == RULES_PAD_NONE ? VISIT_NOT_SEEN : VISIT_SEEN, now_ms);
}

/* ---- others ---- */

void person_guard(struct gate *g, enum rules_guard guard, int64_t now_ms)
{
	if (guard == RULES_GUARD_RELEASE) {
		g->door_busy = false;
		person_begin(g, now_ms);
		g->person.since_ms = now_ms;
	}
	g->person.request.guard = guard;
	person_bring(g, VISIT_BROUGHT, now_ms);
	person_answered(g);
}

void person_answered(struct gate *g)
{
	if (g->bell)
		report_word(g, GATE_EVENT_BELL, "answered", 0);
	g->bell = false;
}

void person_bell(struct gate *g, int64_t now_ms)
{
	struct visit_step step =
	    visit_next(&g->visit, &g->visit_options, VISIT_BELL, &g->decision, false, now_ms);

	call_somebody(g, now_ms);
	act(g, step.acts, now_ms);
}

#define BELL_LATE_MS ((int64_t)20000) /* an adult within 20 seconds: docs/design.md, 8 */
#define BELL_OVER_MS ((int64_t)120000)

static void bell_watch(struct gate *g, int64_t now_ms)
{
	if (!g->bell)
		return;
	if (!g->bell_late && now_ms - g->bell_since_ms > BELL_LATE_MS) {
		g->bell_late = true;
		gate_log(g, "somebody has waited for help for 20 seconds");
		report_word(g, GATE_EVENT_BELL, "late", 0);
	}
	if (now_ms - g->bell_since_ms > BELL_OVER_MS)
		g->bell = false;
}

void person_watch(struct gate *g, int64_t now_ms)
{
	bell_watch(g, now_ms);
	if (g->door_busy && door_may_open(g)) {
		g->door_busy = false;
		person_bring(g, VISIT_BROUGHT, now_ms);
		return;
	}
	if (g->door_busy && g->person.since_ms &&
	    now_ms - g->person.since_ms > g->visit_options.guard_ms)
		g->door_busy = false;
	if (g->visit.state != VISIT_READY && now_ms >= g->visit.until_ms && !g->door_busy)
		person_bring(g, VISIT_TICK, now_ms);
}
