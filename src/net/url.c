/* SPDX-License-Identifier: Apache-2.0 */
#include "net/inside.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

static tanu_status refuse(tanu_error *err, const char *why)
{
	return tanu_fail(err, TANU_ERR_USAGE, "address", "%s", why);
}

/* Printable ASCII only: anything else has to be escaped, and a line end would forge a header. */
static bool is_plain(const char *url)
{
	size_t len = strlen(url);

	for (size_t i = 0; i < len; i++)
		if (url[i] <= ' ' || url[i] > '~')
			return false;
	return len > 0 && len <= NET_URL_MAX;
}

static bool is_loopback(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;
	char bare[64];

	if (strcmp(host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	if (host[0] != '[' || strlen(host) >= sizeof(bare))
		return false;
	snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(host + 1, "]"), host + 1);
	return inet_pton(AF_INET6, bare, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

/* A part of the address; NULL when absent. curl_free it. */
static char *part(CURLU *u, CURLUPart what)
{
	char *text = NULL;

	return curl_url_get(u, what, &text, 0) == CURLUE_OK ? text : NULL;
}

static void set_place(struct url_facts *out, CURLU *u, const char *host)
{
	char *port = part(u, CURLUPART_PORT), *path = part(u, CURLUPART_PATH);

	snprintf(out->place, sizeof(out->place), "%s://%s%s%s%s", out->https ? "https" : "http",
		 host, port ? ":" : "", port ? port : "", path ? path : "");
	curl_free(port);
	curl_free(path);
}

static tanu_status facts_of(struct url_facts *out, CURLU *u, tanu_error *err)
{
	char *scheme = part(u, CURLUPART_SCHEME), *host = part(u, CURLUPART_HOST);
	char *user = part(u, CURLUPART_USER), *fragment = part(u, CURLUPART_FRAGMENT);
	tanu_status st = TANU_OK;

	out->https = scheme && strcmp(scheme, "https") == 0;
	if (!scheme || (!out->https && strcmp(scheme, "http") != 0))
		st = refuse(err, "an address begins with https:// (or http:// on this machine)");
	else if (!host || !*host)
		st = refuse(err, "the address names no server");
	else if (user || fragment)
		st = refuse(err, "an address with a user, a password or a # is not taken here");
	if (st >= 0) {
		out->this_machine = is_loopback(host);
		set_place(out, u, host);
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_free(fragment);
	return st;
}

static tanu_status read_url(struct url_facts *out, const char *url, tanu_error *err)
{
	tanu_status st;
	CURLU *u;

	if (!is_plain(url))
		return refuse(err, "an address is printable ASCII without spaces, at most 2000 "
				   "bytes long");
	u = curl_url();
	if (!u)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	/* libcurl also takes one slash or three. */
	if (!net_is_url(url) || strstr(url, ":///") ||
	    curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK)
		st = refuse(err, "this is not an address: give it as https://server/path");
	else
		st = facts_of(out, u, err);
	curl_url_cleanup(u);
	return st;
}

tanu_status url_read(struct url_facts *out, const char *url, bool plain_http, tanu_error *err)
{
	struct url_facts facts = {0};
	tanu_status st = read_url(&facts, url, err);

	if (st < 0)
		return st;
	if (!facts.https && !facts.this_machine && !plain_http)
		return refuse(err, "plain http:// is for this machine only; use https://");
	*out = facts;
	return TANU_OK;
}

tanu_status net_url_check(const char *url, bool plain_http, tanu_error *err)
{
	struct url_facts facts;

	return url_read(&facts, url, plain_http, err);
}

bool net_is_url(const char *text)
{
	return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
}
