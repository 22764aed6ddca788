/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void agrees_with_the_vectors_of_rfc_4648(void **state)
{
	static const char *const vectors[][2] = {
	    {"", ""},
	    {"f", "Zg=="},
	    {"fo", "Zm8="},
	    {"foo", "Zm9v"},
	    {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="},
	    {"foobar", "Zm9vYmFy"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		struct buf text = {0}, bytes = {0};

		base64_put(&text, vectors[i][0], strlen(vectors[i][0]));
		assert_string_equal(buf_cstr(&text), vectors[i][1]);
		assert_int_equal(base64_get(&bytes, (const char *)text.data, text.len, NULL),
				 TANU_OK);
		assert_string_equal(buf_cstr(&bytes), vectors[i][0]);
		buf_free(&text);
		buf_free(&bytes);
	}
}

static void every_byte_comes_back(void **state)
{
	uint8_t all[256];
	struct buf text = {0}, bytes = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	base64_put(&text, all, sizeof(all));
	assert_int_equal(base64_get(&bytes, (const char *)text.data, text.len, NULL), TANU_OK);
	assert_int_equal(bytes.len, sizeof(all));
	assert_memory_equal(bytes.data, all, sizeof(all));
	buf_free(&text);
	buf_free(&bytes);
}

static void refuses_all_but_the_canonical_form(void **state)
{
	static const char *const bad[] = {
	    "Z",    "Zg",    "Zg=",	 "Z===", "====", "Zh==", "Zm9=",
	    "Zm 9", "Zm\n9", "Zg==Zg==", "Zm-_", "=Zg=", "Z=g=", "Zm9vZg==\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf bytes = {0};
		tanu_error err = {0};

		buf_str(&bytes, "kept");
		if (base64_get(&bytes, bad[i], strlen(bad[i]), &err) != TANU_INPUT)
			fail_msg("\"%s\" was read", bad[i]);
		assert_int_equal(err.code, TANU_ERR_FORMAT);
		assert_string_equal(buf_cstr(&bytes), "kept");
		buf_free(&bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_the_vectors_of_rfc_4648),
	    cmocka_unit_test(every_byte_comes_back),
	    cmocka_unit_test(refuses_all_but_the_canonical_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
