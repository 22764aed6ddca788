/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/codec.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct load {
	struct settings next; /* becomes the caller's when the whole file is fine */
	bool *seen;	      /* one per row */
	const char *p, *end;
	size_t line;
	tanu_error err; /* the first of ours */
};

static size_t row_index(const struct settings *s, const char *name)
{
	size_t i = 0;

	while (i < s->count && strcmp(s->rows[i].name, name) != 0)
		i++;
	return i;
}

static int on_setting(void *self, const char *section, const char *key, const char *value)
{
	struct load *load = self;
	char name[128];
	size_t i;

	snprintf(name, sizeof(name), "%s%s%s", section, *section ? "." : "", key);
	if (settings_set(&load->next, name, value, &load->err) < 0)
		return 0;
	i = row_index(&load->next, name);
	if (load->seen[i]) {
		tanu_fail(&load->err, TANU_ERR_SETTING, name, "is set twice");
		return 0;
	}
	load->seen[i] = true;
	return 1;
}

/* Hands libinih one line. It would split what is longer than its buffer, so that is refused. */
static char *next_line(char *out, int size, void *self)
{
	struct load *load = self;
	const char *newline;
	size_t len;

	if (load->err.status < 0 || load->p == load->end)
		return NULL;
	newline = memchr(load->p, '\n', (size_t)(load->end - load->p));
	len = (size_t)((newline ? newline + 1 : load->end) - load->p);
	load->line++;
	if (len >= (size_t)size)
		tanu_fail(&load->err, TANU_ERR_SETTING, NULL, "longer than %d bytes", size - 2);
	else if (memchr(load->p, '\0', len) || !utf8_valid(load->p, len))
		tanu_fail(&load->err, TANU_ERR_SETTING, NULL, "not UTF-8 text");
	if (load->err.status < 0)
		return NULL;
	memcpy(out, load->p, len);
	out[len] = '\0';
	load->p += len;
	return out;
}

static tanu_status fail_line(const char *name, size_t line, const tanu_error *inner,
			     tanu_error *err)
{
	char place[32];

	snprintf(place, sizeof(place), "line %zu", line);
	if (inner->place[0])
		tanu_fail(err, inner->code, place, "%s: %s", inner->place, inner->message);
	else
		tanu_fail(err, inner->code, place, "%s", inner->message);
	error_prefix_place(err, name);
	return inner->status;
}

static tanu_status parse(struct load *load, const char *name, tanu_error *err)
{
	int bad_line = ini_parse_stream(next_line, load, on_setting, load);

	if (bad_line < 0)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, name, "not enough memory");
	/* A line that libinih itself does not understand does not stop it: what comes after may
	 * have been refused by us, but the first fault is the one to name. */
	if (bad_line > 0 && (load->err.status >= 0 || (size_t)bad_line < load->line)) {
		tanu_fail(&load->err, TANU_ERR_SETTING, NULL, "neither [section] nor key = value");
		return fail_line(name, (size_t)bad_line, &load->err, err);
	}
	if (load->err.status < 0)
		return fail_line(name, load->line, &load->err, err);
	return TANU_OK;
}

static void take(struct settings *settings, const struct load *load)
{
	memcpy(settings->values, load->next.values, settings->count * sizeof(*settings->values));
	for (size_t i = 0; i < settings->count; i++)
		settings->given[i] |= load->seen[i];
}

tanu_status ini_load(struct settings *settings, const char *text, size_t text_len, const char *name,
		     tanu_error *err)
{
	struct load load = {.next = *settings, .p = text, .end = text + text_len};
	size_t bytes = settings->count * sizeof(*settings->values);
	tanu_status st;

	load.seen = calloc(settings->count + 1, sizeof(*load.seen));
	load.next.values = malloc(bytes + 1);
	load.next.given = calloc(settings->count + 1, sizeof(*load.next.given));
	if (!load.seen || !load.next.values || !load.next.given) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, name, "not enough memory");
		goto out;
	}
	memcpy(load.next.values, settings->values, bytes);
	if ((st = parse(&load, name, err)) == TANU_OK)
		take(settings, &load);
out:
	free(load.next.values);
	free(load.next.given);
	free(load.seen);
	return st;
}
