/* SPDX-License-Identifier: Apache-2.0 */
/* Taking a new model into a folder of models: tried first, copied only when it works. */
#include "tensor/ort.h"

#include <stdio.h>
#include <string.h>

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Would the folder still be a valid set with this manifest in it? */
static tanu_status check_set(const char *dir, const struct model_manifest *m, const char *file_name,
			     tanu_error *err)
{
	struct model_set set = {0};
	tanu_status st = model_set_open(&set, dir, err);

	if (st < 0)
		return st;
	if (m->is_default && set.of[m->task])
		st = tanu_fail(err, TANU_ERR_CONFLICT, file_name,
			       "%s is the default for %s already: set \"default\" to false in one",
			       set.of[m->task]->name, model_task_name(m->task));
	model_set_close(&set);
	return st;
}

/* One run on an even grey picture: the weights load, fit their task, and answer with numbers. */
static tanu_status try_model(const struct buf *weights, const struct model_manifest *m,
			     tanu_error *err)
{
	struct tensor_runtime *runtime = NULL;
	struct tensor_model *model = NULL;
	struct tensor_run *run = NULL;
	struct buf reworked = {0};
	size_t len;
	float *in;
	tanu_status st;

	buf_put(&reworked, weights->data, weights->len);
	if ((st = buf_check(&reworked, err)) < 0 || (st = onnx_rework(&reworked, err)) < 0 ||
	    (st = tensor_runtime_open(&runtime, err)) < 0 ||
	    (st = tensor_model_load(&model, runtime, &reworked, m, err)) < 0 ||
	    (st = tensor_run_open(&run, model, err)) < 0)
		goto out;
	in = tensor_input(run, &len);
	for (size_t i = 0; i < len; i++)
		in[i] = (127.0F - m->mean) * m->scale;
	st = tensor_run_go(run, err);
out:
	tensor_run_close(&run);
	tensor_model_close(&model);
	tensor_runtime_close(&runtime);
	buf_free(&reworked);
	return st;
}

/* Copy, unless the same bytes are there already. */
static tanu_status put_file(const char *dir, const char *name, const struct buf *content,
			    tanu_error *err)
{
	struct buf old = {.max = content->len + 1};
	char path[1024];
	tanu_status st = os_path(path, sizeof(path), dir, name, err);

	if (st < 0)
		return st;
	if (!os_exists(path))
		return os_replace_file(path, content->data, content->len, 0644, err);
	st = os_read_file(&old, path, content->len + 1, NULL);
	if (st < 0 || old.len != content->len || memcmp(old.data, content->data, old.len) != 0)
		st = tanu_fail(err, TANU_ERR_CONFLICT, path, "another file of this name is there");
	buf_free(&old);
	return st;
}

tanu_status model_add(const char *dir, const char *manifest_path, const char *weights_path,
		      tanu_error *err)
{
	struct buf text = {.max = MANIFEST_MAX_BYTES};
	struct buf weights = {0};
	const char *name = last_part(manifest_path);
	struct model_manifest m;
	tanu_status st;

	if (strlen(name) < 6 || strcmp(name + strlen(name) - 5, ".json") != 0)
		return tanu_fail(err, TANU_ERR_MODEL_FORMAT, name,
				 "a manifest's name must end in .json");
	if ((st = os_read_file(&text, manifest_path, MANIFEST_MAX_BYTES, err)) < 0 ||
	    (st = manifest_parse(&m, text.data, text.len, name, err)) < 0 ||
	    (st = check_set(dir, &m, name, err)) < 0 ||
	    (st = model_read_file(&weights, weights_path, &m, err)) < 0 ||
	    (st = try_model(&weights, &m, err)) < 0 ||
	    (st = put_file(dir, m.file, &weights, err)) < 0)
		goto out;
	st = put_file(dir, name, &text, err);
out:
	buf_free(&weights);
	buf_free(&text);
	return st;
}
