/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/guardian.h"
#include "cli/verbs.h"

static tanu_status guardian_remove(struct run *run, tanu_error *err)
{
	tanu_id child, guardian;
	tanu_status st;

	if ((st = run_family(run, &child, &guardian, err)) < 0 ||
	    (st = service_guardian_remove(run->service, &child, &guardian, err)) < 0)
		return st;
	say(run, "Removed. She speaks for that child no more, and its log key is renewed.\n");
	jw_id(&run->jw, "child", &child);
	jw_id(&run->jw, "guardian", &guardian);
	return TANU_OK;
}

const struct verb verb_guardian_remove = {
    .group = "guardian",
    .action = "remove",
    .flags = VERB_SITE,
    .brief = "End a guardianship without a court",
    .about = "For a registration that is over or was a mistake. Refused while live consents that "
	     "she gave for the child stand: withdraw them, or let another guardian give them "
	     "first. Refusals of hers lapse.",
    .example = "tanu guardian remove 3f9a41c2 77ab01de",
    .operands = {OPERAND_CHILD, OPERAND_GUARDIAN},
    .fields = {{"child", "the child's id"}, {"guardian", "the guardian's id"}},
    .run = guardian_remove,
};
