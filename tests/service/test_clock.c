/* SPDX-License-Identifier: Apache-2.0 */
/* A clock that is wrong takes no consent and costs nobody a key. */
#include "service/site.h"

#define ACCESS TANU_PURPOSE_ACCESS
#define MINUTE ((int64_t)60000)

static struct service_report report_of(struct site *site)
{
	struct service_report report = {0};

	MUST(service_report(site->s, &report, err));
	return report;
}

static tanu_id enrolled(struct site *site, int days)
{
	tanu_id id = add_person(site, "Aliya", 30);

	give(site, &id, ACCESS, days);
	keep_reference(site, &id, 1);
	return id;
}

static void a_clock_years_ahead_erases_nothing(void **state)
{
	struct site *site = *state;
	tanu_id id = enrolled(site, 30);
	tanu_reference reference;

	site->ahead_ms = 4000 * DAY;
	for (int opening = 0; opening < 3; opening++) {
		site_reopen(site);
		assert_true(report_of(site).clock_jumped);
		assert_int_equal(report_of(site).held, 1);
		assert_int_equal(report_of(site).references, 1);
		REFUSES(TANU_ERR_NO_CONSENT, open_reference(site->s, &reference, &id, err));
		add_person(site, "Dana", 30); /* what is written meanwhile changes nothing */
	}
	site->ahead_ms = 0;
	site_reopen(site);
	assert_false(report_of(site).clock_jumped);
	assert_int_equal(report_of(site).held, 0);
	assert_opens(site->s, &id, 1);
	give(site, &id, ACCESS, 30);
}

static void an_accepted_clock_erases_what_has_ended(void **state)
{
	struct site *site = *state;
	tanu_id id = enrolled(site, 30);
	struct key_name name = {.subject = id, .kind = KEY_BIO};

	site->ahead_ms = 100 * DAY;
	site_reopen(site);
	assert_true(vault_has_key(site->s->vault, &name));
	MUST(service_clock_accept(site->s, err));
	assert_false(report_of(site).clock_jumped);
	assert_int_equal(report_of(site).expired, 1);
	assert_int_equal(report_of(site).held, 0);
	assert_int_equal(report_of(site).references, 0);
	assert_false(vault_has_key(site->s->vault, &name));
	site_reopen(site);
	assert_false(report_of(site).clock_jumped);
}

static void a_site_that_is_only_looked_at_knows_the_time(void **state)
{
	struct site *site = *state;

	enrolled(site, 50);
	for (int opening = 0; opening < 3; opening++) {
		site->ahead_ms += 20 * DAY;
		site_reopen(site);
		assert_false(report_of(site).clock_jumped);
	}
	assert_int_equal(report_of(site).expired, 1);
	assert_int_equal(report_of(site).references, 0);
}

static void a_clock_behind_takes_no_consent(void **state)
{
	struct site *site = *state;
	tanu_id id = enrolled(site, 30), out;
	struct consent_order order;
	struct verify_result result;
	tanu_reference reference = reference_of(2);
	struct erasure_receipt receipt;

	site->ahead_ms = -DAY;
	site_reopen(site);
	assert_true(report_of(site).clock_behind);
	order = order_of(site, &id, TANU_PURPOSE_VISIT, 10);
	REFUSES(TANU_ERR_CLOCK, service_consent_give(site->s, &order, err));
	REFUSES(TANU_ERR_CLOCK, reference_keep(site->s, &out, &id, &reference, err));
	REFUSES(TANU_ERR_CLOCK, service_verify(site->s, &result, &id, ACCESS, "none.jpg", err));
	MUST(service_consent_withdraw(site->s, &receipt, &id, 0, err)); /* a no is always taken */
	assert_true(receipt.reference_erased);
	MUST(service_clock_accept(site->s, err));
	assert_false(report_of(site).clock_behind);
	MUST(service_consent_give(site->s, &order, err));
}

static void a_clock_is_set_back_a_little_without_trouble(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);

	site->ahead_ms = -4 * MINUTE;
	site_reopen(site);
	assert_false(report_of(site).clock_behind);
	give(site, &id, ACCESS, 30);
}

/* The first reading is before the consent, a second one would be after it. */
static void an_enrolment_reads_the_clock_once(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30), out;
	tanu_reference reference = reference_of(2);

	give(site, &id, ACCESS, 30);
	site->ahead_ms = -2 * MINUTE;
	site->step_ms = 3 * MINUTE;
	REFUSES(TANU_ERR_NO_CONSENT, reference_keep(site->s, &out, &id, &reference, err));
}

static void a_damaged_mark_is_no_time(void **state)
{
	struct site *site = *state;
	struct service_options options = site_options(site, site->dir);

	MUST(tx_begin(site->s, err));
	MUST(DB(site->s, meta_set, "clock-ms", "long", 4, err));
	MUST(site->s->store->calls->commit(site->s->store, err));
	service_close(&site->s);
	REFUSES(TANU_ERR_DB_DAMAGED, service_open(&site->s, &options, err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(a_clock_years_ahead_erases_nothing),
	    SITE_TEST(an_accepted_clock_erases_what_has_ended),
	    SITE_TEST(a_site_that_is_only_looked_at_knows_the_time),
	    SITE_TEST(a_clock_behind_takes_no_consent),
	    SITE_TEST(a_clock_is_set_back_a_little_without_trouble),
	    SITE_TEST(an_enrolment_reads_the_clock_once),
	    SITE_TEST(a_damaged_mark_is_no_time),
	};

	return cmocka_run_group_tests_name("service/clock", tests, NULL, NULL);
}
