/* SPDX-License-Identifier: Apache-2.0 */
/* Letters about a breach, drafted from the record: to the authority, to the persons. */
#include "service/breach.h"

#include <stdio.h>
#include <string.h>

#define HOUR_MS ((int64_t)3600000)

/* What stands where the site has said nothing. */
static const char *const gaps[] = {
    [LAW_KK] = "[ТОЛТЫРЫҢЫЗ]", [LAW_RU] = "[ЗАПОЛНИТЕ]", [LAW_EN] = "[FILL IN]"};

const char *fill_gap(enum law_language language)
{
	return gaps[language];
}

static const struct {
	enum breach_kind kind;
	const char *words[LAW_LANGUAGES];
} kinds[] = {
    {BREACH_NAMES,
     {"аты-жөні мен туған күні", "имена и даты рождения", "names and dates of birth"}},
    {BREACH_PAPERS,
     {"адамның құжаттары (қол қойылған қағаздар, өкілдік туралы жазбалар)",
      "документы человека (подписанные бумаги, записи о представителях)",
      "the person's papers (signed forms, who may speak for her)"}},
    {BREACH_CONSENTS, {"келісімдер", "согласия", "consents"}},
    {BREACH_HISTORY,
     {"бет тексерілген уақыттар тізімі", "список времён, когда лицо проверяли",
      "the list of times at which the face was checked"}},
    {BREACH_REFERENCES,
     {"беттен есептелген сандар (биометриялық деректер)",
      "числа, вычисленные по лицу (биометрические данные)",
      "numbers computed from the face (biometric data)"}},
    {BREACH_PASSES, {"рұқсатнамалар", "пропуска", "passes"}},
    {BREACH_PHOTOGRAPHS, {"фотосуреттер", "фотографии", "photographs"}},
    {BREACH_KEYS,
     {"деректерді ашатын кілттер", "ключи, которыми открываются данные",
      "keys that open the data"}},
};

static void put_kinds(struct buf *out, unsigned set, enum law_language language)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (set & (unsigned)kinds[i].kind)
			buf_printf(out, "%s%s", out->len ? "; " : "", kinds[i].words[language]);
}

/* "2026-11-26 15:00 (UTC+5)": by the site's local time. */
static void put_time(const struct service *s, struct buf *out, int64_t at_ms)
{
	int hours = (int)settings_int(&s->settings, "site.utc_hours");
	char text[TIME_TEXT_LEN];

	if (at_ms == 0)
		return;
	time_text(text, at_ms + hours * HOUR_MS);
	buf_printf(out, "%.10s %.5s (UTC%+d)", text, text + 11, hours);
}

/* The texts of one letter, each in a buffer of its own. */
enum letter_text { NUMBER, KINDS, NOTICED, DUE, TOLD, ABOUT, PEOPLE, LETTER_TEXTS };

static void letter_texts(const struct service *s, struct buf texts[LETTER_TEXTS],
			 const struct breach_view *v, enum law_language language)
{
	char hex[ID_HEX_LEN];

	id_hex(hex, &v->id);
	buf_printf(&texts[NUMBER], "%.8s", hex);
	put_kinds(&texts[KINDS], v->kinds, language);
	put_time(s, &texts[NOTICED], v->noticed_ms);
	put_time(s, &texts[DUE], v->due_ms);
	put_time(s, &texts[TOLD], service_breach_told_ms(v, BREACH_TOLD_AUTHORITY));
	if (v->about || v->people)
		buf_printf(&texts[ABOUT], "%lld",
			   (long long)(v->about ? v->about : (int64_t)v->people));
	buf_printf(&texts[PEOPLE], "%zu", v->people);
}

static tanu_status letter(struct service *s, struct buf *out, const struct breach_view *v,
			  const char *text, size_t text_len, enum law_language language,
			  tanu_error *err)
{
	const struct law *law = site_law(s);
	const char *own = settings_text(&s->settings, "site.authority");
	const char *const marks[] = {service_storage_name(service_storage(s))};
	struct buf texts[LETTER_TEXTS] = {{0}};
	tanu_status st;

	letter_texts(s, texts, v, language);
	{
		const struct fill_value values[] = {
		    FILL("breach.number", buf_cstr(&texts[NUMBER])),
		    FILL("breach.kinds", buf_cstr(&texts[KINDS])),
		    FILL("breach.noticed", buf_cstr(&texts[NOTICED])),
		    FILL("breach.due", buf_cstr(&texts[DUE])),
		    FILL("breach.told", buf_cstr(&texts[TOLD])),
		    FILL("breach.about", buf_cstr(&texts[ABOUT])),
		    FILL("breach.people", buf_cstr(&texts[PEOPLE])),
		    FILL("breach.what", v->what),
		    FILL("breach.measures", v->measures),
		    FILL("breach.outcome", v->outcome),
		    FILL("law.authority", *own ? own : law->authority[language]),
		    FILL("law.source", law->breach_source),
		};
		const struct fill fill = {.values = values,
					  .values_len = ARRAY_LEN(values),
					  .marks = marks,
					  .marks_len = ARRAY_LEN(marks),
					  .gap = fill_gap(language)};

		st = fill_text(s, out, text, text_len, &fill, err);
	}
	for (size_t i = 0; i < LETTER_TEXTS; i++)
		buf_wipe(&texts[i]);
	return st;
}

tanu_status service_breach_draft(struct service *s, struct buf *out, const tanu_id *id,
				 const char *text, size_t text_len, const char *word,
				 tanu_error *err)
{
	enum law_language language;
	struct breach breach = {0};
	tanu_status st;

	if (!law_language(&language, word))
		return tanu_fail(err, TANU_ERR_USAGE, "language", "kk, ru or en");
	if ((st = breach_get(s, &breach, id, err)) < 0)
		return st;
	st = letter(s, out, &breach.view, text, text_len, language, err);
	breach_free(&breach);
	return st;
}
