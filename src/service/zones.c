/* SPDX-License-Identifier: Apache-2.0 */
/* Zones: hours and ways in, as a text that people edit, kept as a paper of the site. */
#include "service/gate_inside.h"

#include "rules/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char service_zone_standard[] =
    "# Every day, all day. The lane with a face and the one without have the same hours.\n"
    "all 00:00-24:00 card+face pass+face card+pin pass+pin card+guard pass+guard\n"
    "passback soft\n"
    "no-clock common\n"
    "guard-release yes\n";

/* ---- reading the text ---- */

static tanu_status holidays_parse(struct lease_zone *z, const char *text, tanu_error *err)
{
	char word[16];
	int len = 0;

	while (sscanf(text, " %15s%n", word, &len) == 1) {
		if (z->holidays_len == LEASE_HOLIDAYS_MAX ||
		    !date_parse(&z->holiday[z->holidays_len], word))
			return tanu_fail(err, TANU_ERR_SETTING, "holidays",
					 "days are written YYYY-MM-DD, at most %d of them",
					 LEASE_HOLIDAYS_MAX);
		z->holidays_len++;
		text += len;
	}
	return TANU_OK;
}

static tanu_status word_parse(uint8_t *out, const char *name, const char *text,
			      const char *const *words, size_t words_len, tanu_error *err)
{
	char word[16] = "";

	sscanf(text, " %15s", word);
	for (size_t i = 0; i < words_len; i++)
		if (strcmp(words[i], word) == 0) {
			*out = (uint8_t)i;
			return TANU_OK;
		}
	return tanu_fail(err, TANU_ERR_SETTING, name, "\"%s\" is not possible here", word);
}

/* The text after a name and a space, or NULL. */
static const char *after(const char *line, const char *name)
{
	size_t len = strlen(name);

	return strncmp(line, name, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

static tanu_status window_parse(struct lease_zone *z, struct rules_zone *rules, const char *line,
				tanu_error *err)
{
	struct rules_window window = {0};
	tanu_status st;

	if (z->windows_len == LEASE_WINDOWS_MAX)
		return tanu_fail(err, TANU_ERR_SETTING, "hours", "at most %d lines of hours",
				 LEASE_WINDOWS_MAX);
	if ((st = rules_window_parse(&window, line, err)) < 0)
		return st;
	_Static_assert(LEASE_WINDOW_LEN == RULES_WINDOW_TEXT, "a window of a lease is rules' text");
	rules_window_text(z->window[z->windows_len++], &window);
	rules->windows[rules->windows_len++] = window;
	return TANU_OK;
}

static tanu_status line_parse(struct lease_zone *z, struct rules_zone *rules, const char *line,
			      tanu_error *err)
{
	static const char *const passback[] = {"off", "soft", "hard"};
	static const char *const no_clock[] = {"guard", "common"};
	static const char *const yes[] = {"no", "yes"};
	const char *rest;
	uint8_t release = 0;
	tanu_status st;

	if (*line == '\0' || *line == '#')
		return TANU_OK;
	if ((rest = after(line, "holidays")))
		return holidays_parse(z, rest, err);
	if ((rest = after(line, "passback")))
		return word_parse(&z->passback, "passback", rest, passback, 3, err);
	if ((rest = after(line, "no-clock")))
		return word_parse(&z->no_clock, "no-clock", rest, no_clock, 2, err);
	if ((rest = after(line, "guard-release"))) {
		st = word_parse(&release, "guard-release", rest, yes, 2, err);
		z->guard_release = release;
		return st;
	}
	return window_parse(z, rules, line, err);
}

tanu_status zone_parse(struct lease_zone *out, const char *text, size_t text_len, tanu_error *err)
{
	struct rules_zone rules = {0};
	struct lease_zone zone = {0};
	char line[LEASE_WINDOW_LEN], place[32];
	tanu_status st = TANU_OK;
	unsigned number = 0;

	if (text_len > ZONE_TEXT_MAX || !utf8_valid(text, text_len))
		return tanu_fail(err, TANU_ERR_SETTING, "zone",
				 "the text of a zone is UTF-8, at "
				 "most %zu bytes",
				 ZONE_TEXT_MAX);
	for (size_t at = 0; at < text_len && st == TANU_OK;) {
		const char *end = memchr(text + at, '\n', text_len - at);
		size_t len = end ? (size_t)(end - text) - at : text_len - at;

		number++;
		if (len >= sizeof(line))
			st = tanu_fail(err, TANU_ERR_SETTING, NULL, "this line is too long");
		else {
			snprintf(line, sizeof(line), "%.*s", (int)len, text + at);
			st = line_parse(&zone, &rules, line, err);
		}
		at += len + 1;
	}
	if (st < 0) {
		snprintf(place, sizeof(place), "line %u", number);
		error_prefix_place(err, place);
		return st;
	}
	if ((st = rules_zone_check(&rules, err)) == TANU_OK)
		*out = zone;
	return st;
}

/* ---- papers ---- */

static tanu_status zone_encode(struct buf *out, const char *name, const char *text, size_t text_len,
			       int64_t set_ms, tanu_error *err)
{
	struct buf copy = {0};
	struct json_w w;

	/* JSON here holds no line ends: one line each */
	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_array(&w, "lines");
	for (size_t at = 0; at < text_len;) {
		const char *end = memchr(text + at, '\n', text_len - at);
		size_t len = end ? (size_t)(end - text) - at : text_len - at;

		buf_free(&copy);
		buf_put(&copy, text + at, len && text[at + len - 1] == '\r' ? len - 1 : len);
		jw_text(&w, NULL, buf_cstr(&copy));
		at += len + 1;
	}
	jw_end_array(&w);
	jw_text(&w, "name", name);
	jw_int(&w, "set_ms", set_ms);
	jw_end_object(&w);
	buf_free(&copy);
	return buf_check(out, err);
}

struct zone_paper {
	struct zone_view view;
	struct buf text;
};

static tanu_status zone_decode(struct zone_paper *out, const struct buf *text, tanu_error *err)
{
	struct json_doc *doc = NULL;
	json_value lines = NULL;
	const char *line = NULL;
	tanu_status st = json_parse(&doc, text->data, text->len, RECORD_MAX, "zone", err);

	if (st < 0)
		return st;
	if ((st = sealed_text(out->view.name, sizeof(out->view.name), json_root(doc), "name",
			      err)) == TANU_OK &&
	    (st = json_int(&out->view.set_ms, json_root(doc), "set_ms", err)) == TANU_OK)
		st = json_list(&lines, json_root(doc), "lines", err);
	for (size_t i = 0; st == TANU_OK && i < json_len(lines); i++)
		if ((st = json_text_at(&line, lines, i, err)) == TANU_OK)
			buf_printf(&out->text, "%s\n", line);
	out->view.text = buf_cstr(&out->text);
	json_free(&doc);
	return st < 0 ? st : buf_check(&out->text, err);
}

struct zone_walk {
	const char *name; /* sought; NULL: any */
	tanu_id paper;	  /* of it; zero: there is none */
	struct lease_zone *parsed;
	tanu_status (*each)(void *self, const struct zone_view *v, tanu_error *err);
	void *self;
};

static tanu_status take_zone(void *self, const struct paper *paper, tanu_error *err)
{
	struct zone_walk *walk = self;
	struct zone_paper zone = {0};
	tanu_status st = zone_decode(&zone, &paper->text, err);

	if (st == TANU_OK && walk->name && strcmp(walk->name, zone.view.name) == 0) {
		walk->paper = paper->id;
		if (walk->parsed)
			st = zone_parse(walk->parsed, zone.view.text, zone.text.len, err);
	}
	if (st == TANU_OK && walk->each)
		st = walk->each(walk->self, &zone.view, err);
	buf_free(&zone.text);
	return st;
}

tanu_status service_zone_each(struct service *s,
			      tanu_status (*each)(void *self, const struct zone_view *v,
						  tanu_error *err),
			      void *self, tanu_error *err)
{
	struct zone_walk walk = {.each = each, .self = self};

	return papers_each(s, &s->site, RECORD_ZONE, take_zone, &walk, err);
}

tanu_status zone_load(struct service *s, struct lease_zone *out, const char *name, tanu_error *err)
{
	struct lease_zone zone = {0};
	struct zone_walk walk = {.name = name, .parsed = &zone};
	tanu_status st = papers_each(s, &s->site, RECORD_ZONE, take_zone, &walk, err);

	if (st < 0)
		return st;
	if (id_is_zero(&walk.paper))
		return tanu_fail(err, TANU_ERR_RECORD_MISSING, name, "there is no such zone");
	snprintf(zone.name, sizeof(zone.name), "%s", name);
	*out = zone;
	return TANU_OK;
}

static tanu_status name_check(const char *name, tanu_error *err)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (len > 0 && len <= ZONE_NAME_MAX && name[len] == '\0')
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_USAGE, "zone",
			 "the name of a zone is 1 to %d of a to z, digits and -", ZONE_NAME_MAX);
}

static tanu_status zone_rows(struct service *s, const tanu_id *paper, const struct buf *text,
			     int64_t now_ms, tanu_error *err)
{
	uint64_t sequence = 0;
	tanu_status st = DB(s, sequence_next, &sequence, err);

	if (st < 0)
		return st;
	if (id_is_zero(paper))
		return paper_put(s, NULL, &s->site, RECORD_ZONE, now_ms, text->data, text->len,
				 err);
	return paper_set(s, &s->site, paper, text->data, text->len, err);
}

tanu_status service_zone_set(struct service *s, const char *name, const char *text, size_t text_len,
			     tanu_error *err)
{
	struct zone_walk walk = {.name = name};
	int64_t now_ms = clock_now(&s->clock);
	struct lease_zone zone = {0};
	struct buf paper = {0};
	tanu_status st;

	if ((st = name_check(name, err)) < 0 || (st = zone_parse(&zone, text, text_len, err)) < 0 ||
	    (st = papers_each(s, &s->site, RECORD_ZONE, take_zone, &walk, err)) < 0 ||
	    (st = zone_encode(&paper, name, text, text_len, now_ms, err)) < 0)
		goto out;
	if ((st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, zone_rows(s, &walk.paper, &paper, now_ms, err), err);
out:
	buf_free(&paper);
	return st;
}
