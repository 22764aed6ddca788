/* SPDX-License-Identifier: Apache-2.0 */
/* The rules, tried over all of a small field and checked against the sentences of the header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

#include <tanu/consent.h>

#include <string.h>

#define NOW 1000

static const tanu_id anna = {{1}};
static const tanu_id berik = {{2}};

static tanu_consent given(const tanu_id *subject, int64_t from_ms, int64_t until_ms, uint64_t seq)
{
	return (tanu_consent){
	    .subject = *subject,
	    .purpose = TANU_PURPOSE_ACCESS,
	    .state = TANU_CONSENT_GIVEN,
	    .giver = TANU_GIVER_SELF,
	    .given_ms = from_ms,
	    .not_after_ms = until_ms,
	    .sequence = seq,
	};
}

static tanu_consent refused(const tanu_id *subject, tanu_giver giver, uint64_t seq)
{
	tanu_consent c = given(subject, 0, 0, seq);

	c.state = TANU_CONSENT_REFUSED;
	c.giver = giver;
	return c;
}

static void is_live_only_when_given_and_between_its_instants(void **state)
{
	(void)state;
	for (int s = -1; s <= TANU_CONSENT_REPLACED + 1; s++)
		for (int64_t from = NOW - 1; from <= NOW + 1; from++)
			for (int64_t until = NOW - 1; until <= NOW + 1; until++) {
				tanu_consent c = given(&anna, from, until, 1);
				tanu_consent_state want = (tanu_consent_state)s;

				c.state = (tanu_consent_state)s;
				if (s < 0 || s > TANU_CONSENT_REPLACED)
					want = TANU_CONSENT_NONE;
				if (s == TANU_CONSENT_GIVEN && from > NOW)
					want = TANU_CONSENT_NONE;
				if (s == TANU_CONSENT_GIVEN && until <= NOW)
					want = TANU_CONSENT_EXPIRED;
				assert_int_equal(tanu_consent_state_at(&c, NOW), want);
			}
}

static void expires_at_its_exact_instant(void **state)
{
	tanu_consent c = given(&anna, 0, NOW, 1);

	(void)state;
	assert_ptr_equal(tanu_consent_find(&c, 1, &anna, TANU_PURPOSE_ACCESS, NOW - 1), &c);
	assert_null(tanu_consent_find(&c, 1, &anna, TANU_PURPOSE_ACCESS, NOW));
}

static void covers_only_its_own_purpose(void **state)
{
	(void)state;
	for (unsigned asked = 0; asked < 32; asked++)
		for (unsigned held = 0; held < 32; held++) {
			tanu_consent c = given(&anna, 0, NOW + 1, 1);
			const tanu_consent *found;

			c.purpose = (tanu_purpose)held;
			found = tanu_consent_find(&c, 1, &anna, (tanu_purpose)asked, NOW);
			assert_ptr_equal(found, asked == held && asked ? &c : NULL);
		}
}

static void covers_only_its_own_subject(void **state)
{
	tanu_consent c = given(&anna, 0, NOW + 1, 1);
	tanu_id almost = anna;

	(void)state;
	assert_null(tanu_consent_find(&c, 1, &berik, TANU_PURPOSE_ACCESS, NOW));
	almost.b[TANU_ID_LEN - 1] = 1;
	assert_null(tanu_consent_find(&c, 1, &almost, TANU_PURPOSE_ACCESS, NOW));
	assert_null(tanu_consent_find(NULL, 0, &anna, TANU_PURPOSE_ACCESS, NOW));
}

static void picks_the_one_that_lasts_longest(void **state)
{
	const tanu_consent all[] = {
	    given(&anna, 0, NOW + 5, 1), given(&anna, 0, NOW + 9, 2),	given(&anna, 0, NOW + 9, 4),
	    given(&anna, 0, NOW + 9, 3), given(&berik, 0, NOW + 99, 5),
	};

	(void)state;
	assert_ptr_equal(tanu_consent_find(all, ARRAY_LEN(all), &anna, TANU_PURPOSE_ACCESS, NOW),
			 &all[2]);
}

/* What the header says of a refusal, for one consent and one refusal. */
static bool refusal_wins(const tanu_consent *refusal, const tanu_consent *consent)
{
	bool own_against_guardian =
	    refusal->giver == TANU_GIVER_SELF && consent->giver == TANU_GIVER_GUARDIAN;

	return own_against_guardian || refusal->sequence >= consent->sequence;
}

static void lets_a_newer_refusal_win_in_any_order_of_rows(void **state)
{
	(void)state;
	for (uint64_t yes = 1; yes <= 3; yes++)
		for (uint64_t no = 1; no <= 3; no++)
			for (int by = TANU_GIVER_SELF; by <= TANU_GIVER_GUARDIAN; by++)
				for (int against = TANU_GIVER_SELF; against <= TANU_GIVER_GUARDIAN;
				     against++) {
					tanu_consent rows[2], swapped[2];
					bool wins;

					rows[0] = given(&anna, 0, NOW + 1, yes);
					rows[0].giver = (tanu_giver)against;
					rows[1] = refused(&anna, (tanu_giver)by, no);
					swapped[0] = rows[1];
					swapped[1] = rows[0];
					wins = refusal_wins(&rows[1], &rows[0]);
					assert_ptr_equal(tanu_consent_find(rows, 2, &anna,
									   TANU_PURPOSE_ACCESS,
									   NOW),
							 wins ? NULL : &rows[0]);
					assert_ptr_equal(tanu_consent_find(swapped, 2, &anna,
									   TANU_PURPOSE_ACCESS,
									   NOW),
							 wins ? NULL : &swapped[1]);
				}
}

static void ignores_a_refusal_that_is_about_something_else(void **state)
{
	tanu_consent rows[2];

	(void)state;
	rows[0] = given(&anna, 0, NOW + 1, 1);
	rows[1] = refused(&berik, TANU_GIVER_SELF, 2);
	assert_non_null(tanu_consent_find(rows, 2, &anna, TANU_PURPOSE_ACCESS, NOW));
	rows[1] = refused(&anna, TANU_GIVER_SELF, 2);
	rows[1].purpose = TANU_PURPOSE_VISIT;
	assert_non_null(tanu_consent_find(rows, 2, &anna, TANU_PURPOSE_ACCESS, NOW));
	rows[1] = refused(&anna, TANU_GIVER_SELF, 2);
	rows[1].state = TANU_CONSENT_WITHDRAWN; /* the refusal itself was taken back */
	assert_non_null(tanu_consent_find(rows, 2, &anna, TANU_PURPOSE_ACCESS, NOW));
}

/* All of a small field: who gave it, who refused, which came first. */
static void one_guardian_s_no_is_not_another_one_s_to_take_back(void **state)
{
	(void)state;
	for (uint8_t gave = 1; gave <= 2; gave++)
		for (uint8_t no = 1; no <= 2; no++)
			for (uint64_t seq = 1; seq <= 3; seq += 2) {
				tanu_consent rows[2] = {given(&anna, 0, NOW + 9, 2)};
				bool found;

				rows[0].giver = TANU_GIVER_GUARDIAN;
				rows[0].guardian = (tanu_id){{gave}};
				rows[1] = refused(&anna, TANU_GIVER_GUARDIAN, seq);
				rows[1].guardian = (tanu_id){{no}};
				found = tanu_consent_find(rows, 2, &anna, TANU_PURPOSE_ACCESS, NOW);
				assert_int_equal(found, gave == no && seq == 1);
			}
}

static void falls_back_to_a_shorter_consent_given_after_the_refusal(void **state)
{
	tanu_consent rows[3];

	(void)state;
	rows[0] = given(&anna, 0, NOW + 9, 1);
	rows[1] = refused(&anna, TANU_GIVER_SELF, 2);
	rows[2] = given(&anna, 0, NOW + 1, 3);
	assert_ptr_equal(tanu_consent_find(rows, 3, &anna, TANU_PURPOSE_ACCESS, NOW), &rows[2]);
}

/* Age by counting birthdays one day at a time, over eight years around leap days. */
static void counts_birthdays_day_by_day(void **state)
{
	int64_t first = date_to_days((tanu_date){1999, 1, 1});
	int64_t last = date_to_days((tanu_date){2005, 1, 1});

	(void)state;
	for (int64_t b = first; b < last; b += 7) {
		tanu_date born = date_from_days(b);
		int age = 0;

		assert_int_equal(tanu_age_on(born, born), 0);
		for (int64_t d = b + 1; d < last; d++) {
			tanu_date on = date_from_days(d);
			bool leap_birthday = born.month == 2 && born.day == 29;
			tanu_date eve = date_from_days(d - 1);

			if (on.month == born.month && on.day == born.day)
				age++;
			else if (leap_birthday && on.month == 3 && on.day == 1 && eve.day == 28)
				age++;
			assert_int_equal(tanu_age_on(born, on), age);
		}
	}
}

static void is_of_age_on_the_birthday_and_not_before(void **state)
{
	static const struct {
		tanu_date born, on;
		int age;
	} rows[] = {
	    {{2008, 6, 15}, {2026, 6, 14}, 17}, {{2008, 6, 15}, {2026, 6, 15}, 18},
	    {{2008, 2, 29}, {2026, 2, 28}, 17}, {{2008, 2, 29}, {2026, 3, 1}, 18},
	    {{2008, 2, 29}, {2028, 2, 28}, 19}, {{2008, 2, 29}, {2028, 2, 29}, 20},
	    {{2008, 12, 31}, {2009, 1, 1}, 0},	{{2008, 1, 1}, {2008, 12, 31}, 0},
	    {{2008, 6, 15}, {2008, 6, 14}, -1}, {{2008, 6, 15}, {2007, 6, 15}, -1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(tanu_age_on(rows[i].born, rows[i].on), rows[i].age);
}

static void lets_guardians_give_until_majority_and_then_only_the_person(void **state)
{
	(void)state;
	for (int majority = 16; majority <= 21; majority++)
		for (int age = -2; age < 120; age++)
			for (int giver = -1; giver <= 3; giver++) {
				tanu_error err = {0};
				tanu_status st =
				    tanu_consent_may_give(age, (tanu_giver)giver, majority, &err);
				bool may =
				    age >= 0 && ((giver == TANU_GIVER_SELF && age >= majority) ||
						 (giver == TANU_GIVER_GUARDIAN && age < majority));

				assert_int_equal(st, may ? TANU_OK : TANU_REFUSED);
				assert_int_equal(err.code,
						 may ? TANU_ERR_NONE : TANU_ERR_CONSENT_RULE);
				assert_int_equal(err.message[0] != '\0', !may);
			}
}

static void changes_the_giver_on_the_day_of_majority(void **state)
{
	const tanu_date born = {2008, 2, 29};
	int eve = tanu_age_on(born, (tanu_date){2026, 2, 28});
	int day = tanu_age_on(born, (tanu_date){2026, 3, 1});

	(void)state;
	assert_int_equal(tanu_consent_may_give(eve, TANU_GIVER_GUARDIAN, 18, NULL), TANU_OK);
	assert_int_equal(tanu_consent_may_give(eve, TANU_GIVER_SELF, 18, NULL), TANU_REFUSED);
	assert_int_equal(tanu_consent_may_give(day, TANU_GIVER_GUARDIAN, 18, NULL), TANU_REFUSED);
	assert_int_equal(tanu_consent_may_give(day, TANU_GIVER_SELF, 18, NULL), TANU_OK);
}

/* Every set of purposes written out and read back. */
static void reads_every_set_of_purposes(void **state)
{
	(void)state;
	for (unsigned set = 1; set < 16; set++) {
		char text[64] = "";
		unsigned got = 0;

		for (unsigned bit = 1; bit < 16; bit <<= 1) {
			if (!(set & bit))
				continue;
			if (text[0])
				strcat(text, ",");
			strcat(text, tanu_purpose_name((tanu_purpose)bit));
		}
		assert_int_equal(tanu_purposes_parse(&got, text, NULL), TANU_OK);
		assert_int_equal(got, set);
	}
}

static void refuses_what_is_not_a_list_of_purposes(void **state)
{
	static const char *const bad[] = {
	    "",
	    ",",
	    "access,",
	    ",access",
	    "access,,visit",
	    "Access",
	    "access visit",
	    " access",
	    "access;",
	    "acces",
	    "accesss",
	    "access, visit",
	    "none",
	    "unknown",
	    "a-word-far-longer-than-any-place-in-an-error-could-ever-take",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		unsigned got = 77;
		tanu_error err = {0};

		assert_int_equal(tanu_purposes_parse(&got, bad[i], &err), TANU_USAGE);
		assert_int_equal(err.code, TANU_ERR_USAGE);
		assert_non_null(strstr(err.message, "access attendance visit identity"));
		assert_int_equal(got, 77);
	}
}

static void has_a_word_for_every_number(void **state)
{
	(void)state;
	assert_string_equal(tanu_purpose_name(TANU_PURPOSE_NONE), "none");
	assert_string_equal(tanu_purpose_name(TANU_PURPOSE_VISIT), "visit");
	assert_string_equal(tanu_purpose_name((tanu_purpose)3), "unknown");
	assert_string_equal(tanu_consent_state_name(TANU_CONSENT_LAPSED), "lapsed");
	assert_string_equal(tanu_consent_state_name(TANU_CONSENT_REPLACED), "replaced");
	assert_string_equal(tanu_consent_state_name((tanu_consent_state)8), "unknown");
	assert_string_equal(tanu_giver_name(TANU_GIVER_GUARDIAN), "guardian");
	assert_string_equal(tanu_giver_name((tanu_giver)3), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_live_only_when_given_and_between_its_instants),
	    cmocka_unit_test(expires_at_its_exact_instant),
	    cmocka_unit_test(covers_only_its_own_purpose),
	    cmocka_unit_test(covers_only_its_own_subject),
	    cmocka_unit_test(picks_the_one_that_lasts_longest),
	    cmocka_unit_test(lets_a_newer_refusal_win_in_any_order_of_rows),
	    cmocka_unit_test(ignores_a_refusal_that_is_about_something_else),
	    cmocka_unit_test(one_guardian_s_no_is_not_another_one_s_to_take_back),
	    cmocka_unit_test(falls_back_to_a_shorter_consent_given_after_the_refusal),
	    cmocka_unit_test(counts_birthdays_day_by_day),
	    cmocka_unit_test(is_of_age_on_the_birthday_and_not_before),
	    cmocka_unit_test(lets_guardians_give_until_majority_and_then_only_the_person),
	    cmocka_unit_test(changes_the_giver_on_the_day_of_majority),
	    cmocka_unit_test(reads_every_set_of_purposes),
	    cmocka_unit_test(refuses_what_is_not_a_list_of_purposes),
	    cmocka_unit_test(has_a_word_for_every_number),
	};

	return cmocka_run_group_tests_name("consent/consent", tests, NULL, NULL);
}
