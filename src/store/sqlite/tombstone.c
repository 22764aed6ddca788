/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

tanu_status sqlite_tombstone_put(struct store *store, const struct tombstone_row *row,
				 tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_TOMBSTONE_PUT, err)) < 0)
		return st;
	bind_id(&q, 1, &row->subject);
	bind_int(&q, 2, row->kind);
	bind_int(&q, 3, row->requested_ms);
	return query_run(&q, err);
}

tanu_status sqlite_tombstone_each(struct store *store,
				  tanu_status (*each)(void *self, const struct tombstone_row *row,
						      tanu_error *err),
				  void *self, tanu_error *err)
{
	struct query q;
	tanu_status st;
	int got = 0;

	if ((st = query_open(&q, store, SQL_TOMBSTONE_EACH, err)) < 0)
		return st;
	while (st == TANU_OK && (got = query_step(&q, err)) > 0) {
		struct tombstone_row row = {
		    .subject = column_id(&q, 0),
		    .kind = (enum tombstone_kind)column_int(&q, 1),
		    .requested_ms = column_int(&q, 2),
		};

		st = each(self, &row, err);
	}
	query_close(&q);
	return got < 0 ? (tanu_status)got : st;
}

tanu_status sqlite_tombstone_delete(struct store *store, const tanu_id *subject,
				    enum tombstone_kind kind, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_TOMBSTONE_DELETE, err)) < 0)
		return st;
	bind_id(&q, 1, subject);
	bind_int(&q, 2, kind);
	return query_run(&q, err);
}
