/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/osdp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct osdp_reply replies[] = {
    {.code = OSDP_R_ACK},
    {.code = OSDP_R_NAK, .nak = OSDP_NAK_SECURITY},
    {.code = OSDP_R_PDID, .id = {{1, 2, 3}, 4, 5, 0x01020304, {6, 7, 8}}},
    {.code = OSDP_R_PDCAP, .caps = {{{OSDP_F_LED, 1, 2}, {OSDP_F_SECURITY, 1, 1}}, 2}},
    {.code = OSDP_R_LSTATR, .local = {true, false}},
    {.code = OSDP_R_ISTATR, .levels = {{0, 1, 1}, 3}},
    {.code = OSDP_R_OSTATR, .levels = {{1}, 1}},
    {.code = OSDP_R_RSTATR, .levels = {{2}, 1}},
    {.code = OSDP_R_RAW, .card = {0, true, 26, {0xa5, 0x5a, 0xff, 0xc0}}},
    {.code = OSDP_R_FMT, .formatted = {1, true, "1234567"}},
    {.code = OSDP_R_KEYPAD, .keypad = {0, "12*0#"}},
    {.code = OSDP_R_COM, .com = {7, 115200}},
    {.code = OSDP_R_CCRYPT, .ccrypt = {{1, 2, 3, 4, 5, 6, 7, 8}, {9}, {10, 11}}},
    {.code = OSDP_R_RMAC_I, .rmac = {1, 2, 3}},
    {.code = OSDP_R_BUSY},
};

static const struct osdp_command commands[] = {
    {.code = OSDP_POLL},
    {.code = OSDP_ID},
    {.code = OSDP_CAP},
    {.code = OSDP_LSTAT},
    {.code = OSDP_ISTAT},
    {.code = OSDP_OSTAT},
    {.code = OSDP_RSTAT},
    {.code = OSDP_OUT, .out = {{{0, OSDP_OUT_ON_FOR, 50}, {1, OSDP_OUT_OFF, 0}}, 2}},
    {.code = OSDP_LED,
     .led = {0, 1, 2, {5, 6, OSDP_GREEN, OSDP_DARK}, 300, true, {1, 0, OSDP_BLUE, OSDP_BLUE}}},
    {.code = OSDP_BUZ, .buzzer = {0, 2, 1, 2, 3}},
    {.code = OSDP_TEXT, .text = {0, 5, 1, 1, "Welcome"}},
    {.code = OSDP_COMSET, .comset = {9, 9600}},
    {.code = OSDP_KEYSET, .key = {0x51, 2, 3}},
    {.code = OSDP_CHLNG, .random = {1, 2, 3}},
    {.code = OSDP_SCRYPT, .cryptogram = {4, 5, 6}},
};

static void every_reply_comes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
		uint8_t bytes[OSDP_DATA_MAX], again[OSDP_DATA_MAX];
		size_t len = osdp_reply_put(bytes, &replies[i]);
		struct osdp_reply out;

		assert_int_equal(osdp_reply_read(&out, replies[i].code, bytes, len, NULL), TANU_OK);
		assert_int_equal(osdp_reply_put(again, &out), len);
		assert_memory_equal(again, bytes, len);
		assert_string_not_equal(osdp_reply_word(replies[i].code), "another");
	}
}

static void every_command_comes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		uint8_t bytes[OSDP_DATA_MAX], again[OSDP_DATA_MAX];
		size_t len = osdp_command_put(bytes, &commands[i]);
		struct osdp_command out;

		assert_int_equal(osdp_command_read(&out, commands[i].code, bytes, len, NULL),
				 TANU_OK);
		assert_int_equal(osdp_command_put(again, &out), len);
		assert_memory_equal(again, bytes, len);
		assert_string_not_equal(osdp_command_word(commands[i].code), "another");
	}
}

static void refuses_reply(uint8_t code, const void *bytes, size_t len)
{
	struct osdp_reply out = {.code = 0x99};
	tanu_error err = {0};

	if (osdp_reply_read(&out, code, bytes, len, &err) != TANU_INPUT)
		fail_msg("reply 0x%02x with %zu bytes was read", code, len);
	assert_int_equal(err.code, TANU_ERR_FORMAT);
	assert_int_equal(out.code, 0x99);
}

/* A reply that is cut is refused, except where what is left is a shorter list of the same kind. */
static void refuses_every_cut_reply(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
		uint8_t bytes[OSDP_DATA_MAX];
		size_t len = osdp_reply_put(bytes, &replies[i]);
		uint8_t code = replies[i].code;
		bool list = code == OSDP_R_ISTATR || code == OSDP_R_OSTATR ||
			    code == OSDP_R_RSTATR || code == OSDP_R_PDCAP;

		for (size_t cut = 0; cut < len; cut++)
			if (!list || (code == OSDP_R_PDCAP && cut % 3))
				refuses_reply(code, bytes, cut);
	}
}

static void refuses_a_byte_too_much(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
		uint8_t bytes[OSDP_DATA_MAX] = {0};
		size_t len = osdp_reply_put(bytes, &replies[i]);

		if (replies[i].code == OSDP_R_NAK || osdp_reply_word(replies[i].code)[0] == '\0' ||
		    replies[i].code == OSDP_R_ISTATR || replies[i].code == OSDP_R_OSTATR ||
		    replies[i].code == OSDP_R_RSTATR)
			continue;
		refuses_reply(replies[i].code, bytes, len + 1);
	}
}

static void a_refusal_may_carry_more(void **state)
{
	struct osdp_reply out;

	(void)state;
	assert_int_equal(osdp_reply_read(&out, OSDP_R_NAK, (const uint8_t *)"\3\x62", 2, NULL),
			 TANU_OK);
	assert_int_equal(out.nak, OSDP_NAK_UNKNOWN);
	assert_string_equal(osdp_nak_words(out.nak), "it does not know the command");
	assert_string_equal(osdp_nak_words(0xff), "a reason of its maker");
}

static void refuses_an_unknown_reply_and_command(void **state)
{
	struct osdp_command command;

	(void)state;
	refuses_reply(0x99, "", 0);
	assert_string_equal(osdp_reply_word(0x99), "another");
	assert_string_equal(osdp_command_word(0x99), "another");
	assert_int_equal(osdp_command_read(&command, 0x99, (const uint8_t *)"", 0, NULL),
			 TANU_INPUT);
}

/* Number of bits and number of bytes, all that are near a limit. */
static void a_card_has_as_many_bytes_as_bits(void **state)
{
	static const unsigned bits[] = {0, 1, 7, 8, 9, 26, 37, 511, 512, 513, 520, 65535};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bits); i++) {
		for (size_t len = 0; len <= 66; len++) {
			uint8_t bytes[4 + 66] = {0, 0, (uint8_t)bits[i], (uint8_t)(bits[i] >> 8)};
			struct osdp_reply out;
			bool good = bits[i] >= 1 && bits[i] <= OSDP_CARD_BITS_MAX &&
				    len == (bits[i] + 7) / 8;

			assert_int_equal(osdp_reply_read(&out, OSDP_R_RAW, bytes, 4 + len, NULL) ==
					     TANU_OK,
					 good);
		}
	}
}

static void bits_that_are_no_card_s_are_cleared(void **state)
{
	static const uint8_t bytes[] = {0, 0, 3, 0, 0xff};
	struct osdp_reply out;

	(void)state;
	assert_int_equal(osdp_reply_read(&out, OSDP_R_RAW, bytes, sizeof(bytes), NULL), TANU_OK);
	assert_int_equal(out.card.data[0], 0xe0);
	assert_false(out.card.wiegand);
}

static void refuses_a_card_format_that_is_not_listed(void **state)
{
	(void)state;
	for (unsigned format = 2; format < 256; format++) {
		const uint8_t bytes[] = {0, (uint8_t)format, 8, 0, 1};

		refuses_reply(OSDP_R_RAW, bytes, sizeof(bytes));
	}
}

static void takes_only_keys_that_a_keypad_has(void **state)
{
	size_t taken = 0;

	(void)state;
	for (unsigned key = 0; key < 256; key++) {
		const uint8_t bytes[] = {0, 1, (uint8_t)key};
		struct osdp_reply out;

		if (osdp_reply_read(&out, OSDP_R_KEYPAD, bytes, sizeof(bytes), NULL) == TANU_OK) {
			taken++;
			assert_non_null(strchr("0123456789ABCD*#", out.keypad.keys[0]));
		}
	}
	assert_int_equal(taken, 10 + 4 + 2 + 2); /* * and # by their characters, too */
}

static void refuses_no_keys_and_too_many(void **state)
{
	uint8_t bytes[2 + OSDP_DIGITS_MAX + 1];

	(void)state;
	memset(bytes, '1', sizeof(bytes));
	bytes[1] = 0;
	refuses_reply(OSDP_R_KEYPAD, bytes, 2);
	bytes[1] = OSDP_DIGITS_MAX + 1;
	refuses_reply(OSDP_R_KEYPAD, bytes, sizeof(bytes));
}

static void refuses_digits_that_do_not_print(void **state)
{
	(void)state;
	refuses_reply(OSDP_R_FMT,
		      "\0\0\3"
		      "1\n2",
		      6);
	refuses_reply(OSDP_R_FMT, "\0\0\1\x80", 4);
	refuses_reply(OSDP_R_FMT,
		      "\0\2\1"
		      "1",
		      4); /* direction */
	refuses_reply(OSDP_R_FMT, "\0\0\0", 3);
}

static void refuses_status_that_is_neither_yes_nor_no(void **state)
{
	(void)state;
	refuses_reply(OSDP_R_LSTATR, "\2\0", 2);
	refuses_reply(OSDP_R_LSTATR, "\0\2", 2);
	refuses_reply(OSDP_R_ISTATR, "", 0);
}

static void refuses_more_capabilities_and_inputs_than_the_limit(void **state)
{
	uint8_t bytes[3 * (OSDP_CAPS_MAX + 1)] = {0};

	(void)state;
	refuses_reply(OSDP_R_PDCAP, bytes, sizeof(bytes));
	refuses_reply(OSDP_R_ISTATR, bytes, OSDP_LEVELS_MAX + 1);
}

static void finds_a_capability(void **state)
{
	(void)state;
	assert_int_equal(osdp_cap_find(&replies[3], OSDP_F_SECURITY)->number, 1);
	assert_null(osdp_cap_find(&replies[3], OSDP_F_TEXT));
}

static void refuses_address_127_as_a_reader_s_own(void **state)
{
	struct osdp_command command;

	(void)state;
	refuses_reply(OSDP_R_COM, "\x7f\0\xc2\1\0", 5);
	assert_int_equal(
	    osdp_command_read(&command, OSDP_COMSET, (const uint8_t *)"\x7f\0\xc2\1\0", 5, NULL),
	    TANU_INPUT);
}

/* An error says which message, never what stood in it. */
static void a_refused_key_is_not_told(void **state)
{
	static const uint8_t wrong_type[2 + OSDP_KEY_LEN] = {2, OSDP_KEY_LEN, 'k', 'e', 'y'};
	struct osdp_command command;
	tanu_error err = {0};

	(void)state;
	assert_int_equal(
	    osdp_command_read(&command, OSDP_KEYSET, wrong_type, sizeof(wrong_type), &err),
	    TANU_INPUT);
	assert_string_equal(err.place, "key change");
	assert_null(strstr(err.message, "key"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_reply_comes_back),
	    cmocka_unit_test(every_command_comes_back),
	    cmocka_unit_test(refuses_every_cut_reply),
	    cmocka_unit_test(refuses_a_byte_too_much),
	    cmocka_unit_test(a_refusal_may_carry_more),
	    cmocka_unit_test(refuses_an_unknown_reply_and_command),
	    cmocka_unit_test(a_card_has_as_many_bytes_as_bits),
	    cmocka_unit_test(bits_that_are_no_card_s_are_cleared),
	    cmocka_unit_test(refuses_a_card_format_that_is_not_listed),
	    cmocka_unit_test(takes_only_keys_that_a_keypad_has),
	    cmocka_unit_test(refuses_no_keys_and_too_many),
	    cmocka_unit_test(refuses_digits_that_do_not_print),
	    cmocka_unit_test(refuses_status_that_is_neither_yes_nor_no),
	    cmocka_unit_test(refuses_more_capabilities_and_inputs_than_the_limit),
	    cmocka_unit_test(finds_a_capability),
	    cmocka_unit_test(refuses_address_127_as_a_reader_s_own),
	    cmocka_unit_test(a_refused_key_is_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
