/* SPDX-License-Identifier: Apache-2.0 */
/* Windows as a line of text. */
#include "rules/rules.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 64

static const char *const day_words[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"};
#define ALL_DAYS 0xff

static const char *const factor_words[] = {
#define X(name, bit, word) [bit] = word,
    RULES_FACTOR_LIST(X)
#undef X
};

static tanu_status not_understood(tanu_error *err, const char *word, const char *want)
{
	return tanu_fail(err, TANU_ERR_SETTING, word, "not understood here: %s", want);
}

/* The next word up to white space into `word`; false: none left, or too long a one. */
static bool next_word(char word[WORD_MAX], const char **at)
{
	size_t len;

	*at += strspn(*at, " \t");
	len = strcspn(*at, " \t");
	if (len == 0 || len >= WORD_MAX)
		return false;
	memcpy(word, *at, len);
	word[len] = '\0';
	*at += len;
	return true;
}

/* The number of the word that the first `len` characters are, or -1. */
static int find_word(const char *const *words, size_t words_len, const char *text, size_t len)
{
	for (size_t i = 0; i < words_len; i++)
		if (strlen(words[i]) == len && strncmp(words[i], text, len) == 0)
			return (int)i;
	return -1;
}

/* "mon", "mon-fri", "fri-mon" (over the end of the week), "holiday", "all". */
static bool parse_days_part(unsigned *days, const char *text, size_t len)
{
	const char *dash = memchr(text, '-', len);
	size_t first_len = dash ? (size_t)(dash - text) : len;
	int from = find_word(day_words, 8, text, first_len), to = from;

	if (len == 3 && strncmp(text, "all", 3) == 0) {
		*days |= ALL_DAYS;
		return true;
	}
	if (dash) {
		to = find_word(day_words, 7, dash + 1, len - first_len - 1);
		if (from > 6)
			return false;
	}
	if (from < 0 || to < 0)
		return false;
	for (int day = from; day != to; day = (day + 1) % 7)
		*days |= 1u << day;
	*days |= 1u << to;
	return true;
}

static bool parse_days(uint8_t *out, const char *text)
{
	unsigned days = 0;

	for (;;) {
		size_t len = strcspn(text, ",");

		if (!parse_days_part(&days, text, len))
			return false;
		if (!text[len])
			break;
		text += len + 1;
	}
	*out = (uint8_t)days;
	return true;
}

static bool two_digits(const char *text, unsigned most, unsigned *out)
{
	if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
		return false;
	*out = (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
	return *out <= most;
}

/* "07:30-18:00" */
static bool parse_hours(uint16_t *from, uint16_t *to, const char *text)
{
	unsigned h1, m1, h2, m2;

	if (strlen(text) != 11 || text[2] != ':' || text[5] != '-' || text[8] != ':')
		return false;
	if (!two_digits(text, 23, &h1) || !two_digits(text + 3, 59, &m1) ||
	    !two_digits(text + 6, 24, &h2) || !two_digits(text + 9, h2 == 24 ? 0 : 59, &m2))
		return false;
	*from = (uint16_t)(h1 * 60 + m1);
	*to = (uint16_t)(h2 * 60 + m2);
	return true;
}

static bool parse_way(uint8_t *out, const char *text)
{
	unsigned way = 0;

	for (;;) {
		size_t len = strcspn(text, "+");
		int bit = find_word(factor_words, ARRAY_LEN(factor_words), text, len);

		if (bit < 0 || (way & (1u << bit)))
			return false;
		way |= 1u << bit;
		if (!text[len])
			break;
		text += len + 1;
	}
	*out = (uint8_t)way;
	return true;
}

tanu_status rules_window_parse(struct rules_window *out, const char *text, tanu_error *err)
{
	struct rules_window window = {0};
	char word[WORD_MAX] = "";

	if (!next_word(word, &text) || !parse_days(&window.days, word))
		return not_understood(err, word, "write days as mon-fri, sat,holiday or all");
	word[0] = '\0';
	if (!next_word(word, &text) || !parse_hours(&window.from_min, &window.to_min, word))
		return not_understood(err, word, "write hours as 07:30-18:00");
	while (next_word(word, &text)) {
		if (window.ways_len == RULES_WAYS_MAX)
			return not_understood(err, word, "a window has at most eight ways in");
		if (!parse_way(&window.ways[window.ways_len], word))
			return not_understood(err, word,
					      "write a way in as card+pin; there are card, pass, "
					      "pin, face and guard");
		window.ways_len++;
	}
	if (*text)
		return not_understood(err, "", "a word is too long");
	*out = window;
	return TANU_OK;
}

/* Runs of days as from-to; a run of two as two. */
static void put_days(struct buf *b, unsigned days)
{
	const char *comma = "";

	if (days == ALL_DAYS) {
		buf_str(b, "all");
		return;
	}
	for (unsigned day = 0; day < 8; day++) {
		unsigned last = day;

		if (!(days & (1u << day)))
			continue;
		while (day < 7 && last < 6 && (days & (1u << (last + 1))))
			last++;
		buf_printf(b, "%s%s", comma, day_words[day]);
		if (last > day)
			buf_printf(b, "-%s", day_words[last]);
		comma = ",";
		day = last;
	}
}

void rules_window_text(char out[RULES_WINDOW_TEXT], const struct rules_window *window)
{
	struct buf b = {.max = RULES_WINDOW_TEXT};

	put_days(&b, window->days);
	buf_printf(&b, " %02u:%02u-%02u:%02u", window->from_min / 60u, window->from_min % 60u,
		   window->to_min / 60u, window->to_min % 60u);
	for (size_t i = 0; i < window->ways_len && i < RULES_WAYS_MAX; i++) {
		char way[RULES_WAY_TEXT];

		rules_way_text(way, window->ways[i]);
		buf_printf(&b, " %s", way);
	}
	snprintf(out, RULES_WINDOW_TEXT, "%s", buf_cstr(&b));
	buf_free(&b);
}
