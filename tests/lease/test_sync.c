/* SPDX-License-Identifier: Apache-2.0 */
/* Questions of gates and the answers: what goes in comes out, and nothing damaged is taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lease/sync.h"

#include <string.h>

static void an_ask_comes_back_as_it_was(void **state)
{
	const struct sync_ask ask = {
	    .have = {.kind = LEASE_DELTA, .series = {{7, 8}}, .number = 0x01020304},
	    .in_lockdown = true,
	    .events = "batch",
	    .events_len = 5};
	struct buf bytes = {0};
	struct sync_ask got;

	(void)state;
	sync_ask_put(&bytes, &ask);
	assert_int_equal(bytes.len, 4 + 1 + 16 + 4 + 1 + 4 + 5); /* as docs/lease.md draws it */
	assert_int_equal(sync_ask_get(&got, bytes.data, bytes.len, NULL), TANU_OK);
	assert_int_equal(got.have.kind, LEASE_DELTA);
	assert_true(id_equal(&got.have.series, &ask.have.series));
	assert_int_equal(got.have.number, 0x01020304);
	assert_true(got.in_lockdown);
	assert_int_equal(got.events_len, 5);
	assert_memory_equal(got.events, "batch", 5);
	buf_free(&bytes);
}

static void an_answer_comes_back_as_it_was(void **state)
{
	const struct sync_answer answer = {.time_ms = 1700000000123,
					   .acked = 9,
					   .orders = {.lockdown = true,
						      .release = 3,
						      .release_until_ms = 1700000015000,
						      .answered = 4},
					   .keys = {.gallery = {{1}}, .cards = {{2}}},
					   .doc = "lease",
					   .doc_len = 5};
	struct buf bytes = {0};
	struct sync_answer got;

	(void)state;
	sync_answer_put(&bytes, &answer);
	assert_int_equal(bytes.len, 4 + 8 + 8 + 1 + 4 + 8 + 4 + 32 + 32 + 4 + 5);
	assert_int_equal(sync_answer_get(&got, bytes.data, bytes.len, NULL), TANU_OK);
	assert_true(got.time_ms == answer.time_ms);
	assert_int_equal(got.acked, 9);
	assert_true(got.orders.lockdown);
	assert_int_equal(got.orders.release, 3);
	assert_true(got.orders.release_until_ms == answer.orders.release_until_ms);
	assert_int_equal(got.orders.answered, 4);
	assert_memory_equal(&got.keys, &answer.keys, sizeof(got.keys));
	assert_int_equal(got.doc_len, 5);
	assert_memory_equal(got.doc, "lease", 5);
	buf_free(&bytes);
}

static void nothing_damaged_is_taken(void **state)
{
	static const struct {
		size_t at; /* of the byte that is changed */
		uint8_t to;
	} asks[] = {{0, 'U'}, {3, '1'}, {4, 3}, {4, 255}, {25, 2}, {25, 0x81}, {26, 6}, {29, 1}},
	  answers[] = {{0, 'U'}, {3, '1'}, {20, 2}, {20, 255}, {101, 6}, {104, 1}};
	const struct sync_ask ask = {.events = "batch", .events_len = 5};
	const struct sync_answer answer = {.doc = "lease", .doc_len = 5};
	struct buf bytes = {0};
	struct sync_answer got_answer;
	struct sync_ask got;
	tanu_error err;

	(void)state;
	sync_ask_put(&bytes, &ask);
	for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
		const uint8_t kept = bytes.data[asks[i].at];

		bytes.data[asks[i].at] = asks[i].to;
		assert_int_equal(sync_ask_get(&got, bytes.data, bytes.len, &err), TANU_INPUT);
		bytes.data[asks[i].at] = kept;
	}
	for (size_t len = 0; len < bytes.len; len++)
		assert_int_equal(sync_ask_get(&got, bytes.data, len, NULL), TANU_INPUT);
	buf_u8(&bytes, 0);
	assert_int_equal(sync_ask_get(&got, bytes.data, bytes.len, NULL), TANU_INPUT);
	buf_free(&bytes);
	sync_answer_put(&bytes, &answer);
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		const uint8_t kept = bytes.data[answers[i].at];

		bytes.data[answers[i].at] = answers[i].to;
		assert_int_equal(sync_answer_get(&got_answer, bytes.data, bytes.len, &err),
				 TANU_INPUT);
		bytes.data[answers[i].at] = kept;
	}
	for (size_t len = 0; len < bytes.len; len++)
		assert_int_equal(sync_answer_get(&got_answer, bytes.data, len, NULL), TANU_INPUT);
	buf_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_ask_comes_back_as_it_was),
	    cmocka_unit_test(an_answer_comes_back_as_it_was),
	    cmocka_unit_test(nothing_damaged_is_taken),
	};

	return cmocka_run_group_tests_name("lease/sync", tests, NULL, NULL);
}
