/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of profiles, and what it does to settings. Whoever changes a row changes
 * docs/jurisdictions.md with it.
 */
#include "consent/law.h"

#include <stdlib.h>
#include <string.h>

/* ---- the table ---- */

static const struct law_rule rules_kz[] = {
    {"site.language", "kk", LAW_ADVICE, NULL, "Law of 11.07.1997 on languages, art. 4"},
    {"site.utc_hours", "5", LAW_ADVICE, NULL, "one time zone, UTC+5, since 01.03.2024"},
    {"consent.written", "yes", LAW_ONLY, NULL, "Law 94-V, art. 8"},
    {"consent.majority_years", "18", LAW_AT_LEAST, NULL, "Civil Code, art. 17"},
    {"consent.assent_years", "10", LAW_AT_MOST, NULL,
     "Code on Marriage (Matrimony) and Family, art. 62"},
    {"breach.hours", "0", LAW_ADVICE, NULL, "Law 94-V as amended by Law 44-VIII"},
    {"breach.business_days", "1", LAW_WITHIN, NULL, "Law 94-V as amended by Law 44-VIII"},
};

static const struct law_rule rules_ru[] = {
    {"site.language", "ru", LAW_ADVICE, NULL, "Law 53-FZ, art. 3"},
    {"site.utc_hours", "3", LAW_ADVICE, NULL, "Moscow time"},
    {"storage.mode", "pass", LAW_ONLY, "site.accreditation", "Law 572-FZ"},
    {"consent.written", "yes", LAW_ONLY, NULL, "Law 152-FZ, art. 9(4) and 11(1)"},
    {"consent.majority_years", "18", LAW_AT_LEAST, NULL, "Civil Code, art. 21"},
    {"consent.assent_years", "10", LAW_AT_MOST, NULL, "Family Code, art. 57"},
    {"breach.hours", "24", LAW_WITHIN, NULL, "Law 152-FZ, art. 21(3.1)"},
    {"breach.result_hours", "72", LAW_WITHIN, NULL, "Law 152-FZ, art. 21(3.1)"},
};

static const struct law_rule rules_eu[] = {
    {"consent.majority_years", "18", LAW_AT_LEAST, NULL, "UN CRC, art. 1"},
    {"consent.assent_years", "10", LAW_AT_MOST, NULL, "UN CRC, art. 12"},
    {"enrol.min_years", "18", LAW_ADVICE, NULL, "GDPR, art. 8, 25(2) and recital 38"},
    {"retention.access", "6", LAW_ADVICE, NULL, "GDPR, art. 5(1)(e)"},
    {"retention.attendance", "6", LAW_ADVICE, NULL, "GDPR, art. 5(1)(e)"},
    {"breach.hours", "72", LAW_WITHIN, NULL, "GDPR, art. 33(1)"},
};

static const struct law laws[] = {
    {.word = "none",
     .jurisdiction = "",
     .authority = {"деректерді қорғау жөніндегі органға", "в орган по защите персональных данных",
		   "the data protection authority"},
     .breach_source = "setting breach.hours"},
    {.word = "kz",
     .jurisdiction = "KZ",
     .authority = {"дербес деректерді қорғау саласындағы уәкілетті органға",
		   "в уполномоченный орган в сфере защиты персональных данных",
		   "the authorised body for the protection of personal data (the ministry in "
		   "charge of digital development)"},
     .breach_source = "Law 94-V as amended by Law 44-VIII",
     .rules = rules_kz,
     .rules_len = ARRAY_LEN(rules_kz)},
    {.word = "ru",
     .jurisdiction = "RU",
     .authority = {"Роскомнадзорға", "в Роскомнадзор", "Roskomnadzor"},
     .breach_source = "Law 152-FZ, art. 21(3.1)",
     .rules = rules_ru,
     .rules_len = ARRAY_LEN(rules_ru)},
    {.word = "eu",
     .jurisdiction = "EU",
     .authority = {"бақылау органына (GDPR 51-бабы)", "в надзорный орган (GDPR, ст. 51)",
		   "the supervisory authority (GDPR, art. 51)"},
     .breach_source = "GDPR, art. 33",
     .rules = rules_eu,
     .rules_len = ARRAY_LEN(rules_eu)},
};

const struct law *law_at(size_t index)
{
	return index < ARRAY_LEN(laws) ? &laws[index] : NULL;
}

const struct law *law_find(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(laws); i++)
		if (strcmp(laws[i].word, word) == 0)
			return &laws[i];
	return NULL;
}

bool law_language(enum law_language *out, const char *word)
{
	static const char *const words[] = {[LAW_KK] = "kk", [LAW_RU] = "ru", [LAW_EN] = "en"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i], word) == 0) {
			*out = (enum law_language)i;
			return true;
		}
	return false;
}

/* ---- settings ---- */

tanu_status law_apply(const struct law *law, struct settings *settings, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < law->rules_len && st == TANU_OK; i++) {
		const struct law_rule *rule = &law->rules[i];

		/* with an accreditation the site chooses */
		if (!law_lifted(rule, settings))
			st = settings_default(settings, rule->setting, rule->value, err);
	}
	return st;
}

bool law_lifted(const struct law_rule *rule, const struct settings *settings)
{
	return rule->unless && *settings_text(settings, rule->unless);
}

const char *law_bound_word(enum law_bound bound)
{
	static const char *const words[] = {[LAW_ADVICE] = "",
					    [LAW_AT_LEAST] = "at least",
					    [LAW_AT_MOST] = "at most",
					    [LAW_WITHIN] = "at most, and not 0",
					    [LAW_ONLY] = "nothing else"};

	return (size_t)bound < ARRAY_LEN(words) ? words[bound] : "";
}

/* "true" and "yes" are one value. */
static bool same_value(const struct settings *settings, const struct law_rule *rule)
{
	const char *value = settings_text(settings, rule->setting);

	return strcmp(rule->value, "yes") == 0 ? settings_bool(settings, rule->setting)
					       : strcmp(value, rule->value) == 0;
}

static bool is_kept(const struct settings *settings, const struct law_rule *rule)
{
	int64_t value = settings_int(settings, rule->setting);
	int64_t bound = strtoll(rule->value, NULL, 10);

	switch (rule->bound) {
	case LAW_ADVICE:
		return true;
	case LAW_AT_LEAST:
		return value >= bound;
	case LAW_AT_MOST:
		return value <= bound;
	case LAW_WITHIN:
		return value >= 1 && value <= bound;
	case LAW_ONLY:
		return same_value(settings, rule);
	}
	return false;
}

tanu_status law_check(const struct law *law, const struct settings *settings, tanu_error *err)
{
	for (size_t i = 0; i < law->rules_len; i++) {
		const struct law_rule *rule = &law->rules[i];

		if (law_lifted(rule, settings) || is_kept(settings, rule))
			continue;
		return tanu_fail(
		    err, TANU_ERR_SETTING, rule->setting,
		    "\"%.32s\" is looser than profile %s allows (%s, %s; %s): take the "
		    "line out, or make it stricter%s%s",
		    settings_text(settings, rule->setting), law->word, rule->value,
		    law_bound_word(rule->bound), rule->source,
		    rule->unless ? "; an accredited operator names it in " : "",
		    rule->unless ? rule->unless : "");
	}
	return TANU_OK;
}
