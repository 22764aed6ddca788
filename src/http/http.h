/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.h - a web server: listening, TLS 1.3, limits, routes, files of a folder, event streams. Sole
 * user of libmicrohttpd and GnuTLS. It has never heard of faces.
 *
 * A program opens its sockets (os_listen), shuts itself in (os_sandbox_server) and then calls
 * http_start with a table of routes. Handlers run on threads of the server, several at a time.
 * Nothing here writes to a log; the program gets method, pattern of the route, status and time of
 * each answer, and never an address, a query or a body.
 *
 * Plain HTTP is served on loopback addresses only, unless it is asked for. Every size, number and
 * time has a limit; who is slow, or has too many connections, is cut off. HEAD, OPTIONS, 404, 405,
 * 304, 413, 431 and 503 are answered here. Answers say "nosniff" and "no-store" unless a handler
 * says otherwise.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "crypto/crypto.h"
#include "os/os.h"

/* ---- requests ---- */

#define HTTP_PARAMS_MAX	 4
#define HTTP_HEADERS_MAX 64
#define HTTP_QUERY_MAX	 32
#define HTTP_PATH_MAX	 1024

/* Who has shown a certificate. Zero: nobody has. */
struct http_client {
	bool present;
	bool trusted; /* it leads to one of the server's client authorities, and is valid now */
	uint8_t pin[DIGEST_LEN]; /* SHA-256 of the public key (SubjectPublicKeyInfo) */
};

struct http_request {
	const char *method;
	const char *path; /* decoded; begins with a slash, no "." or ".." in it */
	const char *params[HTTP_PARAMS_MAX]; /* what stood for the pattern's {words}, in order */
	const char *rest;		     /* what stood for its final **; "" without */
	const void *body;
	size_t body_len;
	const char *peer; /* "192.0.2.1", the address that connected (a proxy's, behind one) */
	bool tls;
	struct http_client client;
};
/* All live until the handler returns. NULL: absent. A header's name in any case. */
const char *http_header(const struct http_request *request, const char *name);
/* Decoded, the first of this name; NULL also for what is no proper text (escapes, UTF-8). */
const char *http_query(const struct http_request *request, const char *name);

/* ---- answers ---- */

/* A handler fills it with exactly one of the calls below; without any the answer is 500. */
struct http_answer;

/* Copies. `type` is the Content-Type; NULL: text/plain; charset=utf-8. */
void http_text(struct http_answer *answer, int status, const char *type, const char *text);
/* Takes the buffer and leaves an empty one; it is wiped when sent. A failed buffer gives 500. */
void http_body(struct http_answer *answer, int status, const char *type, struct buf *body);
/* No body: 204, 304, or a redirect with http_set. */
void http_empty(struct http_answer *answer, int status);
/* A further header; set before or after the body, once each. Values with control characters are
 * left out, and the answer becomes 500. */
void http_set(struct http_answer *answer, const char *name, const char *fmt, ...) TANU_PRINTF(3, 4);
/* Is the entity tag `etag` (with its quotes) one the client has (If-None-Match)? */
bool http_client_has(const struct http_request *request, const char *etag);

/*
 * Server-sent events: an answer that goes on. `next` appends events to `out` (http_event), as many
 * as there are, and is called again once those are sent or the stream was woken; false ends it. It
 * must not wait. `closed` is called once, when the client has gone or the server stops, and no call
 * follows. A silent stream says something now and then, so that a client that died is noticed.
 */
struct http_stream;
struct http_stream_source {
	bool (*next)(void *self, struct buf *out);
	void (*closed)(void *self);
	void *self;
};
/* NULL when there are too many streams: the answer is 503, and `closed` is not called. */
struct http_stream *http_events(struct http_answer *answer,
				const struct http_stream_source *source);
/* There is something to send. From any thread, until `closed` was called. */
void http_stream_wake(struct http_stream *stream);
/* One event; `type` and `id` may be NULL. Line ends in `data` are kept. */
void http_event(struct buf *out, const char *type, const char *id, const char *data);

/* ---- files of a folder ---- */

struct http_file_rule {
	const char *type; /* Content-Type */
	bool immutable;	  /* never changes under this name: may be kept for ever */
	bool any_origin;  /* pages of other sites may read it */
};
struct http_folder {
	int dir; /* os_open_dir */
	/* May this file be served, and how? `path` is relative and has no "..", nothing hidden. */
	bool (*rule)(const char *path, struct http_file_rule *out);
};
/* The file request->rest ("index.html" where it is empty or ends in a slash), or 404. ETag, 304. */
void http_serve_file(struct http_answer *answer, const struct http_request *request,
		     const struct http_folder *folder);
/* A rule by the ending of the name: html, css, js, json, svg, png, woff2, txt, pdf; nothing else.
 */
bool http_rule_by_ending(const char *path, struct http_file_rule *out);

/* ---- routes ---- */

enum http_route_flags {
	/* The handler is short and never waits: it runs on the thread that serves the connections,
	 * without one. */
	HTTP_QUICK = 1,
};

struct http_route {
	const char *method; /* "GET" serves HEAD too */
	/* "/log/{id}/leaf": {words} stand for one part that is not empty; a final "**" for the
	 * rest, which may be empty. The first row that fits counts. */
	const char *pattern;
	void (*handle)(void *self, const struct http_request *request, struct http_answer *answer);
	void *self;
	size_t body_max; /* 0: no body is taken */
	unsigned flags;	 /* set of http_route_flags */
};

/* What happened, for a log or a counter. */
struct http_note {
	const char *method;  /* as the route has it; "-" when none fitted */
	const char *pattern; /* likewise */
	int status;
	int64_t ns; /* from the last byte of the request to the last of the answer */
	uint64_t body_bytes;
};

/* ---- the server ---- */

/* All of it may be zero: these limits then. */
struct http_limits {
	unsigned connections;	  /* 1024, or fewer (os_files_more); more wait until one is free */
	unsigned per_address;	  /* 64; of one IPv4 address or IPv6 /64; more are cut off */
	unsigned streams;	  /* 600 event streams */
	unsigned queue;		  /* 256 requests that wait for a handler; more are answered 503 */
	unsigned io_threads;	  /* 2 */
	unsigned handler_threads; /* 4 */
	size_t head_bytes;	  /* 16 KiB: request line and headers */
	size_t body_bytes;	  /* 64 MiB: bodies of all requests in memory at once */
	unsigned head_s;	  /* 20: from connecting, or the last answer, to the whole head */
	unsigned body_s;	  /* 60: for the whole body */
	unsigned answer_s;	  /* 300: for taking the whole answer */
	unsigned beat_s; /* 15: an event stream that is silent for so long says something */
};

/* PEM text. */
struct http_tls {
	const char *certificate, *key;
	/* Ask clients for a certificate, and check whether it leads to one of these; NULL: do not.
	 * A client without one, or with another, still gets in: the handler decides by
	 * request->client. */
	const char *client_authorities;
};

#define HTTP_SOCKETS_MAX 8
struct http_options {
	const int *sockets; /* listening (os_listen); they become the server's */
	size_t sockets_len;
	const struct http_tls *tls; /* NULL: plain */
	bool plain_anywhere;	    /* plain HTTP on other addresses than loopback too */
	const struct http_route *routes;
	size_t routes_len;
	struct http_limits limits;
	/* How an error of the server's own is said; NULL: one line of text. */
	void (*refuse)(void *self, struct http_answer *answer, int status, const char *why);
	void (*note)(void *self, const struct http_note *note); /* NULL: nobody wants to know */
	void *self;
};

struct http_server;
/* Routes, and what they point to, must outlive the server; the rest is copied. */
tanu_status http_start(struct http_server **out, const struct http_options *options,
		       tanu_error *err);
/*
 * New connections get this certificate, those that are open are ended after their answer. Fails and
 * changes nothing when it cannot be used.
 */
tanu_status http_reload(struct http_server *server, const struct http_tls *tls, tanu_error *err);
/*
 * No new connections; what was asked gets its answer; then everything ends, at the latest after
 * `wait_ms` (handlers that still run are waited for in any case). Sets NULL.
 */
void http_stop(struct http_server **server, int wait_ms);
/* Connections open now, and streams among them. */
struct http_load {
	unsigned connections, streams;
};
struct http_load http_load(struct http_server *server);

/* ---- certificates ---- */

#define HTTP_PIN_LEN 53 /* "sha256//", base64 of 32 bytes, and zero: what net/ takes as a pin */
tanu_status http_pin(char out[HTTP_PIN_LEN], const char *certificate_pem, tanu_error *err);

/*
 * The certificate and key of a server in a folder ("tls.crt", "tls.key"), as PEM text. Missing ones
 * are made: ECDSA P-256, signed by itself, for these names (DNS names and addresses), valid 825
 * days. One made here is renewed, with the same key and so the same pin, from 60 days before its
 * end; one that the operator has put there is never touched. `*made` says that it was made or
 * renewed. Wipe `key`.
 */
tanu_status http_certificate(struct buf *certificate, struct buf *key, bool *made,
			     const char *folder, const char *const *names, size_t names_len,
			     int64_t now_ms, tanu_error *err);

/*
 * What a browser is known by: a new key with its certificate, as a PKCS #12 file under a new
 * password (wipe both), and the pin of the key (http_client.pin). A browser offers it to a server
 * that asks for certificates of `issuer`: http_tls.client_authorities is what http_client_issuer
 * writes. The issuer is a name and nothing else; whom a server knows it knows by the pin.
 */
#define HTTP_PACK_PASSWORD 17 /* 16 letters and digits, and zero */
tanu_status http_client_certificate(struct buf *p12, char password[HTTP_PACK_PASSWORD],
				    uint8_t pin[DIGEST_LEN], const char *issuer, const char *name,
				    int64_t now_ms, tanu_error *err);
tanu_status http_client_issuer(struct buf *pem, const char *issuer, int64_t now_ms,
			       tanu_error *err);

#endif
