/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Look-alikes. A new reference is compared with those of others here, once, at enrolment, where
 * both consents cover it. Of a pair that matches each gets a row, sealed under her own profile key,
 * that names the other; nothing but "somebody" is ever shown of it. A row counts only while both
 * agree.
 */
#include "service/internal.h"

/* ---- at enrolment ---- */

static tanu_status bound(struct service *s, tanu_threshold *out, tanu_error *err)
{
	double fmr = settings_float(&s->settings, "match.lookalike_fmr");
	const tanu_calibration *calibration = NULL;
	tanu_status st = site_calibration(s, &calibration, err);

	if (st < 0)
		return st;
	if (!(fmr > 0))
		fmr = settings_float(&s->settings, "match.fmr");
	return tanu_threshold_for_fmr(out, calibration, fmr, err);
}

static tanu_status compare_with(struct service *s, struct lookalikes *out, const tanu_id *other,
				const tanu_reference *reference, tanu_error *err)
{
	tanu_reference theirs = {0};
	float score = 0;
	tanu_status st;

	if ((st = reference_open(s, &theirs, other, TANU_PURPOSE_CALIBRATION,
				 PERMIT_CLAIM_CALIBRATE, err)) < 0 ||
	    (st = id_list_add(&out->compared, other, err)) < 0)
		goto out;
	/* A reference of a former model says nothing about this one. */
	if (tanu_compare(&score, reference, &theirs, NULL) == TANU_OK &&
	    tanu_decide(score, &out->threshold).result == TANU_MATCH)
		st = id_list_add(&out->alike, other, err);
out:
	tanu_reference_wipe(&theirs);
	return st;
}

tanu_status lookalikes_find(struct service *s, struct lookalikes *out, const tanu_id *subject,
			    const struct consent_list *ledger, const tanu_reference *reference,
			    tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	struct id_list peers = {0};
	tanu_status st;

	if (!tanu_consent_find(ledger->v, ledger->len, subject, TANU_PURPOSE_CALIBRATION, now_ms))
		return TANU_OK;
	if ((st = bound(s, &out->threshold, err)) == TANU_OK)
		st = peers_find(s, &peers, now_ms, err);
	for (size_t i = 0; i < peers.len && st == TANU_OK; i++)
		if (!id_equal(&peers.v[i], subject))
			st = compare_with(s, out, &peers.v[i], reference, err);
	id_list_free(&peers);
	return st;
}

static tanu_status put_row(struct service *s, const tanu_id *subject, const tanu_id *other,
			   tanu_error *err)
{
	struct lookalike_row row = {.subject = *subject};
	struct key_name key = {.subject = *subject, .kind = KEY_PROFILE};
	struct buf plain = {0};
	tanu_status st;

	id_new(s, &row.id);
	if ((st = lookalike_encode(&plain, other, err)) == TANU_OK &&
	    (st = vault_seal(s->vault, &row.sealed, &key, &row.id, RECORD_VERSION, plain.data,
			     plain.len, err)) == TANU_OK)
		st = DB(s, lookalike_put, &row, err);
	buf_wipe(&plain);
	buf_free(&row.sealed);
	return st;
}

tanu_status lookalikes_put(struct service *s, const struct lookalikes *found,
			   const tanu_id *subject, int64_t now_ms, tanu_error *err)
{
	struct event_record event = {.purposes = TANU_PURPOSE_CALIBRATION,
				     .fmr = found->threshold.fmr,
				     .extrapolated = found->threshold.extrapolated};
	tanu_status st = lookalikes_drop(s, subject, err);

	event.type = TANU_EVENT_COMPARED;
	for (size_t i = 0; i < found->compared.len && st == TANU_OK; i++)
		st = history_put(s, &found->compared.v[i], 0, now_ms, &event, err);
	event.type = TANU_EVENT_SECOND_FACTOR;
	for (size_t i = 0; i < found->alike.len && st == TANU_OK; i++) {
		const tanu_id *other = &found->alike.v[i];

		if ((st = put_row(s, subject, other, err)) == TANU_OK &&
		    (st = put_row(s, other, subject, err)) == TANU_OK)
			st = history_put(s, other, 0, now_ms, &event, err);
	}
	if (st == TANU_OK && found->alike.len > 0)
		st = history_put(s, subject, 0, now_ms, &event, err);
	return st;
}

void lookalikes_free(struct lookalikes *found)
{
	id_list_free(&found->alike);
	id_list_free(&found->compared);
}

/* ---- what is noted ---- */

static tanu_status row_open(struct service *s, tanu_id *other, const struct lookalike_row *row,
			    tanu_error *err)
{
	struct key_name key = {.subject = row->subject, .kind = KEY_PROFILE};
	struct buf plain = {0};
	tanu_status st = vault_unseal(s->vault, &plain, &key, &row->id, RECORD_VERSION,
				      row->sealed.data, row->sealed.len, err);

	if (st == TANU_OK)
		st = lookalike_decode(other, &plain, err);
	buf_wipe(&plain);
	return st;
}

/* Both agree at this instant. */
static tanu_status pair_counts(struct service *s, bool *out, const struct lookalike_row *row,
			       int64_t now_ms, tanu_error *err)
{
	tanu_id other;
	tanu_status st = row_open(s, &other, row, err);

	if (st < 0 || (st = peer_agrees(s, out, &row->subject, now_ms, err)) < 0 || !*out)
		return st;
	st = peer_agrees(s, out, &other, now_ms, err);
	if (st != TANU_DAMAGED)
		return st;
	*out = true; /* the other one was edited: that opens no door */
	return TANU_OK;
}

struct question {
	struct service *s;
	int64_t now_ms;
	bool counts;
};

static tanu_status ask_row(void *self, const struct lookalike_row *row, tanu_error *err)
{
	struct question *q = self;

	return q->counts ? TANU_OK : pair_counts(q->s, &q->counts, row, q->now_ms, err);
}

tanu_status second_factor_needed(struct service *s, bool *out, const tanu_id *subject,
				 tanu_error *err)
{
	struct question q = {.s = s, .now_ms = clock_now(&s->clock)};
	tanu_status st = DB(s, lookalike_each, subject, ask_row, &q, err);

	if (st == TANU_OK)
		*out = q.counts;
	return st;
}

/* ---- forgetting ---- */

struct broom {
	struct service *s;
	const tanu_id *subject; /* whose rows go, and those that name her; NULL: outdated ones */
	int64_t now_ms;
	struct id_list rows;
};

static tanu_status sweep_row(void *self, const struct lookalike_row *row, tanu_error *err)
{
	struct broom *b = self;
	bool stays = false;
	tanu_id other;
	tanu_status st;

	if (!b->subject) {
		st = pair_counts(b->s, &stays, row, b->now_ms, err);
	} else if (id_equal(&row->subject, b->subject)) {
		st = TANU_OK;
	} else if ((st = row_open(b->s, &other, row, err)) == TANU_OK) {
		stays = !id_equal(&other, b->subject);
	}
	if (st == TANU_DAMAGED) /* the check shows it; here it must keep nobody out */
		return TANU_OK;
	if (st == TANU_ERASED) /* her key is gone, and with it what the row said */
		st = TANU_OK;
	return st < 0 || stays ? st : id_list_add(&b->rows, &row->id, err);
}

static tanu_status delete_rows(struct broom *b, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < b->rows.len && st == TANU_OK; i++)
		st = DB(b->s, lookalike_delete, &b->rows.v[i], err);
	return st;
}

tanu_status lookalikes_drop(struct service *s, const tanu_id *subject, tanu_error *err)
{
	struct broom b = {.s = s, .subject = subject};
	tanu_status st = DB(s, lookalike_each, NULL, sweep_row, &b, err);

	if (st == TANU_OK)
		st = delete_rows(&b, err);
	id_list_free(&b.rows);
	return st;
}

tanu_status lookalikes_sweep(struct service *s, int64_t now_ms, tanu_error *err)
{
	struct broom b = {.s = s, .now_ms = now_ms};
	tanu_status st = DB(s, lookalike_each, NULL, sweep_row, &b, err);

	if (st == TANU_OK && b.rows.len > 0 && (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, delete_rows(&b, err), err);
	id_list_free(&b.rows);
	return st;
}
