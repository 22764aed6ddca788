/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#define DAYS_MAX 3660

static const char *sentence(enum due_kind kind)
{
	switch (kind) {
	case DUE_CONSENT:
		return "consent ends: ask again";
	case DUE_REFERENCE:
		return "reference ends: enrol anew";
	case DUE_PASS:
		return "pass ends: issue a new one";
	case DUE_MAJORITY:
		return "comes of age: guardians' consents lapse, ask her";
	case DUE_ASK:
		return "a guardian's word has lapsed: ask who decides now";
	case DUE_REQUEST:
		return "asked, not answered; the request ends then";
	case DUE_NONE:
		break;
	}
	return "";
}

/* What ends at a midnight is told by its last day. */
static int64_t ends_at_midnight(enum due_kind kind)
{
	return kind == DUE_CONSENT || kind == DUE_REFERENCE || kind == DUE_PASS;
}

static tanu_status each(void *self, const struct due_view *v, tanu_error *err)
{
	struct run *run = self;
	struct subject_view subject = {0};
	char hex[ID_HEX_LEN], day[DATE_TEXT_LEN], purposes[PURPOSES_WORDS_LEN];
	tanu_status st = service_subject_get(run->service, &subject, &v->subject, err);

	if (st < 0)
		return st;
	id_hex(hex, &v->subject);
	date_text(day, date_from_ms(v->at_ms - ends_at_midnight(v->kind)));
	say(run, "%s  %.8s  ", day, hex);
	say_clean(run, subject.person.name);
	say(run, "  %s", sentence(v->kind));
	if (v->purposes)
		say(run, " (%s)", purposes_words(purposes, v->purposes));
	say(run, "\n");
	jw_object(&run->jw, NULL);
	jw_int(&run->jw, "at_ms", v->at_ms);
	jw_text(&run->jw, "kind", service_due_name(v->kind));
	jw_clean(&run->jw, "name", subject.person.name);
	jw_purposes(&run->jw, "purposes", v->purposes);
	jw_id(&run->jw, "subject", &v->subject);
	jw_end_object(&run->jw);
	mem_wipe(&subject, sizeof(subject));
	return TANU_OK;
}

static tanu_status consent_due(struct run *run, tanu_error *err)
{
	double days = 0;
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	days = (double)settings_int(service_setting_values(run->service), "consent.warn_days");
	if (args_has(&run->args, "days") &&
	    (st = args_real(&days, &run->args, "days", 0, DAYS_MAX, err)) < 0)
		return st;
	jw_array(&run->jw, "due");
	st = service_due_each(run->service, (int64_t)days, each, run, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && run->text.len == 0)
		say(run, "Nothing ends within %d days, and nobody waits to be asked.\n", (int)days);
	return st;
}

const struct verb verb_consent_due = {
    .group = "consent",
    .action = "due",
    .flags = VERB_SITE,
    .brief = "What ends soon, and who is to be asked",
    .about =
	"Lists, the soonest first: consents, references and passes that end within so many days; "
	"minors who come of age within them, so that what their guardians agreed to lapses; people "
	"whose guardian's word has lapsed already and who were not asked since; requests that "
	"nobody has answered.\n\nA reference ends with its consent, or by its age: one year after "
	"enrolment for minors, five for adults (reference.max_years_minor and _adult), because "
	"faces change. What has ended is erased when the site is opened next.",
    .example = "tanu consent due --days 60 --json",
    .options = {{"days", VALUE_WORD, "N", NULL, false,
		 "How far ahead; setting consent.warn_days (30) if not given"}},
    .fields = {{"due[].kind", "consent, reference, pass, majority, ask or request"},
	       {"due[].at_ms", "when, Unix milliseconds, UTC; of ask: now"},
	       {"due[].subject", "the person's id"},
	       {"due[].name", "her name"},
	       {"due[].purposes", "purposes it is about, array of words"}},
    .run = consent_due,
};
