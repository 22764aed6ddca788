/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts with the site's own numbers: "{section.key}" stands for a setting or for a value that is
 * handed in, "[if word] " at the beginning of a line for a line that is only there under it.
 */
#include "service/internal.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_LEN 64
#define IF	     "[if "

/* Length of "{section.key}" at the beginning of the text, or 0. */
static size_t mark_len(const char *text, size_t len)
{
	size_t i = 1;

	if (len < 3 || text[0] != '{')
		return 0;
	while (i < len && i < NAME_MAX_LEN &&
	       ((text[i] >= 'a' && text[i] <= 'z') || text[i] == '_' || text[i] == '.'))
		i++;
	return i > 1 && i < len && text[i] == '}' ? i + 1 : 0;
}

/* Of a name that nothing has the text is NULL. */
static struct fill_value value_of(const struct service *s, const struct fill *fill,
				  const char *name)
{
	struct fill_value none = {.name = name};

	for (size_t i = 0; i < fill->values_len; i++)
		if (strcmp(fill->values[i].name, name) == 0)
			return fill->values[i];
	for (size_t i = 0; i < s->settings.count; i++)
		if (strcmp(s->settings.rows[i].name, name) == 0)
			none.text = settings_text(&s->settings, name);
	return none;
}

static tanu_status mark_put(const struct service *s, struct buf *out, const char *mark, size_t len,
			    const struct fill *fill, tanu_error *err)
{
	char name[NAME_MAX_LEN + 1];
	struct fill_value value;

	snprintf(name, sizeof(name), "%.*s", (int)(len - 2), mark + 1);
	value = value_of(s, fill, name);
	if (!value.text)
		return tanu_fail(err, TANU_ERR_SETTING, name,
				 "the text asks for a setting of this name, and there is none");
	buf_str(out, *value.text || value.optional || !fill->gap ? value.text : fill->gap);
	return TANU_OK;
}

/* Length of "[if word] ", or 0; `*shown`: whether that word is among the marks. */
static size_t if_len(const char *text, size_t len, const struct fill *fill, bool *shown)
{
	const size_t begin = sizeof(IF) - 1;
	size_t i = begin;

	*shown = true;
	if (!fill->marks || len < begin || memcmp(text, IF, begin) != 0)
		return 0;
	while (i < len && text[i] != ']' && text[i] != '\n')
		i++;
	if (i + 2 >= len || text[i] != ']' || text[i + 1] != ' ')
		return 0;
	*shown = false;
	for (size_t k = 0; k < fill->marks_len; k++)
		*shown |= strlen(fill->marks[k]) == i - begin &&
			  memcmp(fill->marks[k], text + begin, i - begin) == 0;
	return i + 2;
}

tanu_status fill_text(const struct service *s, struct buf *out, const char *text, size_t len,
		      const struct fill *fill, tanu_error *err)
{
	bool line_begins = true, shown = true;
	tanu_status st = TANU_OK;

	for (size_t i = 0, n; i < len && st == TANU_OK; i += n) {
		if (line_begins) {
			i += if_len(text + i, len - i, fill, &shown);
			line_begins = false;
		}
		n = mark_len(text + i, len - i);
		if (n > 0 && shown)
			st = mark_put(s, out, text + i, n, fill, err);
		if (n > 0)
			continue;
		n = 1;
		if (shown)
			buf_put(out, text + i, n);
		line_begins = text[i] == '\n';
	}
	return st < 0 ? st : buf_check(out, err);
}
