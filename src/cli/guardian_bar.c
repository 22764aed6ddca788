/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/guardian.h"
#include "cli/verbs.h"

static tanu_status guardian_bar(struct run *run, tanu_error *err)
{
	struct erasure_receipt receipt = {0};
	struct guardian_bar bar = {0};
	char from[DATE_TEXT_LEN];
	tanu_status st;

	if ((st = args_date(&bar.from, &run->args, "from", err)) < 0 ||
	    (st = document_option(bar.document, &run->args, err)) < 0 ||
	    (st = run_family(run, &bar.child, &bar.guardian, err)) < 0 ||
	    (st = service_guardian_bar(run->service, &receipt, &bar, err)) < 0)
		return st;
	say(run, "From %s on this guardian has neither sight nor say for that child.\n",
	    date_text(from, bar.from));
	if (receipt.purposes)
		say(run, "What she had agreed to has lapsed: ask another guardian.\n");
	answer_receipt(run, &receipt);
	return TANU_OK;
}

const struct verb verb_guardian_bar = {
    .group = "guardian",
    .action = "bar",
    .flags = VERB_SITE,
    .brief = "Record that a court took a guardian's rights for a child",
    .about =
	"From the given day on she can neither consent nor refuse for this child. Consents "
	"and refusals of hers lapse; what they alone covered is erased, and another guardian is "
	"to be asked. The child's key to the public log is renewed, so that the barred "
	"guardian reads nothing of what comes after. The SHA-256 of the court's decision is "
	"kept, not the paper.",
    .example = "tanu guardian bar 3f9a41c2 77ab01de --document decision.pdf --from 2026-09-01",
    .operands = {OPERAND_CHILD, OPERAND_GUARDIAN},
    .options = {{"document", VALUE_FILE, "FILE", NULL, true, "The court's decision"},
		{"from", VALUE_WORD, "DATE", NULL, true,
		 "First day on which it holds, YYYY-MM-DD, UTC"}},
    .fields = {RECEIPT_FIELDS},
    .run = guardian_bar,
};
