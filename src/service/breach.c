/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The register of breaches: what happened, when it was noticed, whom it concerns, who was told by
 * when. Papers of the site. Everybody it concerns finds it in her own history, so that the site can
 * not forget to tell her; the public gets counts.
 */
#include "service/breach.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HOUR_MS	   ((int64_t)3600000)
#define PREFIX_MIN 6 /* hex digits */

/* ---- the clock ---- */

static int64_t sooner(int64_t a_ms, int64_t b_ms)
{
	if (a_ms == 0 || b_ms == 0)
		return a_ms ? a_ms : b_ms;
	return a_ms < b_ms ? a_ms : b_ms;
}

static int64_t after_hours(const struct service *s, const char *setting, int64_t noticed_ms)
{
	int64_t hours = settings_int(&s->settings, setting);

	return hours ? noticed_ms + hours * HOUR_MS : 0;
}

static void clock_set(const struct service *s, struct breach_view *v)
{
	const struct breach_calendar calendar = {
	    .utc_hours = (int)settings_int(&s->settings, "site.utc_hours"),
	    .holidays = settings_text(&s->settings, "breach.holidays")};
	int64_t days = settings_int(&s->settings, "breach.business_days");
	int64_t by_days = days ? breach_business_due(v->noticed_ms, days, &calendar) : 0;

	v->due_ms = sooner(after_hours(s, "breach.hours", v->noticed_ms), by_days);
	v->result_due_ms = after_hours(s, "breach.result_hours", v->noticed_ms);
}

/* ---- the register ---- */

struct walk {
	tanu_status (*each)(void *self, const struct breach *breach, tanu_error *err);
	void *self;
};

static tanu_status show(void *self, const struct paper *paper, tanu_error *err)
{
	struct breach *breach = calloc(1, sizeof(*breach));
	struct walk *walk = self;
	tanu_status st;

	if (!breach)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = breach_decode(breach, &paper->text, err)) == TANU_OK) {
		breach->view.id = paper->id;
		st = walk->each(walk->self, breach, err);
		breach_free(breach);
	}
	free(breach);
	return st;
}

static tanu_status breaches_each(struct service *s,
				 tanu_status (*each)(void *self, const struct breach *breach,
						     tanu_error *err),
				 void *self, tanu_error *err)
{
	struct walk walk = {.each = each, .self = self};

	return papers_each(s, &s->site, RECORD_BREACH, show, &walk, err);
}

tanu_status breach_get(struct service *s, struct breach *out, const tanu_id *id, tanu_error *err)
{
	struct paper paper = {0};
	tanu_status st = paper_get(s, &paper, &s->site, id, err);

	if (st == TANU_OK && paper.kind != RECORD_BREACH)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL,
			       "there is no breach of this number: see tanu breach list");
	if (st == TANU_OK && (st = breach_decode(out, &paper.text, err)) == TANU_OK)
		out->view.id = *id;
	paper_free(&paper);
	return st;
}

static tanu_status breach_set(struct service *s, const struct breach *breach, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = breach_encode(&text, breach, err);

	if (st == TANU_OK)
		st = paper_set(s, &s->site, &breach->view.id, text.data, text.len, err);
	buf_wipe(&text);
	return st;
}

/* ---- what was typed ---- */

static tanu_status take_text(char *out, const char *text, const char *place, bool needed,
			     tanu_error *err)
{
	tanu_status st;

	if (!text && !needed)
		return TANU_OK;
	if (!text)
		text = "";
	st = text_check(text, BREACH_TEXT_MAX, place, "what happened, was done or came out", err);
	if (st == TANU_OK)
		memcpy(out, text, strlen(text) + 1);
	return st;
}

static tanu_status take_time(int64_t *out, int64_t at_ms, int64_t now_ms, const char *place,
			     tanu_error *err)
{
	if (at_ms < 0 || at_ms > now_ms)
		return tanu_fail(err, TANU_ERR_DATE, place, "this lies in the future");
	*out = at_ms ? at_ms : now_ms;
	return TANU_OK;
}

static tanu_status take_order(struct service *s, struct breach *b, const struct breach_order *order,
			      int64_t now_ms, tanu_error *err)
{
	bool fresh = b->view.opened_ms == 0;
	tanu_status st;

	if ((st = take_text(b->view.what, order->what, "what", fresh, err)) < 0 ||
	    (st = take_text(b->view.measures, order->measures, "measures", false, err)) < 0)
		return st;
	if (order->about < 0)
		return tanu_fail(err, TANU_ERR_USAGE, "about", "about how many people: a number");
	b->view.kinds |= order->kinds;
	b->view.about = order->about ? order->about : b->view.about;
	if (b->view.kinds == 0)
		return tanu_fail(err, TANU_ERR_USAGE, "kinds", "say what kinds of data: --kinds");
	if (!fresh && order->noticed_ms == 0)
		return TANU_OK;
	if ((st = take_time(&b->view.noticed_ms, order->noticed_ms, now_ms, "noticed", err)) < 0)
		return st;
	clock_set(s, &b->view);
	return TANU_OK;
}

/* ---- whom it concerns ---- */

/* Those of the order who do not stand in the breach yet. */
static tanu_status newcomers(struct service *s, struct id_list *out, const struct breach *b,
			     const struct breach_order *order, tanu_error *err)
{
	struct id_list named = {0}, known = {0};
	tanu_status st = order->everybody ? subject_ids(s, &named, err) : TANU_OK;

	for (size_t i = 0; i < order->people_len && st == TANU_OK; i++)
		if ((st = subject_must_exist(s, &order->people[i], err)) == TANU_OK)
			st = id_list_add(&named, &order->people[i], err);
	for (size_t i = 0; i < b->people.len && st == TANU_OK; i++)
		st = id_list_add(&known, &b->people.v[i], err);
	id_list_sort(&named);
	id_list_sort(&known);
	for (size_t i = 0; i < named.len && st == TANU_OK; i++)
		if ((i == 0 || !id_equal(&named.v[i], &named.v[i - 1])) &&
		    !id_list_has(&known, &named.v[i]))
			st = id_list_add(out, &named.v[i], err);
	if (st == TANU_OK && b->people.len + out->len > BREACH_PEOPLE_MAX)
		st = tanu_fail(err, TANU_ERR_USAGE, "people", "a breach names at most %d people",
			       BREACH_PEOPLE_MAX);
	id_list_free(&named);
	id_list_free(&known);
	return st;
}

static tanu_status count(struct service *s, const char *name, int64_t now_ms, uint64_t n,
			 tanu_error *err)
{
	return n ? DB(s, counter_add, name, date_to_days(date_from_ms(now_ms)), n, err) : TANU_OK;
}

/* Part of a transaction: each finds it in her history. */
static tanu_status tell_people(struct service *s, const tanu_id *breach,
			       const struct id_list *people, int64_t now_ms, tanu_error *err)
{
	const struct event_record event = {
	    .type = TANU_EVENT_BREACH, .about = *breach, .by = "site"};
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < people->len && st == TANU_OK; i++)
		st = history_note(s, &people->v[i], 0, now_ms, &event, err);
	return st < 0 ? st : count(s, COUNT_BREACH_PEOPLE, now_ms, people->len, err);
}

/* ---- acts ---- */

static tanu_status open_rows(struct service *s, struct breach *b, int64_t now_ms, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st;

	if ((st = breach_encode(&text, b, err)) == TANU_OK &&
	    (st = paper_put(s, &b->view.id, &s->site, RECORD_BREACH, now_ms, text.data, text.len,
			    err)) == TANU_OK &&
	    (st = tell_people(s, &b->view.id, &b->people, now_ms, err)) == TANU_OK)
		st = count(s, COUNT_BREACHES, now_ms, 1, err);
	buf_wipe(&text);
	return st;
}

static tanu_status breach_new(struct service *s, struct breach *b, const struct breach_order *order,
			      tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	tanu_status st;

	if ((st = clock_require(s, now_ms, err)) < 0 ||
	    (st = take_order(s, b, order, now_ms, err)) < 0 ||
	    (st = newcomers(s, &b->people, b, order, err)) < 0 ||
	    (st = history_ready(s, b->people.v, b->people.len, now_ms, err)) < 0)
		return st;
	b->view.opened_ms = now_ms;
	if ((st = tx_begin(s, err)) < 0)
		return st;
	return tx_end(s, open_rows(s, b, now_ms, err), err);
}

tanu_status service_breach_open(struct service *s, tanu_id *out, const struct breach_order *order,
				tanu_error *err)
{
	struct breach *b = calloc(1, sizeof(*b));
	tanu_status st;

	if (!b)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = breach_new(s, b, order, err)) == TANU_OK)
		*out = b->view.id;
	breach_free(b);
	free(b);
	return st;
}

/* What changes an open breach: `change` fills in, the rest is the same for all. */
struct changing {
	struct breach breach;
	const struct breach_order *order;   /* or */
	const struct breach_notice *notice; /* or */
	const char *outcome, *untold;
	struct id_list newcomers;
	int64_t now_ms;
};

static tanu_status change_update(struct service *s, struct changing *c, tanu_error *err)
{
	struct breach *b = &c->breach;
	tanu_status st;

	if ((st = take_order(s, b, c->order, c->now_ms, err)) < 0 ||
	    (st = newcomers(s, &c->newcomers, b, c->order, err)) < 0)
		return st;
	for (size_t i = 0; i < c->newcomers.len && st == TANU_OK; i++)
		st = id_list_add(&b->people, &c->newcomers.v[i], err);
	return st < 0 ? st : history_ready(s, c->newcomers.v, c->newcomers.len, c->now_ms, err);
}

static tanu_status add_notice(struct breach_view *v, const struct breach_notice *notice,
			      int64_t now_ms, tanu_error *err)
{
	struct breach_notice n = *notice;
	tanu_status st;

	if (v->notices_len == BREACH_NOTICES_MAX)
		return tanu_fail(err, TANU_ERR_CONFLICT, NULL, "a breach has at most %d notices",
				 BREACH_NOTICES_MAX);
	if (n.whom == BREACH_TOLD_NONE || n.whom >= BREACH_TOLDS)
		return BAD_CALL(err, "who was told");
	if ((st = text_check(n.how, BREACH_WORDS_MAX, "how", "how they were told", err)) < 0 ||
	    (st = take_time(&n.at_ms, n.at_ms, now_ms, "at", err)) < 0)
		return st;
	if (n.at_ms < v->noticed_ms)
		return tanu_fail(err, TANU_ERR_DATE, "at",
				 "nobody is told of a breach before it is noticed");
	v->notices[v->notices_len++] = n;
	return TANU_OK;
}

/* Does no clock run any more? */
static bool all_told(const struct breach_view *v)
{
	return (v->due_ms == 0 || service_breach_told_ms(v, BREACH_TOLD_AUTHORITY)) &&
	       (v->result_due_ms == 0 || service_breach_told_ms(v, BREACH_TOLD_RESULT));
}

static tanu_status change_close(struct changing *c, tanu_error *err)
{
	struct breach_notice untold = {.at_ms = c->now_ms, .whom = BREACH_TOLD_OTHER};
	struct breach_view *v = &c->breach.view;
	tanu_status st;

	if (!all_told(v) && !c->untold)
		return tanu_fail(err, TANU_ERR_HELD, NULL,
				 "the authority has not been told all, and its clock runs: tanu "
				 "breach notify, or say with --not-told why that need not be");
	if ((st = take_text(v->outcome, c->outcome, "outcome", true, err)) < 0)
		return st;
	v->closed_ms = c->now_ms;
	if (!c->untold)
		return TANU_OK;
	if ((st = text_check(c->untold, BREACH_WORDS_MAX, "not-told", "the reason", err)) < 0)
		return st;
	memcpy(untold.how, c->untold, strlen(c->untold) + 1);
	return add_notice(v, &untold, c->now_ms, err);
}

static tanu_status change_fill(struct service *s, struct changing *c, tanu_error *err)
{
	if (c->breach.view.closed_ms)
		return tanu_fail(err, TANU_ERR_CONFLICT, NULL,
				 "this breach is closed: open another one that names it");
	if (c->order)
		return change_update(s, c, err);
	if (c->notice)
		return add_notice(&c->breach.view, c->notice, c->now_ms, err);
	return change_close(c, err);
}

static tanu_status change_rows(struct service *s, const struct changing *c, tanu_error *err)
{
	tanu_status st = breach_set(s, &c->breach, err);

	return st < 0 ? st : tell_people(s, &c->breach.view.id, &c->newcomers, c->now_ms, err);
}

static tanu_status change(struct service *s, const tanu_id *id, const struct changing *how,
			  tanu_error *err)
{
	struct changing *c = malloc(sizeof(*c));
	tanu_status st;

	if (!c)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	*c = *how;
	c->now_ms = clock_now(&s->clock);
	if ((st = clock_require(s, c->now_ms, err)) == TANU_OK &&
	    (st = breach_get(s, &c->breach, id, err)) == TANU_OK &&
	    (st = change_fill(s, c, err)) == TANU_OK && (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, change_rows(s, c, err), err);
	id_list_free(&c->newcomers);
	breach_free(&c->breach);
	free(c);
	return st;
}

tanu_status service_breach_update(struct service *s, const tanu_id *id,
				  const struct breach_order *order, tanu_error *err)
{
	return change(s, id, &(struct changing){.order = order}, err);
}

tanu_status service_breach_told(struct service *s, const tanu_id *id,
				const struct breach_notice *notice, tanu_error *err)
{
	return change(s, id, &(struct changing){.notice = notice}, err);
}

tanu_status service_breach_close(struct service *s, const tanu_id *id, const char *outcome,
				 const char *untold, tanu_error *err)
{
	return change(s, id, &(struct changing){.outcome = outcome, .untold = untold}, err);
}

/* ---- shown ---- */

struct view_walk {
	tanu_status (*each)(void *self, const struct breach_view *v, tanu_error *err);
	void *self;
};

static tanu_status show_view(void *self, const struct breach *breach, tanu_error *err)
{
	struct view_walk *walk = self;

	return walk->each(walk->self, &breach->view, err);
}

tanu_status service_breach_each(struct service *s,
				tanu_status (*each)(void *self, const struct breach_view *v,
						    tanu_error *err),
				void *self, tanu_error *err)
{
	struct view_walk walk = {.each = each, .self = self};

	return breaches_each(s, show_view, &walk, err);
}

struct sought {
	const char *text; /* NULL: the one that is open */
	size_t found;
	struct breach_view *out;
};

static tanu_status match(void *self, const struct breach *breach, tanu_error *err)
{
	struct sought *q = self;
	char hex[ID_HEX_LEN];

	(void)err;
	id_hex(hex, &breach->view.id);
	if (q->text ? strncasecmp(hex, q->text, strlen(q->text)) != 0 : breach->view.closed_ms != 0)
		return TANU_OK;
	q->found++;
	*q->out = breach->view;
	return TANU_OK;
}

tanu_status service_breach_find(struct service *s, struct breach_view *out, const char *text,
				tanu_error *err)
{
	struct sought q = {.text = text, .out = out};
	tanu_status st;

	if (text && strlen(text) < PREFIX_MIN)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "of a breach's number give at least %d digits", PREFIX_MIN);
	if ((st = breaches_each(s, match, &q, err)) < 0)
		return st;
	if (q.found > 1)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 text ? "%zu breaches begin so: give more digits"
				      : "%zu breaches are open: say which",
				 q.found);
	if (q.found == 0)
		return tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL,
				 "there is no such breach: see tanu breach list");
	return TANU_OK;
}
