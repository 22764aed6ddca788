/* SPDX-License-Identifier: Apache-2.0 */
/* References end by their age, are erased then, and what is due is told before. */
#include "service/passes.h"

#define ACCESS TANU_PURPOSE_ACCESS
#define VISIT  TANU_PURPOSE_VISIT

struct family {
	tanu_id child, mother;
};

static struct family make_family(struct site *site, int age)
{
	struct family f = {.child = add_person(site, "Child", age),
			   .mother = add_person(site, "Mother", 40)};

	add_guardian(site, &f.child, &f.mother);
	return f;
}

static void consent_for(struct site *site, const struct family *f, unsigned purposes, int days)
{
	struct consent_order order = order_by(site, &f->child, &f->mother, purposes, days);

	MUST(service_consent_give(site->s, &order, err));
}

static bool enrolled(struct site *site, const tanu_id *id)
{
	bool there = false;

	MUST(reference_exists(site->s, &there, id, err));
	return there;
}

static unsigned live(struct site *site, const tanu_id *id)
{
	struct subject_view view = {0};

	MUST(service_subject_get(site->s, &view, id, err));
	return view.live_purposes;
}

struct event_count {
	tanu_event event;
	size_t found;
	int64_t due_ms;
};

static tanu_status count_event(void *self, const struct history_view *v, tanu_error *err)
{
	struct event_count *count = self;

	(void)err;
	if (v->event == count->event) {
		count->found++;
		count->due_ms = v->due_ms;
	}
	return TANU_OK;
}

static struct event_count events_of(struct site *site, const tanu_id *id, tanu_event event)
{
	struct event_count count = {.event = event};

	MUST(service_history_each(site->s, id, count_event, &count, err));
	return count;
}

/* Days pass as they do: the site is opened in between, so that the clock is believed. */
static void pass_days(struct site *site, int days)
{
	while (days > 0) {
		int step = days < 25 ? days : 25;

		site->ahead_ms += step * DAY;
		site_reopen(site);
		days -= step;
	}
}

static struct reference_row row_of(struct site *site, const tanu_id *id)
{
	struct reference_row row = {0};

	MUST(DB(site->s, reference_get, &row, id, err));
	buf_free(&row.sealed);
	return row;
}

/* ---- how long ---- */

static void the_end_hangs_on_the_age_at_enrolment(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 10);
	tanu_id adult = add_person(site, "Adult", 30);
	tanu_date today = date_in(site, 0);

	consent_for(site, &f, ACCESS, 300);
	give(site, &adult, ACCESS, 1000);
	keep_reference(site, &f.child, 1);
	keep_reference(site, &adult, 2);
	assert_int_equal(row_of(site, &f.child).not_after_ms,
			 date_to_days(years_after(today, 1)) * DAY);
	assert_int_equal(row_of(site, &adult).not_after_ms,
			 date_to_days(years_after(today, 5)) * DAY);
	{
		struct subject_view view = {0};

		MUST(service_subject_get(site->s, &view, &adult, err));
		assert_true(view.enrolled);
		assert_int_equal(view.enrolled_until_ms, row_of(site, &adult).not_after_ms);
	}
	assert_int_equal(events_of(site, &adult, TANU_EVENT_ENROLLED).due_ms,
			 row_of(site, &adult).not_after_ms);
}

static void an_aged_reference_is_erased(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 10);
	struct key_name bio = {.subject = f.child, .kind = KEY_BIO};
	tanu_reference out = {0};

	consent_for(site, &f, ACCESS, 300);
	keep_reference(site, &f.child, 1);
	pass_days(site, 200);
	consent_for(site, &f, ACCESS, 300); /* the consent goes on, the face has become older */
	pass_days(site, 160);
	assert_opens(site->s, &f.child, 1);
	site->ahead_ms += 10 * DAY; /* without opening anew: at that instant nothing matches */
	{
		struct reference_row row = row_of(site, &f.child);

		REFUSES(TANU_ERR_NO_REFERENCE,
			reference_require_young(site->s, &row, site_clock(site), err));
		REFUSES(TANU_ERR_NO_REFERENCE, reference_open(site->s, &out, &f.child, ACCESS,
							      PERMIT_CLAIM_OPERATOR, err));
	}
	site_reopen(site);
	assert_false(enrolled(site, &f.child));
	assert_false(vault_has_key(site->s->vault, &bio));
	assert_int_equal(live(site, &f.child), ACCESS);
	assert_int_equal(events_of(site, &f.child, TANU_EVENT_REFERENCE_AGED).found, 1);
	assert_int_equal(events_of(site, &f.child, TANU_EVENT_REFERENCE_ERASED).found, 1);
	keep_reference(site, &f.child, 2); /* who still agrees is enrolled anew */
	assert_opens(site->s, &f.child, 2);
	MUST(service_check(site->s, err));
}

/* Also what was stored before there were ends, and what was promised longer than it is now. */
static void stricter_settings_reach_what_is_stored(void **state)
{
	struct site *site = *state;
	tanu_id adult = add_person(site, "Adult", 30);

	give(site, &adult, ACCESS, 1500);
	keep_reference(site, &adult, 1);
	pass_days(site, 400);
	assert_true(enrolled(site, &adult));
	site_set(site, "reference", "max_years_adult = 1");
	assert_false(enrolled(site, &adult));
	assert_int_equal(events_of(site, &adult, TANU_EVENT_REFERENCE_AGED).found, 1);
}

static void looser_settings_do_not(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 10);
	int64_t end_ms, until_ms = 0;

	consent_for(site, &f, ACCESS, 300);
	keep_reference(site, &f.child, 1);
	end_ms = row_of(site, &f.child).not_after_ms;
	site_set(site, "reference", "max_years_minor = 5");
	MUST(reference_until(site->s, &until_ms, &f.child, err));
	assert_int_equal(until_ms, end_ms);
}

static void a_clock_that_jumped_erases_nothing(void **state)
{
	struct site *site = *state;
	tanu_id adult = add_person(site, "Adult", 30);

	give(site, &adult, ACCESS, 1800);
	keep_reference(site, &adult, 1);
	site->ahead_ms += 1830 * DAY;
	site_reopen(site);
	assert_true(enrolled(site, &adult));
	MUST(service_clock_accept(site->s, err));
	assert_false(enrolled(site, &adult));
}

static void a_pass_ends_with_the_age_of_the_face(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 10);
	struct pass_issued issued;
	tanu_date today = date_in(site, 0);

	consent_for(site, &f, ACCESS, 300);
	pass_days(site, 100);
	today = date_in(site, 0);
	consent_for(site, &f, ACCESS, 364);
	site_set(site, "reference", "max_years_minor = 1");
	issued = issue_passes(site, &f.child, 1, 2);
	assert_true(date_to_days(issued.view[0].until) <= date_to_days(today) + 364);
	assert_int_equal(count_pass_keys(site->s), 2);
	pass_days(site, 180);
	consent_for(site, &f, ACCESS, 364); /* longer than the face holds */
	pass_days(site, 180);
	assert_int_equal(count_pass_keys(site->s), 2);
	pass_days(site, 10);
	assert_int_equal(count_pass_keys(site->s), 0);
	assert_int_equal(count_passes(site->s, &f.child, PASS_REVOKED), 2);
	assert_int_equal(live(site, &f.child), ACCESS);
	assert_int_equal(events_of(site, &f.child, TANU_EVENT_REFERENCE_AGED).found, 1);
}

/* ---- what is due ---- */

struct due_seen {
	const tanu_id *subject; /* NULL: anybody */
	unsigned purposes[DUE_REQUEST + 1];
	int64_t at_ms[DUE_REQUEST + 1];
	size_t count[DUE_REQUEST + 1], all;
	int64_t last_ms;
};

static tanu_status see_due(void *self, const struct due_view *v, tanu_error *err)
{
	struct due_seen *seen = self;

	(void)err;
	assert_true(v->at_ms >= seen->last_ms); /* the soonest first */
	seen->last_ms = v->at_ms;
	if (seen->subject && !id_equal(seen->subject, &v->subject))
		return TANU_OK;
	seen->all++;
	seen->count[v->kind]++;
	seen->purposes[v->kind] |= v->purposes;
	seen->at_ms[v->kind] = v->at_ms;
	return TANU_OK;
}

static struct due_seen due_of(struct site *site, const tanu_id *subject, int days)
{
	struct due_seen seen = {.subject = subject};

	MUST(service_due_each(site->s, days, see_due, &seen, err));
	return seen;
}

static void what_ends_soon_is_listed(void **state)
{
	struct site *site = *state;
	tanu_id adult = add_person(site, "Adult", 30), other = add_person(site, "Other", 30);
	struct consent_order order = order_of(site, &other, VISIT, 0);
	struct due_seen seen;

	give(site, &adult, ACCESS | VISIT, 20);
	keep_reference(site, &adult, 1);
	MUST(service_consent_request(site->s, &order, err));
	assert_int_equal(due_of(site, &adult, 10).all, 0);
	seen = due_of(site, &adult, 30);
	assert_int_equal(seen.count[DUE_CONSENT], 1); /* two purposes, one line */
	assert_int_equal(seen.purposes[DUE_CONSENT], ACCESS | VISIT);
	assert_int_equal(seen.count[DUE_REFERENCE], 1); /* with its consent */
	assert_int_equal(seen.at_ms[DUE_REFERENCE], seen.at_ms[DUE_CONSENT]);
	assert_int_equal(seen.all, 2);
	seen = due_of(site, &other, 0);
	assert_int_equal(seen.count[DUE_REQUEST], 1);
	assert_int_equal(seen.purposes[DUE_REQUEST], VISIT);
	MUST(service_consent_give(site->s,
				  &(struct consent_order){.subject = other,
							  .purposes = VISIT,
							  .giver = TANU_GIVER_SELF,
							  .until = date_in(site, 200),
							  .notice = order.notice},
				  err));
	assert_int_equal(due_of(site, &other, 30).all, 0);
}

static void an_ageing_reference_is_listed_before_its_consent(void **state)
{
	struct site *site = *state;
	tanu_id adult = add_person(site, "Adult", 30);
	struct due_seen seen;

	give(site, &adult, ACCESS, 1000);
	keep_reference(site, &adult, 1);
	site_set(site, "reference", "max_years_adult = 1");
	pass_days(site, 340);
	seen = due_of(site, &adult, 30);
	assert_int_equal(seen.all, 1);
	assert_int_equal(seen.count[DUE_REFERENCE], 1);
}

static void an_ending_pass_is_listed(void **state)
{
	struct site *site = *state;
	tanu_id adult = add_person(site, "Adult", 30);
	struct due_seen seen;

	give(site, &adult, ACCESS, 20);
	issue_passes(site, &adult, 1, 2);
	seen = due_of(site, &adult, 30);
	assert_int_equal(seen.count[DUE_PASS], 1);
	assert_int_equal(seen.at_ms[DUE_PASS], seen.at_ms[DUE_CONSENT]);
}

/* Before the birthday she is listed as coming of age; after it as somebody to be asked. */
static void who_comes_of_age_is_asked(void **state)
{
	struct site *site = *state;
	struct person person = {.name = "Almost"};
	struct family f = {.mother = add_person(site, "Mother", 45)};
	struct due_seen seen;
	struct consent_order order;

	person.born = date_in(site, 20);
	person.born.year = (int16_t)(person.born.year - 18);
	if (!date_valid(person.born))
		person.born.day = 28;
	MUST(service_subject_add(site->s, &f.child, &person, err));
	add_guardian(site, &f.child, &f.mother);
	consent_for(site, &f, ACCESS, 17);
	keep_reference(site, &f.child, 1);
	assert_int_equal(due_of(site, &f.child, 10).count[DUE_MAJORITY], 0);
	seen = due_of(site, &f.child, 30);
	assert_int_equal(seen.count[DUE_MAJORITY], 1);
	assert_int_equal(seen.purposes[DUE_MAJORITY], ACCESS);
	consent_for(site, &f, VISIT, 18);
	pass_days(site, 16);
	order = order_by(site, &f.child, &f.mother, VISIT, 2);
	MUST(service_consent_give(site->s, &order, err));
	{
		struct guardian_bar bar = {.child = f.child,
					   .guardian = f.mother,
					   .document = {1},
					   .from = date_in(site, 0)};
		struct erasure_receipt receipt;

		MUST(service_guardian_bar(site->s, &receipt, &bar, err));
	}
	seen = due_of(site, &f.child, 30);
	assert_int_equal(seen.count[DUE_MAJORITY], 0);
	assert_int_equal(seen.count[DUE_ASK], 1); /* both purposes */
	assert_int_equal(seen.purposes[DUE_ASK], ACCESS | VISIT);
	pass_days(site, 10);
	assert_int_equal(due_of(site, &f.child, 30).purposes[DUE_ASK], ACCESS | VISIT);
	order = order_of(site, &f.child, ACCESS | VISIT, 0);
	MUST(service_consent_request(site->s, &order, err));
	seen = due_of(site, &f.child, 30);
	assert_int_equal(seen.count[DUE_ASK], 0);
	assert_int_equal(seen.count[DUE_REQUEST], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(the_end_hangs_on_the_age_at_enrolment),
	    SITE_TEST(an_aged_reference_is_erased),
	    SITE_TEST(stricter_settings_reach_what_is_stored),
	    SITE_TEST(looser_settings_do_not),
	    SITE_TEST(a_clock_that_jumped_erases_nothing),
	    PASS_TEST(a_pass_ends_with_the_age_of_the_face),
	    SITE_TEST(what_ends_soon_is_listed),
	    SITE_TEST(an_ageing_reference_is_listed_before_its_consent),
	    PASS_TEST(an_ending_pass_is_listed),
	    SITE_TEST(who_comes_of_age_is_asked),
	};

	return cmocka_run_group_tests_name("service/ageing", tests, NULL, NULL);
}
