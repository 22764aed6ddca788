/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors: FIPS 197 appendix C.1, NIST SP 800-38A F.2.1. */
#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void encrypts_the_block_of_fips_197(void **state)
{
	uint8_t key[AES_KEY_LEN], in[AES_BLOCK], want[AES_BLOCK], out[AES_BLOCK];

	(void)state;
	assert_true(hex_decode(key, sizeof(key), "000102030405060708090a0b0c0d0e0f"));
	assert_true(hex_decode(in, sizeof(in), "00112233445566778899aabbccddeeff"));
	assert_true(hex_decode(want, sizeof(want), "69c4e0d86a7b0430d8cdb78070b4c55a"));
	assert_int_equal(aes128_block(out, key, in, NULL), TANU_OK);
	assert_memory_equal(out, want, sizeof(want));
	assert_int_equal(aes128_block(in, key, in, NULL), TANU_OK); /* in place */
	assert_memory_equal(in, want, sizeof(want));
}

#define CBC_KEY "2b7e151628aed2a6abf7158809cf4f3c"
#define CBC_IV	"000102030405060708090a0b0c0d0e0f"
#define CBC_IN                             \
	"6bc1bee22e409f96e93d7e117393172a" \
	"ae2d8a571e03ac9c9eb76fac45af8e51"
#define CBC_OUT                            \
	"7649abac8119b246cee98e9b12e9197d" \
	"5086cb9b507219ee95db113a917678b2"

static void chains_blocks_as_sp_800_38a_does(void **state)
{
	uint8_t key[AES_KEY_LEN], iv[AES_BLOCK], in[32], want[32], out[32];

	(void)state;
	assert_true(hex_decode(key, sizeof(key), CBC_KEY));
	assert_true(hex_decode(iv, sizeof(iv), CBC_IV));
	assert_true(hex_decode(in, sizeof(in), CBC_IN));
	assert_true(hex_decode(want, sizeof(want), CBC_OUT));
	assert_int_equal(aes128_cbc_encrypt(out, key, iv, in, sizeof(in), NULL), TANU_OK);
	assert_memory_equal(out, want, sizeof(want));
	assert_int_equal(aes128_cbc_decrypt(out, key, iv, out, sizeof(out), NULL), TANU_OK);
	assert_memory_equal(out, in, sizeof(in));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(encrypts_the_block_of_fips_197),
	    cmocka_unit_test(chains_blocks_as_sp_800_38a_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
