/* SPDX-License-Identifier: Apache-2.0 */
/* Taking in a document: worked out beside the table, then put in its place at one stroke. */
#include "lease/inside.h"

#include <stdlib.h>
#include <string.h>

void lease_news_free(struct lease_news *news)
{
	free(news->gone);
	*news = (struct lease_news){0};
}

/* ---- may it be taken in? ---- */

static tanu_status follows(const struct lease_head *now, const struct lease_head *doc,
			   tanu_error *err)
{
	if (doc->kind == LEASE_FULL && doc->issued_ms < now->issued_ms)
		return fail_lease(err, "this lease is older than the one that is here");
	if (doc->kind == LEASE_FULL)
		return TANU_OK;
	if (now->kind == LEASE_NONE || !id_equal(&now->series, &doc->series) ||
	    doc->number != now->number + 1 || doc->issued_ms < now->issued_ms)
		return fail_lease(err, "this change does not follow what is here: ask for all");
	return TANU_OK;
}

/* ---- rows ---- */

static bool same_entry(const struct lease_entry *a, const struct lease_entry *b)
{
	return id_equal(&a->subject, &b->subject) && a->generation == b->generation;
}

static tanu_status full(tanu_error *err, const char *what, size_t max)
{
	return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "lease",
			 "more than %zu %s: raise lease.people in the gate's settings", max, what);
}

static void entries_remove(struct rows *rows, const tanu_id *subject)
{
	size_t kept = 0, len = rows->entries_len;

	for (size_t i = 0; i < len; i++)
		if (!id_equal(&rows->entries[i].subject, subject)) {
			if (kept != i)
				rows->entries[kept] = rows->entries[i];
			kept++;
		}
	mem_wipe(&rows->entries[kept], (len - kept) * sizeof(*rows->entries));
	rows->entries_len = kept;
}

static tanu_status entry_set(struct lease *lease, struct lease_entry *entry, tanu_error *err)
{
	struct rows *rows = lease->next;
	size_t at = 0;
	tanu_status st;

	while (at < rows->entries_len && !same_entry(&rows->entries[at], entry))
		at++;
	if (at == lease->entries_max)
		return full(err, "references", lease->entries_max);
	if ((st = entry_seal(lease, entry, err)) < 0)
		return st;
	rows->entries[at] = *entry;
	rows->entries_len += at == rows->entries_len;
	return TANU_OK;
}

static tanu_status person_set(struct lease *lease, const struct lease_person *person,
			      tanu_error *err)
{
	struct rows *rows = lease->next;
	size_t at = 0;

	while (at < rows->people_len && !id_equal(&rows->people[at].subject, &person->subject))
		at++;
	if (person->gone) {
		if (at < rows->people_len)
			rows->people[at] = rows->people[--rows->people_len];
		return TANU_OK;
	}
	if (at == lease->people_max)
		return full(err, "people", lease->people_max);
	rows->people[at] = *person;
	rows->people_len += at == rows->people_len;
	return TANU_OK;
}

static tanu_status card_set(struct lease *lease, const struct lease_card *card, tanu_error *err)
{
	struct rows *rows = lease->next;
	size_t at = 0;

	while (at < rows->cards_len &&
	       memcmp(rows->cards[at].digest, card->digest, DIGEST_LEN) != 0)
		at++;
	if (card->state == LEASE_CARD_GONE) {
		if (at < rows->cards_len)
			rows->cards[at] = rows->cards[--rows->cards_len];
		return TANU_OK;
	}
	if (at == lease->cards_max)
		return full(err, "cards", lease->cards_max);
	rows->cards[at] = *card;
	rows->cards_len += at == rows->cards_len;
	return TANU_OK;
}

/* A full document has no row twice, so its rows need no looking for: they are appended. */
static tanu_status entry_append(struct lease *lease, struct lease_entry *entry, tanu_error *err)
{
	struct rows *rows = lease->next;
	tanu_status st;

	if (rows->entries_len == lease->entries_max)
		return full(err, "references", lease->entries_max);
	if ((st = entry_seal(lease, entry, err)) == TANU_OK)
		rows->entries[rows->entries_len++] = *entry;
	return st;
}

/* ---- parts ---- */

static tanu_status news_gone(struct lease_news *news, const tanu_id *subject, tanu_error *err)
{
	tanu_id *grown = realloc(news->gone, (news->gone_len + 1) * sizeof(*grown));

	if (!grown)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a lease");
	news->gone = grown;
	news->gone[news->gone_len++] = *subject;
	news->gone_any = true;
	return TANU_OK;
}

static tanu_status gallery_apply(struct lease *lease, struct lease_news *news,
				 const struct parts *parts, tanu_error *err)
{
	bool is_full = parts->head.kind == LEASE_FULL;
	struct lease_entry entry;
	tanu_status st = TANU_OK;
	uint32_t count;
	struct rd r;

	rd_init(&r, parts->gallery.data, parts->gallery.len);
	count = count_get(&r, LEASE_ENTRIES_MAX);
	for (uint32_t i = 0; i < count && st == TANU_OK; i++) {
		entry_get(&r, &entry, false);
		if (!rd_ok(&r) || (is_full && entry.form == LEASE_GONE)) {
			rd_fail(&r);
			break;
		}
		if (entry.form == LEASE_GONE) {
			entries_remove(lease->next, &entry.subject);
			st = news_gone(news, &entry.subject, err);
		} else {
			st = is_full ? entry_append(lease, &entry, err)
				     : entry_set(lease, &entry, err);
		}
	}
	mem_wipe(&entry, sizeof(entry));
	return st < 0 || rd_end(&r) ? st : fail_bytes(err, "the references are damaged");
}

static tanu_status people_apply(struct lease *lease, struct rd *r, bool is_full, tanu_error *err)
{
	uint32_t count = count_get(r, LEASE_PEOPLE_MAX);
	struct lease_person person;
	tanu_status st = TANU_OK;

	for (uint32_t i = 0; i < count && st == TANU_OK; i++) {
		person_get(r, &person);
		if (is_full && person.gone)
			rd_fail(r);
		if (!rd_ok(r))
			break;
		if (is_full && lease->next->people_len < lease->people_max)
			lease->next->people[lease->next->people_len++] = person;
		else
			st = person_set(lease, &person, err);
	}
	mem_wipe(&person, sizeof(person));
	return st;
}

static tanu_status cards_apply(struct lease *lease, const struct parts *parts, tanu_error *err)
{
	bool is_full = parts->head.kind == LEASE_FULL, has_zone = false;
	struct lease_zone zone = {0};
	struct lease_card card;
	tanu_status st;
	uint32_t count;
	struct rd r;

	rd_init(&r, parts->cards.data, parts->cards.len);
	zone_get(&r, &zone, &has_zone);
	if (rd_ok(&r) && has_zone) {
		lease->next->zone = zone;
		lease->next->has_zone = true;
	}
	st = people_apply(lease, &r, is_full, err);
	count = st == TANU_OK ? count_get(&r, LEASE_CARDS_MAX) : 0;
	for (uint32_t i = 0; i < count && st == TANU_OK; i++) {
		card_get(&r, &card);
		if (is_full && card.state == LEASE_CARD_GONE)
			rd_fail(&r);
		if (!rd_ok(&r))
			break;
		if (is_full && lease->next->cards_len < lease->cards_max)
			lease->next->cards[lease->next->cards_len++] = card;
		else
			st = card_set(lease, &card, err);
	}
	if (st < 0)
		return st;
	if (!rd_end(&r) || (is_full && !has_zone))
		return fail_bytes(err, "the list of cards is damaged");
	return TANU_OK;
}

static void rows_copy(struct rows *to, const struct rows *from)
{
	memcpy(to->entries, from->entries, from->entries_len * sizeof(*from->entries));
	memcpy(to->people, from->people, from->people_len * sizeof(*from->people));
	memcpy(to->cards, from->cards, from->cards_len * sizeof(*from->cards));
	to->entries_len = from->entries_len;
	to->people_len = from->people_len;
	to->cards_len = from->cards_len;
	to->zone = from->zone;
	to->has_zone = from->has_zone;
}

/* Who was lent before and is not in the new full document has gone too. */
static tanu_status gone_between(struct lease_news *news, const struct rows *before,
				const struct rows *after, tanu_error *err)
{
	tanu_status st = TANU_OK;
	size_t at = 0;

	for (size_t i = 0; i < before->entries_len && st == TANU_OK; i++) {
		const tanu_id *id = &before->entries[i].subject;

		if (i > 0 && id_equal(id, &before->entries[i - 1].subject))
			continue;
		while (at < after->entries_len &&
		       memcmp(after->entries[at].subject.b, id->b, TANU_ID_LEN) < 0)
			at++;
		if (at == after->entries_len || !id_equal(&after->entries[at].subject, id))
			st = news_gone(news, id, err);
	}
	return st;
}

/* Of whom something has gone and something stays (a spare pass), nothing is said. */
static void gone_wholly(struct lease_news *news, const struct rows *after)
{
	size_t kept = 0;

	for (size_t i = 0; i < news->gone_len; i++)
		if (!entry_first(after, &news->gone[i]))
			news->gone[kept++] = news->gone[i];
	news->gone_len = kept;
}

static tanu_status work_out(struct lease *lease, struct lease_news *news, const struct parts *parts,
			    tanu_error *err)
{
	tanu_status st;

	rows_clear(lease, lease->next);
	if (parts->head.kind == LEASE_DELTA)
		rows_copy(lease->next, lease->live);
	if ((st = gallery_apply(lease, news, parts, err)) < 0 ||
	    (st = cards_apply(lease, parts, err)) < 0 || (st = rows_sort(lease->next, err)) < 0)
		return st;
	if (parts->head.kind == LEASE_FULL)
		st = gone_between(news, lease->live, lease->next, err);
	gone_wholly(news, lease->next);
	return st;
}

tanu_status lease_apply(struct lease *lease, struct lease_news *news, const uint8_t *bytes,
			size_t bytes_len, const struct lease_pair *pair,
			const struct secret *gate_box, const struct lease_keys *keys,
			tanu_error *err)
{
	struct lease_news found = {0};
	struct parts parts = {0};
	struct rows *former;
	tanu_status st = parts_open(&parts, bytes, bytes_len, pair, gate_box, keys, err);

	if (st < 0)
		return st;
	pthread_mutex_lock(&lease->lock);
	if ((st = follows(&lease->head, &parts.head, err)) == TANU_OK &&
	    (st = work_out(lease, &found, &parts, err)) == TANU_OK) {
		former = lease->live;
		lease->live = lease->next;
		lease->next = former;
		lease->head = found.head = parts.head;
	}
	rows_clear(lease, lease->next);
	pthread_mutex_unlock(&lease->lock);
	parts_wipe(&parts);
	if (st == TANU_OK)
		*news = found;
	else
		lease_news_free(&found);
	return st;
}
