/* SPDX-License-Identifier: Apache-2.0 */
/* What lies inside the sealed blobs: written canonically, read back, refused when damaged. */
#include "service/site.h"

/* 31 bytes of a digest; and the fields of a head. */
#define ZEROES "00000000000000000000000000000000000000000000000000000000000000"
#define HEAD   "\"consents\":\"00" ZEROES "\",\"events\":1"

static struct buf text_of(const char *text)
{
	struct buf b = {0};

	buf_str(&b, text);
	return b;
}

static void writes_a_profile_canonically(void **state)
{
	const struct profile profile = {
	    .person = {.name = "Әлия \"A\"", .born = {1990, 2, 28}},
	    .head = {.events = 7,
		     .embeddings = 3,
		     .consents = {0xab},
		     .papers = {0xcd},
		     .log = {.generation = 1, .n = 2, .last = {.tag = {0xef}}, .ended = {5}}},
	};
	struct profile back = {0};
	struct buf text = {0};

	(void)state;
	MUST(profile_encode(&text, &profile, err));
	assert_string_equal(
	    buf_cstr(&text),
	    "{\"born\":\"1990-02-28\",\"consents\":\"ab" ZEROES "\",\"embeddings\":3,"
	    "\"events\":7,\"log\":{\"ended\":[5],\"last\":\"ef" ZEROES ZEROES ZEROES ZEROES
	    "000000\",\"n\":2},\"name\":\"Әлия \\\"A\\\"\",\"papers\":\"cd" ZEROES "\"}");
	MUST(profile_decode(&back, &text, err));
	assert_string_equal(back.person.name, profile.person.name);
	assert_memory_equal(&back.person.born, &profile.person.born, sizeof(tanu_date));
	assert_int_equal(back.head.events, 7);
	assert_int_equal(back.head.embeddings, 3);
	assert_memory_equal(back.head.consents, profile.head.consents, DIGEST_LEN);
	assert_memory_equal(back.head.papers, profile.head.papers, DIGEST_LEN);
	assert_memory_equal(&back.head.log, &profile.head.log, sizeof(back.head.log));
	buf_free(&text);
}

/* As it was written before people had papers. */
static void reads_a_profile_without_papers(void **state)
{
	struct buf text = text_of("{\"born\":\"1990-02-28\"," HEAD ",\"name\":\"A\"}");
	uint8_t none[DIGEST_LEN];
	struct profile back = {.head = {.embeddings = 9}};

	(void)state;
	sha256(none, NULL, 0);
	MUST(profile_decode(&back, &text, err));
	assert_int_equal(back.head.embeddings, 0);
	assert_memory_equal(back.head.papers, none, sizeof(none));
	buf_free(&text);
}

static void refuses_a_damaged_profile(void **state)
{
	static const char *const bad[] = {
	    "",
	    "{}",
	    "[]",
	    "{\"born\":\"1990-02-30\"," HEAD ",\"name\":\"A\"}",
	    "{\"born\":\"1990-02-28\"," HEAD "}",
	    "{\"born\":19900228," HEAD ",\"name\":\"A\"}",
	    "{\"born\":\"1990-02-28\"," HEAD ",\"name\":\"A\"",
	    "{\"born\":\"1990-02-28T00:00:00Z\"," HEAD ",\"name\":\"A\"}",
	    "{\"born\":\"1990-02-28\",\"name\":\"A\"}",
	    "{\"born\":\"1990-02-28\",\"consents\":\"00\",\"events\":1,\"name\":\"A\"}",
	    "{\"born\":\"1990-02-28\",\"consents\":\"00" ZEROES "\",\"events\":-1,\"name\":\"A\"}",
	    "{\"born\":\"1990-02-28\"," HEAD ",\"name\":\"A\",\"papers\":\"00\"}",
	    "{\"born\":\"1990-02-28\",\"embeddings\":-1," HEAD ",\"name\":\"A\"}",
	    "{\"born\":\"1990-02-28\"," HEAD ",\"log\":{},\"name\":\"A\"}",
	    "{\"born\":\"1990-02-28\"," HEAD
	    ",\"log\":{\"ended\":[],\"last\":\"\",\"n\":1},\"name\":\"A\"}",
	    "{\"born\":\"1990-02-28\"," HEAD
	    ",\"log\":{\"ended\":[-1],\"last\":\"\",\"n\":0},\"name\":\"A\"}",
	    "{\"born\":\"1990-02-28\"," HEAD
	    ",\"log\":{\"ended\":[],\"last\":\"ef\",\"n\":0},\"name\":\"A\"}",
	};
	struct profile back;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf text = text_of(bad[i]);

		REFUSES(TANU_ERR_JSON, profile_decode(&back, &text, err));
		buf_free(&text);
	}
}

static struct consent_detail detail_sample(void)
{
	struct consent_detail detail = {.giver = TANU_GIVER_GUARDIAN,
					.guardian = {{1, 2, 3}},
					.language = "kk",
					.version = "1"};

	detail.assent = true;
	detail.months = 12;
	buf_str(&detail.record, "{}");
	buf_str(&detail.text, "two\nlines");
	sha256(detail.sha256, detail.text.data, detail.text.len);
	return detail;
}

static void reads_a_consent_back(void **state)
{
	struct consent_detail detail = detail_sample(), back = {0};
	struct buf text = {0};

	(void)state;
	MUST(consent_detail_encode(&text, &detail, err));
	MUST(consent_detail_decode(&back, &text, err));
	assert_int_equal(back.giver, TANU_GIVER_GUARDIAN);
	assert_true(id_equal(&back.guardian, &detail.guardian));
	assert_string_equal(back.language, "kk");
	assert_string_equal(back.version, "1");
	assert_memory_equal(back.sha256, detail.sha256, sizeof(back.sha256));
	assert_int_equal(back.text.len, 9);
	assert_memory_equal(back.text.data, "two\nlines", 9);
	assert_true(back.assent);
	assert_int_equal(back.months, 12);
	assert_string_equal(buf_cstr(&back.record), "{}");
	consent_detail_free(&detail);
	consent_detail_free(&back);
	buf_free(&text);
}

/* One field after the other is taken away, or changed. */
static void refuses_a_damaged_consent(void **state)
{
	static const char *const swaps[][2] = {
	    {"\"giver\":\"guardian\"", "\"giver\":\"nobody\""},
	    {"\"guardian\":\"0102", "\"guardian\":\"zz02"},
	    {"\"guardian\":", "\"guard\":"},
	    {"\"assent\":true", "\"assent\":1"},
	    {"\"months\":12", "\"months\":\"12\""},
	    {"\"record\":\"", "\"record\":\"*"},
	    {"\"language\":\"kk\"", "\"language\":\"kk-too-long\""},
	    {"\"language\":", "\"lang\":"},
	    {"\"notice\":\"", "\"notice\":\"*"},
	    {"\"notice\":", "\"note\":"},
	    {"\"sha256\":\"", "\"sha256\":\"0"},
	    {"\"sha256\":", "\"sha\":"},
	    {"\"version\":", "\"v\":"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(swaps); i++) {
		struct consent_detail detail = detail_sample(), back = {0};
		struct buf good = {0}, bad = {0};
		tanu_error why = {0};
		const char *at, *text;

		MUST(consent_detail_encode(&good, &detail, err));
		text = buf_cstr(&good);
		at = strstr(text, swaps[i][0]);
		assert_non_null(at);
		buf_put(&bad, text, (size_t)(at - text));
		buf_str(&bad, swaps[i][1]);
		buf_str(&bad, at + strlen(swaps[i][0]));
		assert_int_equal(consent_detail_decode(&back, &bad, &why), TANU_INPUT);
		assert_int_equal(back.giver, TANU_GIVER_NONE);
		assert_null(back.text.data);
		consent_detail_free(&detail);
		buf_free(&good);
		buf_free(&bad);
	}
}

static void writes_an_event_without_fractions(void **state)
{
	struct event_record event = {.at_ms = 1700000000123,
				     .sequence = 9,
				     .type = TANU_EVENT_VERIFIED,
				     .purposes = TANU_PURPOSE_ACCESS | TANU_PURPOSE_IDENTITY,
				     .fmr = 1e-4,
				     .reason = TANU_ERR_NO_FACE};
	struct event_record back = {0};
	struct event_words words;
	struct buf text = {0};

	(void)state;
	MUST(event_encode(&text, &event, err));
	assert_string_equal(buf_cstr(&text),
			    "{\"at_ms\":1700000000123,\"fmr_ppb\":100000,\"purposes\":"
			    "\"access,identity\",\"reason\":\"no-face\",\"sequence\":9,"
			    "\"type\":\"verified\"}");
	MUST(event_decode(&back, &words, &text, err));
	assert_int_equal(back.at_ms, event.at_ms);
	assert_int_equal(back.sequence, event.sequence);
	assert_int_equal(back.type, TANU_EVENT_VERIFIED);
	assert_int_equal(back.purposes, event.purposes);
	assert_float_equal(back.fmr, 1e-4, 1e-12);
	assert_string_equal(words.reason, "no-face");
	assert_true(id_is_zero(&back.about));
	buf_free(&text);
}

static void an_event_says_when_its_rate_was_not_counted(void **state)
{
	struct event_record event = {.type = TANU_EVENT_VERIFIED, .fmr = 1e-6}, back = {0};
	struct event_words words;
	struct buf text = {0};

	(void)state;
	MUST(event_encode(&text, &event, err));
	assert_null(strstr(buf_cstr(&text), "extrapolated"));
	text.len = 0;
	event.extrapolated = true;
	MUST(event_encode(&text, &event, err));
	assert_non_null(strstr(buf_cstr(&text), "\"fmr_extrapolated\":true,\"fmr_ppb\":1000"));
	MUST(event_decode(&back, &words, &text, err));
	assert_true(back.extrapolated);
	buf_free(&text);
}

static void reads_a_lookalike_back_and_refuses_a_damaged_one(void **state)
{
	static const char *const bad[] = {
	    "", "{}", "{\"other\":7}", "{\"other\":\"\"}", "{\"other\":\"0102\"}", "[\"other\"]"};
	const tanu_id other = {{1, 2, 3, 250}};
	tanu_id back = {0};
	struct buf text = {0};

	(void)state;
	MUST(lookalike_encode(&text, &other, err));
	assert_string_equal(buf_cstr(&text), "{\"other\":\"010203fa000000000000000000000000\"}");
	MUST(lookalike_decode(&back, &text, err));
	assert_true(id_equal(&back, &other));
	buf_free(&text);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		text = text_of(bad[i]);
		REFUSES(TANU_ERR_JSON, lookalike_decode(&back, &text, err));
		buf_free(&text);
	}
}

static void every_event_has_a_word_that_reads_back(void **state)
{
	static const tanu_event all[] = {
#define X(name, number, word) TANU_EVENT_##name,
	    TANU_EVENT_LIST(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct event_record event = {.type = all[i]}, back = {0};
		struct event_words words;
		struct buf text = {0};

		MUST(event_encode(&text, &event, err));
		MUST(event_decode(&back, &words, &text, err));
		assert_int_equal(back.type, all[i]);
		buf_free(&text);
	}
}

#define STAMP "\"at_ms\":1,\"sequence\":0"

static void refuses_a_damaged_event(void **state)
{
	static const char *const bad[] = {
	    "{}",
	    "{\"type\":\"enrolled\"}",
	    "{\"at_ms\":1,\"type\":\"enrolled\"}",
	    "{\"at_ms\":1,\"sequence\":-1,\"type\":\"enrolled\"}",
	    "{" STAMP ",\"type\":3}",
	    "{" STAMP ",\"about\":\"12\",\"type\":\"enrolled\"}",
	    "{" STAMP ",\"fmr_ppb\":\"1\",\"type\":\"verified\"}",
	    "{" STAMP ",\"reason\":\"0123456789012345678901234567890123456789\","
	    "\"type\":\"verified\"}",
	};
	struct event_record back;
	struct event_words words;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf text = text_of(bad[i]);

		REFUSES(TANU_ERR_JSON, event_decode(&back, &words, &text, err));
		buf_free(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_a_profile_canonically),
	    cmocka_unit_test(reads_a_profile_without_papers),
	    cmocka_unit_test(refuses_a_damaged_profile),
	    cmocka_unit_test(reads_a_consent_back),
	    cmocka_unit_test(refuses_a_damaged_consent),
	    cmocka_unit_test(writes_an_event_without_fractions),
	    cmocka_unit_test(an_event_says_when_its_rate_was_not_counted),
	    cmocka_unit_test(every_event_has_a_word_that_reads_back),
	    cmocka_unit_test(reads_a_lookalike_back_and_refuses_a_damaged_one),
	    cmocka_unit_test(refuses_a_damaged_event),
	};

	return cmocka_run_group_tests_name("service/record", tests, NULL, NULL);
}
