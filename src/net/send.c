/* SPDX-License-Identifier: Apache-2.0 */
/* One request, its answer within bounds, and trying again. */
#include "net/client.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define BODY_MAX     ((size_t)1 << 20)
#define FIRST_WAIT_S 0.2
#define WAIT_MAX_S   5.0

/* What the callbacks of libcurl see of one try. */
struct exchange {
	struct net_response *out;
	bool too_large;	     /* the body went over its limit */
	bool headers_broken; /* too many bytes of headers, or no memory */
};

/* ---- callbacks ---- */

static size_t take_body(char *bytes, size_t one, size_t len, void *self)
{
	struct exchange *x = self;
	struct buf *body = &x->out->body;

	(void)one;
	if (len > body->max - body->len) {
		x->too_large = true;
		return 0;
	}
	buf_put(body, bytes, len);
	return body->failed ? 0 : len;
}

/* Names in lower case; a zero within the line would end it early, so it becomes a question mark. */
static void put_header(struct buf *headers, const char *line, size_t name_len, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool upper = i < name_len && line[i] >= 'A' && line[i] <= 'Z';
		char c = (char)(upper ? line[i] - 'A' + 'a' : line[i]);

		buf_u8(headers, (uint8_t)(c ? c : '?'));
	}
	buf_u8(headers, 0);
}

static bool is_status_line(const char *line, size_t len)
{
	return len > 5 && memcmp(line, "HTTP/", 5) == 0;
}

/* "Name: value" CR LF -> "name: value" and a zero. Each answer (100, 302, 200) begins anew. */
static size_t take_header(char *line, size_t one, size_t len, void *self)
{
	struct exchange *x = self;
	struct buf *headers = &x->out->headers;
	const char *colon = memchr(line, ':', len);
	size_t end = len;

	(void)one;
	if (is_status_line(line, len))
		headers->len = 0;
	else if (colon) {
		while (line[end - 1] == '\n' || line[end - 1] == '\r')
			end--;
		put_header(headers, line, (size_t)(colon - line), end);
	}
	x->headers_broken = headers->failed;
	return headers->failed ? 0 : len;
}

/* ---- one try ---- */

static bool is_method(const struct net_request *r, const char *method)
{
	return strcmp(r->method ? r->method : "GET", method) == 0;
}

static bool is_safe(const struct net_request *r)
{
	return is_method(r, "GET") || is_method(r, "HEAD");
}

static tanu_status headers_of(struct curl_slist **out, const struct net_request *r, tanu_error *err)
{
	char line[1024];

	*out = curl_slist_append(NULL, "Expect:"); /* no waiting for "100 Continue" */
	for (size_t i = 0; i < r->headers_len && *out; i++) {
		const struct net_header *h = &r->headers[i];
		struct curl_slist *longer;

		if (snprintf(line, sizeof(line), "%s: %s", h->name, h->value) >=
			(int)sizeof(line) ||
		    strpbrk(line, "\r\n"))
			return BAD_CALL(err, "a header is one line of less than 1024 bytes");
		longer = curl_slist_append(*out, line);
		if (!longer)
			curl_slist_free_all(*out);
		*out = longer;
	}
	if (!*out)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	return TANU_OK;
}

static void set_method(CURL *curl, const struct net_request *r)
{
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, NULL);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL);
	curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L); /* clears what the last request set */
	if (is_method(r, "HEAD"))
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	if (r->body || is_method(r, "POST")) {
		curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, r->body ? r->body : "");
	}
	if (r->method && !is_safe(r) && !is_method(r, "POST"))
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, r->method);
}

static void set_request(struct net *net, struct exchange *x, const struct net_request *r,
			const struct url_facts *facts, struct curl_slist *headers)
{
	bool follow = is_safe(r) && !net->stays && r->headers_len == 0;
	const char *scheme = facts->https ? "https" : "http";
	CURL *curl = net->curl;

	set_method(curl, r);
	curl_easy_setopt(curl, CURLOPT_URL, r->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, scheme);
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, scheme);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, follow ? 1L : 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, facts->this_machine ? "" : NULL);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "tanu");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, x);
}

static const char *words_for(CURLcode rc)
{
	switch (rc) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return "nobody knows a server of this name: check the address and the network";
	case CURLE_COULDNT_CONNECT:
		return "nobody answers there: check the address, and that the server runs";
	case CURLE_OPERATION_TIMEDOUT:
		return "no whole answer came in time";
	case CURLE_PEER_FAILED_VERIFICATION:
		return "its certificate is not one to trust: name its authority, or pin its key";
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
		return "its key is not the pinned one: find out why before going on";
	case CURLE_SSL_CACERT_BADFILE:
		return "the authorities to trust cannot be read: they must be PEM text";
	case CURLE_SSL_CERTPROBLEM:
		return "this client's certificate or key cannot be used: both must be PEM text, "
		       "and belong together";
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return "the connection broke before the whole answer was there";
	case CURLE_TOO_MANY_REDIRECTS:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return "it sends elsewhere, too often or to another scheme, which is not followed";
	default:
		return NULL;
	}
}

static tanu_status fail_try(const struct exchange *x, CURLcode rc, const char *place,
			    tanu_error *err)
{
	const char *words = words_for(rc);

	if (x->too_large || rc == CURLE_FILESIZE_EXCEEDED)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, place,
				 "the answer is larger than the limit of %zu bytes",
				 x->out->body.max);
	if (rc == CURLE_OUT_OF_MEMORY || x->out->body.failed)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, place, "not enough memory");
	if (x->headers_broken)
		return tanu_fail(err, TANU_ERR_NETWORK, place,
				 "the answer has more than %zu bytes of headers", NET_HEADERS_MAX);
	return tanu_fail(err, TANU_ERR_NETWORK, place, "%s",
			 words ? words : curl_easy_strerror(rc));
}

static tanu_status try_once(struct net *net, struct exchange *x, const struct net_request *r,
			    const char *place, tanu_error *err)
{
	long status = 0;
	CURLcode rc;

	x->out->status = 0;
	x->out->headers.len = 0;
	x->out->body.len = 0;
	x->out->body.max = r->max_bytes ? r->max_bytes : BODY_MAX;
	rc = curl_easy_perform(net->curl);
	if (rc != CURLE_OK)
		return fail_try(x, rc, place, err);
	curl_easy_getinfo(net->curl, CURLINFO_RESPONSE_CODE, &status);
	x->out->status = (int)status;
	return TANU_OK;
}

/* ---- trying again ---- */

/* Would asking once more, a little later, perhaps do? A limit or a refusal would not. */
static bool may_pass(tanu_status st, const tanu_error *err, const struct net_response *out)
{
	if (st < 0)
		return err->code == TANU_ERR_NETWORK;
	return out->status == 429 || (out->status >= 502 && out->status <= 504);
}

static double wait_for(struct net *net, unsigned tried)
{
	curl_off_t asked = 0;
	double seconds = FIRST_WAIT_S;

	for (unsigned i = 1; i < tried && seconds < WAIT_MAX_S; i++)
		seconds *= 2;
	curl_easy_getinfo(net->curl, CURLINFO_RETRY_AFTER, &asked);
	if (asked > 0)
		seconds = (double)asked;
	return seconds < WAIT_MAX_S ? seconds : WAIT_MAX_S;
}

static void wait_s(double seconds)
{
	struct timespec left = {.tv_sec = (time_t)seconds};

	left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
	nanosleep(&left, NULL); /* a signal may cut it short */
}

static tanu_status try_often(struct net *net, struct exchange *x, const struct net_request *r,
			     const char *place, tanu_error *err)
{
	unsigned tries = is_safe(r) || r->repeatable ? net->tries : 1;
	tanu_error why = {0};
	tanu_status st;

	for (unsigned tried = 1;; tried++) {
		*x = (struct exchange){.out = x->out};
		st = try_once(net, x, r, place, &why);
		if (tried >= tries || !may_pass(st, &why, x->out))
			break;
		wait_s(wait_for(net, tried));
	}
	if (st < 0 && err)
		*err = why;
	return st;
}

tanu_status net_send(struct net *net, struct net_response *out, const struct net_request *request,
		     tanu_error *err)
{
	struct exchange x = {.out = out};
	struct curl_slist *headers = NULL;
	struct url_facts facts = {0};
	tanu_status st;

	if ((st = url_read(&facts, request->url, net->plain_http, err)) < 0)
		return st;
	if ((st = headers_of(&headers, request, err)) < 0)
		goto out;
	out->headers.max = NET_HEADERS_MAX;
	out->headers.failed = out->body.failed = false;
	set_request(net, &x, request, &facts, headers);
	st = try_often(net, &x, request, facts.place, err);
	/* Nothing of the caller's stays behind in the handle. */
	curl_easy_setopt(net->curl, CURLOPT_HTTPHEADER, NULL);
	curl_easy_setopt(net->curl, CURLOPT_POSTFIELDS, NULL);
out:
	curl_slist_free_all(headers);
	return st;
}

/* ---- answers ---- */

void net_response_free(struct net_response *response)
{
	buf_free(&response->headers);
	buf_wipe(&response->body);
	response->status = 0;
}

const char *net_response_header(struct net_response *response, const char *name)
{
	const char *at = (const char *)response->headers.data;
	const char *end = at ? at + response->headers.len : NULL;
	size_t len = strlen(name);

	for (; at < end; at += strlen(at) + 1)
		if (strncmp(at, name, len) == 0 && at[len] == ':')
			return at + len + 1 + strspn(at + len + 1, " \t");
	return NULL;
}

tanu_status net_unexpected(const struct net_response *response, const char *url, tanu_error *err)
{
	struct url_facts facts = {0};

	if (url_read(&facts, url, true, NULL) < 0)
		return BAD_CALL(err, "an answer has an address");
	return tanu_fail(err, TANU_ERR_NETWORK, facts.place,
			 "the server answered with status %d, which is not expected here",
			 response->status);
}
