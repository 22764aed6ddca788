/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing and opening under the keys: text by its name, references by permit. */
#include "vault/state.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX	  ((size_t)16 << 20)
#define REFERENCE_VERSION 1
#define AD_LEN		  (TANU_ID_LEN + 2 + 2)
#define AD_PASS_MAX	  (11 + TANU_ID_LEN + 2 + VAULT_PASS_AD_MAX)

/* row id 16 | kind u16le | version u16le */
static void put_ad(uint8_t out[AD_LEN], const tanu_id *row, enum key_kind kind, uint16_t version)
{
	memcpy(out, row->b, TANU_ID_LEN);
	out[TANU_ID_LEN] = (uint8_t)kind;
	out[TANU_ID_LEN + 1] = (uint8_t)(kind >> 8);
	out[TANU_ID_LEN + 2] = (uint8_t)version;
	out[TANU_ID_LEN + 3] = (uint8_t)(version >> 8);
}

static tanu_status at_row(tanu_status st, const tanu_id *row, tanu_error *err)
{
	char place[ID_HEX_LEN];

	id_hex(place, row);
	if (st < 0)
		error_prefix_place(err, place);
	return st;
}

/* A fresh block of `len` bytes, at least one. */
static tanu_status take_bytes(uint8_t **out, size_t len, tanu_error *err)
{
	uint8_t *bytes = malloc(len ? len : 1);

	if (!bytes)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory to seal");
	*out = bytes;
	return TANU_OK;
}

/* `bytes` are the buffer's from here on. */
static void hand_over(struct buf *out, uint8_t *bytes, size_t len)
{
	buf_wipe(out);
	*out = (struct buf){.data = bytes, .len = len, .cap = len ? len : 1};
}

static tanu_status seal_row(struct vault *v, struct buf *out, const struct key_name *name,
			    const tanu_id *row, uint16_t version, const void *plain,
			    size_t plain_len, tanu_error *err)
{
	const struct secret *key = NULL;
	uint8_t ad[AD_LEN];
	uint8_t *sealed = NULL;
	size_t len = plain_len + SEAL_OVERHEAD;
	tanu_status st;

	if ((st = vault_find_key(v, &key, name, err)) < 0 ||
	    (st = take_bytes(&sealed, len, err)) < 0)
		return st;
	put_ad(ad, row, name->kind, version);
	st = seal(sealed, len, key, plain, plain_len, ad, sizeof(ad), &v->random, err);
	if (st >= 0)
		hand_over(out, sealed, len);
	else
		free(sealed);
	return st;
}

/* `plain` takes sealed_len - SEAL_OVERHEAD bytes. */
static tanu_status unseal_row(const struct vault *v, uint8_t *plain, size_t plain_len,
			      const struct key_name *name, const tanu_id *row, uint16_t version,
			      const void *sealed, size_t sealed_len, tanu_error *err)
{
	const struct secret *key = NULL;
	uint8_t ad[AD_LEN];
	tanu_status st = vault_find_key(v, &key, name, err);

	if (st < 0)
		return st;
	put_ad(ad, row, name->kind, version);
	return seal_open(plain, plain_len, key, sealed, sealed_len, ad, sizeof(ad), err);
}

/* What may be sealed and opened without a permit. */
static bool is_text(const struct key_name *name)
{
	return key_name_valid(name) && name->kind != KEY_BIO && name->kind != KEY_PASS;
}

tanu_status vault_seal(struct vault *vault, struct buf *out, const struct key_name *name,
		       const tanu_id *row, uint16_t version, const void *plain, size_t plain_len,
		       tanu_error *err)
{
	if (!is_text(name))
		return BAD_CALL(err, "only text is sealed here; a reference needs a permit");
	if (plain_len > TEXT_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, NULL,
				 "more than %zu bytes in one row", TEXT_MAX);
	return at_row(seal_row(vault, out, name, row, version, plain, plain_len, err), row, err);
}

tanu_status vault_unseal(struct vault *vault, struct buf *out, const struct key_name *name,
			 const tanu_id *row, uint16_t version, const void *sealed,
			 size_t sealed_len, tanu_error *err)
{
	size_t len = sealed_len > SEAL_OVERHEAD ? sealed_len - SEAL_OVERHEAD : 0;
	uint8_t *plain = NULL;
	tanu_status st;

	if (!is_text(name))
		return BAD_CALL(err, "only text is opened here; a reference needs a permit");
	if ((st = take_bytes(&plain, len, err)) < 0)
		return st;
	st = unseal_row(vault, plain, len, name, row, version, sealed, sealed_len, err);
	if (st >= 0)
		hand_over(out, plain, len);
	else
		free(plain); /* zeroed by seal_open */
	return at_row(st, row, err);
}

tanu_status vault_seal_reference(struct vault *vault, struct buf *out, const struct permit *permit,
				 const tanu_id *subject, const tanu_id *row,
				 const tanu_reference *reference, tanu_error *err)
{
	const struct key_name name = {.subject = *subject, .kind = KEY_BIO};
	uint8_t plain[TANU_REFERENCE_LEN];
	tanu_status st;

	if ((st = permit_spend(vault->book, permit, PERMIT_SEAL, subject, err)) < 0)
		return st;
	tanu_reference_encode(plain, reference);
	st = seal_row(vault, out, &name, row, REFERENCE_VERSION, plain, sizeof(plain), err);
	mem_wipe(plain, sizeof(plain));
	return at_row(st, row, err);
}

tanu_status vault_open_reference(struct vault *vault, tanu_reference *out,
				 const struct permit *permit, const tanu_id *subject,
				 const tanu_id *row, const void *sealed, size_t sealed_len,
				 tanu_error *err)
{
	const struct key_name name = {.subject = *subject, .kind = KEY_BIO};
	uint8_t plain[TANU_REFERENCE_LEN];
	tanu_status st;

	if ((st = permit_spend(vault->book, permit, PERMIT_UNSEAL, subject, err)) < 0)
		return st;
	st = unseal_row(vault, plain, sizeof(plain), &name, row, REFERENCE_VERSION, sealed,
			sealed_len, err);
	if (st >= 0)
		st = tanu_reference_decode(out, plain, sizeof(plain), err);
	mem_wipe(plain, sizeof(plain));
	return at_row(st, row, err);
}

tanu_status vault_opens(const struct vault *vault, const struct key_name *name, const tanu_id *row,
			uint16_t version, const void *sealed, size_t sealed_len, tanu_error *err)
{
	uint8_t *plain = NULL;
	size_t len;
	tanu_status st;

	if (sealed_len < SEAL_OVERHEAD || sealed_len > TEXT_MAX + SEAL_OVERHEAD)
		return tanu_fail(err, TANU_ERR_CRYPTO, NULL, "this is nothing that was sealed");
	len = sealed_len - SEAL_OVERHEAD;
	if ((st = take_bytes(&plain, len, err)) < 0)
		return st;
	st = unseal_row(vault, plain, len, name, row,
			name->kind == KEY_BIO ? REFERENCE_VERSION : version, sealed, sealed_len,
			err);
	mem_wipe(plain, len);
	free(plain);
	return at_row(st, row, err);
}

/* "tanu pass 1" | subject 16 | generation u16le | what the caller adds */
static size_t put_pass_ad(uint8_t out[AD_PASS_MAX], const struct key_name *name, const void *ad,
			  size_t ad_len)
{
	static const char label[] = "tanu pass 1";
	uint8_t *at = out;

	memcpy(at, label, sizeof(label) - 1);
	at += sizeof(label) - 1;
	memcpy(at, name->subject.b, TANU_ID_LEN);
	at += TANU_ID_LEN;
	*at++ = (uint8_t)name->quarter;
	*at++ = (uint8_t)(name->quarter >> 8);
	memcpy(at, ad, ad_len);
	return (size_t)(at - out) + ad_len;
}

static tanu_status pass_key(struct vault *vault, const struct secret **key,
			    const struct key_name *name, size_t ad_len, tanu_error *err)
{
	if (!key_name_valid(name) || ad_len > VAULT_PASS_AD_MAX)
		return BAD_CALL(err, "generations of passes count from 1");
	return vault_find_key(vault, key, name, err);
}

tanu_status vault_seal_pass(struct vault *vault, uint8_t out[VAULT_PASS_LEN],
			    const struct permit *permit, const tanu_id *subject,
			    uint16_t generation, const void *ad, size_t ad_len,
			    const uint8_t reference[TANU_REFERENCE4_LEN], tanu_error *err)
{
	const struct key_name name = {*subject, KEY_PASS, generation};
	const struct secret *key = NULL;
	uint8_t all[AD_PASS_MAX];
	tanu_status st;

	if ((st = permit_spend(vault->book, permit, PERMIT_SEAL, subject, err)) < 0 ||
	    (st = pass_key(vault, &key, &name, ad_len, err)) < 0)
		return st;
	return seal(out, VAULT_PASS_LEN, key, reference, TANU_REFERENCE4_LEN, all,
		    put_pass_ad(all, &name, ad, ad_len), &vault->random, err);
}

tanu_status vault_open_pass(struct vault *vault, uint8_t reference[TANU_REFERENCE4_LEN],
			    const struct permit *permit, const tanu_id *subject,
			    uint16_t generation, const void *ad, size_t ad_len,
			    const uint8_t sealed[VAULT_PASS_LEN], tanu_error *err)
{
	const struct key_name name = {*subject, KEY_PASS, generation};
	const struct secret *key = NULL;
	uint8_t all[AD_PASS_MAX];
	tanu_status st;

	if ((st = permit_spend(vault->book, permit, PERMIT_OPEN_PASS, subject, err)) < 0 ||
	    (st = pass_key(vault, &key, &name, ad_len, err)) < 0)
		return st;
	return seal_open(reference, TANU_REFERENCE4_LEN, key, sealed, VAULT_PASS_LEN, all,
			 put_pass_ad(all, &name, ad, ad_len), err);
}

tanu_status vault_lend_pass(struct vault *vault, struct secret *out, const struct permit *permit,
			    const tanu_id *subject, uint16_t generation, tanu_error *err)
{
	const struct key_name name = {*subject, KEY_PASS, generation};
	const struct secret *key = NULL;
	tanu_status st;

	if ((st = permit_spend(vault->book, permit, PERMIT_LEND_PASS, subject, err)) < 0 ||
	    (st = pass_key(vault, &key, &name, 0, err)) < 0)
		return st;
	*out = *key;
	return TANU_OK;
}

tanu_status vault_log_key(const struct vault *v, struct secret *out, const tanu_id *subject,
			  uint16_t generation, tanu_error *err)
{
	struct key_name name = {.subject = *subject, .kind = KEY_LOG, .quarter = generation};
	const struct secret *key = NULL;
	tanu_status st = vault_find_key(v, &key, &name, err);

	if (st == TANU_OK)
		*out = *key;
	return st;
}

uint16_t vault_quarter(int64_t unix_ms)
{
	tanu_date d = date_from_ms(unix_ms);

	return (uint16_t)(d.year * 4 + (d.month - 1) / 3);
}
