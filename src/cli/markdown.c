/* SPDX-License-Identifier: Apache-2.0 */
/* docs/cli.md: commands, options, JSON fields, exit and error codes. */
#include "cli/reference.h"

#include <string.h>

static const char intro[] =
    "# Command line\n"
    "\n"
    "<!-- Drawn from the program's tables by tools/update-reference; do not edit. -->\n"
    "\n"
    "    tanu COMMAND [OPTION]... [OPERAND]...\n"
    "\n"
    "Options may stand anywhere; `--` ends them; every command has `--json` and `--help`. "
    "`--option=value` and `--option value` are the "
    "same. `-`\n"
    "in place of a photograph or a list is standard input. The data folder is `--data DIR`, else\n"
    "`TANU_DATA`, else the working directory; it has one owner at a time, and a second program "
    "that opens\n"
    "it gets exit code 5.\n"
    "\n"
    "A person is named by her id (32 hexadecimal digits), by at least its first six digits, or by "
    "her\n"
    "exact name where only one person has it.\n"
    "\n"
    "## For programs: `--json`\n"
    "\n"
    "With `--json` standard output holds one JSON object on one line, in ASCII keys and UTF-8 text "
    "without\n"
    "control characters; bytes of file names that are not UTF-8 come as U+FFFD. Fields are only "
    "ever added.\n"
    "Times are Unix milliseconds, UTC; ids are 32 lower-case hexadecimal digits; a number that is "
    "not known\n"
    "is `null`. A score is a cosine and comes with its threshold and the false match rate that "
    "this\n"
    "threshold stands for; it is never a percentage.\n"
    "\n"
    "An error is the member `error` of the object: `code` and `status` are stable words (below), "
    "`place`\n"
    "is a file, row or field (may be empty), `message` a sentence for people that may change:\n"
    "\n"
    "    "
    "{\"error\":{\"code\":\"no-consent\",\"status\":\"REFUSED\",\"place\":\"\",\"message\":\"...\"}"
    "}\n"
    "\n"
    "Commands that judge several photographs or rows put their other fields beside `error`. The "
    "sentence\n"
    "also goes to standard error, as always. Errors never name a person.\n"
    "\n"
    "## Exit codes\n"
    "\n"
    "| code | meaning |\n"
    "|---|---|\n";

static void put_cell(struct buf *out, const char *text)
{
	for (; *text; text++)
		if (*text == '|')
			buf_str(out, "\\|");
		else
			buf_u8(out, (uint8_t)*text);
}

static void put_table_row(struct buf *out, const char *dashes, const char *term, const char *value,
			  const char *help)
{
	buf_printf(out, "| `%s%s%s%s` | ", dashes, term, value ? " " : "", value ? value : "");
	put_cell(out, help);
	buf_str(out, " |\n");
}

static void put_codes(struct buf *out)
{
#define X(name, number, meaning) buf_printf(out, "| %d | %s |\n", number, meaning);
	TANU_EXIT_LIST(X)
#undef X
	buf_str(out, "\n## Error codes\n\n| `code` | exit code | meaning |\n|---|---|---|\n");
#define X(name, word, status, meaning)                                                           \
	if (TANU_##status != TANU_OK)                                                            \
		buf_printf(out, "| `%s` | %d | %s |\n", word, (int)tanu_exit_for(TANU_##status), \
			   meaning);
	TANU_ERROR_LIST(X)
#undef X
}

static void put_verb(struct buf *out, const struct verb *verb)
{
	const struct option_row *row;
	char title[VERB_TITLE_LEN];

	buf_printf(out, "\n## tanu %s\n\n%s.\n\n    ", verb_title(verb, title), verb->brief);
	usage_line(out, verb, false);
	if (verb->instead) {
		buf_str(out, "\n    ");
		usage_line(out, verb, true);
	}
	buf_printf(out, "\n\n%s\n", verb->about);
	if (verb->operands[0].name || verb_option(verb, 0) != options_common)
		buf_str(out, "\n| operand or option | |\n|---|---|\n");
	for (size_t i = 0; i < OPERANDS_MAX && verb->operands[i].name; i++)
		put_table_row(out, "", verb->operands[i].name, NULL, verb->operands[i].help);
	for (size_t i = 0; (row = verb_option(verb, i)) && row != options_common; i++)
		put_table_row(out, "--", row->name, row->value, row->help);
	if (verb->fields[0].name)
		buf_str(out, "\n| field with `--json` | |\n|---|---|\n");
	for (size_t i = 0; i < FIELDS_MAX && verb->fields[i].name; i++)
		put_table_row(out, "", verb->fields[i].name, NULL, verb->fields[i].help);
	if (verb->example)
		buf_printf(out, "\n    %s\n", verb->example);
}

void markdown_reference(struct buf *out)
{
	buf_str(out, intro);
	put_codes(out);
	for (size_t i = 0; verbs[i]; i++)
		if (!(verbs[i]->flags & VERB_HIDDEN))
			put_verb(out, verbs[i]);
}
