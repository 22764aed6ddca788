/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Families: who may speak for a child, how each of them stops everything, what a court and the
 * calendar end, and that a no is remembered.
 */
#include "service/stranger.h"

#define ACCESS TANU_PURPOSE_ACCESS
#define VISIT  TANU_PURPOSE_VISIT

struct family {
	tanu_id child, mother, father;
};

static struct family make_family(struct site *site, int child_age)
{
	struct family f = {.child = add_person(site, "Child", child_age),
			   .mother = add_person(site, "Mother", 40),
			   .father = add_person(site, "Father", 42)};

	add_guardian(site, &f.child, &f.mother);
	add_guardian(site, &f.child, &f.father);
	return f;
}

static unsigned live(struct site *site, const tanu_id *id)
{
	struct subject_view view = {0};

	MUST(service_subject_get(site->s, &view, id, err));
	return view.live_purposes;
}

static bool enrolled(struct site *site, const tanu_id *id)
{
	struct subject_view view = {0};

	MUST(service_subject_get(site->s, &view, id, err));
	return view.enrolled;
}

static tanu_status consent_by(struct site *site, const tanu_id *child, const tanu_id *guardian,
			      tanu_error *err)
{
	struct consent_order order = order_by(site, child, guardian, ACCESS, 30);

	return service_consent_give(site->s, &order, err);
}

static struct consent_say by_guardian(const tanu_id *child, const tanu_id *guardian)
{
	return (struct consent_say){
	    .subject = *child, .by = TANU_GIVER_GUARDIAN, .guardian = *guardian};
}

static struct consent_say by_self(const tanu_id *subject)
{
	return (struct consent_say){.subject = *subject, .by = TANU_GIVER_SELF};
}

static struct erasure_receipt refuse(struct site *site, struct consent_say say)
{
	struct erasure_receipt receipt = {0};

	MUST(service_consent_refuse(site->s, &receipt, &say, err));
	return receipt;
}

static struct erasure_receipt withdraw(struct site *site, struct consent_say say)
{
	struct erasure_receipt receipt = {0};

	MUST(service_consent_withdraw_by(site->s, &receipt, &say, err));
	return receipt;
}

static struct erasure_receipt bar(struct site *site, const struct family *f, int from_days)
{
	struct guardian_bar order = {.child = f->child,
				     .guardian = f->mother,
				     .document = {0xc0},
				     .from = date_in(site, from_days)};
	struct erasure_receipt receipt = {0};

	MUST(service_guardian_bar(site->s, &receipt, &order, err));
	return receipt;
}

/* ---- counting rows and events ---- */

struct states {
	int of[TANU_CONSENT_REPLACED + 1];
};

static tanu_status count_state(void *self, const struct consent_view *v, tanu_error *err)
{
	(void)err;
	((struct states *)self)->of[v->consent.state]++;
	return TANU_OK;
}

static struct states states_of(struct site *site, const tanu_id *id)
{
	struct states states = {{0}};

	MUST(service_consent_each(site->s, id, count_state, &states, err));
	return states;
}

struct events {
	int of[64];
};

static tanu_status count_event(void *self, const struct history_view *v, tanu_error *err)
{
	(void)err;
	((struct events *)self)->of[v->event]++;
	return TANU_OK;
}

static int events_of(struct site *site, const tanu_id *id, tanu_event event)
{
	struct events events = {{0}};

	MUST(service_history_each(site->s, id, count_event, &events, err));
	return events.of[event];
}

struct guardians {
	int count, speaking;
	struct guardian_view last;
};

static tanu_status take_guardian(void *self, const struct guardian_view *v, tanu_error *err)
{
	struct guardians *g = self;

	(void)err;
	g->count++;
	g->speaking += v->may_speak;
	g->last = *v;
	return TANU_OK;
}

static struct guardians guardians_of(struct site *site, const tanu_id *child)
{
	struct guardians g = {0};

	MUST(service_guardian_each(site->s, child, take_guardian, &g, err));
	return g;
}

/* ---- registering ---- */

static void a_guardian_is_registered_with_who_checked_her(void **state)
{
	struct site *site = *state;
	tanu_id child = add_person(site, "Child", 8), mother = add_person(site, "Mother", 40);
	struct guardians g;

	REFUSES(TANU_ERR_CONSENT_RULE, consent_by(site, &child, &mother, err));
	add_guardian(site, &child, &mother);
	site_reopen(site);
	g = guardians_of(site, &child);
	assert_int_equal(g.count, 1);
	assert_int_equal(g.speaking, 1);
	assert_true(id_equal(&g.last.guardian, &mother));
	assert_string_equal(g.last.relation, "mother");
	assert_string_equal(g.last.checked_by, "D. Omarova");
	assert_string_equal(g.last.how, "identity card and birth certificate");
	assert_int_equal(events_of(site, &child, TANU_EVENT_GUARDIAN_ADDED), 1);
	MUST(consent_by(site, &child, &mother, err));
}

static void not_everybody_can_be_a_guardian(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 8);
	tanu_id teen = add_person(site, "Teen", 17);
	struct guardian_order good = {.child = f.child,
				      .guardian = add_person(site, "Aunt", 30),
				      .relation = "aunt",
				      .checked_by = "D. Omarova",
				      .how = "court decision"};
	struct guardian_order order = good;

	order.guardian = f.child;
	REFUSES(TANU_ERR_CONSENT_RULE, service_guardian_add(site->s, &order, err));
	order.guardian = teen;
	REFUSES(TANU_ERR_CONSENT_RULE, service_guardian_add(site->s, &order, err));
	order.guardian = f.mother;
	REFUSES(TANU_ERR_CONFLICT, service_guardian_add(site->s, &order, err));
	order.guardian = (tanu_id){{9}};
	REFUSES(TANU_ERR_SUBJECT_MISSING, service_guardian_add(site->s, &order, err));
	order = good;
	order.child = f.father; /* of age */
	REFUSES(TANU_ERR_CONSENT_RULE, service_guardian_add(site->s, &order, err));
	order = good;
	order.relation[0] = '\0';
	REFUSES(TANU_ERR_USAGE, service_guardian_add(site->s, &order, err));
	order = good;
	order.checked_by[0] = '\0';
	REFUSES(TANU_ERR_USAGE, service_guardian_add(site->s, &order, err));
	order = good;
	strcpy(order.how, "two\nlines");
	REFUSES(TANU_ERR_USAGE, service_guardian_add(site->s, &order, err));
	MUST(service_guardian_add(site->s, &good, err));
}

static void a_removed_guardian_speaks_no_more(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 8);
	struct erasure_receipt receipt;

	MUST(consent_by(site, &f.child, &f.mother, err));
	REFUSES(TANU_ERR_CONSENT_RULE, service_guardian_remove(site->s, &f.child, &f.mother, err));
	MUST(consent_by(site, &f.child, &f.father, err)); /* replaces hers */
	MUST(service_guardian_remove(site->s, &f.child, &f.mother, err));
	assert_int_equal(live(site, &f.child), ACCESS);
	assert_int_equal(guardians_of(site, &f.child).speaking, 1);
	REFUSES(TANU_ERR_CONSENT_RULE, consent_by(site, &f.child, &f.mother, err));
	REFUSES(TANU_ERR_RECORD_MISSING,
		service_guardian_remove(site->s, &f.child, &f.mother, err));
	/* One who leaves the site altogether is nobody's guardian. */
	add_guardian(site, &f.child, &f.mother);
	assert_int_equal(guardians_of(site, &f.child).speaking, 2);
	MUST(service_subject_remove(site->s, &receipt, &f.mother, err));
	assert_int_equal(guardians_of(site, &f.child).speaking, 1);
	assert_int_equal(events_of(site, &f.child, TANU_EVENT_GUARDIAN_REMOVED), 2);
	MUST(service_check(site->s, err));
}

/* ---- either stops it ---- */

static void any_guardian_withdraws_what_another_gave(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 8);

	MUST(consent_by(site, &f.child, &f.mother, err));
	keep_reference(site, &f.child, 1);
	assert_true(withdraw(site, by_guardian(&f.child, &f.father)).reference_erased);
	assert_int_equal(live(site, &f.child), 0);
	/* His no stands: she can't turn it into a yes, he can. */
	REFUSES(TANU_ERR_CONSENT_RULE, consent_by(site, &f.child, &f.mother, err));
	MUST(consent_by(site, &f.child, &f.father, err));
	assert_int_equal(live(site, &f.child), ACCESS);
	MUST(consent_by(site, &f.child, &f.mother, err));
	assert_int_equal(live(site, &f.child), ACCESS);
	MUST(service_check(site->s, err));
}

static void who_is_no_guardian_stops_nothing(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 8);
	tanu_id stranger = add_person(site, "Stranger", 50);
	struct consent_say say = by_guardian(&f.child, &stranger);
	struct erasure_receipt receipt;

	MUST(consent_by(site, &f.child, &f.mother, err));
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_refuse(site->s, &receipt, &say, err));
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_withdraw_by(site->s, &receipt, &say, err));
	say.by = TANU_GIVER_NONE;
	REFUSES(TANU_ERR_USAGE, service_consent_refuse(site->s, &receipt, &say, err));
	say = by_guardian(&stranger, &f.mother); /* of age: nobody speaks for her */
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_refuse(site->s, &receipt, &say, err));
	assert_int_equal(live(site, &f.child), ACCESS);
}

static void a_refusal_before_any_yes_stands_too(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 8);

	assert_int_equal(refuse(site, by_guardian(&f.child, &f.father)).purposes, 0);
	REFUSES(TANU_ERR_CONSENT_RULE, consent_by(site, &f.child, &f.mother, err));
	assert_int_equal(states_of(site, &f.child).of[TANU_CONSENT_REFUSED], 5);
	assert_int_equal(events_of(site, &f.child, TANU_EVENT_CONSENT_REFUSED), 1);
	/* Said twice it is still one no. */
	refuse(site, by_guardian(&f.child, &f.father));
	assert_int_equal(states_of(site, &f.child).of[TANU_CONSENT_REFUSED], 5);
	MUST(consent_by(site, &f.child, &f.father, err));
	assert_int_equal(live(site, &f.child), ACCESS);
	assert_int_equal(states_of(site, &f.child).of[TANU_CONSENT_REFUSED], 4);
	site_reopen(site);
	assert_int_equal(live(site, &f.child), ACCESS);
	MUST(service_check(site->s, err));
}

static void a_child_s_no_wins_at_any_age(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 7);
	struct consent_order order = order_by(site, &f.child, &f.mother, ACCESS | VISIT, 30);
	struct consent_say say = by_self(&f.child);

	MUST(service_consent_give(site->s, &order, err));
	keep_reference(site, &f.child, 1);
	say.purposes = VISIT;
	assert_false(refuse(site, say).reference_erased);
	assert_int_equal(live(site, &f.child), ACCESS);
	assert_true(refuse(site, by_self(&f.child)).reference_erased);
	assert_int_equal(live(site, &f.child), 0);
	assert_false(enrolled(site, &f.child));
	order.assent = false;
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
	order.guardian = f.father;
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
	order.assent = true; /* she has changed her mind */
	MUST(service_consent_give(site->s, &order, err));
	assert_int_equal(live(site, &f.child), ACCESS | VISIT);
	assert_int_equal(events_of(site, &f.child, TANU_EVENT_ASSENT_GIVEN), 2);
}

static void a_child_s_withdrawal_is_a_lasting_no(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 12);
	struct consent_order order = order_by(site, &f.child, &f.mother, ACCESS, 30);
	struct erasure_receipt receipt;

	MUST(service_consent_give(site->s, &order, err));
	withdraw(site, by_self(&f.child));
	order.assent = false;
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
	order.assent = true;
	MUST(service_consent_give(site->s, &order, err));
	/* A withdrawal that nobody puts a name to is only the end of the consent. */
	MUST(service_consent_withdraw(site->s, &receipt, &f.child, 0, err));
	assert_int_equal(states_of(site, &f.child).of[TANU_CONSENT_REFUSED], 0);
	MUST(service_consent_give(site->s, &order, err));
}

static void an_older_child_is_asked_too(void **state)
{
	struct site *site = *state;
	struct family nine = make_family(site, 9), ten = make_family(site, 10);
	struct consent_order order = order_by(site, &ten.child, &ten.mother, ACCESS, 30);
	tanu_id adult = add_person(site, "Adult", 30);

	order.assent = false;
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
	assert_int_equal(live(site, &ten.child), 0);
	order.assent = true;
	MUST(service_consent_give(site->s, &order, err));
	order = order_by(site, &nine.child, &nine.mother, ACCESS, 30);
	order.assent = false;
	MUST(service_consent_give(site->s, &order, err));
	order = order_of(site, &adult, ACCESS, 30);
	order.assent = true;
	REFUSES(TANU_ERR_USAGE, service_consent_give(site->s, &order, err));
}

/* ---- a court ---- */

static void a_barred_guardian_loses_her_say(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 8);
	struct consent_say say = by_guardian(&f.child, &f.mother);
	struct erasure_receipt receipt;

	MUST(consent_by(site, &f.child, &f.mother, err));
	keep_reference(site, &f.child, 1);
	receipt = bar(site, &f, 0);
	assert_int_equal(receipt.purposes, ACCESS);
	assert_true(receipt.reference_erased);
	assert_int_equal(live(site, &f.child), 0);
	assert_int_equal(states_of(site, &f.child).of[TANU_CONSENT_LAPSED], 1);
	assert_int_equal(events_of(site, &f.child, TANU_EVENT_GUARDIAN_BARRED), 1);
	assert_int_equal(events_of(site, &f.child, TANU_EVENT_CONSENT_LAPSED), 1);
	REFUSES(TANU_ERR_CONSENT_RULE, consent_by(site, &f.child, &f.mother, err));
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_refuse(site->s, &receipt, &say, err));
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_withdraw_by(site->s, &receipt, &say, err));
	MUST(consent_by(site, &f.child, &f.father, err));
	assert_int_equal(live(site, &f.child), ACCESS);
	MUST(service_check(site->s, err));
}

static void a_barred_guardian_s_no_ends_too(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 8);

	refuse(site, by_guardian(&f.child, &f.mother));
	REFUSES(TANU_ERR_CONSENT_RULE, consent_by(site, &f.child, &f.father, err));
	bar(site, &f, 0);
	MUST(consent_by(site, &f.child, &f.father, err));
	assert_int_equal(live(site, &f.child), ACCESS);
}

static void a_bar_begins_on_its_day(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 8);
	struct service_report report = {0};

	MUST(consent_by(site, &f.child, &f.mother, err));
	bar(site, &f, 2);
	assert_int_equal(live(site, &f.child), ACCESS);
	assert_int_equal(guardians_of(site, &f.child).speaking, 2);
	site_reopen(site);
	assert_int_equal(live(site, &f.child), ACCESS);
	site->ahead_ms = 2 * DAY;
	site_reopen(site);
	assert_int_equal(live(site, &f.child), 0);
	assert_int_equal(guardians_of(site, &f.child).speaking, 1);
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.expired, 1);
	site_reopen(site);
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.expired, 0);
	MUST(service_check(site->s, err));
}

static void only_a_later_decision_lets_her_speak_again(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 8);
	struct guardian_order again = {.child = f.child,
				       .guardian = f.mother,
				       .relation = "mother",
				       .checked_by = "D. Omarova",
				       .how = "decision of an appeal court"};

	bar(site, &f, 0);
	REFUSES(TANU_ERR_CONSENT_RULE, service_guardian_add(site->s, &again, err));
	again.document[0] = 0xd0;
	MUST(service_guardian_add(site->s, &again, err));
	MUST(consent_by(site, &f.child, &f.mother, err));
	assert_int_equal(guardians_of(site, &f.child).count, 2);
}

/* ---- majority ---- */

static void at_majority_guardians_fall_silent(void **state)
{
	struct site *site = *state;
	struct person person = {.name = "Almost"};
	tanu_id teen, mother = add_person(site, "Mother", 45);
	struct consent_order order;

	person.born = date_in(site, 20); /* comes of age in 20 days */
	person.born.year = (int16_t)(person.born.year - 18);
	if (!date_valid(person.born))
		person.born.day = 28;
	MUST(service_subject_add(site->s, &teen, &person, err));
	add_guardian(site, &teen, &mother);
	order = order_by(site, &teen, &mother, ACCESS, 19); /* to the day before */
	MUST(service_consent_give(site->s, &order, err));
	order = order_by(site, &teen, &mother, VISIT, 5);
	MUST(service_consent_give(site->s, &order, err));
	keep_reference(site, &teen, 1);
	site->ahead_ms = 19 * DAY;
	site_reopen(site);
	assert_int_equal(live(site, &teen), ACCESS);
	site->ahead_ms = 21 * DAY;
	site_reopen(site);
	assert_int_equal(live(site, &teen), 0);
	assert_false(enrolled(site, &teen));
	assert_int_equal(states_of(site, &teen).of[TANU_CONSENT_LAPSED], 1);
	assert_int_equal(states_of(site, &teen).of[TANU_CONSENT_EXPIRED], 1);
	assert_int_equal(guardians_of(site, &teen).speaking, 0);
	assert_int_equal(events_of(site, &teen, TANU_EVENT_GUARDIAN_REMOVED), 1);
	REFUSES(TANU_ERR_CONSENT_RULE, consent_by(site, &teen, &mother, err));
	give(site, &teen, ACCESS, 30);
	assert_int_equal(live(site, &teen), ACCESS);
	MUST(service_check(site->s, err));
}

/* ---- nobody is asked every morning ---- */

static tanu_status request(struct site *site, const tanu_id *id, unsigned purposes, tanu_error *err)
{
	struct consent_order order = order_of(site, id, purposes, 1);

	order.giver = TANU_GIVER_NONE;
	return service_consent_request(site->s, &order, err);
}

static void a_request_waits_and_ends(void **state)
{
	struct site *site = *state;
	tanu_id adult = add_person(site, "Adult", 30);
	struct states states;

	MUST(request(site, &adult, ACCESS | VISIT, err));
	assert_int_equal(live(site, &adult), 0);
	MUST(request(site, &adult, ACCESS, err)); /* asking anew replaces */
	states = states_of(site, &adult);
	assert_int_equal(states.of[TANU_CONSENT_REQUESTED], 2);
	assert_int_equal(states.of[TANU_CONSENT_REPLACED], 1);
	give(site, &adult, ACCESS, 100);
	states = states_of(site, &adult);
	assert_int_equal(states.of[TANU_CONSENT_REQUESTED], 1);
	assert_int_equal(states.of[TANU_CONSENT_GIVEN], 1);
	site->ahead_ms = 20 * DAY;
	site_reopen(site);
	assert_int_equal(states_of(site, &adult).of[TANU_CONSENT_REQUESTED], 1);
	site->ahead_ms = 30 * DAY + 1000;
	site_reopen(site);
	states = states_of(site, &adult);
	assert_int_equal(states.of[TANU_CONSENT_REQUESTED], 0);
	assert_int_equal(states.of[TANU_CONSENT_EXPIRED], 1);
	assert_int_equal(live(site, &adult), ACCESS);
	assert_int_equal(events_of(site, &adult, TANU_EVENT_CONSENT_REQUESTED), 2);
	MUST(service_check(site->s, err));
}

static void a_refused_family_is_not_asked_again(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 8);

	MUST(request(site, &f.child, ACCESS, err));
	refuse(site, by_guardian(&f.child, &f.mother));
	REFUSES(TANU_ERR_HELD, request(site, &f.child, ACCESS, err));
	REFUSES(TANU_ERR_HELD, request(site, &f.child, VISIT, err));
	site->ahead_ms = 25 * DAY; /* one after the other: the clock has not jumped */
	for (int month = 1; month <= 14; month++, site->ahead_ms += 25 * DAY) {
		site_reopen(site);
		REFUSES(TANU_ERR_HELD, request(site, &f.child, ACCESS, err));
	}
	site->ahead_ms = 366 * DAY;
	site_reopen(site);
	MUST(request(site, &f.child, ACCESS, err));
	/* Who comes by herself is always welcome. */
	MUST(consent_by(site, &f.child, &f.mother, err));
}

static void a_withdrawal_is_an_answer_too(void **state)
{
	struct site *site = *state;
	tanu_id adult = add_person(site, "Adult", 30);
	struct erasure_receipt receipt;

	give(site, &adult, ACCESS, 30);
	MUST(service_consent_withdraw(site->s, &receipt, &adult, 0, err));
	REFUSES(TANU_ERR_HELD, request(site, &adult, ACCESS, err));
	MUST(request(site, &adult, VISIT, err)); /* a question that nobody has answered */
	give(site, &adult, ACCESS, 30);
	MUST(request(site, &adult, ACCESS, err));
	withdraw(site, by_self(&adult));
	assert_int_equal(states_of(site, &adult).of[TANU_CONSENT_REFUSED], 0);
	give(site, &adult, ACCESS, 30);
	refuse(site, by_self(&adult));
	assert_int_equal(live(site, &adult), 0);
	give(site, &adult, ACCESS, 30);
	assert_int_equal(live(site, &adult), ACCESS);
}

/* ---- edited rows ---- */

static void an_edited_family_stands_still(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 8);
	struct erasure_receipt receipt;

	refuse(site, by_guardian(&f.child, &f.father));
	stranger_edits(site, "DELETE FROM record");
	REFUSES(TANU_ERR_DB_DAMAGED, consent_by(site, &f.child, &f.mother, err));
	MUST(service_consent_withdraw(site->s, &receipt, &f.child, 0, err));
	assert_int_equal(live(site, &f.child), 0);
	REFUSES(TANU_ERR_DB_DAMAGED, service_check(site->s, err));
}

static void a_refusal_taken_away_is_noticed(void **state)
{
	struct site *site = *state;
	struct family f = make_family(site, 8);

	refuse(site, by_guardian(&f.child, &f.father));
	stranger_edits(site, "UPDATE consent SET state = 7 WHERE state = 3");
	REFUSES(TANU_ERR_DB_DAMAGED, consent_by(site, &f.child, &f.mother, err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(a_guardian_is_registered_with_who_checked_her),
	    SITE_TEST(not_everybody_can_be_a_guardian),
	    SITE_TEST(a_removed_guardian_speaks_no_more),
	    SITE_TEST(any_guardian_withdraws_what_another_gave),
	    SITE_TEST(who_is_no_guardian_stops_nothing),
	    SITE_TEST(a_refusal_before_any_yes_stands_too),
	    SITE_TEST(a_child_s_no_wins_at_any_age),
	    SITE_TEST(a_child_s_withdrawal_is_a_lasting_no),
	    SITE_TEST(an_older_child_is_asked_too),
	    SITE_TEST(a_barred_guardian_loses_her_say),
	    SITE_TEST(a_barred_guardian_s_no_ends_too),
	    SITE_TEST(a_bar_begins_on_its_day),
	    SITE_TEST(only_a_later_decision_lets_her_speak_again),
	    SITE_TEST(at_majority_guardians_fall_silent),
	    SITE_TEST(a_request_waits_and_ends),
	    SITE_TEST(a_refused_family_is_not_asked_again),
	    SITE_TEST(a_withdrawal_is_an_answer_too),
	    SITE_TEST(an_edited_family_stands_still),
	    SITE_TEST(a_refusal_taken_away_is_noticed),
	};

	return cmocka_run_group_tests_name("service/guardians", tests, NULL, NULL);
}
