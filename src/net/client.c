/* SPDX-License-Identifier: Apache-2.0 */
/* A client: its options, and one libcurl handle that keeps connections open. */
#include "net/client.h"

#include <stdlib.h>
#include <string.h>

#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode ready = CURLE_FAILED_INIT;

static void start_library(void)
{
	ready = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static tanu_status no_memory(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a network client");
}

static tanu_status check_pin(const char *pin, tanu_error *err)
{
	struct buf key = {0};
	bool good = strlen(pin) == NET_PIN_LEN && strncmp(pin, "sha256//", 8) == 0 &&
		    base64_get(&key, pin + 8, NET_PIN_LEN - 8, NULL) >= 0 && key.len == 32;

	buf_free(&key);
	if (!good)
		return tanu_fail(err, TANU_ERR_USAGE, "pin",
				 "a pinned key is \"sha256//\" and 44 characters of base64");
	return TANU_OK;
}

static tanu_status check_options(const struct net_options *o, tanu_error *err)
{
	if (o->connect_ms < 0 || o->total_ms < 0)
		return BAD_CALL(err, "times are not negative");
	if (!o->certificate != !o->key)
		return tanu_fail(err, TANU_ERR_USAGE, "certificate",
				 "a client certificate and its key belong together: give both");
	return o->pin ? check_pin(o->pin, err) : TANU_OK;
}

/* PEM text that libcurl copies. */
static CURLcode set_pem(CURL *curl, CURLoption option, const char *pem)
{
	struct curl_blob blob = {.data = (void *)pem, .len = strlen(pem), .flags = CURL_BLOB_COPY};

	return curl_easy_setopt(curl, option, &blob);
}

/* The pin alone decides where no authorities are named: the key is the server's identity then. */
static CURLcode set_trust(CURL *curl, const struct net_options *o)
{
	long verify = (o->pin && !o->authorities) || o->any_server ? 0 : 1;
	CURLcode rc = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, verify);

	if (rc == CURLE_OK)
		rc = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	if (rc == CURLE_OK && o->pin)
		rc = curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, o->pin);
	if (rc == CURLE_OK && o->authorities)
		rc = set_pem(curl, CURLOPT_CAINFO_BLOB, o->authorities);
	return rc;
}

static CURLcode set_identity(CURL *curl, const struct net_options *o)
{
	CURLcode rc = set_pem(curl, CURLOPT_SSLCERT_BLOB, o->certificate);

	if (rc == CURLE_OK)
		rc = set_pem(curl, CURLOPT_SSLKEY_BLOB, o->key);
	return rc;
}

static CURLcode set_bounds(CURL *curl, const struct net_options *o)
{
	const struct {
		CURLoption option;
		long value;
	} rows[] = {
	    {CURLOPT_NOSIGNAL, 1},
	    {CURLOPT_CONNECTTIMEOUT_MS, o->connect_ms ? o->connect_ms : 10000},
	    {CURLOPT_TIMEOUT_MS, o->total_ms ? o->total_ms : 30000},
	    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
	    {CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
	    {CURLOPT_NETRC, CURL_NETRC_IGNORED},
	    {CURLOPT_MAXREDIRS, 3},
	};
	CURLcode rc = CURLE_OK;

	for (size_t i = 0; i < ARRAY_LEN(rows) && rc == CURLE_OK; i++)
		rc = curl_easy_setopt(curl, rows[i].option, rows[i].value);
	return rc;
}

static tanu_status set_up(struct net *net, const struct net_options *o, tanu_error *err)
{
	CURLcode rc = set_bounds(net->curl, o);

	if (rc == CURLE_OK)
		rc = set_trust(net->curl, o);
	if (rc == CURLE_OK && o->certificate)
		rc = set_identity(net->curl, o);
	if (rc == CURLE_OUT_OF_MEMORY)
		return no_memory(err);
	if (rc != CURLE_OK)
		return tanu_fail(err, TANU_ERR_NETWORK, "libcurl", "this build cannot do that: %s",
				 curl_easy_strerror(rc));
	net->tries = o->tries ? o->tries : 1;
	net->plain_http = o->plain_http;
	net->stays = o->pin || o->certificate;
	return TANU_OK;
}

tanu_status net_open(struct net **out, const struct net_options *options, tanu_error *err)
{
	static const struct net_options none;
	const struct net_options *o = options ? options : &none;
	struct net *net = NULL;
	tanu_status st;

	if ((st = check_options(o, err)) < 0)
		return st;
	pthread_once(&once, start_library);
	if (ready != CURLE_OK)
		return tanu_fail(err, TANU_ERR_NETWORK, "libcurl", "it does not start: %s",
				 curl_easy_strerror(ready));
	net = calloc(1, sizeof(*net));
	if (!net)
		return no_memory(err);
	net->curl = curl_easy_init();
	st = net->curl ? set_up(net, o, err) : no_memory(err);
	if (st < 0)
		net_close(&net);
	else
		*out = net;
	return st;
}

void net_close(struct net **net)
{
	if (!*net)
		return;
	curl_easy_cleanup((*net)->curl);
	free(*net);
	*net = NULL;
}
