/* SPDX-License-Identifier: Apache-2.0 */
/* Who may agree to what until when, and what stands in the ledger afterwards. */
#include "service/site.h"

#define ACCESS TANU_PURPOSE_ACCESS
#define VISIT  TANU_PURPOSE_VISIT

static unsigned live(struct site *site, const tanu_id *id)
{
	struct subject_view view = {0};

	MUST(service_subject_get(site->s, &view, id, err));
	return view.live_purposes;
}

static void an_adult_agrees_for_herself(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);

	assert_int_equal(live(site, &id), 0);
	give(site, &id, ACCESS | VISIT, 30);
	assert_int_equal(live(site, &id), ACCESS | VISIT);
}

static void a_minor_needs_an_adult_guardian(void **state)
{
	struct site *site = *state;
	tanu_id child = add_person(site, "Child", 10), teen = add_person(site, "Teen", 16);
	tanu_id parent = add_person(site, "Parent", 40);
	struct consent_order order = order_of(site, &child, ACCESS, 30);

	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
	order = order_by(site, &child, &child, ACCESS, 30);
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
	order.guardian = teen;
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
	order.guardian = (tanu_id){{7}};
	REFUSES(TANU_ERR_SUBJECT_MISSING, service_consent_give(site->s, &order, err));
	order.guardian = parent; /* of age, but nobody has checked that she is the guardian */
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
	assert_int_equal(live(site, &child), 0);
	add_guardian(site, &child, &parent);
	MUST(service_consent_give(site->s, &order, err));
	assert_int_equal(live(site, &child), ACCESS);
}

static void nobody_agrees_for_an_adult(void **state)
{
	struct site *site = *state;
	tanu_id adult = add_person(site, "Adult", 18), parent = add_person(site, "Parent", 45);
	struct consent_order order = order_by(site, &adult, &parent, ACCESS, 30);

	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
}

/* How old somebody is stays between her and the site: errors are logged. */
static void a_refusal_does_not_tell_the_age(void **state)
{
	struct site *site = *state;
	tanu_id adult = add_person(site, "Adult", 37), child = add_person(site, "Child", 13);
	struct consent_order order = order_of(site, &adult, ACCESS, 30);
	tanu_error error = {0};

	order.giver = TANU_GIVER_GUARDIAN;
	order.guardian = child;
	assert_int_equal(service_consent_give(site->s, &order, &error), TANU_REFUSED);
	assert_null(strstr(error.message, "37"));
	order = order_of(site, &child, ACCESS, 30);
	assert_int_equal(service_consent_give(site->s, &order, &error), TANU_REFUSED);
	assert_null(strstr(error.message, "13"));
	assert_non_null(strstr(error.message, "18"));
}

static void an_end_is_neither_past_nor_too_far(void **state)
{
	struct site *site = *state;
	tanu_id adult = add_person(site, "Adult", 30), child = add_person(site, "Child", 10);
	tanu_id parent = add_person(site, "Parent", 45);
	struct consent_order order = order_of(site, &adult, ACCESS, -1);

	REFUSES(TANU_ERR_DATE, service_consent_give(site->s, &order, err));
	order.until = (tanu_date){2030, 13, 1};
	REFUSES(TANU_ERR_DATE, service_consent_give(site->s, &order, err));
	order.until = date_in(site, 6 * 366);
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
	order.until = date_in(site, 0); /* today is a day too */
	MUST(service_consent_give(site->s, &order, err));
	add_guardian(site, &child, &parent);
	order = order_by(site, &child, &parent, ACCESS, 400);
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
}

static void a_guardian_agrees_only_up_to_majority(void **state)
{
	struct site *site = *state;
	struct person person = {.name = "Almost"};
	tanu_id parent = add_person(site, "Parent", 45), teen;
	struct consent_order order;

	person.born = date_in(site, 30); /* comes of age in 30 days */
	person.born.year = (int16_t)(person.born.year - 18);
	if (!date_valid(person.born))
		person.born.day = 28;
	MUST(service_subject_add(site->s, &teen, &person, err));
	add_guardian(site, &teen, &parent);
	order = order_by(site, &teen, &parent, ACCESS, 60);
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
	order.until = date_in(site, 20);
	MUST(service_consent_give(site->s, &order, err));
}

static void a_notice_has_text_language_and_version(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct consent_order good = order_of(site, &id, ACCESS, 30), order;

	order = good;
	order.notice.text_len = 0;
	REFUSES(TANU_ERR_USAGE, service_consent_give(site->s, &order, err));
	order = good;
	order.notice.text = "\xc3(";
	order.notice.text_len = 2;
	REFUSES(TANU_ERR_USAGE, service_consent_give(site->s, &order, err));
	order = good;
	order.notice.language[0] = '\0';
	REFUSES(TANU_ERR_USAGE, service_consent_give(site->s, &order, err));
	order = good;
	order.notice.version[0] = '\0';
	REFUSES(TANU_ERR_USAGE, service_consent_give(site->s, &order, err));
	order = good;
	order.purposes = 0;
	REFUSES(TANU_ERR_USAGE, service_consent_give(site->s, &order, err));
	order.purposes = ACCESS | 1U << 7;
	REFUSES(TANU_ERR_USAGE, service_consent_give(site->s, &order, err));
	assert_int_equal(live(site, &id), 0);
}

struct views {
	int count;
	struct consent_view v[8];
};

static tanu_status take_view(void *self, const struct consent_view *v, tanu_error *err)
{
	struct views *views = self;

	(void)err;
	assert_true(views->count < 8);
	views->v[views->count++] = *v;
	return TANU_OK;
}

static void keeps_the_notice_as_it_was_signed(void **state)
{
	struct site *site = *state;
	tanu_id child = add_person(site, "Child", 10), parent = add_person(site, "Parent", 45);
	struct consent_order order = order_by(site, &child, &parent, ACCESS, 30);
	struct views views = {0};
	struct buf text = {0};
	uint8_t digest[DIGEST_LEN];

	add_guardian(site, &child, &parent);
	MUST(service_consent_give(site->s, &order, err));
	site_reopen(site);
	MUST(service_consent_each(site->s, &child, take_view, &views, err));
	assert_int_equal(views.count, 1);
	assert_int_equal(views.v[0].consent.state, TANU_CONSENT_GIVEN);
	assert_int_equal(views.v[0].consent.giver, TANU_GIVER_GUARDIAN);
	assert_true(id_equal(&views.v[0].guardian, &parent));
	assert_string_equal(views.v[0].notice_version, "1");
	assert_string_equal(views.v[0].notice_language, "en");
	sha256(digest, notice_text, strlen(notice_text));
	assert_memory_equal(views.v[0].notice_sha256, digest, sizeof(digest));
	MUST(service_consent_notice(site->s, &text, NULL, &views.v[0].consent.id, err));
	assert_int_equal(text.len, strlen(notice_text));
	assert_memory_equal(text.data, notice_text, text.len);
	buf_free(&text);
	REFUSES(TANU_ERR_NO_CONSENT, service_consent_notice(site->s, &text, NULL, &child, err));
}

static void giving_again_replaces_even_by_a_shorter_one(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct views views = {0};
	int given = 0, replaced = 0;

	give(site, &id, ACCESS, 300);
	keep_reference(site, &id, 1);
	give(site, &id, ACCESS, 3);
	MUST(service_consent_each(site->s, &id, take_view, &views, err));
	assert_int_equal(views.count, 2);
	for (int i = 0; i < views.count; i++)
		given += views.v[i].consent.state == TANU_CONSENT_GIVEN;
	for (int i = 0; i < views.count; i++)
		replaced += views.v[i].consent.state == TANU_CONSENT_REPLACED;
	assert_int_equal(given, 1);
	assert_int_equal(replaced, 1);
	assert_opens(site->s, &id, 1);
	site->ahead_ms = 5 * DAY;
	site_reopen(site);
	assert_int_equal(live(site, &id), 0);
}

static void expiry_stops_at_that_instant(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct subject_view view = {0};
	struct service_report report = {0};
	tanu_reference reference;
	tanu_date today = date_in(site, 0);
	int64_t end = (date_to_days(today) + 3) * DAY; /* until tomorrow's end, and one day */

	give(site, &id, ACCESS, 2);
	keep_reference(site, &id, 1);
	site->ahead_ms += end - site_clock(site) - 60000;
	assert_opens(site->s, &id, 1);
	site->ahead_ms += 60000;
	REFUSES(TANU_ERR_NO_CONSENT, open_reference(site->s, &reference, &id, err));
	/* The next opening erases what no consent covers. */
	site_reopen(site);
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.expired, 1);
	assert_int_equal(report.references, 0);
	MUST(service_subject_get(site->s, &view, &id, err));
	assert_false(view.enrolled);
	site_reopen(site);
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.expired, 0);
}

static void a_clock_set_back_ends_nothing(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct service_report report = {0};

	give(site, &id, ACCESS, 30);
	keep_reference(site, &id, 1);
	site->ahead_ms = -10 * DAY;
	site_reopen(site);
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.expired, 0);
	assert_int_equal(report.references, 1);
	assert_int_equal(live(site, &id), 0); /* not given yet, by this clock */
	site->ahead_ms = 0;
	assert_opens(site->s, &id, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(an_adult_agrees_for_herself),
	    SITE_TEST(a_minor_needs_an_adult_guardian),
	    SITE_TEST(nobody_agrees_for_an_adult),
	    SITE_TEST(a_refusal_does_not_tell_the_age),
	    SITE_TEST(an_end_is_neither_past_nor_too_far),
	    SITE_TEST(a_guardian_agrees_only_up_to_majority),
	    SITE_TEST(a_notice_has_text_language_and_version),
	    SITE_TEST(keeps_the_notice_as_it_was_signed),
	    SITE_TEST(giving_again_replaces_even_by_a_shorter_one),
	    SITE_TEST(expiry_stops_at_that_instant),
	    SITE_TEST(a_clock_set_back_ends_nothing),
	};

	return cmocka_run_group_tests_name("service/consents", tests, NULL, NULL);
}
