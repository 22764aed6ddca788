/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reference in 4 bits costs, on LFW View 1: ways of rounding side by side on one half of the
 * people, and the one that was chosen on the other. The reference is rounded, the probe keeps its
 * 8 bits, as at a door. Prints the tables of docs/accuracy.md.
 */
#include "people/half.h"
#include "people/rounding.h"
#include "photo.h"

#include <math.h>

static tanu_status learn(struct look *look, tanu_error *err)
{
	struct facts *f = (struct facts *)look->self + look->photo;
	tanu_status st = tanu_embed(look->session, &f->plain, &look->pixels, look->face, err);

	f->found = st == TANU_OK;
	return st;
}

static void unit(tanu_embedding *e)
{
	float length = sqrtf(cosine(e, e));

	for (size_t k = 0; k < TANU_FEATURES; k++)
		e->v[k] /= length;
}

static void round_all(tanu_embedding *out, const struct half *half,
		      void (*round)(tanu_embedding *, const tanu_embedding *))
{
	for (size_t i = 0; i < half->len; i++) {
		out[i] = half->plain[i];
		round(&out[i], &half->plain[i]);
		unit(&out[i]);
	}
}

/* How far scores are from those of floats, over all pairs. */
static void print_error(const struct rounding *r, const struct half *half,
			const tanu_embedding *probe)
{
	double squares = 0, worst = 0, lost = 0, pairs = 0;

	for (size_t i = 0; i < half->len; i++) {
		lost += 1 - (double)cosine(&half->way[i], &half->plain[i]);
		for (size_t k = i + 1; k < half->len; k++) {
			double off = (double)(cosine(&half->way[i], &probe[k]) -
					      cosine(&half->plain[i], &half->plain[k]));

			squares += off * off;
			worst = fmax(worst, fabs(off));
			pairs++;
		}
	}
	printf("%-30s %3zu bytes  %.5f  %.5f %.4f\n", r->name, r->bytes,
	       1 - lost / (double)half->len, sqrt(squares / pairs), worst);
	fflush(stdout);
}

static void compare_roundings(struct half *half, const tanu_embedding *probe)
{
	printf("\ntuning half, %zu photographs: cosine with the features as they were; error of a\n"
	       "score, root mean square and worst\n",
	       half->len);
	for (const struct rounding *r = roundings; r->name; r++) {
		round_all(half->way, half, r->round);
		print_error(r, half, probe);
	}
}

/* FMR and FNMR where a site decides. */
static void print_at(const char *what, const struct trial *t, float threshold)
{
	uint64_t fails = 0, matches = 0;
	struct interval fnmr, fmr;

	for (size_t i = 0; i < t->genuine_len; i++)
		fails += t->genuine[i].score < threshold;
	while (matches < t->impostor_len && t->impostor[matches].score >= threshold)
		matches++;
	fnmr = clopper_pearson(fails, t->genuine_len, 0.95);
	fmr = clopper_pearson(matches, (uint64_t)t->impostors, 0.95);
	printf("  %-8s FNMR %llu of %zu, %.2f%% (%.2f to %.2f), FMR %llu of %.0f, %.2g (%.2g to "
	       "%.2g)\n",
	       what, (unsigned long long)fails, t->genuine_len,
	       100 * (double)fails / (double)t->genuine_len, 100 * fnmr.low, 100 * fnmr.high,
	       (unsigned long long)matches, t->impostors, (double)matches / t->impostors, fmr.low,
	       fmr.high);
}

static tanu_status report_chosen(struct half *half, tanu_embedding *probe,
				 const tanu_calibration *calibration, tanu_error *err)
{
	static const double rates[] = {1e-3, 1e-4, 1e-5};
	struct samples s = half_samples(half);
	struct trial four = {0};
	tanu_status st;

	round_all(probe, half, round_8_bits);
	s.of = probe;
	if ((st = trial_all_pairs(&half->base, &s, err)) < 0)
		return st;
	round_all(half->way, half, round_4_bits);
	s.of = half->way;
	s.probe = probe;
	if ((st = trial_all_pairs(&four, &s, err)) < 0)
		return st;
	printf("\nreporting half, %zu photographs: failures at FMR 1e-3, 1e-4, 1e-5 of genuine\n"
	       "pairs; FNMR at 1e-4 with its 95%% interval, or that of the difference, in points\n",
	       half->len);
	trial_print("8 bits", &half->base, NULL);
	trial_print("4 bits", &four, &half->base);
	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		tanu_threshold threshold;

		if ((st = tanu_threshold_for_fmr(&threshold, calibration, rates[i], err)) < 0)
			break;
		printf("at %.4f, the model's threshold for FMR %g\n", (double)threshold.score,
		       rates[i]);
		print_at("8 bits", &half->base, threshold.score);
		print_at("4 bits", &four, threshold.score);
	}
	trial_free(&four);
	return st;
}

static tanu_status report(struct halves *h, struct facts *facts, tanu_error *err)
{
	tanu_embedding *probe = room(h->photos.len, sizeof(*probe));
	struct half tuning, reporting;
	tanu_status st;

	half_take(&tuning, h, facts, true);
	half_take(&reporting, h, facts, false);
	round_all(probe, &tuning, round_8_bits);
	compare_roundings(&tuning, probe);
	st = report_chosen(&reporting, probe,
			   &engine_models(h->engine)->of[MODEL_EMBED]->calibration, err);
	half_free(&tuning);
	half_free(&reporting);
	free(probe);
	return st;
}

int main(void)
{
	const tanu_session_options options = {.central = true};
	struct facts *facts = NULL;
	struct halves h;
	tanu_error err = {0};
	tanu_status st;

	if (!halves_open(&h, &options, &err)) {
		halves_close(&h);
		return err.status < 0 ? bench_fail(&err) : 0;
	}
	facts = room(h.photos.len, sizeof(*facts));
	if ((st = halves_look(&h, NULL, learn, facts, &err)) == TANU_OK)
		st = report(&h, facts, &err);
	free(facts);
	halves_close(&h);
	return st < 0 ? bench_fail(&err) : 0;
}
