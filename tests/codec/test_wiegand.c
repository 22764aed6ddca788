/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/wiegand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = {"26", "26n", "34", "34n", "37", "37n"};

/* Bits written out by hand: even parity, site, number, odd parity. */
static const struct {
	const char *layout, *bits;
	uint32_t site;
	uint64_t number;
} samples[] = {
    /* site 1: one 1 and none of the number's first nibble, so even parity 1 */
    {"26",
     "1"
     "00000001"
     "0000000000000001"
     "0",
     1, 1},
    {"26",
     "0"
     "11111111"
     "1111111111111111"
     "1",
     255, 65535},
    {"26",
     "0"
     "00000000"
     "0000000000000000"
     "1",
     0, 0},
    {"26n",
     "0"
     "000000010001000000000000"
     "1",
     0, 0x011000},
    {"34",
     "1"
     "0000000000000001"
     "0000000000000011"
     "1",
     1, 3},
    {"34n",
     "0"
     "11000000000000000000000000000001"
     "0",
     0, 0xc0000001},
    /* bit 18 is in both sums */
    {"37",
     "1"
     "0000000000000000"
     "0100000000000000000"
     "0",
     0, 0x20000},
    {"37n",
     "0"
     "00000000000000000000000000000000001"
     "0",
     0, 1},
    {"37n",
     "1"
     "10000000000000000000000000000000000"
     "1",
     0, 0x400000000},
};

static size_t pack(uint8_t out[WIEGAND_BYTES], const char *bits)
{
	size_t n = 0;

	memset(out, 0, WIEGAND_BYTES);
	for (; bits[n]; n++)
		if (bits[n] == '1')
			out[n / 8] |= (uint8_t)(0x80u >> (n % 8));
	return n;
}

static void reads_and_writes_samples_made_by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		const struct wiegand_layout *l = wiegand_layout(samples[i].layout);
		const struct wiegand_card want = {samples[i].site, samples[i].number};
		struct wiegand_card card;
		uint8_t bytes[WIEGAND_BYTES], again[WIEGAND_BYTES];
		size_t bits = pack(bytes, samples[i].bits);

		if (wiegand_read(&card, l, bytes, bits, NULL) != TANU_OK)
			fail_msg("sample %zu is not read", i);
		assert_int_equal(card.site, want.site);
		assert_int_equal(card.number, want.number);
		assert_int_equal(wiegand_put(again, l, &want, NULL), TANU_OK);
		assert_memory_equal(again, bytes, sizeof(bytes));
	}
}

static void every_value_near_an_edge_comes_back(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_LEN(names); n++) {
		const struct wiegand_layout *l = wiegand_layout(names[n]);

		for (unsigned s = 0; s <= l->site_len; s++) {
			for (unsigned k = 0; k <= l->number_len; k++) {
				const struct wiegand_card card = {(uint32_t)((1ull << s) - 1),
								  (1ull << k) - 1};
				uint8_t bytes[WIEGAND_BYTES];
				struct wiegand_card out;

				assert_int_equal(wiegand_put(bytes, l, &card, NULL), TANU_OK);
				assert_int_equal(wiegand_read(&out, l, bytes, l->bits, NULL),
						 TANU_OK);
				assert_int_equal(out.site, card.site);
				assert_int_equal(out.number, card.number);
			}
		}
	}
}

/* One bit wrong is found in every place, as long as it is in one of the two sums only. */
static void refuses_a_wrong_bit(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_LEN(names); n++) {
		const struct wiegand_layout *l = wiegand_layout(names[n]);
		const struct wiegand_card card = {l->site_len ? 77 : 0, 4711};
		uint8_t bytes[WIEGAND_BYTES];
		struct wiegand_card out;

		assert_int_equal(wiegand_put(bytes, l, &card, NULL), TANU_OK);
		for (size_t bit = 0; bit < l->bits; bit++) {
			bytes[bit / 8] ^= (uint8_t)(0x80u >> (bit % 8));
			assert_int_equal(wiegand_read(&out, l, bytes, l->bits, NULL), TANU_INPUT);
			bytes[bit / 8] ^= (uint8_t)(0x80u >> (bit % 8));
		}
	}
}

static void refuses_another_length(void **state)
{
	uint8_t bytes[WIEGAND_BYTES] = {0};
	struct wiegand_card out;

	(void)state;
	for (size_t bits = 0; bits <= WIEGAND_BITS_MAX; bits++)
		if (bits != 26)
			assert_int_equal(
			    wiegand_read(&out, wiegand_layout("26"), bytes, bits, NULL),
			    TANU_INPUT);
}

static void refuses_numbers_without_room(void **state)
{
	static const struct {
		const char *layout;
		struct wiegand_card card;
	} bad[] = {{"26", {256, 0}},	    {"26", {0, 65536}},	      {"26n", {1, 0}},
		   {"26n", {0, 1u << 24}},  {"34n", {0, 1ull << 32}}, {"37", {0, 1u << 19}},
		   {"37n", {0, 1ull << 35}}};
	uint8_t bytes[WIEGAND_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(
		    wiegand_put(bytes, wiegand_layout(bad[i].layout), &bad[i].card, NULL),
		    TANU_USAGE);
	assert_null(wiegand_layout("27"));
}

static void all_values_of_a_key(void **state)
{
	size_t four = 0, eight = 0;

	(void)state;
	for (unsigned v = 0; v < 256; v++) {
		const uint8_t byte = (uint8_t)v;

		eight += wiegand_key(&byte, 8) != '\0';
		if (v % 16 == 0)
			four += wiegand_key(&byte, 4) != '\0';
		for (size_t bits = 0; bits < 8; bits++)
			if (bits != 4)
				assert_int_equal(wiegand_key(&byte, bits), '\0');
	}
	assert_int_equal(four, 12);
	assert_int_equal(eight, 12);
	assert_int_equal(wiegand_key((const uint8_t *)"\x70", 4), '7');
	assert_int_equal(wiegand_key((const uint8_t *)"\xb0", 4), '#');
	assert_int_equal(wiegand_key((const uint8_t *)"\xe1", 8), '1');
	assert_int_equal(wiegand_key((const uint8_t *)"\x5a", 8), '*');
}

#define US ((int64_t)1000)
#define MS ((int64_t)1000000)

/* Pulses of a frame, `apart` from each other. */
static int64_t send(struct wiegand_in *in, const uint8_t *bytes, size_t bits, int64_t at,
		    int64_t apart)
{
	struct wiegand_in out;

	for (size_t i = 0; i < bits; i++, at += apart)
		assert_int_equal(wiegand_pulse(in, &out, bytes[i / 8] >> (7 - i % 8) & 1, at),
				 WIEGAND_NOTHING);
	return at - apart;
}

static void pulses_of_all_usual_timings_make_a_frame(void **state)
{
	static const int64_t apart[] = {100 * US, 200 * US, 1 * MS, 2 * MS, 20 * MS, 25 * MS};
	const struct wiegand_card card = {17, 12345};
	uint8_t bytes[WIEGAND_BYTES];

	(void)state;
	assert_int_equal(wiegand_put(bytes, wiegand_layout("26"), &card, NULL), TANU_OK);
	for (size_t i = 0; i < ARRAY_LEN(apart); i++) {
		struct wiegand_in in = {0}, out;
		int64_t last = send(&in, bytes, 26, 5 * MS, apart[i]);

		assert_int_equal(wiegand_quiet(&in, &out, last + 25 * MS), WIEGAND_NOTHING);
		assert_int_equal(wiegand_quiet(&in, &out, last + 25 * MS + 1), WIEGAND_FRAME);
		assert_int_equal(out.bits, 26);
		assert_memory_equal(out.bytes, bytes, 4);
		assert_int_equal(wiegand_quiet(&in, &out, last + 99 * MS), WIEGAND_NOTHING);
	}
}

static void pulses_too_close_break_a_frame(void **state)
{
	const uint8_t bytes[WIEGAND_BYTES] = {0xaa, 0xaa};
	struct wiegand_in in = {0}, out;
	int64_t last = send(&in, bytes, 8, 0, 1 * MS);

	(void)state;
	wiegand_pulse(&in, &out, true, last + 99 * US);
	assert_int_equal(wiegand_quiet(&in, &out, last + 99 * MS), WIEGAND_BROKEN);
}

static void too_many_pulses_break_a_frame(void **state)
{
	uint8_t bytes[WIEGAND_BYTES] = {0};
	struct wiegand_in in = {0}, out;
	int64_t last = send(&in, bytes, WIEGAND_BITS_MAX, 0, 1 * MS);

	(void)state;
	wiegand_pulse(&in, &out, true, last + 1 * MS);
	assert_int_equal(wiegand_quiet(&in, &out, last + 99 * MS), WIEGAND_BROKEN);
}

static void a_pulse_after_a_gap_ends_one_frame_and_begins_the_next(void **state)
{
	const uint8_t bytes[WIEGAND_BYTES] = {0x70};
	struct wiegand_in in = {0}, out = {0};
	int64_t last = send(&in, bytes, 4, 0, 1 * MS);

	(void)state;
	assert_int_equal(wiegand_pulse(&in, &out, true, last + 60 * MS), WIEGAND_FRAME);
	assert_int_equal(wiegand_key(out.bytes, out.bits), '7');
	assert_int_equal(in.bits, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_and_writes_samples_made_by_hand),
	    cmocka_unit_test(every_value_near_an_edge_comes_back),
	    cmocka_unit_test(refuses_a_wrong_bit),
	    cmocka_unit_test(refuses_another_length),
	    cmocka_unit_test(refuses_numbers_without_room),
	    cmocka_unit_test(all_values_of_a_key),
	    cmocka_unit_test(pulses_of_all_usual_timings_make_a_frame),
	    cmocka_unit_test(pulses_too_close_break_a_frame),
	    cmocka_unit_test(too_many_pulses_break_a_frame),
	    cmocka_unit_test(a_pulse_after_a_gap_ends_one_frame_and_begins_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
