/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verb.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct option_row options_common[] = {
    {"json", VALUE_NONE, NULL, NULL, false, "Print one JSON object for programs"},
    {"help", VALUE_NONE, NULL, NULL, false, "Explain this command"},
    {0},
};

const struct option_row options_site[] = {
    {"data", VALUE_DIR, "DIR", NULL, false,
     "The data folder; without it TANU_DATA, then the working directory"},
    {0},
};

/* The index-th named row of a table, counting down `index` past the tables before it. */
static const struct option_row *row_at(const struct option_row *rows, size_t max, size_t *index)
{
	for (size_t i = 0; i < max && rows[i].name; i++)
		if ((*index)-- == 0)
			return &rows[i];
	return NULL;
}

const struct option_row *verb_option(const struct verb *verb, size_t index)
{
	const struct option_row *row = row_at(verb->options, OPTIONS_MAX, &index);

	if (!row && verb->flags & VERB_SITE)
		row = row_at(options_site, ARRAY_LEN(options_site), &index);
	if (!row)
		row = row_at(options_common, ARRAY_LEN(options_common), &index);
	return row;
}

const char *verb_title(const struct verb *verb, char out[VERB_TITLE_LEN])
{
	snprintf(out, VERB_TITLE_LEN, "%s%s%s", verb->group, verb->action ? " " : "",
		 verb->action ? verb->action : "");
	return out;
}

const struct verb *verb_group(const char *group)
{
	for (size_t i = 0; verbs[i]; i++)
		if (strcmp(verbs[i]->group, group) == 0)
			return verbs[i];
	return NULL;
}

const struct verb *verb_group_at(size_t index)
{
	for (size_t i = 0; verbs[i]; i++) {
		if (verbs[i]->flags & VERB_HIDDEN || verb_group(verbs[i]->group) != verbs[i])
			continue;
		if (index-- == 0)
			return verbs[i];
	}
	return NULL;
}

const struct verb *verb_find(const char *group, const char *action)
{
	for (size_t i = 0; verbs[i]; i++)
		if (verbs[i]->action && strcmp(verbs[i]->group, group) == 0 &&
		    strcmp(verbs[i]->action, action) == 0)
			return verbs[i];
	return NULL;
}

const char *args_get(const struct args *args, const char *name)
{
	const struct option_row *row;
	size_t i = 0;

	while ((row = verb_option(args->verb, i)) && strcmp(row->name, name) != 0)
		i++;
	assert(row); /* an option of this verb */
	return row ? args->values[i] : NULL;
}

bool args_has(const struct args *args, const char *name)
{
	return args_get(args, name) != NULL;
}

tanu_status args_date(tanu_date *out, const struct args *args, const char *name, tanu_error *err)
{
	const char *text = args_get(args, name);

	if (!text || !date_parse(out, text))
		return tanu_fail(err, TANU_ERR_DATE, NULL,
				 "--%s wants a date like 2027-06-30 (year-month-day)", name);
	return TANU_OK;
}

tanu_status args_real(double *out, const struct args *args, const char *name, double min,
		      double max, tanu_error *err)
{
	const char *text = args_get(args, name);
	char *end = NULL;
	double v = text ? strtod(text, &end) : NAN;

	if (!text || end == text || *end || !(v >= min && v <= max))
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "--%s wants a number from %g to %g",
				 name, min, max);
	*out = v;
	return TANU_OK;
}
