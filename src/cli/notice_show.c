/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A registered notice as text, or as a page with pictures: a line that begins with "[door] " gets
 * the picture picture-door.svg of the folder of notices. The page needs nothing from outside.
 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

#define PICTURE_MAX	 (64 * 1024)
#define PICTURE_NAME_MAX 24

static void put_escaped(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '<')
			buf_str(out, "&lt;");
		else if (text[i] == '&')
			buf_str(out, "&amp;");
		else
			buf_put(out, &text[i], 1);
}

/* Length of "[name] " at the beginning of a line, or 0. */
static size_t picture_mark(const char *line, size_t len)
{
	size_t i = 1;

	if (len < 4 || line[0] != '[')
		return 0;
	while (i < len && i <= PICTURE_NAME_MAX && line[i] >= 'a' && line[i] <= 'z')
		i++;
	return i > 1 && i + 1 < len && line[i] == ']' && line[i + 1] == ' ' ? i + 2 : 0;
}

static tanu_status put_picture(struct buf *out, const char *mark, size_t len, tanu_error *err)
{
	char name[PICTURE_NAME_MAX + 32], path[1024];
	struct buf svg = {0};
	tanu_status st;

	snprintf(name, sizeof(name), "picture-%.*s.svg", (int)(len - 3), mark + 1);
	if ((st = service_notices_path(path, sizeof(path), name, err)) == TANU_OK &&
	    (st = os_read_file(&svg, path, PICTURE_MAX, err)) == TANU_OK)
		buf_put(out, svg.data, svg.len);
	buf_free(&svg);
	return st;
}

static tanu_status put_line(struct buf *out, const char *line, size_t len, bool first,
			    tanu_error *err)
{
	size_t mark = picture_mark(line, len);
	tanu_status st = TANU_OK;

	if (len == 0)
		return TANU_OK;
	buf_str(out, first ? "<h1>" : mark ? "<div>" : "<p>");
	if (mark)
		st = put_picture(out, line, mark, err);
	if (mark)
		buf_str(out, "<p>");
	put_escaped(out, line + mark, len - mark);
	buf_str(out, first ? "</h1>\n" : mark ? "</p></div>\n" : "</p>\n");
	return st;
}

static tanu_status put_page(struct buf *out, const struct notice_view *v, const struct buf *text,
			    tanu_error *err)
{
	const char *end, *at = buf_text(text, &end);
	tanu_status st = TANU_OK;

	buf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\"><meta charset=\"utf-8\"><title>",
		   v->language);
	put_escaped(out, v->version, strlen(v->version));
	buf_str(out,
		"</title>\n<style>body{font:1.3em/1.4 sans-serif;max-width:40em;margin:2em auto;"
		"padding:0 1em}div{display:flex;gap:1em;align-items:center;break-inside:avoid}"
		"svg{flex:none;width:5em;height:5em}</style>\n");
	for (bool first = true; at < end && st == TANU_OK; first = false) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		stop = stop ? stop : end;
		st = put_line(out, at, (size_t)(stop - at), first, err);
		at = stop + 1;
	}
	return st < 0 ? st : buf_check(out, err);
}

static tanu_status write_page(const char *path, const struct notice_view *v, const struct buf *text,
			      tanu_error *err)
{
	struct buf page = {0};
	tanu_status st = put_page(&page, v, text, err);

	if (st == TANU_OK)
		st = os_replace_file(path, page.data, page.len, 0644, err);
	buf_free(&page);
	return st;
}

static tanu_status notice_show(struct run *run, tanu_error *err)
{
	const struct args *args = &run->args;
	const char *page = args_get(args, "page");
	char hex[2 * sizeof(((struct notice_view *)0)->sha256) + 1];
	struct notice_view view = {0};
	struct buf text = {0};
	tanu_status st;

	if ((st = run_site(run, err)) < 0 ||
	    (st = service_notice_get(run->service, &view, &text, args->operands[0],
				     run_language(run), err)) < 0 ||
	    (page && (st = write_page(page, &view, &text, err)) < 0))
		goto out;
	hex_encode(hex, view.sha256, sizeof(view.sha256));
	if (page)
		say(run, "Written.\n");
	else
		say_lines(run, &text);
	jw_clean(&run->jw, "version", view.version);
	jw_clean(&run->jw, "language", view.language);
	jw_text(&run->jw, "sha256", hex);
	jw_lines(&run->jw, "lines", &text);
out:
	buf_free(&text);
	return st;
}

const struct verb verb_notice_show = {
    .group = "notice",
    .action = "show",
    .flags = VERB_SITE,
    .brief = "Show the text of a registered notice",
    .about =
	"Prints the text as it is registered. With --page it is written as a page for a "
	"screen or a printer, with the pictures of the shipped notices: a line that begins with "
	"\"[door] \" gets the picture of that name.",
    .example = "tanu notice show school-2026-09 --language kk",
    .operands = {{"VERSION", VALUE_WORD, 1, 1, "Version of the notice"}},
    .options = {OPTION_LANGUAGE,
		{"page", VALUE_FILE, "FILE", NULL, false, "Write it as an HTML page"}},
    .fields = {{"version", "version of the notice"},
	       {"language", "kk, ru or en"},
	       {"sha256", "SHA-256 of the text"},
	       {"lines", "the text, array of its lines"}},
    .run = notice_show,
};
