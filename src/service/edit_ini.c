/* SPDX-License-Identifier: Apache-2.0 */
/* One setting of tanu.ini changed by the program, and the operator's other lines left alone. */
#include "service/internal.h"

#include <stdio.h>
#include <string.h>

struct line {
	const char *at;
	size_t len; /* with its newline */
};

static bool take_line(struct line *line, const char **at, const char *end)
{
	const char *newline;

	if (*at == end)
		return false;
	newline = memchr(*at, '\n', (size_t)(end - *at));
	line->at = *at;
	line->len = (size_t)((newline ? newline + 1 : end) - *at);
	*at += line->len;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* "[keys]", whatever follows it. */
static bool is_section(const struct line *line, const char *section, size_t section_len)
{
	return line->len > section_len + 1 && line->at[0] == '[' &&
	       memcmp(line->at + 1, section, section_len) == 0 && line->at[1 + section_len] == ']';
}

/* "root = ...", or ";root = ..." that shows the default. */
static bool is_setting(const struct line *line, const char *key, bool commented)
{
	const char *at = line->at, *end = line->at + line->len;
	size_t key_len = strlen(key);

	if (commented && (at == end || *at++ != ';'))
		return false;
	while (at < end && is_blank(*at))
		at++;
	if ((size_t)(end - at) <= key_len || memcmp(at, key, key_len) != 0)
		return false;
	at += key_len;
	while (at < end && is_blank(*at))
		at++;
	return at < end && *at == '=';
}

/* The line to replace: the setting itself, else its commented default; NULL: neither. */
static const char *find_line(const char *at, const char *end, const char *section,
			     size_t section_len, const char *key, const char **section_at)
{
	const char *shown = NULL;
	bool inside = false;
	struct line line;

	while (take_line(&line, &at, end)) {
		if (line.at[0] == '[')
			inside = is_section(&line, section, section_len);
		if (inside && line.at[0] == '[')
			*section_at = line.at + line.len;
		if (inside && is_setting(&line, key, false))
			return line.at;
		if (inside && !shown && is_setting(&line, key, true))
			shown = line.at;
	}
	return shown;
}

void settings_edit_ini(struct buf *out, const struct buf *text, const char *name, const char *value)
{
	const char *key = strrchr(name, '.') + 1;
	const size_t section_len = (size_t)(key - name) - 1;
	const char *end, *at = buf_text(text, &end);
	const char *section_at = NULL;
	const char *old = find_line(at, end, name, section_len, key, &section_at);
	const char *cut = old ? old : section_at ? section_at : end;
	const bool ended = cut == at || cut[-1] == '\n';
	struct line line = {.at = cut};

	buf_put(out, at, (size_t)(cut - at));
	if (!ended)
		buf_str(out, "\n");
	if (!old && !section_at)
		buf_printf(out, "\n[%.*s]\n", (int)section_len, name);
	buf_printf(out, "%s = %s\n", key, value);
	if (old)
		take_line(&line, &cut, end);
	buf_put(out, cut, (size_t)(end - cut));
}
