/* SPDX-License-Identifier: Apache-2.0 */
/* Every event, finding and state has words in every language, and values find their places. */
#include "receipt/tell.h"

#include "os/os.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HOUR_MS ((int64_t)3600 * 1000)

static void has_text(const char *group, const char *word)
{
	char key[96];

	snprintf(key, sizeof(key), "%s.%s", group, word);
	for (int l = 0; l < TELL_LANGUAGES; l++) {
		struct buf text = {0};

		if (!tell_text(&text, (enum tell_language)l, key) || text.len == 0)
			fail_msg("%s has no text for %s", tell_language_word((enum tell_language)l),
				 key);
		buf_free(&text);
	}
}

static void every_word_has_a_text(void **state)
{
	(void)state;
#define X(name, number, word) has_text("event", word);
	TANU_EVENT_LIST(X)
#undef X
#define X(name, word, weight) has_text("finding", word);
	TANU_FINDING_LIST(X)
#undef X
#define X(name, word) has_text("kind", word);
	TANU_RECEIPT_KIND_LIST(X)
#undef X
#define X(name, bit, word) has_text("purpose", word);
	TANU_PURPOSE_LIST(X)
#undef X
	for (int s = TANU_LEAF_WITHHELD; s <= TANU_LEAF_OPENED; s++)
		has_text("state", tanu_leaf_state_name((tanu_leaf_state)s));
	for (int v = TANU_VERDICT_SUSPICIOUS; v <= TANU_VERDICT_CLEAN; v++)
		has_text("verdict", tanu_verdict_name((tanu_verdict)v));
}

/* Keys of a file in their order, one a line, with its number of gaps. */
static void keys_of(struct buf *out, const char *language)
{
	char path[512];
	struct buf text = {0};

	snprintf(path, sizeof(path), TANU_SOURCE_DIR "/src/receipt/texts/%s.txt", language);
	assert_int_equal(os_read_file(&text, path, 1 << 20, NULL), TANU_OK);
	for (char *line = (char *)(uintptr_t)buf_cstr(&text); *line;) {
		char *end = strchr(line, '\n');
		char *equals = strstr(line, " = ");
		size_t gaps = 0;

		assert_non_null(end);
		*end = '\0';
		for (char *gap = line; (gap = strstr(gap, "{}")); gap += 2)
			gaps++;
		if (*line && *line != '#') {
			if (!equals || equals > end)
				fail_msg("%s: %s", path, line);
			buf_printf(out, "%.*s %zu\n", (int)(equals - line), line, gaps);
		}
		line = end + 1;
	}
	buf_free(&text);
}

static void languages_have_the_same_keys_and_gaps(void **state)
{
	struct buf en = {0}, other = {0};

	(void)state;
	keys_of(&en, "en");
	for (int l = TELL_EN + 1; l < TELL_LANGUAGES; l++) {
		other.len = 0;
		keys_of(&other, tell_language_word((enum tell_language)l));
		assert_string_equal(buf_cstr(&en), buf_cstr(&other));
	}
	buf_free(&en);
	buf_free(&other);
}

static void values_stand_in_their_places(void **state)
{
	struct buf text = {0};

	(void)state;
	tell_with_two(&text, TELL_EN, "detail.between", "3 d", "4 d");
	assert_string_equal(buf_cstr(&text), "in the log after 3 d, at the latest after 4 d");
	text.len = 0;
	tell_with(&text, TELL_RU, "label.entries", "7");
	assert_string_equal(buf_cstr(&text), "записей: 7");
	text.len = 0;
	tell_with(&text, TELL_EN, "no.such-key", "7");
	assert_int_equal(text.len, 0);
	assert_false(tell_text(&text, TELL_EN, "limits.tit"));
	assert_int_equal(tell_language_of("kk"), TELL_KK);
	assert_int_equal(tell_language_of("xx"), TELL_EN);
	assert_int_equal(tell_language_of(NULL), TELL_EN);
	buf_free(&text);
}

static void tells_an_event_with_its_details(void **state)
{
	struct receipt_event e = {.event = TANU_EVENT_DISCLOSED,
				  .type = "disclosed",
				  .fmr_ppb = 333,
				  .fmr_extrapolated = true,
				  .due_ms = INT64_C(1788249600000),
				  .by = "court",
				  .reason = "sunshine",
				  .purposes = "access,dance",
				  .recipient = "a\xE2\x80\xAE b"};
	struct buf text = {0};

	(void)state;
	tell_details(&text, TELL_EN, &e);
	assert_string_equal(
	    buf_cstr(&text),
	    "for: access, dance; by: a court; to: a\xEF\xBF\xBD b; until 2026-09-01 08:00 UTC; "
	    "reason: sunshine; a stranger is taken for this person once in 3,003,003 comparisons; "
	    "estimated");
	text.len = 0;
	e = (struct receipt_event){.type = "painted"};
	tell_event(&text, TELL_KK, &e);
	assert_string_equal(buf_cstr(&text), "painted");
	text.len = 0;
	tell_details(&text, TELL_KK, &e);
	assert_int_equal(text.len, 0);
	buf_free(&text);
}

static void published(const char *want, int64_t after_h, int64_t before_h)
{
	const int64_t at = INT64_C(1788249600000);
	tanu_report_leaf leaf = {.after_ms = after_h ? at + after_h * HOUR_MS : 0,
				 .before_ms = before_h ? at + before_h * HOUR_MS : 0};
	struct buf text = {0};

	tell_published(&text, TELL_EN, &leaf, at);
	assert_string_equal(buf_cstr(&text), want);
	buf_free(&text);
}

static void tells_when_it_was_published_as_far_as_known(void **state)
{
	(void)state;
	published("", 0, 0);
	published("in the log within 60 min", 0, 1);
	published("in the log within 2 h", -1, 2);
	published("in the log after 47 h at the earliest", 47, 0);
	published("in the log after 2 d, at the latest after 3 d", 49, 50);
	published("", -1, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_word_has_a_text),
	    cmocka_unit_test(languages_have_the_same_keys_and_gaps),
	    cmocka_unit_test(values_stand_in_their_places),
	    cmocka_unit_test(tells_an_event_with_its_details),
	    cmocka_unit_test(tells_when_it_was_published_as_far_as_known),
	};

	return cmocka_run_group_tests_name("receipt/tell", tests, NULL, NULL);
}
