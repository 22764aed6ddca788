/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the site and of nobody: the ledger's number, facts by key, daily counts. */
#include "store/sqlite/sqlite.h"

static tanu_status read_number(struct query *q, uint64_t *out, tanu_error *err)
{
	int got = query_step(q, err);

	if (got > 0)
		*out = (uint64_t)column_int(q, 0);
	else if (got == 0)
		got = tanu_fail(err, TANU_ERR_DB_DAMAGED, q->s->path, "a number is missing");
	query_close(q);
	return got < 0 ? (tanu_status)got : TANU_OK;
}

tanu_status sqlite_sequence_next(struct store *store, uint64_t *out, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_SEQUENCE_NEXT, err)) < 0)
		return st;
	return read_number(&q, out, err);
}

tanu_status sqlite_sequence(struct store *store, uint64_t *out, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = query_open(&q, store, SQL_SEQUENCE, err)) < 0)
		return st;
	return read_number(&q, out, err);
}

tanu_status sqlite_meta_set(struct store *store, const char *key, const void *value, size_t len,
			    tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_META_SET, err)) < 0)
		return st;
	bind_text(&q, 1, key);
	bind_bytes(&q, 2, value, len);
	return query_run(&q, err);
}

tanu_status sqlite_meta_get(struct store *store, struct buf *out, const char *key, tanu_error *err)
{
	struct buf value = {0};
	struct query q;
	tanu_status st;
	int got;

	if ((st = query_open(&q, store, SQL_META_GET, err)) < 0)
		return st;
	bind_text(&q, 1, key);
	got = query_step(&q, err);
	st = got > 0 ? column_bytes(&q, 0, &value, err) : (tanu_status)got;
	query_close(&q);
	if (st == TANU_OK) {
		buf_put(out, value.data, value.len);
		st = buf_check(out, err);
	}
	buf_free(&value);
	return st;
}

tanu_status sqlite_counter_add(struct store *store, const char *name, int64_t day, uint64_t n,
			       tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = change_open(&q, store, SQL_COUNTER_ADD, err)) < 0)
		return st;
	bind_text(&q, 1, name);
	bind_int(&q, 2, day);
	bind_int(&q, 3, (int64_t)n);
	return query_run(&q, err);
}

tanu_status sqlite_counter_sum(struct store *store, uint64_t *out, const char *name,
			       tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = query_open(&q, store, SQL_COUNTER_SUM, err)) < 0)
		return st;
	bind_text(&q, 1, name);
	return read_number(&q, out, err);
}

tanu_status sqlite_counter_day(struct store *store, uint64_t *out, const char *name, int64_t day,
			       tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = query_open(&q, store, SQL_COUNTER_DAY, err)) < 0)
		return st;
	bind_text(&q, 1, name);
	bind_int(&q, 2, day);
	return read_number(&q, out, err);
}
