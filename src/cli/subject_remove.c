/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status subject_remove(struct run *run, tanu_error *err)
{
	struct erasure_receipt receipt = {0};
	tanu_id id;
	tanu_status st = run_subject(run, &id, err);

	if (st < 0)
		return st;
	if ((st = service_subject_remove(run->service, &receipt, &id, err)) < 0)
		return st;
	say(run, "Removed. What was stored about this person can no longer be opened.\n");
	answer_receipt(run, &receipt);
	return receipt_file(run, &receipt, err);
}

const struct verb verb_subject_remove = {
    .group = "subject",
    .action = "remove",
    .flags = VERB_SITE,
    .brief = "Remove a person: consents, reference, name and history",
    .about =
	"For a person who leaves. Destroys her keys, so that reference, name, consents and history "
	"can "
	"no longer be opened, then deletes the rows, and prints a receipt. It is done at once and "
	"cannot be taken back.\n\nTo take back only the consent, use \"tanu consent withdraw\".",
    .example = "tanu subject remove 3f9a41c2",
    .operands = {OPERAND_SUBJECT},
    .options = {OPTION_RECEIPT},
    .fields = {RECEIPT_FIELDS},
    .run = subject_remove,
};
