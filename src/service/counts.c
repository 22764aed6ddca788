/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two counts that anybody may compare: embeddings as the engine counts them, and permits as the
 * book counts those spent for it. Both are taken where they arise, never one from the other.
 */
#include "service/internal.h"

static uint64_t engine_embeddings(const struct service *s)
{
	return s->engine ? s->engine->calls->counted(s->engine) : 0;
}

static tanu_status add(struct service *s, const char *name, int64_t day, uint64_t n,
		       tanu_error *err)
{
	return n ? DB(s, counter_add, name, day, n, err) : TANU_OK;
}

/* Each person's own count; one who has left, or whose profile is damaged, has none. */
static tanu_status count_people(struct service *s, tanu_error *err)
{
	struct id_list *list = &s->embedded;
	tanu_error why = {0};
	tanu_status st = TANU_OK;

	id_list_sort(list);
	for (size_t i = 0, n; i < list->len && st == TANU_OK; i += n) {
		for (n = 1; i + n < list->len && id_equal(&list->v[i], &list->v[i + n]); n++)
			;
		st = head_add_embeddings(s, &list->v[i], n, &why);
		if (st == TANU_DAMAGED || st == TANU_ERASED || st == TANU_NOT_FOUND)
			st = TANU_OK;
	}
	if (st < 0 && err)
		*err = why;
	return st;
}

tanu_status counts_put(struct service *s, int64_t now_ms, bool refused, tanu_error *err)
{
	int64_t day = date_to_days(date_from_ms(now_ms));
	tanu_status st;

	if ((st = add(s, "embeddings", day, engine_embeddings(s) - s->embeddings_counted, err)) <
		0 ||
	    (st = add(s, "permits", day, permit_book_opened(s->book) - s->permits_counted, err)) <
		0)
		return st;
	if ((st = count_people(s, err)) < 0)
		return st;
	return add(s, refused ? "refusals" : "uses", day, 1, err);
}

void counts_settle(struct service *s)
{
	s->embeddings_counted = engine_embeddings(s);
	s->permits_counted = permit_book_opened(s->book);
	s->embedded.len = 0;
}

/* The event is written for a known person; a refused stranger is only counted. */
static tanu_status refusal_rows(struct service *s, const tanu_id *subject, int64_t now_ms,
				const struct event_record *event, tanu_error *err)
{
	tanu_status st = TANU_OK;

	if (subject)
		st = history_note(s, subject, 0, now_ms, event, err);
	return st < 0 ? st : counts_put(s, now_ms, true, err);
}

tanu_status refusal_put(struct service *s, const tanu_id *subject, tanu_event event,
			unsigned purposes, const char *recipient, const tanu_error *why)
{
	struct event_record record = {
	    .type = event, .purposes = purposes, .recipient = recipient, .reason = why->code};
	int64_t now_ms = clock_now(&s->clock);
	tanu_error err = {0};
	tanu_status st = TANU_OK;

	if (subject)
		st = history_ready(s, subject, 1, now_ms, &err);
	if (st < 0 || (st = tx_begin(s, &err)) < 0)
		return st;
	st = tx_end(s, refusal_rows(s, subject, now_ms, &record, &err), &err);
	if (st == TANU_OK)
		counts_settle(s);
	return st;
}
