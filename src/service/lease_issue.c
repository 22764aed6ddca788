/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leases for gates: all of it, or what has changed since a document that this process has sent.
 * What was sent is remembered as tags of rows, never as references; after a restart each gate gets
 * all of it once. A change that takes somebody away comes under a new key.
 */
#include "service/lease_draft.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FEED_GATES_MAX 256
#define HOUR_MS	       ((int64_t)3600000)
#define RENEW_PART     4 /* renewed when a quarter of its time is over */

struct sent_entry {
	tanu_id subject;
	uint16_t generation;
	uint8_t tag[TAG_LEN];
};

/* What one gate has. */
struct sent {
	tanu_id gate;
	struct lease_head head;
	struct lease_keys keys;
	uint64_t sequence; /* of the site's ledger when it was looked at */
	struct lease_zone zone;
	struct sent_entry *entries;
	size_t entries_len;
	struct lease_person *people; /* PINs stretched and salted; wiped with the rest */
	size_t people_len;
	struct lease_card *cards;
	size_t cards_len;
};

struct lease_feed {
	struct service *s;
	struct sent *sent[FEED_GATES_MAX];
	size_t sent_len;
};

/* ---- writing a document ---- */

static tanu_status write_doc(struct service *s, struct buf *doc, const struct gate_view *gate,
			     const struct lease_content *content, const struct lease_keys *keys,
			     tanu_error *err)
{
	struct gate_secrets own = {0};
	tanu_status st = gate_secrets(s, &own, err);

	if (st == TANU_OK)
		st = lease_write(doc, content, keys, &own.sign, gate->box_key, &s->random, err);
	mem_wipe(&own, sizeof(own));
	return st;
}

/* When a reference or pass can't be opened any more (a consent that ended a moment ago), it is left
 * out. Of the rows from the first on. */
static tanu_status entries_fill(struct service *s, struct lease_entry **out, size_t *out_len,
				const struct draft_entry *rows, size_t first, size_t rows_len,
				tanu_error *err)
{
	struct lease_entry *entries = calloc(rows_len - first + 1, sizeof(*entries));
	tanu_error why = {0};
	tanu_status st = TANU_OK;
	size_t len = 0;

	if (!entries)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a lease");
	for (size_t i = first; i < rows_len && st == TANU_OK; i++) {
		entries[len] = rows[i].entry;
		st = entry_fill(s, &entries[len], &why);
		if (st == TANU_OK)
			len++;
		else if (st == TANU_ERASED || st == TANU_NOT_FOUND || st == TANU_DAMAGED ||
			 why.code == TANU_ERR_NO_CONSENT)
			st = TANU_OK;
		else if (err)
			*err = why;
	}
	*out = entries;
	*out_len = len;
	return st;
}

static void entries_free(struct lease_entry *entries, size_t len)
{
	if (entries)
		mem_wipe(entries, len * sizeof(*entries));
	free(entries);
}

static struct lease_head head_new(struct service *s, const tanu_id *gate, int64_t hours)
{
	struct lease_head head = {
	    .kind = LEASE_FULL, .site = s->site, .gate = *gate, .issued_ms = clock_now(&s->clock)};

	if (hours == 0)
		hours = settings_int(&s->settings, "lease.hours");
	head.not_after_ms = head.issued_ms + hours * HOUR_MS;
	id_new(s, &head.series);
	return head;
}

static tanu_status full_write(struct service *s, struct buf *doc, const struct gate_view *gate,
			      const struct lease_head *head, const struct draft *draft,
			      const struct lease_keys *keys, tanu_error *err)
{
	struct lease_content content = {.head = *head,
					.zone = &draft->zone,
					.people = draft->people,
					.people_len = draft->people_len,
					.cards = draft->cards,
					.cards_len = draft->cards_len};
	struct lease_entry *entries = NULL;
	tanu_status st = entries_fill(s, &entries, &content.entries_len, draft->entries, 0,
				      draft->entries_len, err);

	content.entries = entries;
	if (st == TANU_OK)
		st = write_doc(s, doc, gate, &content, keys, err);
	entries_free(entries, draft->entries_len);
	return st;
}

/* Until when what is lent may lie at a gate that nobody reaches: for the receipts of erasures. */
static tanu_status lent_note(struct service *s, const struct lease_head *head, tanu_error *err)
{
	struct gate_paper gate = {0};
	tanu_status st = gate_load(s, &gate, &head->gate, err);

	if (st < 0)
		return st;
	gate.view.lent_ms = head->issued_ms;
	if (head->not_after_ms > gate.view.lent_until_ms)
		gate.view.lent_until_ms = head->not_after_ms;
	if ((st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, gate_store(s, &gate, err), err);
	mem_wipe(&gate, sizeof(gate));
	return st;
}

static tanu_status gate_served(struct service *s, struct gate_view *out, const tanu_id *id,
			       tanu_error *err)
{
	tanu_status st = service_gate_get(s, out, id, err);

	return st < 0 ? st : gate_must_serve(out, err);
}

tanu_status service_lease_full(struct service *s, struct buf *doc, struct lease_keys *keys,
			       const tanu_id *gate, int hours, tanu_error *err)
{
	struct lease_head head = head_new(s, gate, hours);
	struct gate_view view = {0};
	struct lease_keys fresh;
	struct draft draft = {0};
	tanu_status st;

	random_fill(&s->random, &fresh, sizeof(fresh));
	if ((st = gate_served(s, &view, gate, err)) < 0 ||
	    (st = draft_make(s, &draft, view.zone, &fresh.cards, err)) < 0 ||
	    (st = lent_note(s, &head, err)) < 0 ||
	    (st = full_write(s, doc, &view, &head, &draft, &fresh, err)) < 0)
		goto out;
	*keys = fresh;
out:
	draft_free(&draft);
	mem_wipe(&fresh, sizeof(fresh));
	return st;
}

/* ---- what was sent ---- */

tanu_status service_feed_open(struct lease_feed **out, struct service *s, tanu_error *err)
{
	struct lease_feed *feed = calloc(1, sizeof(*feed));

	if (!feed)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for leases");
	feed->s = s;
	*out = feed;
	return TANU_OK;
}

static void sent_clear(struct sent *sent)
{
	if (sent->people)
		mem_wipe(sent->people, sent->people_len * sizeof(*sent->people));
	free(sent->entries);
	free(sent->people);
	free(sent->cards);
	sent->entries = NULL;
	sent->people = NULL;
	sent->cards = NULL;
	sent->entries_len = sent->people_len = sent->cards_len = 0;
}

void service_feed_close(struct lease_feed **feed)
{
	if (!*feed)
		return;
	for (size_t i = 0; i < (*feed)->sent_len; i++) {
		sent_clear((*feed)->sent[i]);
		mem_wipe((*feed)->sent[i], sizeof(*(*feed)->sent[i]));
		free((*feed)->sent[i]);
	}
	free(*feed);
	*feed = NULL;
}

static struct sent *sent_find(const struct lease_feed *feed, const tanu_id *gate)
{
	for (size_t i = 0; i < feed->sent_len; i++)
		if (id_equal(&feed->sent[i]->gate, gate))
			return feed->sent[i];
	return NULL;
}

static tanu_status sent_ready(struct lease_feed *feed, struct sent **out, const tanu_id *gate,
			      tanu_error *err)
{
	if ((*out = sent_find(feed, gate)))
		return TANU_OK;
	if (feed->sent_len == FEED_GATES_MAX)
		return tanu_fail(err, TANU_ERR_HELD, NULL, "at most %d gates", FEED_GATES_MAX);
	if (!(*out = calloc(1, sizeof(**out))))
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for leases");
	(*out)->gate = *gate;
	feed->sent[feed->sent_len++] = *out;
	return TANU_OK;
}

/* From now on the gate has what the draft says; takes the draft's lists of people and cards. */
static tanu_status sent_keep(struct sent *sent, const struct lease_head *head,
			     const struct lease_keys *keys, uint64_t sequence, struct draft *draft,
			     tanu_error *err)
{
	struct sent_entry *entries =
	    calloc(draft->entries_len ? draft->entries_len : 1, sizeof(*entries));

	if (!entries)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for leases");
	for (size_t i = 0; i < draft->entries_len; i++) {
		entries[i].subject = draft->entries[i].entry.subject;
		entries[i].generation = draft->entries[i].entry.generation;
		memcpy(entries[i].tag, draft->entries[i].tag, TAG_LEN);
	}
	sent_clear(sent);
	sent->head = *head;
	sent->keys = *keys;
	sent->sequence = sequence;
	sent->zone = draft->zone;
	sent->entries = entries;
	sent->entries_len = draft->entries_len;
	sent->people = draft->people;
	sent->people_len = draft->people_len;
	sent->cards = draft->cards;
	sent->cards_len = draft->cards_len;
	draft->people = NULL;
	draft->cards = NULL;
	draft->people_len = draft->cards_len = 0;
	return TANU_OK;
}

/* ---- what has changed ---- */

struct change {
	struct draft_entry *entries; /* to be opened; LEASE_GONE ones first */
	size_t entries_len, entries_cap;
	size_t gone;
	struct lease_person *people;
	size_t people_len, people_cap;
	struct lease_card *cards;
	size_t cards_len, cards_cap;
	bool zone;
};

static void change_free(struct change *c)
{
	if (c->people)
		mem_wipe(c->people, c->people_len * sizeof(*c->people));
	free(c->entries);
	free(c->people);
	free(c->cards);
	*c = (struct change){0};
}

static int sent_entry_order(const struct sent_entry *a, const struct draft_entry *b)
{
	int order = memcmp(a->subject.b, b->entry.subject.b, TANU_ID_LEN);

	return order ? order : a->generation - b->entry.generation;
}

static tanu_status change_entry(struct change *c, const struct draft_entry *e, tanu_error *err)
{
	void *list = c->entries;
	tanu_status st = list_grow(&list, c->entries_len, &c->entries_cap, sizeof(*e), err);

	c->entries = list;
	if (st == TANU_OK)
		c->entries[c->entries_len++] = *e;
	return st;
}

static bool subject_in(const struct change *c, const tanu_id *subject)
{
	for (size_t i = 0; i < c->gone; i++)
		if (id_equal(&c->entries[i].entry.subject, subject))
			return true;
	return false;
}

/* Entries that are not there any more; somebody of whom one goes loses all, and gets the rest anew.
 */
static tanu_status entries_gone(struct change *c, const struct sent *sent,
				const struct draft *draft, tanu_error *err)
{
	tanu_status st = TANU_OK;
	size_t at = 0;

	for (size_t i = 0; i < sent->entries_len && st == TANU_OK; i++) {
		const struct sent_entry *e = &sent->entries[i];

		while (at < draft->entries_len && sent_entry_order(e, &draft->entries[at]) > 0)
			at++;
		if ((at == draft->entries_len || sent_entry_order(e, &draft->entries[at]) != 0) &&
		    !subject_in(c, &e->subject)) {
			struct draft_entry gone = {.entry = {.subject = e->subject}};

			st = change_entry(c, &gone, err);
			c->gone = c->entries_len;
		}
	}
	return st;
}

static tanu_status entries_new(struct change *c, const struct sent *sent, const struct draft *draft,
			       tanu_error *err)
{
	tanu_status st = TANU_OK;
	size_t at = 0;

	for (size_t i = 0; i < draft->entries_len && st == TANU_OK; i++) {
		const struct draft_entry *e = &draft->entries[i];
		bool same;

		while (at < sent->entries_len && sent_entry_order(&sent->entries[at], e) < 0)
			at++;
		same = at < sent->entries_len && sent_entry_order(&sent->entries[at], e) == 0 &&
		       memcmp(sent->entries[at].tag, e->tag, TAG_LEN) == 0;
		if (!same || subject_in(c, &e->entry.subject))
			st = change_entry(c, e, err);
	}
	return st;
}

/*
 * One walk over two sorted lists of equal rows: `emit` for what is new or different in `now`, with
 * the old row in `gone` where it is missing.
 */
struct sorted {
	const uint8_t *rows;
	size_t len, size;
	int (*order)(const void *a, const void *b);
	bool (*same)(const void *a, const void *b);
};

static bool same_person(const void *a, const void *b)
{
	const struct lease_person *x = a, *y = b;

	return x->allowed == y->allowed && x->waiver == y->waiver &&
	       x->second_factor == y->second_factor && x->has_pin == y->has_pin &&
	       memcmp(x->salt, y->salt, sizeof(x->salt)) == 0 &&
	       crypto_equal(x->pin, y->pin, sizeof(x->pin));
}

static bool same_card(const void *a, const void *b)
{
	const struct lease_card *x = a, *y = b;

	return x->state == y->state && id_equal(&x->subject, &y->subject) &&
	       x->from_ms == y->from_ms && x->until_ms == y->until_ms;
}

static tanu_status differ(const struct sorted *before, const struct sorted *now,
			  tanu_status (*emit)(struct change *c, const void *row, bool gone,
					      tanu_error *err),
			  struct change *c, tanu_error *err)
{
	size_t a = 0, b = 0;
	tanu_status st = TANU_OK;

	while (st == TANU_OK && (a < before->len || b < now->len)) {
		const uint8_t *x = a < before->len ? before->rows + a * before->size : NULL;
		const uint8_t *y = b < now->len ? now->rows + b * now->size : NULL;
		int order = !x ? 1 : !y ? -1 : now->order(x, y);

		assert(x || y);
		if (order < 0)
			st = emit(c, x, true, err);
		else if (order > 0 || !now->same(x, y))
			st = emit(c, y, false, err);
		a += order <= 0;
		b += order >= 0;
	}
	return st;
}

static tanu_status emit_person(struct change *c, const void *row, bool gone, tanu_error *err)
{
	struct lease_person person = *(const struct lease_person *)row;
	void *list = c->people;
	tanu_status st = list_grow(&list, c->people_len, &c->people_cap, sizeof(person), err);

	c->people = list;
	if (gone)
		person = (struct lease_person){.subject = person.subject, .gone = true};
	if (st == TANU_OK)
		c->people[c->people_len++] = person;
	return st;
}

static tanu_status emit_card(struct change *c, const void *row, bool gone, tanu_error *err)
{
	struct lease_card card = *(const struct lease_card *)row;
	void *list = c->cards;
	tanu_status st = list_grow(&list, c->cards_len, &c->cards_cap, sizeof(card), err);

	c->cards = list;
	if (gone)
		card.state = LEASE_CARD_GONE;
	if (st == TANU_OK)
		c->cards[c->cards_len++] = card;
	return st;
}

static bool same_zone(const struct lease_zone *a, const struct lease_zone *b)
{
	if (a->windows_len != b->windows_len || a->holidays_len != b->holidays_len ||
	    a->passback != b->passback || a->no_clock != b->no_clock ||
	    a->guard_release != b->guard_release || strcmp(a->name, b->name) != 0 ||
	    memcmp(a->model, b->model, sizeof(a->model)) != 0 ||
	    a->threshold.score < b->threshold.score || a->threshold.score > b->threshold.score)
		return false;
	for (size_t i = 0; i < a->windows_len; i++)
		if (strcmp(a->window[i], b->window[i]) != 0)
			return false;
	for (size_t i = 0; i < a->holidays_len; i++)
		if (date_to_days(a->holiday[i]) != date_to_days(b->holiday[i]))
			return false;
	return true;
}

static tanu_status change_make(struct change *c, const struct sent *sent, const struct draft *draft,
			       tanu_error *err)
{
	const struct sorted people[] = {{(const uint8_t *)sent->people, sent->people_len,
					 sizeof(*sent->people), draft_person_order, same_person},
					{(const uint8_t *)draft->people, draft->people_len,
					 sizeof(*draft->people), draft_person_order, same_person}};
	const struct sorted cards[] = {{(const uint8_t *)sent->cards, sent->cards_len,
					sizeof(*sent->cards), draft_card_order, same_card},
				       {(const uint8_t *)draft->cards, draft->cards_len,
					sizeof(*draft->cards), draft_card_order, same_card}};
	tanu_status st;

	c->zone = !same_zone(&sent->zone, &draft->zone);
	if ((st = entries_gone(c, sent, draft, err)) < 0 ||
	    (st = entries_new(c, sent, draft, err)) < 0 ||
	    (st = differ(&people[0], &people[1], emit_person, c, err)) < 0)
		return st;
	return differ(&cards[0], &cards[1], emit_card, c, err);
}

static bool change_is_empty(const struct change *c)
{
	return c->entries_len + c->people_len + c->cards_len == 0 && !c->zone;
}

/* Those that go need nothing to be opened. */
static tanu_status change_write(struct service *s, struct buf *doc, const struct gate_view *gate,
				const struct lease_head *head, const struct draft *draft,
				const struct change *c, const struct lease_keys *keys,
				tanu_error *err)
{
	struct lease_content content = {.head = *head,
					.zone = c->zone ? &draft->zone : NULL,
					.people = c->people,
					.people_len = c->people_len,
					.cards = c->cards,
					.cards_len = c->cards_len};
	struct lease_entry *entries = NULL, *all;
	size_t len = 0;
	tanu_status st = entries_fill(s, &entries, &len, c->entries, c->gone, c->entries_len, err);

	all = calloc(c->entries_len + 1, sizeof(*all));
	if (!all && st == TANU_OK)
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a lease");
	if (st == TANU_OK) {
		for (size_t i = 0; i < c->gone; i++)
			all[i] = c->entries[i].entry;
		memcpy(all + c->gone, entries, len * sizeof(*all));
		content.entries = all;
		content.entries_len = c->gone + len;
		st = write_doc(s, doc, gate, &content, keys, err);
	}
	entries_free(entries, c->entries_len - c->gone);
	entries_free(all, c->entries_len + 1);
	return st;
}

/* ---- the feed ---- */

struct turn {
	struct service *s;
	struct gate_view gate;
	struct sent *sent;
	uint64_t sequence;
	struct draft draft;
};

static tanu_status full_turn(struct turn *t, struct buf *doc, tanu_error *err)
{
	struct lease_head head = head_new(t->s, &t->gate.id, 0);
	struct lease_keys keys;
	tanu_status st;

	random_fill(&t->s->random, &keys, sizeof(keys));
	if ((st = draft_make(t->s, &t->draft, t->gate.zone, &keys.cards, err)) == TANU_OK &&
	    (st = lent_note(t->s, &head, err)) == TANU_OK &&
	    (st = full_write(t->s, doc, &t->gate, &head, &t->draft, &keys, err)) == TANU_OK)
		st = sent_keep(t->sent, &head, &keys, t->sequence, &t->draft, err);
	mem_wipe(&keys, sizeof(keys));
	return st;
}

static bool renewal_due(const struct turn *t)
{
	const struct lease_head *head = &t->sent->head;

	return clock_now(&t->s->clock) - head->issued_ms >
	       settings_int(&t->s->settings, "lease.hours") * HOUR_MS / RENEW_PART;
}

static tanu_status change_turn(struct turn *t, struct buf *doc, bool *nothing, tanu_error *err)
{
	struct lease_head head = head_new(t->s, &t->gate.id, 0);
	struct lease_keys keys = t->sent->keys;
	struct change change = {0};
	tanu_status st;

	head.kind = LEASE_DELTA;
	head.series = t->sent->head.series;
	head.number = t->sent->head.number + 1;
	if ((st = draft_make(t->s, &t->draft, t->gate.zone, &keys.cards, err)) < 0 ||
	    (st = change_make(&change, t->sent, &t->draft, err)) < 0)
		goto out;
	if (change_is_empty(&change) && !renewal_due(t)) {
		t->sent->sequence = t->sequence;
		*nothing = true;
		goto out;
	}
	if (change.gone > 0)
		random_fill(&t->s->random, &keys.gallery, sizeof(keys.gallery));
	if ((st = lent_note(t->s, &head, err)) == TANU_OK &&
	    (st = change_write(t->s, doc, &t->gate, &head, &t->draft, &change, &keys, err)) ==
		TANU_OK)
		st = sent_keep(t->sent, &head, &keys, t->sequence, &t->draft, err);
out:
	change_free(&change);
	mem_wipe(&keys, sizeof(keys));
	return st;
}

static bool stands_at(const struct sent *sent, const struct lease_head *have)
{
	return have->kind != LEASE_NONE && sent->head.kind != LEASE_NONE &&
	       id_equal(&sent->head.series, &have->series) && sent->head.number == have->number;
}

tanu_status service_feed_next(struct lease_feed *feed, struct buf *doc, struct lease_keys *keys,
			      bool *nothing, const tanu_id *gate, const struct lease_head *have,
			      tanu_error *err)
{
	struct turn t = {.s = feed->s};
	tanu_status st;

	*nothing = false;
	if ((st = gate_served(feed->s, &t.gate, gate, err)) < 0 ||
	    (st = sent_ready(feed, &t.sent, gate, err)) < 0 ||
	    (st = ledger_sequence(feed->s, &t.sequence, err)) < 0)
		return st;
	if (!stands_at(t.sent, have))
		st = full_turn(&t, doc, err);
	else if (t.sequence == t.sent->sequence && !renewal_due(&t))
		*nothing = true;
	else
		st = change_turn(&t, doc, nothing, err);
	if (st == TANU_OK)
		*keys = t.sent->keys;
	draft_free(&t.draft);
	return st;
}
