/* SPDX-License-Identifier: Apache-2.0 */
/* What readers say, as events: one handler a reply. */
#include "device/osdp/peer.h"

#include <string.h>

/* Events that are about a person: they age, and are wiped. */
static bool is_shown(const struct osdp_event *event)
{
	return event->kind == READER_CARD || event->kind == READER_CODE ||
	       event->kind == READER_KEY;
}

static void remove_event(struct osdp_peer *peer, size_t i)
{
	peer->events_len--;
	memmove(&peer->events[i], &peer->events[i + 1],
		(peer->events_len - i) * sizeof(peer->events[0]));
	mem_wipe(&peer->events[peer->events_len], sizeof(peer->events[0]));
}

void peer_forget_shown(struct osdp_peer *peer)
{
	for (size_t i = peer->events_len; i-- > 0;)
		if (is_shown(&peer->events[i]))
			remove_event(peer, i);
}

void peer_event(struct peer_at *at, const struct osdp_event *event)
{
	struct osdp_peer *peer = at->peer;

	if (peer->events_len == OSDP_EVENTS_MAX) {
		remove_event(peer, 0);
		peer->counts.lost++;
	}
	peer->events[peer->events_len] = *event;
	peer->events[peer->events_len++].at_ms = at->now_ms;
}

void peer_refused(struct peer_at *at, const char *word)
{
	peer_event(at, &(struct osdp_event){.kind = READER_REFUSED, .word = word});
}

/* False: the reader is being drained, what it shows is from before. */
static bool is_fresh(struct peer_at *at)
{
	if (at->peer->state == OSDP_ONLINE)
		return true;
	at->peer->counts.stale++;
	return false;
}

static void take_card(struct peer_at *at, const struct osdp_reply *reply)
{
	struct osdp_event event = {.kind = READER_CARD,
				   .number = reply->card.reader,
				   .bits = reply->card.bits,
				   .len = ((size_t)reply->card.bits + 7) / 8};

	if (!is_fresh(at))
		return;
	memcpy(event.bytes, reply->card.data, event.len);
	peer_event(at, &event);
	mem_wipe(&event, sizeof(event));
}

static void take_formatted(struct peer_at *at, const struct osdp_reply *reply)
{
	struct osdp_event event = {.kind = READER_CODE,
				   .number = reply->formatted.reader,
				   .len = strlen(reply->formatted.digits)};

	if (!is_fresh(at))
		return;
	for (size_t i = 0; i < event.len; i++) {
		size_t from = reply->formatted.backwards ? event.len - 1 - i : i;

		event.bytes[i] = (uint8_t)reply->formatted.digits[from];
	}
	peer_event(at, &event);
	mem_wipe(&event, sizeof(event));
}

static void take_keys(struct peer_at *at, const struct osdp_reply *reply)
{
	for (const char *key = reply->keypad.keys; *key; key++) {
		if (!is_fresh(at))
			continue;
		peer_event(at, &(struct osdp_event){.kind = READER_KEY,
						    .number = reply->keypad.reader,
						    .key = *key});
	}
}

static void change(struct peer_at *at, bool *known, bool on, enum reader_event_kind kind)
{
	if (*known != on)
		peer_event(at, &(struct osdp_event){.kind = kind, .on = on});
	*known = on;
}

static void take_local(struct peer_at *at, const struct osdp_reply *reply)
{
	change(at, &at->peer->tamper, reply->local.tamper, READER_TAMPER);
	change(at, &at->peer->power, reply->local.power, READER_POWER);
}

/* Level 2 of a reader's status: somebody tampers with it. */
static void take_reader_status(struct peer_at *at, const struct osdp_reply *reply)
{
	change(at, &at->peer->tamper, reply->levels.level[0] == 2, READER_TAMPER);
}

static void take_levels(struct peer_at *at, const struct osdp_reply *reply,
			uint8_t known[OSDP_LEVELS_MAX], enum reader_event_kind kind)
{
	for (size_t i = 0; i < reply->levels.len; i++) {
		bool on = reply->levels.level[i] != 0;

		if (known[i] != on)
			peer_event(
			    at, &(struct osdp_event){.kind = kind, .number = (uint8_t)i, .on = on});
		known[i] = on;
	}
}

static void take_inputs(struct peer_at *at, const struct osdp_reply *reply)
{
	take_levels(at, reply, at->peer->inputs, READER_INPUT);
}

static void take_outputs(struct peer_at *at, const struct osdp_reply *reply)
{
	take_levels(at, reply, at->peer->outputs, READER_OUTPUT);
}

static const struct {
	uint8_t code;
	void (*take)(struct peer_at *at, const struct osdp_reply *reply);
} handlers[] = {
    {OSDP_R_RAW, take_card},
    {OSDP_R_FMT, take_formatted},
    {OSDP_R_KEYPAD, take_keys},
    {OSDP_R_LSTATR, take_local},
    {OSDP_R_RSTATR, take_reader_status},
    {OSDP_R_ISTATR, take_inputs},
    {OSDP_R_OSTATR, take_outputs},
};

void peer_take_news(struct peer_at *at, const struct osdp_reply *reply)
{
	for (size_t i = 0; i < ARRAY_LEN(handlers); i++)
		if (handlers[i].code == reply->code)
			handlers[i].take(at, reply);
}

bool osdp_bus_take(struct osdp_bus *bus, struct osdp_event *out, size_t reader, int64_t now_ms)
{
	struct osdp_peer *peer = &bus->peers[reader];

	while (peer->events_len > 0) {
		struct osdp_event event = peer->events[0];

		remove_event(peer, 0);
		if (is_shown(&event) && now_ms - event.at_ms > bus->options.stale_ms) {
			peer->counts.stale++;
			mem_wipe(&event, sizeof(event));
			continue;
		}
		*out = event;
		mem_wipe(&event, sizeof(event));
		return true;
	}
	return false;
}
