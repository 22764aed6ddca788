/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.h - how every call of Tanu says what went wrong.
 *
 * A call returns TANU_OK (0) or a negative tanu_status. When the last argument is a tanu_error and
 * is not NULL, a failing call fills it with a stable code, the place (a file, a field, a row) and
 * one plain sentence that says what to do. Outputs change only on success. There is no global "last
 * error". An error never names a person and never holds a face or an embedding.
 */
#ifndef TANU_ERROR_H
#define TANU_ERROR_H

#include <tanu/registry.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TANU_API	       __attribute__((visibility("default")))
#define TANU_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define TANU_API
#define TANU_PRINTF(fmt, args)
#endif

typedef enum tanu_status {
#define X(name, number, exit_code, meaning) TANU_##name = (number),
	TANU_STATUS_LIST(X)
#undef X
} tanu_status;

typedef enum tanu_error_code {
#define X(name, word, status, meaning) TANU_ERR_##name,
	TANU_ERROR_LIST(X)
#undef X
	    TANU_ERR_COUNT
} tanu_error_code;

typedef enum tanu_exit {
#define X(name, number, meaning) TANU_EXIT_##name = (number),
	TANU_EXIT_LIST(X)
#undef X
} tanu_exit;

typedef enum tanu_event {
	TANU_EVENT_NONE = 0,
#define X(name, number, word) TANU_EVENT_##name = (number),
	TANU_EVENT_LIST(X)
#undef X
} tanu_event;

/* What went wrong. Zero-initialised means "nothing did". */
typedef struct tanu_error {
	tanu_status status;
	tanu_error_code code;
	char place[192];   /* where: a file name, a field, a row; may be empty */
	char message[512]; /* one plain sentence, no final newline */
} tanu_error;

/*
 * Fill `err` (NULL is allowed) and return the status that belongs to `code`. `place` may be NULL.
 * Text longer than its field is cut at a character boundary.
 */
TANU_API tanu_status tanu_fail(tanu_error *err, tanu_error_code code, const char *place,
			       const char *fmt, ...) TANU_PRINTF(4, 5);

/* Stable words for programs and logs. Unknown numbers give "unknown". */
TANU_API const char *tanu_status_name(tanu_status status);
TANU_API const char *tanu_error_name(tanu_error_code code);
TANU_API const char *tanu_event_name(tanu_event event);

/* The exit code a program ends with after this status. */
TANU_API tanu_exit tanu_exit_for(tanu_status status);

#ifdef __cplusplus
}
#endif
#endif
