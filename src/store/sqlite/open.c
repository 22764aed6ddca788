/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOB_BYTES_MAX (16 << 20)

static void sqlite_close_store(struct store *store);
static const char *sqlite_describe(struct store *store);

static const struct store_calls calls = {
    .close = sqlite_close_store,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .sequence_next = sqlite_sequence_next,
    .sequence = sqlite_sequence,
    .meta_set = sqlite_meta_set,
    .meta_get = sqlite_meta_get,
    .subject_put = sqlite_subject_put,
    .subject_get = sqlite_subject_get,
    .subject_set = sqlite_subject_set,
    .subject_set_profile = sqlite_subject_set_profile,
    .subject_each = sqlite_subject_each,
    .subject_delete = sqlite_subject_delete,
    .consent_put = sqlite_consent_put,
    .consent_set = sqlite_consent_set,
    .consent_each = sqlite_consent_each,
    .reference_put = sqlite_reference_put,
    .reference_hold = sqlite_reference_hold,
    .reference_get = sqlite_reference_get,
    .reference_each = sqlite_reference_each,
    .reference_delete = sqlite_reference_delete,
    .lookalike_put = sqlite_lookalike_put,
    .lookalike_each = sqlite_lookalike_each,
    .lookalike_delete = sqlite_lookalike_delete,
    .event_put = sqlite_event_put,
    .event_each = sqlite_event_each,
    .event_delete = sqlite_event_delete,
    .tombstone_put = sqlite_tombstone_put,
    .tombstone_each = sqlite_tombstone_each,
    .tombstone_delete = sqlite_tombstone_delete,
    .counter_add = sqlite_counter_add,
    .log_put = sqlite_log_put,
    .log_each = sqlite_log_each,
    .log_place = sqlite_log_place,
    .log_release = sqlite_log_release,
    .log_trim = sqlite_log_trim,
    .record_put = sqlite_record_put,
    .record_set = sqlite_record_set,
    .record_each = sqlite_record_each,
    .record_delete = sqlite_record_delete,
    .account_put = sqlite_account_put,
    .account_set = sqlite_account_set,
    .account_get = sqlite_account_get,
    .account_find = sqlite_account_find,
    .account_each = sqlite_account_each,
    .account_delete = sqlite_account_delete,
    .token_put = sqlite_token_put,
    .token_set = sqlite_token_set,
    .token_get = sqlite_token_get,
    .token_each = sqlite_token_each,
    .token_delete = sqlite_token_delete,
    .token_delete_of = sqlite_token_delete_of,
    .token_sweep = sqlite_token_sweep,
    .counter_sum = sqlite_counter_sum,
    .counter_day = sqlite_counter_day,
    .scrub = sqlite_scrub,
    .copy = sqlite_copy,
    .check = sqlite_check,
    .describe = sqlite_describe,
};

static const char *sqlite_describe(struct store *store)
{
	return ((struct sqlite_store *)store)->description;
}

static void sqlite_close_store(struct store *store)
{
	struct sqlite_store *s = (struct sqlite_store *)store;

	if (!s)
		return;
	if (s->db)
		sqlite_rollback(store);
	for (size_t i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(s->kept[i]);
	sqlite3_close(s->db);
	free(s);
}

/*
 * SQLite would take an empty file for a new database, and then delete the write-ahead log beside
 * it, which may hold all that was ever committed. So the file is looked at first.
 */
static tanu_status check_existing(const struct sqlite_store *s, tanu_error *err)
{
	struct stat info;

	if (stat(s->path, &info) != 0)
		return tanu_fail(err, errno == ENOENT ? TANU_ERR_FILE_MISSING : TANU_ERR_IO,
				 s->path, "%s", strerror(errno));
	if (!S_ISREG(info.st_mode))
		return tanu_fail(err, TANU_ERR_DB_DAMAGED, s->path,
				 "this is not a file, so not a database");
	if (info.st_size == 0)
		return tanu_fail(err, TANU_ERR_DB_DAMAGED, s->path,
				 "the database is empty; it was left as it is, restore it from a "
				 "backup");
	return TANU_OK;
}

/* The file is made here, so that nobody but the owner can ever open it. */
static tanu_status make_file(const struct sqlite_store *s, tanu_error *err)
{
	char folder[sizeof(s->path)];
	int fd = open(s->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return tanu_fail(err, TANU_ERR_CONFLICT, s->path, "there is a database already");
	if (fd < 0)
		return tanu_fail(err, TANU_ERR_IO, s->path, "%s", strerror(errno));
	close(fd);
	memcpy(folder, s->path, sizeof(folder));
	return os_sync_dir(dirname(folder), err);
}

static int set_limits(sqlite3 *db)
{
	static const struct {
		int option, value;
	} config[] = {
	    {SQLITE_DBCONFIG_DEFENSIVE, 1},
	    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
	    {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
	    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 1},
	    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
	    {SQLITE_DBCONFIG_DQS_DML, 0},
	    {SQLITE_DBCONFIG_DQS_DDL, 0},
	};
	int rc = SQLITE_OK;

	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, BLOB_BYTES_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	for (size_t i = 0; i < ARRAY_LEN(config) && rc == SQLITE_OK; i++)
		rc = sqlite3_db_config(db, config[i].option, config[i].value, NULL);
	return rc;
}

/*
 * Exclusive locking comes before the first read: one process owns the file until it closes it, and
 * the index of the write-ahead log stays in this process's memory instead of a mapped file.
 */
static const char pragmas[] = "PRAGMA locking_mode = EXCLUSIVE;"
			      "PRAGMA mmap_size = 0;"
			      "PRAGMA auto_vacuum = NONE;"
			      "PRAGMA max_page_count = " SQLITE_PAGES_MAX ";"
			      "PRAGMA temp_store = MEMORY;"
			      "PRAGMA cell_size_check = ON;"
			      "PRAGMA secure_delete = ON;"
			      "PRAGMA synchronous = FULL;";

static tanu_status use_wal(struct sqlite_store *s, tanu_error *err)
{
	sqlite3_stmt *stmt = NULL;
	tanu_status st = TANU_OK;
	int rc = sqlite3_prepare_v2(s->db, "PRAGMA journal_mode = WAL", -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc != SQLITE_ROW)
		st = sqlite_fail(s, rc, err);
	else if (sqlite3_stricmp((const char *)sqlite3_column_text(stmt, 0), "wal") != 0)
		st = tanu_fail(err, TANU_ERR_DB, s->path,
			       "this file system does not carry a write-ahead log");
	sqlite3_finalize(stmt);
	return st;
}

static tanu_status open_database(struct sqlite_store *s, bool create, tanu_error *err)
{
	tanu_status st;
	int rc;

	sqlite_vfs_register();
	rc = sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE,
			     SQLITE_VFS_NAME);
	if (rc == SQLITE_OK)
		rc = set_limits(s->db);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(s->db, pragmas, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return sqlite_fail(s, rc, err);
	/* Tables before the log: a crash in between leaves a file that is empty or whole. */
	if ((st = sqlite_migrate(s, create, err)) < 0 || (st = use_wal(s, err)) < 0)
		return st;
	snprintf(s->description, sizeof(s->description), "SQLite %s, schema %d",
		 sqlite3_libversion(), sqlite_schema_version());
	st = sqlite_check_schema(s, err);
	return st < 0 ? st : sqlite_check_numbers(&s->store, err);
}

tanu_status store_sqlite_open(struct store **out, const char *path, bool create, tanu_error *err)
{
	struct sqlite_store *s;
	tanu_status st;

	if (strlen(path) >= sizeof(s->path))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, path,
				 "the path is longer than %zu bytes", sizeof(s->path) - 1);
	s = calloc(1, sizeof(*s));
	if (!s)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, path, "not enough memory");
	s->store.calls = &calls;
	snprintf(s->path, sizeof(s->path), "%s", path);
	st = create ? make_file(s, err) : check_existing(s, err);
	if (st == TANU_OK)
		st = open_database(s, create, err);
	if (st < 0) {
		sqlite_close_store(&s->store);
		return st;
	}
	*out = &s->store;
	return TANU_OK;
}
