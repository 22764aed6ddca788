/* SPDX-License-Identifier: Apache-2.0 */
#include "service/stranger.h"

#include <sqlite3.h>

static void run_sql(sqlite3 *db, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
}

/* One column of text, row by row, with semicolons. */
static void take_texts(struct buf *out, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		buf_printf(out, "%s;\n", (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
}

static void copy_path(char out[128], const struct site *site)
{
	snprintf(out, 128, "%s/old.db", site->root);
}

void stranger_edits(struct site *site, const char *sql)
{
	struct buf drop = {0}, make = {0};
	char path[128], attach[192];
	sqlite3 *db = NULL;

	service_close(&site->s);
	snprintf(path, sizeof(path), "%s/tanu.db", site->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	copy_path(path, site);
	snprintf(attach, sizeof(attach), "ATTACH '%s' AS old; PRAGMA foreign_keys = OFF", path);
	run_sql(db, attach);
	take_texts(&drop, db,
		   "SELECT 'DROP TRIGGER ' || name FROM sqlite_schema WHERE type = 'trigger'");
	take_texts(&make, db, "SELECT sql FROM sqlite_schema WHERE type = 'trigger'");
	assert_true(drop.len > 0);
	run_sql(db, buf_cstr(&drop));
	run_sql(db, sql);
	assert_true(sqlite3_changes(db) > 0);
	run_sql(db, buf_cstr(&make));
	sqlite3_close(db);
	buf_free(&drop);
	buf_free(&make);
	site_open_dir(site, site->dir);
}

void stranger_copies(struct site *site)
{
	char from[128], to[128];

	service_close(&site->s);
	snprintf(from, sizeof(from), "%s/tanu.db", site->dir);
	copy_path(to, site);
	site_copy(from, to);
	site_open_dir(site, site->dir);
}
