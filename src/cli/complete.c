/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `tanu __complete WORD...`: what the last, unfinished word may become; one candidate a line, or
 * ":file" or ":dir" for names of files. packaging/bash-completion/tanu asks this, so that the shell
 * always knows the commands of the program it completes.
 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <string.h>

/* The finished words, understood as far as completion needs it. */
struct state {
	const struct verb *verb;
	const char *group;
	const struct option_row *open; /* an option that waits for its value */
	size_t operands;
};

static const struct option_row *option_of(const struct verb *verb, const char *word)
{
	static const struct verb any = {.group = "", .flags = VERB_SITE};
	const struct option_row *row;

	for (size_t i = 0; (row = verb_option(verb ? verb : &any, i)); i++)
		if (strncmp(word, "--", 2) == 0 && strcmp(word + 2, row->name) == 0)
			return row;
	return NULL;
}

static void take_word(struct state *s, const char *word)
{
	const struct option_row *row = option_of(s->verb, word);

	if (s->open) {
		s->open = NULL;
	} else if (row) {
		s->open = row->kind == VALUE_NONE ? NULL : row;
	} else if (word[0] == '-' && word[1]) {
		return; /* --name=value, or unknown */
	} else if (s->verb) {
		s->operands++;
	} else if (s->group) {
		s->verb = verb_find(s->group, word);
	} else {
		const struct verb *first = verb_group(word);

		s->group = first ? first->group : NULL;
		s->verb = first && !first->action ? first : NULL;
	}
}

static void offer(struct buf *out, const char *word, size_t len, const char *begun)
{
	if (strncmp(word, begun, strlen(begun)) == 0 && strlen(begun) <= len)
		buf_printf(out, "%.*s\n", (int)len, word);
}

static void offer_value(struct buf *out, enum value_kind kind, const char *choices,
			const char *begun)
{
	if (kind == VALUE_FILE)
		buf_str(out, ":file\n");
	else if (kind == VALUE_DIR)
		buf_str(out, ":dir\n");
	else if (kind == VALUE_CHOICE)
		for (const char *p = choices; *p; p += strspn(p, " ")) {
			offer(out, p, strcspn(p, " "), begun);
			p += strcspn(p, " ");
		}
}

static void offer_options(struct buf *out, const struct verb *verb, const char *begun)
{
	const struct option_row *row;

	if (strncmp(begun, "--", strlen(begun) < 2 ? strlen(begun) : 2) != 0)
		return;
	begun += strlen(begun) < 2 ? strlen(begun) : 2;
	for (size_t i = 0; (row = verb_option(verb, i)); i++)
		if (strncmp(row->name, begun, strlen(begun)) == 0)
			buf_printf(out, "--%s\n", row->name);
}

static void offer_operand(struct buf *out, const struct state *s, const char *begun)
{
	size_t before = 0;

	for (size_t i = 0; i < OPERANDS_MAX && s->verb->operands[i].name; i++) {
		const struct operand_row *row = &s->verb->operands[i];

		if (row->max == 0 || s->operands < before + row->max) {
			offer_value(out, row->kind, "", begun);
			return;
		}
		before += row->max;
	}
}

static void offer_groups(struct buf *out, const char *begun)
{
	const struct verb *verb;

	for (size_t i = 0; (verb = verb_group_at(i)); i++)
		offer(out, verb->group, strlen(verb->group), begun);
}

static void offer_actions(struct buf *out, const char *group, const char *begun)
{
	for (size_t i = 0; verbs[i]; i++)
		if (verbs[i]->action && strcmp(verbs[i]->group, group) == 0)
			offer(out, verbs[i]->action, strlen(verbs[i]->action), begun);
}

static tanu_status complete(struct run *run, tanu_error *err)
{
	const struct args *args = &run->args;
	const char *begun = args->operands_len ? args->operands[args->operands_len - 1] : "";
	struct state s = {0};

	(void)err;
	for (size_t i = 0; i + 1 < args->operands_len; i++)
		take_word(&s, args->operands[i]);
	if (s.open)
		offer_value(&run->text, s.open->kind, s.open->choices, begun);
	else if (!s.group)
		offer_groups(&run->text, begun);
	else if (!s.verb)
		offer_actions(&run->text, s.group, begun);
	else if (*begun == '-')
		offer_options(&run->text, s.verb, begun);
	else
		offer_operand(&run->text, &s, begun);
	return TANU_OK;
}

const struct verb verb_complete = {
    .group = "__complete",
    .flags = VERB_HIDDEN | VERB_RAW,
    .brief = "Words for the shell's completion",
    .about = "",
    .operands = {{"WORD", VALUE_WORD, 0, 0, "Words typed so far"}},
    .run = complete,
};
