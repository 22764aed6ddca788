/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

tanu_status run_gate(struct run *run, struct gate_view *out, tanu_error *err)
{
	tanu_status st = run_site(run, err);

	return st < 0 ? st : service_gate_find(run->service, out, run->args.operands[0], err);
}

tanu_status write_new(const char *path, const void *bytes, size_t len, tanu_error *err)
{
	if (os_exists(path))
		return tanu_fail(err, TANU_ERR_CONFLICT, path,
				 "there is a file of this name already; choose another");
	return os_replace_file(path, bytes, len, 0600, err);
}

tanu_status date_option(tanu_date *out, const struct run *run, const char *name, tanu_error *err)
{
	*out = (tanu_date){0};
	return args_has(&run->args, name) ? args_date(out, &run->args, name, err) : TANU_OK;
}

static tanu_status gate_add(struct run *run, tanu_error *err)
{
	const char *zone = args_get(&run->args, "zone");
	struct gate_view view = {0};
	char code[PAIR_CODE_LEN], until[MINUTE_TEXT_LEN];
	tanu_status st;

	if ((st = run_site(run, err)) < 0 ||
	    (st = service_gate_add(run->service, &view, code, run->args.operands[0],
				   zone ? zone : ZONE_STANDARD, err)) < 0)
		return st;
	say(run, "Gate \"");
	say_clean(run, view.name);
	say(run, "\" of zone %s. Its pairing code, good until %s and for one gate:\n\n    %s\n\n",
	    view.zone, minute_text(until, view.code_until_ms), code);
	say(run, "At the gate: tanu-gate --config gate.ini pair --code CODE [--site URL]\n");
	jw_id(&run->jw, "gate", &view.id);
	jw_clean(&run->jw, "name", view.name);
	jw_text(&run->jw, "zone", view.zone);
	jw_text(&run->jw, "code", code);
	jw_int(&run->jw, "code_until_ms", view.code_until_ms);
	mem_wipe(code, sizeof(code));
	return TANU_OK;
}

const struct verb verb_gate_add = {
    .group = "gate",
    .action = "add",
    .flags = VERB_SITE,
    .brief = "Register a gate, and get the code that pairs it",
    .about =
	"A gate is the box at a door. The code is typed in there once; by it site and gate prove "
	"to each other that nobody has put other keys in between. It is good for one gate and a "
	"day.\n\nA zone that is named for the first time is open all day, with a way without a "
	"face "
	"beside each way with one; \"tanu zone set\" changes its hours.",
    .example = "tanu gate add \"north door\" --zone main",
    .operands = {{"NAME", VALUE_WORD, 1, 1, "What people call it"}},
    .options = {{"zone", VALUE_WORD, "ZONE", NULL, false, "Its zone; main if not given"}},
    .fields = {{"gate", "its id"},
	       {"name", "its name"},
	       {"zone", "its zone"},
	       {"code", "the pairing code: a secret until it is used"},
	       {"code_until_ms", "until when the code is good, Unix milliseconds, UTC"}},
    .run = gate_add,
};
