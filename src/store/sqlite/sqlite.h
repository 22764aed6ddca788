/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite.h - inside of the SQLite back end: the open database, its statements, and how a call runs
 * one.
 *
 * A call reads: query_open (or change_open inside a transaction), bind, run or step, query_close. A
 * failed bind shows in the first step. Statements are prepared once and kept.
 */
#ifndef STORE_SQLITE_SQLITE_H
#define STORE_SQLITE_SQLITE_H

#include "store/store.h"

#include <sqlite3.h>

#define SQL_LIST(X)                                                                                \
	X(BEGIN, "BEGIN IMMEDIATE")                                                                \
	X(COMMIT, "COMMIT")                                                                        \
	X(ROLLBACK, "ROLLBACK")                                                                    \
	X(SEQUENCE_NEXT, "UPDATE ledger SET sequence = sequence + 1 RETURNING sequence")           \
	X(SEQUENCE, "SELECT sequence FROM ledger")                                                 \
	X(META_SET, "INSERT INTO meta (key, value) VALUES (?1, ?2)"                                \
		    " ON CONFLICT (key) DO UPDATE SET value = excluded.value")                     \
	X(META_GET, "SELECT value FROM meta WHERE key = ?1")                                       \
	X(SUBJECT_PUT, "INSERT INTO subject (id, state, created_ms, sequence, profile)"            \
		       " VALUES (?1, ?2, ?3, ?4, ?5)")                                             \
	X(SUBJECT_GET,                                                                             \
	  "SELECT id, state, created_ms, sequence, profile FROM subject WHERE id = ?1")            \
	X(SUBJECT_EACH,                                                                            \
	  "SELECT id, state, created_ms, sequence, profile FROM subject ORDER BY id")              \
	X(SUBJECT_SET, "UPDATE subject SET state = ?2, sequence = ?3 WHERE id = ?1")               \
	X(SUBJECT_SET_PROFILE, "UPDATE subject SET profile = ?2 WHERE id = ?1")                    \
	X(SUBJECT_DELETE, "DELETE FROM subject WHERE id = ?1")                                     \
	X(CONSENT_PUT, "INSERT INTO consent (id, subject, purpose, state, given_ms, not_after_ms," \
		       " sequence, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")               \
	X(CONSENT_SET, "UPDATE consent SET state = ?2, sequence = ?3 WHERE id = ?1")               \
	X(CONSENT_EACH, "SELECT id, subject, purpose, state, given_ms, not_after_ms, sequence,"    \
			" detail FROM consent ORDER BY id")                                        \
	X(CONSENT_EACH_OF, "SELECT id, subject, purpose, state, given_ms, not_after_ms, sequence," \
			   " detail FROM consent WHERE subject = ?1 ORDER BY sequence, id")        \
	X(CONSENT_DELETE_OF, "DELETE FROM consent WHERE subject = ?1")                             \
	X(REFERENCE_PUT, "INSERT INTO reference (subject, id, consent, created_ms, sealed,"        \
			 " not_after_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"                          \
			 " ON CONFLICT (subject) DO UPDATE SET"                                    \
			 " id = excluded.id, consent = excluded.consent,"                          \
			 " created_ms = excluded.created_ms, sealed = excluded.sealed,"            \
			 " not_after_ms = excluded.not_after_ms")                                  \
	X(REFERENCE_HOLD, "UPDATE reference SET consent = ?2 WHERE subject = ?1")                  \
	X(REFERENCE_GET, "SELECT subject, id, consent, created_ms, sealed, not_after_ms"           \
			 " FROM reference WHERE subject = ?1")                                     \
	X(REFERENCE_EACH, "SELECT subject, id, consent, created_ms, sealed, not_after_ms"          \
			  " FROM reference ORDER BY subject")                                      \
	X(REFERENCE_DELETE, "DELETE FROM reference WHERE subject = ?1")                            \
	X(LOOKALIKE_PUT, "INSERT INTO lookalike (id, subject, sealed) VALUES (?1, ?2, ?3)")        \
	X(LOOKALIKE_EACH, "SELECT id, subject, sealed FROM lookalike ORDER BY id")                 \
	X(LOOKALIKE_EACH_OF, "SELECT id, subject, sealed FROM lookalike WHERE subject = ?1"        \
			     " ORDER BY id")                                                       \
	X(LOOKALIKE_DELETE, "DELETE FROM lookalike WHERE id = ?1")                                 \
	X(LOOKALIKE_DELETE_OF, "DELETE FROM lookalike WHERE subject = ?1")                         \
	X(EVENT_PUT, "INSERT INTO event (subject, at_ms, sequence, id, quarter, sealed)"           \
		     " VALUES (?1, ?2, ?3, ?4, ?5, ?6)")                                           \
	X(EVENT_EACH, "SELECT subject, at_ms, sequence, id, quarter, sealed FROM event"            \
		      " WHERE subject = ?1 ORDER BY at_ms, sequence, id")                          \
	X(EVENT_DELETE, "DELETE FROM event WHERE subject = ?1 AND quarter <= ?2")                  \
	X(EVENT_DELETE_OF, "DELETE FROM event WHERE subject = ?1")                                 \
	X(TOMBSTONE_PUT, "INSERT INTO tombstone (subject, kind, requested_ms) VALUES (?1, ?2, ?3)" \
			 " ON CONFLICT DO NOTHING")                                                \
	X(TOMBSTONE_EACH, "SELECT subject, kind, requested_ms FROM tombstone"                      \
			  " ORDER BY subject, kind")                                               \
	X(TOMBSTONE_DELETE, "DELETE FROM tombstone WHERE subject = ?1 AND kind = ?2")              \
	X(COUNTER_ADD, "INSERT INTO counter (name, day, n) VALUES (?1, ?2, ?3)"                    \
		       " ON CONFLICT (name, day) DO UPDATE SET n = n + excluded.n")                \
	X(COUNTER_SUM, "SELECT coalesce(sum(n), 0) FROM counter WHERE name = ?1")                  \
	X(COUNTER_DAY, "SELECT coalesce(sum(n), 0) FROM counter WHERE name = ?1 AND day = ?2")     \
	X(LOG_PUT, "INSERT INTO log_entry (id, position, hold, personal, at_ms, entry, opening)"   \
		   " VALUES (?1, NULL, ?2, ?3, ?4, ?5, ?6)")                                       \
	X(LOG_EACH_WAITING, "SELECT id, position, hold, personal, at_ms, entry, opening"           \
			    " FROM log_entry WHERE position IS NULL AND hold IS NULL ORDER BY id") \
	X(LOG_EACH_PLACED, "SELECT id, position, hold, personal, at_ms, entry, opening"            \
			   " FROM log_entry WHERE position IS NOT NULL ORDER BY position")         \
	X(LOG_PLACE, "UPDATE log_entry SET position = ?2 WHERE id = ?1")                           \
	X(LOG_RELEASE, "UPDATE log_entry SET hold = NULL WHERE hold = ?1")                         \
	X(LOG_TRIM, "DELETE FROM log_entry WHERE position < ?1")                                   \
	X(RECORD_PUT, "INSERT INTO record (subject, kind, id, created_ms, sealed)"                 \
		      " VALUES (?1, ?2, ?3, ?4, ?5)")                                              \
	X(RECORD_SET, "UPDATE record SET sealed = ?2 WHERE id = ?1")                               \
	X(RECORD_EACH, "SELECT subject, kind, id, created_ms, sealed FROM record"                  \
		       " WHERE subject = ?1 ORDER BY kind, created_ms, id")                        \
	X(RECORD_DELETE, "DELETE FROM record WHERE id = ?1")                                       \
	X(RECORD_DELETE_OF, "DELETE FROM record WHERE subject = ?1")                               \
	X(ACCOUNT_PUT,                                                                             \
	  "INSERT INTO account (id, lookup, created_ms, sealed) VALUES (?1, ?2, ?3, ?4)")          \
	X(ACCOUNT_SET, "UPDATE account SET sealed = ?2 WHERE id = ?1")                             \
	X(ACCOUNT_GET, "SELECT id, created_ms, sealed FROM account WHERE id = ?1")                 \
	X(ACCOUNT_FIND, "SELECT id, created_ms, sealed FROM account WHERE lookup = ?1")            \
	X(ACCOUNT_EACH, "SELECT id, created_ms, sealed FROM account ORDER BY created_ms, id")      \
	X(ACCOUNT_DELETE, "DELETE FROM account WHERE id = ?1")                                     \
	X(TOKEN_PUT,                                                                               \
	  "INSERT INTO token (digest, kind, owner, created_ms, expires_ms, seen_ms, sealed)"       \
	  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                                  \
	X(TOKEN_SET,                                                                               \
	  "UPDATE token SET expires_ms = ?2, seen_ms = ?3, sealed = ?4 WHERE digest = ?1")         \
	X(TOKEN_GET,                                                                               \
	  "SELECT digest, kind, owner, created_ms, expires_ms, seen_ms, sealed FROM token"         \
	  " WHERE digest = ?1")                                                                    \
	X(TOKEN_EACH,                                                                              \
	  "SELECT digest, kind, owner, created_ms, expires_ms, seen_ms, sealed FROM token"         \
	  " WHERE kind = ?1 ORDER BY created_ms, digest")                                          \
	X(TOKEN_EACH_OF, "SELECT digest, kind, owner, created_ms, expires_ms, seen_ms, sealed"     \
			 " FROM token WHERE kind = ?1 AND owner = ?2 ORDER BY created_ms, digest") \
	X(TOKEN_DELETE, "DELETE FROM token WHERE digest = ?1")                                     \
	X(TOKEN_DELETE_OF, "DELETE FROM token WHERE kind = ?1 AND owner = ?2")                     \
	X(TOKEN_SWEEP, "DELETE FROM token WHERE expires_ms <= ?1")                                 \
	X(CHECK_NUMBERS,                                                                           \
	  "SELECT 1 FROM ledger WHERE sequence >= 1 << 53 UNION ALL"                               \
	  " SELECT 1 FROM counter GROUP BY name HAVING total(n) >= 1 << 53 UNION ALL"              \
	  " SELECT 1 FROM subject WHERE sequence >= 1 << 53"                                       \
	  " OR created_ms NOT BETWEEN -(1 << 53) AND 1 << 53 LIMIT 1")                             \
	X(CHECK_FILE, "PRAGMA integrity_check(1)")                                                 \
	X(CHECK_LINKS, "SELECT \"table\", parent FROM pragma_foreign_key_check LIMIT 1")           \
	X(CHECK_REFERENCES, "SELECT 1 FROM reference AS r LEFT JOIN consent AS c"                  \
			    " ON c.id = r.consent AND c.subject = r.subject AND c.state = 2"       \
			    " WHERE c.id IS NULL AND NOT EXISTS"                                   \
			    " (SELECT 1 FROM tombstone AS t WHERE t.subject = r.subject) LIMIT 1") \
	X(CHECK_SEQUENCES, "SELECT 1 FROM ledger WHERE sequence < max("                            \
			   " (SELECT coalesce(max(sequence), 0) FROM subject),"                    \
			   " (SELECT coalesce(max(sequence), 0) FROM consent),"                    \
			   " (SELECT coalesce(max(sequence), 0) FROM event))")

enum sql {
#define X(name, text) SQL_##name,
	SQL_LIST(X)
#undef X
	    SQL_COUNT
};

struct sqlite_store {
	struct store store; /* first: a struct store * is cast to this */
	sqlite3 *db;
	bool in_transaction; /* between begin and commit, as the caller sees it */
	char path[512];
	char description[64];
	sqlite3_stmt *kept[SQL_COUNT];
};

struct query {
	struct sqlite_store *s;
	sqlite3_stmt *stmt;
	int failed; /* first failing bind, or SQLITE_OK */
	bool kept;
};

tanu_status query_open(struct query *q, struct store *store, enum sql sql, tanu_error *err);
/* For what changes the database: a wrong call outside begin and commit. */
tanu_status change_open(struct query *q, struct store *store, enum sql sql, tanu_error *err);
void bind_id(struct query *q, int index, const tanu_id *id);
void bind_int(struct query *q, int index, int64_t value);
void bind_bytes(struct query *q, int index, const void *bytes, size_t len);
void bind_text(struct query *q, int index, const char *text);
int query_step(struct query *q, tanu_error *err); /* 1: a row; 0: the end; negative: tanu_status */
void query_close(struct query *q);
tanu_status query_run(struct query *q, tanu_error *err); /* to its end, and close */
/* The same for a change of one row; nothing changed gives this error. */
tanu_status query_run_one(struct query *q, tanu_error_code missing, const char *sentence,
			  tanu_error *err);

/* Columns of the present row. */
tanu_id column_id(const struct query *q, int index);
int64_t column_int(const struct query *q, int index);
bool column_is_null(const struct query *q, int index);
/* The content of `out` becomes the column's bytes; its memory is used again. */
tanu_status column_bytes(const struct query *q, int index, struct buf *out, tanu_error *err);

/* The tanu_error for a result code of SQLite, with the file as its place. */
tanu_status sqlite_fail(const struct sqlite_store *s, int rc, tanu_error *err);

/* The system's file calls, with database pages cleaned of what they do not use. */
#define SQLITE_VFS_NAME	 "tanu"
#define SQLITE_PAGES_MAX "33554431" /* 2^25 - 1: vfs.c tells pages apart by their first byte */
void sqlite_vfs_register(void);

/* Bring the tables up to this program's schema, and check that they are exactly that. */
tanu_status sqlite_migrate(struct sqlite_store *s, bool create, tanu_error *err);
int sqlite_schema_version(void);
tanu_status sqlite_check_schema(struct sqlite_store *s, tanu_error *err);

/* The calls, by file. */
tanu_status sqlite_begin(struct store *store, tanu_error *err);
tanu_status sqlite_commit(struct store *store, tanu_error *err);
void sqlite_rollback(struct store *store);

tanu_status sqlite_sequence_next(struct store *store, uint64_t *out, tanu_error *err);
tanu_status sqlite_sequence(struct store *store, uint64_t *out, tanu_error *err);
tanu_status sqlite_meta_set(struct store *store, const char *key, const void *value, size_t len,
			    tanu_error *err);
tanu_status sqlite_meta_get(struct store *store, struct buf *out, const char *key, tanu_error *err);
tanu_status sqlite_counter_add(struct store *store, const char *name, int64_t day, uint64_t n,
			       tanu_error *err);
tanu_status sqlite_counter_sum(struct store *store, uint64_t *out, const char *name,
			       tanu_error *err);

tanu_status sqlite_subject_put(struct store *store, const struct subject_row *row, tanu_error *err);
tanu_status sqlite_subject_get(struct store *store, struct subject_row *out, const tanu_id *id,
			       tanu_error *err);
tanu_status sqlite_subject_set(struct store *store, const tanu_id *id, enum subject_state state,
			       uint64_t sequence, tanu_error *err);
tanu_status sqlite_subject_set_profile(struct store *store, const tanu_id *id, const void *sealed,
				       size_t len, tanu_error *err);
tanu_status sqlite_subject_each(struct store *store,
				tanu_status (*each)(void *self, const struct subject_row *row,
						    tanu_error *err),
				void *self, tanu_error *err);
tanu_status sqlite_subject_delete(struct store *store, const tanu_id *id, tanu_error *err);

tanu_status sqlite_consent_put(struct store *store, const struct consent_row *row, tanu_error *err);
tanu_status sqlite_consent_set(struct store *store, const tanu_id *id, tanu_consent_state state,
			       uint64_t sequence, tanu_error *err);
tanu_status sqlite_consent_each(struct store *store, const tanu_id *subject,
				tanu_status (*each)(void *self, const struct consent_row *row,
						    tanu_error *err),
				void *self, tanu_error *err);

tanu_status sqlite_reference_put(struct store *store, const struct reference_row *row,
				 tanu_error *err);
tanu_status sqlite_reference_hold(struct store *store, const tanu_id *subject,
				  const tanu_id *consent, tanu_error *err);
tanu_status sqlite_reference_get(struct store *store, struct reference_row *out,
				 const tanu_id *subject, tanu_error *err);
tanu_status sqlite_reference_each(struct store *store,
				  tanu_status (*each)(void *self, const struct reference_row *row,
						      tanu_error *err),
				  void *self, tanu_error *err);
tanu_status sqlite_reference_delete(struct store *store, const tanu_id *subject, tanu_error *err);

tanu_status sqlite_lookalike_put(struct store *store, const struct lookalike_row *row,
				 tanu_error *err);
tanu_status sqlite_lookalike_each(struct store *store, const tanu_id *subject,
				  tanu_status (*each)(void *self, const struct lookalike_row *row,
						      tanu_error *err),
				  void *self, tanu_error *err);
tanu_status sqlite_lookalike_delete(struct store *store, const tanu_id *id, tanu_error *err);

tanu_status sqlite_event_put(struct store *store, const struct event_row *row, tanu_error *err);
tanu_status sqlite_event_delete(struct store *store, const tanu_id *subject, uint16_t quarter,
				uint64_t *rows, tanu_error *err);
tanu_status sqlite_event_each(struct store *store, const tanu_id *subject,
			      tanu_status (*each)(void *self, const struct event_row *row,
						  tanu_error *err),
			      void *self, tanu_error *err);

tanu_status sqlite_tombstone_put(struct store *store, const struct tombstone_row *row,
				 tanu_error *err);
tanu_status sqlite_tombstone_each(struct store *store,
				  tanu_status (*each)(void *self, const struct tombstone_row *row,
						      tanu_error *err),
				  void *self, tanu_error *err);
tanu_status sqlite_tombstone_delete(struct store *store, const tanu_id *subject,
				    enum tombstone_kind kind, tanu_error *err);

tanu_status sqlite_counter_day(struct store *store, uint64_t *out, const char *name, int64_t day,
			       tanu_error *err);

tanu_status sqlite_log_put(struct store *store, const struct log_entry_row *row, tanu_error *err);
tanu_status sqlite_log_each(struct store *store, bool placed,
			    tanu_status (*each)(void *self, const struct log_entry_row *row,
						tanu_error *err),
			    void *self, tanu_error *err);
tanu_status sqlite_log_place(struct store *store, const tanu_id *id, uint64_t position,
			     tanu_error *err);
tanu_status sqlite_log_release(struct store *store, const tanu_id *subject, tanu_error *err);
tanu_status sqlite_log_trim(struct store *store, uint64_t size, tanu_error *err);

tanu_status sqlite_record_put(struct store *store, const struct record_row *row, tanu_error *err);
tanu_status sqlite_record_set(struct store *store, const tanu_id *id, const void *sealed,
			      size_t len, tanu_error *err);
tanu_status sqlite_record_each(struct store *store, const tanu_id *subject,
			       tanu_status (*each)(void *self, const struct record_row *row,
						   tanu_error *err),
			       void *self, tanu_error *err);
tanu_status sqlite_record_delete(struct store *store, const tanu_id *id, tanu_error *err);

tanu_status sqlite_account_put(struct store *store, const struct account_row *row, tanu_error *err);
tanu_status sqlite_account_set(struct store *store, const tanu_id *id, const void *sealed,
			       size_t len, tanu_error *err);
tanu_status sqlite_account_get(struct store *store, struct account_row *out, const tanu_id *id,
			       tanu_error *err);
tanu_status sqlite_account_find(struct store *store, struct account_row *out,
				const uint8_t lookup[TOKEN_DIGEST_LEN], tanu_error *err);
tanu_status sqlite_account_each(struct store *store,
				tanu_status (*each)(void *self, const struct account_row *row,
						    tanu_error *err),
				void *self, tanu_error *err);
tanu_status sqlite_account_delete(struct store *store, const tanu_id *id, tanu_error *err);

tanu_status sqlite_token_put(struct store *store, const struct token_row *row, tanu_error *err);
tanu_status sqlite_token_set(struct store *store, const struct token_row *row, tanu_error *err);
tanu_status sqlite_token_get(struct store *store, struct token_row *out,
			     const uint8_t digest[TOKEN_DIGEST_LEN], tanu_error *err);
tanu_status sqlite_token_each(struct store *store, enum token_kind kind, const tanu_id *owner,
			      tanu_status (*each)(void *self, const struct token_row *row,
						  tanu_error *err),
			      void *self, tanu_error *err);
tanu_status sqlite_token_delete(struct store *store, const uint8_t digest[TOKEN_DIGEST_LEN],
				tanu_error *err);
tanu_status sqlite_token_delete_of(struct store *store, enum token_kind kind, const tanu_id *owner,
				   tanu_error *err);
tanu_status sqlite_token_sweep(struct store *store, int64_t now_ms, tanu_error *err);

tanu_status sqlite_scrub(struct store *store, tanu_error *err);
tanu_status sqlite_copy(struct store *store,
			tanu_status (*write)(void *self, const void *bytes, size_t len,
					     uint64_t total, tanu_error *err),
			void *self, tanu_error *err);
tanu_status sqlite_check(struct store *store, tanu_error *err);
/* Numbers that nothing here could have reached: the next step would overflow. */
tanu_status sqlite_check_numbers(struct store *store, tanu_error *err);

#endif
