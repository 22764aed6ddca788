/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the queue into the log. One transaction gives the batch its places and signs its size, once
 * only; then the files follow, and may be written again; then the rows go. docs/log.md has the
 * order.
 */
#include "service/internal.h"

#include <stdlib.h>
#include <string.h>

#define BATCH_MAX  4096 /* entries that one checkpoint adds, decoys not counted */
#define BATCH_STEP 16	/* leaves come in multiples of it */

/* Rows that make one batch, or what is left of it. */
struct batch {
	struct log_entry_row *v;
	size_t len, cap;
	size_t most; /* rows to take */
	size_t personal;
};

static void batch_free(struct batch *b)
{
	for (size_t i = 0; i < b->len; i++) {
		buf_free(&b->v[i].entry);
		buf_free(&b->v[i].opening);
	}
	free(b->v);
	*b = (struct batch){0};
}

/* A place for one more row. */
static tanu_status batch_grow(struct batch *b, tanu_error *err)
{
	size_t cap = b->cap ? b->cap * 2 : 64;
	struct log_entry_row *v;

	if (b->len < b->cap)
		return TANU_OK;
	v = realloc(b->v, cap * sizeof(*v));
	if (!v)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a batch");
	b->v = v;
	b->cap = cap;
	return TANU_OK;
}

static tanu_status take_row(void *self, const struct log_entry_row *row, tanu_error *err)
{
	struct batch *b = self;
	struct log_entry_row *copy;
	tanu_status st;

	if (b->len == b->most)
		return TANU_OK;
	if ((st = batch_grow(b, err)) < 0)
		return st;
	copy = &b->v[b->len++];
	*copy = *row;
	copy->entry = copy->opening = (struct buf){0};
	buf_put(&copy->entry, row->entry.data, row->entry.len);
	buf_put(&copy->opening, row->opening.data, row->opening.len);
	b->personal += row->personal;
	if ((st = buf_check(&copy->entry, err)) < 0)
		return st;
	return buf_check(&copy->opening, err);
}

static void put_random(struct service *s, struct buf *out, size_t len)
{
	uint8_t bytes[TANU_OPENING_LEN];

	random_fill(&s->random, bytes, len);
	buf_put(out, bytes, len);
}

/* Leaves of nobody, so that the number of leaves tells little. */
static tanu_status add_decoys(struct service *s, struct batch *b, int64_t now_ms, tanu_error *err)
{
	tanu_status st = TANU_OK;

	while (st == TANU_OK && b->personal % BATCH_STEP != 0) {
		struct log_entry_row *row;

		if ((st = batch_grow(b, err)) < 0)
			break;
		row = &b->v[b->len++];
		*row = (struct log_entry_row){.personal = true, .at_ms = now_ms};
		id_new(s, &row->id);
		put_random(s, &row->entry, TANU_LEAF_LEN);
		put_random(s, &row->opening, TANU_OPENING_LEN);
		b->personal++;
		if ((st = buf_check(&row->opening, err)) == TANU_OK)
			st = DB(s, log_put, row, err);
	}
	return st;
}

/* A number below `end`, each as likely as the others. */
static uint64_t draw(struct service *s, uint64_t end)
{
	uint64_t most = UINT64_MAX - UINT64_MAX % end, x;

	do
		random_fill(&s->random, &x, sizeof(x));
	while (x >= most);
	return x % end;
}

static void shuffle(struct service *s, struct batch *b)
{
	for (size_t i = b->len; i > 1; i--) {
		size_t j = (size_t)draw(s, i);
		struct log_entry_row row = b->v[j];

		b->v[j] = b->v[i - 1];
		b->v[i - 1] = row;
	}
}

/* Items of the rows; freed by the caller. */
static tanu_status batch_items(struct log_item **out, const struct batch *b, tanu_error *err)
{
	struct log_item *items = calloc(b->len ? b->len : 1, sizeof(*items));

	if (!items)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a batch");
	for (size_t i = 0; i < b->len; i++)
		items[i] = (struct log_item){
		    .entry = b->v[i].entry.data,
		    .entry_len = b->v[i].entry.len,
		    .opening = b->v[i].opening.len ? b->v[i].opening.data : NULL,
		};
	*out = items;
	return TANU_OK;
}

tanu_status journal_head_note(struct service *s, struct buf *out, const tanu_checkpoint *head,
			      tanu_error *err)
{
	struct buf text = {0};
	tanu_status st;

	checkpoint_put(&text, head);
	if ((st = buf_check(&text, err)) == TANU_OK)
		st = note_sign(out, &s->journal.signer, (const char *)text.data, text.len, err);
	buf_free(&text);
	return st < 0 ? st : buf_check(out, err);
}

/* Part of a transaction: places, and the one signature for this size. */
static tanu_status batch_sign(struct service *s, tanu_checkpoint *head, struct buf *note,
			      const struct batch *b, tanu_error *err)
{
	struct log_item *items = NULL;
	tanu_status st;

	*head = s->journal.head;
	head->size += b->len;
	if ((st = batch_items(&items, b, err)) < 0)
		return st;
	st = log_extended_root(&head->root, &s->journal.files, s->journal.head.size, items, b->len,
			       err);
	free(items);
	for (size_t i = 0; i < b->len && st == TANU_OK; i++)
		st = DB(s, log_place, &b->v[i].id, s->journal.head.size + i, err);
	if (st == TANU_OK && (st = journal_head_note(s, note, head, err)) == TANU_OK)
		st = DB(s, meta_set, META_LOG_HEAD, note->data, note->len, err);
	return st;
}

static tanu_status batch_place(struct service *s, struct batch *b, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	tanu_checkpoint head;
	struct buf note = {0};
	tanu_status st = tx_begin(s, err);

	if (st < 0)
		return st;
	if ((st = add_decoys(s, b, now_ms, err)) == TANU_OK) {
		shuffle(s, b);
		st = batch_sign(s, &head, &note, b, err);
	}
	if ((st = tx_end(s, st, err)) == TANU_OK)
		s->journal.head = head;
	buf_free(&note);
	return st;
}

/* ---- into the files ---- */

/* Rows with places that lack one of them were tampered with. */
static tanu_status check_places(const struct service *s, const struct batch *b, tanu_error *err)
{
	for (size_t i = 0; i < b->len; i++)
		if ((uint64_t)b->v[i].position != (uint64_t)b->v[0].position + i)
			break;
		else if (i == b->len - 1 && (uint64_t)b->v[i].position + 1 == s->journal.head.size)
			return TANU_OK;
	return tanu_fail(err, TANU_ERR_LOG_DAMAGED, s->journal.dir,
			 "entries that were signed are missing in the database");
}

static tanu_status write_batch(struct service *s, const struct batch *b, tanu_error *err)
{
	const struct log_files *files = &s->journal.files;
	struct log_item *items = NULL;
	struct buf note = {0};
	tanu_status st;

	if ((st = batch_items(&items, b, err)) == TANU_OK &&
	    (st = log_extend(files, (uint64_t)b->v[0].position, items, b->len, err)) == TANU_OK &&
	    (st = policy_ready(s, err)) == TANU_OK &&
	    (st = DB(s, meta_get, &note, META_LOG_HEAD, err)) == TANU_OK)
		st = files->write(files->self, journal_head_path(s), note.data, note.len, err);
	free(items);
	buf_free(&note);
	return st;
}

tanu_status journal_settle(struct service *s, tanu_error *err)
{
	struct batch b = {.most = BATCH_MAX + BATCH_STEP};
	tanu_status st = DB(s, log_each, true, take_row, &b, err);

	if (st == TANU_OK && b.len > 0 && (st = check_places(s, &b, err)) == TANU_OK &&
	    (st = write_batch(s, &b, err)) == TANU_OK && (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, DB(s, log_trim, s->journal.head.size, err), err);
	batch_free(&b);
	return st;
}

/* One batch; `*done`: nothing waited. */
static tanu_status publish_one(struct service *s, bool *done, tanu_error *err)
{
	struct batch b = {.most = BATCH_MAX};
	tanu_status st = DB(s, log_each, false, take_row, &b, err);

	*done = b.len == 0;
	if (st == TANU_OK && b.len > 0 && (st = batch_place(s, &b, err)) == TANU_OK)
		st = journal_settle(s, err);
	batch_free(&b);
	return st;
}

tanu_status journal_append(struct service *s, tanu_error *err)
{
	bool done = false;
	tanu_status st;

	if (s->journal.stopped.status < 0) {
		if (err)
			*err = s->journal.stopped;
		return s->journal.stopped.status;
	}
	/* what an earlier call could not finish */
	if ((st = journal_settle(s, err)) < 0)
		return st;
	while (st == TANU_OK && !done)
		st = publish_one(s, &done, err);
	return st;
}

tanu_status journal_publish(struct service *s, tanu_error *err)
{
	tanu_status st = journal_append(s, err);

	if (st == TANU_OK)
		journal_cosign(s);
	return st;
}
