/* SPDX-License-Identifier: Apache-2.0 */
/* Labels of photographs, out of the user's file. */
#include "eval/eval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_MAX 512

static bool grow(struct labels *labels, size_t photo)
{
	size_t len = labels->len ? labels->len : 1024;
	size_t *of;

	while (len <= photo)
		len *= 2;
	if (len == labels->len)
		return true;
	of = realloc(labels->of, len * sizeof(*of));
	if (!of)
		return false;
	for (size_t i = labels->len; i < len; i++)
		of[i] = NO_LABEL;
	labels->of = of;
	labels->len = len;
	return true;
}

tanu_status labels_set(struct labels *labels, size_t photo, const char *label, tanu_error *err)
{
	size_t index;
	tanu_status st;

	if (!*label)
		return TANU_OK;
	if (!grow(labels, photo))
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for labels");
	if ((st = name_list_add(&labels->names, &index, label, err)) < 0)
		return st;
	if (labels->of[photo] != NO_LABEL && labels->of[photo] != index)
		return tanu_fail(err, TANU_ERR_CSV, NULL,
				 "one photograph has two labels of one kind");
	labels->of[photo] = index;
	return TANU_OK;
}

size_t label_of(const struct labels *labels, size_t photo)
{
	return photo < labels->len ? labels->of[photo] : NO_LABEL;
}

/* The rows of a file: each name, and where its label stands among `labels`. */
struct rows {
	struct name_list keys;
	struct labels label; /* by number of the key */
	bool *met;
};

static tanu_status read_rows(struct rows *rows, struct csv *csv, tanu_error *err)
{
	tanu_status st = TANU_OK;
	size_t key;
	int got = 0;

	while (st == TANU_OK && (got = csv_next(csv, err)) > 0) {
		st = name_list_add(&rows->keys, &key, csv_field(csv, 0), err);
		if (st == TANU_OK)
			st = labels_set(&rows->label, key, csv_field(csv, 1), err);
	}
	return st < 0 ? st : got < 0 ? (tanu_status)got : TANU_OK;
}

/* The ways to name a photograph, the most precise one first. */
static bool write_key(char out[KEY_MAX], const char *photo, int way)
{
	const char *slash = strrchr(photo, '/');
	const char *name = slash ? slash + 1 : photo;
	const char *dot = strrchr(name, '.');
	const char *text = way == 0 || way == 3 ? photo : name;
	size_t len = strlen(text);

	if (way == 2 && dot)
		len = (size_t)(dot - name);
	else if (way == 3)
		len = strcspn(photo, "/");
	if (len >= KEY_MAX || (way == 3 && !slash))
		return false;
	memcpy(out, text, len);
	out[len] = '\0';
	return true;
}

static tanu_status label_photo(struct labels *out, struct rows *rows, size_t photo,
			       const char *path, tanu_error *err)
{
	char key[KEY_MAX];
	size_t row, label;

	for (int way = 0; way < 4; way++) {
		if (!write_key(key, path, way) || !name_list_find(&rows->keys, &row, key))
			continue;
		rows->met[row] = true;
		label = label_of(&rows->label, row);
		return label == NO_LABEL
			   ? TANU_OK
			   : labels_set(out, photo, rows->label.names.names[label], err);
	}
	return TANU_OK;
}

static tanu_status label_photos(struct labels *out, struct rows *rows,
				const struct name_list *photos, tanu_error *err)
{
	tanu_status st = TANU_OK;

	rows->met = calloc(rows->keys.len + 1, sizeof(*rows->met));
	if (!rows->met)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for labels");
	for (size_t i = 0; i < photos->len && st == TANU_OK; i++)
		st = label_photo(out, rows, i, photos->names[i], err);
	for (size_t i = 0; i < rows->keys.len; i++)
		out->unknown += !rows->met[i];
	return st;
}

tanu_status labels_parse(struct labels *out, const struct name_list *photos, const void *text,
			 size_t text_len, const char *name, tanu_error *err)
{
	struct labels labels = {0};
	struct rows rows = {0};
	struct csv *csv = NULL;
	tanu_status st;

	if ((st = csv_open(&csv, text, text_len, name, err)) < 0)
		return st;
	if (!csv_heading(csv, 1) || csv_heading(csv, 2)) {
		st = tanu_fail(err, TANU_ERR_CSV, name,
			       "two columns are needed: the photograph or person, and its label");
		goto out;
	}
	snprintf(labels.what, sizeof(labels.what), "%s", csv_heading(csv, 1));
	if ((st = read_rows(&rows, csv, err)) < 0 ||
	    (st = label_photos(&labels, &rows, photos, err)) < 0)
		goto out;
	*out = labels;
	labels = (struct labels){0};
out:
	csv_close(&csv);
	free(rows.met);
	name_list_free(&rows.keys);
	labels_free(&rows.label);
	labels_free(&labels);
	return st;
}

void labels_free(struct labels *labels)
{
	name_list_free(&labels->names);
	free(labels->of);
	*labels = (struct labels){0};
}
