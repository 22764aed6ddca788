/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status consent_withdraw(struct run *run, tanu_error *err)
{
	const char *purposes = args_get(&run->args, "purpose");
	struct erasure_receipt receipt = {0};
	unsigned set = 0;
	tanu_id id;
	tanu_status st = purposes ? tanu_purposes_parse(&set, purposes, err) : TANU_OK;

	if (st < 0)
		return st;
	if ((st = run_subject(run, &id, err)) < 0)
		return st;
	if ((st = service_consent_withdraw(run->service, &receipt, &id, set, err)) < 0)
		return st;
	say(run, receipt.purposes
		     ? "Withdrawn. From this instant nothing matches for these purposes.\n"
		     : "There was no live consent to withdraw.\n");
	answer_receipt(run, &receipt);
	return TANU_OK;
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
	     "no reason is asked.",
    .example = "tanu consent withdraw 3f9a41c2",
    .operands = {OPERAND_SUBJECT},
    .options = {{"purpose", VALUE_WORD, "PURPOSE[,...]", NULL, false,
		 "Only these purposes; without it all of them"}},
    .fields = {RECEIPT_FIELDS},
    .run = consent_withdraw,
};
