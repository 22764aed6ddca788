/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"
#include "codec/codec.h"
#include "print/print.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 4096
#define SOCKET	       "/run/tanu-gate/view.sock"

/* Is this module light? Two around the code are. */
static bool is_light(const struct qr_symbol *s, int x, int y)
{
	bool inside = x >= 0 && y >= 0 && x < s->side && y < s->side;

	return !inside || !s->dark[y * s->side + x];
}

/* Two modules a character, for a terminal that writes light on dark. */
static void say_code(struct run *run, const char *base64)
{
	struct buf ticket = {.max = GATE_TICKET_MAX};
	struct qr_symbol s = {0};

	if (base64_get(&ticket, base64, strlen(base64), NULL) < 0 ||
	    qr_encode(&s, ticket.data, ticket.len, QR_LEVEL_L, NULL) < 0)
		goto out;
	for (int y = -2; y < s.side + 2; y += 2) {
		for (int x = -2; x < s.side + 2; x++) {
			bool top = is_light(&s, x, y), low = is_light(&s, x, y + 1);

			say(run, "%s", top ? low ? "\u2588" : "\u2580" : low ? "\u2584" : " ");
		}
		say(run, "\n");
	}
	say(run, "%s", buf_cstr(&ticket));
out:
	qr_free(&s);
	buf_wipe(&ticket);
}

/* One line of what the gate says: in words when a terminal asks. */
static tanu_status show_line(struct run *run, const char *line, size_t len, tanu_error *err)
{
	struct json_doc *doc = NULL;
	const char *words[6] = {"", "", "", "", "", ""};
	static const char *const keys[] = {"door", "visit",	  "shown",
					   "told", "last_reason", "ticket"};
	bool on = false, lease = false, link = false;
	int64_t waiting = 0;
	tanu_status st = json_parse(&doc, line, len, LINE_MAX_BYTES, "view", err);

	for (size_t i = 0; i < ARRAY_LEN(keys) && st == TANU_OK; i++)
		st = json_text(&words[i], json_root(doc), keys[i], err);
	if (st == TANU_OK && (st = json_bool(&on, json_root(doc), "camera", err)) == TANU_OK &&
	    (st = json_bool(&lease, json_root(doc), "lease", err)) == TANU_OK &&
	    (st = json_bool(&link, json_root(doc), "link", err)) == TANU_OK)
		st = json_int(&waiting, json_root(doc), "events_waiting", err);
	if (st == TANU_OK)
		say(run,
		    "door %-8s visit %-7s shows %-6s says %-10s camera %s lease %s link %s waiting "
		    "%lld last %s\n",
		    words[0], words[1], words[2], words[3], on ? "on" : "off",
		    lease ? "valid" : "none", link ? "up" : "down", (long long)waiting, words[4]);
	if (st == TANU_OK && words[5][0])
		say_code(run, words[5]);
	json_free(&doc);
	return st;
}

/* The gate's next line, without its end. */
static tanu_status line_next(int fd, char line[LINE_MAX_BYTES], size_t *len, tanu_error *err)
{
	size_t got = 0;

	for (*len = 0; *len < LINE_MAX_BYTES; (*len)++) {
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
	tanu_status st = json_parse(&doc, line, len, LINE_MAX_BYTES, "view", err);

	if (st == TANU_OK)
		st = json_int(out, json_root(doc), "commands", err);
	json_free(&doc);
	return st;
}

/* Say something, and read on to the first line after it was heard. */
static tanu_status say_to_gate(int fd, const char *word, char line[LINE_MAX_BYTES], size_t *len,
			       tanu_error *err)
{
	int64_t before = 0, now = 0;
	size_t put = 0;
	tanu_status st = commands_of(&before, line, *len, err);

	if (st < 0 || (st = os_line_write(fd, word, strlen(word), &put, err)) < 0 ||
	    (st = os_line_write(fd, "\n", 1, &put, err)) < 0)
		return st;
	while (st == TANU_OK && now <= before && (st = line_next(fd, line, len, err)) == TANU_OK)
		st = commands_of(&now, line, *len, err);
	return st;
}

static tanu_status gate_view(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "socket"), *word = args_get(&run->args, "say");
	bool once = word || args_has(&run->args, "once");
	char line[LINE_MAX_BYTES];
	size_t len = 0;
	int fd = -1;
	tanu_status st = os_unix_connect(&fd, path ? path : SOCKET, err);

	if (st < 0)
		return st;
	if ((st = line_next(fd, line, &len, err)) == TANU_OK && word)
		st = say_to_gate(fd, word, line, &len, err);
	while (st == TANU_OK && (st = show_line(run, line, len, err)) == TANU_OK && !once &&
	       (st = run_answer_print(run, err)) == TANU_OK)
		st = line_next(fd, line, &len, err);
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
