/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may speak for a minor. A guardian is a person of this site, of age, whose right to speak was
 * checked by somebody, somehow, and both are written down. One whom a court has barred loses sight
 * and say: her word ends, and the child's log key is renewed.
 */
#include "service/internal.h"

#include <string.h>

/* ---- finding ---- */

struct search {
	const tanu_id *guardian;
	struct guardian_found *out;
};

static tanu_status match_paper(void *self, const struct paper *paper, tanu_error *err)
{
	struct search *search = self;
	struct guardian_view view = {0};
	tanu_status st = guardianship_decode(&view, &paper->text, err);

	/* Who was removed may have been added again. */
	if (st == TANU_OK && id_equal(&view.guardian, search->guardian) &&
	    (search->out->view.state == GUARDIAN_NONE || view.state != GUARDIAN_REMOVED)) {
		view.since_ms = paper->created_ms;
		*search->out = (struct guardian_found){.paper = paper->id, .view = view};
	}
	mem_wipe(&view, sizeof(view));
	return st;
}

tanu_status guardian_find(struct service *s, struct guardian_found *out, const tanu_id *child,
			  const tanu_id *guardian, tanu_error *err)
{
	struct search search = {.guardian = guardian, .out = out};

	*out = (struct guardian_found){0};
	return papers_each(s, child, RECORD_GUARDIANSHIP, match_paper, &search, err);
}

bool guardian_is_barred(const struct guardian_view *g, tanu_date today)
{
	return g->state == GUARDIAN_BARRED && date_to_days(g->from) <= date_to_days(today);
}

tanu_status guardian_require(struct service *s, const tanu_id *child, const tanu_id *guardian,
			     tanu_date today, tanu_error *err)
{
	struct guardian_found found = {0};
	tanu_status st = guardian_find(s, &found, child, guardian, err);

	if (st < 0)
		return st;
	if (found.view.state == GUARDIAN_NONE || found.view.state == GUARDIAN_REMOVED)
		st = tanu_fail(err, TANU_ERR_CONSENT_RULE, "guardian",
			       "this person is not registered as a guardian of that child");
	else if (guardian_is_barred(&found.view, today))
		st = tanu_fail(err, TANU_ERR_CONSENT_RULE, "guardian",
			       "a court has barred this guardian: she has no say for that child");
	mem_wipe(&found, sizeof(found));
	return st;
}

/* ---- acts ---- */

/* Part of a transaction: the paper as it is now, and what happened. */
tanu_status guardianship_put(struct service *s, const tanu_id *child, const tanu_id *paper,
			     const struct guardian_view *view, tanu_event type, int64_t now_ms,
			     tanu_error *err)
{
	struct event_record event = {.type = type, .about = view->guardian, .by = "officer"};
	struct buf text = {0};
	uint64_t sequence = 0;
	tanu_status st;

	memcpy(event.document, view->document, sizeof(event.document));
	if (view->state == GUARDIAN_BARRED) {
		event.by = "court";
		event.due_ms = date_to_days(view->from) * DAY_MS;
	}
	if ((st = guardianship_encode(&text, view, err)) < 0)
		goto out;
	st = paper
		 ? paper_set(s, child, paper, text.data, text.len, err)
		 : paper_put(s, NULL, child, RECORD_GUARDIANSHIP, now_ms, text.data, text.len, err);
	if (st < 0 || (st = DB(s, sequence_next, &sequence, err)) < 0 ||
	    (st = DB(s, subject_set, child, SUBJECT_ACTIVE, sequence, err)) < 0)
		goto out;
	st = history_put(s, child, sequence, now_ms, &event, err);
out:
	buf_wipe(&text);
	return st;
}

static tanu_status check_ages(struct service *s, const struct guardian_order *order,
			      tanu_date today, tanu_error *err)
{
	int majority = settings_majority_years(&s->settings);
	struct person child = {0}, guardian = {0};
	tanu_status st;

	if (id_equal(&order->child, &order->guardian))
		return tanu_fail(err, TANU_ERR_CONSENT_RULE, "guardian",
				 "a guardian is somebody else than the person");
	if ((st = subject_person(s, &child, &order->child, err)) < 0 ||
	    (st = subject_person(s, &guardian, &order->guardian, err)) < 0)
		goto out;
	if (tanu_age_on(child.born, today) >= majority)
		st = tanu_fail(err, TANU_ERR_CONSENT_RULE, "child",
			       "this person is of age: nobody speaks for her");
	else if (tanu_age_on(guardian.born, today) < majority)
		st = tanu_fail(err, TANU_ERR_CONSENT_RULE, "guardian",
			       "a guardian is at least %d years old", majority);
out:
	mem_wipe(&child, sizeof(child));
	mem_wipe(&guardian, sizeof(guardian));
	return st;
}

static tanu_status check_order(const struct guardian_order *order, tanu_error *err)
{
	tanu_status st;

	if ((st = text_check(order->relation, RELATION_MAX, "relation", "the relation", err)) < 0 ||
	    (st = text_check(order->checked_by, NAME_MAX_BYTES, "checked-by",
			     "the name of who checked", err)) < 0)
		return st;
	return text_check(order->how, CHECK_MAX, "how", "how it was checked", err);
}

/* Who is registered can't be added again; who was barred only by a later decision. */
static tanu_status check_found(const struct guardian_found *found,
			       const struct guardian_order *order, tanu_error *err)
{
	static const uint8_t none[DIGEST_LEN];

	if (found->view.state == GUARDIAN_SPEAKS)
		return tanu_fail(err, TANU_ERR_CONFLICT, "guardian",
				 "this guardian is registered already");
	if (found->view.state == GUARDIAN_BARRED &&
	    memcmp(order->document, none, sizeof(none)) == 0)
		return tanu_fail(err, TANU_ERR_CONSENT_RULE, "guardian",
				 "a court has barred this guardian: name the decision that lets "
				 "her speak again with --document");
	return TANU_OK;
}

tanu_status service_guardian_add(struct service *s, const struct guardian_order *order,
				 tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	struct guardian_found found = {0};
	struct guardian_view view = {.guardian = order->guardian, .state = GUARDIAN_SPEAKS};
	tanu_status st;

	if ((st = clock_require(s, now_ms, err)) < 0 || (st = check_order(order, err)) < 0 ||
	    (st = check_ages(s, order, date_from_ms(now_ms), err)) < 0 ||
	    (st = guardian_find(s, &found, &order->child, &order->guardian, err)) < 0 ||
	    (st = check_found(&found, order, err)) < 0 ||
	    (st = history_ready(s, &order->child, 1, now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		goto out;
	memcpy(view.relation, order->relation, sizeof(view.relation));
	memcpy(view.checked_by, order->checked_by, sizeof(view.checked_by));
	memcpy(view.how, order->how, sizeof(view.how));
	memcpy(view.document, order->document, sizeof(view.document));
	st = guardianship_put(s, &order->child,
			      found.view.state == GUARDIAN_BARRED ? &found.paper : NULL, &view,
			      TANU_EVENT_GUARDIAN_ADDED, now_ms, err);
	st = tx_end(s, st, err);
out:
	mem_wipe(&found, sizeof(found));
	mem_wipe(&view, sizeof(view));
	return st;
}

/* The registered guardian, or the reason why there is nothing to bar or remove. */
static tanu_status find_registered(struct service *s, struct guardian_found *out,
				   const tanu_id *child, const tanu_id *guardian, tanu_error *err)
{
	tanu_status st;

	if ((st = subject_must_exist(s, child, err)) < 0 ||
	    (st = guardian_find(s, out, child, guardian, err)) < 0)
		return st;
	if (out->view.state == GUARDIAN_NONE || out->view.state == GUARDIAN_REMOVED)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, "guardian",
			       "this person is not registered as a guardian of that child");
	return st;
}

tanu_status service_guardian_bar(struct service *s, struct erasure_receipt *out,
				 const struct guardian_bar *bar, tanu_error *err)
{
	struct ending ending = {.now_ms = clock_now(&s->clock)};
	struct guardian_found found = {0};
	struct guardian_view *view = &found.view;
	struct erased erased = {0};
	bool now = false;
	tanu_status st;

	if (!date_valid(bar->from))
		return tanu_fail(err, TANU_ERR_DATE, "from", "write the date as YYYY-MM-DD");
	if ((st = find_registered(s, &found, &bar->child, &bar->guardian, err)) < 0)
		goto out;
	view->state = GUARDIAN_BARRED;
	view->from = bar->from;
	memcpy(view->document, bar->document, sizeof(view->document));
	now = guardian_is_barred(view, date_from_ms(ending.now_ms)) && !view->silenced;
	view->silenced |= now;
	if ((st = guardian_silence_ready(s, &bar->child, ending.now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		goto out;
	st = guardianship_put(s, &bar->child, &found.paper, view, TANU_EVENT_GUARDIAN_BARRED,
			      ending.now_ms, err);
	if (st == TANU_OK && now &&
	    (st = guardian_silence(s, &ending, &bar->child, &bar->guardian, err)) == TANU_OK)
		st = guardian_blind(s, &bar->child, ending.now_ms, err);
	if ((st = tx_end(s, st, err)) < 0 || (st = tombstones_finish(s, &erased, err)) < 0)
		goto out;
	erasure_receipt_fill(s, out, &bar->child, &ending);
out:
	mem_wipe(&found, sizeof(found));
	return st;
}

static tanu_status refuse_standing(struct service *s, const tanu_id *child, const tanu_id *guardian,
				   int64_t now_ms, tanu_error *err)
{
	struct consent_list ledger = {0};
	size_t standing = 0;
	tanu_status st = ledger_load(s, &ledger, child, err);

	for (size_t i = 0; i < ledger.len; i++)
		standing += guardian_gave(&ledger.v[i], guardian) &&
			    tanu_consent_state_at(&ledger.v[i], now_ms) == TANU_CONSENT_GIVEN;
	consent_list_free(&ledger);
	if (st == TANU_OK && standing > 0)
		st = tanu_fail(err, TANU_ERR_CONSENT_RULE, "guardian",
			       "this guardian gave %zu live consent%s for that child: withdraw "
			       "them, or let another guardian give them, then remove her",
			       standing, standing == 1 ? "" : "s");
	return st;
}

tanu_status service_guardian_remove(struct service *s, const tanu_id *child,
				    const tanu_id *guardian, tanu_error *err)
{
	struct ending ending = {.now_ms = clock_now(&s->clock)};
	struct guardian_found found = {0};
	tanu_status st;

	if ((st = find_registered(s, &found, child, guardian, err)) < 0 ||
	    (st = refuse_standing(s, child, guardian, ending.now_ms, err)) < 0 ||
	    (st = guardian_silence_ready(s, child, ending.now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		goto out;
	found.view.state = GUARDIAN_REMOVED;
	found.view.silenced = true;
	st = guardianship_put(s, child, &found.paper, &found.view, TANU_EVENT_GUARDIAN_REMOVED,
			      ending.now_ms, err);
	if (st == TANU_OK && (st = guardian_silence(s, &ending, child, guardian, err)) == TANU_OK)
		st = guardian_blind(s, child, ending.now_ms, err);
	st = tx_end(s, st, err);
out:
	mem_wipe(&found, sizeof(found));
	return st;
}

/* ---- showing ---- */

struct guardian_walk {
	tanu_date today;
	tanu_status (*each)(void *self, const struct guardian_view *v, tanu_error *err);
	void *self;
};

static tanu_status show_paper(void *self, const struct paper *paper, tanu_error *err)
{
	struct guardian_walk *walk = self;
	struct guardian_view view = {0};
	tanu_status st = guardianship_decode(&view, &paper->text, err);

	view.since_ms = paper->created_ms;
	view.may_speak = view.state == GUARDIAN_SPEAKS ||
			 (view.state == GUARDIAN_BARRED && !guardian_is_barred(&view, walk->today));
	if (st == TANU_OK)
		st = walk->each(walk->self, &view, err);
	mem_wipe(&view, sizeof(view));
	return st;
}

tanu_status service_guardian_each(struct service *s, const tanu_id *child,
				  tanu_status (*each)(void *self, const struct guardian_view *v,
						      tanu_error *err),
				  void *self, tanu_error *err)
{
	struct guardian_walk walk = {
	    .today = date_from_ms(clock_now(&s->clock)), .each = each, .self = self};
	tanu_status st = subject_must_exist(s, child, err);

	return st < 0 ? st : papers_each(s, child, RECORD_GUARDIANSHIP, show_paper, &walk, err);
}
