/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net.h - HTTP(S) as a client: requests with bounds, mutual TLS, pinned keys, and a public log read
 * from a web server. Sole user of libcurl.
 *
 * What comes back is bytes from outside: nothing here believes a word of it. TLS certificates are
 * verified, against the system's authorities, or those given, or one pinned key. Plain HTTP
 * is for this machine only (localhost, 127.0.0.0/8, [::1]) unless it is asked for. No cookies, no
 * stored passwords, no compression, no other protocol. A proxy named by the usual environment
 * variables is used, except towards this machine.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "codec/codec.h"
#include "tlog/tlog.h"

#define NET_URL_MAX	2000
#define NET_HEADERS_MAX ((size_t)64 << 10) /* bytes of all headers of an answer */
#define NET_PIN_LEN	52		   /* "sha256//" and base64 of 32 bytes */

/*
 * All of it may be zero. Texts are copied. Certificates and keys are PEM text in memory, so that a
 * process that has shut itself in needs no file.
 */
struct net_options {
	int connect_ms; /* 0: 10,000 */
	int total_ms;	/* of one try, 0: 30,000 */
	/* How often a request that may be repeated is sent before it has failed; 0: once. Between
	 * tries it waits, doubling from 200 ms, or as the server says, at most 5 s. */
	unsigned tries;
	bool plain_http;	 /* http:// to other machines too */
	const char *authorities; /* trust these alone instead of the system's */
	/* "sha256//BASE64" of the server's public key (SubjectPublicKeyInfo). Without `authorities`
	 * the pin alone decides: no chain, no name, no dates. */
	const char *pin;
	/* Any server: no certificate is verified, because what comes proves itself by other means
	 * (a pairing, by its code). Nothing secret may be sent then. */
	bool any_server;
	const char *certificate, *key; /* of this client, both or none */
};

struct net;
tanu_status net_open(struct net **out, const struct net_options *options, tanu_error *err);
void net_close(struct net **net);

struct net_header {
	const char *name, *value;
};

struct net_request {
	const char *method; /* NULL: GET. GET and HEAD may be repeated and redirected */
	const char *url;
	const void *body; /* NULL: none */
	size_t body_len;
	const struct net_header *headers;
	size_t headers_len;
	size_t max_bytes; /* of the answer's body; 0: 1 MiB */
	bool repeatable;  /* sending it twice does no harm, whatever the method */
};

/* Zero-initialise; reused by the next call; free with net_response_free. */
struct net_response {
	int status;	    /* 200, 404 ... */
	struct buf headers; /* of the last answer: "name: value", each ended by a zero */
	struct buf body;
};

/*
 * One request and its answer. Any HTTP status is TANU_OK: what it means is the caller's to say.
 * TANU_SYSTEM (network): no answer, a broken one, TLS refused, a redirect to another scheme or more
 * than 3 (none is followed with a pin, a client certificate or own headers). TANU_LIMIT
 * (file-too-large): the body is larger than max_bytes. TANU_USAGE: the address is not understood.
 * The place of an error is the address without its query.
 *
 * One call at a time for each `net`; connections are kept open in between.
 */
tanu_status net_send(struct net *net, struct net_response *out, const struct net_request *request,
		     tanu_error *err);
void net_response_free(struct net_response *response);
/* A header by its lower-case name; NULL when absent. Valid until the response changes. */
const char *net_response_header(struct net_response *response, const char *name);
/* TANU_SYSTEM (network) that says which status came instead of the expected one. */
tanu_status net_unexpected(const struct net_response *response, const char *url, tanu_error *err);

/* Is it http(s) with a host and no user, fragment or control character? TANU_USAGE if not. */
tanu_status net_url_check(const char *url, bool plain_http, tanu_error *err);
bool net_is_url(const char *text); /* begins like one; a folder does not */

/*
 * The files of a log (docs/log.md) behind the address of its folder, read only. 404 and 410 are
 * TANU_NOT_FOUND (file-missing). The address may end in a slash and has no query.
 */
struct net_log;
tanu_status net_log_open(struct net_log **out, const char *url, const struct net_options *options,
			 tanu_error *err);
void net_log_close(struct net_log **log);
struct log_files net_log_files(struct net_log *log);

#endif
