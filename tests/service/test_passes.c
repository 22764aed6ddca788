/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passes: that the site keeps no reference, that a pass opens for its person alone and a copy of it
 * dies with its key, and each way in which one is refused.
 */
#include "service/passes.h"

#define ACCESS TANU_PURPOSE_ACCESS
#define VISIT  TANU_PURPOSE_VISIT

static tanu_id consenting(struct site *site, const char *name)
{
	tanu_id id = add_person(site, name, 30);

	give(site, &id, ACCESS, 30);
	return id;
}

static bool stored(struct site *site, const tanu_id *id)
{
	bool found = false;

	MUST(reference_exists(site->s, &found, id, err));
	return found;
}

/* ---- what a pass is ---- */

static void opens_for_its_person_and_nothing_is_stored(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct pass_issued p = issue_passes(site, &anna, 1, 1);

	assert_pass_opens(site, &anna, &p.pass[0], 1);
	site_reopen(site);
	assert_pass_opens(site, &anna, &p.pass[0], 1);
	assert_false(stored(site, &anna));
	assert_int_equal(count_passes(site->s, &anna, PASS_VALID), 1);
	/* Neither sealed nor in the clear, in any file. */
	for (size_t i = 0; i + 16 <= PASS_SEALED_LEN; i += 16)
		assert_int_equal(files_holding(site->dir, p.pass[0].sealed + i, 16), 0);
	MUST(service_check(site->s, err));
}

static void the_spare_has_a_number_and_a_key_of_its_own(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct pass_issued p = issue_passes(site, &anna, 1, 2);
	size_t revoked = 0;

	assert_false(p.view[0].spare);
	assert_true(p.view[1].spare);
	assert_memory_not_equal(p.pass[0].head.number, p.pass[1].head.number, PASS_NUMBER_LEN);
	assert_int_equal(p.pass[0].head.generation, 1);
	assert_int_equal(p.pass[1].head.generation, 2);
	MUST(service_pass_revoke(site->s, &revoked, &anna, p.pass[0].head.number, err));
	assert_int_equal(revoked, 1);
	assert_pass_refused(site, &anna, &p.pass[0], "revoked at");
	assert_pass_opens(site, &anna, &p.pass[1], 1);
	assert_int_equal(count_pass_keys(site->s), 1);
	/* The paper of one never helps the seal of the other. */
	memcpy(p.pass[1].sealed, p.pass[0].sealed, PASS_SEALED_LEN);
	assert_pass_refused(site, &anna, &p.pass[1], "changed or forged");
}

static void it_holds_as_long_as_the_longest_consent(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct pass_issued p;

	give(site, &anna, VISIT, 60);
	p = issue_passes(site, &anna, 1, 1);
	assert_int_equal(date_to_days(p.pass[0].head.until), date_to_days(date_in(site, 60)));
}

static void a_new_pass_ends_the_old_ones(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct pass_issued old = issue_passes(site, &anna, 1, 2), new;

	new = issue_passes(site, &anna, 2, 1);
	assert_int_equal(new.replaced, 2);
	assert_int_equal(new.pass[0].head.generation, 3);
	assert_pass_refused(site, &anna, &old.pass[0], "revoked at");
	assert_pass_refused(site, &anna, &old.pass[1], "revoked at");
	assert_pass_opens(site, &anna, &new.pass[0], 2);
	assert_int_equal(count_pass_keys(site->s), 1);
	assert_int_equal(count_passes(site->s, &anna, PASS_REVOKED), 2);
}

/* ---- refusals ---- */

static void refuses_a_pass_of_another_person(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna"), berik = consenting(site, "Berik");
	struct pass_issued p = issue_passes(site, &anna, 1, 1);

	issue_passes(site, &berik, 2, 1);
	assert_pass_refused(site, &berik, &p.pass[0], "not one of this person's");
}

static void refuses_a_pass_of_another_site(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct pass_issued p = issue_passes(site, &anna, 1, 1);

	for (size_t i = 0; i < PASS_SITE_LEN; i++) {
		p.pass[0].head.site[i] ^= 1;
		assert_pass_refused(site, &anna, &p.pass[0], "another site");
		p.pass[0].head.site[i] ^= 1;
	}
}

static void refuses_a_pass_of_another_model(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	tanu_embedding embedding = embedding_of(site, 1);
	struct pass_issued p = {0};

	embedding.model[0] ^= 1;
	MUST(passes_keep(site->s, &p, &anna, &embedding, 1, err));
	assert_pass_refused(site, &anna, &p.pass[0], "another model");
}

static void refuses_a_pass_past_its_last_day(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct pass_issued p = issue_passes(site, &anna, 1, 1);

	give(site, &anna, VISIT, 90);
	give(site, &anna, ACCESS, 90);
	site->ahead_ms += 29 * DAY;
	assert_pass_opens(site, &anna, &p.pass[0], 1);
	site->ahead_ms += 3 * DAY;
	assert_pass_refused(site, &anna, &p.pass[0], "held until");
	assert_int_equal(count_passes(site->s, &anna, PASS_EXPIRED), 1);
}

/* Each field of the head that could be of use to a forger, and each byte of the seal. */
static void refuses_a_pass_that_was_changed(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct pass_issued issued = issue_passes(site, &anna, 1, 2);
	struct pass p = issued.pass[0];

	p.head.until.year++;
	assert_pass_refused(site, &anna, &p, "changed or forged");
	p = issued.pass[0];
	p.head.generation++;
	assert_pass_refused(site, &anna, &p, "changed or forged");
	p = issued.pass[0];
	p.head.number[0] ^= 1;
	assert_pass_refused(site, &anna, &p, "not one of this person's");
	p = issued.pass[0];
	memcpy(p.head.number, issued.pass[1].head.number, PASS_NUMBER_LEN);
	assert_pass_refused(site, &anna, &p, "changed or forged");
	p.head.generation = issued.pass[1].head.generation; /* all of the other's head */
	assert_pass_refused(site, &anna, &p, "changed or forged");
	p = issued.pass[0];
	p.head.model[0] ^= 1;
	assert_pass_refused(site, &anna, &p, "another model");
	for (size_t i = 0; i < PASS_SEALED_LEN; i += 11) {
		p = issued.pass[0];
		p.sealed[i] ^= 0x20;
		assert_pass_refused(site, &anna, &p, "changed or forged");
	}
	assert_pass_opens(site, &anna, &issued.pass[0], 1);
}

static void refuses_without_a_live_consent(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct pass_issued p = issue_passes(site, &anna, 1, 1);
	tanu_embedding embedding = embedding_of(site, 1);
	tanu_id berik = add_person(site, "Berik", 30);
	tanu_reference out = {0};

	REFUSES(TANU_ERR_NO_CONSENT, passes_keep(site->s, &p, &berik, &embedding, 1, err));
	assert_int_equal(count_pass_keys(site->s), 1);
	REFUSES(TANU_ERR_NO_CONSENT, open_pass(site->s, &out, &berik, &p.pass[0], err));
}

static void refuses_to_verify_without_the_pass_and_says_so(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct verify_result result;
	tanu_error err = {0};

	issue_passes(site, &anna, 1, 1);
	assert_int_equal(service_verify(site->s, &result, &anna, ACCESS, "no-photo.jpg", &err),
			 TANU_REFUSED);
	assert_int_equal(err.code, TANU_ERR_PASS);
	assert_non_null(strstr(err.message, "has to be shown"));
}

/* Everything that is wrong with a pass is told before the photograph is opened, and is remembered.
 */
struct seen {
	tanu_event event;
	char reason[32];
};

static tanu_status see_last(void *self, const struct history_view *v, tanu_error *err)
{
	struct seen *seen = self;

	(void)err;
	seen->event = v->event;
	strcpy(seen->reason, v->reason);
	return TANU_OK;
}

static void a_refused_pass_stands_in_her_history(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct pass_issued p = issue_passes(site, &anna, 1, 1);
	const char *photos[] = {"/nowhere/to-be-found.jpg"};
	struct verify_result result;
	struct seen seen = {0};
	size_t revoked = 0;

	MUST(service_pass_revoke(site->s, &revoked, &anna, NULL, err));
	REFUSES(TANU_ERR_PASS,
		service_verify_pass(site->s, &result, &anna, ACCESS, &p.pass[0], photos, 1, err));
	MUST(service_history_each(site->s, &anna, see_last, &seen, err));
	assert_int_equal(seen.event, TANU_EVENT_VERIFY_REFUSED);
	assert_string_equal(seen.reason, "pass");
}

/* ---- withdrawal ---- */

static void a_copy_of_a_withdrawn_pass_fails(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct pass_issued p = issue_passes(site, &anna, 1, 2);
	struct erasure_receipt receipt;
	tanu_reference out = {0};

	MUST(service_consent_withdraw(site->s, &receipt, &anna, 0, err));
	assert_true(receipt.reference_erased);
	assert_int_equal(receipt.keys_destroyed, 2);
	assert_int_equal(receipt.passes_destroyed, 2);
	assert_true(erasure_reached(&receipt, ERASURE_PASSES));
	assert_false(erasure_reached(&receipt, ERASURE_ROWS)); /* there was none */
	assert_int_equal(count_pass_keys(site->s), 0);
	REFUSES(TANU_ERR_NO_CONSENT, open_pass(site->s, &out, &anna, &p.pass[0], err));
	/* She agrees anew, and is issued another: the copy stays dead. */
	give(site, &anna, ACCESS, 30);
	assert_pass_refused(site, &anna, &p.pass[0], "revoked");
	issue_passes(site, &anna, 1, 2);
	assert_pass_refused(site, &anna, &p.pass[0], "revoked");
	assert_pass_refused(site, &anna, &p.pass[1], "revoked");
	site_reopen(site);
	assert_pass_refused(site, &anna, &p.pass[0], "revoked");
}

static void one_purpose_of_two_leaves_the_pass(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct pass_issued p;
	struct erasure_receipt receipt;

	give(site, &anna, VISIT, 30);
	p = issue_passes(site, &anna, 1, 1);
	MUST(service_consent_withdraw(site->s, &receipt, &anna, VISIT, err));
	assert_false(receipt.reference_erased);
	assert_true(receipt.reference_kept);
	assert_pass_opens(site, &anna, &p.pass[0], 1);
}

static void expiry_and_leaving_destroy_the_key_too(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna"), berik = consenting(site, "Berik");
	struct erasure_receipt receipt;

	issue_passes(site, &anna, 1, 2);
	issue_passes(site, &berik, 2, 1);
	MUST(service_subject_remove(site->s, &receipt, &anna, err));
	assert_int_equal(count_pass_keys(site->s), 1);
	site->ahead_ms += 20 * DAY;
	site_reopen(site); /* the clock may move by 30 days at most */
	site->ahead_ms += 12 * DAY;
	site_reopen(site);
	assert_int_equal(count_pass_keys(site->s), 0);
	assert_int_equal(count_passes(site->s, &berik, PASS_REVOKED), 1);
}

static void an_old_database_does_not_revive_a_withdrawn_pass(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna"), berik = consenting(site, "Berik");
	struct pass_issued p = issue_passes(site, &anna, 1, 1);
	struct pass_issued other = issue_passes(site, &berik, 2, 1);
	struct erasure_receipt receipt;
	char db[128], old[128];
	tanu_reference out = {0};

	snprintf(db, sizeof(db), "%s/tanu.db", site->dir);
	snprintf(old, sizeof(old), "%s/old.db", site->root);
	service_close(&site->s);
	site_copy(db, old);
	site_open_dir(site, site->dir);
	MUST(service_consent_withdraw(site->s, &receipt, &anna, 0, err));
	service_close(&site->s);
	site_copy(old, db);
	site_open_dir(site, site->dir);
	assert_true(site->s->rolled_back);
	/* Her consent, which the old database calls live, went with her key. */
	REFUSES(TANU_ERR_NO_CONSENT, open_pass(site->s, &out, &anna, &p.pass[0], err));
	give(site, &anna, ACCESS, 30);
	assert_pass_refused(site, &anna, &p.pass[0], "revoked");
	assert_pass_opens(site, &berik, &other.pass[0], 2);
	/* What was put right once leaves a new consent alone. */
	site_reopen(site);
	assert_pass_refused(site, &anna, &p.pass[0], "revoked");
}

/* ---- edits ---- */

static void edited_papers_count_for_nothing_but_can_be_revoked(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct pass_issued p = issue_passes(site, &anna, 1, 1);
	tanu_reference out = {0};
	size_t revoked = 0;

	MUST(tx_begin(site->s, err));
	MUST(tx_end(site->s, DB(site->s, record_delete, &p.view[0].id, err), err));
	REFUSES(TANU_ERR_DB_DAMAGED, open_pass(site->s, &out, &anna, &p.pass[0], err));
	site_reopen(site);
	assert_int_equal(count_pass_keys(site->s), 1); /* nobody can tell whether it is needed */
	REFUSES(TANU_ERR_DB_DAMAGED,
		service_pass_revoke(site->s, &revoked, &anna, p.view[0].number, err));
	MUST(service_pass_revoke(site->s, &revoked, &anna, NULL, err));
	assert_int_equal(revoked, 1);
	assert_int_equal(count_pass_keys(site->s), 0);
}

/* ---- the mode ---- */

static void a_site_of_passes_stores_nothing(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	tanu_reference reference = reference_of(1);
	const char *photos[] = {"/nowhere/to-be-found.jpg"};
	struct enrol_result result;
	struct verify_result found;
	tanu_id id;

	assert_int_equal(service_storage(site->s), STORAGE_PASS);
	REFUSES(TANU_ERR_SETTING, service_enrol(site->s, &result, &anna, photos, 1, err));
	REFUSES(TANU_ERR_SETTING, reference_keep(site->s, &id, &anna, &reference, err));
	site_set(site, "gallery", "cap = 10");
	REFUSES(TANU_ERR_IDENTIFY_OFF, service_identify(site->s, &found, ACCESS, photos[0], err));
}

static void a_site_that_stores_issues_no_passes(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	tanu_embedding embedding = embedding_of(site, 1);
	const char *photos[] = {"/nowhere/to-be-found.jpg"};
	struct pass_issued p = {0};

	assert_int_equal(service_storage(site->s), STORAGE_VAULT);
	REFUSES(TANU_ERR_SETTING, service_pass_issue(site->s, &p, &anna, photos, 1, false, err));
	REFUSES(TANU_ERR_SETTING, passes_keep(site->s, &p, &anna, &embedding, 1, err));
	assert_int_equal(count_pass_keys(site->s), 0);
}

/* A site changes over: each stored reference goes when its owner gets her pass. */
static void a_pass_takes_the_place_of_what_was_stored(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna");
	struct key_name bio = {anna, KEY_BIO, 0};
	struct pass_issued p;

	keep_reference(site, &anna, 1);
	site_set(site, "storage", "mode = pass");
	assert_opens(site->s, &anna, 1);
	p = issue_passes(site, &anna, 1, 1);
	assert_false(stored(site, &anna));
	assert_false(vault_has_key(site->s->vault, &bio));
	assert_pass_opens(site, &anna, &p.pass[0], 1);
	MUST(service_check(site->s, err));
}

static void refuses_a_mode_that_there_is_not(void **state)
{
	struct site *site = *state;
	struct service_options options = site_options(site, site->dir);
	struct service *s = NULL;
	char path[OS_PATH_MAX];
	FILE *ini;

	service_close(&site->s);
	MUST(os_path(path, sizeof(path), site->dir, "tanu.ini", err));
	ini = fopen(path, "a");
	assert_non_null(ini);
	fputs("\n[storage]\nmode = cloud\n", ini);
	fclose(ini);
	REFUSES(TANU_ERR_SETTING, service_open(&s, &options, err));
}

/* ---- whose is it ---- */

static void tells_whose_a_found_pass_is(void **state)
{
	struct site *site = *state;
	tanu_id anna = consenting(site, "Anna"), berik = consenting(site, "Berik"), holder;
	struct pass_issued p = issue_passes(site, &anna, 1, 2),
			   q = issue_passes(site, &berik, 2, 1);
	struct pass_view view;

	MUST(service_pass_holder(site->s, &holder, &view, &p.pass[1], err));
	assert_true(id_equal(&holder, &anna));
	assert_true(view.spare && view.state == PASS_VALID);
	MUST(service_pass_holder(site->s, &holder, &view, &q.pass[0], err));
	assert_true(id_equal(&holder, &berik));
	q.pass[0].head.number[3] ^= 1;
	REFUSES(TANU_ERR_PASS, service_pass_holder(site->s, &holder, &view, &q.pass[0], err));
}

/* ---- the paper ---- */

static void reads_the_paper_it_wrote_and_no_other(void **state)
{
	static const char *const bad[] = {
	    "{}",
	    "{\"generation\":0,\"until\":\"2027-06-30\"}",
	    "{\"generation\":65536,\"until\":\"2027-06-30\"}",
	    "{\"generation\":\"1\",\"until\":\"2027-06-30\"}",
	    "{\"generation\":1}",
	    "{\"generation\":1,\"until\":\"2027-02-30\"}",
	    "{\"generation\":1,\"revoked_ms\":\"x\",\"until\":\"2027-06-30\"}",
	    "{\"generation\":1,\"spare\":1,\"until\":\"2027-06-30\"}",
	};
	const struct pass_paper in = {
	    .generation = 65535, .until = {2027, 6, 30}, .spare = true, .revoked_ms = 42};
	struct pass_paper out = {0};
	struct buf text = {0};

	(void)state;
	MUST(pass_paper_encode(&text, &in, err));
	assert_string_equal(buf_cstr(&text),
			    "{\"generation\":65535,\"revoked_ms\":42,\"spare\":true,"
			    "\"until\":\"2027-06-30\"}");
	MUST(pass_paper_decode(&out, &text, err));
	assert_memory_equal(&out, &in, sizeof(in));
	buf_free(&text);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf b = {0};

		buf_str(&b, bad[i]);
		REFUSES(TANU_ERR_JSON, pass_paper_decode(&out, &b, err));
		buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    PASS_TEST(opens_for_its_person_and_nothing_is_stored),
	    PASS_TEST(the_spare_has_a_number_and_a_key_of_its_own),
	    PASS_TEST(it_holds_as_long_as_the_longest_consent),
	    PASS_TEST(a_new_pass_ends_the_old_ones),
	    PASS_TEST(refuses_a_pass_of_another_person),
	    PASS_TEST(refuses_a_pass_of_another_site),
	    PASS_TEST(refuses_a_pass_of_another_model),
	    PASS_TEST(refuses_a_pass_past_its_last_day),
	    PASS_TEST(refuses_a_pass_that_was_changed),
	    PASS_TEST(refuses_without_a_live_consent),
	    PASS_TEST(refuses_to_verify_without_the_pass_and_says_so),
	    PASS_TEST(a_refused_pass_stands_in_her_history),
	    PASS_TEST(a_copy_of_a_withdrawn_pass_fails),
	    PASS_TEST(one_purpose_of_two_leaves_the_pass),
	    PASS_TEST(expiry_and_leaving_destroy_the_key_too),
	    PASS_TEST(an_old_database_does_not_revive_a_withdrawn_pass),
	    PASS_TEST(edited_papers_count_for_nothing_but_can_be_revoked),
	    PASS_TEST(a_site_of_passes_stores_nothing),
	    SITE_TEST(a_site_that_stores_issues_no_passes),
	    SITE_TEST(a_pass_takes_the_place_of_what_was_stored),
	    SITE_TEST(refuses_a_mode_that_there_is_not),
	    PASS_TEST(tells_whose_a_found_pass_is),
	    cmocka_unit_test(reads_the_paper_it_wrote_and_no_other),
	};

	return cmocka_run_group_tests_name("service/passes", tests, NULL, NULL);
}
