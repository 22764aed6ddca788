/* SPDX-License-Identifier: Apache-2.0 */
/* The recovery key: its code, its turning, the test with the holder, and what she is told. */
#include "service/site.h"

#include "service/recovery.h"

#define ACCESS TANU_PURPOSE_ACCESS

static struct recovery_key some_key(uint32_t period)
{
	struct recovery_key key = {.period = period, .pin = {1, 2, 3}};

	const struct random_source machine = os_random();

	random_fill(&machine, key.secret.b, SECRET_LEN);
	return key;
}

/* ---- the code ---- */

static void a_code_reads_back_however_it_is_typed(void **state)
{
	struct recovery_key key = some_key(7), found = {0};
	char code[RECOVERY_CODE_LEN], typed[2 * RECOVERY_CODE_LEN];
	size_t len = 0;

	(void)state;
	recovery_code_put(code, &key);
	assert_int_equal(strlen(code), RECOVERY_CODE_LEN - 1);
	for (const char *p = code; *p; p++) {
		char c = *p;

		if (c == '-') {
			typed[len++] = ' ';
			continue;
		}
		if (c == '0')
			c = 'o';
		else if (c == '1')
			c = len % 2 ? 'l' : 'I';
		else if (c >= 'A')
			c = (char)(c + 32);
		typed[len++] = c;
	}
	strcpy(typed + len, "\r\n");
	MUST(recovery_code_parse(&found, typed, err));
	assert_int_equal(found.period, 7);
	assert_memory_equal(found.pin, key.pin, RECOVERY_PIN);
	assert_true(secret_equal(&found.secret, &key.secret));
}

static void refuses_a_code_with_any_letter_changed(void **state)
{
	struct recovery_key key = some_key(3), found = {0};
	char code[RECOVERY_CODE_LEN];

	(void)state;
	recovery_code_put(code, &key);
	for (size_t i = 0; code[i]; i++) {
		const char kept = code[i];

		if (kept == '-')
			continue;
		code[i] = kept == 'X' ? 'Y' : 'X';
		REFUSES(TANU_ERR_FORMAT, recovery_code_parse(&found, code, err));
		code[i] = kept;
	}
	code[RECOVERY_CODE_LEN - 2] = '\0';
	REFUSES(TANU_ERR_FORMAT, recovery_code_parse(&found, code, err));
	REFUSES(TANU_ERR_FORMAT, recovery_code_parse(&found, "", err));
	REFUSES(TANU_ERR_FORMAT, recovery_code_parse(&found, "no code at all!", err));
}

static void base32_is_its_only_form(void **state)
{
	uint8_t bytes[7], again[7];
	char text[16];

	(void)state;
	for (unsigned i = 0; i < 7; i++)
		bytes[i] = (uint8_t)(i * 37 + 11);
	for (size_t len = 0; len <= 7; len++) {
		base32_put(text, bytes, len);
		assert_true(base32_get(again, len, text));
		assert_memory_equal(again, bytes, len);
		assert_false(base32_get(again, len + 1, text));
		if (len > 0)
			assert_false(base32_get(again, len - 1, text));
	}
	/* bits behind the last byte must be zero */
	assert_true(base32_get(again, 1, "04"));
	assert_false(base32_get(again, 1, "05"));
}

/* ---- turning ---- */

static void turns_forward_only_and_forgets(void **state)
{
	struct recovery_key key = some_key(2), other;
	char code[RECOVERY_CODE_LEN], turned[RECOVERY_CODE_LEN], twice[RECOVERY_CODE_LEN];
	struct secret box, later;
	uint32_t period = 0;

	(void)state;
	recovery_code_put(code, &key);
	MUST(service_recovery_turn(turned, code, 5, err));
	MUST(service_recovery_turn(twice, turned, 9, err));
	MUST(service_recovery_period(&period, turned, err));
	assert_int_equal(period, 5);
	REFUSES(TANU_ERR_KEY_MISSING, service_recovery_turn(twice, turned, 4, err));
	REFUSES(TANU_ERR_FORMAT, service_recovery_turn(twice, turned, RECOVERY_PERIODS_MAX, err));
	/* the secrets of periods differ, and by either way the same one comes out */
	recovery_box_secret(&box, &key);
	MUST(recovery_turn(&key, 9, err));
	recovery_box_secret(&later, &key);
	assert_false(secret_equal(&box, &later));
	MUST(service_recovery_turn(twice, turned, 9, err));
	MUST(recovery_code_parse(&other, twice, err));
	assert_true(secret_equal(&other.secret, &key.secret));
}

/* ---- the ceremony ---- */

static void make_key(struct site *site, struct recovery_sheet *sheet)
{
	MUST(service_recovery_init(site->s, sheet, 30, err));
}

static void the_holder_shows_that_her_half_opens(void **state)
{
	struct site *site = *state;
	struct recovery_sheet sheet;
	struct recovery_state found;
	struct buf challenge = {0};
	char answer[RECOVERY_ANSWER_LEN], wrong[RECOVERY_ANSWER_LEN];

	REFUSES(TANU_ERR_RECORD_MISSING, service_recovery_challenge(site->s, &challenge, err));
	make_key(site, &sheet);
	REFUSES(TANU_ERR_RECORD_MISSING, service_recovery_check(site->s, "0000", err));
	MUST(service_recovery_challenge(site->s, &challenge, err));
	MUST(service_recovery_answer(answer, buf_cstr(&challenge), sheet.code, err));
	strcpy(wrong, answer);
	wrong[3] = wrong[3] == 'X' ? 'Y' : 'X';
	REFUSES(TANU_ERR_CRYPTO, service_recovery_check(site->s, wrong, err));
	MUST(service_recovery_state(site->s, &found, err));
	assert_true(found.tested_ms == 0);
	MUST(service_recovery_check(site->s, answer, err));
	site_reopen(site);
	MUST(service_recovery_state(site->s, &found, err));
	assert_true(found.there && found.tested_ms > 0);
	assert_int_equal(found.period, 0);
	buf_free(&challenge);
}

static void a_key_of_another_site_or_an_older_one_does_not_answer(void **state)
{
	struct site *site = *state;
	struct recovery_sheet sheet, newer;
	struct recovery_key key = some_key(0);
	struct buf challenge = {0};
	char answer[RECOVERY_ANSWER_LEN], code[RECOVERY_CODE_LEN];

	make_key(site, &sheet);
	make_key(site, &newer);
	MUST(service_recovery_challenge(site->s, &challenge, err));
	REFUSES(TANU_ERR_CRYPTO,
		service_recovery_answer(answer, buf_cstr(&challenge), sheet.code, err));
	recovery_code_put(code, &key);
	REFUSES(TANU_ERR_CRYPTO, service_recovery_answer(answer, buf_cstr(&challenge), code, err));
	MUST(service_recovery_turn(code, newer.code, 1, err));
	REFUSES(TANU_ERR_KEY_MISSING,
		service_recovery_answer(answer, buf_cstr(&challenge), code, err));
	MUST(service_recovery_answer(answer, buf_cstr(&challenge), newer.code, err));
	buf_free(&challenge);
}

static void refuses_a_challenge_with_any_field_changed(void **state)
{
	static const char *const fields[] = {"test 1", "period 0", "site ", "box "};
	struct site *site = *state;
	struct recovery_sheet sheet;
	struct buf challenge = {0};
	char answer[RECOVERY_ANSWER_LEN], text[512];

	make_key(site, &sheet);
	MUST(service_recovery_challenge(site->s, &challenge, err));
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		char *at;

		strcpy(text, buf_cstr(&challenge));
		at = strstr(text, fields[i]);
		assert_non_null(at);
		at[strlen(fields[i]) - 1] = '#';
		REFUSES(TANU_ERR_FORMAT, service_recovery_answer(answer, text, sheet.code, err));
	}
	/* cut at every place but the end */
	for (size_t len = 0; len < challenge.len; len++) {
		memcpy(text, challenge.data, len);
		text[len] = '\0';
		assert_true(service_recovery_answer(answer, text, sheet.code, NULL) < 0);
	}
	buf_free(&challenge);
}

static void periods_follow_the_calendar_and_run_out(void **state)
{
	struct site *site = *state;
	struct recovery_sheet sheet;
	struct recovery_state found;
	struct recovery r;
	uint32_t period = 99;

	REFUSES(TANU_ERR_USAGE, service_recovery_init(site->s, &sheet, 6, err));
	REFUSES(TANU_ERR_USAGE, service_recovery_init(site->s, &sheet, 93, err));
	make_key(site, &sheet);
	assert_int_equal(sheet.days, 30);
	assert_int_equal(sheet.periods, 121);
	MUST(recovery_load(site->s, &r, err));
	MUST(recovery_period_at(&r, &period, r.from_ms + 30 * DAY_MS - 1, err));
	assert_int_equal(period, 0);
	MUST(recovery_period_at(&r, &period, r.from_ms + 30 * DAY_MS, err));
	assert_int_equal(period, 1);
	assert_true(recovery_forget_ms(&r, 0) == r.from_ms + 37 * DAY_MS);
	REFUSES(TANU_ERR_HELD, recovery_period_at(&r, &period, r.from_ms + 3630 * DAY_MS, err));
	site->ahead_ms += 3631 * DAY_MS;
	MUST(service_recovery_state(site->s, &found, err));
	assert_true(found.over);
}

/* Who edits the database puts no key of her own there. */
static void an_edited_recovery_key_is_noticed(void **state)
{
	struct site *site = *state;
	struct recovery_sheet sheet;
	struct recovery r;
	struct buf sealed = {0};

	make_key(site, &sheet);
	MUST(DB(site->s, meta_get, &sealed, "recovery", err));
	sealed.data[sealed.len / 2] ^= 1;
	MUST(tx_begin(site->s, err));
	MUST(tx_end(site->s, DB(site->s, meta_set, "recovery", sealed.data, sealed.len, err), err));
	REFUSES(TANU_ERR_CRYPTO, recovery_load(site->s, &r, err));
	/* Nor does another row of the site pass for it. */
	sealed.len = 0;
	MUST(DB(site->s, meta_get, &sealed, META_LOG_SEED, err));
	MUST(tx_begin(site->s, err));
	MUST(tx_end(site->s, DB(site->s, meta_set, "recovery", sealed.data, sealed.len, err), err));
	REFUSES(TANU_ERR_CRYPTO, recovery_load(site->s, &r, err));
	buf_free(&sealed);
}

/* ---- the notice ---- */

static void back_up(struct site *site, const char *name)
{
	char path[128];
	struct backup_order order = {.path = path};
	struct backup_made made;

	snprintf(path, sizeof(path), "%s/%s", site->root, name);
	MUST(service_backup(site->s, &made, &order, err));
}

static void read_notice(struct site *site, struct recovery_notice *out)
{
	struct buf text = {0};
	tanu_verifier log;

	MUST(service_recovery_notice(site->s, &text, err));
	signer_verifier(&log, &site->s->journal.signer);
	MUST(recovery_notice_read(out, text.data, text.len, &log, err));
	buf_free(&text);
}

static tanu_status first_consent(void *self, const struct consent_row *row, tanu_error *err)
{
	(void)err;
	*(tanu_id *)self = row->consent.id;
	return TANU_OK;
}

static void tells_who_and_what_has_ended_since_a_backup(void **state)
{
	struct site *site = *state;
	struct recovery_sheet sheet;
	struct erasure_receipt receipt;
	struct recovery_notice notice = {0};
	tanu_id early = add_person(site, "Early", 30), anna = add_person(site, "Anna", 30),
		berik = add_person(site, "Berik", 30), consent = {0}, kept = {0};

	give(site, &anna, ACCESS, 30);
	give(site, &berik, ACCESS, 30);
	MUST(DB(site->s, consent_each, &anna, first_consent, &consent, err));
	MUST(DB(site->s, consent_each, &berik, first_consent, &kept, err));
	make_key(site, &sheet);
	MUST(service_subject_remove(site->s, &receipt, &early, err)); /* in no backup */
	assert_true(receipt.backup_horizon_ms == 0);
	assert_false(erasure_leaves(&receipt, REMAINS_BACKUPS));
	back_up(site, "one");
	MUST(service_consent_withdraw(site->s, &receipt, &anna, 0, err));
	assert_false(erasure_leaves(&receipt, REMAINS_BACKUPS)); /* faces are in none */
	MUST(service_subject_remove(site->s, &receipt, &berik, err));
	assert_true(receipt.backup_horizon_ms > receipt.executed_ms);
	assert_true(erasure_leaves(&receipt, REMAINS_BACKUPS));
	assert_false(receipt.holder_told);
	read_notice(site, &notice);
	assert_false(recovery_notice_has(&notice, &early));
	assert_true(recovery_notice_has(&notice, &berik));
	assert_false(recovery_notice_has(&notice, &anna));
	assert_true(recovery_notice_has(&notice, &consent));
	assert_false(recovery_notice_has(&notice, &kept)); /* went with her */
	recovery_notice_free(&notice);
}

/* When nothing opens a backup any more there is nothing to be told. */
static void forgets_traces_with_the_last_backup_that_opens(void **state)
{
	struct site *site = *state;
	struct recovery_sheet sheet;
	struct recovery_state found;
	struct erasure_receipt receipt;
	struct recovery_notice notice = {0};
	tanu_id anna = add_person(site, "Anna", 30), berik = add_person(site, "Berik", 30);

	make_key(site, &sheet);
	back_up(site, "one");
	MUST(service_subject_remove(site->s, &receipt, &anna, err));
	site->ahead_ms += 29 * DAY_MS; /* in steps that no clock is doubted for */
	site_reopen(site);
	site->ahead_ms += 29 * DAY_MS;
	site_reopen(site);
	site->ahead_ms += 29 * DAY_MS;
	site_reopen(site);
	MUST(service_recovery_state(site->s, &found, err));
	assert_int_equal(found.backups, 0);
	assert_true(found.horizon_ms == 0 && found.backup_ms > 0);
	back_up(site, "two");
	MUST(service_subject_remove(site->s, &receipt, &berik, err));
	read_notice(site, &notice);
	assert_false(recovery_notice_has(&notice, &anna));
	assert_true(recovery_notice_has(&notice, &berik));
	assert_int_equal(notice.len, 1);
	recovery_notice_free(&notice);
}

static void writes_the_notice_where_the_holder_has_her_folder(void **state)
{
	struct site *site = *state;
	struct recovery_sheet sheet;
	struct erasure_receipt receipt;
	struct recovery_notice notice = {0};
	struct buf text = {0};
	tanu_verifier log;
	char path[128];
	tanu_id anna = add_person(site, "Anna", 30), berik = add_person(site, "Berik", 30);

	make_key(site, &sheet);
	snprintf(path, sizeof(path), "%s/notice", site->root);
	MUST(settings_set(&site->s->settings, "recovery.notice", path, err));
	back_up(site, "one");
	assert_true(os_exists(path));
	MUST(service_subject_remove(site->s, &receipt, &anna, err));
	assert_true(receipt.holder_told);
	MUST(os_read_file(&text, path, 1 << 20, err));
	signer_verifier(&log, &site->s->journal.signer);
	MUST(recovery_notice_read(&notice, text.data, text.len, &log, err));
	assert_true(recovery_notice_has(&notice, &anna));
	/* Her folder is away: the erasure is done all the same, and says so. */
	MUST(settings_set(&site->s->settings, "recovery.notice", "/no/such/folder/notice", err));
	MUST(service_subject_remove(site->s, &receipt, &berik, err));
	assert_false(receipt.holder_told);
	assert_true(site->s->notice.status < 0);
	recovery_notice_free(&notice);
	buf_free(&text);
}

static void refuses_a_notice_that_was_changed(void **state)
{
	struct site *site = *state;
	struct recovery_sheet sheet;
	struct recovery_notice notice = {0};
	struct erasure_receipt receipt;
	struct buf text = {0};
	tanu_verifier log;
	tanu_id anna = add_person(site, "Anna", 30);

	make_key(site, &sheet);
	back_up(site, "one");
	MUST(service_subject_remove(site->s, &receipt, &anna, err));
	MUST(service_recovery_notice(site->s, &text, err));
	signer_verifier(&log, &site->s->journal.signer);
	MUST(recovery_notice_read(&notice, text.data, text.len, &log, err));
	recovery_notice_free(&notice);
	for (size_t i = 0; i < text.len; i += 3) {
		text.data[i] ^= 1;
		assert_true(recovery_notice_read(&notice, text.data, text.len, &log, NULL) < 0);
		text.data[i] ^= 1;
	}
	log.key[0] ^= 1;
	assert_true(recovery_notice_read(&notice, text.data, text.len, &log, NULL) < 0);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_code_reads_back_however_it_is_typed),
	    cmocka_unit_test(refuses_a_code_with_any_letter_changed),
	    cmocka_unit_test(base32_is_its_only_form),
	    cmocka_unit_test(turns_forward_only_and_forgets),
	    SITE_TEST(the_holder_shows_that_her_half_opens),
	    SITE_TEST(a_key_of_another_site_or_an_older_one_does_not_answer),
	    SITE_TEST(refuses_a_challenge_with_any_field_changed),
	    SITE_TEST(periods_follow_the_calendar_and_run_out),
	    SITE_TEST(an_edited_recovery_key_is_noticed),
	    SITE_TEST(tells_who_and_what_has_ended_since_a_backup),
	    SITE_TEST(forgets_traces_with_the_last_backup_that_opens),
	    SITE_TEST(writes_the_notice_where_the_holder_has_her_folder),
	    SITE_TEST(refuses_a_notice_that_was_changed),
	};

	return cmocka_run_group_tests_name("service/recovery", tests, NULL, NULL);
}
