/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pd.h - a simulated OSDP reader: the other end of the line, for tests. It keeps the rules of the
 * standard by itself (sequence, repeats, offline after 8 s, secure channel) and can be told to
 * misbehave. Bytes in, bytes out; the time is handed in.
 */
#ifndef TESTS_DEVICE_PD_H
#define TESTS_DEVICE_PD_H

#include "device/osdp/secure.h"

#define PD_CARDS_MAX 8

struct pd {
	uint8_t address;
	struct osdp_key key;
	bool has_key;	 /* otherwise it takes the default key, and waits for its own */
	bool has_inputs; /* tells three inputs in its capabilities */
	bool no_security;
	bool dead; /* says nothing */
	/* faults, counted down by each reply */
	unsigned lose;	 /* replies that are lost on the way */
	unsigned garble; /* a byte of the reply is wrong */
	unsigned busy;
	unsigned clear; /* replies in clear text though the channel is up */
	unsigned forge; /* a false MAC under a right check */
	unsigned lag;	/* with the number of the command before */
	bool refuse_key;

	struct osdp_reply waiting[PD_CARDS_MAX]; /* what polls are answered with */
	size_t waiting_len;

	/* what happened */
	struct osdp_secure secure;
	uint8_t sequence;
	uint8_t last[OSDP_FRAME_MAX], last_command[OSDP_FRAME_MAX];
	size_t last_len, last_command_len;
	int64_t heard_ms;
	struct osdp_stream stream;
	struct osdp_command led; /* the last one told */
	struct osdp_command out;
	size_t polls, leds, outs, repeats, sessions, keys_set;
	bool clear_data; /* a command other than id, capabilities and handshake came in clear */
};

void pd_show(struct pd *pd, const struct osdp_reply *reply);
void pd_restart(struct pd *pd); /* power off and on: its session is gone */
/* Bytes from the line; its reply, if any, into `out`: the length, 0 for silence. */
size_t pd_hear(struct pd *pd, uint8_t out[OSDP_FRAME_MAX], const uint8_t *bytes, size_t len,
	       int64_t now_ms);

#endif
