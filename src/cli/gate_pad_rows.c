/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/gate_pad_test.h"
#include "eval/eval.h"
#include "eval/report.h"

#define ROWS_MAX   100000
#define BYTES_MAX  ((size_t)32 << 20)
#define CONFIDENCE 0.95
#define LIVE	   "live"

tanu_status pad_rows_add(struct pad_rows *rows, const struct pad_row *row, tanu_error *err)
{
	if (rows->len == ROWS_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "results",
				 "more than %d trials: begin another file", ROWS_MAX);
	if (rows->len == rows->cap) {
		size_t cap = 2 * rows->cap + 64;
		struct pad_row *more = realloc(rows->row, cap * sizeof(*more));

		if (!more)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, "results", "not enough memory");
		rows->row = more;
		rows->cap = cap;
	}
	rows->row[rows->len++] = *row;
	return TANU_OK;
}

void pad_rows_free(struct pad_rows *rows)
{
	free(rows->row);
	*rows = (struct pad_rows){0};
}

/* ---- the file ---- */

static bool state_of(enum liveness_state *out, const char *word)
{
	for (int i = LIVENESS_UNKNOWN; i <= LIVENESS_LIVE; i++)
		if (strcmp(word, liveness_state_word((enum liveness_state)i)) == 0) {
			*out = (enum liveness_state)i;
			return true;
		}
	return false;
}

static bool part_of(enum liveness_part *out, const char *word)
{
	for (int i = 0; i < LIVENESS_PARTS; i++)
		if (strcmp(word, liveness_part_word((enum liveness_part)i)) == 0) {
			*out = (enum liveness_part)i;
			return true;
		}
	return false;
}

/* A number of a cell; a part that said nothing is an empty one. */
static void read_part(struct liveness_evidence *e, const char *cell)
{
	char *end = NULL;

	*e = (struct liveness_evidence){0};
	if (!*cell)
		return;
	e->value = strtof(cell, &end);
	e->present = end && *end == '\0';
}

static bool read_row(struct pad_row *row, const struct csv *csv)
{
	*row = (struct pad_row){.seen = true};
	snprintf(row->species, sizeof(row->species), "%s",
		 csv_field(csv, csv_column(csv, "species")));
	row->at_ms = strtoll(csv_field(csv, csv_column(csv, "at_ms")), NULL, 10);
	row->decided_ms = strtoll(csv_field(csv, csv_column(csv, "decided_ms")), NULL, 10);
	row->result.frames = (int32_t)strtol(csv_field(csv, csv_column(csv, "frames")), NULL, 10);
	for (int i = 0; i < LIVENESS_PARTS; i++)
		read_part(
		    &row->result.part[i],
		    csv_field(csv, csv_column(csv, liveness_part_word((enum liveness_part)i))));
	return *row->species &&
	       state_of(&row->result.state, csv_field(csv, csv_column(csv, "state"))) &&
	       part_of(&row->result.reason, csv_field(csv, csv_column(csv, "reason")));
}

static tanu_status read_rows(struct pad_rows *rows, struct csv *csv, const char *path,
			     tanu_error *err)
{
	tanu_status st = TANU_OK;
	int more;

	while (st == TANU_OK && (more = csv_next(csv, err)) != 0) {
		struct pad_row row;

		if (more < 0)
			return (tanu_status)more;
		if (!read_row(&row, csv))
			return tanu_fail(err, TANU_ERR_CSV, path,
					 "line %zu is none of a pad-test's: name another file",
					 csv_row(csv));
		st = pad_rows_add(rows, &row, err);
	}
	return st;
}

tanu_status pad_rows_load(struct pad_rows *rows, const char *path, tanu_error *err)
{
	struct buf text = {0};
	struct csv *csv = NULL;
	tanu_status st;

	if (!os_exists(path))
		return TANU_OK;
	if ((st = os_read_file(&text, path, BYTES_MAX, err)) == TANU_OK)
		st = csv_open(&csv, text.data, text.len, path, err);
	if (st == TANU_OK)
		st = read_rows(rows, csv, path, err);
	csv_close(&csv);
	buf_free(&text);
	return st;
}

static void write_row(struct buf *b, const struct pad_row *row)
{
	const struct liveness_result *r = &row->result;

	buf_printf(b, "%lld,%s,%s,%s,%lld,%d", (long long)row->at_ms, row->species,
		   liveness_state_word(r->state), liveness_part_word(r->reason),
		   (long long)row->decided_ms, r->frames);
	for (int i = 0; i < LIVENESS_PARTS; i++) {
		if (r->part[i].present && isfinite(r->part[i].value))
			buf_printf(b, ",%.4g", (double)r->part[i].value);
		else
			buf_str(b, ",");
	}
	buf_str(b, "\n");
}

tanu_status pad_rows_save(const struct pad_rows *rows, const char *path, tanu_error *err)
{
	struct buf b = {0};
	tanu_status st;

	buf_str(&b, "at_ms,species,state,reason,decided_ms,frames");
	for (int i = 0; i < LIVENESS_PARTS; i++)
		buf_printf(&b, ",%s", liveness_part_word((enum liveness_part)i));
	buf_str(&b, "\n");
	for (size_t i = 0; i < rows->len; i++)
		write_row(&b, &rows->row[i]);
	st = buf_check(&b, err);
	if (st == TANU_OK)
		st = os_replace_file(path, b.data, b.len, 0644, err);
	buf_free(&b);
	return st;
}

/* ---- rates ---- */

static int rising(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

struct tally {
	uint64_t all, state[LIVENESS_LIVE + 1];
	int64_t median_ms;
};

static void count(struct tally *t, const struct pad_rows *rows, const char *species, int64_t *times)
{
	*t = (struct tally){0};
	for (size_t i = 0; i < rows->len; i++) {
		if (strcmp(rows->row[i].species, species) != 0)
			continue;
		times[t->all++] = rows->row[i].decided_ms;
		t->state[rows->row[i].result.state]++;
	}
	qsort(times, t->all, sizeof(*times), rising);
	t->median_ms = times[t->all / 2];
}

static void tell_species(struct run *run, const struct pad_rows *rows, const char *species,
			 int64_t *times)
{
	bool live = strcmp(species, LIVE) == 0;
	struct json_w *w = &run->jw;
	struct interval ci;
	struct tally t;
	uint64_t errors;
	char a[SHARE_TEXT_LEN], b[SHARE_TEXT_LEN];

	count(&t, rows, species, times);
	errors = live ? t.all - t.state[LIVENESS_LIVE] : t.state[LIVENESS_LIVE];
	ci = clopper_pearson(errors, t.all, CONFIDENCE);
	say_clean(run, species);
	say(run,
	    ": %llu of %llu %s, %s %s; the true rate may be up to %s (95%%); %.1f s in the "
	    "middle\n",
	    (unsigned long long)errors, (unsigned long long)t.all,
	    live ? "refused" : "passed for live", live ? "BPCER" : "APCER",
	    share_text(a, (double)errors / (double)t.all), share_text(b, ci.high),
	    (double)t.median_ms / 1000);
	jw_object(w, NULL);
	jw_clean(w, "species", species);
	jw_int(w, "trials", (int64_t)t.all);
	jw_int(w, "live", (int64_t)t.state[LIVENESS_LIVE]);
	jw_int(w, "attack", (int64_t)t.state[LIVENESS_ATTACK]);
	jw_int(w, "thin", (int64_t)(t.state[LIVENESS_THIN] + t.state[LIVENESS_UNKNOWN]));
	jw_text(w, "rate_name", live ? "BPCER" : "APCER");
	jw_real(w, "rate", (double)errors / (double)t.all);
	report_interval(w, "interval", ci);
	jw_int(w, "median_ms", t.median_ms);
	jw_end_object(w);
	if (!live && errors > 0)
		run->exit = TANU_EXIT_NO_MATCH;
}

static bool is_first(const struct pad_rows *rows, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(rows->row[i].species, rows->row[at].species) == 0)
			return false;
	return true;
}

void pad_rows_tell(struct run *run, const struct pad_rows *rows)
{
	int64_t *times = calloc(rows->len + 1, sizeof(*times));

	jw_array(&run->jw, "species");
	for (size_t i = 0; times && i < rows->len; i++)
		if (is_first(rows, i))
			tell_species(run, rows, rows->row[i].species, times);
	jw_end_array(&run->jw);
	if (rows->len == 0)
		say(run, "No face stood before the camera in any trial: nothing is counted\n");
	free(times);
}
