/* SPDX-License-Identifier: Apache-2.0 */
/* Hex and ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

#include <string.h>

static void writes_and_reads_every_byte(void **state)
{
	uint8_t all[256], back[256] = {0};
	char hex[513];

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	hex_encode(hex, all, sizeof(all));
	assert_int_equal(strlen(hex), 512);
	assert_memory_equal(hex, "000102", 6);
	assert_string_equal(hex + 506, "fdfeff");
	assert_true(hex_decode(back, sizeof(back), hex));
	assert_memory_equal(back, all, sizeof(all));
}

static void refuses_hex_that_is_not_exactly_that(void **state)
{
	static const char *const bad[] = {"",	    "0",      "00",	"0000000", "00000g",
					  "00000G", "0x0000", "ABCDEF", "00 000"};
	uint8_t out[3] = {1, 2, 3};
	const uint8_t before[3] = {1, 2, 3};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(hex_decode(out, sizeof(out), bad[i]));
		assert_memory_equal(out, before, sizeof(out));
	}
}

static void writes_an_id_and_reads_it_back(void **state)
{
	tanu_id id = {{0xAB, 1, 2}}, back = {{0}};
	char hex[ID_HEX_LEN];

	(void)state;
	id_hex(hex, &id);
	assert_string_equal(hex, "ab010200000000000000000000000000");
	assert_true(id_parse(&back, hex));
	assert_true(id_equal(&id, &back));
	hex[31] = '1';
	assert_true(id_parse(&back, hex));
	assert_false(id_equal(&id, &back));
	assert_false(id_parse(&back, "ab01"));
}

static void knows_the_zero_id(void **state)
{
	tanu_id id = {{0}};

	(void)state;
	assert_true(id_is_zero(&id));
	id.b[TANU_ID_LEN - 1] = 1;
	assert_false(id_is_zero(&id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_and_reads_every_byte),
	    cmocka_unit_test(refuses_hex_that_is_not_exactly_that),
	    cmocka_unit_test(writes_an_id_and_reads_it_back),
	    cmocka_unit_test(knows_the_zero_id),
	};

	return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
