/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes and cosignatures: c2sp.org/signed-note, c2sp.org/tlog-cosignature. */
#include "tlog/tlog.h"

#include <string.h>

/* A signature line: em dash, space, name, space, base64 of key id and signature. */
#define DASH	 "\xE2\x80\x94 "
#define DASH_LEN (sizeof(DASH) - 1)
/* A cosignature carries its time before the signature: u64be, Unix seconds. */
#define TIME_LEN 8

static tanu_status bad_note(tanu_error *err, const char *why)
{
	return tanu_fail(err, TANU_ERR_FORMAT, "note", "%s", why);
}

/* Valid UTF-8 without control characters other than the line feed. */
static bool is_note_text(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' && text[i] != '\n')
			return false;
	return utf8_valid(text, len);
}

static tanu_status read_line(tanu_note_signature *out, const char *line, size_t len,
			     tanu_error *err)
{
	struct buf raw = {.max = TANU_NOTE_BYTES_MAX};
	const char *name = line + DASH_LEN;
	const char *space;
	tanu_status st;

	if (len <= DASH_LEN || memcmp(line, DASH, DASH_LEN) != 0)
		return bad_note(err, "a signature line begins with an em dash");
	space = memchr(name, ' ', len - DASH_LEN);
	if (!space || !name_is_valid(name, (size_t)(space - name)))
		return bad_note(err, "a signature line has a name and a signature");
	out->name = name;
	out->name_len = (size_t)(space - name);
	out->base64 = space + 1;
	out->base64_len = len - (size_t)(space + 1 - line);
	st = base64_get(&raw, out->base64, out->base64_len, err);
	if (st >= 0 && raw.len <= KEY_ID_LEN)
		st = bad_note(err, "a signature is too short");
	if (st >= 0)
		out->key_id = (uint32_t)raw.data[0] << 24 | (uint32_t)raw.data[1] << 16 |
			      (uint32_t)raw.data[2] << 8 | raw.data[3];
	buf_free(&raw);
	return st;
}

/* Start of the signature lines: behind the last blank line. NULL without one. */
static const char *find_signatures(const char *bytes, size_t len)
{
	for (size_t i = len; i >= 2; i--)
		if (bytes[i - 1] == '\n' && bytes[i - 2] == '\n')
			return bytes + i;
	return NULL;
}

tanu_status tanu_note_split(tanu_note *out, const char *bytes, size_t bytes_len, tanu_error *err)
{
	const char *line, *end;
	tanu_note note = {.text = bytes};

	if (bytes_len > TANU_NOTE_BYTES_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "note", "longer than %zu bytes",
				 TANU_NOTE_BYTES_MAX);
	line = bytes_len ? find_signatures(bytes, bytes_len) : NULL;
	end = line ? bytes + bytes_len : NULL;
	if (!line || line == end || end[-1] != '\n' || !is_note_text(bytes, bytes_len))
		return bad_note(err, "text, a blank line and signature lines are expected");
	note.text_len = (size_t)(line - bytes) - 1;
	while (line < end) {
		const char *next = memchr(line, '\n', (size_t)(end - line));
		tanu_status st;

		if (note.signatures_len == TANU_SIGNATURES_MAX)
			return bad_note(err, "more signatures than a note may have");
		st = read_line(&note.signatures[note.signatures_len++], line, (size_t)(next - line),
			       err);
		if (st < 0)
			return st;
		line = next + 1;
	}
	*out = note;
	return TANU_OK;
}

void cosignature_message(struct buf *out, uint64_t time_s, const char *text, size_t text_len)
{
	buf_printf(out, "cosignature/v1\ntime %llu\n", (unsigned long long)time_s);
	buf_put(out, text, text_len);
}

/* The bytes behind the key id, checked under one key. */
static bool signature_holds(const tanu_note *note, const tanu_verifier *v, const uint8_t *bytes,
			    size_t len, uint64_t *time_s)
{
	struct buf message = {0};
	uint64_t time = 0;
	bool good;

	if (v->kind == TANU_KEY_ED25519) {
		*time_s = 0;
		return len == SIGNATURE_LEN &&
		       sign_verify(bytes, v->key, note->text, note->text_len);
	}
	if (len != TIME_LEN + SIGNATURE_LEN || (bytes[0] & 0x80))
		return false;
	for (size_t i = 0; i < TIME_LEN; i++)
		time = time << 8 | bytes[i];
	cosignature_message(&message, time, note->text, note->text_len);
	good = !message.failed && sign_verify(bytes + TIME_LEN, v->key, message.data, message.len);
	buf_free(&message);
	*time_s = time;
	return good;
}

static bool is_line_of(const tanu_note_signature *s, const tanu_verifier *v)
{
	return s->key_id == v->key_id && s->name_len == strlen(v->name) &&
	       memcmp(s->name, v->name, s->name_len) == 0;
}

tanu_status tanu_note_verify(const tanu_note *note, const tanu_verifier *verifier, uint64_t *time_s,
			     tanu_error *err)
{
	struct buf raw = {.max = TANU_NOTE_BYTES_MAX};
	uint64_t time = 0;
	tanu_status st;

	for (size_t i = 0; i < note->signatures_len; i++) {
		const tanu_note_signature *s = &note->signatures[i];

		if (!is_line_of(s, verifier))
			continue;
		st = base64_get(&raw, s->base64, s->base64_len, err);
		if (st >= 0 && !signature_holds(note, verifier, raw.data + KEY_ID_LEN,
						raw.len - KEY_ID_LEN, &time))
			st = tanu_fail(err, TANU_ERR_SIGNATURE, verifier->name,
				       "the signature of this trusted key is false");
		buf_free(&raw);
		if (st >= 0 && time_s)
			*time_s = time;
		return st;
	}
	return tanu_fail(err, TANU_ERR_NO_SIGNATURE, verifier->name, "no signature of this key");
}

static void put_line(struct buf *out, const tanu_verifier *v, const void *payload, size_t len)
{
	uint8_t raw[KEY_ID_LEN + TIME_LEN + SIGNATURE_LEN];

	for (int i = 0; i < KEY_ID_LEN; i++)
		raw[i] = (uint8_t)(v->key_id >> (24 - 8 * i));
	memcpy(raw + KEY_ID_LEN, payload, len);
	buf_printf(out, DASH "%s ", v->name);
	base64_put(out, raw, KEY_ID_LEN + len);
	buf_u8(out, '\n');
}

tanu_status note_sign(struct buf *out, const struct signer *signer, const char *text,
		      size_t text_len, tanu_error *err)
{
	uint8_t signature[SIGNATURE_LEN];
	tanu_verifier v;

	if (signer->kind != TANU_KEY_ED25519)
		return BAD_CALL(err, "a witness cosigns, it does not sign notes");
	if (text_len == 0 || text[text_len - 1] != '\n' || !is_note_text(text, text_len))
		return bad_note(err, "the text must be lines of UTF-8 without control characters");
	signer_verifier(&v, signer);
	sign(signature, &signer->seed, text, text_len);
	buf_put(out, text, text_len);
	buf_u8(out, '\n');
	put_line(out, &v, signature, sizeof(signature));
	return buf_check(out, err);
}

tanu_status note_cosign(struct buf *out, const struct signer *signer, const char *text,
			size_t text_len, uint64_t time_s, tanu_error *err)
{
	uint8_t payload[TIME_LEN + SIGNATURE_LEN];
	struct buf message = {0};
	tanu_verifier v;
	tanu_status st;

	if (signer->kind != TANU_KEY_COSIGNATURE || time_s > INT64_MAX)
		return BAD_CALL(err, "a cosignature needs a witness's key and a time");
	signer_verifier(&v, signer);
	for (int i = 0; i < TIME_LEN; i++)
		payload[i] = (uint8_t)(time_s >> (56 - 8 * i));
	cosignature_message(&message, time_s, text, text_len);
	if ((st = buf_check(&message, err)) < 0)
		goto out;
	sign(payload + TIME_LEN, &signer->seed, message.data, message.len);
	put_line(out, &v, payload, sizeof(payload));
	st = buf_check(out, err);
out:
	buf_free(&message);
	return st;
}
