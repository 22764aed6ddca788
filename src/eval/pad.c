/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/pad.h"

#include "eval/resample.h"

#include <math.h>
#include <stdlib.h>

#define CONFIDENCE 0.95

static bool is_wrong(uint32_t species, double liveness, double threshold)
{
	return species == PAD_LIVE ? liveness < threshold : liveness >= threshold;
}

/* Sums of one species, by session and by subject. */
struct sums {
	double *liveness; /* of a session */
	uint64_t *frames;
	uint32_t *subject; /* of a session */
	struct subject_count *count;
	uint8_t *seen; /* of a subject: 1 any session, 2 a wrong one */
};

static bool sums_alloc(struct sums *s, const struct presentations *p)
{
	s->liveness = calloc(p->sessions + 1, sizeof(*s->liveness));
	s->frames = calloc(p->sessions + 1, sizeof(*s->frames));
	s->subject = calloc(p->sessions + 1, sizeof(*s->subject));
	s->count = calloc(p->subjects + 1, sizeof(*s->count));
	s->seen = calloc(p->subjects + 1, sizeof(*s->seen));
	return s->liveness && s->frames && s->subject && s->count && s->seen;
}

static void sums_free(struct sums *s)
{
	free(s->liveness);
	free(s->frames);
	free(s->subject);
	free(s->count);
	free(s->seen);
}

static void sum_up(struct sums *s, struct pad_error *out, const struct presentations *p,
		   uint32_t species, double threshold)
{
	for (size_t i = 0; i < p->len; i++) {
		const struct presentation *one = &p->of[i];
		bool wrong;

		if (one->species != species)
			continue;
		if (!one->answered) {
			out->unanswered++;
			continue;
		}
		wrong = is_wrong(species, (double)one->liveness, threshold);
		out->presentations++;
		out->errors += wrong;
		s->liveness[one->session] += (double)one->liveness;
		s->frames[one->session]++;
		s->subject[one->session] = one->subject;
		s->count[one->subject].all++;
		s->count[one->subject].bad += wrong;
	}
}

static void judge_sessions(struct sums *s, struct pad_error *out, const struct presentations *p,
			   uint32_t species, double threshold)
{
	for (size_t i = 0; i < p->sessions; i++) {
		bool wrong;

		if (s->frames[i] == 0)
			continue;
		wrong = is_wrong(species, s->liveness[i] / (double)s->frames[i], threshold);
		out->sessions++;
		out->wrong_sessions += wrong;
		s->seen[s->subject[i]] |= wrong ? 3 : 1;
	}
	for (size_t i = 0; i < p->subjects; i++) {
		out->subjects += s->seen[i] != 0;
		out->wrong_subjects += s->seen[i] == 3;
	}
}

static tanu_status rate_species(struct pad_error *out, const struct presentations *p,
				uint32_t species, double threshold,
				const struct boot_options *options, tanu_error *err)
{
	struct pad_error e = {0};
	struct sums s = {0};
	tanu_status st = TANU_OK;

	if (!sums_alloc(&s, p)) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		goto out;
	}
	sum_up(&s, &e, p, species, threshold);
	judge_sessions(&s, &e, p, species, threshold);
	e.rate = e.presentations ? (double)e.errors / (double)e.presentations : (double)NAN;
	e.ci = clopper_pearson(e.errors, e.presentations, CONFIDENCE);
	e.sessions_ci = clopper_pearson(e.wrong_sessions, e.sessions, CONFIDENCE);
	e.subjects_ci = clopper_pearson(e.wrong_subjects, e.subjects, CONFIDENCE);
	if ((st = bootstrap_share(&e.people, s.count, p->subjects, options, err)) < 0)
		goto out;
	if (e.errors == 0) /* resampling nobody who failed says nothing */
		e.people = clopper_pearson(0, e.subjects, CONFIDENCE);
	*out = e;
out:
	sums_free(&s);
	return st;
}

tanu_status pad_rates_at(struct pad_error *out, const struct presentations *p, double threshold,
			 const struct boot_options *options, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (uint32_t k = 0; k < p->species && st == TANU_OK; k++)
		st = rate_species(&out[k], p, k, threshold, options, err);
	return st;
}

tanu_status bootstrap_share(struct interval *out, const struct subject_count *of, size_t subjects,
			    const struct boot_options *options, tanu_error *err)
{
	uint32_t *weight = calloc(subjects + 1, sizeof(*weight));
	double *share = calloc(options->replicates + 1, sizeof(*share));
	tanu_status st = TANU_OK;

	if (!weight || !share) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory to resample");
		goto out;
	}
	for (size_t r = 0; r < options->replicates && subjects > 0; r++) {
		uint64_t state = resample_seed(options->seed, r);
		double bad = 0, all = 0;

		resample_people(weight, subjects, &state);
		for (size_t i = 0; i < subjects; i++) {
			bad += (double)weight[i] * (double)of[i].bad;
			all += (double)weight[i] * (double)of[i].all;
		}
		share[r] = bad / all; /* NaN where nobody of them was drawn: left out */
	}
	*out = subjects < 2 ? (struct interval){(double)NAN, (double)NAN}
			    : resample_interval(share, options->replicates, options->confidence);
out:
	free(weight);
	free(share);
	return st;
}
