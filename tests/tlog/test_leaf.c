/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/tlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CHAIN 5

static const char event_text[] = "{\"event\":\"verified\",\"n\":1}";

struct chain {
	uint8_t key[TANU_LOG_KEY_LEN];
	tanu_leaf leaf[CHAIN];
};

static int set_up(void **state)
{
	struct chain *c = calloc(1, sizeof(*c));
	uint8_t random[TANU_LEAF_PART];

	assert_non_null(c);
	memset(c->key, 0x11, sizeof(c->key));
	for (uint64_t n = 0; n < CHAIN; n++) {
		memset(random, (int)n, sizeof(random));
		assert_int_equal(tanu_leaf_make(&c->leaf[n], c->key, n, n ? &c->leaf[n - 1] : NULL,
						event_text, strlen(event_text), random, NULL),
				 TANU_OK);
	}
	*state = c;
	return 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

static tanu_status check(const struct chain *c, const tanu_leaf *leaf, uint64_t n)
{
	return tanu_leaf_check(leaf, c->key, n, n ? &c->leaf[n - 1] : NULL, event_text,
			       strlen(event_text), NULL);
}

/* Computed apart from this code with Python's hmac module, key 11.. and n = 0 and 1. */
static void parts_are_those_of_another_implementation(void **state)
{
	static const char *const want[] = {
	    "da03cb87736017fc45e6f20a4d0d94ad3f2000dd1a205ca44b9c1b92a9bf4c3e",
	    "2ddb8ccc370a705a7727eb320376e60fa769456c1398b344046c87efda1b651b",
	    "7b26cbdda3c8711964e628a0fea49d9e4b153a8f15ad1837a45fa3f839bc43fb",
	    "ede5cffbac8fbfd157155958be831ec1752b1d1465c29d111a1a3b0b38927094",
	};
	const struct chain *c = *state;
	const uint8_t *have[] = {c->leaf[0].tag, c->leaf[0].commitment, c->leaf[0].previous,
				 c->leaf[1].previous};

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		char hex[2 * TANU_LEAF_PART + 1];

		hex_encode(hex, have[i], TANU_LEAF_PART);
		assert_string_equal(hex, want[i]);
	}
}

static void every_leaf_of_a_chain_fits(void **state)
{
	const struct chain *c = *state;

	for (uint64_t n = 0; n < CHAIN; n++)
		assert_int_equal(check(c, &c->leaf[n], n), TANU_OK);
}

static void a_leaf_has_one_number(void **state)
{
	const struct chain *c = *state;

	for (uint64_t n = 0; n < CHAIN; n++)
		for (uint64_t other = 0; other < CHAIN; other++)
			if (other != n)
				assert_int_equal(check(c, &c->leaf[n], other), TANU_DAMAGED);
}

static void a_leaf_taken_out_is_missed_by_the_next(void **state)
{
	const struct chain *c = *state;
	tanu_error err = {0};

	assert_int_equal(tanu_leaf_check(&c->leaf[3], c->key, 3, &c->leaf[1], event_text,
					 strlen(event_text), &err),
			 TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_PROOF);
}

static void another_text_or_key_does_not_fit(void **state)
{
	struct chain *c = *state;

	assert_int_equal(tanu_leaf_check(&c->leaf[0], c->key, 0, NULL, "{}", 2, NULL),
			 TANU_DAMAGED);
	c->key[31] ^= 1;
	assert_int_equal(check(c, &c->leaf[0], 0), TANU_DAMAGED);
	c->key[31] ^= 1;
}

static void a_withheld_text_leaves_the_place_to_check(void **state)
{
	const struct chain *c = *state;

	assert_int_equal(tanu_leaf_check(&c->leaf[2], c->key, 2, &c->leaf[1], NULL, 0, NULL),
			 TANU_OK);
	assert_int_equal(tanu_leaf_check(&c->leaf[2], c->key, 2, &c->leaf[0], NULL, 0, NULL),
			 TANU_DAMAGED);
}

/* Every bit counts but those of the last part, which is there to make equal events differ. */
static void refuses_every_changed_byte(void **state)
{
	const struct chain *c = *state;

	for (size_t i = 0; i < TANU_LEAF_LEN; i++) {
		uint8_t bytes[TANU_LEAF_LEN];
		tanu_leaf leaf;

		memcpy(bytes, &c->leaf[2], sizeof(bytes));
		bytes[i] ^= 0x80;
		memcpy(&leaf, bytes, sizeof(leaf));
		assert_int_equal(check(c, &leaf, 2),
				 i < 3 * TANU_LEAF_PART ? TANU_DAMAGED : TANU_OK);
		if (i >= 3 * TANU_LEAF_PART)
			assert_int_equal(tanu_leaf_check(&c->leaf[3], c->key, 3, &leaf, event_text,
							 strlen(event_text), NULL),
					 TANU_DAMAGED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_are_those_of_another_implementation),
	    cmocka_unit_test(every_leaf_of_a_chain_fits),
	    cmocka_unit_test(a_leaf_has_one_number),
	    cmocka_unit_test(a_leaf_taken_out_is_missed_by_the_next),
	    cmocka_unit_test(another_text_or_key_does_not_fit),
	    cmocka_unit_test(a_withheld_text_leaves_the_place_to_check),
	    cmocka_unit_test(refuses_every_changed_byte),
	};

	return cmocka_run_group_tests_name("tlog/leaf", tests, set_up, tear_down);
}
