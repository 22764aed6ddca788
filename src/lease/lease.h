/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lease.h - what a site lends to a gate: references under the consents that cover them, cards, PINs
 * and the hours of its zone, for a stated time. docs/lease.md draws the bytes.
 *
 * A document is signed by the site, numbered, and sealed twice: to the gate's own key, and under
 * the lease's keys, which travel beside it and never rest beside it on a disk. The gate holds its
 * content in a table; a reference in it stays sealed until a permit is spent for it. A document
 * that takes somebody away comes with new keys, so that no earlier copy of the gate's files opens.
 *
 * Nothing here has a clock: times are handed in. A table may be used by several threads.
 */
#ifndef LEASE_LEASE_H
#define LEASE_LEASE_H

#include "consent/permit.h"
#include "crypto/crypto.h"

#include <tanu/match.h>

#define LEASE_ENTRIES_MAX 40000 /* references, or passes, of one gate */
#define LEASE_PEOPLE_MAX  20000
#define LEASE_CARDS_MAX	  80000
#define LEASE_BYTES_MAX	  ((size_t)48 << 20) /* of a document */

#define LEASE_ZONE_NAME	   64
#define LEASE_WINDOWS_MAX  32
#define LEASE_WINDOW_LEN   320 /* as rules/ writes it, with its final zero */
#define LEASE_HOLIDAYS_MAX 64

/* Both in memory only: sent by the site when the gate starts, or typed in by who starts it. */
struct lease_keys {
	struct secret gallery; /* references */
	struct secret cards;   /* cards, PINs, hours */
};

/* Who lends to whom, from a pairing. */
struct lease_pair {
	tanu_id site, gate;
	uint8_t site_sign[PUBLIC_KEY_LEN]; /* the site signs with this one */
	uint8_t site_box[BOX_KEY_LEN];	   /* events go to this one */
};

enum lease_kind {
	LEASE_NONE = 0,
	LEASE_FULL = 1,	 /* all there is; ends what was before */
	LEASE_DELTA = 2, /* what has changed since number - 1 of the same series */
};

struct lease_head {
	enum lease_kind kind;
	tanu_id site, gate;
	tanu_id series;
	uint32_t number; /* 0: the full one */
	int64_t issued_ms, not_after_ms;
};

enum lease_form {
	LEASE_GONE = 0,	     /* of a delta: all entries of this person end */
	LEASE_REFERENCE = 1, /* TANU_REFERENCE_LEN bytes */
	LEASE_PASS = 2,	     /* the key of one pass: SECRET_LEN bytes */
};

#define LEASE_MATERIAL_MAX (TANU_REFERENCE_LEN + SEAL_OVERHEAD)

/* A reference, or what opens one, with the consent that it is lent under. */
struct lease_entry {
	tanu_id subject;
	enum lease_form form;
	uint16_t generation; /* of a pass; 0 of a reference */
	tanu_id consent;     /* to access */
	uint64_t sequence;   /* of her ledger */
	int64_t given_ms, not_after_ms;
	uint16_t material_len;
	uint8_t material[LEASE_MATERIAL_MAX]; /* plain in a document, sealed in a table */
};

/* What is known of a person besides her face. */
#define LEASE_SALT_LEN 16
struct lease_person {
	tanu_id subject;
	bool gone;	    /* of a delta */
	bool allowed;	    /* she has a right to this zone */
	bool waiver;	    /* her eyes can't give evidence */
	bool second_factor; /* somebody looks too much like her */
	bool has_pin;
	uint8_t salt[LEASE_SALT_LEN];
	uint8_t pin[SECRET_LEN]; /* pin_stretch of it */
};

enum lease_card_state {
	LEASE_CARD_GONE = 0, /* of a delta */
	LEASE_CARD_VALID = 1,
	LEASE_CARD_BLOCKED = 2, /* lost, stolen, revoked */
};

struct lease_card {
	uint8_t digest[DIGEST_LEN]; /* lease_card_digest */
	enum lease_card_state state;
	tanu_id subject;
	int64_t from_ms, until_ms;
};

/* Hours and rules as text and numbers; what they mean is for rules/. */
struct lease_zone {
	char name[LEASE_ZONE_NAME];
	size_t windows_len;
	char window[LEASE_WINDOWS_MAX][LEASE_WINDOW_LEN];
	size_t holidays_len;
	tanu_date holiday[LEASE_HOLIDAYS_MAX];
	uint8_t passback, no_clock; /* enums of rules/ */
	bool guard_release;
	/* What a face is decided by. */
	uint8_t model[TANU_MODEL_DIGEST];
	tanu_threshold threshold;
	float fused_score; /* likewise, of a reference of several samples: not lower */
};

/* All that one document says. Borrowed by lease_write; of lease_read the caller frees. */
struct lease_content {
	struct lease_head head;
	const struct lease_zone *zone; /* NULL in a delta: as before */
	const struct lease_entry *entries;
	size_t entries_len;
	const struct lease_person *people;
	size_t people_len;
	const struct lease_card *cards;
	size_t cards_len;
};

/*
 * The site's side: a document, appended. `sign_seed` belongs to the pair's site_sign, `to` is the
 * gate's box key. TANU_LIMIT (file-too-large) beyond the bounds above.
 */
tanu_status lease_write(struct buf *out, const struct lease_content *content,
			const struct lease_keys *keys, const struct secret *sign_seed,
			const uint8_t to[BOX_KEY_LEN], const struct random_source *random,
			tanu_error *err);

/* A card as a keyed digest: bits of a card, digits of one, or the number of a pass. */
enum lease_card_sort { LEASE_CARD_BITS = 1, LEASE_CARD_DIGITS = 2, LEASE_CARD_PASS = 3 };
void lease_card_digest(uint8_t out[DIGEST_LEN], const struct secret *cards_key,
		       enum lease_card_sort sort, const uint8_t *bytes, size_t bits);

/* ---- the gate's side ---- */

struct lease; /* the table */

/* Room for this many of each (at most the bounds above), taken now and never again. */
tanu_status lease_new(struct lease **out, size_t people_max, const struct random_source *random,
		      tanu_error *err);
void lease_free(struct lease **lease); /* wipes */

/* What taking in a document did. */
struct lease_news {
	struct lease_head head;
	bool gone_any;	 /* something was taken away */
	size_t gone_len; /* people of whom nothing is left here */
	tanu_id *gone;	 /* of malloc */
};
void lease_news_free(struct lease_news *news);

/*
 * Take in a document: all of it, or nothing. TANU_DAMAGED (signature): not of this site;
 * TANU_REFUSED (lease): of another gate, older than what is here, or a delta that does not follow;
 * then a full one is asked for. TANU_DAMAGED (crypto): other keys. TANU_INPUT (format): damaged.
 */
tanu_status lease_apply(struct lease *lease, struct lease_news *news, const uint8_t *bytes,
			size_t bytes_len, const struct lease_pair *pair,
			const struct secret *gate_box, const struct lease_keys *keys,
			tanu_error *err);

/* Which document the table stands at; kind NONE: at none. */
struct lease_head lease_head(struct lease *lease);

/* Of whom a reference or the key of a pass is lent, each once; `*out` of malloc. */
tanu_status lease_lent_people(struct lease *lease, tanu_id **out, size_t *out_len, tanu_error *err);

/* Forget all references, or everything: keys, material, cards. */
void lease_drop_gallery(struct lease *lease);
void lease_drop(struct lease *lease);

/*
 * The table as two files for the gate's own disk, each sealed under its key alone; appended. Read
 * back: the gallery needs the cards file first, and must be of the same document. Plan for
 * TANU_DAMAGED (crypto) and TANU_INPUT (format); the table is as before then.
 */
tanu_status lease_save_cards(struct lease *lease, struct buf *out, const struct secret *key,
			     tanu_error *err);
tanu_status lease_save_gallery(struct lease *lease, struct buf *out, const struct secret *key,
			       tanu_error *err);
tanu_status lease_load_cards(struct lease *lease, const uint8_t *bytes, size_t bytes_len,
			     const tanu_id *gate, const struct secret *key, tanu_error *err);
tanu_status lease_load_gallery(struct lease *lease, const uint8_t *bytes, size_t bytes_len,
			       const tanu_id *gate, const struct secret *key, tanu_error *err);

/* ---- asking the table; false: it knows nothing of it ---- */

bool lease_zone_get(struct lease *lease, struct lease_zone *out);
bool lease_person_find(struct lease *lease, struct lease_person *out, const tanu_id *subject);
bool lease_card_find(struct lease *lease, struct lease_card *out, const uint8_t digest[DIGEST_LEN]);
/* The consent to access under which a reference (generation 0) or a pass of hers is lent. */
bool lease_consent_find(struct lease *lease, tanu_consent *out, const tanu_id *subject,
			uint16_t generation);
struct lease_counts {
	size_t entries, people, cards;
};
struct lease_counts lease_count(struct lease *lease);

/* For permit_book_open: a subject that is not lent any more has no ledger here. */
struct permit_ledger lease_ledger(struct lease *lease);

/*
 * Open her reference, or that on her pass, under a permit of PERMIT_CLAIM_GATE, which is spent
 * (PERMIT_UNSEAL, PERMIT_OPEN_PASS). TANU_NOT_FOUND (no-reference): it is not lent.
 */
tanu_status lease_open_reference(struct lease *lease, tanu_reference *out, struct permit_book *book,
				 const struct permit *permit, const tanu_id *subject,
				 tanu_error *err);
tanu_status lease_open_pass(struct lease *lease, tanu_reference *out, struct permit_book *book,
			    const struct permit *permit, const tanu_id *subject,
			    uint16_t generation, const void *ad, size_t ad_len,
			    const uint8_t *sealed, size_t sealed_len, tanu_error *err);

#endif
