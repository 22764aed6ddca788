/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool.h - what a gate has to report, kept on its disk until the site has it: bounded, durable,
 * each event under a number of its own, so that it arrives once after days offline.
 *
 * An event is sealed to the site when it is written: the gate itself, or who steals it, can't read
 * who has passed. Files are segments of records of one length; a record that a power cut has torn
 * is cut off at the next opening, since nobody was told that it stands.
 */
#ifndef LEASE_SPOOL_H
#define LEASE_SPOOL_H

#include "lease/lease.h"
#include "os/os.h"

enum gate_event_kind {
	GATE_EVENT_NONE = 0,
	GATE_EVENT_DECISION, /* somebody asked to pass; fields of the decision */
	GATE_EVENT_DOOR,     /* `word`: a note of the door's table */
	GATE_EVENT_DEVICE, /* `word`: a reader, the camera, the lock: what is wrong, or again right
			    */
	GATE_EVENT_LEASE,  /* `word`: taken, expired, dropped; `number` of the document */
	GATE_EVENT_ERASED, /* `subject`'s reference is gone here; signed by the gate */
	GATE_EVENT_CLOCK,  /* `word`: trusted, jumped, lost */
	GATE_EVENT_START,  /* the gate has begun */
	GATE_EVENT_LOST,   /* `number` events could not be written before this one */
	GATE_EVENT_BELL,   /* somebody called for help; `word`: called, answered, late */
	GATE_EVENT_KINDS
};

enum gate_face {
	GATE_FACE_NONE = 0, /* no features were computed */
	GATE_FACE_MATCH,
	GATE_FACE_NO_MATCH,
	GATE_FACE_REFUSED, /* computed, and then not good enough to compare */
	GATE_FACES
};

#define GATE_EVENT_LEN	160
#define GATE_EVENT_WORD 32
struct gate_event {
	enum gate_event_kind kind;
	int64_t at_ms; /* Unix milliseconds, as the gate knows the time */
	bool time_trusted;
	tanu_id subject;			 /* zero: nobody known */
	uint8_t direction, verdict, reason, way; /* enums of rules/ */
	bool was_inside;
	enum gate_face face;
	uint8_t live, pad; /* enums of rules/ */
	uint32_t fmr_ppb;
	bool extrapolated;
	uint32_t embeddings, permits; /* computed and spent for it */
	uint32_t waited_ms;	      /* from the first claim to this decision */
	uint32_t number;
	char word[GATE_EVENT_WORD]; /* a to z, digits, - . / */
	bool is_signed;
	uint8_t signature[SIGNATURE_LEN]; /* of gate_erased_text */
};

void gate_event_put(uint8_t out[GATE_EVENT_LEN], const struct gate_event *event);
tanu_status gate_event_get(struct gate_event *out, const uint8_t *bytes, size_t bytes_len,
			   tanu_error *err);
/* What a gate signs about a reference that it has erased; `number` of the document that said so. */
void gate_erased_text(struct buf *out, const tanu_id *site, const tanu_id *gate,
		      const tanu_id *subject, uint32_t number, int64_t at_ms);

/* ---- on the gate's disk ---- */

struct spool;

struct spool_options {
	const char *dir;	       /* made if missing; one owner */
	size_t max_events;	       /* more are refused; 0: 100,000 */
	const struct lease_pair *pair; /* copied */
	struct random_source random;
};

/* TANU_DAMAGED (crypto) when its records are not those of this spool. */
tanu_status spool_open(struct spool **out, const struct spool_options *options, tanu_error *err);
void spool_close(struct spool **spool);

/* On the disk when it returns. TANU_LIMIT (spool-full), TANU_SYSTEM: nothing was written. */
tanu_status spool_put(struct spool *spool, const struct gate_event *event, tanu_error *err);

struct spool_state {
	tanu_id id;
	uint64_t first, next; /* numbers: the oldest that waits, the next to be given */
	size_t waiting, max;
	bool alarm; /* four fifths full: somebody has to see to the connection */
};
struct spool_state spool_state(const struct spool *spool);

/*
 * What waits, oldest first, as a batch that the gate signs: appended; `*last` is the number of its
 * last event, 0 when nothing waits. At most `max` of them.
 */
#define SPOOL_BATCH_MAX 500
tanu_status spool_batch(struct spool *spool, struct buf *out, uint64_t *last, size_t max,
			const struct secret *gate_sign, tanu_error *err);
/* The site has everything up to this number. */
tanu_status spool_ack(struct spool *spool, uint64_t upto, tanu_error *err);

/* ---- at the site ---- */

#define SPOOL_BATCH_BYTES ((size_t)256 << 10)
struct spool_batch {
	tanu_id gate, spool;
	uint64_t first;
	size_t len;
	const uint8_t *records; /* borrowed from the bytes */
};
/* TANU_DAMAGED (signature): not of the gate with this key. TANU_INPUT (format): damaged. */
tanu_status spool_batch_get(struct spool_batch *out, const uint8_t *bytes, size_t bytes_len,
			    const uint8_t gate_sign[PUBLIC_KEY_LEN], tanu_error *err);
/* The gate that a batch says it is of, before its key is known. TANU_INPUT (format). */
tanu_status spool_batch_gate(tanu_id *out, const uint8_t *bytes, size_t bytes_len, tanu_error *err);
/* Event number batch->first + index. TANU_DAMAGED (crypto): not sealed to this site. */
tanu_status spool_batch_event(struct gate_event *out, const struct spool_batch *batch, size_t index,
			      const struct secret *site_box, tanu_error *err);

#endif
