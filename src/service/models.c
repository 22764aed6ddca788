/* SPDX-License-Identifier: Apache-2.0 */
/* The models of this machine, as the operator sees them. */
#include "service/service.h"

#include "tensor/tensor.h"

#include <stdio.h>

static void view_of(struct model_view *out, const struct model_set *set,
		    const struct model_manifest *m)
{
	*out = (struct model_view){
	    .name = m->name,
	    .task = model_task_name(m->task),
	    .file = m->file,
	    .licence = m->licence,
	    .origin = m->origin,
	    .population = m->calibration.count ? m->calibration.population : NULL,
	    .width = m->width,
	    .height = m->height,
	    .in_use = set->of[m->task] == m,
	};
	hex_encode(out->sha256, m->sha256, sizeof(m->sha256));
}

/* Are the weights here, and are they the manifest's? What does not hold goes into `error`. */
static void check_weights(struct model_view *view, const struct model_set *set,
			  const struct model_manifest *m)
{
	struct buf weights = {0};

	view->checked = model_read(&weights, set, m, &view->error);
	buf_free(&weights);
}

tanu_status service_models_each(const char *models_dir, bool check,
				tanu_status (*each)(void *self, const struct model_view *view,
						    tanu_error *err),
				void *self, tanu_error *err)
{
	struct model_set set = {0};
	tanu_status st = model_set_open(&set, models_dir, err);

	for (size_t i = 0; i < set.count && st == TANU_OK; i++) {
		struct model_view view;

		view_of(&view, &set, &set.manifest[i]);
		if (check)
			check_weights(&view, &set, &set.manifest[i]);
		st = each(self, &view, err);
	}
	model_set_close(&set);
	return st;
}

tanu_status service_models_dir(char *out, size_t out_len, tanu_error *err)
{
	struct model_set set = {0};
	tanu_status st = model_set_open(&set, NULL, err);

	if (st == TANU_OK)
		snprintf(out, out_len, "%s", set.dir);
	model_set_close(&set);
	return st;
}

tanu_status service_model_add(const char *manifest, const char *weights, tanu_error *err)
{
	char dir[sizeof(((struct model_set *)NULL)->dir)];
	tanu_status st = service_models_dir(dir, sizeof(dir), err);

	return st < 0 ? st : model_add(dir, manifest, weights, err);
}

tanu_status service_runtime_version(char *out, size_t out_len, tanu_error *err)
{
	struct tensor_runtime *runtime = NULL;
	tanu_status st = tensor_runtime_open(&runtime, err);

	if (st == TANU_OK)
		snprintf(out, out_len, "%s", tensor_runtime_version(runtime));
	tensor_runtime_close(&runtime);
	return st;
}
