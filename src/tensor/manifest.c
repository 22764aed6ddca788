/* SPDX-License-Identifier: Apache-2.0 */
/* One file of models/, read strictly: what is not named here is refused. */
#include "tensor/fields.h"

#include <stdio.h>
#include <string.h>

/* Keys that only some tasks have. */
enum {
	HAS_CROP = 1,
	HAS_CLASS = 2,
	HAS_FEATURES = 4, /* and align, norm and calibration */
};

static const struct {
	const char *word;
	unsigned keys;
	int outputs;
	const char *output[MODEL_OUTPUTS_MAX]; /* what each output means */
} tasks[MODEL_TASK_COUNT] = {
    [MODEL_DETECT] = {"detect", 0, 2, {"scores", "boxes"}},
    [MODEL_LANDMARK] = {"landmark", HAS_CROP, 1, {"points"}},
    [MODEL_EMBED] = {"embed", HAS_FEATURES, 1, {"features"}},
    [MODEL_LIVENESS] = {"liveness", HAS_CROP | HAS_CLASS, 1, {"logits"}},
    [MODEL_EYE] = {"eye", HAS_CROP | HAS_CLASS, 1, {"logits"}},
};

static const struct {
	const char *key;
	unsigned need; /* 0: every task */
} top_keys[] = {
    {"name", 0},
    {"task", 0},
    {"default", 0},
    {"file", 0},
    {"sha256", 0},
    {"licence", 0},
    {"origin", 0},
    {"input", 0},
    {"output", 0},
    {"crop", HAS_CROP},
    {"class", HAS_CLASS},
    {"features", HAS_FEATURES},
    {"align", HAS_FEATURES},
    {"norm", HAS_FEATURES},
    {"calibration", HAS_FEATURES},
};

static const char *const norm_keys[] = {"mean", "deviation"};
static const char *const input_keys[] = {"name",  "width", "height", "channels",
					 "order", "mean",  "scale"};

const char *model_task_name(enum model_task task)
{
	return (unsigned)task < MODEL_TASK_COUNT ? tasks[task].word : "unknown";
}

static tanu_status only_keys_of_task(json_value root, enum model_task task, tanu_error *err)
{
	const char *keys[ARRAY_LEN(top_keys)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(top_keys); i++)
		if (!top_keys[i].need || top_keys[i].need & tasks[task].keys)
			keys[n++] = top_keys[i].key;
	return fields_only(root, keys, n, err);
}

static tanu_status read_task(enum model_task *out, json_value root, tanu_error *err)
{
	const char *word;
	tanu_status st = json_text(&word, root, "task", err);

	if (st < 0)
		return st;
	for (size_t i = 0; i < MODEL_TASK_COUNT; i++) {
		if (strcmp(word, tasks[i].word) == 0) {
			*out = (enum model_task)i;
			return TANU_OK;
		}
	}
	return field_refuse(err, "task",
			    "the task must be detect, landmark, embed, liveness or eye");
}

/* A plain name: it is joined to folders. */
static tanu_status read_file_name(struct model_manifest *m, json_value root, tanu_error *err)
{
	tanu_status st = field_text(m->file, sizeof(m->file), root, "file", err);

	if (st < 0)
		return st;
	if (strchr(m->file, '/') || m->file[0] == '.')
		return field_refuse(err, "file", "a plain file name is needed, without a folder");
	return TANU_OK;
}

static tanu_status read_digest(struct model_manifest *m, json_value root, tanu_error *err)
{
	const char *hex;
	tanu_status st = json_text(&hex, root, "sha256", err);

	if (st < 0)
		return st;
	if (!hex_decode(m->sha256, sizeof(m->sha256), hex))
		return field_refuse(err, "sha256", "64 lower-case hex digits are needed");
	return TANU_OK;
}

static tanu_status read_order(struct model_manifest *m, json_value input, tanu_error *err)
{
	const char *order;
	tanu_status st = json_text(&order, input, "order", err);

	if (st < 0)
		return st;
	if (strcmp(order, m->channels == 1 ? "grey" : "rgb") != 0 &&
	    (m->channels == 1 || strcmp(order, "bgr") != 0))
		return field_refuse(err, "order", "rgb or bgr with 3 channels, grey with 1");
	m->bgr = strcmp(order, "bgr") == 0;
	return TANU_OK;
}

static tanu_status read_input(struct model_manifest *m, json_value root, tanu_error *err)
{
	json_value input = json_get(root, "input");
	tanu_status st;

	if (!input)
		return field_refuse(err, "", "an object is needed here");
	if ((st = fields_only(input, input_keys, ARRAY_LEN(input_keys), err)) < 0 ||
	    (st = field_text(m->input_name, sizeof(m->input_name), input, "name", err)) < 0 ||
	    (st = field_int(&m->width, input, "width", 8, 1024, err)) < 0 ||
	    (st = field_int(&m->height, input, "height", 8, 1024, err)) < 0 ||
	    (st = field_int(&m->channels, input, "channels", 1, 3, err)) < 0)
		return st;
	if (m->channels == 2)
		return field_refuse(err, "channels", "1 (grey) or 3 (colour)");
	if ((st = read_order(m, input, err)) < 0 ||
	    (st = field_real(&m->mean, input, "mean", 0, 255, err)) < 0)
		return st;
	return field_real(&m->scale, input, "scale", 1e-6, 1e3, err);
}

static tanu_status read_outputs(struct model_manifest *m, json_value root, tanu_error *err)
{
	json_value output = json_get(root, "output");
	tanu_status st;

	if (!output)
		return field_refuse(err, "", "an object is needed here");
	m->outputs = tasks[m->task].outputs;
	st = fields_only(output, tasks[m->task].output, (size_t)m->outputs, err);
	for (int i = 0; i < m->outputs && st == TANU_OK; i++)
		st = field_text(m->output_name[i], sizeof(m->output_name[i]), output,
				tasks[m->task].output[i], err);
	return st;
}

static tanu_status read_align(struct model_manifest *m, json_value root, tanu_error *err)
{
	json_value points = json_get(root, "align");

	if (!points || json_len(points) != ARRAY_LEN(m->align))
		return field_refuse(err, "align", "five points [x, y] are needed");
	for (size_t i = 0; i < ARRAY_LEN(m->align); i++) {
		json_value point = json_at(points, i);
		double x, y;

		if (json_len(point) != 2 || json_number_at(&x, point, 0, NULL) < 0 ||
		    json_number_at(&y, point, 1, NULL) < 0)
			return field_refuse(err, "align", "five points [x, y] are needed");
		if (!(x >= 0 && x <= m->width && y >= 0 && y <= m->height))
			return field_refuse(err, "align", "a point lies outside the model's input");
		m->align[i][0] = (float)x;
		m->align[i][1] = (float)y;
	}
	if (m->align[0][0] >= m->align[1][0] || m->align[3][0] >= m->align[4][0])
		return field_refuse(err, "align",
				    "left and right are swapped; left is the viewer's");
	return TANU_OK;
}

/* May be left out: the model's norms then say nothing about quality. */
static tanu_status read_norm(struct model_manifest *m, json_value root, tanu_error *err)
{
	json_value norm = json_get(root, "norm");
	tanu_status st;

	if (!norm)
		return TANU_OK;
	if ((st = fields_only(norm, norm_keys, ARRAY_LEN(norm_keys), err)) < 0 ||
	    (st = field_real(&m->norm_mean, norm, "mean", 1e-6, 1e6, err)) < 0 ||
	    (st = field_real(&m->norm_deviation, norm, "deviation", 1e-6, 1e6, err)) < 0)
		error_prefix_place(err, "norm");
	return st;
}

/* The keys that only this task has. */
static tanu_status read_specific(struct model_manifest *m, json_value root, tanu_error *err)
{
	unsigned keys = tasks[m->task].keys;
	tanu_status st = TANU_OK;

	if (keys & HAS_CROP)
		st = field_real(&m->crop_scale, root, "crop", 0.5, 8, err);
	if (st == TANU_OK && keys & HAS_CLASS)
		st = field_int(&m->live_class, root, "class", 0, 15, err);
	if (!(keys & HAS_FEATURES) || st < 0)
		return st;
	if ((st = field_int(&m->features, root, "features", 32, TANU_FEATURES, err)) < 0 ||
	    (st = read_align(m, root, err)) < 0 || (st = read_norm(m, root, err)) < 0)
		return st;
	if (!json_get(root, "calibration"))
		return TANU_OK; /* to be measured */
	if ((st = calibration_read(&m->calibration, json_get(root, "calibration"), err)) < 0)
		error_prefix_place(err, "calibration");
	return st;
}

static tanu_status read_manifest(struct model_manifest *m, json_value root, tanu_error *err)
{
	tanu_status st;

	if ((st = read_task(&m->task, root, err)) < 0 ||
	    (st = only_keys_of_task(root, m->task, err)) < 0 ||
	    (st = field_text(m->name, sizeof(m->name), root, "name", err)) < 0 ||
	    (st = json_bool(&m->is_default, root, "default", err)) < 0 ||
	    (st = read_file_name(m, root, err)) < 0 || (st = read_digest(m, root, err)) < 0 ||
	    (st = field_text(m->licence, sizeof(m->licence), root, "licence", err)) < 0 ||
	    (st = field_text(m->origin, sizeof(m->origin), root, "origin", err)) < 0)
		return st;
	if ((st = read_input(m, root, err)) < 0) {
		error_prefix_place(err, "input");
		return st;
	}
	if ((st = read_outputs(m, root, err)) < 0) {
		error_prefix_place(err, "output");
		return st;
	}
	return read_specific(m, root, err);
}

tanu_status manifest_parse(struct model_manifest *out, const void *text, size_t text_len,
			   const char *name, tanu_error *err)
{
	struct model_manifest m = {0};
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, text, text_len, MANIFEST_MAX_BYTES, name, err);

	if (st < 0)
		return st;
	if ((st = read_manifest(&m, json_root(doc), err)) < 0)
		error_prefix_place(err, name);
	else
		*out = m;
	json_free(&doc);
	return st;
}
