/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verb.h"

#include <string.h>

#define WORD_MAX 32 /* longer words are not guessed at */

/*
 * How many letters must be put in, left out, changed or swapped with their neighbour to make one
 * word of the other (optimal string alignment).
 */
static size_t word_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t d[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= a_len; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= b_len; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	}
	return d[a_len][b_len];
}

const char *nearest_word(const char *typed, const char *const *candidates)
{
	size_t typed_len = strlen(typed);
	size_t best = typed_len <= 3 ? 2 : 3; /* fewer changes than this */
	const char *found = NULL;

	if (typed_len == 0 || typed_len > WORD_MAX)
		return NULL;
	for (size_t i = 0; candidates[i]; i++) {
		size_t len = strlen(candidates[i]);
		size_t d;

		if (len > WORD_MAX)
			continue;
		d = word_distance(typed, typed_len, candidates[i], len);
		if (d < best) {
			best = d;
			found = candidates[i];
		}
	}
	return found;
}

tanu_status fail_unknown_verb(const char *word, tanu_error *err)
{
	const char *names[64] = {0};
	const char *near;
	size_t n = 0;

	for (size_t i = 0; verbs[i] && n + 1 < ARRAY_LEN(names); i++)
		if (!(verbs[i]->flags & VERB_HIDDEN))
			names[n++] = verbs[i]->group;
	near = nearest_word(word, names);
	if (near)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "there is no command \"%s\"; did you mean \"tanu %s\"?", word,
				 near);
	return tanu_fail(err, TANU_ERR_USAGE, NULL,
			 "there is no command \"%s\"; \"tanu --help\" lists all", word);
}

tanu_status fail_action(const char *group, const char *word, tanu_error *err)
{
	const char *names[16] = {0};
	const char *near = NULL;
	struct buf list = {.max = 256};
	tanu_status st;
	size_t n = 0;

	for (size_t i = 0; verbs[i] && n + 1 < ARRAY_LEN(names); i++) {
		if (strcmp(verbs[i]->group, group) != 0)
			continue;
		buf_printf(&list, "%s%s", n ? ", " : "", verbs[i]->action);
		names[n++] = verbs[i]->action;
	}
	if (word)
		near = nearest_word(word, names);
	if (near)
		st = tanu_fail(err, TANU_ERR_USAGE, NULL,
			       "there is no \"tanu %s %s\"; did you mean \"tanu %s %s\"?", group,
			       word, group, near);
	else
		st = tanu_fail(err, TANU_ERR_USAGE, NULL, "type one of these after \"tanu %s\": %s",
			       group, buf_cstr(&list));
	buf_free(&list);
	return st;
}

tanu_status fail_unknown_option(const struct verb *verb, const char *name, size_t len,
				tanu_error *err)
{
	const char *names[OPTIONS_MAX + 1] = {0};
	const struct option_row *row;
	char typed[WORD_MAX + 1] = "", title[VERB_TITLE_LEN];
	const char *near;

	for (size_t i = 0; (row = verb_option(verb, i)); i++)
		names[i] = row->name;
	if (len < sizeof(typed))
		memcpy(typed, name, len);
	near = nearest_word(typed, names);
	if (near)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "tanu %s has no option --%.*s; did you mean --%s?",
				 verb_title(verb, title), (int)len, name, near);
	return tanu_fail(err, TANU_ERR_USAGE, NULL,
			 "tanu %s has no option --%.*s; \"tanu %s --help\" lists them",
			 verb_title(verb, title), (int)len, name, title);
}
