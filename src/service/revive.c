/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A restored database, brought up to what is known of the time since: whose face has to be
 * forgotten (all: their keys are in no backup), who has left, which consents have ended, which
 * quarters were erased. It is known from the new leaves of each person's chain in the public log,
 * and from the holder's notice.
 */
#include "service/recovery.h"

#include <stdlib.h>
#include <string.h>

struct revival {
	struct service *s;
	struct restore_result *out;
	struct id_list people;
	struct log_chain *before; /* of each, as the backup has it */
	uint64_t sequence;	  /* of the ledger in the backup */
	struct recovery_notice notice;
	unsigned *ends;		  /* of each: purposes whose consents have ended */
	bool *leaves;		  /* has left */
	bool *renewed;		  /* her last leaf says that her log key was renewed */
	bool *newer;		  /* there is a consent that the backup does not know */
	struct key_list quarters; /* history keys to be destroyed */
};

static tanu_status no_memory(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
}

void revival_free(struct revival **revival)
{
	struct revival *r = *revival;

	if (!r)
		return;
	id_list_free(&r->people);
	key_list_free(&r->quarters);
	recovery_notice_free(&r->notice);
	free(r->before);
	free(r->ends);
	free(r->leaves);
	free(r->renewed);
	free(r->newer);
	free(r);
	*revival = NULL;
}

static tanu_status take_person(void *self, const struct subject_row *row, tanu_error *err)
{
	return id_list_add(self, &row->id, err);
}

static tanu_status load_chains(struct revival *r, tanu_error *err)
{
	const size_t len = r->people.len ? r->people.len : 1;

	r->before = calloc(len, sizeof(*r->before));
	r->ends = calloc(len, sizeof(*r->ends));
	r->leaves = calloc(len, sizeof(*r->leaves));
	r->renewed = calloc(len, sizeof(*r->renewed));
	r->newer = calloc(len, sizeof(*r->newer));
	if (!r->before || !r->ends || !r->leaves || !r->renewed || !r->newer)
		return no_memory(err);
	for (size_t i = 0; i < r->people.len; i++) {
		struct ledger_head head = {0};

		/* a damaged person is damaged as she was */
		if (head_get(r->s, &head, &r->people.v[i], NULL) == TANU_OK)
			r->before[i] = head.log;
	}
	return TANU_OK;
}

tanu_status revival_begin(struct revival **out, struct service *s, tanu_error *err)
{
	struct revival *r = calloc(1, sizeof(*r));
	tanu_status st;

	if (!r)
		return no_memory(err);
	r->s = s;
	if ((st = DB(s, subject_each, take_person, &r->people, err)) == TANU_OK)
		st = load_chains(r, err);
	if (st < 0)
		revival_free(&r);
	*out = r;
	return st;
}

/* ---- what the log says ---- */

/* The leaves that the log has beyond those of the backup. */
static tanu_status new_leaves(struct revival *r, struct found_leaf **out, size_t *out_len,
			      tanu_error *err)
{
	struct leaf_span *spans = calloc(r->people.len + 1, sizeof(*spans));
	size_t len = 0;
	tanu_status st;

	if (!spans)
		return no_memory(err);
	for (size_t i = 0; i < r->people.len; i++) {
		struct ledger_head head = {0};

		if (head_get(r->s, &head, &r->people.v[i], NULL) < 0)
			continue;
		/* keys made after the backup are not here: a chain ends with its last known key */
		if (head.log.generation == r->before[i].generation && head.log.n > r->before[i].n)
			spans[len++] = (struct leaf_span){.subject = r->people.v[i],
							  .who = i,
							  .generation = head.log.generation,
							  .first = r->before[i].n,
							  .end = head.log.n};
	}
	st = leaves_find(r->s, out, out_len, spans, len, err);
	free(spans);
	return st;
}

struct mark {
	struct revival *r;
	size_t who;
	const tanu_id *about; /* NULL: by the notice */
	size_t found;
};

static tanu_status mark_consent(void *self, const struct consent_row *row, tanu_error *err)
{
	struct mark *m = self;
	const tanu_consent *c = &row->consent;

	(void)err;
	if (m->about ? !id_equal(m->about, &c->id) : !recovery_notice_has(&m->r->notice, &c->id))
		return TANU_OK;
	m->found++;
	if (c->state == TANU_CONSENT_GIVEN || c->state == TANU_CONSENT_REQUESTED)
		m->r->ends[m->who] |= c->purpose;
	return TANU_OK;
}

static tanu_status take_event(struct revival *r, size_t who, const struct event_record *event,
			      tanu_error *err)
{
	const tanu_id *subject = &r->people.v[who];
	struct mark m = {.r = r, .who = who, .about = &event->about};

	r->renewed[who] = event->type == TANU_EVENT_LOG_KEY_RENEWED;
	switch (event->type) {
	case TANU_EVENT_SUBJECT_REMOVED:
		r->leaves[who] = true;
		return TANU_OK;
	case TANU_EVENT_CONSENT_WITHDRAWN:
	case TANU_EVENT_CONSENT_EXPIRED:
	case TANU_EVENT_CONSENT_LAPSED:
	case TANU_EVENT_CONSENT_REFUSED:
		r->ends[who] |= event->purposes;
		return TANU_OK;
	case TANU_EVENT_CONSENT_GIVEN:
		r->newer[who] = true;
		return DB(r->s, consent_each, subject, mark_consent, &m, err);
	case TANU_EVENT_HISTORY_ERASED:
		return event->quarter
			   ? key_list_add(&r->quarters, subject, KEY_HISTORY, event->quarter, err)
			   : TANU_OK;
	default:
		return TANU_OK;
	}
}

/* A leaf whose text is gone or unreadable says nothing; what erased it says so by itself. */
static tanu_status read_leaf(struct revival *r, const struct found_leaf *leaf, tanu_error *err)
{
	char text[TANU_EVENT_MAX];
	struct event_record event = {0};
	struct event_words words;
	struct buf plain = {0};
	struct secret key;
	size_t len = 0;
	tanu_status st =
	    vault_log_key(r->s->vault, &key, &r->people.v[leaf->who], leaf->generation, err);

	if (st < 0)
		return st;
	if (tanu_opening_read(text, &len, key.b, leaf->n, leaf->opening, NULL) == TANU_OK) {
		buf_put(&plain, text, len);
		if (event_decode(&event, &words, &plain, NULL) == TANU_OK)
			st = take_event(r, leaf->who, &event, err);
	}
	secret_wipe(&key);
	mem_wipe(text, sizeof(text));
	buf_wipe(&plain);
	return st;
}

static tanu_status follow_log(struct revival *r, tanu_error *err)
{
	struct found_leaf *found = NULL;
	size_t len = 0;
	tanu_status st = new_leaves(r, &found, &len, err);

	for (size_t i = 0; i < len && st == TANU_OK; i++)
		st = read_leaf(r, &found[i], err);
	free(found);
	r->out->log_leaves = len;
	return st;
}

/* ---- what the notice says ---- */

static tanu_status read_notice(struct revival *r, const char *path, tanu_error *err)
{
	struct buf bytes = {0};
	tanu_verifier log;
	tanu_status st = os_read_file(&bytes, path, TANU_NOTE_BYTES_MAX, err);

	signer_verifier(&log, &r->s->journal.signer);
	if (st == TANU_OK)
		st = recovery_notice_read(&r->notice, bytes.data, bytes.len, &log, err);
	if (st < 0)
		error_prefix_place(err, path);
	buf_free(&bytes);
	return st;
}

static tanu_status follow_notice(struct revival *r, const char *path, tanu_error *err)
{
	tanu_status st = read_notice(r, path, err);

	for (size_t i = 0; i < r->people.len && st == TANU_OK; i++) {
		struct mark m = {.r = r, .who = i};

		if (recovery_notice_has(&r->notice, &r->people.v[i]))
			r->leaves[i] = true;
		st = DB(r->s, consent_each, &r->people.v[i], mark_consent, &m, err);
	}
	r->out->notice_ms = r->notice.at_ms;
	return st;
}

/* ---- carrying it out ---- */

/* The reference's key is in no backup: the row goes, and her history says why. */
static tanu_status forget_face(struct revival *r, const tanu_id *subject, int64_t now_ms,
			       tanu_error *err)
{
	const struct event_record event = {
	    .type = TANU_EVENT_REFERENCE_ERASED, .by = "site", .reason = TANU_ERR_BACKUP};
	bool enrolled = false;
	tanu_status st = reference_exists(r->s, &enrolled, subject, err);

	if (st < 0 || !enrolled)
		return st;
	r->out->faces++;
	if ((st = DB(r->s, reference_delete, subject, err)) < 0 ||
	    (st = lookalikes_drop(r->s, subject, err)) < 0)
		return st;
	return history_note(r->s, subject, 0, now_ms, &event, err);
}

static tanu_status end_consents(struct revival *r, size_t who, int64_t now_ms, tanu_error *err)
{
	struct ending ending = {.state = TANU_CONSENT_WITHDRAWN,
				.event = TANU_EVENT_CONSENT_WITHDRAWN,
				.by = "site",
				.purposes = r->ends[who],
				.now_ms = now_ms};
	tanu_error why = {0};
	tanu_status st;

	if (r->ends[who] == 0)
		return TANU_OK;
	st = consents_end(r->s, &ending, &r->people.v[who], &why);
	r->out->ended += ending.count;
	if (st == TANU_DAMAGED && ending.count == 0) /* her consents count for nothing anyway */
		return TANU_OK;
	if (st < 0 && err)
		*err = why;
	return st;
}

static tanu_status let_leave(struct revival *r, const tanu_id *subject, int64_t now_ms,
			     tanu_error *err)
{
	struct tombstone_row row = {
	    .subject = *subject, .kind = TOMBSTONE_SUBJECT, .requested_ms = now_ms};
	uint64_t sequence = 0;
	tanu_status st;

	r->out->left++;
	if ((st = DB(r->s, sequence_next, &sequence, err)) < 0 ||
	    (st = DB(r->s, subject_set, subject, SUBJECT_LEAVING, sequence, err)) < 0)
		return st;
	return DB(r->s, tombstone_put, &row, err);
}

static tanu_status carry_out_one(struct revival *r, size_t who, int64_t now_ms, tanu_error *err)
{
	const tanu_id *subject = &r->people.v[who];
	uint64_t sequence = 0;
	tanu_status st = forget_face(r, subject, now_ms, err);

	if (st == TANU_OK && r->leaves[who])
		return let_leave(r, subject, now_ms, err);
	r->out->people++;
	r->out->newer += r->newer[who];
	if (st == TANU_OK)
		st = end_consents(r, who, now_ms, err);
	if (st == TANU_OK && r->renewed[who] &&
	    (st = DB(r->s, sequence_next, &sequence, err)) == TANU_OK)
		st = journal_renew(r->s, subject, sequence, now_ms, err);
	return st;
}

/* Keys first: those of this quarter's history, and of log keys that are renewed. */
static tanu_status make_ready(struct revival *r, int64_t now_ms, tanu_error *err)
{
	tanu_status st = history_ready(r->s, r->people.v, r->people.len, now_ms, err);

	for (size_t i = 0; i < r->people.len && st == TANU_OK; i++)
		if (r->renewed[i] && !r->leaves[i])
			st = journal_renew_ready(r->s, &r->people.v[i], err);
	return st;
}

static tanu_status carry_out(struct revival *r, tanu_error *err)
{
	const int64_t now_ms = clock_now(&r->s->clock);
	tanu_status st;

	if ((st = make_ready(r, now_ms, err)) < 0 || (st = tx_begin(r->s, err)) < 0)
		return st;
	for (size_t i = 0; i < r->people.len && st == TANU_OK; i++)
		st = carry_out_one(r, i, now_ms, err);
	if ((st = tx_end(r->s, st, err)) < 0 || r->quarters.len == 0)
		return st;
	return vault_kill_keys(r->s->vault, r->quarters.v, r->quarters.len, r->sequence, err);
}

tanu_status revival_finish(struct revival *r, struct restore_result *out, uint64_t sequence,
			   const char *notice, tanu_error *err)
{
	tanu_status st = TANU_OK;

	r->out = out;
	r->sequence = sequence;
	if (r->s->journal.stopped.status == TANU_OK)
		st = follow_log(r, err);
	if (st == TANU_OK && notice)
		st = follow_notice(r, notice, err);
	return st < 0 ? st : carry_out(r, err);
}
