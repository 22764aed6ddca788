/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct setting_row *find_row(const struct settings *s, const char *name, size_t *index)
{
	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(s->rows[i].name, name) == 0) {
			*index = i;
			return &s->rows[i];
		}
	}
	return NULL;
}

static bool is_yes(const char *v)
{
	return !strcmp(v, "yes") || !strcmp(v, "true") || !strcmp(v, "on") || !strcmp(v, "1");
}

static bool is_no(const char *v)
{
	return !strcmp(v, "no") || !strcmp(v, "false") || !strcmp(v, "off") || !strcmp(v, "0");
}

static tanu_status check_number(const struct setting_row *row, const char *value, tanu_error *err)
{
	char *end = NULL;
	double v;

	errno = 0;
	v = strtod(value, &end);
	if (end == value || *end || errno || !isfinite(v))
		return tanu_fail(err, TANU_ERR_SETTING, row->name, "\"%s\" is not a number", value);
	if (row->kind == SETTING_INT && v != floor(v))
		return tanu_fail(err, TANU_ERR_SETTING, row->name, "\"%s\" is not a whole number",
				 value);
	if (v < row->min || v > row->max)
		return tanu_fail(err, TANU_ERR_SETTING, row->name,
				 "%s is outside %g to %g%s%s; the default is %s", value, row->min,
				 row->max, *row->unit ? " " : "", row->unit, row->value);
	return TANU_OK;
}

static tanu_status put_value(struct settings *s, const char *name, const char *value, bool given,
			     tanu_error *err)
{
	size_t i = 0;
	const struct setting_row *row = find_row(s, name, &i);
	tanu_status st = TANU_OK;

	if (!row)
		return tanu_fail(err, TANU_ERR_SETTING, name, "there is no setting of this name");
	if (strlen(value) >= sizeof(s->values[i]))
		return tanu_fail(err, TANU_ERR_SETTING, name, "longer than %zu bytes",
				 sizeof(s->values[i]) - 1);
	if (row->kind == SETTING_INT || row->kind == SETTING_FLOAT)
		st = check_number(row, value, err);
	else if (row->kind == SETTING_BOOL && !is_yes(value) && !is_no(value))
		st = tanu_fail(err, TANU_ERR_SETTING, name, "\"%s\" is neither yes nor no", value);
	if (st < 0 || (!given && s->given[i]))
		return st;
	snprintf(s->values[i], sizeof(s->values[i]), "%s", value);
	s->given[i] = given;
	return TANU_OK;
}

tanu_status settings_set(struct settings *s, const char *name, const char *value, tanu_error *err)
{
	return put_value(s, name, value, true, err);
}

tanu_status settings_default(struct settings *s, const char *name, const char *value,
			     tanu_error *err)
{
	return put_value(s, name, value, false, err);
}

tanu_status settings_init(struct settings *s, const struct setting_row *rows, size_t count,
			  tanu_error *err)
{
	*s = (struct settings){.rows = rows, .count = count};
	s->values = calloc(count, sizeof(*s->values));
	s->given = calloc(count, sizeof(*s->given));
	if (!s->values || !s->given) {
		settings_free(s);
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for settings");
	}
	for (size_t i = 0; i < count; i++) {
		tanu_status st = settings_default(s, rows[i].name, rows[i].value, err);

		if (st < 0) {
			settings_free(s);
			return st;
		}
	}
	return TANU_OK;
}

void settings_free(struct settings *s)
{
	free(s->values);
	free(s->given);
	*s = (struct settings){0};
}

const char *settings_text(const struct settings *s, const char *name)
{
	size_t i = 0;
	const struct setting_row *row = find_row(s, name, &i);

	assert(row && "the setting must be in the table");
	return row ? s->values[i] : "";
}

int64_t settings_int(const struct settings *s, const char *name)
{
	return strtoll(settings_text(s, name), NULL, 10);
}

double settings_float(const struct settings *s, const char *name)
{
	return strtod(settings_text(s, name), NULL);
}

bool settings_bool(const struct settings *s, const char *name)
{
	return is_yes(settings_text(s, name));
}

bool settings_given(const struct settings *s, const char *name)
{
	size_t i = 0;
	const struct setting_row *row = find_row(s, name, &i);

	assert(row && "the setting must be in the table");
	return row && s->given[i];
}
