/* SPDX-License-Identifier: Apache-2.0 */
#include "store/suite.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DAY_MS ((int64_t)86400000)

static const struct store_backend *backend;

static int open_empty(void **state)
{
	struct store *s = NULL;
	tanu_error err = {0};

	if (backend->open(&s, true, &err) < 0) {
		fprintf(stderr, "%s: %s\n", err.place, err.message);
		return -1;
	}
	*state = s;
	return 0;
}

static int close_store(void **state)
{
	struct store *s = *state;

	if (s)
		s->calls->close(s);
	return 0;
}

static struct store *reopen(void **state)
{
	close_store(state);
	*state = NULL;
	must(backend->open((struct store **)state, false, &why));
	return *state;
}

static void begin(struct store *s)
{
	must(s->calls->begin(s, &why));
}

static void commit(struct store *s)
{
	must(s->calls->commit(s, &why));
}

static int64_t tomorrow(void)
{
	return sample_now() + DAY_MS;
}

/* A subject with a live consent and a reference held under it, committed. */
static tanu_id enrolled_subject(struct store *s, uint32_t n, tanu_id *consent)
{
	tanu_id subject;

	begin(s);
	subject = put_subject(s, n);
	*consent = put_consent(s, &subject, n, tomorrow());
	put_reference(s, &subject, consent, n);
	commit(s);
	return subject;
}

static void bury(struct store *s, const tanu_id *subject)
{
	struct tombstone_row row = {.subject = *subject, .kind = TOMBSTONE_BIO, .requested_ms = 7};

	must(s->calls->tombstone_put(s, &row, &why));
}

static tanu_status withdraw(struct store *s, const tanu_id *consent, tanu_error *err)
{
	return s->calls->consent_set(s, consent, TANU_CONSENT_WITHDRAWN, 1, err);
}

static bool has_reference(struct store *s, const tanu_id *subject)
{
	struct reference_row row = {0};
	tanu_error err = {0};
	tanu_status st = s->calls->reference_get(s, &row, subject, &err);

	buf_free(&row.sealed);
	if (st != TANU_OK)
		assert_int_equal(err.code, TANU_ERR_NO_REFERENCE);
	return st == TANU_OK;
}

static bool has_subject(struct store *s, const tanu_id *id)
{
	struct subject_row row = {0};
	tanu_error err = {0};
	tanu_status st = s->calls->subject_get(s, &row, id, &err);

	buf_free(&row.profile);
	if (st != TANU_OK)
		assert_int_equal(err.code, TANU_ERR_SUBJECT_MISSING);
	return st == TANU_OK;
}

static void assert_refused(tanu_status st, const tanu_error *err)
{
	assert_int_equal(st, TANU_REFUSED);
	assert_int_equal(err->code, TANU_ERR_DB_RULE);
	assert_true(err->message[0]);
}

/* ---- what is kept ---- */

static void the_ledger_counts_only_what_is_committed(void **state)
{
	struct store *s = *state;
	uint64_t n = 99;

	must(s->calls->sequence(s, &n, &why));
	assert_int_equal(n, 0);
	begin(s);
	must(s->calls->sequence_next(s, &n, &why));
	must(s->calls->sequence_next(s, &n, &why));
	assert_int_equal(n, 2);
	s->calls->rollback(s);
	begin(s);
	must(s->calls->sequence_next(s, &n, &why));
	assert_int_equal(n, 1);
	commit(s);
	s = reopen(state);
	must(s->calls->sequence(s, &n, &why));
	assert_int_equal(n, 1);
}

static void what_is_not_committed_is_not_there(void **state)
{
	struct store *s = *state;
	tanu_id kept, rolled_back, left_open;

	begin(s);
	kept = put_subject(s, 1);
	commit(s);
	begin(s);
	rolled_back = put_subject(s, 2);
	assert_true(has_subject(s, &rolled_back));
	s->calls->rollback(s);
	s->calls->rollback(s); /* fine outside of a transaction */
	assert_false(has_subject(s, &rolled_back));
	begin(s);
	left_open = put_subject(s, 3);
	s = reopen(state);
	assert_true(has_subject(s, &kept));
	assert_false(has_subject(s, &rolled_back));
	assert_false(has_subject(s, &left_open));
}

static void facts_are_kept_by_key(void **state)
{
	static const uint8_t bytes[] = {0, 1, 0, 255};
	struct store *s = *state;
	struct buf out = {0};

	must(s->calls->meta_get(s, &out, "site", &why));
	assert_int_equal(out.len, 0);
	begin(s);
	must(s->calls->meta_set(s, "site", "old", 3, &why));
	must(s->calls->meta_set(s, "site", bytes, sizeof(bytes), &why));
	must(s->calls->meta_set(s, "empty", NULL, 0, &why));
	commit(s);
	s = reopen(state);
	must(s->calls->meta_get(s, &out, "site", &why));
	assert_int_equal(out.len, sizeof(bytes));
	assert_memory_equal(out.data, bytes, sizeof(bytes));
	must(s->calls->meta_get(s, &out, "empty", &why));
	assert_int_equal(out.len, sizeof(bytes));
	buf_free(&out);
}

static void a_subject_comes_back_as_it_was_put(void **state)
{
	struct store *s = *state;
	struct subject_row row = {0};
	struct buf sealed = {0};
	tanu_id id;

	begin(s);
	id = put_subject(s, 5);
	must(s->calls->subject_set(s, &id, SUBJECT_LEAVING, 12, &why));
	commit(s);
	s = reopen(state);
	must(s->calls->subject_get(s, &row, &id, &why));
	sample_sealed(&sealed, 1000005, 100);
	assert_true(id_equal(&row.id, &id));
	assert_int_equal(row.state, SUBJECT_LEAVING);
	assert_int_equal(row.created_ms, 1005);
	assert_int_equal(row.sequence, 12);
	assert_int_equal(row.profile.len, sealed.len);
	assert_memory_equal(row.profile.data, sealed.data, sealed.len);
	buf_free(&row.profile);
	begin(s);
	must(s->calls->subject_set_profile(s, &id, "new", 3, &why));
	commit(s);
	must(s->calls->subject_get(s, &row, &id, &why));
	assert_string_equal(buf_cstr(&row.profile), "new");
	buf_free(&row.profile);
	buf_free(&sealed);
}

static void an_id_is_taken_once(void **state)
{
	struct store *s = *state;
	tanu_id id = sample_id('s', 1);
	struct subject_row again = {.id = id, .state = SUBJECT_ACTIVE};
	tanu_error err = {0};

	begin(s);
	put_subject(s, 1);
	assert_int_equal(s->calls->subject_put(s, &again, &err), TANU_USAGE);
	assert_int_equal(err.code, TANU_ERR_CONFLICT);
	commit(s); /* the refusal undid itself alone */
	assert_true(has_subject(s, &id));
}

static void what_is_missing_is_named(void **state)
{
	struct store *s = *state;
	tanu_id id = sample_id('s', 1);
	struct subject_row row = {.sequence = 77};
	tanu_error err = {0};

	assert_int_equal(s->calls->subject_get(s, &row, &id, &err), TANU_NOT_FOUND);
	assert_int_equal(err.code, TANU_ERR_SUBJECT_MISSING);
	assert_int_equal(row.sequence, 77);
	begin(s);
	assert_int_equal(s->calls->subject_set(s, &id, SUBJECT_ACTIVE, 1, &err), TANU_NOT_FOUND);
	assert_int_equal(s->calls->subject_set_profile(s, &id, "x", 1, &err), TANU_NOT_FOUND);
	assert_int_equal(withdraw(s, &id, &err), TANU_REFUSED);
	assert_int_equal(err.code, TANU_ERR_NO_CONSENT);
	assert_int_equal(s->calls->reference_hold(s, &id, &id, &err), TANU_NOT_FOUND);
	assert_int_equal(err.code, TANU_ERR_NO_REFERENCE);
	must(s->calls->reference_delete(s, &id, &why));
	must(s->calls->subject_delete(s, &id, &why));
	must(s->calls->tombstone_delete(s, &id, TOMBSTONE_BIO, &why));
	commit(s);
}

struct consents {
	size_t count;
	tanu_consent rows[8];
	size_t detail_len;
};

static tanu_status collect_consent(void *self, const struct consent_row *row, tanu_error *err)
{
	struct consents *c = self;

	(void)err;
	c->rows[c->count++] = row->consent;
	c->detail_len = row->detail.len;
	return TANU_OK;
}

static void consents_come_in_the_order_of_the_ledger(void **state)
{
	struct store *s = *state;
	struct consents got = {0};
	tanu_id anna, boris, put[3];

	begin(s);
	anna = put_subject(s, 1);
	boris = put_subject(s, 2);
	for (uint32_t i = 0; i < 3; i++)
		put[i] = put_consent(s, &anna, i, tomorrow() + i);
	put_consent(s, &boris, 9, tomorrow());
	must(s->calls->consent_set(s, &put[1], TANU_CONSENT_WITHDRAWN, 2, &why));
	commit(s);
	must(s->calls->consent_each(s, &anna, collect_consent, &got, &why));
	assert_int_equal(got.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_true(id_equal(&got.rows[i].id, &put[i]));
		assert_true(id_equal(&got.rows[i].subject, &anna));
		assert_int_equal(got.rows[i].sequence, i + 1);
		assert_int_equal(got.rows[i].purpose, TANU_PURPOSE_ACCESS);
	}
	assert_int_equal(got.rows[0].state, TANU_CONSENT_GIVEN);
	assert_int_equal(got.rows[1].state, TANU_CONSENT_WITHDRAWN);
	assert_int_equal(got.detail_len, 200);
	got.count = 0;
	must(s->calls->consent_each(s, NULL, collect_consent, &got, &why));
	assert_int_equal(got.count, 4);
}

/* What says in clear who gave a consent would say in clear who is whose child. */
static void giver_and_guardian_are_not_stored(void **state)
{
	struct store *s = *state;
	struct consents got = {0};
	struct consent_row row = {.consent = {.id = sample_id('c', 1),
					      .subject = sample_id('s', 1),
					      .purpose = TANU_PURPOSE_VISIT,
					      .state = TANU_CONSENT_GIVEN,
					      .giver = TANU_GIVER_GUARDIAN,
					      .guardian = sample_id('s', 2),
					      .not_after_ms = 5}};

	begin(s);
	put_subject(s, 1);
	must(s->calls->consent_put(s, &row, &why));
	commit(s);
	must(s->calls->consent_each(s, NULL, collect_consent, &got, &why));
	assert_int_equal(got.rows[0].giver, TANU_GIVER_NONE);
	assert_true(id_is_zero(&got.rows[0].guardian));
}

static void a_reference_replaces_the_former_one(void **state)
{
	struct store *s = *state;
	struct reference_row row = {0};
	struct buf sealed = {0};
	tanu_id consent, id = sample_id('r', 2);
	tanu_id subject = enrolled_subject(s, 1, &consent);

	begin(s);
	put_reference(s, &subject, &consent, 2);
	commit(s);
	s = reopen(state);
	must(s->calls->reference_get(s, &row, &subject, &why));
	sample_sealed(&sealed, 3000002, 640);
	assert_true(id_equal(&row.id, &id));
	assert_true(id_equal(&row.subject, &subject));
	assert_true(id_equal(&row.consent, &consent));
	assert_int_equal(row.sealed.len, sealed.len);
	assert_memory_equal(row.sealed.data, sealed.data, sealed.len);
	buf_free(&row.sealed);
	buf_free(&sealed);
	begin(s);
	must(s->calls->reference_delete(s, &subject, &why));
	commit(s);
	assert_false(has_reference(s, &subject));
}

struct events {
	size_t count;
	int64_t at_ms[16];
	uint64_t sequence[16];
};

static tanu_status collect_event(void *self, const struct event_row *row, tanu_error *err)
{
	struct events *e = self;

	(void)err;
	assert_int_equal(row->quarter, 8104);
	assert_int_equal(row->sealed.len, 80);
	e->at_ms[e->count] = row->at_ms;
	e->sequence[e->count++] = row->sequence;
	return TANU_OK;
}

static void events_come_in_the_order_of_time(void **state)
{
	static const int64_t times[] = {500, 100, 300, 300, 300, 200};
	static const uint64_t sequences[] = {0, 1, 12, 3, 0, 2};
	static const uint64_t expected[] = {1, 2, 0, 3, 12, 0};
	struct store *s = *state;
	struct events got = {0};
	tanu_id anna, boris;
	uint64_t n;

	begin(s);
	for (int i = 0; i < 12; i++)
		must(s->calls->sequence_next(s, &n, &why));
	anna = put_subject(s, 1);
	boris = put_subject(s, 2);
	put_event(s, &boris, 99, 250, 0);
	for (uint32_t i = 0; i < ARRAY_LEN(times); i++)
		put_event(s, &anna, i, times[i], sequences[i]);
	commit(s);
	must(s->calls->event_each(s, &anna, collect_event, &got, &why));
	assert_int_equal(got.count, ARRAY_LEN(times));
	for (size_t i = 0; i < got.count; i++) {
		assert_int_equal(got.sequence[i], expected[i]);
		assert_true(i == 0 || got.at_ms[i - 1] <= got.at_ms[i]);
	}
}

static void put_event_of(struct store *s, const tanu_id *subject, uint32_t n, uint16_t quarter)
{
	struct event_row row = {
	    .id = sample_id('e', n), .subject = *subject, .at_ms = (int64_t)n, .quarter = quarter};

	while (row.sealed.len < 80)
		buf_u8(&row.sealed, 7);
	must(s->calls->event_put(s, &row, &why));
	buf_free(&row.sealed);
}

static void events_of_old_quarters_are_deleted(void **state)
{
	struct store *s = *state;
	struct events got = {0};
	tanu_id anna, boris;
	uint64_t rows = 99;

	begin(s);
	anna = put_subject(s, 1);
	boris = put_subject(s, 2);
	for (uint32_t i = 0; i < 6; i++)
		put_event_of(s, &anna, i, (uint16_t)(8102 + i / 2));
	put_event_of(s, &boris, 50, 8103);
	must(s->calls->event_delete(s, &anna, 8101, &rows, &why));
	assert_int_equal(rows, 0);
	must(s->calls->event_delete(s, &anna, 8103, &rows, &why));
	assert_int_equal(rows, 4);
	must(s->calls->event_delete(s, &boris, 8103, &rows, &why));
	assert_int_equal(rows, 1); /* hers was still there */
	commit(s);
	must(s->calls->event_each(s, &anna, collect_event, &got, &why));
	assert_int_equal(got.count, 2);
	assert_int_equal(got.at_ms[0], 4);
}

static void deleting_a_subject_deletes_all_of_hers_and_no_more(void **state)
{
	struct store *s = *state;
	struct consents consents = {0};
	struct events events = {0};
	tanu_id c1, c2, anna = enrolled_subject(s, 1, &c1), boris = enrolled_subject(s, 2, &c2);

	begin(s);
	put_event(s, &anna, 1, 10, 0);
	put_event(s, &boris, 2, 20, 0);
	commit(s);
	begin(s);
	must(s->calls->subject_delete(s, &anna, &why));
	commit(s);
	assert_false(has_subject(s, &anna));
	assert_false(has_reference(s, &anna));
	must(s->calls->event_each(s, &anna, collect_event, &events, &why));
	assert_int_equal(events.count, 0);
	must(s->calls->consent_each(s, NULL, collect_consent, &consents, &why));
	assert_int_equal(consents.count, 1);
	assert_true(id_equal(&consents.rows[0].subject, &boris));
	assert_true(has_subject(s, &boris) && has_reference(s, &boris));
	must(s->calls->event_each(s, &boris, collect_event, &events, &why));
	assert_int_equal(events.count, 1);
	must(s->calls->check(s, &why));
}

static tanu_status collect_tombstone(void *self, const struct tombstone_row *row, tanu_error *err)
{
	unsigned *kinds = self;

	(void)err;
	assert_int_equal(row->requested_ms, 7);
	*kinds |= 1u << row->kind;
	return TANU_OK;
}

static void tombstones_stand_until_they_are_deleted(void **state)
{
	struct store *s = *state;
	struct tombstone_row row = {.kind = TOMBSTONE_SUBJECT, .requested_ms = 7};
	unsigned kinds = 0;

	row.subject = sample_id('s', 1);
	begin(s);
	bury(s, &row.subject);
	bury(s, &row.subject);
	must(s->calls->tombstone_put(s, &row, &why));
	row.requested_ms = 8; /* asked again: the first request counts */
	must(s->calls->tombstone_put(s, &row, &why));
	commit(s);
	s = reopen(state);
	must(s->calls->tombstone_each(s, collect_tombstone, &kinds, &why));
	assert_int_equal(kinds, 1u << TOMBSTONE_BIO | 1u << TOMBSTONE_SUBJECT);
	begin(s);
	must(s->calls->tombstone_delete(s, &row.subject, TOMBSTONE_BIO, &why));
	commit(s);
	kinds = 0;
	must(s->calls->tombstone_each(s, collect_tombstone, &kinds, &why));
	assert_int_equal(kinds, 1u << TOMBSTONE_SUBJECT);
}

static void counters_add_up_over_days(void **state)
{
	struct store *s = *state;
	uint64_t n = 99;

	must(s->calls->counter_sum(s, &n, "permits", &why));
	assert_int_equal(n, 0);
	begin(s);
	must(s->calls->counter_add(s, "permits", 20000, 2, &why));
	must(s->calls->counter_add(s, "permits", 20000, 3, &why));
	must(s->calls->counter_add(s, "permits", 20001, 5, &why));
	must(s->calls->counter_add(s, "uses", 20001, 7, &why));
	commit(s);
	must(s->calls->counter_sum(s, &n, "permits", &why));
	assert_int_equal(n, 10);
	must(s->calls->counter_day(s, &n, "permits", 20000, &why));
	assert_int_equal(n, 5);
	must(s->calls->counter_day(s, &n, "permits", 20002, &why));
	assert_int_equal(n, 0);
}

/* ---- what waits for the log ---- */

struct entries {
	struct log_entry_row rows[8];
	size_t len;
};

static tanu_status collect_entry(void *self, const struct log_entry_row *row, tanu_error *err)
{
	struct entries *e = self;

	(void)err;
	assert_in_range(e->len, 0, ARRAY_LEN(e->rows) - 1);
	e->rows[e->len] = *row;
	e->rows[e->len].entry = e->rows[e->len].opening = (struct buf){0};
	e->len++;
	return TANU_OK;
}

static struct entries entries_of(struct store *s, bool placed)
{
	struct entries e = {0};

	must(s->calls->log_each(s, placed, collect_entry, &e, &why));
	return e;
}

static void put_entry(struct store *s, uint32_t n, const tanu_id *hold)
{
	struct log_entry_row row = {.id = sample_id('l', n), .personal = true, .at_ms = n};

	if (hold)
		row.hold = *hold;
	buf_put(&row.entry, "entry", 5);
	must(s->calls->log_put(s, &row, &why));
	buf_free(&row.entry);
}

static void log_entries_wait_get_a_place_once_and_go(void **state)
{
	struct store *s = *state;
	tanu_id hold = sample_id('s', 1), first = sample_id('l', 1), second = sample_id('l', 2);
	struct entries e;

	begin(s);
	put_entry(s, 1, NULL);
	put_entry(s, 2, &hold);
	commit(s);
	s = reopen(state);
	e = entries_of(s, false);
	assert_int_equal(e.len, 1);
	assert_true(id_equal(&e.rows[0].id, &first));
	assert_int_equal(e.rows[0].position, -1);
	assert_true(e.rows[0].personal);
	begin(s);
	assert_int_equal(s->calls->log_place(s, &second, 0, &why), TANU_REFUSED); /* held */
	must(s->calls->log_place(s, &first, 7, &why));
	assert_int_equal(s->calls->log_place(s, &first, 8, &why), TANU_REFUSED);
	must(s->calls->log_release(s, &hold, &why));
	must(s->calls->log_place(s, &second, 6, &why));
	commit(s);
	assert_int_equal(entries_of(s, false).len, 0);
	e = entries_of(s, true);
	assert_int_equal(e.len, 2);
	assert_int_equal(e.rows[0].position, 6);
	assert_int_equal(e.rows[1].position, 7);
	begin(s);
	must(s->calls->log_trim(s, 7, &why));
	commit(s);
	e = entries_of(s, true);
	assert_int_equal(e.len, 1);
	assert_int_equal(e.rows[0].position, 7);
}

/* ---- records ---- */

struct papers {
	size_t len;
	uint8_t kinds[8];
	char last[16];
};

static tanu_status collect_record(void *self, const struct record_row *row, tanu_error *err)
{
	struct papers *p = self;

	(void)err;
	assert_in_range(p->len, 0, ARRAY_LEN(p->kinds) - 1);
	p->kinds[p->len++] = row->kind;
	snprintf(p->last, sizeof(p->last), "%.*s", (int)row->sealed.len,
		 (const char *)row->sealed.data);
	return TANU_OK;
}

static struct papers papers_of(struct store *s, const tanu_id *subject)
{
	struct papers p = {0};

	must(s->calls->record_each(s, subject, collect_record, &p, &why));
	return p;
}

static void put_record(struct store *s, uint32_t n, const tanu_id *subject, uint8_t kind)
{
	struct record_row row = {
	    .id = sample_id('p', n), .subject = *subject, .kind = kind, .created_ms = 5};

	buf_put(&row.sealed, "first", 5);
	must(s->calls->record_put(s, &row, &why));
	buf_free(&row.sealed);
}

static tanu_status put_pass(struct store *s, uint32_t n, const tanu_id *subject, tanu_error *err)
{
	struct record_row row = {.id = sample_id('p', n),
				 .subject = *subject,
				 .kind = RECORD_KIND_PASS,
				 .created_ms = 5};
	tanu_status st;

	buf_put(&row.sealed, "pass", 4);
	st = s->calls->record_put(s, &row, err);
	buf_free(&row.sealed);
	return st;
}

static void refuses_pass(struct store *s, uint32_t n, const tanu_id *subject)
{
	tanu_error err = {0};

	assert_int_equal(put_pass(s, n, subject, &err), TANU_REFUSED);
	assert_int_equal(err.code, TANU_ERR_DB_RULE);
}

static void a_pass_needs_a_live_consent_of_its_own_subject(void **state)
{
	struct store *s = *state;
	struct tombstone_row tombstone = {.kind = TOMBSTONE_BIO, .requested_ms = 1};
	tanu_id anna, boris, consent;

	begin(s);
	anna = put_subject(s, 1);
	boris = put_subject(s, 2);
	put_calibration(s, &anna, 1, sample_now() + DAY_MS);
	put_consent(s, &anna, 2, sample_now() - DAY_MS);
	refuses_pass(s, 1, &anna); /* calibration, and one that has ended */
	consent = put_consent(s, &anna, 3, sample_now() + DAY_MS);
	refuses_pass(s, 1, &boris);
	must(put_pass(s, 1, &anna, &why));
	tombstone.subject = anna;
	must(s->calls->tombstone_put(s, &tombstone, &why));
	refuses_pass(s, 2, &anna);
	must(s->calls->tombstone_delete(s, &anna, TOMBSTONE_BIO, &why));
	must(put_pass(s, 2, &anna, &why));
	must(s->calls->consent_set(s, &consent, TANU_CONSENT_WITHDRAWN, 9, &why));
	refuses_pass(s, 3, &anna);
	commit(s);
	assert_int_equal(papers_of(s, &anna).len, 2); /* what was issued stays told of */
}

static void records_change_and_go_with_their_subject(void **state)
{
	struct store *s = *state;
	tanu_id subject, one = sample_id('p', 1), none = sample_id('p', 9);

	begin(s);
	subject = put_subject(s, 1);
	put_record(s, 1, &subject, 9);
	put_record(s, 2, &subject, 3);
	must(s->calls->record_set(s, &one, "second", 6, &why));
	assert_int_equal(s->calls->record_set(s, &none, "x", 1, &why), TANU_NOT_FOUND);
	commit(s);
	s = reopen(state);
	assert_int_equal(papers_of(s, &subject).len, 2);
	assert_int_equal(papers_of(s, &subject).kinds[0], 3);
	assert_string_equal(papers_of(s, &subject).last, "second");
	begin(s);
	must(s->calls->record_delete(s, &one, &why));
	commit(s);
	assert_int_equal(papers_of(s, &subject).len, 1);
	begin(s);
	must(s->calls->subject_delete(s, &subject, &why));
	commit(s);
	assert_int_equal(papers_of(s, &subject).len, 0);
}

/* ---- the second lock ---- */

static void refuses_reference(struct store *s, const tanu_id *subject, const tanu_id *consent,
			      int64_t created_ms)
{
	struct reference_row row = {.id = sample_id('r', 100),
				    .subject = *subject,
				    .consent = *consent,
				    .created_ms = created_ms,
				    .not_after_ms = REFERENCE_ENDLESS};
	tanu_error err = {0};

	buf_str(&row.sealed, "sealed");
	assert_refused(s->calls->reference_put(s, &row, &err), &err);
	buf_free(&row.sealed);
	assert_false(has_reference(s, subject));
}

static void refuses_a_reference_that_has_ended(void **state)
{
	struct store *s = *state;
	int64_t now = sample_now();
	const struct {
		int64_t created_ms, not_after_ms;
	} bad[] = {{now, now}, {now, 0}, {now, now - 1}, {now - DAY_MS, now - 1}};
	struct reference_row row = {.id = sample_id('r', 7)};
	tanu_error err = {0};

	begin(s);
	row.subject = put_subject(s, 1);
	row.consent = put_consent(s, &row.subject, 1, tomorrow());
	sample_sealed(&row.sealed, 1, 64);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		row.created_ms = bad[i].created_ms;
		row.not_after_ms = bad[i].not_after_ms;
		assert_refused(s->calls->reference_put(s, &row, &err), &err);
	}
	row.created_ms = now;
	row.not_after_ms = now + DAY_MS;
	must(s->calls->reference_put(s, &row, &why));
	buf_free(&row.sealed);
	must(s->calls->reference_get(s, &row, &row.subject, &why));
	assert_int_equal(row.not_after_ms, now + DAY_MS);
	commit(s);
	buf_free(&row.sealed);
}

static void refuses_a_reference_without_a_live_consent(void **state)
{
	struct store *s = *state;
	tanu_id anna, boris, none = sample_id('c', 50), annas, ended, withdrawn;
	int64_t now = sample_now();

	begin(s);
	anna = put_subject(s, 1);
	boris = put_subject(s, 2);
	annas = put_consent(s, &anna, 1, tomorrow());
	ended = put_consent(s, &boris, 2, now - 1);
	withdrawn = put_consent(s, &boris, 3, tomorrow());
	must(withdraw(s, &withdrawn, &why));
	refuses_reference(s, &anna, &none, now);
	refuses_reference(s, &boris, &annas, now);
	refuses_reference(s, &boris, &withdrawn, now);
	/* Ended by both clocks; by the machine's although not by the row's. */
	refuses_reference(s, &boris, &ended, now);
	refuses_reference(s, &boris, &ended, now - DAY_MS);
	/* Ended by the row's clock although not by the machine's; not yet given. */
	refuses_reference(s, &anna, &annas, now + 2 * DAY_MS);
	refuses_reference(s, &anna, &annas, now - 500 * DAY_MS);
	put_reference(s, &anna, &annas, 1);
	commit(s);
	assert_true(has_reference(s, &anna));
}

static void refuses_to_hold_a_reference_under_another_ones_consent(void **state)
{
	struct store *s = *state;
	tanu_id own, others, ended, second, anna = enrolled_subject(s, 1, &own);
	tanu_error err = {0};

	enrolled_subject(s, 2, &others);
	begin(s);
	ended = put_consent(s, &anna, 10, sample_now() - 1);
	second = put_consent(s, &anna, 11, tomorrow());
	assert_refused(s->calls->reference_hold(s, &anna, &others, &err), &err);
	assert_refused(s->calls->reference_hold(s, &anna, &ended, &err), &err);
	must(s->calls->reference_hold(s, &anna, &second, &why));
	/* Held elsewhere, the first may now be withdrawn with nothing erased. */
	must(withdraw(s, &own, &why));
	commit(s);
	assert_true(has_reference(s, &anna));
	must(s->calls->check(s, &why));
}

static void a_consent_in_use_ends_only_beside_a_tombstone(void **state)
{
	struct store *s = *state;
	tanu_id consent, second, anna = enrolled_subject(s, 1, &consent);
	tanu_error err = {0};

	begin(s);
	assert_refused(withdraw(s, &consent, &err), &err);
	assert_refused(s->calls->consent_set(s, &consent, TANU_CONSENT_EXPIRED, 1, &err), &err);
	bury(s, &anna);
	must(withdraw(s, &consent, &why));
	commit(s);
	must(s->calls->check(s, &why));

	/* Until the erasure is finished the reference can neither be saved nor replaced. */
	begin(s);
	second = put_consent(s, &anna, 2, tomorrow());
	assert_refused(s->calls->reference_hold(s, &anna, &second, &err), &err);
	assert_refused(s->calls->tombstone_delete(s, &anna, TOMBSTONE_BIO, &err), &err);
	must(s->calls->reference_delete(s, &anna, &why));
	refuses_reference(s, &anna, &second, sample_now());
	must(s->calls->tombstone_delete(s, &anna, TOMBSTONE_BIO, &why));
	put_reference(s, &anna, &second, 2);
	commit(s);
	must(s->calls->check(s, &why));
}

static void an_ended_consent_does_not_come_back(void **state)
{
	static const tanu_consent_state ended[] = {TANU_CONSENT_REFUSED, TANU_CONSENT_WITHDRAWN,
						   TANU_CONSENT_EXPIRED, TANU_CONSENT_LAPSED,
						   TANU_CONSENT_REPLACED};
	struct store *s = *state;
	tanu_error err = {0};
	tanu_id anna;

	begin(s);
	anna = put_subject(s, 1);
	for (uint32_t i = 0; i < ARRAY_LEN(ended); i++) {
		tanu_id c = put_consent(s, &anna, i, tomorrow());

		must(s->calls->consent_set(s, &c, ended[i], 1, &why));
		assert_refused(s->calls->consent_set(s, &c, TANU_CONSENT_GIVEN, 1, &err), &err);
	}
	commit(s);
}

static void a_refusal_ends_but_never_becomes_a_yes(void **state)
{
	static const tanu_consent_state ends[] = {TANU_CONSENT_WITHDRAWN, TANU_CONSENT_LAPSED,
						  TANU_CONSENT_REPLACED};
	static const tanu_consent_state never[] = {TANU_CONSENT_REQUESTED, TANU_CONSENT_GIVEN,
						   TANU_CONSENT_EXPIRED};
	struct store *s = *state;
	tanu_error err = {0};
	tanu_id anna;

	begin(s);
	anna = put_subject(s, 1);
	for (uint32_t i = 0; i < ARRAY_LEN(ends); i++) {
		tanu_id c = put_consent(s, &anna, i, tomorrow());

		must(s->calls->consent_set(s, &c, TANU_CONSENT_REFUSED, 1, &why));
		for (size_t k = 0; k < ARRAY_LEN(never); k++)
			assert_refused(s->calls->consent_set(s, &c, never[k], 1, &err), &err);
		must(s->calls->consent_set(s, &c, ends[i], 1, &why));
		assert_refused(s->calls->consent_set(s, &c, TANU_CONSENT_GIVEN, 1, &err), &err);
		assert_refused(s->calls->consent_set(s, &c, TANU_CONSENT_REFUSED, 1, &err), &err);
	}
	commit(s);
}

static void rows_of_nobody_are_refused(void **state)
{
	struct store *s = *state;
	struct consent_row consent = {.consent = {.id = sample_id('c', 1),
						  .subject = sample_id('s', 1),
						  .purpose = TANU_PURPOSE_ACCESS,
						  .state = TANU_CONSENT_GIVEN,
						  .not_after_ms = 5}};
	struct event_row event = {.id = sample_id('e', 1), .subject = sample_id('s', 1)};
	tanu_error err = {0};

	begin(s);
	assert_refused(s->calls->consent_put(s, &consent, &err), &err);
	assert_refused(s->calls->event_put(s, &event, &err), &err);
	put_subject(s, 1);
	consent.consent.purpose = TANU_PURPOSE_ACCESS | TANU_PURPOSE_VISIT;
	assert_refused(s->calls->consent_put(s, &consent, &err), &err);
	consent.consent.purpose = TANU_PURPOSE_ACCESS;
	must(s->calls->consent_put(s, &consent, &why));
	s->calls->rollback(s);
}

/* ---- look-alikes ---- */

struct lookalike_count {
	size_t n;
	tanu_id last;
};

static tanu_status count_lookalike(void *self, const struct lookalike_row *row, tanu_error *err)
{
	struct lookalike_count *count = self;

	(void)err;
	assert_int_equal(row->sealed.len, 90);
	count->n++;
	count->last = row->subject;
	return TANU_OK;
}

static size_t lookalikes(struct store *s, const tanu_id *subject)
{
	struct lookalike_count count = {0};

	must(s->calls->lookalike_each(s, subject, count_lookalike, &count, &why));
	if (subject && count.n > 0)
		assert_true(id_equal(&count.last, subject));
	return count.n;
}

static void lookalikes_are_kept_by_person_and_deleted_by_id(void **state)
{
	struct store *s = *state;
	tanu_id anna, boris, first = sample_id('l', 1);

	begin(s);
	anna = put_subject(s, 1);
	boris = put_subject(s, 2);
	put_calibration(s, &anna, 1, tomorrow());
	put_calibration(s, &boris, 2, tomorrow());
	must(put_lookalike(s, &anna, 1, &why));
	must(put_lookalike(s, &anna, 2, &why));
	must(put_lookalike(s, &boris, 3, &why));
	commit(s);
	s = reopen(state);
	assert_int_equal(lookalikes(s, NULL), 3);
	assert_int_equal(lookalikes(s, &anna), 2);
	begin(s);
	must(s->calls->lookalike_delete(s, &first, &why));
	must(s->calls->lookalike_delete(s, &first, &why)); /* not there: fine */
	assert_int_equal(lookalikes(s, &anna), 1);
	must(s->calls->subject_delete(s, &anna, &why));
	commit(s);
	assert_int_equal(lookalikes(s, NULL), 1);
	assert_int_equal(lookalikes(s, &boris), 1);
}

static void refuses_a_lookalike_of_who_did_not_agree_to_it(void **state)
{
	struct store *s = *state;
	tanu_error err = {0};
	tanu_id anna, calibration;

	begin(s);
	anna = put_subject(s, 1);
	assert_refused(put_lookalike(s, &anna, 1, &err), &err);
	put_consent(s, &anna, 1, tomorrow()); /* to access */
	assert_refused(put_lookalike(s, &anna, 1, &err), &err);
	put_calibration(s, &anna, 2, sample_now() - 1); /* ended */
	assert_refused(put_lookalike(s, &anna, 1, &err), &err);
	calibration = put_calibration(s, &anna, 3, tomorrow());
	must(put_lookalike(s, &anna, 1, &why));
	must(s->calls->consent_set(s, &calibration, TANU_CONSENT_WITHDRAWN, 1, &why));
	assert_refused(put_lookalike(s, &anna, 2, &err), &err);
	commit(s);
}

static void refuses_a_reference_under_a_consent_to_calibration(void **state)
{
	struct store *s = *state;
	struct reference_row row = {
	    .id = sample_id('r', 9), .created_ms = sample_now(), .not_after_ms = REFERENCE_ENDLESS};
	tanu_error err = {0};
	tanu_id access;

	begin(s);
	row.subject = put_subject(s, 1);
	row.consent = put_calibration(s, &row.subject, 1, tomorrow());
	sample_sealed(&row.sealed, 1, 64);
	assert_refused(s->calls->reference_put(s, &row, &err), &err);
	access = put_consent(s, &row.subject, 2, tomorrow());
	put_reference(s, &row.subject, &access, 1);
	assert_refused(s->calls->reference_hold(s, &row.subject, &row.consent, &err), &err);
	commit(s);
	buf_free(&row.sealed);
}

/* ---- walks ---- */

struct nested {
	struct store *s;
	size_t outer, inner, stop_at;
};

static tanu_status count_inner(void *self, const struct subject_row *row, tanu_error *err)
{
	(void)row;
	(void)err;
	((struct nested *)self)->inner++;
	return TANU_OK;
}

static tanu_status walk_again(void *self, const struct subject_row *row, tanu_error *err)
{
	struct nested *n = self;

	if (n->outer == n->stop_at)
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "enough");
	n->outer++;
	assert_true(has_subject(n->s, &row->id));
	return n->s->calls->subject_each(n->s, count_inner, n, err);
}

static void a_walk_may_read_and_may_be_ended(void **state)
{
	struct store *s = *state;
	struct nested n = {.s = s, .stop_at = 99};
	tanu_error err = {0};

	begin(s);
	for (uint32_t i = 0; i < 5; i++)
		put_subject(s, i);
	commit(s);
	must(s->calls->subject_each(s, walk_again, &n, &why));
	assert_int_equal(n.outer, 5);
	assert_int_equal(n.inner, 25);
	n = (struct nested){.s = s, .stop_at = 2};
	assert_int_equal(s->calls->subject_each(s, walk_again, &n, &err), TANU_USAGE);
	assert_string_equal(err.message, "enough");
	assert_int_equal(n.outer, 2);
	begin(s); /* the ended walk holds nothing */
	put_subject(s, 9);
	commit(s);
	must(s->calls->scrub(s, &why));
}

#define MANY	  100000
#define BATCH	  5000
#define WALK_HEAP ((size_t)4 << 20) /* a cache of pages and a row; the rows are 15 MB */

struct many {
	size_t count, heap_before, heap_most;
	tanu_id last;
};

static tanu_status count_many(void *self, const struct subject_row *row, tanu_error *err)
{
	struct many *m = self;
	size_t heap = mallinfo2().uordblks;

	(void)err;
	if (m->count > 0 && memcmp(m->last.b, row->id.b, sizeof(m->last.b)) >= 0)
		fail_msg("the walk came back to where it was");
	m->last = row->id;
	m->heap_most = heap > m->heap_most ? heap : m->heap_most;
	m->count++;
	return TANU_OK;
}

static void many_rows_are_walked_in_constant_memory(void **state)
{
	struct store *s = *state;
	struct many m = {0};

	for (uint32_t i = 0; i < MANY; i++) {
		if (i % BATCH == 0)
			begin(s);
		put_subject(s, i);
		if (i % BATCH == BATCH - 1)
			commit(s);
	}
	s = reopen(state);
	m.heap_before = m.heap_most = mallinfo2().uordblks;
	must(s->calls->subject_each(s, count_many, &m, &why));
	assert_int_equal(m.count, MANY);
	print_message("%zu bytes more on the heap while %d rows were walked\n",
		      m.heap_most - m.heap_before, MANY);
	assert_true(m.heap_most - m.heap_before < WALK_HEAP);
	must(s->calls->check(s, &why));
}

int store_suite_run(const struct store_backend *with)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_empty, close_store)
	const struct CMUnitTest tests[] = {
	    TEST(the_ledger_counts_only_what_is_committed),
	    TEST(what_is_not_committed_is_not_there),
	    TEST(facts_are_kept_by_key),
	    TEST(a_subject_comes_back_as_it_was_put),
	    TEST(an_id_is_taken_once),
	    TEST(what_is_missing_is_named),
	    TEST(consents_come_in_the_order_of_the_ledger),
	    TEST(giver_and_guardian_are_not_stored),
	    TEST(a_reference_replaces_the_former_one),
	    TEST(events_come_in_the_order_of_time),
	    TEST(events_of_old_quarters_are_deleted),
	    TEST(deleting_a_subject_deletes_all_of_hers_and_no_more),
	    TEST(tombstones_stand_until_they_are_deleted),
	    TEST(counters_add_up_over_days),
	    TEST(log_entries_wait_get_a_place_once_and_go),
	    TEST(records_change_and_go_with_their_subject),
	    TEST(a_pass_needs_a_live_consent_of_its_own_subject),
	    TEST(refuses_a_reference_that_has_ended),
	    TEST(refuses_a_reference_without_a_live_consent),
	    TEST(refuses_to_hold_a_reference_under_another_ones_consent),
	    TEST(a_consent_in_use_ends_only_beside_a_tombstone),
	    TEST(an_ended_consent_does_not_come_back),
	    TEST(a_refusal_ends_but_never_becomes_a_yes),
	    TEST(rows_of_nobody_are_refused),
	    TEST(lookalikes_are_kept_by_person_and_deleted_by_id),
	    TEST(refuses_a_lookalike_of_who_did_not_agree_to_it),
	    TEST(refuses_a_reference_under_a_consent_to_calibration),
	    TEST(a_walk_may_read_and_may_be_ended),
	    TEST(many_rows_are_walked_in_constant_memory),
	};
#undef TEST

	backend = with;
	return cmocka_run_group_tests_name(with->name, tests, NULL, NULL);
}
