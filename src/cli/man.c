/* SPDX-License-Identifier: Apache-2.0 */
/* Man pages in the man(7) macros. */
#include "cli/reference.h"

#include "codec/man.h"
#include "service/service.h"

#include <string.h>

static void put_synopsis(struct buf *out, const struct verb *verb)
{
	struct buf line = {0};

	usage_line(&line, verb, false);
	man_text(out, buf_cstr(&line));
	if (verb->instead) {
		line.len = 0;
		usage_line(&line, verb, true);
		buf_str(out, "\n.br\n");
		man_text(out, buf_cstr(&line));
	}
	buf_str(out, "\n");
	buf_free(&line);
}

static void put_verb(struct buf *out, const struct verb *verb)
{
	const struct option_row *row;
	char title[VERB_TITLE_LEN];
	struct buf dashed = {0};

	if (verb->action)
		buf_printf(out, ".SH TANU %s\n", verb_title(verb, title));
	else
		buf_str(out, ".SH DESCRIPTION\n");
	man_paragraphs(out, verb->about);
	for (size_t i = 0; i < OPERANDS_MAX && verb->operands[i].name; i++)
		man_term(out, "", verb->operands[i].name, verb->operands[i].help);
	for (size_t i = 0; (row = verb_option(verb, i)); i++) {
		dashed.len = 0;
		buf_printf(&dashed, "--%s", row->name);
		man_term(out, buf_cstr(&dashed), row->value, row->help);
	}
	buf_free(&dashed);
	if (verb->fields[0].name)
		buf_str(out, ".PP\nFields with \\fB\\-\\-json\\fR:\n");
	for (size_t i = 0; i < FIELDS_MAX && verb->fields[i].name; i++)
		man_term(out, verb->fields[i].name, NULL, verb->fields[i].help);
	if (!verb->example)
		return;
	buf_str(out, ".PP\nExample:\n.PP\n.RS\n.nf\n");
	man_text(out, verb->example);
	buf_str(out, "\n.fi\n.RE\n");
}

/* What the verbs of a group have in common; a group of one verb has that verb's line. */
static const struct field_row groups[] = {
    {"subject", "the people of a site"},
    {"consent", "what people agreed to"},
    {"model", "the models of this machine"},
    {"eval", "error rates, measured"},
};

static const char *group_brief(const char *group)
{
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (strcmp(groups[i].name, group) == 0)
			return groups[i].help;
	return verb_group(group)->brief;
}

void man_group(struct buf *out, const char *group)
{
	char page[64] = "tanu-";

	strncat(page, group, sizeof(page) - strlen(page) - 1);
	man_head(out, page, 1, group_brief(group), TANU_VERSION);
	buf_str(out, ".SH SYNOPSIS\n.nf\n");
	for (size_t i = 0; verbs[i]; i++)
		if (strcmp(verbs[i]->group, group) == 0)
			put_synopsis(out, verbs[i]);
	buf_str(out, ".fi\n");
	for (size_t i = 0; verbs[i]; i++)
		if (strcmp(verbs[i]->group, group) == 0)
			put_verb(out, verbs[i]);
	man_exits(out);
	buf_str(out, ".SH SEE ALSO\n\\fBtanu\\fR(1), \\fBtanu.ini\\fR(5)\n");
}

/* The variables that the program and its libraries read. */
static const struct field_row environment[] = {
    {"TANU_DATA", "the data folder when --data is not given"},
    {"TANU_MODELS", "the folder of models, instead of the installed one"},
    {"TANU_NOTICES", "the folder of notices, instead of the installed one"},
    {"TANU_WORKER", "the decoding program, instead of the installed one"},
    {"TANU_ONNXRUNTIME", "the library of ONNX Runtime, instead of the installed one"},
    {"NO_COLOR", "when not empty, no colours on a terminal"},
};

void man_program(struct buf *out)
{
	const struct verb *verb;
	char title[VERB_TITLE_LEN];

	man_head(out, "tanu", 1, "recognise people who agreed to it", TANU_VERSION);
	buf_str(out, ".SH SYNOPSIS\n\\fBtanu\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... "
		     "[\\fIOPERAND\\fR]...\n.br\n\\fBtanu\\fR \\-\\-help\n.br\n\\fBtanu\\fR "
		     "\\-\\-version\n.SH DESCRIPTION\n");
	man_paragraphs(
	    out, "Tanu compares faces under consent: nothing is enrolled or compared with a "
		 "stored reference unless its owner, or a guardian, agreed to the purpose and "
		 "the consent is still live.\n\nOptions may stand anywhere; \"--\" ends them. "
		 "--option=value and --option value are the same. \"-\" in place of a "
		 "photograph or a list is standard input. Answers go to standard output, errors "
		 "and progress to standard error. With --json the answer, also an error, is one "
		 "JSON object on standard output.");
	buf_str(out, ".SH COMMANDS\n");
	for (size_t i = 0; verbs[i]; i++)
		if (!(verbs[i]->flags & VERB_HIDDEN))
			man_term(out, verb_title(verbs[i], title), NULL, verbs[i]->brief);
	buf_str(out, ".SH ENVIRONMENT\n");
	for (size_t i = 0; i < ARRAY_LEN(environment); i++)
		man_term(out, environment[i].name, NULL, environment[i].help);
	man_exits(out);
	buf_str(out, ".SH SEE ALSO\n");
	for (size_t i = 0; (verb = verb_group_at(i)); i++)
		buf_printf(out, "\\fBtanu\\-%s\\fR(1), ", verb->group);
	buf_str(out, "\\fBtanu.ini\\fR(5)\n");
}

void man_settings(struct buf *out)
{
	const struct setting_row *rows;
	size_t count = 0;

	rows = service_settings(&count);
	man_head(out, "tanu.ini", 5, "settings of a site", TANU_VERSION);
	buf_str(out, ".SH DESCRIPTION\n");
	man_paragraphs(
	    out,
	    "A site's settings stand in the file tanu.ini of its data folder. A name like "
	    "\"match.fmr\" is the key \"fmr\" in the section \"[match]\"; \"quality.door.yaw\" "
	    "is the key \"yaw\" in \"[quality.door]\". A semicolon begins a comment. A setting "
	    "that is not there has its default; an unknown one is an error. \"tanu settings\" "
	    "shows what is in force.");
	buf_str(out, ".SH SETTINGS\n");
	for (size_t i = 0; i < count; i++)
		man_setting(out, &rows[i]);
	buf_str(out, ".SH SEE ALSO\n\\fBtanu\\fR(1), \\fBtanu\\-settings\\fR(1)\n");
}
