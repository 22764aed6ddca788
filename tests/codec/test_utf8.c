/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/codec.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void assert_cleaned(const char *raw, const char *clean)
{
	struct buf out = {0};

	utf8_put_clean(&out, raw);
	assert_string_equal(buf_cstr(&out), clean);
	buf_free(&out);
}

static void untrusted_text_cannot_steer_a_terminal(void **state)
{
	(void)state;
	assert_cleaned("Әйгерім.jpg", "Әйгерім.jpg");
	assert_cleaned("a\033[2Jb", "a\xEF\xBF\xBD[2Jb");
	assert_cleaned("a\nb\x7F", "a\xEF\xBF\xBD"
				   "b\xEF\xBF\xBD");
	assert_cleaned("\xC2\x9B", "\xEF\xBF\xBD");		/* C1: CSI */
	assert_cleaned("\xE2\x80\xAEgpj", "\xEF\xBF\xBDgpj");	/* right-to-left override */
	assert_cleaned("\xE2\x81\xA6x", "\xEF\xBF\xBDx");	/* isolate */
	assert_cleaned("\xE2\x80\xA6", "\xE2\x80\xA6");		/* an ellipsis stays */
	assert_cleaned("\xFF\xC3", "\xEF\xBF\xBD\xEF\xBF\xBD"); /* not UTF-8, cut off */
	assert_cleaned("\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"); /* surrogate */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(untrusted_text_cannot_steer_a_terminal),
	};

	return cmocka_run_group_tests_name("codec/utf8", tests, NULL, NULL);
}
