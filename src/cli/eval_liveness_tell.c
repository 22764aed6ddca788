/* SPDX-License-Identifier: Apache-2.0 */
/* What `tanu eval liveness` has found. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/eval_liveness.h"

#define CONFIDENCE 0.95

static const char *rate_name(uint32_t species)
{
	return species == PAD_LIVE ? "BPCER" : "APCER";
}

/* ---- decisions ---- */

struct decisions {
	uint64_t all, live, attack;
	int64_t *times;
	size_t times_len;
};

static int rising(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void count(struct decisions *d, const struct liveness_eval *e, uint32_t species)
{
	for (size_t i = 0; i < e->sequences; i++) {
		const struct sequence *s = &e->sequence[i];

		if (s->species != species)
			continue;
		d->all++;
		d->live += s->decided == LIVENESS_LIVE;
		d->attack += s->decided == LIVENESS_ATTACK;
		if (s->decided != LIVENESS_UNKNOWN)
			d->times[d->times_len++] = s->decided_ms;
	}
	qsort(d->times, d->times_len, sizeof(*d->times), rising);
}

static void tell_species(struct report *r, struct table *t, const struct decisions *d,
			 const char *name, uint32_t species)
{
	uint64_t errors = species == PAD_LIVE ? d->all - d->live : d->live;
	struct interval ci = clopper_pearson(errors, d->all, CONFIDENCE);
	struct json_w *w = r->json;
	char a[SHARE_TEXT_LEN], what[160];

	table_cell(t, "%s %s", rate_name(species), name);
	table_cell(t, "%s", share_text(a, (double)errors / (double)d->all));
	table_cell(t, "%s", interval_text(a, ci));
	table_cell(t, "%llu", (unsigned long long)d->live);
	table_cell(t, "%llu", (unsigned long long)d->attack);
	table_cell(t, "%llu", (unsigned long long)(d->all - d->live - d->attack));
	if (d->times_len)
		table_cell(t, "%.1f s", (double)d->times[d->times_len / 2] / 1000);
	else
		table_cell(t, "-");
	jw_object(w, NULL);
	report_clean(w, "species", name);
	jw_int(w, "sequences", (int64_t)d->all);
	jw_int(w, "live", (int64_t)d->live);
	jw_int(w, "attack", (int64_t)d->attack);
	jw_int(w, "thin", (int64_t)(d->all - d->live - d->attack));
	jw_text(w, "rate_name", rate_name(species));
	jw_real(w, "rate", (double)errors / (double)d->all);
	report_interval(w, "interval", ci);
	if (d->times_len)
		jw_int(w, "median_ms", d->times[d->times_len / 2]);
	else
		jw_null(w, "median_ms");
	jw_end_object(w);
	snprintf(what, sizeof(what), "%s: %s", name,
		 species == PAD_LIVE ? "refused" : "taken for live");
	report_none_seen(r, errors, d->all, what);
}

void tell_decisions(struct report *r, const struct liveness_eval *e)
{
	static const char *const headings[] = {"kind",	 "rate", "95%",	       "live",
					       "attack", "thin", "median time"};
	int64_t *times = calloc(e->sequences + 1, sizeof(*times));
	double frames = 0, ns = 0;
	struct table t;

	sheet_section(&r->sheet, "As a gate decides: the first clear word");
	table_begin(&t, headings, ARRAY_LEN(headings));
	jw_array(r->json, "decisions");
	for (uint32_t k = 0; times && k < e->species.len; k++) {
		struct decisions d = {.times = times};

		count(&d, e, k);
		if (d.all)
			tell_species(r, &t, &d, e->species.names[k], k);
	}
	jw_end_array(r->json);
	table_end(&t, &r->sheet);
	free(times);
	for (size_t i = 0; i < e->sequences; i++) {
		frames += (double)(e->sequence[i].len - e->sequence[i].without_face);
		ns += (double)e->sequence[i].cpu_ns;
	}
	sheet_line(&r->sheet, "%.2f ms of CPU a frame for the evidence, without the face engine",
		   frames > 0 ? ns / frames / 1e6 : 0);
	jw_real(r->json, "judge_ms", frames > 0 ? ns / frames / 1e6 : 0);
}

/* ---- parts ---- */

static void tell_part(struct report *r, struct table *t, const struct liveness_eval *e, int part,
		      uint32_t species)
{
	uint64_t present = 0, attack = 0, support = 0, all = 0;

	for (size_t i = 0; i < e->sequences; i++) {
		const struct liveness_evidence *v = &e->sequence[i].last.part[part];

		if (e->sequence[i].species != species)
			continue;
		all++;
		present += v->present;
		attack += v->attack;
		support += v->support > 0;
	}
	if (all == 0)
		return;
	table_cell(t, "%s, %s", liveness_part_word((enum liveness_part)part),
		   e->species.names[species]);
	table_cell(t, "%llu of %llu", (unsigned long long)present, (unsigned long long)all);
	table_cell(t, "%llu", (unsigned long long)attack);
	table_cell(t, "%llu", (unsigned long long)support);
	jw_object(r->json, NULL);
	report_clean(r->json, "species", e->species.names[species]);
	jw_int(r->json, "present", (int64_t)present);
	jw_int(r->json, "attack", (int64_t)attack);
	jw_int(r->json, "support", (int64_t)support);
	jw_end_object(r->json);
}

static bool part_speaks(const struct liveness_eval *e, int part)
{
	for (size_t i = 0; i < e->sequences; i++)
		if (e->sequence[i].last.part[part].present)
			return true;
	return false;
}

void tell_parts(struct report *r, const struct liveness_eval *e)
{
	static const char *const headings[] = {"part, kind", "said anything", "clear attack",
					       "speaks for live"};
	struct table t;

	sheet_section(&r->sheet, "Each part by itself, with all frames seen");
	table_begin(&t, headings, ARRAY_LEN(headings));
	jw_array(r->json, "parts");
	for (int part = 0; part < LIVENESS_PARTS; part++) {
		if (!part_speaks(e, part))
			continue;
		jw_object(r->json, NULL);
		jw_text(r->json, "part", liveness_part_word((enum liveness_part)part));
		jw_array(r->json, "species");
		for (uint32_t k = 0; k < e->species.len; k++)
			tell_part(r, &t, e, part, k);
		jw_end_array(r->json);
		jw_end_object(r->json);
	}
	jw_end_array(r->json);
	table_end(&t, &r->sheet);
}

/* ---- thresholds chosen without those who are judged ---- */

static bool sum_of(float *score, const struct sequence *s, bool texture, bool others)
{
	float sum = 0;

	for (int i = 0; i < LIVENESS_PARTS; i++)
		if (s->last.part[i].present && (i == LIVENESS_TEXTURE ? texture : others))
			sum += s->last.part[i].support;
	*score = 1 / (1 + expf(-sum));
	return s->last.frames > 0;
}

static bool everything(float *score, const struct sequence *s)
{
	return sum_of(score, s, true, true);
}

static bool texture_alone(float *score, const struct sequence *s)
{
	return sum_of(score, s, true, false);
}

static bool all_but_texture(float *score, const struct sequence *s)
{
	return sum_of(score, s, false, true);
}

/* The sum as a probability; false: nothing was seen. */
static const struct evidence_set {
	const char *name;
	bool (*score)(float *score, const struct sequence *s);
} sets[] = {
    {"all parts summed", everything},
    {"texture alone", texture_alone},
    {"all but texture", all_but_texture},
};

static void present(struct presentations *out, struct presentation *of,
		    const struct liveness_eval *e, const struct evidence_set *set)
{
	for (size_t i = 0; i < e->sequences; i++) {
		const struct sequence *s = &e->sequence[i];
		float score = 0;
		bool answered = set->score(&score, s);

		of[i] = (struct presentation){.liveness = score,
					      .answered = answered,
					      .species = s->species,
					      .subject = s->subject,
					      .session = s->session};
	}
	*out = (struct presentations){of, e->sequences, e->species.len, e->subjects.len,
				      e->sessions.len};
}

static void tell_row(struct report *r, struct table *t, const char *evidence, const char *left_out,
		     const struct pad_left_out *left, char *const *names, uint32_t species)
{
	char a[SHARE_TEXT_LEN];

	if (left->presentations[species] == 0)
		return;
	table_cell(t, "%s, without the %s: %s %s", evidence, left_out, rate_name(species),
		   names[species]);
	table_cell(t, "%llu of %llu", (unsigned long long)left->errors[species],
		   (unsigned long long)left->presentations[species]);
	table_cell(t, "%s", interval_text(a, left->ci[species]));
	jw_object(r->json, NULL);
	jw_text(r->json, "evidence", evidence);
	jw_text(r->json, "left_out", left_out);
	report_clean(r->json, "species", names[species]);
	jw_text(r->json, "rate_name", rate_name(species));
	jw_int(r->json, "errors", (int64_t)left->errors[species]);
	jw_int(r->json, "sequences", (int64_t)left->presentations[species]);
	report_interval(r->json, "interval", left->ci[species]);
	jw_end_object(r->json);
}

static void tell_set(struct report *r, struct table *t, const struct liveness_eval *e,
		     const struct presentations *p, const char *evidence)
{
	struct pad_left_out left;
	tanu_error why = {0};

	if (pad_leave_one_out(&left, p, &why) < 0)
		report_warning(r, "%s: %s", evidence, why.message);
	else
		for (uint32_t k = 0; k < e->species.len; k++)
			tell_row(r, t, evidence, "subject", &left, e->species.names, k);
	if (e->species.len < 3)
		return;
	if (pad_leave_species_out(&left, p, &why) < 0)
		report_warning(r, "%s: %s", evidence, why.message);
	else
		for (uint32_t k = 1; k < e->species.len; k++)
			tell_row(r, t, evidence, "kind", &left, e->species.names, k);
}

tanu_status tell_left_out(struct report *r, const struct liveness_eval *e, tanu_error *err)
{
	static const char *const headings[] = {"evidence, threshold chosen", "wrong", "95%"};
	struct presentation *of = calloc(e->sequences + 1, sizeof(*of));
	struct table t;

	if (!of)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	sheet_section(&r->sheet, "Thresholds chosen without those who are judged; no vetoes");
	table_begin(&t, headings, ARRAY_LEN(headings));
	jw_array(r->json, "left_out");
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		struct presentations p;

		present(&p, of, e, &sets[i]);
		tell_set(r, &t, e, &p, sets[i].name);
	}
	jw_end_array(r->json);
	table_end(&t, &r->sheet);
	free(of);
	return TANU_OK;
}
