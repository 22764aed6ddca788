/* SPDX-License-Identifier: Apache-2.0 */
/* The screen in front of people: one sentence in large letters, or the code of a ticket. */
#include "cli/gate.h"
#include "cli/verbs.h"
#include "codec/codec.h"
#include "print/print.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define AGAIN_S	 2
#define ACROSS	 76 /* characters that a code of a ticket takes at least */
#define TEXT_MAX 512

/* What a screen shows; it is drawn anew when this is another. */
struct scene {
	char text[TEXT_MAX], shown[16];
	char ticket[VIEW_LINE_MAX];
};

static tanu_status scene_read(struct scene *out, const char *line, size_t len, tanu_error *err)
{
	const char *text = "", *shown = "", *ticket = "";
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, line, len, VIEW_LINE_MAX, "view", err);

	if (st == TANU_OK && (st = json_text(&text, json_root(doc), "text", err)) == TANU_OK &&
	    (st = json_text(&shown, json_root(doc), "shown", err)) == TANU_OK)
		st = json_text(&ticket, json_root(doc), "ticket", err);
	memset(out, 0, sizeof(*out));
	snprintf(out->text, sizeof(out->text), "%s", text);
	snprintf(out->shown, sizeof(out->shown), "%s", shown);
	snprintf(out->ticket, sizeof(out->ticket), "%s", ticket);
	json_free(&doc);
	return st;
}

/* Green for "come in"; nothing is red. */
static const char *colour_of(const struct run *run, const struct scene *scene)
{
	if (!run->colour)
		return "";
	return strcmp(scene->shown, "go") == 0 && !scene->ticket[0] ? "\033[32m" : "\033[0m";
}

static tanu_status draw_ticket(struct run *run, const struct scene *scene, int columns, int lines,
			       tanu_error *err)
{
	int room = columns < 2 * (lines - 2) ? columns : 2 * (lines - 2);
	struct print_dots dots = {0};
	struct buf text = {0};
	tanu_status st;

	st = ticket_dots(&dots, &text, scene->ticket, room > 2 * ACROSS ? room / ACROSS : 1, err);
	if (st == TANU_OK) {
		say(run, "%s\n", scene->text);
		say_dots(run, &dots);
	}
	print_dots_free(&dots);
	buf_wipe(&text);
	return st;
}

static tanu_status draw(struct run *run, const struct scene *scene, tanu_error *err)
{
	struct print_dots dots = {0};
	int columns, lines;
	tanu_status st;

	os_terminal_size(STDOUT_FILENO, &columns, &lines);
	say(run, "%s%s", run->colour ? "\033[H\033[2J" : "", colour_of(run, scene));
	if (scene->ticket[0]) {
		st = draw_ticket(run, scene, columns, lines, err);
	} else if ((st = print_large(&dots, scene->text, columns, 2 * (lines - 1), err)) ==
		   TANU_OK) {
		say_dots(run, &dots);
		print_dots_free(&dots);
	}
	jw_clean(&run->jw, "text", scene->text);
	jw_clean(&run->jw, "shown", scene->shown);
	jw_text(&run->jw, "ticket", scene->ticket);
	return st;
}

/* Until the gate ends, or one scene was drawn. */
static tanu_status follow(struct run *run, int fd, bool once, tanu_error *err)
{
	static struct scene scene, before;
	char line[VIEW_LINE_MAX];
	size_t len = 0;
	tanu_status st;

	memset(&before, 0, sizeof(before));
	while ((st = view_line_next(fd, line, &len, err)) == TANU_OK &&
	       (st = scene_read(&scene, line, len, err)) == TANU_OK) {
		if (once)
			return draw(run, &scene, err);
		if (memcmp(&scene, &before, sizeof(scene)) != 0 &&
		    ((st = draw(run, &scene, err)) < 0 || (st = run_answer_print(run, err)) < 0))
			return st;
		before = scene;
	}
	return st;
}

static tanu_status gate_screen(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "socket");
	bool once = args_has(&run->args, "once");
	const struct scene nothing = {.text = "\u2026"};

	for (;;) {
		tanu_error why = {0};
		int fd = -1;
		tanu_status st = os_unix_connect(&fd, path ? path : VIEW_SOCKET, &why);

		if (st == TANU_OK)
			st = follow(run, fd, once, &why);
		os_line_close(&fd);
		/* a gate that starts again is waited for; what can't be drawn stays so */
		if (once || why.code == TANU_ERR_FONT_MISSING || why.code == TANU_ERR_NOT_BUILT) {
			if (st < 0)
				*err = why;
			return st;
		}
		if ((st = draw(run, &nothing, err)) < 0 || (st = run_answer_print(run, err)) < 0)
			return st;
		nanosleep(&(struct timespec){.tv_sec = AGAIN_S}, NULL);
	}
}

const struct verb verb_gate_screen = {
    .group = "gate",
    .action = "screen",
    .brief = "Show people at a gate what to do, in large letters",
    .about =
	"For a terminal that people see, such as the console of the gate's own machine "
	"(packaging/systemd/tanu-gate-screen.service): one sentence in the gate's language, as "
	"large as fits; and a use-ticket as a QR code when somebody asks for hers. It waits for a "
	"gate that starts again. A code needs a terminal of at least 76 characters and 40 lines.",
    .example = "tanu gate screen",
    .options = {{"socket", VALUE_FILE, "FILE", NULL, false,
		 "The gate's socket; /run/tanu-gate/view.sock if not given"},
		{"once", VALUE_NONE, NULL, NULL, false, "Draw one screen, then end"}},
    .fields = {{"text", "the sentence that is shown"},
	       {"shown", "ready, wait, ask, go or assist"},
	       {"ticket", "a use-ticket that is shown, base64; empty: none"}},
    .run = gate_screen,
};
