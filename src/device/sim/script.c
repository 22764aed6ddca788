/* SPDX-License-Identifier: Apache-2.0 */
/* A script is read and checked as a whole before anything moves. */
#include "device/sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIME_MAX ((int64_t)7 * 86400 * 1000)

static tanu_status wrong_line(tanu_error *err, size_t line, const char *what)
{
	char place[32];

	snprintf(place, sizeof(place), "line %zu", line);
	return tanu_fail(err, TANU_ERR_FORMAT, place, "%s", what);
}

/* The milliseconds at the front; `*at` moves behind them. */
static bool read_time(const char **at, int64_t *out)
{
	const char *p = *at;
	int64_t v = 0;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		v = v * 10 + (*p - '0');
		if (v > TIME_MAX)
			return false;
	}
	*at = p;
	*out = v;
	return *p == ' ' || *p == '\t';
}

static tanu_status read_line(struct sim_world *w, const char *line, size_t number, tanu_error *err)
{
	int64_t at_ms, before = w->acts_len ? w->acts[w->acts_len - 1].at_ms : 0;

	line += strspn(line, " \t\r");
	if (*line == '\0' || *line == '#')
		return TANU_OK;
	if (w->acts_len == SIM_ACTS_MAX)
		return wrong_line(err, number, "a script has at most 20000 acts");
	if (!read_time(&line, &at_ms))
		return wrong_line(err, number, "a line begins with milliseconds, up to a week");
	if (at_ms < before)
		return wrong_line(err, number, "times may not go back");
	if (sim_act_check(line, NULL) < 0)
		return wrong_line(err, number, "these words are no act: see docs/devices.md");
	w->acts[w->acts_len++] = (struct sim_act){.at_ms = at_ms, .words = line};
	return TANU_OK;
}

static size_t count_lines(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == '\n';
	return n < SIM_ACTS_MAX ? n : SIM_ACTS_MAX;
}

static tanu_status read_script(struct sim_world *w, tanu_error *err)
{
	char *line = w->script;
	tanu_status st = TANU_OK;

	if (!(w->acts = calloc(count_lines(w->script), sizeof(w->acts[0]))))
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "script", "not enough memory");
	for (size_t number = 1; line && st >= 0; number++) {
		char *end = strchr(line, '\n');

		if (end)
			*end++ = '\0';
		st = read_line(w, line, number, err);
		line = end;
	}
	return st;
}

static struct sim_world *new_world(const char *script, size_t script_len)
{
	struct sim_world *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->script = malloc(script_len + 1);
	w->shown = calloc(SIM_EVENTS_MAX, sizeof(w->shown[0]));
	if (!w->script || !w->shown) {
		sim_world_close(&w);
		return NULL;
	}
	memcpy(w->script, script, script_len);
	w->script[script_len] = '\0';
	w->opens_at_ms = w->shuts_at_ms = INT64_MAX;
	return w;
}

tanu_status sim_world_open(struct sim_world **out, const char *script, size_t script_len,
			   tanu_error *err)
{
	struct sim_world *w;
	tanu_status st;

	if (script_len > SIM_SCRIPT_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "script", "it has more than 1 MiB");
	if (memchr(script, '\0', script_len))
		return tanu_fail(err, TANU_ERR_FORMAT, "script", "it is no text");
	if (!(w = new_world(script, script_len)))
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "script", "not enough memory");
	if ((st = read_script(w, err)) < 0)
		sim_world_close(&w);
	else
		*out = w;
	return st;
}

void sim_world_close(struct sim_world **world)
{
	struct sim_world *w = *world;

	if (!w)
		return;
	if (w->shown)
		mem_wipe(w->shown, SIM_EVENTS_MAX * sizeof(w->shown[0]));
	free(w->script);
	free(w->acts);
	free(w->shown);
	free(w);
	*world = NULL;
}
