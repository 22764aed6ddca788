/* SPDX-License-Identifier: Apache-2.0 */
/* The line: whose turn it is, and how long a reply may take. */
#include "device/osdp/peer.h"

#include <string.h>

static struct peer_at at_peer(struct osdp_bus *bus, size_t i, int64_t now_ms)
{
	return (struct peer_at){.peer = &bus->peers[i], .options = &bus->options, .now_ms = now_ms};
}

static bool is_default(const struct osdp_key *key)
{
	return crypto_equal(key->b, osdp_default_key.b, OSDP_KEY_LEN);
}

static tanu_status check_reader(const struct osdp_reader_options *readers, size_t i,
				tanu_error *err)
{
	const struct osdp_reader_options *r = &readers[i];

	if (r->address >= OSDP_EVERYONE)
		return tanu_fail(err, TANU_ERR_SETTING, "address", "OSDP addresses are 0 to 126");
	for (size_t k = 0; k < i; k++)
		if (readers[k].address == r->address)
			return tanu_fail(err, TANU_ERR_SETTING, "address",
					 "two readers of one line have the address %d", r->address);
	if ((r->change_key && is_default(&r->new_key)) || (!r->pair && is_default(&r->key)))
		return tanu_fail(err, TANU_ERR_SETTING, "key",
				 "the default key is known to everybody: pair the reader");
	if (r->pair && !r->change_key)
		return tanu_fail(err, TANU_ERR_SETTING, "key", "pairing needs a new key");
	return TANU_OK;
}

static void defaults(struct osdp_bus_options *o)
{
	static const struct osdp_bus_options standard = {.poll_ms = 50,
							 .reply_ms = 200,
							 .offline_ms = 8000,
							 .again_ms = 1000,
							 .stale_ms = 3000,
							 .baud = 9600};

	o->poll_ms = o->poll_ms ? o->poll_ms : standard.poll_ms;
	o->reply_ms = o->reply_ms ? o->reply_ms : standard.reply_ms;
	o->offline_ms = o->offline_ms ? o->offline_ms : standard.offline_ms;
	o->again_ms = o->again_ms ? o->again_ms : standard.again_ms;
	o->stale_ms = o->stale_ms ? o->stale_ms : standard.stale_ms;
	o->baud = o->baud ? o->baud : standard.baud;
}

tanu_status osdp_bus_init(struct osdp_bus *bus, const struct osdp_reader_options *readers,
			  size_t readers_len, const struct osdp_bus_options *options,
			  tanu_error *err)
{
	if (readers_len == 0 || readers_len > OSDP_READERS_MAX)
		return tanu_fail(err, TANU_ERR_SETTING, "readers", "a line has 1 to %d readers",
				 OSDP_READERS_MAX);
	for (size_t i = 0; i < readers_len; i++) {
		tanu_status st = check_reader(readers, i, err);

		if (st < 0)
			return st;
	}
	memset(bus, 0, sizeof(*bus));
	bus->options = *options;
	defaults(&bus->options);
	for (size_t i = 0; i < readers_len; i++)
		bus->peers[i].options = readers[i];
	bus->peers_len = readers_len;
	return TANU_OK;
}

void osdp_bus_wipe(struct osdp_bus *bus)
{
	mem_wipe(bus, sizeof(*bus));
}

/* How long so many bytes are on the line: ten bits each. */
static int64_t on_line_ms(const struct osdp_bus *bus, size_t bytes)
{
	return (int64_t)(bytes * 10000 / bus->options.baud) + 1;
}

static void stop_waiting(struct osdp_bus *bus)
{
	bus->waiting = false;
	osdp_stream_clear(&bus->stream);
}

/* Frames that have come: the first that is the awaited reply ends the wait. */
static void take_bytes(struct osdp_bus *bus, const uint8_t *bytes, size_t len, int64_t now_ms)
{
	struct peer_at at = at_peer(bus, bus->turn, now_ms);
	struct osdp_frame frame;

	while (bus->waiting && len > 0) {
		size_t n = osdp_stream_put(&bus->stream, bytes, len);

		while (bus->waiting && osdp_stream_next(&bus->stream, &frame))
			if (peer_reply(&at, &frame) == PEER_DONE)
				stop_waiting(bus);
		if (n == 0)
			osdp_stream_clear(&bus->stream); /* full of noise */
		bytes += n;
		len -= n;
	}
	bus->deadline_ms = now_ms + bus->options.reply_ms;
	if (bus->deadline_ms > bus->last_ms)
		bus->deadline_ms = bus->last_ms;
}

static void time_out(struct osdp_bus *bus, int64_t now_ms)
{
	struct peer_at at = at_peer(bus, bus->turn, now_ms);

	if (!bus->waiting || now_ms < bus->deadline_ms)
		return;
	stop_waiting(bus);
	peer_silence(&at);
}

/* Who is next: the readers take turns, those whose time has not come are passed over. */
static bool next_turn(struct osdp_bus *bus, int64_t now_ms)
{
	for (size_t i = 1; i <= bus->peers_len; i++) {
		size_t turn = (bus->turn + i) % bus->peers_len;

		if (bus->peers[turn].turn_ms > now_ms)
			continue;
		bus->turn = turn;
		return true;
	}
	return false;
}

static void speak(struct osdp_bus *bus, struct osdp_bus_step *step, int64_t now_ms)
{
	struct peer_at at;

	if (bus->waiting || !bus->line_up || !next_turn(bus, now_ms))
		return;
	at = at_peer(bus, bus->turn, now_ms);
	peer_send(&at);
	if (at.peer->sent_len == 0)
		return;
	osdp_stream_clear(&bus->stream);
	step->send = at.peer->sent;
	step->send_len = at.peer->sent_len;
	bus->waiting = true;
	bus->deadline_ms = now_ms + on_line_ms(bus, step->send_len) + bus->options.reply_ms;
	bus->last_ms = bus->deadline_ms + on_line_ms(bus, OSDP_FRAME_MAX);
}

static int64_t wake(const struct osdp_bus *bus)
{
	int64_t at = bus->waiting ? bus->deadline_ms : INT64_MAX;

	for (size_t i = 0; i < bus->peers_len; i++) {
		const struct osdp_peer *peer = &bus->peers[i];
		int64_t offline = peer->heard_ms + bus->options.offline_ms;

		if (!bus->waiting && bus->line_up && peer->turn_ms < at)
			at = peer->turn_ms;
		if (peer->announced && offline < at)
			at = offline;
	}
	return at;
}

struct osdp_bus_step osdp_bus_next(struct osdp_bus *bus, enum osdp_bus_event event,
				   const uint8_t *bytes, size_t bytes_len, int64_t now_ms)
{
	struct osdp_bus_step step = {0};

	if (event == OSDP_BUS_UP || event == OSDP_BUS_DOWN) {
		bus->line_up = event == OSDP_BUS_UP;
		stop_waiting(bus);
	}
	if (event == OSDP_BUS_BYTES)
		take_bytes(bus, bytes, bytes_len, now_ms);
	time_out(bus, now_ms);
	for (size_t i = 0; i < bus->peers_len; i++) {
		struct peer_at at = at_peer(bus, i, now_ms);

		peer_check_offline(&at);
	}
	speak(bus, &step, now_ms);
	step.wake_ms = wake(bus);
	return step;
}

/* A light that waits is replaced by a later one of the same place. */
static struct osdp_command *place_for(struct osdp_peer *peer, const struct osdp_command *command)
{
	for (size_t i = 0; i < peer->commands_len; i++) {
		struct osdp_command *old = &peer->commands[i];

		if (old->code == OSDP_LED && command->code == OSDP_LED &&
		    old->led.reader == command->led.reader && old->led.light == command->led.light)
			return old;
	}
	return peer->commands_len < OSDP_COMMANDS_MAX ? &peer->commands[peer->commands_len++]
						      : NULL;
}

tanu_status osdp_bus_command(struct osdp_bus *bus, size_t reader,
			     const struct osdp_command *command, tanu_error *err)
{
	struct osdp_peer *peer = &bus->peers[reader];
	struct osdp_command *place;

	if (!peer->announced)
		return tanu_fail(err, TANU_ERR_DEVICE, "OSDP reader",
				 "it is offline: check its power, wires, address and key");
	if (!(place = place_for(peer, command)))
		return tanu_fail(err, TANU_ERR_DEVICE, "OSDP reader",
				 "it does not keep up with what it is told to show");
	*place = *command;
	return TANU_OK;
}

tanu_status osdp_bus_change_key(struct osdp_bus *bus, size_t reader, const struct osdp_key *new_key,
				tanu_error *err)
{
	struct osdp_peer *peer = &bus->peers[reader];
	struct osdp_reader_options options = peer->options;
	tanu_status st;

	options.change_key = true;
	options.new_key = *new_key;
	if ((st = check_reader(&options, 0, err)) < 0)
		goto out;
	peer->options = options;
	peer->try_old = peer->secure.up; /* it holds the old key: no need to try the new one */
	osdp_secure_wipe(&peer->secure);
	peer->state = OSDP_SILENT;
	peer->sent_len = 0;
	peer->turn_ms = 0;
out:
	mem_wipe(&options, sizeof(options));
	return st;
}
