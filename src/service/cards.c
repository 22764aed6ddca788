/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cards, PINs and rights of a person: papers of hers, sealed with her name. A PIN is kept
 * stretched, under a salt of its own; a card as its bits, since each gate has another digest of it.
 */
#include "service/gate_inside.h"

#include "codec/wiegand.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const states[] = {
    [CARD_VALID] = "valid", [CARD_REVOKED] = "revoked", [CARD_OVER] = "over"};

const char *service_card_state_name(enum card_state state)
{
	return states[state];
}

/* ---- a card as it is written ---- */

static tanu_status fail_card(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_USAGE, "card",
			 "a card is written LAYOUT:SITE:NUMBER (26:12:34567), LAYOUT:NUMBER "
			 "(34n:1234567), code:DIGITS, or bits:COUNT:HEX");
}

static bool number_parse(uint64_t *out, const char *text, char end, const char **rest)
{
	char *stop = NULL;

	if (!isdigit((unsigned char)*text))
		return false;
	*out = strtoull(text, &stop, 10);
	*rest = stop;
	return *stop == end;
}

static tanu_status layout_parse(struct card_paper *c, const char *text, tanu_error *err)
{
	tanu_error why = {0};
	size_t bits = 0;
	tanu_status st = wiegand_parse(c->bytes, &bits, text, &why);

	if (st < 0 && why.code == TANU_ERR_USAGE)
		return fail_card(err);
	if (st < 0) {
		if (err)
			*err = why;
		return st;
	}
	c->sort = LEASE_CARD_BITS;
	c->bits = (uint16_t)bits;
	return TANU_OK;
}

static tanu_status bits_parse(struct card_paper *c, const char *text, tanu_error *err)
{
	uint64_t bits = 0;
	const char *hex = text;

	if (!number_parse(&bits, text, ':', &hex) || bits < 8 || bits > 8 * sizeof(c->bytes) ||
	    strlen(++hex) != 2 * (size_t)((bits + 7) / 8) ||
	    !hex_decode(c->bytes, (size_t)((bits + 7) / 8), hex))
		return fail_card(err);
	c->sort = LEASE_CARD_BITS;
	c->bits = (uint16_t)bits;
	return TANU_OK;
}

tanu_status card_parse(struct card_paper *out, const char *text, tanu_error *err)
{
	const char *colon = strchr(text, ':');
	struct card_paper c = {0};
	char kind[16] = "";
	tanu_status st = TANU_OK;

	if (!colon || strlen(text) >= sizeof(c.text) || colon - text >= (long)sizeof(kind))
		return fail_card(err);
	snprintf(kind, sizeof(kind), "%.*s", (int)(colon - text), text);
	snprintf(c.text, sizeof(c.text), "%s", text);
	if (strcmp(kind, "bits") == 0) {
		st = bits_parse(&c, colon + 1, err);
	} else if (strcmp(kind, "code") == 0) {
		size_t len = strspn(colon + 1, "0123456789ABCDEFabcdef");

		if (len < 4 || len > sizeof(c.bytes) || colon[1 + len] != '\0')
			return fail_card(err);
		memcpy(c.bytes, colon + 1, len);
		c.sort = LEASE_CARD_DIGITS;
		c.bits = (uint16_t)(8 * len);
	} else {
		st = layout_parse(&c, text, err);
	}
	if (st == TANU_OK)
		*out = c;
	return st;
}

/* ---- walking ---- */

static bool same_card(const struct card_paper *a, const struct card_paper *b)
{
	return a->sort == b->sort && a->bits == b->bits &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

struct walk {
	tanu_date today;
	const struct card_paper *sought; /* NULL: any */
	size_t valid;			 /* of those that fit */
	size_t found;
	struct card_view *views; /* kept; NULL: no */
	struct card_paper *papers;
	size_t len, cap;
	tanu_status (*each)(void *self, const struct card_view *v, tanu_error *err);
	void *self;
};

static struct card_view view_of(const struct paper *paper, const struct card_paper *c,
				tanu_date today)
{
	struct card_view v = {.id = paper->id,
			      .added_ms = paper->created_ms,
			      .revoked_ms = c->revoked_ms,
			      .from = c->from,
			      .until = c->until};

	snprintf(v.text, sizeof(v.text), "%s", c->text);
	if (c->revoked_ms)
		v.state = CARD_REVOKED;
	else if (c->until.year && date_to_days(c->until) < date_to_days(today))
		v.state = CARD_OVER;
	return v;
}

static tanu_status keep_card(struct walk *walk, const struct card_view *v,
			     const struct card_paper *c, tanu_error *err)
{
	if (walk->len == walk->cap) {
		size_t cap = walk->cap ? 2 * walk->cap : 4;
		struct card_view *views = realloc(walk->views, cap * sizeof(*views));
		struct card_paper *papers = realloc(walk->papers, cap * sizeof(*papers));

		walk->views = views ? views : walk->views;
		walk->papers = papers ? papers : walk->papers;
		if (!views || !papers)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
					 "not enough memory for %zu cards", cap);
		walk->cap = cap;
	}
	walk->views[walk->len] = *v;
	walk->papers[walk->len++] = *c;
	return TANU_OK;
}

static tanu_status take_card(void *self, const struct paper *paper, tanu_error *err)
{
	struct walk *walk = self;
	struct card_paper c = {0};
	struct card_view v;
	tanu_status st = card_decode(&c, &paper->text, err);

	if (st < 0 || (walk->sought && !same_card(walk->sought, &c)))
		return st;
	v = view_of(paper, &c, walk->today);
	walk->found++;
	walk->valid += v.state == CARD_VALID;
	return walk->each ? walk->each(walk->self, &v, err) : keep_card(walk, &v, &c, err);
}

tanu_status service_card_each(struct service *s, const tanu_id *subject,
			      tanu_status (*each)(void *self, const struct card_view *v,
						  tanu_error *err),
			      void *self, tanu_error *err)
{
	struct walk walk = {
	    .today = date_from_ms(clock_now(&s->clock)), .each = each, .self = self};
	tanu_status st = subject_must_exist(s, subject, err);

	return st < 0 ? st : papers_each(s, subject, RECORD_CARD, take_card, &walk, err);
}

/* ---- adding ---- */

/* A valid card of anybody with these bits. */
static tanu_status card_is_free(struct service *s, const struct card_paper *card, tanu_error *err)
{
	struct walk walk = {.today = date_from_ms(clock_now(&s->clock)), .sought = card};
	struct id_list people = {0};
	tanu_status st = subject_ids(s, &people, err);

	for (size_t i = 0; i < people.len && st == TANU_OK && walk.valid == 0; i++) {
		st = papers_each(s, &people.v[i], RECORD_CARD, take_card, &walk, err);
		if (st == TANU_DAMAGED) /* what was edited counts for nothing */
			st = TANU_OK;
	}
	if (st == TANU_OK && walk.valid > 0)
		st = tanu_fail(err, TANU_ERR_CONFLICT, "card",
			       "somebody has this card: revoke it there first");
	free(walk.views);
	free(walk.papers);
	id_list_free(&people);
	return st;
}

static tanu_status moved_on(struct service *s, uint64_t *sequence, const tanu_id *subject,
			    tanu_error *err)
{
	tanu_status st = DB(s, sequence_next, sequence, err);

	return st < 0 ? st : DB(s, subject_set, subject, SUBJECT_ACTIVE, *sequence, err);
}

static tanu_status add_rows(struct service *s, struct card_view *out, const tanu_id *subject,
			    const struct card_paper *card, int64_t now_ms, tanu_error *err)
{
	struct event_record event = {.type = TANU_EVENT_CARD_ADDED};
	struct buf text = {0};
	uint64_t sequence = 0;
	tanu_status st;

	if ((st = card_encode(&text, card, err)) < 0 ||
	    (st = moved_on(s, &sequence, subject, err)) < 0 ||
	    (st = paper_put(s, &out->id, subject, RECORD_CARD, now_ms, text.data, text.len, err)) <
		0)
		goto out;
	event.about = out->id;
	st = history_put(s, subject, sequence, now_ms, &event, err);
out:
	buf_wipe(&text);
	return st;
}

tanu_status service_card_add(struct service *s, struct card_view *out, const tanu_id *subject,
			     const char *text, tanu_date from, tanu_date until, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	struct card_view view = {.added_ms = now_ms, .from = from, .until = until};
	struct card_paper card = {0};
	tanu_status st;

	if ((st = subject_must_exist(s, subject, err)) < 0 ||
	    (st = card_parse(&card, text, err)) < 0 || (st = card_is_free(s, &card, err)) < 0)
		return st;
	if (from.year && until.year && date_to_days(until) < date_to_days(from))
		return tanu_fail(err, TANU_ERR_DATE, "until", "this is before the first day");
	card.from = from;
	card.until = until;
	snprintf(view.text, sizeof(view.text), "%s", card.text);
	if ((st = history_ready(s, subject, 1, now_ms, err)) == TANU_OK &&
	    (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, add_rows(s, &view, subject, &card, now_ms, err), err);
	if (st == TANU_OK)
		*out = view;
	mem_wipe(&card, sizeof(card));
	return st;
}

/* ---- revoking ---- */

static tanu_status revoke_rows(struct service *s, struct walk *walk, const tanu_id *subject,
			       int64_t now_ms, tanu_error *err)
{
	struct event_record event = {.type = TANU_EVENT_CARD_REVOKED};
	uint64_t sequence = 0;
	tanu_status st = moved_on(s, &sequence, subject, err);

	for (size_t i = 0; i < walk->len && st == TANU_OK; i++) {
		struct buf text = {0};

		if (walk->views[i].state != CARD_VALID)
			continue;
		walk->papers[i].revoked_ms = now_ms;
		event.about = walk->views[i].id;
		if ((st = card_encode(&text, &walk->papers[i], err)) == TANU_OK &&
		    (st = paper_set(s, subject, &walk->views[i].id, text.data, text.len, err)) ==
			TANU_OK)
			st = history_put(s, subject, sequence, now_ms, &event, err);
		buf_wipe(&text);
	}
	return st;
}

tanu_status service_card_revoke(struct service *s, size_t *revoked, const tanu_id *subject,
				const char *text, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	struct card_paper card = {0};
	struct walk walk = {.today = date_from_ms(now_ms), .sought = text ? &card : NULL};
	tanu_status st;

	if ((st = subject_must_exist(s, subject, err)) < 0 ||
	    (text && (st = card_parse(&card, text, err)) < 0) ||
	    (st = papers_each(s, subject, RECORD_CARD, take_card, &walk, err)) < 0)
		goto out;
	if (text && walk.found == 0) {
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, "card", "she has no such card");
		goto out;
	}
	if ((st = history_ready(s, subject, 1, now_ms, err)) == TANU_OK &&
	    (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, revoke_rows(s, &walk, subject, now_ms, err), err);
	if (st == TANU_OK)
		*revoked = walk.valid;
out:
	free(walk.views);
	free(walk.papers);
	return st;
}

/* ---- PIN and rights ---- */

struct access_found {
	struct access_paper access;
	tanu_id paper;
};

static tanu_status take_access(void *self, const struct paper *paper, tanu_error *err)
{
	struct access_found *found = self;

	found->paper = paper->id;
	return access_decode(&found->access, &paper->text, err);
}

tanu_status access_load(struct service *s, struct access_paper *out, tanu_id *paper,
			const tanu_id *subject, tanu_error *err)
{
	struct access_found found = {0};
	tanu_status st = papers_each(s, subject, RECORD_ACCESS, take_access, &found, err);

	if (st == TANU_OK) {
		*out = found.access;
		*paper = found.paper;
	}
	mem_wipe(&found, sizeof(found));
	return st;
}

bool access_covers(const struct access_view *access, const char *zone)
{
	size_t len = strlen(zone);

	if (access->barred)
		return false;
	if (access->zones[0] == '\0')
		return true;
	for (const char *at = access->zones; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (strncmp(at, zone, len) == 0 && (at[len] == ',' || at[len] == '\0'))
			return true;
	return false;
}

static tanu_status access_rows(struct service *s, const tanu_id *subject,
			       const struct access_paper *access, const tanu_id *paper,
			       int64_t now_ms, tanu_error *err)
{
	struct buf text = {0};
	uint64_t sequence = 0;
	tanu_status st;

	if ((st = access_encode(&text, access, err)) == TANU_OK &&
	    (st = moved_on(s, &sequence, subject, err)) == TANU_OK)
		st = id_is_zero(paper) ? paper_put(s, NULL, subject, RECORD_ACCESS, now_ms,
						   text.data, text.len, err)
				       : paper_set(s, subject, paper, text.data, text.len, err);
	buf_wipe(&text);
	return st;
}

static tanu_status access_keep(struct service *s, const tanu_id *subject,
			       const struct access_paper *access, const tanu_id *paper,
			       tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	tanu_status st = tx_begin(s, err);

	return st < 0 ? st : tx_end(s, access_rows(s, subject, access, paper, now_ms, err), err);
}

/* All the same, or up or down in steps of one: the first that anybody tries. */
static bool pin_is_simple(const char *pin)
{
	bool same = true, up = true, down = true;

	for (size_t i = 1; pin[i]; i++) {
		same &= pin[i] == pin[0];
		up &= pin[i] == pin[i - 1] + 1;
		down &= pin[i] == pin[i - 1] - 1;
	}
	return same || up || down;
}

static tanu_status pin_check(const char *pin, tanu_error *err)
{
	size_t len = strspn(pin, "0123456789");

	if (pin[len] != '\0' || len < PIN_MIN || len > PIN_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "PIN", "a PIN has %d to %d digits", PIN_MIN,
				 PIN_MAX);
	if (pin_is_simple(pin))
		return tanu_fail(err, TANU_ERR_USAGE, "PIN",
				 "this PIN is one of the first that anybody tries: choose another");
	return TANU_OK;
}

tanu_status service_pin_set(struct service *s, const tanu_id *subject, const char *pin,
			    tanu_error *err)
{
	struct access_paper access = {0};
	tanu_id paper = {{0}};
	tanu_status st;

	if ((*pin && (st = pin_check(pin, err)) < 0) ||
	    (st = subject_must_exist(s, subject, err)) < 0 ||
	    (st = access_load(s, &access, &paper, subject, err)) < 0)
		return st;
	access.view.has_pin = *pin != '\0';
	random_fill(&s->random, access.salt, sizeof(access.salt));
	memset(access.pin, 0, sizeof(access.pin));
	if (*pin)
		st = pin_stretch(access.pin, pin, access.salt, err);
	if (st == TANU_OK)
		st = access_keep(s, subject, &access, &paper, err);
	mem_wipe(&access, sizeof(access));
	return st;
}

tanu_status service_access_get(struct service *s, struct access_view *out, const tanu_id *subject,
			       tanu_error *err)
{
	struct access_paper access = {0};
	tanu_id paper = {{0}};
	tanu_status st = subject_must_exist(s, subject, err);

	if (st == TANU_OK && (st = access_load(s, &access, &paper, subject, err)) == TANU_OK)
		*out = access.view;
	mem_wipe(&access, sizeof(access));
	return st;
}

/* Each of them must be there: a right to a zone that nobody has is a slip of the hand. */
static tanu_status zones_check(struct service *s, const char *zones, tanu_error *err)
{
	char name[ZONE_NAME_MAX + 1];
	tanu_status st = TANU_OK;
	struct lease_zone unused;

	while (*zones && st == TANU_OK) {
		size_t len = strcspn(zones, ",");

		if (len == 0 || len > ZONE_NAME_MAX)
			return tanu_fail(err, TANU_ERR_USAGE, "zone", "zones are named a,b,c");
		snprintf(name, sizeof(name), "%.*s", (int)len, zones);
		st = zone_load(s, &unused, name, err);
		zones += len + (zones[len] == ',');
	}
	return st;
}

tanu_status service_access_set(struct service *s, const tanu_id *subject,
			       const struct access_view *access, tanu_error *err)
{
	struct access_paper now = {0};
	tanu_id paper = {{0}};
	tanu_status st;

	if ((st = subject_must_exist(s, subject, err)) < 0 ||
	    (st = zones_check(s, access->zones, err)) < 0 ||
	    (st = access_load(s, &now, &paper, subject, err)) < 0)
		return st;
	snprintf(now.view.zones, sizeof(now.view.zones), "%s", access->zones);
	now.view.waiver = access->waiver;
	now.view.barred = access->barred;
	st = access_keep(s, subject, &now, &paper, err);
	mem_wipe(&now, sizeof(now));
	return st;
}
