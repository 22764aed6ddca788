/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that people agree to: one version, one text, for ever. */
#include "service/stranger.h"

#define ACCESS TANU_PURPOSE_ACCESS

static struct notice notice_of(const char *text, const char *version, const char *language)
{
	struct notice notice = {.text = text, .text_len = strlen(text)};

	snprintf(notice.version, sizeof(notice.version), "%s", version);
	snprintf(notice.language, sizeof(notice.language), "%s", language);
	return notice;
}

static tanu_status add(struct site *site, const char *text, const char *version,
		       const char *language, tanu_error *err)
{
	struct notice notice = notice_of(text, version, language);
	struct notice_view view = {0};
	tanu_status st = service_notice_add(site->s, &view, &notice, err);

	if (st == TANU_OK) {
		assert_false(id_is_zero(&view.id));
		assert_string_equal(view.version, version);
	}
	return st;
}

static tanu_status count(void *self, const struct notice_view *v, tanu_error *err)
{
	(void)v;
	(void)err;
	++*(int *)self;
	return TANU_OK;
}

static int notices(struct site *site)
{
	int n = 0;

	MUST(service_notice_each(site->s, count, &n, err));
	return n;
}

static void assert_text(struct site *site, const char *version, const char *language,
			const char *expected)
{
	struct notice_view view = {0};
	struct buf text = {0};
	uint8_t digest[DIGEST_LEN];

	MUST(service_notice_get(site->s, &view, &text, version, language, err));
	assert_string_equal(buf_cstr(&text), expected);
	sha256(digest, expected, strlen(expected));
	assert_memory_equal(view.sha256, digest, sizeof(digest));
	buf_free(&text);
}

static void a_version_is_one_text(void **state)
{
	struct site *site = *state;
	struct notice_view view;
	struct buf text = {0};

	MUST(add(site, "first", "1", "en", err));
	MUST(add(site, "first", "1", "en", err));
	REFUSES(TANU_ERR_CONFLICT, add(site, "changed", "1", "en", err));
	MUST(add(site, "changed", "2", "en", err));
	MUST(add(site, "première", "1", "fr", err));
	assert_int_equal(notices(site), 3);
	site_reopen(site);
	assert_text(site, "1", "en", "first");
	assert_text(site, "2", "en", "changed");
	assert_text(site, "1", "fr", "première");
	REFUSES(TANU_ERR_RECORD_MISSING, service_notice_get(site->s, &view, &text, "2", "fr", err));
	REFUSES(TANU_ERR_USAGE, add(site, "", "3", "en", err));
	REFUSES(TANU_ERR_USAGE, add(site, "text", "", "en", err));
}

static void consenting_registers_what_it_names(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct consent_order order = order_of(site, &id, ACCESS, 30);

	MUST(service_consent_give(site->s, &order, err));
	assert_int_equal(notices(site), 1);
	assert_text(site, "1", "en", notice_text);
	order.notice = notice_of("other words", "1", "en");
	REFUSES(TANU_ERR_CONFLICT, service_consent_give(site->s, &order, err));
	REFUSES(TANU_ERR_CONFLICT, service_consent_request(site->s, &order, err));
	order.notice = notice_of("other words", "2", "en");
	MUST(service_consent_request(site->s, &order, err));
	assert_int_equal(notices(site), 2);
	MUST(service_check(site->s, err));
}

static void fills_in_the_numbers_of_the_site(void **state)
{
	struct site *site = *state;
	struct notice notice = notice_of("{retention.access} months, {no such} {}", "v", "en");
	struct buf text = {0}, again = {0};
	char named[33];

	MUST(service_notice_prepare(site->s, &notice, &text, false, err));
	assert_string_equal(buf_cstr(&text), "12 months, {no such} {}");
	assert_string_equal(notice.version, "v");
	MUST(service_notice_prepare(site->s, &notice, &text, true, err));
	assert_int_equal(strlen(notice.version), 1 + 1 + 6);
	memcpy(named, notice.version, sizeof(named));
	notice = notice_of("{retention.access} months, {no such} {}", "v", "en");
	MUST(settings_set(&site->s->settings, "retention.access", "13", err));
	MUST(service_notice_prepare(site->s, &notice, &again, true, err));
	assert_string_equal(buf_cstr(&again), "13 months, {no such} {}");
	assert_string_not_equal(notice.version, named);
	notice = notice_of("for {retention.nothing}", "v", "en");
	REFUSES(TANU_ERR_SETTING, service_notice_prepare(site->s, &notice, &again, false, err));
	buf_free(&text);
	buf_free(&again);
}

static struct known_notice sample(void)
{
	struct known_notice notice = {.view = {.version = "1", .language = "kk"}, .months = {1, 2}};

	buf_str(&notice.text, "text");
	sha256(notice.view.sha256, "text", 4);
	return notice;
}

static void reads_a_notice_back(void **state)
{
	struct known_notice notice = sample(), back = {0};
	struct buf text = {0};

	(void)state;
	MUST(notice_encode(&text, &notice, err));
	MUST(notice_decode(&back, &text, err));
	assert_string_equal(back.view.version, "1");
	assert_string_equal(back.view.language, "kk");
	assert_int_equal(back.months[0], 1);
	assert_int_equal(back.months[1], 2);
	assert_string_equal(buf_cstr(&back.text), "text");
	known_notice_free(&notice);
	known_notice_free(&back);
	buf_free(&text);
}

static void refuses_a_damaged_notice(void **state)
{
	static const char *const swaps[][2] = {
	    {"\"language\":\"kk\"", "\"language\":\"much-too-long\""},
	    {"\"language\":", "\"lang\":"},
	    {"\"access\":1", "\"access\":\"\""},
	    {"\"sha256\":\"9", "\"sha256\":\"8"},
	    {"\"sha256\":", "\"sha\":"},
	    {"\"text\":\"", "\"text\":\"AAAA"}, /* another text than that of the digest */
	    {"\"text\":", "\"txt\":"},
	    {"\"version\":", "\"v\":"},
	};
	struct known_notice notice = sample();
	struct buf good = {0};

	(void)state;
	MUST(notice_encode(&good, &notice, err));
	for (size_t i = 0; i < ARRAY_LEN(swaps); i++) {
		const char *text = buf_cstr(&good), *at = strstr(text, swaps[i][0]);
		struct known_notice back = {0};
		struct buf bad = {0};

		assert_non_null(at);
		buf_put(&bad, text, (size_t)(at - text));
		buf_str(&bad, swaps[i][1]);
		buf_str(&bad, at + strlen(swaps[i][0]));
		REFUSES(TANU_ERR_JSON, notice_decode(&back, &bad, err));
		buf_free(&bad);
	}
	known_notice_free(&notice);
	buf_free(&good);
}

/* Every text that Tanu ships, with the numbers of this site and no gap left. */
static void each_shipped_text_is_filled(void **state)
{
	static const char *const kinds[] = {"notice", "notice-children", "notice-pass",
					    "notice-pass-children"};
	static const char *const languages[] = {"kk", "ru", "en"};
	struct site *site = *state;
	char path[256];

	for (size_t i = 0; i < ARRAY_LEN(kinds) * ARRAY_LEN(languages); i++) {
		const char *kind = kinds[i / ARRAY_LEN(languages)];
		const char *language = languages[i % ARRAY_LEN(languages)];
		struct buf raw = {0}, text = {0};
		struct notice notice;

		snprintf(path, sizeof(path), TANU_SOURCE_DIR "/packaging/notices/%s-%s.txt", kind,
			 language);
		MUST(os_read_file(&raw, path, 64 << 10, err));
		notice = notice_of(buf_cstr(&raw), kind, language);
		MUST(service_notice_prepare(site->s, &notice, &text, false, err));
		MUST(add(site, buf_cstr(&text), kind, language, err));
		assert_null(strchr(buf_cstr(&text), '{'));
		if (!strstr(kind, "children")) {
			assert_non_null(strstr(buf_cstr(&text), " 18 "));  /* majority */
			assert_non_null(strstr(buf_cstr(&text), " 365 ")); /* asked again */
		}
		buf_free(&raw);
		buf_free(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(a_version_is_one_text),
	    SITE_TEST(consenting_registers_what_it_names),
	    SITE_TEST(fills_in_the_numbers_of_the_site),
	    cmocka_unit_test(reads_a_notice_back),
	    cmocka_unit_test(refuses_a_damaged_notice),
	    SITE_TEST(each_shipped_text_is_filled),
	};

	return cmocka_run_group_tests_name("service/notices", tests, NULL, NULL);
}
