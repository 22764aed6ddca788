/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/sheet.h"

#include "eval/page.h"
#include "eval/plot.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 1024
#define PAGE_MAX_BYTES ((size_t)16 << 20)

static void put_words(struct sheet *s, const char *before, const char *text, const char *after)
{
	buf_str(s->words, before);
	utf8_put_clean(s->words, text);
	buf_str(s->words, after);
}

static void put_html(struct sheet *s, const char *before, const char *text, const char *after)
{
	struct buf clean = {0};

	if (!s->html)
		return;
	utf8_put_clean(&clean, text);
	buf_str(s->html, before);
	put_escaped(s->html, buf_cstr(&clean));
	buf_str(s->html, after);
	if (clean.failed)
		s->html->failed = true;
	buf_free(&clean);
}

#define FORMAT(line, fmt)                                \
	do {                                             \
		va_list ap_;                             \
		va_start(ap_, fmt);                      \
		vsnprintf(line, sizeof(line), fmt, ap_); \
		va_end(ap_);                             \
	} while (0)

void sheet_begin(struct sheet *s, const char *title, const char *brief)
{
	if (!s->html)
		return;
	if (!s->html->max)
		s->html->max = PAGE_MAX_BYTES;
	buf_str(s->html, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
			 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
			 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
			 "'none'; style-src 'unsafe-inline'\">");
	put_html(s, "<title>", title, "</title><style>");
	buf_str(s->html, page_style);
	put_html(s, "</style></head><body><h1>", title, "</h1>");
	put_html(s, "<p class=\"brief\">", brief, "</p>");
}

void sheet_end(struct sheet *s)
{
	if (s->html)
		buf_str(s->html, "</body></html>\n");
}

void sheet_section(struct sheet *s, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];

	FORMAT(line, fmt);
	put_words(s, s->words->len ? "\n" : "", line, "\n");
	put_html(s, "<h2>", line, "</h2>");
}

void sheet_line(struct sheet *s, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];

	FORMAT(line, fmt);
	put_words(s, "  ", line, "\n");
	put_html(s, "<p>", line, "</p>");
}

void sheet_warning(struct sheet *s, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];

	FORMAT(line, fmt);
	put_words(s, s->colour ? "  \033[33m" : "  ", line, s->colour ? "\033[0m\n" : "\n");
	put_html(s, "<p class=\"warn\">", line, "</p>");
}

void sheet_note(struct sheet *s, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];

	FORMAT(line, fmt);
	put_html(s, "<p class=\"note\">", line, "</p>");
}

static void put_raw(struct sheet *s, const char *html)
{
	if (s->html)
		buf_str(s->html, html);
}

void sheet_cards_begin(struct sheet *s)
{
	put_raw(s, "<div class=\"cards\">");
}

void sheet_card(struct sheet *s, const char *name, const char *value, const char *note)
{
	put_words(s, "  ", name, ": ");
	put_words(s, "", value, "");
	put_words(s, *note ? ", " : "", note, "\n");
	put_html(s, "<div class=\"card\"><span>", name, "</span>");
	put_html(s, "<b>", value, "</b>");
	put_html(s, "<span>", note, "</span></div>");
}

void sheet_cards_end(struct sheet *s)
{
	put_raw(s, "</div>");
}

void sheet_plots_begin(struct sheet *s)
{
	put_raw(s, "<div class=\"plots\">");
}

void sheet_plot(struct sheet *s, struct buf *svg, const char *caption)
{
	if (s->html) {
		buf_str(s->html, "<figure>");
		buf_put(s->html, svg->data, svg->len);
		put_html(s, "<figcaption>", caption, "</figcaption></figure>");
		if (svg->failed)
			s->html->failed = true;
	}
	buf_free(svg);
}

static const char figure_end[] = "</figure>";

/* The legend belongs into the figure before it. */
void sheet_legend(struct sheet *s, const char *const *names, size_t len)
{
	char dot[80];

	if (!s->html || s->html->failed || s->html->len < strlen(figure_end))
		return;
	s->html->len -= strlen(figure_end);
	buf_str(s->html, "<div class=\"legend\">");
	for (size_t i = 0; i < len; i++) {
		snprintf(dot, sizeof(dot), "<span><i style=\"background:var(--c%zu)\"></i>",
			 i % PLOT_COLOURS);
		put_html(s, dot, names[i], "</span>");
	}
	buf_str(s->html, "</div>");
	buf_str(s->html, figure_end);
}

void sheet_plots_end(struct sheet *s)
{
	put_raw(s, "</div>");
}
