/* SPDX-License-Identifier: Apache-2.0 */
/* A site measures itself: who is asked, what is kept of it, and that thresholds only rise. */
#include "service/crowd.h"

#include "eval/eval.h"

#include <math.h>

#define BOTH (ACCESS | CALIBRATION)
#define FEW  (CALIBRATION_PEOPLE_MIN - 1)
#define KIN  0.5F /* of one family: they score about 0.5 with each other */

/* References first, so that nobody is compared at enrolment. */
static void add_people(struct site *site, size_t len, float share, tanu_id *first)
{
	for (size_t i = 0; i < len; i++) {
		tanu_id id = enrolled(site, "Somebody", ACCESS, (uint32_t)i + 1, share);

		give(site, &id, CALIBRATION, 100);
		if (i == 0)
			*first = id;
	}
}

static tanu_calibration calibration_of(struct site *site)
{
	tanu_calibration cal = {0};

	MUST(service_calibration(site->s, &cal, err));
	return cal;
}

static tanu_calibration models_own(void)
{
	tanu_calibration cal = {0};

	MUST(service_calibration(NULL, &cal, err));
	return cal;
}

static float score_at(const tanu_calibration *cal, double fmr)
{
	tanu_threshold t = {0};

	MUST(tanu_threshold_for_fmr(&t, cal, fmr, err));
	return t.score;
}

static void set_overlay(struct site *site, const char *text, size_t len)
{
	MUST(tx_begin(site->s, err));
	MUST(tx_end(site->s, DB(site->s, meta_set, META_CALIBRATION, text, len, err), err));
	site->s->calibrated = false;
}

static void until_it_is_measured_the_models_holds(void **state)
{
	struct site *site = *state;
	tanu_calibration cal = calibration_of(site), model = models_own();

	assert_memory_equal(&cal, &model, sizeof(cal));
	assert_non_null(strstr(cal.population, "another population"));
}

static void too_few_people_are_not_measured(void **state)
{
	struct site *site = *state;
	struct curve curve = {.people = 77};
	tanu_calibration cal, model = models_own();
	tanu_id first;

	REFUSES(TANU_ERR_TOO_FEW, service_calibrate(site->s, &curve, err));
	add_people(site, FEW, KIN, &first);
	enrolled(site, "Did not agree", ACCESS, 99, KIN);
	REFUSES(TANU_ERR_TOO_FEW, service_calibrate(site->s, &curve, err));
	assert_int_equal(curve.people, 77);
	assert_int_equal(events_of(site, &first, TANU_EVENT_CALIBRATED), 0); /* not opened */
	cal = calibration_of(site);
	assert_memory_equal(&cal, &model, sizeof(cal));
}

static void a_family_raises_the_thresholds(void **state)
{
	struct site *site = *state;
	tanu_calibration model = models_own(), cal;
	struct service_report report = {0};
	struct curve curve = {0};
	tanu_id first, silent;

	add_people(site, CALIBRATION_PEOPLE_MIN, KIN, &first);
	silent = enrolled(site, "Did not agree", ACCESS, 99, KIN);
	MUST(service_calibrate(site->s, &curve, err));
	assert_int_equal(curve.people, CALIBRATION_PEOPLE_MIN);
	assert_int_equal(curve.impostor, CALIBRATION_PEOPLE_MIN * (CALIBRATION_PEOPLE_MIN - 1) / 2);
	assert_int_equal(curve.genuine, 0);
	cal = calibration_of(site);
	assert_true(score_at(&cal, 1e-2) > score_at(&model, 1e-2) + 0.1F);
	assert_true(score_at(&cal, 1e-4) > score_at(&model, 1e-4) + 0.05F);
	assert_non_null(strstr(cal.population, "this site's own 50 people on 20"));
	for (size_t i = 0; i < cal.count; i++)
		assert_true(cal.point[i].score >= score_at(&model, cal.point[i].fmr));
	/* Each opened reference is in its owner's history; no features were computed. */
	assert_int_equal(events_of(site, &first, TANU_EVENT_CALIBRATED), 1);
	assert_int_equal(events_of(site, &silent, TANU_EVENT_CALIBRATED), 0);
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.embeddings, 0);
	assert_int_equal(report.permits, 0);
	site_reopen(site);
	model = calibration_of(site);
	assert_memory_equal(&cal, &model, sizeof(cal));
}

static void strangers_lower_nothing(void **state)
{
	struct site *site = *state;
	tanu_calibration model = models_own(), cal;
	struct curve curve = {0};
	tanu_id first;

	add_people(site, CALIBRATION_PEOPLE_MIN, 0, &first);
	MUST(service_calibrate(site->s, &curve, err));
	assert_true(curve.point[0].score < 0.1); /* less alike than those of the model */
	cal = calibration_of(site);
	assert_int_equal(cal.count, model.count);
	for (size_t i = 0; i < cal.count; i++) {
		assert_true(cal.point[i].score == model.point[i].score);
		assert_true(cal.point[i].fnmr == model.point[i].fnmr);
	}
	assert_non_null(strstr(cal.population, "this site's own"));
}

/* ---- raising, by known numbers ---- */

static const tanu_calibration small_model = {
    .count = 3,
    .point = {{.fmr = 1e-1, .score = 0.1F, .fnmr = 0.0F},
	      {.fmr = 1e-2, .score = 0.2F, .fnmr = 0.1F},
	      {.fmr = 1e-3, .score = 0.4F, .fnmr = 0.3F, .extrapolated = true}},
    .population = "others",
};

static struct overlay overlay_of(double fmr0, float score0, double fmr1, float score1)
{
	return (struct overlay){
	    .people = CALIBRATION_PEOPLE_MIN,
	    .date = {2026, 5, 1},
	    .calibration = {.count = 2,
			    .point = {{.fmr = fmr0,
				       .score = score0,
				       .fnmr = NAN,
				       .low = score0 - 0.05F,
				       .high = score0 + 0.05F},
				      {.fmr = fmr1,
				       .score = score1,
				       .fnmr = NAN,
				       .low = score1 - 0.05F,
				       .high = score1 + 0.05F,
				       .extrapolated = true}},
			    .population = "ours"},
	};
}

static tanu_calibration raised_by(const struct overlay *overlay)
{
	tanu_calibration cal = small_model;

	overlay_raise(&cal, overlay);
	assert_string_equal(cal.population, "ours");
	return cal;
}

static void the_higher_score_counts_at_each_rate(void **state)
{
	struct overlay own = overlay_of(1e-1, 0.05F, 1e-3, 0.65F); /* 0.35 at 1e-2 */
	tanu_calibration cal = raised_by(&own);

	(void)state;
	assert_int_equal(cal.count, 3);
	assert_true(cal.point[0].score == 0.1F); /* the model's */
	assert_float_equal(cal.point[1].score, 0.35, 1e-6);
	assert_float_equal(cal.point[2].score, 0.65, 1e-6);
	/* What a raised score costs, by the model's own pairs. */
	assert_float_equal(cal.point[1].fnmr, 0.25, 1e-6);
	assert_true(isnan(cal.point[2].fnmr)); /* beyond what they show */
	assert_float_equal(cal.point[1].low, 0.3, 1e-6);
	assert_false(cal.point[0].extrapolated);
	assert_true(cal.point[1].extrapolated && cal.point[2].extrapolated);
}

static void a_rate_that_the_site_does_not_reach_is_cut_off(void **state)
{
	struct overlay own = overlay_of(1e-1, 0.3F, 1e-2, 0.5F);
	tanu_calibration cal = raised_by(&own);

	(void)state;
	assert_int_equal(cal.count, 2); /* 0.5 for 1e-3 as well would be a guess */
	assert_float_equal(cal.point[1].score, 0.5, 1e-6);
}

static void a_laxer_rate_than_the_sites_first_is_cut_off(void **state)
{
	struct overlay own = overlay_of(1e-2, 0.3F, 1e-3, 0.5F);
	tanu_calibration cal = raised_by(&own);

	(void)state;
	assert_int_equal(cal.count, 2);
	assert_true(cal.point[0].fmr == 1e-2);
	assert_float_equal(cal.point[0].score, 0.3, 1e-6);
}

static void a_site_of_strangers_changes_no_score(void **state)
{
	struct overlay own = overlay_of(1e-1, 0.01F, 1e-2, 0.02F);
	tanu_calibration cal = raised_by(&own);

	(void)state;
	assert_int_equal(cal.count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(cal.point[i].score == small_model.point[i].score);
	assert_true(cal.point[2].extrapolated);
}

/* ---- what is kept ---- */

static struct buf encoded(void)
{
	struct overlay own = overlay_of(1e-1, 0.3F, 1e-2, 0.5F);
	struct buf text = {0};

	own.model[0] = 0xab;
	MUST(overlay_encode(&text, &own, err));
	return text;
}

static void it_is_read_back_as_it_was_written(void **state)
{
	struct buf text = encoded();
	struct overlay back = {0};

	(void)state;
	MUST(overlay_decode(&back, &text, err));
	assert_int_equal(back.people, CALIBRATION_PEOPLE_MIN);
	assert_int_equal(back.date.month, 5);
	assert_int_equal(back.model[0], 0xab);
	assert_int_equal(back.calibration.count, 2);
	assert_true(back.calibration.point[1].score == 0.5F);
	assert_true(back.calibration.point[1].extrapolated);
	buf_free(&text);
}

static void refuses(const char *from, const char *to)
{
	struct buf text = encoded(), bad = {0};
	const char *whole = buf_cstr(&text), *at = strstr(whole, from);
	struct overlay out = {.people = 7};

	assert_non_null(at);
	buf_put(&bad, whole, (size_t)(at - whole));
	buf_str(&bad, to);
	buf_str(&bad, at + strlen(from));
	REFUSES(TANU_ERR_DB_DAMAGED, overlay_decode(&out, &bad, err));
	assert_int_equal(out.people, 7);
	buf_free(&text);
	buf_free(&bad);
}

static void refuses_each_damaged_field(void **state)
{
	(void)state;
	refuses("\"version\": 1", "\"version\": 2");
	refuses("\"version\": 1", "\"versions\": 1");
	refuses("\"people\": 50", "\"people\": 49");
	refuses("\"people\": 50", "\"people\": \"50\"");
	refuses("2026-05-01", "2026-13-01");
	refuses("\"ab00", "\"zz00");
	refuses("\"ab00", "\"ab");
	refuses("\"population\": \"ours\"", "\"population\": \"\"");
	refuses("\"score\": 0.5000", "\"score\": 0.2000");
	refuses("\"interval\": [0.4500", "\"interval\": [0.5100");
	refuses("\"extrapolated\": true", "\"extrapolated\": 1");
	refuses("\n}\n", "\n");
	refuses("\"calibration\": {", "\"extra\": 1, \"calibration\": {");
}

static void a_damaged_one_is_refused_and_not_passed_over(void **state)
{
	struct site *site = *state;
	const tanu_calibration *cal = NULL;

	set_overlay(site, "{\"version\": 1}", 14);
	REFUSES(TANU_ERR_DB_DAMAGED, site_calibration(site->s, &cal, err));
	assert_null(cal);
	/* Nothing stands in the way of measuring again, or of other acts. */
	add_person(site, "Aru", 30);
}

static void one_of_another_model_is_refused(void **state)
{
	struct site *site = *state;
	const tanu_calibration *cal = NULL;
	struct buf text = encoded();

	set_overlay(site, buf_cstr(&text), text.len);
	REFUSES(TANU_ERR_MODEL_MISMATCH, site_calibration(site->s, &cal, err));
	buf_free(&text);
}

/* ---- the purpose ---- */

static void calibration_alone_stores_no_face(void **state)
{
	struct site *site = *state;
	tanu_reference reference = family_reference(site, 1, 0);
	tanu_id aru = add_person(site, "Aru", 30), id;

	give(site, &aru, CALIBRATION, 100);
	REFUSES(TANU_ERR_NO_CONSENT, reference_keep(site->s, &id, &aru, &reference, err));
}

static void a_face_goes_when_only_calibration_is_left(void **state)
{
	struct site *site = *state;
	struct erasure_receipt receipt;
	tanu_id aru = add_person(site, "Aru", 30);

	give(site, &aru, ACCESS, 10);
	give(site, &aru, CALIBRATION, 100); /* lasts longer, and still holds no reference */
	enrol_as(site, &aru, 1, 0);
	MUST(service_consent_withdraw(site->s, &receipt, &aru, ACCESS, err));
	assert_true(receipt.reference_erased);
	assert_false(is_enrolled(site, &aru));
}

static void nobody_is_recognised_under_it(void **state)
{
	struct site *site = *state;
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, 0);
	struct consent_list ledger = {0};
	struct verify_result result;
	struct permit permit;

	REFUSES(TANU_ERR_USAGE,
		service_verify(site->s, &result, &aru, CALIBRATION, "nowhere.jpg", err));
	MUST(settings_set(&site->s->settings, "gallery.cap", "10", err));
	REFUSES(TANU_ERR_USAGE,
		service_identify(site->s, &result, CALIBRATION, "nowhere.jpg", err));
	MUST(ledger_load(site->s, &ledger, &aru, err));
	REFUSES(TANU_ERR_PERMIT, permit_issue(site->s->book, &permit, &aru, CALIBRATION,
					      PERMIT_CLAIM_OPERATOR, ledger.v, ledger.len, err));
	REFUSES(TANU_ERR_PERMIT, permit_issue(site->s->book, &permit, &aru, ACCESS,
					      PERMIT_CLAIM_CALIBRATE, ledger.v, ledger.len, err));
	REFUSES(TANU_ERR_PERMIT,
		permit_issue_gallery(site->s->book, &permit, CALIBRATION, true, err));
	consent_list_free(&ledger);
}

static void its_permit_computes_and_stores_nothing(void **state)
{
	struct site *site = *state;
	tanu_id aru = enrolled(site, "Aru", BOTH, 1, 0);
	struct consent_list ledger = {0};
	struct permit permit;

	MUST(ledger_load(site->s, &ledger, &aru, err));
	MUST(permit_issue(site->s->book, &permit, &aru, CALIBRATION, PERMIT_CLAIM_CALIBRATE,
			  ledger.v, ledger.len, err));
	REFUSES(TANU_ERR_PERMIT, permit_spend(site->s->book, &permit, PERMIT_EMBED, &aru, err));
	REFUSES(TANU_ERR_PERMIT, permit_spend(site->s->book, &permit, PERMIT_SEAL, &aru, err));
	MUST(permit_spend(site->s->book, &permit, PERMIT_UNSEAL, &aru, err));
	consent_list_free(&ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(until_it_is_measured_the_models_holds),
	    SITE_TEST(too_few_people_are_not_measured),
	    SITE_TEST(a_family_raises_the_thresholds),
	    SITE_TEST(strangers_lower_nothing),
	    cmocka_unit_test(the_higher_score_counts_at_each_rate),
	    cmocka_unit_test(a_rate_that_the_site_does_not_reach_is_cut_off),
	    cmocka_unit_test(a_laxer_rate_than_the_sites_first_is_cut_off),
	    cmocka_unit_test(a_site_of_strangers_changes_no_score),
	    cmocka_unit_test(it_is_read_back_as_it_was_written),
	    cmocka_unit_test(refuses_each_damaged_field),
	    SITE_TEST(a_damaged_one_is_refused_and_not_passed_over),
	    SITE_TEST(one_of_another_model_is_refused),
	    SITE_TEST(calibration_alone_stores_no_face),
	    SITE_TEST(a_face_goes_when_only_calibration_is_left),
	    SITE_TEST(nobody_is_recognised_under_it),
	    SITE_TEST(its_permit_computes_and_stores_nothing),
	};

	return cmocka_run_group_tests_name("service/calibration", tests, NULL, NULL);
}
