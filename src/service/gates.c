/* SPDX-License-Identifier: Apache-2.0 */
/* Which gates there are: added by a name, paired by a code, revoked. */
#include "service/gate_inside.h"

#include <stdio.h>
#include <string.h>

#define META_GATE_KEYS "gate-keys"
#define CODE_HOURS     24
#define HOUR_MS	       ((int64_t)3600000)

#define IN_TOUCH_MS ((int64_t)60000)

static const char *const states[] = {
    [GATE_ADDED] = "added", [GATE_PAIRED] = "paired", [GATE_REVOKED] = "revoked"};

const char *service_gate_state_name(enum gate_standing state)
{
	return states[state];
}

/* ---- the site's own keys towards gates ---- */

tanu_status gate_secrets(struct service *s, struct gate_secrets *out, tanu_error *err)
{
	return site_secrets(s, META_GATE_KEYS, out, sizeof(*out), err);
}

/* ---- papers ---- */

struct gate_walk {
	tanu_status (*each)(void *self, const struct gate_paper *gate, tanu_error *err);
	void *self;
};

static tanu_status take_paper(void *self, const struct paper *paper, tanu_error *err)
{
	struct gate_walk *walk = self;
	struct gate_paper gate = {0};
	tanu_status st = gate_decode(&gate, &paper->text, err);

	gate.view.id = paper->id;
	if (st == TANU_OK)
		st = walk->each(walk->self, &gate, err);
	mem_wipe(&gate, sizeof(gate));
	return st;
}

static tanu_status gates_each(struct service *s,
			      tanu_status (*each)(void *self, const struct gate_paper *gate,
						  tanu_error *err),
			      void *self, tanu_error *err)
{
	struct gate_walk walk = {.each = each, .self = self};

	return papers_each(s, &s->site, RECORD_GATE, take_paper, &walk, err);
}

tanu_status gate_load(struct service *s, struct gate_paper *out, const tanu_id *id, tanu_error *err)
{
	struct gate_paper gate = {0};
	struct paper paper = {0};
	tanu_status st = paper_get(s, &paper, &s->site, id, err);

	if (st == TANU_OK && paper.kind != RECORD_GATE)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL, "there is no such gate");
	if (st == TANU_OK && (st = gate_decode(&gate, &paper.text, err)) == TANU_OK) {
		gate.view.id = *id;
		*out = gate;
	}
	paper_free(&paper);
	mem_wipe(&gate, sizeof(gate));
	return st;
}

tanu_status gate_store(struct service *s, const struct gate_paper *gate, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = gate_encode(&text, gate, err);

	if (st == TANU_OK)
		st = paper_set(s, &s->site, &gate->view.id, text.data, text.len, err);
	buf_wipe(&text);
	return st;
}

static tanu_status keep_rows(struct service *s, const struct gate_paper *gate, tanu_error *err)
{
	uint64_t sequence = 0;
	tanu_status st = DB(s, sequence_next, &sequence, err);

	return st < 0 ? st : gate_store(s, gate, err);
}

tanu_status gate_keep(struct service *s, const struct gate_paper *gate, tanu_error *err)
{
	tanu_status st = tx_begin(s, err);

	return st < 0 ? st : tx_end(s, keep_rows(s, gate, err), err);
}

/* Whose word counts is said in public: a ticket or a receipt is checked by that key. */
static tanu_status key_state(struct service *s, const struct gate_view *v, bool removed,
			     int64_t now_ms, tanu_error *err)
{
	struct statement statement = {.type = STATEMENT_GATE, .at_ms = now_ms, .removed = removed};
	tanu_verifier key = gate_verifier(&v->id, v->sign_key);
	struct buf text = {0};

	verifier_put(&text, &key);
	snprintf(statement.key, sizeof(statement.key), "%s", buf_cstr(&text));
	buf_free(&text);
	return journal_state(s, &statement, err);
}

/* The same as gate_keep, and the public log says that its key counts, or no more. */
static tanu_status keep_stated(struct service *s, const struct gate_paper *gate, bool removed,
			       int64_t now_ms, tanu_error *err)
{
	tanu_status st = tx_begin(s, err);

	if (st < 0)
		return st;
	if ((st = keep_rows(s, gate, err)) == TANU_OK)
		st = key_state(s, &gate->view, removed, now_ms, err);
	return tx_end(s, st, err);
}

tanu_status gate_must_serve(const struct gate_view *gate, tanu_error *err)
{
	if (gate->state == GATE_PAIRED)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_GATE, gate->name,
			 gate->state == GATE_REVOKED
			     ? "this gate was revoked: nothing of it is believed any more"
			     : "this gate is not paired yet");
}

/* ---- finding ---- */

struct sought {
	const char *text;   /* a name, or the first digits of an id */
	const uint8_t *pin; /* or the key of its certificate */
	size_t found;
	struct gate_paper gate;
};

static bool fits(const struct sought *q, const struct gate_view *v)
{
	char hex[ID_HEX_LEN];

	if (q->pin)
		return v->state == GATE_PAIRED && crypto_equal(q->pin, v->tls_pin, PAIR_PIN_LEN);
	if (strcmp(q->text, v->name) == 0)
		return true;
	id_hex(hex, &v->id);
	return strlen(q->text) >= 6 && strncasecmp(hex, q->text, strlen(q->text)) == 0;
}

static tanu_status match(void *self, const struct gate_paper *gate, tanu_error *err)
{
	struct sought *q = self;

	(void)err;
	if (!fits(q, &gate->view))
		return TANU_OK;
	q->found++;
	q->gate = *gate;
	return TANU_OK;
}

tanu_status service_gate_find(struct service *s, struct gate_view *out, const char *text,
			      tanu_error *err)
{
	struct sought q = {.text = text};
	tanu_status st = gates_each(s, match, &q, err);

	if (st < 0)
		return st;
	if (q.found != 1)
		return tanu_fail(err, TANU_ERR_RECORD_MISSING, text,
				 q.found ? "more than one gate fits: give more of its id"
					 : "there is no such gate: see tanu gate list");
	*out = q.gate.view;
	mem_wipe(&q, sizeof(q));
	return TANU_OK;
}

/* Of more gates than fit the one that was silent longest is forgotten. */
static void asked_note(struct service *s, const tanu_id *gate)
{
	size_t at = 0, oldest = 0;

	for (at = 0; at < s->asked_len && !id_equal(&s->asked[at].gate, gate); at++)
		if (s->asked[at].at_ms < s->asked[oldest].at_ms)
			oldest = at;
	if (at == s->asked_len && s->asked_len < GATES_ASKED_MAX)
		s->asked_len++;
	else if (at == s->asked_len)
		at = oldest;
	s->asked[at] = (struct gate_asked){.gate = *gate, .at_ms = clock_now(&s->clock)};
}

void service_gate_says(struct service *s, const tanu_id *gate, bool in_lockdown)
{
	for (size_t i = 0; i < s->asked_len; i++)
		if (id_equal(&s->asked[i].gate, gate))
			s->asked[i].in_lockdown = in_lockdown;
}

/* What is only known since the folder was opened. */
static void put_asked(const struct service *s, struct gate_view *v)
{
	for (size_t i = 0; i < s->asked_len; i++)
		if (id_equal(&s->asked[i].gate, &v->id)) {
			v->asked_ms = s->asked[i].at_ms;
			v->in_lockdown = s->asked[i].in_lockdown;
		}
}

bool service_gate_in_touch(const struct service *s, const struct gate_view *v)
{
	return v->state == GATE_PAIRED && v->asked_ms &&
	       clock_now(&s->clock) - v->asked_ms < IN_TOUCH_MS;
}

tanu_status service_gate_get(struct service *s, struct gate_view *out, const tanu_id *id,
			     tanu_error *err)
{
	struct gate_paper gate = {0};
	tanu_status st = gate_load(s, &gate, id, err);

	if (st == TANU_OK) {
		*out = gate.view;
		put_asked(s, out);
	}
	mem_wipe(&gate, sizeof(gate));
	return st;
}

tanu_status service_gate_by_pin(struct service *s, struct gate_view *out,
				const uint8_t pin[PAIR_PIN_LEN], tanu_error *err)
{
	static const uint8_t none[PAIR_PIN_LEN];
	struct sought q = {.pin = pin};
	tanu_status st = gates_each(s, match, &q, err);

	if (st == TANU_OK && (q.found != 1 || crypto_equal(pin, none, sizeof(none))))
		st = tanu_fail(err, TANU_ERR_GATE, NULL,
			       "this certificate is not that of a gate here");
	if (st == TANU_OK) {
		*out = q.gate.view;
		asked_note(s, &out->id);
	}
	mem_wipe(&q, sizeof(q));
	return st;
}

struct show {
	struct service *s;
	tanu_status (*each)(void *self, const struct gate_view *v, tanu_error *err);
	void *self;
};

static tanu_status show_gate(void *self, const struct gate_paper *gate, tanu_error *err)
{
	struct show *show = self;
	struct gate_view view = gate->view;

	put_asked(show->s, &view);
	return show->each(show->self, &view, err);
}

tanu_status service_gate_each(struct service *s,
			      tanu_status (*each)(void *self, const struct gate_view *v,
						  tanu_error *err),
			      void *self, tanu_error *err)
{
	struct show show = {.s = s, .each = each, .self = self};

	return gates_each(s, show_gate, &show, err);
}

/* ---- adding ---- */

static tanu_status name_is_free(struct service *s, const char *name, tanu_error *err)
{
	struct sought q = {.text = name};
	tanu_status st = text_check(name, PAIR_NAME_LEN - 1, "name", "the name of a gate", err);

	if (st == TANU_OK)
		st = gates_each(s, match, &q, err);
	if (st == TANU_OK && q.found && strcmp(q.gate.view.name, name) == 0 &&
	    q.gate.view.state != GATE_REVOKED)
		st = tanu_fail(err, TANU_ERR_CONFLICT, name,
			       "there is a gate of this name: choose another, or revoke that one");
	mem_wipe(&q, sizeof(q));
	return st;
}

static tanu_status zone_ready(struct service *s, const char *zone, tanu_error *err)
{
	struct lease_zone unused;
	tanu_error why = {0};
	tanu_status st = zone_load(s, &unused, zone, &why);

	if (st == TANU_NOT_FOUND)
		return service_zone_set(s, zone, service_zone_standard,
					strlen(service_zone_standard), err);
	if (st < 0 && err)
		*err = why;
	return st;
}

static tanu_status add_rows(struct service *s, struct gate_paper *gate, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = gate_encode(&text, gate, err);

	if (st == TANU_OK)
		st = paper_put(s, &gate->view.id, &s->site, RECORD_GATE, gate->view.added_ms,
			       text.data, text.len, err);
	buf_wipe(&text);
	return st;
}

tanu_status service_gate_add(struct service *s, struct gate_view *out, char code[PAIR_CODE_LEN],
			     const char *name, const char *zone, tanu_error *err)
{
	struct gate_paper gate = {.view = {.added_ms = clock_now(&s->clock)}};
	tanu_status st;

	if ((st = name_is_free(s, name, err)) < 0 || (st = zone_ready(s, zone, err)) < 0)
		return st;
	snprintf(gate.view.name, sizeof(gate.view.name), "%s", name);
	snprintf(gate.view.zone, sizeof(gate.view.zone), "%s", zone);
	gate.view.code_until_ms = gate.view.added_ms + CODE_HOURS * HOUR_MS;
	pair_code_make(code, &s->random);
	if ((st = pair_code_key(&gate.code_key, code, err)) == TANU_OK &&
	    (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, add_rows(s, &gate, err), err);
	if (st == TANU_OK)
		*out = gate.view;
	mem_wipe(&gate, sizeof(gate));
	return st;
}

tanu_status service_gate_revoke(struct service *s, const tanu_id *id, tanu_error *err)
{
	struct gate_paper gate = {0};
	tanu_status st = gate_load(s, &gate, id, err);

	if (st == TANU_OK && !gate.view.revoked_ms) {
		gate.view.revoked_ms = clock_now(&s->clock);
		secret_wipe(&gate.code_key);
		st = gate.view.paired_ms ? keep_stated(s, &gate, true, gate.view.revoked_ms, err)
					 : gate_keep(s, &gate, err);
	}
	mem_wipe(&gate, sizeof(gate));
	return st;
}

/* ---- pairing ---- */

struct pairing {
	const void *bytes;
	size_t len;
	int64_t now_ms;
	bool found;
	tanu_error why; /* of bytes that are no request at all */
	struct gate_paper gate;
	struct pair_request request;
};

/* Each gate that waits is tried: the code says which one it is. */
static tanu_status try_gate(void *self, const struct gate_paper *gate, tanu_error *err)
{
	static const struct secret none;
	struct pairing *p = self;

	(void)err;
	if (p->found || gate->view.state != GATE_ADDED || p->now_ms >= gate->view.code_until_ms ||
	    secret_equal(&gate->code_key, &none))
		return TANU_OK;
	if (pair_request_get(&p->request, p->bytes, p->len, &gate->code_key, &p->why) < 0)
		return TANU_OK;
	p->found = true;
	p->gate = *gate;
	return TANU_OK;
}

static tanu_status pair_answer(struct service *s, struct buf *reply, struct pairing *p,
			       const uint8_t *tls_pin, tanu_error *err)
{
	struct pair_reply answer = {.pair = {.site = s->site, .gate = p->gate.view.id}};
	struct gate_view *v = &p->gate.view;
	struct secret code = p->gate.code_key;
	struct gate_secrets own = {0};
	tanu_status st = gate_secrets(s, &own, err);

	if (st < 0)
		goto out;
	sign_public_key(answer.pair.site_sign, &own.sign);
	box_public_key(answer.pair.site_box, &own.box);
	if (tls_pin)
		memcpy(answer.tls_pin, tls_pin, sizeof(answer.tls_pin));
	snprintf(answer.name, sizeof(answer.name), "%s", v->name);
	memcpy(v->sign_key, p->request.sign_key, sizeof(v->sign_key));
	memcpy(v->box_key, p->request.box_key, sizeof(v->box_key));
	memcpy(v->tls_pin, p->request.tls_pin, sizeof(v->tls_pin));
	v->paired_ms = p->now_ms;
	v->state = GATE_PAIRED;
	secret_wipe(&p->gate.code_key);
	if ((st = keep_stated(s, &p->gate, false, p->now_ms, err)) == TANU_OK) {
		pair_reply_put(reply, &answer, &p->request, &code);
		st = buf_check(reply, err);
	}
out:
	mem_wipe(&own, sizeof(own));
	secret_wipe(&code);
	return st;
}

tanu_status service_gate_pair(struct service *s, struct buf *reply, struct gate_view *out,
			      const void *request, size_t request_len,
			      const uint8_t tls_pin[PAIR_PIN_LEN], tanu_error *err)
{
	struct pairing p = {.bytes = request, .len = request_len, .now_ms = clock_now(&s->clock)};
	tanu_status st = gates_each(s, try_gate, &p, err);

	if (st == TANU_OK && !p.found)
		st = p.why.code == TANU_ERR_FORMAT
			 ? tanu_fail(err, p.why.code, p.why.place, "%s", p.why.message)
			 : tanu_fail(err, TANU_ERR_GATE, NULL,
				     "no gate waits for this code, or its day is over: add the "
				     "gate again with tanu gate add");
	if (st == TANU_OK && (st = pair_answer(s, reply, &p, tls_pin, err)) == TANU_OK)
		*out = p.gate.view;
	mem_wipe(&p, sizeof(p));
	return st;
}
