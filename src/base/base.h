/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base.h - what everything stands on: checks, the byte cursor, growing buffers, hex, civil time,
 * the clock and randomness that are handed in, and the settings table.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tanu/consent.h>
#include <tanu/error.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* A wrong call by our own code: abort in debug builds, TANU_ARG in release builds. */
#ifdef NDEBUG
#define BAD_CALL(err, what) tanu_fail((err), TANU_ERR_BAD_CALL, __func__, "%s", (what))
#else
_Noreturn void base_bad_call(const char *func, const char *what);
#define BAD_CALL(err, what) ((void)(err), base_bad_call(__func__, (what)), TANU_ARG)
#endif

/* Put a place before the one an inner call has named: "people.csv" + "row 3" -> "people.csv: row
 * 3". */
void error_prefix_place(tanu_error *err, const char *outer);

/*
 * Byte cursor over bytes from outside. A read past the end, or a failed check, sets `failed` and
 * yields zero; it stays failed, so that a frame is checked once at its end with rd_ok or rd_end.
 */
struct rd {
	const uint8_t *p;
	const uint8_t *end;
	bool failed;
};

void rd_init(struct rd *r, const void *bytes, size_t bytes_len);
uint8_t rd_u8(struct rd *r);
uint16_t rd_u16be(struct rd *r);
uint16_t rd_u16le(struct rd *r);
uint32_t rd_u32be(struct rd *r);
uint32_t rd_u32le(struct rd *r);
uint64_t rd_u64le(struct rd *r);
int64_t rd_i64le(struct rd *r);
float rd_f32le(struct rd *r);
/* `len` bytes in place, or NULL. */
const uint8_t *rd_bytes(struct rd *r, size_t len);
void rd_copy(struct rd *r, void *out, size_t len); /* zero-fills when it fails */
size_t rd_left(const struct rd *r);
void rd_fail(struct rd *r);
bool rd_ok(const struct rd *r);
bool rd_end(const struct rd *r); /* ok and everything read */

/*
 * Growing buffer with an upper bound. A failed append sets `failed` and stays failed.
 * Zero-initialise, set `max` (0: 1 GiB); buf_free frees, buf_wipe zeroes all of it and frees.
 */
struct buf {
	uint8_t *data;
	size_t len;
	size_t cap;
	size_t max;
	bool failed;
};

void buf_put(struct buf *b, const void *bytes, size_t len);
void buf_u8(struct buf *b, uint8_t v);
void buf_u16le(struct buf *b, uint16_t v);
void buf_u32le(struct buf *b, uint32_t v);
void buf_u64le(struct buf *b, uint64_t v);
void buf_f32le(struct buf *b, float v);
void buf_str(struct buf *b, const char *text); /* without its final zero */
void buf_printf(struct buf *b, const char *fmt, ...) TANU_PRINTF(2, 3);
const char *buf_cstr(struct buf *b);			     /* terminates; "" when failed */
const char *buf_text(const struct buf *b, const char **end); /* to walk over; never NULL */
tanu_status buf_check(const struct buf *b, tanu_error *err);
void buf_free(struct buf *b);
void buf_wipe(struct buf *b);

/* Zero memory so that the compiler can't drop it. */
void mem_wipe(void *p, size_t len);

/* Ids as 32 lower-case hex digits. */
#define ID_HEX_LEN 33 /* with the final zero */
void id_hex(char out[ID_HEX_LEN], const tanu_id *id);
bool id_parse(tanu_id *out, const char *hex);
bool id_equal(const tanu_id *a, const tanu_id *b); /* ids are not secret */
bool id_is_zero(const tanu_id *id);
void hex_encode(char *out, const uint8_t *bytes, size_t bytes_len); /* 2 * len + 1 chars */
bool hex_decode(uint8_t *out, size_t out_len, const char *hex);	    /* exactly out_len bytes */

/* Civil time, proleptic Gregorian, UTC. */
int64_t date_to_days(tanu_date d); /* days since 1970-01-01 */
tanu_date date_from_days(int64_t days);
tanu_date date_from_ms(int64_t unix_ms);
bool date_valid(tanu_date d);
bool date_parse(tanu_date *out, const char *text); /* YYYY-MM-DD */
#define DATE_TEXT_LEN 12
/* "2026-01-31"; of an invalid date "1970-01-01". Returns `out`. */
const char *date_text(char out[DATE_TEXT_LEN], tanu_date date);
#define TIME_TEXT_LEN 25 /* 2026-01-31T08:00:00.000Z and zero */
void time_text(char out[TIME_TEXT_LEN], int64_t unix_ms);
/* As time_text writes it, later than 1970: what does not come out the same is none. */
bool time_parse(int64_t *out, const char *text);

/* Clock and randomness are handed in, so that a test can say "03:00". */
struct clock_source {
	int64_t (*now_ms)(void *self); /* Unix milliseconds, UTC */
	void *self;
};

struct random_source {
	void (*fill)(void *self, void *out, size_t len); /* cannot fail */
	void *self;
};

static inline int64_t clock_now(const struct clock_source *c)
{
	return c->now_ms(c->self);
}

static inline void random_fill(const struct random_source *r, void *out, size_t len)
{
	r->fill(r->self, out, len);
}

/*
 * Settings table: one row per operator number. The man page, `tanu doctor` and the console are
 * drawn from it. Values are kept as text in rows of struct setting_value, parsed and checked when
 * set.
 */
enum setting_kind { SETTING_INT, SETTING_FLOAT, SETTING_BOOL, SETTING_TEXT };

struct setting_row {
	const char *name; /* "match.fmr": section.key of the ini file */
	const char *unit; /* "ms", "px", "" */
	enum setting_kind kind;
	const char *value; /* default, as text */
	double min, max;   /* for numbers */
	bool reloadable;
	const char *help; /* one line */
};

struct settings {
	const struct setting_row *rows;
	size_t count;
	char (*values)[256]; /* one per row */
	bool *given;	     /* likewise: somebody set it */
};

tanu_status settings_init(struct settings *s, const struct setting_row *rows, size_t count,
			  tanu_error *err); /* all defaults */
void settings_free(struct settings *s);
tanu_status settings_set(struct settings *s, const char *name, const char *value, tanu_error *err);
/* Another default: as settings_set, but what somebody has set stays. */
tanu_status settings_default(struct settings *s, const char *name, const char *value,
			     tanu_error *err);
/* The name must be in the table (asserted). */
int64_t settings_int(const struct settings *s, const char *name);
double settings_float(const struct settings *s, const char *name);
bool settings_bool(const struct settings *s, const char *name);
const char *settings_text(const struct settings *s, const char *name);
bool settings_given(const struct settings *s, const char *name);

#endif
