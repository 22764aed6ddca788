/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events, sealed under one key per subject and calendar quarter: what happened to a person and
 * every use of her face. In clear stand only random ids and the time.
 */
#include "service/internal.h"

#include <string.h>

tanu_status history_ready(struct service *s, const tanu_id *subjects, size_t subjects_len,
			  int64_t now_ms, tanu_error *err)
{
	struct key_list keys = {0};
	struct key_name name = {.kind = KEY_HISTORY, .quarter = vault_quarter(now_ms)};
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < subjects_len && st == TANU_OK; i++) {
		name.subject = subjects[i];
		if (!vault_has_key(s->vault, &name))
			st = key_list_add(&keys, &subjects[i], KEY_HISTORY, name.quarter, err);
	}
	if (st == TANU_OK)
		st = keys_add(s, &keys, err);
	key_list_free(&keys);
	return st;
}

/* The leaf first: when the profile is damaged nothing is written. */
tanu_status history_keep(struct service *s, const tanu_id *subject, uint64_t sequence,
			 int64_t at_ms, const struct buf *text, tanu_error *err)
{
	struct event_row row = {.subject = *subject,
				.sequence = sequence,
				.at_ms = at_ms,
				.quarter = vault_quarter(at_ms)};
	struct key_name key = {.subject = *subject, .kind = KEY_HISTORY, .quarter = row.quarter};
	tanu_status st = journal_put(s, subject, clock_now(&s->clock), text, false, err);

	if (st < 0)
		return st;
	id_new(s, &row.id);
	if ((st = vault_seal(s->vault, &row.sealed, &key, &row.id, RECORD_VERSION, text->data,
			     text->len, err)) == TANU_OK)
		st = DB(s, event_put, &row, err);
	buf_free(&row.sealed);
	return st;
}

tanu_status history_put(struct service *s, const tanu_id *subject, uint64_t sequence,
			int64_t now_ms, const struct event_record *event, tanu_error *err)
{
	struct event_record record = *event;
	struct buf plain = {0};
	tanu_status st;

	record.at_ms = now_ms;
	record.sequence = sequence;
	if ((st = event_encode(&plain, &record, err)) == TANU_OK)
		st = history_keep(s, subject, sequence, now_ms, &plain, err);
	buf_wipe(&plain);
	return st;
}

tanu_status history_note(struct service *s, const tanu_id *subject, uint64_t sequence,
			 int64_t now_ms, const struct event_record *event, tanu_error *err)
{
	tanu_error why = {0};
	tanu_status st = history_put(s, subject, sequence, now_ms, event, &why);

	if (st == TANU_OK || st == TANU_DAMAGED || st == TANU_ERASED)
		return TANU_OK;
	if (err)
		*err = why;
	return st;
}

struct history_walk {
	struct service *s;
	uint64_t rows;
	tanu_status (*each)(void *self, const struct history_view *v, tanu_error *err);
	void *self;
};

static tanu_status fail_changed(const tanu_id *subject, tanu_error *err)
{
	char hex[ID_HEX_LEN];

	id_hex(hex, subject);
	return tanu_fail(err, TANU_ERR_DB_DAMAGED, hex,
			 "this person's history was changed by other means than Tanu");
}

static tanu_status show_event(void *self, const struct event_row *row, tanu_error *err)
{
	struct history_walk *walk = self;
	struct key_name key = {
	    .subject = row->subject, .kind = KEY_HISTORY, .quarter = row->quarter};
	struct history_view view = {.id = row->id, .at_ms = row->at_ms, .sequence = row->sequence};
	struct event_record event = {0};
	struct event_words words;
	struct buf plain = {0};
	tanu_status st;

	walk->rows++;
	if (!vault_has_key(walk->s->vault, &key))
		return TANU_OK; /* the quarter's retention is over */
	if ((st = vault_unseal(walk->s->vault, &plain, &key, &row->id, RECORD_VERSION,
			       row->sealed.data, row->sealed.len, err)) == TANU_OK)
		st = event_decode(&event, &words, &plain, err);
	buf_wipe(&plain);
	if (st == TANU_OK && (event.at_ms != row->at_ms || event.sequence != row->sequence))
		st = fail_changed(&row->subject, err);
	if (st < 0)
		return st;
	view.event = event.type;
	view.purposes = event.purposes;
	view.fmr = event.fmr;
	view.extrapolated = event.extrapolated;
	view.about = event.about;
	view.due_ms = event.due_ms;
	memcpy(view.reason, words.reason, sizeof(view.reason));
	memcpy(view.by, words.by, sizeof(view.by));
	memcpy(view.recipient, words.recipient, sizeof(view.recipient));
	memcpy(view.document, event.document, sizeof(view.document));
	return walk->each(walk->self, &view, err);
}

tanu_status service_history_each(struct service *s, const tanu_id *subject,
				 tanu_status (*each)(void *self, const struct history_view *v,
						     tanu_error *err),
				 void *self, tanu_error *err)
{
	struct history_walk walk = {.s = s, .each = each, .self = self};
	struct ledger_head head = {0};
	tanu_status st;

	if ((st = subject_must_exist(s, subject, err)) < 0 ||
	    (st = head_get(s, &head, subject, err)) < 0 ||
	    (st = DB(s, event_each, subject, show_event, &walk, err)) < 0)
		return st;
	return walk.rows == head.events ? TANU_OK : fail_changed(subject, err);
}
