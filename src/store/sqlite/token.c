/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

static const char missing[] = "there is no such token";

tanu_status sqlite_token_put(struct store *store, const struct token_row *row, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_TOKEN_PUT, err)) < 0)
		return st;
	bind_bytes(&q, 1, row->digest, sizeof(row->digest));
	bind_int(&q, 2, row->kind);
	bind_id(&q, 3, &row->owner);
	bind_int(&q, 4, row->created_ms);
	bind_int(&q, 5, row->expires_ms);
	bind_int(&q, 6, row->seen_ms);
	bind_bytes(&q, 7, row->sealed.data, row->sealed.len);
	return query_run(&q, err);
}

static tanu_status read_row(const struct query *q, struct token_row *row, tanu_error *err)
{
	struct buf digest = {.data = row->digest, .cap = sizeof(row->digest), .max = 32};
	tanu_status st = column_bytes(q, 0, &digest, err);

	row->kind = (enum token_kind)column_int(q, 1);
	row->owner = column_id(q, 2);
	row->created_ms = column_int(q, 3);
	row->expires_ms = column_int(q, 4);
	row->seen_ms = column_int(q, 5);
	return st == TANU_OK ? column_bytes(q, 6, &row->sealed, err) : st;
}

tanu_status sqlite_token_get(struct store *store, struct token_row *out,
			     const uint8_t digest[TOKEN_DIGEST_LEN], tanu_error *err)
{
	struct query q;
	tanu_status st;
	int got;

	if ((st = query_open(&q, store, SQL_TOKEN_GET, err)) < 0)
		return st;
	bind_bytes(&q, 1, digest, TOKEN_DIGEST_LEN);
	got = query_step(&q, err);
	if (got > 0)
		st = read_row(&q, out, err);
	else if (got == 0)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL, "%s", missing);
	query_close(&q);
	return got < 0 ? (tanu_status)got : st;
}

tanu_status sqlite_token_set(struct store *store, const struct token_row *row, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_TOKEN_SET, err)) < 0)
		return st;
	bind_bytes(&q, 1, row->digest, sizeof(row->digest));
	bind_int(&q, 2, row->expires_ms);
	bind_int(&q, 3, row->seen_ms);
	bind_bytes(&q, 4, row->sealed.data, row->sealed.len);
	return query_run_one(&q, TANU_ERR_RECORD_MISSING, missing, err);
}

tanu_status sqlite_token_each(struct store *store, enum token_kind kind, const tanu_id *owner,
			      tanu_status (*each)(void *self, const struct token_row *row,
						  tanu_error *err),
			      void *self, tanu_error *err)
{
	struct token_row row = {0};
	struct query q;
	tanu_status st;
	int got = 0;

	if ((st = query_open(&q, store, owner ? SQL_TOKEN_EACH_OF : SQL_TOKEN_EACH, err)) < 0)
		return st;
	bind_int(&q, 1, kind);
	if (owner)
		bind_id(&q, 2, owner);
	while (st == TANU_OK && (got = query_step(&q, err)) > 0)
		if ((st = read_row(&q, &row, err)) == TANU_OK)
			st = each(self, &row, err);
	query_close(&q);
	buf_free(&row.sealed);
	return got < 0 ? (tanu_status)got : st;
}

tanu_status sqlite_token_delete(struct store *store, const uint8_t digest[TOKEN_DIGEST_LEN],
				tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_TOKEN_DELETE, err)) < 0)
		return st;
	bind_bytes(&q, 1, digest, TOKEN_DIGEST_LEN);
	return query_run(&q, err);
}

tanu_status sqlite_token_delete_of(struct store *store, enum token_kind kind, const tanu_id *owner,
				   tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_TOKEN_DELETE_OF, err)) < 0)
		return st;
	bind_int(&q, 1, kind);
	bind_id(&q, 2, owner);
	return query_run(&q, err);
}

tanu_status sqlite_token_sweep(struct store *store, int64_t now_ms, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_TOKEN_SWEEP, err)) < 0)
		return st;
	bind_int(&q, 1, now_ms);
	return query_run(&q, err);
}
