/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/report.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct both {
	struct buf words, html, json;
	struct json_w w;
	struct report r;
};

static int set_up(void **state)
{
	static struct both b;

	b = (struct both){0};
	jw_init(&b.w, &b.json);
	jw_object(&b.w, NULL);
	b.r = (struct report){.sheet = {&b.words, &b.html, false}, .json = &b.w};
	*state = &b;
	return 0;
}

static int tear_down(void **state)
{
	struct both *b = *state;

	buf_free(&b->words);
	buf_free(&b->html);
	buf_free(&b->json);
	buf_free(&b->r.warnings);
	return 0;
}

static void one_text_is_set_twice(void **state)
{
	struct both *b = *state;

	sheet_begin(&b->r.sheet, "Title", "What <it> is");
	sheet_section(&b->r.sheet, "Part %d", 1);
	sheet_line(&b->r.sheet, "%s", "a < b & c");
	sheet_end(&b->r.sheet);
	assert_string_equal(buf_cstr(&b->words), "Part 1\n  a < b & c\n");
	assert_non_null(strstr(buf_cstr(&b->html), "<h2>Part 1</h2><p>a &lt; b &amp; c</p>"));
	assert_non_null(strstr(buf_cstr(&b->html), "What &lt;it&gt; is"));
}

/* The page loads nothing: its policy forbids it, and nothing in it asks for it. */
static void the_page_needs_nothing_from_outside(void **state)
{
	struct both *b = *state;
	const char *html;

	sheet_begin(&b->r.sheet, "T", "b");
	sheet_end(&b->r.sheet);
	html = buf_cstr(&b->html);
	assert_non_null(strstr(html, "default-src 'none'"));
	assert_null(strstr(html, "http:"));
	assert_null(strstr(html, "https:"));
	assert_null(strstr(html, "url("));
	assert_null(strstr(html, "<script"));
	assert_null(strstr(html, "@import"));
}

static void a_table_lines_up_and_escapes(void **state)
{
	static const char *const headings[] = {"name", "n"};
	struct both *b = *state;
	struct table t;

	table_begin(&t, headings, 2);
	table_cell(&t, "%s", "Әйгерім");
	table_cell(&t, "%d", 7);
	table_cell(&t, "%s", "<b>\033[2J");
	table_cell(&t, "%d", 12345);
	table_end(&t, &b->r.sheet);
	assert_string_equal(buf_cstr(&b->words), "  name         n\n"
						 "  Әйгерім      7\n"
						 "  <b>\xEF\xBF\xBD[2J  12345\n");
	assert_non_null(strstr(buf_cstr(&b->html), "<td>&lt;b&gt;"));
	assert_null(strchr(buf_cstr(&b->html), '\033'));
}

static void without_a_page_there_are_words_alone(void **state)
{
	struct both *b = *state;
	struct buf svg = {0};

	b->r.sheet.html = NULL;
	sheet_begin(&b->r.sheet, "T", "b");
	sheet_card(&b->r.sheet, "EER", "1%", "");
	buf_str(&svg, "<svg/>");
	sheet_plot(&b->r.sheet, &svg, "caption");
	sheet_end(&b->r.sheet);
	assert_string_equal(buf_cstr(&b->words), "  EER: 1%\n");
	assert_null(svg.data);
}

static void none_seen_is_told_with_its_bound(void **state)
{
	struct both *b = *state;

	report_none_seen(&b->r, 0, 20, "attacks");
	report_none_seen(&b->r, 1, 20, "others");
	report_none_seen(&b->r, 0, 0, "nothing");
	assert_string_equal(buf_cstr(&b->words),
			    "  0 of 20 attacks: the true rate may be up to 16.8%\n");
	report_end_warnings(&b->r);
	jw_end_object(&b->w);
	assert_string_equal(
	    buf_cstr(&b->json),
	    "{\"warnings\":[\"0 of 20 attacks: the true rate may be up to 16.8%\"]}");
}

static void shares_have_the_digits_that_say_something(void **state)
{
	static const struct {
		double share;
		const char *text;
	} known[] = {{0, "0.00%"},     {0.168, "16.8%"}, {0.0222, "2.22%"}, {0.99448, "99.45%"},
		     {1, "100.00%"},   {1e-4, "0.01%"},	 {2e-6, "0.0002%"}, {NAN, "-"},
		     {0.001, "0.10%"}, {INFINITY, "-"}};
	char text[SHARE_TEXT_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		assert_string_equal(share_text(text, known[i].share), known[i].text);
	assert_string_equal(interval_text(text, (struct interval){0.01, 0.02}), "1.00% to 2.00%");
	assert_string_equal(interval_text(text, (struct interval){NAN, 0.02}), "-");
}

/* A set without pairs must not break the page or the JSON. */
static void an_empty_set_is_told_too(void **state)
{
	struct both *b = *state;
	static struct set_rates rates;
	const struct set_rates *one = &rates;

	rates.equal_error = NAN;
	rates.missing = 0.1;
	rates.needed = 10;
	report_set(&b->r, &rates, REPORT_PAIRS, NULL);
	report_plots(&b->r, &one, NULL, 1, REPORT_PAIRS);
	jw_end_object(&b->w);
	assert_false(b->json.failed || b->html.failed || b->words.failed);
	assert_non_null(strstr(buf_cstr(&b->json), "\"equal_error_rate\":null"));
	assert_non_null(strstr(buf_cstr(&b->words), "needs 10 pairs of different people at least"));
	assert_null(strstr(buf_cstr(&b->html), "<svg"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(one_text_is_set_twice, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_page_needs_nothing_from_outside, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_table_lines_up_and_escapes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(without_a_page_there_are_words_alone, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(none_seen_is_told_with_its_bound, set_up, tear_down),
	    cmocka_unit_test(shares_have_the_digits_that_say_something),
	    cmocka_unit_test_setup_teardown(an_empty_set_is_told_too, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
