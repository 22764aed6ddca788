/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static void show(struct run *run, const struct disclosure_view *v)
{
	char hex[ID_HEX_LEN], at[MINUTE_TEXT_LEN], day[DATE_TEXT_LEN], fields[DISCLOSED_FIELDS_LEN];

	id_hex(hex, &v->order.id);
	disclosed_fields_text(fields, v->order.fields);
	say(run, "%s  %-9s  %s  ", hex, disclosure_state_name(v->state),
	    minute_text(at, v->requested_ms));
	say_clean(run, v->order.authority);
	say(run, "\n  %s of %zu %s; %zu of %d approvals", fields, v->order.subjects_len,
	    v->order.subjects_len == 1 ? "person" : "people", v->approvals, DISCLOSURE_APPROVALS);
	if (v->sealed)
		say(run, "; told on %s", date_text(day, date_from_ms(v->order.due_ms)));
	say(run, "\n");
}

static tanu_status each(void *self, const struct disclosure_view *v, tanu_error *err)
{
	struct run *run = self;
	struct json_w *w = &run->jw;
	char fields[DISCLOSED_FIELDS_LEN];

	(void)err;
	show(run, v);
	disclosed_fields_text(fields, v->order.fields);
	jw_object(w, NULL);
	jw_int(w, "approvals", (int64_t)v->approvals);
	jw_clean(w, "authority", v->order.authority);
	jw_clean(w, "basis", v->order.basis);
	jw_int(w, "decided_ms", v->decided_ms);
	jw_id(w, "disclosure", &v->order.id);
	jw_int(w, "due_ms", v->order.due_ms);
	jw_text(w, "fields", fields);
	jw_int(w, "requested_ms", v->requested_ms);
	jw_bool(w, "sealed", v->sealed);
	jw_text(w, "state", disclosure_state_name(v->state));
	jw_array(w, "subjects");
	for (size_t i = 0; i < v->order.subjects_len; i++)
		jw_id(w, NULL, &v->order.subjects[i]);
	jw_end_array(w);
	jw_end_object(w);
	return TANU_OK;
}

static tanu_status disclosure_list(struct run *run, tanu_error *err)
{
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	jw_array(&run->jw, "disclosures");
	st = service_disclosures_each(run->service, each, run, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && run->text.len == 0)
		say(run, "Nobody has asked for anything.\n");
	return st;
}

const struct verb verb_disclosure_list = {
    .group = "disclosure",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "The register of disclosures",
    .about = "Lists every request, who approved it and what became of it, oldest first.",
    .example = "tanu disclosure list --json",
    .fields = {{"disclosures[].disclosure", "its number"},
	       {"disclosures[].state",
		"requested, refused, logged (in the log, not handed over yet) or "
		"released"},
	       {"disclosures[].authority", "who asks"},
	       {"disclosures[].basis", "by which law"},
	       {"disclosures[].fields", "what is disclosed"},
	       {"disclosures[].subjects", "ids of the people named"},
	       {"disclosures[].approvals", "how many different people approved who count now"},
	       {"disclosures[].requested_ms", "Unix milliseconds, UTC"},
	       {"disclosures[].decided_ms", "when it was released or refused; 0: not yet"},
	       {"disclosures[].due_ms", "when the person is told; 0: at once"},
	       {"disclosures[].sealed", "true: the person has not been told yet"}},
    .run = disclosure_list,
};
