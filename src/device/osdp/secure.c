/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of an open channel: MAC chain and encryption (annex D.5). */
#include "device/osdp/secure.h"

#include <string.h>

#define PAD 0x80 /* and zeros up to a whole block */

static size_t whole_blocks(size_t len)
{
	return (len + AES_BLOCK - 1) / AES_BLOCK * AES_BLOCK;
}

/*
 * CBC from the other side's last MAC: all blocks but the last with one key, the last with another.
 * Padded only where the last block is not full.
 */
tanu_status osdp_secure_mac(const struct osdp_secure *s, uint8_t mac[OSDP_KEY_LEN], bool reply,
			    const uint8_t *bytes, size_t len, tanu_error *err)
{
	uint8_t work[OSDP_FRAME_MAX + AES_BLOCK] = {0}, iv[AES_BLOCK];
	size_t padded = whole_blocks(len), last = padded - AES_BLOCK;
	tanu_status st;

	if (len == 0 || len > OSDP_FRAME_MAX)
		return BAD_CALL(err, "a MAC is over a whole message");
	memcpy(work, bytes, len);
	if (len < padded)
		work[len] = PAD;
	memcpy(iv, reply ? s->c_mac : s->r_mac, sizeof(iv));
	if (last > 0) {
		if ((st = aes128_cbc_encrypt(work, s->mac1.b, iv, work, last, err)) < 0)
			return st;
		memcpy(iv, work + last - AES_BLOCK, sizeof(iv));
	}
	return aes128_cbc_encrypt(mac, s->mac2.b, iv, work + last, AES_BLOCK, err);
}

/* Data are encrypted from the complement of the other side's last MAC. */
static void data_iv(const struct osdp_secure *s, uint8_t iv[AES_BLOCK], bool reply)
{
	const uint8_t *mac = reply ? s->c_mac : s->r_mac;

	for (size_t i = 0; i < AES_BLOCK; i++)
		iv[i] = (uint8_t)~mac[i];
}

static void remember(struct osdp_secure *s, bool reply, const uint8_t mac[OSDP_KEY_LEN])
{
	memcpy(reply ? s->r_mac : s->c_mac, mac, OSDP_KEY_LEN);
}

/* Encrypted data into `room`; always padded, by a block where they fill their last one. */
static tanu_status encrypt(const struct osdp_secure *s, struct osdp_frame *frame,
			   uint8_t room[OSDP_FRAME_MAX], tanu_error *err)
{
	size_t len = frame->data_len, padded = whole_blocks(len + 1);
	uint8_t iv[AES_BLOCK];

	if (padded > OSDP_DATA_MAX)
		return BAD_CALL(err, "more data than a sealed frame takes");
	memcpy(room, frame->data, len);
	memset(room + len, 0, padded - len);
	room[len] = PAD;
	data_iv(s, iv, frame->reply);
	frame->data = room;
	frame->data_len = padded;
	return aes128_cbc_encrypt(room, s->enc.b, iv, room, padded, err);
}

tanu_status osdp_secure_seal(struct osdp_secure *s, uint8_t out[OSDP_FRAME_MAX], size_t *out_len,
			     const struct osdp_frame *frame, tanu_error *err)
{
	uint8_t mac[OSDP_KEY_LEN], room[OSDP_FRAME_MAX];
	struct osdp_frame sealed = *frame;
	tanu_status st = TANU_OK;
	size_t body;

	if (!s->up)
		return BAD_CALL(err, "the channel is not up");
	if (frame->data_len) {
		sealed.security = frame->reply ? OSDP_SCS_18 : OSDP_SCS_17;
		if ((st = encrypt(s, &sealed, room, err)) < 0)
			goto out;
	} else {
		sealed.security = frame->reply ? OSDP_SCS_16 : OSDP_SCS_15;
	}
	body = osdp_encode_body(out, &sealed);
	if ((st = osdp_secure_mac(s, mac, frame->reply, out, body, err)) < 0)
		goto out;
	*out_len = osdp_encode_end(out, body, &sealed, mac);
	remember(s, frame->reply, mac);
out:
	mem_wipe(room, sizeof(room));
	return st;
}

static tanu_status refuse(tanu_error *err, const char *what)
{
	return tanu_fail(err, TANU_ERR_CRYPTO, "OSDP secure channel", "%s", what);
}

/* The padding's length tells nothing that the MAC has not vouched for. */
static tanu_status decrypt(const struct osdp_secure *s, uint8_t *plain, size_t *plain_len,
			   const struct osdp_frame *frame, tanu_error *err)
{
	size_t len = frame->data_len;
	uint8_t iv[AES_BLOCK];
	tanu_status st;

	if (len == 0 || len % AES_BLOCK)
		return refuse(err, "encrypted data that are no whole blocks");
	data_iv(s, iv, frame->reply);
	if ((st = aes128_cbc_decrypt(plain, s->enc.b, iv, frame->data, len, err)) < 0)
		return st;
	while (len > 0 && plain[len - 1] == 0)
		len--;
	if (len == 0 || plain[len - 1] != PAD || frame->data_len - len >= AES_BLOCK)
		return refuse(err, "encrypted data without their end mark");
	*plain_len = len - 1;
	return TANU_OK;
}

static tanu_status check_mac(const struct osdp_secure *s, uint8_t mac[OSDP_KEY_LEN],
			     const struct osdp_frame *frame, tanu_error *err)
{
	tanu_status st;

	if (!s->up || !frame->mac)
		return refuse(err, "a message in clear text, which is refused here");
	if ((st = osdp_secure_mac(s, mac, frame->reply, frame->bytes, frame->signed_len, err)) < 0)
		return st;
	if (!crypto_equal(mac, frame->mac, OSDP_MAC_LEN))
		return refuse(err, "a message whose MAC is false");
	return TANU_OK;
}

tanu_status osdp_secure_open(struct osdp_secure *s, uint8_t plain[OSDP_DATA_MAX], size_t *plain_len,
			     const struct osdp_frame *frame, tanu_error *err)
{
	uint8_t mac[OSDP_KEY_LEN];
	size_t len = frame->data_len;
	tanu_status st = check_mac(s, mac, frame, err);

	if (st < 0)
		return st;
	if (frame->security == OSDP_SCS_17 || frame->security == OSDP_SCS_18) {
		if ((st = decrypt(s, plain, &len, frame, err)) < 0)
			return st;
	} else if (len) {
		return refuse(err, "data in clear text, which are refused here");
	}
	remember(s, frame->reply, mac);
	*plain_len = len;
	return TANU_OK;
}
