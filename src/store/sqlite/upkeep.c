/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

#include <stdio.h>
#include <sys/stat.h>

/*
 * The pages of the database are zeroed where rows were deleted (secure_delete), but old pages stand
 * in the write-ahead log until it is truncated. SQLite reports success also where a reader held it
 * back, so the file itself is asked.
 */
tanu_status sqlite_scrub(struct store *store, tanu_error *err)
{
	struct sqlite_store *s = (struct sqlite_store *)store;
	char wal[sizeof(s->path) + 4];
	struct stat info;
	int rc;

	if (s->in_transaction)
		return BAD_CALL(err, "scrub inside a transaction");
	rc = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if (rc != SQLITE_OK)
		return sqlite_fail(s, rc, err);
	snprintf(wal, sizeof(wal), "%s-wal", s->path);
	if (stat(wal, &info) == 0 && info.st_size != 0)
		return tanu_fail(err, TANU_ERR_DB, wal,
				 "the write-ahead log could not be truncated: deleted rows may "
				 "still stand in it");
	return TANU_OK;
}

static tanu_status check_file(struct store *store, tanu_error *err)
{
	struct query q;
	tanu_status st;
	int got;

	if ((st = query_open(&q, store, SQL_CHECK_FILE, err)) < 0)
		return st;
	got = query_step(&q, err);
	if (got > 0 && sqlite3_stricmp((const char *)sqlite3_column_text(q.stmt, 0), "ok") != 0)
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, q.s->path, "integrity check: %s",
			       (const char *)sqlite3_column_text(q.stmt, 0));
	query_close(&q);
	return got < 0 ? (tanu_status)got : st;
}

/* A query that finds what must not be. */
static tanu_status check_none(struct store *store, enum sql sql, const char *finding,
			      tanu_error *err)
{
	struct query q;
	tanu_status st;
	int got;

	if ((st = query_open(&q, store, sql, err)) < 0)
		return st;
	got = query_step(&q, err);
	if (got > 0)
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, q.s->path, "%s", finding);
	query_close(&q);
	return got < 0 ? (tanu_status)got : st;
}

tanu_status sqlite_check_numbers(struct store *store, tanu_error *err)
{
	return check_none(store, SQL_CHECK_NUMBERS,
			  "a number of the ledger or of the counts is beyond 2^53: the file was "
			  "edited or is damaged, put back the latest backup",
			  err);
}

tanu_status sqlite_check(struct store *store, tanu_error *err)
{
	tanu_status st;

	if ((st = check_file(store, err)) < 0 ||
	    (st = sqlite_check_schema((struct sqlite_store *)store, err)) < 0)
		return st;
	st = check_none(store, SQL_CHECK_LINKS, "a row belongs to a row that is not there", err);
	if (st == TANU_OK)
		st = check_none(store, SQL_CHECK_REFERENCES,
				"a reference is held without a given consent of its subject", err);
	if (st == TANU_OK)
		st = check_none(store, SQL_CHECK_SEQUENCES,
				"a row has a number that the ledger has not reached", err);
	return st;
}
