/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ticket.h - a use-ticket: the gate's signed word of what it has just decided of somebody, which
 * she takes home. An act that the site never writes down is then not deniable: she has the gate's
 * word, and her log has no leaf. docs/lease.md has the text.
 */
#ifndef LEASE_TICKET_H
#define LEASE_TICKET_H

#include "crypto/crypto.h"

#define GATE_TICKET_MAX 1024 /* bytes of the signed note */
#define GATE_TICKET_WAY 64

struct gate_ticket {
	tanu_id site, gate, subject;
	tanu_id spool; /* of the gate's disk, and the number that its event has there */
	uint64_t number;
	int64_t at_ms; /* Unix milliseconds, as the gate knows the time; 0: it does not */
	bool admitted, outwards;
	char way[GATE_TICKET_WAY]; /* "card+face"; "none" */
	uint32_t features;	   /* how often features of her face were computed */
};

/* The text that is signed, appended. */
void gate_ticket_text(struct buf *out, const struct gate_ticket *ticket);
/* Do the bytes begin as a ticket does? Else they may be a picture of one. */
bool gate_ticket_begins(const void *bytes, size_t len);
/* TANU_INPUT (format): it is not written as it must be. `text` ends with a line feed. */
tanu_status gate_ticket_read(struct gate_ticket *out, const char *text, size_t text_len,
			     tanu_error *err);

#define GATE_KEY_NAME (5 + ID_HEX_LEN) /* "gate-" and its id */
void gate_key_name(char out[GATE_KEY_NAME], const tanu_id *gate);
/*
 * The line that makes a signed note (c2sp.org/signed-note) of a text of the gate: appended, with an
 * empty line before it.
 */
void gate_note_end(struct buf *out, const tanu_id *gate, const uint8_t key[PUBLIC_KEY_LEN],
		   const uint8_t signature[SIGNATURE_LEN]);

#endif
