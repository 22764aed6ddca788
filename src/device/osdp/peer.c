/* SPDX-License-Identifier: Apache-2.0 */
/* The states of one reader: what is sent in each, which reply is expected, and what follows. */
#include "device/osdp/peer.h"

#include <string.h>

#define TRIES_MAX	 3   /* of a message before the channel is up */
#define SEALED_TRIES_MAX 40  /* of one in the channel: longer than a reader may be silent */
#define BUSY_MS		 100 /* until a busy reader is asked again */
#define RESTART_MS	 100
#define DRAINED_MAX	 (2 * OSDP_EVENTS_MAX)
#define TROUBLE_TURNS	 5 /* of again_ms: a reader without the key is not asked every second */

static const char *const state_words[OSDP_STATES] = {
    [OSDP_SILENT] = "silent",	     [OSDP_HELLO] = "hello",	 [OSDP_CHALLENGE] = "challenge",
    [OSDP_CRYPT] = "cryptogram",     [OSDP_NEW_KEY] = "new key", [OSDP_WHO] = "id",
    [OSDP_ABILITY] = "capabilities", [OSDP_STATUS] = "status",	 [OSDP_INPUTS] = "inputs",
    [OSDP_DRAIN] = "draining",	     [OSDP_ONLINE] = "online",
};

const char *osdp_state_word(enum osdp_state state)
{
	return (unsigned)state < OSDP_STATES ? state_words[state] : "unknown";
}

/* ---- leaving a session ---- */

static void go(struct peer_at *at, enum osdp_state state, int64_t in_ms)
{
	at->peer->state = state;
	at->peer->turn_ms = at->now_ms + in_ms;
	at->peer->sent_len = 0;
	at->peer->tries = 0;
}

static void restart(struct peer_at *at, enum osdp_state state, int64_t in_ms)
{
	osdp_secure_wipe(&at->peer->secure);
	at->peer->sequence = 0;
	go(at, state, in_ms);
}

/* Told once until it is online again: a wrong key would else fill the log. */
static void trouble(struct peer_at *at, const char *word)
{
	if (!at->peer->told)
		peer_refused(at, word);
	at->peer->told = true;
	restart(at, OSDP_SILENT, TROUBLE_TURNS * at->options->again_ms);
}

void peer_check_offline(struct peer_at *at)
{
	struct osdp_peer *peer = at->peer;

	if (!peer->announced || at->now_ms - peer->heard_ms < at->options->offline_ms)
		return;
	peer_forget_shown(peer);
	peer->announced = false;
	peer->commands_len = 0;
	memset(peer->inputs, 0, sizeof(peer->inputs));
	memset(peer->outputs, 0, sizeof(peer->outputs));
	peer_event(at, &(struct osdp_event){.kind = READER_OFFLINE});
	restart(at, OSDP_SILENT, at->options->again_ms);
}

void peer_silence(struct peer_at *at)
{
	struct osdp_peer *peer = at->peer;

	peer->turn_ms = at->now_ms + at->options->poll_ms;
	if (peer->tries >= (peer->secure.up ? SEALED_TRIES_MAX : TRIES_MAX))
		restart(at, OSDP_SILENT, at->options->again_ms);
}

/* ---- keys ---- */

static const struct osdp_key *key_now(const struct osdp_peer *peer)
{
	const struct osdp_reader_options *o = &peer->options;

	if (!o->change_key)
		return &o->key;
	if (!peer->try_old)
		return &o->new_key;
	return o->pair ? &osdp_default_key : &o->key;
}

/* It does not hold the key that was tried. */
static void wrong_key(struct peer_at *at)
{
	struct osdp_peer *peer = at->peer;

	if (peer->options.change_key && !peer->try_old) {
		peer->try_old = true;
		restart(at, OSDP_HELLO, RESTART_MS);
		return;
	}
	peer->try_old = false;
	trouble(at, "it does not hold the key");
}

/* The handshake with the new key went through: from now on there is no other. */
static void new_key_works(struct peer_at *at)
{
	struct osdp_reader_options *o = &at->peer->options;

	o->key = o->new_key;
	mem_wipe(&o->new_key, sizeof(o->new_key));
	o->change_key = false;
	o->pair = false;
	peer_event(at, &(struct osdp_event){.kind = READER_PAIRED});
}

/* ---- what each reply brings; false: the session is over ---- */

static bool take_nothing(struct peer_at *at, const struct osdp_reply *reply)
{
	(void)at;
	(void)reply;
	return true;
}

static bool take_ccrypt(struct peer_at *at, const struct osdp_reply *reply)
{
	if (osdp_secure_take_client(&at->peer->secure, reply->ccrypt.random,
				    reply->ccrypt.cryptogram, NULL) >= 0)
		return true;
	wrong_key(at);
	return false;
}

static bool take_rmac(struct peer_at *at, const struct osdp_reply *reply)
{
	struct osdp_peer *peer = at->peer;

	if (osdp_secure_take_rmac(&peer->secure, reply->rmac, NULL) < 0) {
		wrong_key(at);
		return false;
	}
	peer->heard_ms = at->now_ms;
	peer->drained = 0;
	if (peer->options.change_key && !peer->try_old)
		new_key_works(at);
	return true;
}

/* It has the new key: begin a session with that. */
static bool take_new_key(struct peer_at *at, const struct osdp_reply *reply)
{
	(void)reply;
	at->peer->try_old = false;
	osdp_secure_wipe(&at->peer->secure);
	return true;
}

static bool take_id(struct peer_at *at, const struct osdp_reply *reply)
{
	at->peer->id = reply->id;
	return true;
}

static bool take_caps(struct peer_at *at, const struct osdp_reply *reply)
{
	at->peer->caps = *reply;
	return true;
}

static bool take_news(struct peer_at *at, const struct osdp_reply *reply)
{
	peer_take_news(at, reply);
	return true;
}

static bool take_drained(struct peer_at *at, const struct osdp_reply *reply)
{
	struct osdp_peer *peer = at->peer;

	peer_take_news(at, reply);
	if (reply->code == OSDP_R_ACK)
		peer->drained = DRAINED_MAX;
	else if (++peer->drained < DRAINED_MAX)
		return true;
	if (!peer->announced)
		peer_event(at, &(struct osdp_event){.kind = READER_ONLINE});
	peer->announced = true;
	peer->told = false;
	return true;
}

/* ---- the table ---- */

struct row {
	uint8_t command;
	uint8_t reply;	  /* 0: any */
	uint8_t security; /* of the reply, before the channel is up */
	bool (*take)(struct peer_at *at, const struct osdp_reply *reply);
	enum osdp_state next;
};

static const struct row table[OSDP_STATES] = {
    [OSDP_HELLO] = {OSDP_ID, 0, OSDP_CLEAR, take_nothing, OSDP_CHALLENGE},
    [OSDP_CHALLENGE] = {OSDP_CHLNG, OSDP_R_CCRYPT, OSDP_SCS_12, take_ccrypt, OSDP_CRYPT},
    [OSDP_CRYPT] = {OSDP_SCRYPT, OSDP_R_RMAC_I, OSDP_SCS_14, take_rmac, OSDP_WHO},
    [OSDP_NEW_KEY] = {OSDP_KEYSET, OSDP_R_ACK, 0, take_new_key, OSDP_CHALLENGE},
    [OSDP_WHO] = {OSDP_ID, OSDP_R_PDID, 0, take_id, OSDP_ABILITY},
    [OSDP_ABILITY] = {OSDP_CAP, OSDP_R_PDCAP, 0, take_caps, OSDP_STATUS},
    [OSDP_STATUS] = {OSDP_LSTAT, OSDP_R_LSTATR, 0, take_news, OSDP_INPUTS},
    [OSDP_INPUTS] = {OSDP_ISTAT, OSDP_R_ISTATR, 0, take_news, OSDP_DRAIN},
    [OSDP_DRAIN] = {OSDP_POLL, 0, 0, take_drained, OSDP_DRAIN},
    [OSDP_ONLINE] = {OSDP_POLL, 0, 0, take_news, OSDP_ONLINE},
};

static bool has_inputs(const struct osdp_peer *peer)
{
	const struct osdp_cap *cap = osdp_cap_find(&peer->caps, OSDP_F_INPUTS);

	return cap && cap->number > 0;
}

static enum osdp_state state_after(const struct osdp_peer *peer)
{
	enum osdp_state next = table[peer->state].next;

	if (peer->state == OSDP_CRYPT && peer->options.change_key)
		return OSDP_NEW_KEY;
	if (next == OSDP_INPUTS && !has_inputs(peer))
		return OSDP_DRAIN;
	if (peer->state == OSDP_DRAIN && peer->drained >= DRAINED_MAX)
		return OSDP_ONLINE;
	return next;
}

/* ---- sending ---- */

static uint8_t next_sequence(const struct osdp_peer *peer)
{
	if (peer->state == OSDP_HELLO)
		return 0;
	return (uint8_t)(peer->sequence % 3 + 1);
}

/* Between two commands there is a poll, so that lights do not keep cards waiting. */
static void next_command(struct osdp_peer *peer, struct osdp_command *out)
{
	*out = (struct osdp_command){.code = table[peer->state].command};
	if (peer->state != OSDP_ONLINE)
		return;
	if (peer->commands_len > 0 && peer->polled) {
		*out = peer->commands[0];
		peer->commands_len--;
		memmove(&peer->commands[0], &peer->commands[1],
			peer->commands_len * sizeof(peer->commands[0]));
	}
	peer->polled = out->code == OSDP_POLL;
}

static void fill_handshake(struct peer_at *at, struct osdp_command *command,
			   struct osdp_frame *frame)
{
	struct osdp_peer *peer = at->peer;

	if (peer->state == OSDP_CHALLENGE) {
		osdp_secure_challenge(&peer->secure, key_now(peer), &at->options->random);
		memcpy(command->random, peer->secure.nonce_a, sizeof(command->random));
		frame->security = OSDP_SCS_11;
	} else if (peer->state == OSDP_CRYPT) {
		memcpy(command->cryptogram, peer->secure.server, sizeof(command->cryptogram));
		frame->security = OSDP_SCS_13;
	} else if (peer->state == OSDP_NEW_KEY) {
		memcpy(command->key, peer->options.new_key.b, sizeof(command->key));
	}
	frame->security_data = !peer->secure.default_key;
}

static void build(struct peer_at *at)
{
	struct osdp_peer *peer = at->peer;
	struct osdp_command command;
	struct osdp_frame frame = {.address = peer->options.address, .crc = true};
	uint8_t data[OSDP_DATA_MAX];

	next_command(peer, &command);
	fill_handshake(at, &command, &frame);
	frame.sequence = peer->sequence = next_sequence(peer);
	frame.code = command.code;
	frame.data = data;
	frame.data_len = osdp_command_put(data, &command);
	if (!peer->secure.up)
		peer->sent_len =
		    osdp_encode_end(peer->sent, osdp_encode_body(peer->sent, &frame), &frame, NULL);
	else if (osdp_secure_seal(&peer->secure, peer->sent, &peer->sent_len, &frame, NULL) < 0)
		restart(at, OSDP_SILENT, at->options->again_ms); /* libcrypto is out of memory */
	mem_wipe(&command, sizeof(command));
	mem_wipe(data, sizeof(data));
}

void peer_send(struct peer_at *at)
{
	struct osdp_peer *peer = at->peer;

	if (peer->state == OSDP_SILENT)
		go(at, OSDP_HELLO, 0);
	if (peer->sent_len)
		peer->counts.repeats++;
	else
		build(at);
	peer->tries++;
	peer->counts.commands++;
}

/* ---- replies ---- */

static enum peer_heard again_later(struct peer_at *at, int64_t in_ms)
{
	at->peer->turn_ms = at->now_ms + in_ms;
	return PEER_DONE;
}

/*
 * A refusal outside the channel. Once the channel is up it can only mean that the reader has lost
 * it, or that the command arrived damaged; nothing else in it is believed.
 */
static enum peer_heard clear_nak(struct peer_at *at, const struct osdp_reply *reply)
{
	at->peer->counts.naks++;
	if (reply->nak == OSDP_NAK_CHECK)
		return again_later(at, at->options->poll_ms);
	if (at->peer->state == OSDP_HELLO)
		go(at, OSDP_CHALLENGE, 0);
	else if (at->peer->state == OSDP_CHALLENGE && !at->peer->options.change_key)
		trouble(at, "it has no secure channel, or not with this key");
	else if (at->peer->state == OSDP_CHALLENGE || at->peer->state == OSDP_CRYPT)
		wrong_key(at);
	else
		restart(at, OSDP_HELLO, RESTART_MS);
	return PEER_DONE;
}

/* A refusal in the channel: it can't do that, and the rest goes on. */
static enum peer_heard sealed_nak(struct peer_at *at)
{
	at->peer->counts.naks++;
	if (at->peer->state == OSDP_NEW_KEY)
		trouble(at, "it does not take a new key");
	else
		go(at, state_after(at->peer), at->options->poll_ms);
	return PEER_DONE;
}

static enum peer_heard use(struct peer_at *at, const struct osdp_reply *reply)
{
	struct osdp_peer *peer = at->peer;
	const struct row *row = &table[peer->state];

	if (row->reply && row->reply != reply->code) {
		restart(at, OSDP_HELLO, RESTART_MS);
		return PEER_DONE;
	}
	if (row->take(at, reply))
		go(at, state_after(peer), peer->state >= OSDP_DRAIN ? at->options->poll_ms : 0);
	return PEER_DONE;
}

static enum peer_heard refuse_frame(struct peer_at *at, const struct osdp_frame *frame)
{
	if (frame->mac) {
		at->peer->counts.forged++;
		peer_refused(at, "a message with a false MAC");
	} else {
		at->peer->counts.clear_refused++;
		peer_refused(at, "a message in clear text");
	}
	restart(at, OSDP_HELLO, RESTART_MS);
	return PEER_DONE;
}

static enum peer_heard sealed_reply(struct peer_at *at, const struct osdp_frame *frame)
{
	uint8_t plain[OSDP_DATA_MAX];
	struct osdp_reply reply;
	enum peer_heard heard;
	size_t len = 0;

	if (osdp_secure_open(&at->peer->secure, plain, &len, frame, NULL) < 0)
		return refuse_frame(at, frame);
	at->peer->counts.replies++;
	at->peer->heard_ms = at->now_ms;
	if (osdp_reply_read(&reply, frame->code, plain, len, NULL) < 0)
		reply = (struct osdp_reply){.code = OSDP_R_NAK}; /* its maker's own, or broken */
	heard = reply.code == OSDP_R_NAK ? sealed_nak(at) : use(at, &reply);
	mem_wipe(plain, sizeof(plain));
	mem_wipe(&reply, sizeof(reply));
	return heard;
}

static enum peer_heard clear_reply(struct peer_at *at, const struct osdp_frame *frame)
{
	struct osdp_reply reply = {.code = frame->code};

	if (frame->security != table[at->peer->state].security)
		return PEER_NOT_MINE;
	if (at->peer->state != OSDP_HELLO &&
	    osdp_reply_read(&reply, frame->code, frame->data, frame->data_len, NULL) < 0)
		return PEER_NOT_MINE;
	at->peer->counts.replies++;
	return use(at, &reply);
}

enum peer_heard peer_reply(struct peer_at *at, const struct osdp_frame *frame)
{
	struct osdp_peer *peer = at->peer;
	struct osdp_reply reply;
	bool clear = frame->security == OSDP_CLEAR;

	if (!frame->reply || frame->address != peer->options.address)
		return PEER_NOT_MINE;
	if (clear && frame->code == OSDP_R_BUSY) {
		peer->counts.busy++;
		return again_later(at, BUSY_MS);
	}
	if (clear && frame->code == OSDP_R_NAK &&
	    osdp_reply_read(&reply, frame->code, frame->data, frame->data_len, NULL) >= 0 &&
	    (frame->sequence == 0 || frame->sequence == peer->sequence))
		return clear_nak(at, &reply);
	if (frame->sequence != peer->sequence)
		return PEER_NOT_MINE;
	return peer->secure.up ? sealed_reply(at, frame) : clear_reply(at, frame);
}
