/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/tlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t key[TANU_LOG_KEY_LEN] = {7};
static const uint8_t nonce[SEAL_NONCE_LEN] = {9};

static void an_event_comes_back(void **state)
{
	uint8_t slot[TANU_OPENING_LEN];
	char text[TANU_EVENT_MAX], back[TANU_EVENT_MAX];
	size_t len = 0;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t n = 1; n <= sizeof(text); n += 67) {
		assert_int_equal(tanu_opening_make(slot, key, n, text, n, nonce, NULL), TANU_OK);
		assert_int_equal(tanu_opening_read(back, &len, key, n, slot, NULL), TANU_OK);
		assert_int_equal(len, n);
		assert_memory_equal(back, text, n);
	}
}

static void refuses_another_place_key_or_byte(void **state)
{
	uint8_t slot[TANU_OPENING_LEN], other[TANU_LOG_KEY_LEN] = {8};
	char back[TANU_EVENT_MAX];
	size_t len = 77;

	(void)state;
	assert_int_equal(tanu_opening_make(slot, key, 3, "{}", 2, nonce, NULL), TANU_OK);
	assert_int_equal(tanu_opening_read(back, &len, key, 4, slot, NULL), TANU_DAMAGED);
	assert_int_equal(tanu_opening_read(back, &len, other, 3, slot, NULL), TANU_DAMAGED);
	for (size_t i = 0; i < sizeof(slot); i++) {
		slot[i] ^= 1;
		assert_int_equal(tanu_opening_read(back, &len, key, 3, slot, NULL), TANU_DAMAGED);
		slot[i] ^= 1;
	}
	assert_int_equal(len, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_event_comes_back),
	    cmocka_unit_test(refuses_another_place_key_or_byte),
	};

	return cmocka_run_group_tests_name("tlog/opening", tests, NULL, NULL);
}
