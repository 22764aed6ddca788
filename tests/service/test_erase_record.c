/* SPDX-License-Identifier: Apache-2.0 */
/* What an erasure says of itself: the record of its receipt, field by field, and its clock. */
#include "service/site.h"

#define ACCESS TANU_PURPOSE_ACCESS
#define HOUR   ((int64_t)3600000)

/* ---- the record ---- */

static struct erasure_receipt sample(void)
{
	struct erasure_receipt r = {
	    .receipt = {{1}},
	    .subject = {{2}},
	    .purposes = ACCESS,
	    .reference_erased = true,
	    .reference_sha256 = {3},
	    .keys_destroyed = 1,
	    .key_sha256 = {{4}},
	    .requested_ms = 1000,
	    .executed_ms = 2000,
	    .due_ms = 3000,
	    .root = "file",
	    .program = "tanu 0.1.0",
	};

	return r;
}

static const char *encode(struct buf *out, const struct erasure_receipt *r)
{
	out->len = 0;
	MUST(erasure_record_encode(out, r, err));
	return buf_cstr(out);
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in %s", part, text);
}

static void lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in %s", part, text);
}

static void is_canonical_json_of_known_fields(void **state)
{
	static const char *const keys[] = {
	    "{\"due_ms\":3000,\"executed_ms\":2000,\"keys\":[\"04",
	    "\"],\"keys_destroyed\":1,\"method\":{\"rollback_resistant\":false,\"root\":\"file\","
	    "\"rows\":\"overwritten\"},\"profile_erased\":false,\"purposes\":\"access\","
	    "\"reason\":\"withdrawal\",\"receipt\":\"01000000000000000000000000000000\","
	    "\"reference_erased\":true,\"reference_sha256\":\"03",
	    "\",\"remains\":[{\"code\":\"proof\",\"text\":\"",
	    "\"}],\"requested_ms\":1000,\"scope\":[{\"code\":\"use\",\"text\":\"",
	    "\"}],\"software\":\"tanu 0.1.0\",\"statement\":\"This site holds no copy of this "
	    "person's face that it can open.\",\"subject\":\"02000000000000000000000000000000\","
	    "\"type\":\"erasure\",\"v\":1}"};
	struct erasure_receipt r = sample();
	struct buf out = {0};
	const char *text = encode(&out, &r), *at = text;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		at = strstr(at, keys[i]);
		if (!at)
			fail_msg("\"%s\" is not in %s", keys[i], text);
	}
	assert_string_equal(at, keys[ARRAY_LEN(keys) - 1]);
	for (const char *p = text; *p; p++)
		assert_true(*p >= ' ' && *p < 0x7F);
	buf_free(&out);
}

static void says_what_remains_by_the_root_of_the_keys(void **state)
{
	struct erasure_receipt r = sample();
	struct buf out = {0};
	const char *text = encode(&out, &r);

	(void)state;
	has(text, "\"code\":\"disk-image\"");
	has(text, "\"code\":\"old-blocks\"");
	lacks(text, "\"code\":\"old-disk-image\"");
	lacks(text, "resistant_since_ms");
	r.rollback_resistant = true;
	r.resistant_since_ms = 500;
	r.root = "tpm";
	r.root_turns = 7;
	snprintf(r.tpm, sizeof(r.tpm), "TPM 2.0 of X");
	text = encode(&out, &r);
	has(text,
	    "\"method\":{\"resistant_since_ms\":500,\"rollback_resistant\":true,\"root\":\"tpm\","
	    "\"root_turn\":7,\"rows\":\"overwritten\",\"tpm\":\"TPM 2.0 of X\"}");
	has(text, "\"code\":\"old-disk-image\"");
	lacks(text, "\"code\":\"disk-image\"");
	lacks(text, "\"code\":\"old-blocks\"");
	lacks(text, "\"code\":\"tpm-memory\"");
	r.tpm_software = true;
	has(encode(&out, &r), "\"code\":\"tpm-memory\"");
	buf_free(&out);
}

static void says_that_not_every_gate_is_named(void **state)
{
	struct erasure_receipt r = sample();
	struct buf out = {0};

	(void)state;
	lacks(encode(&out, &r), "gates");
	r.gates_unnamed = true; /* and none could be read */
	has(encode(&out, &r), "\"code\":\"more-gates\"");
	lacks(encode(&out, &r), "\"code\":\"gates\"");
	r.gates_len = 1;
	snprintf(r.gates[0].name, sizeof(r.gates[0].name), "north");
	r.gates[0].until_ms = 4000;
	has(encode(&out, &r), "\"name\":\"north\",\"until_ms\":4000");
	has(encode(&out, &r), "\"code\":\"gates\"");
	buf_free(&out);
}

static void says_when_nothing_or_not_all_was_erased(void **state)
{
	struct erasure_receipt r = sample();
	struct buf out = {0};
	const char *text;

	(void)state;
	r.reference_erased = false;
	r.keys_destroyed = 0;
	r.reference_kept = true;
	memset(r.reference_sha256, 0, sizeof(r.reference_sha256));
	text = encode(&out, &r);
	has(text, "\"keys\":[],\"keys_destroyed\":0");
	has(text, "\"code\":\"face\"");
	has(text, "The reference stays");
	lacks(text, "reference_sha256");
	lacks(text, "\"code\":\"disk-image\"");
	lacks(text, "\"code\":\"keys\"");
	r.reference_kept = false;
	has(encode(&out, &r), "No reference of this person's face was stored.");
	r.reason = "order";
	has(encode(&out, &r), "\"reason\":\"order\"");
	buf_free(&out);
}

/* More keys than are named: all are counted. */
static void counts_more_keys_than_it_names(void **state)
{
	struct erasure_receipt r = sample();
	struct buf out = {0};
	const char *text;
	size_t commas = 0;

	(void)state;
	r.keys_destroyed = ERASURE_KEYS_MAX + 5;
	text = encode(&out, &r);
	has(text, "\"keys_destroyed\":165");
	for (const char *p = strstr(text, "\"keys\":["); *p != ']'; p++)
		commas += *p == ',';
	assert_int_equal(commas, ERASURE_KEYS_MAX - 1);
	buf_free(&out);
}

/* ---- of real erasures ---- */

/* SHA-256 of a key's name, as docs/erasure.md states it. */
static void name_sha256(uint8_t out[DIGEST_LEN], const tanu_id *id, int kind, unsigned quarter)
{
	char text[96], hex[ID_HEX_LEN];

	id_hex(hex, id);
	snprintf(text, sizeof(text), "tanu key 1 %s %d %u", hex, kind, quarter);
	sha256(out, text, strlen(text));
}

static bool names(const struct erasure_receipt *r, const uint8_t digest[DIGEST_LEN])
{
	for (size_t i = 0; i < r->keys_destroyed; i++)
		if (memcmp(r->key_sha256[i], digest, DIGEST_LEN) == 0)
			return true;
	return false;
}

static void a_withdrawal_names_the_key_and_row_that_went(void **state)
{
	struct site *site = *state;
	struct erasure_receipt r = {0};
	tanu_id id = add_person(site, "Aliya", 30), reference;
	uint8_t digest[DIGEST_LEN];

	give(site, &id, ACCESS, 30);
	reference = keep_reference(site, &id, 1);
	MUST(service_consent_withdraw(site->s, &r, &id, 0, err));
	assert_int_equal(r.keys_destroyed, 1);
	name_sha256(digest, &id, KEY_BIO, 0);
	assert_true(names(&r, digest));
	sha256(digest, reference.b, sizeof(reference.b));
	assert_memory_equal(digest, r.reference_sha256, DIGEST_LEN);
	assert_string_equal(r.root, "file");
	assert_false(r.reference_kept);
	assert_true(r.due_ms - r.requested_ms == 24 * HOUR);
	/* A second one finds nothing to destroy. */
	MUST(service_consent_withdraw(site->s, &r, &id, 0, err));
	assert_int_equal(r.keys_destroyed, 0);
}

static void leaving_names_every_key(void **state)
{
	struct site *site = *state;
	struct erasure_receipt r = {0};
	tanu_id id = add_person(site, "Aliya", 30);
	uint8_t digest[DIGEST_LEN];
	const unsigned quarter = vault_quarter(site_clock(site));

	give(site, &id, ACCESS, 30);
	keep_reference(site, &id, 1);
	MUST(service_subject_remove(site->s, &r, &id, err));
	assert_int_equal(r.keys_destroyed, 4);
	for (int kind = KEY_BIO; kind <= KEY_LOG; kind++) {
		name_sha256(digest, &id, kind, kind == KEY_HISTORY ? quarter : 0);
		assert_true(names(&r, digest));
	}
}

static void entomb(struct site *site, const tanu_id *id, enum tombstone_kind kind, int64_t at_ms)
{
	struct tombstone_row row = {.subject = *id, .kind = kind, .requested_ms = at_ms};

	MUST(tx_begin(site->s, err));
	MUST(tx_end(site->s, DB(site->s, tombstone_put, &row, err), err));
}

/* An erasure that was broken off is finished with the next one: each receipt has its own keys. */
static void names_nobody_elses_keys(void **state)
{
	struct site *site = *state;
	struct erasure_receipt r = {0};
	tanu_id a = add_person(site, "Aliya", 30), b = add_person(site, "Berik", 30);
	uint8_t digest[DIGEST_LEN];

	for (int i = 0; i < 2; i++) {
		give(site, i ? &b : &a, ACCESS, 30);
		keep_reference(site, i ? &b : &a, 1);
	}
	entomb(site, &b, TOMBSTONE_SUBJECT, site_clock(site));
	MUST(service_consent_withdraw(site->s, &r, &a, 0, err));
	assert_int_equal(r.keys_destroyed, 1);
	name_sha256(digest, &a, KEY_BIO, 0);
	assert_true(names(&r, digest));
	REFUSES(TANU_ERR_SUBJECT_MISSING, subject_must_exist(site->s, &b, err));
}

static void another_consent_keeps_the_face_and_it_says_so(void **state)
{
	struct site *site = *state;
	struct erasure_receipt r = {0};
	tanu_id id = add_person(site, "Aliya", 30);

	give(site, &id, ACCESS, 30);
	give(site, &id, TANU_PURPOSE_VISIT, 30);
	keep_reference(site, &id, 1);
	MUST(service_consent_withdraw(site->s, &r, &id, ACCESS, err));
	assert_true(r.reference_kept);
	assert_true(erasure_leaves(&r, REMAINS_FACE));
	assert_false(erasure_reached(&r, ERASURE_KEYS));
	assert_true(erasure_reached(&r, ERASURE_USE));
}

/* ---- the clock ---- */

static void an_erasure_that_took_too_long_is_counted(void **state)
{
	struct site *site = *state;
	struct service_report report = {0};
	tanu_id id = add_person(site, "Aliya", 30);
	int64_t asked = site_clock(site);

	entomb(site, &id, TOMBSTONE_SUBJECT, asked);
	site->ahead_ms += 23 * HOUR;
	site_reopen(site);
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.erased_late, 0);
	id = add_person(site, "Berik", 30);
	asked = site_clock(site);
	entomb(site, &id, TOMBSTONE_SUBJECT, asked);
	site->ahead_ms += 25 * HOUR;
	site_reopen(site);
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.erased_late, 1);
	assert_true(report.late_since_ms == asked);
}

static void a_consent_that_ended_long_ago_is_counted(void **state)
{
	struct site *site = *state;
	struct service_report report = {0};
	tanu_id id = add_person(site, "Aliya", 30);

	give(site, &id, ACCESS, 5);
	keep_reference(site, &id, 1);
	site->ahead_ms += 8 * 24 * HOUR;
	site_reopen(site);
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.expired, 1);
	assert_int_equal(report.erased_late, 1);
	assert_true(report.late_since_ms < report.now_ms - 24 * HOUR);
}

/* The keys can't be had, hence the site does not open; the tombstone is read all the same. */
static void an_erasure_that_waits_is_seen_without_keys(void **state)
{
	struct site *site = *state;
	struct service_options options = site_options(site, site->dir);
	struct service *s = NULL;
	char keys[128], away[128];
	tanu_id id = add_person(site, "Aliya", 30);
	int64_t asked = site_clock(site), since = 0, due = 0;
	size_t count = 7;

	service_close(&site->s);
	MUST(service_erasures_waiting(&options, &count, &since, &due, err));
	assert_int_equal(count, 0);
	site_open_dir(site, site->dir);
	entomb(site, &id, TOMBSTONE_SUBJECT, asked);
	service_close(&site->s);
	snprintf(keys, sizeof(keys), "%s/keys", site->dir);
	snprintf(away, sizeof(away), "%s/away", site->root);
	assert_int_equal(rename(keys, away), 0);
	REFUSES(TANU_ERR_KEY_MISSING, service_open(&s, &options, err));
	MUST(service_erasures_waiting(&options, &count, &since, &due, err));
	assert_int_equal(count, 1);
	assert_true(since == asked);
	assert_true(due == asked + 24 * HOUR);
	assert_int_equal(rename(away, keys), 0);
	site_open_dir(site, site->dir);
	REFUSES(TANU_ERR_SUBJECT_MISSING, subject_must_exist(site->s, &id, err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_canonical_json_of_known_fields),
	    cmocka_unit_test(says_what_remains_by_the_root_of_the_keys),
	    cmocka_unit_test(says_that_not_every_gate_is_named),
	    cmocka_unit_test(says_when_nothing_or_not_all_was_erased),
	    cmocka_unit_test(counts_more_keys_than_it_names),
	    SITE_TEST(a_withdrawal_names_the_key_and_row_that_went),
	    SITE_TEST(leaving_names_every_key),
	    SITE_TEST(names_nobody_elses_keys),
	    SITE_TEST(another_consent_keeps_the_face_and_it_says_so),
	    SITE_TEST(an_erasure_that_took_too_long_is_counted),
	    SITE_TEST(a_consent_that_ended_long_ago_is_counted),
	    SITE_TEST(an_erasure_that_waits_is_seen_without_keys),
	};

	return cmocka_run_group_tests_name("service/erase_record", tests, NULL, NULL);
}
