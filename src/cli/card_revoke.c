/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

static tanu_status card_revoke(struct run *run, tanu_error *err)
{
	const char *card = args_get(&run->args, "card");
	size_t revoked = 0;
	tanu_id id;
	tanu_status st;

	if ((st = run_subject(run, &id, err)) < 0 ||
	    (st = service_card_revoke(run->service, &revoked, &id, card, err)) < 0)
		return st;
	say(run, "Revoked: %zu card%s.\n", revoked, revoked == 1 ? "" : "s");
	jw_id(&run->jw, "subject", &id);
	jw_int(&run->jw, "revoked", (int64_t)revoked);
	return TANU_OK;
}

const struct verb verb_card_revoke = {
    .group = "card",
    .action = "revoke",
    .flags = VERB_SITE,
    .brief = "Block a lost or stolen card",
    .about = "Gates learn of it with the next change of their lease, in seconds when they are "
	     "online. The card may be given to somebody else afterwards.",
    .example = "tanu card revoke 3f9a41c2 --card 26:12:34567",
    .operands = {OPERAND_SUBJECT},
    .options = {{"card", VALUE_WORD, "CARD", NULL, false,
		 "Only this card; without it all that she has"}},
    .fields = {{"subject", "the person's id"}, {"revoked", "how many were valid until now"}},
    .run = card_revoke,
};
