/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/net.h"

#include <string.h>

static void takes_addresses(void **state)
{
	static const char *const good[] = {
	    "https://example.org",	   "https://example.org:8443/log/",
	    "https://example.org/add?x=1", "https://[2001:db8::1]/",
	    "http://localhost:7380",	   "http://127.0.0.1/x",
	    "http://127.9.9.9/",	   "http://[::1]:80/",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_int_equal(net_url_check(good[i], false, NULL), TANU_OK);
}

static void refuses_what_is_no_address(void **state)
{
	static const char *const bad[] = {
	    "",
	    "example.org",
	    "/tmp/log",
	    "file:///etc/passwd",
	    "ftp://example.org/",
	    "https://",
	    "https:///x",
	    "https:/example.org/",
	    "HTTPS://example.org",
	    "https://user@example.org/",
	    "https://user:word@example.org/",
	    "https://example.org/#x",
	    "https://example.org/a b",
	    "https://example.org/\r\nX: y",
	    "https://example.org/\xc3\xa9",
	    "https://example.org:99999/",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(net_url_check(bad[i], true, NULL), TANU_USAGE);
}

static void refuses_an_address_that_is_too_long(void **state)
{
	char url[NET_URL_MAX + 2];

	(void)state;
	memset(url, 'a', sizeof(url) - 1);
	memcpy(url, "https://", 8);
	url[NET_URL_MAX + 1] = '\0';
	url[20] = '/';
	assert_int_equal(net_url_check(url, false, NULL), TANU_USAGE);
	url[NET_URL_MAX] = '\0';
	assert_int_equal(net_url_check(url, false, NULL), TANU_OK);
}

static void plain_http_stays_on_this_machine(void **state)
{
	static const char *const others[] = {
	    "http://example.org/", "http://10.0.0.1/",		"http://localhost.example.org/",
	    "http://128.0.0.1/",   "http://127.0.0.1.example/", "http://[::2]/",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		assert_int_equal(net_url_check(others[i], false, NULL), TANU_USAGE);
		assert_int_equal(net_url_check(others[i], true, NULL), TANU_OK);
	}
}

static void tells_an_address_from_a_folder(void **state)
{
	(void)state;
	assert_true(net_is_url("https://example.org"));
	assert_true(net_is_url("http://localhost"));
	assert_false(net_is_url("site/log"));
	assert_false(net_is_url("https:"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_addresses),
	    cmocka_unit_test(refuses_what_is_no_address),
	    cmocka_unit_test(refuses_an_address_that_is_too_long),
	    cmocka_unit_test(plain_http_stays_on_this_machine),
	    cmocka_unit_test(tells_an_address_from_a_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
