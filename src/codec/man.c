/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/man.h"

#include <ctype.h>
#include <string.h>

void man_text(struct buf *out, const char *text)
{
	bool line_start = out->len == 0 || out->data[out->len - 1] == '\n';

	for (; *text; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			buf_str(out, "\\&");
		line_start = *text == '\n';
		if (*text == '\\')
			buf_str(out, "\\e");
		else if (*text == '-')
			buf_str(out, "\\-");
		else
			buf_u8(out, (uint8_t)*text);
	}
}

void man_paragraphs(struct buf *out, const char *text)
{
	const char *end;
	struct buf part = {0};

	while ((end = strstr(text, "\n\n"))) {
		buf_put(&part, text, (size_t)(end - text));
		man_text(out, buf_cstr(&part));
		buf_str(out, "\n.PP\n");
		part.len = 0;
		text = end + 2;
	}
	man_text(out, text);
	buf_str(out, "\n");
	buf_free(&part);
}

/* `text` in a font; nothing for NULL or "". */
static void man_font(struct buf *out, const char *font, const char *text)
{
	if (!text || !*text)
		return;
	buf_str(out, font);
	man_text(out, text);
	buf_str(out, "\\fR");
}

void man_term(struct buf *out, const char *term, const char *value, const char *help)
{
	buf_str(out, ".TP\n");
	man_font(out, "\\fB", term);
	if (*term && value)
		buf_str(out, " ");
	man_font(out, "\\fI", value);
	buf_str(out, "\n");
	man_text(out, help);
	buf_str(out, "\n");
}

void man_head(struct buf *out, const char *page, int section, const char *brief,
	      const char *version)
{
	buf_str(out, ".\\\" Drawn from the program's tables by tools/update-reference.\n.TH ");
	for (const char *p = page; *p; p++)
		buf_u8(out, (uint8_t)toupper((unsigned char)*p));
	buf_printf(out, " %d \"\" \"tanu %s\" \"Tanu\"\n.SH NAME\n", section, version);
	man_text(out, page);
	buf_str(out, " \\- ");
	man_text(out, brief);
	buf_str(out, "\n");
}

void man_exits(struct buf *out)
{
	buf_str(out, ".SH EXIT STATUS\n");
#define X(name, number, meaning) man_term(out, #number, NULL, meaning);
	TANU_EXIT_LIST(X)
#undef X
}

static const char *kind_text(enum setting_kind kind)
{
	switch (kind) {
	case SETTING_INT:
		return "whole number";
	case SETTING_FLOAT:
		return "number";
	case SETTING_BOOL:
		return "yes or no";
	default:
		return "text";
	}
}

void man_setting(struct buf *out, const struct setting_row *row)
{
	struct buf about = {0};

	buf_printf(&about, "%s", row->help);
	buf_printf(&about, ". %s", kind_text(row->kind));
	if (row->kind == SETTING_INT || row->kind == SETTING_FLOAT)
		buf_printf(&about, " from %g to %g", row->min, row->max);
	if (*row->unit)
		buf_printf(&about, " (%s)", row->unit);
	buf_printf(&about, "; default: %s.", *row->value ? row->value : "empty");
	man_term(out, row->name, NULL, buf_cstr(&about));
	buf_free(&about);
}
