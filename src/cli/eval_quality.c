/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu eval quality`: what the quality measures of photographs are, refuse, and foretell. */
#include "cli/eval.h"
#include "cli/verbs.h"

#include <math.h>
#include <stdlib.h>

#define FMR_DEFAULT 1e-4

/* Behind the measures of a face stand their product, and where features are computed theirs. */
enum { UNIFIED = TANU_QUALITY_COUNT, FEATURES, MEASURES };

struct bounds {
	tanu_quality_bounds face;
	float features; /* least */
};

struct quality_run {
	struct experiment e;
	struct labels labels;
	struct bounds door, enrol;
	struct report report;
	struct buf html;
};

static size_t measures_of(const struct quality_run *q)
{
	return q->e.measures_only ? FEATURES : MEASURES;
}

static const char *measure_name(size_t i)
{
	return i == UNIFIED    ? "unified"
	       : i == FEATURES ? "features"
			       : tanu_quality_name((tanu_quality_measure)i);
}

static float measure_value(const struct eval_sample *s, size_t i)
{
	return i == UNIFIED    ? s->quality.unified
	       : i == FEATURES ? s->embedding.quality
			       : s->quality.value[i];
}

static float least(const struct bounds *bounds, size_t i)
{
	return i == UNIFIED ? 0 : i == FEATURES ? bounds->features : bounds->face.min[i];
}

static float most(const struct bounds *bounds, size_t i)
{
	return i < TANU_QUALITY_COUNT ? bounds->face.max[i] : 1;
}

static bool is_refused(const struct bounds *bounds, const struct eval_sample *s, size_t i)
{
	float v = measure_value(s, i);

	return !(v >= least(bounds, i) && v <= most(bounds, i));
}

static bool is_refused_at_all(const struct quality_run *q, const struct bounds *bounds,
			      const struct eval_sample *s)
{
	for (size_t i = 0; i < measures_of(q); i++)
		if (is_refused(bounds, s, i))
			return true;
	return false;
}

static bool usable(const struct eval_sample *s)
{
	return s->failure.status == TANU_OK;
}

static struct accuracy share_of(uint64_t k, uint64_t n)
{
	return (struct accuracy){k, n, n ? (double)k / (double)n : (double)NAN,
				 clopper_pearson(k, n, 0.95)};
}

/* ---- spread and refusals ---- */

static void measure(struct measure_findings *out, const struct quality_run *q, size_t i,
		    float *values)
{
	uint64_t door = 0, enrol = 0;
	size_t n = 0;

	for (size_t k = 0; k < q->e.photos.len; k++) {
		const struct eval_sample *s = &q->e.samples[k];

		if (!usable(s))
			continue;
		door += is_refused(&q->door, s, i);
		enrol += is_refused(&q->enrol, s, i);
		values[n++] = measure_value(s, i);
	}
	*out = (struct measure_findings){
	    .name = measure_name(i),
	    .unit = i < TANU_QUALITY_COUNT ? tanu_quality_unit((tanu_quality_measure)i) : "0..1",
	    .refused_door = share_of(door, n),
	    .refused_enrol = share_of(enrol, n),
	    .door_min = (double)least(&q->door, i),
	    .door_max = (double)most(&q->door, i),
	};
	out->spread = spread_of(values, n);
}

static tanu_status tell_measures(struct quality_run *q, tanu_error *err)
{
	float *values = calloc(q->e.photos.len + 1, sizeof(*values));
	struct measure_findings found[MEASURES];
	struct json_w *w = q->report.json;
	uint64_t door = 0, enrol = 0, n = 0;
	char a[SHARE_TEXT_LEN], b[SHARE_TEXT_LEN];

	if (!values)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < measures_of(q); i++)
		measure(&found[i], q, i, values);
	free(values);
	for (size_t k = 0; k < q->e.photos.len; k++) {
		const struct eval_sample *s = &q->e.samples[k];

		if (!usable(s))
			continue;
		n++;
		door += is_refused_at_all(q, &q->door, s);
		enrol += is_refused_at_all(q, &q->enrol, s);
	}
	sheet_section(&q->report.sheet, "Quality measures of %llu faces", (unsigned long long)n);
	sheet_line(&q->report.sheet, "A door would refuse %s of them, enrolment %s",
		   share_text(a, share_of(door, n).share), share_text(b, share_of(enrol, n).share));
	jw_int(w, "refused_door", (int64_t)door);
	jw_int(w, "refused_enrol", (int64_t)enrol);
	report_measures(&q->report, found, measures_of(q));
	return TANU_OK;
}

/* ---- groups ---- */

/* Refused at a door among those of a label: by one measure, or by any. */
static struct accuracy refused_in(const struct quality_run *q, size_t label, size_t measure_or_any)
{
	uint64_t refused = 0, n = 0;

	for (size_t k = 0; k < q->e.photos.len; k++) {
		const struct eval_sample *s = &q->e.samples[k];

		if (!usable(s) || label_of(&q->labels, k) != label)
			continue;
		n++;
		refused += measure_or_any < MEASURES ? is_refused(&q->door, s, measure_or_any)
						     : is_refused_at_all(q, &q->door, s);
	}
	return share_of(refused, n);
}

static void put_group(struct report *r, struct table *t, const char *group, const char *by,
		      const struct accuracy *a)
{
	char text[SHARE_TEXT_LEN];

	table_cell(t, "%s", group);
	table_cell(t, "%s", by);
	table_cell(t, "%s", share_text(text, a->share));
	table_cell(t, "%llu of %llu", (unsigned long long)a->right, (unsigned long long)a->pairs);
	table_cell(t, "%s", interval_text(text, a->ci));
	jw_object(r->json, NULL);
	jw_text(r->json, "by", by);
	jw_int(r->json, "refused", (int64_t)a->right);
	jw_int(r->json, "of", (int64_t)a->pairs);
	jw_real(r->json, "share", a->share);
	report_interval(r->json, "interval", a->ci);
	jw_end_object(r->json);
}

static void tell_groups(struct quality_run *q)
{
	static const char *const headings[] = {"group", "refused by", "share", "faces",
					       "95% by count"};
	struct report *r = &q->report;
	double low = INFINITY, high = 0;
	struct table t;

	sheet_section(&r->sheet, "Refused at a door, by %s as the list says", q->labels.what);
	table_begin(&t, headings, ARRAY_LEN(headings));
	jw_object(r->json, "groups");
	report_clean(r->json, "label", q->labels.what);
	jw_array(r->json, "each");
	for (size_t g = 0; g < q->labels.names.len; g++) {
		const char *name = q->labels.names.names[g];
		struct accuracy any = refused_in(q, g, MEASURES);

		low = fmin(low, any.share);
		high = fmax(high, any.share);
		jw_object(r->json, NULL);
		report_clean(r->json, "name", name);
		jw_array(r->json, "refused");
		put_group(r, &t, name, "any", &any);
		for (size_t i = 0; i < measures_of(q); i++) {
			struct accuracy one = refused_in(q, g, i);

			if (one.right)
				put_group(r, &t, name, measure_name(i), &one);
		}
		jw_end_array(r->json);
		jw_end_object(r->json);
	}
	jw_end_array(r->json);
	jw_real(r->json, "ratio", low > 0 ? high / low : (double)NAN);
	jw_end_object(r->json);
	table_end(&t, &r->sheet);
	if (low > 0)
		sheet_line(&r->sheet, "Refusals differ %.2g-fold between groups", high / low);
}

/* ---- error versus discard ---- */

/* How good a value is, higher being better: angles and light are good in the middle. */
static float goodness(const struct eval_sample *s, size_t i, const double *middle)
{
	float v = measure_value(s, i);

	switch (i) {
	case TANU_QUALITY_YAW:
	case TANU_QUALITY_PITCH:
	case TANU_QUALITY_ROLL:
		return -fabsf(v);
	case TANU_QUALITY_EXPOSURE:
	case TANU_QUALITY_CONTRAST:
		return -fabsf(v - (float)middle[i]);
	case TANU_QUALITY_CENTRED:
	case TANU_QUALITY_SINGLE:
		return -v;
	default:
		return v;
	}
}

static tanu_status find_middles(double middle[MEASURES], const struct quality_run *q,
				tanu_error *err)
{
	float *values = calloc(q->e.photos.len + 1, sizeof(*values));

	if (!values)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < MEASURES; i++) {
		size_t n = 0;

		for (size_t k = 0; k < q->e.photos.len; k++)
			if (usable(&q->e.samples[k]))
				values[n++] = measure_value(&q->e.samples[k], i);
		middle[i] = spread_of(values, n).median;
	}
	free(values);
	return TANU_OK;
}

/* Pairs of one person: photographs of the crowd, and whether the score is below the threshold. */
struct genuine {
	size_t a, b;
	bool wrong;
};

static tanu_status find_pairs(struct genuine **out, size_t *len, const struct crowd *crowd,
			      double threshold, tanu_error *err)
{
	size_t cap = 0, n = 0;
	struct genuine *pairs = NULL, *more;

	for (size_t i = 0; i < crowd->len; i++)
		for (size_t j = i + 1; j < crowd->len; j++) {
			float score;

			if (crowd->person[i] != crowd->person[j] ||
			    tanu_compare_float(&score, &crowd->sample[i], &crowd->sample[j], NULL) <
				0)
				continue;
			if (n == cap) {
				cap = cap ? 2 * cap : 1024;
				more = realloc(pairs, cap * sizeof(*pairs));
				if (!more) {
					free(pairs);
					return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
							 "not enough memory for %zu pairs", cap);
				}
				pairs = more;
			}
			pairs[n++] = (struct genuine){crowd->photo[i], crowd->photo[j],
						      (double)score < threshold};
		}
	*out = pairs;
	*len = n;
	return TANU_OK;
}

static tanu_status curves(struct discard_findings found[MEASURES], const struct quality_run *q,
			  const struct genuine *pairs, size_t len, tanu_error *err)
{
	struct judged_pair *judged = calloc(len + 1, sizeof(*judged));
	double middle[MEASURES];
	tanu_status st;

	if (!judged)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	st = find_middles(middle, q, err);
	for (size_t i = 0; i < MEASURES && st == TANU_OK; i++) {
		for (size_t k = 0; k < len; k++) {
			float a = goodness(&q->e.samples[pairs[k].a], i, middle);
			float b = goodness(&q->e.samples[pairs[k].b], i, middle);

			judged[k] = (struct judged_pair){a < b ? a : b, pairs[k].wrong};
		}
		found[i].name = measure_name(i);
		st = discard_curve(&found[i].curve, judged, len, err);
	}
	free(judged);
	return st;
}

static tanu_status tell_discard(struct quality_run *q, const struct args *args, tanu_error *err)
{
	struct discard_findings found[MEASURES];
	struct genuine *pairs = NULL;
	struct crowd crowd = {0};
	tanu_threshold threshold;
	double fmr = FMR_DEFAULT;
	size_t len = 0, wrong = 0;
	tanu_status st;

	if (args_has(args, "fmr") && (st = args_real(&fmr, args, "fmr", 0, 1, err)) < 0)
		return st;
	if ((st = tanu_threshold_for_fmr(&threshold, &q->e.facts.calibration, fmr, err)) < 0 ||
	    (st = crowd_gather(&crowd, &q->e, err)) < 0 ||
	    (st = find_pairs(&pairs, &len, &crowd, (double)threshold.score, err)) < 0)
		goto out;
	for (size_t i = 0; i < len; i++)
		wrong += pairs[i].wrong;
	sheet_section(&q->report.sheet, "Error versus discard");
	if (wrong == 0) {
		report_none_seen(&q->report, 0, len, "pairs of one person were missed");
		report_warning(&q->report, "Without errors there is nothing to foretell");
		goto out;
	}
	if ((st = curves(found, q, pairs, len, err)) == TANU_OK)
		report_discard(&q->report, found, MEASURES, len, (double)threshold.score, fmr);
	if (wrong < 30)
		report_warning(&q->report, "%zu errors are few: the curves are rough", wrong);
out:
	crowd_free(&crowd);
	free(pairs);
	return st;
}

/* Features are computed only where somebody has several photographs to compare. */
static tanu_status gather(struct quality_run *q, bool *several, const struct args *args,
			  tanu_error *err)
{
	struct name_list people = {0};
	size_t person;
	tanu_status st;

	q->e.images = args_get(args, "images");
	if ((st = walk_pictures(&q->e.photos, q->e.images, err)) < 0)
		return st;
	if (q->e.photos.len == 0)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, q->e.images, "no photographs");
	for (size_t i = 0; i < q->e.photos.len && st == TANU_OK; i++)
		st = person_number(&people, &person, q->e.photos.names[i], err);
	*several = people.len < q->e.photos.len;
	q->e.measures_only = !*several;
	name_list_free(&people);
	return st < 0 ? st : labels_read(&q->labels, &q->e.photos, args, err);
}

static tanu_status eval_quality(struct run *run, tanu_error *err)
{
	struct quality_run q = {0};
	bool several = false;
	tanu_status st;

	tanu_quality_bounds_door(&q.door.face);
	tanu_quality_bounds_enrol(&q.enrol.face);
	q.door.features = (float)service_setting_default("quality.door.features");
	q.enrol.features = (float)service_setting_default("quality.enrol.features");
	if ((st = gather(&q, &several, &run->args, err)) < 0 ||
	    (st = photos_look(&q.e, &run->args, err)) < 0)
		goto out;
	answer_photographs(run, &q.e);
	run->keep_answer = true;
	findings_begin(&q.report, run, &q.html, "Quality of photographs",
		       "Measures after ISO/IEC 29794-5, what they refuse, and how well they "
		       "foretell a failure (ISO/IEC 29794-1).");
	findings_photographs(&q.report, &q.e);
	if ((st = tell_measures(&q, err)) < 0)
		goto out;
	if (q.labels.names.len)
		tell_groups(&q);
	if (several && (st = tell_discard(&q, &run->args, err)) < 0)
		goto out;
	st = findings_end(&q.report, run, &q.e.facts, err);
out:
	findings_drop(&q.report);
	labels_free(&q.labels);
	experiment_free(&q.e);
	return st;
}

#define REFUSED_FIELDS(at)                                                                       \
	{at "refused", "faces out of its bounds"}, {at "of", "faces"}, {at "share", "of those"}, \
	{                                                                                        \
		at "interval", "95%"                                                             \
	}

const struct verb verb_eval_quality = {
    .group = "eval",
    .action = "quality",
    .brief = "Measure the quality of photographs, and what it foretells",
    .about =
	"Tells how each quality measure is spread over the photographs of a folder, how many a "
	"door and an enrolment would refuse by it, and the same for each group of --groups: "
	"quality must not refuse one group more than another. Labels come from your file; none is "
	"ever guessed.\n\n"
	"Where people have several photographs, in one folder a person, error-versus-discard "
	"curves tell which measure foretells that a person is not recognised: the share of missed "
	"pairs among those that remain when the worst are discarded. Only there features are "
	"computed, and their own quality is one more measure (\"features\").\n\n"
	"For collections of test photographs only. What was seen is remembered for a day, sealed.",
    .example = "tanu eval quality --images lfw --groups gender.csv --report quality.html",
    .options = {{"images", VALUE_DIR, "DIR", NULL, true, "Folder of photographs"},
		{"groups", VALUE_FILE, "FILE", NULL, false,
		 "CSV of two columns: photograph, file name or person; and a label"},
		{"fmr", VALUE_WORD, "RATE", NULL, false,
		 "False match rate of the threshold that errors are counted at; 1e-4 if not given"},
		OPTION_REPORT,
		OPTION_FACE,
		OPTIONS_REMEMBER},
    .fields = {WALK_FIELDS,
	       {"refused_door", "faces that a door would refuse"},
	       {"refused_enrol", "faces that enrolment would refuse"},
	       {"measures[].name",
		"of the measure; unified: product of those before it; features: of "
		"the features, where there were any"},
	       {"measures[].unit", "of its values"},
	       {"measures[].min", "lowest"},
	       {"measures[].p5", "5% are below"},
	       {"measures[].p25", "likewise"},
	       {"measures[].median", "likewise"},
	       {"measures[].p75", "likewise"},
	       {"measures[].p95", "likewise"},
	       {"measures[].max", "highest"},
	       REFUSED_FIELDS("measures[].door."),
	       REFUSED_FIELDS("measures[].enrol."),
	       {"groups.label", "what the labels say"},
	       {"groups.each[].name", "label"},
	       {"groups.each[].refused[].by", "a measure, or any"},
	       REFUSED_FIELDS("groups.each[].refused[]."),
	       {"groups.ratio", "highest by lowest share refused by any, or null"},
	       {"discard.pairs", "pairs of one person"},
	       {"discard.threshold", "score below which one counts as missed"},
	       {"discard.fmr", "that it stands for by the model's calibration"},
	       {"discard.curves[].measure", "by which the worst are discarded"},
	       {"discard.curves[].fnmr", "missed among those that remain: 0%, 1% .. 50% discarded"},
	       {"discard.curves[].area", "mean over 0 .. 20% against none discarded; 1: no help"},
	       REPORT_FIELDS},
    .run = eval_quality,
};
