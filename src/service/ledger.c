/* SPDX-License-Identifier: Apache-2.0 */
/* The consents of a subject, read. */
#include "service/internal.h"

struct load {
	struct service *s;
	struct consent_list *out;
};

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

	return DB(s, consent_each, subject, take_consent, &load, err);
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

const tanu_consent *ledger_cover(const struct consent_list *list, const tanu_id *subject,
				 int64_t now_ms)
{
	unsigned live = ledger_live_purposes(list, subject, now_ms);
	const tanu_consent *best = NULL;

	for (unsigned purpose = 1; purpose <= live; purpose <<= 1) {
		const tanu_consent *c;

		if (!(live & purpose))
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

	if ((st = ledger_load(s, &list, subject, err)) == TANU_OK &&
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
