/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status each(void *self, const struct approver_view *v, tanu_error *err)
{
	struct run *run = self;
	struct json_w *w = &run->jw;
	char at[MINUTE_TEXT_LEN];

	(void)err;
	say_clean(run, v->key);
	say(run, "\n  named %s; %s\n", minute_text(at, v->added_ms),
	    v->removed_ms ? "removed"
	    : v->counts	  ? "counts"
			  : "does not count yet");
	jw_object(w, NULL);
	jw_int(w, "added_ms", v->added_ms);
	jw_bool(w, "counts", v->counts);
	jw_clean(w, "key", v->key);
	jw_int(w, "removed_ms", v->removed_ms);
	jw_end_object(w);
	return TANU_OK;
}

static tanu_status approver_list(struct run *run, tanu_error *err)
{
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	jw_array(&run->jw, "approvers");
	st = service_approvers_each(run->service, each, run, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && run->text.len == 0)
		say(run, "Nobody may approve a disclosure, so none can be released.\n");
	return st;
}

const struct verb verb_approver_list = {
    .group = "approver",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "Who may approve disclosures, and who might",
    .about = "Lists every key that was ever named, when, and whether it counts now.",
    .example = "tanu approver list",
    .fields = {{"approvers[].key", "public key; what stands before its first plus is her name"},
	       {"approvers[].counts", "true: her approval counts now"},
	       {"approvers[].added_ms", "when she was named, Unix milliseconds, UTC"},
	       {"approvers[].removed_ms", "when she was removed; 0: she is one"}},
    .run = approver_list,
};
