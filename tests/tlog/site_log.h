/* SPDX-License-Identifier: Apache-2.0 */
/* site_log.h - the log of a site for tests: entries are queued, then published and signed. */
#ifndef TESTS_TLOG_SITE_LOG_H
#define TESTS_TLOG_SITE_LOG_H

#include "tlog/memory_files.h"

#include <stdio.h>

#define SITE_DAY    ((int64_t)86400000)
#define SITE_OPENED (20000 * SITE_DAY + 8 * 3600000) /* 2024-10-04, 08:00 */
#define SITE_QUEUE  2048

struct site_log {
	struct signer log, witness;
	char policy[1024]; /* text; one witness */
	struct log_files files;
	struct memory_files *memory;
	tanu_checkpoint head;
	struct buf queue[SITE_QUEUE];
	size_t queue_len;
	bool no_openings;
	uint8_t next_leaf;
};

static inline void site_signer(struct signer *out, struct buf *key, const char *name,
			       tanu_key_kind kind, int fill)
{
	struct secret seed;
	tanu_verifier verifier;

	memset(seed.b, fill, sizeof(seed.b));
	if (signer_init(out, name, kind, &seed, NULL) < 0)
		abort();
	signer_verifier(&verifier, out);
	verifier_put(key, &verifier);
}

static inline struct site_log *site_log_new(void)
{
	struct site_log *s = calloc(1, sizeof(*s));
	struct buf log = {0}, witness = {0};

	assert(s);
	site_signer(&s->log, &log, "log.example/school", TANU_KEY_ED25519, 1);
	site_signer(&s->witness, &witness, "witness.example/w", TANU_KEY_COSIGNATURE, 2);
	snprintf(s->policy, sizeof(s->policy), "log %s\nwitness w %s\nquorum w\n", buf_cstr(&log),
		 buf_cstr(&witness));
	strcpy(s->head.origin, s->log.name);
	s->memory = memory_files_new(&s->files);
	buf_free(&log);
	buf_free(&witness);
	return s;
}

static inline void site_log_free(struct site_log *s)
{
	for (size_t i = 0; i < s->queue_len; i++)
		buf_free(&s->queue[i]);
	memory_files_free(s->memory);
	free(s);
}

static inline void site_entry(struct site_log *s, const void *bytes, size_t len)
{
	assert(s->queue_len < SITE_QUEUE);
	s->queue[s->queue_len] = (struct buf){0};
	buf_put(&s->queue[s->queue_len++], bytes, len);
}

/* Sixteen leaves of nobody. */
static inline void site_leaves(struct site_log *s)
{
	uint8_t leaf[TANU_LEAF_LEN];

	for (int i = 0; i < 16; i++) {
		memset(leaf, ++s->next_leaf, sizeof(leaf));
		site_entry(s, leaf, sizeof(leaf));
	}
}

static inline void site_state(struct site_log *s, const struct statement *statement)
{
	struct buf entry = {0};

	if (statement_sign(&entry, &s->log, statement, NULL) < 0)
		abort();
	site_entry(s, entry.data, entry.len);
	buf_free(&entry);
}

/* The checkpoint of `head`, cosigned. */
static inline void site_note(struct site_log *s, struct buf *out, bool cosigned)
{
	struct buf text = {0};

	checkpoint_put(&text, &s->head);
	if (note_sign(out, &s->log, (const char *)text.data, text.len, NULL) < 0)
		abort();
	if (cosigned && note_cosign(out, &s->witness, (const char *)text.data, text.len,
				    1000 + s->head.size, NULL) < 0)
		abort();
	buf_free(&text);
}

static inline void site_publish(struct site_log *s)
{
	static const uint8_t slot[TANU_OPENING_LEN] = {1};
	struct log_item *items = calloc(s->queue_len + 1, sizeof(*items));
	struct buf note = {0};

	for (size_t i = 0; i < s->queue_len; i++)
		items[i] = (struct log_item){
		    .entry = s->queue[i].data, .entry_len = s->queue[i].len, .opening = slot};
	if (log_extended_root(&s->head.root, &s->files, s->head.size, items, s->queue_len, NULL) <
		0 ||
	    log_extend(&s->files, s->head.size, items, s->queue_len, NULL) < 0)
		abort();
	s->head.size += s->queue_len;
	site_note(s, &note, true);
	memory_file_put(s->memory, "checkpoint", note.data, note.len);
	for (size_t i = 0; i < s->queue_len; i++)
		buf_free(&s->queue[i]);
	s->queue_len = 0;
	free(items);
	buf_free(&note);
}

static inline void site_open(struct site_log *s)
{
	struct statement opened = {.type = STATEMENT_LOG_OPENED,
				   .at_ms = SITE_OPENED,
				   .site = "School 12",
				   .version = "0.2"};

	site_state(s, &opened);
	site_leaves(s);
	site_publish(s);
}

static inline int64_t site_first_day(void)
{
	return SITE_OPENED / SITE_DAY;
}

/* Counts of day `n` from the first, and at the end of a month its disclosures. */
static inline void site_count(struct site_log *s, int64_t n)
{
	int64_t day = site_first_day() + n;
	tanu_date date = date_from_days(day), next = date_from_days(day + 1);
	struct statement counts = {.type = STATEMENT_COUNTS,
				   .at_ms = (day + 1) * SITE_DAY + 60000,
				   .day = day,
				   .embeddings = 3,
				   .permits = 3};
	struct statement month = {.type = STATEMENT_DISCLOSURES,
				  .at_ms = counts.at_ms,
				  .month = (int64_t)date.year * 12 + date.month - 1};

	site_state(s, &counts);
	if (date.month != next.month)
		site_state(s, &month);
}

/* A site that did all it must for `days` days. */
static inline struct site_log *site_of_days(int64_t days)
{
	struct site_log *s = site_log_new();

	site_open(s);
	for (int64_t n = 0; n < days; n++) {
		site_count(s, n);
		site_leaves(s);
		site_publish(s);
	}
	return s;
}

/* Noon of day `n`. */
static inline int64_t site_noon(int64_t n)
{
	return (site_first_day() + n) * SITE_DAY + SITE_DAY / 2;
}

#endif
