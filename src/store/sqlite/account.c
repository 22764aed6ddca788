/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

static const char missing[] = "there is no account of this id";

tanu_status sqlite_account_put(struct store *store, const struct account_row *row, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_ACCOUNT_PUT, err)) < 0)
		return st;
	bind_id(&q, 1, &row->id);
	bind_bytes(&q, 2, row->lookup, sizeof(row->lookup));
	bind_int(&q, 3, row->created_ms);
	bind_bytes(&q, 4, row->sealed.data, row->sealed.len);
	return query_run(&q, err);
}

tanu_status sqlite_account_set(struct store *store, const tanu_id *id, const void *sealed,
			       size_t len, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_ACCOUNT_SET, err)) < 0)
		return st;
	bind_id(&q, 1, id);
	bind_bytes(&q, 2, sealed, len);
	return query_run_one(&q, TANU_ERR_RECORD_MISSING, missing, err);
}

static tanu_status read_row(const struct query *q, struct account_row *row, tanu_error *err)
{
	row->id = column_id(q, 0);
	row->created_ms = column_int(q, 1);
	return column_bytes(q, 2, &row->sealed, err);
}

static tanu_status read_one(struct query *q, struct account_row *out, tanu_error *err)
{
	tanu_status st = TANU_OK;
	int got = query_step(q, err);

	if (got > 0)
		st = read_row(q, out, err);
	else if (got == 0)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL, "%s", missing);
	query_close(q);
	return got < 0 ? (tanu_status)got : st;
}

tanu_status sqlite_account_get(struct store *store, struct account_row *out, const tanu_id *id,
			       tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = query_open(&q, store, SQL_ACCOUNT_GET, err)) < 0)
		return st;
	bind_id(&q, 1, id);
	return read_one(&q, out, err);
}

tanu_status sqlite_account_find(struct store *store, struct account_row *out,
				const uint8_t lookup[TOKEN_DIGEST_LEN], tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = query_open(&q, store, SQL_ACCOUNT_FIND, err)) < 0)
		return st;
	bind_bytes(&q, 1, lookup, TOKEN_DIGEST_LEN);
	return read_one(&q, out, err);
}

tanu_status sqlite_account_each(struct store *store,
				tanu_status (*each)(void *self, const struct account_row *row,
						    tanu_error *err),
				void *self, tanu_error *err)
{
	struct account_row row = {0};
	struct query q;
	tanu_status st;
	int got = 0;

	if ((st = query_open(&q, store, SQL_ACCOUNT_EACH, err)) < 0)
		return st;
	while (st == TANU_OK && (got = query_step(&q, err)) > 0)
		if ((st = read_row(&q, &row, err)) == TANU_OK)
			st = each(self, &row, err);
	query_close(&q);
	buf_free(&row.sealed);
	return got < 0 ? (tanu_status)got : st;
}

tanu_status sqlite_account_delete(struct store *store, const tanu_id *id, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_ACCOUNT_DELETE, err)) < 0)
		return st;
	bind_id(&q, 1, id);
	return query_run_one(&q, TANU_ERR_RECORD_MISSING, missing, err);
}
