/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for the public log. */
#include "store/sqlite/sqlite.h"

tanu_status sqlite_log_put(struct store *store, const struct log_entry_row *row, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_LOG_PUT, err)) < 0)
		return st;
	bind_id(&q, 1, &row->id);
	if (!id_is_zero(&row->hold)) /* else NULL */
		bind_id(&q, 2, &row->hold);
	bind_int(&q, 3, row->personal);
	bind_int(&q, 4, row->at_ms);
	bind_bytes(&q, 5, row->entry.data, row->entry.len);
	bind_bytes(&q, 6, row->opening.data, row->opening.len);
	return query_run(&q, err);
}

static tanu_status read_row(const struct query *q, struct log_entry_row *row, tanu_error *err)
{
	tanu_status st;

	row->id = column_id(q, 0);
	row->position = column_is_null(q, 1) ? -1 : column_int(q, 1);
	row->hold = column_id(q, 2);
	row->personal = column_int(q, 3) != 0;
	row->at_ms = column_int(q, 4);
	if ((st = column_bytes(q, 5, &row->entry, err)) < 0)
		return st;
	return column_bytes(q, 6, &row->opening, err);
}

tanu_status sqlite_log_each(struct store *store, bool placed,
			    tanu_status (*each)(void *self, const struct log_entry_row *row,
						tanu_error *err),
			    void *self, tanu_error *err)
{
	struct log_entry_row row = {0};
	struct query q;
	tanu_status st;
	int got = 0;

	st = query_open(&q, store, placed ? SQL_LOG_EACH_PLACED : SQL_LOG_EACH_WAITING, err);
	if (st < 0)
		return st;
	while (st == TANU_OK && (got = query_step(&q, err)) > 0) {
		if ((st = read_row(&q, &row, err)) == TANU_OK)
			st = each(self, &row, err);
	}
	query_close(&q);
	buf_free(&row.entry);
	buf_free(&row.opening);
	return got < 0 ? (tanu_status)got : st;
}

tanu_status sqlite_log_place(struct store *store, const tanu_id *id, uint64_t position,
			     tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_LOG_PLACE, err)) < 0)
		return st;
	bind_id(&q, 1, id);
	bind_int(&q, 2, (int64_t)position);
	return query_run_one(&q, TANU_ERR_RECORD_MISSING, "no such entry waits for the log", err);
}

tanu_status sqlite_log_release(struct store *store, const tanu_id *subject, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_LOG_RELEASE, err)) < 0)
		return st;
	bind_id(&q, 1, subject);
	return query_run(&q, err);
}

tanu_status sqlite_log_trim(struct store *store, uint64_t size, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_LOG_TRIM, err)) < 0)
		return st;
	bind_int(&q, 1, (int64_t)size);
	return query_run(&q, err);
}
