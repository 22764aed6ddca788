/* SPDX-License-Identifier: Apache-2.0 */
/* A copy of a database that is in use opens as one, and has what was committed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/folder.h"
#include "store/suite.h"

#include <string.h>

struct sink {
	struct buf bytes;
	uint64_t total;
	size_t fail_at; /* bytes; 0: never */
};

static tanu_status take(void *self, const void *bytes, size_t len, uint64_t total, tanu_error *err)
{
	struct sink *sink = self;

	buf_put(&sink->bytes, bytes, len);
	sink->total = total;
	if (sink->fail_at && sink->bytes.len >= sink->fail_at)
		return tanu_fail(err, TANU_ERR_IO, NULL, "the disk of the test is full");
	return buf_check(&sink->bytes, err);
}

static struct store *open_new(void)
{
	struct store *s = NULL;

	folder_clear();
	must(store_sqlite_open(&s, folder_file("tanu.db"), true, &why));
	return s;
}

static void put_some(struct store *s, uint32_t first, uint32_t end)
{
	must(s->calls->begin(s, &why));
	for (uint32_t i = first; i < end; i++)
		put_subject(s, i);
	must(s->calls->commit(s, &why));
}

static bool has(struct store *s, uint32_t n)
{
	const tanu_id id = sample_id('s', n);
	struct subject_row row = {0};
	bool found = s->calls->subject_get(s, &row, &id, NULL) == TANU_OK;

	buf_free(&row.profile);
	return found;
}

static void opens_with_all_that_was_committed(void **state)
{
	struct store *s = open_new(), *copy = NULL;
	struct sink sink = {0};
	bool first, last;

	(void)state;
	put_some(s, 0, 500);
	first = has(s, 0);
	must(s->calls->copy(s, take, &sink, &why));
	assert_int_equal(sink.bytes.len, sink.total);
	put_some(s, 500, 501); /* not in the copy; and the original goes on */
	s->calls->close(s);
	file_write(folder_file("copy.db"), sink.bytes.data, sink.bytes.len);
	must(store_sqlite_open(&copy, folder_file("copy.db"), false, &why));
	must(copy->calls->check(copy, &why));
	assert_true(first);
	last = has(copy, 499);
	assert_true(has(copy, 0) && last);
	assert_false(has(copy, 500));
	copy->calls->close(copy);
	buf_free(&sink.bytes);
}

static void a_reader_that_fails_ends_it_and_holds_nothing(void **state)
{
	struct store *s = open_new();
	struct sink sink = {.fail_at = 1};
	tanu_error err = {0};

	(void)state;
	put_some(s, 0, 10);
	assert_int_equal(s->calls->copy(s, take, &sink, &err), TANU_SYSTEM);
	assert_non_null(strstr(err.message, "disk of the test"));
	put_some(s, 10, 20);
	must(s->calls->check(s, &why));
	s->calls->close(s);
	buf_free(&sink.bytes);
}

static int start(void **state)
{
	(void)state;
	folder_make();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(opens_with_all_that_was_committed),
	    cmocka_unit_test(a_reader_that_fails_ends_it_and_holds_nothing),
	};

	return cmocka_run_group_tests_name("store/copy", tests, start, NULL);
}
