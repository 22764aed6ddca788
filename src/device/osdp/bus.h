/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bus.h - the controller's end of an OSDP line with up to OSDP_READERS_MAX readers, as a state
 * table: bytes and the time go in, bytes to send come out. No I/O, no clock; inside device/ and its
 * tests.
 *
 * Every reader goes through the same states; each has one command, one reply that is expected, and
 * a next state. A reader's data count only in an open secure channel: a reader that can't have one
 * is refused, and clear text after the handshake ends the session.
 *
 *   silent -> hello -> challenge -> crypt -> [new key -> challenge ...] -> id -> ability -> status
 *          -> drain -> online
 *
 * Rules of the standard kept here (5.7 to 5.9, annex D):
 *  - Sequence 0 begins; then 1, 2, 3, 1 ... A command without a good reply goes out again, the same
 *    bytes under the same number. A reply of another number is none.
 *  - BUSY (number 0, in clear) asks for the same command later. It is no sign of life.
 *  - A reader that gave no good reply for 8 s is offline: its session, what is queued for it and
 *    what it showed are forgotten.
 *  - What a reader has kept from before the session (drain) is dropped, and so is what nobody
 *    fetched in time: a card shown to a gate that was not there opens nothing later.
 */
#ifndef DEVICE_OSDP_BUS_H
#define DEVICE_OSDP_BUS_H

#include "device/osdp/secure.h"
#include "device/reader.h"

#define OSDP_READERS_MAX  8
#define OSDP_EVENTS_MAX	  16 /* kept of one reader; the oldest goes */
#define OSDP_COMMANDS_MAX 8  /* waiting for one reader */

enum osdp_state {
	OSDP_SILENT = 0, /* waits before it tries again */
	OSDP_HELLO,	 /* does anything answer? nothing it says is kept */
	OSDP_CHALLENGE,
	OSDP_CRYPT,
	OSDP_NEW_KEY,
	OSDP_WHO,     /* id, inside the channel */
	OSDP_ABILITY, /* capabilities */
	OSDP_STATUS,  /* tamper and power */
	OSDP_INPUTS,  /* where it has any */
	OSDP_DRAIN,
	OSDP_ONLINE,
	OSDP_STATES
};

const char *osdp_state_word(enum osdp_state state);

/* How a reader's key is handled. Keys are secret: osdp_bus_wipe. */
struct osdp_reader_options {
	uint8_t address;
	struct osdp_key key; /* its own; unused while it is to be paired */
	/*
	 * Give it `new_key`: over `key` where it has one, over the default key where `pair` is set.
	 * The new key must be safe on disk before it is set here, since the reader may have it from
	 * then on; it is tried first, then the other. READER_PAIRED tells that it works.
	 */
	bool change_key;
	bool pair; /* the installer stands beside it: the default key may be used, once */
	struct osdp_key new_key;
};

/* Zero means the default in brackets. */
struct osdp_bus_options {
	int64_t poll_ms;    /* between two commands to one reader [50] */
	int64_t reply_ms;   /* for the first byte of a reply [200] */
	int64_t offline_ms; /* without a good reply [8000] */
	int64_t again_ms;   /* a silent reader is tried again [1000] */
	int64_t stale_ms;   /* age at which an event nobody fetched is dropped [3000] */
	uint32_t baud;	    /* of the line, for how long bytes take [9600] */
	struct random_source random;
};

struct osdp_event {
	enum reader_event_kind kind;
	int64_t at_ms;
	bool on;
	char key;
	uint8_t number;
	uint16_t bits;
	size_t len;
	const char *word;
	uint8_t bytes[OSDP_CARD_BITS_MAX / 8];
};

/* For `check`: how a reader's line does. */
struct osdp_counts {
	uint64_t commands, replies, repeats, busy, naks;
	uint64_t clear_refused; /* messages without a MAC where one must be */
	uint64_t forged;	/* with a false MAC */
	uint64_t stale;		/* events dropped for their age, or kept from before */
	uint64_t lost;		/* events that found no room */
};

struct osdp_peer {
	struct osdp_reader_options options;
	enum osdp_state state;
	bool announced; /* READER_ONLINE was told, and READER_OFFLINE not since */
	bool try_old;	/* the next handshake is with the old or the default key */
	bool told;	/* its trouble was told, and it was not online since */
	bool polled;	/* the last command was a poll: another may go out */
	unsigned tries; /* of the command that is out */
	unsigned drained;
	struct osdp_secure secure;
	uint8_t sequence;
	uint8_t sent[OSDP_FRAME_MAX]; /* the command that is out, for sending it again */
	size_t sent_len;	      /* 0: none is out */
	int64_t turn_ms;	      /* not to be spoken to before */
	int64_t heard_ms;	      /* last reply that was proven to be its own */
	struct osdp_command commands[OSDP_COMMANDS_MAX];
	size_t commands_len;
	struct osdp_event events[OSDP_EVENTS_MAX];
	size_t events_len;
	bool tamper, power;
	uint8_t inputs[OSDP_LEVELS_MAX], outputs[OSDP_LEVELS_MAX];
	struct osdp_id id;
	struct osdp_reply caps;
	struct osdp_counts counts;
};

struct osdp_bus {
	struct osdp_bus_options options;
	struct osdp_peer peers[OSDP_READERS_MAX];
	size_t peers_len;
	struct osdp_stream stream;
	bool line_up;
	bool waiting; /* for a reply of `turn` */
	size_t turn;
	int64_t deadline_ms; /* of that reply, moved on by each byte */
	int64_t last_ms;     /* and never beyond */
};

/*
 * TANU_USAGE (setting): no reader, too many, an address of 127 and up or twice, the default key as
 * a reader's own or new key.
 */
tanu_status osdp_bus_init(struct osdp_bus *bus, const struct osdp_reader_options *readers,
			  size_t readers_len, const struct osdp_bus_options *options,
			  tanu_error *err);
void osdp_bus_wipe(struct osdp_bus *bus);

enum osdp_bus_event {
	OSDP_BUS_TIME = 0,
	OSDP_BUS_BYTES,
	OSDP_BUS_UP,   /* the line is open */
	OSDP_BUS_DOWN, /* it broke: what is out is forgotten */
};

struct osdp_bus_step {
	const uint8_t *send; /* NULL: nothing; valid until the next call */
	size_t send_len;
	int64_t wake_ms; /* call with OSDP_BUS_TIME then; INT64_MAX: no need */
};

/*
 * One step. `bytes` are those that came, for OSDP_BUS_BYTES. After each step that sends, the line's
 * owner writes, and calls again when bytes come or `wake_ms` does.
 */
struct osdp_bus_step osdp_bus_next(struct osdp_bus *bus, enum osdp_bus_event event,
				   const uint8_t *bytes, size_t bytes_len, int64_t now_ms);

/* The oldest event of a reader that is not stale. False: none. */
bool osdp_bus_take(struct osdp_bus *bus, struct osdp_event *out, size_t reader, int64_t now_ms);

/*
 * Queue a command (LED, BUZ, OUT, TEXT, or a status request) for a reader that is online; a later
 * light takes the place of an earlier one that has not gone out. TANU_SYSTEM (device): it is
 * offline, or does not keep up.
 */
tanu_status osdp_bus_command(struct osdp_bus *bus, size_t reader,
			     const struct osdp_command *command, tanu_error *err);

/* Change a reader's key from now on (see osdp_reader_options). */
tanu_status osdp_bus_change_key(struct osdp_bus *bus, size_t reader, const struct osdp_key *new_key,
				tanu_error *err);

#endif
