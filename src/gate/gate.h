/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate.h - the box at a door: claim, best frames, liveness, permit, features, comparison, rules,
 * door, event. It goes on when network, server or camera fail, on what the site has lent it. It
 * sees no vault and no store, and no driver: readers, door, camera and judge of liveness are handed
 * in, open. docs/gate.md.
 *
 * Closed at entry on every trouble of ours; an exit is released whatever else holds. Nothing is
 * granted that could not be written down first, but for the guard's own release. Every queue has a
 * bound; from a frame to a decision our code allocates nothing.
 */
#ifndef GATE_GATE_H
#define GATE_GATE_H

#include "device/camera.h"
#include "device/door.h"
#include "device/panel.h"
#include "device/reader.h"
#include "lease/clock.h"
#include "lease/pair.h"
#include "lease/spool.h"
#include "liveness/liveness.h"
#include "rules/rules.h"
#include "sight/second.h"

#include <tanu/face.h>

struct gate;

/* The operator's settings; the ini file, docs and `check` are drawn from them. */
const struct setting_row *gate_settings(size_t *count);

/* ---- what the gate is: its folder ---- */

/*
 * The gate's own keys and whom it is paired with, in its state folder (mode 0700): gate.key,
 * gate.pair. With these alone no lease opens.
 */
struct gate_identity {
	struct secret sign, box;
	bool paired;
	struct lease_pair pair;
	uint8_t server_pin[PAIR_PIN_LEN]; /* zero: there is no server */
	char name[PAIR_NAME_LEN];
};
/* Made when missing. */
tanu_status gate_identity_open(struct gate_identity *out, const char *state_dir,
			       const struct random_source *random, tanu_error *err);
void gate_identity_wipe(struct gate_identity *identity);
/* What is sent to the site; `tls_pin` NULL: no certificate. */
void gate_pair_ask(struct buf *out, const struct gate_identity *identity, const uint8_t *tls_pin,
		   const struct secret *code_key);
/* Its answer, checked and kept. */
tanu_status gate_pair_keep(struct gate_identity *identity, const char *state_dir, const void *reply,
			   size_t reply_len, const uint8_t *tls_pin, const struct secret *code_key,
			   tanu_error *err);

/* ---- running ---- */

#define GATE_READERS_MAX 8
struct gate_reader {
	struct reader reader; /* becomes the gate's */
	enum rules_direction direction;
	char name[32]; /* for the log: "front" */
};

/* Put a reader into a thread of its own; it becomes that thread's. */
tanu_status gate_reader_thread(struct reader *reader, tanu_error *err);

/* A camera beside the first. Where there is one, nobody is let in by face of whom it says nothing.
 */
struct gate_second {
	struct camera camera; /* zeroed: there is none */
	struct second_view view;
	float unit_mm; /* of distances */
};

struct gate_options {
	const struct settings *settings; /* must outlive the gate */
	const struct gate_identity *identity;
	struct door door;
	/*
	 * A panel that opens the door by rules of its own, or NULL; borrowed. It is shown the card
	 * of who is let in, or where she came without one `panel_other` (0 bits: nothing is shown).
	 */
	struct panel *panel;
	uint8_t panel_other[WIEGAND_BYTES];
	size_t panel_other_bits;
	struct gate_reader readers[GATE_READERS_MAX];
	size_t readers_len;
	struct camera camera;	  /* zeroed: there is none, the lane without a face goes on */
	struct liveness liveness; /* zeroed: likewise */
	struct gate_second second[SECOND_KINDS];
	struct camera_onlooker onlooker; /* of a reader that uses the camera; zeroed: none */
	tanu_engine *engine;		 /* likewise NULL; borrowed */
	bool threads;			 /* the eye and the link have threads of their own */
	bool allow_synthetic;		 /* only where the door is a simulator */
	/* Zero: the machine's. */
	struct clock_source wall;
	int64_t (*boot_ms)(void *self);
	void *boot_self;
	struct random_source random;
	/*
	 * What people are told; may be NULL. `key` is stable, `text` in the gate's language; of
	 * "ticket-code" it is a use-ticket (lease/ticket.h) in base64, to be shown as a QR code.
	 */
	void (*tell)(void *self, const char *key, const char *text);
	/* A line for the operator's log: never a person. May be NULL. */
	void (*log)(void *self, const char *line);
	void *self;
};

/* Opens state, spool and lease; the door is locked. */
tanu_status gate_open(struct gate **out, const struct gate_options *options, tanu_error *err);
/* The door is locked; what waits stays on the disk. Readers, door, camera and judge are closed. */
void gate_close(struct gate **gate);

/* Begin to speak to the site (setting link.url), as the client with this certificate (PEM). */
tanu_status gate_link(struct gate *gate, const char *certificate, const char *key, tanu_error *err);

/* Begin to show itself at setting gate.socket, and to listen there for the guard. */
tanu_status gate_view(struct gate *gate, tanu_error *err);

/* One round of everything that is ready; never waits. Times are monotonic, in milliseconds. */
tanu_status gate_step(struct gate *gate, int64_t now_ms, tanu_error *err);
/* Wait until there is something for gate_step, at most `at_most_ms`. */
void gate_wait(struct gate *gate, int64_t now_ms, int64_t at_most_ms);
/* The settings have been read again: takes over those that may change while it runs. */
void gate_reload(struct gate *gate);

/* ---- leases by hand ---- */

/*
 * A lease that was carried here, with its keys. Taken over, kept sealed on the disk, and the keys
 * in memory (setting run.dir) only.
 */
tanu_status gate_lease_take(struct gate *gate, const void *doc, size_t doc_len,
			    const struct lease_keys *keys, tanu_error *err);
/* Events that wait, as a file to be carried to the site; and what the site has taken of them. */
tanu_status gate_events_export(struct gate *gate, struct buf *out, uint64_t *last, tanu_error *err);
tanu_status gate_events_ack(struct gate *gate, uint64_t upto, tanu_error *err);
/* The site says what time it is. */
void gate_time_set(struct gate *gate, int64_t unix_ms);

/* ---- the people around it ---- */

/*
 * "guard yes", "guard no", "release", "bell", "answered", "ticket", "lockdown on|off". TANU_USAGE;
 * of "ticket" TANU_NOT_FOUND (record-missing): there is nobody to give one to.
 */
tanu_status gate_command(struct gate *gate, const char *command, int64_t now_ms, tanu_error *err);

/* ---- looking at it ---- */

struct gate_state {
	char name[PAIR_NAME_LEN], zone[LEASE_ZONE_NAME];
	const char *visit; /* state of the visit */
	const char *shown; /* ready, wait, ask, go, assist */
	const char *told;  /* key of the text that is shown */
	const char *text;  /* and the text, in the gate's language */
	const char *door;  /* state of the door */
	const char *last_reason;
	bool released;
	bool time_trusted;
	int64_t time_ms;
	int64_t lease_until_ms; /* 0: none */
	int64_t lease_issued_ms;
	bool lease_valid;
	struct lease_counts lent;
	size_t events_waiting, events_max;
	bool events_alarm, events_stopped;
	bool link_up; /* the site has answered lately */
	bool has_link;
	bool camera_on;
	const char *camera_trouble; /* "none", "black", ... */
	struct {
		bool there, on;
		struct second_seen seen;
	} second[SECOND_KINDS];
	double frames_per_s;
	uint64_t frames;
	int64_t models_ns; /* CPU time inside the models so far */
	size_t readers, readers_on;
	uint64_t commands;  /* taken at its socket so far */
	const char *ticket; /* a use-ticket that is shown, in base64; "" */
	bool bell;	    /* somebody waits for help */
	int64_t bell_ms;
	uint64_t grants, refusals, embeddings, permits;
	/* Of the last 1,024 decisions, by lane: with a face, without. Milliseconds. */
	uint32_t waited_p50[2], waited_p99[2];
	uint64_t lane_grants[2], lane_refusals[2];
};
void gate_state(struct gate *gate, struct gate_state *out, int64_t now_ms);
/* The same as one line of JSON, appended. */
void gate_state_json(struct gate *gate, struct buf *out, int64_t now_ms);

#endif
