/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/tlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1770000000000

static struct signer signer;
static tanu_verifier verifier;

static int set_up(void **state)
{
	struct secret seed;

	(void)state;
	memset(seed.b, 7, sizeof(seed.b));
	assert_int_equal(signer_init(&signer, "log.example/school", TANU_KEY_ED25519, &seed, NULL),
			 TANU_OK);
	signer_verifier(&verifier, &signer);
	return 0;
}

/* Signs any object as a statement and reads it. */
static tanu_status read_signed(struct statement *out, const char *object, tanu_error *err)
{
	struct buf text = {0}, entry = {0};
	tanu_status st;

	buf_printf(&text, "tanu site statement v1\n%s\n", object);
	assert_int_equal(note_sign(&entry, &signer, (const char *)text.data, text.len, NULL),
			 TANU_OK);
	st = statement_read(out, entry.data, entry.len, &verifier, err);
	buf_free(&text);
	buf_free(&entry);
	return st;
}

static void expect_form(const struct statement *s, const char *object)
{
	struct buf entry = {0}, text = {0};
	struct statement back = {0};

	statement_put(&text, s);
	assert_string_equal(buf_cstr(&text), object);
	assert_int_equal(statement_sign(&entry, &signer, s, NULL), TANU_OK);
	assert_int_not_equal(entry.len, TANU_LEAF_LEN);
	assert_int_equal(statement_read(&back, entry.data, entry.len, &verifier, NULL), TANU_OK);
	assert_int_equal(back.type, s->type);
	assert_string_equal(back.word, statement_word(s->type));
	text.len = 0;
	statement_put(&text, &back);
	assert_string_equal(buf_cstr(&text), object);
	buf_free(&entry);
	buf_free(&text);
}

#define H "0101010101010101010101010101010101010101010101010101010101010101"
#define G "0202020202020202020202020202020202020202020202020202020202020202"

/* Every type of docs/log.md, byte by byte. */
static void each_type_has_its_form(void **state)
{
	struct statement s = {.at_ms = NOW,
			      .site = "School \"12\"",
			      .version = "0.2",
			      .language = "kk",
			      .profile = "kz",
			      .key = "a+00+b",
			      .day = 20484,
			      .month = 2026 * 12,
			      .embeddings = 1,
			      .permits = 2,
			      .uses = 3,
			      .refusals = 4,
			      .released = 5,
			      .sealed = 6,
			      .refused = 7,
			      .extended = 8,
			      .face = 12,
			      .face_ms = 1000,
			      .face_refused = 13,
			      .other = 14,
			      .other_ms = 2000,
			      .other_refused = 15,
			      .opened = 10,
			      .people = 11,
			      .fmr_ppb = 100,
			      .identify = 0,
			      .due_ms = NOW + 1,
			      .size = 99};
	static const char *const forms[] = {
	    "",
	    "{\"at_ms\":1770000000000,\"site\":\"School \\\"12\\\"\",\"type\":\"log-opened\","
	    "\"version\":\"0.2\"}",
	    "{\"at_ms\":1770000000000,\"sha256\":\"" H "\",\"type\":\"software\","
	    "\"version\":\"0.2\"}",
	    "{\"at_ms\":1770000000000,\"sha256\":\"" H "\",\"type\":\"verifier\"}",
	    "{\"at_ms\":1770000000000,\"fmr_ppb\":100,\"identify\":0,\"profile\":\"kz\","
	    "\"sha256\":\"" H "\",\"type\":\"policy\"}",
	    "{\"at_ms\":1770000000000,\"language\":\"kk\",\"sha256\":\"" H "\","
	    "\"type\":\"notice\",\"version\":\"0.2\"}",
	    "{\"at_ms\":1770000000000,\"day\":\"2026-01-31\",\"embeddings\":1,\"permits\":2,"
	    "\"refusals\":4,\"type\":\"counts\",\"uses\":3}",
	    "{\"at_ms\":1770000000000,\"extended\":8,\"month\":\"2026-01\",\"refused\":7,"
	    "\"released\":5,\"sealed\":6,\"type\":\"disclosures\"}",
	    "{\"at_ms\":1770000000000,\"change\":\"added\",\"key\":\"a+00+b\","
	    "\"type\":\"approver\"}",
	    "{\"at_ms\":1770000000000,\"change\":\"removed\",\"key\":\"a+00+b\","
	    "\"type\":\"witness\"}",
	    "{\"at_ms\":1770000000000,\"commitment\":\"" H "\",\"due_ms\":1770000000001,"
	    "\"tag\":\"" G "\",\"type\":\"disclosure-sealed\"}",
	    "{\"at_ms\":1770000000000,\"document\":\"" H "\",\"due_ms\":1770000000001,"
	    "\"tag\":\"" G "\",\"type\":\"disclosure-extended\"}",
	    "{\"at_ms\":1770000000000,\"tag\":\"" G "\",\"type\":\"disclosure-opened\"}",
	    "{\"at_ms\":1770000000000,\"size\":99,\"type\":\"database-restored\"}",
	    "{\"at_ms\":1770000000000,\"sha256\":\"" H "\",\"type\":\"recovery\"}",
	    "{\"at_ms\":1770000000000,\"month\":\"2026-01\",\"opened\":10,\"people\":11,"
	    "\"type\":\"breaches\"}",
	    "{\"at_ms\":1770000000000,\"change\":\"added\",\"key\":\"a+00+b\",\"type\":\"gate\"}",
	    "{\"at_ms\":1770000000000,\"face\":12,\"face_ms\":1000,"
	    "\"face_refused\":13,\"month\":\"2026-01\",\"other\":14,\"other_ms\":2000,\"other_"
	    "refused\":15,"
	    "\"type\":\"lanes\"}",
	};

	(void)state;
	memset(s.sha256, 1, sizeof(s.sha256));
	memset(s.document, 1, sizeof(s.document));
	memset(s.commitment, 1, sizeof(s.commitment));
	memset(s.tag, 2, sizeof(s.tag));
	assert_int_equal(ARRAY_LEN(forms), STATEMENT_LANES + 1);
	for (size_t t = 1; t < ARRAY_LEN(forms); t++) {
		s.type = (enum statement_type)t;
		s.removed = s.type == STATEMENT_WITNESS;
		expect_form(&s, forms[t]);
	}
}

static void counts_are_read(void **state)
{
	struct statement s = {0};

	(void)state;
	assert_int_equal(
	    read_signed(&s,
			"{\"at_ms\":5,\"day\":\"2026-02-28\",\"embeddings\":10,\"permits\":11,"
			"\"refusals\":12,\"type\":\"counts\",\"uses\":13}",
			NULL),
	    TANU_OK);
	assert_int_equal(s.type, STATEMENT_COUNTS);
	assert_int_equal(s.at_ms, 5);
	assert_int_equal(s.day, 20512);
	assert_int_equal(s.embeddings, 10);
	assert_int_equal(s.permits, 11);
	assert_int_equal(s.refusals, 12);
	assert_int_equal(s.uses, 13);
}

static void refuses_other_forms(void **state)
{
	static const char *const bad[] = {
	    "[]",
	    "{}",
	    "{\"type\":\"counts\"}",
	    "{\"at_ms\":5}",
	    "{\"at_ms\":\"5\",\"tag\":\"" G "\",\"type\":\"disclosure-opened\"}",
	    "{\"at_ms\":5,\"type\":\"disclosure-opened\"}",
	    "{\"at_ms\":5,\"tag\":\"" G "\",\"type\":\"disclosure-opened\",\"uses\":1}",
	    "{\"tag\":\"" G "\",\"at_ms\":5,\"type\":\"disclosure-opened\"}",
	    "{\"at_ms\":5, \"tag\":\"" G "\",\"type\":\"disclosure-opened\"}",
	    "{\"at_ms\":5.0,\"tag\":\"" G "\",\"type\":\"disclosure-opened\"}",
	    "{\"at_ms\":-5,\"tag\":\"" G "\",\"type\":\"disclosure-opened\"}",
	    "{\"at_ms\":5,\"tag\":\"02\",\"type\":\"disclosure-opened\"}",
	    "{\"at_ms\":5,\"tag\":\"AB" G "\",\"type\":\"disclosure-opened\"}",
	    "{\"at_ms\":5,\"tag\":\"" G "\",\"type\":\"disclosure\\u002dopened\"}",
	    "{\"at_ms\":5,\"change\":\"changed\",\"key\":\"a\",\"type\":\"approver\"}",
	    "{\"at_ms\":5,\"change\":\"added\",\"key\":\"\",\"type\":\"approver\"}",
	    "{\"at_ms\":5,\"day\":\"2026-02-29\",\"embeddings\":1,\"permits\":1,"
	    "\"refusals\":1,\"type\":\"counts\",\"uses\":1}",
	    "{\"at_ms\":5,\"day\":\"2026-2-28\",\"embeddings\":1,\"permits\":1,"
	    "\"refusals\":1,\"type\":\"counts\",\"uses\":1}",
	    "{\"at_ms\":5,\"day\":\"2026-02-28\",\"embeddings\":-1,\"permits\":1,"
	    "\"refusals\":1,\"type\":\"counts\",\"uses\":1}",
	    "{\"at_ms\":5,\"extended\":0,\"month\":\"2026-13\",\"refused\":0,\"released\":0,"
	    "\"sealed\":0,\"type\":\"disclosures\"}",
	    "{\"at_ms\":5,\"extended\":0,\"month\":\"2026-01-01\",\"refused\":0,\"released\":0,"
	    "\"sealed\":0,\"type\":\"disclosures\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct statement s = {.at_ms = -1};
		tanu_error err = {0};

		if (read_signed(&s, bad[i], &err) != TANU_INPUT)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(s.at_ms, -1);
	}
}

static void other_notes_are_no_statements(void **state)
{
	static const char *const texts[] = {"tanu site statement v2\n{\"at_ms\":5}\n",
					    "tanu site statement v1\n", "tanu receipt v1\n{}\n",
					    "tanu site statement v1\n{\"at_ms\":5}\n\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct buf entry = {0};
		struct statement s;

		assert_int_equal(note_sign(&entry, &signer, texts[i], strlen(texts[i]), NULL),
				 TANU_OK);
		assert_int_equal(statement_read(&s, entry.data, entry.len, &verifier, NULL),
				 TANU_INPUT);
		buf_free(&entry);
	}
}

static void a_newer_type_is_known_by_its_word(void **state)
{
	struct statement s = {0};

	(void)state;
	assert_int_equal(read_signed(&s, "{\"at_ms\":5,\"type\":\"weather\",\"x\":[1]}", NULL),
			 TANU_OK);
	assert_int_equal(s.type, STATEMENT_UNKNOWN);
	assert_string_equal(s.word, "weather");
	assert_int_equal(s.at_ms, 5);
	assert_int_equal(read_signed(&s, "{\"at_ms\":5,\"type\":\"weather\",\"x\":[1.5]}", NULL),
			 TANU_INPUT);
	assert_int_equal(read_signed(&s, "{\"at_ms\":-5,\"type\":\"weather\"}", NULL), TANU_INPUT);
}

static void refuses_false_signatures(void **state)
{
	struct statement s = {.type = STATEMENT_DISCLOSURE_OPENED, .at_ms = NOW};
	struct buf entry = {0};
	tanu_verifier other = verifier;

	(void)state;
	assert_int_equal(statement_sign(&entry, &signer, &s, NULL), TANU_OK);
	for (size_t i = 0; i < entry.len; i++) {
		entry.data[i] ^= 1;
		assert_true(statement_read(&s, entry.data, entry.len, &verifier, NULL) < 0);
		entry.data[i] ^= 1;
	}
	other.name[0] = 'L';
	assert_int_equal(statement_read(&s, entry.data, entry.len, &other, NULL), TANU_NOT_FOUND);
	assert_int_equal(statement_read(&s, entry.data, entry.len, &verifier, NULL), TANU_OK);
	buf_free(&entry);
}

static void refuses_to_sign_what_is_not_whole(void **state)
{
	struct statement empty = {.type = STATEMENT_LOG_OPENED, .at_ms = NOW, .version = "1"};
	struct statement below = {.type = STATEMENT_DATABASE_RESTORED, .at_ms = NOW, .size = -1};
	struct statement early = {.type = STATEMENT_DISCLOSURES, .at_ms = NOW, .month = 11};
	struct statement broken = {
	    .type = STATEMENT_LOG_OPENED, .at_ms = NOW, .version = "1", .site = "a\nb"};
	const struct statement *all[] = {&empty, &below, &early, &broken};
	struct buf entry = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		assert_int_equal(statement_sign(&entry, &signer, all[i], NULL), TANU_USAGE);
	assert_int_equal(entry.len, 0);
	buf_free(&entry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_type_has_its_form),
	    cmocka_unit_test(counts_are_read),
	    cmocka_unit_test(refuses_other_forms),
	    cmocka_unit_test(other_notes_are_no_statements),
	    cmocka_unit_test(a_newer_type_is_known_by_its_word),
	    cmocka_unit_test(refuses_false_signatures),
	    cmocka_unit_test(refuses_to_sign_what_is_not_whole),
	};

	crypto_init(NULL);
	return cmocka_run_group_tests(tests, set_up, NULL);
}
