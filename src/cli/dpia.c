/* SPDX-License-Identifier: Apache-2.0 */
/* The impact assessment as Markdown, or as pages to print. */
#include "cli/run.h"
#include "cli/verbs.h"
#include "print/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRAFT_MAX (64 * 1024)

static tanu_status draft(struct run *run, struct buf *out, tanu_error *err)
{
	const char *language = run_language(run);
	struct buf text = {0};
	char path[1024], name[64];
	tanu_status st;

	snprintf(name, sizeof(name), "dpia-%s.md", language);
	if ((st = service_notices_path(path, sizeof(path), name, err)) == TANU_OK &&
	    (st = os_read_file(&text, path, DRAFT_MAX, err)) == TANU_OK)
		st = service_dpia(run->service, out, (const char *)text.data, text.len, language,
				  err);
	buf_free(&text);
	return st;
}

/* ---- on paper ---- */

static struct print_block block_of(char *line)
{
	if (strncmp(line, "# ", 2) == 0)
		return (struct print_block){.kind = PRINT_TITLE, .text = line + 2};
	if (strncmp(line, "## ", 3) == 0)
		return (struct print_block){.kind = PRINT_HEADING, .text = line + 3};
	return (struct print_block){.kind = PRINT_TEXT, .text = line};
}

/* Each line of the Markdown is a block; `text` is cut up for it. */
static tanu_status pages(struct buf *pdf, struct buf *text, const char *language, tanu_error *err)
{
	struct print_document document = {.title = "DPIA", .language = language};
	struct print_block *blocks = NULL;
	char *rest = NULL, *whole = strdup(buf_cstr(text));
	size_t lines = 0, len = 0;
	tanu_status st;

	for (size_t i = 0; i < text->len; i++)
		lines += text->data[i] == '\n';
	blocks = calloc(lines + 1, sizeof(*blocks));
	if (!whole || !blocks || text->failed) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		goto out;
	}
	for (char *line = strtok_r(whole, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		blocks[len++] = block_of(line);
	document.blocks = blocks;
	document.blocks_len = len;
	st = print_document(pdf, &document, err);
out:
	free(blocks);
	free(whole);
	return st;
}

static tanu_status write_out(struct run *run, const char *path, struct buf *text, tanu_error *err)
{
	size_t len = strlen(path);
	struct buf pdf = {0};
	tanu_status st = TANU_OK;

	if (len > 4 && strcmp(path + len - 4, ".pdf") == 0) {
		if ((st = pages(&pdf, text, run_language(run), err)) == TANU_OK)
			st = os_replace_file(path, pdf.data, pdf.len, 0600, err);
	} else {
		st = os_replace_file(path, text->data, text->len, 0600, err);
	}
	buf_free(&pdf);
	if (st < 0)
		return st;
	say(run, "Written: ");
	say_clean(run, path);
	say(run, ". It is a draft: fill in what stands in brackets, and have it checked.\n");
	return TANU_OK;
}

static tanu_status dpia(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	struct buf text = {0};
	tanu_status st;

	if ((st = run_site(run, err)) < 0 || (st = draft(run, &text, err)) < 0 ||
	    (path && (st = write_out(run, path, &text, err)) < 0))
		goto out;
	if (!path)
		say_lines(run, &text);
	jw_text(&run->jw, "language", run_language(run));
	jw_lines(&run->jw, "lines", &text);
out:
	buf_free(&text);
	return st;
}

const struct verb verb_dpia = {
    .group = "dpia",
    .flags = VERB_SITE,
    .brief = "Draft the data protection impact assessment",
    .about =
	"Writes the assessment that GDPR art. 35 and similar laws ask for, filled in from the "
	"settings in force: purposes and retention, where references are, the threshold with its "
	"error rates as the calibration states them, ages, ageing, the rules of the profile, who "
	"can open what, and the risks that remain. What only the operator knows stands in "
	"brackets. It is a draft and no legal advice.\n\nWith --out FILE.pdf it becomes pages to "
	"print, else Markdown.",
    .example = "tanu dpia --language ru --out dpia.md",
    .options = {{"out", VALUE_FILE, "FILE", NULL, false,
		 "Where it goes, .md or .pdf; shown if not given"},
		OPTION_LANGUAGE},
    .fields = {{"language", "kk, ru or en"}, {"lines", "the draft, array of its lines"}},
    .run = dpia,
};
