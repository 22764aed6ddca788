/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suite.h - what every back end of store.h must do. A back end's test program says how to open its
 * database, and runs store_suite_run; what only that back end has, it tests itself.
 */
#ifndef TESTS_STORE_SUITE_H
#define TESTS_STORE_SUITE_H

#include "store/store.h"

struct store_backend {
	const char *name;
	/* Open the test database; `create`: a new one, and what was there before is gone. */
	tanu_status (*open)(struct store **out, bool create, tanu_error *err);
};

/* The number of failed tests. */
int store_suite_run(const struct store_backend *backend);

/* Samples: ids count up from their tag, sealed bytes are random-looking but always the same. */
tanu_id sample_id(uint8_t tag, uint32_t n);
void sample_sealed(struct buf *out, uint32_t seed, size_t len);
int64_t sample_now(void); /* the machine's clock, as the second lock sees it */

/* Put rows inside the present transaction; each fails the test when refused. */
tanu_id put_subject(struct store *s, uint32_t n);
tanu_id put_consent(struct store *s, const tanu_id *subject, uint32_t n, int64_t not_after_ms);
void put_reference(struct store *s, const tanu_id *subject, const tanu_id *consent, uint32_t n);
/* A consent to calibration, which a look-alike needs. */
tanu_id put_calibration(struct store *s, const tanu_id *subject, uint32_t n, int64_t not_after_ms);
tanu_status put_lookalike(struct store *s, const tanu_id *subject, uint32_t n, tanu_error *err);
void put_event(struct store *s, const tanu_id *subject, uint32_t n, int64_t at_ms,
	       uint64_t sequence);

/* must(call(..., &why)) fails the test with the error's own words. */
extern tanu_error why;
void must(tanu_status st);

#endif
