/* SPDX-License-Identifier: Apache-2.0 */
/* Webhooks: signed as others sign them, kept until they are taken, forgotten when they are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hook/hook.h"
#include "os/os.h"
#include "os/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T0 ((int64_t)1790578800000)

struct place {
	void *scratch;
	char folder[OS_PATH_MAX];
	struct random_source random;
	/* what the receiver says and has heard */
	int status;
	size_t heard;
	char id[64], body[1024], signature[HOOK_SIGNATURE_LEN];
	struct secret key;
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	assert_int_equal(scratch_make(&p->scratch), 0);
	snprintf(p->folder, sizeof(p->folder), "%s", scratch_path(&p->scratch, "outbox"));
	p->random = os_random();
	p->status = 200;
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	scratch_remove(&p->scratch);
	free(p);
	return 0;
}

static struct hook add(struct place *p, const char *url, bool people)
{
	struct hook hook;

	assert_int_equal(hook_add(&hook, p->folder, url, people, &p->random, T0, NULL), TANU_OK);
	return hook;
}

static void happens(struct place *p, const char *type, int64_t now_ms)
{
	const struct hook_event e = {
	    .type = type, .at_ms = now_ms, .gate = {{1}}, .subject = {{2}}};

	assert_int_equal(hook_put(p->folder, &e, &p->random, now_ms, NULL), TANU_OK);
}

static tanu_status hear(void *self, int *status, const struct hook_request *r, tanu_error *err)
{
	struct place *p = self;
	char signature[HOOK_SIGNATURE_LEN];

	p->heard++;
	snprintf(p->id, sizeof(p->id), "%s", r->id);
	snprintf(p->body, sizeof(p->body), "%.*s", (int)r->body_len, (const char *)r->body);
	hook_sign(signature, &p->key, r->id, r->timestamp, r->body, r->body_len);
	assert_string_equal(signature, r->signature);
	*status = p->status;
	return p->status ? TANU_OK : tanu_fail(err, TANU_ERR_NETWORK, NULL, "nobody is there");
}

static struct hook_counts sent_at(struct place *p, int64_t now_ms)
{
	struct hook_counts n;

	assert_int_equal(hooks_send(&n, p->folder, hear, p, now_ms, NULL), TANU_OK);
	return n;
}

/* The example of the Standard Webhooks specification, "Signature scheme". */
static void a_signature_is_that_of_the_standard(void **state)
{
	static const char body[] = "{\"test\": 2432232314}";
	struct buf key = {0};
	struct secret secret;
	char out[HOOK_SIGNATURE_LEN];
	uint8_t mac[MAC_LEN];
	struct buf text = {0}, want = {0};

	(void)state;
	/* its key is 24 bytes long; ours are 32, so the scheme is computed apart, and with ours */
	assert_int_equal(base64_get(&key, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 32, NULL), TANU_OK);
	buf_printf(&text, "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.%s", body);
	hmac_sha256(mac, key.data, key.len, text.data, text.len);
	base64_put(&want, mac, sizeof(mac));
	assert_string_equal(buf_cstr(&want), "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	memset(&secret, 7, sizeof(secret));
	hook_sign(out, &secret, "msg_1", "1", body, strlen(body));
	text.len = want.len = 0;
	buf_printf(&text, "msg_1.1.%s", body);
	hmac_sha256(mac, secret.b, SECRET_LEN, text.data, text.len);
	buf_str(&want, "v1,");
	base64_put(&want, mac, sizeof(mac));
	assert_string_equal(out, buf_cstr(&want));
	buf_free(&key);
	buf_free(&text);
	buf_free(&want);
}

static void a_message_is_sent_once(void **state)
{
	struct place *p = *state;
	struct hook hook = add(p, "https://desk.example/tanu", false);

	p->key = hook.key;
	assert_int_equal(sent_at(p, T0).sent, 0);
	happens(p, "admitted", T0);
	happens(p, "bell", T0 + 1);
	assert_int_equal(sent_at(p, T0 + 2).sent, 2);
	assert_int_equal(p->heard, 2);
	assert_string_equal(p->body, "{\"data\":{\"gate\":\"01000000000000000000000000000000\"},"
				     "\"timestamp\":\"2026-09-28T07:00:00.001Z\","
				     "\"type\":\"bell\"}"); /* in order, and nobody is named */
	assert_int_equal(sent_at(p, T0 + 3).sent, 0);
}

static void ids_of_people_go_only_where_they_were_asked_for(void **state)
{
	struct place *p = *state;
	struct hook hook = add(p, "http://127.0.0.1:9000/", true);

	p->key = hook.key;
	happens(p, "admitted", T0);
	sent_at(p, T0);
	assert_non_null(strstr(p->body, "\"subject\":\"0200"));
}

/* Ten tries in three days, under one id; then it is given up. */
static void what_is_not_taken_is_tried_again(void **state)
{
	struct place *p = *state;
	struct hook hook = add(p, "https://desk.example/", false);
	char id[64];
	int64_t now = T0;
	struct hook_counts n;

	p->key = hook.key;
	p->status = 0;
	happens(p, "admitted", T0);
	n = sent_at(p, now);
	assert_int_equal(n.failed, 1);
	assert_int_equal(n.waiting, 1);
	snprintf(id, sizeof(id), "%s", p->id);
	assert_int_equal(sent_at(p, now + 4000).failed, 0); /* not yet */
	p->status = 503;
	for (unsigned tries = 1; tries < HOOK_TRIES; tries++) {
		now += hook_wait_ms(tries);
		n = sent_at(p, now);
		assert_int_equal(n.failed, 1);
		assert_string_equal(p->id, id);
	}
	assert_int_equal(n.given_up, 1);
	assert_int_equal(p->heard, HOOK_TRIES);
	assert_true(now - T0 > 60LL * 3600000 && now - T0 < 96LL * 3600000);
	assert_int_equal(sent_at(p, now + 86400000).failed, 0);
	happens(p, "bell", now);
	p->status = 204;
	assert_int_equal(sent_at(p, now).sent, 1);
}

static void who_is_gone_is_told_no_more(void **state)
{
	struct place *p = *state;
	struct hook hook = add(p, "https://desk.example/", false);
	struct hooks hooks;

	p->key = hook.key;
	p->status = 410;
	happens(p, "admitted", T0);
	sent_at(p, T0);
	assert_int_equal(hooks_load(&hooks, p->folder, NULL), TANU_OK);
	assert_true(hooks.v[0].off_ms == T0);
	happens(p, "bell", T0);
	p->heard = 0;
	assert_int_equal(sent_at(p, T0 + 1).given_up, 1); /* the one that waited */
	assert_int_equal(p->heard, 0);
}

static void hooks_are_added_and_removed(void **state)
{
	static const char *const wrong[] = {"",
					    "desk.example",
					    "http://desk.example/",
					    "http://127.0.0.1.example/",
					    "https://desk.example/a b",
					    "https://",
					    "ftp://desk.example/"};
	struct place *p = *state;
	struct hook hook, first = add(p, "https://a.example/", false);
	struct hooks hooks;
	tanu_id gone;
	char hex[ID_HEX_LEN], secret[HOOK_SECRET_LEN];

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(hook_add(&hook, p->folder, wrong[i], false, &p->random, T0, NULL),
				 TANU_USAGE);
	for (int i = 1; i < HOOKS_MAX; i++)
		add(p, "https://b.example/", false);
	assert_true(hook_add(&hook, p->folder, "https://c.example/", false, &p->random, T0, NULL) <
		    0);
	hook_secret_text(secret, &first);
	assert_int_equal(strlen(secret), 6 + 44);
	happens(p, "bell", T0);
	id_hex(hex, &first.id);
	assert_int_equal(hook_remove(&gone, p->folder, "12345", NULL), TANU_NOT_FOUND);
	assert_int_equal(hook_remove(&gone, p->folder, hex, NULL), TANU_OK);
	assert_memory_equal(&gone, &first.id, sizeof(gone));
	assert_int_equal(hook_remove(&gone, p->folder, hex, NULL), TANU_NOT_FOUND);
	assert_int_equal(hooks_load(&hooks, p->folder, NULL), TANU_OK);
	assert_int_equal(hooks.len, HOOKS_MAX - 1);
}

/* A damaged list is told; a damaged message waits for nobody. */
static void damaged_files_are_noticed(void **state)
{
	static const char no_key[] = "{\"hooks\":[{\"added_ms\":1,\"id\":\"x\",\"key\":\"\","
				     "\"off_ms\":0,\"people\":true,\"url\":\"\"}]}";
	const char *const lists[] = {"", "{", "{}", "{\"hooks\":1}", "{\"hooks\":[{}]}", no_key};
	struct place *p = *state;
	struct hook hook = add(p, "https://desk.example/", false);
	char path[OS_PATH_MAX + 96], hex[ID_HEX_LEN];
	struct hooks hooks;

	p->key = hook.key;
	id_hex(hex, &hook.id);
	snprintf(path, sizeof(path), "%s/m-000000000000001-00000000-%s.json", p->folder, hex);
	assert_int_equal(os_replace_file(path, "{\"body\":7}", 10, 0600, NULL), TANU_OK);
	assert_int_equal(sent_at(p, T0).given_up, 1);
	assert_int_equal(p->heard, 0);
	snprintf(path, sizeof(path), "%s/hooks.json", p->folder);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		assert_int_equal(os_replace_file(path, lists[i], strlen(lists[i]), 0600, NULL),
				 TANU_OK);
		assert_true(hooks_load(&hooks, p->folder, NULL) < 0);
		assert_int_equal(hooks.len, 0);
	}
}

#define HOOK_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_signature_is_that_of_the_standard),
	    HOOK_TEST(a_message_is_sent_once),
	    HOOK_TEST(ids_of_people_go_only_where_they_were_asked_for),
	    HOOK_TEST(what_is_not_taken_is_tried_again),
	    HOOK_TEST(who_is_gone_is_told_no_more),
	    HOOK_TEST(hooks_are_added_and_removed),
	    HOOK_TEST(damaged_files_are_noticed),
	};

	return cmocka_run_group_tests_name("hook/hook", tests, NULL, NULL);
}
