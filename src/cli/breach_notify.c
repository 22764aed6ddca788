/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/breach.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

static tanu_status breach_notify(struct run *run, tanu_error *err)
{
	const char *how = args_get(&run->args, "how");
	struct breach_notice notice = {0};
	struct breach_view v;
	char hex[ID_HEX_LEN];
	tanu_status st;

	if (strlen(how) > BREACH_WORDS_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "how", "at most %d bytes", BREACH_WORDS_MAX);
	snprintf(notice.how, sizeof(notice.how), "%s", how);
	if ((st = service_breach_told_parse(&notice.whom, run->args.operands[1], err)) < 0 ||
	    (st = args_time(&notice.at_ms, &run->args, "at", err)) < 0 ||
	    (st = run_breach(run, &v, err)) < 0 ||
	    (st = service_breach_told(run->service, &v.id, &notice, err)) < 0)
		return st;
	id_hex(hex, &v.id);
	if ((st = service_breach_find(run->service, &v, hex, err)) < 0)
		return st;
	say(run, "Written.\n");
	say_breach_clock(run, &v);
	jw_breach(&run->jw, &v);
	return TANU_OK;
}

const struct verb verb_breach_notify = {
    .group = "breach",
    .action = "notify",
    .flags = VERB_SITE,
    .brief = "Record who was told of a breach, when and how",
    .about = "Tanu sends nothing by itself: it records that you did. The clock of the authority "
	     "stops with `authority`; where the profile asks for a second notice, with what was "
	     "found out, `result` stops that one (Russia).",
    .example = "tanu breach notify 5f1209ab authority --how \"through the portal, number 17\"",
    .operands = {{"BREACH", VALUE_WORD, 1, 1, "Its number, or the first digits"},
		 {"WHOM", VALUE_WORD, 1, 1, "authority, result, persons or other"}},
    .options = {{"how", VALUE_WORD, "TEXT", NULL, true, "How, and where that can be looked up"},
		{"at", VALUE_WORD, "TIME", NULL, false,
		 "When, \"YYYY-MM-DD HH:MM\" UTC; now if not given"}},
    .fields = {BREACH_FIELDS("")},
    .run = breach_notify,
};
