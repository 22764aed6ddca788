/* SPDX-License-Identifier: Apache-2.0 */
#include "http/site.h"

#include "os/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Threads: the server's own (pthread_create). */

static void serve(void *self, const struct http_request *r, struct http_answer *a)
{
	http_serve_file(a, r, self);
}

/* Tiles never change; the rest by its ending. */
static bool rule(const char *path, struct http_file_rule *out)
{
	if (strncmp(path, "tile/", 5) == 0) {
		*out = (struct http_file_rule){
		    .type = "application/octet-stream", .immutable = true, .any_origin = true};
		return true;
	}
	return http_rule_by_ending(path, out);
}

static struct http_folder folder = {.rule = rule};
static const struct http_route routes[] = {
    {"GET", "/f/**", serve, &folder, 0, HTTP_QUICK},
    {"GET", "/slow/**", serve, &folder, 0, 0},
};
static const struct http_options options = {.routes = routes, .routes_len = ARRAY_LEN(routes)};
static struct site site;
static char dir[300];

static int start(void **state)
{
	if (scratch_make(state) < 0)
		return -1;
	snprintf(dir, sizeof(dir), "%s", scratch_path(state, "in"));
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(mkdir(scratch_path(state, "in/tile"), 0700), 0);
	file_write(scratch_path(state, "in/index.html"), "<p>index");
	file_write(scratch_path(state, "in/page.html"), "<p>page");
	file_write(scratch_path(state, "in/tile/000"), "tile");
	file_write(scratch_path(state, "in/empty.txt"), "");
	file_write(scratch_path(state, "in/.hidden.html"), "hidden");
	file_write(scratch_path(state, "in/keys.bin"), "secret");
	file_write(scratch_path(state, "in/page.html.new"), "half");
	file_write(scratch_path(state, "secret.html"), "secret");
	assert_int_equal(symlink("../secret.html", scratch_path(state, "in/link.html")), 0);
	assert_int_equal(os_open_dir(&folder.dir, dir, NULL), TANU_OK);
	site_start(&site, &options);
	return 0;
}

static int stop(void **state)
{
	site_stop(&site);
	close(folder.dir);
	return scratch_remove(state);
}

static void serves_files(void **state)
{
	const char *answer = get(&site, "/f/page.html");

	(void)state;
	assert_status(answer, 200);
	assert_has(answer, "Content-Type: text/html; charset=utf-8\r\n");
	assert_has(answer, "Cache-Control: no-cache\r\n");
	assert_has(answer, "ETag: \"");
	assert_null(strcasestr(answer, "Access-Control"));
	assert_string_equal(body_of(answer), "<p>page");
	assert_string_equal(body_of(get(&site, "/slow/page.html")), "<p>page");
	assert_string_equal(body_of(get(&site, "/f/page%2ehtml")), "<p>page");
	assert_string_equal(body_of(get(&site, "/f/")), "<p>index");
	assert_string_equal(body_of(get(&site, "/f/page.html?x=y")), "<p>page");
	assert_status(get(&site, "/f/empty.txt"), 200);
}

static void tiles_may_be_kept_for_ever(void **state)
{
	const char *answer = get(&site, "/f/tile/000");

	(void)state;
	assert_has(answer, "Cache-Control: public, max-age=31536000, immutable\r\n");
	assert_has(answer, "Access-Control-Allow-Origin: *\r\n");
	assert_has(answer, "Content-Type: application/octet-stream\r\n");
	assert_string_equal(body_of(answer), "tile");
}

static void etag_of(char out[100], const char *path)
{
	const char *at = strstr(get(&site, path), "ETag: ");

	assert_non_null(at);
	snprintf(out, 100, "%.*s", (int)strcspn(at + 6, "\r"), at + 6);
}

static const char *get_unless(const char *path, const char *tags)
{
	char request[1000];

	snprintf(request, sizeof(request),
		 "GET %s HTTP/1.1\r\nHost: x\r\nIf-None-Match: %s\r\n\r\n", path, tags);
	return ask(&site, request);
}

static void unchanged_files_are_not_sent_again(void **state)
{
	char etag[100], list[300];
	const char *answer;

	etag_of(etag, "/f/page.html");
	answer = get_unless("/f/page.html", etag);
	assert_status(answer, 304);
	assert_string_equal(body_of(answer), "");
	assert_has(answer, etag);
	snprintf(list, sizeof(list), "\"other\" , W/%s", etag);
	assert_status(get_unless("/f/page.html", list), 304);
	assert_status(get_unless("/f/page.html", "*"), 304);
	assert_status(get_unless("/f/page.html", "\"other\""), 200);
	snprintf(list, sizeof(list), "%s0", etag);
	assert_status(get_unless("/f/page.html", list), 200);
	assert_status(get_unless("/f/none.html", "*"), 404);

	/* Replaced by something of the same length, at once. */
	assert_int_equal(
	    os_replace_file(scratch_path(state, "in/page.html"), "<p>PAGE", 7, 0644, NULL),
	    TANU_OK);
	answer = get_unless("/f/page.html", etag);
	assert_status(answer, 200);
	assert_string_equal(body_of(answer), "<p>PAGE");
	assert_int_equal(
	    os_replace_file(scratch_path(state, "in/page.html"), "<p>page", 7, 0644, NULL),
	    TANU_OK);
}

static void nothing_else_is_served(void **state)
{
	static const char *const paths[] = {
	    "/f/none.html",
	    "/f/keys.bin",
	    "/f/.hidden.html",
	    "/f/page.html.new",
	    "/f/link.html",
	    "/f/tile",
	    "/f/tile/",
	    "/f/tile/none",
	    "/f/page.html/",
	    "/f/../secret.html",
	    "/f/..%2fsecret.html",
	    "/f/%2e%2e/secret.html",
	    "/f/%2e%2e%2fsecret.html",
	    "/f/tile/../../secret.html",
	    "/f/tile/..%2f..%2fsecret.html",
	    "/f/tile/..\\..\\secret.html",
	    "/f/tile/%5c..%5csecret.html",
	    "/f//etc/passwd",
	    "/f/%2fetc/passwd",
	    "/f/%00page.html",
	    "/f/page.html%00",
	    "/f/%c0%ae%c0%ae/secret.html",
	    "/f/%252e%252e/secret.html",
	    "/f/....//secret.html",
	    "/f/..;/secret.html",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const char *answer = get(&site, paths[i]);
		int status = status_of(answer);

		if ((status != 404 && status != 400) || strstr(answer, "secret"))
			fail_msg("%s: %s", paths[i], answer);
	}
}

static void head_tells_the_length(void **state)
{
	const char *all;
	int fd = dial(&site);

	(void)state;
	say(fd, "HEAD /f/page.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	all = hear_all(fd);
	assert_status(all, 200);
	assert_has(all, "Content-Length: 7\r\n");
	assert_string_equal(body_of(all), "");
	close(fd);
	assert_status(ask(&site, "POST /f/page.html HTTP/1.1\r\nHost: x\r\nContent-Length: "
				 "0\r\n\r\n"),
		      405);
}

static void serves_a_large_file(void **state)
{
	struct buf bytes = {0};
	const char *body;

	for (int i = 0; i < 200000; i++)
		buf_printf(&bytes, "%08d", i);
	assert_int_equal(os_replace_file(scratch_path(state, "in/tile/large"), bytes.data,
					 bytes.len, 0644, NULL),
			 TANU_OK);
	body = body_of(get(&site, "/f/tile/large"));
	assert_int_equal(strlen(body), bytes.len);
	assert_memory_equal(body, bytes.data, bytes.len);
	buf_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(serves_files),
	    cmocka_unit_test(tiles_may_be_kept_for_ever),
	    cmocka_unit_test(unchanged_files_are_not_sent_again),
	    cmocka_unit_test(nothing_else_is_served),
	    cmocka_unit_test(head_tells_the_length),
	    cmocka_unit_test(serves_a_large_file),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
