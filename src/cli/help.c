/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verb.h"

#include <stdio.h>
#include <string.h>

#define HELP_COLUMN 24 /* where explanations begin */
#define HELP_WIDTH  88

/* `text` wrapped to the width, the first line going on at `column`. */
static void put_wrapped(struct buf *out, const char *text, int column, int indent)
{
	int at = column;

	while (*text) {
		int len = (int)strcspn(text, " \n");

		if (*text == '\n') {
			buf_printf(out, "\n%*s", text[1] == '\n' ? 0 : indent, "");
			at = indent;
			text++;
			continue;
		}
		if (at > indent && at + 1 + len > HELP_WIDTH) {
			buf_printf(out, "\n%*s", indent, "");
			at = indent;
		}
		buf_printf(out, "%s%.*s", at > indent ? " " : "", len, text);
		at += len + (at > indent);
		text += len;
		text += strspn(text, " ");
	}
	buf_str(out, "\n");
}

static void put_row(struct buf *out, const char *term, const char *help)
{
	int len = (int)strlen(term);

	buf_printf(out, "  %s", term);
	if (len + 4 > HELP_COLUMN)
		buf_printf(out, "\n%*s", HELP_COLUMN, "");
	else
		buf_printf(out, "%*s", HELP_COLUMN - len - 2, "");
	put_wrapped(out, help, HELP_COLUMN, HELP_COLUMN);
}

static void put_operands(struct buf *out, const struct verb *verb)
{
	for (size_t i = 0; i < OPERANDS_MAX && verb->operands[i].name; i++) {
		const struct operand_row *row = &verb->operands[i];

		buf_printf(out, row->min ? " %s%s" : " [%s%s]", row->name,
			   row->max == 0 ? "..." : "");
	}
}

void usage_line(struct buf *out, const struct verb *verb, bool instead)
{
	const struct option_row *row;
	char title[VERB_TITLE_LEN];

	buf_printf(out, "tanu %s", verb_title(verb, title));
	if (!instead)
		put_operands(out, verb);
	for (size_t i = 0; (row = verb_option(verb, i)); i++) {
		bool stands_in = verb->instead && strcmp(row->name, verb->instead) == 0;
		bool must = row->required || stands_in;

		if (strcmp(row->name, "help") == 0 || (stands_in && !instead))
			continue;
		buf_printf(out, must ? " --%s" : " [--%s", row->name);
		if (row->value)
			buf_printf(out, " %s", row->value);
		buf_str(out, must ? "" : "]");
	}
}

static void put_options(struct buf *out, const struct verb *verb)
{
	const struct option_row *row;
	char term[64];

	buf_str(out, "\nOptions:\n");
	for (size_t i = 0; (row = verb_option(verb, i)); i++) {
		snprintf(term, sizeof(term), "--%s%s%s", row->name, row->value ? " " : "",
			 row->value ? row->value : "");
		put_row(out, term, row->help);
	}
}

void help_verb(struct buf *out, const struct verb *verb)
{
	char title[VERB_TITLE_LEN];

	buf_printf(out, "tanu %s: %s\n\n  ", verb_title(verb, title), verb->brief);
	usage_line(out, verb, false);
	if (verb->instead) {
		buf_str(out, "\n  ");
		usage_line(out, verb, true);
	}
	buf_str(out, "\n\n");
	put_wrapped(out, verb->about, 0, 0);
	if (verb->operands[0].name)
		buf_str(out, "\nOperands:\n");
	for (size_t i = 0; i < OPERANDS_MAX && verb->operands[i].name; i++)
		put_row(out, verb->operands[i].name, verb->operands[i].help);
	put_options(out, verb);
	if (verb->fields[0].name)
		buf_str(out, "\nFields with --json:\n");
	for (size_t i = 0; i < FIELDS_MAX && verb->fields[i].name; i++)
		put_row(out, verb->fields[i].name, verb->fields[i].help);
	if (verb->example)
		buf_printf(out, "\nExample:\n  %s\n", verb->example);
}

static void put_brief(struct buf *out, const struct verb *verb)
{
	char title[VERB_TITLE_LEN];

	put_row(out, verb_title(verb, title), verb->brief);
}

void help_group(struct buf *out, const char *group)
{
	buf_printf(out, "tanu %s is followed by one of these:\n\n", group);
	for (size_t i = 0; verbs[i]; i++)
		if (strcmp(verbs[i]->group, group) == 0)
			put_brief(out, verbs[i]);
	buf_printf(out, "\n\"tanu %s COMMAND --help\" explains one.\n", group);
}

void help_all(struct buf *out)
{
	buf_str(out, "tanu recognises people who agreed to it.\n\n"
		     "  tanu COMMAND [OPTION]... [OPERAND]...\n\nCommands:\n");
	for (size_t i = 0; verbs[i]; i++)
		if (!(verbs[i]->flags & VERB_HIDDEN))
			put_brief(out, verbs[i]);
	buf_str(out,
		"\n\"tanu COMMAND --help\" explains one; --json gives its answer to programs.\n"
		"Exit codes:\n");
#define X(name, number, meaning) put_row(out, #number, meaning);
	TANU_EXIT_LIST(X)
#undef X
}
