/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

static const char missing[] = "nothing is enrolled for this subject";

static tanu_status read_row(const struct query *q, struct reference_row *row, tanu_error *err)
{
	row->subject = column_id(q, 0);
	row->id = column_id(q, 1);
	row->consent = column_id(q, 2);
	row->created_ms = column_int(q, 3);
	row->not_after_ms = column_int(q, 5);
	return column_bytes(q, 4, &row->sealed, err);
}

tanu_status sqlite_reference_put(struct store *store, const struct reference_row *row,
				 tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_REFERENCE_PUT, err)) < 0)
		return st;
	bind_id(&q, 1, &row->subject);
	bind_id(&q, 2, &row->id);
	bind_id(&q, 3, &row->consent);
	bind_int(&q, 4, row->created_ms);
	bind_bytes(&q, 5, row->sealed.data, row->sealed.len);
	bind_int(&q, 6, row->not_after_ms);
	return query_run(&q, err);
}

tanu_status sqlite_reference_hold(struct store *store, const tanu_id *subject,
				  const tanu_id *consent, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_REFERENCE_HOLD, err)) < 0)
		return st;
	bind_id(&q, 1, subject);
	bind_id(&q, 2, consent);
	return query_run_one(&q, TANU_ERR_NO_REFERENCE, missing, err);
}

tanu_status sqlite_reference_get(struct store *store, struct reference_row *out,
				 const tanu_id *subject, tanu_error *err)
{
	struct reference_row row = {0};
	struct query q;
	tanu_status st;
	int got;

	if ((st = query_open(&q, store, SQL_REFERENCE_GET, err)) < 0)
		return st;
	bind_id(&q, 1, subject);
	got = query_step(&q, err);
	if (got > 0)
		st = read_row(&q, &row, err);
	else if (got < 0)
		st = (tanu_status)got;
	else
		st = tanu_fail(err, TANU_ERR_NO_REFERENCE, NULL, missing);
	query_close(&q);
	if (st == TANU_OK)
		*out = row;
	else
		buf_free(&row.sealed);
	return st;
}

tanu_status sqlite_reference_each(struct store *store,
				  tanu_status (*each)(void *self, const struct reference_row *row,
						      tanu_error *err),
				  void *self, tanu_error *err)
{
	struct reference_row row = {0};
	struct query q;
	tanu_status st;
	int got = 0;

	if ((st = query_open(&q, store, SQL_REFERENCE_EACH, err)) < 0)
		return st;
	while (st == TANU_OK && (got = query_step(&q, err)) > 0)
		if ((st = read_row(&q, &row, err)) == TANU_OK)
			st = each(self, &row, err);
	query_close(&q);
	buf_free(&row.sealed);
	return got < 0 ? (tanu_status)got : st;
}

tanu_status sqlite_reference_delete(struct store *store, const tanu_id *subject, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_REFERENCE_DELETE, err)) < 0)
		return st;
	bind_id(&q, 1, subject);
	return query_run(&q, err);
}
