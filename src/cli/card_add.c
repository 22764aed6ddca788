/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

static tanu_status card_add(struct run *run, tanu_error *err)
{
	struct card_view view = {0};
	tanu_date from, until;
	tanu_id id;
	tanu_status st;

	if ((st = date_option(&from, run, "from", err)) < 0 ||
	    (st = date_option(&until, run, "until", err)) < 0 ||
	    (st = run_subject(run, &id, err)) < 0 ||
	    (st = service_card_add(run->service, &view, &id, run->args.operands[1], from, until,
				   err)) < 0)
		return st;
	say(run, "Card %s is hers. The gates get it with the next change of their lease.\n",
	    view.text);
	jw_id(&run->jw, "subject", &id);
	jw_id(&run->jw, "card", &view.id);
	jw_text(&run->jw, "number", view.text);
	return TANU_OK;
}

const struct verb verb_card_add = {
    .group = "card",
    .action = "add",
    .flags = VERB_SITE,
    .brief = "Give a person a card",
    .about = "A card says who she claims to be; alone it opens nothing: with it belongs her face, "
	     "her PIN or the guard's look. Its number is sealed with her name, and gates get a "
	     "keyed digest of it. One card belongs to one person.",
    .example = "tanu card add 3f9a41c2 26:12:34567",
    .operands = {OPERAND_SUBJECT,
		 {"CARD", VALUE_WORD, 1, 1,
		  "LAYOUT:SITE:NUMBER or LAYOUT:NUMBER (layouts 26, 34, 37, 26n, 34n, 37n), "
		  "code:DIGITS, or bits:COUNT:HEX"}},
    .options = {{"from", VALUE_WORD, "DATE", NULL, false, "First day, YYYY-MM-DD"},
		{"until", VALUE_WORD, "DATE", NULL, false, "Last day, YYYY-MM-DD"}},
    .fields = {{"subject", "the person's id"},
	       {"card", "id of the entry"},
	       {"number", "the card, as given"}},
    .run = card_add,
};
