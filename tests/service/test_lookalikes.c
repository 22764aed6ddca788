/* SPDX-License-Identifier: Apache-2.0 */
/* Two who look alike are told that the face alone does not decide, and nothing else. */
#include "service/crowd.h"

#define BOTH  (ACCESS | CALIBRATION)
#define ALIKE 0.9F
#define OWN   0.0F

static void withdraw(struct site *site, const tanu_id *subject, unsigned purposes)
{
	struct erasure_receipt receipt;

	MUST(service_consent_withdraw(site->s, &receipt, subject, purposes, err));
}

static tanu_status count_row(void *self, const struct lookalike_row *row, tanu_error *err)
{
	(void)row;
	(void)err;
	++*(size_t *)self;
	return TANU_OK;
}

static size_t rows(struct site *site)
{
	size_t n = 0;

	MUST(DB(site->s, lookalike_each, NULL, count_row, &n, err));
	return n;
}

static void two_who_look_alike_both_need_a_second_factor(void **state)
{
	struct site *site = *state;
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, ALIKE), dana, zhan;

	assert_false(needs_second_factor(site, &aru));
	dana = enrolled(site, "Dana", BOTH, 2, ALIKE);
	zhan = enrolled(site, "Zhan", BOTH, 3, OWN);
	assert_true(needs_second_factor(site, &aru));
	assert_true(needs_second_factor(site, &dana));
	assert_false(needs_second_factor(site, &zhan));
	site_reopen(site);
	assert_true(needs_second_factor(site, &aru));
	assert_int_equal(rows(site), 2);
}

/* What can not be read opens no door, and keeps nobody out of the folder or from saying no. */
static void one_who_was_edited_is_no_hindrance(void **state)
{
	struct site *site = *state;
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, ALIKE);
	tanu_id dana = enrolled(site, "Dana", BOTH, 2, ALIKE);

	MUST(tx_begin(site->s, err));
	MUST(tx_end(site->s, DB(site->s, subject_set_profile, &dana, "broken", 6, err), err));
	site_reopen(site);
	assert_true(needs_second_factor(site, &aru));
	withdraw(site, &aru, 0);
	assert_false(is_enrolled(site, &aru));
}

static void one_who_is_gone_looks_like_nobody(void **state)
{
	struct site *site = *state;
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, ALIKE);
	tanu_id dana = enrolled(site, "Dana", BOTH, 2, ALIKE);

	MUST(tx_begin(site->s, err));
	MUST(tx_end(site->s, DB(site->s, subject_set, &dana, SUBJECT_LEAVING, 1, err), err));
	site_reopen(site);
	assert_false(needs_second_factor(site, &aru));
	assert_int_equal(rows(site), 0);
}

static void nobody_is_compared_who_did_not_agree(void **state)
{
	struct site *site = *state;
	tanu_id silent = enrolled(site, "Silent", ACCESS, 1, ALIKE);
	tanu_id aru = enrolled(site, "Aru", BOTH, 2, ALIKE);
	tanu_id late = enrolled(site, "Late", ACCESS, 3, ALIKE);

	assert_false(needs_second_factor(site, &silent));
	assert_false(needs_second_factor(site, &aru));
	assert_false(needs_second_factor(site, &late));
	assert_int_equal(events_of(site, &silent, TANU_EVENT_COMPARED), 0);
	assert_int_equal(events_of(site, &aru, TANU_EVENT_COMPARED), 0);
	assert_int_equal(rows(site), 0);
}

static void everybody_sees_each_comparison_of_hers(void **state)
{
	struct site *site = *state;
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, ALIKE);
	tanu_id dana = enrolled(site, "Dana", BOTH, 2, ALIKE);
	tanu_id zhan = enrolled(site, "Zhan", BOTH, 3, OWN);

	assert_int_equal(events_of(site, &aru, TANU_EVENT_COMPARED), 2);
	assert_int_equal(events_of(site, &dana, TANU_EVENT_COMPARED), 1);
	assert_int_equal(events_of(site, &zhan, TANU_EVENT_COMPARED), 0);
	assert_int_equal(events_of(site, &aru, TANU_EVENT_SECOND_FACTOR), 1);
	assert_int_equal(events_of(site, &dana, TANU_EVENT_SECOND_FACTOR), 1);
	assert_int_equal(events_of(site, &zhan, TANU_EVENT_SECOND_FACTOR), 0);
}

static tanu_status names_nobody(void *self, const struct history_view *v, tanu_error *err)
{
	(void)err;
	if (v->event == TANU_EVENT_COMPARED || v->event == TANU_EVENT_SECOND_FACTOR) {
		assert_false(id_equal(&v->about, self));
		assert_true(id_is_zero(&v->about));
		assert_true(v->fmr == 1e-4 && v->purposes == CALIBRATION);
	}
	return TANU_OK;
}

static void neither_learns_who_it_is(void **state)
{
	struct site *site = *state;
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, ALIKE);
	tanu_id dana = enrolled(site, "Dana", BOTH, 2, ALIKE);
	char hex[ID_HEX_LEN];

	MUST(service_history_each(site->s, &aru, names_nobody, &dana, err));
	MUST(service_history_each(site->s, &dana, names_nobody, &aru, err));
	id_hex(hex, &dana); /* as it stands inside the seal */
	assert_int_equal(files_holding(site->dir, hex, sizeof(hex) - 1), 0);
}

static void either_withdrawal_ends_it_for_both(void **state)
{
	struct site *site = *state;
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, ALIKE);
	tanu_id dana = enrolled(site, "Dana", BOTH, 2, ALIKE);

	withdraw(site, &aru, CALIBRATION);
	assert_false(needs_second_factor(site, &aru));
	assert_false(needs_second_factor(site, &dana));
	assert_int_equal(rows(site), 0);
	assert_true(is_enrolled(site, &aru)); /* the reference stays: access covers it */
}

static void who_leaves_takes_it_along(void **state)
{
	struct site *site = *state;
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, ALIKE);
	tanu_id dana = enrolled(site, "Dana", BOTH, 2, ALIKE);
	struct erasure_receipt receipt;

	MUST(service_subject_remove(site->s, &receipt, &dana, err));
	assert_false(needs_second_factor(site, &aru));
	assert_int_equal(rows(site), 0);
	site_reopen(site);
	assert_false(needs_second_factor(site, &aru));
}

static void a_face_that_is_erased_looks_like_nobody(void **state)
{
	struct site *site = *state;
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, ALIKE);
	tanu_id dana = enrolled(site, "Dana", BOTH, 2, ALIKE);

	withdraw(site, &dana, ACCESS); /* calibration alone covers no reference */
	assert_false(is_enrolled(site, &dana));
	assert_false(needs_second_factor(site, &aru));
	assert_false(needs_second_factor(site, &dana));
	assert_int_equal(rows(site), 0);
}

static void it_ends_at_the_instant_the_consent_does(void **state)
{
	struct site *site = *state;
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, ALIKE), dana = add_person(site, "Dana", 30);

	give(site, &dana, ACCESS, 100);
	give(site, &dana, CALIBRATION, 10);
	enrol_as(site, &dana, 2, ALIKE);
	assert_true(needs_second_factor(site, &aru));
	site->ahead_ms = 11 * DAY;
	assert_false(needs_second_factor(site, &aru));
	assert_false(needs_second_factor(site, &dana));
	assert_int_equal(rows(site), 2);
	site_reopen(site);
	assert_int_equal(rows(site), 0);
}

static void another_photograph_is_compared_anew(void **state)
{
	struct site *site = *state;
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, ALIKE);
	tanu_id dana = enrolled(site, "Dana", BOTH, 2, ALIKE);

	enrol_as(site, &dana, 2, OWN);
	assert_false(needs_second_factor(site, &aru));
	assert_false(needs_second_factor(site, &dana));
	enrol_as(site, &dana, 5, ALIKE);
	assert_true(needs_second_factor(site, &aru));
	assert_int_equal(rows(site), 2);
}

/* Between the thresholds for 1 in 10 and 1 in 10,000. */
static void the_bound_is_a_setting(void **state)
{
	struct site *site = *state;
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, 0.4F);
	tanu_id dana = enrolled(site, "Dana", BOTH, 2, 0.4F);

	assert_false(needs_second_factor(site, &dana));
	MUST(settings_set(&site->s->settings, "match.lookalike_fmr", "0.1", err));
	enrol_as(site, &dana, 2, 0.4F);
	assert_true(needs_second_factor(site, &aru));
}

static void a_reference_of_a_former_model_is_left_alone(void **state)
{
	struct site *site = *state;
	tanu_id aru = add_person(site, "Aru", 30), dana = add_person(site, "Dana", 30);

	give(site, &aru, BOTH, 100);
	give(site, &dana, BOTH, 100);
	keep_reference(site, &aru, 1); /* its model is all zeros */
	enrol_as(site, &dana, 2, ALIKE);
	assert_false(needs_second_factor(site, &dana));
	assert_int_equal(events_of(site, &aru, TANU_EVENT_COMPARED), 1);
}

static void nothing_is_computed_from_a_photograph(void **state)
{
	struct site *site = *state;
	struct service_report report = {0};

	enrolled(site, "Aru", BOTH, 1, ALIKE);
	enrolled(site, "Dana", BOTH, 2, ALIKE);
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.embeddings, 0);
	assert_int_equal(report.permits, 0);
}

static void a_damaged_row_is_not_overlooked(void **state)
{
	struct site *site = *state;
	struct lookalike_row row = {.id = {{9}}};
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, OWN);
	bool needed;

	row.subject = aru;
	buf_str(&row.sealed, "this opens with no key, however long it is made to be");
	MUST(tx_begin(site->s, err));
	MUST(tx_end(site->s, DB(site->s, lookalike_put, &row, err), err));
	buf_free(&row.sealed);
	REFUSES(TANU_ERR_CRYPTO, second_factor_needed(site->s, &needed, &aru, err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(two_who_look_alike_both_need_a_second_factor),
	    SITE_TEST(one_who_was_edited_is_no_hindrance),
	    SITE_TEST(one_who_is_gone_looks_like_nobody),
	    SITE_TEST(nobody_is_compared_who_did_not_agree),
	    SITE_TEST(everybody_sees_each_comparison_of_hers),
	    SITE_TEST(neither_learns_who_it_is),
	    SITE_TEST(either_withdrawal_ends_it_for_both),
	    SITE_TEST(who_leaves_takes_it_along),
	    SITE_TEST(a_face_that_is_erased_looks_like_nobody),
	    SITE_TEST(it_ends_at_the_instant_the_consent_does),
	    SITE_TEST(another_photograph_is_compared_anew),
	    SITE_TEST(the_bound_is_a_setting),
	    SITE_TEST(a_reference_of_a_former_model_is_left_alone),
	    SITE_TEST(nothing_is_computed_from_a_photograph),
	    SITE_TEST(a_damaged_row_is_not_overlooked),
	};

	return cmocka_run_group_tests_name("service/lookalikes", tests, NULL, NULL);
}
