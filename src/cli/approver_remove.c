/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status approver_remove(struct run *run, tanu_error *err)
{
	tanu_status st = run_site(run, err);

	if (st < 0 || (st = service_approver_remove(run->service, run->args.operands[0], err)) < 0)
		return st;
	say(run, "Removed, and stated in the public log. Her approvals count no more.\n");
	jw_clean(&run->jw, "name", run->args.operands[0]);
	return TANU_OK;
}

const struct verb verb_approver_remove = {
    .group = "approver",
    .action = "remove",
    .flags = VERB_SITE,
    .brief = "Take back somebody's right to approve disclosures",
    .about =
	"From now on none of her approvals counts, also those of disclosures that are not released "
	"yet. The removal stands in the public log.",
    .example = "tanu approver remove headmistress",
    .operands = {{"NAME", VALUE_WORD, 1, 1, "Her name, as tanu approver list shows it"}},
    .fields = {{"name", "whose key was removed"}},
    .run = approver_remove,
};
