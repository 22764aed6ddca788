/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts: a person's keys, her newest leaves and where they stand in the log, signed by the site.
 * docs/receipts.md says what she can do with them.
 */
#include "service/internal.h"

#include "receipt/receipt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAVES_MAX 64 /* newest ones; a receipt with all of them would be long */

/* ---- one receipt in the making ---- */

struct making {
	struct service *s;
	const tanu_id *subject;
	struct found_leaf *found;
	size_t found_len, first; /* index of the first that is taken */
	struct log_reader *reader;
	struct buf checkpoint; /* the public one */
	tanu_checkpoint head;  /* what it says */
	tanu_receipt_key keys[TANU_RECEIPT_KEYS_MAX];
	size_t keys_len;
	tanu_receipt_leaf leaves[LEAVES_MAX];
	struct buf events[LEAVES_MAX], proofs[LEAVES_MAX];
	size_t leaves_len;
};

static void making_free(struct making *m)
{
	log_reader_close(&m->reader);
	free(m->found);
	buf_free(&m->checkpoint);
	for (size_t i = 0; i < m->leaves_len; i++) {
		buf_wipe(&m->events[i]);
		buf_free(&m->proofs[i]);
	}
	mem_wipe(m, sizeof(*m));
	free(m);
}

/* ---- keys ---- */

static tanu_status see_renewal(void *self, const struct history_view *v, tanu_error *err)
{
	struct making *m = self;

	(void)err;
	if (v->event == TANU_EVENT_LOG_KEY_RENEWED && m->keys_len < TANU_RECEIPT_KEYS_MAX)
		m->keys[m->keys_len++].from_ms = v->at_ms;
	return TANU_OK;
}

/* When each key began: the first with the person, others when they were renewed. */
static tanu_status take_keys(struct making *m, tanu_error *err)
{
	struct service *s = m->s;
	struct ledger_head head = {0};
	struct subject_row row = {0};
	struct secret key;
	tanu_status st;

	if ((st = DB(s, subject_get, &row, m->subject, err)) < 0)
		return st;
	m->keys[0].from_ms = row.created_ms;
	m->keys_len = 1;
	buf_free(&row.profile);
	if ((st = service_history_each(s, m->subject, see_renewal, m, err)) < 0 ||
	    (st = head_get(s, &head, m->subject, err)) < 0)
		return st;
	/* a renewal whose record was erased with its quarter has no time any more */
	m->keys_len = (size_t)head.log.generation + 1;
	for (uint16_t g = 0; g <= head.log.generation && st == TANU_OK; g++) {
		if ((st = vault_log_key(s->vault, &key, m->subject, g, err)) < 0)
			break;
		memcpy(m->keys[g].key, key.b, sizeof(key.b));
		secret_wipe(&key);
	}
	return st;
}

/* ---- leaves ---- */

/* What the leaf says, "" when its text is gone. */
static tanu_status take_event(struct making *m, struct buf *out, const struct found_leaf *f,
			      tanu_error *err)
{
	char text[TANU_EVENT_MAX];
	size_t len = 0;

	if (tanu_opening_read(text, &len, m->keys[f->generation].key, f->n, f->opening, NULL) ==
	    TANU_OK)
		buf_put(out, text, len);
	mem_wipe(text, sizeof(text));
	return buf_check(out, err);
}

static tanu_status take_proof(struct making *m, struct buf *out, const struct found_leaf *f,
			      tanu_error *err)
{
	struct hash_source hashes = log_reader_hashes(m->reader);
	tanu_hash proof[TANU_PROOF_MAX];
	size_t proof_len = 0;
	tanu_status st;

	if (f->position >= m->head.size) /* promised: the witnesses have not seen it yet */
		return TANU_OK;
	if ((st = tree_prove_inclusion(proof, &proof_len, &hashes, f->position, m->head.size,
				       err)) < 0)
		return st;
	log_proof_put(out, f->position, proof, proof_len, &f->leaf, TANU_LEAF_LEN,
		      (const char *)m->checkpoint.data, m->checkpoint.len);
	return buf_check(out, err);
}

static tanu_status take_leaf(struct making *m, const struct found_leaf *f, tanu_error *err)
{
	size_t i = m->leaves_len;
	tanu_status st;

	if ((st = take_event(m, &m->events[i], f, err)) < 0)
		return st;
	if (m->events[i].len == 0) /* its text was erased: her history in the log tells of it */
		return TANU_OK;
	m->leaves_len++;
	if ((st = take_proof(m, &m->proofs[i], f, err)) < 0)
		return st;
	m->leaves[i] = (tanu_receipt_leaf){.key = f->generation,
					   .n = f->n,
					   .event = buf_cstr(&m->events[i]),
					   .proof = buf_cstr(&m->proofs[i])};
	return TANU_OK;
}

static tanu_status take_leaves(struct making *m, tanu_error *err)
{
	struct service *s = m->s;
	const struct log_files *files = &s->journal.files;
	tanu_status st;

	if ((st = journal_find(s, &m->found, &m->found_len, m->subject, 1, err)) < 0 ||
	    (st = journal_note(s, &m->head, &m->checkpoint, "checkpoint", err)) < 0 ||
	    (st = log_reader_open(&m->reader, files, s->journal.head.size, err)) < 0)
		return st;
	if (m->found_len > LEAVES_MAX)
		m->first = m->found_len - LEAVES_MAX;
	for (size_t i = m->first; i < m->found_len && st == TANU_OK; i++)
		st = take_leaf(m, &m->found[i], err);
	return st;
}

/* ---- together ---- */

static tanu_status write(struct making *m, struct buf *out, tanu_receipt_kind kind,
			 const char *record, tanu_error *err)
{
	struct service *s = m->s;
	struct buf vkey = {0}, policy = {0};
	tanu_verifier verifier;
	tanu_receipt receipt = {.kind = kind,
				.issued_ms = clock_now(&s->clock),
				.site = settings_text(&s->settings, "site.name"),
				.subject = *m->subject,
				.log_url = settings_text(&s->settings, "log.url"),
				.record = record,
				.keys_len = m->keys_len,
				.leaves_len = m->leaves_len,
				.keys = m->keys,
				.leaves = m->leaves};
	tanu_status st;

	signer_verifier(&verifier, &s->journal.signer);
	verifier_put(&vkey, &verifier);
	if ((st = service_policy(s, &policy, err)) == TANU_OK &&
	    (st = buf_check(&vkey, err)) == TANU_OK) {
		receipt.log_key = buf_cstr(&vkey);
		receipt.policy = buf_cstr(&policy);
		st = receipt_write(out, &receipt, &s->journal.signer, err);
	}
	buf_free(&vkey);
	buf_free(&policy);
	return st;
}

struct sought {
	uint8_t document[DIGEST_LEN];
	bool found;
};

static tanu_status see_document(void *self, const struct history_view *v, tanu_error *err)
{
	struct sought *sought = self;

	(void)err;
	sought->found |= memcmp(v->document, sought->document, DIGEST_LEN) == 0;
	return TANU_OK;
}

/* The log commits to the record, so that no other can be shown for it later. */
static tanu_status record_commit(struct service *s, const tanu_id *subject, const char *record,
				 tanu_error *err)
{
	struct event_record event = {.type = TANU_EVENT_RECEIPT_ISSUED, .by = "site"};
	int64_t now_ms = clock_now(&s->clock);
	struct sought sought = {.found = false};
	tanu_status st;

	sha256(event.document, record, strlen(record));
	memcpy(sought.document, event.document, DIGEST_LEN);
	if ((st = service_history_each(s, subject, see_document, &sought, err)) < 0 || sought.found)
		return st;
	if ((st = history_ready(s, subject, 1, now_ms, err)) < 0 || (st = tx_begin(s, err)) < 0)
		return st;
	return tx_end(s, history_put(s, subject, 0, now_ms, &event, err), err);
}

static tanu_status making_new(struct making **out, struct service *s, const tanu_id *subject,
			      tanu_error *err)
{
	struct making *m = calloc(1, sizeof(*m));

	if (!m)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a receipt");
	m->s = s;
	m->subject = subject;
	*out = m;
	return TANU_OK;
}

tanu_status service_receipt(struct service *s, struct buf *out, const tanu_id *subject,
			    tanu_receipt_kind kind, const char *record, tanu_error *err)
{
	struct making *m = NULL;
	tanu_status st;

	if ((st = subject_must_exist(s, subject, err)) < 0)
		return st;
	if (record && *record && (st = record_commit(s, subject, record, err)) < 0)
		return st;
	if ((st = journal_publish(s, err)) < 0 || (st = making_new(&m, s, subject, err)) < 0)
		return st;
	if ((st = take_keys(m, err)) == TANU_OK && (st = take_leaves(m, err)) == TANU_OK)
		st = write(m, out, kind, record ? record : "", err);
	making_free(m);
	return st;
}

/* ---- of who has left ---- */

static tanu_status see_farewell(void *self, uint64_t index, const void *entry, size_t entry_len,
				const uint8_t *opening, tanu_error *err)
{
	struct making *m = self;
	struct found_leaf *f = m->found;

	(void)opening;
	(void)err;
	if (entry_len == TANU_LEAF_LEN && memcmp(entry, &f->leaf, TANU_LEAF_LEN) == 0) {
		f->position = index;
		m->found_len = 1;
	}
	return TANU_OK;
}

/* Her key is gone: the leaf is known by its bytes, and its text from when it was made. */
static tanu_status take_farewell(struct making *m, tanu_error *err)
{
	struct service *s = m->s;
	const struct log_files *files = &s->journal.files;
	const struct farewell *farewell = &s->farewell;
	tanu_status st;

	m->found = calloc(1, sizeof(*m->found));
	if (!m->found)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	*m->found = (struct found_leaf){
	    .generation = farewell->generation, .n = farewell->n, .leaf = farewell->leaf};
	if ((st = journal_note(s, &m->head, &m->checkpoint, "checkpoint", err)) < 0 ||
	    (st = log_reader_open(&m->reader, files, s->journal.head.size, err)) < 0 ||
	    (st = log_reader_each(m->reader, 0, s->journal.head.size, see_farewell, m, err)) < 0)
		return st;
	if (m->found_len == 0)
		return tanu_fail(err, TANU_ERR_LOG_DAMAGED, s->journal.dir,
				 "the last entry about this person is not in the log");
	m->leaves_len = 1;
	m->leaves[0] = (tanu_receipt_leaf){
	    .key = farewell->generation, .n = farewell->n, .event = farewell->event};
	if ((st = take_proof(m, &m->proofs[0], m->found, err)) == TANU_OK)
		m->leaves[0].proof = buf_cstr(&m->proofs[0]);
	return st;
}

static tanu_status farewell_receipt(struct service *s, struct buf *out, const tanu_id *subject,
				    tanu_error *err)
{
	struct making *m = NULL;
	tanu_status st;

	if (!id_equal(subject, &s->farewell.subject))
		return tanu_fail(err, TANU_ERR_SUBJECT_MISSING, NULL,
				 "this person has left, and what proves it was not kept");
	if ((st = journal_publish(s, err)) < 0 || (st = making_new(&m, s, subject, err)) < 0)
		return st;
	if ((st = take_farewell(m, err)) == TANU_OK)
		st = write(m, out, TANU_RECEIPT_ERASURE, buf_cstr(&s->farewell.record), err);
	making_free(m);
	return st;
}

tanu_status service_erasure_receipt(struct service *s, struct buf *out,
				    const struct erasure_receipt *erased, tanu_error *err)
{
	struct buf record = {0};
	tanu_status st;

	if (erased->profile_erased)
		return farewell_receipt(s, out, &erased->subject, err);
	if ((st = erasure_record_encode(&record, erased, err)) == TANU_OK)
		st = service_receipt(s, out, &erased->subject, TANU_RECEIPT_TERMINATION,
				     buf_cstr(&record), err);
	buf_free(&record);
	return st;
}
