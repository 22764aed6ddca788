/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disclosure carried out. Log, then act: the persons' leaves, or the public sealed statements,
 * are in the published log before a byte leaves the site.
 */
#include "service/disclosure.h"

#include <stdlib.h>
#include <string.h>

#define DISCLOSED_HEADING "tanu disclosure v1\n"

/* ---- telling ---- */

static struct event_record disclosed_event(const struct disclosure *d, tanu_event type,
					   int64_t now_ms)
{
	struct event_record event = {.type = type,
				     .at_ms = now_ms,
				     .about = d->order.id,
				     .by = "site",
				     .recipient = d->order.authority,
				     .due_ms = d->order.due_ms};

	sha256(event.document, d->order_text.data, d->order_text.len);
	return event;
}

static tanu_status count(struct service *s, const char *name, int64_t now_ms, tanu_error *err)
{
	return DB(s, counter_add, name, date_to_days(date_from_ms(now_ms)), 1, err);
}

/* One person is not told yet: the public commits to what she will be told, and when. */
static tanu_status seal_one(struct service *s, struct disclosure *d,
			    const struct event_record *event, tanu_error *err)
{
	struct statement statement = {
	    .type = STATEMENT_DISCLOSURE_SEALED, .at_ms = event->at_ms, .due_ms = event->due_ms};
	struct sealing *sealing = &d->sealings[d->sealings_len];
	tanu_status st = event_encode(&sealing->event, event, err);

	d->sealings_len++;
	if (st < 0)
		return st;
	random_fill(&s->random, sealing->tag, sizeof(sealing->tag));
	sealing->due_ms = event->due_ms;
	memcpy(statement.tag, sealing->tag, sizeof(statement.tag));
	/* `about` is random and known to nobody outside: the digest can't be guessed */
	sha256(statement.commitment, sealing->event.data, sealing->event.len);
	if ((st = journal_state(s, &statement, err)) == TANU_OK)
		st = count(s, COUNT_SEALED, event->at_ms, err);
	return st;
}

/* Part of a transaction. */
static tanu_status tell(struct service *s, struct disclosure *d, tanu_event type, int64_t now_ms,
			tanu_error *err)
{
	struct event_record event = disclosed_event(d, type, now_ms);
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < d->order.subjects_len && st == TANU_OK; i++)
		st = d->order.due_ms
			 ? seal_one(s, d, &event, err)
			 : history_put(s, &d->order.subjects[i], 0, now_ms, &event, err);
	return st;
}

static tanu_status log_extension(struct service *s, struct disclosure *d, int64_t now_ms,
				 tanu_error *err)
{
	struct statement statement = {
	    .type = STATEMENT_DISCLOSURE_EXTENDED, .at_ms = now_ms, .due_ms = d->order.due_ms};
	struct disclosure *former = calloc(1, sizeof(*former));
	tanu_status st;

	if (!former)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	sha256(statement.document, d->order_text.data, d->order_text.len);
	st = disclosure_get(s, former, &d->order.extends, err);
	for (size_t i = 0; i < former->sealings_len && st == TANU_OK; i++) {
		struct sealing *sealing = &former->sealings[i];

		if (sealing->opened) {
			st = tanu_fail(err, TANU_ERR_APPROVAL, NULL,
				       "its due date has come and the person was told");
			break;
		}
		sealing->due_ms = d->order.due_ms;
		memcpy(statement.tag, sealing->tag, sizeof(statement.tag));
		if ((st = journal_state(s, &statement, err)) == TANU_OK)
			st = count(s, COUNT_EXTENDED, now_ms, err);
	}
	if (st == TANU_OK)
		st = disclosure_set(s, former, err);
	disclosure_free(former);
	free(former);
	return st;
}

/* ---- the log comes first ---- */

static tanu_status log_release(struct service *s, struct disclosure *d, int64_t now_ms,
			       tanu_error *err)
{
	tanu_status st;

	if (!id_is_zero(&d->order.extends)) {
		d->state = DISCLOSURE_RELEASED;
		if ((st = log_extension(s, d, now_ms, err)) < 0)
			return st;
	} else {
		d->state = DISCLOSURE_LOGGED;
		if ((st = tell(s, d, TANU_EVENT_DISCLOSED, now_ms, err)) < 0 ||
		    (st = count(s, COUNT_RELEASED, now_ms, err)) < 0)
			return st;
	}
	d->decided_ms = now_ms;
	return disclosure_set(s, d, err);
}

static tanu_status check_release(struct service *s, const struct disclosure *d, int64_t now_ms,
				 tanu_error *err)
{
	size_t approvals = 0;
	tanu_status st;

	if (d->state == DISCLOSURE_LOGGED)
		return TANU_OK;
	if (d->state != DISCLOSURE_REQUESTED)
		return tanu_fail(err, TANU_ERR_APPROVAL, NULL,
				 "this disclosure is %s: a further one needs an order of its own",
				 disclosure_state_name(d->state));
	if ((st = approvals_count(s, &approvals, d, err)) < 0)
		return st;
	if (approvals < DISCLOSURE_APPROVALS)
		return tanu_fail(
		    err, TANU_ERR_APPROVAL, NULL,
		    "%zu of %d approvals: two different people approve each disclosure "
		    "with keys of their own",
		    approvals, DISCLOSURE_APPROVALS);
	if (d->order.due_ms && d->order.due_ms <= now_ms)
		return tanu_fail(err, TANU_ERR_APPROVAL, NULL,
				 "the day on which the person is told has passed meanwhile: a new "
				 "order is needed");
	return TANU_OK;
}

/* Keys of the quarter, for whoever is still there. */
static tanu_status people_ready(struct service *s, const struct disclosure *d, int64_t at_ms,
				tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < d->order.subjects_len && st == TANU_OK; i++)
		if ((st = subject_must_exist(s, &d->order.subjects[i], err)) == TANU_OK)
			st = history_ready(s, &d->order.subjects[i], 1, at_ms, err);
	return st;
}

static tanu_status log_first(struct service *s, struct disclosure *d, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	tanu_status st;

	if ((st = clock_require(s, now_ms, err)) < 0 ||
	    (st = check_release(s, d, now_ms, err)) < 0 ||
	    (st = journal_publish(s, err)) < 0) /* a log that is stopped stops this */
		return st;
	if (d->state == DISCLOSURE_LOGGED)
		return TANU_OK;
	if ((st = people_ready(s, d, now_ms, err)) < 0 || (st = tx_begin(s, err)) < 0)
		return st;
	if ((st = tx_end(s, log_release(s, d, now_ms, err), err)) < 0)
		return st;
	return journal_publish(s, err);
}

/* ---- then the act ---- */

static tanu_status put_people(struct service *s, struct json_w *w, const struct disclosure *d,
			      tanu_error *err)
{
	struct export_range range = {
	    .fields = d->order.fields, .from_ms = d->order.from_ms, .to_ms = d->order.to_ms};
	tanu_status st = TANU_OK;

	jw_array(w, "people");
	for (size_t i = 0; i < d->order.subjects_len && st == TANU_OK; i++) {
		jw_object(w, NULL);
		st = export_person(s, w, &d->order.subjects[i], &range, err);
		jw_end_object(w);
	}
	jw_end_array(w);
	return st;
}

static tanu_status write_out(struct service *s, struct buf *out, const struct disclosure *d,
			     tanu_error *err)
{
	struct buf text = {0};
	uint8_t digest[DIGEST_LEN];
	struct json_w w;
	tanu_status st;

	sha256(digest, d->order_text.data, d->order_text.len);
	buf_str(&text, DISCLOSED_HEADING);
	jw_init(&w, &text);
	jw_object(&w, NULL);
	jw_text(&w, "authority", d->order.authority);
	jw_digest(&w, "order", digest);
	st = put_people(s, &w, d, err);
	jw_int(&w, "released_ms", d->decided_ms);
	jw_end_object(&w);
	buf_str(&text, "\n");
	if (st == TANU_OK && (st = buf_check(&text, err)) == TANU_OK)
		st = note_sign(out, &s->journal.signer, (const char *)text.data, text.len, err);
	buf_wipe(&text);
	return st < 0 ? st : buf_check(out, err);
}

tanu_status service_disclosure_release(struct service *s, struct buf *out, const tanu_id *id,
				       tanu_error *err)
{
	struct disclosure *d = calloc(1, sizeof(*d));
	tanu_status st;

	if (!d)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = disclosure_get(s, d, id, err)) == TANU_OK &&
	    (st = log_first(s, d, err)) == TANU_OK && d->state == DISCLOSURE_LOGGED)
		st = write_out(s, out, d, err);
	disclosure_free(d);
	free(d);
	return st;
}

tanu_status service_disclosure_done(struct service *s, const tanu_id *id, tanu_error *err)
{
	struct disclosure *d = calloc(1, sizeof(*d));
	tanu_status st;

	if (!d)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	st = disclosure_get(s, d, id, err);
	if (st == TANU_OK && d->state == DISCLOSURE_LOGGED) {
		d->state = DISCLOSURE_RELEASED;
		if ((st = tx_begin(s, err)) == TANU_OK)
			st = tx_end(s, disclosure_set(s, d, err), err);
	} else if (st == TANU_OK && d->state != DISCLOSURE_RELEASED) {
		st = tanu_fail(err, TANU_ERR_APPROVAL, NULL,
			       "this disclosure is %s: nothing of it was released",
			       disclosure_state_name(d->state));
	}
	disclosure_free(d);
	free(d);
	return st;
}

/* ---- a no ---- */

static tanu_status refuse(struct service *s, struct disclosure *d, int64_t now_ms, tanu_error *err)
{
	tanu_status st;

	d->state = DISCLOSURE_REFUSED;
	d->decided_ms = now_ms;
	if ((st = tell(s, d, TANU_EVENT_DISCLOSURE_REFUSED, now_ms, err)) < 0 ||
	    (st = count(s, COUNT_REFUSED, now_ms, err)) < 0)
		return st;
	return disclosure_set(s, d, err);
}

tanu_status service_disclosure_refuse(struct service *s, const tanu_id *id, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	struct disclosure *d = calloc(1, sizeof(*d));
	tanu_status st;

	if (!d)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = disclosure_get(s, d, id, err)) < 0)
		goto out;
	if (d->state != DISCLOSURE_REQUESTED)
		st = tanu_fail(err, TANU_ERR_APPROVAL, NULL, "this disclosure is %s already",
			       disclosure_state_name(d->state));
	else if ((st = people_ready(s, d, now_ms, err)) == TANU_OK &&
		 (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, refuse(s, d, now_ms, err), err);
out:
	disclosure_free(d);
	free(d);
	return st;
}

/* ---- the due date ---- */

static tanu_status take_due(void *self, const struct disclosure *d, tanu_error *err)
{
	struct id_list *due = self;

	return d->sealings_len > 0 && !d->sealings[0].opened ? id_list_add(due, &d->order.id, err)
							     : TANU_OK;
}

static tanu_status open_one(struct service *s, struct disclosure *d, size_t i, int64_t now_ms,
			    tanu_error *err)
{
	struct statement statement = {.type = STATEMENT_DISCLOSURE_OPENED, .at_ms = now_ms};
	struct sealing *sealing = &d->sealings[i];
	struct event_record event = {0};
	struct event_words words;
	tanu_error gone = {0};
	tanu_status st;

	memcpy(statement.tag, sealing->tag, sizeof(statement.tag));
	sealing->opened = true;
	if ((st = event_decode(&event, &words, &sealing->event, err)) < 0 ||
	    (st = journal_state(s, &statement, err)) < 0)
		return st;
	/* who has left meanwhile has no chain to read it in */
	if (subject_must_exist(s, &d->order.subjects[i], &gone) == TANU_NOT_FOUND)
		return TANU_OK;
	return history_keep(s, &d->order.subjects[i], 0, event.at_ms, &sealing->event, err);
}

static tanu_status open_all(struct service *s, struct disclosure *d, int64_t now_ms,
			    tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < d->sealings_len && st == TANU_OK; i++)
		st = open_one(s, d, i, now_ms, err);
	return st < 0 ? st : disclosure_set(s, d, err);
}

static tanu_status open_if_due(struct service *s, const tanu_id *id, int64_t now_ms,
			       tanu_error *err)
{
	struct disclosure *d = calloc(1, sizeof(*d));
	tanu_status st;

	if (!d)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	st = disclosure_get(s, d, id, err);
	if (st == TANU_OK && d->sealings_len > 0 && now_ms >= d->sealings[0].due_ms) {
		for (size_t i = 0; i < d->order.subjects_len && st == TANU_OK; i++)
			if (subject_must_exist(s, &d->order.subjects[i], NULL) == TANU_OK)
				st = history_ready(s, &d->order.subjects[i], 1, d->decided_ms, err);
		if (st == TANU_OK && (st = tx_begin(s, err)) == TANU_OK)
			st = tx_end(s, open_all(s, d, now_ms, err), err);
	}
	disclosure_free(d);
	free(d);
	return st;
}

tanu_status disclosures_due(struct service *s, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	struct id_list due = {0};
	tanu_status st;

	if (clock_behind(s, now_ms) || clock_jumped(s, now_ms))
		return TANU_OK;
	st = disclosures_each(s, take_due, &due, err);
	for (size_t i = 0; i < due.len && st == TANU_OK; i++)
		st = open_if_due(s, &due.v[i], now_ms, err);
	id_list_free(&due);
	return st;
}
