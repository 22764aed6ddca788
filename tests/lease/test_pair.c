/* SPDX-License-Identifier: Apache-2.0 */
/* Pairing: the code typed as people type, and messages that somebody in between has changed. */
#include "lease/pair.h"
#include "lease/world.h"

static struct pair_request request_of(void)
{
	struct pair_request r;

	memset(r.sign_key, 1, sizeof(r.sign_key));
	memset(r.box_key, 2, sizeof(r.box_key));
	memset(r.tls_pin, 3, sizeof(r.tls_pin));
	return r;
}

static void takes_a_code_as_people_type_it(void **state)
{
	struct random_source random = os_random();
	struct secret a, b;
	char code[PAIR_CODE_LEN];

	(void)state;
	for (int i = 0; i < 50; i++) {
		pair_code_make(code, &random);
		assert_int_equal(strlen(code), PAIR_CODE_LEN - 1);
		MUST(pair_code_key(&a, code, err));
	}
	MUST(pair_code_key(&a, "K7Q0-2M1D-44TV-HB3C", err));
	MUST(pair_code_key(&b, " k7qo2mld 44tvhb3c\n", err));
	assert_true(secret_equal(&a, &b));
	REFUSES(TANU_ERR_USAGE, pair_code_key(&a, "K7Q0-2M1D-44TV-HB3", err));
	REFUSES(TANU_ERR_USAGE, pair_code_key(&a, "K7Q0-2M1D-44TV-HB3CC", err));
	REFUSES(TANU_ERR_USAGE, pair_code_key(&a, "K7Q0-2M1D-44TV-HB3U", err));
	REFUSES(TANU_ERR_USAGE, pair_code_key(&a, "", err));
}

static void both_prove_that_they_know_the_code(void **state)
{
	struct world *w = *state;
	struct pair_request asked = request_of(), got = {.box_key = {0}}, other;
	struct pair_reply reply = {.pair = w->pair, .name = "north door"}, back = {0};
	struct buf request = {0}, answer = {0};
	struct secret key, wrong;

	MUST(pair_code_key(&key, "K7Q0-2M1D-44TV-HB3C", err));
	MUST(pair_code_key(&wrong, "K7Q0-2M1D-44TV-HB3D", err));
	pair_request_put(&request, &asked, &key);
	REFUSES(TANU_ERR_GATE, pair_request_get(&got, request.data, request.len, &wrong, err));
	MUST(pair_request_get(&got, request.data, request.len, &key, err));
	assert_memory_equal(&got, &asked, sizeof(got));
	pair_reply_put(&answer, &reply, &got, &key);
	MUST(pair_reply_get(&back, answer.data, answer.len, &asked, &key, err));
	assert_string_equal(back.name, "north door");
	assert_memory_equal(&back.pair, &w->pair, sizeof(w->pair));
	other = asked; /* an answer to somebody else's keys */
	other.box_key[0] ^= 1;
	REFUSES(TANU_ERR_GATE, pair_reply_get(&back, answer.data, answer.len, &other, &key, err));
	for (size_t i = 0; i < request.len; i++) {
		request.data[i] ^= 8;
		assert_true(pair_request_get(&got, request.data, request.len, &key, NULL) < 0);
		request.data[i] ^= 8;
	}
	for (size_t i = 0; i < answer.len; i++) {
		answer.data[i] ^= 8;
		assert_true(pair_reply_get(&back, answer.data, answer.len, &asked, &key, NULL) < 0);
		answer.data[i] ^= 8;
	}
	for (size_t len = 0; len < answer.len; len++)
		assert_true(pair_reply_get(&back, answer.data, len, &asked, &key, NULL) < 0);
	buf_free(&request);
	buf_free(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_a_code_as_people_type_it),
	    WORLD_TEST(both_prove_that_they_know_the_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
