/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status disclosure_refuse(struct run *run, tanu_error *err)
{
	tanu_id id;
	tanu_status st;

	if ((st = run_disclosure(run, &id, err)) < 0 ||
	    (st = service_disclosure_refuse(run->service, &id, err)) < 0)
		return st;
	say(run, "Refused. It is counted in public, and the persons find it in their history.\n");
	jw_id(&run->jw, "disclosure", &id);
	return TANU_OK;
}

const struct verb verb_disclosure_refuse = {
    .group = "disclosure",
    .action = "refuse",
    .flags = VERB_SITE,
    .brief = "Say no to a request",
    .about =
	"The request is closed. The month's public count of refusals goes up by one; the persons "
	"named are told, at once or on the day that the request gave.",
    .example = "tanu disclosure refuse 0123...",
    .operands = {{"NUMBER", VALUE_WORD, 1, 1, "Number of the disclosure: 32 hex digits"}},
    .fields = {{"disclosure", "number of the disclosure"}},
    .run = disclosure_refuse,
};
