/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/pass.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Offsets, see pass.h; in an NDEF message 31 further on. */
enum {
	AT_MAGIC = 0,
	AT_VERSION = 2,
	AT_SITE = 3,
	AT_NUMBER = 7,
	AT_GENERATION = 15,
	AT_UNTIL = 17,
	AT_MODEL = 19,
	AT_SEALED = 23,
};

static struct pass sample(void)
{
	struct pass p = {.head = {.site = {1, 2, 3, 4},
				  .number = {0x5f, 0x12, 0x09, 0xab, 0x77, 0xc0, 0x31, 0xde},
				  .generation = 0x0302,
				  .until = {2027, 6, 30},
				  .model = {9, 8, 7, 6}}};

	for (size_t i = 0; i < sizeof(p.sealed); i++)
		p.sealed[i] = (uint8_t)(i * 7);
	return p;
}

static void assert_same(const struct pass *a, const struct pass *b)
{
	assert_memory_equal(a->head.site, b->head.site, PASS_SITE_LEN);
	assert_memory_equal(a->head.number, b->head.number, PASS_NUMBER_LEN);
	assert_memory_equal(a->head.model, b->head.model, PASS_MODEL_LEN);
	assert_int_equal(a->head.generation, b->head.generation);
	assert_int_equal(date_to_days(a->head.until), date_to_days(b->head.until));
	assert_memory_equal(a->sealed, b->sealed, PASS_SEALED_LEN);
}

static void the_form_is_as_documented(void **state)
{
	struct pass p = sample();
	uint8_t head[PASS_HEAD_LEN];
	struct buf b = {0};

	(void)state;
	pass_put(&b, &p);
	assert_int_equal(b.len, PASS_LEN);
	assert_true(PASS_LEN <= PASS_QR_MAX);
	assert_memory_equal(b.data + AT_MAGIC, "TP", 2);
	assert_int_equal(b.data[AT_VERSION], 1);
	assert_memory_equal(b.data + AT_SITE, p.head.site, PASS_SITE_LEN);
	assert_memory_equal(b.data + AT_NUMBER, p.head.number, PASS_NUMBER_LEN);
	assert_int_equal(b.data[AT_GENERATION], 2);
	assert_int_equal(b.data[AT_GENERATION + 1], 3);
	assert_int_equal(b.data[AT_UNTIL] | b.data[AT_UNTIL + 1] << 8, 20999); /* 2027-06-30 */
	assert_memory_equal(b.data + AT_MODEL, p.head.model, PASS_MODEL_LEN);
	assert_memory_equal(b.data + AT_SEALED, p.sealed, PASS_SEALED_LEN);
	pass_put_head(head, &p.head);
	assert_memory_equal(head, b.data, PASS_HEAD_LEN);
	buf_free(&b);
}

static void what_was_written_is_read(void **state)
{
	struct pass p = sample(), plain = {0}, ndef = {0};
	struct buf b = {0}, n = {0};

	(void)state;
	pass_put(&b, &p);
	pass_put_ndef(&n, &p);
	assert_int_equal(pass_read(&plain, b.data, b.len, NULL), TANU_OK);
	assert_int_equal(pass_read(&ndef, n.data, n.len, NULL), TANU_OK);
	assert_same(&p, &plain);
	assert_same(&p, &ndef);
	buf_free(&b);
	buf_free(&n);
}

static void the_ndef_message_is_one_media_record(void **state)
{
	struct pass p = sample();
	struct buf n = {0};

	(void)state;
	pass_put_ndef(&n, &p);
	assert_int_equal(n.len, 31 + PASS_LEN);
	assert_int_equal(n.data[0], 0xC2); /* begin, end, not short; TNF 2 */
	assert_int_equal(n.data[1], 25);
	assert_memory_equal(n.data + 2, "\0\0\1\100", 4);
	assert_memory_equal(n.data + 6, "application/vnd.tanu.pass", 25);
	assert_true(n.len <= 868); /* the user memory of an NTAG216 less its TLV */
	buf_free(&n);
}

static void tells_a_pass_from_a_picture(void **state)
{
	static const uint8_t jpeg[] = {0xFF, 0xD8, 0xFF}, png[] = {0x89, 'P', 'N', 'G'};

	(void)state;
	assert_true(pass_begins((const uint8_t *)"TP\1", 3));
	assert_true(pass_begins((const uint8_t *)"\xC2\x19", 2));
	assert_false(pass_begins(jpeg, sizeof(jpeg)));
	assert_false(pass_begins(png, sizeof(png)));
	assert_false(pass_begins((const uint8_t *)"T", 1));
	assert_false(pass_begins((const uint8_t *)"P5 1 1", 6));
	assert_false(pass_begins(NULL, 0));
}

static void prints_the_number_in_fours(void **state)
{
	struct pass p = sample();
	char text[PASS_NUMBER_TEXT_LEN];

	(void)state;
	pass_number_text(text, p.head.number);
	assert_string_equal(text, "5f12 09ab 77c0 31de");
}

/* ---- damaged ---- */

/* `bytes` is refused, with a word of why, and nothing is handed out. */
static void refuses(const uint8_t *bytes, size_t len, const char *word)
{
	static const struct pass untouched;
	struct pass out = {0};
	tanu_error err = {0};

	assert_int_equal(pass_read(&out, bytes, len, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_FORMAT);
	if (!strstr(err.message, word))
		fail_msg("no word \"%s\" in: %s", word, err.message);
	assert_memory_equal(&out, &untouched, sizeof(out));
}

static struct buf written(bool ndef)
{
	struct pass p = sample();
	struct buf b = {0};

	if (ndef)
		pass_put_ndef(&b, &p);
	else
		pass_put(&b, &p);
	return b;
}

static void refuses_another_beginning(void **state)
{
	struct buf b = written(false);

	(void)state;
	for (int i = 0; i < 2; i++) {
		b.data[AT_MAGIC + i] ^= 1;
		refuses(b.data, b.len, "not a pass");
		b.data[AT_MAGIC + i] ^= 1;
	}
	refuses((const uint8_t *)"https://example.org/", 20, "not a pass");
	buf_free(&b);
}

static void refuses_another_version(void **state)
{
	struct buf b = written(false);

	(void)state;
	for (int v = 0; v < 256; v++) {
		b.data[AT_VERSION] = (uint8_t)v;
		if (v != 1)
			refuses(b.data, b.len, "version");
	}
	buf_free(&b);
}

static void refuses_generation_0(void **state)
{
	struct buf b = written(false);

	(void)state;
	b.data[AT_GENERATION] = b.data[AT_GENERATION + 1] = 0;
	refuses(b.data, b.len, "generation");
	buf_free(&b);
}

static void refuses_any_other_length(void **state)
{
	(void)state;
	for (int ndef = 0; ndef < 2; ndef++) {
		struct buf b = written(ndef);
		size_t whole = b.len;

		buf_u8(&b, 0);
		refuses(b.data, whole + 1, "long");
		for (size_t len = 0; len < whole; len++)
			refuses(b.data, len, "pass");
		buf_free(&b);
	}
}

static void refuses_an_ndef_message_of_other_flags(void **state)
{
	struct buf b = written(true);

	(void)state;
	for (int v = 0; v < 256; v++) {
		b.data[0] = (uint8_t)v;
		if (v != 0xC2)
			refuses(b.data, b.len, "not a pass");
	}
	buf_free(&b);
}

static void refuses_an_ndef_message_of_another_type_or_length(void **state)
{
	struct buf b = written(true);

	(void)state;
	for (size_t i = 1; i < 31; i++) { /* lengths of type and payload, type */
		b.data[i] ^= 1;
		refuses(b.data, b.len, "not a pass");
		b.data[i] ^= 1;
	}
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_form_is_as_documented),
	    cmocka_unit_test(what_was_written_is_read),
	    cmocka_unit_test(the_ndef_message_is_one_media_record),
	    cmocka_unit_test(tells_a_pass_from_a_picture),
	    cmocka_unit_test(prints_the_number_in_fours),
	    cmocka_unit_test(refuses_another_beginning),
	    cmocka_unit_test(refuses_another_version),
	    cmocka_unit_test(refuses_generation_0),
	    cmocka_unit_test(refuses_any_other_length),
	    cmocka_unit_test(refuses_an_ndef_message_of_other_flags),
	    cmocka_unit_test(refuses_an_ndef_message_of_another_type_or_length),
	};

	return cmocka_run_group_tests_name("codec/pass", tests, NULL, NULL);
}
