/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/receipts.h"
#include "cli/verbs.h"

static tanu_status receipt_verify(struct run *run, tanu_error *err)
{
	struct receipts receipts;
	tanu_report *report = NULL;
	tanu_status st;

	if ((st = receipts_open(&receipts, run, err)) < 0 ||
	    (st = tanu_receipt_verify(&report, (const tanu_receipt *const *)receipts.at,
				      receipts.len, &receipts.options, err)) < 0)
		goto out;
	answer_findings_of(run, &receipts, report);
out:
	tanu_report_free(&report);
	receipts_close(&receipts);
	return st;
}

const struct verb verb_receipt_verify = {
    .group = "receipt",
    .action = "verify",
    .brief = "Check a receipt, without site and network",
    .about =
	"Checks what a receipt alone can show: that the site's log signed it, that its proofs lead "
	"to "
	"a head of the log that those vouch for whom the policy names, that each entry is the "
	"person's and says what the receipt says, and that what was agreed is what was logged.\n\n"
	"Exit code 0: nothing suspicious; 1: suspicious; 4: this is no receipt. What it can't show "
	"is printed with the answer; \"tanu receipt history\" shows more.",
    .example = "tanu receipt verify consent.tanu-receipt",
    .operands = {OPERAND_RECEIPTS},
    .options = {OPTION_RECEIPT_POLICY, OPTION_RECEIPT_LANGUAGE},
    .fields = {RECEIPT_REPORT_FIELDS},
    .run = receipt_verify,
};
