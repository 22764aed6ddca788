/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word;
	tanu_status status;
} codes[] = {
#define X(name, word, status, meaning) {word, TANU_##status},
    TANU_ERROR_LIST(X)
#undef X
};

/* Cut a UTF-8 text that was longer than its field at the last whole character. */
static void cut_utf8(char *text)
{
	size_t n = strlen(text);
	size_t i = n;

	while (i > 0 && ((unsigned char)text[i - 1] & 0xC0) == 0x80)
		i--;
	if (i == 0)
		return;
	unsigned char lead = (unsigned char)text[i - 1];
	size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;

	if (n - (i - 1) < need)
		text[i - 1] = '\0';
}

static void put_place(tanu_error *err, const char *place)
{
	snprintf(err->place, sizeof(err->place), "%.*s", (int)sizeof(err->place) - 1,
		 place ? place : "");
	cut_utf8(err->place);
}

tanu_status tanu_fail(tanu_error *err, tanu_error_code code, const char *place, const char *fmt,
		      ...)
{
	va_list ap;

	if ((size_t)code >= ARRAY_LEN(codes))
		code = TANU_ERR_BAD_CALL;
	if (err) {
		err->status = codes[code].status;
		err->code = code;
		put_place(err, place);
		va_start(ap, fmt);
		vsnprintf(err->message, sizeof(err->message), fmt, ap);
		va_end(ap);
		cut_utf8(err->message);
	}
	return codes[code].status;
}

void error_prefix_place(tanu_error *err, const char *outer)
{
	char inner[sizeof(err->place)];
	char first[sizeof(err->place)];
	char joined[2 * sizeof(inner) + 2];

	if (!err || !outer || !*outer)
		return;
	if (!err->place[0]) {
		put_place(err, outer);
		return;
	}
	memcpy(inner, err->place, sizeof(inner));
	snprintf(first, sizeof(first), "%s", outer);
	cut_utf8(first);
	snprintf(joined, sizeof(joined), "%s: %s", first, inner);
	put_place(err, joined);
}

const char *tanu_status_name(tanu_status status)
{
	switch (status) {
#define X(name, number, exit_code, meaning) \
	case TANU_##name:                   \
		return #name;
		TANU_STATUS_LIST(X)
#undef X
	}
	return "unknown";
}

const char *tanu_error_name(tanu_error_code code)
{
	return (size_t)code < ARRAY_LEN(codes) ? codes[code].word : "unknown";
}

const char *tanu_event_name(tanu_event event)
{
	switch (event) {
	case TANU_EVENT_NONE:
		break;
#define X(name, number, word)   \
	case TANU_EVENT_##name: \
		return word;
		TANU_EVENT_LIST(X)
#undef X
	}
	return "unknown";
}

tanu_exit tanu_exit_for(tanu_status status)
{
	switch (status) {
#define X(name, number, exit_code, meaning) \
	case TANU_##name:                   \
		return (tanu_exit)(exit_code);
		TANU_STATUS_LIST(X)
#undef X
	}
	return TANU_EXIT_SYSTEM;
}

#ifndef NDEBUG
_Noreturn void base_bad_call(const char *func, const char *what)
{
	fprintf(stderr, "tanu: wrong call of %s: %s\n", func, what);
	abort();
}
#endif
