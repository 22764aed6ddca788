/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

#include <errno.h>
#include <string.h>

static const char *const texts[SQL_COUNT] = {
#define X(name, text) [SQL_##name] = text,
    SQL_LIST(X)
#undef X
};

static tanu_status fail_constraint(const struct sqlite_store *s, int rc, tanu_error *err)
{
	if (rc == SQLITE_CONSTRAINT_PRIMARYKEY || rc == SQLITE_CONSTRAINT_UNIQUE)
		return tanu_fail(err, TANU_ERR_CONFLICT, s->path, "this row is there already");
	if (rc == SQLITE_CONSTRAINT_TRIGGER)
		return tanu_fail(err, TANU_ERR_DB_RULE, s->path, "the database refused: %s",
				 sqlite3_errmsg(s->db));
	return tanu_fail(err, TANU_ERR_DB_RULE, s->path,
			 "the database refused a row that breaks its rules: %s",
			 sqlite3_errmsg(s->db));
}

tanu_status sqlite_fail(const struct sqlite_store *s, int rc, tanu_error *err)
{
	switch (rc & 0xFF) {
	case SQLITE_CONSTRAINT:
		return fail_constraint(s, rc, err);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return tanu_fail(err, TANU_ERR_FOLDER_BUSY, s->path,
				 "another process has this database open");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
		return tanu_fail(err, TANU_ERR_DB_DAMAGED, s->path,
				 "the database is damaged (%s); it was left as it is, restore it "
				 "from a backup",
				 sqlite3_errstr(rc));
	case SQLITE_FULL:
		return tanu_fail(err, TANU_ERR_DB, s->path,
				 "the disk is full; nothing of this act was kept");
	case SQLITE_NOMEM:
		return tanu_fail(err, TANU_ERR_NO_MEMORY, s->path, "not enough memory");
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return tanu_fail(err, TANU_ERR_DB, s->path, "%s: %s", sqlite3_errstr(rc),
				 strerror(sqlite3_system_errno(s->db)));
	default:
		return tanu_fail(err, TANU_ERR_DB, s->path, "the database failed: %s",
				 sqlite3_errmsg(s->db));
	}
}

static int prepare(struct sqlite_store *s, enum sql sql, unsigned flags, sqlite3_stmt **out)
{
	return sqlite3_prepare_v3(s->db, texts[sql], -1, flags, out, NULL);
}

/* The kept statement, or one for this use alone where a callback walks what is being walked. */
tanu_status query_open(struct query *q, struct store *store, enum sql sql, tanu_error *err)
{
	struct sqlite_store *s = (struct sqlite_store *)store;
	int rc = SQLITE_OK;

	*q = (struct query){.s = s};
	if (!s->kept[sql])
		rc = prepare(s, sql, SQLITE_PREPARE_PERSISTENT, &s->kept[sql]);
	if (rc == SQLITE_OK && !sqlite3_stmt_busy(s->kept[sql])) {
		q->stmt = s->kept[sql];
		q->kept = true;
	} else if (rc == SQLITE_OK) {
		rc = prepare(s, sql, 0, &q->stmt);
	}
	return rc == SQLITE_OK ? TANU_OK : sqlite_fail(s, rc, err);
}

tanu_status change_open(struct query *q, struct store *store, enum sql sql, tanu_error *err)
{
	struct sqlite_store *s = (struct sqlite_store *)store;

	if (!s->in_transaction)
		return BAD_CALL(err, "a change outside begin and commit");
	/* A full disk or a failed write makes SQLite undo the transaction by itself. */
	if (sqlite3_get_autocommit(s->db))
		return tanu_fail(err, TANU_ERR_DB, s->path,
				 "an earlier failure has undone this transaction");
	return query_open(q, store, sql, err);
}

static void note(struct query *q, int rc)
{
	if (q->failed == SQLITE_OK)
		q->failed = rc;
}

/* Bound bytes are borrowed: they live until the query is closed, which forgets them. */
void bind_bytes(struct query *q, int index, const void *bytes, size_t len)
{
	note(q, sqlite3_bind_blob64(q->stmt, index, len ? bytes : "", len, SQLITE_STATIC));
}

void bind_id(struct query *q, int index, const tanu_id *id)
{
	bind_bytes(q, index, id->b, sizeof(id->b));
}

void bind_int(struct query *q, int index, int64_t value)
{
	note(q, sqlite3_bind_int64(q->stmt, index, value));
}

void bind_text(struct query *q, int index, const char *text)
{
	note(q, sqlite3_bind_text(q->stmt, index, text, -1, SQLITE_STATIC));
}

int query_step(struct query *q, tanu_error *err)
{
	int rc = q->failed;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(q->stmt);
	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : sqlite_fail(q->s, rc, err);
}

void query_close(struct query *q)
{
	if (q->kept) {
		sqlite3_reset(q->stmt);
		sqlite3_clear_bindings(q->stmt);
	} else {
		sqlite3_finalize(q->stmt);
	}
	*q = (struct query){0};
}

tanu_status query_run(struct query *q, tanu_error *err)
{
	int got;

	do {
		got = query_step(q, err);
	} while (got > 0);
	query_close(q);
	return (tanu_status)got;
}

tanu_status query_run_one(struct query *q, tanu_error_code missing, const char *sentence,
			  tanu_error *err)
{
	sqlite3 *db = q->s->db;
	tanu_status st = query_run(q, err);

	if (st == TANU_OK && sqlite3_changes(db) == 0)
		st = tanu_fail(err, missing, NULL, "%s", sentence);
	return st;
}

tanu_id column_id(const struct query *q, int index)
{
	tanu_id id = {{0}};
	const void *bytes = sqlite3_column_blob(q->stmt, index);

	if (bytes && sqlite3_column_bytes(q->stmt, index) == (int)sizeof(id.b))
		memcpy(id.b, bytes, sizeof(id.b));
	return id;
}

int64_t column_int(const struct query *q, int index)
{
	return sqlite3_column_int64(q->stmt, index);
}

bool column_is_null(const struct query *q, int index)
{
	return sqlite3_column_type(q->stmt, index) == SQLITE_NULL;
}

tanu_status column_bytes(const struct query *q, int index, struct buf *out, tanu_error *err)
{
	const void *bytes = sqlite3_column_blob(q->stmt, index);
	size_t len = (size_t)sqlite3_column_bytes(q->stmt, index);

	out->len = 0;
	if (len && !bytes)
		return sqlite_fail(q->s, SQLITE_NOMEM, err);
	buf_put(out, bytes, len);
	return buf_check(out, err);
}
