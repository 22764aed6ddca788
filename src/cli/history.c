/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <string.h>

struct list {
	struct run *run;
	size_t count;
};

static void answer_more(struct json_w *w, const struct history_view *v)
{
	static const uint8_t none[sizeof(v->document)];
	char document[2 * sizeof(v->document) + 1];

	hex_encode(document, v->document, sizeof(v->document));
	jw_text(w, "document", memcmp(v->document, none, sizeof(none)) ? document : NULL);
	if (v->due_ms)
		jw_int(w, "due_ms", v->due_ms);
	else
		jw_null(w, "due_ms");
	if (*v->recipient)
		jw_clean(w, "recipient", v->recipient);
	else
		jw_null(w, "recipient");
}

static tanu_status each(void *self, const struct history_view *v, tanu_error *err)
{
	struct list *list = self;
	struct run *run = list->run;
	struct json_w *w = &run->jw;
	char at[MINUTE_TEXT_LEN], purposes[PURPOSES_WORDS_LEN];

	(void)err;
	list->count++;
	say(run, "%s  %-18s", minute_text(at, v->at_ms), tanu_event_name(v->event));
	if (v->purposes)
		say(run, "  %s", purposes_words(purposes, v->purposes));
	if (*v->by)
		say(run, "  by %s", v->by);
	if (*v->reason)
		say(run, "  (%s)", v->reason);
	say(run, "\n");

	jw_object(w, NULL);
	jw_int(w, "at_ms", v->at_ms);
	jw_text(w, "event", tanu_event_name(v->event));
	jw_int(w, "sequence", (int64_t)v->sequence);
	jw_purposes(w, "purposes", v->purposes);
	if (v->fmr > 0)
		jw_real(w, "fmr", v->fmr);
	else
		jw_null(w, "fmr");
	jw_bool(w, "fmr_extrapolated", v->extrapolated);
	jw_text(w, "reason", *v->reason ? v->reason : NULL);
	jw_text(w, "by", *v->by ? v->by : NULL);
	answer_more(w, v);
	jw_end_object(w);
	return TANU_OK;
}

static tanu_status history(struct run *run, tanu_error *err)
{
	struct list list = {.run = run};
	tanu_id id;
	tanu_status st = run_subject(run, &id, err);

	if (st < 0)
		return st;
	jw_id(&run->jw, "subject", &id);
	jw_array(&run->jw, "events");
	st = service_history_each(run->service, &id, each, &list, err);
	jw_end_array(&run->jw);
	return st;
}

const struct verb verb_history = {
    .group = "history",
    .flags = VERB_SITE,
    .brief = "What happened to a person's data: every act and every use",
    .about = "Lists what was done, oldest first: consents given and withdrawn, enrolments, each "
	     "comparison and "
	     "its outcome, erasures. The person may ask for it at any time.",
    .example = "tanu history 3f9a41c2",
    .operands = {OPERAND_SUBJECT},
    .fields = {{"subject", "the person's id"},
	       {"events[].at_ms", "when, Unix milliseconds, UTC"},
	       {"events[].event", "what: subject-added, consent-given, enrolled, verified, ..."},
	       {"events[].sequence", "number in the site's ledger; 0 for a use"},
	       {"events[].purposes", "purposes it was about, array of words"},
	       {"events[].fmr", "FMR of the threshold of a comparison, or null"},
	       {"events[].fmr_extrapolated", "true: that rate was not counted"},
	       {"events[].reason", "error code of a refusal, or null"},
	       {"events[].by", "self, child, guardian, officer, site, court, or null"},
	       {"events[].document", "SHA-256 of the record or paper it rests on, or null"},
	       {"events[].due_ms", "until when it lasts or when it is due, or null"},
	       {"events[].recipient", "an authority that was answered, or null"}},
    .run = history,
};
