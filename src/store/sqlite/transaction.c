/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

static tanu_status run(struct store *store, enum sql sql, tanu_error *err)
{
	struct query q;
	tanu_status st;

	if ((st = query_open(&q, store, sql, err)) < 0)
		return st;
	return query_run(&q, err);
}

tanu_status sqlite_begin(struct store *store, tanu_error *err)
{
	struct sqlite_store *s = (struct sqlite_store *)store;
	tanu_status st;

	if (s->in_transaction)
		return BAD_CALL(err, "begin inside a transaction");
	if ((st = run(store, SQL_BEGIN, err)) < 0)
		return st;
	s->in_transaction = true;
	return TANU_OK;
}

tanu_status sqlite_commit(struct store *store, tanu_error *err)
{
	struct sqlite_store *s = (struct sqlite_store *)store;
	tanu_status st;

	if (!s->in_transaction)
		return BAD_CALL(err, "commit outside a transaction");
	if (sqlite3_get_autocommit(s->db))
		st = tanu_fail(err, TANU_ERR_DB, s->path,
			       "an earlier failure has undone this transaction");
	else
		st = run(store, SQL_COMMIT, err);
	if (st < 0)
		sqlite_rollback(store);
	s->in_transaction = false;
	return st;
}

void sqlite_rollback(struct store *store)
{
	struct sqlite_store *s = (struct sqlite_store *)store;

	if (!sqlite3_get_autocommit(s->db))
		run(store, SQL_ROLLBACK, NULL);
	s->in_transaction = false;
}
