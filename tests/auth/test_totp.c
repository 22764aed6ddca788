/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/desk.h"

static const uint8_t rfc_key[TOTP_KEY_LEN + 1] = "12345678901234567890";

/* RFC 6238, appendix B, SHA-1: the last six of the eight digits there. */
static void codes_are_those_of_the_standard(void **state)
{
	static const struct {
		int64_t s;
		const char *code;
	} vectors[] = {
	    {59, "287082"},	    {1111111109, "081804"}, {1111111111, "050471"},
	    {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
	};
	char code[7];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		MUST(totp_code(code, rfc_key, vectors[i].s * 1000 / TOTP_STEP_MS, err));
		assert_string_equal(code, vectors[i].code);
	}
}

static void a_code_is_right_for_a_step_before_and_after(void **state)
{
	int64_t now_ms = (int64_t)1111111111 * 1000, step = 0;
	char code[7];

	(void)state;
	for (int64_t off = -3; off <= 3; off++) {
		MUST(totp_code(code, rfc_key, now_ms / TOTP_STEP_MS + off, err));
		assert_int_equal(totp_right(rfc_key, code, now_ms, 0, &step),
				 off >= -1 && off <= 1);
	}
}

static void a_code_is_taken_once(void **state)
{
	int64_t now_ms = (int64_t)1111111111 * 1000, step = 0;

	(void)state;
	assert_true(totp_right(rfc_key, "050471", now_ms, 0, &step));
	assert_int_equal(step, now_ms / TOTP_STEP_MS);
	assert_false(totp_right(rfc_key, "050471", now_ms, step, &step));
	assert_false(totp_right(rfc_key, "05047", now_ms, 0, &step));
	assert_false(totp_right(rfc_key, "0504711", now_ms, 0, &step));
	assert_false(totp_right(rfc_key, "", now_ms, 0, &step));
}

/* RFC 4648, section 10, has no vector of this length; this one is the key above, by hand. */
static void the_secret_is_written_in_base32(void **state)
{
	char text[TOTP_SECRET_TEXT_LEN];

	(void)state;
	totp_text(text, rfc_key);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(codes_are_those_of_the_standard),
	    cmocka_unit_test(a_code_is_right_for_a_step_before_and_after),
	    cmocka_unit_test(a_code_is_taken_once),
	    cmocka_unit_test(the_secret_is_written_in_base32),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
