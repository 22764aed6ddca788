/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of ISO 7816-4 and PC/SC part 3 that read a card. */
#include "device/nfc.h"

#include <string.h>

#define DONE	    0x9000
#define BEYOND_END  0x6282 /* the file ended before so many bytes */
#define WRONG_PLACE 0x6b00 /* the offset is behind the end */
#define CHUNK_MAX   240	   /* bytes asked for at once: some readers do not pass on more */
#define TYPE2_CHUNK 16	   /* four pages */
#define TYPE2_FIRST 4	   /* page of the data area */

struct talk {
	const struct chip *chip;
	uint8_t reply[CHIP_APDU_MAX];
	size_t len; /* without the two status bytes */
	unsigned status;
};

/* One command; TANU_OK whatever the card says of it. */
static tanu_status say(struct talk *t, const uint8_t *command, size_t len, tanu_error *err)
{
	size_t reply_len = sizeof(t->reply);
	tanu_status st = t->chip->transmit(t->chip->self, t->reply, &reply_len, command, len, err);

	if (st < 0)
		return st;
	if (reply_len < 2 || reply_len > sizeof(t->reply))
		return tanu_fail(err, TANU_ERR_FORMAT, "NFC card", "a reply without a status");
	t->len = reply_len - 2;
	t->status = (unsigned)t->reply[t->len] << 8 | t->reply[t->len + 1];
	return TANU_OK;
}

static tanu_status not_here(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_RECORD_MISSING, "NFC card", "it holds no pass");
}

/* SELECT, by application name (p1 4) or file (p1 0), without asking for what is known of it. */
static tanu_status select_by(struct talk *t, uint8_t p1, const uint8_t *name, size_t len,
			     tanu_error *err)
{
	uint8_t command[5 + 16 + 1] = {0x00, 0xa4, p1, p1 ? 0x00 : 0x0c, (uint8_t)len};
	tanu_status st;

	memcpy(command + 5, name, len);
	/* An application may answer with data, so that a length is asked for. */
	if ((st = say(t, command, 5 + len + (p1 ? 1 : 0), err)) < 0)
		return st;
	return t->status == DONE ? TANU_OK : not_here(err);
}

/* READ BINARY: up to `len` bytes at `offset`; *got 0 at the end of the file. */
static tanu_status read_at(struct talk *t, uint8_t *out, size_t *got, size_t offset, size_t len,
			   tanu_error *err)
{
	const uint8_t command[] = {0x00, 0xb0, (uint8_t)(offset >> 8), (uint8_t)offset,
				   (uint8_t)len};
	tanu_status st = say(t, command, sizeof(command), err);

	*got = 0;
	if (st < 0)
		return st;
	if (t->status == WRONG_PLACE && offset > 0)
		return TANU_OK;
	if ((t->status != DONE && t->status != BEYOND_END) || t->len > len)
		return tanu_fail(err, TANU_ERR_FORMAT, "NFC card", "a file that can't be read");
	memcpy(out, t->reply, t->len);
	*got = t->len;
	return TANU_OK;
}

/* Exactly `len` bytes, in pieces of `chunk`. */
static tanu_status read_all(struct talk *t, uint8_t *out, size_t offset, size_t len, size_t chunk,
			    tanu_error *err)
{
	for (size_t done = 0; done < len;) {
		size_t want = len - done < chunk ? len - done : chunk, got;
		tanu_status st = read_at(t, out + done, &got, offset + done, want, err);

		if (st < 0)
			return st;
		if (got == 0)
			return tanu_fail(err, TANU_ERR_FORMAT, "NFC card",
					 "a file that ends before its length");
		done += got;
	}
	return TANU_OK;
}

/* ---- a message of a Type 4 Tag ---- */

static tanu_status read_type4(struct talk *t, uint8_t *out, size_t *out_len, tanu_error *err)
{
	static const uint8_t name[] = {0xd2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01};
	static const uint8_t container_id[] = {0xe1, 0x03};
	uint8_t bytes[15], two[2];
	struct ndef_file file;
	tanu_status st;
	size_t len, chunk;

	if ((st = select_by(t, 4, name, sizeof(name), err)) < 0 ||
	    (st = select_by(t, 0, container_id, sizeof(container_id), err)) < 0 ||
	    (st = read_all(t, bytes, 0, sizeof(bytes), sizeof(bytes), err)) < 0 ||
	    (st = ndef_read_container(&file, bytes, sizeof(bytes), err)) < 0 ||
	    (st = select_by(t, 0, file.id, sizeof(file.id), err)) < 0 ||
	    (st = read_all(t, two, 0, sizeof(two), sizeof(two), err)) < 0)
		return st;
	len = (size_t)two[0] << 8 | two[1];
	chunk = file.read_max < CHUNK_MAX ? file.read_max : CHUNK_MAX;
	if (len == 0)
		return not_here(err);
	if (len > READER_BYTES_MAX || len + 2 > file.file_max)
		return tanu_fail(err, TANU_ERR_FORMAT, "NFC card",
				 "its message is longer than the file or than 4096 bytes");
	*out_len = len;
	return read_all(t, out, 2, len, chunk, err);
}

/* ---- a message of a Type 2 Tag ---- */

static tanu_status read_pages(struct talk *t, uint8_t out[TYPE2_CHUNK], size_t page,
			      tanu_error *err)
{
	const uint8_t command[] = {0xff, 0xb0, (uint8_t)(page >> 8), (uint8_t)page, TYPE2_CHUNK};
	tanu_status st = say(t, command, sizeof(command), err);

	if (st < 0)
		return st;
	if (t->status != DONE || t->len != TYPE2_CHUNK)
		return not_here(err);
	memcpy(out, t->reply, TYPE2_CHUNK);
	return TANU_OK;
}

static tanu_status read_type2(struct talk *t, uint8_t *out, size_t *out_len, tanu_error *err)
{
	uint8_t area[NDEF_MESSAGE_MAX], head[TYPE2_CHUNK];
	const uint8_t *message = NULL;
	size_t size, len = 0, need = 1, have = 0;
	tanu_status st;

	if ((st = read_pages(t, head, TYPE2_FIRST - 1, err)) < 0 ||
	    (st = ndef_area_size(&size, head, err)) < 0)
		return st;
	while (!message) {
		if (need > size || have + TYPE2_CHUNK > sizeof(area))
			return tanu_fail(err, TANU_ERR_FORMAT, "NFC card",
					 "its message is longer than the card");
		if ((st = read_pages(t, area + have, TYPE2_FIRST + have / 4, err)) < 0)
			return st;
		have += TYPE2_CHUNK;
		if (have < need)
			continue;
		if ((st = ndef_find(&message, &len, &need, area, have, err)) < 0)
			return st;
	}
	memcpy(out, message, len);
	*out_len = len;
	mem_wipe(area, sizeof(area));
	return TANU_OK;
}

/* ---- a file ---- */

static tanu_status read_file(struct talk *t, uint8_t *out, size_t *out_len,
			     const struct nfc_file *file, tanu_error *err)
{
	tanu_status st;
	size_t got;

	*out_len = 0;
	if ((st = select_by(t, 4, file->aid, file->aid_len, err)) < 0 ||
	    (st = select_by(t, 0, file->id, sizeof(file->id), err)) < 0)
		return st;
	do {
		size_t room = READER_BYTES_MAX - *out_len;

		if (room == 0)
			return tanu_fail(err, TANU_ERR_FORMAT, "NFC card",
					 "its file is longer than 4096 bytes");
		if ((st = read_at(t, out + *out_len, &got, *out_len,
				  room < CHUNK_MAX ? room : CHUNK_MAX, err)) < 0)
			return st;
		*out_len += got;
	} while (got > 0 && t->status == DONE);
	return *out_len ? TANU_OK : not_here(err);
}

static tanu_status read_message(struct talk *t, uint8_t *out, size_t *out_len, tanu_error *err)
{
	tanu_status st = read_type4(t, out, out_len, err);

	if (st == TANU_NOT_FOUND)
		st = read_type2(t, out, out_len, err);
	if (st < 0)
		return st;
	return ndef_check(out, *out_len, err);
}

tanu_status nfc_read(const struct chip *chip, uint8_t *out, size_t *out_len,
		     const struct nfc_file *file, tanu_error *err)
{
	struct talk t = {.chip = chip};
	tanu_error why = {0};
	size_t len = 0;
	tanu_status st;

	if (file && (file->aid_len < 5 || file->aid_len > sizeof(file->aid)))
		return BAD_CALL(err, "an application's name has 5 to 16 bytes");
	if (file)
		st = read_file(&t, out, &len, file, &why);
	else
		st = read_message(&t, out, &len, &why);
	if (st >= 0)
		*out_len = len;
	else if (err)
		*err = why;
	mem_wipe(&t, sizeof(t));
	return st;
}

tanu_status nfc_uid(const struct chip *chip, uint8_t uid[NFC_UID_MAX], size_t *uid_len,
		    tanu_error *err)
{
	static const uint8_t command[] = {0xff, 0xca, 0x00, 0x00, 0x00};
	struct talk t = {.chip = chip};
	tanu_status st = say(&t, command, sizeof(command), err);

	if (st >= 0 && (t.status != DONE || t.len < 4 || t.len > NFC_UID_MAX))
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, "NFC card",
			       "its reader tells no number");
	if (st >= 0) {
		memcpy(uid, t.reply, t.len);
		*uid_len = t.len;
	}
	mem_wipe(&t, sizeof(t));
	return st;
}
