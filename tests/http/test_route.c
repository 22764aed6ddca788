/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http/route.h"

#include <string.h>

static void nothing(void *self, const struct http_request *request, struct http_answer *answer)
{
	(void)self;
	(void)request;
	http_empty(answer, 204);
}

static const struct http_route table[] = {
    {"GET", "/", nothing, NULL, 0, 0},
    {"GET", "/people", nothing, NULL, 0, 0},
    {"POST", "/people", nothing, NULL, 100, 0},
    {"GET", "/people/me", nothing, NULL, 0, 0},
    {"GET", "/people/{id}", nothing, NULL, 0, 0},
    {"DELETE", "/people/{id}", nothing, NULL, 0, 0},
    {"GET", "/people/{id}/leaf/{n}", nothing, NULL, 0, 0},
    {"GET", "/log/**", nothing, NULL, 0, 0},
    {"PUT", "/put/", nothing, NULL, 0, 0},
};

static struct route_match match;
static char allow[ALLOW_LEN];

static int find(const char *method, const char *path)
{
	return route_find(&match, allow, table, ARRAY_LEN(table), method, path);
}

/* The row that was found; -1: none. */
static int row(const char *method, const char *path)
{
	return find(method, path) == 0 ? (int)(match.route - table) : -1;
}

static void finds_rows(void **state)
{
	(void)state;
	assert_int_equal(row("GET", "/"), 0);
	assert_int_equal(row("GET", "/people"), 1);
	assert_int_equal(row("HEAD", "/people"), 1);
	assert_int_equal(row("POST", "/people"), 2);
	assert_int_equal(row("GET", "/people/me"), 3);
	assert_int_equal(row("DELETE", "/people/me"), 5);
	assert_int_equal(row("PUT", "/put/"), 8);
}

static void takes_out_params(void **state)
{
	(void)state;
	assert_int_equal(row("GET", "/people/a%20b"), 4);
	assert_string_equal(match.params[0], "a b");
	assert_string_equal(match.path, "/people/a b");
	assert_int_equal(row("GET", "/people/7/leaf/%d0%b0"), 6);
	assert_string_equal(match.params[0], "7");
	assert_string_equal(match.params[1], "\xd0\xb0");
	assert_null(match.params[2]);
}

static void gives_the_rest(void **state)
{
	(void)state;
	assert_int_equal(row("GET", "/log/tile/0/x001/000.p/5"), 7);
	assert_string_equal(match.rest, "tile/0/x001/000.p/5");
	assert_int_equal(row("GET", "/log/"), 7);
	assert_string_equal(match.rest, "");
	assert_int_equal(find("GET", "/log"), 404);
	assert_int_equal(row("GET", "/people"), 1);
	assert_string_equal(match.rest, "");
}

static void says_what_is_not_there(void **state)
{
	static const char *const missing[] = {
	    "/x",	  "/people/",	    "/peoples",		  "/peopl",
	    "/people/1/", "/people/1/leaf", "/people/1/leaf/2/3", "/put",
	    "/PEOPLE"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(missing); i++)
		if (find("GET", missing[i]) != 404)
			fail_msg("found %s", missing[i]);
}

static void names_the_methods_of_a_path(void **state)
{
	(void)state;
	assert_int_equal(find("PUT", "/people"), 405);
	assert_string_equal(allow, "GET, HEAD, POST");
	assert_int_equal(find("OPTIONS", "/people/1"), 204);
	assert_string_equal(allow, "GET, HEAD, DELETE");
	assert_int_equal(find("GET", "/put/"), 405);
	assert_string_equal(allow, "PUT");
	assert_int_equal(find("get", "/people"), 405);
	assert_int_equal(find("", "/people"), 405);
	assert_int_equal(find("OPTIONS", "/none"), 404);
}

static void refuses_paths_that_are_not_plain(void **state)
{
	static const char *const bad[] = {
	    "",
	    "*",
	    "people",
	    "http://x/people",
	    "//people",
	    "/people//1",
	    "/log/../people",
	    "/log/..",
	    "/log/.",
	    "/./people",
	    "/log/%2e%2e/people",
	    "/log/%2E%2e/x",
	    "/log/a%2fb",
	    "/log/a%2Fb",
	    "/log/a%5cb",
	    "/log/a\\b",
	    "/people/%00",
	    "/people/%0a",
	    "/people/%7f",
	    "/people/%",
	    "/people/%4",
	    "/people/%zz",
	    "/people/%ff",
	    "/people/%c0%af",
	    "/people/%c2%80",
	    "/people/\x01",
	    "/people/\xff",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (find("GET", bad[i]) != 400)
			fail_msg("took \"%s\"", bad[i]);
	assert_int_equal(row("GET", "/log/.../x"), 7);
}

static void refuses_a_path_that_is_too_long(void **state)
{
	char path[HTTP_PATH_MAX + 1];

	(void)state;
	memset(path, 'a', HTTP_PATH_MAX);
	memcpy(path, "/log/", 5);
	path[HTTP_PATH_MAX] = '\0';
	assert_int_equal(find("GET", path), 400);
	path[HTTP_PATH_MAX - 1] = '\0';
	assert_int_equal(find("GET", path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_rows),
	    cmocka_unit_test(takes_out_params),
	    cmocka_unit_test(gives_the_rest),
	    cmocka_unit_test(says_what_is_not_there),
	    cmocka_unit_test(names_the_methods_of_a_path),
	    cmocka_unit_test(refuses_paths_that_are_not_plain),
	    cmocka_unit_test(refuses_a_path_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
