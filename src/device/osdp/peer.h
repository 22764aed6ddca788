/* SPDX-License-Identifier: Apache-2.0 */
/* peer.h - one reader on an OSDP line, between bus.c and the two files that know what it says. */
#ifndef DEVICE_OSDP_PEER_H
#define DEVICE_OSDP_PEER_H

#include "device/osdp/bus.h"

/* What a step needs to know. */
struct peer_at {
	struct osdp_peer *peer;
	const struct osdp_bus_options *options;
	int64_t now_ms;
};

/* Make peer->sent the bytes to go out now: a new command, or the one that has no reply yet. */
void peer_send(struct peer_at *at);

enum peer_heard {
	PEER_NOT_MINE = 0, /* goes on waiting */
	PEER_DONE,	   /* the command that was out has been answered, or is given up */
};
enum peer_heard peer_reply(struct peer_at *at, const struct osdp_frame *frame);

/* No reply came in time. */
void peer_silence(struct peer_at *at);
/* Offline, if it has been silent for so long. */
void peer_check_offline(struct peer_at *at);

/* ---- events (event.c) ---- */

/* What a reader says unasked, in the channel: queued as events, or dropped while it is drained. */
void peer_take_news(struct peer_at *at, const struct osdp_reply *reply);
void peer_event(struct peer_at *at, const struct osdp_event *event);
void peer_refused(struct peer_at *at, const char *word);
/* Cards and keys that nobody has fetched. */
void peer_forget_shown(struct osdp_peer *peer);

#endif
