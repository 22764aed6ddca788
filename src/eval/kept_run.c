/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run kept for comparing: JSON with the people, how many photographs each has, and pairs as
 * [score, person, person]; of all pairs of a folder just the highest impostors. Scores and names,
 * no features.
 */
#include "eval/sets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORM	      1	     /* of the file */
#define IMPOSTORS_MAX 200000 /* of those among all pairs: FMR 1e-2 for 6,000 photographs */

static void put_pairs(struct json_w *w, const char *key, const struct boot_pair *pairs, size_t len)
{
	jw_array(w, key);
	for (size_t i = 0; i < len; i++) {
		jw_array(w, NULL);
		jw_float(w, NULL, pairs[i].score);
		jw_int(w, NULL, pairs[i].a);
		jw_int(w, NULL, pairs[i].b);
		jw_end_array(w);
	}
	jw_end_array(w);
}

tanu_status kept_run_write(struct buf *out, const struct pair_set *set,
			   const struct name_list *people, const char *model, const char *kind,
			   tanu_error *err)
{
	size_t impostors = set->impostor_len;
	struct json_w w;

	if (set->photos && impostors > IMPOSTORS_MAX)
		impostors = IMPOSTORS_MAX;
	if (!out->max)
		out->max = KEPT_RUN_BYTES_MAX;
	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_int(&w, "tanu_scores", FORM);
	jw_text(&w, "kind", kind);
	jw_text(&w, "model", model);
	jw_array(&w, "people");
	for (size_t i = 0; i < set->people; i++) {
		jw_object(&w, NULL);
		jw_text(&w, "name", people->names[i]);
		if (set->photos)
			jw_int(&w, "photographs", set->photos[i]);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	put_pairs(&w, "genuine", set->genuine, set->genuine_len);
	put_pairs(&w, "impostor", set->impostor, impostors);
	jw_end_object(&w);
	return buf_check(out, err);
}

static tanu_status damaged(const char *what, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_JSON, what,
			 "this is not a file of --save-scores, or it is damaged");
}

static tanu_status read_person(struct kept_run *out, json_value person, tanu_error *err)
{
	size_t before = out->people.len, index;
	int64_t photographs = 0;
	const char *name;
	tanu_status st;

	if ((st = json_text(&name, person, "name", err)) < 0 ||
	    (st = name_list_add(&out->people, &index, name, err)) < 0)
		return st;
	if (out->set.photos && (st = json_int(&photographs, person, "photographs", err)) < 0)
		return st;
	if (index != before || photographs < 0 || photographs > UINT16_MAX)
		return damaged("people", err);
	if (out->set.photos)
		out->set.photos[index] = (uint32_t)photographs;
	return TANU_OK;
}

static tanu_status read_people(struct kept_run *out, json_value root, tanu_error *err)
{
	json_value people = json_get(root, "people");
	tanu_status st = TANU_OK;

	if (json_get(json_at(people, 0), "photographs")) {
		out->set.photos = calloc(json_len(people), sizeof(*out->set.photos));
		if (!out->set.photos)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	}
	for (size_t i = 0; i < json_len(people) && st == TANU_OK; i++)
		st = read_person(out, json_at(people, i), err);
	out->set.people = out->people.len;
	return st;
}

static tanu_status read_pair(struct boot_pair *out, json_value row, size_t people, tanu_error *err)
{
	double v[3];
	tanu_status st;

	for (size_t i = 0; i < 3; i++)
		if ((st = json_number_at(&v[i], row, i, err)) < 0)
			return st;
	if (!(fabs(v[0]) <= 2) || !(v[1] >= 0 && v[1] < (double)people) ||
	    !(v[2] >= 0 && v[2] < (double)people))
		return damaged("pair", err);
	*out = (struct boot_pair){(float)v[0], (uint32_t)v[1], (uint32_t)v[2]};
	return TANU_OK;
}

static tanu_status read_pairs(struct boot_pair **out, size_t *out_len, json_value rows,
			      size_t people, tanu_error *err)
{
	size_t len = json_len(rows);
	tanu_status st = TANU_OK;

	*out = calloc(len + 1, sizeof(**out));
	if (!*out)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < len && st == TANU_OK; i++)
		st = read_pair(&(*out)[i], json_at(rows, i), people, err);
	*out_len = len;
	return st;
}

static tanu_status check_order(const struct pair_set *set, tanu_error *err)
{
	for (size_t i = 1; i < set->impostor_len; i++)
		if (set->impostor[i].score > set->impostor[i - 1].score)
			return damaged("impostor", err);
	return TANU_OK;
}

static tanu_status read_root(struct kept_run *out, json_value root, tanu_error *err)
{
	const char *model, *kind;
	int64_t form;
	tanu_status st;

	if ((st = json_int(&form, root, "tanu_scores", err)) < 0 ||
	    (st = json_text(&model, root, "model", err)) < 0 ||
	    (st = json_text(&kind, root, "kind", err)) < 0)
		return st;
	if (form != FORM)
		return tanu_fail(err, TANU_ERR_JSON, "tanu_scores",
				 "written by another version of this program");
	snprintf(out->model, sizeof(out->model), "%s", model);
	snprintf(out->kind, sizeof(out->kind), "%s", kind);
	if ((st = read_people(out, root, err)) < 0 ||
	    (st = read_pairs(&out->set.genuine, &out->set.genuine_len, json_get(root, "genuine"),
			     out->set.people, err)) < 0 ||
	    (st = read_pairs(&out->set.impostor, &out->set.impostor_len, json_get(root, "impostor"),
			     out->set.people, err)) < 0)
		return st;
	return check_order(&out->set, err);
}

tanu_status kept_run_parse(struct kept_run *out, const void *text, size_t text_len,
			   const char *name, tanu_error *err)
{
	struct json_doc *doc = NULL;
	struct kept_run run = {0};
	tanu_status st;

	if ((st = json_parse(&doc, text, text_len, KEPT_RUN_BYTES_MAX, name, err)) < 0)
		return st;
	st = read_root(&run, json_root(doc), err);
	if (st < 0)
		error_prefix_place(err, name);
	else
		*out = run;
	if (st < 0)
		kept_run_free(&run);
	json_free(&doc);
	return st;
}

void kept_run_free(struct kept_run *run)
{
	pair_set_free(&run->set);
	name_list_free(&run->people);
}
