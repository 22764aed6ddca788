/* SPDX-License-Identifier: Apache-2.0 */
/* The program's man pages, drawn from its tables. */
#include "station/inside.h"

#include "codec/man.h"

#include <stdio.h>
#include <string.h>

static void program(struct buf *out)
{
	man_head(out, "tanu-gate", 8, "the box at a door", TANU_VERSION);
	buf_str(out, ".SH SYNOPSIS\n\\fBtanu\\-gate\\fR \\fB\\-\\-config\\fR \\fIFILE\\fR "
		     "[\\fICOMMAND\\fR]\n.SH DESCRIPTION\n");
	man_paragraphs(
	    out, "tanu-gate lets in who may pass: by card or pass and face, or by card and "
		 "PIN, or by the guard's look, as the site has decided. It keeps doing so when "
		 "network, server or camera fail, on what the site has lent it, and never "
		 "holds anybody inside.\n\nIts settings stand in a file, tanu-gate.ini(5). "
		 "SIGHUP reads those again that may change while it runs; SIGTERM ends it, "
		 "with the door locked. One gate at a time uses a state folder.");
	buf_str(out, ".SH COMMANDS\n");
	for (size_t i = 0; i < commands_len; i++)
		man_term(out, commands[i].words, NULL, commands[i].help);
	buf_str(out, ".SH OPTIONS\n");
	man_term(out, "--config", "FILE", "the settings; every command but settings needs it");
	man_term(out, "--picture", NULL, "draw the simulated door while it runs");
	man_term(out, "--help, --version", NULL, "say how it is called, and which one it is");
	man_exits(out);
	buf_str(out, ".SH SEE ALSO\n\\fBtanu\\-gate.ini\\fR(5), \\fBtanu\\-gate\\fR(1)\n");
}

static void settings(struct buf *out)
{
	const struct setting_row *rows;
	size_t count = 0;

	rows = gate_settings(&count);
	man_head(out, "tanu-gate.ini", 5, "settings of a gate", TANU_VERSION);
	buf_str(out, ".SH DESCRIPTION\n");
	man_paragraphs(out,
		       "A gate's settings stand in the file that --config names. A name like "
		       "\"link.url\" is the key \"url\" in the section \"[link]\". A semicolon "
		       "begins a comment. A setting that is not there has its default; an unknown "
		       "one is an error. \"tanu-gate settings\" prints them all, to begin with.");
	buf_str(out, ".SH SETTINGS\n");
	for (size_t i = 0; i < count; i++)
		man_setting(out, &rows[i]);
	buf_str(out, ".SH SEE ALSO\n\\fBtanu\\-gate\\fR(8)\n");
}

tanu_status run_reference(const char *page, tanu_error *err)
{
	static const struct {
		const char *name;
		void (*draw)(struct buf *out);
	} pages[] = {{"docs/man/tanu-gate.8", program}, {"docs/man/tanu-gate.ini.5", settings}};
	struct buf text = {0};

	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		if (!page)
			buf_printf(&text, "%s\n", pages[i].name);
		else if (strcmp(page, pages[i].name) == 0)
			pages[i].draw(&text);
	if (text.len == 0)
		return tanu_fail(err, TANU_ERR_USAGE, page, "there is no page of this name");
	fputs(buf_cstr(&text), stdout);
	buf_free(&text);
	return TANU_OK;
}
