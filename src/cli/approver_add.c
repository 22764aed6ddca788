/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status approver_add(struct run *run, tanu_error *err)
{
	tanu_status st = run_site(run, err);

	if (st < 0 || (st = service_approver_add(run->service, run->args.operands[0], err)) < 0)
		return st;
	say(run,
	    "Added, and stated in the public log. The key counts after the hours of the setting "
	    "disclosure.approver_hours.\n");
	jw_clean(&run->jw, "key", run->args.operands[0]);
	return TANU_OK;
}

const struct verb verb_approver_add = {
    .group = "approver",
    .action = "add",
    .flags = VERB_SITE,
    .brief = "Name somebody who may approve disclosures",
    .about =
	"Takes the public half of her key, as tanu approver key printed it. That she was named "
	"stands in the public log at once; her approvals count only after "
	"disclosure.approver_hours, so that a key slipped in is seen before it is used.",
    .example = "tanu approver add headmistress+1f2e3d4c+AQ...",
    .operands = {{"KEY", VALUE_WORD, 1, 1, "Her public key: name+hash+base64"}},
    .fields = {{"key", "the key that was added"}},
    .run = approver_add,
};
