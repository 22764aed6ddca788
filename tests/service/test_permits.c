/* SPDX-License-Identifier: Apache-2.0 */
/* Attacks on the two locks where they meet: the permit, and the rule inside the database. */
#include "service/site.h"

#define ACCESS TANU_PURPOSE_ACCESS
#define VISIT  TANU_PURPOSE_VISIT

/* Two people with a reference each, and a permit that was issued for the first. */
struct attack {
	tanu_id anna, berik;
	struct permit permit;
	struct reference_row rows[2];
};

static struct permit issue(struct site *site, const tanu_id *id, tanu_purpose purpose,
			   enum permit_claim claim)
{
	struct consent_list ledger = {0};
	struct permit permit = {0};

	MUST(ledger_load(site->s, &ledger, id, err));
	MUST(permit_issue(site->s->book, &permit, id, purpose, claim, ledger.v, ledger.len, err));
	consent_list_free(&ledger);
	return permit;
}

static void prepare(struct site *site, struct attack *a)
{
	*a = (struct attack){.anna = add_person(site, "Anna", 30),
			     .berik = add_person(site, "Berik", 40)};
	give(site, &a->anna, ACCESS, 30);
	give(site, &a->berik, ACCESS, 30);
	keep_reference(site, &a->anna, 1);
	keep_reference(site, &a->berik, 2);
	MUST(DB(site->s, reference_get, &a->rows[0], &a->anna, err));
	MUST(DB(site->s, reference_get, &a->rows[1], &a->berik, err));
	a->permit = issue(site, &a->anna, ACCESS, PERMIT_CLAIM_OPERATOR);
}

static void finish(struct attack *a)
{
	buf_free(&a->rows[0].sealed);
	buf_free(&a->rows[1].sealed);
}

/* Open row `i` as that of `subject`. */
static tanu_status unlock(struct site *site, const struct attack *a, const struct permit *permit,
			  const tanu_id *subject, int i, tanu_error *err)
{
	tanu_reference out = {0};

	return vault_open_reference(site->s->vault, &out, permit, subject, &a->rows[i].id,
				    a->rows[i].sealed.data, a->rows[i].sealed.len, err);
}

static void a_permit_opens_once(void **state)
{
	struct site *site = *state;
	struct attack a;

	prepare(site, &a);
	MUST(unlock(site, &a, &a.permit, &a.anna, 0, err));
	REFUSES(TANU_ERR_PERMIT, unlock(site, &a, &a.permit, &a.anna, 0, err));
	finish(&a);
}

static void a_forged_permit_opens_nothing(void **state)
{
	struct site *site = *state;
	struct attack a;
	struct permit forged;

	prepare(site, &a);
	forged = a.permit;
	forged.mac[0] ^= 1;
	REFUSES(TANU_ERR_PERMIT, unlock(site, &a, &forged, &a.anna, 0, err));
	forged = a.permit;
	forged.not_after_ms += DAY;
	REFUSES(TANU_ERR_PERMIT, unlock(site, &a, &forged, &a.anna, 0, err));
	forged = (struct permit){.subject = a.anna, .purpose = ACCESS, .not_after_ms = INT64_MAX};
	REFUSES(TANU_ERR_PERMIT, unlock(site, &a, &forged, &a.anna, 0, err));
	MUST(unlock(site, &a, &a.permit, &a.anna, 0, err));
	finish(&a);
}

static void a_permit_does_not_change_hands(void **state)
{
	struct site *site = *state;
	struct attack a;
	struct permit swapped;

	prepare(site, &a);
	REFUSES(TANU_ERR_PERMIT, unlock(site, &a, &a.permit, &a.berik, 1, err));
	swapped = a.permit;
	swapped.subject = a.berik;
	REFUSES(TANU_ERR_PERMIT, unlock(site, &a, &swapped, &a.berik, 1, err));
	swapped = a.permit;
	swapped.purpose = VISIT;
	REFUSES(TANU_ERR_PERMIT, unlock(site, &a, &swapped, &a.anna, 0, err));
	/* Her own permit does not open another's bytes put into her row. */
	REFUSES(TANU_ERR_CRYPTO, unlock(site, &a, &a.permit, &a.anna, 1, err));
	finish(&a);
}

static void a_permit_ends_with_its_seconds(void **state)
{
	struct site *site = *state;
	struct attack a;

	prepare(site, &a);
	site->ahead_ms += PERMIT_LIFE_MS;
	REFUSES(TANU_ERR_PERMIT, unlock(site, &a, &a.permit, &a.anna, 0, err));
	finish(&a);
}

static void a_permit_ends_when_the_ledger_moves(void **state)
{
	struct site *site = *state;
	struct erasure_receipt receipt;
	struct attack a;

	prepare(site, &a);
	give(site, &a.anna, VISIT, 30);
	REFUSES(TANU_ERR_PERMIT, unlock(site, &a, &a.permit, &a.anna, 0, err));
	a.permit = issue(site, &a.anna, ACCESS, PERMIT_CLAIM_OPERATOR);
	MUST(service_consent_withdraw(site->s, &receipt, &a.anna, 0, err));
	REFUSES(TANU_ERR_PERMIT, unlock(site, &a, &a.permit, &a.anna, 0, err));
	finish(&a);
}

static void a_permit_to_look_does_not_let_write(void **state)
{
	struct site *site = *state;
	tanu_reference reference = reference_of(3);
	struct buf sealed = {0};
	struct permit enrol;
	struct attack a;

	prepare(site, &a);
	REFUSES(TANU_ERR_PERMIT, vault_seal_reference(site->s->vault, &sealed, &a.permit, &a.anna,
						      &a.rows[0].id, &reference, err));
	enrol = issue(site, &a.anna, ACCESS, PERMIT_CLAIM_ENROL);
	REFUSES(TANU_ERR_PERMIT, unlock(site, &a, &enrol, &a.anna, 0, err));
	finish(&a);
}

static void nothing_is_enrolled_without_consent(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30), reference_id;
	tanu_reference reference = reference_of(1);
	struct key_name bio = {.subject = id, .kind = KEY_BIO};

	REFUSES(TANU_ERR_NO_CONSENT, reference_keep(site->s, &reference_id, &id, &reference, err));
	assert_false(vault_has_key(site->s->vault, &bio));
}

/* The second lock: rows put in past all of the above. */
static void the_database_refuses_a_row_without_consent(void **state)
{
	struct site *site = *state;
	tanu_id dana = add_person(site, "Dana", 30);
	struct reference_row row;
	struct attack a;

	prepare(site, &a);
	row = a.rows[0];
	row.id = (tanu_id){{9}};
	row.subject = dana;
	MUST(tx_begin(site->s, err));
	REFUSES(TANU_ERR_DB_RULE, DB(site->s, reference_put, &row, err));
	row.consent = (tanu_id){{8}};
	REFUSES(TANU_ERR_DB_RULE, DB(site->s, reference_put, &row, err));
	site->s->store->calls->rollback(site->s->store);
	finish(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(a_permit_opens_once),
	    SITE_TEST(a_forged_permit_opens_nothing),
	    SITE_TEST(a_permit_does_not_change_hands),
	    SITE_TEST(a_permit_ends_with_its_seconds),
	    SITE_TEST(a_permit_ends_when_the_ledger_moves),
	    SITE_TEST(a_permit_to_look_does_not_let_write),
	    SITE_TEST(nothing_is_enrolled_without_consent),
	    SITE_TEST(the_database_refuses_a_row_without_consent),
	};

	return cmocka_run_group_tests_name("service/permits", tests, NULL, NULL);
}
