/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http/http.h"
#include "os/scratch.h"

#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define DAY_MS ((int64_t)86400000)
#define START  ((int64_t)1800000000000)

static const char *const names[] = {"school.example", "127.0.0.1", "::1"};

struct papers {
	struct buf certificate, key;
	bool made;
	char pin[HTTP_PIN_LEN];
	tanu_error err;
};

static tanu_status take(struct papers *p, const char *folder, size_t names_len, int64_t now_ms)
{
	tanu_status st;

	p->err = (tanu_error){0};
	st = http_certificate(&p->certificate, &p->key, &p->made, folder, names, names_len, now_ms,
			      &p->err);
	if (st >= 0)
		assert_int_equal(http_pin(p->pin, buf_cstr(&p->certificate), NULL), TANU_OK);
	return st;
}

static void drop(struct papers *p)
{
	buf_free(&p->certificate);
	buf_wipe(&p->key);
}

static gnutls_x509_crt_t read_it(struct papers *p)
{
	gnutls_datum_t pem = {.data = p->certificate.data, .size = (unsigned)p->certificate.len};
	gnutls_x509_crt_t c;

	gnutls_x509_crt_init(&c);
	assert_int_equal(gnutls_x509_crt_import(c, &pem, GNUTLS_X509_FMT_PEM), 0);
	return c;
}

static void makes_one_for_all_names(void **state)
{
	struct papers p = {0};
	gnutls_x509_crt_t c;
	struct stat info;
	unsigned critical, usage = 0, ca = 1;

	assert_int_equal(take(&p, *state, 3, START), TANU_OK);
	assert_true(p.made);
	c = read_it(&p);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_true(gnutls_x509_crt_check_hostname(c, names[i]));
	assert_false(gnutls_x509_crt_check_hostname(c, "other.example"));
	assert_int_equal(gnutls_x509_crt_get_activation_time(c), (START - DAY_MS) / 1000);
	assert_int_equal(gnutls_x509_crt_get_expiration_time(c), (START + 824 * DAY_MS) / 1000);
	assert_int_equal(gnutls_x509_crt_get_key_usage(c, &usage, &critical), 0);
	assert_int_equal(usage, GNUTLS_KEY_DIGITAL_SIGNATURE);
	assert_int_equal(gnutls_x509_crt_get_basic_constraints(c, &critical, &ca, NULL), 0);
	assert_int_equal(ca, 0);
	gnutls_x509_crt_deinit(c);
	assert_int_equal(stat(scratch_path(state, "tls.key"), &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	drop(&p);
}

static void keeps_it_while_it_is_good(void **state)
{
	struct papers first = {0}, second = {0};

	assert_int_equal(take(&first, *state, 3, START), TANU_OK);
	assert_int_equal(take(&second, *state, 2, START + 700 * DAY_MS), TANU_OK);
	assert_false(second.made);
	assert_string_equal(buf_cstr(&first.certificate), buf_cstr(&second.certificate));
	assert_string_equal(buf_cstr(&first.key), buf_cstr(&second.key));
	drop(&first);
	drop(&second);
}

static void renews_it_under_the_same_key(void **state)
{
	struct papers first = {0}, second = {0}, third = {0};

	assert_int_equal(take(&first, *state, 1, START), TANU_OK);
	assert_int_equal(take(&second, *state, 1, START + 800 * DAY_MS), TANU_OK);
	assert_true(second.made);
	assert_string_equal(first.pin, second.pin);
	assert_string_not_equal(buf_cstr(&first.certificate), buf_cstr(&second.certificate));
	/* A further name likewise. */
	assert_int_equal(take(&third, *state, 2, START + 800 * DAY_MS), TANU_OK);
	assert_true(third.made);
	assert_string_equal(first.pin, third.pin);
	drop(&first);
	drop(&second);
	drop(&third);
}

/* One that was not made here. */
static void put_foreign(const char *path, struct papers *like)
{
	gnutls_datum_t pem = {.data = like->key.data, .size = (unsigned)like->key.len}, out;
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t c;

	gnutls_x509_privkey_init(&key);
	assert_int_equal(gnutls_x509_privkey_import(key, &pem, GNUTLS_X509_FMT_PEM), 0);
	gnutls_x509_crt_init(&c);
	gnutls_x509_crt_set_version(c, 3);
	gnutls_x509_crt_set_serial(c, "\x01", 1);
	gnutls_x509_crt_set_activation_time(c, 1);
	gnutls_x509_crt_set_expiration_time(c, 2);
	gnutls_x509_crt_set_dn(c, "O=Some authority,CN=other.example", NULL);
	gnutls_x509_crt_set_key(c, key);
	assert_int_equal(gnutls_x509_crt_sign2(c, c, key, GNUTLS_DIG_SHA256, 0), 0);
	assert_int_equal(gnutls_x509_crt_export2(c, GNUTLS_X509_FMT_PEM, &out), 0);
	assert_int_equal(os_replace_file(path, out.data, out.size, 0644, NULL), TANU_OK);
	gnutls_free(out.data);
	gnutls_x509_crt_deinit(c);
	gnutls_x509_privkey_deinit(key);
}

static void leaves_the_operators_own_alone(void **state)
{
	struct papers made = {0}, p = {0};

	assert_int_equal(take(&made, *state, 1, START), TANU_OK);
	put_foreign(scratch_path(state, "tls.crt"), &made);
	/* However old, and whatever its names. */
	assert_int_equal(take(&p, *state, 3, START), TANU_OK);
	assert_false(p.made);
	assert_string_not_equal(buf_cstr(&made.certificate), buf_cstr(&p.certificate));
	/* Without its key it is no use, and is still not replaced. */
	assert_int_equal(remove(scratch_path(state, "tls.key")), 0);
	assert_int_equal(take(&p, *state, 1, START), TANU_NOT_FOUND);
	assert_non_null(strstr(p.err.place, "tls.key"));
	assert_false(os_exists(scratch_path(state, "tls.key")));
	drop(&made);
	drop(&p);
}

static void refuses_what_is_damaged(void **state)
{
	struct papers p = {0};

	assert_int_equal(take(&p, *state, 1, START), TANU_OK);
	file_write(scratch_path(state, "tls.crt"), "no certificate");
	assert_int_equal(take(&p, *state, 1, START), TANU_INPUT);
	assert_non_null(strstr(p.err.place, "tls.crt"));
	assert_int_equal(remove(scratch_path(state, "tls.crt")), 0);
	file_write(scratch_path(state, "tls.key"), "no key");
	assert_int_equal(take(&p, *state, 1, START), TANU_INPUT);
	assert_non_null(strstr(p.err.place, "tls.key"));
	assert_int_equal(http_pin(p.pin, "none", NULL), TANU_INPUT);
	assert_int_equal(take(&p, scratch_path(state, "none"), 1, START), TANU_NOT_FOUND);
	drop(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)
	    T(makes_one_for_all_names),	     T(keeps_it_while_it_is_good),
	    T(renews_it_under_the_same_key), T(leaves_the_operators_own_alone),
	    T(refuses_what_is_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
