/* SPDX-License-Identifier: Apache-2.0 */
/* People who agreed to be compared with each other. */
#include "service/internal.h"

tanu_status reference_open(struct service *s, tanu_reference *out, const tanu_id *subject,
			   tanu_purpose purpose, enum permit_claim claim, tanu_error *err)
{
	struct reference_row row = {0};
	struct consent_list ledger = {0};
	struct permit permit = {0};
	tanu_status st;

	if ((st = ledger_load(s, &ledger, subject, err)) == TANU_OK &&
	    (st = permit_issue(s->book, &permit, subject, purpose, claim, ledger.v, ledger.len,
			       err)) == TANU_OK &&
	    (st = DB(s, reference_get, &row, subject, err)) == TANU_OK &&
	    (st = reference_require_young(s, &row, clock_now(&s->clock), err)) == TANU_OK)
		st = vault_open_reference(s->vault, out, &permit, subject, &row.id, row.sealed.data,
					  row.sealed.len, err);
	buf_free(&row.sealed);
	consent_list_free(&ledger);
	mem_wipe(&permit, sizeof(permit));
	return st;
}

tanu_status peer_agrees(struct service *s, bool *out, const tanu_id *subject, int64_t now_ms,
			tanu_error *err)
{
	struct consent_list ledger = {0};
	tanu_status st = ledger_load(s, &ledger, subject, err);

	if (st == TANU_OK)
		*out = tanu_consent_find(ledger.v, ledger.len, subject, TANU_PURPOSE_CALIBRATION,
					 now_ms) != NULL;
	if (st == TANU_NOT_FOUND) { /* who is not here agrees to nothing */
		*out = false;
		st = TANU_OK;
	}
	consent_list_free(&ledger);
	return st;
}

static tanu_status take_subject(void *self, const struct reference_row *row, tanu_error *err)
{
	return id_list_add(self, &row->subject, err);
}

tanu_status peers_find(struct service *s, struct id_list *out, int64_t now_ms, tanu_error *err)
{
	struct id_list enrolled = {0};
	tanu_status st = DB(s, reference_each, take_subject, &enrolled, err);

	for (size_t i = 0; i < enrolled.len && st == TANU_OK; i++) {
		bool agrees = false;

		st = reference_is_young(s, &agrees, &enrolled.v[i], now_ms, err);
		if (st == TANU_OK && agrees)
			st = peer_agrees(s, &agrees, &enrolled.v[i], now_ms, err);
		if (st == TANU_DAMAGED) /* she is left out, the others are compared */
			st = TANU_OK;
		else if (st == TANU_OK && agrees)
			st = id_list_add(out, &enrolled.v[i], err);
	}
	id_list_free(&enrolled);
	return st;
}
