/* SPDX-License-Identifier: Apache-2.0 */
#include "device/vcard.h"

#include <string.h>

static size_t status(uint8_t *reply, size_t len, unsigned sw)
{
	reply[len] = (uint8_t)(sw >> 8);
	reply[len + 1] = (uint8_t)sw;
	return len + 2;
}

/* What the selected file holds. */
static size_t content(const struct vcard *card, uint8_t out[5002])
{
	const uint8_t container[15] = {0,
				       15,
				       0x20,
				       (uint8_t)(card->read_max >> 8),
				       (uint8_t)card->read_max,
				       0,
				       52,
				       4,
				       6,
				       0xe1,
				       4,
				       0x20,
				       0,
				       0,
				       0xff};

	if (card->selected == 1) {
		memcpy(out, container, sizeof(container));
		return sizeof(container);
	}
	if (card->kind == VCARD_FILE) {
		memcpy(out, card->data, card->len);
		return card->len;
	}
	out[0] = (uint8_t)(card->len >> 8);
	out[1] = (uint8_t)card->len;
	memcpy(out + 2, card->data, card->len);
	return card->len + 2;
}

static size_t read_binary(struct vcard *card, uint8_t *reply, const uint8_t *c)
{
	uint8_t file[5002];
	size_t offset = (size_t)c[2] << 8 | c[3], want = c[4] ? c[4] : 256, len, have;

	if (!card->selected)
		return status(reply, 0, 0x6986);
	len = content(card, file);
	if (offset >= len)
		return status(reply, 0, 0x6b00);
	have = len - offset;
	if (want > card->short_by + 1u)
		want -= card->short_by;
	if (want > have) {
		memcpy(reply, file + offset, have);
		return status(reply, have, 0x6282);
	}
	memcpy(reply, file + offset, want);
	return status(reply, want, 0x9000);
}

static size_t select_file(struct vcard *card, uint8_t *reply, const uint8_t *c, size_t len)
{
	static const uint8_t ndef[] = {0xd2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01};
	static const uint8_t own[] = {0xf0, 'T', 'A', 'N', 'U'};
	bool type4 = card->kind == VCARD_TYPE4;
	const uint8_t *aid = type4 ? ndef : own;
	size_t aid_len = type4 ? sizeof(ndef) : sizeof(own);

	if (card->kind != VCARD_TYPE4 && card->kind != VCARD_FILE)
		return status(reply, 0, 0x6d00);
	if (c[2] == 4) {
		card->application =
		    len >= 5 + aid_len && c[4] == aid_len && memcmp(c + 5, aid, aid_len) == 0;
		card->selected = 0;
		return status(reply, 0, card->application ? 0x9000 : 0x6a82);
	}
	card->selected = 0;
	if (card->application && len == 7 && c[5] == 0xe1 && c[6] == 0x03 && type4)
		card->selected = 1;
	if (card->application && len == 7 && c[5] == 0xe1 && c[6] == 0x04)
		card->selected = 2;
	return status(reply, 0, card->selected ? 0x9000 : 0x6a82);
}

/* Page 3 is the container, then the message in its block. */
static size_t read_pages(const struct vcard *card, uint8_t *reply, const uint8_t *c)
{
	uint8_t pages[1024] = {[12] = 0xe1, [13] = 0x10, [14] = 0x6d};
	size_t page = (size_t)c[2] << 8 | c[3], at = 16;

	if (card->kind != VCARD_TYPE2 || page * 4 + 16 > 12 + 4 + 872)
		return status(reply, 0, 0x6a81);
	pages[at++] = 3;
	if (card->len > 254) {
		pages[at++] = 0xff;
		pages[at++] = (uint8_t)(card->len >> 8);
	}
	pages[at++] = (uint8_t)card->len;
	memcpy(pages + at, card->data, card->len < 840 ? card->len : 840);
	if (card->len < 840)
		pages[at + card->len] = 0xfe;
	memcpy(reply, pages + page * 4, 16);
	return status(reply, 16, 0x9000);
}

size_t vcard_answer(struct vcard *card, uint8_t *reply, const uint8_t *c, size_t len)
{
	static const uint8_t uid[] = {4, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6};

	card->commands++;
	if (len < 5)
		return status(reply, 0, 0x6700);
	if (c[0] == 0xff && c[1] == 0xca) {
		memcpy(reply, uid, sizeof(uid));
		return status(reply, sizeof(uid), 0x9000);
	}
	if (c[0] == 0xff && c[1] == 0xb0)
		return read_pages(card, reply, c);
	if (c[1] == 0xa4)
		return select_file(card, reply, c, len);
	if (c[1] == 0xb0)
		return read_binary(card, reply, c);
	return status(reply, 0, 0x6d00);
}

static tanu_status transmit(void *self, uint8_t *reply, size_t *reply_len, const uint8_t *command,
			    size_t command_len, tanu_error *err)
{
	struct vcard *card = self;

	if (card->gone_after && card->commands >= card->gone_after)
		return tanu_fail(err, TANU_ERR_DEVICE, "card", "gone");
	*reply_len = vcard_answer(card, reply, command, command_len);
	return TANU_OK;
}

struct chip vcard_chip(struct vcard *card)
{
	return (struct chip){.transmit = transmit, .self = card};
}
