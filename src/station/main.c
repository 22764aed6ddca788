/* SPDX-License-Identifier: Apache-2.0 */
#include "station/station.h"

#include "station/inside.h"

#include <stdio.h>
#include <string.h>

/* ---- the command line ---- */

const struct command commands[] = {
    {"run", "run", "open the door for those who may pass (default)", run_gate},
    {"check", "check [--json]", "look at picture, light, readers, door, clock, link", run_check},
    {"pair", "pair --code CODE --site URL", "get to know the site, over the network", run_pair},
    {"pair", "pair --code CODE --request FILE", "or by files: what is carried to the site,",
     run_pair},
    {"pair", "pair --code CODE --reply FILE", "and its answer", run_pair},
    {"lease", "lease FILE --keys FILE", "take in a lease that was carried here", run_lease},
    {"events", "events --out FILE", "write what waits for the site to a file", run_events},
    {"events", "events --taken NUMBER", "the site has everything up to this number", run_events},
    {"reader-pair", "reader-pair NUMBER", "give an OSDP reader from the factory its own key",
     run_reader},
    {"reader-rekey", "reader-rekey NUMBER", "give it another one", run_reader},
    {"settings", "settings", "print gate.ini with all defaults", NULL},
};
const size_t commands_len = ARRAY_LEN(commands);

static void tell_usage(FILE *to)
{
	fputs("usage: tanu-gate --config FILE [COMMAND]\n", to);
	for (size_t i = 0; i < commands_len; i++)
		fprintf(to, "  %-37s %s\n", commands[i].words, commands[i].help);
	fputs("  --picture                             draw the simulated door while it runs\n"
	      "  --help, --version\n",
	      to);
}

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
	if (strcmp(argv[*i], "--picture") == 0)
		c->picture = true;
	else if (strcmp(argv[*i], "--json") == 0)
		c->json = true;
	else if (strcmp(argv[*i], "--help") == 0 || strcmp(argv[*i], "--version") == 0)
		c->only_tell = (unsigned char)argv[*i][2];
	else
		return false;
	return true;
}

/* These look at no folder. */
static bool needs_config(const struct call *c)
{
	return !c->only_tell && strcmp(c->verb, "settings") != 0 &&
	       strcmp(c->verb, "__reference") != 0;
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
	return c->config || !needs_config(c);
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

static const struct command *command_of(const char *verb)
{
	for (size_t i = 0; i < commands_len; i++)
		if (strcmp(commands[i].verb, verb) == 0)
			return &commands[i];
	return NULL;
}

static tanu_status run_bare(const struct call *call, tanu_error *err)
{
	if (call->only_tell == 'h')
		tell_usage(stdout);
	else if (call->only_tell)
		puts(STATION_PROGRAM);
	else if (strcmp(call->verb, "__reference") == 0)
		return run_reference(call->operand, err);
	else
		return run_settings(err);
	return TANU_OK;
}

static tanu_status run_verb(struct station *box, const struct call *call, tanu_error *err)
{
	const struct command *command = command_of(call->verb);
	tanu_status st;

	if (!command)
		return tanu_fail(err, TANU_ERR_USAGE, call->verb,
				 "there is no such command: see tanu-gate --help");
	st = station_open(box, call, err);
	return st < 0 ? st : command->run(box, err);
}

int station_main(int argc, char **argv)
{
	tanu_error err = {0};
	struct call call;
	struct station box = {.speech = -1, .lock = {.fd = -1}};
	tanu_status st;

	os_harden_process();
	if (!call_parse(&call, argc, argv)) {
		tell_usage(stderr);
		return TANU_EXIT_USAGE;
	}
	st = needs_config(&call) ? run_verb(&box, &call, &err) : run_bare(&call, &err);
	station_close(&box);
	if (st < 0)
		fprintf(stderr, "tanu-gate: %s%s%s (%s)\n", err.place, err.place[0] ? ": " : "",
			err.message, tanu_error_name(err.code));
	return (int)tanu_exit_for(st);
}
