/* SPDX-License-Identifier: Apache-2.0 */
/* The impact assessment, drafted from what the site is set to and holds. */
#include "service/internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Texts of one draft, each in a buffer of its own. */
enum dpia_text {
	DATE,
	PEOPLE,
	CONSENTS,
	REFERENCES,
	EMBEDDINGS,
	PERMITS,
	THRESHOLD,
	FMR,
	FNMR,
	RULES,
	DPIA_TEXTS
};

#define MARKS_MAX 8
struct assessment {
	struct service *s;
	enum law_language language;
	struct service_report report;
	tanu_threshold threshold;
	char population[sizeof(((tanu_calibration *)0)->population)];
	bool calibrated;
	struct buf texts[DPIA_TEXTS];
	const char *marks[MARKS_MAX];
	size_t marks_len;
};

static void put_numbers(struct assessment *a)
{
	const struct service_report *r = &a->report;
	char now[TIME_TEXT_LEN];

	time_text(now, r->now_ms);
	buf_printf(&a->texts[DATE], "%.10s", now);
	buf_printf(&a->texts[PEOPLE], "%zu", r->subjects);
	buf_printf(&a->texts[CONSENTS], "%zu", r->consents_live);
	buf_printf(&a->texts[REFERENCES], "%zu", r->references);
	buf_printf(&a->texts[EMBEDDINGS], "%llu", (unsigned long long)r->embeddings);
	buf_printf(&a->texts[PERMITS], "%llu", (unsigned long long)r->permits);
}

/* Where no calibrated model is installed the draft says so, and is a draft all the same. */
static void put_rates(struct assessment *a)
{
	const tanu_calibration *calibration = NULL;
	double fmr = settings_float(&a->s->settings, "match.fmr");

	if (site_calibration(a->s, &calibration, NULL) < 0 ||
	    tanu_threshold_for_fmr(&a->threshold, calibration, fmr, NULL) < 0)
		return;
	a->calibrated = true;
	memcpy(a->population, calibration->population, sizeof(a->population));
	buf_printf(&a->texts[THRESHOLD], "%.4f", (double)a->threshold.score);
	buf_printf(&a->texts[FMR], "%lld", llround(1 / a->threshold.fmr));
	if (isfinite(a->threshold.fnmr))
		buf_printf(&a->texts[FNMR], "%.2f", 100 * (double)a->threshold.fnmr);
}

static tanu_status put_rule(void *self, const struct profile_rule_view *v, tanu_error *err)
{
	struct buf *out = self;

	buf_printf(out, "%s- %s = %s (%s)", out->len ? "\n" : "", v->setting, v->value, v->source);
	return buf_check(out, err);
}

static const char *fitted(const struct assessment *a)
{
	static const char *const words[] = {[LAW_KK] = " (саналмаған, есеппен табылған)",
					    [LAW_RU] = " (не сосчитано, а получено расчётом)",
					    [LAW_EN] = " (not counted, extrapolated)"};

	return a->threshold.extrapolated ? words[a->language] : "";
}

static void put_marks(struct assessment *a)
{
	const struct settings *set = &a->s->settings;
	const char *const marks[] = {
	    service_storage_name(service_storage(a->s)),
	    a->report.root,
	    settings_int(set, "gallery.cap") ? "identify" : "no-identify",
	    settings_bool(set, "consent.written") ? "written" : "spoken",
	    a->calibrated ? "calibrated" : "uncalibrated",
	};

	_Static_assert(ARRAY_LEN(marks) <= MARKS_MAX, "marks fit");
	memcpy(a->marks, marks, sizeof(marks));
	a->marks_len = ARRAY_LEN(marks);
}

static tanu_status assess(struct assessment *a, tanu_error *err)
{
	tanu_status st = service_report(a->s, &a->report, err);

	if (st < 0)
		return st;
	put_numbers(a);
	put_rates(a);
	put_marks(a);
	return service_profile_each(a->s, put_rule, &a->texts[RULES], err);
}

static tanu_status draft(struct assessment *a, struct buf *out, const char *text, size_t text_len,
			 tanu_error *err)
{
	const char *own = settings_text(&a->s->settings, "site.authority");
	const struct fill_value values[] = {
	    FILL("dpia.date", buf_cstr(&a->texts[DATE])),
	    FILL("dpia.people", buf_cstr(&a->texts[PEOPLE])),
	    FILL("dpia.consents", buf_cstr(&a->texts[CONSENTS])),
	    FILL("dpia.references", buf_cstr(&a->texts[REFERENCES])),
	    FILL("dpia.embeddings", buf_cstr(&a->texts[EMBEDDINGS])),
	    FILL("dpia.permits", buf_cstr(&a->texts[PERMITS])),
	    FILL("dpia.threshold", buf_cstr(&a->texts[THRESHOLD])),
	    FILL("dpia.fmr", buf_cstr(&a->texts[FMR])),
	    FILL("dpia.fnmr", buf_cstr(&a->texts[FNMR])),
	    {"dpia.fitted", fitted(a), true},
	    FILL("dpia.population", a->population),
	    FILL("dpia.program", *a->s->program ? a->s->program : "tanu"),
	    {"dpia.rules", buf_cstr(&a->texts[RULES]), true},
	    FILL("law.authority", *own ? own : site_law(a->s)->authority[a->language]),
	};
	const struct fill fill = {.values = values,
				  .values_len = ARRAY_LEN(values),
				  .marks = a->marks,
				  .marks_len = a->marks_len,
				  .gap = fill_gap(a->language)};

	return fill_text(a->s, out, text, text_len, &fill, err);
}

tanu_status service_dpia(struct service *s, struct buf *out, const char *text, size_t text_len,
			 const char *language, tanu_error *err)
{
	struct assessment a = {.s = s};
	tanu_status st;

	if (!law_language(&a.language, language))
		return tanu_fail(err, TANU_ERR_USAGE, "language", "kk, ru or en");
	if ((st = assess(&a, err)) == TANU_OK)
		st = draft(&a, out, text, text_len, err);
	for (size_t i = 0; i < DPIA_TEXTS; i++)
		buf_free(&a.texts[i]);
	return st;
}
