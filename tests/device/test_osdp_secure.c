/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both ends of the secure channel against each other and, where the vectors of the standard's annex
 * E are there (shared test data, not ours to give away), against those.
 */
#include "codec/codec.h"
#include "device/osdp/secure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct osdp_key own_key = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

/* "Random" bytes that a test knows: counted up from `self`. */
static void fill_from(void *self, void *out, size_t len)
{
	const uint8_t *first = self;

	for (size_t i = 0; i < len; i++)
		((uint8_t *)out)[i] = (uint8_t)(*first + i);
}

struct pair {
	struct osdp_secure cp, pd;
};

static void shake_hands(struct pair *p, const struct osdp_key *key)
{
	static uint8_t a = 0xb0, b = 0xa0;
	const struct random_source random_a = {fill_from, &a}, random_b = {fill_from, &b};
	uint8_t client[OSDP_KEY_LEN];

	*p = (struct pair){0};
	osdp_secure_challenge(&p->cp, key, &random_a);
	assert_int_equal(osdp_secure_answer(&p->pd, client, key, p->cp.nonce_a, &random_b, NULL),
			 TANU_OK);
	assert_int_equal(osdp_secure_take_client(&p->cp, p->pd.nonce_b, client, NULL), TANU_OK);
	assert_false(p->cp.up);
	assert_int_equal(osdp_secure_take_server(&p->pd, p->cp.server, NULL), TANU_OK);
	assert_int_equal(osdp_secure_take_rmac(&p->cp, p->pd.r_mac, NULL), TANU_OK);
	assert_true(p->cp.up && p->pd.up);
}

static void same_hex(const uint8_t *bytes, json_value expected, const char *name)
{
	char hex[2 * OSDP_KEY_LEN + 1];
	const char *want;

	hex_encode(hex, bytes, OSDP_KEY_LEN);
	assert_int_equal(json_text(&want, expected, name, NULL), TANU_OK);
	assert_string_equal(hex, want);
}

static FILE *open_vectors(void)
{
	const char *dir = getenv("TANU_TEST_DATA");
	char path[4096];

	snprintf(path, sizeof(path), "%s/osdp/sia_annex_e_vectors.json",
		 dir ? dir : TANU_SOURCE_DIR "/../shared/data");
	return fopen(path, "r");
}

static void agrees_with_annex_e(void **state)
{
	char text[1 << 14];
	struct json_doc *doc = NULL;
	struct pair p;
	json_value want;
	size_t len;
	FILE *f = open_vectors();

	(void)state;
	if (!f) {
		printf("skipped: the vectors of annex E are not here (set TANU_TEST_DATA)\n");
		skip();
	}
	len = fread(text, 1, sizeof(text), f);
	fclose(f);
	assert_int_equal(json_parse(&doc, text, len, sizeof(text), "vectors", NULL), TANU_OK);
	want = json_get(json_root(doc), "expected");
	shake_hands(&p, &osdp_default_key); /* its nonces are b0 b1 ... and a0 a1 ... */
	same_hex(p.cp.mac1.b, want, "s_mac1");
	same_hex(p.cp.mac2.b, want, "s_mac2");
	same_hex(p.cp.enc.b, want, "s_enc");
	same_hex(p.cp.server, want, "server_cryptogram");
	same_hex(p.cp.r_mac, want, "rmac_i");
	json_free(&doc);
}

static void knows_the_default_key(void **state)
{
	struct pair p;

	(void)state;
	shake_hands(&p, &osdp_default_key);
	assert_true(p.cp.default_key);
	shake_hands(&p, &own_key);
	assert_false(p.cp.default_key);
}

static const uint8_t card[] = {0, 1, 26, 0, 0xa5, 0x5a, 0xff, 0xc0};

static struct osdp_frame message(bool reply, const uint8_t *data, size_t len)
{
	return (struct osdp_frame){.address = 3,
				   .reply = reply,
				   .sequence = 1,
				   .crc = true,
				   .code = reply ? OSDP_R_RAW : OSDP_LED,
				   .data = data,
				   .data_len = len};
}

/* Sealed at one end, opened at the other. */
static void carry(struct osdp_secure *from, struct osdp_secure *to, bool reply, const uint8_t *data,
		  size_t len)
{
	uint8_t bytes[OSDP_FRAME_MAX], plain[OSDP_DATA_MAX];
	struct osdp_frame frame = message(reply, data, len), got;
	size_t bytes_len = 0, plain_len = 99;

	assert_int_equal(osdp_secure_seal(from, bytes, &bytes_len, &frame, NULL), TANU_OK);
	assert_int_equal(osdp_decode(&got, bytes, bytes_len, NULL), TANU_OK);
	assert_int_equal(osdp_secure_open(to, plain, &plain_len, &got, NULL), TANU_OK);
	assert_int_equal(plain_len, len);
	if (len)
		assert_memory_equal(plain, data, len);
	if (len >= 4) /* and nothing of it could be read on the way */
		assert_null(memmem(bytes, bytes_len, data, len));
}

static void messages_of_every_length_go_through(void **state)
{
	static uint8_t data[1376];
	struct pair p;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i % 3 ? i : 0x80);
	shake_hands(&p, &own_key);
	for (size_t len = 0; len <= sizeof(data); len += len < 70 ? 1 : 131) {
		carry(&p.cp, &p.pd, false, data, len);
		carry(&p.pd, &p.cp, true, data, len);
	}
}

/* A reply on the wire, for damaging. */
static size_t sealed_reply(struct pair *p, uint8_t bytes[OSDP_FRAME_MAX])
{
	struct osdp_frame frame = message(true, card, sizeof(card));
	size_t len = 0;

	shake_hands(p, &own_key);
	carry(&p->cp, &p->pd, false, NULL, 0);
	assert_int_equal(osdp_secure_seal(&p->pd, bytes, &len, &frame, NULL), TANU_OK);
	return len;
}

static void refused(struct osdp_secure *s, const struct osdp_frame *frame)
{
	struct osdp_secure before = *s;
	uint8_t plain[OSDP_DATA_MAX];
	size_t len = 0;
	tanu_error err = {0};

	assert_int_equal(osdp_secure_open(s, plain, &len, frame, &err), TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_CRYPTO);
	assert_memory_equal(s, &before, sizeof(before));
}

static void mend(uint8_t *bytes, size_t len)
{
	uint16_t sum = osdp_crc16(bytes, len - 2);

	bytes[len - 2] = (uint8_t)sum;
	bytes[len - 1] = (uint8_t)(sum >> 8);
}

static void refuses_any_bit_changed_though_the_check_is_right(void **state)
{
	uint8_t bytes[OSDP_FRAME_MAX];
	struct osdp_frame frame;
	struct pair p;
	size_t len = sealed_reply(&p, bytes), tried = 0;

	(void)state;
	for (size_t at = 0; at < len - 2; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			bytes[at] ^= (uint8_t)(1u << bit);
			mend(bytes, len);
			if (osdp_decode(&frame, bytes, len, NULL) >= 0) {
				refused(&p.cp, &frame);
				tried++;
			}
			bytes[at] ^= (uint8_t)(1u << bit);
		}
	}
	assert_true(tried > 100);
}

static void refuses_a_message_said_again(void **state)
{
	uint8_t bytes[OSDP_FRAME_MAX], plain[OSDP_DATA_MAX];
	struct osdp_frame frame;
	struct pair p;
	size_t len = sealed_reply(&p, bytes), plain_len;

	(void)state;
	assert_int_equal(osdp_decode(&frame, bytes, len, NULL), TANU_OK);
	assert_int_equal(osdp_secure_open(&p.cp, plain, &plain_len, &frame, NULL), TANU_OK);
	carry(&p.cp, &p.pd, false, NULL, 0); /* the next command moves the chain on */
	refused(&p.cp, &frame);
}

static void refuses_a_message_of_another_session(void **state)
{
	uint8_t bytes[OSDP_FRAME_MAX];
	struct osdp_frame frame;
	struct pair p, other;
	size_t len = sealed_reply(&p, bytes);

	(void)state;
	shake_hands(&other, &osdp_default_key);
	assert_int_equal(osdp_decode(&frame, bytes, len, NULL), TANU_OK);
	refused(&other.cp, &frame);
}

static void refuses_clear_text(void **state)
{
	uint8_t bytes[OSDP_FRAME_MAX];
	struct osdp_frame frame = message(true, card, sizeof(card)), got;
	struct pair p;
	size_t len = osdp_encode_end(bytes, osdp_encode_body(bytes, &frame), &frame, NULL);

	(void)state;
	shake_hands(&p, &own_key);
	assert_int_equal(osdp_decode(&got, bytes, len, NULL), TANU_OK);
	refused(&p.cp, &got);
}

/* A message whose MAC is right though its data is not as it must be: only its maker can do that. */
static void with_right_mac(struct pair *p, uint8_t security, const uint8_t *data, size_t data_len)
{
	uint8_t bytes[OSDP_FRAME_MAX], mac[OSDP_KEY_LEN];
	struct osdp_frame frame = message(true, data, data_len), got;
	size_t body, len;

	frame.security = security;
	body = osdp_encode_body(bytes, &frame);
	assert_int_equal(osdp_secure_mac(&p->cp, mac, true, bytes, body, NULL), TANU_OK);
	len = osdp_encode_end(bytes, body, &frame, mac);
	assert_int_equal(osdp_decode(&got, bytes, len, NULL), TANU_OK);
	refused(&p->cp, &got);
}

static void refuses_data_in_clear_and_data_that_is_no_blocks(void **state)
{
	static const uint8_t data[AES_BLOCK + 1] = {1};
	struct pair p;

	(void)state;
	shake_hands(&p, &own_key);
	with_right_mac(&p, OSDP_SCS_16, data, 1);
	with_right_mac(&p, OSDP_SCS_18, data, 0);
	with_right_mac(&p, OSDP_SCS_18, data, AES_BLOCK - 1);
	with_right_mac(&p, OSDP_SCS_18, data, AES_BLOCK + 1);
}

static void refuses_data_without_their_end_mark(void **state)
{
	uint8_t plain[3 * AES_BLOCK], data[3 * AES_BLOCK], iv[AES_BLOCK];
	struct pair p;

	(void)state;
	shake_hands(&p, &own_key);
	for (size_t i = 0; i < AES_BLOCK; i++)
		iv[i] = (uint8_t)~p.cp.c_mac[i];
	memset(plain, 0, sizeof(plain)); /* no mark at all */
	assert_int_equal(aes128_cbc_encrypt(data, p.cp.enc.b, iv, plain, sizeof(plain), NULL),
			 TANU_OK);
	with_right_mac(&p, OSDP_SCS_18, data, sizeof(data));
	plain[2 * AES_BLOCK - 1] = 0x80; /* a whole block of padding too much */
	assert_int_equal(aes128_cbc_encrypt(data, p.cp.enc.b, iv, plain, sizeof(plain), NULL),
			 TANU_OK);
	with_right_mac(&p, OSDP_SCS_18, data, sizeof(data));
	plain[sizeof(plain) - 1] = 1;
	assert_int_equal(aes128_cbc_encrypt(data, p.cp.enc.b, iv, plain, sizeof(plain), NULL),
			 TANU_OK);
	with_right_mac(&p, OSDP_SCS_18, data, sizeof(data));
}

static void ends_with_different_keys_find_out(void **state)
{
	static uint8_t a = 1, b = 2;
	const struct random_source random_a = {fill_from, &a}, random_b = {fill_from, &b};
	uint8_t client[OSDP_KEY_LEN], zeros[OSDP_KEY_LEN] = {0};
	struct pair p = {0};
	tanu_error err = {0};

	(void)state;
	osdp_secure_challenge(&p.cp, &own_key, &random_a);
	assert_int_equal(
	    osdp_secure_answer(&p.pd, client, &osdp_default_key, p.cp.nonce_a, &random_b, NULL),
	    TANU_OK);
	assert_int_equal(osdp_secure_take_client(&p.cp, p.pd.nonce_b, client, &err), TANU_DAMAGED);
	assert_non_null(strstr(err.message, "the reader does not hold the key"));
	assert_int_equal(osdp_secure_take_server(&p.pd, p.cp.server, &err), TANU_DAMAGED);
	assert_non_null(strstr(err.message, "the controller does not hold the key"));
	assert_int_equal(osdp_secure_take_rmac(&p.cp, zeros, &err), TANU_DAMAGED);
	assert_false(p.cp.up || p.pd.up);
}

static void wiping_leaves_nothing(void **state)
{
	static const struct osdp_secure blank;
	struct pair p;

	(void)state;
	shake_hands(&p, &own_key);
	osdp_secure_wipe(&p.cp);
	assert_memory_equal(&p.cp, &blank, sizeof(blank));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_annex_e),
	    cmocka_unit_test(knows_the_default_key),
	    cmocka_unit_test(messages_of_every_length_go_through),
	    cmocka_unit_test(refuses_any_bit_changed_though_the_check_is_right),
	    cmocka_unit_test(refuses_a_message_said_again),
	    cmocka_unit_test(refuses_a_message_of_another_session),
	    cmocka_unit_test(refuses_clear_text),
	    cmocka_unit_test(refuses_data_in_clear_and_data_that_is_no_blocks),
	    cmocka_unit_test(refuses_data_without_their_end_mark),
	    cmocka_unit_test(ends_with_different_keys_find_out),
	    cmocka_unit_test(wiping_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
