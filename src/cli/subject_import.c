/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <stdlib.h>

#define PEOPLE_MAX 200000 /* rows of one file; a school has 2,000 */

struct import {
	const char *file;
	struct csv *csv;
	int name, born; /* columns */
	struct person *people;
	size_t *rows;
	size_t len, cap;
	size_t bad;
};

static tanu_status open_file(struct import *im, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = os_read_file(&text, im->file, CSV_BYTES_MAX, err);

	if (st < 0)
		goto out;
	if ((st = csv_open(&im->csv, text.data, text.len, im->file, err)) < 0)
		goto out;
	im->name = csv_column(im->csv, "name");
	im->born = csv_column(im->csv, "born");
	if (im->name < 0 || im->born < 0)
		st = tanu_fail(err, TANU_ERR_CSV, im->file,
			       "the first row must name the columns \"name\" and \"born\"");
out:
	buf_wipe(&text);
	return st;
}

static tanu_status reserve(struct import *im, tanu_error *err)
{
	size_t cap = im->cap ? im->cap * 2 : 256;
	struct person *people;
	size_t *rows;

	if (im->len < im->cap)
		return TANU_OK;
	if (im->len >= PEOPLE_MAX)
		return tanu_fail(err, TANU_ERR_CSV, im->file, "more than %d rows", PEOPLE_MAX);
	people = calloc(cap, sizeof(*people));
	rows = calloc(cap, sizeof(*rows));
	if (!people || !rows) {
		free(people);
		free(rows);
		return tanu_fail(err, TANU_ERR_NO_MEMORY, im->file, "not enough memory");
	}
	for (size_t i = 0; i < im->len; i++) {
		people[i] = im->people[i];
		rows[i] = im->rows[i];
	}
	mem_wipe(im->people, im->len * sizeof(*im->people));
	free(im->people);
	free(im->rows);
	im->people = people;
	im->rows = rows;
	im->cap = cap;
	return TANU_OK;
}

/* A row that is not understood is counted and told; all of them are, before anything is added. */
static tanu_status take_row(struct run *run, struct import *im, int got, tanu_error *row_err,
			    tanu_error *err)
{
	tanu_status st = got < 0 ? (tanu_status)got : reserve(im, err);

	if (got > 0 && st < 0)
		return st;
	if (got > 0)
		st = service_person_set(&im->people[im->len], csv_field(im->csv, im->name),
					csv_field(im->csv, im->born), row_err);
	if (st == TANU_OK) {
		im->rows[im->len++] = csv_row(im->csv);
		return TANU_OK;
	}
	im->bad++;
	say(run, "row %zu: ", csv_row(im->csv));
	say_clean(run, got < 0 ? "" : row_err->place);
	say(run, "%s", got < 0 ? "" : ": ");
	say_clean(run, row_err->message);
	say(run, "\n");
	jw_object(&run->jw, NULL);
	jw_int(&run->jw, "row", (int64_t)csv_row(im->csv));
	jw_clean(&run->jw, "message", row_err->message);
	jw_end_object(&run->jw);
	return TANU_OK;
}

static tanu_status read_rows(struct run *run, struct import *im, tanu_error *err)
{
	tanu_error row_err = {0};
	tanu_status st = TANU_OK;
	int got;

	jw_array(&run->jw, "refused");
	while (st == TANU_OK && (got = csv_next(im->csv, &row_err)) != 0)
		st = take_row(run, im, got, &row_err, err);
	jw_end_array(&run->jw);
	if (st < 0)
		return st;
	if (im->bad) {
		run->keep_answer = true;
		return tanu_fail(
		    err, TANU_ERR_CSV, im->file,
		    "%zu of %zu rows are not understood; nobody was added. Correct them "
		    "and import the whole file again",
		    im->bad, im->bad + im->len);
	}
	if (im->len == 0)
		return tanu_fail(err, TANU_ERR_CSV, im->file, "there is nobody in this file");
	return TANU_OK;
}

static tanu_status add_all(struct run *run, struct import *im, tanu_error *err)
{
	tanu_id *ids = calloc(im->len, sizeof(*ids));
	tanu_status st;

	if (!ids)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, im->file, "not enough memory");
	st = service_subject_add_many(run->service, ids, im->people, im->len, err);
	if (st < 0)
		goto out;
	jw_int(&run->jw, "added", (int64_t)im->len);
	jw_array(&run->jw, "subjects");
	for (size_t i = 0; i < im->len; i++) {
		jw_object(&run->jw, NULL);
		jw_int(&run->jw, "row", (int64_t)im->rows[i]);
		jw_id(&run->jw, "id", &ids[i]);
		jw_end_object(&run->jw);
	}
	jw_end_array(&run->jw);
	say(run, "Added %zu people. \"tanu subject list\" shows their ids.\n", im->len);
out:
	free(ids);
	return st;
}

static tanu_status subject_import(struct run *run, tanu_error *err)
{
	struct import im = {.file = run->args.operands[0]};
	tanu_status st;

	if ((st = open_file(&im, err)) < 0)
		goto out;
	if ((st = read_rows(run, &im, err)) < 0)
		goto out;
	if ((st = run_site(run, err)) < 0)
		goto out;
	st = add_all(run, &im, err);
out:
	csv_close(&im.csv);
	mem_wipe(im.people, im.len * sizeof(*im.people));
	free(im.people);
	free(im.rows);
	return st;
}

const struct verb verb_subject_import = {
    .group = "subject",
    .action = "import",
    .flags = VERB_SITE,
    .brief = "Add the people of a CSV file, all or nobody",
    .about = "Reads a CSV file (comma or semicolon, UTF-8) whose first row names the columns "
	     "\"name\" and "
	     "\"born\"; other columns are passed over. If a row is not understood, all such rows "
	     "are listed "
	     "and nobody is added.",
    .example = "tanu subject import people.csv",
    .operands = {{"FILE", VALUE_FILE, 1, 1, "The CSV file; \"-\" is standard input"}},
    .fields = {{"added", "how many people were added"},
	       {"subjects[].row", "row of the file, counted from 1 with the header"},
	       {"subjects[].id", "the id that this person got"},
	       {"refused[].row", "row that was not understood"},
	       {"refused[].message", "why"}},
    .run = subject_import,
};
