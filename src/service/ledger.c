/* SPDX-License-Identifier: Apache-2.0 */
/* The consents of a subject, read. */
#include "service/internal.h"

#include <string.h>

/* Every column of a row, the sealed one as its digest: all of equal length. */
static tanu_status digest_row(void *self, const struct consent_row *row, tanu_error *err)
{
	const tanu_consent *c = &row->consent;
	uint8_t detail[DIGEST_LEN];
	struct buf *rows = self;

	sha256(detail, row->detail.data, row->detail.len);
	buf_put(rows, c->id.b, sizeof(c->id.b));
	buf_u32le(rows, c->purpose);
	buf_u32le(rows, c->state);
	buf_u64le(rows, (uint64_t)c->given_ms);
	buf_u64le(rows, (uint64_t)c->not_after_ms);
	buf_u64le(rows, c->sequence);
	buf_put(rows, detail, sizeof(detail));
	return buf_check(rows, err);
}

tanu_status ledger_digest(struct service *s, uint8_t out[DIGEST_LEN], const tanu_id *subject,
			  tanu_error *err)
{
	struct buf rows = {0};
	tanu_status st = DB(s, consent_each, subject, digest_row, &rows, err);

	if (st == TANU_OK)
		sha256(out, rows.data, rows.len);
	buf_free(&rows);
	return st;
}

static tanu_status check_head(struct service *s, const tanu_id *subject, tanu_error *err)
{
	uint8_t found[DIGEST_LEN];
	struct ledger_head head = {0};
	char hex[ID_HEX_LEN];
	tanu_status st;

	if ((st = head_get(s, &head, subject, err)) < 0 ||
	    (st = ledger_digest(s, found, subject, err)) < 0)
		return st;
	if (memcmp(found, head.consents, sizeof(found)) == 0)
		return TANU_OK;
	id_hex(hex, subject);
	return tanu_fail(err, TANU_ERR_DB_DAMAGED, hex,
			 "this person's consents were changed by other means than Tanu: none of "
			 "them counts; withdraw all and ask again");
}

struct load {
	struct service *s;
	struct consent_list *out;
};

static tanu_status take_row(void *self, const struct consent_row *row, tanu_error *err)
{
	return consent_list_add(((struct load *)self)->out, &row->consent, err);
}

/* The rule of refusals asks who gave it, and that stands sealed. */
static tanu_status take_consent(void *self, const struct consent_row *row, tanu_error *err)
{
	struct load *load = self;
	struct consent_detail detail = {0};
	tanu_consent consent = row->consent;
	tanu_status st = consent_detail_open(load->s, &detail, row, err);

	if (st < 0)
		return st;
	consent.giver = detail.giver;
	consent.guardian = detail.guardian;
	consent_detail_free(&detail);
	return consent_list_add(load->out, &consent, err);
}

tanu_status ledger_load(struct service *s, struct consent_list *out, const tanu_id *subject,
			tanu_error *err)
{
	struct load load = {.s = s, .out = out};
	tanu_status st = check_head(s, subject, err);

	return st < 0 ? st : DB(s, consent_each, subject, take_consent, &load, err);
}

tanu_status ledger_load_unchecked(struct service *s, struct consent_list *out,
				  const tanu_id *subject, tanu_error *err)
{
	struct load load = {.s = s, .out = out};

	return DB(s, consent_each, subject, take_row, &load, err);
}

unsigned ledger_live_purposes(const struct consent_list *list, const tanu_id *subject,
			      int64_t now_ms)
{
	unsigned live = 0;

#define X(name, bit, word)                                                               \
	if (tanu_consent_find(list->v, list->len, subject, TANU_PURPOSE_##name, now_ms)) \
		live |= TANU_PURPOSE_##name;
	TANU_PURPOSE_LIST(X)
#undef X
	return live;
}

tanu_status purpose_must_recognise(tanu_purpose purpose, tanu_error *err)
{
	if (purpose != TANU_PURPOSE_CALIBRATION)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_USAGE, "purpose",
			 "nobody is recognised under calibration: name the purpose of this "
			 "comparison");
}

bool purpose_covers_reference(tanu_purpose purpose)
{
	return purpose != TANU_PURPOSE_CALIBRATION;
}

const tanu_consent *ledger_cover(const struct consent_list *list, const tanu_id *subject,
				 int64_t now_ms)
{
	unsigned live = ledger_live_purposes(list, subject, now_ms);
	const tanu_consent *best = NULL;

	for (unsigned purpose = 1; purpose <= live; purpose <<= 1) {
		const tanu_consent *c;

		if (!(live & purpose) || !purpose_covers_reference((tanu_purpose)purpose))
			continue;
		c = tanu_consent_find(list->v, list->len, subject, (tanu_purpose)purpose, now_ms);
		if (!best || c->not_after_ms > best->not_after_ms)
			best = c;
	}
	return best;
}

tanu_status consent_detail_open(struct service *s, struct consent_detail *out,
				const struct consent_row *row, tanu_error *err)
{
	struct key_name key = {.subject = row->consent.subject, .kind = KEY_PROFILE};
	struct buf plain = {0};
	tanu_status st = vault_unseal(s->vault, &plain, &key, &row->consent.id, RECORD_VERSION,
				      row->detail.data, row->detail.len, err);

	if (st == TANU_OK)
		st = consent_detail_decode(out, &plain, err);
	buf_wipe(&plain);
	return st;
}

tanu_status consent_require(struct service *s, struct consent_list *out, const tanu_id *subject,
			    tanu_purpose purpose, int64_t now_ms, tanu_error *err)
{
	struct consent_list list = {0};
	tanu_status st;

	if ((st = clock_require(s, now_ms, err)) == TANU_OK &&
	    (st = ledger_load(s, &list, subject, err)) == TANU_OK &&
	    !tanu_consent_find(list.v, list.len, subject, purpose, now_ms))
		st = tanu_fail(err, TANU_ERR_NO_CONSENT, NULL,
			       "no live consent to %s: ask for it, or use the way without a face",
			       tanu_purpose_name(purpose));
	if (st == TANU_OK)
		*out = list;
	else
		consent_list_free(&list);
	return st;
}

tanu_status reference_exists(struct service *s, bool *out, const tanu_id *subject, tanu_error *err)
{
	struct reference_row row = {0};
	tanu_error missing = {0};
	tanu_status st = DB(s, reference_get, &row, subject, &missing);

	buf_free(&row.sealed);
	if (st < 0 && st != TANU_NOT_FOUND) {
		if (err)
			*err = missing;
		return st;
	}
	*out = st == TANU_OK;
	return TANU_OK;
}
