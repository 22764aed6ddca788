/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of pairs: the form of Labeled Faces in the Wild, and CSV. */
#include "eval/eval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FIELDS_MAX   4
#define LFW_PATH_MAX 512

/* A pair while its list is read. The paths are owned. */
struct row {
	char *a, *b;
	bool same;
};

struct reading {
	const char *name; /* of the list, for errors */
	struct row *rows;
	size_t len, cap;
};

static tanu_status no_memory(const struct reading *r, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_NO_MEMORY, r->name, "not enough memory");
}

static tanu_status add_row(struct reading *r, const char *a, const char *b, bool same,
			   tanu_error *err)
{
	struct row row = {strdup(a), strdup(b), same};

	if (row.a && row.b && r->len == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 1024;
		struct row *more = realloc(r->rows, cap * sizeof(*more));

		if (more) {
			r->rows = more;
			r->cap = cap;
		}
	}
	if (!row.a || !row.b || r->len == r->cap) {
		free(row.a);
		free(row.b);
		return no_memory(r, err);
	}
	r->rows[r->len++] = row;
	return TANU_OK;
}

/* ---- LFW ---- */

/* "name", "12" -> "name/name_0012.jpg" */
static bool lfw_path(char out[LFW_PATH_MAX], const char *name, const char *number)
{
	char *end;
	long n = strtol(number, &end, 10);
	int len;

	if (*end || end == number || n < 1 || n > 9999)
		return false;
	len = snprintf(out, LFW_PATH_MAX, "%s/%s_%04ld.jpg", name, name, n);
	return len > 0 && len < LFW_PATH_MAX;
}

/* Splits at blanks in place; FIELDS_MAX + 1 means more than that. */
static size_t split(char *line, char *fields[FIELDS_MAX])
{
	size_t count = 0;
	char *save = NULL;

	for (char *f = strtok_r(line, " \t\r", &save); f; f = strtok_r(NULL, " \t\r", &save)) {
		if (count == FIELDS_MAX)
			return FIELDS_MAX + 1;
		fields[count++] = f;
	}
	return count;
}

static tanu_status lfw_row(struct reading *r, char *const *fields, size_t count, size_t line,
			   tanu_error *err)
{
	char a[LFW_PATH_MAX], b[LFW_PATH_MAX];
	bool same = count == 3;

	if ((count != 3 && count != 4) || !lfw_path(a, fields[0], fields[1]) ||
	    !lfw_path(b, fields[same ? 0 : 2], fields[count - 1]))
		return tanu_fail(err, TANU_ERR_CSV, r->name,
				 "line %zu is neither \"name i j\" nor \"name1 i name2 j\"", line);
	return add_row(r, a, b, same, err);
}

/* The first line says "pairs" or "folds pairs": so many of each kind, in each fold. */
static size_t lfw_announced(char *const *fields, size_t count)
{
	size_t n = strtoul(fields[0], NULL, 10);

	return 2 * n * (count == 2 ? strtoul(fields[1], NULL, 10) : 1);
}

static tanu_status read_lfw(struct reading *r, char *text, tanu_error *err)
{
	size_t line = 0, announced = 0;
	char *rest = text, *fields[FIELDS_MAX];
	tanu_status st = TANU_OK;

	while (st == TANU_OK && rest) {
		size_t count = split(strsep(&rest, "\n"), fields);

		line++;
		if (count == 0)
			continue;
		if (line == 1 && count <= 2)
			announced = lfw_announced(fields, count);
		else
			st = lfw_row(r, fields, count, line, err);
	}
	if (st == TANU_OK && announced && announced != r->len)
		st = tanu_fail(err, TANU_ERR_CSV, r->name,
			       "the list announces %zu pairs and holds %zu", announced, r->len);
	return st;
}

/* ---- CSV ---- */

static bool truth(bool *out, const char *word)
{
	static const char *const words[][2] = {{"0", "1"}, {"no", "yes"}, {"false", "true"}};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		for (int k = 0; k < 2; k++)
			if (strcasecmp(word, words[i][k]) == 0) {
				*out = k;
				return true;
			}
	return false;
}

static tanu_status csv_row_pair(struct reading *r, const struct csv *csv, tanu_error *err)
{
	const char *a = csv_field(csv, csv_column(csv, "a"));
	const char *b = csv_field(csv, csv_column(csv, "b"));
	bool same;

	if (!*a || !*b || !truth(&same, csv_field(csv, csv_column(csv, "same"))))
		return tanu_fail(err, TANU_ERR_CSV, r->name,
				 "row %zu: a and b must name photographs, and same be 1 or 0",
				 csv_row(csv));
	return add_row(r, a, b, same, err);
}

static tanu_status read_csv(struct reading *r, const char *text, size_t len, tanu_error *err)
{
	struct csv *csv = NULL;
	tanu_status st;
	int got = 0;

	if ((st = csv_open(&csv, text, len, r->name, err)) < 0)
		return st;
	if (csv_column(csv, "a") < 0 || csv_column(csv, "b") < 0 || csv_column(csv, "same") < 0)
		st = tanu_fail(err, TANU_ERR_CSV, r->name,
			       "the first row must name the columns a, b and same");
	while (st == TANU_OK && (got = csv_next(csv, err)) > 0)
		st = csv_row_pair(r, csv, err);
	csv_close(&csv);
	return st < 0 ? st : got < 0 ? (tanu_status)got : TANU_OK;
}

/* ---- from rows to indices ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The paths of all rows, sorted, each once. The rows keep theirs. */
static tanu_status collect_paths(struct pair_list *out, const struct reading *r, tanu_error *err)
{
	char **all = calloc(2 * r->len, sizeof(*all));
	size_t kept = 0;

	if (!all)
		return no_memory(r, err);
	for (size_t i = 0; i < r->len; i++) {
		all[2 * i] = r->rows[i].a;
		all[2 * i + 1] = r->rows[i].b;
	}
	qsort(all, 2 * r->len, sizeof(*all), by_text);
	for (size_t i = 0; i < 2 * r->len; i++)
		if (kept == 0 || strcmp(all[kept - 1], all[i]) != 0)
			all[kept++] = all[i];
	out->paths = all;
	for (; out->paths_len < kept; out->paths_len++) { /* counts what is owned */
		all[out->paths_len] = strdup(all[out->paths_len]);
		if (!all[out->paths_len])
			return no_memory(r, err);
	}
	return TANU_OK;
}

static size_t path_index(const struct pair_list *list, char *const *path)
{
	char **at = bsearch(path, list->paths, list->paths_len, sizeof(*path), by_text);

	return (size_t)(at - list->paths);
}

static tanu_status index_rows(struct pair_list *out, const struct reading *r, tanu_error *err)
{
	tanu_status st;

	if (r->len == 0)
		return tanu_fail(err, TANU_ERR_CSV, r->name, "there is no pair in this list");
	if ((st = collect_paths(out, r, err)) < 0)
		return st;
	out->pairs = calloc(r->len, sizeof(*out->pairs));
	if (!out->pairs)
		return no_memory(r, err);
	out->pairs_len = r->len;
	for (size_t i = 0; i < r->len; i++)
		out->pairs[i] = (struct pair){path_index(out, &r->rows[i].a),
					      path_index(out, &r->rows[i].b), r->rows[i].same};
	return TANU_OK;
}

/* A comma or semicolon in the first line makes it CSV. */
static bool looks_like_csv(const char *text)
{
	size_t line = strcspn(text, "\n");

	return strcspn(text, ",;") < line;
}

tanu_status pair_list_parse(struct pair_list *out, const void *text, size_t text_len,
			    const char *name, tanu_error *err)
{
	struct reading r = {.name = name};
	struct pair_list list = {0};
	char *copy = strndup(text_len ? text : "", text_len);
	tanu_status st;

	if (!copy)
		return no_memory(&r, err);
	if (strlen(copy) != text_len)
		st = tanu_fail(err, TANU_ERR_CSV, name, "the list holds a zero byte: not a text");
	else if (looks_like_csv(copy))
		st = read_csv(&r, copy, text_len, err);
	else
		st = read_lfw(&r, copy, err);
	if (st == TANU_OK)
		st = index_rows(&list, &r, err);
	if (st == TANU_OK)
		*out = list;
	else
		pair_list_free(&list);
	for (size_t i = 0; i < r.len; i++) {
		free(r.rows[i].a);
		free(r.rows[i].b);
	}
	free(r.rows);
	free(copy);
	return st;
}

void pair_list_free(struct pair_list *list)
{
	for (size_t i = 0; i < list->paths_len; i++)
		free(list->paths[i]);
	free(list->paths);
	free(list->pairs);
	*list = (struct pair_list){0};
}
