/* SPDX-License-Identifier: Apache-2.0 */
/* A log asks: a real witness behind http/, and servers that answer what no witness should. */
#include "witness/fixture.h"

#include "http/http.h"
#include "net/server.h"

#include <stdatomic.h>

#include <unistd.h>

/* Threads: those of the servers (pthread_create). */

static struct memory_log honest, forked;

/* ---- a real witness over a socket ---- */

struct running {
	struct witness *w;
	struct http_server *server;
	struct http_route route;
	struct witness_peer peer;
	atomic_int asked;
};

static void add_checkpoint(void *self, const struct http_request *r, struct http_answer *a)
{
	struct running *running = self;
	struct witness_reply reply = {0};

	running->asked++;
	witness_add_checkpoint(running->w, &reply, r->body, r->body_len);
	http_body(a, reply.status, reply.type, &reply.body);
}

static void peer_for(struct witness_peer *out, const char *url)
{
	char text[700];
	size_t len = 0;

	snprintf(text, sizeof(text), "witness w %s %s\n", WITNESS_VKEY, url);
	assert_int_equal(witness_peers_parse(out, 1, &len, text, strlen(text), NULL), TANU_OK);
	assert_int_equal(len, 1);
}

static void start(struct running *r, const char *folder)
{
	char address[OS_ADDRESS_LEN], url[100];
	struct http_options options = {.routes = &r->route, .routes_len = 1};
	int fd = -1;

	*r = (struct running){.w = open_witness(folder)};
	r->route = (struct http_route){.method = "POST",
				       .pattern = "/some/path/add-checkpoint",
				       .handle = add_checkpoint,
				       .self = r,
				       .body_max = WITNESS_BODY_MAX};
	assert_int_equal(os_listen(&fd, "127.0.0.1:0", NULL), TANU_OK);
	os_socket_address(address, fd);
	options.sockets = &fd;
	options.sockets_len = 1;
	assert_int_equal(http_start(&r->server, &options, NULL), TANU_OK);
	snprintf(url, sizeof(url), "http://%s/some/path/", address);
	peer_for(&r->peer, url);
}

static void stop(struct running *r)
{
	http_stop(&r->server, 0);
	witness_close(&r->w);
}

static tanu_status ask(const struct witness_peer *peer, struct buf *lines, uint64_t *seen,
		       struct memory_log *log, uint64_t size, tanu_error *err)
{
	struct hash_source hashes = memory_log_source(log);
	struct buf note = {0};
	tanu_status st;

	checkpoint_note(&note, log, size, ORIGIN, 0);
	st = witness_ask(lines, seen, peer, &hashes, (const char *)note.data, note.len, 2000, err);
	buf_free(&note);
	return st;
}

/* The line is one under the checkpoint, by the witness. */
static void assert_cosigned(struct buf *lines, uint64_t size)
{
	struct buf note = {0};
	static tanu_note split;
	tanu_verifier v;

	checkpoint_note(&note, &honest, size, ORIGIN, 0);
	buf_put(&note, lines->data, lines->len);
	assert_int_equal(tanu_note_split(&split, (const char *)note.data, note.len, NULL), TANU_OK);
	assert_int_equal(tanu_verifier_parse(&v, WITNESS_VKEY, NULL), TANU_OK);
	assert_int_equal(tanu_note_verify(&split, &v, NULL, NULL), TANU_OK);
	assert_int_equal(split.signatures_len, 2);
	buf_free(&note);
}

static void gets_cosignatures_as_the_log_grows(void **state)
{
	struct buf lines = {0};
	struct running r;
	uint64_t seen = 0;

	make_witness(scratch_path(state, "w"));
	start(&r, scratch_path(state, "w"));
	for (uint64_t size = 1; size < 300; size += 37) {
		int before = r.asked;

		lines.len = 0;
		assert_int_equal(ask(&r.peer, &lines, &seen, &honest, size, NULL), TANU_OK);
		assert_true(seen == size);
		assert_int_equal(r.asked, before + 1); /* no guess was wrong */
		assert_cosigned(&lines, size);
	}
	/* Again for the same checkpoint. */
	lines.len = 0;
	assert_int_equal(ask(&r.peer, &lines, &seen, &honest, seen, NULL), TANU_OK);
	assert_cosigned(&lines, seen);
	buf_free(&lines);
	stop(&r);
}

static void a_wrong_guess_costs_one_more_request(void **state)
{
	static const uint64_t guesses[] = {0, 3, 7, 8, 9, 100, 1000};
	struct buf lines = {0};
	struct running r;
	uint64_t seen = 0;

	make_witness(scratch_path(state, "w"));
	start(&r, scratch_path(state, "w"));
	assert_int_equal(ask(&r.peer, &lines, &seen, &honest, 8, NULL), TANU_OK);
	for (size_t i = 0; i < ARRAY_LEN(guesses); i++) {
		int before = r.asked;
		uint64_t size = 9 + i;

		seen = guesses[i];
		lines.len = 0;
		assert_int_equal(ask(&r.peer, &lines, &seen, &honest, size, NULL), TANU_OK);
		assert_in_range(r.asked - before, 1, 2);
		assert_true(seen == size);
		assert_cosigned(&lines, size);
	}
	buf_free(&lines);
	stop(&r);
}

static void a_log_that_contradicts_itself_is_told_so(void **state)
{
	struct buf lines = {0};
	struct running r;
	uint64_t seen = 0;
	tanu_error err = {0};

	make_witness(scratch_path(state, "w"));
	start(&r, scratch_path(state, "w"));
	assert_int_equal(ask(&r.peer, &lines, &seen, &honest, 20, NULL), TANU_OK);
	lines.len = 0;
	assert_int_equal(ask(&r.peer, &lines, &seen, &forked, 30, &err), TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_PROOF);
	assert_string_equal(err.place, WITNESS_NAME);
	/* A log put back to an older state. */
	seen = 0;
	assert_int_equal(ask(&r.peer, &lines, &seen, &honest, 19, &err), TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_PROOF);
	assert_non_null(strstr(err.message, "put back"));
	assert_true(seen == 0);
	assert_int_equal(lines.len, 0);
	buf_free(&lines);
	stop(&r);
}

static void an_unknown_log_is_told_so(void **state)
{
	const struct random_source random = os_random();
	struct buf lines = {0};
	struct running r;
	uint64_t seen = 0;
	tanu_error err = {0};

	assert_int_equal(witness_create(scratch_path(state, "w"), WITNESS_NAME, &random, NULL),
			 TANU_OK);
	start(&r, scratch_path(state, "w"));
	assert_int_equal(ask(&r.peer, &lines, &seen, &honest, 8, &err), TANU_REFUSED);
	assert_int_equal(err.code, TANU_ERR_UNTRUSTED);
	assert_non_null(strstr(err.message, "add it"));
	/* It knows the log now, but it has another key than the one we trust. */
	assert_int_equal(witness_add_log(scratch_path(state, "w"), LOG_VKEY, NULL), TANU_OK);
	assert_int_equal(ask(&r.peer, &lines, &seen, &honest, 8, &err), TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_SIGNATURE);
	assert_int_equal(lines.len, 0);
	stop(&r);
	buf_free(&lines);
}

/* ---- answers that no witness should give ---- */

/* One after another, each on its own connection. */
static tanu_status ask_scripted(const struct server_answer *answers, size_t len, tanu_error *err)
{
	struct server *server = server_start(answers, len);
	struct witness_peer peer;
	struct buf lines = {0};
	uint64_t seen = 0;
	tanu_status st;

	peer_for(&peer, server_url(server, ""));
	*err = (tanu_error){0};
	st = ask(&peer, &lines, &seen, &honest, 8, err);
	if (st < 0)
		assert_int_equal(lines.len, 0);
	buf_free(&lines);
	server_stop(&server);
	return st;
}

#define SIZE(n)                                                                                 \
	{                                                                                       \
		.bytes =                                                                        \
		    "HTTP/1.1 409 C\r\nContent-Type: text/x.tlog.size\r\nContent-Length: 2\r\n" \
		    "\r\n" n "\n"                                                               \
	}

static void answers_without_sense_are_refused(void **state)
{
	static const struct server_answer answers[] = {
	    {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
	    {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"},
	    {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n\nhello\n"},
	    {.bytes = "HTTP/1.1 409 C\r\nContent-Length: 2\r\n\r\n4\n"},
	    {.bytes = "HTTP/1.1 409 C\r\nContent-Type: text/x.tlog.size\r\nContent-Length: 0\r\n"
		      "\r\n"},
	    {.bytes = "HTTP/1.1 409 C\r\nContent-Type: text/x.tlog.size\r\nContent-Length: 1\r\n"
		      "\r\n4"},
	    {.bytes = "HTTP/1.1 409 C\r\nContent-Type: text/x.tlog.size\r\nContent-Length: 3\r\n"
		      "\r\n04\n"},
	    SIZE("0"), /* what it was told */
	    SIZE("x"),
	    {.bytes = "HTTP/1.1 302 F\r\nLocation: https://example.org/\r\n\r\n"},
	    {.bytes = "HTTP/1.1 400 B\r\nContent-Length: 0\r\n\r\n"},
	    {.bytes = "HTTP/1.1 500 E\r\nContent-Length: 0\r\n\r\n"},
	    {.bytes = "nonsense"},
	};
	tanu_error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		assert_int_equal(ask_scripted(&answers[i], 1, &err), TANU_SYSTEM);
		assert_int_equal(err.code, TANU_ERR_NETWORK);
	}
}

static void statuses_become_errors(void **state)
{
	static const struct {
		struct server_answer answer;
		tanu_status status;
		tanu_error_code code;
	} rows[] = {
	    {{.bytes = "HTTP/1.1 403 N\r\nContent-Length: 0\r\n\r\n"},
	     TANU_REFUSED,
	     TANU_ERR_UNTRUSTED},
	    {{.bytes = "HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n"},
	     TANU_REFUSED,
	     TANU_ERR_UNTRUSTED},
	    {{.bytes = "HTTP/1.1 422 N\r\nContent-Length: 0\r\n\r\n"},
	     TANU_DAMAGED,
	     TANU_ERR_PROOF},
	    {SIZE("9"), TANU_DAMAGED, TANU_ERR_PROOF},
	};
	tanu_error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(ask_scripted(&rows[i].answer, 1, &err), rows[i].status);
		assert_int_equal(err.code, rows[i].code);
		assert_string_equal(err.place, WITNESS_NAME);
	}
}

static void a_witness_that_never_agrees_is_given_up(void **state)
{
	static const struct server_answer answers[] = {SIZE("1"), SIZE("2"), SIZE("3"), SIZE("4"),
						       SIZE("5")};
	tanu_error err;

	(void)state;
	assert_int_equal(ask_scripted(answers, ARRAY_LEN(answers), &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_NETWORK);
}

/* A cosignature of another checkpoint, or cut short. */
static void a_false_cosignature_is_refused(void **state)
{
	static const char *const lines[] = {
	    "\xE2\x80\x94 witness.example.org/w1 "
	    "88CAtgAAAABlU/EBXE0x6nIBtkc+xzi+ZU46DA8Z4+4KnuUwVDGQ"
	    "IBuBquBQri5ucKK+HxdYB2Gp+NPfyppaJ/XuqKRv1oeNw18BDg==\n",
	    "\xE2\x80\x94 witness.example.org/w1 88CAtgAAAABlU/EA\n",
	    "\xE2\x80\x94 witness.example.org/w2 "
	    "88CAtgAAAABlU/EAXE0x6nIBtkc+xzi+ZU46DA8Z4+4KnuUwVDGQ"
	    "IBuBquBQri5ucKK+HxdYB2Gp+NPfyppaJ/XuqKRv1oeNw18BDg==\n",
	};
	char bytes[600];
	tanu_error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct server_answer answer = {.bytes = bytes};

		snprintf(bytes, sizeof(bytes), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
			 strlen(lines[i]), lines[i]);
		assert_int_equal(ask_scripted(&answer, 1, &err), TANU_DAMAGED);
		assert_int_equal(err.code, TANU_ERR_SIGNATURE);
	}
}

/* The right one, among lines of others, is taken alone. */
static void only_the_line_asked_for_is_taken(void **state)
{
	static const char line[] = "\xE2\x80\x94 witness.example.org/w1 "
				   "88CAtgAAAABlU/EAXE0x6nIBtkc+xzi+ZU46DA8Z4+4KnuUwVDGQ"
				   "IBuBquBQri5ucKK+HxdYB2Gp+NPfyppaJ/XuqKRv1oeNw18BDg==\n";
	static const char other[] = "\xE2\x80\x94 other.example AAAAAAEC\n";
	char bytes[600];
	const struct server_answer answer = {.bytes = bytes};
	struct server *server = server_start(&answer, 1);
	struct witness_peer peer;
	struct buf lines = {0};
	uint64_t seen = 0;

	(void)state;
	snprintf(bytes, sizeof(bytes), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s%s",
		 strlen(line) + strlen(other), other, line);
	peer_for(&peer, server_url(server, "/w1"));
	assert_int_equal(ask(&peer, &lines, &seen, &honest, 8, NULL), TANU_OK);
	assert_string_equal(buf_cstr(&lines), line);
	assert_memory_equal(server_request(server, 0), "POST /w1/add-checkpoint HTTP/1.1\r\n", 34);
	assert_non_null(strstr(server_request(server, 0), "\r\n\r\nold 0\n\n" ORIGIN "\n8\n"));
	buf_free(&lines);
	server_stop(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)
	    T(gets_cosignatures_as_the_log_grows),	 T(a_wrong_guess_costs_one_more_request),
	    T(a_log_that_contradicts_itself_is_told_so), T(an_unknown_log_is_told_so),
	    T(answers_without_sense_are_refused),	 T(statuses_become_errors),
	    T(a_witness_that_never_agrees_is_given_up),	 T(a_false_cosignature_is_refused),
	    T(only_the_line_asked_for_is_taken),
	};

	fill_log(&honest, 400, 400);
	fill_log(&forked, 400, 5);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
