/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

#include <stdio.h>
#include <string.h>

#define APPLICATION_ID 0x54616E75 /* "Tanu", at byte 68 of the file */

static const char *const migrations[] = {
#define MIGRATION(number, text) text,
#include "store/migrations.inc"
#undef MIGRATION
};

int sqlite_schema_version(void)
{
	return (int)ARRAY_LEN(migrations);
}

static tanu_status exec(const struct sqlite_store *s, const char *sql, tanu_error *err)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? TANU_OK : sqlite_fail(s, rc, err);
}

static tanu_status read_pragma(const struct sqlite_store *s, const char *sql, int *out,
			       tanu_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? TANU_OK : sqlite_fail(s, rc, err);
}

/* All migrations after `version`, with the new version, or none of them. */
static tanu_status apply(const struct sqlite_store *s, int version, tanu_error *err)
{
	char stamp[96];
	tanu_status st;

	snprintf(stamp, sizeof(stamp), "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 APPLICATION_ID, sqlite_schema_version());
	if ((st = exec(s, "BEGIN IMMEDIATE", err)) < 0)
		return st;
	for (int i = version; i < sqlite_schema_version() && st == TANU_OK; i++)
		st = exec(s, migrations[i], err);
	if (st == TANU_OK)
		st = exec(s, stamp, err);
	if (st == TANU_OK)
		st = exec(s, "COMMIT", err);
	if (st < 0 && !sqlite3_get_autocommit(s->db))
		exec(s, "ROLLBACK", NULL);
	return st;
}

tanu_status sqlite_migrate(struct sqlite_store *s, bool create, tanu_error *err)
{
	int application = 0, version = 0, auto_vacuum = 0;
	tanu_status st;

	if ((st = read_pragma(s, "PRAGMA application_id", &application, err)) < 0 ||
	    (st = read_pragma(s, "PRAGMA user_version", &version, err)) < 0 ||
	    (st = read_pragma(s, "PRAGMA auto_vacuum", &auto_vacuum, err)) < 0)
		return st;
	if (!create && (application != APPLICATION_ID || version < 1 || auto_vacuum != 0))
		return tanu_fail(err, TANU_ERR_DB_DAMAGED, s->path,
				 "this is not a database of Tanu; it was left as it is");
	if (version > sqlite_schema_version())
		return tanu_fail(err, TANU_ERR_DB_VERSION, s->path,
				 "the database has schema %d, this program knows up to %d: use a "
				 "newer Tanu",
				 version, sqlite_schema_version());
	return version < sqlite_schema_version() ? apply(s, version, err) : TANU_OK;
}

static bool same_text(sqlite3_stmt *a, sqlite3_stmt *b, int column)
{
	const char *x = (const char *)sqlite3_column_text(a, column);
	const char *y = (const char *)sqlite3_column_text(b, column);

	return x && y ? strcmp(x, y) == 0 : x == y;
}

/* Walk both schemas side by side; SQLITE_DONE when they are the same. */
static int compare(sqlite3_stmt *ours, sqlite3_stmt *expected)
{
	for (;;) {
		int rc = sqlite3_step(ours);
		int rc_expected = sqlite3_step(expected);

		if (rc != rc_expected)
			return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_MISMATCH : rc;
		if (rc != SQLITE_ROW)
			return rc;
		for (int column = 0; column < 3; column++)
			if (!same_text(ours, expected, column))
				return SQLITE_MISMATCH;
	}
}

/*
 * A dropped trigger would open the second lock without a trace, so the schema is compared with the
 * one that the migrations make in an empty database.
 */
tanu_status sqlite_check_schema(struct sqlite_store *s, tanu_error *err)
{
	static const char sql[] = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name";
	struct sqlite_store empty = {.path = "the empty database in memory"};
	sqlite3_stmt *ours = NULL, *expected = NULL;
	tanu_status st;
	int rc;

	rc = sqlite3_open_v2(":memory:", &empty.db, SQLITE_OPEN_READWRITE, NULL);
	st = rc == SQLITE_OK ? apply(&empty, 0, err) : sqlite_fail(&empty, rc, err);
	if (st < 0)
		goto out;
	rc = sqlite3_prepare_v2(empty.db, sql, -1, &expected, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(s->db, sql, -1, &ours, NULL);
	if (rc == SQLITE_OK)
		rc = compare(ours, expected);
	if (rc == SQLITE_MISMATCH)
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, s->path,
			       "the tables or triggers are not those that Tanu made: somebody "
			       "changed them, restore the database from a backup");
	else if (rc != SQLITE_DONE)
		st = sqlite_fail(s, rc, err);
out:
	sqlite3_finalize(ours);
	sqlite3_finalize(expected);
	sqlite3_close(empty.db);
	return st;
}
