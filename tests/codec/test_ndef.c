/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/ndef.h"
#include "codec/pass.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Container of a card with a file e104 of 2048 bytes, 59 bytes a reply. */
static const uint8_t container[15] = {0,    15,	  0x20, 0,    59, 0, 52,  0x04,
				      0x06, 0xe1, 0x04, 0x08, 0,  0, 0xff};

static void reads_a_capability_container(void **state)
{
	struct ndef_file file;

	(void)state;
	assert_int_equal(ndef_read_container(&file, container, sizeof(container), NULL), TANU_OK);
	assert_memory_equal(file.id, "\xe1\x04", 2);
	assert_int_equal(file.file_max, 2048);
	assert_int_equal(file.read_max, 59);
}

static void refuses_each_damaged_field_of_a_container(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} bad[] = {{1, 14}, {2, 0x00}, {2, 0x40}, {4, 14}, {7, 5}, {8, 5}, {13, 1}};
	struct ndef_file file;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint8_t bytes[15];

		memcpy(bytes, container, sizeof(bytes));
		bytes[bad[i].at] = bad[i].value;
		assert_int_equal(ndef_read_container(&file, bytes, sizeof(bytes), NULL),
				 TANU_INPUT);
	}
	for (size_t cut = 0; cut < 14; cut++)
		assert_int_equal(ndef_read_container(&file, container, cut, NULL), TANU_INPUT);
	uint8_t empty[15];

	memcpy(empty, container, sizeof(empty));
	empty[11] = empty[12] = 0;
	assert_int_equal(ndef_read_container(&file, empty, sizeof(empty), NULL), TANU_INPUT);
}

static void knows_the_size_of_a_type_2_card(void **state)
{
	size_t size;

	(void)state;
	assert_int_equal(ndef_area_size(&size, (const uint8_t *)"\xe1\x10\x6d\x00", NULL), TANU_OK);
	assert_int_equal(size, 872); /* NTAG216 */
	assert_int_equal(ndef_area_size(&size, (const uint8_t *)"\x00\x10\x6d\x00", NULL),
			 TANU_INPUT);
	assert_int_equal(ndef_area_size(&size, (const uint8_t *)"\xe1\x20\x6d\x00", NULL),
			 TANU_INPUT);
	assert_int_equal(ndef_area_size(&size, (const uint8_t *)"\xe1\x10\x6d\xf0", NULL),
			 TANU_INPUT);
}

/* Every way to have read only part of it asks for more, and then it is there. */
static void finds_a_message_however_little_is_read_at_a_time(void **state)
{
	static const uint8_t shorter[] = {0x01, 3, 9,	9,   9,	  0,   0,
					  0x03, 4, 'a', 'b', 'c', 'd', 0xfe};
	uint8_t longer[4 + 300] = {0x03, 0xff, 0x01, 0x2c};
	const struct {
		const uint8_t *area;
		size_t len, at, message_len;
	} all[] = {{shorter, sizeof(shorter), 9, 4}, {longer, sizeof(longer), 4, 300}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		const uint8_t *message;
		size_t len, need, have = 0;

		do {
			assert_int_equal(ndef_find(&message, &len, &need, all[i].area, have, NULL),
					 TANU_OK);
			if (message)
				break;
			assert_true(need > have);
			assert_true(need <= all[i].at + all[i].message_len);
			have++;
		} while (have <= all[i].len);
		assert_ptr_equal(message, all[i].area + all[i].at);
		assert_int_equal(len, all[i].message_len);
		assert_int_equal(have, all[i].at + all[i].message_len);
	}
}

static void a_card_without_a_message(void **state)
{
	static const uint8_t area[] = {0, 0x02, 1, 7, 0xfe, 0x03, 0};
	const uint8_t *message;
	size_t len, need;

	(void)state;
	assert_int_equal(ndef_find(&message, &len, &need, area, sizeof(area), NULL),
			 TANU_NOT_FOUND);
}

static void refuses_a_message_beyond_the_limit(void **state)
{
	static const uint8_t area[] = {0x03, 0xff, 0x10, 0x01};
	const uint8_t *message;
	size_t len, need;

	(void)state;
	assert_int_equal(ndef_find(&message, &len, &need, area, sizeof(area), NULL), TANU_INPUT);
}

static void a_pass_is_a_whole_message(void **state)
{
	struct pass pass = {.head = {.generation = 1, .until = {2030, 1, 1}}};
	struct buf message = {0};

	(void)state;
	pass_put_ndef(&message, &pass);
	assert_int_equal(ndef_check(message.data, message.len, NULL), TANU_OK);
	for (size_t cut = 0; cut < message.len; cut++)
		assert_int_equal(ndef_check(message.data, cut, NULL), TANU_INPUT);
	buf_u8(&message, 0);
	assert_int_equal(ndef_check(message.data, message.len, NULL), TANU_INPUT);
	buf_free(&message);
}

/* Two short records "T": first and last marked. */
static void refuses_records_that_are_marked_wrong(void **state)
{
	static const uint8_t good[] = {0x91, 1, 1, 'T', 'x', 0x51, 1, 1, 'T', 'y'};
	static const struct {
		uint8_t first, second;
	} bad[] = {{0x11, 0x51}, {0xd1, 0x51}, {0x91, 0x11},
		   {0x91, 0xd1}, {0xb1, 0x51}, {0x97, 0x51}};

	(void)state;
	assert_int_equal(ndef_check(good, sizeof(good), NULL), TANU_OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint8_t bytes[sizeof(good)];

		memcpy(bytes, good, sizeof(bytes));
		bytes[0] = bad[i].first;
		bytes[5] = bad[i].second;
		assert_int_equal(ndef_check(bytes, sizeof(bytes), NULL), TANU_INPUT);
	}
}

static void a_record_with_an_id_and_a_long_length(void **state)
{
	static const uint8_t message[] = {0xc9, 1, 0, 0, 0, 2, 1, 'T', 'i', 'x', 'y'};
	static const uint8_t huge[] = {0xc1, 1, 0xff, 0xff, 0xff, 0xff, 'T', 'x'};

	(void)state;
	assert_int_equal(ndef_check(message, sizeof(message), NULL), TANU_OK);
	assert_int_equal(ndef_check(huge, sizeof(huge), NULL), TANU_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_a_capability_container),
	    cmocka_unit_test(refuses_each_damaged_field_of_a_container),
	    cmocka_unit_test(knows_the_size_of_a_type_2_card),
	    cmocka_unit_test(finds_a_message_however_little_is_read_at_a_time),
	    cmocka_unit_test(a_card_without_a_message),
	    cmocka_unit_test(refuses_a_message_beyond_the_limit),
	    cmocka_unit_test(a_pass_is_a_whole_message),
	    cmocka_unit_test(refuses_records_that_are_marked_wrong),
	    cmocka_unit_test(a_record_with_an_id_and_a_long_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
