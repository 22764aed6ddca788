/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

struct check {
	struct run *run;
	size_t count;
	size_t bad;
	tanu_error first; /* what was wrong first */
};

static tanu_status each(void *self, const struct model_view *v, tanu_error *err)
{
	struct check *check = self;
	struct run *run = check->run;
	struct json_w *w = &run->jw;
	bool good = v->checked == TANU_OK;

	(void)err;
	check->count++;
	if (!good && check->bad++ == 0)
		check->first = v->error;
	say_tint(run, good ? TINT_GOOD : TINT_BAD, good ? "ok " : "bad");
	say(run, "  %-9s %s", v->task, v->name);
	if (!good) {
		say(run, ": ");
		say_clean(run, v->error.message);
	}
	say(run, "\n");
	jw_object(w, NULL);
	jw_clean(w, "name", v->name);
	jw_text(w, "task", v->task);
	jw_bool(w, "ok", good);
	jw_text(w, "code", good ? NULL : tanu_error_name(v->error.code));
	jw_clean(w, "message", v->error.message);
	jw_end_object(w);
	return TANU_OK;
}

static tanu_status model_check(struct run *run, tanu_error *err)
{
	struct check check = {.run = run};
	tanu_status st;

	jw_array(&run->jw, "models");
	st = service_models_each(NULL, true, each, &check, err);
	jw_end_array(&run->jw);
	if (st < 0)
		return st;
	run->keep_answer = true;
	if (check.bad) {
		*err = check.first;
		return check.first.status;
	}
	if (check.count == 0)
		return tanu_fail(err, TANU_ERR_MODEL_MISSING, NULL, "there is no model here");
	return TANU_OK;
}

const struct verb verb_model_check = {
    .group = "model",
    .action = "check",
    .brief = "Read all weights and compare their digests",
    .about = "Reads the weights of every manifest and compares their SHA-256 with what the "
	     "manifest says. The "
	     "same is done each time a model is loaded.",
    .example = "tanu model check",
    .fields = {{"models[].name", "name of the model"},
	       {"models[].task", "what it is for"},
	       {"models[].ok", "true: the weights are here and are the right ones"},
	       {"models[].code", "error code, or null"},
	       {"models[].message", "what is wrong, in words; empty when nothing is"}},
    .run = model_check,
};
