/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The register of disclosures: what an authority asks for, who approved it, what became of it. Two
 * different people approve, each by her own key, the very text of the order; the site can't
 * approve.
 */
#include "service/disclosure.h"

#include <stdlib.h>
#include <string.h>

#define DAY_MS ((int64_t)86400000)

/* ---- the register ---- */

struct walk {
	tanu_status (*each)(void *self, const struct disclosure *d, tanu_error *err);
	void *self;
};

static tanu_status show(void *self, const struct paper *paper, tanu_error *err)
{
	struct walk *walk = self;
	struct disclosure *d = calloc(1, sizeof(*d));
	tanu_status st;

	if (!d)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	d->paper = paper->id;
	if ((st = disclosure_decode(d, &paper->text, err)) == TANU_OK) {
		d->paper = paper->id;
		st = walk->each(walk->self, d, err);
		disclosure_free(d);
	}
	free(d);
	return st;
}

tanu_status disclosures_each(struct service *s,
			     tanu_status (*each)(void *self, const struct disclosure *d,
						 tanu_error *err),
			     void *self, tanu_error *err)
{
	struct walk walk = {.each = each, .self = self};

	return papers_each(s, &s->site, RECORD_DISCLOSURE, show, &walk, err);
}

struct sought {
	tanu_id id, paper;
	bool found;
};

static tanu_status match(void *self, const struct disclosure *d, tanu_error *err)
{
	struct sought *q = self;

	(void)err;
	if (id_equal(&q->id, &d->order.id)) {
		q->paper = d->paper;
		q->found = true;
	}
	return TANU_OK;
}

tanu_status disclosure_get(struct service *s, struct disclosure *out, const tanu_id *id,
			   tanu_error *err)
{
	struct sought q = {.id = *id};
	struct paper paper = {0};
	tanu_status st = disclosures_each(s, match, &q, err);

	if (st < 0)
		return st;
	if (!q.found)
		return tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL,
				 "there is no disclosure of this number: see tanu disclosure list");
	*out = (struct disclosure){0};
	if ((st = paper_get(s, &paper, &s->site, &q.paper, err)) == TANU_OK &&
	    (st = disclosure_decode(out, &paper.text, err)) == TANU_OK)
		out->paper = q.paper;
	paper_free(&paper);
	return st;
}

tanu_status disclosure_set(struct service *s, const struct disclosure *d, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = disclosure_encode(&text, d, err);

	if (st == TANU_OK)
		st = paper_set(s, &s->site, &d->paper, text.data, text.len, err);
	buf_wipe(&text);
	return st;
}

/* ---- a request ---- */

tanu_status service_digest_file(uint8_t out[DIGEST_LEN], const char *path, size_t max_bytes,
				tanu_error *err)
{
	struct buf file = {0};
	tanu_status st = os_read_file(&file, path, max_bytes, err);

	if (st == TANU_OK)
		sha256(out, file.data, file.len);
	buf_wipe(&file);
	return st;
}

static tanu_status check_words(const char *text, const char *place, tanu_error *err)
{
	size_t len = strlen(text);

	if (len > 0 && len <= DISCLOSURE_TEXT_MAX && utf8_plain(text, len))
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_USAGE, place, "name it in 1 to %d bytes of plain text",
			 DISCLOSURE_TEXT_MAX);
}

static tanu_status check_due(struct service *s, const struct disclosure_order *o, int64_t now_ms,
			     tanu_error *err)
{
	int64_t most = now_ms + settings_int(&s->settings, "disclosure.seal_days") * DAY_MS;

	if (o->due_ms == 0)
		return TANU_OK;
	if (o->due_ms <= now_ms || o->due_ms > most)
		return tanu_fail(err, TANU_ERR_DATE, "due",
				 "the day on which the person is told lies in the future, at most "
				 "%lld days from now (setting disclosure.seal_days)",
				 (long long)settings_int(&s->settings, "disclosure.seal_days"));
	return check_words(o->due_basis, "due-basis", err);
}

static tanu_status check_order(struct service *s, const struct disclosure_order *o, int64_t now_ms,
			       tanu_error *err)
{
	tanu_status st;

	if ((st = check_words(o->authority, "authority", err)) < 0 ||
	    (st = check_words(o->basis, "basis", err)) < 0 ||
	    (st = check_due(s, o, now_ms, err)) < 0)
		return st;
	if (o->subjects_len == 0 || o->subjects_len > DISCLOSURE_PEOPLE_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "subject",
				 "name 1 to %d people, one by one: there is no bulk export",
				 DISCLOSURE_PEOPLE_MAX);
	if (o->fields == 0 || o->from_ms >= o->to_ms)
		return tanu_fail(err, TANU_ERR_USAGE, "fields",
				 "say which fields, and a first and a last day");
	for (size_t i = 0; i < o->subjects_len; i++) {
		if ((st = subject_must_exist(s, &o->subjects[i], err)) < 0)
			return st;
		for (size_t j = 0; j < i; j++)
			if (id_equal(&o->subjects[i], &o->subjects[j]))
				return tanu_fail(err, TANU_ERR_USAGE, "subject",
						 "somebody is named twice");
	}
	return TANU_OK;
}

/* An order that puts off a due date takes over whom it is about. */
static tanu_status take_extended(struct service *s, struct disclosure_order *o, tanu_error *err)
{
	struct disclosure *d = calloc(1, sizeof(*d));
	tanu_status st;

	if (!d)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = disclosure_get(s, d, &o->extends, err)) < 0)
		goto out;
	if (d->sealings_len == 0 || d->sealings[0].opened)
		st = tanu_fail(err, TANU_ERR_USAGE, "extends",
			       "that disclosure is not sealed: there is no due date to put off");
	else if (o->due_ms <= d->sealings[0].due_ms)
		st = tanu_fail(err, TANU_ERR_DATE, "due", "the new due date is not later");
	memcpy(o->subjects, d->order.subjects, sizeof(o->subjects));
	o->subjects_len = d->order.subjects_len;
	o->fields = d->order.fields;
	o->from_ms = d->order.from_ms;
	o->to_ms = d->order.to_ms;
	disclosure_free(d);
out:
	free(d);
	return st;
}

static tanu_status request_put(struct service *s, struct disclosure *d, int64_t now_ms,
			       tanu_error *err)
{
	struct buf text = {0};
	tanu_status st;

	if ((st = order_encode(&d->order_text, s, &d->order, err)) == TANU_OK &&
	    (st = disclosure_encode(&text, d, err)) == TANU_OK &&
	    (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s,
			    paper_put(s, NULL, &s->site, RECORD_DISCLOSURE, now_ms, text.data,
				      text.len, err),
			    err);
	buf_wipe(&text);
	return st;
}

tanu_status service_disclosure_request(struct service *s, struct disclosure_order *order,
				       tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	struct disclosure_order o = *order;
	struct disclosure *d;
	tanu_status st = clock_require(s, now_ms, err);

	if (st == TANU_OK && !id_is_zero(&o.extends))
		st = take_extended(s, &o, err);
	if (st < 0 || (st = check_order(s, &o, now_ms, err)) < 0)
		return st;
	d = calloc(1, sizeof(*d));
	if (!d)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	id_new(s, &o.id);
	d->order = o;
	d->state = DISCLOSURE_REQUESTED;
	d->requested_ms = now_ms;
	if ((st = request_put(s, d, now_ms, err)) == TANU_OK)
		order->id = o.id;
	disclosure_free(d);
	free(d);
	return st;
}

/* ---- approvals ---- */

static tanu_status approval_text(struct buf *out, const struct disclosure *d, tanu_error *err)
{
	buf_str(out, APPROVAL_HEADING);
	buf_put(out, d->order_text.data, d->order_text.len);
	buf_str(out, "\n");
	return buf_check(out, err);
}

tanu_status service_disclosure_text(struct service *s, struct buf *out, const tanu_id *id,
				    tanu_error *err)
{
	struct disclosure *d = calloc(1, sizeof(*d));
	tanu_status st;

	if (!d)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = disclosure_get(s, d, id, err)) == TANU_OK) {
		st = approval_text(out, d, err);
		disclosure_free(d);
	}
	free(d);
	return st;
}

struct key_search {
	const tanu_note *note;
	char key[TANU_ORIGIN_MAX + 64]; /* "": of nobody who counts */
	bool false_signature;
};

static tanu_status try_key(void *self, const struct approver_view *v, tanu_error *err)
{
	struct key_search *q = self;
	tanu_verifier verifier;
	tanu_status st;

	if (!v->counts || tanu_verifier_parse(&verifier, v->key, err) < 0)
		return TANU_OK;
	st = tanu_note_verify(q->note, &verifier, NULL, NULL);
	if (st == TANU_OK)
		memcpy(q->key, v->key, sizeof(q->key));
	q->false_signature |= st == TANU_DAMAGED;
	return TANU_OK;
}

/* Who signed exactly the order's text? */
static tanu_status approval_check(struct service *s, struct approval *out,
				  const struct disclosure *d, const void *bytes, size_t len,
				  tanu_error *err)
{
	struct key_search q = {0};
	struct buf expected = {0};
	tanu_note *note = malloc(sizeof(*note));
	tanu_status st;

	if (!note)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	q.note = note;
	if ((st = tanu_note_split(note, bytes, len, err)) < 0 ||
	    (st = approval_text(&expected, d, err)) < 0)
		goto out;
	if (note->text_len != expected.len ||
	    memcmp(note->text, expected.data, expected.len) != 0) {
		st = tanu_fail(err, TANU_ERR_APPROVAL, NULL,
			       "what was signed is not this order: export it anew with tanu "
			       "disclosure order, and sign that");
		goto out;
	}
	if ((st = service_approvers_each(s, try_key, &q, err)) < 0)
		goto out;
	if (q.false_signature)
		st = tanu_fail(err, TANU_ERR_SIGNATURE, NULL, "the signature is false");
	else if (!q.key[0])
		st = tanu_fail(err, TANU_ERR_APPROVAL, NULL,
			       "not signed by an approver of this site who counts yet: see tanu "
			       "approver list");
	memcpy(out->key, q.key, sizeof(out->key));
out:
	buf_free(&expected);
	free(note);
	return st;
}

static tanu_status approval_add(struct service *s, struct disclosure *d, struct approval *a,
				tanu_error *err)
{
	tanu_status st;

	if (d->state != DISCLOSURE_REQUESTED)
		return tanu_fail(err, TANU_ERR_APPROVAL, NULL,
				 "this disclosure is %s: nothing is to be approved",
				 disclosure_state_name(d->state));
	for (size_t i = 0; i < d->approvals_len; i++)
		if (strcmp(d->approvals[i].key, a->key) == 0)
			return tanu_fail(
			    err, TANU_ERR_APPROVAL, NULL,
			    "this person has approved it already: two different people "
			    "are needed");
	if (d->approvals_len == APPROVALS_MAX)
		return tanu_fail(err, TANU_ERR_APPROVAL, NULL, "it has approvals enough");
	d->approvals[d->approvals_len++] = *a;
	*a = (struct approval){0};
	if ((st = tx_begin(s, err)) < 0)
		return st;
	return tx_end(s, disclosure_set(s, d, err), err);
}

tanu_status service_disclosure_approve(struct service *s, const tanu_id *id, const void *note,
				       size_t note_len, tanu_error *err)
{
	struct approval a = {.at_ms = clock_now(&s->clock)};
	struct disclosure *d = calloc(1, sizeof(*d));
	tanu_status st;

	if (!d)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if (note_len > APPROVAL_MAX)
		st = tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, NULL,
			       "an approval has at most %d bytes", APPROVAL_MAX);
	else if ((st = disclosure_get(s, d, id, err)) == TANU_OK &&
		 (st = approval_check(s, &a, d, note, note_len, err)) == TANU_OK) {
		buf_put(&a.note, note, note_len);
		if ((st = buf_check(&a.note, err)) == TANU_OK)
			st = approval_add(s, d, &a, err);
	}
	buf_free(&a.note);
	disclosure_free(d);
	free(d);
	return st;
}

/* Whoever was removed meanwhile counts no more; the same name under two keys is one person. */
static bool same_name(const char *a, const char *b)
{
	size_t len = strcspn(a, "+");

	return len == strcspn(b, "+") && strncmp(a, b, len) == 0;
}

tanu_status approvals_count(struct service *s, size_t *out, const struct disclosure *d,
			    tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	tanu_status st = TANU_OK;

	*out = 0;
	for (size_t i = 0; i < d->approvals_len && st == TANU_OK; i++) {
		bool counts = false, again = false;

		st = approver_counts(s, &counts, d->approvals[i].key, now_ms, err);
		for (size_t j = 0; j < i; j++)
			again |= same_name(d->approvals[i].key, d->approvals[j].key);
		*out += counts && !again;
	}
	return st;
}

/* ---- the list ---- */

struct showing {
	struct service *s;
	tanu_status (*each)(void *self, const struct disclosure_view *v, tanu_error *err);
	void *self;
};

static tanu_status show_view(void *self, const struct disclosure *d, tanu_error *err)
{
	struct showing *showing = self;
	struct disclosure_view view = {.order = d->order,
				       .state = d->state,
				       .requested_ms = d->requested_ms,
				       .decided_ms = d->decided_ms,
				       .sealed = d->sealings_len > 0 && !d->sealings[0].opened};
	tanu_status st = approvals_count(showing->s, &view.approvals, d, err);

	if (d->sealings_len > 0)
		view.order.due_ms = d->sealings[0].due_ms;
	return st < 0 ? st : showing->each(showing->self, &view, err);
}

tanu_status service_disclosures_each(struct service *s,
				     tanu_status (*each)(void *self,
							 const struct disclosure_view *v,
							 tanu_error *err),
				     void *self, tanu_error *err)
{
	struct showing showing = {.s = s, .each = each, .self = self};

	return disclosures_each(s, show_view, &showing, err);
}
