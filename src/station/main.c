/* SPDX-License-Identifier: Apache-2.0 */
#include "station/station.h"

#include "station/inside.h"

#include <stdio.h>
#include <string.h>

/* ---- the command line ---- */

static const char usage[] =
    "usage: tanu-gate --config FILE [COMMAND]\n"
    "  run                                   open the door for those who may pass (default)\n"
    "  check                                 look at picture, light, readers, door, clock, link\n"
    "  pair --code CODE --site URL           get to know the site, over the network\n"
    "  pair --code CODE --request FILE       or by files: what is carried to the site,\n"
    "  pair --code CODE --reply FILE         and its answer\n"
    "  lease FILE --keys FILE                take in a lease that was carried here\n"
    "  events --out FILE                     write what waits for the site to a file\n"
    "  events --taken NUMBER                 the site has everything up to this number\n"
    "  settings                              print gate.ini with all defaults\n"
    "  --picture                             draw the simulated door while it runs\n";

static bool option(struct call *c, int argc, char **argv, int *i)
{
	const struct {
		const char *name;
		const char **to;
	} options[] = {{"--config", &c->config},   {"--code", &c->code},   {"--site", &c->site},
		       {"--request", &c->request}, {"--reply", &c->reply}, {"--keys", &c->keys},
		       {"--out", &c->out},	   {"--taken", &c->taken}};

	for (size_t k = 0; k < ARRAY_LEN(options); k++)
		if (strcmp(argv[*i], options[k].name) == 0 && *i + 1 < argc) {
			*options[k].to = argv[++*i];
			return true;
		}
	if (strcmp(argv[*i], "--picture") == 0) {
		c->picture = true;
		return true;
	}
	return false;
}

static bool call_parse(struct call *c, int argc, char **argv)
{
	*c = (struct call){0};
	for (int i = 1; i < argc; i++) {
		if (option(c, argc, argv, &i))
			continue;
		if (argv[i][0] == '-')
			return false;
		if (!c->verb)
			c->verb = argv[i];
		else if (!c->operand)
			c->operand = argv[i];
		else
			return false;
	}
	if (!c->verb)
		c->verb = "run";
	return c->config || strcmp(c->verb, "settings") == 0;
}

/* ---- settings ---- */

static tanu_status run_settings(tanu_error *err)
{
	const struct setting_row *rows;
	char section[64] = "";
	size_t count;

	(void)err;
	rows = gate_settings(&count);
	for (size_t i = 0; i < count; i++) {
		const char *dot = strchr(rows[i].name, '.');
		size_t len = (size_t)(dot - rows[i].name);

		if (strncmp(section, rows[i].name, len) != 0 || section[len]) {
			snprintf(section, sizeof(section), "%.*s", (int)len, rows[i].name);
			printf("%s[%s]\n", i ? "\n" : "", section);
		}
		printf("; %s%s%s\n; %s = %s\n", rows[i].help, *rows[i].unit ? ", " : "",
		       rows[i].unit, dot + 1, rows[i].value);
	}
	return TANU_OK;
}

/* ---- main ---- */

static tanu_status run_verb(struct station *b, tanu_error *err)
{
	const char *verb = b->call->verb;

	if (strcmp(verb, "run") == 0)
		return run_gate(b, err);
	if (strcmp(verb, "check") == 0)
		return run_check(b, err);
	if (strcmp(verb, "pair") == 0)
		return run_pair(b, err);
	if (strcmp(verb, "lease") == 0)
		return run_lease(b, err);
	if (strcmp(verb, "events") == 0)
		return run_events(b, err);
	return tanu_fail(err, TANU_ERR_USAGE, verb,
			 "say run, check, pair, lease, events or settings");
}

int station_main(int argc, char **argv)
{
	tanu_error err = {0};
	struct call call;
	struct station box = {.speech = -1, .lock = {.fd = -1}};
	tanu_status st;

	os_harden_process();
	if (!call_parse(&call, argc, argv)) {
		fputs(usage, stderr);
		return TANU_EXIT_USAGE;
	}
	if (strcmp(call.verb, "settings") == 0)
		st = run_settings(&err);
	else if ((st = station_open(&box, &call, &err)) == TANU_OK)
		st = run_verb(&box, &err);
	station_close(&box);
	if (st < 0)
		fprintf(stderr, "tanu-gate: %s%s%s (%s)\n", err.place, err.place[0] ? ": " : "",
			err.message, tanu_error_name(err.code));
	return (int)tanu_exit_for(st);
}
