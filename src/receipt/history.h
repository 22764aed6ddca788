/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.h - (inside receipt/) a walk over all entries of a log, and what it gathers: the roots
 * on the way, the person's leaves, the site's statements.
 */
#ifndef RECEIPT_HISTORY_H
#define RECEIPT_HISTORY_H

#include "receipt/audit.h"
#include "tlog/files.h"

/* ---- roots of the tree while it grows (grow.c) ---- */

struct growing {
	uint64_t size;
	tanu_hash left[64]; /* complete subtrees from the left, largest first: bits of `size` */
	size_t left_len;
};
void growing_add(struct growing *tree, const void *entry, size_t entry_len);
void growing_root(tanu_hash *out, const struct growing *tree);

/* ---- which entries are hers (tags.c) ---- */

#define TAGS_AHEAD 1024 /* numbers beyond the last one found that are still looked for */
struct tag_row {
	uint8_t tag[TANU_LEAF_PART];
	uint32_t key;
	uint64_t n;
	bool used;
};
struct tags {
	const tanu_receipt_key *keys;
	size_t keys_len;
	uint64_t end[TANU_RECEIPT_KEYS_MAX]; /* numbers below it are in the table */
	struct tag_row *rows;		     /* open addressing */
	size_t rows_len, used;
};
tanu_status tags_open(struct tags *tags, const tanu_receipt_key *keys, size_t keys_len,
		      tanu_error *err);
void tags_close(struct tags *tags);
const struct tag_row *tags_find(const struct tags *tags, const uint8_t tag[TANU_LEAF_PART]);
/* Leaf n was found: look for TAGS_AHEAD beyond it. */
tanu_status tags_advance(struct tags *tags, uint32_t key, uint64_t n, tanu_error *err);

/* ---- what the walk gathers ---- */

/* A leaf of hers in the log. */
struct hers {
	uint32_t key;
	uint64_t n, index;
	tanu_leaf entry;
	char *slot_text; /* what its slot held; NULL: it does not open */
	size_t slot_text_len;
	int64_t after_ms;
	/* judge.c: */
	tanu_leaf_state state;
	const char *text; /* the event, of the slot or of a receipt; NULL: not known */
	size_t text_len;
	bool from_receipt;
	bool has_event;
	struct receipt_event *event; /* allocated */
};

/* A disclosure that the site may not speak of yet. */
struct sealed {
	uint8_t tag[TANU_HASH_LEN];
	int64_t due_ms;
	uint64_t index;
	bool opened;
};
#define SEALED_MAX 100000

struct history {
	struct audit *audit;
	const struct log_files *files;
	const struct history_progress *progress;
	struct buf note; /* the log's checkpoint */
	const struct seen *head;
	struct growing tree;
	struct tags tags;
	struct hers *hers; /* by key, n, index once the walk is over */
	size_t hers_len, hers_cap;
	struct sealed *sealed;
	size_t sealed_len, sealed_cap;
	int64_t statement_ms; /* latest time a statement names so far */
	bool complete;	      /* every entry was read */
	bool damaged;	      /* what was read is not what was signed */
	const struct seen *fork;
};

/* Read the checkpoint and walk all entries (walk.c). */
tanu_status history_walk(struct history *h, tanu_error *err);
/* From a bundle's entries (gather.c). `slot` NULL: there is none. */
tanu_status gather(struct history *h, uint64_t index, const void *entry, size_t entry_len,
		   const uint8_t *slot, tanu_error *err);
/* Texts, chains, promises, uses (judge.c, rules.c). */
tanu_status history_judge(struct history *h, tanu_error *err);
tanu_status history_rules(struct history *h, tanu_error *err);
/* Her leaf, or NULL; the first of several. `hers` is sorted. */
const struct hers *hers_at(const struct history *h, uint32_t key, uint64_t n);
/* Promises that the log does not keep (promises.c). */
void history_promises(struct history *h);
/* The latest time known of the log. */
int64_t history_latest_ms(const struct history *h);

#endif
