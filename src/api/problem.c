/* SPDX-License-Identifier: Apache-2.0 */
/* Errors as problem JSON (RFC 9457). */
#include "api/inside.h"

#include <stdio.h>
#include <string.h>

#define BUSY_WAIT_S 2

static const struct {
	tanu_error_code code;
	int status;
} by_code[] = {
    {TANU_ERR_SIGNED_OUT, 401},	 {TANU_ERR_SIGN_IN, 401},	 {TANU_ERR_SECOND_FACTOR, 401},
    {TANU_ERR_INVITATION, 403},	 {TANU_ERR_ROLE, 403},		 {TANU_ERR_FORGED, 403},
    {TANU_ERR_TABLET, 403},	 {TANU_ERR_CONFLICT, 409},	 {TANU_ERR_REPEATED, 409},
    {TANU_ERR_NO_FACE, 422},	 {TANU_ERR_FACE_QUALITY, 422},	 {TANU_ERR_NOT_LIVE, 422},
    {TANU_ERR_SIGNATURE, 422},	 {TANU_ERR_NO_SIGNATURE, 422},	 {TANU_ERR_CRYPTO, 422},
    {TANU_ERR_PASSWORD, 422},	 {TANU_ERR_CHILD_DIED, 422},	 {TANU_ERR_CHILD_TIMEOUT, 422},
    {TANU_ERR_IMAGE_LIMIT, 413}, {TANU_ERR_FILE_TOO_LARGE, 413}, {TANU_ERR_NO_CODE, 422},
};

static const struct {
	tanu_status status;
	int http;
	const char *title;
} by_status[] = {
    {TANU_USAGE, 422, "Not understood"},
    {TANU_REFUSED, 409, "Refused by a rule"},
    {TANU_INPUT, 400, "Not as it should be"},
    {TANU_NOT_FOUND, 404, "Not there"},
    {TANU_LIMIT, 413, "Too large"},
    {TANU_BUSY, 503, "Busy"},
    {TANU_UNSUPPORTED, 501, "Not possible here"},
    {TANU_TIMEOUT, 504, "Took too long"},
    {TANU_ERASED, 410, "Erased"},
};

int problem_status(const tanu_error *e)
{
	for (size_t i = 0; i < ARRAY_LEN(by_code); i++)
		if (by_code[i].code == e->code)
			return by_code[i].status;
	for (size_t i = 0; i < ARRAY_LEN(by_status); i++)
		if (by_status[i].status == e->status)
			return by_status[i].http;
	return 500;
}

static const char *title_of(const tanu_error *e)
{
	for (size_t i = 0; i < ARRAY_LEN(by_status); i++)
		if (by_status[i].status == e->status)
			return by_status[i].title;
	return "Trouble inside";
}

static void problem_put(struct buf *out, const tanu_error *e, int status)
{
	const char *word = tanu_error_name(e->code);
	char type[96];
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	snprintf(type, sizeof(type), "urn:tanu:error:%s", word);
	jw_text(&w, "type", type);
	jw_text(&w, "title", title_of(e));
	jw_int(&w, "status", status);
	jw_text(&w, "code", word);
	put_clean(&w, "detail", e->message);
	/* Of trouble inside, the place is a path of this machine. */
	if (*e->place && status < 500)
		put_clean(&w, "place", e->place);
	jw_end_object(&w);
}

void problem_answer(struct http_answer *answer, const tanu_error *e, unsigned wait_s)
{
	int status = problem_status(e);
	struct buf out = {0};

	if (wait_s && e->code == TANU_ERR_HELD)
		status = 429;
	if (status == 503)
		wait_s = BUSY_WAIT_S;
	if (status == 401)
		http_set(answer, "WWW-Authenticate", "Bearer");
	if (wait_s)
		http_set(answer, "Retry-After", "%u", wait_s);
	problem_put(&out, e, status);
	http_body(answer, status, "application/problem+json", &out);
	buf_wipe(&out);
}

void api_refuse(void *self, struct http_answer *answer, int status, const char *why)
{
	static const struct {
		int status;
		tanu_error_code code;
	} codes[] = {{404, TANU_ERR_NO_ROUTE},
		     {405, TANU_ERR_NO_ROUTE},
		     {413, TANU_ERR_FILE_TOO_LARGE},
		     {503, TANU_ERR_FOLDER_BUSY},
		     {500, TANU_ERR_IO}};
	tanu_error e = {.code = TANU_ERR_FORMAT, .status = TANU_INPUT};
	struct buf out = {0};

	(void)self;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (codes[i].status == status)
			e.code = codes[i].code;
	snprintf(e.message, sizeof(e.message), "%s", why);
	if (status == 503)
		http_set(answer, "Retry-After", "%d", BUSY_WAIT_S);
	problem_put(&out, &e, status);
	http_body(answer, status, "application/problem+json", &out);
	buf_wipe(&out);
}
