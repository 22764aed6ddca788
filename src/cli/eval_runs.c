/* SPDX-License-Identifier: Apache-2.0 */
/* Runs kept and compared: scores of pairs and the names of people, no features. */
#include "cli/eval.h"

#include <math.h>
#include <string.h>

static const double targets[] = {1e-1, 1e-2, 1e-3, 1e-4, 1e-5};

static tanu_status save(const char *path, const struct pair_set *set,
			const struct name_list *people, const char *kind,
			const struct eval_facts *facts, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = kept_run_write(&text, set, people, facts->model, kind, err);

	if (st == TANU_OK)
		st = os_replace_file(path, text.data, text.len, 0600, err);
	buf_free(&text);
	return st;
}

static tanu_status read_run(struct kept_run *out, const char *path, const char *kind,
			    tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = os_read_file(&text, path, KEPT_RUN_BYTES_MAX, err);

	if (st == TANU_OK)
		st = kept_run_parse(out, text.data, text.len, path, err);
	if (st == TANU_OK && strcmp(out->kind, kind) != 0)
		st = tanu_fail(err, TANU_ERR_USAGE, path,
			       "that run compared %s and this one %s: compare like with like",
			       out->kind, kind);
	buf_free(&text);
	return st;
}

static tanu_status compare(struct report *r, const char *path, const struct pair_set *set,
			   const struct name_list *people, const char *kind, tanu_error *err)
{
	struct run_difference rows[ARRAY_LEN(targets)], *row = rows;
	struct kept_run then = {0};
	tanu_status st = read_run(&then, path, kind, err);

	for (size_t i = 0; i < ARRAY_LEN(targets) && st == TANU_OK; i++) {
		st = runs_compare(row, &then, set, people, targets[i], &eval_draws, err);
		/* What either run can't say is left out. */
		if (st == TANU_OK && isfinite(row->base) && isfinite(row->other) &&
		    (double)set->scores.impostor_len * targets[i] >= 1)
			row++;
	}
	if (st == TANU_OK)
		report_differences(r, path, rows, (size_t)(row - rows));
	if (st == TANU_OK && then.set.genuine_len != set->genuine_len)
		report_warning(r,
			       "%zu genuine pairs then and %zu now: a photograph that one run "
			       "could not use counts for the other only",
			       then.set.genuine_len, set->genuine_len);
	kept_run_free(&then);
	return st;
}

tanu_status answer_runs(struct report *r, const struct args *args, const struct pair_set *set,
			const struct name_list *people, const char *kind,
			const struct eval_facts *facts, tanu_error *err)
{
	const char *against = args_get(args, "against"), *path = args_get(args, "save-scores");
	tanu_status st = TANU_OK;

	if (against)
		st = compare(r, against, set, people, kind, err);
	if (st == TANU_OK && path)
		st = save(path, set, people, kind, facts, err);
	return st;
}
