/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gates.h - the site's side of its gates: which there are, what hours their zones have, who has
 * which card and PIN, what is lent to a gate, and what it reports. docs/gate.md, docs/lease.md.
 *
 * A gate is lent references only of people with a live consent to access and a right to its zone.
 * What is lent ends with the lease or the consent, whichever is first.
 */
#ifndef SERVICE_GATES_H
#define SERVICE_GATES_H

#include "lease/lease.h"
#include "lease/pair.h"
#include "lease/spool.h"
#include "lease/sync.h"
#include "lease/ticket.h"
#include "service/service.h"

/* ---- zones ---- */

#define ZONE_NAME_MAX 63
#define ZONE_TEXT_MAX ((size_t)16 << 10)
#define ZONE_STANDARD "main"
/*
 * A zone as text, a line each: windows as rules/ reads them ("mon-fri 07:00-18:00 card+face
 * card+pin"), and "holidays 2026-12-16 ...", "passback off|soft|hard", "no-clock guard|common",
 * "guard-release yes|no"; # begins a comment. TANU_USAGE (setting) says which line is wrong.
 */
tanu_status service_zone_set(struct service *s, const char *name, const char *text, size_t text_len,
			     tanu_error *err);
struct zone_view {
	char name[ZONE_NAME_MAX + 1];
	const char *text; /* as it was set; lives until the callback returns */
	int64_t set_ms;
};
tanu_status service_zone_each(struct service *s,
			      tanu_status (*each)(void *self, const struct zone_view *v,
						  tanu_error *err),
			      void *self, tanu_error *err);
/* What a zone has that nobody has set yet. */
extern const char service_zone_standard[];

/* ---- gates ---- */

enum gate_standing { GATE_ADDED = 0, GATE_PAIRED = 1, GATE_REVOKED = 2 };
const char *service_gate_state_name(enum gate_standing state);

#define GATE_NOTES 8
struct gate_note {
	int64_t at_ms;
	char word[32];
};
struct gate_view {
	tanu_id id;
	char name[PAIR_NAME_LEN];
	char zone[ZONE_NAME_MAX + 1];
	enum gate_standing state;
	int64_t added_ms, code_until_ms, paired_ms, revoked_ms;
	uint8_t sign_key[PUBLIC_KEY_LEN];
	uint8_t box_key[BOX_KEY_LEN];
	uint8_t tls_pin[PAIR_PIN_LEN];
	int64_t asked_ms;		/* it asked last, since the folder was opened; 0: not yet */
	bool in_lockdown;		/* as it said then */
	int64_t lockdown_ms;		/* the site's order stands since then; 0: it does not */
	uint32_t releases;		/* how often it was told to let somebody in */
	int64_t released_ms;		/* the last time */
	uint32_t answered;		/* how often its bell was answered from afar */
	int64_t seen_ms;		/* its last events; 0: never */
	int64_t lent_ms, lent_until_ms; /* its last lease that this process knows of */
	uint64_t received;		/* number of its last event */
	uint64_t grants, refusals, embeddings, permits; /* as it has reported */
	uint64_t missing;				/* events that never came */
	size_t notes_len;
	struct gate_note notes[GATE_NOTES]; /* its last troubles, newest first */
};

/* `code` is for the person who sets it up; good for a day. The zone is made if nobody has yet. */
tanu_status service_gate_add(struct service *s, struct gate_view *out, char code[PAIR_CODE_LEN],
			     const char *name, const char *zone, tanu_error *err);
/* By name, or by an id prefix of at least 6 digits. TANU_NOT_FOUND (record-missing). */
tanu_status service_gate_find(struct service *s, struct gate_view *out, const char *text,
			      tanu_error *err);
tanu_status service_gate_get(struct service *s, struct gate_view *out, const tanu_id *id,
			     tanu_error *err);
tanu_status service_gate_each(struct service *s,
			      tanu_status (*each)(void *self, const struct gate_view *v,
						  tanu_error *err),
			      void *self, tanu_error *err);
/* From now on it gets nothing, and nothing of it is believed. */
tanu_status service_gate_revoke(struct service *s, const tanu_id *id, tanu_error *err);
/*
 * A gate's request to be paired, and the answer, appended. `tls_pin`: of the server that it will
 * call; NULL: none. TANU_REFUSED (gate): no gate waits for this code.
 */
tanu_status service_gate_pair(struct service *s, struct buf *reply, struct gate_view *out,
			      const void *request, size_t request_len,
			      const uint8_t tls_pin[PAIR_PIN_LEN], tanu_error *err);
/* Has it asked within the last minute? */
bool service_gate_in_touch(const struct service *s, const struct gate_view *v);
/* A gate asks; the paired gate whose client certificate has this key; TANU_REFUSED (gate). */
tanu_status service_gate_by_pin(struct service *s, struct gate_view *out,
				const uint8_t pin[PAIR_PIN_LEN], tanu_error *err);

/*
 * ---- orders to gates ----
 *
 * They go with the answer to a gate's next question. In a lockdown nobody is let in but by a
 * release; the way out stays free. It stands until it is taken back, over restarts of both sides.
 */
/* Of all paired gates, or of those named. `*changed`: for how many it is new. */
tanu_status service_gates_lockdown(struct service *s, size_t *changed, const tanu_id *gates,
				   size_t gates_len, bool on, tanu_error *err);
#define GATE_RELEASE_MS ((int64_t)15000) /* a gate that asks later opens no more */
/* One passage, as the guard's release would be: the zone may forbid it, and then nothing opens. */
tanu_status service_gate_release(struct service *s, const tanu_id *gate, tanu_error *err);
/* Somebody is on the way to who waits there. */
tanu_status service_gate_answer(struct service *s, const tanu_id *gate, tanu_error *err);
/* What a gate is told when it asks. */
struct gate_orders service_gate_orders(const struct service *s, const struct gate_view *gate);
/* A gate that asks says how it stands. */
void service_gate_says(struct service *s, const tanu_id *gate, bool in_lockdown);

/* ---- parity of the lanes ---- */

enum gate_lane { LANE_FACE = 0, LANE_OTHER = 1, LANES = 2 };
const char *service_lane_name(enum gate_lane lane); /* "face", "other" */
#define PARITY_WAITS	9
#define PARITY_DAYS_MAX 92
/* Waiting times are counted up to these, in milliseconds; the last has no end (0). */
extern const uint32_t service_parity_upto_ms[PARITY_WAITS];
/* Entries by lane, from the first claim to the decision; guards' releases are of neither. */
struct parity {
	int days; /* today and before */
	uint64_t admitted[LANES], refused[LANES];
	uint64_t waits[LANES][PARITY_WAITS]; /* of those admitted */
};
/* TANU_USAGE: not 1 to PARITY_DAYS_MAX days. */
tanu_status service_parity(struct service *s, struct parity *out, int days, tanu_error *err);
/*
 * The bound of service_parity_upto_ms that at least `percent` of the admitted waited no longer
 * than; UINT32_MAX: longer than the last; 0: nobody was admitted.
 */
uint32_t service_parity_percentile(const struct parity *parity, enum gate_lane lane,
				   unsigned percent);

/* ---- cards, PINs, rights ---- */

enum card_state { CARD_VALID = 0, CARD_REVOKED = 1, CARD_OVER = 2 };
const char *service_card_state_name(enum card_state state);

#define CARD_TEXT_MAX 40
struct card_view {
	tanu_id id;
	char text[CARD_TEXT_MAX]; /* "26:12:34567", "bits:26:a55affc0", "code:0012345" */
	int64_t added_ms, revoked_ms;
	tanu_date from, until; /* first and last day */
	enum card_state state;
};
/*
 * A card by what is known of it: "LAYOUT:SITE:NUMBER" or "LAYOUT:NUMBER" (Wiegand layouts), digits
 * as a reader sends them "code:...", or raw bits "bits:COUNT:HEX". TANU_USAGE (conflict): somebody
 * has it. A date whose year is 0 is today, or no end.
 */
tanu_status service_card_add(struct service *s, struct card_view *out, const tanu_id *subject,
			     const char *text, tanu_date from, tanu_date until, tanu_error *err);
tanu_status service_card_each(struct service *s, const tanu_id *subject,
			      tanu_status (*each)(void *self, const struct card_view *v,
						  tanu_error *err),
			      void *self, tanu_error *err);
/* One card, or with `text` NULL all of hers. `*revoked`: how many were valid. */
tanu_status service_card_revoke(struct service *s, size_t *revoked, const tanu_id *subject,
				const char *text, tanu_error *err);

#define PIN_MIN 4
#define PIN_MAX 8
/* Digits only; kept as Argon2id. "" takes it away. Too simple ones (1234, 0000) are TANU_USAGE. */
tanu_status service_pin_set(struct service *s, const tanu_id *subject, const char *pin,
			    tanu_error *err);

/* Where she may go, and what her eyes can't give. */
struct access_view {
	char zones[256]; /* "main,lab"; "": every zone */
	bool waiver;
	bool has_pin;
	bool barred; /* from every zone */
};
tanu_status service_access_get(struct service *s, struct access_view *out, const tanu_id *subject,
			       tanu_error *err);
tanu_status service_access_set(struct service *s, const tanu_id *subject,
			       const struct access_view *access, tanu_error *err);

/* ---- lending ---- */

/*
 * A full lease for a gate, for carrying it there: the document, and keys that must travel another
 * way. `hours` 0: setting lease.hours.
 */
tanu_status service_lease_full(struct service *s, struct buf *doc, struct lease_keys *keys,
			       const tanu_id *gate, int hours, tanu_error *err);

/* What this process has sent to each gate, so that it sends only what has changed. */
struct lease_feed;
tanu_status service_feed_open(struct lease_feed **out, struct service *s, tanu_error *err);
void service_feed_close(struct lease_feed **feed); /* wipes */
/*
 * What a gate needs that stands at `have` (kind NONE: at nothing): a change, or all of it.
 * `*nothing`: it has everything, and `doc` is empty. The keys are those for this document.
 */
tanu_status service_feed_next(struct lease_feed *feed, struct buf *doc, struct lease_keys *keys,
			      bool *nothing, const tanu_id *gate, const struct lease_head *have,
			      tanu_error *err);

/* ---- what gates report ---- */

struct gate_intake {
	uint64_t upto;	  /* everything to this number is here: to be acknowledged */
	size_t taken;	  /* new ones */
	size_t known;	  /* that had come before */
	size_t confirmed; /* erasures */
};
/* For who watches: called for each new event once all are kept. */
struct gate_watcher {
	void (*told)(void *self, const tanu_id *gate, const struct gate_event *event);
	void *self;
};
/* "admitted", "bell", "door-forced", ...; NULL: nothing that somebody has to know at once. */
const char *service_gate_event_word(const struct gate_event *event);
/* Each event once, whatever is sent twice. All of the batch, or none. `watcher` may be NULL. */
tanu_status service_gate_events(struct service *s, struct gate_intake *out,
				const struct gate_watcher *watcher, const void *batch,
				size_t batch_len, tanu_error *err);

/* ---- use-tickets ---- */

enum ticket_standing {
	TICKET_HERE,	/* it stands in her history */
	TICKET_AWAITED, /* its gate has not reported so far yet */
	TICKET_MISSING, /* its gate has, and it does not stand there */
	TICKET_ERASED,	/* nothing is kept of her, or of that time, any more */
	TICKET_STANDINGS
};
const char *service_ticket_standing_name(enum ticket_standing standing); /* "recorded", ... */

struct ticket_view {
	struct gate_ticket ticket;
	char gate[PAIR_NAME_LEN];
	int64_t revoked_ms; /* the gate; 0: it is not */
	enum ticket_standing standing;
};
/*
 * A ticket that somebody brings: its text, or a picture of the code. TANU_INPUT (format): none.
 * TANU_NOT_FOUND (record-missing): of no gate of this site. TANU_DAMAGED (signature),
 * TANU_NOT_FOUND (no-signature): not signed by the gate that it names.
 */
tanu_status service_gate_ticket(struct service *s, struct ticket_view *out, const void *bytes,
				size_t len, tanu_error *err);
/* Its text, checked by a gate's key as the public log has it (NULL: not at all). Likewise. */
tanu_status service_ticket_read(struct gate_ticket *out, const void *bytes, size_t len,
				const char *vkey, tanu_error *err);

/* What a receipt says of gates that had been lent a reference. */
struct gates_said {
	size_t named;
	size_t erased; /* of those: have signed that they erased it */
};
/*
 * A receipt of an erasure by this site, appended to the empty `out` with the words of the gates
 * that have come since. TANU_INPUT: no receipt. TANU_DAMAGED (signature): of another site.
 */
tanu_status service_receipt_with_gates(struct service *s, struct buf *out, struct gates_said *said,
				       const void *bytes, size_t bytes_len, tanu_error *err);
/* The signed notes of gates that have erased her reference; appended, an empty line between. */
tanu_status service_gate_confirmations(struct service *s, struct buf *out, size_t *count,
				       const tanu_id *subject, tanu_error *err);

#endif
