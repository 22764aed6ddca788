/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/net.h"
#include "net/server.h"

#include <string.h>

/* Threads: server.c has its own (pthread_create). */

static const struct server_answer answers[] = {
    {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnote"},
    {.bytes = "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found"},
    {.bytes = "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"},
    {.bytes = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"},
    {.bytes = "HTTP/1.1 206 Part\r\nContent-Length: 2\r\n\r\nno"},
    {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnote"},
};

static void reads_the_files_of_a_log(void **state)
{
	struct server *server = server_start(answers, ARRAY_LEN(answers));
	struct net_log *log = NULL;
	struct buf out = {0};
	struct log_files files;

	(void)state;
	assert_int_equal(net_log_open(&log, server_url(server, "/log//"), NULL, NULL), TANU_OK);
	files = net_log_files(log);
	assert_null(files.write);
	assert_int_equal(files.read(files.self, &out, "checkpoint", 100, NULL), TANU_OK);
	assert_string_equal(buf_cstr(&out), "note");
	assert_memory_equal(server_request(server, 0), "GET /log/checkpoint HTTP/1.1\r\n", 30);
	for (int i = 0; i < 2; i++)
		assert_int_equal(files.read(files.self, &out, "tile/0/x001/000.p/5", 100, NULL),
				 TANU_NOT_FOUND);
	assert_memory_equal(server_request(server, 1), "GET /log/tile/0/x001/000.p/5 ", 29);
	for (int i = 0; i < 2; i++)
		assert_int_equal(files.read(files.self, &out, "policy", 100, NULL), TANU_SYSTEM);
	assert_int_equal(files.read(files.self, &out, "checkpoint", 3, NULL), TANU_LIMIT);
	assert_string_equal(buf_cstr(&out), "note"); /* outputs change only on success */
	buf_free(&out);
	net_log_close(&log);
	server_stop(&server);
}

static void refuses_addresses_that_are_no_folder(void **state)
{
	struct net_log *log = NULL;

	(void)state;
	assert_int_equal(net_log_open(&log, "https://example.org/?a", NULL, NULL), TANU_USAGE);
	assert_int_equal(net_log_open(&log, "http://example.org/", NULL, NULL), TANU_USAGE);
	assert_int_equal(net_log_open(&log, "log", NULL, NULL), TANU_USAGE);
	assert_null(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_the_files_of_a_log),
	    cmocka_unit_test(refuses_addresses_that_are_no_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
