/* SPDX-License-Identifier: Apache-2.0 */
/* The receipt file: written, read back, and refused with one thing wrong. */
#include "receipt/scenes.h"

#include "receipt/parse.h"

static tanu_status parse_text(const char *text, size_t len, tanu_error *err)
{
	tanu_receipt *r = NULL;
	tanu_status st;

	if (err)
		*err = (tanu_error){0};
	st = tanu_receipt_parse(&r, text, len, err);
	assert_int_equal(r != NULL, st == TANU_OK);
	tanu_receipt_free(&r);
	assert_null(r);
	return st;
}

static void reads_back_what_was_written(void **state)
{
	struct scene s;
	tanu_receipt *r = NULL;

	(void)state;
	scene_open(&s, scene_named("renewed"));
	assert_int_equal(tanu_receipt_parse(&r, s.receipts[1].data, s.receipts[1].len, NULL),
			 TANU_OK);
	assert_int_equal(r->kind, TANU_RECEIPT_HISTORY);
	assert_int_equal(r->issued_ms, AT(121));
	assert_string_equal(r->site, "School 12");
	assert_string_equal(r->log_key, s.world->log_key);
	assert_string_equal(r->log_url, "https://log.example/school-12");
	assert_string_equal(r->policy, s.world->policy);
	assert_string_equal(r->record, "");
	assert_int_equal(r->keys_len, 2);
	assert_int_equal(r->keys[1].from_ms, AT(1000));
	assert_memory_equal(r->keys[1].key, s.world->keys[1], TANU_LOG_KEY_LEN);
	assert_int_equal(r->leaves_len, 1);
	assert_int_equal(r->leaves[0].key, 1);
	assert_int_equal(r->leaves[0].n, 0);
	assert_string_equal(r->leaves[0].event, s.world->leaves[1][0].event);
	assert_memory_equal(r->leaves[0].proof, "c2sp.org/tlog-proof@v1\nextra ", 29);
	tanu_receipt_free(&r);
	scene_close(&s);
}

/* The receipt with the first `from` replaced. */
static void put_changed(struct buf *out, const struct buf *receipt, const char *from,
			const char *to)
{
	char *text = strndup((const char *)receipt->data, receipt->len);
	char *at = text ? strstr(text, from) : NULL;

	if (!at)
		fail_msg("the receipt has no %s", from);
	buf_put(out, text, (size_t)(at - text));
	buf_str(out, to);
	buf_str(out, at + strlen(from));
	free(text);
}

/* Read so; the signature is not looked at by the parser. */
static tanu_status with(const struct buf *receipt, const char *from, const char *to,
			tanu_error *err)
{
	struct buf out = {0};
	tanu_status st;

	put_changed(&out, receipt, from, to);
	st = parse_text((char *)out.data, out.len, err);
	buf_free(&out);
	return st;
}

struct damage {
	const char *from, *to;
	const char *place; /* that the error must name */
};

static void refuses_each(const struct buf *receipt, const struct damage *damages, size_t len)
{
	tanu_error err;

	for (size_t i = 0; i < len; i++) {
		assert_int_equal(with(receipt, damages[i].from, damages[i].to, &err), TANU_INPUT);
		if (!strstr(err.place, damages[i].place))
			fail_msg("%s: \"%s: %s\", expected it at %s", damages[i].to, err.place,
				 err.message, damages[i].place);
	}
}

static void refuses_each_damaged_field(void **state)
{
	static const struct damage damages[] = {
	    {"tanu receipt v1", "tanu receipt v2", "receipt"},
	    {"{\"issued_ms\":", "{\"issued\":", "issued_ms"},
	    {"{\"issued_ms\":", "{\"a\":1,\"issued_ms\":", "issued_ms"},
	    {"\"issued_ms\":1", "\"issued_ms\":-1", "issued_ms"},
	    {"\"issued_ms\":1", "\"issued_ms\": 1", "receipt"},
	    {"\"issued_ms\":1", "\"issued_ms\":1.", "receipt"},
	    {"\"keys\":[", "\"keys\":[1,", "from_ms"},
	    {"\"from_ms\":1", "\"from_ms\":-1", "from_ms"},
	    {"\"key\":\"a0", "\"key\":\"A0", "key"},
	    {"\"key\":\"a0a0", "\"key\":\"a0", "key"},
	    {"\"kind\":\"consent\"", "\"kind\":\"assent\"", "kind"},
	    {"\"kind\":\"consent\"", "\"kind\":7", "kind"},
	    {"\"leaves\":[{", "\"leaves\":[1,{", "event"},
	    {"\"leaves\":[{\"event\":\"{", "\"leaves\":[{\"event\":\"\",\"eventz\":\"{", "key"},
	    {",\"key\":0,\"n\":1,", ",\"key\":-1,\"n\":1,", "leaves"},
	    {",\"key\":0,\"n\":1,", ",\"key\":32,\"n\":1,", "leaves"},
	    {",\"key\":0,\"n\":1,", ",\"key\":0,\"n\":-1,", "leaves"},
	    {",\"key\":0,\"n\":1,", ",\"key\":0,\"n\":true,", "n"},
	    {"\"proof\":[\"", "\"proof\":[1,\"", "element 0"},
	    {"\"log\":{\"key\":\"log.", "\"log\":{\"key\":\"lag.", "vkey"},
	    {"\"url\":\"https", "\"uri\":\"https", "url"},
	    {"\"url\":\"https://log.example/school-12\"", "\"url\":7", "url"},
	    {"\"policy\":[\"log ", "\"policy\":[\"lag ", "policy"},
	    {"\"quorum w1\"", "\"quorum w2\"", "quorum"},
	    {"\"quorum w1\"", "\"quorum\\nw1\"", "receipt"},
	    {",\"site\":\"School 12\"", ",\"site\":{}", "site"},
	    {"\"site\":\"School", "\"site\":\"Sch\\u006fol", "receipt"},
	    {"\"site\":\"School", "\"site\":\"Sch\xC2\x85ool", "receipt"},
	    {"\"subject\":\"3f9a", "\"subject\":\"3F9a", "subject"},
	    {"\"subject\":", "\"subject\":\"\",\"subject\":", "line 1"},
	    {"\"}\n\n", "\",\"zone\":1}\n\n", "zone"},
	    {"\"}\n\n", "\"}\nmore\n\n", "line 2"},
	    {"\n\n", "\n", "note"},
	};
	struct scene s;

	(void)state;
	scene_open(&s, scene_named("good_receipt"));
	assert_int_equal(with(&s.receipts[0], "School 12", "School 13", NULL), TANU_OK);
	refuses_each(&s.receipts[0], damages, ARRAY_LEN(damages));
	scene_close(&s);
}

static void refuses_damaged_words_of_gates(void **state)
{
	static const struct damage damages[] = {
	    {"{\"gate_words\":[[", "{\"gate_words\":[1,[", "gate_words"},
	    {"{\"gate_words\":[[", "{\"gate_words\":[[1,", "element 0"},
	    {"{\"gate_words\":[[", "{\"gate_words\":[],\"h\":[[", "issued_ms"},
	    {"{\"gate_words\":[[", "{\"gate_word\":[[", "issued_ms"},
	};
	struct scene s;
	struct buf many = {0};
	tanu_error err;

	(void)state;
	scene_open(&s, scene_named("gate_erased"));
	refuses_each(&s.receipts[1], damages, ARRAY_LEN(damages));
	buf_str(&many, "{\"gate_words\":[");
	for (int i = 0; i < TANU_RECEIPT_GATES_MAX; i++)
		buf_str(&many, "[],");
	buf_str(&many, "[");
	assert_int_equal(with(&s.receipts[1], "{\"gate_words\":[[", buf_cstr(&many), &err),
			 TANU_LIMIT);
	assert_string_equal(err.place, "gate_words");
	buf_free(&many);
	scene_close(&s);
}

/* Whichever line of a gate's word is changed, it is not taken for its word. */
static void no_changed_word_counts(void **state)
{
	static const struct {
		const char *from, *to;
	} changes[] = {
	    {"tanu gate erased 1", "tanu gate erased 2"},
	    {"\"site 5173", "\"site 5174"},
	    {"\"gate 9a7e0000000000000000000000000001", "\"gate 9a7e0000000000000000000000000002"},
	    {"\"subject 3f9a", "\"subject 3f9b"},
	    {"\"lease 7", "\"lease 8"},
	    {"\"lease 7", "\"lease x"},
	    {"\"at 2026-", "\"at 2027-"},
	    {".000Z", ".00Z"},
	    {"\"at 2026-09", "\"at 2026-13"},
	};
	struct scene s;

	(void)state;
	scene_open(&s, scene_named("gate_erased"));
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		struct buf kept = s.receipts[1], changed = {0};
		tanu_report *report = NULL;
		bool said = false;

		put_changed(&changed, &kept, changes[i].from, changes[i].to);
		s.receipts[1] = changed;
		assert_int_equal(scene_report(&report, &s, NULL), TANU_OK);
		assert_int_equal(report->gates_len, 2);
		for (size_t k = 0; k < report->gates_len; k++)
			assert_int_not_equal(report->gates[k].word, TANU_GATE_ERASED);
		for (size_t k = 0; k < report->findings_len; k++)
			said |= report->findings[k].code == TANU_FINDING_GATE_WORD;
		assert_true(said);
		tanu_report_free(&report);
		buf_free(&changed);
		s.receipts[1] = kept;
	}
	scene_close(&s);
}

/* A log's key where a witness's is expected and the other way round is caught by the policy. */
static void refuses_a_witness_as_log(void **state)
{
	struct scene s;
	char from[1024], to[1024];

	(void)state;
	scene_open(&s, scene_named("good_receipt"));
	snprintf(from, sizeof(from), "\"log\":{\"key\":\"%s\"", s.world->log_key);
	snprintf(to, sizeof(to), "\"log\":{\"key\":\"%s\"", s.world->witness_key);
	assert_int_equal(with(&s.receipts[0], from, to, NULL), TANU_INPUT);
	scene_close(&s);
}

static void refuses_more_than_the_limits(void **state)
{
	struct scene s;
	struct buf keys = {0}, leaves = {0}, lines = {0}, site = {0};
	tanu_error err = {0};

	(void)state;
	scene_open(&s, scene_named("good_receipt"));
	buf_str(&keys, "\"keys\":[");
	for (int i = 0; i < TANU_RECEIPT_KEYS_MAX; i++)
		buf_str(&keys,
			"{\"from_ms\":0,\"key\":\"00000000000000000000000000000000000000000000"
			"00000000000000000000\"},");
	assert_int_equal(with(&s.receipts[0], "\"keys\":[", buf_cstr(&keys), &err), TANU_LIMIT);
	assert_string_equal(err.place, "keys");

	buf_str(&leaves, "\"leaves\":[");
	for (int i = 0; i < TANU_RECEIPT_LEAVES_MAX; i++)
		buf_str(&leaves, "{\"event\":\"{}\",\"key\":0,\"n\":1,\"proof\":[]},");
	assert_int_equal(with(&s.receipts[0], "\"leaves\":[", buf_cstr(&leaves), &err), TANU_LIMIT);
	assert_string_equal(err.place, "leaves");

	buf_str(&lines, "\"policy\":[");
	for (int i = 0; i < 512; i++)
		buf_str(&lines, "\"\",");
	assert_int_equal(with(&s.receipts[0], "\"policy\":[", buf_cstr(&lines), &err), TANU_LIMIT);

	buf_str(&site, "\"site\":\"");
	for (int i = 0; i < 256; i++)
		buf_u8(&site, 'x');
	assert_int_equal(with(&s.receipts[0], "\"site\":\"", buf_cstr(&site), &err), TANU_LIMIT);
	assert_string_equal(err.place, "site");

	buf_free(&keys);
	buf_free(&leaves);
	buf_free(&lines);
	buf_free(&site);
	scene_close(&s);
}

/* Whichever bit of a receipt is turned, it does not stay clean. */
static void no_flipped_bit_stays_clean(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, scene_named("good_receipt"));
	for (size_t i = 0; i < s.receipts[0].len; i++) {
		tanu_report *report = NULL;

		s.receipts[0].data[i] ^= (uint8_t)(1 << (i % 7));
		if (scene_report(&report, &s, NULL) == TANU_OK)
			assert_int_not_equal(report->verdict, TANU_VERDICT_CLEAN);
		tanu_report_free(&report);
		s.receipts[0].data[i] ^= (uint8_t)(1 << (i % 7));
	}
	scene_close(&s);
}

static void refuses_every_truncation(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, scene_named("good_receipt"));
	for (size_t len = 0; len < s.receipts[0].len; len++)
		assert_int_equal(parse_text((char *)s.receipts[0].data, len, NULL), TANU_INPUT);
	scene_close(&s);
}

static void receipts_of_others_are_not_mixed(void **state)
{
	struct scene s;
	struct draft *d;
	struct buf other = {0};
	tanu_receipt *r[2] = {0};
	tanu_report *report = NULL;
	tanu_error err = {0};

	(void)state;
	scene_open(&s, scene_named("good_receipt"));
	d = draft_new(s.world, TANU_RECEIPT_HISTORY, 1, 1);
	d->receipt.record = "";
	d->receipt.subject.b[15] ^= 1;
	draft_write(&other, d, s.world, NULL);
	assert_int_equal(tanu_receipt_parse(&r[0], s.receipts[0].data, s.receipts[0].len, NULL), 0);
	assert_int_equal(tanu_receipt_parse(&r[1], other.data, other.len, NULL), 0);
	assert_int_equal(
	    tanu_receipt_verify(&report, (const tanu_receipt *const *)r, 2, NULL, &err),
	    TANU_USAGE);
	assert_int_equal(err.code, TANU_ERR_CONFLICT);
	assert_int_equal(
	    tanu_receipt_verify(&report, (const tanu_receipt *const *)r, 0, NULL, &err),
	    TANU_USAGE);
	assert_null(report);
	tanu_receipt_free(&r[0]);
	tanu_receipt_free(&r[1]);
	buf_free(&other);
	draft_free(d);
	scene_close(&s);
}

static void a_policy_of_hers_must_be_one(void **state)
{
	struct scene s;
	tanu_report *report = NULL;
	tanu_error err = {0};

	(void)state;
	scene_open(&s, scene_named("good_receipt"));
	snprintf(s.policy, sizeof(s.policy), "quorum none\n");
	assert_int_equal(scene_report(&report, &s, &err), TANU_INPUT);
	assert_null(report);
	scene_close(&s);
}

/* ---- events ---- */

static tanu_status event_of(struct receipt_event *e, const char *text)
{
	return receipt_event_parse(e, text, strlen(text), NULL);
}

static void reads_every_field_of_an_event(void **state)
{
	struct receipt_event e;

	(void)state;
	assert_int_equal(
	    event_of(&e,
		     "{\"about\":\"0123456789abcdef0123456789abcdef\",\"at_ms\":5,"
		     "\"before\":0,\"by\":\"court\",\"document\":\"000000000000000000000000000000"
		     "0000000000000000000000000000000000\",\"due_ms\":9,"
		     "\"fmr_extrapolated\":true,\"fmr_ppb\":100,\"purposes\":\"access,visit\","
		     "\"quarter\":8106,\"reason\":\"no-consent\",\"recipient\":\"Полиция\","
		     "\"sequence\":7,\"type\":\"disclosed\",\"zeal\":{}}"),
	    TANU_OK);
	assert_int_equal(e.event, TANU_EVENT_DISCLOSED);
	assert_string_equal(e.type, "disclosed");
	assert_string_equal(e.about, "0123456789abcdef0123456789abcdef");
	assert_int_equal(e.at_ms, 5);
	assert_true(e.has_before);
	assert_int_equal(e.before, 0);
	assert_string_equal(e.by, "court");
	assert_int_equal(strlen(e.document), 64);
	assert_int_equal(e.due_ms, 9);
	assert_true(e.fmr_extrapolated);
	assert_int_equal(e.fmr_ppb, 100);
	assert_string_equal(e.purposes, "access,visit");
	assert_int_equal(e.quarter, 8106);
	assert_string_equal(e.reason, "no-consent");
	assert_string_equal(e.recipient, "Полиция");
	assert_int_equal(e.sequence, 7);
}

static void refuses_each_damaged_event(void **state)
{
#define E(fields) "{\"at_ms\":5," fields "\"sequence\":7,\"type\":\"verified\"}"
	static const char *const bad[] = {
	    "",
	    "[]",
	    "{}",
	    "{\"at_ms\":5,\"sequence\":7}",
	    "{\"at_ms\":5,\"type\":\"verified\"}",
	    "{\"sequence\":7,\"type\":\"verified\"}",
	    "{\"at_ms\":-5,\"sequence\":7,\"type\":\"verified\"}",
	    "{\"at_ms\":\"5\",\"sequence\":7,\"type\":\"verified\"}",
	    "{\"at_ms\":5,\"sequence\":-7,\"type\":\"verified\"}",
	    "{\"at_ms\":5,\"sequence\":7,\"type\":\"Verified\"}",
	    "{\"at_ms\":5,\"sequence\":7,\"type\":\"\"}",
	    "{\"at_ms\":5,\"sequence\":7,\"type\":7}",
	    "{\"at_ms\":5,\"sequence\":7,\"type\":\"a-word-of-more-than-thirty-nine-letters-is\"}",
	    "{\"at_ms\":5, \"sequence\":7,\"type\":\"verified\"}",
	    "{\"about\":\"0123\",\"at_ms\":5,\"sequence\":7,\"type\":\"verified\"}",
	    E("\"before\":-1,"),
	    E("\"before\":\"1\","),
	    E("\"by\":\"Court\","),
	    E("\"by\":\"sixteen-letters-\","),
	    E("\"document\":\"00\","),
	    E("\"due_ms\":-1,"),
	    E("\"due_ms\":1.5,"),
	    E("\"fmr_extrapolated\":1,"),
	    E("\"fmr_ppb\":1000000001,"),
	    E("\"purposes\":\"access visit\","),
	    E("\"quarter\":65536,"),
	    E("\"reason\":\"No\","),
	    E("\"recipient\":7,"),
	    E("\"recipient\":\"\","),
	};
	struct receipt_event e;
	char text[TANU_EVENT_MAX + 1];

	(void)state;
	assert_int_equal(event_of(&e, E("")), TANU_OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (event_of(&e, bad[i]) != TANU_INPUT)
			fail_msg("taken: %s", bad[i]);
	snprintf(text, sizeof(text), E("\"recipient\":\"%0160d\","), 0);
	assert_int_equal(event_of(&e, text), TANU_OK);
	snprintf(text, sizeof(text), E("\"recipient\":\"%0161d\","), 0);
	assert_int_equal(event_of(&e, text), TANU_INPUT);
	snprintf(text, sizeof(text), E("\"recipienz\":\"%0400d\","), 0);
	assert_int_equal(receipt_event_parse(&e, text, 471, NULL), TANU_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_back_what_was_written),
	    cmocka_unit_test(refuses_each_damaged_field),
	    cmocka_unit_test(refuses_damaged_words_of_gates),
	    cmocka_unit_test(no_changed_word_counts),
	    cmocka_unit_test(refuses_a_witness_as_log),
	    cmocka_unit_test(refuses_more_than_the_limits),
	    cmocka_unit_test(no_flipped_bit_stays_clean),
	    cmocka_unit_test(refuses_every_truncation),
	    cmocka_unit_test(receipts_of_others_are_not_mixed),
	    cmocka_unit_test(a_policy_of_hers_must_be_one),
	    cmocka_unit_test(reads_every_field_of_an_event),
	    cmocka_unit_test(refuses_each_damaged_event),
	};

	return cmocka_run_group_tests_name("receipt/receipt", tests, NULL, NULL);
}
