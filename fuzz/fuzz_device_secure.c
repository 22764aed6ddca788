/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages to an open OSDP secure channel. As they come they must be refused without moving the
 * chain; with a right MAC (as only the other end can make one) they may be opened.
 */
#include "device/osdp/secure.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void known(void *self, void *out, size_t len)
{
	(void)self;
	memset(out, 0x5a, len);
}

static void open_channel(struct osdp_secure *s)
{
	const struct random_source random = {.fill = known};
	const struct osdp_key key = {{9, 8, 7}};
	uint8_t client[OSDP_KEY_LEN], nonce[OSDP_NONCE_LEN] = {1};

	if (osdp_secure_answer(s, client, &key, nonce, &random, NULL) < 0 ||
	    osdp_secure_take_server(s, s->server, NULL) < 0)
		abort();
}

static void as_it_comes(struct osdp_secure *s, const uint8_t *data, size_t size)
{
	struct osdp_secure before = *s;
	uint8_t plain[OSDP_DATA_MAX];
	struct osdp_frame frame;
	size_t len;

	if (osdp_decode(&frame, data, size, NULL) < 0)
		return;
	if (osdp_secure_open(s, plain, &len, &frame, NULL) < 0 &&
	    memcmp(s, &before, sizeof(before)) != 0)
		abort();
	*s = before;
}

static void with_right_mac(struct osdp_secure *s, const uint8_t *data, size_t size)
{
	uint8_t bytes[OSDP_FRAME_MAX], mac[OSDP_KEY_LEN], plain[OSDP_DATA_MAX];
	struct osdp_frame frame = {.crc = true, .security = OSDP_SCS_17, .code = OSDP_TEXT};
	size_t body, len;

	if (size == 0 || size > OSDP_DATA_MAX)
		return;
	frame.security = data[0] & 1 ? OSDP_SCS_17 : OSDP_SCS_15;
	frame.data = data + 1;
	frame.data_len = size - 1;
	body = osdp_encode_body(bytes, &frame);
	if (osdp_secure_mac(s, mac, false, bytes, body, NULL) < 0 ||
	    osdp_decode(&frame, bytes, osdp_encode_end(bytes, body, &frame, mac), NULL) < 0)
		abort();
	if (osdp_secure_open(s, plain, &len, &frame, NULL) >= 0 && len > frame.data_len)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct osdp_secure s;

	open_channel(&s);
	as_it_comes(&s, data, size);
	with_right_mac(&s, data, size);
	return 0;
}
