/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt/world.h"

#include "receipt/parse.h"

#define ORIGIN "log.example/school-12"

static void new_signer(struct signer *s, char *key, size_t key_len, const char *name,
		       tanu_key_kind kind, uint8_t fill)
{
	struct secret seed;
	struct buf text = {0};
	tanu_verifier v;

	memset(seed.b, fill, sizeof(seed.b));
	assert_int_equal(signer_init(s, name, kind, &seed, NULL), TANU_OK);
	signer_verifier(&v, s);
	verifier_put(&text, &v);
	snprintf(key, key_len, "%s", buf_cstr(&text));
	buf_free(&text);
}

struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	new_signer(&w->log, w->log_key, sizeof(w->log_key), ORIGIN, TANU_KEY_ED25519, 1);
	new_signer(&w->stranger, w->stranger_key, sizeof(w->stranger_key), ORIGIN, TANU_KEY_ED25519,
		   2);
	new_signer(&w->witness, w->witness_key, sizeof(w->witness_key), "witness.example/w1",
		   TANU_KEY_COSIGNATURE, 3);
	for (unsigned k = 0; k < WORLD_KEYS; k++)
		memset(w->keys[k], (int)(0xA0 + k), TANU_LOG_KEY_LEN);
	snprintf(w->policy, sizeof(w->policy), "log %s\nwitness w1 %s\nquorum w1\n", w->log_key,
		 w->witness_key);
	snprintf(w->policy_none, sizeof(w->policy_none), "log %s\nquorum none\n", w->log_key);
	return w;
}

void world_free(struct world *w)
{
	for (size_t i = 0; i < w->pending_len; i++)
		free(w->pending[i].entry);
	for (size_t i = 0; i < w->files.len; i++)
		free(w->files.file[i].bytes);
	buf_free(&w->checkpoint);
	free(w);
}

/* SHA-256 of a counter. */
void world_random(struct world *w, void *out, size_t len)
{
	uint8_t *p = out, block[DIGEST_LEN];

	while (len) {
		size_t n = len < sizeof(block) ? len : sizeof(block);

		w->drawn++;
		sha256(block, &w->drawn, sizeof(w->drawn));
		memcpy(p, block, n);
		p += n;
		len -= n;
	}
}

struct log_files world_files(struct world *w)
{
	return (struct log_files){
	    .read = memory_files_read, .write = memory_files_write, .self = &w->files};
}

static struct world_item *new_item(struct world *w, const void *entry, size_t len)
{
	struct world_item *item = &w->pending[w->pending_len++];

	assert_true(w->pending_len <= WORLD_PENDING);
	*item = (struct world_item){.entry = malloc(len), .entry_len = len};
	assert_non_null(item->entry);
	memcpy(item->entry, entry, len);
	return item;
}

void world_entry(struct world *w, const void *entry, size_t len)
{
	new_item(w, entry, len);
}

static void seal_slot(struct world *w, struct world_item *item, unsigned key, uint64_t n,
		      const char *event)
{
	uint8_t nonce[24];

	world_random(w, nonce, sizeof(nonce));
	assert_int_equal(
	    tanu_opening_make(item->slot, w->keys[key], n, event, strlen(event), nonce, NULL),
	    TANU_OK);
	item->has_slot = true;
}

void world_event_at(struct world *w, unsigned key, uint64_t n, const tanu_leaf *before,
		    const char *event)
{
	struct world_leaf leaf = {.there = true};
	uint8_t random[TANU_LEAF_PART];
	struct world_item *item;

	assert_true(n < WORLD_LEAVES && strlen(event) < sizeof(leaf.event));
	world_random(w, random, sizeof(random));
	if (n == 0 || before) {
		assert_int_equal(tanu_leaf_make(&leaf.leaf, w->keys[key], n, before, event,
						strlen(event), random, NULL),
				 TANU_OK);
	} else {
		static const tanu_leaf nobody;

		assert_int_equal(tanu_leaf_make(&leaf.leaf, w->keys[key], n, &nobody, event,
						strlen(event), random, NULL),
				 TANU_OK);
	}
	snprintf(leaf.event, sizeof(leaf.event), "%s", event);
	item = new_item(w, &leaf.leaf, sizeof(leaf.leaf));
	seal_slot(w, item, key, n, event);
	item->hers = &w->leaves[key][n];
	w->leaves[key][n] = leaf;
	if (n >= w->next[key])
		w->next[key] = n + 1;
}

uint64_t world_event(struct world *w, unsigned key, const char *fmt, ...)
{
	uint64_t n = w->next[key];
	char event[TANU_EVENT_MAX + 1];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(event, sizeof(event), fmt, ap);
	va_end(ap);
	world_event_at(w, key, n, n ? &w->leaves[key][n - 1].leaf : NULL, event);
	return n;
}

void world_statement(struct world *w, const char *fmt, ...)
{
	struct buf note = {0};
	char text[1024];
	va_list ap;
	int len = snprintf(text, sizeof(text), "tanu site statement v1\n");

	va_start(ap, fmt);
	vsnprintf(text + len, sizeof(text) - (size_t)len - 2, fmt, ap);
	va_end(ap);
	strcat(text, "\n");
	assert_int_equal(note_sign(&note, &w->log, text, strlen(text), NULL), TANU_OK);
	new_item(w, note.data, note.len);
	buf_free(&note);
}

void world_forget(struct world *w)
{
	free(w->pending[--w->pending_len].entry);
}

void world_reseal(struct world *w, unsigned key, uint64_t n, const char *event)
{
	struct world_item *item = &w->pending[w->pending_len - 1];

	if (event)
		seal_slot(w, item, key, n, event);
	else
		world_random(w, item->slot, sizeof(item->slot));
}

/* ---- publishing ---- */

/* A real site fills up to a multiple of 16; no verifier counts them, and small files do as well. */
#define BATCH 4

static void add_decoy(struct world *w)
{
	uint8_t decoy[TANU_LEAF_LEN];
	struct world_item *item;

	world_random(w, decoy, sizeof(decoy));
	decoy[0] ^= w->other_decoys;
	item = new_item(w, decoy, sizeof(decoy));
	item->has_slot = true;
	world_random(w, item->slot, sizeof(item->slot));
}

static void add_decoys(struct world *w)
{
	size_t personal = 0;

	for (size_t i = 0; i < w->pending_len; i++)
		personal += w->pending[i].has_slot;
	do
		add_decoy(w);
	while (++personal % BATCH);
}

static void mix(struct world *w)
{
	for (size_t i = w->pending_len; i > 1; i--) {
		struct world_item kept = w->pending[i - 1];
		uint32_t draw;

		world_random(w, &draw, sizeof(draw));
		w->pending[i - 1] = w->pending[draw % i];
		w->pending[draw % i] = kept;
	}
}

static void sign_checkpoint(struct world *w, const tanu_hash *root, enum world_cosign cosign,
			    int hours)
{
	tanu_checkpoint c = {.size = w->size, .root = *root};
	struct buf text = {0};

	snprintf(c.origin, sizeof(c.origin), "%s", ORIGIN);
	checkpoint_put(&text, &c);
	w->checkpoint.len = 0;
	assert_int_equal(note_sign(&w->checkpoint, &w->log, (char *)text.data, text.len, NULL),
			 TANU_OK);
	if (cosign == WITNESSED)
		assert_int_equal(note_cosign(&w->checkpoint, &w->witness, (char *)text.data,
					     text.len, (uint64_t)AT(hours) / 1000, NULL),
				 TANU_OK);
	memory_file_put(&w->files, "checkpoint", w->checkpoint.data, w->checkpoint.len);
	buf_free(&text);
}

void world_publish(struct world *w, enum world_cosign cosign, int hours)
{
	struct log_item items[WORLD_PENDING];
	struct log_files files = world_files(w);
	tanu_hash root;

	add_decoys(w);
	mix(w);
	for (size_t i = 0; i < w->pending_len; i++) {
		items[i] = (struct log_item){.entry = w->pending[i].entry,
					     .entry_len = w->pending[i].entry_len};
		if (w->pending[i].has_slot)
			items[i].opening = w->pending[i].slot;
		if (w->pending[i].hers)
			w->pending[i].hers->index = w->size + i;
	}
	assert_int_equal(log_extended_root(&root, &files, w->size, items, w->pending_len, NULL),
			 TANU_OK);
	assert_int_equal(log_extend(&files, w->size, items, w->pending_len, NULL), TANU_OK);
	w->size += w->pending_len;
	sign_checkpoint(w, &root, cosign, hours);
	for (size_t i = 0; i < w->pending_len; i++)
		free(w->pending[i].entry);
	w->pending_len = 0;
}

static void fill(void *self, void *out, size_t len)
{
	world_random(self, out, len);
}

void world_erase(struct world *w, unsigned key, uint64_t below)
{
	struct random_source random = {.fill = fill, .self = w};
	struct log_files files = world_files(w);

	for (uint64_t n = 0; n < below; n++)
		assert_int_equal(
		    log_erase_openings(&files, &random, &w->leaves[key][n].index, 1, NULL),
		    TANU_OK);
}

/* ---- receipts ---- */

struct draft *draft_new(const struct world *w, tanu_receipt_kind kind, unsigned keys_len, int hours)
{
	struct draft *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	d->receipt = (tanu_receipt){.kind = kind,
				    .issued_ms = AT(hours),
				    .site = "School 12",
				    .log_key = w->log_key,
				    .log_url = "https://log.example/school-12",
				    .policy = w->policy,
				    .record = RECORD_TEXT,
				    .keys = d->keys,
				    .keys_len = keys_len,
				    .leaves = d->leaves};
	assert_true(id_parse(&d->receipt.subject, SUBJECT));
	for (unsigned k = 0; k < keys_len; k++) {
		d->keys[k].from_ms = AT(1000 * (long long)k);
		memcpy(d->keys[k].key, w->keys[k], TANU_LOG_KEY_LEN);
	}
	return d;
}

void draft_free(struct draft *d)
{
	for (size_t i = 0; i < d->receipt.leaves_len; i++)
		buf_free(&d->proofs[i]);
	free(d);
}

void draft_leaf(struct draft *d, const struct world *w, unsigned key, uint64_t n, bool proven)
{
	const struct world_leaf *hers = &w->leaves[key][n];
	struct log_files files = world_files((struct world *)(uintptr_t)w);
	struct log_reader *reader = NULL;
	tanu_hash proof[TANU_PROOF_MAX];
	size_t proof_len = 0, i = d->receipt.leaves_len++;
	struct hash_source source;

	assert_true(hers->there);
	d->leaves[i] = (tanu_receipt_leaf){.key = key, .n = n, .event = hers->event, .proof = ""};
	if (!proven)
		return;
	assert_int_equal(log_reader_open(&reader, &files, w->size, NULL), TANU_OK);
	source = log_reader_hashes(reader);
	assert_int_equal(
	    tree_prove_inclusion(proof, &proof_len, &source, hers->index, w->size, NULL), TANU_OK);
	log_proof_put(&d->proofs[i], hers->index, proof, proof_len, &hers->leaf, sizeof(hers->leaf),
		      (const char *)w->checkpoint.data, w->checkpoint.len);
	d->leaves[i].proof = buf_cstr(&d->proofs[i]);
	log_reader_close(&reader);
}

/* The note anew by another key under the same name. */
static void sign_again(struct buf *out, const struct signer *signer)
{
	struct buf text = {0};
	tanu_note note;

	assert_int_equal(tanu_note_split(&note, (char *)out->data, out->len, NULL), TANU_OK);
	buf_put(&text, note.text, note.text_len);
	out->len = 0;
	assert_int_equal(note_sign(out, signer, (char *)text.data, text.len, NULL), TANU_OK);
	buf_free(&text);
}

void draft_write(struct buf *out, const struct draft *d, const struct world *w,
		 const struct signer *signer)
{
	tanu_error err = {0};

	if (receipt_write(out, &d->receipt, &w->log, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	if (signer)
		sign_again(out, signer);
}
