/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#define SIGNED_MAX (64 * 1024)

static tanu_status disclosure_approve(struct run *run, tanu_error *err)
{
	struct buf note = {0};
	tanu_id id;
	tanu_status st;

	if ((st = run_disclosure(run, &id, err)) < 0 ||
	    (st = os_read_file(&note, args_get(&run->args, "signed"), SIGNED_MAX, err)) < 0)
		return st;
	if ((st = service_disclosure_approve(run->service, &id, note.data, note.len, err)) ==
	    TANU_OK) {
		say(run, "Approved by one person. It takes two different ones: see tanu disclosure "
			 "list.\n");
		jw_id(&run->jw, "disclosure", &id);
	}
	buf_free(&note);
	return st;
}

const struct verb verb_disclosure_approve = {
    .group = "disclosure",
    .action = "approve",
    .flags = VERB_SITE,
    .brief = "Enter an approver's signature",
    .about = "Takes the file that tanu approver sign wrote. It counts if it is exactly this order, "
	     "signed by somebody who may approve and has not done so yet.",
    .example = "tanu disclosure approve 0123... --signed order.signed",
    .operands = {{"NUMBER", VALUE_WORD, 1, 1, "Number of the disclosure: 32 hex digits"}},
    .options = {{"signed", VALUE_FILE, "FILE", NULL, true, "The signed order"}},
    .fields = {{"disclosure", "number of the disclosure"}},
    .run = disclosure_approve,
};
