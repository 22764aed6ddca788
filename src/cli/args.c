/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verb.h"

#include <string.h>

/* One walk over the words: what has been seen, and where the walk stands. */
struct walk {
	struct args *args;
	char **words;
	size_t len, at;
	size_t kept;			/* words[0 .. kept) are operands */
	const char *early[OPTIONS_MAX]; /* options before the verb: name, value, name ... */
	size_t early_len;
	const char *group;
	bool ended; /* "--" was seen */
};

/* Position of an option of this verb, or OPTIONS_MAX. */
static size_t option_index(const struct verb *verb, const char *name, size_t len)
{
	const struct option_row *row;

	for (size_t i = 0; (row = verb_option(verb, i)); i++)
		if (strlen(row->name) == len && memcmp(row->name, name, len) == 0)
			return i;
	return OPTIONS_MAX;
}

static bool is_choice(const struct option_row *row, const char *value)
{
	size_t len = strlen(value);

	for (const char *p = row->choices; *p; p += strcspn(p, " ")) {
		p += strspn(p, " ");
		if (strcspn(p, " ") == len && memcmp(p, value, len) == 0)
			return true;
	}
	return false;
}

static tanu_status set_option(struct args *args, const char *name, size_t len, const char *value,
			      tanu_error *err)
{
	size_t index = option_index(args->verb, name, len);
	const struct option_row *row;

	if (index == OPTIONS_MAX)
		return fail_unknown_option(args->verb, name, len, err);
	row = verb_option(args->verb, index);
	if (args->values[index] && row->kind != VALUE_NONE)
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "--%s is given twice", row->name);
	if (row->kind == VALUE_CHOICE && !is_choice(row, value))
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "--%s wants one of: %s", row->name,
				 row->choices);
	args->values[index] = value;
	return TANU_OK;
}

/* Does this option take a value? Before the verb is known only the options of all verbs count. */
static tanu_status takes_value(bool *out, const struct verb *verb, const char *name, size_t len,
			       tanu_error *err)
{
	static const struct verb any = {.group = "", .flags = VERB_SITE};
	const struct verb *table = verb ? verb : &any;
	size_t index = option_index(table, name, len);

	if (index == OPTIONS_MAX && !verb)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "--%.*s is not understood before a command; \"tanu --help\" lists "
				 "all commands",
				 (int)len, name);
	if (index == OPTIONS_MAX)
		return fail_unknown_option(verb, name, len, err);
	*out = verb_option(table, index)->kind != VALUE_NONE;
	return TANU_OK;
}

static tanu_status walk_option(struct walk *w, char *word, tanu_error *err)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	char *value = name[len] == '=' ? word + 2 + len + 1 : NULL;
	bool takes = false;
	tanu_status st = takes_value(&takes, w->args->verb, name, len, err);

	if (st < 0)
		return st;
	if (value && !takes)
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "--%.*s takes no value", (int)len,
				 name);
	if (takes && !value) {
		if (w->at == w->len)
			return tanu_fail(err, TANU_ERR_USAGE, NULL, "--%.*s wants a value after it",
					 (int)len, name);
		value = w->words[w->at++];
	}
	if (w->args->verb)
		return set_option(w->args, name, len, value ? value : "", err);
	if (w->early_len + 2 > ARRAY_LEN(w->early))
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "too many options before the command");
	w->early[w->early_len++] = name;
	w->early[w->early_len++] = value ? value : "";
	return TANU_OK;
}

/* The verb is known: options that stood before it are looked up again in its table. */
static tanu_status walk_verb(struct walk *w, const struct verb *verb, tanu_error *err)
{
	tanu_status st = TANU_OK;

	w->args->verb = verb;
	for (size_t i = 0; i < w->early_len && st == TANU_OK; i += 2)
		st = set_option(w->args, w->early[i], strcspn(w->early[i], "="), w->early[i + 1],
				err);
	return st;
}

static tanu_status walk_word(struct walk *w, char *word, tanu_error *err)
{
	const struct verb *verb = NULL;

	if (w->args->verb) {
		w->words[w->kept++] = word;
		return TANU_OK;
	}
	if (!w->group) {
		verb = verb_group(word);
		if (!verb)
			return fail_unknown_verb(word, err);
		w->group = verb->group;
		return verb->action ? TANU_OK : walk_verb(w, verb, err);
	}
	verb = verb_find(w->group, word);
	return verb ? walk_verb(w, verb, err) : fail_action(w->group, word, err);
}

static tanu_status walk_all(struct walk *w, tanu_error *err)
{
	tanu_status st = TANU_OK;

	while (w->at < w->len && st == TANU_OK) {
		char *word = w->words[w->at++];

		if (w->args->verb && w->args->verb->flags & VERB_RAW)
			w->words[w->kept++] = word;
		else if (w->ended)
			st = walk_word(w, word, err);
		else if (strcmp(word, "--") == 0)
			w->ended = true;
		else if (strncmp(word, "--", 2) == 0)
			st = walk_option(w, word, err);
		else if (strcmp(word, "-h") == 0)
			w->args->help = true;
		else if (word[0] == '-' && word[1])
			st = tanu_fail(
			    err, TANU_ERR_USAGE, NULL,
			    "\"%s\" is not an option; options begin with two dashes, and a "
			    "file of this name is given as \"./%s\"",
			    word, word);
		else
			st = walk_word(w, word, err);
	}
	return st;
}

static tanu_status check_options(const struct args *args, tanu_error *err)
{
	const struct option_row *row;
	char title[VERB_TITLE_LEN];

	for (size_t i = 0; (row = verb_option(args->verb, i)); i++)
		if (row->required && !args->values[i])
			return tanu_fail(err, TANU_ERR_USAGE, NULL, "tanu %s needs --%s %s",
					 verb_title(args->verb, title), row->name, row->value);
	return TANU_OK;
}

static tanu_status check_operands(const struct args *args, tanu_error *err)
{
	const struct verb *verb = args->verb;
	bool none = verb->instead && args_has(args, verb->instead);
	size_t least = 0, most = 0;
	char title[VERB_TITLE_LEN];

	for (size_t i = 0; i < OPERANDS_MAX && verb->operands[i].name && !none; i++) {
		const struct operand_row *row = &verb->operands[i];

		least += row->min;
		most = row->max ? most + row->max : SIZE_MAX;
		if (args->operands_len < least)
			return tanu_fail(err, TANU_ERR_USAGE, NULL, "tanu %s needs %s: %s",
					 verb_title(verb, title), row->name, row->help);
	}
	/* The word itself is not repeated: it may be part of a name. */
	if (args->operands_len > most && none)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "tanu %s --%s takes nothing else beside it",
				 verb_title(verb, title), verb->instead);
	if (args->operands_len > most)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "tanu %s takes %zu %s, not %zu; what has spaces in it goes into "
				 "quotes",
				 verb_title(verb, title), most, most == 1 ? "word" : "words",
				 args->operands_len);
	return TANU_OK;
}

static bool early_has(const struct walk *w, const char *name)
{
	for (size_t i = 0; i < w->early_len; i += 2)
		if (strcmp(w->early[i], name) == 0)
			return true;
	return false;
}

/* After a word that was not understood: was an answer in JSON asked for anywhere on the line? */
static bool words_have_json(char *const *words, size_t len)
{
	for (size_t i = 0; i < len && strcmp(words[i], "--") != 0; i++)
		if (strcmp(words[i], "--json") == 0)
			return true;
	return false;
}

static tanu_status check_complete(const struct args *args, tanu_error *err)
{
	tanu_status st;

	if (!args->group)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "type a command; \"tanu --help\" lists them");
	if (!args->verb)
		return fail_action(args->group, NULL, err);
	if ((st = check_options(args, err)) < 0)
		return st;
	return check_operands(args, err);
}

tanu_status args_parse(struct args *out, char **words, size_t words_len, tanu_error *err)
{
	struct walk w = {.args = out, .words = words, .len = words_len};
	bool json_somewhere = words_have_json(words, words_len);
	tanu_status st;

	*out = (struct args){.operands = words};
	st = walk_all(&w, err);
	out->operands_len = w.kept;
	out->group = w.group;
	if (out->verb && out->verb->flags & VERB_RAW)
		return st;
	out->help = out->help || (out->verb ? args_has(out, "help") : early_has(&w, "help"));
	out->json = st < 0	? json_somewhere
		    : out->verb ? args_has(out, "json")
				: early_has(&w, "json");
	if (st < 0 || out->help)
		return st;
	return check_complete(out, err);
}
