/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/breach.h"
#include "cli/verbs.h"

#include <stdlib.h>

static tanu_status breach_update(struct run *run, tanu_error *err)
{
	struct breach_order order;
	tanu_id *people = NULL;
	struct breach_view v;
	char hex[ID_HEX_LEN];
	tanu_status st;

	if ((st = run_breach(run, &v, err)) < 0 ||
	    (st = breach_order_take(run, &order, &people, 1, err)) < 0 ||
	    (st = service_breach_update(run->service, &v.id, &order, err)) < 0)
		goto out;
	id_hex(hex, &v.id);
	if ((st = service_breach_find(run->service, &v, hex, err)) < 0)
		goto out;
	say(run, "Written; %zu %s it in their history.\n", v.people,
	    v.people == 1 ? "person finds" : "people find");
	say_breach_clock(run, &v);
	jw_breach(&run->jw, &v);
out:
	free(people);
	return st;
}

const struct verb verb_breach_update = {
    .group = "breach",
    .action = "update",
    .flags = VERB_SITE,
    .brief = "Add to a breach what became known since",
    .about = "Changes the texts that are given, adds kinds of data and people. Whoever is added "
	     "finds the breach in her history. --noticed sets the clock anew.",
    .example = "tanu breach update 5f1209ab 3f9a41c2 --measures \"All passes were replaced\"",
    .operands = {{"BREACH", VALUE_WORD, 1, 1, "Its number, or the first digits"},
		 {"SUBJECT", VALUE_WORD, 0, 0, "Whom it concerns as well"}},
    .options = {{"what", VALUE_WORD, "TEXT", NULL, false, "What happened, in plain words"},
		{"kinds", VALUE_WORD, "KIND[,...]", NULL, false,
		 "These too: names, papers, consents, history, references, passes, photographs, "
		 "keys"},
		OPTIONS_BREACH},
    .fields = {BREACH_FIELDS("")},
    .run = breach_update,
};
