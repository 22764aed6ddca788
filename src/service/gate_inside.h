/* SPDX-License-Identifier: Apache-2.0 */
/* gate_inside.h - what the files about gates share with each other; nobody else includes it. */
#ifndef SERVICE_GATE_INSIDE_H
#define SERVICE_GATE_INSIDE_H

#include "lease/spool.h"
#include "service/gates.h"
#include "service/internal.h"

/* Kinds of papers (enum record_kind): of a person, and from 48 on of the site. */
#define RECORD_CARD	      ((enum record_kind)20)
#define RECORD_ACCESS	      ((enum record_kind)21)
#define RECORD_CONFIRMED      ((enum record_kind)22)
#define RECORD_GATE	      ((enum record_kind)48)
#define RECORD_ZONE	      ((enum record_kind)49)
#define RECORD_CONFIRMED_LEFT ((enum record_kind)50) /* of somebody who has left the site */

/* Each signed note of a gate that has erased a reference of hers. */
tanu_status confirmations_each(struct service *s, const tanu_id *subject,
			       tanu_status (*each)(void *self, const struct buf *note,
						   tanu_error *err),
			       void *self, tanu_error *err);

/* Everything in a gate's paper. */
struct gate_paper {
	struct gate_view view;
	struct secret code_key; /* zero: the pairing is done or over */
	tanu_id spool;		/* where `received` counts */
};
tanu_status gate_encode(struct buf *out, const struct gate_paper *gate, tanu_error *err);
tanu_status gate_decode(struct gate_paper *out, const struct buf *text, tanu_error *err);
tanu_status gate_load(struct service *s, struct gate_paper *out, const tanu_id *id,
		      tanu_error *err);
/* Part of a transaction. */
tanu_status gate_store(struct service *s, const struct gate_paper *gate, tanu_error *err);
/* A transaction of its own; the ledger moves on, so that feeds look again. */
tanu_status gate_keep(struct service *s, const struct gate_paper *gate, tanu_error *err);
/* Paired and not revoked, else TANU_REFUSED (gate). */
tanu_status gate_must_serve(const struct gate_view *gate, tanu_error *err);

/* The key that a gate signs its notes with, by the name that they have. */
tanu_verifier gate_verifier(const tanu_id *gate, const uint8_t key[PUBLIC_KEY_LEN]);

/* A decision at a gate joins the counts of its lane. Part of a transaction. */
tanu_status parity_count(struct service *s, const struct gate_event *event, int64_t day,
			 tanu_error *err);

/* The site's keys towards gates: signing leases, opening events. Made when first needed. */
struct gate_secrets {
	struct secret sign, box;
};
tanu_status gate_secrets(struct service *s, struct gate_secrets *out, tanu_error *err);

/* A zone by name, as rules; TANU_NOT_FOUND (record-missing). */
tanu_status zone_load(struct service *s, struct lease_zone *out, const char *name, tanu_error *err);
tanu_status zone_parse(struct lease_zone *out, const char *text, size_t text_len, tanu_error *err);

/* Inside papers of kind RECORD_CARD and RECORD_ACCESS. */
struct card_paper {
	enum lease_card_sort sort;
	uint16_t bits;
	uint8_t bytes[32];
	char text[CARD_TEXT_MAX];
	tanu_date from, until; /* year 0: none */
	int64_t revoked_ms;
};
struct access_paper {
	struct access_view view;
	uint8_t salt[PIN_SALT_LEN];
	uint8_t pin[SECRET_LEN];
};
tanu_status card_encode(struct buf *out, const struct card_paper *card, tanu_error *err);
tanu_status card_decode(struct card_paper *out, const struct buf *text, tanu_error *err);
tanu_status access_encode(struct buf *out, const struct access_paper *access, tanu_error *err);
tanu_status access_decode(struct access_paper *out, const struct buf *text, tanu_error *err);
tanu_status access_load(struct service *s, struct access_paper *out, tanu_id *paper,
			const tanu_id *subject, tanu_error *err); /* zero `paper`: none */
bool access_covers(const struct access_view *access, const char *zone);
tanu_status card_parse(struct card_paper *out, const char *text, tanu_error *err);

#endif
