/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

static tanu_status read_row(const struct query *q, struct event_row *row, tanu_error *err)
{
	row->subject = column_id(q, 0);
	row->at_ms = column_int(q, 1);
	row->sequence = (uint64_t)column_int(q, 2);
	row->id = column_id(q, 3);
	row->quarter = (uint16_t)column_int(q, 4);
	return column_bytes(q, 5, &row->sealed, err);
}

tanu_status sqlite_event_put(struct store *store, const struct event_row *row, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_EVENT_PUT, err)) < 0)
		return st;
	bind_id(&q, 1, &row->subject);
	bind_int(&q, 2, row->at_ms);
	bind_int(&q, 3, (int64_t)row->sequence);
	bind_id(&q, 4, &row->id);
	bind_int(&q, 5, row->quarter);
	bind_bytes(&q, 6, row->sealed.data, row->sealed.len);
	return query_run(&q, err);
}

tanu_status sqlite_event_each(struct store *store, const tanu_id *subject,
			      tanu_status (*each)(void *self, const struct event_row *row,
						  tanu_error *err),
			      void *self, tanu_error *err)
{
	struct event_row row = {0};
	struct query q;
	tanu_status st;
	int got = 0;

	if ((st = query_open(&q, store, SQL_EVENT_EACH, err)) < 0)
		return st;
	bind_id(&q, 1, subject);
	while (st == TANU_OK && (got = query_step(&q, err)) > 0)
		if ((st = read_row(&q, &row, err)) == TANU_OK)
			st = each(self, &row, err);
	query_close(&q);
	buf_free(&row.sealed);
	return got < 0 ? (tanu_status)got : st;
}

tanu_status sqlite_event_delete(struct store *store, const tanu_id *subject, uint16_t quarter,
				uint64_t *rows, tanu_error *err)
{
	struct query q;
	sqlite3 *db;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_EVENT_DELETE, err)) < 0)
		return st;
	bind_id(&q, 1, subject);
	bind_int(&q, 2, quarter);
	db = q.s->db;
	if ((st = query_run(&q, err)) == TANU_OK)
		*rows = (uint64_t)sqlite3_changes(db);
	return st;
}
