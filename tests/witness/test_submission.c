/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of add-checkpoint, and lists of witnesses. */
#include "witness/fixture.h"

#define HASH "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="

static struct witness_submission s;

static tanu_status parse(const char *body)
{
	return witness_submission_parse(&s, body, strlen(body), NULL);
}

static void reads_what_it_writes(void **state)
{
	static const char *const good[] = {
	    "old 0\n\nnote",
	    "old 0\n\n",
	    "old 9223372036854775807\n" HASH "\n" HASH "\n\nnote\n\nmore\n",
	};
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_int_equal(parse(good[i]), TANU_OK);
		out.len = 0;
		witness_submission_put(&out, &s);
		assert_string_equal(buf_cstr(&out), good[i]);
	}
	assert_int_equal(s.proof_len, 2);
	assert_true(s.old_size == INT64_MAX);
	assert_int_equal(s.note_len, 11);
	buf_free(&out);
}

static void refuses_what_is_no_body(void **state)
{
	static const char *const bad[] = {
	    "",
	    "old 0",
	    "old 0\n",
	    "old\n\n",
	    "old \n\n",
	    "old  0\n\n",
	    "Old 0\n\n",
	    "old 00\n\n",
	    "old 01\n\n",
	    "old -1\n\n",
	    "old +1\n\n",
	    "old 0x1\n\n",
	    "old 1 \n\n",
	    "old 9223372036854775808\n\n",
	    "old 0\r\n\r\n",
	    "old 0\n" HASH,
	    "old 0\n" HASH "\n",
	    "old 0\n" HASH " \n\n",
	    "old 0\n" HASH "\r\n\n",
	    "old 0\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=\n\n", /* not the canonical form */
	    "old 0\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg\n\n",
	    "old 0\nAAAA\n\n",
	    "old 0\n \n\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (parse(bad[i]) != TANU_INPUT)
			fail_msg("took \"%s\"", bad[i]);
}

static void a_proof_has_a_bound(void **state)
{
	struct buf body = {0};

	(void)state;
	buf_str(&body, "old 1\n");
	for (int i = 0; i < 63; i++)
		buf_str(&body, HASH "\n");
	buf_str(&body, "\nnote");
	assert_int_equal(parse(buf_cstr(&body)), TANU_OK);
	assert_int_equal(s.proof_len, 63);
	body.len -= 5;
	buf_str(&body, HASH "\n\nnote");
	assert_int_equal(parse(buf_cstr(&body)), TANU_INPUT);
	buf_free(&body);
}

static void a_note_has_a_bound(void **state)
{
	struct buf body = {0};

	(void)state;
	buf_str(&body, "old 1\n\n");
	for (size_t i = 0; i < WITNESS_NOTE_MAX; i++)
		buf_u8(&body, 'x');
	assert_int_equal(parse(buf_cstr(&body)), TANU_OK);
	buf_u8(&body, 'x');
	assert_int_equal(parse(buf_cstr(&body)), TANU_INPUT);
	buf_free(&body);
}

/* ---- lists of witnesses ---- */

#define PIN "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static struct witness_peer peers[3];
static size_t peers_len;

static tanu_status list(const char *text, tanu_error *err)
{
	return witness_peers_parse(peers, ARRAY_LEN(peers), &peers_len, text, strlen(text), err);
}

static void reads_a_list_of_witnesses(void **state)
{
	(void)state;
	assert_int_equal(list("log " LOG_VKEY " https://example.org\n"
			      "# whom we ask\n\n"
			      "witness w1 " WITNESS_VKEY " https://witness.example.org/w1/ # ours\n"
			      " witness\tw2 " WITNESS_VKEY " http://192.0.2.1:7380 " PIN "\n"
			      "witness w3 " WITNESS_VKEY "\n"
			      "group g any w1 w2\nquorum g",
			      NULL),
			 TANU_OK);
	assert_int_equal(peers_len, 2);
	assert_string_equal(peers[0].url, "https://witness.example.org/w1/");
	assert_string_equal(peers[0].pin, "");
	assert_string_equal(peers[0].verifier.name, WITNESS_NAME);
	assert_string_equal(peers[1].url, "http://192.0.2.1:7380");
	assert_string_equal(peers[1].pin, PIN);
	assert_int_equal(list("", NULL), TANU_OK);
	assert_int_equal(peers_len, 0);
}

static void names_the_line_that_is_wrong(void **state)
{
	static const char *const bad[] = {
	    "witness w1 x https://example.org\n",
	    "witness w1 " LOG_VKEY " https://example.org\n",
	    "witness w1 " WITNESS_VKEY " example.org\n",
	    "witness w1 " WITNESS_VKEY " ftp://example.org\n",
	    "witness w1 " WITNESS_VKEY " https://user@example.org\n",
	    "witness w1 " WITNESS_VKEY " https://example.org pin\n",
	    "witness w1 " WITNESS_VKEY " https://example.org " PIN " more\n",
	};
	tanu_error err = {0};
	char text[600];

	(void)state;
	peers_len = 7;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(text, sizeof(text), "# one\nquorum none\n%s", bad[i]);
		assert_true(list(text, &err) < 0);
		assert_memory_equal(err.place, "line 3", 6);
	}
	assert_int_equal(peers_len, 7);
	text[0] = '\0';
	for (int i = 0; i < 4; i++)
		strcat(text, "witness w " WITNESS_VKEY " https://e.org\n");
	assert_int_equal(list(text, &err), TANU_INPUT);
	assert_memory_equal(err.place, "line 4", 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_what_it_writes),
	    cmocka_unit_test(refuses_what_is_no_body),
	    cmocka_unit_test(a_proof_has_a_bound),
	    cmocka_unit_test(a_note_has_a_bound),
	    cmocka_unit_test(reads_a_list_of_witnesses),
	    cmocka_unit_test(names_the_line_that_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
