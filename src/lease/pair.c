/* SPDX-License-Identifier: Apache-2.0 */
#include "lease/pair.h"

#include <string.h>

/* Crockford's base 32: no letter that is taken for a digit. */
static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
#define CODE_LETTERS 16

static const uint8_t request_magic[4] = {'T', 'G', 'R', '1'};
static const uint8_t reply_magic[4] = {'T', 'G', 'P', '1'};

void pair_code_make(char out[PAIR_CODE_LEN], const struct random_source *random)
{
	uint8_t bytes[PAIR_CODE_BYTES];
	size_t at = 0;

	random_fill(random, bytes, sizeof(bytes));
	for (size_t i = 0; i < CODE_LETTERS; i++) {
		size_t bit = 5 * i;
		unsigned pair = (unsigned)bytes[bit / 8] << 8 |
				(bit / 8 + 1 < sizeof(bytes) ? bytes[bit / 8 + 1] : 0);

		if (i > 0 && i % 4 == 0)
			out[at++] = '-';
		out[at++] = letters[pair >> (11 - bit % 8) & 31];
	}
	out[at] = '\0';
	mem_wipe(bytes, sizeof(bytes));
}

/* What was written O for 0, or I and L for 1, is meant so. */
static char letter_meant(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	return c == 'I' || c == 'L' ? '1' : c;
}

tanu_status pair_code_key(struct secret *out, const char *code, tanu_error *err)
{
	char plain[CODE_LETTERS];
	size_t len = 0;

	for (; *code; code++) {
		char c = letter_meant(*code);

		if (c == '-' || c == ' ' || c == '\n' || c == '\r')
			continue;
		if (len == CODE_LETTERS || !strchr(letters, c)) {
			len = 0;
			break;
		}
		plain[len++] = c;
	}
	if (len != CODE_LETTERS)
		return tanu_fail(err, TANU_ERR_USAGE, "code",
				 "a pairing code is 16 letters and digits in four groups");
	kdf(out, (const uint8_t *)plain, sizeof(plain), NULL, 0, "tanu pair 1");
	mem_wipe(plain, sizeof(plain));
	return TANU_OK;
}

/* ---- messages ---- */

static void mac_of(uint8_t out[MAC_LEN], const struct secret *key, const char *label,
		   const void *first, size_t first_len, const void *second, size_t second_len)
{
	const struct bytes parts[] = {
	    {label, strlen(label)}, {first, first_len}, {second, second_len}};

	mac_parts(out, key, parts, ARRAY_LEN(parts));
}

static void request_body(struct buf *out, const struct pair_request *request)
{
	buf_put(out, request_magic, sizeof(request_magic));
	buf_put(out, request->sign_key, sizeof(request->sign_key));
	buf_put(out, request->box_key, sizeof(request->box_key));
	buf_put(out, request->tls_pin, sizeof(request->tls_pin));
}

void pair_request_put(struct buf *out, const struct pair_request *request,
		      const struct secret *code_key)
{
	uint8_t mac[MAC_LEN];
	size_t begin = out->len;

	request_body(out, request);
	if (out->failed)
		return;
	mac_of(mac, code_key, "request", out->data + begin, out->len - begin, NULL, 0);
	buf_put(out, mac, sizeof(mac));
}

static tanu_status fail_code(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_GATE, NULL,
			 "the code is not the one that this gate was added with, or its day is "
			 "over");
}

tanu_status pair_request_get(struct pair_request *out, const uint8_t *bytes, size_t bytes_len,
			     const struct secret *code_key, tanu_error *err)
{
	struct pair_request request;
	uint8_t mac[MAC_LEN], expected[MAC_LEN];
	const uint8_t *begin;
	struct rd r;

	rd_init(&r, bytes, bytes_len);
	begin = rd_bytes(&r, sizeof(request_magic));
	rd_copy(&r, request.sign_key, sizeof(request.sign_key));
	rd_copy(&r, request.box_key, sizeof(request.box_key));
	rd_copy(&r, request.tls_pin, sizeof(request.tls_pin));
	rd_copy(&r, mac, sizeof(mac));
	if (!rd_end(&r) || memcmp(begin, request_magic, sizeof(request_magic)) != 0)
		return tanu_fail(err, TANU_ERR_FORMAT, "request",
				 "this is no request of a gate to be paired");
	mac_of(expected, code_key, "request", bytes, bytes_len - MAC_LEN, NULL, 0);
	if (!crypto_equal(mac, expected, MAC_LEN))
		return fail_code(err);
	*out = request;
	return TANU_OK;
}

/* Both messages are proven together. */
static void reply_mac(uint8_t out[MAC_LEN], const struct pair_request *request,
		      const struct secret *code_key, const uint8_t *body, size_t body_len)
{
	struct buf asked = {0};

	request_body(&asked, request);
	mac_of(out, code_key, "reply", asked.data, asked.len, body, body_len);
	buf_free(&asked);
}

void pair_reply_put(struct buf *out, const struct pair_reply *reply,
		    const struct pair_request *request, const struct secret *code_key)
{
	uint8_t mac[MAC_LEN];
	size_t begin = out->len;

	buf_put(out, reply_magic, sizeof(reply_magic));
	buf_put(out, reply->pair.site.b, TANU_ID_LEN);
	buf_put(out, reply->pair.gate.b, TANU_ID_LEN);
	buf_put(out, reply->pair.site_sign, PUBLIC_KEY_LEN);
	buf_put(out, reply->pair.site_box, BOX_KEY_LEN);
	buf_put(out, reply->tls_pin, sizeof(reply->tls_pin));
	buf_u8(out, (uint8_t)strlen(reply->name));
	buf_str(out, reply->name);
	if (out->failed)
		return;
	reply_mac(mac, request, code_key, out->data + begin, out->len - begin);
	buf_put(out, mac, sizeof(mac));
}

static void reply_name(struct rd *r, char out[PAIR_NAME_LEN])
{
	size_t len = rd_u8(r);

	memset(out, 0, PAIR_NAME_LEN);
	if (len == 0 || len >= PAIR_NAME_LEN)
		rd_fail(r);
	if (rd_ok(r))
		rd_copy(r, out, len);
	for (size_t i = 0; rd_ok(r) && i < len; i++)
		if ((unsigned char)out[i] < 0x20 || out[i] == 0x7f)
			rd_fail(r);
}

tanu_status pair_reply_get(struct pair_reply *out, const uint8_t *bytes, size_t bytes_len,
			   const struct pair_request *request, const struct secret *code_key,
			   tanu_error *err)
{
	uint8_t mac[MAC_LEN], expected[MAC_LEN];
	struct pair_reply reply = {0};
	const uint8_t *begin;
	struct rd r;

	rd_init(&r, bytes, bytes_len);
	begin = rd_bytes(&r, sizeof(reply_magic));
	rd_copy(&r, reply.pair.site.b, TANU_ID_LEN);
	rd_copy(&r, reply.pair.gate.b, TANU_ID_LEN);
	rd_copy(&r, reply.pair.site_sign, PUBLIC_KEY_LEN);
	rd_copy(&r, reply.pair.site_box, BOX_KEY_LEN);
	rd_copy(&r, reply.tls_pin, sizeof(reply.tls_pin));
	reply_name(&r, reply.name);
	rd_copy(&r, mac, sizeof(mac));
	if (!rd_end(&r) || memcmp(begin, reply_magic, sizeof(reply_magic)) != 0)
		return tanu_fail(err, TANU_ERR_FORMAT, "reply",
				 "this is no answer of a site to a gate");
	reply_mac(expected, request, code_key, bytes, bytes_len - MAC_LEN);
	if (!crypto_equal(mac, expected, MAC_LEN))
		return fail_code(err);
	*out = reply;
	return TANU_OK;
}
