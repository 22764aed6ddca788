/* SPDX-License-Identifier: Apache-2.0 */
/*
 * consent.h - the rules of consent as pure functions: who agreed to what, until when.
 *
 * No I/O, no clock, no memory: records and the time go in, a state comes out. The zero value of
 * every answer is the safe one: no consent.
 */
#ifndef TANU_CONSENT_H
#define TANU_CONSENT_H

#include <stddef.h>
#include <stdint.h>
#include <tanu/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TANU_ID_LEN 16 /* random bytes of every id; written as 32 lower-case hex digits */

typedef struct tanu_id {
	uint8_t b[TANU_ID_LEN];
} tanu_id;

/*
 * X(NAME, bit number, "word"). Calibration is of another kind than the rest: it lets references
 * that are there be compared with each other, so that error rates and look-alikes are known. Nobody
 * is recognised under it, and it covers no reference by itself.
 */
#define TANU_PURPOSE_LIST(X)           \
	X(ACCESS, 0, "access")         \
	X(ATTENDANCE, 1, "attendance") \
	X(VISIT, 2, "visit")           \
	X(IDENTITY, 3, "identity")     \
	X(CALIBRATION, 4, "calibration")

/* One purpose; a set of purposes is the bitwise or. */
typedef enum tanu_purpose {
	TANU_PURPOSE_NONE = 0,
#define X(name, bit, word) TANU_PURPOSE_##name = 1 << (bit),
	TANU_PURPOSE_LIST(X)
#undef X
} tanu_purpose;

typedef enum tanu_consent_state {
	TANU_CONSENT_NONE = 0,
	TANU_CONSENT_REQUESTED = 1,
	TANU_CONSENT_GIVEN = 2,
	TANU_CONSENT_REFUSED = 3,
	TANU_CONSENT_WITHDRAWN = 4,
	TANU_CONSENT_EXPIRED = 5,
	TANU_CONSENT_LAPSED = 6,   /* a guardian's consent at the subject's majority */
	TANU_CONSENT_REPLACED = 7, /* a newer consent to the same purpose took its place */
} tanu_consent_state;

typedef enum tanu_giver {
	TANU_GIVER_NONE = 0,
	TANU_GIVER_SELF = 1,
	TANU_GIVER_GUARDIAN = 2,
} tanu_giver;

/* One consent to one purpose, as the ledger holds it. */
typedef struct tanu_consent {
	tanu_id id;
	tanu_id subject;
	tanu_purpose purpose;
	tanu_consent_state state; /* as stored; the live state also depends on the clock */
	tanu_giver giver;
	tanu_id guardian;     /* when giver is TANU_GIVER_GUARDIAN */
	int64_t given_ms;     /* Unix milliseconds, UTC */
	int64_t not_after_ms; /* not live from this instant on */
	uint64_t sequence;    /* of the ledger entry that made this state */
} tanu_consent;

/* A civil date; month 1..12, day 1..31. */
typedef struct tanu_date {
	int16_t year;
	int8_t month;
	int8_t day;
} tanu_date;

/*
 * The state at `now_ms`: a given consent at or past its end is TANU_CONSENT_EXPIRED, and one given
 * at a later instant (the clock was set back) is TANU_CONSENT_NONE.
 */
TANU_API tanu_consent_state tanu_consent_state_at(const tanu_consent *consent, int64_t now_ms);

/*
 * The consent among `consents` that covers `purpose` for `subject` at `now_ms`, or NULL. Of several
 * the one that lasts longest. A refusal newer than a consent to the same purpose wins over it, by
 * `sequence`. The subject's own refusal, and that of another guardian, win over a guardian's
 * consent of any age, until whoever refused takes that back.
 */
TANU_API const tanu_consent *tanu_consent_find(const tanu_consent *consents, size_t consents_len,
					       const tanu_id *subject, tanu_purpose purpose,
					       int64_t now_ms);

/*
 * Completed years of age on a date; negative if born later. Who was born on 29 February is a year
 * older on 1 March where there is no such day.
 */
TANU_API int tanu_age_on(tanu_date born, tanu_date on);

/*
 * May this giver agree for a subject of this age? Below `majority_years` (18) only a guardian;
 * from then on only the subject. TANU_REFUSED (consent-rule) with the reason in words.
 */
TANU_API tanu_status tanu_consent_may_give(int age_years, tanu_giver giver, int majority_years,
					   tanu_error *err);

/* "access,visit" -> bits, and one purpose -> its word. */
TANU_API tanu_status tanu_purposes_parse(unsigned *out, const char *text, tanu_error *err);
TANU_API const char *tanu_purpose_name(tanu_purpose purpose);
TANU_API const char *tanu_consent_state_name(tanu_consent_state state);
TANU_API const char *tanu_giver_name(tanu_giver giver);

#ifdef __cplusplus
}
#endif
#endif
