/* SPDX-License-Identifier: Apache-2.0 */
/*
 * office.h - a site in memory with its API behind plain HTTP, somebody signed in for every role,
 * and a client that holds each answer against openapi.yaml.
 */
#ifndef TESTS_API_OFFICE_H
#define TESTS_API_OFFICE_H

#include "http/site.h"

#include "api/inside.h"

#include <string.h>

#define MUST(call)                                                                       \
	do {                                                                             \
		tanu_error must_err = {0};                                               \
		tanu_error *err = &must_err;                                             \
                                                                                         \
		(void)err;                                                               \
		if ((call) != TANU_OK)                                                   \
			fail_msg("%s: %s: %s", #call, must_err.place, must_err.message); \
	} while (0)

/* Who asks: an index into office.caller. */
enum who {
	NOBODY,
	OPERATOR,
	ENROLMENT,
	PRESENCE,
	AUDITOR,
	ADMINISTRATOR,
	PERSON, /* an adult of the site: the mother */
	KEY,	/* of a program, with all scopes */
	WHOS
};
extern const char *const who_words[WHOS];

/* Of everybody, but of the key. */
#define OFFICE_PASSWORD "the words of everybody"

struct caller {
	char secret[SESSION_TEXT_LEN], token[SESSION_TEXT_LEN], key[API_KEY_TEXT_LEN];
};

struct office {
	struct site site; /* the listening server */
	char root[64], dir[96], outbox[96];
	struct service *service;
	struct api *api;
	struct caller caller[WHOS];
	tanu_id mother, child, stranger; /* stranger: an adult, nobody's guardian */
	tanu_id infant;			 /* too young to be asked */
	int64_t ahead_ms;
	const char *host; /* that callers name; NULL: "x" */
	tanu_status (*judge)(struct liveness *out, tanu_error *err); /* NULL: the real one */
	/* of the last call */
	int status;
	char code[64]; /* of a problem */
	struct json_doc *doc;
	json_value json; /* NULL: the answer was no JSON */
	const char *text;
	const char *answer; /* all of it */
};

int office_setup(void **state);
int office_teardown(void **state);
/* So much later everybody signs in anew. */
void office_later(struct office *o, int64_t ms);
/* The program died, and is started again: what is in memory only is gone. */
void office_restart(struct office *o);

/*
 * One call; `path` without the prefix, `headers` whole lines or NULL, `body` NULL: none. The type
 * is application/json unless `headers` has a Content-Type. The answer is held against openapi.yaml:
 * status, code, and the schema of what came.
 */
int ask_api(struct office *o, enum who who, const char *method, const char *path,
	    const char *headers, const void *body, size_t body_len);
/* The same with JSON, printed. */
int api(struct office *o, enum who who, const char *method, const char *path, const char *fmt, ...)
    TANU_PRINTF(5, 6);
/* Members of the last answer. */
const char *word(struct office *o, const char *member);
/* "/subjects/ID/rest" */
const char *at_subject(const tanu_id *id, const char *rest);

/* Has this operation succeeded in this program? */
bool office_driven(size_t operation);
/* Has an answer in this program been error number `error` of x-errors of that operation? */
bool office_provoked(size_t operation, size_t error);
/* Can any call be answered by it? */
bool office_common(const char *code);

#define assert_api(want, call)                                                                   \
	do {                                                                                     \
		int got_ = (call);                                                               \
                                                                                                 \
		if (got_ != (want))                                                              \
			fail_msg("%s gave %d (%s) instead of %d", #call, got_, o->text, (want)); \
	} while (0)

#endif
