/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status consent_withdraw(struct run *run, tanu_error *err)
{
	struct erasure_receipt receipt = {0};
	struct consent_say saying = {0};
	tanu_status st;

	if ((st = purposes_option(&saying.purposes, &run->args, err)) < 0 ||
	    (st = run_subject(run, &saying.subject, err)) < 0 ||
	    (st = giver_parse(run, &saying.by, &saying.guardian, err)) < 0 ||
	    (st = service_consent_withdraw_by(run->service, &receipt, &saying, err)) < 0)
		return st;
	say(run, receipt.purposes
		     ? "Withdrawn. From this instant nothing matches for these purposes.\n"
		     : "There was no live consent to withdraw.\n");
	answer_receipt(run, &receipt);
	return receipt_file(run, &receipt, err);
}

const struct verb verb_consent_withdraw = {
    .group = "consent",
    .action = "withdraw",
    .flags = VERB_SITE,
    .brief = "Withdraw consent and erase what it covered",
    .about = "Ends the consent at once. When no other live consent covers the person's reference "
	     "any more, "
	     "its key is destroyed and its row deleted, and the receipt says so. Nothing else is "
	     "needed and "
	     "no reason is asked.\n\nAny guardian may withdraw what another one gave, and a child "
	     "herself, at any age. Then the no stands like a refusal: only who said it can take it "
	     "back (--by says who it is).",
    .example = "tanu consent withdraw 3f9a41c2",
    .operands = {OPERAND_SUBJECT},
    .options = {{"by", VALUE_CHOICE, "WHO", "self child guardian", false,
		 "Who withdraws; without it nobody is named, and of a minor nothing is remembered"},
		OPTION_GUARDIAN,
		{"purpose", VALUE_WORD, "PURPOSE[,...]", NULL, false,
		 "Only these purposes; without it all of them"},
		OPTION_RECEIPT},
    .fields = {RECEIPT_FIELDS},
    .run = consent_withdraw,
};
