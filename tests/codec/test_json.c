/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

static const char good[] = "{\"name\":\"door\",\"count\":3,\"score\":0.25,\"open\":true,"
			   "\"list\":[1,2.5,\"x\"],\"inner\":{\"a\":null}}";

static tanu_status parse(struct json_doc **doc, const char *text, tanu_error *err)
{
	return json_parse(doc, text, strlen(text), 4096, "test.json", err);
}

static void refuses(const char *text, const char *message)
{
	struct json_doc *doc = NULL;
	tanu_error err = {0};

	assert_int_equal(parse(&doc, text, &err), TANU_INPUT);
	assert_null(doc);
	assert_int_equal(err.code, TANU_ERR_JSON);
	assert_non_null(strstr(err.place, "test.json"));
	if (!strstr(err.message, message))
		fail_msg("\"%s\" gave \"%s\", not \"%s\"", text, err.message, message);
}

static void reads_every_type(void **state)
{
	struct json_doc *doc = NULL;
	json_value root;
	const char *text = NULL;
	int64_t i = 0;
	double d = 0;
	bool b = false;

	(void)state;
	assert_int_equal(parse(&doc, good, NULL), TANU_OK);
	root = json_root(doc);
	assert_int_equal(json_text(&text, root, "name", NULL), TANU_OK);
	assert_string_equal(text, "door");
	assert_int_equal(json_int(&i, root, "count", NULL), TANU_OK);
	assert_int_equal(i, 3);
	assert_int_equal(json_number(&d, root, "score", NULL), TANU_OK);
	assert_true(d == 0.25);
	assert_int_equal(json_number(&d, root, "count", NULL), TANU_OK);
	assert_true(d == 3.0);
	assert_int_equal(json_bool(&b, root, "open", NULL), TANU_OK);
	assert_true(b);
	assert_int_equal(json_len(json_get(root, "list")), 3);
	assert_int_equal(json_number_at(&d, json_get(root, "list"), 1, NULL), TANU_OK);
	assert_true(d == 2.5);
	assert_non_null(json_at(json_get(root, "list"), 2));
	assert_null(json_at(json_get(root, "list"), 3));
	json_free(&doc);
	assert_null(doc);
	json_free(&doc);
}

static void names_the_key_of_a_wrong_type(void **state)
{
	struct json_doc *doc = NULL;
	tanu_error err = {0};
	const char *text = "untouched";
	int64_t i = 7;
	double d = 7;
	bool b = true;

	(void)state;
	assert_int_equal(parse(&doc, good, NULL), TANU_OK);
	assert_int_equal(json_text(&text, json_root(doc), "count", &err), TANU_INPUT);
	assert_string_equal(err.place, "count");
	assert_string_equal(text, "untouched");
	assert_int_equal(json_int(&i, json_root(doc), "score", &err), TANU_INPUT);
	assert_int_equal(json_number(&d, json_root(doc), "name", &err), TANU_INPUT);
	assert_int_equal(json_bool(&b, json_root(doc), "absent", &err), TANU_INPUT);
	assert_string_equal(err.place, "absent");
	assert_non_null(strstr(err.message, "missing"));
	assert_int_equal(json_number_at(&d, json_get(json_root(doc), "list"), 2, &err), TANU_INPUT);
	assert_true(i == 7 && d == 7 && b);
	json_free(&doc);
}

static void absent_values_are_harmless(void **state)
{
	struct json_doc *doc = NULL;
	json_value none;

	(void)state;
	assert_int_equal(parse(&doc, good, NULL), TANU_OK);
	none = json_get(json_root(doc), "absent");
	assert_null(none);
	assert_null(json_get(none, "a"));
	assert_null(json_get(json_get(json_root(doc), "name"), "a"));
	assert_int_equal(json_len(none), 0);
	assert_null(json_at(none, 0));
	assert_null(json_next_key(none, NULL));
	json_free(&doc);
}

static void walks_keys_in_their_order(void **state)
{
	static const char *const keys[] = {"name", "count", "score", "open", "list", "inner"};
	struct json_doc *doc = NULL;
	const char *key = NULL;

	(void)state;
	assert_int_equal(parse(&doc, good, NULL), TANU_OK);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		key = json_next_key(json_root(doc), key);
		assert_string_equal(key, keys[i]);
	}
	assert_null(json_next_key(json_root(doc), key));
	json_free(&doc);
}

static void refuses_damaged_text(void **state)
{
	(void)state;
	refuses("", "ends too early");
	refuses("{\"a\":1", "ends too early");
	refuses("{\"a\":1}x", "follows");
	refuses("{\"a\":1,\"a\":2}", "twice");
	refuses("{'a':1}", "not valid");
	refuses("{\"a\":\"\xFF\"}", "UTF-8");
	refuses("{\"a\":99999999999999999999}", "too large");
	refuses("{\"a\":1e999}", "too large");
	refuses("{\"a\":NaN}", "not valid");
	refuses("{\"a\":\"\\u0000\"}", "NUL");
	refuses("17", "not valid");
}

static void refuses_what_the_grammar_would_allow(void **state)
{
	(void)state;
	refuses("{\"a\":\"x\\ny\"}", "control character");
	refuses("[[\"\\u0085\"]]", "control character");
	refuses("{\"a\":9007199254740992}", "2^53");
	refuses("{\"a\":[-9007199254740992]}", "2^53");
	refuses("{\"\xC3\xA4\":1}", "ASCII");
}

static void refuses_deep_nesting_and_accepts_the_bound(void **state)
{
	char text[2 * (JSON_DEPTH_MAX + 1) + 1] = {0};
	struct json_doc *doc = NULL;

	(void)state;
	memset(text, '[', JSON_DEPTH_MAX + 1);
	memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	refuses(text, "nested too deeply");
	text[2 * JSON_DEPTH_MAX + 1] = '\0';
	assert_int_equal(parse(&doc, text + 1, NULL), TANU_OK);
	json_free(&doc);
}

static void refuses_more_bytes_before_it_parses(void **state)
{
	struct json_doc *doc = NULL;
	tanu_error err = {0};

	(void)state;
	assert_int_equal(json_parse(&doc, good, strlen(good), strlen(good) - 1, "f", &err),
			 TANU_LIMIT);
	assert_int_equal(err.code, TANU_ERR_FILE_TOO_LARGE);
}

static void names_the_line_and_never_quotes_the_text(void **state)
{
	struct json_doc *doc = NULL;
	tanu_error err = {0};

	(void)state;
	parse(&doc, "{\n\"name\":\n Aigerim}", &err);
	assert_string_equal(err.place, "test.json: line 3");
	assert_null(strstr(err.message, "Aigerim"));
}

static void writes_compact_in_the_order_of_calls(void **state)
{
	static const tanu_id id = {{0xAB, 1}};
	struct buf b = {0};
	struct json_w w;

	(void)state;
	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_text(&w, "quote", "a\"b\\c");
	jw_text(&w, "none", NULL);
	jw_array(&w, "list");
	jw_int(&w, NULL, -5);
	jw_bool(&w, NULL, false);
	jw_object(&w, NULL);
	jw_end_object(&w);
	jw_end_array(&w);
	jw_id(&w, "id", &id);
	jw_real(&w, "nan", NAN);
	jw_float(&w, "inf", INFINITY);
	jw_end_object(&w);
	assert_string_equal(
	    buf_cstr(&b), "{\"quote\":\"a\\\"b\\\\c\",\"none\":null,\"list\":[-5,false,{}],"
			  "\"id\":\"ab010000000000000000000000000000\",\"nan\":null,\"inf\":null}");
	buf_free(&b);
}

static void check_real(double v, const char *expected)
{
	struct json_doc *doc = NULL;
	struct buf b = {0};
	struct json_w w;
	double back = 0;

	jw_init(&w, &b);
	jw_array(&w, NULL);
	jw_real(&w, NULL, v);
	jw_end_array(&w);
	if (expected)
		assert_string_equal(buf_cstr(&b), expected);
	assert_int_equal(json_parse(&doc, b.data, b.len, 100, "real", NULL), TANU_OK);
	assert_int_equal(json_number_at(&back, json_root(doc), 0, NULL), TANU_OK);
	assert_true(back == v);
	json_free(&doc);
	buf_free(&b);
}

static void reals_read_back_the_same(void **state)
{
	uint64_t seed = 1;

	(void)state;
	check_real(0, "[0]");
	check_real(0.1, "[0.1]");
	check_real(-1.5e-9, "[-1.5e-09]");
	check_real(1.0 / 3, "[0.3333333333333333]");
	check_real(1e300, "[1e+300]");
	check_real(12345678901234568.0, "[12345678901234568.0]");
	check_real((double)0.1f, "[0.10000000149011612]");
	for (int i = 0; i < 2000; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		check_real(ldexp((double)(int64_t)seed, (int)(seed >> 58) - 60), NULL);
	}
}

static void floats_are_written_as_floats(void **state)
{
	struct buf b = {0};
	struct json_w w;

	(void)state;
	jw_init(&w, &b);
	jw_array(&w, NULL);
	jw_float(&w, NULL, 0.1f);
	jw_float(&w, NULL, 16777217.0f);
	jw_float(&w, NULL, -0.75229997f);
	jw_end_array(&w);
	assert_string_equal(buf_cstr(&b), "[0.1,16777216,-0.75229996]");
	assert_true(strtof("-0.75229996", NULL) == -0.75229997f);
	buf_free(&b);
}

static void writer_refuses_text_that_json_here_may_not_hold(void **state)
{
	static const char *const bad[] = {"a\nb", "\x7F", "\xC2\x85", "\xFF", "\xED\xA0\x80"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf b = {0};
		struct json_w w;

		jw_init(&w, &b);
		jw_array(&w, NULL);
		jw_text(&w, NULL, bad[i]);
		assert_true(b.failed);
		buf_free(&b);
	}
}

static void writer_refuses_large_integers_and_depth(void **state)
{
	struct buf b = {0};
	struct json_w w;

	(void)state;
	jw_init(&w, &b);
	jw_int(&w, NULL, JSON_INT_END - 1);
	assert_false(b.failed);
	jw_int(&w, NULL, JSON_INT_END);
	assert_true(b.failed);
	buf_free(&b);

	jw_init(&w, &b);
	for (unsigned i = 0; i < JSON_DEPTH_MAX; i++)
		jw_array(&w, NULL);
	assert_false(b.failed);
	jw_array(&w, NULL);
	assert_true(b.failed);
	buf_free(&b);
}

static void utf8_bounds_follow_the_standard(void **state)
{
	static const char *const good_text[] = {"",
						"a",
						"\xC2\xA0",
						"\xE0\xA0\x80",
						"\xED\x9F\xBF",
						"\xEF\xBF\xBF",
						"\xF0\x90\x80\x80",
						"\xF4\x8F\xBF\xBF"};
	static const char *const bad_text[] = {
	    "\x80",	    "\xC0\x80",		"\xC1\xBF",
	    "\xE0\x9F\xBF", "\xED\xA0\x80",	"\xF0\x8F\xBF\xBF",
	    "\xC3",	    "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
	    "\xE2\x82"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good_text); i++)
		assert_true(utf8_plain(good_text[i], strlen(good_text[i])));
	for (size_t i = 0; i < ARRAY_LEN(bad_text); i++)
		assert_false(utf8_valid(bad_text[i], strlen(bad_text[i])));
	assert_true(utf8_valid("a\n\xC2\x9F", 4));
	assert_false(utf8_plain("a\n", 2));
	assert_false(utf8_plain("\xC2\x9F", 2));
}

static bool canonical(const char *text)
{
	struct json_doc *doc = NULL;
	bool is = false;

	if (parse(&doc, text, NULL) == TANU_OK)
		is = json_is_canonical(doc, text, strlen(text));
	json_free(&doc);
	return is;
}

static void tells_canonical_text_from_other_text(void **state)
{
	static const char *const good_text[] = {"{}",
						"[]",
						"{\"a\":1,\"b\":[true,\"x\",{}]}",
						"{\"A\":0,\"a\":-7}",
						"{\"a\":\"\\\"\\\\/\"}",
						"[\"\xD0\x96\"]",
						"[9007199254740991]"};
	static const char *const other[] = {
	    "{} ",	     " {}",	  "{\"a\": 1}",	      "{\"b\":1,\"a\":1}",
	    "[1.5]",	     "[1.0]",	  "[{\"a\":[1e2]}]",  "[-0]",
	    "[\"\\u0041\"]", "[\"\\/\"]", "{\"b\":1,\"A\":1}"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good_text); i++)
		if (!canonical(good_text[i]))
			fail_msg("%s is canonical", good_text[i]);
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		if (canonical(other[i]))
			fail_msg("%s is not canonical", other[i]);
}

static void lists_and_members_are_told_from_other_values(void **state)
{
	struct json_doc *doc = NULL;
	const char *text = NULL;
	json_value v = NULL;
	tanu_error err = {0};

	(void)state;
	assert_int_equal(parse(&doc, good, NULL), TANU_OK);
	assert_int_equal(json_list(&v, json_root(doc), "list", NULL), TANU_OK);
	assert_int_equal(json_text_at(&text, v, 2, NULL), TANU_OK);
	assert_string_equal(text, "x");
	assert_int_equal(json_text_at(&text, v, 0, &err), TANU_INPUT);
	assert_string_equal(err.place, "element 0");
	assert_int_equal(json_list(&v, json_root(doc), "inner", NULL), TANU_INPUT);
	assert_int_equal(json_member(&v, json_root(doc), "inner", NULL), TANU_OK);
	assert_int_equal(json_member(&v, json_root(doc), "list", NULL), TANU_INPUT);
	json_free(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_type),
	    cmocka_unit_test(names_the_key_of_a_wrong_type),
	    cmocka_unit_test(absent_values_are_harmless),
	    cmocka_unit_test(walks_keys_in_their_order),
	    cmocka_unit_test(refuses_damaged_text),
	    cmocka_unit_test(refuses_what_the_grammar_would_allow),
	    cmocka_unit_test(refuses_deep_nesting_and_accepts_the_bound),
	    cmocka_unit_test(refuses_more_bytes_before_it_parses),
	    cmocka_unit_test(names_the_line_and_never_quotes_the_text),
	    cmocka_unit_test(writes_compact_in_the_order_of_calls),
	    cmocka_unit_test(reals_read_back_the_same),
	    cmocka_unit_test(floats_are_written_as_floats),
	    cmocka_unit_test(writer_refuses_text_that_json_here_may_not_hold),
	    cmocka_unit_test(writer_refuses_large_integers_and_depth),
	    cmocka_unit_test(utf8_bounds_follow_the_standard),
	    cmocka_unit_test(tells_canonical_text_from_other_text),
	    cmocka_unit_test(lists_and_members_are_told_from_other_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
