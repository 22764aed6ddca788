/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose law the site follows. The profile gives defaults; what the operator set may be stricter
 * than its bounds, never looser: then the site does not open, and the message names the setting.
 */
#include "service/internal.h"

#include <string.h>

tanu_status law_require(const struct law **out, const char *word, tanu_error *err)
{
	const struct law *law = law_find(word);

	if (!law)
		return tanu_fail(err, TANU_ERR_SETTING, "site.profile",
				 "\"%.32s\" is none of kz, ru, eu and none", word);
	if (out)
		*out = law;
	return TANU_OK;
}

static tanu_status check_language(const struct settings *settings, tanu_error *err)
{
	const char *word = settings_text(settings, "site.language");
	enum law_language language;

	if (law_language(&language, word))
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_SETTING, "site.language", "\"%.32s\" is none of kk, ru, en",
			 word);
}

tanu_status law_settle(struct settings *settings, tanu_error *err)
{
	const struct law *law = NULL;
	tanu_status st;

	if ((st = law_require(&law, settings_text(settings, "site.profile"), err)) < 0 ||
	    (st = law_apply(law, settings, err)) < 0 || (st = check_language(settings, err)) < 0 ||
	    (st = breach_calendar_check(settings_text(settings, "breach.holidays"), err)) < 0)
		return st;
	return law_check(law, settings, err);
}

const struct law *site_law(const struct service *s)
{
	const struct law *law = law_find(settings_text(&s->settings, "site.profile"));

	return law ? law : law_at(0);
}

const char *service_profile(const struct service *s)
{
	return site_law(s)->word;
}

tanu_status service_profile_each(const struct service *s,
				 tanu_status (*each)(void *self, const struct profile_rule_view *v,
						     tanu_error *err),
				 void *self, tanu_error *err)
{
	const struct law *law = site_law(s);
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < law->rules_len && st == TANU_OK; i++) {
		const struct law_rule *rule = &law->rules[i];
		struct profile_rule_view v = {.setting = rule->setting,
					      .value = settings_text(&s->settings, rule->setting),
					      .profile = rule->value,
					      .bound = law_bound_word(rule->bound),
					      .lifted = law_lifted(rule, &s->settings),
					      .source = rule->source};

		st = each(self, &v, err);
	}
	return st;
}

/* ---- in writing, and how old a face must be ---- */

/* Signed by hand; or electronically, as far as this machine can tell: not false, not a stranger's.
 */
static bool is_written(const struct consent_evidence *evidence)
{
	const struct signature_view *signature = evidence ? evidence->signature : NULL;

	return evidence && !evidence->drawn &&
	       (!signature || strcmp(signature->result, signed_result_name(SIGNED_VALID)) == 0 ||
		(signature->checked_elsewhere &&
		 strcmp(signature->result, signed_result_name(SIGNED_UNSUPPORTED)) == 0));
}

tanu_status writing_require(const struct service *s, const struct consent_evidence *evidence,
			    tanu_error *err)
{
	if (is_written(evidence) || !settings_bool(&s->settings, "consent.written"))
		return TANU_OK;
	if (evidence && evidence->signature)
		return tanu_fail(
		    err, TANU_ERR_CONSENT_RULE, "signature",
		    "at this site a consent is given in writing, and whose signature "
		    "this is was not found out (%s): name the authorities that you "
		    "trust in signature.ca; have it checked elsewhere, and say so with "
		    "--checked-elsewhere, when it is unsupported; or have the form "
		    "signed by hand",
		    evidence->signature->result);
	return tanu_fail(err, TANU_ERR_CONSENT_RULE, "paper",
			 "at this site a consent is given in writing (setting consent.written, "
			 "profile %s): print one with tanu consent form, have it signed, and give "
			 "it back with tanu consent import-scans, or name its scan with --paper "
			 "FILE",
			 site_law(s)->word);
}

tanu_status face_age_require(const struct service *s, tanu_date born, tanu_date today,
			     tanu_error *err)
{
	int from = (int)settings_int(&s->settings, "enrol.min_years");

	if (tanu_age_on(born, today) >= from)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_CONSENT_RULE, "born",
			 "below %d years of age no face is taken here, and no consent to it: use "
			 "the way without a face (setting enrol.min_years)",
			 from);
}
