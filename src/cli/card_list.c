/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

static tanu_status each(void *self, const struct card_view *v, tanu_error *err)
{
	char from[DATE_TEXT_LEN], until[DATE_TEXT_LEN];
	struct run *run = self;
	struct json_w *w = &run->jw;

	(void)err;
	say(run, "%-24s ", v->text);
	say_tint(run, v->state == CARD_VALID ? TINT_GOOD : TINT_WARN,
		 service_card_state_name(v->state));
	if (v->from.year)
		say(run, "  from %s", date_text(from, v->from));
	if (v->until.year)
		say(run, "  until %s", date_text(until, v->until));
	say(run, "\n");
	jw_object(w, NULL);
	jw_id(w, "card", &v->id);
	jw_text(w, "number", v->text);
	jw_text(w, "state", service_card_state_name(v->state));
	jw_int(w, "added_ms", v->added_ms);
	jw_text(w, "from", v->from.year ? date_text(from, v->from) : NULL);
	jw_text(w, "until", v->until.year ? date_text(until, v->until) : NULL);
	jw_end_object(w);
	return TANU_OK;
}

static tanu_status card_list(struct run *run, tanu_error *err)
{
	struct access_view access = {0};
	tanu_id id;
	tanu_status st = run_subject(run, &id, err);

	if (st < 0)
		return st;
	jw_id(&run->jw, "subject", &id);
	jw_array(&run->jw, "cards");
	st = service_card_each(run->service, &id, each, run, err);
	jw_end_array(&run->jw);
	if (st < 0 || (st = service_access_get(run->service, &access, &id, err)) < 0)
		return st;
	say(run, "PIN: %s. Zones: %s.%s\n", access.has_pin ? "set" : "none",
	    access.barred     ? "none"
	    : access.zones[0] ? access.zones
			      : "all",
	    access.waiver ? " Waiver: her eyes give no evidence, another factor replaces it." : "");
	jw_bool(&run->jw, "pin", access.has_pin);
	jw_text(&run->jw, "zones", access.zones);
	jw_bool(&run->jw, "barred", access.barred);
	jw_bool(&run->jw, "waiver", access.waiver);
	return TANU_OK;
}

const struct verb verb_card_list = {
    .group = "card",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "Show a person's cards, and where she may go",
    .about = "Every card that she has or had, whether she has a PIN, and her zones.",
    .example = "tanu card list 3f9a41c2",
    .operands = {OPERAND_SUBJECT},
    .fields = {{"subject", "the person's id"},
	       {"cards[].card", "id of the entry"},
	       {"cards[].number", "the card"},
	       {"cards[].state", "valid, revoked or over"},
	       {"cards[].added_ms", "when she got it, Unix milliseconds, UTC"},
	       {"cards[].from", "first day, or null"},
	       {"cards[].until", "last day, or null"},
	       {"pin", "true: she has a PIN"},
	       {"zones", "zones she may enter, a,b,c; empty: every zone"},
	       {"barred", "true: she may enter no zone"},
	       {"waiver", "true: her eyes give no evidence of life, another factor replaces it"}},
    .run = card_list,
};
