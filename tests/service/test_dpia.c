/* SPDX-License-Identifier: Apache-2.0 */
/* The impact assessment says what the site is set to; texts that are filled in. */
#include "service/passes.h"

static struct buf filled(struct site *site, const char *language)
{
	struct buf text = {0}, out = {0};
	char path[256];

	snprintf(path, sizeof(path), TANU_SOURCE_DIR "/packaging/notices/dpia-%s.md", language);
	MUST(os_read_file(&text, path, 65536, err));
	MUST(service_dpia(site->s, &out, (const char *)text.data, text.len, language, err));
	buf_free(&text);
	return out;
}

static void says(struct buf *text, const char *words)
{
	if (!strstr(buf_cstr(text), words))
		fail_msg("\"%s\" is not there", words);
}

static void says_not(struct buf *text, const char *words)
{
	if (strstr(buf_cstr(text), words))
		fail_msg("\"%s\" is there", words);
}

static size_t times(struct buf *text, const char *words)
{
	size_t n = 0;

	for (const char *at = buf_cstr(text); (at = strstr(at, words)); at++)
		n++;
	return n;
}

static void each_language_is_whole(void **state)
{
	static const struct {
		const char *language, *gap;
	} all[] = {{"en", "[FILL IN"}, {"ru", "[ЗАПОЛНИТЕ"}, {"kk", "ТОЛТЫРЫҢЫЗ"}};
	struct site *site = *state;
	size_t gaps[3], headings[3];

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct buf text = filled(site, all[i].language);

		says_not(&text, "{");
		says_not(&text, "[if ");
		says(&text, "School 7");
		gaps[i] = times(&text, all[i].gap);
		headings[i] = times(&text, "\n## ");
		buf_free(&text);
	}
	assert_int_equal(headings[0], 10);
	assert_int_equal(headings[1], 10);
	assert_int_equal(headings[2], 10);
	assert_true(gaps[0] > 30);
	assert_int_equal(gaps[0], gaps[1]);
	assert_int_equal(gaps[0], gaps[2]);
}

static void it_follows_the_settings(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct buf text;

	give(site, &id, TANU_PURPOSE_ACCESS, 30);
	text = filled(site, "en");
	says(&text, "today: 1; live consents: 1; stored references: 0");
	says(&text, "storage.mode = vault");
	says_not(&text, "storage.mode = pass");
	says(&text, "1:N search is off");
	says(&text, "recorded at the desk");
	says(&text, "Nobody below 7 years");
	says(&text, "- Operator: [FILL IN]");
	buf_free(&text);
	site_set(site, "storage", "mode = pass");
	site_set(site, "gallery", "cap = 20");
	site_set(site, "enrol",
		 "min_years = 12\n[site]\noperator = Lyceum 7\n"
		 "[retention]\naccess = 3\n[consent]\nwritten = yes");
	text = filled(site, "en");
	says(&text, "storage.mode = pass");
	says_not(&text, "storage.mode = vault");
	says(&text, "1:N search is ON, for at most 20 adults");
	says(&text, "Consent is in writing");
	says(&text, "Nobody below 12 years");
	says(&text, "- Operator: Lyceum 7");
	says(&text, "history kept 3 months");
	buf_free(&text);
}

/* The rates are those of the calibration, or it says that they are not known. */
static void it_states_the_error_rates(void **state)
{
	struct site *site = *state;
	const tanu_calibration *calibration = NULL;
	tanu_threshold threshold = {0};
	struct buf text = filled(site, "en");
	char score[32];

	if (site_calibration(site->s, &calibration, NULL) < 0) {
		says(&text, "error rates are not known here");
		buf_free(&text);
		skip();
	}
	MUST(tanu_threshold_for_fmr(&threshold, calibration, 1e-4, err));
	snprintf(score, sizeof(score), "at least %.4f", (double)threshold.score);
	says(&text, score);
	says(&text, "once in 10000 comparisons");
	says(&text, calibration->population);
	says_not(&text, "error rates are not known here");
	buf_free(&text);
}

static tanu_status fill(struct site *site, struct buf *out, const char *text, tanu_error *err)
{
	static const char *const marks[] = {"yes"};
	static const struct fill_value values[] = {FILL("a.text", "words"), {"a.none", "", true}};
	const struct fill with = {.values = values,
				  .values_len = ARRAY_LEN(values),
				  .marks = marks,
				  .marks_len = 1,
				  .gap = "GAP"};

	return fill_text(site->s, out, text, strlen(text), &with, err);
}

static void a_text_is_filled_in(void **state)
{
	static const struct {
		const char *from, *to;
	} texts[] = {
	    {"", ""},
	    {"{a.text}", "words"},
	    {"{a.none}|", "|"},
	    {"{site.operator}", "GAP"},
	    {"{site.name} {", "School 7 {"},
	    {"{}{A}{a b}{a.text", "{}{A}{a b}{a.text"},
	    {"[if yes] a\n[if no] {no.such}\nb\n", "a\nb\n"},
	    {"x [if no] y\n", "x [if no] y\n"},
	    {"[if no]", "[if no]"},
	    {"[if no] ", "[if no] "},
	    {"[if no", "[if no"},
	    {"[if no\n] x", "[if no\n] x"},
	    {"[if no] last", ""},
	};
	struct site *site = *state;
	struct buf out = {0};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		MUST(fill(site, &out, texts[i].from, err));
		assert_string_equal(buf_cstr(&out), texts[i].to);
		buf_free(&out);
	}
	REFUSES(TANU_ERR_SETTING, fill(site, &out, "{no.such}", err));
	REFUSES(TANU_ERR_USAGE, service_dpia(site->s, &out, "x", 1, "de", err));
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(each_language_is_whole),
	    SITE_TEST(it_follows_the_settings),
	    SITE_TEST(it_states_the_error_rates),
	    SITE_TEST(a_text_is_filled_in),
	};

	return cmocka_run_group_tests_name("service/dpia", tests, NULL, NULL);
}
