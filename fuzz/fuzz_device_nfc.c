/* SPDX-License-Identifier: Apache-2.0 */
/* A card that answers each command with what it likes: a length, then so many bytes. */
#include "device/nfc.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct script {
	const uint8_t *at;
	size_t left;
};

static tanu_status transmit(void *self, uint8_t *reply, size_t *reply_len, const uint8_t *command,
			    size_t command_len, tanu_error *err)
{
	struct script *s = self;
	size_t len;

	(void)command;
	(void)command_len;
	if (s->left == 0)
		return tanu_fail(err, TANU_ERR_DEVICE, "card", "gone");
	len = s->at[0];
	s->at++;
	s->left--;
	if (len > s->left)
		len = s->left;
	memcpy(reply, s->at, len);
	s->at += len;
	s->left -= len;
	*reply_len = len;
	return TANU_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct nfc_file file = {.aid = {1, 2, 3, 4, 5}, .aid_len = 5, .id = {1, 2}};
	static uint8_t out[READER_BYTES_MAX];
	struct script s = {.at = data, .left = size};
	const struct chip chip = {.transmit = transmit, .self = &s};
	uint8_t uid[NFC_UID_MAX];
	size_t len = 0;

	(void)nfc_read(&chip, out, &len, NULL, NULL);
	(void)nfc_uid(&chip, uid, &len, NULL);
	s = (struct script){.at = data, .left = size};
	(void)nfc_read(&chip, out, &len, &file, NULL);
	return 0;
}
