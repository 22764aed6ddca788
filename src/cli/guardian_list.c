/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/guardian.h"
#include "cli/verbs.h"

#include <string.h>

tanu_status run_family(struct run *run, tanu_id *child, tanu_id *guardian, tanu_error *err)
{
	tanu_status st = run_subject(run, child, err);

	if (st < 0)
		return st;
	return service_subject_find(run->service, guardian, run->args.operands[1], err);
}

struct list {
	struct run *run;
	size_t count;
};

/* Her name, for people; a guardian who has left the site has none here. */
static void say_name(struct run *run, const tanu_id *id)
{
	struct subject_view view = {0};

	if (service_subject_get(run->service, &view, id, NULL) == TANU_OK)
		say_clean(run, view.person.name);
	else
		say(run, "(no longer a person of this site)");
	mem_wipe(&view, sizeof(view));
}

static void say_guardian(struct run *run, const struct guardian_view *v)
{
	char hex[ID_HEX_LEN], since[DATE_TEXT_LEN], from[DATE_TEXT_LEN];

	id_hex(hex, &v->guardian);
	say(run, "%.8s  ", hex);
	say_name(run, &v->guardian);
	say(run, ", ");
	say_clean(run, v->relation);
	say(run, "  ");
	say_tint(run, v->may_speak ? TINT_GOOD : TINT_WARN, service_guardian_state_name(v->state));
	if (v->state == GUARDIAN_BARRED)
		say(run, " by a court from %s on", date_text(from, v->from));
	say(run, "\n          since %s, checked by ", date_text(since, date_from_ms(v->since_ms)));
	say_clean(run, v->checked_by);
	say(run, ": ");
	say_clean(run, v->how);
	say(run, "\n");
}

static void answer_guardian(struct run *run, const struct guardian_view *v)
{
	static const uint8_t none[sizeof(v->document)];
	char document[2 * sizeof(v->document) + 1], from[DATE_TEXT_LEN];
	struct json_w *w = &run->jw;

	hex_encode(document, v->document, sizeof(v->document));
	jw_object(w, NULL);
	jw_id(w, "guardian", &v->guardian);
	jw_clean(w, "relation", v->relation);
	jw_clean(w, "checked_by", v->checked_by);
	jw_clean(w, "how", v->how);
	jw_int(w, "since_ms", v->since_ms);
	jw_text(w, "state", service_guardian_state_name(v->state));
	jw_bool(w, "may_speak", v->may_speak);
	jw_text(w, "from", v->state == GUARDIAN_BARRED ? date_text(from, v->from) : NULL);
	jw_text(w, "document", memcmp(v->document, none, sizeof(none)) ? document : NULL);
	jw_end_object(w);
}

static tanu_status each(void *self, const struct guardian_view *v, tanu_error *err)
{
	struct list *list = self;

	(void)err;
	list->count++;
	say_guardian(list->run, v);
	answer_guardian(list->run, v);
	return TANU_OK;
}

static tanu_status guardian_list(struct run *run, tanu_error *err)
{
	struct list list = {.run = run};
	tanu_id child;
	tanu_status st = run_subject(run, &child, err);

	if (st < 0)
		return st;
	jw_id(&run->jw, "child", &child);
	jw_array(&run->jw, "guardians");
	st = service_guardian_each(run->service, &child, each, &list, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && list.count == 0)
		say(run, "No guardian is registered. Next: tanu guardian add %s GUARDIAN\n",
		    run->args.operands[0]);
	return st;
}

const struct verb verb_guardian_list = {
    .group = "guardian",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "Show who may speak for a minor, and who no longer may",
    .about = "One entry a registration: who, what she is to the child, whether she may speak "
	     "today, and who checked her papers.",
    .example = "tanu guardian list 3f9a41c2",
    .operands = {OPERAND_CHILD},
    .fields = {{"child", "the child's id"},
	       {"guardians[].guardian", "the guardian's id"},
	       {"guardians[].relation", "what she is to the child"},
	       {"guardians[].checked_by", "who looked at her papers"},
	       {"guardians[].how", "which papers"},
	       {"guardians[].since_ms", "when she was registered, Unix milliseconds, UTC"},
	       {"guardians[].state", "speaks, barred or removed"},
	       {"guardians[].may_speak", "true: her yes and no count today"},
	       {"guardians[].from", "first day of a bar, YYYY-MM-DD, or null"},
	       {"guardians[].document", "SHA-256 of the court's decision, or null"}},
    .run = guardian_list,
};
