/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status each(void *self, const struct model_view *v, tanu_error *err)
{
	struct run *run = self;
	struct json_w *w = &run->jw;

	(void)err;
	say_tint(run, TINT_STRONG, v->name);
	say(run, "  %s%s\n  file     ", v->task, v->in_use ? "" : " (not in use)");
	say_clean(run, v->file);
	say(run, "\n  sha256   %s\n  licence  ", v->sha256);
	say_clean(run, v->licence);
	say(run, "\n  origin   ");
	say_clean(run, v->origin);
	say(run, "\n");
	jw_object(w, NULL);
	jw_clean(w, "name", v->name);
	jw_text(w, "task", v->task);
	jw_bool(w, "in_use", v->in_use);
	jw_clean(w, "file", v->file);
	jw_text(w, "sha256", v->sha256);
	jw_clean(w, "licence", v->licence);
	jw_clean(w, "origin", v->origin);
	if (v->population)
		jw_clean(w, "population", v->population);
	else
		jw_null(w, "population");
	jw_end_object(w);
	return TANU_OK;
}

static tanu_status model_list(struct run *run, tanu_error *err)
{
	tanu_status st;

	jw_array(&run->jw, "models");
	st = service_models_each(NULL, false, each, run, err);
	jw_end_array(&run->jw);
	return st;
}

const struct verb verb_model_list = {
    .group = "model",
    .action = "list",
    .brief = "List the models of this machine",
    .about = "Lists the manifests in the folder of models: what each model is for, its file, "
	     "digest, licence as "
	     "claimed, and origin.",
    .example = "tanu model list",
    .fields = {{"models[].name", "name of the model"},
	       {"models[].task", "detect, landmark, embed, liveness or eye"},
	       {"models[].in_use", "true: the one used for its task"},
	       {"models[].file", "file of the weights"},
	       {"models[].sha256", "digest that the weights must have"},
	       {"models[].licence", "licence, as its publisher claims"},
	       {"models[].origin", "where it comes from"},
	       {"models[].population", "whom its error rates were measured on, or null"}},
    .run = model_list,
};
