/* SPDX-License-Identifier: Apache-2.0 */
/* People: added, found, and nothing of them in clear. */
#include "service/site.h"

#include <ctype.h>

static void finds_by_id_prefix_and_name(void **state)
{
	struct site *site = *state;
	tanu_id a = add_person(site, "Әлия Серікқызы", 30), b = add_person(site, "Berik", 40);
	tanu_id found;
	char hex[ID_HEX_LEN];

	id_hex(hex, &a);
	MUST(service_subject_find(site->s, &found, hex, err));
	assert_true(id_equal(&found, &a));
	hex[8] = '\0';
	MUST(service_subject_find(site->s, &found, hex, err));
	assert_true(id_equal(&found, &a));
	MUST(service_subject_find(site->s, &found, "Berik", err));
	assert_true(id_equal(&found, &b));
	MUST(service_subject_find(site->s, &found, "Әлия Серікқызы", err));
	assert_true(id_equal(&found, &a));
}

static void finds_an_id_in_capitals_and_hints_at_short_ones(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30), found;
	tanu_error error = {0};
	char hex[ID_HEX_LEN];

	id_hex(hex, &id);
	hex[8] = '\0';
	for (char *p = hex; *p; p++)
		*p = (char)toupper(*p);
	MUST(service_subject_find(site->s, &found, hex, err));
	assert_true(id_equal(&found, &id));
	hex[5] = '\0';
	assert_int_equal(service_subject_find(site->s, &found, hex, &error), TANU_NOT_FOUND);
	assert_non_null(strstr(error.message, "at least 6 digits"));
}

static void a_name_is_something_to_see(void **state)
{
	static const char *const unseen[] = {"   ", "\u200b", "\u00a0 \u3000",
					     "\u202e\u2066 \ufeff"};
	struct site *site = *state;
	struct person person = {.name = " \u200f Ali Ya\u00a0 ", .born = {1990, 2, 28}};
	struct subject_view view = {0};
	tanu_id id;

	MUST(service_subject_add(site->s, &id, &person, err));
	MUST(service_subject_get(site->s, &view, &id, err));
	assert_string_equal(view.person.name, "Ali Ya");
	MUST(service_subject_find(site->s, &id, "Ali Ya", err));
	for (size_t i = 0; i < ARRAY_LEN(unseen); i++) {
		strcpy(person.name, unseen[i]);
		REFUSES(TANU_ERR_USAGE, service_subject_add(site->s, &id, &person, err));
	}
}

static tanu_status count_damaged(void *self, const struct subject_view *v, tanu_error *err)
{
	size_t *counts = self;

	(void)err;
	counts[v->damaged]++;
	assert_true(v->damaged == (v->person.name[0] == '\0'));
	return TANU_OK;
}

static void a_damaged_profile_locks_nobody_else_out(void **state)
{
	struct site *site = *state;
	tanu_id bad = add_person(site, "Berik", 30), good = add_person(site, "Aliya", 30), found;
	struct subject_view view;
	size_t counts[2] = {0};
	char hex[ID_HEX_LEN];

	MUST(tx_begin(site->s, err));
	MUST(tx_end(site->s, DB(site->s, subject_set_profile, &bad, "broken", 6, err), err));
	MUST(service_subject_find(site->s, &found, "Aliya", err));
	assert_true(id_equal(&found, &good));
	REFUSES(TANU_ERR_SUBJECT_MISSING, service_subject_find(site->s, &found, "Berik", err));
	id_hex(hex, &bad);
	MUST(service_subject_find(site->s, &found, hex, err));
	REFUSES(TANU_ERR_CRYPTO, service_subject_get(site->s, &view, &bad, err));
	MUST(service_subject_each(site->s, count_damaged, counts, err));
	assert_int_equal(counts[false], 1);
	assert_int_equal(counts[true], 1);
}

static void asks_which_of_two_with_one_name(void **state)
{
	struct site *site = *state;
	tanu_id found;
	tanu_error error = {0};

	add_person(site, "Aliya", 30);
	add_person(site, "Aliya", 12);
	assert_int_equal(service_subject_find(site->s, &found, "Aliya", &error), TANU_USAGE);
	assert_int_equal(error.code, TANU_ERR_SUBJECT_AMBIGUOUS);
	assert_null(strstr(error.message, "Aliya"));
	assert_non_null(strstr(error.message, "2 people"));
}

static void finds_nobody_without_naming_the_name(void **state)
{
	struct site *site = *state;
	tanu_id found;
	tanu_error error = {0};

	add_person(site, "Aliya", 30);
	assert_int_equal(service_subject_find(site->s, &found, "Zarina", &error), TANU_NOT_FOUND);
	assert_null(strstr(error.message, "Zarina"));
	assert_string_equal(error.place, "");
	REFUSES(TANU_ERR_SUBJECT_MISSING, service_subject_find(site->s, &found, "", err));
	REFUSES(TANU_ERR_SUBJECT_MISSING, service_subject_find(site->s, &found, "abc", err));
}

static void refuses_names_and_dates_that_cannot_be(void **state)
{
	struct site *site = *state;
	struct person good = {.name = "Aliya", .born = {1990, 2, 28}};
	struct person bad;
	tanu_id id;

	bad = good;
	bad.name[0] = '\0';
	REFUSES(TANU_ERR_USAGE, service_subject_add(site->s, &id, &bad, err));
	bad = good;
	strcpy(bad.name, "A\nB");
	REFUSES(TANU_ERR_USAGE, service_subject_add(site->s, &id, &bad, err));
	bad = good;
	strcpy(bad.name, "A\xff");
	REFUSES(TANU_ERR_USAGE, service_subject_add(site->s, &id, &bad, err));
	bad = good;
	bad.born = (tanu_date){1990, 2, 30};
	REFUSES(TANU_ERR_DATE, service_subject_add(site->s, &id, &bad, err));
	bad = good;
	bad.born = date_in(site, 2);
	REFUSES(TANU_ERR_DATE, service_subject_add(site->s, &id, &bad, err));
	bad = good;
	bad.born = (tanu_date){1600, 1, 1};
	REFUSES(TANU_ERR_DATE, service_subject_add(site->s, &id, &bad, err));
}

static void adds_all_of_a_batch_or_nobody(void **state)
{
	struct site *site = *state;
	struct person people[3] = {{.name = "A", .born = {1990, 1, 1}},
				   {.name = "B", .born = {1990, 1, 1}},
				   {.name = "", .born = {1990, 1, 1}}};
	struct service_report report = {0};
	tanu_id ids[3];

	REFUSES(TANU_ERR_USAGE, service_subject_add_many(site->s, ids, people, 3, err));
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.subjects, 0);
	MUST(service_subject_add_many(site->s, ids, people, 2, err));
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.subjects, 2);
}

static tanu_status count_views(void *self, const struct subject_view *v, tanu_error *err)
{
	(void)err;
	assert_string_equal(v->person.name, "Aliya");
	++*(int *)self;
	return TANU_OK;
}

static void keeps_people_over_a_reopening(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct subject_view view = {0};
	int seen = 0;

	site_reopen(site);
	MUST(service_subject_get(site->s, &view, &id, err));
	assert_string_equal(view.person.name, "Aliya");
	assert_false(view.enrolled);
	assert_int_equal(view.live_purposes, 0);
	MUST(service_subject_each(site->s, count_views, &seen, err));
	assert_int_equal(seen, 1);
}

static void writes_nothing_personal_in_clear(void **state)
{
	struct site *site = *state;
	static const char name[] = "Unmistakable Name";
	tanu_id guardian = add_person(site, name, 40), child = add_person(site, "Child", 10);
	struct consent_order order = order_by(site, &child, &guardian, TANU_PURPOSE_ACCESS, 30);
	struct person who = {0};
	static const char field[] = "\"born\":";
	char born[32];

	MUST(subject_person(site->s, &who, &guardian, err));
	snprintf(born, sizeof(born), "%04d-%02d-%02d", who.born.year, who.born.month, who.born.day);
	add_guardian(site, &child, &guardian);
	MUST(service_consent_give(site->s, &order, err));
	for (int closed = 0; closed < 2; closed++) {
		assert_int_equal(files_holding(site->dir, name, sizeof(name) - 1), 0);
		assert_int_equal(files_holding(site->dir, born, strlen(born)), 0);
		assert_int_equal(files_holding(site->dir, field, sizeof(field) - 1), 0);
		assert_int_equal(files_holding(site->dir, "numbers made from", 17), 0);
		service_close(&site->s);
	}
	/* The search itself finds what is there. */
	assert_true(files_holding(site->dir, child.b, sizeof(child.b)) > 0);
	assert_true(files_holding(site->dir, "School 7", 8) > 0);
	site_open_dir(site, site->dir);
}

struct trail {
	int count;
	tanu_event events[16];
};

static tanu_status follow(void *self, const struct history_view *v, tanu_error *err)
{
	struct trail *trail = self;

	(void)err;
	assert_true(trail->count < 16);
	trail->events[trail->count++] = v->event;
	return TANU_OK;
}

static void tells_a_person_what_happened(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct erasure_receipt receipt;
	struct trail trail = {0};
	static const tanu_event expected[] = {TANU_EVENT_SUBJECT_ADDED, TANU_EVENT_CONSENT_GIVEN,
					      TANU_EVENT_ENROLLED, TANU_EVENT_CONSENT_WITHDRAWN,
					      TANU_EVENT_REFERENCE_ERASED};

	site->ahead_ms += 10;
	give(site, &id, TANU_PURPOSE_ACCESS, 30);
	site->ahead_ms += 10;
	keep_reference(site, &id, 1);
	site->ahead_ms += 10;
	MUST(service_consent_withdraw(site->s, &receipt, &id, 0, err));
	MUST(service_history_each(site->s, &id, follow, &trail, err));
	assert_int_equal(trail.count, ARRAY_LEN(expected));
	/* The last two may share a millisecond, and then have no order. */
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(trail.events[i], expected[i]);
	assert_int_equal(trail.events[3] + trail.events[4], expected[3] + expected[4]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(finds_by_id_prefix_and_name),
	    SITE_TEST(finds_an_id_in_capitals_and_hints_at_short_ones),
	    SITE_TEST(a_name_is_something_to_see),
	    SITE_TEST(a_damaged_profile_locks_nobody_else_out),
	    SITE_TEST(asks_which_of_two_with_one_name),
	    SITE_TEST(finds_nobody_without_naming_the_name),
	    SITE_TEST(refuses_names_and_dates_that_cannot_be),
	    SITE_TEST(adds_all_of_a_batch_or_nobody),
	    SITE_TEST(keeps_people_over_a_reopening),
	    SITE_TEST(writes_nothing_personal_in_clear),
	    SITE_TEST(tells_a_person_what_happened),
	};

	return cmocka_run_group_tests_name("service/subjects", tests, NULL, NULL);
}
