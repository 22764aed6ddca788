/* SPDX-License-Identifier: Apache-2.0 */
/* TLS over real sockets, with net/ as the client. Threads: the server's own (pthread_create). */
#include "http/pack.h"
#include "http/site.h"

#include "net/net.h"
#include "os/scratch.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOW_MS	((int64_t)time(NULL) * 1000)
#define PEM_MAX 4096

static void who(void *self, const struct http_request *r, struct http_answer *a)
{
	char pin[2 * DIGEST_LEN + 1], text[200];

	(void)self;
	hex_encode(pin, r->client.pin, DIGEST_LEN);
	snprintf(text, sizeof(text), "tls=%d present=%d trusted=%d %s", r->tls, r->client.present,
		 r->client.trusted, r->client.present ? pin : "");
	http_text(a, 200, NULL, text);
}

static const struct http_route routes[] = {{"GET", "/", who, NULL, 0, HTTP_QUICK}};
static const struct http_options plain = {.routes = routes, .routes_len = 1};

/* A server with a certificate of its own. */
struct secure {
	struct site site;
	struct buf certificate, key;
	struct http_tls tls;
	char pin[HTTP_PIN_LEN];
};

static void make_papers(struct secure *s, const char *folder)
{
	static const char *const names[] = {"localhost", "127.0.0.1"};
	tanu_error err = {0};

	if (http_certificate(&s->certificate, &s->key, NULL, folder, names, 2, NOW_MS, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	s->tls.certificate = buf_cstr(&s->certificate);
	s->tls.key = buf_cstr(&s->key);
	assert_int_equal(http_pin(s->pin, s->tls.certificate, NULL), TANU_OK);
}

static void open_secure(struct secure *s, const char *folder, const char *client_authorities)
{
	struct http_options o = plain;

	*s = (struct secure){0};
	make_papers(s, folder);
	s->tls.client_authorities = client_authorities;
	o.tls = &s->tls;
	site_start(&s->site, &o);
}

static void close_secure(struct secure *s)
{
	site_stop(&s->site);
	buf_free(&s->certificate);
	buf_wipe(&s->key);
}

/* What a client with these options gets; its error in `err`. */
static tanu_status fetch(const struct secure *s, const struct net_options *options, char out[300],
			 tanu_error *err)
{
	struct net_response response = {0};
	struct net_request request = {.url = s->site.url};
	struct net *net = NULL;
	tanu_status st;

	*err = (tanu_error){0};
	assert_int_equal(net_open(&net, options, err), TANU_OK);
	st = net_send(net, &response, &request, err);
	snprintf(out, 300, "%s", buf_cstr(&response.body));
	net_response_free(&response);
	net_close(&net);
	return st;
}

static void serves_those_who_know_its_certificate(void **state)
{
	struct secure s;
	char text[300];
	tanu_error err;

	open_secure(&s, *state, NULL);
	assert_int_equal(fetch(&s, &(struct net_options){.pin = s.pin}, text, &err), TANU_OK);
	assert_string_equal(text, "tls=1 present=0 trusted=0 ");
	assert_int_equal(
	    fetch(&s, &(struct net_options){.authorities = s.tls.certificate}, text, &err),
	    TANU_OK);
	assert_int_equal(
	    fetch(&s, &(struct net_options){.authorities = s.tls.certificate, .pin = s.pin}, text,
		  &err),
	    TANU_OK);
	close_secure(&s);
}

static void strangers_do_not_trust_it(void **state)
{
	struct secure s;
	char text[300];
	tanu_error err;

	open_secure(&s, *state, NULL);
	assert_int_equal(fetch(&s, NULL, text, &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_NETWORK);
	assert_non_null(strstr(err.message, "certificate"));
	close_secure(&s);
}

static void another_key_is_noticed(void **state)
{
	struct net_options o = {0};
	struct secure s;
	char text[300], pin[HTTP_PIN_LEN];
	tanu_error err;

	open_secure(&s, *state, NULL);
	memcpy(pin, s.pin, sizeof(pin));
	pin[10] = pin[10] == 'A' ? 'B' : 'A';
	o.pin = pin;
	assert_int_equal(fetch(&s, &o, text, &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_NETWORK);
	assert_non_null(strstr(err.message, "pinned"));
	o.authorities = s.tls.certificate; /* the chain is right, the pin is not */
	assert_int_equal(fetch(&s, &o, text, &err), TANU_SYSTEM);
	close_secure(&s);
}

static void the_name_must_be_the_certificates(void **state)
{
	static const char *const names[] = {"school.example"};
	const char *folder = scratch_path(state, "other");
	struct http_options options = plain;
	struct net_options o = {0};
	struct secure s = {0};
	char text[300];
	tanu_error err;

	assert_int_equal(os_make_dir(folder, 0700, NULL), TANU_OK);
	assert_int_equal(
	    http_certificate(&s.certificate, &s.key, NULL, folder, names, 1, NOW_MS, NULL),
	    TANU_OK);
	s.tls = (struct http_tls){.certificate = buf_cstr(&s.certificate), .key = buf_cstr(&s.key)};
	options.tls = &s.tls;
	site_start(&s.site, &options);
	o.authorities = s.tls.certificate;
	assert_int_equal(fetch(&s, &o, text, &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_NETWORK);
	/* With a pin alone the key is the name. */
	assert_int_equal(http_pin(s.pin, s.tls.certificate, NULL), TANU_OK);
	o = (struct net_options){.pin = s.pin};
	assert_int_equal(fetch(&s, &o, text, &err), TANU_OK);
	close_secure(&s);
}

/* ---- older protocols ---- */

static int handshake(const struct secure *s, const char *priority)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t session;
	int fd = dial(&s->site), rc;

	gnutls_init(&session, GNUTLS_CLIENT);
	gnutls_certificate_allocate_credentials(&credentials);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	assert_int_equal(gnutls_priority_set_direct(session, priority, NULL), 0);
	gnutls_transport_set_int(session, fd);
	do
		rc = gnutls_handshake(session);
	while (rc < 0 && !gnutls_error_is_fatal(rc));
	gnutls_deinit(session);
	gnutls_certificate_free_credentials(credentials);
	close(fd);
	return rc;
}

static void older_tls_is_refused(void **state)
{
	struct secure s;

	open_secure(&s, *state, NULL);
	assert_int_equal(handshake(&s, "NORMAL:-VERS-ALL:+VERS-TLS1.3"), 0);
	assert_true(handshake(&s, "NORMAL:-VERS-ALL:+VERS-TLS1.2") < 0);
	assert_true(handshake(&s, "NORMAL:-VERS-ALL:+VERS-TLS1.1") < 0);
	close_secure(&s);
}

static void plain_requests_get_no_answer(void **state)
{
	struct secure s;

	open_secure(&s, *state, NULL);
	assert_int_equal(status_of(get(&s.site, "/")), 0);
	assert_int_equal(handshake(&s, "NORMAL"), 0);
	close_secure(&s);
}

/* ---- certificates of clients ---- */

struct identity {
	char authority[PEM_MAX], certificate[PEM_MAX], key[PEM_MAX];
	uint8_t pin[DIGEST_LEN];
};

static void copy_pem(char out[PEM_MAX], gnutls_datum_t *pem)
{
	assert_in_range(pem->size, 1, PEM_MAX - 1);
	memcpy(out, pem->data, pem->size);
	out[pem->size] = '\0';
	gnutls_free(pem->data);
}

static gnutls_x509_privkey_t make_key(void)
{
	gnutls_x509_privkey_t key;

	gnutls_x509_privkey_init(&key);
	assert_int_equal(
	    gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
					 GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
	    0);
	return key;
}

static gnutls_x509_crt_t make_certificate(gnutls_x509_privkey_t key, gnutls_x509_crt_t issuer,
					  gnutls_x509_privkey_t issuer_key, int days)
{
	gnutls_x509_crt_t c;

	gnutls_x509_crt_init(&c);
	gnutls_x509_crt_set_version(c, 3);
	gnutls_x509_crt_set_serial(c, "\x01", 1);
	gnutls_x509_crt_set_activation_time(c, time(NULL) - 10 * 86400);
	gnutls_x509_crt_set_expiration_time(c, time(NULL) + days * 86400);
	gnutls_x509_crt_set_dn(c, issuer ? "CN=gate 1" : "CN=site", NULL);
	gnutls_x509_crt_set_key(c, key);
	gnutls_x509_crt_set_basic_constraints(c, issuer ? 0 : 1, -1);
	if (issuer)
		gnutls_x509_crt_set_key_purpose_oid(c, GNUTLS_KP_TLS_WWW_CLIENT, 0);
	assert_int_equal(gnutls_x509_crt_sign2(c, issuer ? issuer : c, issuer ? issuer_key : key,
					       GNUTLS_DIG_SHA256, 0),
			 0);
	return c;
}

static void make_identity(struct identity *out, int days)
{
	gnutls_x509_privkey_t ca_key = make_key(), key = make_key();
	gnutls_x509_crt_t ca = make_certificate(ca_key, NULL, NULL, 100);
	gnutls_x509_crt_t own = make_certificate(key, ca, ca_key, days);
	gnutls_datum_t pem;
	char pin[HTTP_PIN_LEN];
	struct buf raw = {0};

	gnutls_x509_crt_export2(ca, GNUTLS_X509_FMT_PEM, &pem);
	copy_pem(out->authority, &pem);
	gnutls_x509_crt_export2(own, GNUTLS_X509_FMT_PEM, &pem);
	copy_pem(out->certificate, &pem);
	gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem);
	copy_pem(out->key, &pem);
	assert_int_equal(http_pin(pin, out->certificate, NULL), TANU_OK);
	assert_int_equal(base64_get(&raw, pin + 8, strlen(pin + 8), NULL), TANU_OK);
	memcpy(out->pin, raw.data, DIGEST_LEN);
	buf_free(&raw);
	gnutls_x509_crt_deinit(ca);
	gnutls_x509_crt_deinit(own);
	gnutls_x509_privkey_deinit(ca_key);
	gnutls_x509_privkey_deinit(key);
}

static void handlers_learn_who_a_client_is(void **state)
{
	static struct identity own, other, old;
	struct net_options o = {0};
	char text[300], pin[2 * DIGEST_LEN + 1];
	struct secure s;
	tanu_error err;

	make_identity(&own, 10);
	make_identity(&other, 10);
	make_identity(&old, -1);
	open_secure(&s, *state, own.authority);
	o.pin = s.pin;
	assert_int_equal(fetch(&s, &o, text, &err), TANU_OK);
	assert_string_equal(text, "tls=1 present=0 trusted=0 ");

	o.certificate = own.certificate;
	o.key = own.key;
	assert_int_equal(fetch(&s, &o, text, &err), TANU_OK);
	hex_encode(pin, own.pin, DIGEST_LEN);
	assert_memory_equal(text, "tls=1 present=1 trusted=1 ", 26);
	assert_string_equal(text + 26, pin);

	o.certificate = other.certificate;
	o.key = other.key;
	assert_int_equal(fetch(&s, &o, text, &err), TANU_OK);
	hex_encode(pin, other.pin, DIGEST_LEN);
	assert_memory_equal(text, "tls=1 present=1 trusted=0 ", 26);
	assert_string_equal(text + 26, pin);

	o.certificate = old.certificate;
	o.key = old.key;
	assert_int_equal(fetch(&s, &o, text, &err), TANU_OK);
	assert_memory_equal(text, "tls=1 present=1 trusted=0 ", 26);

	o.certificate = own.certificate; /* not its key */
	assert_int_equal(fetch(&s, &o, text, &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_NETWORK);
	close_secure(&s);
}

/* What a browser is given: under its password, of the issuer that the server asks for, and known.
 */
static void a_browser_is_known_by_what_it_was_given(void **state)
{
	char password[HTTP_PACK_PASSWORD], text[300], hex[2 * DIGEST_LEN + 1];
	struct buf p12 = {0}, issuer = {0};
	uint8_t pin[DIGEST_LEN];
	struct net_options o = {0};
	struct pack pack;
	struct secure s;
	tanu_error err = {0};

	assert_int_equal(
	    http_client_certificate(&p12, password, pin, "Tanu tablets", "Палата 3", NOW_MS, &err),
	    TANU_OK);
	assert_int_equal(strlen(password), HTTP_PACK_PASSWORD - 1);
	assert_false(pack_open(&pack, &p12, "another"));
	assert_true(pack_open(&pack, &p12, password));
	assert_string_equal(pack.issuer, "CN=Tanu tablets");
	assert_has(pack.subject, "CN=");
	assert_int_equal(http_client_issuer(&issuer, "Tanu tablets", NOW_MS, &err), TANU_OK);
	open_secure(&s, *state, buf_cstr(&issuer));
	o = (struct net_options){.pin = s.pin, .certificate = pack.certificate, .key = pack.key};
	assert_int_equal(fetch(&s, &o, text, &err), TANU_OK);
	hex_encode(hex, pin, DIGEST_LEN);
	assert_memory_equal(text, "tls=1 present=1 trusted=0 ", 26); /* the issuer is a name only */
	assert_string_equal(text + 26, hex);
	close_secure(&s);
	pack_wipe(&pack);
	buf_wipe(&p12);
	buf_free(&issuer);
}

/* ---- reload ---- */

struct asker {
	const struct secure *s;
	const char *pins[2];
	atomic_bool stop;
	atomic_int answered, lost, new_pin;
};

static void *ask_all_the_time(void *self)
{
	struct asker *a = self;
	char text[300];
	tanu_error err;

	while (!a->stop) {
		bool old = fetch(a->s, &(struct net_options){.pin = a->pins[0]}, text, &err) >= 0;

		if (old) {
			a->answered++;
			continue;
		}
		if (fetch(a->s, &(struct net_options){.pin = a->pins[1]}, text, &err) >= 0)
			a->new_pin++;
		else
			a->lost++;
	}
	return NULL;
}

static void a_new_certificate_loses_nobody(void **state)
{
	const char *second = scratch_path(state, "second");
	struct net_response response = {0};
	struct net_request request = {0};
	struct secure s, next = {0};
	struct net *net = NULL;
	struct asker asker;
	pthread_t thread;

	assert_int_equal(os_make_dir(second, 0700, NULL), TANU_OK);
	open_secure(&s, *state, NULL);
	make_papers(&next, second);
	/* A connection that stays open is served, and told to go. */
	assert_int_equal(net_open(&net, &(struct net_options){.pin = s.pin}, NULL), TANU_OK);
	request.url = s.site.url;
	assert_int_equal(net_send(net, &response, &request, NULL), TANU_OK);
	assert_null(net_response_header(&response, "connection"));

	asker = (struct asker){.s = &s, .pins = {s.pin, next.pin}};
	assert_int_equal(pthread_create(&thread, NULL, ask_all_the_time, &asker), 0);
	wait_ms(200);
	assert_int_equal(http_reload(s.site.server, &next.tls, NULL), TANU_OK);
	assert_int_equal(net_send(net, &response, &request, NULL), TANU_OK);
	assert_string_equal(net_response_header(&response, "connection"), "close");
	wait_ms(300);
	asker.stop = true;
	pthread_join(thread, NULL);
	assert_int_equal(asker.lost, 0);
	assert_true(asker.answered > 0 && asker.new_pin > 0);
	net_close(&net);
	net_response_free(&response);
	close_secure(&s);
	buf_free(&next.certificate);
	buf_wipe(&next.key);
}

static void a_bad_certificate_changes_nothing(void **state)
{
	const char *second = scratch_path(state, "second");
	struct secure s, next = {0};
	char text[300];
	tanu_error err = {0};

	assert_int_equal(os_make_dir(second, 0700, NULL), TANU_OK);
	open_secure(&s, *state, NULL);
	make_papers(&next, second);
	next.tls.key = s.tls.key; /* of another certificate */
	assert_int_equal(http_reload(s.site.server, &next.tls, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_FORMAT);
	next.tls.key = "no key";
	assert_int_equal(http_reload(s.site.server, &next.tls, NULL), TANU_INPUT);
	next.tls = s.tls;
	next.tls.client_authorities = "none";
	assert_int_equal(http_reload(s.site.server, &next.tls, &err), TANU_INPUT);
	assert_string_equal(err.place, "client authorities");
	assert_int_equal(fetch(&s, &(struct net_options){.pin = s.pin}, text, &err), TANU_OK);
	close_secure(&s);
	buf_free(&next.certificate);
	buf_wipe(&next.key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)
	    T(serves_those_who_know_its_certificate),
	    T(strangers_do_not_trust_it),
	    T(another_key_is_noticed),
	    T(the_name_must_be_the_certificates),
	    T(older_tls_is_refused),
	    T(plain_requests_get_no_answer),
	    T(handlers_learn_who_a_client_is),
	    T(a_browser_is_known_by_what_it_was_given),
	    T(a_new_certificate_loses_nobody),
	    T(a_bad_certificate_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
