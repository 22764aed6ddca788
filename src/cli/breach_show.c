/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/breach.h"
#include "cli/verbs.h"

static void say_field(struct run *run, const char *label, const char *text)
{
	if (!*text)
		return;
	say(run, "%s: ", label);
	say_clean(run, text);
	say(run, "\n");
}

static void say_notices(struct run *run, const struct breach_view *v)
{
	char at[MINUTE_TEXT_LEN];

	for (size_t i = 0; i < v->notices_len; i++) {
		say(run, "  %s  %s: ", minute_text(at, v->notices[i].at_ms),
		    service_breach_told_name(v->notices[i].whom));
		say_clean(run, v->notices[i].how);
		say(run, "\n");
	}
}

static tanu_status breach_show(struct run *run, tanu_error *err)
{
	char hex[ID_HEX_LEN], at[MINUTE_TEXT_LEN], kinds[BREACH_KINDS_LEN];
	struct breach_view v;
	tanu_status st = run_breach(run, &v, err);

	if (st < 0)
		return st;
	id_hex(hex, &v.id);
	service_breach_kinds_text(kinds, v.kinds);
	say(run, "Breach %s, %s\n", hex, v.closed_ms ? "closed" : "open");
	say_field(run, "what happened", v.what);
	say(run, "noticed: %s\n", minute_text(at, v.noticed_ms));
	say(run, "data: %s\n", kinds);
	if (v.about)
		say(run, "about %lld people; ", (long long)v.about);
	say(run, "%zu %s it in their history\n", v.people,
	    v.people == 1 ? "person finds" : "people find");
	say_field(run, "measures", v.measures);
	say_field(run, "outcome", v.outcome);
	say_breach_clock(run, &v);
	say_notices(run, &v);
	jw_breach(&run->jw, &v);
	return TANU_OK;
}

const struct verb verb_breach_show = {
    .group = "breach",
    .action = "show",
    .flags = VERB_SITE,
    .brief = "One breach, with who was told when",
    .about = "Shows what the register holds of one breach.",
    .example = "tanu breach show 5f1209ab",
    .operands = {OPERAND_BREACH},
    .fields = {BREACH_FIELDS("")},
    .run = breach_show,
};
