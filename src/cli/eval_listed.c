/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of a list: scored, classified, told. */
#include "cli/eval.h"

#include <stdlib.h>
#include <string.h>

tanu_status listed_read(struct listed *out, struct name_list *photos, const char *file,
			tanu_error *err)
{
	struct buf text = {0};
	tanu_status st;

	if (!file)
		return TANU_OK;
	st = os_read_file(&text, file, CSV_BYTES_MAX, err);
	if (st == TANU_OK)
		st = pair_list_parse(&out->pairs, photos, text.data, text.len, file, err);
	out->name = file;
	buf_free(&text);
	return st;
}

static tanu_status score_pair(struct listed *l, const tanu_embedding *a, const tanu_embedding *b,
			      bool same, tanu_error *err)
{
	tanu_reference qa, qb;
	tanu_status st;

	if ((st = tanu_reference_from(&qa, a, err)) < 0 ||
	    (st = tanu_reference_from(&qb, b, err)) < 0 ||
	    (st = tanu_compare(&l->quantised[l->len].score, &qa, &qb, err)) < 0 ||
	    (st = tanu_compare_float(&l->exact[l->len].score, a, b, err)) < 0)
		return st;
	l->quantised[l->len].same = l->exact[l->len].same = same;
	return TANU_OK;
}

/* Who they are, which fold, which group when both are of one. */
static tanu_status describe_pair(struct listed *l, const struct pair *pair,
				 const struct experiment *e, const struct labels *labels,
				 tanu_error *err)
{
	size_t label = label_of(labels, pair->a), a, b;
	tanu_status st;

	if ((st = person_number(&l->people, &a, e->photos.names[pair->a], err)) < 0 ||
	    (st = person_number(&l->people, &b, e->photos.names[pair->b], err)) < 0)
		return st;
	l->known[l->len] =
	    (struct known_pair){l->quantised[l->len].score, (uint32_t)a, (uint32_t)b, pair->same};
	l->fold[l->len] = pair->fold;
	l->label[l->len] = label == label_of(labels, pair->b) ? label : NO_LABEL;
	l->len++;
	return TANU_OK;
}

static bool listed_alloc(struct listed *l)
{
	size_t len = l->pairs.len + 1;

	l->quantised = calloc(len, sizeof(*l->quantised));
	l->exact = calloc(len, sizeof(*l->exact));
	l->known = calloc(len, sizeof(*l->known));
	l->fold = calloc(len, sizeof(*l->fold));
	l->label = calloc(len, sizeof(*l->label));
	return l->quantised && l->exact && l->known && l->fold && l->label;
}

tanu_status listed_score(struct listed *l, const struct experiment *e, const struct labels *labels,
			 tanu_error *err)
{
	tanu_status st = TANU_OK;

	if (!l->name)
		return TANU_OK;
	if (!listed_alloc(l))
		return tanu_fail(err, TANU_ERR_NO_MEMORY, l->name, "not enough memory");
	for (size_t i = 0; i < l->pairs.len && st == TANU_OK; i++) {
		const struct pair *pair = &l->pairs.pairs[i];
		const struct eval_sample *a = &e->samples[pair->a];
		const struct eval_sample *b = &e->samples[pair->b];

		if (a->failure.status < 0 || b->failure.status < 0) {
			l->left_out++;
			continue;
		}
		st = score_pair(l, &a->embedding, &b->embedding, pair->same, err);
		if (st == TANU_OK)
			st = describe_pair(l, pair, e, labels, err);
	}
	return st;
}

void listed_free(struct listed *l)
{
	pair_list_free(&l->pairs);
	name_list_free(&l->people);
	free(l->quantised);
	free(l->exact);
	free(l->known);
	free(l->fold);
	free(l->label);
}

/* A page may travel: it does not tell where files lie on this machine. */
static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void tell_accuracy(struct report *r, const struct listed *test, const struct listed *from,
			  double threshold, const struct accuracy *quantised,
			  const struct accuracy *exact)
{
	char a[SHARE_TEXT_LEN], b[SHARE_TEXT_LEN], c[SHARE_TEXT_LEN];
	struct json_w *w = r->json;

	sheet_section(&r->sheet, "%zu pairs of %s, left out: %zu", test->len, file_name(test->name),
		      test->left_out);
	sheet_line(&r->sheet, "threshold %.4f, chosen on %s", threshold, file_name(from->name));
	sheet_cards_begin(&r->sheet);
	sheet_card(&r->sheet, "accuracy", share_text(a, quantised->share),
		   interval_text(b, quantised->ci));
	sheet_card(&r->sheet, "before quantising", share_text(c, exact->share), "");
	sheet_cards_end(&r->sheet);
	if (from == test)
		report_warning(r, "The threshold was chosen on the list itself, which flatters the "
				  "accuracy");
	jw_int(w, "pairs", (int64_t)test->len);
	jw_int(w, "left_out", (int64_t)test->left_out);
	jw_real(w, "threshold", threshold);
	report_clean(w, "threshold_from", from->name);
	jw_real(w, "accuracy", quantised->share);
	report_interval(w, "accuracy_interval", quantised->ci);
	jw_real(w, "accuracy_exact", exact->share);
}

static tanu_status accuracy(struct report *r, struct listed *test, struct listed *from,
			    tanu_error *err)
{
	double threshold = 0, exact_threshold = 0;
	struct accuracy quantised, exact;
	tanu_status st;

	if ((st = best_accuracy_threshold(&threshold, from->quantised, from->len, err)) < 0 ||
	    (st = best_accuracy_threshold(&exact_threshold, from->exact, from->len, err)) < 0)
		return st;
	quantised = accuracy_at(test->quantised, test->len, threshold);
	exact = accuracy_at(test->exact, test->len, exact_threshold);
	tell_accuracy(r, test, from, threshold, &quantised, &exact);
	return TANU_OK;
}

/* Before the pairs are sorted for the accuracy of the whole list. */
static tanu_status folds(struct fold_accuracy *out, const struct listed *test, tanu_error *err)
{
	*out = (struct fold_accuracy){0};
	if (test->pairs.folds < 2)
		return TANU_OK;
	return accuracy_by_fold(out, test->quantised, test->fold, test->len, test->pairs.folds,
				err);
}

static tanu_status groups_of(struct report *r, const struct listed *test,
			     const struct labels *labels, const struct set_rates *whole,
			     tanu_error *err)
{
	struct pair_set groups[GROUPS_MAX] = {0};
	size_t apart = 0;
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < test->len; i++)
		apart += test->label[i] == NO_LABEL;
	for (size_t i = 0; i < labels->names.len && st == TANU_OK; i++)
		st = pair_set_from_list(&groups[i], test->known, test->len, test->people.len,
					test->label, i, err);
	if (st == TANU_OK)
		st = answer_groups(r, labels, groups, whole, apart, "pairs", err);
	for (size_t i = 0; i < GROUPS_MAX; i++)
		pair_set_free(&groups[i]);
	return st;
}

tanu_status answer_listed(struct report *r, struct pair_set *out, struct listed *test,
			  struct listed *training, const struct labels *labels, tanu_error *err)
{
	struct set_rates rates, *const one = &rates;
	struct fold_accuracy by_fold;
	tanu_status st;

	if ((st = folds(&by_fold, test, err)) < 0)
		return st;
	jw_object(r->json, "listed");
	if ((st = accuracy(r, test, training->name ? training : test, err)) < 0)
		return st;
	if (by_fold.folds)
		report_folds(r, &by_fold);
	if ((st = pair_set_from_list(out, test->known, test->len, test->people.len, NULL, NO_LABEL,
				     err)) < 0 ||
	    (st = set_measure(&rates, out, &eval_draws, err)) < 0)
		return st;
	report_set(r, &rates, REPORT_PAIRS, NULL);
	report_plots(r, (const struct set_rates *const *)&one, NULL, 1, REPORT_PAIRS);
	jw_end_object(r->json);
	return labels->names.len ? groups_of(r, test, labels, &rates, err) : TANU_OK;
}
