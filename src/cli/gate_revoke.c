/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

static tanu_status gate_revoke(struct run *run, tanu_error *err)
{
	struct gate_view view = {0};
	char until[MINUTE_TEXT_LEN];
	tanu_status st = run_gate(run, &view, err);

	if (st < 0 || (st = service_gate_revoke(run->service, &view.id, err)) < 0)
		return st;
	say(run, "Revoked: the gate gets nothing any more, and nothing of it is believed.\n");
	if (view.lent_until_ms)
		say(run, "What it holds ends by itself at %s, or when its power goes.\n",
		    minute_text(until, view.lent_until_ms));
	jw_id(&run->jw, "gate", &view.id);
	jw_int(&run->jw, "lent_until_ms", view.lent_until_ms);
	return TANU_OK;
}

const struct verb verb_gate_revoke = {
    .group = "gate",
    .action = "revoke",
    .flags = VERB_SITE,
    .brief = "Cut off a gate that was stolen or taken down",
    .about = "From now on it is lent nothing, and its events are refused. The keys of what it was "
	     "lent are in its memory only: they are gone as soon as it has no power.",
    .example = "tanu gate revoke \"north door\"",
    .operands = {OPERAND_GATE},
    .fields = {{"gate", "its id"}, {"lent_until_ms", "end of what it was lent; 0: nothing"}},
    .run = gate_revoke,
};
