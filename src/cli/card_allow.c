/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

static tanu_status card_allow(struct run *run, tanu_error *err)
{
	const char *zones = args_get(&run->args, "zone"), *waiver = args_get(&run->args, "waiver");
	struct access_view access = {0};
	tanu_id id;
	tanu_status st;

	if ((st = run_subject(run, &id, err)) < 0 ||
	    (st = service_access_get(run->service, &access, &id, err)) < 0)
		return st;
	if (zones) {
		access.barred = strcmp(zones, "none") == 0;
		snprintf(access.zones, sizeof(access.zones), "%s",
			 access.barred || strcmp(zones, "all") == 0 ? "" : zones);
	}
	if (waiver)
		access.waiver = strcmp(waiver, "yes") == 0;
	if ((st = service_access_set(run->service, &id, &access, err)) < 0)
		return st;
	say(run, "Zones: %s. Waiver: %s.\n",
	    access.barred     ? "none"
	    : access.zones[0] ? access.zones
			      : "all",
	    access.waiver ? "yes" : "no");
	jw_id(&run->jw, "subject", &id);
	jw_text(&run->jw, "zones", access.zones);
	jw_bool(&run->jw, "barred", access.barred);
	jw_bool(&run->jw, "waiver", access.waiver);
	return TANU_OK;
}

const struct verb verb_card_allow = {
    .group = "card",
    .action = "allow",
    .flags = VERB_SITE,
    .brief = "Say which zones a person may enter",
    .about =
	"Without it she may enter every zone that her card, pass or consent reaches. A waiver "
	"is for those whose eyes can't give evidence of life (blind, prosthetic): a PIN or the "
	"guard's look replaces it.",
    .example = "tanu card allow 3f9a41c2 --zone main,lab",
    .operands = {OPERAND_SUBJECT},
    .options = {{"zone", VALUE_WORD, "ZONES", NULL, false, "a,b,c; \"all\"; or \"none\""},
		{"waiver", VALUE_CHOICE, "WORD", "yes no", false,
		 "Her eyes can't give evidence of life"}},
    .fields = {{"subject", "the person's id"},
	       {"zones", "zones, a,b,c; empty: every zone"},
	       {"barred", "true: she may enter no zone"},
	       {"waiver", "true: her eyes give no evidence of life"}},
    .run = card_allow,
};
