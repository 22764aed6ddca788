/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt/scenes.h"

#define CONSENT	  "c0000000000000000000000000000001"
#define REFERENCE "e0000000000000000000000000000001"
#define ORDER	  "0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d"
#define SEALED_AS "5ea1ed5ea1ed5ea1ed5ea1ed5ea1ed5ea1ed5ea1ed5ea1ed5ea1ed5ea1ed5ea1"

/* ---- the story: what an honest site writes ---- */

static void record_digest(char out[2 * DIGEST_LEN + 1])
{
	uint8_t digest[DIGEST_LEN];

	sha256(digest, RECORD_TEXT, strlen(RECORD_TEXT));
	hex_encode(out, digest, sizeof(digest));
}

static void added(struct world *w)
{
	world_event(w, 0,
		    "{\"at_ms\":%lld,\"by\":\"officer\",\"sequence\":1,\"type\":\"subject-added\"}",
		    AT(0));
}

static void consent(struct world *w)
{
	char digest[2 * DIGEST_LEN + 1];

	record_digest(digest);
	world_event(w, 0,
		    "{\"about\":\"" CONSENT
		    "\",\"at_ms\":%lld,\"by\":\"guardian\",\"document\":\"%s\","
		    "\"due_ms\":%lld,\"purposes\":\"access,attendance\",\"sequence\":2,"
		    "\"type\":\"consent-given\"}",
		    AT(0) + 60000, digest, AT(24 * 300));
}

static void enrolled(struct world *w)
{
	world_event(w, 0,
		    "{\"about\":\"" REFERENCE
		    "\",\"at_ms\":%lld,\"by\":\"officer\",\"purposes\":\"access\","
		    "\"sequence\":3,\"type\":\"enrolled\"}",
		    AT(0) + 120000);
}

/* A comparison at a gate. */
static void used(struct world *w, unsigned key, const char *type, const char *purposes,
		 long long at_ms)
{
	world_event(w, key,
		    "{\"at_ms\":%lld,\"fmr_ppb\":100000,\"purposes\":\"%s\",\"sequence\":0,"
		    "\"type\":\"%s\"}",
		    at_ms, purposes, type);
}

static void opened_log(struct world *w)
{
	world_statement(w,
			"{\"at_ms\":%lld,\"site\":\"Мектеп 12\",\"type\":\"log-opened\","
			"\"version\":\"0.1.0\"}",
			AT(-1));
}

static void counted(struct world *w, int hours)
{
	world_statement(w,
			"{\"at_ms\":%lld,\"day\":\"2026-09-01\",\"embeddings\":3,\"permits\":3,"
			"\"refusals\":0,\"type\":\"counts\",\"uses\":2}",
			AT(hours));
}

/* First batch: she is added, consents, is enrolled. */
static void first_batch(struct world *w, enum world_cosign cosign)
{
	opened_log(w);
	added(w);
	consent(w);
	enrolled(w);
	world_publish(w, cosign, 1);
}

/* Second batch: four days of uses, one of which comes late from a gate, and a disclosure. */
static void second_batch(struct world *w, enum world_cosign cosign)
{
	counted(w, 96);
	used(w, 0, "verified", "access", AT(24));
	used(w, 0, "verify-no-match", "access", AT(48));
	used(w, 0, "verified", "attendance", AT(95) + 1800000);
	world_event(w, 0,
		    "{\"at_ms\":%lld,\"by\":\"court\",\"document\":\"" ORDER "\","
		    "\"recipient\":\"Полиция, Алматы\",\"sequence\":4,\"type\":\"disclosed\"}",
		    AT(95));
	world_publish(w, cosign, 97);
}

/* The consent receipt that her mother took home after the first batch. */
static void take_receipt(struct scene *s, const struct draft *d, const struct signer *signer)
{
	draft_write(&s->receipts[s->receipts_len++], d, s->world, signer);
}

static struct draft *consent_draft(const struct world *w)
{
	struct draft *d = draft_new(w, TANU_RECEIPT_CONSENT, 1, 1);

	draft_leaf(d, w, 0, 1, true);
	return d;
}

static void consent_receipt(struct scene *s)
{
	struct draft *d = consent_draft(s->world);

	take_receipt(s, d, NULL);
	draft_free(d);
}

static void good_start(struct scene *s)
{
	first_batch(s->world, WITNESSED);
	consent_receipt(s);
	s->has_log = true;
}

/* ---- honest cases ---- */

static void good_receipt(struct scene *s)
{
	good_start(s);
	s->has_log = false;
}

static void good_history(struct scene *s)
{
	good_start(s);
	second_batch(s->world, WITNESSED);
}

static void unwitnessed_receipt(struct scene *s)
{
	struct draft *d;

	first_batch(s->world, UNWITNESSED);
	d = consent_draft(s->world);
	d->receipt.policy = s->world->policy_none;
	take_receipt(s, d, NULL);
	draft_free(d);
}

static void unwitnessed_history(struct scene *s)
{
	unwitnessed_receipt(s);
	s->has_log = true;
}

/* Printed on the spot: the leaf is not in a batch yet. */
static void pending_draft(struct scene *s)
{
	struct draft *d = draft_new(s->world, TANU_RECEIPT_CONSENT, 1, 0);

	draft_leaf(d, s->world, 0, 1, false);
	take_receipt(s, d, NULL);
	draft_free(d);
}

static void pending_receipt(struct scene *s)
{
	added(s->world);
	consent(s->world);
	pending_draft(s);
}

static void pending_kept(struct scene *s)
{
	opened_log(s->world);
	added(s->world);
	consent(s->world);
	enrolled(s->world);
	pending_draft(s);
	world_publish(s->world, WITNESSED, 1);
	s->has_log = true;
}

/* The log has not moved since. */
static void pending_still(struct scene *s)
{
	opened_log(s->world);
	added(s->world);
	world_publish(s->world, WITNESSED, 0);
	consent(s->world);
	pending_draft(s);
	s->has_log = true;
}

static void renew(struct world *w, const uint8_t *next_key)
{
	char hex[2 * DIGEST_LEN + 1];
	uint8_t digest[DIGEST_LEN];

	sha256(digest, next_key, TANU_LOG_KEY_LEN);
	hex_encode(hex, digest, sizeof(digest));
	world_event(w, 0,
		    "{\"at_ms\":%lld,\"by\":\"court\",\"document\":\"%s\",\"sequence\":5,"
		    "\"type\":\"log-key-renewed\"}",
		    AT(100), hex);
}

/* A receipt with both keys. */
static void second_receipt(struct scene *s)
{
	struct draft *d = draft_new(s->world, TANU_RECEIPT_HISTORY, 2, 121);

	d->receipt.record = "";
	draft_leaf(d, s->world, 1, 0, true);
	take_receipt(s, d, NULL);
	draft_free(d);
}

static void renewed(struct scene *s)
{
	good_start(s);
	renew(s->world, s->world->keys[1]);
	used(s->world, 1, "verified", "access", AT(120));
	world_publish(s->world, WITNESSED, 121);
	second_receipt(s);
}

/* A guardian who was barred still has the first receipt. */
static void renewed_old_key(struct scene *s)
{
	renewed(s);
	buf_free(&s->receipts[--s->receipts_len]);
}

static void erase_history(struct world *w, uint64_t before)
{
	world_event(
	    w, 0,
	    "{\"at_ms\":%lld,\"before\":%llu,\"by\":\"site\",\"quarter\":8106,\"sequence\":0,"
	    "\"type\":\"history-erased\"}",
	    AT(24 * 100), (unsigned long long)before);
}

static void history_erased(struct scene *s)
{
	good_history(s);
	erase_history(s->world, 5);
	world_publish(s->world, WITNESSED, 24 * 100);
	world_erase(s->world, 0, 5);
}

static void remove_her(struct world *w)
{
	world_event(w, 0,
		    "{\"about\":\"" CONSENT "\",\"at_ms\":%lld,\"by\":\"guardian\",\"sequence\":6,"
		    "\"type\":\"consent-withdrawn\"}",
		    AT(200));
	world_event(w, 0,
		    "{\"about\":\"" REFERENCE "\",\"at_ms\":%lld,\"by\":\"site\",\"sequence\":7,"
		    "\"type\":\"reference-erased\"}",
		    AT(200) + 1000);
	world_event(w, 0,
		    "{\"at_ms\":%lld,\"before\":%llu,\"by\":\"site\",\"sequence\":8,"
		    "\"type\":\"subject-removed\"}",
		    AT(200) + 2000, (unsigned long long)w->next[0]);
}

static void removed(struct scene *s)
{
	good_start(s);
	remove_her(s->world);
	world_publish(s->world, WITNESSED, 201);
	world_erase(s->world, 0, s->world->next[0] - 1);
}

static struct draft *erasure_draft(const struct world *w)
{
	struct draft *d = draft_new(w, TANU_RECEIPT_ERASURE, 0, 201);

	d->receipt.record = "";
	d->receipt.kind = TANU_RECEIPT_HISTORY;
	draft_leaf(d, w, 0, w->next[0] - 1, true);
	return d;
}

/* A receipt without keys, alone. */
static void keyless(struct scene *s)
{
	struct draft *d;

	removed(s);
	buf_free(&s->receipts[--s->receipts_len]);
	d = erasure_draft(s->world);
	take_receipt(s, d, NULL);
	draft_free(d);
	s->has_log = false;
}

static void keyless_with_keys(struct scene *s)
{
	struct draft *d;

	removed(s);
	d = erasure_draft(s->world);
	take_receipt(s, d, NULL);
	draft_free(d);
}

static void two_bundles(struct scene *s)
{
	good_start(s);
	for (int i = 0; i < 260; i++) {
		uint8_t leaf[TANU_LEAF_LEN];

		world_random(s->world, leaf, sizeof(leaf));
		world_entry(s->world, leaf, sizeof(leaf));
	}
	second_batch(s->world, WITNESSED);
}

static void disclosure_pending(struct scene *s)
{
	good_start(s);
	world_statement(s->world,
			"{\"at_ms\":%lld,\"commitment\":\"" ORDER
			"\",\"due_ms\":%lld,\"tag\":\"" SEALED_AS
			"\",\"type\":\"disclosure-sealed\"}",
			AT(10), AT(50));
	world_publish(s->world, WITNESSED, 11);
}

static void disclosure_overdue(struct scene *s)
{
	disclosure_pending(s);
	counted(s->world, 60);
	world_publish(s->world, WITNESSED, 61);
}

static void disclosure_opened(struct scene *s)
{
	disclosure_pending(s);
	world_statement(s->world,
			"{\"at_ms\":%lld,\"document\":\"" ORDER
			"\",\"due_ms\":%lld,\"tag\":\"" SEALED_AS
			"\",\"type\":\"disclosure-extended\"}",
			AT(40), AT(70));
	world_publish(s->world, WITNESSED, 61);
	world_statement(s->world,
			"{\"at_ms\":%lld,\"tag\":\"" SEALED_AS "\",\"type\":\"disclosure-opened\"}",
			AT(69));
	counted(s->world, 90);
	world_publish(s->world, WITNESSED, 91);
}

static void restored(struct scene *s)
{
	good_start(s);
	world_statement(s->world, "{\"at_ms\":%lld,\"size\":5,\"type\":\"database-restored\"}",
			AT(20));
	world_publish(s->world, WITNESSED, 21);
}

static void unknown_type(struct scene *s)
{
	good_start(s);
	world_event(s->world, 0,
		    "{\"at_ms\":%lld,\"colour\":\"blue\",\"sequence\":9,\"type\":\"painted\"}",
		    AT(2));
	world_publish(s->world, WITNESSED, 3);
}

/* ---- receipts that are not what they seem ---- */

static void forged_signature(struct scene *s)
{
	struct draft *d;

	first_batch(s->world, WITNESSED);
	d = consent_draft(s->world);
	take_receipt(s, d, &s->world->stranger);
	draft_free(d);
}

/* The policy trusts another log of the same name. */
static void wrong_policy(struct scene *s)
{
	char policy[1024];
	struct draft *d;

	first_batch(s->world, WITNESSED);
	d = consent_draft(s->world);
	snprintf(policy, sizeof(policy), "log %s\nquorum none\n", s->world->stranger_key);
	d->receipt.policy = policy;
	take_receipt(s, d, NULL);
	draft_free(d);
}

static void her_policy(struct scene *s)
{
	good_history(s);
	snprintf(s->policy, sizeof(s->policy), "# from the ministry's page\nlog %s\nquorum none\n",
		 s->world->stranger_key);
}

/* The site serves a checkpoint that its witness has not seen. */
static void too_few_witnesses(struct scene *s)
{
	good_start(s);
	second_batch(s->world, UNWITNESSED);
}

/* Text replaced in a proof after it was made; `from` and `to` are of one length. */
static void replace_in_proof(struct draft *d, const char *from, const char *to)
{
	char *at = strstr((char *)d->proofs[0].data, from);

	assert_non_null(at);
	memcpy(at, to, strlen(to));
}

static void false_witness(struct scene *s)
{
	struct draft *d;

	first_batch(s->world, WITNESSED);
	d = consent_draft(s->world);
	/* Its last characters are "==" or "=", hence somewhat before. */
	d->proofs[0].data[d->proofs[0].len - 8] ^= 1;
	take_receipt(s, d, NULL);
	draft_free(d);
}

static void false_proof(struct scene *s)
{
	struct draft *d;

	first_batch(s->world, WITNESSED);
	d = consent_draft(s->world);
	d->leaves[0].proof = buf_cstr(&d->proofs[0]);
	replace_in_proof(d, "\nindex ", "\nIndex ");
	take_receipt(s, d, NULL);
	draft_free(d);
}

/* ---- which side the sibling is on ---- */

#define HERS 7 /* leaves of the first two batches */

/* A leaf of hers whose sibling is on its right (even index), or on its left; with one. */
static uint64_t leaf_beside(const struct world *w, bool right)
{
	for (uint64_t n = 0; n < HERS; n++) {
		const uint64_t index = w->leaves[0][n].index;

		if ((index % 2 == 0) == right && (index ^ 1) < w->size)
			return n;
	}
	fail_msg("no leaf of hers has its sibling on that side");
	return 0;
}

/* All leaves, so that the ways up turn to both sides, also over the edge of the tree. */
static void both_sides(struct scene *s)
{
	struct draft *d;

	first_batch(s->world, WITNESSED);
	second_batch(s->world, WITNESSED);
	(void)leaf_beside(s->world, true);
	(void)leaf_beside(s->world, false);
	d = draft_new(s->world, TANU_RECEIPT_HISTORY, 1, 97);
	d->receipt.record = "";
	for (uint64_t n = 0; n < HERS; n++)
		draft_leaf(d, s->world, 0, n, true);
	take_receipt(s, d, NULL);
	draft_free(d);
	s->has_log = true;
}

/* A proof as it must be written, with another hash in it: it leads to another root. */
static void other_root(struct scene *s, bool right)
{
	struct draft *d;
	char *hash;

	first_batch(s->world, WITNESSED);
	second_batch(s->world, WITNESSED);
	d = draft_new(s->world, TANU_RECEIPT_HISTORY, 1, 97);
	d->receipt.record = "";
	draft_leaf(d, s->world, 0, leaf_beside(s->world, right), true);
	hash = strstr((char *)d->proofs[0].data, "\nindex ");
	assert_non_null(hash);
	hash = strchr(hash + 1, '\n') + 1;
	*hash = *hash == 'A' ? 'B' : 'A';
	take_receipt(s, d, NULL);
	draft_free(d);
}

static void wrong_left_sibling(struct scene *s)
{
	other_root(s, false);
}

static void wrong_right_sibling(struct scene *s)
{
	other_root(s, true);
}

/* The text in the receipt is not the one that the log commits to. */
static void edited_receipt(struct scene *s)
{
	struct draft *d;
	char digest[2 * DIGEST_LEN + 1], event[512];

	first_batch(s->world, WITNESSED);
	d = consent_draft(s->world);
	record_digest(digest);
	snprintf(event, sizeof(event),
		 "{\"about\":\"" CONSENT
		 "\",\"at_ms\":%lld,\"by\":\"guardian\",\"document\":\"%s\","
		 "\"due_ms\":%lld,\"purposes\":\"access,attendance,visit\",\"sequence\":2,"
		 "\"type\":\"consent-given\"}",
		 AT(0) + 60000, digest, AT(24 * 300));
	d->leaves[0].event = event;
	take_receipt(s, d, NULL);
	draft_free(d);
}

static void other_record(struct scene *s)
{
	struct draft *d;

	first_batch(s->world, WITNESSED);
	d = consent_draft(s->world);
	d->receipt.record = "{\"purpose\":[\"access\",\"attendance\",\"visit\"]}";
	take_receipt(s, d, NULL);
	draft_free(d);
}

/* The proof is that of another leaf. */
static void foreign_leaf(struct scene *s)
{
	struct draft *d;

	first_batch(s->world, WITNESSED);
	d = draft_new(s->world, TANU_RECEIPT_CONSENT, 1, 1);
	draft_leaf(d, s->world, 0, 2, true);
	d->leaves[0].n = 1;
	d->leaves[0].event = s->world->leaves[0][1].event;
	take_receipt(s, d, NULL);
	draft_free(d);
}

/* Mother and father were given different keys: two histories. */
static void two_keys(struct scene *s)
{
	struct draft *d;

	first_batch(s->world, WITNESSED);
	consent_receipt(s);
	d = draft_new(s->world, TANU_RECEIPT_HISTORY, 1, 2);
	d->receipt.record = "";
	memcpy(d->keys[0].key, s->world->keys[2], TANU_LOG_KEY_LEN);
	take_receipt(s, d, NULL);
	draft_free(d);
}

/* ---- gates that had been lent a reference ---- */

#define GATE_FRONT "9a7e0000000000000000000000000001"
#define GATE_YARD  "9a7e0000000000000000000000000002"

static void gate_signer(struct signer *out, const char *gate, uint8_t seed_byte)
{
	struct secret seed = {.b = {seed_byte}};
	char name[64];

	snprintf(name, sizeof(name), "gate-%s", gate);
	assert_int_equal(signer_init(out, name, TANU_KEY_ED25519, &seed, NULL), TANU_OK);
}

static void put_gate(struct json_w *j, const char *gate, uint8_t seed_byte, const char *name)
{
	struct signer signer;
	tanu_verifier v;
	char key[2 * sizeof(v.key) + 1];

	gate_signer(&signer, gate, seed_byte);
	signer_verifier(&v, &signer);
	hex_encode(key, v.key, sizeof(v.key));
	jw_object(j, NULL);
	jw_text(j, "gate", gate);
	jw_text(j, "key", key);
	jw_text(j, "name", name);
	jw_int(j, "until_ms", AT(212));
	jw_end_object(j);
	signer_wipe(&signer);
}

/* The record of an erasure, as far as verifiers read it. */
static void put_gates_record(struct buf *out)
{
	struct json_w j;

	jw_init(&j, out);
	jw_object(&j, NULL);
	jw_array(&j, "gates");
	put_gate(&j, GATE_FRONT, 71, "Main entrance");
	put_gate(&j, GATE_YARD, 72, "Аула");
	jw_end_array(&j);
	jw_int(&j, "requested_ms", AT(200));
	jw_text(&j, "type", "erasure");
	jw_int(&j, "v", 1);
	jw_end_object(&j);
	assert_false(out->failed);
}

/* What a gate signs, `hours` after the start. */
static void put_gate_word(struct buf *out, const char *gate, uint8_t seed_byte, const char *subject,
			  int hours)
{
	struct signer signer;
	struct buf text = {0};
	char when[TIME_TEXT_LEN];

	gate_signer(&signer, gate, seed_byte);
	time_text(when, AT(hours));
	buf_printf(&text,
		   "tanu gate erased 1\nsite 51730000000000000000000000000001\ngate %s\n"
		   "subject %s\nlease 7\nat %s\n",
		   gate, subject, when);
	assert_int_equal(note_sign(out, &signer, (const char *)text.data, text.len, NULL), TANU_OK);
	buf_free(&text);
	signer_wipe(&signer);
}

/* She has withdrawn; the receipt holds what gates have said since, up to two notes. */
static void erased_at_gates(struct scene *s, struct buf *one, struct buf *other)
{
	struct buf record = {0};
	char digest_hex[2 * DIGEST_LEN + 1];
	uint8_t digest[DIGEST_LEN];
	const char *words[2];
	struct draft *d;

	good_start(s);
	put_gates_record(&record);
	sha256(digest, record.data, record.len);
	hex_encode(digest_hex, digest, sizeof(digest));
	world_event(s->world, 0,
		    "{\"at_ms\":%lld,\"by\":\"site\",\"document\":\"%s\",\"sequence\":0,"
		    "\"type\":\"receipt-issued\"}",
		    AT(200), digest_hex);
	world_publish(s->world, WITNESSED, 201);
	d = draft_new(s->world, TANU_RECEIPT_TERMINATION, 1, 202);
	d->receipt.record = buf_cstr(&record);
	draft_leaf(d, s->world, 0, 3, true);
	d->receipt.gate_words = words;
	if (one)
		words[d->receipt.gate_words_len++] = buf_cstr(one);
	if (other)
		words[d->receipt.gate_words_len++] = buf_cstr(other);
	take_receipt(s, d, NULL);
	draft_free(d);
	buf_free(&record);
	s->has_log = false;
}

static void gates_silent(struct scene *s)
{
	erased_at_gates(s, NULL, NULL);
}

/* One gate has said something, at that hour. */
static void with_word_at(struct scene *s, int hour)
{
	struct buf front = {0};

	put_gate_word(&front, GATE_FRONT, 71, SUBJECT, hour);
	erased_at_gates(s, &front, NULL);
	buf_free(&front);
}

static void gate_erased(struct scene *s)
{
	with_word_at(s, 201);
}

static void gates_erased(struct scene *s)
{
	struct buf front = {0}, yard = {0};

	put_gate_word(&front, GATE_FRONT, 71, SUBJECT, 201);
	put_gate_word(&yard, GATE_YARD, 72, SUBJECT, 210);
	erased_at_gates(s, &front, &yard);
	buf_free(&front);
	buf_free(&yard);
}

/* A true word of one gate, and in the name of the other one that is not its own. */
static void with_false_word(struct scene *s, uint8_t seed_byte, const char *subject)
{
	struct buf front = {0}, yard = {0};

	put_gate_word(&front, GATE_FRONT, 71, SUBJECT, 201);
	put_gate_word(&yard, GATE_YARD, seed_byte, subject, 201);
	erased_at_gates(s, &front, &yard);
	buf_free(&front);
	buf_free(&yard);
}

/* The site signs in the gate's name. */
static void gate_forged(struct scene *s)
{
	with_false_word(s, 99, SUBJECT);
}

static void gate_of_another(struct scene *s)
{
	with_false_word(s, 72, "3f9a41c2000000000000000000000002");
}

static void gate_unnamed(struct scene *s)
{
	struct buf word = {0};

	put_gate_word(&word, "9a7e0000000000000000000000000003", 73, SUBJECT, 201);
	erased_at_gates(s, &word, NULL);
	buf_free(&word);
}

/* A true word, but of an erasure a week before. */
static void gate_word_old(struct scene *s)
{
	with_word_at(s, 32);
}

/* At the end of a lease, after which there was another one. */
static void gate_word_just_before(struct scene *s)
{
	with_word_at(s, 199);
}

static void gate_word_at_once(struct scene *s)
{
	with_word_at(s, 200);
}

static void gate_word_malformed(struct scene *s)
{
	struct buf word = {0};

	buf_str(&word, "The gate has erased everything.\n");
	erased_at_gates(s, &word, NULL);
	buf_free(&word);
}

/* ---- logs of a site that cheats ---- */

/* The log made anew without the leaf that her receipt proves. */
static void dropped_leaf(struct scene *s)
{
	struct world *w = world_new();

	good_start(s);
	opened_log(w);
	added(w);
	consent(w);
	world_forget(w);
	enrolled(w);
	world_publish(w, WITNESSED, 1);
	world_free(s->world);
	s->world = w;
}

/* A use that was given its number and never published. */
static void dropped_use(struct scene *s)
{
	good_start(s);
	used(s->world, 0, "verified", "access", AT(2));
	world_forget(s->world);
	used(s->world, 0, "verified", "access", AT(3));
	world_publish(s->world, WITNESSED, 4);
}

/* The family took its receipt home before the batch; the batch never had the leaf. */
static void pending_lost(struct scene *s)
{
	opened_log(s->world);
	added(s->world);
	consent(s->world);
	pending_draft(s);
	world_forget(s->world);
	world_publish(s->world, WITNESSED, 3);
	s->has_log = true;
}

/* Another tree of the same size, cosigned too; all her leaves are in it. */
static void forked(struct scene *s)
{
	struct world *w = world_new();

	good_start(s);
	opened_log(w);
	added(w);
	consent(w);
	enrolled(w);
	w->other_decoys = 1;
	world_publish(w, WITNESSED, 1);
	world_free(s->world);
	s->world = w;
}

/* Two receipts, one from each of the trees. */
static void forked_receipts(struct scene *s)
{
	struct draft *d;

	forked(s);
	d = draft_new(s->world, TANU_RECEIPT_HISTORY, 1, 2);
	d->receipt.record = "";
	draft_leaf(d, s->world, 0, 2, true);
	take_receipt(s, d, NULL);
	draft_free(d);
	s->has_log = false;
}

static void rolled_back(struct scene *s)
{
	struct world *w = world_new();
	struct draft *d;

	first_batch(s->world, WITNESSED);
	second_batch(s->world, WITNESSED);
	d = draft_new(s->world, TANU_RECEIPT_HISTORY, 1, 98);
	d->receipt.record = "";
	draft_leaf(d, s->world, 0, 3, true);
	take_receipt(s, d, NULL);
	draft_free(d);
	first_batch(w, WITNESSED);
	world_free(s->world);
	s->world = w;
	s->has_log = true;
}

static void edited_event(struct scene *s)
{
	good_start(s);
	used(s->world, 0, "verify-no-match", "access", AT(2));
	world_reseal(s->world, 0, 3,
		     "{\"at_ms\":1788256800000,\"fmr_ppb\":100000,\"purposes\":\"access\","
		     "\"sequence\":0,\"type\":\"verified\"}");
	world_publish(s->world, WITNESSED, 3);
}

static void withheld(struct scene *s)
{
	good_start(s);
	used(s->world, 0, "verified", "access", AT(2));
	world_reseal(s->world, 0, 3, NULL);
	world_publish(s->world, WITNESSED, 3);
}

/* Withheld in the log, and she has it in her receipt. */
static void withheld_kept(struct scene *s)
{
	good_start(s);
	world_erase(s->world, 0, 2);
}

static void malformed_event(struct scene *s)
{
	good_start(s);
	world_event(s->world, 0, "compared the face again");
	world_publish(s->world, WITNESSED, 3);
}

static void duplicate_place(struct scene *s)
{
	good_start(s);
	used(s->world, 0, "verified", "access", AT(2));
	world_event_at(s->world, 0, 3, &s->world->leaves[0][2].leaf,
		       "{\"at_ms\":1788260400000,\"purposes\":\"access\",\"sequence\":0,"
		       "\"type\":\"verified\"}");
	world_publish(s->world, WITNESSED, 4);
}

static void broken_chain(struct scene *s)
{
	good_start(s);
	world_event_at(s->world, 0, 3, &s->world->leaves[0][1].leaf,
		       "{\"at_ms\":1788260400000,\"purposes\":\"access\",\"sequence\":0,"
		       "\"type\":\"verified\"}");
	world_publish(s->world, WITNESSED, 4);
}

static void renewal_mismatch(struct scene *s)
{
	good_start(s);
	renew(s->world, s->world->keys[2]);
	used(s->world, 1, "verified", "access", AT(120));
	world_publish(s->world, WITNESSED, 121);
	second_receipt(s);
}

static void renewal_unlogged(struct scene *s)
{
	good_start(s);
	used(s->world, 1, "verified", "access", AT(120));
	world_publish(s->world, WITNESSED, 121);
	second_receipt(s);
}

static void after_renewal(struct scene *s)
{
	good_start(s);
	renew(s->world, s->world->keys[1]);
	used(s->world, 0, "verified", "access", AT(110));
	used(s->world, 1, "verified", "access", AT(120));
	world_publish(s->world, WITNESSED, 121);
	second_receipt(s);
}

/* Whoever could still write it has kept her key. */
static void after_removal(struct scene *s)
{
	good_start(s);
	remove_her(s->world);
	world_event(s->world, 0, "{\"at_ms\":%lld,\"sequence\":0,\"type\":\"exported\"}", AT(300));
	world_publish(s->world, WITNESSED, 301);
	world_erase(s->world, 0, 5);
}

static void not_erased(struct scene *s)
{
	good_start(s);
	erase_history(s->world, 2);
	world_publish(s->world, WITNESSED, 24 * 100);
}

static void use_after_withdrawal(struct scene *s)
{
	good_start(s);
	world_event(s->world, 0,
		    "{\"about\":\"" CONSENT "\",\"at_ms\":%lld,\"by\":\"child\",\"sequence\":6,"
		    "\"type\":\"consent-withdrawn\"}",
		    AT(50));
	used(s->world, 0, "verified", "access", AT(49));
	used(s->world, 0, "verified", "access", AT(51));
	world_publish(s->world, WITNESSED, 52);
}

static struct memory_file *the_file(struct scene *s, const char *path)
{
	struct memory_file *f = memory_file_find(&s->world->files, path);

	assert_non_null(f);
	return f;
}

static void remove_file(struct scene *s, const char *path)
{
	struct memory_file *f = the_file(s, path);

	free(f->bytes);
	*f = s->world->files.file[--s->world->files.len];
}

static void damaged_entry(struct scene *s)
{
	struct memory_file *f;
	uint8_t *leaf;

	good_start(s);
	f = the_file(s, "tile/entries/000.p/5");
	leaf = memmem(f->bytes, f->len, &s->world->leaves[0][2].leaf, TANU_LEAF_LEN);
	assert_non_null(leaf);
	leaf[TANU_LEAF_LEN - 1] ^= 1;
}

static void damaged_bundle(struct scene *s)
{
	good_start(s);
	the_file(s, "tile/entries/000.p/5")->len -= 1;
}

static void missing_bundle(struct scene *s)
{
	good_start(s);
	remove_file(s, "tile/entries/000.p/5");
}

static void missing_openings(struct scene *s)
{
	good_start(s);
	remove_file(s, "opening/000");
}

static void damaged_openings(struct scene *s)
{
	good_start(s);
	the_file(s, "opening/000")->len -= 1;
}

static void no_log(struct scene *s)
{
	good_start(s);
	remove_file(s, "checkpoint");
}

static void damaged_checkpoint(struct scene *s)
{
	good_start(s);
	the_file(s, "checkpoint")->len = 30;
}

static void forged_checkpoint(struct scene *s)
{
	struct memory_file *f;

	good_start(s);
	f = the_file(s, "checkpoint");
	/* 5 entries become 6. */
	*(strstr((char *)f->bytes, "\n5\n") + 1) = '6';
}

static void invalid_entry(struct scene *s)
{
	good_start(s);
	world_entry(s->world, "neither a leaf nor a statement", 30);
	world_publish(s->world, WITNESSED, 3);
}

/* ---- the table ---- */

#define ROW(name, verdict, findings, about)           \
	{                                             \
#name, about, name, verdict, findings \
	}

const struct scene_row scene_rows[] = {
    ROW(good_receipt, "clean", "", "a consent receipt under a cosigned checkpoint"),
    ROW(good_history, "clean", "", "uses, one of them reported late, and a disclosure"),
    ROW(unwitnessed_receipt, "clean", "unwitnessed", "the policy asks for no witness"),
    ROW(unwitnessed_history, "clean", "unwitnessed", "likewise, with the log"),
    ROW(pending_receipt, "clean", "unwitnessed leaf-pending", "printed before the batch"),
    ROW(pending_kept, "clean", "", "and the batch has it"),
    ROW(pending_still, "clean", "leaf-pending", "the log has not moved since"),
    ROW(renewed, "clean", "", "two keys, the first ends with the digest of the second"),
    ROW(renewed_old_key, "clean", "key-renewed", "who has the old key alone"),
    ROW(history_erased, "clean", "", "retention is over for the first texts"),
    ROW(removed, "clean", "", "she has left; one text is in her receipt"),
    ROW(keyless, "clean", "key-absent", "a receipt without keys, alone"),
    ROW(keyless_with_keys, "clean", "", "and with the receipt that has them"),
    ROW(two_bundles, "clean", "", "more than 256 entries"),
    ROW(both_sides, "clean", "", "ways up the tree that turn left and right"),
    ROW(disclosure_pending, "clean", "", "a disclosure that may not be told yet"),
    ROW(disclosure_opened, "clean", "", "extended once, then opened in time"),
    ROW(restored, "clean", "database-restored", "the site put an older database back"),
    ROW(unknown_type, "clean", "event-unknown", "an event of a later version"),
    ROW(gates_silent, "clean", "gate-silent", "no gate has said yet that it erased"),
    ROW(gate_erased, "clean", "gate-silent", "one of two gates has"),
    ROW(gates_erased, "clean", "", "both have"),
    ROW(gate_word_old, "clean", "gate-silent", "what a gate said of an earlier erasure"),
    ROW(gate_word_just_before, "clean", "gate-silent", "what it said an hour before she withdrew"),
    ROW(gate_word_at_once, "clean", "gate-silent", "one of two gates has, in the same millisecond"),
    ROW(gate_forged, "suspicious", "gate-word", "a word that the gate has not signed"),
    ROW(gate_of_another, "suspicious", "gate-word gate-silent", "a word about somebody else"),
    ROW(gate_unnamed, "suspicious", "gate-word gate-silent", "of a gate that the record lacks"),
    ROW(gate_word_malformed, "suspicious", "gate-word gate-silent", "what is no word of a gate"),
    ROW(forged_signature, "suspicious", "receipt-signature", "signed by another key of that name"),
    ROW(wrong_policy, "suspicious", "log-untrusted checkpoint-untrusted unwitnessed",
	"the receipt's policy trusts another log"),
    ROW(her_policy, "suspicious", "log-untrusted checkpoint-untrusted unwitnessed",
	"the policy she brought trusts another log"),
    ROW(too_few_witnesses, "suspicious", "checkpoint-untrusted unwitnessed",
	"the witness has not seen this checkpoint"),
    ROW(false_witness, "suspicious", "checkpoint-signature unwitnessed",
	"the witness's signature in the receipt is false"),
    ROW(false_proof, "suspicious", "leaf-proof unwitnessed", "the proof file is damaged"),
    ROW(wrong_left_sibling, "suspicious", "leaf-proof",
	"a whole proof that leads to another root, from its left"),
    ROW(wrong_right_sibling, "suspicious", "leaf-proof", "likewise, from its right"),
    ROW(edited_receipt, "suspicious", "record-mismatch event-edited",
	"one purpose more than was logged"),
    ROW(other_record, "suspicious", "record-mismatch", "another record than was logged"),
    ROW(foreign_leaf, "suspicious", "leaf-foreign", "the proof is of another leaf"),
    ROW(two_keys, "suspicious", "keys-differ", "two receipts with different keys"),
    ROW(dropped_leaf, "suspicious", "fork leaf-missing chain-gap",
	"the log was made anew without a leaf"),
    ROW(dropped_use, "suspicious", "chain-gap", "a use was never published"),
    ROW(pending_lost, "suspicious", "leaf-missing", "a promised leaf never came"),
    ROW(forked, "suspicious", "fork", "another tree of the same size"),
    ROW(forked_receipts, "suspicious", "fork", "two receipts, two trees"),
    ROW(rolled_back, "suspicious", "log-older leaf-missing", "the log is older than the receipt"),
    ROW(edited_event, "suspicious", "event-edited", "a refusal was made into a match"),
    ROW(withheld, "suspicious", "withheld", "a text that does not open"),
    ROW(withheld_kept, "suspicious", "withheld", "likewise; her receipt has one of them"),
    ROW(malformed_event, "suspicious", "event-malformed", "a text that is no event"),
    ROW(duplicate_place, "suspicious", "duplicate-place", "two leaves at one place"),
    ROW(broken_chain, "suspicious", "chain-broken", "a leaf behind the wrong one"),
    ROW(renewal_mismatch, "suspicious", "renewal-mismatch", "another key follows than was logged"),
    ROW(renewal_unlogged, "suspicious", "renewal-mismatch", "a second key out of nowhere"),
    ROW(after_renewal, "suspicious", "after-end", "the old key was used again"),
    ROW(after_removal, "suspicious", "after-end", "her key outlived her removal"),
    ROW(not_erased, "clean", "still-readable", "texts that were to be erased"),
    ROW(use_after_withdrawal, "suspicious", "use-after-withdrawal",
	"compared after the child's no"),
    ROW(disclosure_overdue, "suspicious", "disclosure-overdue", "a due hour passed"),
    ROW(damaged_entry, "suspicious", "log-damaged", "one bit of one entry"),
    ROW(damaged_bundle, "suspicious", "log-damaged", "a file of entries ends early"),
    ROW(missing_bundle, "unreachable", "log-incomplete", "a file of entries is not there"),
    ROW(missing_openings, "suspicious", "withheld", "no openings at all"),
    ROW(damaged_openings, "suspicious", "log-damaged withheld", "the openings end early"),
    ROW(no_log, "unreachable", "log-unreachable", "there is no checkpoint"),
    ROW(damaged_checkpoint, "suspicious", "log-damaged unwitnessed", "the checkpoint ends early"),
    ROW(forged_checkpoint, "suspicious", "checkpoint-signature log-incomplete unwitnessed",
	"the size in the checkpoint was changed"),
    ROW(invalid_entry, "suspicious", "entry-invalid", "an entry of no kind"),
};
const size_t scene_rows_len = ARRAY_LEN(scene_rows);

const struct scene_row *scene_named(const char *name)
{
	for (size_t i = 0; i < scene_rows_len; i++)
		if (strcmp(scene_rows[i].name, name) == 0)
			return &scene_rows[i];
	fail_msg("no scene %s", name);
	return NULL;
}

void scene_open(struct scene *scene, const struct scene_row *row)
{
	*scene = (struct scene){.world = world_new()};
	row->build(scene);
}

void scene_close(struct scene *scene)
{
	for (size_t i = 0; i < scene->receipts_len; i++)
		buf_free(&scene->receipts[i]);
	world_free(scene->world);
}

tanu_status scene_report(tanu_report **out, struct scene *scene, tanu_error *err)
{
	tanu_receipt_options options = {.policy = *scene->policy ? scene->policy : NULL};
	struct log_files files = world_files(scene->world);
	tanu_receipt *receipts[SCENE_RECEIPTS] = {0};
	tanu_status st = TANU_OK;

	for (size_t i = 0; st == TANU_OK && i < scene->receipts_len; i++)
		st = tanu_receipt_parse(&receipts[i], scene->receipts[i].data,
					scene->receipts[i].len, err);
	if (st == TANU_OK && scene->has_log)
		st = receipt_history(out, (const tanu_receipt *const *)receipts,
				     scene->receipts_len, &files, NULL, &options, err);
	else if (st == TANU_OK)
		st = tanu_receipt_verify(out, (const tanu_receipt *const *)receipts,
					 scene->receipts_len, &options, err);
	for (size_t i = 0; i < scene->receipts_len; i++)
		tanu_receipt_free(&receipts[i]);
	return st;
}

void scene_json(struct buf *out, const tanu_report *report)
{
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	report_put(&w, report);
	jw_end_object(&w);
	buf_u8(out, '\n');
}
