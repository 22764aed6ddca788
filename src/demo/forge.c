/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Forge it": each attack is a line of shell that is really run on a copy of a site, then the
 * verdicts of those who may look: the site itself, the verifier in C, and the one that was written
 * apart from it, as the browser runs it. What is printed is what they said; this file knows only
 * what they should say.
 */
#include "demo/forge.h"

#include "demo/attack.h"
#include "demo/folder.h"
#include "demo/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_LEN 1024

static const char *value_of(const struct forge *f, const char *name, char out[DEMO_PATH])
{
	const struct story *s = &f->story;
	const tanu_id *id = strcmp(name, "A") == 0   ? &s->a
			    : strcmp(name, "B") == 0 ? &s->b
			    : strcmp(name, "D") == 0 ? &s->d
						     : NULL;

	if (id)
		id_hex(out, id);
	else if (strcmp(name, "ENTRIES") == 0)
		snprintf(out, DEMO_PATH, "%s", f->entries);
	else if (strcmp(name, "DISCLOSURE") == 0)
		snprintf(out, DEMO_PATH, "%s", s->disclosure);
	else /* MONTH, as the database has it: eight bytes, the lowest first */
		snprintf(out, DEMO_PATH, "%02x%02x000000000000", (unsigned)(s->month & 0xFF),
			 (unsigned)(s->month >> 8 & 0xFF));
	return out;
}

/* {NAMES} in a line become what they stand for. */
static void fill(const struct forge *f, char out[LINE_LEN], const char *line)
{
	size_t len = 0;

	while (*line && len + 1 < LINE_LEN) {
		const char *end = *line == '{' ? strchr(line, '}') : NULL;
		char name[16], value[DEMO_PATH];

		if (!end || line[1] < 'A' || line[1] > 'Z') {
			out[len++] = *line++;
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)(end - line - 1), line + 1);
		len += (size_t)snprintf(out + len, LINE_LEN - len, "%s", value_of(f, name, value));
		line = end + 1;
	}
	out[len < LINE_LEN ? len : LINE_LEN - 1] = '\0';
}

/* ---- verdicts ---- */

struct verdict {
	char word[24];
	char findings[160]; /* "fork, log-older" */
	bool has_finding;   /* the one that was asked for, or none was */
	bool there;	    /* somebody has looked */
};

static void add_finding(struct verdict *v, const char *code, const char *wanted)
{
	const size_t len = strlen(v->findings);

	v->has_finding |= wanted && strcmp(code, wanted) == 0;
	if (strcmp(code, "unwitnessed") == 0 || strstr(v->findings, code))
		return; /* said of every log here; several places of one kind */
	snprintf(v->findings + len, sizeof(v->findings) - len, "%s%s", len ? ", " : "", code);
}

/* A report of either verifier: the same JSON. */
static tanu_status read_verdict(struct verdict *v, const struct shell_result *r, const char *wanted,
				tanu_error *err)
{
	struct json_doc *doc = NULL;
	json_value findings;
	const char *word;
	tanu_status st;

	*v = (struct verdict){.has_finding = wanted == NULL};
	if ((st = json_parse(&doc, r->out.data, r->out.len, (size_t)8 << 20, "report", err)) < 0)
		return st;
	if ((st = json_text(&word, json_root(doc), "verdict", err)) < 0 ||
	    (st = json_list(&findings, json_root(doc), "findings", err)) < 0)
		goto out;
	snprintf(v->word, sizeof(v->word), "%.23s", word);
	v->there = true;
	for (size_t i = 0; i < json_len(findings) && st == TANU_OK; i++)
		if ((st = json_text(&word, json_at(findings, i), "code", err)) == TANU_OK)
			add_finding(v, word, wanted);
out:
	json_free(&doc);
	return st;
}

static void tell_verdict(const struct forge *f, const char *who, const struct verdict *v)
{
	tell(f->d, "%-8s %s%s%s", who, v->word, *v->findings ? ": " : "", v->findings);
}

/* One of the verifiers on what the person holds, and on the log that she is shown. */
static tanu_status verify(const struct forge *f, struct verdict *v, const char *who,
			  const char *program, const struct attack *a, tanu_error *err)
{
	struct shell_result r = {0};
	char line[LINE_LEN];
	tanu_status st;

	snprintf(line, sizeof(line), "%s %s%s %s", program, a->log ? "--log " : "",
		 a->log ? a->log : "", a->receipts);
	if ((st = shell_run(&r, f->story.dir, line, err)) == TANU_OK &&
	    (st = read_verdict(v, &r, a->finding, err)) < 0)
		error_prefix_place(err, who);
	shell_result_free(&r);
	if (st == TANU_OK)
		tell_verdict(f, who, v);
	return st;
}

static bool is_as_expected(const struct verdict *v, const struct attack *a)
{
	return !v->there || !a->verdict || (strcmp(v->word, a->verdict) == 0 && v->has_finding);
}

tanu_status forge_verify(const struct forge *f, const struct attack *a, bool *right,
			 tanu_error *err)
{
	struct verdict mine = {0}, page = {0};
	char headless[DEMO_PATH + 16];
	tanu_status st;

	if (!a->receipts)
		return TANU_OK;
	st = verify(f, &mine, "tanu",
		    a->log ? "tanu receipt history --json" : "tanu receipt verify --json", a, err);
	if (st < 0 || !*f->headless)
		goto out;
	snprintf(headless, sizeof(headless), "node '%s'", f->headless);
	st = verify(f, &page, "page", headless, a, err);
out:
	*right &= is_as_expected(&mine, a) && is_as_expected(&page, a);
	return st;
}

/* ---- lines ---- */

/* What somebody said, without the first word of a program's error. */
static void tell_said(const struct forge *f, const char *who, const char *text)
{
	const char *at = strncmp(text, "tanu: ", 6) == 0 ? text + 6 : text;
	const size_t room = DEMO_WIDTH - 9;
	size_t len = strcspn(at, "\n");
	bool first = true;

	while (len > 0) {
		size_t cut = len;

		if (cut > room) {
			cut = room;
			while (cut > 0 && at[cut] != ' ')
				cut--;
			cut = cut ? cut : room;
		}
		tell(f->d, "%-8s %.*s", first ? who : "", (int)cut, at);
		first = false;
		at += cut;
		len -= cut;
		while (len > 0 && *at == ' ') {
			at++;
			len--;
		}
	}
}

void forge_tell_all(const struct forge *f, const char *text)
{
	while (*text) {
		tell_said(f, "", text);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

/* The line that says it, or the first. */
static const char *line_with(const char *text, const char *part)
{
	const char *at = *part ? strstr(text, part) : NULL;

	while (at && at > text && at[-1] != '\n')
		at--;
	return at ? at : text;
}

tanu_status forge_ask(const struct forge *f, const struct attack *a, bool *right, tanu_error *err)
{
	struct shell_result r = {0};
	char line[LINE_LEN];
	const char *said;
	tanu_status st;

	if (!a->asked)
		return TANU_OK;
	fill(f, line, a->asked);
	tell_shell(f->d, line);
	if ((st = shell_run(&r, f->story.dir, line, err)) == TANU_OK) {
		said = buf_cstr(r.err.len && r.code > 1 ? &r.err : &r.out);
		tell_said(f, "", line_with(said, a->asked_says));
		*right &= r.code == a->asked_code && (strstr(buf_cstr(&r.out), a->asked_says) ||
						      strstr(buf_cstr(&r.err), a->asked_says));
	}
	shell_result_free(&r);
	return st;
}

/* The attack itself; what a program refuses is its answer. */
static tanu_status carry_out(const struct forge *f, const struct attack *a, tanu_error *err)
{
	struct shell_result r = {0};
	char line[LINE_LEN];
	tanu_status st = TANU_OK;

	if (a->base) {
		snprintf(line, sizeof(line), "rm -rf forged other; cp -r %s forged", a->base);
		st = shell_run(&r, f->story.dir, line, err);
		shell_result_free(&r);
	}
	fill(f, line, a->line);
	tell_shell(f->d, line);
	if (st < 0 || (st = shell_run(&r, f->story.dir, line, err)) < 0)
		return st;
	if (r.code != 0 || !a->noticed)
		tell_said(f, "", buf_cstr(r.code ? &r.err : &r.out));
	shell_result_free(&r);
	return TANU_OK;
}

static tanu_status attack(const struct forge *f, const struct attack *a, size_t number,
			  tanu_error *err)
{
	bool right = true;
	tanu_status st;

	tell_bold(f->d, "%2zu. %s", number, a->what);
	if ((st = carry_out(f, a, err)) < 0 || (st = forge_ask(f, a, &right, err)) < 0 ||
	    (st = forge_verify(f, a, &right, err)) < 0)
		return st;
	tell_outcome(f->d, right, a->noticed ? "noticed by: %s" : "%s",
		     a->noticed ? a->noticed : "NOT noticed, by anybody");
	return TANU_OK;
}

/* ---- all of them ---- */

static tanu_status find_entries(struct forge *f, tanu_error *err)
{
	struct shell_result r = {0};
	tanu_status st = shell_run(
	    &r, f->story.dir, "cd site/log && ls -t $(find tile/entries -type f) | head -1", err);

	if (st == TANU_OK)
		snprintf(f->entries, sizeof(f->entries), "%.*s",
			 (int)strcspn(buf_cstr(&r.out), "\n"), buf_cstr(&r.out));
	shell_result_free(&r);
	return st;
}

/* The page's verifier for Node, where it was built and there is one. */
static void find_headless(struct forge *f)
{
	char program[DEMO_PATH];

	if (!shell_has("node")) {
		tell(f->d, "Node.js is not here: the independent verifier is left out.");
		return;
	}
	if (os_program_dir(program, sizeof(program), NULL) < 0 ||
	    os_path(f->headless, sizeof(f->headless), program, "../share/tanu/verifier.mjs", NULL) <
		0 ||
	    !os_exists(f->headless))
		snprintf(f->headless, sizeof(f->headless), "%s", TANU_VERIFIER_HEADLESS);
	if (!os_exists(f->headless)) {
		*f->headless = '\0';
		tell(f->d, "verifier.mjs was not built (tools/web build): the independent verifier "
			   "is left out.");
	}
}

static tanu_status control(const struct forge *f, tanu_error *err)
{
	static const struct attack untouched = {.what = "The site as it is",
						.receipts = "a.tanu-receipt",
						.log = "site/log",
						.verdict = "clean",
						.asked = "tanu log audit site/log",
						.asked_code = 0,
						.asked_says = "Clean."};
	/* a gag that ended: she reads what was kept from her for 40 days */
	static const struct attack told = {.asked = "tanu receipt history a.tanu-receipt --log "
						    "site/log",
					   .asked_code = 0,
					   .asked_says = "Data handed over"};
	bool right = true;
	tanu_status st;

	tell_bold(f->d, " 0. Nothing is touched: the control");
	if ((st = forge_ask(f, &untouched, &right, err)) < 0 ||
	    (st = forge_ask(f, &told, &right, err)) < 0 ||
	    (st = forge_verify(f, &untouched, &right, err)) < 0)
		return st;
	tell_outcome(f->d, right, "clean");
	return TANU_OK;
}

static tanu_status set_up(struct forge *f, tanu_error *err)
{
	char dir[DEMO_PATH];
	tanu_status st;

	tell(f->d, "Seventy days of a site are played with a clock of the demo's own: people, "
		   "consents, one");
	tell(f->d, "withdrawal, one erasure, a disclosure that Person A is told of only after 40 "
		   "days.");
	tell(f->d, "Each line is run on a fresh copy: forged/, of site/ or of then/, which is 45 "
		   "days old.");
	tell(f->d, "tanu: its verifier; page: the one in the browser, written apart from it.");
	find_headless(f);
	if ((st = os_path(dir, sizeof(dir), f->d->dir, "forge", err)) < 0 ||
	    (st = os_make_dir(dir, 0700, err)) < 0 || (st = story_play(&f->story, dir, err)) < 0)
		return st;
	return find_entries(f, err);
}

static tanu_status try_all(struct forge *f, tanu_error *err)
{
	const size_t count = attacks_len;
	tanu_status st = control(f, err);

	for (size_t i = 0; i < count && st == TANU_OK && !folder_interrupted(); i++)
		st = attack(f, &attacks[i], i + 1, err);
	if (st < 0 || folder_interrupted())
		return st;
	tell_heading(f->d, "What cannot be caught");
	for (size_t i = 0; i < uncaught_len && st == TANU_OK && !folder_interrupted(); i++)
		st = attack(f, &uncaught[i], count + i + 1, err);
	return st;
}

tanu_status demo_forge(struct demo *d, tanu_error *err)
{
	struct forge *f = calloc(1, sizeof(*f));
	tanu_status st;

	if (!f)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the demo");
	f->d = d;
	tell_heading(d, "7. Forge it");
	if (!shell_has("sqlite3")) {
		tell(d, "Left out: the attacks need the program sqlite3 (Debian package sqlite3).");
		free(f);
		return TANU_OK;
	}
	if ((st = set_up(f, err)) == TANU_OK && (st = try_all(f, err)) == TANU_OK &&
	    d->options->tamper && !folder_interrupted())
		st = forge_tamper(f, err);
	free(f);
	return st;
}
