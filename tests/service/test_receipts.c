/* SPDX-License-Identifier: Apache-2.0 */
/* What a person takes home, held against the log of the site by the verifier that trusts nobody. */
#include "receipt/receipt.h"
#include "service/site.h"

#define ACCESS TANU_PURPOSE_ACCESS

static tanu_receipt *parsed(struct buf *file)
{
	tanu_receipt *receipt = NULL;

	MUST(tanu_receipt_parse(&receipt, file->data, file->len, err));
	return receipt;
}

static bool finds(const tanu_report *report, tanu_finding_code code)
{
	for (size_t i = 0; i < report->findings_len; i++)
		if (report->findings[i].code == code)
			return true;
	return false;
}

/* By itself and with the log; the findings in words when the verdict is another. */
static void assert_verdict(struct site *site, const tanu_receipt *const *receipts, size_t len,
			   tanu_verdict verdict, tanu_finding_code code)
{
	tanu_report *report = NULL;

	MUST(receipt_history(&report, receipts, len, &site->s->journal.files, NULL, NULL, err));
	for (size_t i = 0; i < report->findings_len && report->verdict != verdict; i++)
		print_message("%s key %lld n %lld\n", tanu_finding_name(report->findings[i].code),
			      (long long)report->findings[i].key, (long long)report->findings[i].n);
	assert_int_equal(report->verdict, verdict);
	if (code)
		assert_true(finds(report, code));
	tanu_report_free(&report);
}

static size_t leaves_in(struct site *site, const tanu_receipt *receipt, tanu_leaf_state state)
{
	tanu_report *report = NULL;
	size_t found = 0;

	MUST(receipt_history(&report, &receipt, 1, &site->s->journal.files, NULL, NULL, err));
	for (size_t i = 0; i < report->leaves_len; i++)
		found += report->leaves[i].state == state;
	tanu_report_free(&report);
	return found;
}

static tanu_receipt *take(struct site *site, const tanu_id *id, tanu_receipt_kind kind,
			  const char *record)
{
	struct buf file = {0};
	tanu_receipt *receipt;

	MUST(service_receipt(site->s, &file, id, kind, record, err));
	receipt = parsed(&file);
	buf_free(&file);
	return receipt;
}

static void a_receipt_and_its_history_are_clean(void **state)
{
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30), berik = add_person(site, "Berik", 30);
	struct erasure_receipt erased;
	tanu_receipt *receipt;
	const tanu_receipt *one;

	(void)berik;
	give(site, &anna, ACCESS, 100);
	one = receipt = take(site, &anna, TANU_RECEIPT_CONSENT, "{\"v\":1}");
	assert_int_equal(receipt->keys_len, 1);
	assert_int_equal(receipt->leaves_len, 3); /* added, given, receipt issued */
	assert_verdict(site, &one, 1, TANU_VERDICT_CLEAN, TANU_FINDING_UNWITNESSED);
	/* what comes later is found with the same receipt */
	keep_reference(site, &anna, 1);
	MUST(service_consent_withdraw(site->s, &erased, &anna, 0, err));
	MUST(service_publish(site->s, err));
	assert_verdict(site, &one, 1, TANU_VERDICT_CLEAN, TANU_FINDING_NONE);
	assert_int_equal(leaves_in(site, receipt, TANU_LEAF_OPENED), 6);
	tanu_receipt_free(&receipt);
}

static void withdrawal_has_a_receipt_that_the_log_commits_to(void **state)
{
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	struct erasure_receipt erased;
	struct buf file = {0};
	const tanu_receipt *one;
	tanu_receipt *receipt;

	give(site, &anna, ACCESS, 100);
	keep_reference(site, &anna, 1);
	MUST(service_consent_withdraw(site->s, &erased, &anna, 0, err));
	MUST(service_erasure_receipt(site->s, &file, &erased, err));
	receipt = parsed(&file);
	one = receipt;
	assert_int_equal(receipt->kind, TANU_RECEIPT_TERMINATION);
	assert_non_null(strstr(receipt->record, "\"reference_erased\":true"));
	assert_verdict(site, &one, 1, TANU_VERDICT_CLEAN, TANU_FINDING_NONE);
	tanu_receipt_free(&receipt);
	buf_free(&file);
}

/* Her keys are gone at the site; she reads with those of her consent receipt. */
static void who_has_left_can_prove_it(void **state)
{
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	struct erasure_receipt erased;
	struct buf file = {0};
	const tanu_receipt *both[2];
	tanu_receipt *before, *after;

	give(site, &anna, ACCESS, 100);
	keep_reference(site, &anna, 1);
	before = take(site, &anna, TANU_RECEIPT_CONSENT, "{\"v\":1}");
	MUST(service_subject_remove(site->s, &erased, &anna, err));
	MUST(service_erasure_receipt(site->s, &file, &erased, err));
	after = parsed(&file);
	both[0] = before;
	both[1] = after;
	assert_int_equal(after->kind, TANU_RECEIPT_ERASURE);
	assert_int_equal(after->keys_len, 0);
	assert_verdict(site, both, 2, TANU_VERDICT_CLEAN, TANU_FINDING_NONE);
	assert_int_equal(leaves_in(site, before, TANU_LEAF_ERASED), 4);
	assert_int_equal(leaves_in(site, before, TANU_LEAF_OPENED), 1);
	/* of somebody else nothing can be had by it */
	erased.subject = (tanu_id){{1}};
	file.len = 0;
	REFUSES(TANU_ERR_SUBJECT_MISSING, service_erasure_receipt(site->s, &file, &erased, err));
	tanu_receipt_free(&before);
	tanu_receipt_free(&after);
	buf_free(&file);
}

static void renew(struct site *site, const tanu_id *id)
{
	int64_t now_ms = site_clock(site);
	uint64_t sequence = 0;

	MUST(journal_renew_ready(site->s, id, err));
	MUST(history_ready(site->s, id, 1, now_ms, err));
	MUST(tx_begin(site->s, err));
	MUST(DB(site->s, sequence_next, &sequence, err));
	MUST(tx_end(site->s, journal_renew(site->s, id, sequence, now_ms, err), err));
}

static void a_renewed_key_is_in_later_receipts_and_not_in_former_ones(void **state)
{
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	const tanu_receipt *one;
	tanu_receipt *former, *later;

	former = take(site, &anna, TANU_RECEIPT_HISTORY, "");
	renew(site, &anna);
	give(site, &anna, ACCESS, 100);
	later = take(site, &anna, TANU_RECEIPT_CONSENT, "{\"v\":1}");
	assert_int_equal(later->keys_len, 2);
	one = later;
	assert_verdict(site, &one, 1, TANU_VERDICT_CLEAN, TANU_FINDING_NONE);
	assert_int_equal(leaves_in(site, later, TANU_LEAF_OPENED), 4);
	one = former;
	assert_verdict(site, &one, 1, TANU_VERDICT_CLEAN, TANU_FINDING_KEY_RENEWED);
	assert_int_equal(leaves_in(site, former, TANU_LEAF_OPENED), 2);
	tanu_receipt_free(&former);
	tanu_receipt_free(&later);
}

/* Texts that were withheld; and texts that went with their time, under two keys, which is
 * explained. */
static void withheld_texts_are_told_from_those_that_went_with_their_time(void **state)
{
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	struct event_record event = {
	    .type = TANU_EVENT_HISTORY_ERASED, .by = "site", .quarter = 8100};
	const tanu_receipt *one;
	tanu_receipt *receipt;
	uint64_t before = 3;
	int64_t now_ms;

	give(site, &anna, ACCESS, 100);
	renew(site, &anna);
	give(site, &anna, TANU_PURPOSE_VISIT, 100);
	receipt = take(site, &anna, TANU_RECEIPT_HISTORY, "");
	one = receipt;
	MUST(journal_forget(site->s, &anna, 1, &before, err));
	assert_verdict(site, &one, 1, TANU_VERDICT_SUSPICIOUS, TANU_FINDING_WITHHELD);
	event.before = before;
	now_ms = site_clock(site);
	MUST(tx_begin(site->s, err));
	MUST(tx_end(site->s, history_put(site->s, &anna, 0, now_ms, &event, err), err));
	MUST(service_publish(site->s, err));
	assert_verdict(site, &one, 1, TANU_VERDICT_CLEAN, TANU_FINDING_NONE);
	assert_int_equal(leaves_in(site, receipt, TANU_LEAF_ERASED), 3);
	/* one more than was said */
	before = 4;
	MUST(journal_forget(site->s, &anna, 1, &before, err));
	assert_verdict(site, &one, 1, TANU_VERDICT_SUSPICIOUS, TANU_FINDING_WITHHELD);
	tanu_receipt_free(&receipt);
}

static void an_older_log_contradicts_the_receipt(void **state)
{
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	char from[100], to[100];
	const tanu_receipt *one;
	tanu_receipt *receipt;

	MUST(service_publish(site->s, err));
	snprintf(from, sizeof(from), "%s/log", site->dir);
	snprintf(to, sizeof(to), "%s/old-log", site->root);
	site_copy(from, to);
	give(site, &anna, ACCESS, 100);
	receipt = take(site, &anna, TANU_RECEIPT_CONSENT, "{\"v\":1}");
	one = receipt;
	site_remove_tree(from);
	site_copy(to, from);
	assert_verdict(site, &one, 1, TANU_VERDICT_SUSPICIOUS, TANU_FINDING_LOG_OLDER);
	tanu_receipt_free(&receipt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(a_receipt_and_its_history_are_clean),
	    SITE_TEST(withdrawal_has_a_receipt_that_the_log_commits_to),
	    SITE_TEST(who_has_left_can_prove_it),
	    SITE_TEST(a_renewed_key_is_in_later_receipts_and_not_in_former_ones),
	    SITE_TEST(withheld_texts_are_told_from_those_that_went_with_their_time),
	    SITE_TEST(an_older_log_contradicts_the_receipt),
	};

	return cmocka_run_group_tests_name("service/receipts", tests, NULL, NULL);
}
