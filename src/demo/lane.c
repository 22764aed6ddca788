/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "She said no": two children, one lane. A site of its own with tanud and a gate, whose door is
 * simulated and whose camera sees photographs: every line is really run. Photographs are no live
 * faces, and the gate says so; what a face opens is shown by tanu verify, which asks for no life.
 */
#include "demo/folder.h"
#include "demo/run.h"
#include "demo/shell.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WAIT_S 20 /* for anything that must come; the gate takes what it has within a second */

/* What the gate's simulator does, milliseconds after its start: who walks through, cards and PINs.
 */
static const char script[] = "0 walk 200 300\n"
			     "500 card 26 0601f500\n" /* 26:12:1002, of the one who said no */
			     "700 key 8391#\n"
			     "6000 card 26 0601f480\n" /* 26:12:1001, of the one who agreed */
			     "8500 key 4711#\n"
			     "14000 card 26 0601f480\n"
			     "14200 key 4711#\n";

struct step {
	const char *line;    /* as it is typed; {UNTIL} and {BORN} are filled in */
	int code;	     /* what it must exit with */
	const char *says;    /* must stand in what it says; NULL: anything */
	const char *outcome; /* NULL: it only has to go well */
};

static const struct step before[] = {
    {"tanu init lane --site \"Demo lane\" && printf '\\n[quality]\\nenrol.eyes_open = 0\\n' "
     ">>lane/tanu.ini",
     0, NULL, NULL},
    {"tanu subject add --name Mother --born 1985-01-01; for child in Aru Bota; do tanu subject add "
     "--name $child --born {BORN}; tanu guardian add $child Mother --relation mother --checked-by "
     "demo --how simulated; done",
     0, NULL, NULL},
    {"tanu consent give Aru --purpose access --by guardian --guardian Mother --assent --until "
     "{UNTIL} && tanu enrol Aru Aru.jpg",
     0, "Enrolled", "Aru's mother agrees, Aru agrees too: enrolled from one photograph"},
    {"tanu consent refuse Bota --purpose access --by guardian --guardian Mother; tanu enrol Bota "
     "Bota.jpg",
     3, "no live consent", "Bota's mother says no: nothing can enrol her"},
    {"tanu card add Aru 26:12:1001; tanu card add Bota 26:12:1002; printf 4711 | tanu card pin Aru "
     "--pin -; printf 8391 | tanu card pin Bota --pin -",
     0, "PIN is set", "both have a card and a PIN: the lane without a face is for everybody"},
};

static const struct step at_the_door[] = {
    {"at 'tanu gate list | grep \"let in 1\"' && tanu history Bota | grep admitted && tanu subject "
     "show Bota --json | grep '\"embeddings\":0'",
     0, "admitted", "Bota passes by card and PIN; features computed of her face, ever: 0"},
    {"at 'tanu gate view --socket view.sock --once | grep \"visit face\"' && at 'tanu gate list | "
     "grep \"let in 2\"'",
     0, "let in 2", "Aru's card, then a photograph of hers is held up; what opens is her PIN"},
    {"tanu gate list", 0, "embeddings 0, permits 0",
     "the photograph is no live face: nothing was computed of it"},
    {"tanu verify Aru Aru-today.jpg", 0, "match",
     "what her face would open: another photograph of hers matches (files are not asked for life)"},
    {"tanu consent withdraw Aru --by guardian --guardian Mother --receipt end.tanu-receipt", 0,
     "Withdrawn", NULL},
    {"tanu verify Aru Aru-today.jpg", 3, NULL,
     "her mother has withdrawn: the same photograph is refused, by a rule"},
    {"at 'grep \"0 references\" gate.log' && at 'tanu gate erased Aru | grep \"gate erased 1\"' && "
     "tanu "
     "gate erased --receipt end.tanu-receipt --out end2.tanu-receipt && tanu receipt verify "
     "end2.tanu-receipt | grep 'north:'",
     0, "erased",
     "the gate has erased her face within seconds and signed that it has: it stands in the "
     "receipt"},
    {"at 'tanu history Aru | sed -n \"/consent-withdrawn/,\\$p\" | grep admitted'", 0, "admitted",
     "Aru's card and PIN open as they did before"},
};

/* Server and gate, in the background; their numbers are kept for the end. */
static const char start[] =
    "code=$(tanu gate add north --json | sed 's/.*\"code\":\"\\([0-9A-Z-]*\\)\".*/\\1/')\n"
    "tanud --data lane --listen 127.0.0.1:0 --gates 127.0.0.1:0 >tanud.log 2>&1 </dev/null &\n"
    "echo $! >pids\n"
    "at 'grep \"gates are answered\" tanud.log' || exit 1\n"
    "gates=$(sed -n 's/.*gates are answered at //p' tanud.log)\n"
    "printf '[gate]\\nsocket = %s/view.sock\\n[state]\\ndir = %s/state\\n[run]\\ndir = %s/run\\n"
    "[door]\\ndriver = sim\\nscript = %s/script\\n[reader1]\\ndriver = sim\\n[link]\\nurl = %s\\n"
    "[camera]\\nsource = %s/camera\\n' \"$PWD\" \"$PWD\" \"$PWD\" \"$PWD\" \"$gates\" \"$PWD\" "
    ">gate.ini\n"
    "tanu-gate --config gate.ini pair --code $code --site $gates || exit 1\n"
    "tanu-gate --config gate.ini run >/dev/null 2>gate.log </dev/null &\n"
    "echo $! >>pids\n"
    "at 'grep \"references, \" gate.log'\n";

static const char stop[] =
    "[ -f pids ] && kill $(cat pids) 2>/dev/null; at '! kill -0 $(cat pids)'; true";

struct lane {
	struct demo *d;
	char dir[DEMO_PATH];
};

/* In the lane's folder, where `at` waits for a line to succeed. */
static tanu_status run_line(struct shell_result *r, const struct lane *lane, const char *line,
			    tanu_error *err)
{
	struct buf text = {0};
	tanu_status st;

	buf_printf(
	    &text,
	    "export TANU_DATA=lane\n"
	    "at() { i=0; while [ $i -lt %d ]; do if eval \"$1\" 2>/dev/null; then return 0; fi; "
	    "sleep 0.2; i=$((i + 1)); done; return 1; }\n%s",
	    WAIT_S * 5, line);
	if ((st = buf_check(&text, err)) == TANU_OK)
		st = shell_run(r, lane->dir, buf_cstr(&text), err);
	buf_free(&text);
	return st;
}

static void fill_line(struct buf *out, const char *line)
{
	const int64_t now_ms = os_clock().now_ms(NULL);
	char day[DATE_TEXT_LEN];
	const tanu_date until = date_from_ms(now_ms + (int64_t)180 * 86400000);

	while (*line) {
		if (strncmp(line, "{UNTIL}", 7) == 0) {
			buf_str(out, date_text(day, until));
			line += 7;
		} else if (strncmp(line, "{BORN}", 6) == 0) { /* old enough to be asked */
			buf_printf(out, "%04d-01-01", date_from_ms(now_ms).year - 12);
			line += 6;
		} else {
			buf_u8(out, (uint8_t)*line++);
		}
	}
}

static tanu_status run_step(const struct lane *lane, const struct step *step, tanu_error *err)
{
	struct shell_result r = {0};
	struct buf line = {0};
	bool right;
	tanu_status st;

	fill_line(&line, step->line);
	tell_shell(lane->d, buf_cstr(&line));
	if ((st = run_line(&r, lane, buf_cstr(&line), err)) == TANU_OK) {
		right =
		    r.code == step->code && (!step->says || strstr(buf_cstr(&r.out), step->says) ||
					     strstr(buf_cstr(&r.err), step->says));
		if (!right)
			tell(lane->d, "exit code %d: %.300s%.300s", r.code, buf_cstr(&r.out),
			     buf_cstr(&r.err));
		if (step->outcome || !right)
			tell_outcome(lane->d, right, "%s",
				     step->outcome ? step->outcome : "this line went wrong");
	}
	shell_result_free(&r);
	buf_free(&line);
	return st;
}

static tanu_status run_steps(const struct lane *lane, const struct step *steps, size_t len,
			     tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < len && st == TANU_OK && !folder_interrupted(); i++)
		st = run_step(lane, &steps[i], err);
	return st;
}

/* ---- what the visitor may look at ---- */

/* The one line that a program has said. */
static void tell_one(const struct lane *lane, const char *what, struct shell_result *r)
{
	const char *line = buf_cstr(&r->out);

	tell(lane->d, "%-14s %.*s", what, (int)strcspn(line, "\n"), line);
}

static void tell_address(const struct lane *lane)
{
	struct shell_result r = {0};

	if (run_line(&r, lane, "sed -n 's/.*listening at //p' tanud.log", NULL) == TANU_OK)
		tell_one(lane, "in a browser:", &r);
	shell_result_free(&r);
}

/* Only for somebody who sits there; nobody else would ever press the key. */
static void let_look(const struct lane *lane)
{
	struct shell_result r = {0};
	char answer[16];

	if (lane->d->options->unattended || !isatty(STDIN_FILENO) || folder_interrupted()) {
		tell(lane->d, "On a terminal the server would wait here for a look in a browser.");
		return;
	}
	if (run_line(&r, lane,
		     "tanu account add demo --role enrolment,operator,auditor --json | sed "
		     "'s/.*\"password\":\"\\([^\"]*\\)\".*/\\1/'",
		     NULL) == TANU_OK) {
		tell_address(lane);
		tell(lane->d, "%-14s demo", "name:");
		tell_one(lane, "first words:", &r);
		tell(lane->d,
		     "The certificate is the site's own, so the browser warns once. Press Enter "
		     "to stop.");
		if (!fgets(answer, sizeof(answer), stdin))
			clearerr(stdin);
	}
	shell_result_free(&r);
}

/* ---- together ---- */

static tanu_status copy_photo(const struct lane *lane, const char *photo, const char *name,
			      tanu_error *err)
{
	struct buf bytes = {0};
	char path[DEMO_PATH];
	tanu_status st;

	if ((st = os_path(path, sizeof(path), lane->dir, name, err)) == TANU_OK &&
	    (st = os_read_file(&bytes, photo, 4 << 20, err)) == TANU_OK)
		st = os_replace_file(path, bytes.data, bytes.len, 0600, err);
	buf_free(&bytes);
	return st;
}

static tanu_status prepare(struct lane *lane, tanu_error *err)
{
	const struct demo *d = lane->d;
	char path[DEMO_PATH];
	tanu_status st;

	if ((st = os_path(lane->dir, sizeof(lane->dir), d->dir, "lane", err)) < 0 ||
	    (st = os_make_dir(lane->dir, 0700, err)) < 0 ||
	    (st = os_path(path, sizeof(path), lane->dir, "camera", err)) < 0 ||
	    (st = os_make_dir(path, 0700, err)) < 0 ||
	    (st = os_path(path, sizeof(path), lane->dir, "script", err)) < 0 ||
	    (st = os_replace_file(path, script, sizeof(script) - 1, 0600, err)) < 0 ||
	    (st = copy_photo(lane, d->scores[0].photo, "Aru.jpg", err)) < 0 ||
	    (st = copy_photo(lane, d->scores[1].photo, "Aru-today.jpg", err)) < 0 ||
	    (st = copy_photo(lane, d->scores[1].photo, "camera/1.jpg", err)) < 0)
		return st;
	return copy_photo(lane, d->scores[sheet_same_len].photo, "Bota.jpg", err);
}

static tanu_status open_the_door(const struct lane *lane, tanu_error *err)
{
	struct shell_result r = {0};
	tanu_status st;

	tell_shell(lane->d,
		   "tanud --data lane --gates ... & tanu-gate --config gate.ini pair ... && "
		   "tanu-gate --config gate.ini run &");
	st = run_line(&r, lane, start, err);
	if (st == TANU_OK)
		tell_outcome(lane->d, r.code == 0,
			     "a server, and a gate paired with it: its door is a simulator, its "
			     "camera sees photographs");
	if (st == TANU_OK && r.code != 0)
		tell(lane->d, "%.300s%.300s", buf_cstr(&r.out), buf_cstr(&r.err));
	shell_result_free(&r);
	return st;
}

tanu_status demo_lane(struct demo *d, tanu_error *err)
{
	struct lane lane = {.d = d};
	struct shell_result r = {0};
	tanu_status st;

	tell_heading(d,
		     "\"She said no\": two children, one lane (a grown-up's photographs stand for "
		     "a child's)");
	tell(d, "Each line is really run; \"at\" waits until the line behind it succeeds.");
	if ((st = prepare(&lane, err)) < 0 ||
	    (st = run_steps(&lane, before, ARRAY_LEN(before), err)) < 0 ||
	    (st = open_the_door(&lane, err)) < 0)
		goto out;
	if ((st = run_steps(&lane, at_the_door, ARRAY_LEN(at_the_door), err)) == TANU_OK)
		let_look(&lane);
out:
	if (run_line(&r, &lane, stop, NULL) == TANU_OK)
		shell_result_free(&r);
	return st;
}
