/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that a page of another site, or somebody with a socket, would send. */
#include "api/office.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OFFICE_TEST(name) cmocka_unit_test_setup_teardown(name, office_setup, office_teardown)

static void a_cookie_alone_changes_nothing(void **state)
{
	static const char body[] = "{\"name\":\"Forged\",\"born\":\"2001-01-01\"}";
	struct office *o = *state;
	struct caller *caller = &o->caller[ENROLMENT];
	char token[SESSION_TEXT_LEN];

	memcpy(token, caller->token, sizeof(token));
	caller->token[0] = '\0';
	assert_api(403, api(o, ENROLMENT, "POST", "/subjects", "%s", body));
	assert_string_equal(o->code, "forged");
	memcpy(caller->token, o->caller[OPERATOR].token, sizeof(token)); /* another's */
	assert_api(403, api(o, ENROLMENT, "POST", "/subjects", "%s", body));
	memcpy(caller->token, token, sizeof(token));
	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects",
				 "Sec-Fetch-Site: cross-site\r\n", body, strlen(body)),
			 403);
	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects", "Sec-Fetch-Site: same-site\r\n",
				 body, strlen(body)),
			 403);
	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects",
				 "Sec-Fetch-Site: same-origin\r\n", body, strlen(body)),
			 201);
	/* Reading asks for no token. */
	caller->token[0] = '\0';
	assert_api(200, api(o, ENROLMENT, "GET", "/session", NULL));
}

static void a_form_of_another_site_signs_nobody_in(void **state)
{
	static const char form[] = "{\"name\":\"person\",\"password\":\"" OFFICE_PASSWORD "\"}";
	struct office *o = *state;

	assert_int_equal(ask_api(o, NOBODY, "POST", "/session", "Content-Type: text/plain\r\n",
				 form, strlen(form)),
			 400);
	assert_int_equal(ask_api(o, NOBODY, "POST", "/session", "Sec-Fetch-Site: cross-site\r\n",
				 form, strlen(form)),
			 403);
	assert_int_equal(ask_api(o, NOBODY, "POST", "/session", NULL, form, strlen(form)), 200);
}

/* Fixation: a session planted before signing in is not the one after it. */
static void a_planted_session_is_not_taken_over(void **state)
{
	static const char body[] = "{\"name\":\"person\",\"password\":\"" OFFICE_PASSWORD "\"}";
	struct office *o = *state;
	char planted[SESSION_TEXT_LEN], header[96];
	const char *at;

	memcpy(planted, o->caller[OPERATOR].secret, sizeof(planted));
	snprintf(header, sizeof(header), "Cookie: __Host-tanu=%s\r\n", planted);
	assert_int_equal(ask_api(o, NOBODY, "POST", "/session", header, body, strlen(body)), 200);
	at = strstr(o->answer, "__Host-tanu=");
	assert_non_null(at);
	assert_int_not_equal(strncmp(at + 12, planted, SESSION_TEXT_LEN - 1), 0);
	assert_api(401, api(o, OPERATOR, "GET", "/session", NULL));
}

static void paths_lead_nowhere_else(void **state)
{
	static const char *const paths[] = {
	    "/log/../tanu.db",	      "/log/%2e%2e/tanu.db",
	    "/log/..%2ftanu.db",      "/../tanu.db",
	    "/log/.hidden",	      "/log//etc/passwd",
	    "/keys/bucket-0",	      "/log/%00",
	    "/assets/../../tanu.ini", "/api/v1/subjects/../accounts",
	    "/api/v1/%2e%2e/metrics",
	};
	struct office *o = *state;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const char *answer = get(&o->site, paths[i]);
		int status = status_of(answer);

		if (status != 400 && status != 404 && status != 401)
			fail_msg("%s: %d", paths[i], status);
		assert_null(strstr(answer, "SQLite"));
		assert_null(strstr(answer, "[site]"));
	}
}

static void too_much_is_refused(void **state)
{
	struct office *o = *state;
	size_t len = (size_t)70 << 10;
	char *body = calloc(1, len + 1), header[4096];

	assert_non_null(body);
	memset(body, ' ', len);
	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects", NULL, body, len), 413);
	/* Deep, and long lists. */
	memset(body, '[', 5000);
	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects", NULL, body, 5000), 400);
	memset(header, 'x', sizeof(header));
	memcpy(header, "X-Long: ", 8);
	memcpy(header + sizeof(header) - 3, "\r\n", 3);
	assert_int_equal(ask_api(o, ENROLMENT, "GET", "/me", header, NULL, 0), 200);
	free(body);
}

static void answers_may_not_be_framed_guessed_or_kept(void **state)
{
	struct office *o = *state;
	const char *page;

	assert_api(200, api(o, OPERATOR, "GET", at_subject(&o->mother, ""), NULL));
	assert_has(o->answer, "Cache-Control: no-store");
	assert_has(o->answer, "X-Content-Type-Options: nosniff");
	assert_has(o->answer, "Referrer-Policy: no-referrer");
	page = get(&o->site, "/");
	assert_status(page, 200);
	if (strcasestr(page, "text/html")) {
		assert_has(page, "Content-Security-Policy: default-src 'none'; script-src 'self'");
		assert_has(page, "require-trusted-types-for 'script'; trusted-types 'none'");
		assert_null(strcasestr(page, "unsafe-inline"));
		assert_has(page, "frame-ancestors 'none'");
	}
	assert_status(get(&o->site, "/api/v1/nothing"), 404);
	assert_status(get(&o->site, "/nothing.js"), 404);
}

/* ---- ten thousand requests that are not quite right ---- */

static uint32_t chance(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

static void spoil(struct buf *b, uint32_t *seed)
{
	static const char *const odd[] = {"\"",	  "\\u0000", "{",    "]",   "1e999", "-0",
					  "null", "\xFF",    "\r\n", ": ",  "%00",   "..",
					  "\"\"", "[]",	     "0x",   "\x7F"};
	uint32_t n = 1 + chance(seed, 4);

	for (uint32_t i = 0; i < n && b->len; i++) {
		size_t at = chance(seed, (uint32_t)b->len);
		const char *word = odd[chance(seed, ARRAY_LEN(odd))];
		size_t len = strlen(word);

		switch (chance(seed, 3)) {
		case 0:
			b->data[at] = (uint8_t)chance(seed, 256);
			break;
		case 1:
			memmove(b->data + at, b->data + at + 1, b->len - at - 1);
			b->len--;
			break;
		default:
			if (at + len <= b->len)
				memcpy(b->data + at, word, len);
		}
	}
}

static void put_good(struct buf *b, struct office *o, uint32_t *seed)
{
	static const char *const lines[] = {
	    "POST /api/v1/subjects",
	    "GET /api/v1/subjects?q=a&limit=3",
	    "PUT /api/v1/settings/consent.request_days",
	    "POST /api/v1/captures",
	    "GET /api/v1/me",
	    "POST /api/v1/accounts",
	    "POST /api/v1/subjects/0123456789abcdef0123456789abcdef/consents"};
	static const char *const bodies[] = {
	    "{\"name\":\"A B\",\"born\":\"2001-01-01\"}", "{\"value\":\"3\"}",
	    "{\"name\":\"new\",\"roles\":[\"operator\",\"auditor\"]}",
	    ("{\"purposes\":[\"access\"],\"until\":\"2030-01-01\",\"notice\":{\"version\":\"1\","
	     "\"language\":\"en\"}}")};
	const char *body = bodies[chance(seed, ARRAY_LEN(bodies))];
	const struct caller *caller = &o->caller[1 + chance(seed, WHOS - 2)];

	buf_printf(b,
		   "%s HTTP/1.1\r\nHost: x\r\nCookie: __Host-tanu=%s\r\nX-Tanu-Token: %s\r\n"
		   "Content-Type: application/json\r\nContent-Length: %zu\r\nConnection: "
		   "close\r\n\r\n%s",
		   lines[chance(seed, ARRAY_LEN(lines))], caller->secret, caller->token,
		   strlen(body), body);
}

#define AT_ONCE 50

#define BATCH_NS ((int64_t)60000000)

/* Is there something to read, before the time is over? */
static bool speaks(int fd, int64_t until_ns)
{
	int64_t left_ms = (until_ns - os_monotonic_ns()) / 1000000;
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, left_ms > 0 ? (int)left_ms : 0) == 1;
}

/* So many at once. A request that is cut short is not waited for: its end is a limit's matter. */
static size_t ask_batch(struct office *o, uint32_t *seed)
{
	struct buf sent[AT_ONCE] = {{0}};
	int fd[AT_ONCE];
	size_t answered = 0;
	int64_t until_ns;

	for (size_t i = 0; i < AT_ONCE; i++) {
		fd[i] = dial(&o->site);
		assert_true(fd[i] >= 0);
		put_good(&sent[i], o, seed);
		spoil(&sent[i], seed);
		say_bytes(fd[i], sent[i].data, sent[i].len);
	}
	until_ns = os_monotonic_ns() + BATCH_NS;
	for (size_t i = 0; i < AT_ONCE; i++) {
		char answer[512] = "";

		if (speaks(fd[i], until_ns) && recv(fd[i], answer, sizeof(answer) - 1, 0) > 0) {
			int status = status_of(answer);

			answered++;
			if (status == 500 || status == 0)
				fail_msg("%.200s to\n%.*s", answer, (int)sent[i].len,
					 (const char *)sent[i].data);
		}
		close(fd[i]);
		buf_free(&sent[i]);
	}
	return answered;
}

static void ten_thousand_malformed_requests_break_nothing(void **state)
{
	struct office *o = *state;
	uint32_t seed = 20261126;
	size_t answered = 0;

	for (int i = 0; i < 10000 / AT_ONCE; i++)
		answered += ask_batch(o, &seed);
	assert_true(answered > 1000);
	assert_has(get(&o->site, "/healthz"), "ok");
	assert_api(200, api(o, AUDITOR, "GET", "/report", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    OFFICE_TEST(a_cookie_alone_changes_nothing),
	    OFFICE_TEST(a_form_of_another_site_signs_nobody_in),
	    OFFICE_TEST(a_planted_session_is_not_taken_over),
	    OFFICE_TEST(paths_lead_nowhere_else),
	    OFFICE_TEST(too_much_is_refused),
	    OFFICE_TEST(answers_may_not_be_framed_guessed_or_kept),
	    OFFICE_TEST(ten_thousand_malformed_requests_break_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
