/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Relying parties: who may ask about whom, that two of them can't put their lists together, and how
 * often. What a face answers is in test_faces.c.
 */
#include "service/site.h"

#include "service/relying_inside.h"

#define IDENTITY TANU_PURPOSE_IDENTITY

static struct relying_view party(struct site *site, const char *name)
{
	struct relying_view v;
	tanu_id key = {{0}};

	snprintf((char *)key.b, sizeof(key.b), "%.15s", name);
	MUST(service_relying_add(site->s, &v, name, "https://bank.example", &key, err));
	return v;
}

static struct allowed_order order(struct site *site, const tanu_id *who,
				  const struct relying_view *to, int days)
{
	return (struct allowed_order){.subject = *who,
				      .relying = to->id,
				      .until = date_in(site, days),
				      .by = TANU_GIVER_SELF};
}

static struct allowed_view allow(struct site *site, const tanu_id *who,
				 const struct relying_view *to, int days)
{
	struct allowed_order o = order(site, who, to, days);
	struct allowed_view v;

	MUST(service_allowed_give(site->s, &v, &o, err));
	return v;
}

static struct allowed_view only_one(struct site *site, const tanu_id *who);

static void a_relying_party_has_one_name_and_a_key(void **state)
{
	struct site *site = *state;
	struct relying_view bank = party(site, "Bank"), found;
	tanu_id other = {{9}};

	REFUSES(TANU_ERR_CONFLICT,
		service_relying_add(site->s, &found, "Bank", "https://b.example", &other, err));
	REFUSES(TANU_ERR_USAGE,
		service_relying_add(site->s, &found, "", "https://b.example", &other, err));
	REFUSES(TANU_ERR_USAGE,
		service_relying_add(site->s, &found, "B", "http://b.example", &other, err));
	REFUSES(TANU_ERR_USAGE, service_relying_add(site->s, &found, "B", "https://", &other, err));
	MUST(service_relying_by_key(site->s, &found, &bank.key, err));
	assert_string_equal(found.name, "Bank");
	REFUSES(TANU_ERR_ROLE, service_relying_by_key(site->s, &found, &other, err));
	site_reopen(site);
	MUST(service_relying_get(site->s, &found, &bank.id, err));
	assert_string_equal(found.audience, "https://bank.example");
	MUST(service_relying_end(site->s, &found, &bank.id, err));
	REFUSES(TANU_ERR_ROLE, service_relying_by_key(site->s, &found, &bank.key, err));
	MUST(service_relying_add(site->s, &found, "Bank", "https://b.example", &other, err));
}

static void nothing_is_allowed_without_a_consent_to_identity(void **state)
{
	struct site *site = *state;
	struct relying_view bank = party(site, "Bank");
	tanu_id who = add_person(site, "Anna", 30);
	struct allowed_order o = order(site, &who, &bank, 10);
	struct allowed_view v;

	REFUSES(TANU_ERR_NO_CONSENT, service_allowed_give(site->s, &v, &o, err));
	give(site, &who, TANU_PURPOSE_ACCESS, 30);
	REFUSES(TANU_ERR_NO_CONSENT, service_allowed_give(site->s, &v, &o, err));
	give(site, &who, IDENTITY, 30);
	o.until = date_in(site, 31);
	REFUSES(TANU_ERR_DATE, service_allowed_give(site->s, &v, &o, err));
	o.until = date_in(site, -1);
	REFUSES(TANU_ERR_DATE, service_allowed_give(site->s, &v, &o, err));
	o.until = date_in(site, 30);
	o.by = TANU_GIVER_GUARDIAN;
	o.guardian = add_person(site, "Somebody", 40);
	REFUSES(TANU_ERR_CONSENT_RULE, service_allowed_give(site->s, &v, &o, err));
	o.by = TANU_GIVER_SELF;
	MUST(service_allowed_give(site->s, &v, &o, err));
	assert_true(v.live);
	assert_string_equal(v.name, "Bank");
}

/* Withdrawn by itself, with the consent, with a new consent that says nothing of it, by time. */
static void it_ends_in_every_way(void **state)
{
	struct site *site = *state;
	struct relying_view bank = party(site, "Bank");
	tanu_id who = add_person(site, "Anna", 30), got;
	struct erasure_receipt receipt = {.receipt = {{0}}};
	struct allowed_order o = order(site, &who, &bank, 10);
	struct allowed_view v;

	give(site, &who, IDENTITY, 30);
	v = allow(site, &who, &bank, 10);
	MUST(service_assertion_may(site->s, &got, &bank, v.pseudonym, err));
	assert_true(id_equal(&got, &who));
	MUST(service_allowed_end(site->s, &o, err));
	REFUSES(TANU_ERR_NO_CONSENT, service_assertion_may(site->s, &got, &bank, v.pseudonym, err));
	REFUSES(TANU_ERR_RECORD_MISSING, service_allowed_end(site->s, &o, err));
	allow(site, &who, &bank, 10);
	MUST(service_consent_withdraw(site->s, &receipt, &who, IDENTITY, err));
	REFUSES(TANU_ERR_NO_CONSENT, service_assertion_may(site->s, &got, &bank, v.pseudonym, err));
	give(site, &who, IDENTITY, 30); /* a new yes to the purpose is none to the bank */
	REFUSES(TANU_ERR_NO_CONSENT, service_assertion_may(site->s, &got, &bank, v.pseudonym, err));
	allow(site, &who, &bank, 10);
	MUST(service_assertion_may(site->s, &got, &bank, v.pseudonym, err));
	site->ahead_ms += 11 * DAY;
	REFUSES(TANU_ERR_NO_CONSENT, service_assertion_may(site->s, &got, &bank, v.pseudonym, err));
	assert_false(only_one(site, &who).live);
}

static tanu_status keep_view(void *self, const struct allowed_view *v, tanu_error *err)
{
	(void)err;
	*(struct allowed_view *)self = *v;
	return TANU_OK;
}

/* The last that was allowed. */
static struct allowed_view only_one(struct site *site, const tanu_id *who)
{
	struct allowed_view v = {.id = {{0}}};

	MUST(service_allowed_each(site->s, who, keep_view, &v, err));
	return v;
}

static void each_knows_her_by_another_name(void **state)
{
	struct site *site = *state;
	struct relying_view bank = party(site, "Bank"), clinic = party(site, "Clinic");
	tanu_id who = add_person(site, "Anna", 30), other = add_person(site, "Vera", 30), got;
	struct allowed_view at_bank, at_clinic, others;
	char hex[ID_HEX_LEN];

	give(site, &who, IDENTITY, 30);
	give(site, &other, IDENTITY, 30);
	at_bank = allow(site, &who, &bank, 10);
	at_clinic = allow(site, &who, &clinic, 10);
	others = allow(site, &other, &bank, 10);
	id_hex(hex, &who);
	assert_string_not_equal(at_bank.pseudonym, at_clinic.pseudonym);
	assert_string_not_equal(at_bank.pseudonym, others.pseudonym);
	assert_string_not_equal(at_bank.pseudonym, hex);
	/* the clinic's name for her is nobody's at the bank */
	REFUSES(TANU_ERR_SUBJECT_MISSING,
		service_assertion_may(site->s, &got, &bank, at_clinic.pseudonym, err));
	REFUSES(TANU_ERR_SUBJECT_MISSING, service_assertion_may(site->s, &got, &bank, hex, err));
	REFUSES(TANU_ERR_USAGE, service_assertion_may(site->s, &got, &bank, "Anna", err));
	site_reopen(site);
	assert_string_equal(only_one(site, &other).pseudonym, others.pseudonym);
}

struct seen {
	size_t refused, given, withdrawn;
};

static tanu_status count_event(void *self, const struct history_view *v, tanu_error *err)
{
	struct seen *seen = self;

	(void)err;
	if (strcmp(v->recipient, "Bank") != 0)
		return TANU_OK;
	seen->refused += v->event == TANU_EVENT_VERIFY_REFUSED;
	seen->given += v->event == TANU_EVENT_CONSENT_GIVEN;
	seen->withdrawn += v->event == TANU_EVENT_CONSENT_WITHDRAWN;
	return TANU_OK;
}

/* All share one reference: what one has used up, the other has not either. */
static void attempts_are_counted_whatever_comes_of_them(void **state)
{
	static const struct photograph nothing = {.name = "frame", .bytes = "no image", .len = 8};
	struct site *site = *state;
	struct relying_view bank = party(site, "Bank"), clinic = party(site, "Clinic");
	tanu_id who = add_person(site, "Anna", 30), got;
	struct allowed_view v, at_clinic;
	struct seen seen = {0};
	struct assertion_ask ask = {
	    .subject = &who, .nonce = "n", .photos = &nothing, .photos_len = 1};
	struct buf jws = {0};
	bool yes = true;

	give(site, &who, IDENTITY, 30);
	keep_reference(site, &who, 1);
	v = allow(site, &who, &bank, 10);
	at_clinic = allow(site, &who, &clinic, 10);
	for (int i = 0; i < 10; i++) {
		MUST(service_assertion_may(site->s, &got, i % 2 ? &clinic : &bank,
					   i % 2 ? at_clinic.pseudonym : v.pseudonym, err));
		ask.relying = i % 2 ? &clinic : &bank;
		assert_true(service_assertion_answer(site->s, &jws, &yes, &ask, NULL) < 0);
		assert_int_equal(jws.len, 0);
	}
	REFUSES(TANU_ERR_HELD, service_assertion_may(site->s, &got, &bank, v.pseudonym, err));
	ask.relying = &clinic;
	REFUSES(TANU_ERR_HELD, service_assertion_answer(site->s, &jws, &yes, &ask, err));
	site_reopen(site); /* nor by starting anew */
	REFUSES(TANU_ERR_HELD, service_assertion_may(site->s, &got, &bank, v.pseudonym, err));
	MUST(service_history_each(site->s, &who, count_event, &seen, err));
	assert_int_equal(seen.refused, 5); /* each stands in her history, with who asked */
	assert_int_equal(seen.given, 1);
	site->ahead_ms += DAY;
	MUST(service_assertion_may(site->s, &got, &bank, v.pseudonym, err));
}

static void a_no_is_an_attempt_too(void **state)
{
	struct site *site = *state;
	struct relying_view bank = party(site, "Bank");
	tanu_id who = add_person(site, "Anna", 30);
	struct seen seen = {0};

	give(site, &who, IDENTITY, 30);
	REFUSES(TANU_ERR_NO_CONSENT, service_assertion_decline(site->s, &bank, &who, err));
	allow(site, &who, &bank, 10);
	for (int i = 0; i < 10; i++)
		MUST(service_assertion_decline(site->s, &bank, &who, err));
	REFUSES(TANU_ERR_HELD, service_assertion_decline(site->s, &bank, &who, err));
	MUST(service_history_each(site->s, &who, count_event, &seen, err));
	assert_int_equal(seen.refused, 10);
}

static void a_child_has_a_guardian_who_allows_and_a_no_of_her_own(void **state)
{
	struct site *site = *state;
	struct relying_view bank = party(site, "Bank");
	tanu_id child = add_person(site, "Aru", 12), mother = add_person(site, "Mother", 40), got;
	struct consent_order consent;
	struct allowed_order o = order(site, &child, &bank, 10);
	struct allowed_view v;
	struct seen seen = {0};

	add_guardian(site, &child, &mother);
	consent = order_by(site, &child, &mother, IDENTITY, 30);
	MUST(service_consent_give(site->s, &consent, err));
	REFUSES(TANU_ERR_CONSENT_RULE, service_allowed_give(site->s, &v, &o, err));
	o.by = TANU_GIVER_GUARDIAN;
	o.guardian = mother;
	MUST(service_allowed_give(site->s, &v, &o, err));
	MUST(service_assertion_may(site->s, &got, &bank, v.pseudonym, err));
	o.by = TANU_GIVER_SELF;
	MUST(service_allowed_end(site->s, &o, err));
	REFUSES(TANU_ERR_NO_CONSENT, service_assertion_may(site->s, &got, &bank, v.pseudonym, err));
	MUST(service_history_each(site->s, &child, count_event, &seen, err));
	assert_int_equal(seen.withdrawn, 1);
}

static void the_key_is_published_as_a_jwk(void **state)
{
	struct site *site = *state;
	struct buf first = {0}, again = {0};

	MUST(service_assertion_keys(site->s, &first, err));
	assert_non_null(strstr(buf_cstr(&first), "\"crv\":\"Ed25519\""));
	site_reopen(site);
	MUST(service_assertion_keys(site->s, &again, err));
	assert_string_equal(buf_cstr(&first), buf_cstr(&again));
	buf_free(&first);
	buf_free(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(a_relying_party_has_one_name_and_a_key),
	    SITE_TEST(nothing_is_allowed_without_a_consent_to_identity),
	    SITE_TEST(it_ends_in_every_way),
	    SITE_TEST(each_knows_her_by_another_name),
	    SITE_TEST(attempts_are_counted_whatever_comes_of_them),
	    SITE_TEST(a_no_is_an_attempt_too),
	    SITE_TEST(a_child_has_a_guardian_who_allows_and_a_no_of_her_own),
	    SITE_TEST(the_key_is_published_as_a_jwk),
	};

	return cmocka_run_group_tests_name("service/relying", tests, NULL, NULL);
}
