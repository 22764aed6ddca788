/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 4096
#define SOCKET	       "/run/tanu-gate/view.sock"

/* One line of what the gate says: in words when a terminal asks. */
static tanu_status show_line(struct run *run, const char *line, size_t len, tanu_error *err)
{
	struct json_doc *doc = NULL;
	const char *words[5] = {"", "", "", "", ""};
	static const char *const keys[] = {"door", "visit", "shown", "told", "last_reason"};
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
	json_free(&doc);
	return st;
}

static tanu_status view(struct run *run, int fd, bool once, tanu_error *err)
{
	char line[LINE_MAX_BYTES];
	size_t len = 0, got = 0;
	tanu_status st = TANU_OK;

	while (st == TANU_OK) {
		char *end;

		os_read_until(fd, line + len, 1, &got, os_monotonic_ns() + (int64_t)10e9);
		if (got == 0)
			return len == 0 && !once ? TANU_OK
						 : tanu_fail(err, TANU_ERR_DEVICE, "gate",
							     "the gate says nothing any more");
		len += got;
		end = line[len - 1] == '\n' ? &line[len - 1] : NULL;
		if (!end && len < sizeof(line))
			continue;
		st = show_line(run, line, len - 1, err);
		if (st == TANU_OK && once) {
			jw_clean(&run->jw, "state", (line[len - 1] = '\0', line));
			return TANU_OK;
		}
		if (st == TANU_OK)
			st = run_answer_print(run, err);
		len = 0;
	}
	return st;
}

static tanu_status gate_view(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "socket"), *word = args_get(&run->args, "say");
	size_t put = 0;
	int fd = -1;
	tanu_status st = os_unix_connect(&fd, path ? path : SOCKET, err);

	if (st < 0)
		return st;
	if (word && ((st = os_line_write(fd, word, strlen(word), &put, err)) < 0 ||
		     (st = os_line_write(fd, "\n", 1, &put, err)) < 0))
		goto out;
	st = view(run, fd, word || args_has(&run->args, "once"), err);
out:
	os_line_close(&fd);
	return st;
}

const struct verb verb_gate_view = {
    .group = "gate",
    .action = "view",
    .brief = "Look at a gate on this machine, and speak for the guard",
    .about =
	"A line whenever something changes: door, visit, what is shown, camera, lease, link. No "
	"name, number or face is in it. The socket is private to the gate's own user and group; "
	"whoever may open it may also say what the guard says: guard yes, guard no, release, bell, "
	"answered, lockdown on, lockdown off.",
    .example = "tanu gate view --say release",
    .options = {{"socket", VALUE_FILE, "FILE", NULL, false,
		 "The gate's socket; /run/tanu-gate/view.sock if not given"},
		{"once", VALUE_NONE, NULL, NULL, false, "Show one line, then end"},
		{"say", VALUE_WORD, "WORDS", NULL, false,
		 "Say this to the gate, then show a line"}},
    .fields = {{"state", "the gate's own line, JSON in text"}},
    .run = gate_view,
};
