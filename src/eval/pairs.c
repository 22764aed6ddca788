/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of pairs: the form of Labeled Faces in the Wild, and CSV. */
#include "eval/eval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FIELDS_MAX   4
#define LFW_PATH_MAX 512

struct reading {
	const char *name; /* of the list, for errors */
	struct name_list *photos;
	struct name_list folds; /* as a column names them */
	struct pair_list list;
};

static tanu_status add_pair(struct reading *r, const char *a, const char *b, bool same, size_t fold,
			    tanu_error *err)
{
	struct pair_list *list = &r->list;
	struct pair pair = {.same = same, .fold = fold};
	tanu_status st;

	if ((st = name_list_add(r->photos, &pair.a, a, err)) < 0 ||
	    (st = name_list_add(r->photos, &pair.b, b, err)) < 0)
		return st;
	if (list->len == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 1024;
		struct pair *more = realloc(list->pairs, cap * sizeof(*more));

		if (!more)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, r->name,
					 "not enough memory for %zu pairs", cap);
		list->pairs = more;
		list->cap = cap;
	}
	list->pairs[list->len++] = pair;
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
	return add_pair(r, a, b, same, 0, err);
}

/* The first line says "pairs" or "folds pairs": so many of each kind, in each fold. */
static size_t lfw_announced(size_t *folds, char *const *fields, size_t count)
{
	size_t n = strtoul(fields[0], NULL, 10);

	*folds = count == 2 ? n : 0;
	return 2 * n * (count == 2 ? strtoul(fields[1], NULL, 10) : 1);
}

/* The folds stand one after the other and are equally long. */
static void lfw_number_folds(struct pair_list *list, size_t folds)
{
	list->folds = folds;
	for (size_t i = 0; i < list->len && folds > 0; i++)
		list->pairs[i].fold = i * folds / list->len;
}

static tanu_status read_lfw(struct reading *r, char *text, tanu_error *err)
{
	size_t line = 0, announced = 0, folds = 0;
	char *rest = text, *fields[FIELDS_MAX];
	tanu_status st = TANU_OK;

	while (st == TANU_OK && rest) {
		size_t count = split(strsep(&rest, "\n"), fields);

		line++;
		if (count == 0)
			continue;
		if (line == 1 && count <= 2)
			announced = lfw_announced(&folds, fields, count);
		else
			st = lfw_row(r, fields, count, line, err);
	}
	if (st == TANU_OK && announced && announced != r->list.len)
		st =
		    tanu_fail(err, TANU_ERR_CSV, r->name,
			      "the list announces %zu pairs and holds %zu", announced, r->list.len);
	if (st == TANU_OK)
		lfw_number_folds(&r->list, folds);
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

static tanu_status csv_labels(struct reading *r, const struct csv *csv, tanu_error *err)
{
	const struct pair *pair = &r->list.pairs[r->list.len - 1];
	const char *a = csv_field(csv, csv_column(csv, "group_a"));
	const char *b = csv_field(csv, csv_column(csv, "group_b"));

	if (labels_set(&r->list.labels, pair->a, a, err) < 0 ||
	    labels_set(&r->list.labels, pair->b, b, err) < 0)
		return tanu_fail(err, TANU_ERR_CSV, r->name,
				 "row %zu: a photograph has another group in an earlier row",
				 csv_row(csv));
	return TANU_OK;
}

static tanu_status csv_fold(struct reading *r, const struct csv *csv, size_t *fold, tanu_error *err)
{
	int column = csv_column(csv, "fold");
	tanu_status st;

	*fold = 0;
	if (column < 0)
		return TANU_OK;
	st = name_list_add(&r->folds, fold, csv_field(csv, column), err);
	r->list.folds = r->folds.len;
	return st;
}

static tanu_status csv_pair(struct reading *r, const struct csv *csv, tanu_error *err)
{
	const char *a = csv_field(csv, csv_column(csv, "a"));
	const char *b = csv_field(csv, csv_column(csv, "b"));
	size_t fold;
	bool same;
	tanu_status st;

	if (!*a || !*b || !truth(&same, csv_field(csv, csv_column(csv, "same"))))
		return tanu_fail(err, TANU_ERR_CSV, r->name,
				 "row %zu: a and b must name photographs, and same be 1 or 0",
				 csv_row(csv));
	if ((st = csv_fold(r, csv, &fold, err)) < 0 ||
	    (st = add_pair(r, a, b, same, fold, err)) < 0)
		return st;
	return csv_labels(r, csv, err);
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
		st = csv_pair(r, csv, err);
	csv_close(&csv);
	return st < 0 ? st : got < 0 ? (tanu_status)got : TANU_OK;
}

/* A comma or semicolon in the first line makes it CSV. */
static bool looks_like_csv(const char *text)
{
	return strcspn(text, ",;") < strcspn(text, "\n");
}

static tanu_status read_text(struct reading *r, char *text, size_t len, tanu_error *err)
{
	tanu_status st;

	if (strlen(text) != len)
		return tanu_fail(err, TANU_ERR_CSV, r->name,
				 "the list holds a zero byte: not a text");
	if (looks_like_csv(text))
		st = read_csv(r, text, len, err);
	else
		st = read_lfw(r, text, err);
	if (st == TANU_OK && r->list.len == 0)
		st = tanu_fail(err, TANU_ERR_CSV, r->name, "there is no pair in this list");
	return st;
}

tanu_status pair_list_parse(struct pair_list *out, struct name_list *photos, const void *text,
			    size_t text_len, const char *name, tanu_error *err)
{
	struct reading r = {.name = name, .photos = photos};
	char *copy = strndup(text_len ? text : "", text_len);
	tanu_status st;

	if (!copy)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, name, "not enough memory");
	st = read_text(&r, copy, text_len, err);
	if (st == TANU_OK)
		*out = r.list;
	else
		pair_list_free(&r.list);
	name_list_free(&r.folds);
	free(copy);
	return st;
}

void pair_list_free(struct pair_list *list)
{
	free(list->pairs);
	labels_free(&list->labels);
	*list = (struct pair_list){0};
}
