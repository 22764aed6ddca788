/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/pass.h"
#include "cli/verbs.h"

static tanu_status pass_revoke(struct run *run, tanu_error *err)
{
	const char *text = args_get(&run->args, "pass");
	uint8_t number[PASS_NUMBER_LEN];
	size_t revoked = 0;
	tanu_id id;
	tanu_status st;

	if ((text && (st = pass_number_parse(number, text, err)) < 0) ||
	    (st = run_subject(run, &id, err)) < 0 ||
	    (st = service_pass_revoke(run->service, &revoked, &id, text ? number : NULL, err)) < 0)
		return st;
	if (revoked)
		say(run, "Revoked: %zu pass%s. The key%s destroyed; no copy opens.\n", revoked,
		    revoked == 1 ? "" : "es", revoked == 1 ? " is" : "s are");
	else
		say(run, "There was no pass to revoke.\n");
	jw_id(&run->jw, "subject", &id);
	jw_int(&run->jw, "revoked", (int64_t)revoked);
	return TANU_OK;
}

const struct verb verb_pass_revoke = {
    .group = "pass",
    .action = "revoke",
    .flags = VERB_SITE,
    .brief = "Destroy the key of a lost pass",
    .about = "Destroys the key of one pass, or of all that the person has. From then on neither "
	     "the pass nor any photocopy of it opens. Her consent stays as it is, and so does a "
	     "spare that is not named; a new pass is made with \"tanu pass issue\".",
    .example = "tanu pass revoke 3f9a41c2 --pass \"5f12 09ab 77c0 31de\"",
    .operands = {OPERAND_SUBJECT},
    .options = {{"pass", VALUE_WORD, "NUMBER", NULL, false,
		 "Only the pass of this number; without it all of them"}},
    .fields = {{"subject", "the person's id"},
	       {"revoked", "how many passes opened until now, and do no more"}},
    .run = pass_revoke,
};
