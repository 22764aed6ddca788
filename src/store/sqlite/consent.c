/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

static tanu_status read_row(const struct query *q, struct consent_row *row, tanu_error *err)
{
	row->consent.id = column_id(q, 0);
	row->consent.subject = column_id(q, 1);
	row->consent.purpose = (tanu_purpose)column_int(q, 2);
	row->consent.state = (tanu_consent_state)column_int(q, 3);
	row->consent.given_ms = column_int(q, 4);
	row->consent.not_after_ms = column_int(q, 5);
	row->consent.sequence = (uint64_t)column_int(q, 6);
	return column_bytes(q, 7, &row->detail, err);
}

tanu_status sqlite_consent_put(struct store *store, const struct consent_row *row, tanu_error *err)
{
	const tanu_consent *c = &row->consent;
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_CONSENT_PUT, err)) < 0)
		return st;
	bind_id(&q, 1, &c->id);
	bind_id(&q, 2, &c->subject);
	bind_int(&q, 3, c->purpose);
	bind_int(&q, 4, c->state);
	bind_int(&q, 5, c->given_ms);
	bind_int(&q, 6, c->not_after_ms);
	bind_int(&q, 7, (int64_t)c->sequence);
	bind_bytes(&q, 8, row->detail.data, row->detail.len);
	return query_run(&q, err);
}

tanu_status sqlite_consent_set(struct store *store, const tanu_id *id, tanu_consent_state state,
			       uint64_t sequence, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_CONSENT_SET, err)) < 0)
		return st;
	bind_id(&q, 1, id);
	bind_int(&q, 2, state);
	bind_int(&q, 3, (int64_t)sequence);
	return query_run_one(&q, TANU_ERR_NO_CONSENT, "there is no consent of this id", err);
}

tanu_status sqlite_consent_each(struct store *store, const tanu_id *subject,
				tanu_status (*each)(void *self, const struct consent_row *row,
						    tanu_error *err),
				void *self, tanu_error *err)
{
	struct consent_row row = {0};
	struct query q;
	tanu_status st;
	int got = 0;

	st = query_open(&q, store, subject ? SQL_CONSENT_EACH_OF : SQL_CONSENT_EACH, err);
	if (st < 0)
		return st;
	if (subject)
		bind_id(&q, 1, subject);
	while (st == TANU_OK && (got = query_step(&q, err)) > 0)
		if ((st = read_row(&q, &row, err)) == TANU_OK)
			st = each(self, &row, err);
	query_close(&q);
	buf_free(&row.detail);
	return got < 0 ? (tanu_status)got : st;
}
