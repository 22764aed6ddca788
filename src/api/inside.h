/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - (inside api/) the table of operations, one call on its way, and what handlers share.
 */
#ifndef API_INSIDE_H
#define API_INSIDE_H

#include "api/api.h"
#include "auth/auth.h"

#include <pthread.h>
#include <regex.h>
#include <stdatomic.h>

#define API_PREFIX	   "/api/v1"
#define PARAMETERS_MAX	   8
#define OPERATIONS_MAX	   128
#define SPEC_PATTERNS_MAX  64
#define SCHEMA_PENDING_MAX 4096
#define SCHEMA_TODO_MAX	   256
#define SCHEMA_PLACE_LEN   96

/* ---- yaml.c, spec.c, schema.c: openapi.yaml ---- */

tanu_status yaml_to_json(struct buf *out, const char *yaml, size_t yaml_len, tanu_error *err);

enum parameter_place { PARAMETER_PATH, PARAMETER_QUERY, PARAMETER_HEADER };
struct parameter {
	const char *name;
	enum parameter_place where;
	json_value schema;
};

struct call;
typedef tanu_status (*call_handler)(struct call *c, tanu_error *err);

struct spec;
struct operation {
	const struct spec *spec;
	const char *id, *method;
	char pattern[128]; /* with the prefix */
	json_value node;
	bool anyone;
	unsigned roles, scope;
	bool look;	 /* a staff member's call is a look at this person */
	bool tablet;	 /* answered at the address of tablets too */
	bool repeatable; /* takes an Idempotency-Key */
	struct parameter parameters[PARAMETERS_MAX];
	size_t parameters_len;
	json_value content; /* of its body, by media type; NULL: none */
	json_value body;    /* the schema of a JSON body */
	size_t body_max;
	/* filled by operations.c */
	call_handler handle;
	bool unguarded; /* the handler takes the guard itself */
	struct api *api;
};

struct spec {
	struct buf json;
	struct json_doc *doc;
	struct {
		const char *text;
		regex_t compiled;
	} patterns[SPEC_PATTERNS_MAX];
	size_t patterns_len;
	struct operation operations[OPERATIONS_MAX];
	size_t operations_len;
};
tanu_status spec_open(struct spec **out, tanu_error *err);
void spec_close(struct spec **spec);
tanu_status spec_compile_patterns(struct spec *spec, tanu_error *err);
json_value spec_resolve(const struct spec *spec, json_value value);

/* TANU_INPUT (json), with the member as the place. */
tanu_status schema_check(const struct spec *spec, json_value schema, json_value value,
			 const char *place, tanu_error *err);
tanu_status schema_check_text(const struct spec *spec, json_value schema, const char *text,
			      const char *place, tanu_error *err);

/* ---- the API ---- */

struct capture;
struct looks;

struct api {
	struct service *service; /* under the guard; NULL while the folder is lent */
	struct auth *auth;
	struct spec *spec;
	struct http_route *routes;
	size_t routes_len;
	struct api_options options;
	struct clock_source clock;
	struct os_turns guard; /* its sign: nobody is paused inside the service */
	unsigned paused;       /* calls that let others at it for a while */
	bool lending;	       /* no new call begins */
	struct captures *captures;
	struct scans *scans;
	struct checks *checks;
	struct looks *looks;
	struct feed *feed;
	struct metrics *metrics;
	struct tablet_routes *tablets;
	struct http_folder log;
};

/* ---- call.c: one call ---- */

struct call {
	struct api *api;
	const struct operation *op;
	const struct http_request *request;
	struct http_answer *answer;
	struct session_view who; /* zero: nobody */
	bool signed_in, by_key;
	tanu_id subject;       /* of the path, where it has one */
	bool has_subject, own; /* own: herself or a child of hers, as a person */
	bool herself;
	struct json_doc *doc;
	json_value body; /* checked by its schema */
	/* the answer, JSON unless `type` says otherwise */
	int status;
	const char *type;
	struct buf out;
	struct json_w w;
	bool plain;    /* `out` is not JSON: it was filled directly */
	bool answered; /* the handler has filled the http_answer itself */
	unsigned wait_s;
	char cookie[SESSION_TEXT_LEN]; /* to be set; "-": to be taken away */
	char etag[80];
};

void call_handle(void *operation, const struct http_request *request, struct http_answer *answer);

/* Reads of what was checked already. "" or 0 when it is absent. */
const char *call_text(const struct call *c, const char *member);
bool call_flag(const struct call *c, const char *member);
/* An id of the body; false: absent. */
bool call_id(const struct call *c, tanu_id *out, const char *member);
/* A parameter of the path, by name; asserted to be there. */
const char *call_param(const struct call *c, const char *name);
tanu_id call_param_id(const struct call *c, const char *name);
/* TANU_USAGE (date). */
tanu_status call_date(const struct call *c, tanu_date *out, const char *member, tanu_error *err);
/* A set; 0: absent. */
unsigned call_purposes(const struct call *c, const char *member);
/* Who says it: in the portal whoever is signed in, at the desk what the officer says. `needed`:
 * TANU_INPUT (json) when it is not said. */
tanu_status call_giver(const struct call *c, tanu_giver *by, tanu_id *guardian, bool needed,
		       tanu_error *err);
/* The registered notice that the body's `notice` names; `text` holds it. TANU_NOT_FOUND
 * (record-missing). */
tanu_status notice_of(const struct call *c, struct notice *out, struct buf *text, tanu_error *err);
const char *session_secret(const struct http_request *request, char out[SESSION_TEXT_LEN]);
/* Who asks, for counting wrong tries. */
#define CALL_ADDRESS_LEN 64
void call_address(const struct http_request *request, char out[CALL_ADDRESS_LEN]);
/* 304 when the client has it. True: nothing else is to be answered. */
bool call_etag(struct call *c, const void *bytes, size_t len);

void api_enter(struct api *api);
void api_leave(struct api *api);
/* Inside the guard: TANU_BUSY (folder-busy) while the folder is lent, or about to be. */
tanu_status api_there(const struct api *api, tanu_error *err);

/* An error as problem JSON, with the status that fits its code. */
int problem_status(const tanu_error *e);
void problem_answer(struct http_answer *answer, const tanu_error *e, unsigned wait_s);
void security_headers(struct http_answer *answer);

/* ---- access.c: which people somebody may reach ---- */

/* TANU_NOT_FOUND (subject-missing) where a person is neither herself nor a child of hers, or is
 * barred. Under the guard. */
tanu_status access_check(struct call *c, tanu_error *err);
/* A look of staff at this person stands in her history. Under the guard. */
tanu_status look_note(struct call *c, tanu_error *err);
tanu_status looks_open(struct looks **out, tanu_error *err);
void looks_close(struct looks **looks);

/* ---- page.c: lists in pages ---- */

#define PAGE_STANDARD 50
struct page {
	size_t limit, from; /* from: how many come before */
};
tanu_status page_read(const struct call *c, struct page *out, tanu_error *err);
void page_next(struct call *c, size_t next_from);

/* ---- write.c: what several answers hold ---- */

void put_purposes(struct json_w *w, const char *key, unsigned purposes);
void put_date(struct json_w *w, const char *key, tanu_date date);
void put_sha256(struct json_w *w, const char *key, const uint8_t digest[32]); /* not zeros */
void put_clean(struct json_w *w, const char *key, const char *text);
void put_roles(struct json_w *w, unsigned roles);
void put_account(struct json_w *w, const char *key, const struct account_view *v);
void put_subject(struct call *c, const char *key, const struct subject_view *v);
tanu_status put_erasure(struct call *c, const struct erasure_receipt *receipt, tanu_error *err);
/* The body is this text, as it stands. */
void put_plain(struct call *c, const char *type);
/* Lines of a text as an array of strings. */
void put_lines(struct json_w *w, const char *key, const struct buf *text);

/* ---- drawn.c: a signature on the screen of the desk ---- */

struct drawn_for {
	const char *word; /* "given", "refused" */
	unsigned purposes;
	tanu_id guardian;	     /* who signs in her place; zero: she herself */
	const struct notice *notice; /* NULL: none was read */
};
struct drawn {
	struct buf picture;
	struct consent_evidence evidence;
	const struct consent_evidence *given; /* NULL: nothing was signed */
};
/* Of the body's `signature`, where it has one. TANU_INPUT, TANU_USAGE. Free it also after a
 * failure; it must not move meanwhile. */
tanu_status drawn_take(const struct call *c, struct drawn *out, const struct drawn_for *what,
		       tanu_error *err);
void drawn_free(struct drawn *drawn);

/* ---- captures.c ---- */

tanu_status captures_open(struct captures **out, tanu_error *err);
void captures_close(struct captures **captures); /* wipes */
void captures_sweep(struct api *api);
/* A capture, and whose it is: of an account, or of a check (assertions.c). */
struct owned {
	tanu_id capture, owner;
};
/* Of the call's path, and of whoever calls. */
struct owned owned_of(const struct call *c);
/* For verifying one person; `which->capture` is filled. TANU_BUSY when there are too many. */
tanu_status capture_make(struct call *c, struct owned *which, const tanu_id *subject,
			 tanu_purpose purpose, tanu_error *err);
/* One frame of the request, and the answer to it. TANU_NOT_FOUND (record-missing), and the like. */
tanu_status capture_take(struct call *c, const struct owned *which, tanu_error *err);
/* Wiped at once. False: there was none. */
bool capture_forget(struct call *c, const struct owned *which);
/* The frames that the body's `frames` names; the capture is this call's alone until use_end. */
struct use {
	struct capture *capture; /* NULL: it was not begun */
	struct photograph photo[SAMPLES_MAX];
	int64_t number[SAMPLES_MAX];
	size_t len;
	struct liveness_result live; /* of the face that they show */
};
tanu_status use_begin(const struct call *c, struct use *use, const struct owned *which, bool enrol,
		      tanu_error *err);
/* `done`: it is wiped; else other frames may follow. */
void use_end(const struct call *c, struct use *use, bool done);

/* ---- forms.c: forms on paper, and scans of them ---- */

struct scans;
tanu_status scans_open(struct scans **out, tanu_error *err);
void scans_close(struct scans **scans); /* wipes */
void scans_sweep(struct api *api);

/* ---- tablets.c: browsers known by their certificate ---- */

/* After the routes. */
tanu_status tablets_open(struct api *api, tanu_error *err);
void tablets_close(struct tablet_routes **tablets);
/* TANU_REFUSED (tablet) where faces are compared at tablets and this is none. Under the guard. */
tanu_status tablet_needed(const struct call *c, tanu_error *err);

/* ---- assertions.c: answers to relying parties ---- */

struct checks;
tanu_status checks_open(struct checks **out, tanu_error *err);
void checks_close(struct checks **checks); /* wipes */

/* ---- feed.c: events, live ---- */

tanu_status feed_open(struct feed **out, tanu_error *err);
void feed_close(struct feed **feed);
void feed_say(struct api *api, const char *event, const tanu_id *subject);
/* Of a gate, at that time. */
void feed_say_at(struct api *api, const char *event, const tanu_id *subject, const tanu_id *gate,
		 int64_t at_ms);

/* ---- metrics.c ---- */

tanu_status metrics_open(struct metrics **out, tanu_error *err);
/* A message to a webhook could not be kept. */
void metrics_hook_lost(struct metrics *metrics);
void metrics_close(struct metrics **metrics);
void metrics_handle(void *api, const struct http_request *request, struct http_answer *answer);
void health_handle(void *api, const struct http_request *request, struct http_answer *answer);

/* ---- assets.c: pages that are part of the program; log files ---- */

void assets_handle(void *api, const struct http_request *request, struct http_answer *answer);
void spec_handle(void *api, const struct http_request *request, struct http_answer *answer);
void log_handle(void *api, const struct http_request *request, struct http_answer *answer);
void nothing_handle(void *api, const struct http_request *request, struct http_answer *answer);

/* ---- operations.c: which function answers which operation ---- */

tanu_status operations_bind(struct api *api, tanu_error *err);

#endif
