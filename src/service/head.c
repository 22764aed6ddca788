/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person's sealed profile remembers of her rows: how many events there are, and the digest
 * of her consents and of her papers. Purposes, states and times stand in clear, and whoever writes
 * to the file can change them, add a row, take one away or put an older one back; here it shows.
 */
#include "service/internal.h"

#include <string.h>

tanu_status profile_seal(struct service *s, struct buf *out, const tanu_id *subject,
			 const struct profile *profile, tanu_error *err)
{
	struct key_name key = {.subject = *subject, .kind = KEY_PROFILE};
	struct buf plain = {0};
	tanu_status st = profile_encode(&plain, profile, err);

	if (st == TANU_OK)
		st = vault_seal(s->vault, out, &key, subject, RECORD_VERSION, plain.data, plain.len,
				err);
	buf_wipe(&plain);
	return st;
}

tanu_status profile_open(struct service *s, struct profile *out, const struct subject_row *row,
			 tanu_error *err)
{
	struct key_name key = {.subject = row->id, .kind = KEY_PROFILE};
	struct buf plain = {0};
	tanu_status st = vault_unseal(s->vault, &plain, &key, &row->id, RECORD_VERSION,
				      row->profile.data, row->profile.len, err);

	if (st == TANU_OK)
		st = profile_decode(out, &plain, err);
	buf_wipe(&plain);
	return st;
}

tanu_status profile_get(struct service *s, struct profile *out, const tanu_id *subject,
			tanu_error *err)
{
	struct subject_row row = {0};
	tanu_status st = DB(s, subject_get, &row, subject, err);

	if (st == TANU_OK)
		st = profile_open(s, out, &row, err);
	buf_free(&row.profile);
	return st;
}

tanu_status profile_set(struct service *s, const tanu_id *subject, const struct profile *profile,
			tanu_error *err)
{
	struct buf sealed = {0};
	tanu_status st = profile_seal(s, &sealed, subject, profile, err);

	if (st == TANU_OK)
		st = DB(s, subject_set_profile, subject, sealed.data, sealed.len, err);
	buf_free(&sealed);
	return st;
}

tanu_status head_get(struct service *s, struct ledger_head *out, const tanu_id *subject,
		     tanu_error *err)
{
	struct profile profile = {0};
	tanu_status st = profile_get(s, &profile, subject, err);

	if (st == TANU_OK)
		*out = profile.head;
	mem_wipe(&profile, sizeof(profile));
	return st;
}

tanu_status head_drop_events(struct service *s, const tanu_id *subject, uint64_t n, tanu_error *err)
{
	struct profile profile = {0};
	tanu_status st = profile_get(s, &profile, subject, err);

	if (st == TANU_OK && profile.head.events < n)
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, NULL,
			       "there are more events than her profile knows of");
	if (st == TANU_OK) {
		profile.head.events -= n;
		st = profile_set(s, subject, &profile, err);
	}
	mem_wipe(&profile, sizeof(profile));
	return st;
}

tanu_status head_add_embeddings(struct service *s, const tanu_id *subject, uint64_t n,
				tanu_error *err)
{
	struct profile profile = {0};
	tanu_status st = profile_get(s, &profile, subject, err);

	if (st == TANU_OK) {
		profile.head.embeddings += n;
		st = profile_set(s, subject, &profile, err);
	}
	mem_wipe(&profile, sizeof(profile));
	return st;
}

tanu_status head_set_consents(struct service *s, const tanu_id *subject, tanu_error *err)
{
	struct profile profile = {0};
	tanu_status st;

	if ((st = profile_get(s, &profile, subject, err)) == TANU_OK &&
	    (st = ledger_digest(s, profile.head.consents, subject, err)) == TANU_OK)
		st = profile_set(s, subject, &profile, err);
	mem_wipe(&profile, sizeof(profile));
	return st;
}

static void reference_digest(uint8_t out[DIGEST_LEN], const struct reference_row *row)
{
	struct buf text = {0};

	buf_put(&text, row->id.b, sizeof(row->id.b));
	buf_u64le(&text, (uint64_t)row->created_ms);
	buf_u64le(&text, (uint64_t)row->not_after_ms);
	sha256(out, text.data, text.len);
	buf_free(&text);
}

tanu_status head_set_reference(struct service *s, const struct reference_row *row, tanu_error *err)
{
	struct profile profile = {0};
	tanu_status st = profile_get(s, &profile, &row->subject, err);

	if (st == TANU_OK) {
		reference_digest(profile.head.reference, row);
		st = profile_set(s, &row->subject, &profile, err);
	}
	mem_wipe(&profile, sizeof(profile));
	return st;
}

tanu_status head_check_reference(const struct ledger_head *head, const struct reference_row *row,
				 tanu_error *err)
{
	static const uint8_t none[DIGEST_LEN];
	uint8_t digest[DIGEST_LEN];
	char hex[ID_HEX_LEN];

	reference_digest(digest, row);
	if (memcmp(head->reference, none, DIGEST_LEN) == 0 ||
	    memcmp(head->reference, digest, DIGEST_LEN) == 0)
		return TANU_OK;
	id_hex(hex, &row->subject);
	return tanu_fail(err, TANU_ERR_DB_DAMAGED, hex,
			 "this person's reference was changed by other means than Tanu: it does "
			 "not count; enrol her anew");
}

tanu_status head_set_papers(struct service *s, const tanu_id *subject,
			    const uint8_t digest[DIGEST_LEN], tanu_error *err)
{
	struct profile profile = {0};
	tanu_status st;

	if ((st = profile_get(s, &profile, subject, err)) == TANU_OK) {
		memcpy(profile.head.papers, digest, DIGEST_LEN);
		st = profile_set(s, subject, &profile, err);
	}
	mem_wipe(&profile, sizeof(profile));
	return st;
}
