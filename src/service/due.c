/* SPDX-License-Identifier: Apache-2.0 */
/* What ends soon, and who is to be asked: so that nobody stands before a door that forgot her. */
#include "service/internal.h"

#include <stdlib.h>
#include <string.h>

struct due_list {
	struct service *s;
	int64_t now_ms, until_ms;
	struct due_view *v;
	size_t len, cap;
};

const char *service_due_name(enum due_kind kind)
{
	static const char *const words[] = {[DUE_NONE] = "none",
#define X(name, word) [DUE_##name] = (word),
					    DUE_KIND_LIST(X)
#undef X
	};

	return (size_t)kind < ARRAY_LEN(words) ? words[kind] : "unknown";
}

/* Purposes of one person that end at one instant stand in one line. */
static tanu_status put(struct due_list *list, const struct due_view *v, tanu_error *err)
{
	for (size_t i = list->len; i > 0 && id_equal(&list->v[i - 1].subject, &v->subject); i--)
		if (list->v[i - 1].kind == v->kind && list->v[i - 1].at_ms == v->at_ms) {
			list->v[i - 1].purposes |= v->purposes;
			return TANU_OK;
		}
	if (list->len == list->cap) {
		size_t cap = list->cap ? 2 * list->cap : 64;
		struct due_view *grown = realloc(list->v, cap * sizeof(*grown));

		if (!grown)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		list->v = grown;
		list->cap = cap;
	}
	list->v[list->len++] = *v;
	return TANU_OK;
}

/* ---- consents ---- */

static tanu_status put_consent(struct due_list *list, const tanu_consent *c, tanu_error *err)
{
	tanu_consent_state state = tanu_consent_state_at(c, list->now_ms);
	struct due_view v = {
	    .subject = c->subject, .purposes = c->purpose, .at_ms = c->not_after_ms};

	if (state == TANU_CONSENT_GIVEN && c->not_after_ms <= list->until_ms)
		v.kind = DUE_CONSENT;
	else if (state == TANU_CONSENT_REQUESTED)
		v.kind = DUE_REQUEST;
	return v.kind ? put(list, &v, err) : TANU_OK;
}

static const tanu_consent *latest_of(const struct consent_list *ledger, tanu_purpose purpose)
{
	const tanu_consent *latest = NULL;

	for (size_t i = 0; i < ledger->len; i++)
		if (ledger->v[i].purpose == purpose &&
		    (!latest || ledger->v[i].sequence > latest->sequence))
			latest = &ledger->v[i];
	return latest;
}

/* A guardian's word has ended, at majority or by a court, and nobody was asked since. */
static tanu_status put_lapsed(struct due_list *list, const struct consent_list *ledger,
			      tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (unsigned bit = 0; bit < PURPOSES_BITS && st == TANU_OK; bit++) {
		const tanu_consent *c = latest_of(ledger, (tanu_purpose)(1U << bit));
		struct due_view v = {.kind = DUE_ASK};

		if (!c || c->state != TANU_CONSENT_LAPSED)
			continue;
		v.subject = c->subject;
		v.purposes = c->purpose;
		v.at_ms = list->now_ms;
		st = put(list, &v, err);
	}
	return st;
}

/* What guardians agreed to lapses on the birthday. */
static tanu_status put_majority(struct due_list *list, const struct consent_list *ledger,
				tanu_date born, tanu_error *err)
{
	int years = settings_majority_years(&list->s->settings);
	int64_t at_ms = date_to_days(years_after(born, years)) * DAY_MS;
	tanu_status st = TANU_OK;

	if (at_ms <= list->now_ms || at_ms > list->until_ms)
		return TANU_OK;
	for (size_t i = 0; i < ledger->len && st == TANU_OK; i++) {
		const tanu_consent *c = &ledger->v[i];
		const struct due_view v = {.subject = c->subject,
					   .kind = DUE_MAJORITY,
					   .purposes = c->purpose,
					   .at_ms = at_ms};

		if (c->giver == TANU_GIVER_GUARDIAN &&
		    tanu_consent_state_at(c, list->now_ms) == TANU_CONSENT_GIVEN)
			st = put(list, &v, err);
	}
	return st;
}

/* ---- references ---- */

static tanu_status put_reference(struct due_list *list, const tanu_id *subject,
				 const struct consent_list *ledger, tanu_error *err)
{
	const tanu_consent *cover = ledger_cover(ledger, subject, list->now_ms);
	struct due_view v = {.subject = *subject, .kind = DUE_REFERENCE};
	tanu_status st = reference_until(list->s, &v.at_ms, subject, err);

	if (st < 0 || v.at_ms == 0)
		return st;
	if (cover && cover->not_after_ms < v.at_ms)
		v.at_ms = cover->not_after_ms;
	return v.at_ms > list->until_ms ? TANU_OK : put(list, &v, err);
}

struct pass_last {
	int64_t end_ms; /* of the valid one that lasts longest; 0: none */
};

static tanu_status take_pass(void *self, const struct pass_view *v, tanu_error *err)
{
	int64_t end_ms = (date_to_days(v->until) + 1) * DAY_MS;
	struct pass_last *last = self;

	(void)err;
	if (v->state == PASS_VALID && end_ms > last->end_ms)
		last->end_ms = end_ms;
	return TANU_OK;
}

static tanu_status put_pass(struct due_list *list, const tanu_id *subject, tanu_error *err)
{
	struct due_view v = {.subject = *subject, .kind = DUE_PASS};
	struct pass_last last = {0};
	tanu_status st = service_pass_each(list->s, subject, take_pass, &last, err);

	v.at_ms = last.end_ms;
	return st < 0 || last.end_ms == 0 || last.end_ms > list->until_ms ? st : put(list, &v, err);
}

/* ---- everybody ---- */

static tanu_status put_person(struct due_list *list, const tanu_id *subject, tanu_error *err)
{
	struct consent_list ledger = {0};
	struct person person = {0};
	tanu_status st;

	if ((st = ledger_load(list->s, &ledger, subject, err)) < 0 ||
	    (st = subject_person(list->s, &person, subject, err)) < 0)
		goto out;
	for (size_t i = 0; i < ledger.len && st == TANU_OK; i++)
		st = put_consent(list, &ledger.v[i], err);
	if (st < 0 || (st = put_lapsed(list, &ledger, err)) < 0 ||
	    (st = put_majority(list, &ledger, person.born, err)) < 0 ||
	    (st = put_reference(list, subject, &ledger, err)) < 0)
		goto out;
	st = put_pass(list, subject, err);
out:
	consent_list_free(&ledger);
	mem_wipe(&person, sizeof(person));
	return st;
}

static int soonest_first(const void *a, const void *b)
{
	const struct due_view *x = a, *y = b;

	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? -1 : 1;
	return memcmp(&x->subject, &y->subject, sizeof(x->subject));
}

tanu_status service_due_each(struct service *s, int64_t days,
			     tanu_status (*each)(void *self, const struct due_view *v,
						 tanu_error *err),
			     void *self, tanu_error *err)
{
	struct due_list list = {.s = s, .now_ms = clock_now(&s->clock)};
	struct id_list people = {0};
	tanu_status st = subject_ids(s, &people, err);

	list.until_ms = list.now_ms + days * DAY_MS;
	for (size_t i = 0; i < people.len && st == TANU_OK; i++) {
		tanu_error why = {0};

		st = put_person(&list, &people.v[i], &why);
		if (st == TANU_DAMAGED || st == TANU_ERASED) /* shown by the check, hers alone */
			st = TANU_OK;
		else if (st < 0 && err)
			*err = why;
	}
	if (list.len > 1)
		qsort(list.v, list.len, sizeof(*list.v), soonest_first);
	for (size_t i = 0; i < list.len && st == TANU_OK; i++)
		st = each(self, &list.v[i], err);
	free(list.v);
	id_list_free(&people);
	return st;
}
