/* SPDX-License-Identifier: Apache-2.0 */
#include "device/pd.h"

#include <string.h>

#define OFFLINE_MS 8000

static void fill(void *self, void *out, size_t len)
{
	struct pd *pd = self;

	for (size_t i = 0; i < len; i++)
		((uint8_t *)out)[i] = (uint8_t)(17 * pd->sessions + 3 * i + pd->address);
}

void pd_show(struct pd *pd, const struct osdp_reply *reply)
{
	if (pd->waiting_len < PD_CARDS_MAX)
		pd->waiting[pd->waiting_len++] = *reply;
}

void pd_restart(struct pd *pd)
{
	osdp_secure_wipe(&pd->secure);
	pd->sequence = 0;
	pd->last_len = 0;
}

static struct osdp_reply nak(uint8_t why)
{
	return (struct osdp_reply){.code = OSDP_R_NAK, .nak = why};
}

static struct osdp_reply poll(struct pd *pd)
{
	struct osdp_reply reply = {.code = OSDP_R_ACK};

	pd->polls++;
	if (pd->waiting_len > 0) {
		reply = pd->waiting[0];
		pd->waiting_len--;
		memmove(pd->waiting, pd->waiting + 1, pd->waiting_len * sizeof(pd->waiting[0]));
	}
	return reply;
}

static struct osdp_reply caps(const struct pd *pd)
{
	struct osdp_reply reply = {.code = OSDP_R_PDCAP,
				   .caps = {{{OSDP_F_LED, 1, 1},
					     {OSDP_F_CHECK, 1, 0},
					     {OSDP_F_SECURITY, 1, 1},
					     {OSDP_F_INPUTS, 1, 3}},
					    3}};

	if (pd->has_inputs)
		reply.caps.len = 4;
	return reply;
}

static struct osdp_reply set_key(struct pd *pd, const struct osdp_command *command)
{
	if (!pd->secure.up || pd->refuse_key)
		return nak(OSDP_NAK_RECORD);
	memcpy(pd->key.b, command->key, OSDP_KEY_LEN);
	pd->has_key = true;
	pd->keys_set++;
	return (struct osdp_reply){.code = OSDP_R_ACK};
}

/* What it answers in the channel, and (id, capabilities) before it. */
static struct osdp_reply carry_out(struct pd *pd, const struct osdp_command *command)
{
	switch (command->code) {
	case OSDP_POLL:
		return poll(pd);
	case OSDP_ID:
		return (struct osdp_reply){.code = OSDP_R_PDID,
					   .id = {{1, 2, 3}, 1, 1, 77, {2, 2, 0}}};
	case OSDP_CAP:
		return caps(pd);
	case OSDP_LSTAT:
		return (struct osdp_reply){.code = OSDP_R_LSTATR};
	case OSDP_ISTAT:
		return (struct osdp_reply){.code = OSDP_R_ISTATR, .levels = {{0, 1, 0}, 3}};
	case OSDP_LED:
		pd->leds++;
		pd->led = *command;
		return (struct osdp_reply){.code = OSDP_R_ACK};
	case OSDP_OUT:
		pd->outs++;
		pd->out = *command;
		return (struct osdp_reply){.code = OSDP_R_OSTATR, .levels = {{1}, 1}};
	case OSDP_BUZ:
	case OSDP_TEXT:
		return (struct osdp_reply){.code = OSDP_R_ACK};
	case OSDP_KEYSET:
		return set_key(pd, command);
	default:
		return nak(OSDP_NAK_UNKNOWN);
	}
}

static size_t put(struct pd *pd, uint8_t out[OSDP_FRAME_MAX], const struct osdp_reply *reply,
		  uint8_t sequence, uint8_t security, uint8_t security_data)
{
	uint8_t data[OSDP_DATA_MAX];
	struct osdp_frame frame = {.address = pd->address,
				   .reply = true,
				   .sequence = sequence,
				   .crc = true,
				   .security = security,
				   .security_data = security_data,
				   .code = reply->code,
				   .data = data};
	size_t len = 0;

	frame.data_len = osdp_reply_put(data, reply);
	if (pd->secure.up && security == OSDP_CLEAR && reply->code != OSDP_R_BUSY && !pd->clear) {
		if (osdp_secure_seal(&pd->secure, out, &len, &frame, NULL) < 0)
			return 0;
		return len;
	}
	return osdp_encode_end(out, osdp_encode_body(out, &frame), &frame, NULL);
}

static size_t challenge(struct pd *pd, uint8_t out[OSDP_FRAME_MAX], const struct osdp_frame *frame,
			const struct osdp_command *command)
{
	const struct random_source random = {fill, pd};
	const struct osdp_key *key = pd->has_key ? &pd->key : &osdp_default_key;
	struct osdp_reply reply = {.code = OSDP_R_CCRYPT, .ccrypt = {.id = {1, 2, 3, 4}}};

	osdp_secure_wipe(&pd->secure);
	pd->sessions++;
	if (pd->no_security || (frame->security_data == 0 && pd->has_key)) {
		reply = nak(pd->no_security ? OSDP_NAK_UNKNOWN : OSDP_NAK_SECURITY);
		return put(pd, out, &reply, frame->sequence, OSDP_CLEAR, 0);
	}
	if (osdp_secure_answer(&pd->secure, reply.ccrypt.cryptogram, key, command->random, &random,
			       NULL) < 0)
		return 0;
	memcpy(reply.ccrypt.random, pd->secure.nonce_b, OSDP_NONCE_LEN);
	return put(pd, out, &reply, frame->sequence, OSDP_SCS_12, frame->security_data);
}

static size_t cryptogram(struct pd *pd, uint8_t out[OSDP_FRAME_MAX], const struct osdp_frame *frame,
			 const struct osdp_command *command)
{
	struct osdp_reply reply = {.code = OSDP_R_RMAC_I};
	size_t len;

	if (osdp_secure_take_server(&pd->secure, command->cryptogram, NULL) < 0) {
		reply = nak(OSDP_NAK_SECURITY);
		return put(pd, out, &reply, frame->sequence, OSDP_CLEAR, 0);
	}
	memcpy(reply.rmac, pd->secure.r_mac, OSDP_KEY_LEN);
	pd->secure.up = false; /* this reply is the last without a MAC */
	len = put(pd, out, &reply, frame->sequence, OSDP_SCS_14, 1);
	pd->secure.up = true;
	return len;
}

/* A command as the frame brings it: in the channel, or one of those that may come before it. */
static size_t answer(struct pd *pd, uint8_t out[OSDP_FRAME_MAX], const struct osdp_frame *frame)
{
	uint8_t plain[OSDP_DATA_MAX];
	const uint8_t *data = frame->data;
	size_t len = frame->data_len;
	struct osdp_command command;
	struct osdp_reply reply;

	if (osdp_has_mac(frame->security)) {
		if (osdp_secure_open(&pd->secure, plain, &len, frame, NULL) < 0) {
			pd_restart(pd);
			reply = nak(OSDP_NAK_SECURITY);
			return put(pd, out, &reply, frame->sequence, OSDP_CLEAR, 0);
		}
		data = plain;
	}
	if (osdp_command_read(&command, frame->code, data, len, NULL) < 0)
		reply = nak(OSDP_NAK_UNKNOWN);
	else if (frame->security == OSDP_SCS_11 && command.code == OSDP_CHLNG)
		return challenge(pd, out, frame, &command);
	else if (frame->security == OSDP_SCS_13 && command.code == OSDP_SCRYPT)
		return cryptogram(pd, out, frame, &command);
	else if (!pd->secure.up && command.code != OSDP_ID && command.code != OSDP_CAP) {
		pd->clear_data = true;
		reply = nak(OSDP_NAK_SECURITY);
	} else {
		reply = carry_out(pd, &command);
	}
	return put(pd, out, &reply, frame->sequence, OSDP_CLEAR, 0);
}

static void mend(uint8_t *bytes, size_t len)
{
	uint16_t sum = osdp_crc16(bytes, len - 2);

	bytes[len - 2] = (uint8_t)sum;
	bytes[len - 1] = (uint8_t)(sum >> 8);
}

/* The faults that were asked for, on the bytes that are about to go out. */
static size_t misbehave(struct pd *pd, uint8_t out[OSDP_FRAME_MAX], size_t len)
{
	if (pd->clear)
		pd->clear--;
	if (pd->forge && pd->secure.up) {
		pd->forge--;
		out[len - 3] ^= 1;
		mend(out, len);
	}
	if (pd->lag) {
		pd->lag--;
		out[4] = (uint8_t)((out[4] & ~3) | ((out[4] + 2) & 3));
		mend(out, len);
	}
	if (pd->garble) {
		pd->garble--;
		out[len / 2] ^= 0x40;
	}
	if (pd->lose) {
		pd->lose--;
		return 0;
	}
	return len;
}

static size_t busy_reply(struct pd *pd, uint8_t out[OSDP_FRAME_MAX])
{
	const struct osdp_reply busy = {.code = OSDP_R_BUSY};

	pd->busy--;
	return put(pd, out, &busy, 0, OSDP_CLEAR, 0);
}

/* The same number again is the same command again: its reply was lost, and is said once more. */
static size_t obey(struct pd *pd, uint8_t out[OSDP_FRAME_MAX], const struct osdp_frame *frame,
		   const uint8_t *bytes, size_t len)
{
	bool again = pd->last_len && frame->sequence && frame->sequence == pd->sequence &&
		     len == pd->last_command_len && memcmp(bytes, pd->last_command, len) == 0;

	if (again) {
		pd->repeats++;
		memcpy(out, pd->last, pd->last_len);
		return misbehave(pd, out, pd->last_len);
	}
	if (frame->sequence == 0)
		pd_restart(pd);
	else if (frame->sequence != pd->sequence % 3 + 1) {
		const struct osdp_reply out_of_order = nak(OSDP_NAK_SEQUENCE);

		pd_restart(pd);
		return put(pd, out, &out_of_order, 0, OSDP_CLEAR, 0);
	}
	pd->sequence = frame->sequence;
	pd->last_len = answer(pd, pd->last, frame);
	memcpy(pd->last_command, bytes, len);
	pd->last_command_len = len;
	memcpy(out, pd->last, pd->last_len);
	return misbehave(pd, out, pd->last_len);
}

size_t pd_hear(struct pd *pd, uint8_t out[OSDP_FRAME_MAX], const uint8_t *bytes, size_t len,
	       int64_t now_ms)
{
	struct osdp_frame frame;
	size_t out_len = 0;

	if (pd->dead)
		return 0;
	if (now_ms - pd->heard_ms > OFFLINE_MS)
		pd_restart(pd);
	osdp_stream_put(&pd->stream, bytes, len);
	while (osdp_stream_next(&pd->stream, &frame)) {
		if (frame.reply || frame.address != pd->address)
			continue;
		pd->heard_ms = now_ms;
		out_len = pd->busy ? busy_reply(pd, out)
				   : obey(pd, out, &frame, frame.bytes, pd->stream.taken);
	}
	return out_len;
}
