/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status each(void *self, const struct form_view *v, tanu_error *err)
{
	char purposes[PURPOSES_WORDS_LEN], hex[ID_HEX_LEN], day[DATE_TEXT_LEN];
	struct run *run = self;
	struct json_w *w = &run->jw;

	(void)err;
	if (v->state != FORM_OPEN && args_has(&run->args, "open"))
		return TANU_OK;
	id_hex(hex, &v->subject);
	say(run, "%s  %.8s  %-8s  %s; by %s", v->code, hex, service_form_state_name(v->state),
	    purposes_words(purposes, v->purposes), tanu_giver_name(v->giver));
	if (v->given)
		say(run, "; yes to %s", purposes_words(purposes, v->given));
	if (v->refused)
		say(run, "; no to %s", purposes_words(purposes, v->refused));
	if (v->state == FORM_OPEN)
		say(run, "; due %s", date_text(day, date_from_ms(v->due_ms)));
	say(run, "\n");
	jw_object(w, NULL);
	jw_text(w, "form", v->code);
	jw_text(w, "subject", hex);
	jw_text(w, "state", service_form_state_name(v->state));
	jw_purposes(w, "purposes", v->purposes);
	jw_purposes(w, "yes", v->given);
	jw_purposes(w, "no", v->refused);
	jw_text(w, "by", tanu_giver_name(v->giver));
	jw_int(w, "made_ms", v->made_ms);
	jw_int(w, "due_ms", v->due_ms);
	jw_end_object(w);
	return TANU_OK;
}

static tanu_status consent_forms(struct run *run, tanu_error *err)
{
	bool one = run->args.operands_len > 0;
	tanu_id id = {{0}};
	size_t before;
	tanu_status st = one ? run_subject(run, &id, err) : run_site(run, err);

	if (st < 0)
		return st;
	before = run->text.len;
	jw_array(&run->jw, "forms");
	st = service_forms_each(run->service, one ? &id : NULL, each, run, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && run->text.len == before)
		say(run, "There are none. Next: tanu consent form SUBJECT --purpose access "
			 "--until DATE --out FILE.pdf\n");
	return st;
}

const struct verb verb_consent_forms = {
    .group = "consent",
    .action = "forms",
    .flags = VERB_SITE,
    .brief = "Show the forms that were printed, and how they stand",
    .about = "One line a form: its code, whose it is, open, answered or ended, what it asks, what "
	     "was answered, and until when an open one is to be handed in.",
    .example = "tanu consent forms --open",
    .operands = {{"SUBJECT", VALUE_WORD, 0, 1, "Of this person; without it of everybody"}},
    .options = {{"open", VALUE_NONE, NULL, NULL, false, "Only those that wait for an answer"}},
    .fields = {{"forms[].form", "code of the form"},
	       {"forms[].subject", "the person's id"},
	       {"forms[].state", "open, answered or ended"},
	       {"forms[].purposes", "what it asks for, array of words"},
	       {"forms[].yes", "what was given on it, array of words"},
	       {"forms[].no", "what was refused on it, array of words"},
	       {"forms[].by", "who is to sign: self or guardian"},
	       {"forms[].made_ms", "when it was printed, Unix milliseconds, UTC"},
	       {"forms[].due_ms", "it counts until then, likewise"}},
    .run = consent_forms,
};
