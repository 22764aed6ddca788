/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"
#include "codec/codec.h"
#include "print/print.h"
#include "sight/second.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIET 2 /* modules around the code; the rest of the screen is dark anyway */

void say_dots(struct run *run, const struct print_dots *dots)
{
	for (int y = 0; y < dots->height; y += 2) {
		const bool *top = dots->on + (size_t)y * (size_t)dots->width;
		const bool *low = y + 1 < dots->height ? top + dots->width : NULL;

		for (int x = 0; x < dots->width; x++)
			say(run, "%s",
			    top[x]	    ? low && low[x] ? "\u2588" : "\u2580"
			    : low && low[x] ? "\u2584"
					    : " ");
		say(run, "\n");
	}
}

/* A light module is light: that is what the camera of a telephone looks for. */
static tanu_status code_dots(struct print_dots *out, const struct qr_symbol *s, int scale,
			     tanu_error *err)
{
	int side = (s->side + 2 * QUIET) * scale;

	*out = (struct print_dots){side, side, calloc((size_t)side * (size_t)side, sizeof(bool))};
	if (!out->on)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "code", "not enough memory");
	for (int y = 0; y < side; y++)
		for (int x = 0; x < side; x++) {
			int i = x / scale - QUIET, j = y / scale - QUIET;
			bool inside = i >= 0 && j >= 0 && i < s->side && j < s->side;

			out->on[y * side + x] = !inside || !s->dark[j * s->side + i];
		}
	return TANU_OK;
}

tanu_status ticket_dots(struct print_dots *out, struct buf *text, const char *base64, int scale,
			tanu_error *err)
{
	struct qr_symbol s = {0};
	tanu_status st;

	text->max = GATE_TICKET_MAX;
	if ((st = base64_get(text, base64, strlen(base64), err)) == TANU_OK &&
	    (st = qr_encode(&s, text->data, text->len, QR_LEVEL_L, err)) == TANU_OK)
		st = code_dots(out, &s, scale, err);
	qr_free(&s);
	return st;
}

static void say_ticket(struct run *run, const char *base64)
{
	struct print_dots dots = {0};
	struct buf text = {0};

	if (ticket_dots(&dots, &text, base64, 1, NULL) == TANU_OK) {
		say_dots(run, &dots);
		say(run, "%s", buf_cstr(&text));
	}
	print_dots_free(&dots);
	buf_wipe(&text);
}

/* Cameras beside the first, where the gate has some: " infrared off". */
static void beside_text(struct buf *out, json_value root)
{
	for (int i = 0; i < SECOND_KINDS; i++) {
		const char *kind = second_kind_word((enum second_kind)i);
		bool on = false;

		if (json_get(root, kind) && json_bool(&on, root, kind, NULL) == TANU_OK)
			buf_printf(out, " %s %s", kind, on ? "on" : "off");
	}
}

/* One line of what the gate says: in words when a terminal asks. */
static tanu_status show_line(struct run *run, const char *line, size_t len, tanu_error *err)
{
	struct json_doc *doc = NULL;
	const char *words[6] = {"", "", "", "", "", ""};
	static const char *const keys[] = {"door", "visit",	  "shown",
					   "told", "last_reason", "ticket"};
	struct buf beside = {.max = 64};
	bool on = false, lease = false, link = false;
	int64_t waiting = 0;
	tanu_status st = json_parse(&doc, line, len, VIEW_LINE_MAX, "view", err);

	for (size_t i = 0; i < ARRAY_LEN(keys) && st == TANU_OK; i++)
		st = json_text(&words[i], json_root(doc), keys[i], err);
	if (st == TANU_OK && (st = json_bool(&on, json_root(doc), "camera", err)) == TANU_OK &&
	    (st = json_bool(&lease, json_root(doc), "lease", err)) == TANU_OK &&
	    (st = json_bool(&link, json_root(doc), "link", err)) == TANU_OK)
		st = json_int(&waiting, json_root(doc), "events_waiting", err);
	if (st == TANU_OK)
		beside_text(&beside, json_root(doc));
	if (st == TANU_OK)
		say(run,
		    "door %-8s visit %-7s shows %-6s says %-10s camera %s%s lease %s link %s "
		    "waiting %lld last %s\n",
		    words[0], words[1], words[2], words[3], on ? "on" : "off", buf_cstr(&beside),
		    lease ? "valid" : "none", link ? "up" : "down", (long long)waiting, words[4]);
	if (st == TANU_OK && words[5][0])
		say_ticket(run, words[5]);
	json_free(&doc);
	buf_free(&beside);
	return st;
}

tanu_status view_line_next(int fd, char line[VIEW_LINE_MAX], size_t *len, tanu_error *err)
{
	size_t got = 0;

	for (*len = 0; *len < VIEW_LINE_MAX; (*len)++) {
		os_read_until(fd, line + *len, 1, &got, os_monotonic_ns() + (int64_t)10e9);
		if (got == 0)
			return tanu_fail(err, TANU_ERR_DEVICE, "gate",
					 "the gate says nothing any more");
		if (line[*len] == '\n') {
			line[*len] = '\0';
			return TANU_OK;
		}
	}
	return tanu_fail(err, TANU_ERR_FORMAT, "view", "the gate's line does not end");
}

static tanu_status commands_of(int64_t *out, const char *line, size_t len, tanu_error *err)
{
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, line, len, VIEW_LINE_MAX, "view", err);

	if (st == TANU_OK)
		st = json_int(out, json_root(doc), "commands", err);
	json_free(&doc);
	return st;
}

/* Say something, and read on to the first line after it was heard. */
static tanu_status say_to_gate(int fd, const char *word, char line[VIEW_LINE_MAX], size_t *len,
			       tanu_error *err)
{
	int64_t before = 0, now = 0;
	size_t put = 0;
	tanu_status st = commands_of(&before, line, *len, err);

	if (st < 0 || (st = os_line_write(fd, word, strlen(word), &put, err)) < 0 ||
	    (st = os_line_write(fd, "\n", 1, &put, err)) < 0)
		return st;
	while (st == TANU_OK && now <= before &&
	       (st = view_line_next(fd, line, len, err)) == TANU_OK)
		st = commands_of(&now, line, *len, err);
	return st;
}

static tanu_status gate_view(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "socket"), *word = args_get(&run->args, "say");
	bool once = word || args_has(&run->args, "once");
	char line[VIEW_LINE_MAX];
	size_t len = 0;
	int fd = -1;
	tanu_status st = os_unix_connect(&fd, path ? path : VIEW_SOCKET, err);

	if (st < 0)
		return st;
	if ((st = view_line_next(fd, line, &len, err)) == TANU_OK && word)
		st = say_to_gate(fd, word, line, &len, err);
	while (st == TANU_OK && (st = show_line(run, line, len, err)) == TANU_OK && !once &&
	       (st = run_answer_print(run, err)) == TANU_OK)
		st = view_line_next(fd, line, &len, err);
	if (st == TANU_OK)
		jw_clean(&run->jw, "state", line);
	os_line_close(&fd);
	return !once && len == 0 ? TANU_OK : st; /* the gate has ended: so does looking */
}

const struct verb verb_gate_view = {
    .group = "gate",
    .action = "view",
    .brief = "Look at a gate on this machine, and speak for the guard",
    .about =
	"A line whenever something changes: door, visit, what is shown, camera, lease, link. No "
	"name, number or face is in it, but in a ticket that is asked for. The socket is private "
	"to the gate's own user and group; "
	"whoever may open it may also say what the guard says: guard yes, guard no, release, bell, "
	"answered, lockdown on, lockdown off; and ticket, as the person would by the * key: then "
	"the "
	"use-ticket of whoever was here last is shown as a QR code.",
    .example = "tanu gate view --say release",
    .options = {{"socket", VALUE_FILE, "FILE", NULL, false,
		 "The gate's socket; /run/tanu-gate/view.sock if not given"},
		{"once", VALUE_NONE, NULL, NULL, false, "Show one line, then end"},
		{"say", VALUE_WORD, "WORDS", NULL, false,
		 "Say this to the gate, then show a line"}},
    .fields = {{"state", "the gate's own line, JSON in text"}},
    .run = gate_view,
};
