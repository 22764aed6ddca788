/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody with the database file and an SQL shell, foreign keys turned off: the triggers still
 * refuse a reference without a live consent of its own subject, and what they can't refuse is
 * noticed.
 */
#include "store/folder.h"
#include "store/suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#define DAY_MS ((int64_t)86400000)

/* Two enrolled people, and consents of each kind that is not live; as SQL text. */
static struct {
	char anna[ID_HEX_LEN], boris[ID_HEX_LEN], carl[ID_HEX_LEN];
	char annas[ID_HEX_LEN], boriss[ID_HEX_LEN], carls[ID_HEX_LEN];
	char withdrawn[ID_HEX_LEN], ended[ID_HEX_LEN], requested[ID_HEX_LEN];
	char none[ID_HEX_LEN];
	int64_t now;
} site;

static struct store *open_store(bool create)
{
	struct store *s = NULL;

	must(store_sqlite_open(&s, folder_file("tanu.db"), create, &why));
	return s;
}

static void put_requested(struct store *s, const tanu_id *subject, const tanu_id *id)
{
	struct consent_row row = {.consent = {.id = *id,
					      .subject = *subject,
					      .purpose = TANU_PURPOSE_ACCESS,
					      .state = TANU_CONSENT_REQUESTED,
					      .not_after_ms = sample_now() + DAY_MS}};

	must(s->calls->consent_put(s, &row, &why));
}

static int make_site(void **state)
{
	struct store *s;
	tanu_id anna, boris, carl, c1, c2, c3, withdrawn, ended;
	tanu_id requested = sample_id('c', 20), none = sample_id('c', 99);

	(void)state;
	folder_clear();
	s = open_store(true);
	must(s->calls->begin(s, &why));
	anna = put_subject(s, 1);
	boris = put_subject(s, 2);
	carl = put_subject(s, 3);
	site.now = sample_now();
	c1 = put_consent(s, &anna, 1, site.now + DAY_MS);
	c2 = put_consent(s, &boris, 2, site.now + DAY_MS);
	c3 = put_consent(s, &carl, 3, site.now + DAY_MS);
	withdrawn = put_consent(s, &carl, 4, site.now + DAY_MS);
	ended = put_consent(s, &carl, 5, site.now - 1);
	put_requested(s, &carl, &requested);
	must(s->calls->consent_set(s, &withdrawn, TANU_CONSENT_WITHDRAWN, 1, &why));
	put_reference(s, &anna, &c1, 1);
	put_reference(s, &boris, &c2, 2);
	must(s->calls->commit(s, &why));
	s->calls->close(s);
	id_hex(site.anna, &anna);
	id_hex(site.boris, &boris);
	id_hex(site.carl, &carl);
	id_hex(site.annas, &c1);
	id_hex(site.boriss, &c2);
	id_hex(site.carls, &c3);
	id_hex(site.withdrawn, &withdrawn);
	id_hex(site.ended, &ended);
	id_hex(site.requested, &requested);
	id_hex(site.none, &none);
	return 0;
}

/* Run SQL as a stranger would; the result code, with the number of rows changed. */
static int raw(int *changed, const char *fmt, ...)
{
	sqlite3 *db = NULL;
	va_list ap;
	char *sql;
	int rc;

	va_start(ap, fmt);
	sql = sqlite3_vmprintf(fmt, ap);
	va_end(ap);
	assert_non_null(sql);
	assert_int_equal(sqlite3_open(folder_file("tanu.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA foreign_keys = OFF", NULL, NULL, NULL),
			 SQLITE_OK);
	rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	rc = rc == SQLITE_OK ? rc : sqlite3_extended_errcode(db);
	if (changed)
		*changed = sqlite3_total_changes(db);
	sqlite3_free(sql);
	sqlite3_close(db);
	return rc;
}

#define REFUSES(...)                                                                             \
	do {                                                                                     \
		int refuses_changed = -1;                                                        \
		assert_int_equal(raw(&refuses_changed, __VA_ARGS__), SQLITE_CONSTRAINT_TRIGGER); \
		assert_int_equal(refuses_changed, 0);                                            \
	} while (0)
#define ALLOWS(...) assert_int_equal(raw(NULL, __VA_ARGS__), SQLITE_OK)

static const char *const inserts[] = {"INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE",
				      "INSERT OR FAIL", "REPLACE"};
static const char *const updates[] = {"UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE"};

static const char insert_into[] = "%s INTO reference (subject, id, consent, created_ms, sealed)"
				  " VALUES (x'%s', randomblob(16), x'%s', %lld, randomblob(640))";

static void a_raw_lookalike_needs_who_agreed_to_be_compared(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(inserts); i++)
		REFUSES("%s INTO lookalike (id, subject, sealed)"
			" VALUES (randomblob(16), x'%s', randomblob(90))",
			inserts[i], site.anna);
}

static void a_raw_reference_needs_a_live_consent(void **state)
{
	const char *const refused[] = {site.none, site.withdrawn, site.ended, site.requested,
				       site.annas};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(inserts); i++) {
		for (size_t k = 0; k < ARRAY_LEN(refused); k++)
			REFUSES(insert_into, inserts[i], site.carl, refused[k],
				(long long)site.now);
		/* A date before the end helps nobody whose consent has ended by now. */
		REFUSES(insert_into, inserts[i], site.carl, site.ended,
			(long long)(site.now - DAY_MS));
		REFUSES(insert_into, inserts[i], site.carl, site.carls,
			(long long)(site.now + 2 * DAY_MS));
	}
	/* The same words with a consent that is live: so it was the consent that was missing. */
	ALLOWS(insert_into, "INSERT", site.carl, site.carls, (long long)site.now);
}

static void a_raw_reference_can_not_change_its_basis(void **state)
{
	const char *const refused[] = {site.none, site.withdrawn, site.ended, site.requested,
				       site.boriss};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(updates); i++) {
		for (size_t k = 0; k < ARRAY_LEN(refused); k++)
			REFUSES("%s reference SET consent = x'%s' WHERE subject = x'%s'",
				updates[i], refused[k], site.anna);
		REFUSES("%s reference SET subject = x'%s' WHERE subject = x'%s'", updates[i],
			site.carl, site.anna);
	}
	REFUSES("INSERT INTO reference (subject, id, consent, created_ms, sealed) VALUES"
		" (x'%s', randomblob(16), x'%s', %lld, x'00') ON CONFLICT (subject) DO UPDATE SET"
		" consent = x'%s'",
		site.anna, site.annas, (long long)site.now, site.boriss);
}

static void a_raw_reference_does_not_grow_younger(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(updates); i++) {
		REFUSES("%s reference SET not_after_ms = not_after_ms - 1 WHERE subject = x'%s'",
			updates[i], site.anna);
		REFUSES("%s reference SET created_ms = created_ms + 1 WHERE subject = x'%s'",
			updates[i], site.anna);
	}
}

static void a_raw_consent_in_use_can_not_end_or_vanish(void **state)
{
	(void)state;
	for (int ended = 3; ended <= 6; ended++)
		REFUSES("UPDATE consent SET state = %d WHERE id = x'%s'", ended, site.annas);
	REFUSES("UPDATE consent SET state = 1 WHERE id = x'%s'", site.annas);
	REFUSES("DELETE FROM consent WHERE id = x'%s'", site.annas);
	REFUSES("DELETE FROM consent");
	/* Another one's tombstone is no excuse. */
	ALLOWS("INSERT INTO tombstone (subject, kind, requested_ms) VALUES (x'%s', 1, 0)",
	       site.boris);
	REFUSES("UPDATE consent SET state = 4 WHERE id = x'%s'", site.annas);
}

static void a_raw_consent_can_not_be_rewritten(void **state)
{
	static const char *const words[] = {"INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"};

	(void)state;
	REFUSES("UPDATE consent SET not_after_ms = not_after_ms + 1 WHERE id = x'%s'", site.ended);
	REFUSES("UPDATE consent SET subject = x'%s' WHERE id = x'%s'", site.anna, site.carls);
	REFUSES("UPDATE consent SET id = x'%s' WHERE id = x'%s'", site.none, site.annas);
	REFUSES("UPDATE consent SET purpose = 2 WHERE id = x'%s'", site.annas);
	REFUSES("UPDATE consent SET detail = x'00' WHERE id = x'%s'", site.annas);
	REFUSES("UPDATE consent SET state = 2 WHERE id = x'%s'", site.withdrawn);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		REFUSES("%s INTO consent (id, subject, purpose, state, given_ms, not_after_ms,"
			" sequence, detail) SELECT id, subject, purpose, 4, given_ms, not_after_ms,"
			" sequence, detail FROM consent WHERE id = x'%s'",
			words[i], site.annas);
}

static void a_raw_tombstone_can_not_be_lifted_over_a_reference(void **state)
{
	(void)state;
	ALLOWS("INSERT INTO tombstone (subject, kind, requested_ms) VALUES (x'%s', 1, 0);"
	       "UPDATE consent SET state = 4 WHERE id = x'%s'",
	       site.anna, site.annas);
	REFUSES("DELETE FROM tombstone WHERE subject = x'%s'", site.anna);
	REFUSES("UPDATE tombstone SET subject = x'%s'", site.carl);
	REFUSES(insert_into, "INSERT OR REPLACE", site.anna, site.annas, (long long)site.now);
	ALLOWS("DELETE FROM reference WHERE subject = x'%s';"
	       "DELETE FROM tombstone WHERE subject = x'%s'",
	       site.anna, site.anna);
}

static void the_ledger_can_not_be_wound_back(void **state)
{
	(void)state;
	REFUSES("UPDATE ledger SET sequence = 0");
	REFUSES("UPDATE ledger SET sequence = sequence + 100");
	REFUSES("DELETE FROM ledger");
	REFUSES("REPLACE INTO ledger VALUES (1, 0)");
}

static void refuses_to_open(const char *message)
{
	struct store *s = NULL;
	tanu_error err = {0};

	assert_int_equal(store_sqlite_open(&s, folder_file("tanu.db"), false, &err), TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_DB_DAMAGED);
	if (!strstr(err.message, message))
		fail_msg("\"%s\" is not about \"%s\"", err.message, message);
}

static void a_changed_schema_is_noticed_when_opening(void **state)
{
	static const char *const changes[] = {
	    "DROP TRIGGER reference_insert",
	    "DROP TRIGGER reference_insert; CREATE TRIGGER reference_insert BEFORE INSERT ON"
	    " reference WHEN 0 BEGIN SELECT 1; END",
	    "CREATE TRIGGER copy AFTER INSERT ON reference BEGIN DELETE FROM event; END",
	    "CREATE TABLE watch_list (x)",
	    "DROP VIEW consent_live; CREATE VIEW consent_live AS SELECT id, subject, given_ms,"
	    " not_after_ms FROM consent",
	};

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		make_site(state);
		ALLOWS("%s", changes[i]);
		refuses_to_open("changed");
	}
}

/* The text of a trigger, to put it back after the crime. */
static void read_trigger(const char *name, char *out, size_t out_len)
{
	sqlite3_stmt *stmt = NULL;
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(folder_file("tanu.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT sql FROM sqlite_schema WHERE name = ?1", -1,
					    &stmt, NULL),
			 SQLITE_OK);
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	snprintf(out, out_len, "%s", (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

/* Edit while a trigger is away. */
static void edit_without(const char *name, const char *sql)
{
	char trigger[1024];

	read_trigger(name, trigger, sizeof(trigger));
	ALLOWS("DROP TRIGGER %s; %s; %s", name, sql, trigger);
}

/* One step further and the sum is no number any more. */
static void numbers_that_can_not_be_are_noticed_when_opening(void **state)
{
	struct store *s;

	make_site(state);
	edit_without("ledger_forward", "UPDATE ledger SET sequence = 9223372036854775807");
	refuses_to_open("2^53");
	make_site(state);
	ALLOWS("INSERT INTO counter VALUES ('permits', 1, 9007199254740991), ('permits', 2, 1)");
	refuses_to_open("2^53");
	make_site(state);
	ALLOWS("UPDATE subject SET created_ms = 9223372036854775807");
	refuses_to_open("2^53");
	make_site(state);
	ALLOWS("INSERT INTO counter VALUES ('permits', 1, 9007199254740991)");
	s = open_store(false);
	s->calls->close(s);
}

static void check_finds(const char *message)
{
	struct store *s = open_store(false);
	tanu_error err = {0};

	assert_int_equal(s->calls->check(s, &err), TANU_DAMAGED);
	if (!strstr(err.message, message))
		fail_msg("\"%s\" is not about \"%s\"", err.message, message);
	s->calls->close(s);
}

static void a_reference_put_behind_the_triggers_back_is_found(void **state)
{
	char trigger[2048];

	read_trigger("reference_insert", trigger, sizeof(trigger));
	ALLOWS("DROP TRIGGER reference_insert");
	ALLOWS(insert_into, "INSERT", site.carl, site.withdrawn, (long long)site.now);
	ALLOWS("%s", trigger);
	check_finds("without a given consent");

	make_site(state);
	ALLOWS("DELETE FROM subject WHERE id = x'%s'", site.carl);
	check_finds("is not there");

	make_site(state);
	ALLOWS("UPDATE subject SET sequence = 1000 WHERE id = x'%s'", site.carl);
	check_finds("ledger has not reached");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, make_site)
	const struct CMUnitTest tests[] = {
	    TEST(a_raw_lookalike_needs_who_agreed_to_be_compared),
	    TEST(a_raw_reference_needs_a_live_consent),
	    TEST(a_raw_reference_can_not_change_its_basis),
	    TEST(a_raw_reference_does_not_grow_younger),
	    TEST(a_raw_consent_in_use_can_not_end_or_vanish),
	    TEST(a_raw_consent_can_not_be_rewritten),
	    TEST(a_raw_tombstone_can_not_be_lifted_over_a_reference),
	    TEST(the_ledger_can_not_be_wound_back),
	    TEST(a_changed_schema_is_noticed_when_opening),
	    TEST(numbers_that_can_not_be_are_noticed_when_opening),
	    TEST(a_reference_put_behind_the_triggers_back_is_found),
	};
#undef TEST

	folder_make();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
