/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log's checkpoint and then every entry, whoever's it is: a reader who fetched only her own
 * would tell the server which those are. The tree is built anew from the entries; the log's tiles
 * of hashes are not needed.
 */
#include "receipt/history.h"

#include <string.h>

static void found_plain(struct history *h, tanu_finding_code code)
{
	found(&h->audit->findings, code, NOWHERE, NOWHERE, NOWHERE);
}

static void found_here(struct history *h, tanu_finding_code code)
{
	found(&h->audit->findings, code, NOWHERE, NOWHERE, (int64_t)h->tree.size);
}

/* `*usable`: there is something that can be walked. */
static tanu_status read_head(struct history *h, bool *usable, tanu_error *err)
{
	const struct audit *a = h->audit;
	tanu_status st =
	    h->files->read(h->files->self, &h->note, "checkpoint", TANU_NOTE_BYTES_MAX, NULL);

	if (st < 0) {
		found_plain(h, st == TANU_LIMIT ? TANU_FINDING_LOG_DAMAGED
						: TANU_FINDING_LOG_UNREACHABLE);
		return TANU_OK;
	}
	h->head =
	    audit_trust(h->audit, a->policies[a->newest], (const char *)h->note.data, h->note.len);
	if (!h->head)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	*usable = h->head->trusted.result != TRUST_FORMAT;
	if (!*usable)
		found_plain(h, TANU_FINDING_LOG_DAMAGED);
	else if (h->head->trusted.result == TRUST_SIGNATURE)
		found_plain(h, TANU_FINDING_CHECKPOINT_SIGNATURE);
	else if (h->head->trusted.result == TRUST_UNTRUSTED)
		found_plain(h, TANU_FINDING_CHECKPOINT_UNTRUSTED);
	return TANU_OK;
}

/* A checkpoint that a receipt was given under, and that is not this one's past. */
static void compare_root(struct history *h)
{
	tanu_hash root;

	for (size_t i = 0; i < h->audit->seen_len && !h->fork; i++) {
		const struct seen *s = &h->audit->seen[i];

		if (s == h->head || s->trusted.result != TRUST_ACCEPTED ||
		    s->trusted.checkpoint.size != h->tree.size)
			continue;
		growing_root(&root, &h->tree);
		if (memcmp(&root, &s->trusted.checkpoint.root, sizeof(root)) != 0)
			h->fork = s;
	}
}

struct entry_files {
	struct log_files files, watched;
	tanu_status last;
};

/* So that a file that is not there can be told from one that is wrong. */
static tanu_status read_watched(void *self, struct buf *out, const char *path, size_t max_bytes,
				tanu_error *err)
{
	struct entry_files *f = self;

	f->last = f->watched.read(f->watched.self, out, path, max_bytes, err);
	return f->last;
}

static struct tile bundle_tile(const struct history *h)
{
	uint64_t left = h->head->trusted.checkpoint.size - h->tree.size;

	return (struct tile){.level = TILE_ENTRIES,
			     .index = h->tree.size / TILE_WIDTH,
			     .width = (unsigned)(left < TILE_WIDTH ? left : TILE_WIDTH)};
}

/* One bundle's bytes and slots. `*ends`: it can't be read, and why was found. */
static tanu_status read_bundle(struct history *h, struct entry_files *f, struct buf *bundle,
			       struct buf *slots, bool *ends, tanu_error *err)
{
	struct tile tile = bundle_tile(h);
	tanu_status st = file_bundle(bundle, &f->files, &tile, err);

	if (st < 0 && st != TANU_MEMORY) {
		bool wrong = st == TANU_DAMAGED && f->last != TANU_NOT_FOUND;

		found_here(h, wrong ? TANU_FINDING_LOG_DAMAGED : TANU_FINDING_LOG_INCOMPLETE);
		*ends = true;
		return TANU_OK;
	}
	if (st < 0 || (st = file_slots(slots, &f->files, tile.index, err)) == TANU_MEMORY)
		return st;
	if (st == TANU_DAMAGED) {
		found_here(h, TANU_FINDING_LOG_DAMAGED);
		slots->len = 0;
	} else if (st < 0) {
		found_here(h, TANU_FINDING_LOG_INCOMPLETE);
		*ends = true;
	}
	return TANU_OK;
}

static tanu_status take_bundle(struct history *h, const struct buf *bundle, const struct buf *slots,
			       tanu_error *err)
{
	tanu_status st = TANU_OK;
	struct rd r;

	rd_init(&r, bundle->data, bundle->len);
	for (size_t slot = 0; st == TANU_OK && rd_left(&r) > 0; slot += TANU_OPENING_LEN) {
		size_t len = rd_u16be(&r);
		const uint8_t *entry = rd_bytes(&r, len);

		st = gather(h, h->tree.size, entry, len,
			    slot < slots->len ? slots->data + slot : NULL, err);
		growing_add(&h->tree, entry, len);
		compare_root(h);
	}
	return st;
}

static tanu_status walk_entries(struct history *h, tanu_error *err)
{
	struct entry_files f = {.watched = *h->files};
	uint64_t size = h->head->trusted.checkpoint.size;
	struct buf bundle = {0}, slots = {0};
	tanu_status st = TANU_OK;
	bool ends = false;

	f.files = (struct log_files){.read = read_watched, .self = &f};
	while (st == TANU_OK && !ends && h->tree.size < size) {
		if (h->progress)
			h->progress->step(h->progress->self, h->tree.size, size);
		st = read_bundle(h, &f, &bundle, &slots, &ends, err);
		if (st == TANU_OK && !ends)
			st = take_bundle(h, &bundle, &slots, err);
	}
	buf_free(&bundle);
	buf_free(&slots);
	return st;
}

/* The files against what was signed, and that against what the receipts hold. */
static void judge_tree(struct history *h)
{
	const tanu_checkpoint *head = &h->head->trusted.checkpoint;
	const struct seen *newest = NULL;
	tanu_hash root;

	h->complete = h->tree.size == head->size;
	for (size_t i = 0; i < h->audit->seen_len; i++) {
		const struct seen *s = &h->audit->seen[i];

		if (s != h->head && s->trusted.result == TRUST_ACCEPTED &&
		    (!newest || s->trusted.checkpoint.size > newest->trusted.checkpoint.size))
			newest = s;
	}
	if (newest && h->head->trusted.by_log && newest->trusted.checkpoint.size > head->size)
		found_plain(h, TANU_FINDING_LOG_OLDER);
	if (!h->complete)
		return;
	growing_root(&root, &h->tree);
	h->damaged = memcmp(&root, &head->root, sizeof(root)) != 0;
	if (h->damaged)
		found_plain(h, TANU_FINDING_LOG_DAMAGED);
	else if (h->fork && h->head->trusted.by_log)
		found_plain(h, TANU_FINDING_FORK);
}

tanu_status history_walk(struct history *h, tanu_error *err)
{
	bool usable = false;
	tanu_status st = read_head(h, &usable, err);

	if (st < 0 || !usable)
		return st;
	if ((st = tags_open(&h->tags, h->audit->keys, h->audit->keys_len, err)) < 0 ||
	    (st = walk_entries(h, err)) < 0)
		return st;
	judge_tree(h);
	return TANU_OK;
}
