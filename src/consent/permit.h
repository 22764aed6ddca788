/* SPDX-License-Identifier: Apache-2.0 */
/*
 * permit.h - the short-lived proof that a live basis covers this purpose and this claim. Nothing
 * biometric is computed or opened without one.
 *
 * A permit is a 32-byte HMAC by consent/ over its fields under a key that lives only in this
 * process. Its claim says what it may be spent for, once each. Spending recomputes the MAC, checks
 * the clock, and asks for the subject's present ledger sequence, so that a consent withdrawn a
 * moment ago stops it. A clock that goes backwards voids every permit outstanding. Threads may
 * share a book.
 */
#ifndef CONSENT_PERMIT_H
#define CONSENT_PERMIT_H

#include "crypto/crypto.h"

#define PERMIT_LIFE_MS	 5000
#define PERMIT_NONCE_LEN 16
#define PERMIT_SPENT_MAX 32768 /* permits spent and not yet expired; one more is refused */

/* How the person claimed to be the subject, and with it what the permit may be spent for. */
enum permit_claim {
	PERMIT_CLAIM_NONE = 0,
	PERMIT_CLAIM_OPERATOR = 1,  /* staff named the subject: EMBED, UNSEAL */
	PERMIT_CLAIM_ENROL = 2,	    /* the subject is being enrolled: EMBED, SEAL */
	PERMIT_CLAIM_GALLERY = 3,   /* 1:N, where on: EMBED for the probe, UNSEAL for a subject */
	PERMIT_CLAIM_CALIBRATE = 4, /* references among each other, purpose calibration: UNSEAL */
	PERMIT_CLAIM_PASS = 5,	    /* she showed her pass: EMBED, OPEN_PASS */
	PERMIT_CLAIM_LEASE = 6,	    /* the site lends her reference to a gate: UNSEAL, LEND_PASS */
	PERMIT_CLAIM_GATE = 7,	    /* card or pass at a gate: EMBED, UNSEAL, OPEN_PASS */
	PERMIT_CLAIM_RECIPIENT = 8, /* somebody she allowed it to asks: EMBED, UNSEAL */
};

enum permit_use {
	PERMIT_EMBED = 1,      /* compute features of one sample */
	PERMIT_UNSEAL = 2,     /* open the subject's reference */
	PERMIT_SEAL = 4,       /* store a reference of the subject, or put it on a pass */
	PERMIT_OPEN_PASS = 8,  /* open the reference on the subject's pass */
	PERMIT_LEND_PASS = 16, /* hand the key of one of her passes to a gate */
};

struct permit {
	tanu_id subject; /* zero for the probe of a 1:N search */
	tanu_purpose purpose;
	enum permit_claim claim;
	tanu_id recipient; /* who learns the result; zero: this site */
	int64_t not_after_ms;
	uint64_t sequence; /* of the subject's ledger when it was issued */
	uint8_t nonce[PERMIT_NONCE_LEN];
	uint8_t mac[MAC_LEN];
};

/*
 * The present ledger sequence of a subject, asked when a permit is issued and when it is spent,
 * under the book's lock.
 */
struct permit_ledger {
	tanu_status (*sequence)(void *self, uint64_t *out, const tanu_id *subject, tanu_error *err);
	void *self;
};

/* Issuing key, spent permits and counters. One per process; opaque. `ledger` is copied. */
struct permit_book;
tanu_status permit_book_open(struct permit_book **out, const struct clock_source *clock,
			     const struct random_source *random, const struct permit_ledger *ledger,
			     tanu_error *err);
void permit_book_close(struct permit_book **book); /* wipes */

/*
 * Issue for a claim under the live consent among `consents`; TANU_REFUSED (no-consent) with the
 * reason in words otherwise. It ends after PERMIT_LIFE_MS or with the consent, whichever is first.
 * `consents` must be what the ledger holds at this moment; for the rule of refusals their givers
 * must be filled. Claim and purpose of calibration go together, and with no other.
 */
tanu_status permit_issue(struct permit_book *book, struct permit *out, const tanu_id *subject,
			 tanu_purpose purpose, enum permit_claim claim,
			 const tanu_consent *consents, size_t consents_len, tanu_error *err);

/*
 * The same where somebody else learns the result: claim RECIPIENT, which permit_issue does not
 * take. That she has allowed it to this recipient is the caller's to have looked at.
 */
tanu_status permit_issue_for(struct permit_book *book, struct permit *out, const tanu_id *subject,
			     tanu_purpose purpose, const tanu_id *recipient,
			     const tanu_consent *consents, size_t consents_len, tanu_error *err);

/* For the probe of a 1:N search where the site turned it on; subject stays zero. */
tanu_status permit_issue_gallery(struct permit_book *book, struct permit *out, tanu_purpose purpose,
				 bool site_allows, tanu_error *err);

/*
 * Spend a permit for one use. Refused: wrong MAC, past its end, this use already spent or not of
 * its claim, subject other than `subject`, ledger moved on, PERMIT_SPENT_MAX others not yet
 * expired. The refusal is TANU_REFUSED (permit); a refused permit is not spent.
 */
tanu_status permit_spend(struct permit_book *book, const struct permit *permit, enum permit_use use,
			 const tanu_id *subject, tanu_error *err);

/* Permits spent for PERMIT_EMBED since the book was opened: equals the engine's embeddings. */
uint64_t permit_book_opened(const struct permit_book *book);

#endif
