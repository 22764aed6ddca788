/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gates in the receipt of an erasure: which of them were lent the reference, and what each has
 * signed since. The record names them, so that none can be left out later; their words come one by
 * one and are put into the receipt that she has (docs/erasure.md).
 */
#include "service/gate_inside.h"

#include "receipt/receipt.h"

#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(((struct erasure_gate *)0)->name) >= PAIR_NAME_LEN, "room for a gate's name");

/* ---- which ones ---- */

struct lenders {
	struct erasure_receipt *out;
	struct access_paper access;
};

/*
 * A lease that still runs, of a zone where she may go. A revoked gate keeps its lease as well, and
 * somebody barred is still at a gate that has not heard of it.
 */
static tanu_status take_gate(void *self, const struct gate_view *v, tanu_error *err)
{
	struct lenders *l = self;
	struct erasure_receipt *out = l->out;
	struct erasure_gate *gate;

	(void)err;
	if (v->state == GATE_ADDED || v->lent_until_ms <= out->requested_ms ||
	    !access_covers(&l->access.view, v->zone))
		return TANU_OK;
	if (out->gates_len == ERASURE_GATES_MAX) {
		out->gates_unnamed = true;
		return TANU_OK;
	}
	gate = &out->gates[out->gates_len];
	*gate = (struct erasure_gate){.id = v->id, .until_ms = v->lent_until_ms};
	snprintf(gate->name, sizeof(gate->name), "%s", v->name);
	memcpy(gate->sign_key, v->sign_key, sizeof(gate->sign_key));
	out->gates_len++;
	return TANU_OK;
}

void erasure_gates(struct service *s, struct erasure_receipt *out)
{
	struct lenders l = {.out = out};
	tanu_id paper;

	out->gates_len = 0;
	if (!out->reference_erased)
		return;
	/* Rights that can't be read keep no gate out. */
	if (access_load(s, &l.access, &paper, &out->subject, NULL) < 0)
		l.access = (struct access_paper){0};
	if (service_gate_each(s, take_gate, &l, NULL) < 0)
		out->gates_unnamed = true;
	mem_wipe(&l.access, sizeof(l.access));
}

/* ---- their words into her receipt ---- */

struct words {
	struct service *s;
	const tanu_receipt *receipt;
	struct buf text[TANU_RECEIPT_GATES_MAX];
	const char *at[TANU_RECEIPT_GATES_MAX];
	size_t len;
	struct gates_said said; /* what a receipt with them shows */
};

/* What whoever verifies these bytes is told of the gates. */
static tanu_status look(struct gates_said *out, bool *wrong, const struct buf *bytes,
			tanu_error *err)
{
	tanu_receipt *receipt = NULL;
	tanu_report *report = NULL;
	tanu_status st;

	*out = (struct gates_said){0};
	*wrong = false;
	if ((st = tanu_receipt_parse(&receipt, bytes->data, bytes->len, err)) < 0 ||
	    (st = tanu_receipt_verify(&report, (const tanu_receipt *const *)&receipt, 1, NULL,
				      err)) < 0)
		goto out;
	for (size_t i = 0; i < report->findings_len; i++)
		*wrong = *wrong || report->findings[i].code == TANU_FINDING_GATE_WORD;
	out->named = report->gates_len;
	for (size_t i = 0; i < report->gates_len; i++)
		out->erased += report->gates[i].word == TANU_GATE_ERASED;
out:
	tanu_report_free(&report);
	tanu_receipt_free(&receipt);
	return st;
}

/* The receipt with the first `len` of the words. */
static tanu_status write_with(struct buf *out, const struct words *w, size_t len, tanu_error *err)
{
	tanu_receipt with = *w->receipt;

	with.gate_words = w->at;
	with.gate_words_len = len;
	return receipt_write(out, &with, &w->s->journal.signer, err);
}

/* With one more: does it show more gates than before, and nothing wrong? */
static tanu_status judge(struct words *w, bool *better, tanu_error *err)
{
	struct gates_said said;
	struct buf bytes = {0};
	bool wrong = false;
	tanu_status st;

	*better = false;
	if ((st = write_with(&bytes, w, w->len + 1, err)) == TANU_OK &&
	    (st = look(&said, &wrong, &bytes, err)) == TANU_OK)
		*better = !wrong && said.erased > w->said.erased;
	if (*better)
		w->said = said;
	buf_wipe(&bytes);
	return st;
}

/* One that is about another erasure, or of a gate that was not named, is left out. */
static tanu_status take_text(struct words *w, const void *text, size_t len, tanu_error *err)
{
	bool better = false;
	tanu_status st;

	if (w->len == TANU_RECEIPT_GATES_MAX)
		return TANU_OK;
	buf_put(&w->text[w->len], text, len);
	w->at[w->len] = buf_cstr(&w->text[w->len]);
	st = judge(w, &better, err);
	if (better)
		w->len++;
	else
		buf_free(&w->text[w->len]);
	return st;
}

static tanu_status take_word(void *self, const struct buf *note, tanu_error *err)
{
	return take_text(self, note->data, note->len, err);
}

/* Those that the receipt has already: a person who left took the site's copies with her. */
static tanu_status take_old(struct words *w, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < w->receipt->gate_words_len && st == TANU_OK; i++)
		st =
		    take_text(w, w->receipt->gate_words[i], strlen(w->receipt->gate_words[i]), err);
	return st;
}

/* Only what this site has signed is signed anew. */
static tanu_status must_be_ours(struct service *s, const void *bytes, size_t bytes_len,
				tanu_error *err)
{
	tanu_verifier own;
	tanu_note note;
	tanu_status st = tanu_note_split(&note, bytes, bytes_len, err);

	if (st < 0)
		return st;
	signer_verifier(&own, &s->journal.signer);
	if (tanu_note_verify(&note, &own, NULL, NULL) < 0)
		return tanu_fail(err, TANU_ERR_SIGNATURE, "receipt",
				 "this receipt is not signed by the log of this site");
	return TANU_OK;
}

tanu_status service_receipt_with_gates(struct service *s, struct buf *out, struct gates_said *said,
				       const void *bytes, size_t bytes_len, tanu_error *err)
{
	struct words w = {.s = s};
	tanu_receipt *receipt = NULL;
	bool wrong = false;
	tanu_status st;

	/* what is no receipt at all is told first */
	if ((st = tanu_receipt_parse(&receipt, bytes, bytes_len, err)) < 0 ||
	    (st = must_be_ours(s, bytes, bytes_len, err)) < 0)
		goto out;
	w.receipt = receipt;
	if ((st = take_old(&w, err)) == TANU_OK)
		st = confirmations_each(s, &receipt->subject, take_word, &w, err);
	if (st == TANU_OK && (st = write_with(out, &w, w.len, err)) == TANU_OK)
		st = look(said, &wrong, out, err);
	for (size_t i = 0; i < w.len; i++)
		buf_free(&w.text[i]);
out:
	tanu_receipt_free(&receipt);
	return st;
}
