/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People's leaves, found in the log by their tags. No place is written down anywhere: who takes the
 * database without the keys can't tell which leaves are whose.
 */
#include "service/internal.h"

#include <stdlib.h>
#include <string.h>

/* One tag that is looked for. */
struct wanted {
	uint8_t tag[TANU_LEAF_PART];
	size_t who;
	uint16_t generation;
	uint64_t n;
};

struct search {
	struct wanted *wanted;
	size_t len, cap;
	struct found_leaf *found;
	size_t found_len, found_cap;
};

static int by_tag(const void *a, const void *b)
{
	return memcmp(((const struct wanted *)a)->tag, ((const struct wanted *)b)->tag,
		      TANU_LEAF_PART);
}

static tanu_status want(struct search *q, const struct secret *key, const struct wanted *row,
			tanu_error *err)
{
	if (q->len == q->cap) {
		size_t cap = q->cap ? q->cap * 2 : 256;
		struct wanted *v = realloc(q->wanted, cap * sizeof(*v));

		if (!v)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
					 "not enough memory to search the log");
		q->wanted = v;
		q->cap = cap;
	}
	q->wanted[q->len] = *row;
	tanu_leaf_tag(q->wanted[q->len++].tag, key->b, row->n);
	return TANU_OK;
}

static tanu_status want_span(struct service *s, struct search *q, const struct leaf_span *span,
			     tanu_error *err)
{
	struct wanted row = {.who = span->who, .generation = span->generation, .n = span->first};
	struct secret key;
	tanu_status st = vault_log_key(s->vault, &key, &span->subject, span->generation, err);

	for (; st == TANU_OK && row.n < span->end; row.n++)
		st = want(q, &key, &row, err);
	secret_wipe(&key);
	return st;
}

static tanu_status note_found(struct search *q, const struct wanted *w, uint64_t position,
			      const void *entry, const uint8_t *opening, tanu_error *err)
{
	struct found_leaf *f;

	if (q->found_len == q->found_cap) {
		size_t cap = q->found_cap ? q->found_cap * 2 : 256;
		struct found_leaf *v = realloc(q->found, cap * sizeof(*v));

		if (!v)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
					 "not enough memory to search the log");
		q->found = v;
		q->found_cap = cap;
	}
	f = &q->found[q->found_len++];
	*f = (struct found_leaf){
	    .who = w->who, .generation = w->generation, .n = w->n, .position = position};
	memcpy(&f->leaf, entry, TANU_LEAF_LEN);
	if (opening)
		memcpy(f->opening, opening, TANU_OPENING_LEN);
	return TANU_OK;
}

static tanu_status see_entry(void *self, uint64_t index, const void *entry, size_t entry_len,
			     const uint8_t *opening, tanu_error *err)
{
	struct search *q = self;
	const struct wanted *w;
	struct wanted key;

	if (entry_len != TANU_LEAF_LEN)
		return TANU_OK;
	memcpy(key.tag, entry, TANU_LEAF_PART);
	w = bsearch(&key, q->wanted, q->len, sizeof(key), by_tag);
	return w ? note_found(q, w, index, entry, opening, err) : TANU_OK;
}

static int by_place(const void *a, const void *b)
{
	const struct found_leaf *x = a, *y = b;

	if (x->who != y->who)
		return x->who < y->who ? -1 : 1;
	if (x->generation != y->generation)
		return x->generation < y->generation ? -1 : 1;
	return x->n < y->n ? -1 : x->n > y->n;
}

static tanu_status search_run(struct service *s, struct search *q, tanu_error *err)
{
	struct log_reader *reader = NULL;
	tanu_status st;

	if (q->len == 0 || s->journal.head.size == 0)
		return TANU_OK;
	qsort(q->wanted, q->len, sizeof(*q->wanted), by_tag);
	st = log_reader_open(&reader, &s->journal.files, s->journal.head.size, err);
	if (st == TANU_OK)
		st = log_reader_each(reader, 0, s->journal.head.size, see_entry, q, err);
	log_reader_close(&reader);
	if (q->found_len)
		qsort(q->found, q->found_len, sizeof(*q->found), by_place);
	return st;
}

static void search_free(struct search *q)
{
	free(q->wanted);
	free(q->found);
	*q = (struct search){0};
}

tanu_status leaves_find(struct service *s, struct found_leaf **out, size_t *out_len,
			const struct leaf_span *spans, size_t spans_len, tanu_error *err)
{
	struct search q = {0};
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < spans_len && st == TANU_OK; i++)
		st = want_span(s, &q, &spans[i], err);
	if (st == TANU_OK)
		st = search_run(s, &q, err);
	if (st == TANU_OK) {
		*out = q.found;
		*out_len = q.found_len;
		q.found = NULL;
	}
	search_free(&q);
	return st;
}

/* One span for each key that she ever had; `out` takes LOG_KEYS_MAX. */
static tanu_status person_spans(struct service *s, struct leaf_span *out, size_t *out_len,
				size_t who, const tanu_id *subject, tanu_error *err)
{
	struct ledger_head head = {0};
	tanu_status st = head_get(s, &head, subject, err);

	if (st < 0)
		return st;
	for (uint16_t g = 0; g <= head.log.generation; g++)
		out[g] = (struct leaf_span){.who = who,
					    .subject = *subject,
					    .generation = g,
					    .end = g < head.log.generation ? head.log.ended[g]
									   : head.log.n};
	*out_len = (size_t)head.log.generation + 1;
	return TANU_OK;
}

tanu_status journal_find(struct service *s, struct found_leaf **out, size_t *out_len,
			 const tanu_id *subjects, size_t subjects_len, tanu_error *err)
{
	size_t len = 0;
	struct leaf_span *spans =
	    calloc((subjects_len ? subjects_len : 1) * LOG_KEYS_MAX, sizeof(*spans));
	tanu_status st = TANU_OK;

	if (!spans)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
				 "not enough memory to search the log");
	for (size_t i = 0; i < subjects_len && st == TANU_OK; i++) {
		size_t more = 0;

		st = person_spans(s, spans + len, &more, i, &subjects[i], err);
		len += more;
	}
	if (st == TANU_OK)
		st = leaves_find(s, out, out_len, spans, len, err);
	free(spans);
	return st;
}

/* ---- texts that go ---- */

/* Her number over all keys, former ones first. */
static tanu_status overall(struct service *s, uint64_t *out, const struct found_leaf *leaf,
			   const tanu_id *subject, tanu_error *err)
{
	struct ledger_head head = {0};
	tanu_status st = head_get(s, &head, subject, err);

	*out = leaf->n;
	for (unsigned g = 0; st == TANU_OK && g < leaf->generation; g++)
		*out += head.log.ended[g];
	return st;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

tanu_status journal_forget(struct service *s, const tanu_id *subjects, size_t subjects_len,
			   const uint64_t *before, tanu_error *err)
{
	struct found_leaf *found = NULL;
	uint64_t *positions = NULL, n = 0;
	size_t found_len = 0, len = 0;
	tanu_status st;

	if ((st = journal_find(s, &found, &found_len, subjects, subjects_len, err)) < 0 ||
	    found_len == 0)
		goto out;
	positions = malloc(found_len * sizeof(*positions));
	if (!positions) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory to erase texts");
		goto out;
	}
	for (size_t i = 0; i < found_len && st == TANU_OK; i++) {
		if (before)
			st = overall(s, &n, &found[i], &subjects[found[i].who], err);
		if (!before || n < before[found[i].who])
			positions[len++] = found[i].position;
	}
	qsort(positions, len, sizeof(*positions), by_number);
	if (st == TANU_OK && len)
		st = log_erase_openings(&s->journal.files, &s->random, positions, len, err);
out:
	free(found);
	free(positions);
	return st;
}

/* When did the event of this leaf happen? INT64_MIN when its text is gone. */
static tanu_status leaf_time(struct service *s, int64_t *out, const struct found_leaf *leaf,
			     const tanu_id *subject, tanu_error *err)
{
	char text[TANU_EVENT_MAX];
	struct buf plain = {0};
	struct event_words words;
	struct event_record event = {.at_ms = INT64_MIN};
	struct secret key;
	size_t len = 0;
	tanu_status st = vault_log_key(s->vault, &key, subject, leaf->generation, err);

	if (st < 0)
		return st;
	if (tanu_opening_read(text, &len, key.b, leaf->n, leaf->opening, NULL) == TANU_OK) {
		buf_put(&plain, text, len);
		st = event_decode(&event, &words, &plain, err);
	}
	*out = event.at_ms;
	secret_wipe(&key);
	mem_wipe(text, sizeof(text));
	buf_wipe(&plain);
	return st;
}

tanu_status journal_count_before(struct service *s, uint64_t *before, const tanu_id *subjects,
				 size_t subjects_len, int64_t until_ms, tanu_error *err)
{
	struct found_leaf *found = NULL;
	size_t found_len = 0;
	bool *over = calloc(subjects_len ? subjects_len : 1, sizeof(*over));
	tanu_status st;

	if (!over)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	memset(before, 0, subjects_len * sizeof(*before));
	st = journal_find(s, &found, &found_len, subjects, subjects_len, err);
	for (size_t i = 0; i < found_len && st == TANU_OK; i++) {
		size_t who = found[i].who;
		int64_t at_ms = 0;

		if ((st = leaf_time(s, &at_ms, &found[i], &subjects[who], err)) < 0)
			break;
		over[who] |= at_ms >= until_ms;
		if (!over[who])
			before[who]++;
	}
	free(over);
	free(found);
	return st;
}
