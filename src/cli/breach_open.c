/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/breach.h"
#include "cli/verbs.h"

#include <stdlib.h>

static tanu_status answer(struct run *run, const tanu_id *id, tanu_error *err)
{
	struct breach_view v;
	char hex[ID_HEX_LEN];
	tanu_status st;

	id_hex(hex, id);
	if ((st = service_breach_find(run->service, &v, hex, err)) < 0)
		return st;
	say(run, "Registered as %s; %zu %s it in their history.\n", hex, v.people,
	    v.people == 1 ? "person finds" : "people find");
	say_breach_clock(run, &v);
	say(run,
	    "Next: tanu breach draft %.8s --to authority --out FILE, and when it was sent "
	    "tanu breach notify %.8s authority --how TEXT\n",
	    hex, hex);
	jw_breach(&run->jw, &v);
	return TANU_OK;
}

static tanu_status breach_open(struct run *run, tanu_error *err)
{
	struct breach_order order;
	tanu_id *people = NULL, id = {0};
	tanu_status st;

	if ((st = run_site(run, err)) == TANU_OK &&
	    (st = breach_order_take(run, &order, &people, 0, err)) == TANU_OK &&
	    (st = service_breach_open(run->service, &id, &order, err)) == TANU_OK)
		st = answer(run, &id, err);
	free(people);
	return st;
}

const struct verb verb_breach_open = {
    .group = "breach",
    .action = "open",
    .flags = VERB_SITE,
    .brief = "Write down a breach of data protection",
    .about =
	"Writes into the register what happened, when it was noticed, what kinds of data are "
	"concerned and whose. It is sealed like all papers of the site. Each person named finds "
	"it in her history, which she can check against the public log; the log itself gets the "
	"number of breaches of each month.\n\nFrom the moment of noticing a clock runs, by the "
	"site's profile: settings breach.hours, breach.business_days, breach.result_hours. \"tanu "
	"doctor\" reminds of it. Write a breach down at once, with what is known; \"tanu breach "
	"update\" adds to it.",
    .example = "tanu breach open 3f9a41c2 --what \"The office laptop was stolen\" --kinds "
	       "names,history --noticed \"2026-11-26 09:00\"",
    .operands = {{"SUBJECT", VALUE_WORD, 0, 0, "Whom it concerns"}},
    .options = {{"what", VALUE_WORD, "TEXT", NULL, true, "What happened, in plain words"},
		{"kinds", VALUE_WORD, "KIND[,...]", NULL, true,
		 "names, papers, consents, history, references, passes, photographs, keys"},
		OPTIONS_BREACH},
    .fields = {BREACH_FIELDS("")},
    .run = breach_open,
};
