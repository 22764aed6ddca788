/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes to a public key: the published key pairs, and what opening refuses. Digests in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "os/os.h"

#include <string.h>

static const char text[] = "what only the holder reads";
#define TEXT_LEN sizeof(text)
#define BOX_LEN	 (TEXT_LEN + BOX_OVERHEAD)

static struct random_source machine;

static int start(void **state)
{
	(void)state;
	machine = os_random();
	return crypto_init(NULL) < 0 ? -1 : 0;
}

/* RFC 7748, section 6.1: the secrets and public keys of Alice and Bob. */
static void makes_the_public_keys_of_rfc_7748(void **state)
{
	static const char *const pairs[][2] = {
	    {"77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
	     "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"},
	    {"5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
	     "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		uint8_t key[BOX_KEY_LEN], want[BOX_KEY_LEN];
		struct secret secret;

		assert_true(hex_decode(secret.b, sizeof(secret.b), pairs[i][0]));
		assert_true(hex_decode(want, sizeof(want), pairs[i][1]));
		box_public_key(key, &secret);
		assert_memory_equal(key, want, sizeof(key));
	}
}

static void make(uint8_t box[BOX_LEN], struct secret *key)
{
	uint8_t public_key[BOX_KEY_LEN];

	random_fill(&machine, key->b, sizeof(key->b));
	box_public_key(public_key, key);
	assert_int_equal(
	    box_seal(box, BOX_LEN, public_key, text, TEXT_LEN, "ad", 2, &machine, NULL), TANU_OK);
}

static void opens_for_the_holder(void **state)
{
	uint8_t box[BOX_LEN], again[BOX_LEN], plain[TEXT_LEN];
	struct secret key, other;

	(void)state;
	make(box, &key);
	assert_int_equal(box_open(plain, TEXT_LEN, &key, box, BOX_LEN, "ad", 2, NULL), TANU_OK);
	assert_memory_equal(plain, text, TEXT_LEN);
	make(again, &other);
	assert_memory_not_equal(box, again, BOX_KEY_LEN);
}

static void refuses_a_box_with_any_byte_changed(void **state)
{
	uint8_t box[BOX_LEN], plain[TEXT_LEN];
	struct secret key;

	(void)state;
	make(box, &key);
	for (size_t i = 0; i < BOX_LEN; i++) {
		box[i] ^= 1;
		assert_int_equal(box_open(plain, TEXT_LEN, &key, box, BOX_LEN, "ad", 2, NULL),
				 TANU_DAMAGED);
		box[i] ^= 1;
	}
}

static void refuses_another_key_label_or_length(void **state)
{
	uint8_t box[BOX_LEN], plain[TEXT_LEN];
	struct secret key, other;
	tanu_error err = {0};

	(void)state;
	make(box, &key);
	other = key;
	other.b[5] ^= 1;
	assert_int_equal(box_open(plain, TEXT_LEN, &other, box, BOX_LEN, "ad", 2, &err),
			 TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_CRYPTO);
	assert_int_equal(box_open(plain, TEXT_LEN, &key, box, BOX_LEN, "aD", 2, NULL),
			 TANU_DAMAGED);
	assert_int_equal(box_open(plain, TEXT_LEN, &key, box, BOX_LEN - 1, "ad", 2, NULL),
			 TANU_DAMAGED);
	assert_int_equal(box_open(plain, TEXT_LEN, &key, box, 10, "ad", 2, NULL), TANU_DAMAGED);
}

/* A point of small order makes the same shared secret for everybody. */
static void refuses_a_public_key_that_shares_nothing(void **state)
{
	static const uint8_t zero[BOX_KEY_LEN];
	uint8_t box[BOX_LEN], plain[TEXT_LEN];
	struct secret key;

	(void)state;
	assert_int_equal(box_seal(box, BOX_LEN, zero, text, TEXT_LEN, "", 0, &machine, NULL),
			 TANU_DAMAGED);
	make(box, &key);
	memset(box, 0, BOX_KEY_LEN);
	assert_int_equal(box_open(plain, TEXT_LEN, &key, box, BOX_LEN, "ad", 2, NULL),
			 TANU_DAMAGED);
}

static void a_digest_in_pieces_is_that_of_the_whole(void **state)
{
	uint8_t bytes[300], want[DIGEST_LEN], got[DIGEST_LEN];

	(void)state;
	random_fill(&machine, bytes, sizeof(bytes));
	for (size_t cut = 0; cut <= sizeof(bytes); cut++) {
		struct digest digest;

		digest_begin(&digest);
		digest_add(&digest, bytes, cut);
		digest_add(&digest, bytes + cut, sizeof(bytes) - cut);
		digest_end(&digest, got);
		sha256(want, bytes, sizeof(bytes));
		assert_memory_equal(got, want, DIGEST_LEN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(makes_the_public_keys_of_rfc_7748),
	    cmocka_unit_test(opens_for_the_holder),
	    cmocka_unit_test(refuses_a_box_with_any_byte_changed),
	    cmocka_unit_test(refuses_another_key_label_or_length),
	    cmocka_unit_test(refuses_a_public_key_that_shares_nothing),
	    cmocka_unit_test(a_digest_in_pieces_is_that_of_the_whole),
	};

	return cmocka_run_group_tests_name("crypto/box", tests, start, NULL);
}
