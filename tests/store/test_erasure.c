/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deleted rows leave no bytes in the files. With a positive control each time: the same search
 * finds them before. Sizes go from a few bytes in a cell to several overflow pages, and rows are
 * put, replaced and deleted in mixed order, so that pages split, merge and are reused.
 */
#include "store/folder.h"
#include "store/suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DAY_MS ((int64_t)86400000)
#define PEOPLE 600
#define NEEDLE 24 /* bytes searched for: enough to be nowhere by chance */

static const size_t sizes[] = {40, 640, 3000, 9000};

static struct store *s;

static int open_store(void **state)
{
	(void)state;
	folder_clear();
	must(store_sqlite_open(&s, folder_file("tanu.db"), true, &why));
	return 0;
}

static int close_store(void **state)
{
	(void)state;
	s->calls->close(s);
	return 0;
}

/* Sealed bytes of one person; `round` tells a replaced row from the one before. */
static void sealed(struct buf *out, uint32_t n, uint32_t round)
{
	out->len = 0;
	sample_sealed(out, 100000 * (round + 1) + n, sizes[n % ARRAY_LEN(sizes)]);
}

static void put_person(uint32_t n)
{
	struct reference_row row = {.created_ms = sample_now(), .not_after_ms = REFERENCE_ENDLESS};

	row.subject = put_subject(s, n);
	row.consent = put_consent(s, &row.subject, n, sample_now() + DAY_MS);
	row.id = sample_id('r', n);
	sealed(&row.sealed, n, 0);
	must(s->calls->reference_put(s, &row, &why));
	put_event(s, &row.subject, n, n, 0);
	buf_free(&row.sealed);
}

static void replace_reference(uint32_t n)
{
	struct reference_row row = {.subject = sample_id('s', n),
				    .consent = sample_id('c', n),
				    .id = sample_id('q', n),
				    .created_ms = sample_now(),
				    .not_after_ms = REFERENCE_ENDLESS};

	sealed(&row.sealed, n, 1);
	must(s->calls->reference_put(s, &row, &why));
	buf_free(&row.sealed);
}

static size_t stands_in(const struct buf *files, const void *bytes)
{
	return memmem(files->data, files->len, bytes, NEEDLE) != NULL ? 1 : 0;
}

/* How many pieces of a person's sealed bytes stand anywhere in the files. */
static size_t pieces_of(const struct buf *files, uint32_t n, uint32_t round)
{
	struct buf bytes = {0};
	size_t found = 0;

	sealed(&bytes, n, round);
	for (size_t at = 0; at + NEEDLE <= bytes.len; at += 500)
		found += stands_in(files, bytes.data + at);
	buf_free(&bytes);
	return found;
}

/* Of a person's profile, consent and event, how many stand in the files; and her id, counted once.
 */
static size_t rows_of(const struct buf *files, uint32_t n)
{
	struct buf profile = {0}, detail = {0}, event = {0};
	tanu_id id = sample_id('s', n);
	size_t found;

	sample_sealed(&profile, 1000000 + n, 100);
	sample_sealed(&detail, 2000000 + n, 200);
	sample_sealed(&event, 4000000 + n, 80);
	found = stands_in(files, profile.data) + stands_in(files, detail.data) +
		stands_in(files, event.data);
	if (memmem(files->data, files->len, id.b, sizeof(id.b)))
		found++;
	buf_free(&profile);
	buf_free(&detail);
	buf_free(&event);
	return found;
}

static void read_files(struct buf *out)
{
	struct buf wal = {0};

	file_read(out, folder_file("tanu.db"));
	if (os_exists(folder_file("tanu.db-wal")))
		file_read(&wal, folder_file("tanu.db-wal"));
	buf_put(out, wal.data, wal.len);
	buf_free(&wal);
}

static void a_deleted_reference_is_in_no_file(void **state)
{
	struct buf files = {0};
	tanu_id anna = sample_id('s', 1);

	(void)state;
	must(s->calls->begin(s, &why));
	put_person(1);
	put_person(2);
	must(s->calls->commit(s, &why));
	read_files(&files);
	assert_true(pieces_of(&files, 1, 0) > 0); /* found in the log */
	must(s->calls->scrub(s, &why));
	read_files(&files);
	assert_true(pieces_of(&files, 1, 0) > 0); /* found in the database */

	must(s->calls->begin(s, &why));
	must(s->calls->reference_delete(s, &anna, &why));
	must(s->calls->commit(s, &why));
	read_files(&files);
	assert_true(pieces_of(&files, 1, 0) > 0); /* deleted, but the old page is still there */
	must(s->calls->scrub(s, &why));
	read_files(&files);
	assert_int_equal(pieces_of(&files, 1, 0), 0);
	assert_true(pieces_of(&files, 2, 0) > 0);
	assert_true(rows_of(&files, 1) == 4);
	buf_free(&files);
}

static bool leaves(uint32_t n)
{
	return n % 3 == 0;
}

static bool changes(uint32_t n)
{
	return n % 5 == 0;
}

static void in_batches(void (*act)(uint32_t n))
{
	for (uint32_t n = 0; n < PEOPLE; n++) {
		if (n % 50 == 0)
			must(s->calls->begin(s, &why));
		act(n);
		if (n % 50 == 49)
			must(s->calls->commit(s, &why));
	}
}

static void change_some(uint32_t n)
{
	if (changes(n))
		replace_reference(n);
}

static void remove_some(uint32_t n)
{
	tanu_id id = sample_id('s', n);

	if (leaves(n))
		must(s->calls->subject_delete(s, &id, &why));
}

static void add_some_more(uint32_t n)
{
	if (n % 4 == 0)
		put_person(PEOPLE + n);
}

static void many_deleted_and_replaced_rows_are_in_no_file(void **state)
{
	struct buf files = {0};
	size_t left = 0, ids = 0;

	(void)state;
	in_batches(put_person);
	must(s->calls->scrub(s, &why));
	read_files(&files);
	for (uint32_t n = 0; n < PEOPLE; n++) {
		assert_true(pieces_of(&files, n, 0) > 0);
		assert_int_equal(rows_of(&files, n), 4);
	}
	in_batches(change_some);
	in_batches(remove_some);
	in_batches(add_some_more);
	must(s->calls->scrub(s, &why));
	read_files(&files);
	for (uint32_t n = 0; n < PEOPLE; n++) {
		bool old = !leaves(n) && !changes(n), new = !leaves(n) && changes(n);

		if (!old)
			left += pieces_of(&files, n, 0);
		if (!new)
			left += pieces_of(&files, n, 1);
		if (leaves(n))
			ids += rows_of(&files, n);
		else
			assert_true(pieces_of(&files, n, changes(n) ? 1 : 0) > 0);
	}
	print_message("%zu pieces and %zu rows left of the deleted\n", left, ids);
	assert_int_equal(left, 0);
	assert_int_equal(ids, 0);
	buf_free(&files);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_store, close_store)
	const struct CMUnitTest tests[] = {
	    TEST(a_deleted_reference_is_in_no_file),
	    TEST(many_deleted_and_replaced_rows_are_in_no_file),
	};
#undef TEST

	folder_make();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
