/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

static const char missing[] = "there is no record of this id";

tanu_status sqlite_record_put(struct store *store, const struct record_row *row, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_RECORD_PUT, err)) < 0)
		return st;
	bind_id(&q, 1, &row->subject);
	bind_int(&q, 2, row->kind);
	bind_id(&q, 3, &row->id);
	bind_int(&q, 4, row->created_ms);
	bind_bytes(&q, 5, row->sealed.data, row->sealed.len);
	return query_run(&q, err);
}

tanu_status sqlite_record_set(struct store *store, const tanu_id *id, const void *sealed,
			      size_t len, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_RECORD_SET, err)) < 0)
		return st;
	bind_id(&q, 1, id);
	bind_bytes(&q, 2, sealed, len);
	return query_run_one(&q, TANU_ERR_RECORD_MISSING, missing, err);
}

tanu_status sqlite_record_each(struct store *store, const tanu_id *subject,
			       tanu_status (*each)(void *self, const struct record_row *row,
						   tanu_error *err),
			       void *self, tanu_error *err)
{
	struct record_row row = {0};
	struct query q;
	tanu_status st;
	int got = 0;

	if ((st = query_open(&q, store, SQL_RECORD_EACH, err)) < 0)
		return st;
	bind_id(&q, 1, subject);
	while (st == TANU_OK && (got = query_step(&q, err)) > 0) {
		row.subject = column_id(&q, 0);
		row.kind = (uint8_t)column_int(&q, 1);
		row.id = column_id(&q, 2);
		row.created_ms = column_int(&q, 3);
		if ((st = column_bytes(&q, 4, &row.sealed, err)) == TANU_OK)
			st = each(self, &row, err);
	}
	query_close(&q);
	buf_free(&row.sealed);
	return got < 0 ? (tanu_status)got : st;
}

tanu_status sqlite_record_delete(struct store *store, const tanu_id *id, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_RECORD_DELETE, err)) < 0)
		return st;
	bind_id(&q, 1, id);
	return query_run(&q, err);
}
