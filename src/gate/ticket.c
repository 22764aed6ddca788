/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Use-tickets. Whoever was just let in or not may take the gate's signed word of it home: by a key
 * of the keypad, or a button of the screen. It is offered for half a minute, once, until somebody
 * else comes; and shown for a third of one.
 */
#include "gate/inside.h"

#include "codec/codec.h"
#include "rules/rules.h"

#include <stdio.h>
#include <string.h>

#define OFFERED_MS ((int64_t)30000)
#define SHOWN_MS   ((int64_t)20000)

void ticket_keep(struct gate *g, const struct gate_event *e, int64_t now_ms)
{
	struct spool_state spool = spool_state(g->spool);
	struct use_ticket *t = &g->ticket;

	ticket_end(g);
	if (id_is_zero(&e->subject))
		return;
	t->what = (struct gate_ticket){.site = g->identity.pair.site,
				       .gate = g->identity.pair.gate,
				       .subject = e->subject,
				       .spool = spool.id,
				       .number = spool.next - 1,
				       .at_ms = e->time_trusted ? e->at_ms : 0,
				       .admitted = e->verdict == RULES_GRANT,
				       .outwards = e->direction == RULES_EXIT,
				       .features = e->embeddings};
	t->reader = g->person.reader;
	rules_way_text(t->what.way, e->way);
	if (!t->what.way[0])
		snprintf(t->what.way, sizeof(t->what.way), "none");
	t->offered_until_ms = now_ms + OFFERED_MS;
}

bool ticket_give(struct gate *g, int64_t now_ms)
{
	struct use_ticket *t = &g->ticket;
	struct buf note = {.max = GATE_TICKET_MAX}, base64 = {.max = sizeof(t->base64) - 1};
	uint8_t key[PUBLIC_KEY_LEN], signature[SIGNATURE_LEN];

	if (now_ms >= t->offered_until_ms)
		return false;
	gate_ticket_text(&note, &t->what);
	sign(signature, &g->identity.sign, note.data, note.len);
	sign_public_key(key, &g->identity.sign);
	gate_note_end(&note, &t->what.gate, key, signature);
	base64_put(&base64, note.data, note.len);
	if (!note.failed && !base64.failed)
		snprintf(t->base64, sizeof(t->base64), "%s", buf_cstr(&base64));
	buf_wipe(&note);
	buf_wipe(&base64);
	t->offered_until_ms = 0;
	if (!t->base64[0])
		return false;
	t->shown_until_ms = now_ms + SHOWN_MS;
	tell(g, "ticket");
	if (g->options.tell)
		g->options.tell(g->options.self, "ticket-code", t->base64);
	return true;
}

void ticket_ask(struct gate *g, size_t reader, int64_t now_ms)
{
	if (g->ticket.reader == reader)
		ticket_give(g, now_ms);
}

void ticket_end(struct gate *g)
{
	mem_wipe(&g->ticket, sizeof(g->ticket));
}

void ticket_watch(struct gate *g, int64_t now_ms)
{
	struct use_ticket *t = &g->ticket;

	if (t->shown_until_ms ? now_ms >= t->shown_until_ms
			      : t->offered_until_ms && now_ms >= t->offered_until_ms) {
		bool shown = t->shown_until_ms != 0;

		ticket_end(g);
		if (shown && strcmp(g->told, "ticket") == 0 && g->visit.state == VISIT_READY)
			tell(g, "ready");
	}
}
