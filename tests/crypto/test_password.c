/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/crypto.h"

#include <string.h>

static void a_password_is_known_by_its_hash_alone(void **state)
{
	char one[PASSWORD_HASH_LEN], two[PASSWORD_HASH_LEN];

	(void)state;
	assert_int_equal(password_hash(one, "several words", PASSWORD_MEMORY, NULL), TANU_OK);
	assert_int_equal(password_hash(two, "several words", 8192, NULL), TANU_OK);
	assert_string_not_equal(one, two);
	assert_int_equal(strncmp(one, "$argon2id$v=19$m=65536,t=2,p=1$", 31), 0);
	assert_true(password_verify(one, "several words"));
	assert_true(password_verify(two, "several words"));
	assert_false(password_verify(one, "several word"));
	assert_false(password_verify(one, ""));
	assert_false(password_verify("", "several words"));
	assert_false(password_verify("$argon2id$v=19$m=8,t=2,p=1$nonsense", "several words"));
}

/* RFC 2202, section 3, test cases 1, 2 and 6. */
static void hmac_sha1_is_that_of_the_standard(void **state)
{
	static const uint8_t want[3][HMAC_SHA1_LEN] = {
	    {0xb6, 0x17, 0x31, 0x86, 0x55, 0x05, 0x72, 0x64, 0xe2, 0x8b,
	     0xc0, 0xb6, 0xfb, 0x37, 0x8c, 0x8e, 0xf1, 0x46, 0xbe, 0x00},
	    {0xef, 0xfc, 0xdf, 0x6a, 0xe5, 0xeb, 0x2f, 0xa2, 0xd2, 0x74,
	     0x16, 0xd5, 0xf1, 0x84, 0xdf, 0x9c, 0x25, 0x9a, 0x7c, 0x79},
	    {0xaa, 0x4a, 0xe5, 0xe1, 0x52, 0x72, 0xd0, 0x0e, 0x95, 0x70,
	     0x56, 0x37, 0xce, 0x8a, 0x3b, 0x55, 0xed, 0x40, 0x21, 0x12},
	};
	static const char six[] = "Test Using Larger Than Block-Size Key - Hash Key First";
	uint8_t key[80], out[HMAC_SHA1_LEN];

	(void)state;
	memset(key, 0x0b, 20);
	assert_int_equal(hmac_sha1(out, key, 20, "Hi There", 8, NULL), TANU_OK);
	assert_memory_equal(out, want[0], sizeof(out));
	assert_int_equal(
	    hmac_sha1(out, (const uint8_t *)"Jefe", 4, "what do ya want for nothing?", 28, NULL),
	    TANU_OK);
	assert_memory_equal(out, want[1], sizeof(out));
	memset(key, 0xaa, 80);
	assert_int_equal(hmac_sha1(out, key, 80, six, strlen(six), NULL), TANU_OK);
	assert_memory_equal(out, want[2], sizeof(out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_password_is_known_by_its_hash_alone),
	    cmocka_unit_test(hmac_sha1_is_that_of_the_standard),
	};

	if (crypto_init(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
