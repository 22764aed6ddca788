/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status identify(struct run *run, tanu_error *err)
{
	struct verify_result result = {0};
	char hex[ID_HEX_LEN];
	tanu_purpose purpose;
	tanu_status st;

	if ((st = args_purpose(&purpose, &run->args, err)) < 0)
		return st;
	if ((st = run_site(run, err)) < 0)
		return st;
	st = service_identify(run->service, &result, purpose, run->args.operands[0], err);
	if (st < 0)
		return st;
	answer_decision(run, &result);
	if (result.decision.result != TANU_MATCH) {
		jw_null(&run->jw, "subject");
		return TANU_OK;
	}
	id_hex(hex, &result.subject);
	say(run, "  subject %s, ahead of the next by %.3f\n", hex, (double)result.decision.margin);
	jw_id(&run->jw, "subject", &result.subject);
	return TANU_OK;
}

const struct verb verb_identify = {
    .group = "identify",
    .flags = VERB_SITE,
    .brief = "Whose face is this? (1:N, off unless the site turned it on)",
    .about =
	"Searches the face in PHOTO among the adults who consented to the purpose. It is off until "
	"the "
	"site sets gallery.cap in tanu.ini: a search computes features of whoever stands before "
	"the "
	"camera, also of people who never agreed. Prefer \"tanu verify\".\n\nThe threshold grows "
	"with the "
	"number of people, so that the rate of false finds stays at match.fpir; a find must also "
	"be ahead "
	"of the next person by match.min_margin. Exit code 0: found; 1: not found; 3: refused.",
    .example = "tanu identify today.jpg",
    .operands = {{"PHOTO", VALUE_FILE, 1, 1, "A photograph; \"-\" is standard input"}},
    .options = {OPTION_PURPOSE},
    .fields = {DECISION_FIELDS, {"subject", "id of the person found, or null"}},
    .run = identify,
};
