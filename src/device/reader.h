/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.h - what the gate knows of a reader, whatever wire it hangs on: what a person shows or
 * types comes out as events, what she is to see and hear goes in as one of five words.
 *
 * A reader never blocks. Its owner polls `fd` for reading, or calls reader_next when `wake_ms`
 * comes, until it gives READER_NOTHING. Times are of the monotonic clock, in milliseconds.
 *
 * Nothing here decides. A card number and a key are personal: they go to the rules and to nobody
 * else, never into a log or an error.
 */
#ifndef DEVICE_READER_H
#define DEVICE_READER_H

#include "base/base.h"

#define READER_BYTES_MAX 4096 /* of a pass; a card has far fewer */

enum reader_event_kind {
	READER_NOTHING = 0,
	READER_CARD,	/* `bits` bits of a card, first bit highest in bytes[0] */
	READER_CODE,	/* digits of a card, as the reader formats them: `len` characters */
	READER_PASS,	/* `len` bytes read from an NFC card, phone or code */
	READER_KEY,	/* `key` of a keypad: 0-9, * (begin again), # (done), A-D */
	READER_ONLINE,	/* it answers, and is who it was */
	READER_OFFLINE, /* it does not: what it had shown before counts no more */
	READER_TAMPER,	/* `on`: opened or torn off; else: closed again */
	READER_POWER,	/* `on`: its power fails */
	READER_INPUT,	/* contact `number` is `on` */
	READER_OUTPUT,	/* likewise a contact that it drives */
	READER_PAIRED,	/* it holds the new key now */
	READER_REFUSED, /* something came that is not believed; `word` says what */
};

struct reader_event {
	enum reader_event_kind kind;
	int64_t at_ms; /* when it happened */
	bool on;
	char key;
	uint8_t number;
	uint16_t bits;
	size_t len;
	const char *word; /* for the log; lives as long as the program */
	uint8_t bytes[READER_BYTES_MAX];
};

/* What a person sees and hears. There is no red. */
enum reader_show {
	READER_SHOW_READY = 0, /* nobody is here */
	READER_SHOW_WAIT,      /* seen; a moment */
	READER_SHOW_ASK,       /* one more step */
	READER_SHOW_GO,	       /* come in */
	READER_SHOW_ASSIST,    /* somebody is coming */
	READER_SHOWS
};

struct reader_ops {
	const char *kind; /* "osdp", "wiegand", "pcsc", "sim" */
	/* READER_NOTHING in out->kind when there is nothing (more) now. */
	tanu_status (*next)(void *self, struct reader_event *out, int64_t now_ms, tanu_error *err);
	tanu_status (*show)(void *self, enum reader_show show, int64_t now_ms, tanu_error *err);
	int (*fd)(const void *self);	      /* -1: there is none to poll */
	int64_t (*wake_ms)(const void *self); /* INT64_MAX: no need */
	void (*close)(void *self);
};

/* A zeroed reader is none. */
struct reader {
	const struct reader_ops *ops;
	void *self;
};

static inline tanu_status reader_next(struct reader *r, struct reader_event *out, int64_t now_ms,
				      tanu_error *err)
{
	return r->ops->next(r->self, out, now_ms, err);
}

static inline tanu_status reader_show(struct reader *r, enum reader_show show, int64_t now_ms,
				      tanu_error *err)
{
	return r->ops->show(r->self, show, now_ms, err);
}

static inline int reader_fd(const struct reader *r)
{
	return r->ops->fd(r->self);
}

static inline int64_t reader_wake_ms(const struct reader *r)
{
	return r->ops->wake_ms(r->self);
}

static inline void reader_close(struct reader *r)
{
	if (r->ops)
		r->ops->close(r->self);
	*r = (struct reader){0};
}

/*
 * A chip that is on a contactless or contact reader: one command APDU out, one response in (data
 * and two status bytes, `*reply_len` of them in, how many came out). TANU_NOT_FOUND (io): the card
 * was taken away.
 */
#define CHIP_APDU_MAX 4096
struct chip {
	tanu_status (*transmit)(void *self, uint8_t *reply, size_t *reply_len,
				const uint8_t *command, size_t command_len, tanu_error *err);
	void *self;
};

#endif
