/* SPDX-License-Identifier: Apache-2.0 */
/* Names and keys of logs and witnesses: vkeys, key ids, signers. c2sp.org/signed-note. */
#include "tlog/tlog.h"

#include <stdio.h>
#include <string.h>

uint32_t key_id_of(const char *name, tanu_key_kind kind, const uint8_t key[32])
{
	uint8_t text[TANU_ORIGIN_MAX + 2 + 32], digest[DIGEST_LEN];
	size_t len = strnlen(name, TANU_ORIGIN_MAX);

	memcpy(text, name, len);
	text[len] = '\n';
	text[len + 1] = (uint8_t)kind;
	memcpy(text + len + 2, key, 32);
	sha256(digest, text, len + 2 + 32);
	return (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 |
	       digest[3];
}

/* Not empty, no space, no plus, printable; the formats allow UTF-8, which we take as it is. */
bool name_is_valid(const char *name, size_t len)
{
	if (len == 0 || len >= TANU_ORIGIN_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] <= ' ' || name[i] == '+' || name[i] == 0x7F)
			return false;
	return true;
}

static bool read_hex32(const char *hex, size_t len, uint32_t *out)
{
	char text[9] = "";
	uint8_t bytes[4];

	if (len != 8)
		return false;
	memcpy(text, hex, 8);
	if (!hex_decode(bytes, sizeof(bytes), text))
		return false;
	*out = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
	return true;
}

static tanu_status bad_vkey(tanu_error *err, const char *why)
{
	return tanu_fail(err, TANU_ERR_FORMAT, "vkey", "%s", why);
}

tanu_status tanu_verifier_parse(tanu_verifier *out, const char *vkey, tanu_error *err)
{
	const char *id = strchr(vkey, '+');
	const char *key = id ? strchr(id + 1, '+') : NULL;
	struct buf raw = {.max = 64};
	tanu_verifier v = {0};
	uint32_t stated;
	tanu_status st;

	if (!key || !name_is_valid(vkey, (size_t)(id - vkey)) ||
	    !read_hex32(id + 1, (size_t)(key - id - 1), &stated))
		return bad_vkey(err, "a key is written as name+hash+base64");
	if ((st = base64_get(&raw, key + 1, strlen(key + 1), err)) < 0)
		goto out;
	if (raw.len != 33 ||
	    (raw.data[0] != TANU_KEY_ED25519 && raw.data[0] != TANU_KEY_COSIGNATURE)) {
		st = bad_vkey(err, "not an Ed25519 key of a log or a witness");
		goto out;
	}
	memcpy(v.name, vkey, (size_t)(id - vkey));
	v.kind = (tanu_key_kind)raw.data[0];
	memcpy(v.key, raw.data + 1, sizeof(v.key));
	v.key_id = key_id_of(v.name, v.kind, v.key);
	if (v.key_id != stated) {
		st = bad_vkey(err, "the hash in the key is not that of the key");
		goto out;
	}
	*out = v;
out:
	buf_free(&raw);
	return st;
}

void verifier_put(struct buf *out, const tanu_verifier *verifier)
{
	uint8_t raw[33];

	raw[0] = (uint8_t)verifier->kind;
	memcpy(raw + 1, verifier->key, sizeof(verifier->key));
	buf_printf(out, "%s+%08x+", verifier->name, verifier->key_id);
	base64_put(out, raw, sizeof(raw));
}

#define SECRET_WORDS "PRIVATE+KEY+"

void signer_put_secret(struct buf *out, const struct signer *signer)
{
	tanu_verifier verifier;
	uint8_t raw[33];

	signer_verifier(&verifier, signer);
	raw[0] = (uint8_t)signer->kind;
	memcpy(raw + 1, signer->seed.b, sizeof(signer->seed.b));
	buf_printf(out, SECRET_WORDS "%s+%08x+", signer->name, verifier.key_id);
	base64_put(out, raw, sizeof(raw));
	mem_wipe(raw, sizeof(raw));
}

static tanu_status bad_secret(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_FORMAT, "key",
			 "this is not a signing key: PRIVATE+KEY+name+hash+base64");
}

/* `raw` is kind and seed. */
static tanu_status secret_take(struct signer *out, const char *name, uint32_t stated,
			       const struct buf *raw, tanu_error *err)
{
	struct signer signer = {0};
	struct secret seed;
	tanu_verifier verifier;
	tanu_status st;

	if (raw->len != 33 ||
	    (raw->data[0] != TANU_KEY_ED25519 && raw->data[0] != TANU_KEY_COSIGNATURE))
		return bad_secret(err);
	memcpy(seed.b, raw->data + 1, sizeof(seed.b));
	if ((st = signer_init(&signer, name, (tanu_key_kind)raw->data[0], &seed, err)) == TANU_OK) {
		signer_verifier(&verifier, &signer);
		if (verifier.key_id == stated)
			*out = signer;
		else
			st = bad_secret(err);
	}
	secret_wipe(&seed);
	signer_wipe(&signer);
	return st;
}

tanu_status signer_parse_secret(struct signer *out, const char *text, tanu_error *err)
{
	const char *name = text + strlen(SECRET_WORDS), *hash, *key;
	char copy[TANU_ORIGIN_MAX];
	struct buf raw = {0};
	uint32_t stated;
	tanu_status st;

	if (strncmp(text, SECRET_WORDS, strlen(SECRET_WORDS)) != 0 || !(hash = strchr(name, '+')) ||
	    !(key = strchr(hash + 1, '+')) || (size_t)(hash - name) >= sizeof(copy) ||
	    !read_hex32(hash + 1, (size_t)(key - hash - 1), &stated))
		return bad_secret(err);
	snprintf(copy, sizeof(copy), "%.*s", (int)(hash - name), name);
	if ((st = base64_get(&raw, key + 1, strlen(key + 1), err)) == TANU_OK)
		st = secret_take(out, copy, stated, &raw, err);
	buf_wipe(&raw);
	return st;
}

tanu_status signer_init(struct signer *out, const char *name, tanu_key_kind kind,
			const struct secret *seed, tanu_error *err)
{
	if (!name_is_valid(name, strlen(name)))
		return tanu_fail(err, TANU_ERR_FORMAT, "name",
				 "a key's name has no spaces and no plus, and is at most %d bytes",
				 TANU_ORIGIN_MAX - 1);
	*out = (struct signer){.kind = kind, .seed = *seed};
	memcpy(out->name, name, strlen(name));
	return TANU_OK;
}

void signer_wipe(struct signer *signer)
{
	mem_wipe(signer, sizeof(*signer));
}

void signer_verifier(tanu_verifier *out, const struct signer *signer)
{
	*out = (tanu_verifier){.kind = signer->kind};
	memcpy(out->name, signer->name, sizeof(out->name));
	sign_public_key(out->key, &signer->seed);
	out->key_id = key_id_of(out->name, out->kind, out->key);
}
