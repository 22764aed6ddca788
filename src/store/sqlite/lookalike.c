/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

tanu_status sqlite_lookalike_put(struct store *store, const struct lookalike_row *row,
				 tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_LOOKALIKE_PUT, err)) < 0)
		return st;
	bind_id(&q, 1, &row->id);
	bind_id(&q, 2, &row->subject);
	bind_bytes(&q, 3, row->sealed.data, row->sealed.len);
	return query_run(&q, err);
}

tanu_status sqlite_lookalike_each(struct store *store, const tanu_id *subject,
				  tanu_status (*each)(void *self, const struct lookalike_row *row,
						      tanu_error *err),
				  void *self, tanu_error *err)
{
	struct lookalike_row row = {0};
	struct query q;
	tanu_status st;
	int got = 0;

	st = query_open(&q, store, subject ? SQL_LOOKALIKE_EACH_OF : SQL_LOOKALIKE_EACH, err);
	if (st < 0)
		return st;
	if (subject)
		bind_id(&q, 1, subject);
	while (st == TANU_OK && (got = query_step(&q, err)) > 0) {
		row.id = column_id(&q, 0);
		row.subject = column_id(&q, 1);
		if ((st = column_bytes(&q, 2, &row.sealed, err)) == TANU_OK)
			st = each(self, &row, err);
	}
	query_close(&q);
	buf_free(&row.sealed);
	return got < 0 ? (tanu_status)got : st;
}

tanu_status sqlite_lookalike_delete(struct store *store, const tanu_id *id, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_LOOKALIKE_DELETE, err)) < 0)
		return st;
	bind_id(&q, 1, id);
	return query_run(&q, err);
}
