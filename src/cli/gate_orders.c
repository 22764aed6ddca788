/* SPDX-License-Identifier: Apache-2.0 */
/* What a site orders its gates to do: lockdown, and letting one person in. */
#include "cli/gate.h"
#include "cli/verbs.h"

#include <stdlib.h>

static tanu_status lockdown(struct run *run, const tanu_id *gates, size_t len, tanu_error *err)
{
	const bool on = !args_has(&run->args, "end");
	size_t changed = 0;
	tanu_status st = service_gates_lockdown(run->service, &changed, gates, len, on, err);

	if (st < 0)
		return st;
	if (changed == 0)
		say(run, "Nothing to do: %s\n",
		    on ? "it is ordered already, or there is no gate." : "none is ordered.");
	else if (on)
		say(run,
		    "Ordered for %zu gate%s. Each locks when it asks next, within seconds "
		    "where it is in touch.\nNobody is let in but by a release; the way out "
		    "stays free.\n",
		    changed, changed == 1 ? "" : "s");
	else
		say(run,
		    "Ended for %zu gate%s; what somebody ordered at a gate itself is taken back "
		    "there.\n",
		    changed, changed == 1 ? "" : "s");
	jw_bool(&run->jw, "lockdown", on);
	jw_int(&run->jw, "changed", (int64_t)changed);
	return TANU_OK;
}

static tanu_status gate_lockdown(struct run *run, tanu_error *err)
{
	const size_t len = run->args.operands_len;
	tanu_id *gates = calloc(len + 1, sizeof(*gates));
	struct gate_view view;
	tanu_status st;

	if (!gates)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	st = run_site(run, err);
	for (size_t i = 0; i < len && st == TANU_OK; i++) {
		st = service_gate_find(run->service, &view, run->args.operands[i], err);
		gates[i] = view.id;
	}
	if (st == TANU_OK)
		st = lockdown(run, gates, len, err);
	free(gates);
	return st;
}

static tanu_status gate_release(struct run *run, tanu_error *err)
{
	struct gate_view view = {0};
	tanu_status st = run_gate(run, &view, err);

	if (st < 0 || (st = service_gate_release(run->service, &view.id, err)) < 0)
		return st;
	say(run,
	    "Ordered: the gate lets one person in if it asks within %d seconds and its zone "
	    "allows a release.\n",
	    (int)(GATE_RELEASE_MS / 1000));
	jw_id(&run->jw, "gate", &view.id);
	jw_int(&run->jw, "within_ms", GATE_RELEASE_MS);
	return TANU_OK;
}

const struct verb verb_gate_lockdown = {
    .group = "gate",
    .action = "lockdown",
    .flags = VERB_SITE,
    .brief = "Lock the doors, or take that back",
    .about = "In a lockdown nobody is let in but by a release. The way out stays free, whatever is "
	     "ordered. A gate hears of it when it asks next, within seconds, and keeps to it over "
	     "restarts and while it is out of touch.\n\nWhat somebody ordered at a gate itself "
	     "(tanu gate view) is taken back there.",
    .example = "tanu gate lockdown",
    .options = {{"end", VALUE_NONE, NULL, NULL, false, "Take it back"}},
    .operands = {{"GATE", VALUE_WORD, 0, 0,
		  "Gates by name, or at least 6 digits of their ids; none named: all"}},
    .fields = {{"lockdown", "whether it was ordered or taken back"},
	       {"changed", "for how many gates that is new"}},
    .run = gate_lockdown,
};

const struct verb verb_gate_release = {
    .group = "gate",
    .action = "release",
    .flags = VERB_SITE,
    .brief = "Let one person in through a gate, on your own account",
    .about =
	"The gate does what the guard's release at the door would do, also in a lockdown; a zone "
	"can forbid it. It is told when it asks next. The gate reports it as a release, which "
	"is of nobody's lane.",
    .example = "tanu gate release \"north door\"",
    .operands = {OPERAND_GATE},
    .fields = {{"gate", "its id"}, {"within_ms", "a gate that asks later opens no more"}},
    .run = gate_release,
};
