/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <string.h>

struct list {
	struct run *run;
	size_t count;
};

/* The last day on which a consent holds: it ends with the first instant of the next one. */
static const char *last_day(char out[DATE_TEXT_LEN], const tanu_consent *c)
{
	return date_text(out, date_from_ms(c->not_after_ms - 1));
}

static void say_giver(struct run *run, const struct consent_view *v)
{
	char guardian[ID_HEX_LEN];

	if (v->consent.giver == TANU_GIVER_NONE)
		return;
	say(run, " by %s", tanu_giver_name(v->consent.giver));
	if (v->consent.giver == TANU_GIVER_GUARDIAN) {
		id_hex(guardian, &v->guardian);
		say(run, " %s", guardian);
	}
	if (v->assent)
		say(run, " and the child");
}

static void say_consent(struct run *run, const struct consent_view *v)
{
	static const char *const verbs_of[] = {
	    [TANU_CONSENT_REQUESTED] = "asked", [TANU_CONSENT_REFUSED] = "refused"};
	const tanu_consent *c = &v->consent;
	const char *did = (size_t)c->state < ARRAY_LEN(verbs_of) ? verbs_of[c->state] : NULL;
	char id[ID_HEX_LEN], given[DATE_TEXT_LEN], until[DATE_TEXT_LEN];

	id_hex(id, &c->id);
	say(run, "%.8s  %-11s  ", id, tanu_purpose_name(c->purpose));
	say_tint(run, c->state == TANU_CONSENT_GIVEN ? TINT_GOOD : TINT_WARN,
		 tanu_consent_state_name(c->state));
	say(run, "  %s %s", did ? did : "given", date_text(given, date_from_ms(c->given_ms)));
	say_giver(run, v);
	if (c->state != TANU_CONSENT_REFUSED)
		say(run, ", until %s", last_day(until, c));
	if (*v->form)
		say(run, ", on form %s", v->form);
	if (strcmp(v->how, "signature") == 0)
		say(run, ", signed electronically");
	if (*v->notice_version)
		say(run, "; notice %s (%s)", v->notice_version, v->notice_language);
	say(run, "\n");
}

static void answer_consent(struct run *run, const struct consent_view *v)
{
	const tanu_consent *c = &v->consent;
	struct json_w *w = &run->jw;
	char hex[2 * sizeof(v->notice_sha256) + 1];

	hex_encode(hex, v->notice_sha256, sizeof(v->notice_sha256));
	jw_object(w, NULL);
	jw_id(w, "id", &c->id);
	jw_text(w, "purpose", tanu_purpose_name(c->purpose));
	jw_text(w, "state", tanu_consent_state_name(c->state));
	jw_text(w, "by", c->giver == TANU_GIVER_NONE ? NULL : tanu_giver_name(c->giver));
	if (c->giver == TANU_GIVER_GUARDIAN)
		jw_id(w, "guardian", &v->guardian);
	else
		jw_null(w, "guardian");
	jw_bool(w, "assent", v->assent);
	jw_text(w, "how", *v->how ? v->how : "said");
	jw_text(w, "form", *v->form ? v->form : NULL);
	jw_int(w, "given_ms", c->given_ms);
	jw_int(w, "not_after_ms", c->not_after_ms);
	if (v->retention_months)
		jw_int(w, "retention_months", v->retention_months);
	else
		jw_null(w, "retention_months");
	jw_object(w, "notice");
	jw_clean(w, "version", v->notice_version);
	jw_clean(w, "language", v->notice_language);
	jw_text(w, "sha256", hex);
	jw_end_object(w);
	jw_end_object(w);
}

static tanu_status each(void *self, const struct consent_view *v, tanu_error *err)
{
	struct list *list = self;

	(void)err;
	list->count++;
	say_consent(list->run, v);
	answer_consent(list->run, v);
	return TANU_OK;
}

static tanu_status consent_show(struct run *run, tanu_error *err)
{
	struct list list = {.run = run};
	tanu_id id;
	tanu_status st = run_subject(run, &id, err);

	if (st < 0)
		return st;
	jw_id(&run->jw, "subject", &id);
	jw_array(&run->jw, "consents");
	st = service_consent_each(run->service, &id, each, &list, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && list.count == 0)
		say(run,
		    "No consent was ever given. Next: tanu consent give %s --purpose access --by "
		    "self "
		    "--until YYYY-MM-DD\n",
		    run->args.operands[0]);
	return st;
}

const struct verb verb_consent_show = {
    .group = "consent",
    .action = "show",
    .flags = VERB_SITE,
    .brief = "Show all consents of a person, past ones too",
    .about = "One line a consent: purpose, state at this moment, when and by whom it was given, "
	     "its last day "
	     "(UTC), and version and language of the notice it was given under. Requests and "
	     "refusals are listed too.",
    .example = "tanu consent show 3f9a41c2",
    .operands = {OPERAND_SUBJECT},
    .fields = {{"subject", "the person's id"},
	       {"consents[].id", "id of the consent"},
	       {"consents[].purpose", "access, attendance, visit, identity or calibration"},
	       {"consents[].state",
		"given, withdrawn, expired, replaced, refused, requested or lapsed, now"},
	       {"consents[].by", "self (of a minor: the child), guardian, or null for a request"},
	       {"consents[].guardian", "the guardian's id, or null"},
	       {"consents[].assent", "true: the child agreed beside the guardian"},
	       {"consents[].how", "said; hand, signed by hand; signature, electronically; screen, "
				  "drawn on one"},
	       {"consents[].form", "code of the form that was signed, or null"},
	       {"consents[].given_ms",
		"when it was given, asked for or refused, Unix milliseconds, UTC"},
	       {"consents[].not_after_ms", "not live from this instant on"},
	       {"consents[].retention_months",
		"how long the notice said that her history is kept, or null"},
	       {"consents[].notice.version", "version of the notice"},
	       {"consents[].notice.language", "kk, ru or en"},
	       {"consents[].notice.sha256", "SHA-256 of the text as signed"}},
    .run = consent_show,
};
