/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/osdp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A poll of address 5, sequence 2, with CRC and with checksum; an encrypted reply. */
static const struct osdp_frame poll_crc = {
    .address = 5, .sequence = 2, .crc = true, .code = OSDP_POLL};
static const struct osdp_frame poll_sum = {.address = 5, .sequence = 2, .code = OSDP_POLL};
static const struct osdp_frame sealed = {.address = 5,
					 .reply = true,
					 .sequence = 3,
					 .crc = true,
					 .security = OSDP_SCS_18,
					 .code = OSDP_R_RAW,
					 .data = (const uint8_t *)"0123456789abcdef",
					 .data_len = 16};
static const struct osdp_frame challenge = {.address = 5,
					    .crc = true,
					    .security = OSDP_SCS_11,
					    .security_data = 1,
					    .code = OSDP_CHLNG,
					    .data = (const uint8_t *)"nonce678",
					    .data_len = 8};

static size_t encode(uint8_t out[OSDP_FRAME_MAX], const struct osdp_frame *frame)
{
	static const uint8_t mac[OSDP_MAC_LEN] = {0xa1, 0xa2, 0xa3, 0xa4};

	return osdp_encode_end(out, osdp_encode_body(out, frame), frame, mac);
}

/* The frame with the check made right again after a field was damaged. */
static void mend(uint8_t *bytes, size_t len)
{
	if (bytes[4] & OSDP_CTRL_CRC) {
		uint16_t sum = osdp_crc16(bytes, len - 2);

		bytes[len - 2] = (uint8_t)sum;
		bytes[len - 1] = (uint8_t)(sum >> 8);
	} else {
		bytes[len - 1] = osdp_checksum(bytes, len - 1);
	}
}

static void refused(const uint8_t *bytes, size_t len)
{
	struct osdp_frame out = {.code = 0x99};
	tanu_error err = {0};

	assert_int_equal(osdp_decode(&out, bytes, len, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_FORMAT);
	assert_int_equal(out.code, 0x99);
}

static void a_frame_comes_back_as_it_was_written(void **state)
{
	const struct osdp_frame *const all[] = {&poll_crc, &poll_sum, &sealed, &challenge};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		uint8_t bytes[OSDP_FRAME_MAX];
		size_t len = encode(bytes, all[i]);
		struct osdp_frame out;

		assert_int_equal(osdp_decode(&out, bytes, len, NULL), TANU_OK);
		assert_int_equal(out.address, all[i]->address);
		assert_int_equal(out.reply, all[i]->reply);
		assert_int_equal(out.sequence, all[i]->sequence);
		assert_int_equal(out.crc, all[i]->crc);
		assert_int_equal(out.security, all[i]->security);
		assert_int_equal(out.security_data, all[i]->security_data);
		assert_int_equal(out.code, all[i]->code);
		assert_int_equal(out.data_len, all[i]->data_len);
		if (out.data_len)
			assert_memory_equal(out.data, all[i]->data, out.data_len);
	}
}

static void the_bytes_are_those_of_the_standard(void **state)
{
	static const uint8_t want[] = {0x53, 0x05, 0x08, 0x00, 0x06, 0x60};
	uint8_t bytes[OSDP_FRAME_MAX];

	(void)state;
	assert_int_equal(encode(bytes, &poll_crc), 8);
	assert_memory_equal(bytes, want, sizeof(want));
	assert_int_equal(encode(bytes, &poll_sum), 7);
	assert_int_equal(bytes[2], 7);
	assert_int_equal(bytes[4], 2);
	assert_int_equal(encode(bytes, &sealed), 5 + 2 + 1 + 16 + 4 + 2);
	assert_int_equal(bytes[1], 0x85);
	assert_int_equal(bytes[4], 0x0f);
	assert_int_equal(bytes[5], 2);
	assert_int_equal(bytes[6], 0x18);
}

static void the_mac_covers_all_before_it(void **state)
{
	uint8_t bytes[OSDP_FRAME_MAX];
	size_t len = encode(bytes, &sealed);
	struct osdp_frame out;

	(void)state;
	assert_int_equal(osdp_decode(&out, bytes, len, NULL), TANU_OK);
	assert_ptr_equal(out.mac, bytes + out.signed_len);
	assert_int_equal(out.signed_len, len - 2 - OSDP_MAC_LEN);
	assert_int_equal(out.mac[0], 0xa1);
}

/* The check characters: CRC-16 of annex C over vectors anyone can make again. */
static void checks_are_crc_aug_ccitt_and_a_sum(void **state)
{
	(void)state;
	assert_int_equal(osdp_crc16((const uint8_t *)"123456789", 9), 0xe5cc);
	assert_int_equal(osdp_checksum((const uint8_t *)"\x53\x7f\x0c", 3),
			 (256 - (0x53 + 0x7f + 0x0c) % 256) % 256);
}

static void refuses_any_one_byte_changed(void **state)
{
	const struct osdp_frame *const all[] = {&poll_crc, &sealed, &challenge};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		uint8_t bytes[OSDP_FRAME_MAX];
		size_t len = encode(bytes, all[i]);

		for (size_t at = 0; at < len; at++) {
			for (unsigned bit = 0; bit < 8; bit++) {
				bytes[at] ^= (uint8_t)(1u << bit);
				refused(bytes, len);
				bytes[at] ^= (uint8_t)(1u << bit);
			}
		}
	}
}

static void refuses_every_cut_and_every_byte_more(void **state)
{
	uint8_t bytes[OSDP_FRAME_MAX + 1] = {0};
	size_t len = encode(bytes, &sealed);

	(void)state;
	for (size_t cut = 0; cut < len; cut++)
		refused(bytes, cut);
	refused(bytes, len + 1);
}

static void refuses_a_length_beyond_the_limit(void **state)
{
	static uint8_t bytes[OSDP_FRAME_MAX + 1] = {OSDP_SOM, 5, 0, 0, OSDP_CTRL_CRC, OSDP_POLL};

	(void)state;
	bytes[2] = (uint8_t)sizeof(bytes);
	bytes[3] = (uint8_t)(sizeof(bytes) >> 8);
	mend(bytes, sizeof(bytes));
	refused(bytes, sizeof(bytes));
}

static void refuses_control_bits_without_meaning(void **state)
{
	(void)state;
	for (unsigned bit = 4; bit < 8; bit++) {
		uint8_t bytes[OSDP_FRAME_MAX];
		size_t len = encode(bytes, &poll_crc);

		bytes[4] |= (uint8_t)(1u << bit);
		mend(bytes, len);
		refused(bytes, len);
	}
}

/* All values of the tiny fields: only the standard's types, in their direction, with their length.
 */
static void takes_only_security_blocks_of_the_standard(void **state)
{
	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		for (unsigned block = 0; block < 8; block++) {
			uint8_t bytes[OSDP_FRAME_MAX];
			size_t len = encode(bytes, &challenge);
			struct osdp_frame out;
			bool good = (type == 0x11 || type == 0x13) && block == 3;

			good |= (type == 0x15 || type == 0x17) && block == 2;
			bytes[5] = (uint8_t)block;
			bytes[6] = (uint8_t)type;
			mend(bytes, len);
			assert_int_equal(osdp_decode(&out, bytes, len, NULL) == TANU_OK, good);
		}
	}
}

static void refuses_a_mac_that_does_not_fit(void **state)
{
	/* SCS_15 with a code and only three bytes behind it */
	uint8_t bytes[] = {OSDP_SOM, 5,		  0x0d,	     0, OSDP_CTRL_CRC | OSDP_CTRL_SECURITY,
			   2,	     OSDP_SCS_15, OSDP_POLL, 1, 2,
			   3,	     0,		  0};

	(void)state;
	mend(bytes, sizeof(bytes));
	refused(bytes, sizeof(bytes));
}

static void refuses_a_frame_without_a_code(void **state)
{
	uint8_t bytes[] = {OSDP_SOM, 5, 7, 0, OSDP_CTRL_CRC, 0, 0};

	(void)state;
	mend(bytes, sizeof(bytes));
	refused(bytes, sizeof(bytes));
}

/* ---- cutting a stream ---- */

static size_t frames_in(struct osdp_stream *s, uint8_t last_code[1])
{
	struct osdp_frame out;
	size_t n = 0;

	while (osdp_stream_next(s, &out)) {
		*last_code = out.code;
		n++;
	}
	return n;
}

static void finds_frames_cut_anywhere(void **state)
{
	uint8_t bytes[OSDP_FRAME_MAX];
	size_t len = encode(bytes, &sealed);

	(void)state;
	for (size_t cut = 0; cut <= len; cut++) {
		struct osdp_stream s = {0};
		uint8_t code = 0;
		size_t n = 0;

		assert_int_equal(osdp_stream_put(&s, bytes, cut), cut);
		n += frames_in(&s, &code);
		assert_int_equal(osdp_stream_put(&s, bytes + cut, len - cut), len - cut);
		n += frames_in(&s, &code);
		assert_int_equal(n, 1);
		assert_int_equal(code, OSDP_R_RAW);
	}
}

static void finds_a_frame_behind_noise_and_marks(void **state)
{
	static const uint8_t noise[] = {0xff, 0x00, 0x53, 0x53, 0x00, 0x80, 0x53, 0xff, 0xff};
	struct osdp_stream s = {0};
	uint8_t bytes[OSDP_FRAME_MAX], code = 0;
	size_t len = encode(bytes, &poll_crc);

	(void)state;
	osdp_stream_put(&s, noise, sizeof(noise));
	osdp_stream_put(&s, bytes, len);
	assert_int_equal(frames_in(&s, &code), 1);
	assert_int_equal(code, OSDP_POLL);
	assert_int_equal(s.skipped, sizeof(noise));
}

static void a_damaged_frame_does_not_hide_the_next(void **state)
{
	struct osdp_stream s = {0};
	uint8_t bytes[OSDP_FRAME_MAX], code = 0;
	size_t len = encode(bytes, &sealed);

	(void)state;
	bytes[len - 1] ^= 1;
	osdp_stream_put(&s, bytes, len);
	bytes[len - 1] ^= 1;
	osdp_stream_put(&s, bytes, len);
	assert_int_equal(frames_in(&s, &code), 1);
	assert_int_equal(s.skipped, len);
}

/* Else a card could be made whose data hold a frame of another card. */
static void looks_for_no_frame_inside_one_that_is_still_coming(void **state)
{
	struct osdp_stream s = {0};
	uint8_t inner[OSDP_FRAME_MAX], outer[OSDP_FRAME_MAX], code = 0;
	struct osdp_frame card = sealed;
	size_t len;

	(void)state;
	card.data = inner;
	card.data_len = encode(inner, &sealed);
	len = encode(outer, &card);
	osdp_stream_put(&s, outer, len - 1);
	assert_int_equal(frames_in(&s, &code), 0);
	osdp_stream_put(&s, outer + len - 1, 1);
	assert_int_equal(frames_in(&s, &code), 1);
}

static void a_start_without_an_end_is_given_up_by_clearing(void **state)
{
	struct osdp_stream s = {0};
	uint8_t bytes[OSDP_FRAME_MAX], code = 0;
	size_t len = encode(bytes, &sealed);

	(void)state;
	osdp_stream_put(&s, bytes, len - 3);
	assert_int_equal(frames_in(&s, &code), 0);
	osdp_stream_clear(&s);
	assert_int_equal(s.skipped, len - 3);
	osdp_stream_put(&s, bytes, len);
	assert_int_equal(frames_in(&s, &code), 1);
}

static void a_stream_of_noise_never_overflows(void **state)
{
	static struct osdp_stream s;
	static uint8_t noise[4096];
	uint8_t code = 0;

	(void)state;
	memset(noise, OSDP_SOM, sizeof(noise));
	for (int i = 0; i < 4; i++) {
		size_t taken = osdp_stream_put(&s, noise, sizeof(noise));

		assert_true(taken <= sizeof(s.bytes) && s.len <= sizeof(s.bytes));
		assert_int_equal(frames_in(&s, &code), 0);
		osdp_stream_clear(&s);
		assert_int_equal(s.len, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_frame_comes_back_as_it_was_written),
	    cmocka_unit_test(the_bytes_are_those_of_the_standard),
	    cmocka_unit_test(the_mac_covers_all_before_it),
	    cmocka_unit_test(checks_are_crc_aug_ccitt_and_a_sum),
	    cmocka_unit_test(refuses_any_one_byte_changed),
	    cmocka_unit_test(refuses_every_cut_and_every_byte_more),
	    cmocka_unit_test(refuses_a_length_beyond_the_limit),
	    cmocka_unit_test(refuses_control_bits_without_meaning),
	    cmocka_unit_test(takes_only_security_blocks_of_the_standard),
	    cmocka_unit_test(refuses_a_mac_that_does_not_fit),
	    cmocka_unit_test(refuses_a_frame_without_a_code),
	    cmocka_unit_test(finds_frames_cut_anywhere),
	    cmocka_unit_test(finds_a_frame_behind_noise_and_marks),
	    cmocka_unit_test(a_damaged_frame_does_not_hide_the_next),
	    cmocka_unit_test(looks_for_no_frame_inside_one_that_is_still_coming),
	    cmocka_unit_test(a_start_without_an_end_is_given_up_by_clearing),
	    cmocka_unit_test(a_stream_of_noise_never_overflows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
