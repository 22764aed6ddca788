/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody with an SQL shell and time: drops the triggers, edits, and puts the triggers back word
 * for word. What was edited is noticed, refused to that person alone, and shown by the check.
 */
#include "service/stranger.h"

#define ACCESS TANU_PURPOSE_ACCESS
#define VISIT  TANU_PURPOSE_VISIT

/* ---- what she finds ---- */

static tanu_status enrol(struct site *site, const tanu_id *id, tanu_error *err)
{
	tanu_reference reference = reference_of(5);
	tanu_id out;

	return reference_keep(site->s, &out, id, &reference, err);
}

static tanu_status ignore_consent(void *self, const struct consent_view *v, tanu_error *err)
{
	(void)self;
	(void)v;
	(void)err;
	return TANU_OK;
}

static tanu_status ignore_event(void *self, const struct history_view *v, tanu_error *err)
{
	(void)self;
	(void)v;
	(void)err;
	return TANU_OK;
}

static tanu_status show_history(struct site *site, const tanu_id *id, tanu_error *err)
{
	return service_history_each(site->s, id, ignore_event, NULL, err);
}

static void assert_consents_refused(struct site *site, const tanu_id *id)
{
	struct consent_order order = order_of(site, id, VISIT, 30);
	tanu_reference reference;

	REFUSES(TANU_ERR_DB_DAMAGED, enrol(site, id, err));
	REFUSES(TANU_ERR_DB_DAMAGED, open_reference(site->s, &reference, id, err));
	REFUSES(TANU_ERR_DB_DAMAGED, service_consent_give(site->s, &order, err));
	REFUSES(TANU_ERR_DB_DAMAGED, service_consent_each(site->s, id, ignore_consent, NULL, err));
	REFUSES(TANU_ERR_DB_DAMAGED, service_check(site->s, err));
}

static void a_withdrawn_consent_does_not_come_back(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30), other = add_person(site, "Dana", 30);
	struct erasure_receipt receipt;

	give(site, &id, ACCESS, 30);
	give(site, &other, ACCESS, 30);
	keep_reference(site, &other, 1);
	MUST(service_consent_withdraw(site->s, &receipt, &id, 0, err));
	MUST(service_check(site->s, err));
	stranger_edits(site, "UPDATE consent SET state = 2 WHERE state = 4");
	assert_consents_refused(site, &id);
	assert_opens(site->s, &other, 1);
}

/* Its times stand in clear; a digest of them lies in the sealed profile. */
static void a_reference_is_not_made_younger(void **state)
{
	static const char *const edits[] = {
	    "UPDATE reference SET not_after_ms = not_after_ms + 86400000",
	    "UPDATE reference SET created_ms = created_ms + 86400000",
	    "UPDATE reference SET created_ms = created_ms + 1, not_after_ms = not_after_ms + 1",
	    "UPDATE reference SET id = randomblob(16)",
	};
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);

	give(site, &id, ACCESS, 300);
	keep_reference(site, &id, 1);
	MUST(service_check(site->s, err));
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		tanu_reference reference;

		stranger_copies(site);
		stranger_edits(site, edits[i]);
		REFUSES(TANU_ERR_DB_DAMAGED, reference_open(site->s, &reference, &id, ACCESS,
							    PERMIT_CLAIM_OPERATOR, err));
		REFUSES(TANU_ERR_DB_DAMAGED, service_check(site->s, err));
		keep_reference(site, &id, 2); /* enrolled anew it counts again */
		MUST(reference_open(site->s, &reference, &id, ACCESS, PERMIT_CLAIM_OPERATOR, err));
		MUST(service_check(site->s, err));
	}
}

static void a_consent_is_not_widened(void **state)
{
	static const char *const columns[][2] = {
	    {"purpose", "8"},
	    {"state", "3"},
	    {"given_ms", "given_ms - 1"},
	    {"not_after_ms", "not_after_ms + 1000000000000"},
	    {"sequence", "sequence - 1"},
	    {"detail", "zeroblob(99)"},
	};
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);

	give(site, &id, ACCESS, 30);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		char sql[256];

		stranger_copies(site);
		snprintf(sql, sizeof(sql), "UPDATE consent SET %s = %s", columns[i][0],
			 columns[i][1]);
		stranger_edits(site, sql);
		REFUSES(TANU_ERR_DB_DAMAGED, enrol(site, &id, err));
		REFUSES(TANU_ERR_DB_DAMAGED, service_check(site->s, err));
		snprintf(sql, sizeof(sql), "UPDATE consent SET %s = (SELECT %s FROM old.consent)",
			 columns[i][0], columns[i][0]);
		stranger_edits(site, sql);
		MUST(service_check(site->s, err));
	}
	MUST(enrol(site, &id, err));
}

/* The old row was sealed under the same key, so by itself it opens. */
static void an_old_row_put_back_is_noticed(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct erasure_receipt receipt;

	give(site, &id, ACCESS, 30);
	stranger_copies(site);
	MUST(service_consent_withdraw(site->s, &receipt, &id, 0, err));
	stranger_edits(site, "DELETE FROM consent; INSERT INTO consent SELECT * FROM old.consent");
	assert_consents_refused(site, &id);
}

static void a_consent_taken_away_is_noticed(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);

	give(site, &id, ACCESS | VISIT, 30);
	stranger_edits(site, "DELETE FROM consent WHERE purpose = 4");
	assert_consents_refused(site, &id);
}

/* Edited or not, she can always say no; then asking again begins anew. */
static void withdrawing_all_makes_an_edited_ledger_whole(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct erasure_receipt receipt;

	give(site, &id, ACCESS, 30);
	keep_reference(site, &id, 1);
	stranger_edits(site, "UPDATE consent SET not_after_ms = not_after_ms + 1000000000000");
	REFUSES(TANU_ERR_DB_DAMAGED, service_consent_withdraw(site->s, &receipt, &id, ACCESS, err));
	MUST(service_consent_withdraw(site->s, &receipt, &id, 0, err));
	assert_true(receipt.reference_erased);
	MUST(service_check(site->s, err));
	REFUSES(TANU_ERR_NO_CONSENT, enrol(site, &id, err));
	give(site, &id, ACCESS, 30);
	MUST(enrol(site, &id, err));
}

static void one_with_a_broken_profile_can_leave(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct erasure_receipt receipt;

	give(site, &id, ACCESS, 30);
	keep_reference(site, &id, 1);
	stranger_edits(site, "UPDATE subject SET profile = zeroblob(99)");
	REFUSES(TANU_ERR_CRYPTO, enrol(site, &id, err));
	MUST(service_consent_withdraw(site->s, &receipt, &id, 0, err));
	assert_true(receipt.reference_erased);
	MUST(service_subject_remove(site->s, &receipt, &id, err));
	MUST(service_check(site->s, err));
}

static void an_edited_person_keeps_nobody_out(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30), other = add_person(site, "Dana", 30);

	give(site, &id, ACCESS, 30);
	keep_reference(site, &id, 1);
	stranger_edits(site, "UPDATE consent SET not_after_ms = 1");
	REFUSES(TANU_ERR_DB_DAMAGED, enrol(site, &id, err));
	give(site, &other, ACCESS, 30);
	MUST(enrol(site, &other, err));
}

/* Active again nobody can make her: her keys go. */
static void who_was_marked_as_leaving_leaves(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct key_name name = {.subject = id, .kind = KEY_PROFILE};
	struct service_report report = {0};

	give(site, &id, ACCESS, 30);
	MUST(tx_begin(site->s, err));
	MUST(tx_end(site->s, DB(site->s, subject_set, &id, SUBJECT_LEAVING, 1, err), err));
	REFUSES(TANU_ERR_DB_DAMAGED, service_check(site->s, err));
	site_reopen(site);
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.repaired_tombstones, 1);
	assert_false(vault_has_key(site->s->vault, &name));
	MUST(service_check(site->s, err));
}

static void an_edited_history_is_noticed(void **state)
{
	static const char *const edits[] = {
	    "UPDATE event SET at_ms = at_ms + 1 WHERE sequence = 2",
	    "UPDATE event SET sequence = 1 WHERE sequence = 2",
	    "DELETE FROM event WHERE sequence = 2",
	    "DELETE FROM event WHERE sequence = 0",
	};
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	tanu_error why = {.code = TANU_ERR_NO_FACE};

	give(site, &id, ACCESS, 30);
	MUST(refusal_put(site->s, &id, TANU_EVENT_VERIFY_REFUSED, ACCESS, NULL, &why));
	stranger_copies(site);
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		MUST(service_check(site->s, err));
		stranger_edits(site, edits[i]);
		REFUSES(TANU_ERR_DB_DAMAGED, show_history(site, &id, err));
		REFUSES(TANU_ERR_DB_DAMAGED, service_check(site->s, err));
		stranger_edits(site,
			       "DELETE FROM event; INSERT INTO event SELECT * FROM old.event");
	}
	MUST(show_history(site, &id, err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(a_withdrawn_consent_does_not_come_back),
	    SITE_TEST(a_reference_is_not_made_younger),
	    SITE_TEST(a_consent_is_not_widened),
	    SITE_TEST(an_old_row_put_back_is_noticed),
	    SITE_TEST(a_consent_taken_away_is_noticed),
	    SITE_TEST(withdrawing_all_makes_an_edited_ledger_whole),
	    SITE_TEST(one_with_a_broken_profile_can_leave),
	    SITE_TEST(an_edited_person_keeps_nobody_out),
	    SITE_TEST(who_was_marked_as_leaving_leaves),
	    SITE_TEST(an_edited_history_is_noticed),
	};

	return cmocka_run_group_tests_name("service/edits", tests, NULL, NULL);
}
