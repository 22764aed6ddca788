/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

static const char missing[] = "there is no subject of this id";

static tanu_status read_row(const struct query *q, struct subject_row *row, tanu_error *err)
{
	row->id = column_id(q, 0);
	row->state = (enum subject_state)column_int(q, 1);
	row->created_ms = column_int(q, 2);
	row->sequence = (uint64_t)column_int(q, 3);
	return column_bytes(q, 4, &row->profile, err);
}

tanu_status sqlite_subject_put(struct store *store, const struct subject_row *row, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_SUBJECT_PUT, err)) < 0)
		return st;
	bind_id(&q, 1, &row->id);
	bind_int(&q, 2, row->state);
	bind_int(&q, 3, row->created_ms);
	bind_int(&q, 4, (int64_t)row->sequence);
	bind_bytes(&q, 5, row->profile.data, row->profile.len);
	return query_run(&q, err);
}

tanu_status sqlite_subject_get(struct store *store, struct subject_row *out, const tanu_id *id,
			       tanu_error *err)
{
	struct subject_row row = {0};
	struct query q;
	tanu_status st;
	int got;

	if ((st = query_open(&q, store, SQL_SUBJECT_GET, err)) < 0)
		return st;
	bind_id(&q, 1, id);
	got = query_step(&q, err);
	if (got > 0)
		st = read_row(&q, &row, err);
	else if (got < 0)
		st = (tanu_status)got;
	else
		st = tanu_fail(err, TANU_ERR_SUBJECT_MISSING, NULL, missing);
	query_close(&q);
	if (st == TANU_OK)
		*out = row;
	else
		buf_free(&row.profile);
	return st;
}

tanu_status sqlite_subject_each(struct store *store,
				tanu_status (*each)(void *self, const struct subject_row *row,
						    tanu_error *err),
				void *self, tanu_error *err)
{
	struct subject_row row = {0};
	struct query q;
	tanu_status st;
	int got = 0;

	if ((st = query_open(&q, store, SQL_SUBJECT_EACH, err)) < 0)
		return st;
	while (st == TANU_OK && (got = query_step(&q, err)) > 0)
		if ((st = read_row(&q, &row, err)) == TANU_OK)
			st = each(self, &row, err);
	query_close(&q);
	buf_free(&row.profile);
	return got < 0 ? (tanu_status)got : st;
}

tanu_status sqlite_subject_set(struct store *store, const tanu_id *id, enum subject_state state,
			       uint64_t sequence, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_SUBJECT_SET, err)) < 0)
		return st;
	bind_id(&q, 1, id);
	bind_int(&q, 2, state);
	bind_int(&q, 3, (int64_t)sequence);
	return query_run_one(&q, TANU_ERR_SUBJECT_MISSING, missing, err);
}

tanu_status sqlite_subject_set_profile(struct store *store, const tanu_id *id, const void *sealed,
				       size_t len, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_SUBJECT_SET_PROFILE, err)) < 0)
		return st;
	bind_id(&q, 1, id);
	bind_bytes(&q, 2, sealed, len);
	return query_run_one(&q, TANU_ERR_SUBJECT_MISSING, missing, err);
}

/* The reference first: the database lets no consent go while one is held under it. */
tanu_status sqlite_subject_delete(struct store *store, const tanu_id *id, tanu_error *err)
{
	static const enum sql order[] = {SQL_REFERENCE_DELETE,	  SQL_CONSENT_DELETE_OF,
					 SQL_LOOKALIKE_DELETE_OF, SQL_EVENT_DELETE_OF,
					 SQL_RECORD_DELETE_OF,	  SQL_SUBJECT_DELETE};
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < ARRAY_LEN(order) && st == TANU_OK; i++) {
		struct query q;

		if ((st = change_open(&q, store, order[i], err)) < 0)
			return st;
		bind_id(&q, 1, id);
		st = query_run(&q, err);
	}
	return st;
}
