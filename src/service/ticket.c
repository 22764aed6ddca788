/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Use-tickets that people bring: whether a gate of this site signed one, and whether the site has
 * written down what it says. What the site has not, the person can prove.
 */
#include "service/gate_inside.h"

#include "lease/ticket.h"
#include "rules/rules.h"
#include "worker/worker.h"

#include <stdio.h>
#include <string.h>

static const char *const standings[TICKET_STANDINGS] = {
    [TICKET_HERE] = "recorded",
    [TICKET_AWAITED] = "awaited",
    [TICKET_MISSING] = "missing",
    [TICKET_ERASED] = "erased",
};

const char *service_ticket_standing_name(enum ticket_standing standing)
{
	return standings[standing];
}

tanu_verifier gate_verifier(const tanu_id *gate, const uint8_t key[PUBLIC_KEY_LEN])
{
	tanu_verifier v = {.kind = TANU_KEY_ED25519};
	char name[GATE_KEY_NAME];

	gate_key_name(name, gate);
	snprintf(v.name, sizeof(v.name), "%s", name);
	memcpy(v.key, key, sizeof(v.key));
	v.key_id = key_id_of(v.name, v.kind, v.key);
	return v;
}

/* ---- whose word it is ---- */

tanu_status service_ticket_read(struct gate_ticket *out, const void *bytes, size_t len,
				const char *vkey, tanu_error *err)
{
	tanu_verifier key;
	tanu_note note;
	tanu_status st;

	if ((st = tanu_note_split(&note, bytes, len, err)) < 0 ||
	    (st = gate_ticket_read(out, note.text, note.text_len, err)) < 0 || !vkey)
		return st;
	if ((st = tanu_verifier_parse(&key, vkey, err)) < 0)
		return st;
	return tanu_note_verify(&note, &key, NULL, err);
}

static tanu_status of_our_gate(struct service *s, struct ticket_view *v, struct gate_paper *gate,
			       const struct buf *text, tanu_error *err)
{
	tanu_verifier key;
	tanu_note note;
	tanu_status st;

	if (!id_equal(&v->ticket.site, &s->site) ||
	    gate_load(s, gate, &v->ticket.gate, NULL) != TANU_OK || !gate->view.paired_ms)
		return tanu_fail(err, TANU_ERR_RECORD_MISSING, "gate",
				 "this ticket is of no gate of this site");
	key = gate_verifier(&gate->view.id, gate->view.sign_key);
	if ((st = tanu_note_split(&note, (const char *)text->data, text->len, err)) < 0 ||
	    (st = tanu_note_verify(&note, &key, NULL, err)) < 0)
		return st;
	snprintf(v->gate, sizeof(v->gate), "%s", gate->view.name);
	v->revoked_ms = gate->view.revoked_ms;
	return TANU_OK;
}

/* ---- whether it stands in her history ---- */

/* What comes from the future is dated when it came (lease_events.c): the gate's clock was ahead. */
#define AHEAD_MS ((int64_t)60000)

struct sought {
	const struct gate_ticket *ticket;
	bool found;
	bool kept; /* something from before the ticket is: what was then has not run out */
};

static tanu_status compare(void *self, const struct history_view *v, tanu_error *err)
{
	struct sought *q = self;
	tanu_event event = q->ticket->admitted ? TANU_EVENT_ADMITTED : TANU_EVENT_NOT_ADMITTED;

	(void)err;
	q->kept |= v->at_ms <= q->ticket->at_ms;
	q->found |= v->event == event && v->at_ms <= q->ticket->at_ms &&
		    v->at_ms >= q->ticket->at_ms - AHEAD_MS &&
		    id_equal(&v->about, &q->ticket->gate);
	return TANU_OK;
}

static tanu_status stand(struct service *s, struct ticket_view *v, const struct gate_paper *gate,
			 tanu_error *err)
{
	struct sought q = {.ticket = &v->ticket};
	/* events come oldest first: what came later, from a new disk, leaves the old one behind */
	bool reported = id_equal(&gate->spool, &v->ticket.spool)
			    ? gate->view.received >= v->ticket.number
			    : gate->view.seen_ms > v->ticket.at_ms;
	tanu_status st = TANU_OK;

	if (subject_must_exist(s, &v->ticket.subject, NULL) < 0) {
		v->standing = TICKET_ERASED;
		return TANU_OK;
	}
	st = service_history_each(s, &v->ticket.subject, compare, &q, err);
	/* a gate that did not know the time is told by the number of its event alone */
	if (q.found ||
	    (reported && v->ticket.at_ms == 0 && id_equal(&gate->spool, &v->ticket.spool)))
		v->standing = TICKET_HERE;
	else if (!reported)
		v->standing = TICKET_AWAITED;
	else
		v->standing = q.kept ? TICKET_MISSING : TICKET_ERASED;
	return st;
}

/* ---- as it is brought ---- */

static tanu_status text_of(struct service *s, struct buf *out, const void *bytes, size_t len,
			   tanu_error *err)
{
	tanu_image_limits limits = settings_image_limits(&s->settings);
	struct service_pause pause;
	tanu_status st;

	if (gate_ticket_begins(bytes, len)) {
		buf_put(out, bytes, len);
		return buf_check(out, err);
	}
	pause = service_pause(s);
	st = worker_read_code(out, bytes, len, NULL, &limits, err);
	service_resume(s, &pause);
	return st;
}

tanu_status service_gate_ticket(struct service *s, struct ticket_view *out, const void *bytes,
				size_t len, tanu_error *err)
{
	struct ticket_view v = {.standing = TICKET_AWAITED};
	struct gate_paper gate = {0};
	struct buf text = {0};
	tanu_status st;

	if ((st = text_of(s, &text, bytes, len, err)) == TANU_OK &&
	    (st = service_ticket_read(&v.ticket, text.data, text.len, NULL, err)) == TANU_OK &&
	    (st = of_our_gate(s, &v, &gate, &text, err)) == TANU_OK)
		st = stand(s, &v, &gate, err);
	if (st == TANU_OK)
		*out = v;
	buf_wipe(&text);
	mem_wipe(&gate, sizeof(gate));
	return st;
}
