/* SPDX-License-Identifier: Apache-2.0 */
#include "store/suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define DAY_MS ((int64_t)86400000)

tanu_error why;

void must(tanu_status st)
{
	if (st < 0)
		fail_msg("%s: %s (%s)", why.place, why.message, tanu_error_name(why.code));
}

/* Spread over all values, as random ids are, so that rows come in no order. */
tanu_id sample_id(uint8_t tag, uint32_t n)
{
	uint64_t x = ((uint64_t)tag << 32 | n) * 0x9E3779B97F4A7C15u;
	tanu_id id;

	for (size_t i = 0; i < sizeof(id.b); i++) {
		x ^= x >> 29;
		x *= 0xBF58476D1CE4E5B9u;
		id.b[i] = (uint8_t)(x >> 56);
	}
	return id;
}

void sample_sealed(struct buf *out, uint32_t seed, size_t len)
{
	uint64_t x = seed + 1;

	for (size_t i = 0; i < len; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		buf_u8(out, (uint8_t)(x >> 56));
	}
}

int64_t sample_now(void)
{
	struct clock_source clock = os_clock();

	return clock_now(&clock);
}

tanu_id put_subject(struct store *s, uint32_t n)
{
	struct subject_row row = {
	    .id = sample_id('s', n), .state = SUBJECT_ACTIVE, .created_ms = 1000 + n};

	sample_sealed(&row.profile, 1000000 + n, 100);
	must(s->calls->subject_put(s, &row, &why));
	buf_free(&row.profile);
	return row.id;
}

static tanu_id put_consent_to(struct store *s, const tanu_id *subject, tanu_purpose purpose,
			      uint32_t n, int64_t not_after_ms)
{
	struct consent_row row = {.consent = {.id = sample_id('c', n),
					      .subject = *subject,
					      .purpose = purpose,
					      .state = TANU_CONSENT_GIVEN,
					      .given_ms = sample_now() - 400 * DAY_MS,
					      .not_after_ms = not_after_ms}};

	must(s->calls->sequence_next(s, &row.consent.sequence, &why));
	sample_sealed(&row.detail, 2000000 + n, 200);
	must(s->calls->consent_put(s, &row, &why));
	buf_free(&row.detail);
	return row.consent.id;
}

tanu_id put_consent(struct store *s, const tanu_id *subject, uint32_t n, int64_t not_after_ms)
{
	return put_consent_to(s, subject, TANU_PURPOSE_ACCESS, n, not_after_ms);
}

tanu_id put_calibration(struct store *s, const tanu_id *subject, uint32_t n, int64_t not_after_ms)
{
	return put_consent_to(s, subject, TANU_PURPOSE_CALIBRATION, n, not_after_ms);
}

tanu_status put_lookalike(struct store *s, const tanu_id *subject, uint32_t n, tanu_error *err)
{
	struct lookalike_row row = {.id = sample_id('l', n), .subject = *subject};
	tanu_status st;

	sample_sealed(&row.sealed, 5000000 + n, 90);
	st = s->calls->lookalike_put(s, &row, err);
	buf_free(&row.sealed);
	return st;
}

void put_reference(struct store *s, const tanu_id *subject, const tanu_id *consent, uint32_t n)
{
	struct reference_row row = {.id = sample_id('r', n),
				    .subject = *subject,
				    .consent = *consent,
				    .created_ms = sample_now(),
				    .not_after_ms = REFERENCE_ENDLESS};

	sample_sealed(&row.sealed, 3000000 + n, 640);
	must(s->calls->reference_put(s, &row, &why));
	buf_free(&row.sealed);
}

void put_event(struct store *s, const tanu_id *subject, uint32_t n, int64_t at_ms,
	       uint64_t sequence)
{
	struct event_row row = {.id = sample_id('e', n),
				.subject = *subject,
				.sequence = sequence,
				.at_ms = at_ms,
				.quarter = 8104};

	sample_sealed(&row.sealed, 4000000 + n, 80);
	must(s->calls->event_put(s, &row, &why));
	buf_free(&row.sealed);
}
