/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What gates report, each event once: uses become events of the person's history and leaves of her
 * log, embeddings and permits join the site's counts, and the number of the last event goes into
 * the same transaction. What comes again is known by its number.
 */
#include "service/gate_inside.h"

#include "lease/ticket.h"
#include "rules/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct intake {
	struct service *s;
	struct gate_paper gate;
	struct spool_batch batch;
	struct gate_event *events; /* of the whole batch */
	int64_t now_ms;
	struct gate_intake *out;
};

/* ---- one event ---- */

/* A gate without the time says nothing about when: then it counts as now. */
static int64_t event_time(const struct intake *in, const struct gate_event *e)
{
	return e->time_trusted && e->at_ms > 0 && e->at_ms < in->now_ms ? e->at_ms : in->now_ms;
}

static bool of_a_person(const struct intake *in, const struct gate_event *e)
{
	return !id_is_zero(&e->subject) && subject_must_exist(in->s, &e->subject, NULL) == TANU_OK;
}

static tanu_status count(struct intake *in, const char *name, int64_t at_ms, uint64_t n,
			 tanu_error *err)
{
	return n ? DB(in->s, counter_add, name, date_to_days(date_from_ms(at_ms)), n, err)
		 : TANU_OK;
}

/* What became of her face, where features of it were computed. */
static tanu_event face_event(enum gate_face face)
{
	switch (face) {
	case GATE_FACE_MATCH:
		return TANU_EVENT_VERIFIED;
	case GATE_FACE_NO_MATCH:
		return TANU_EVENT_VERIFY_NO_MATCH;
	case GATE_FACE_REFUSED:
		return TANU_EVENT_VERIFY_REFUSED;
	case GATE_FACE_NONE:
	case GATE_FACES:
		break;
	}
	return TANU_EVENT_NONE;
}

/* Her rows; a damaged profile is no reason to lose the others' events. */
static tanu_status person_rows(struct intake *in, const struct gate_event *e, int64_t at_ms,
			       tanu_error *err)
{
	struct event_record face = {.type = face_event(e->face),
				    .purposes = TANU_PURPOSE_ACCESS,
				    .about = in->gate.view.id,
				    .fmr = (double)e->fmr_ppb / 1e9,
				    .extrapolated = e->extrapolated};
	struct event_record passing = {.type = e->verdict == RULES_GRANT ? TANU_EVENT_ADMITTED
									 : TANU_EVENT_NOT_ADMITTED,
				       .about = in->gate.view.id};
	tanu_error why = {0};
	tanu_status st = TANU_OK;

	if (face.type == TANU_EVENT_VERIFY_REFUSED)
		face.reason = TANU_ERR_FACE_QUALITY;
	if (face.type != TANU_EVENT_NONE)
		st = history_note(in->s, &e->subject, 0, at_ms, &face, err);
	if (st == TANU_OK)
		st = history_note(in->s, &e->subject, 0, at_ms, &passing, err);
	if (st == TANU_OK && e->embeddings > 0) {
		st = head_add_embeddings(in->s, &e->subject, e->embeddings, &why);
		if (st == TANU_DAMAGED || st == TANU_ERASED)
			st = TANU_OK;
		else if (st < 0 && err)
			*err = why;
	}
	return st;
}

static void note(struct gate_view *v, const struct gate_event *e, int64_t at_ms)
{
	size_t kept = v->notes_len < GATE_NOTES ? v->notes_len : GATE_NOTES - 1;

	/* the same once more only moves its time: it drives nothing else out of the list */
	if (v->notes_len && strcmp(v->notes[0].word, e->word) == 0) {
		v->notes[0].at_ms = at_ms;
		return;
	}
	memmove(&v->notes[1], &v->notes[0], kept * sizeof(v->notes[0]));
	v->notes[0].at_ms = at_ms;
	snprintf(v->notes[0].word, sizeof(v->notes[0].word), "%s", e->word);
	v->notes_len = kept + 1;
}

static tanu_status decision_rows(struct intake *in, const struct gate_event *e, int64_t at_ms,
				 tanu_error *err)
{
	struct gate_view *v = &in->gate.view;
	bool grant = e->verdict == RULES_GRANT;
	tanu_status st;

	if ((st = count(in, "embeddings", at_ms, e->embeddings, err)) < 0 ||
	    (st = count(in, "permits", at_ms, e->permits, err)) < 0 ||
	    (st = count(in, grant ? "uses" : "refusals", at_ms, 1, err)) < 0 ||
	    (st = parity_count(in->s, e, date_to_days(date_from_ms(at_ms)), err)) < 0)
		return st;
	v->embeddings += e->embeddings;
	v->permits += e->permits;
	v->grants += grant;
	v->refusals += !grant;
	if (e->word[0]) /* an attack, and by what it was seen */
		note(v, e, at_ms);
	return of_a_person(in, e) ? person_rows(in, e, at_ms, err) : TANU_OK;
}

/* ---- confirmations ---- */

#define NOTE_MAX 1024

/* The gate's text and its signature as a signed note, which tools of others can check too. */
static tanu_status note_make(struct buf *out, const struct intake *in, const struct gate_event *e,
			     tanu_error *err)
{
	const struct gate_view *v = &in->gate.view;
	tanu_status st;

	gate_erased_text(out, &in->s->site, &v->id, &e->subject, e->number, e->at_ms);
	if ((st = buf_check(out, err)) < 0)
		return st;
	if (!e->is_signed || !sign_verify(e->signature, v->sign_key, out->data, out->len))
		return tanu_fail(
		    err, TANU_ERR_SIGNATURE, v->name,
		    "the gate's word that it has erased something is not signed by it");
	gate_note_end(out, &v->id, v->sign_key, e->signature);
	return buf_check(out, err);
}

/* JSON holds no line ends: the note as base64. */
static tanu_status confirmation_encode(struct buf *out, const tanu_id *subject,
				       const struct buf *text, tanu_error *err)
{
	uint8_t digest[DIGEST_LEN];
	struct buf base64 = {0};
	struct json_w w;

	sha256(digest, subject->b, TANU_ID_LEN);
	base64_put(&base64, text->data, text->len);
	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_text(&w, "note", buf_cstr(&base64));
	jw_digest(&w, "subject_sha256", digest);
	jw_end_object(&w);
	buf_free(&base64);
	return buf_check(out, err);
}

static tanu_status confirmed_rows(struct intake *in, const struct gate_event *e, int64_t at_ms,
				  tanu_error *err)
{
	struct event_record event = {.type = TANU_EVENT_ERASED_AT_GATE, .about = in->gate.view.id};
	bool here = of_a_person(in, e);
	struct buf text = {.max = NOTE_MAX}, paper = {0};
	tanu_status st;

	if ((st = note_make(&text, in, e, err)) < 0 ||
	    (st = confirmation_encode(&paper, &e->subject, &text, err)) < 0)
		goto out;
	sha256(event.document, text.data, text.len);
	st = paper_put(in->s, NULL, here ? &e->subject : &in->s->site,
		       here ? RECORD_CONFIRMED : RECORD_CONFIRMED_LEFT, at_ms, paper.data,
		       paper.len, err);
	if (st == TANU_OK && here)
		st = history_note(in->s, &e->subject, 0, at_ms, &event, err);
	in->out->confirmed += st == TANU_OK;
out:
	buf_free(&text);
	buf_free(&paper);
	return st;
}

static tanu_status event_rows(struct intake *in, const struct gate_event *e, tanu_error *err)
{
	int64_t at_ms = event_time(in, e);

	switch (e->kind) {
	case GATE_EVENT_DECISION:
		return decision_rows(in, e, at_ms, err);
	case GATE_EVENT_ERASED:
		return confirmed_rows(in, e, at_ms, err);
	case GATE_EVENT_LOST:
		in->gate.view.missing += e->number;
		break;
	case GATE_EVENT_DOOR:
	case GATE_EVENT_DEVICE:
	case GATE_EVENT_LEASE:
	case GATE_EVENT_CLOCK:
	case GATE_EVENT_START:
	case GATE_EVENT_BELL:
	case GATE_EVENT_NONE:
	case GATE_EVENT_KINDS:
		break;
	}
	if (e->word[0])
		note(&in->gate.view, e, at_ms);
	return TANU_OK;
}

/* ---- the batch ---- */

static tanu_status batch_open(struct intake *in, const void *bytes, size_t len, tanu_error *err)
{
	struct gate_secrets own = {0};
	tanu_id id = {{0}};
	tanu_status st;

	if ((st = spool_batch_gate(&id, bytes, len, err)) < 0 ||
	    (st = gate_load(in->s, &in->gate, &id, err)) < 0 ||
	    (st = gate_must_serve(&in->gate.view, err)) < 0 ||
	    (st = spool_batch_get(&in->batch, bytes, len, in->gate.view.sign_key, err)) < 0 ||
	    (st = gate_secrets(in->s, &own, err)) < 0)
		return st;
	in->events = calloc(in->batch.len, sizeof(*in->events));
	if (!in->events)
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for events");
	for (size_t i = 0; i < in->batch.len && st == TANU_OK; i++)
		st = spool_batch_event(&in->events[i], &in->batch, i, &own.box, err);
	mem_wipe(&own, sizeof(own));
	return st;
}

/* Where this batch begins against what is here; numbers that never came are counted. */
static size_t batch_known(struct intake *in)
{
	struct gate_paper *g = &in->gate;
	uint64_t last = in->batch.first + in->batch.len - 1;

	if (!id_equal(&g->spool, &in->batch.spool)) {
		g->spool = in->batch.spool;
		g->view.received = in->batch.first - 1;
	}
	if (in->batch.first > g->view.received + 1) {
		g->view.missing += in->batch.first - g->view.received - 1;
		g->view.received = in->batch.first - 1;
	}
	if (last <= g->view.received)
		return in->batch.len;
	return (size_t)(g->view.received + 1 - in->batch.first);
}

static tanu_status keys_ready(struct intake *in, size_t from, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = from; i < in->batch.len && st == TANU_OK; i++)
		if (of_a_person(in, &in->events[i]))
			st = history_ready(in->s, &in->events[i].subject, 1,
					   event_time(in, &in->events[i]), err);
	return st;
}

static tanu_status batch_rows(struct intake *in, size_t from, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = from; i < in->batch.len && st == TANU_OK; i++)
		st = event_rows(in, &in->events[i], err);
	if (st < 0)
		return st;
	in->gate.view.received = in->batch.first + in->batch.len - 1;
	in->gate.view.seen_ms = in->now_ms;
	return gate_store(in->s, &in->gate, err);
}

tanu_status service_gate_events(struct service *s, struct gate_intake *out,
				const struct gate_watcher *watcher, const void *batch,
				size_t batch_len, tanu_error *err)
{
	struct gate_intake done = {0};
	struct intake in = {.s = s, .now_ms = clock_now(&s->clock), .out = &done};
	size_t from;
	tanu_status st = batch_open(&in, batch, batch_len, err);

	if (st < 0)
		goto out;
	from = batch_known(&in);
	if (from < in.batch.len && (st = keys_ready(&in, from, err)) == TANU_OK &&
	    (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, batch_rows(&in, from, err), err);
	if (st == TANU_OK) {
		done.upto = in.gate.view.received;
		done.known = from;
		done.taken = in.batch.len - from;
		*out = done;
		for (size_t i = from; watcher && i < in.batch.len; i++)
			watcher->told(watcher->self, &in.gate.view.id, &in.events[i]);
	}
out:
	free(in.events);
	mem_wipe(&in, sizeof(in));
	return st;
}

/* ---- what gates have confirmed ---- */

struct confirmed {
	uint8_t subject[DIGEST_LEN];
	tanu_status (*each)(void *self, const struct buf *note, tanu_error *err);
	void *self;
};

static tanu_status take_note(struct confirmed *c, json_value root, tanu_error *err)
{
	uint8_t subject[DIGEST_LEN];
	struct buf note = {.max = NOTE_MAX};
	const char *base64 = NULL;
	tanu_status st;

	if ((st = sealed_digest(subject, root, "subject_sha256", err)) < 0 ||
	    memcmp(subject, c->subject, sizeof(subject)) != 0 ||
	    (st = json_text(&base64, root, "note", err)) < 0)
		return st;
	if ((st = base64_get(&note, base64, strlen(base64), err)) == TANU_OK)
		st = c->each(c->self, &note, err);
	buf_free(&note);
	return st;
}

static tanu_status take_confirmation(void *self, const struct paper *paper, tanu_error *err)
{
	struct json_doc *doc = NULL;
	tanu_status st =
	    json_parse(&doc, paper->text.data, paper->text.len, RECORD_MAX, "confirmation", err);

	if (st == TANU_OK)
		st = take_note(self, json_root(doc), err);
	json_free(&doc);
	return st;
}

tanu_status confirmations_each(struct service *s, const tanu_id *subject,
			       tanu_status (*each)(void *self, const struct buf *note,
						   tanu_error *err),
			       void *self, tanu_error *err)
{
	struct confirmed c = {.each = each, .self = self};
	bool here = subject_must_exist(s, subject, NULL) == TANU_OK;
	tanu_status st = TANU_OK;

	sha256(c.subject, subject->b, TANU_ID_LEN);
	if (here)
		st = papers_each(s, subject, RECORD_CONFIRMED, take_confirmation, &c, err);
	if (st == TANU_OK)
		st = papers_each(s, &s->site, RECORD_CONFIRMED_LEFT, take_confirmation, &c, err);
	return st;
}

/* ---- all of them as one text ---- */

struct confirmed_text {
	struct buf *out;
	size_t count;
};

static tanu_status put_note(void *self, const struct buf *note, tanu_error *err)
{
	struct confirmed_text *text = self;

	if (text->count++ > 0)
		buf_str(text->out, "\n");
	buf_put(text->out, note->data, note->len);
	return buf_check(text->out, err);
}

tanu_status service_gate_confirmations(struct service *s, struct buf *out, size_t *confirmations,
				       const tanu_id *subject, tanu_error *err)
{
	struct confirmed_text text = {.out = out};
	tanu_status st = confirmations_each(s, subject, put_note, &text, err);

	if (st == TANU_OK)
		*confirmations = text.count;
	return st;
}
