/* SPDX-License-Identifier: Apache-2.0 */
/* The models, loaded once and shared. */
#include "face/session.h"

#include <stdlib.h>

static const enum model_task needed[] = {MODEL_DETECT, MODEL_LANDMARK, MODEL_LIVENESS, MODEL_EYE,
					 MODEL_EMBED};

static tanu_status load_models(tanu_engine *e, tanu_error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		const struct model_manifest *m = e->set.of[needed[i]];
		tanu_status st;

		if (!m)
			return tanu_fail(err, TANU_ERR_MODEL_MISSING, e->set.dir,
					 "no default model for %s in this folder",
					 model_task_name(needed[i]));
		st = tensor_model_open(&e->model[needed[i]], e->runtime, &e->set, m, err);
		if (st < 0)
			return st;
	}
	return TANU_OK;
}

tanu_status tanu_engine_open(tanu_engine **out, const char *models_dir, tanu_error *err)
{
	tanu_engine *e;
	tanu_status st;

	if (!out)
		return BAD_CALL(err, "nowhere to put the engine");
	e = calloc(1, sizeof(*e));
	if (!e)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "engine", "not enough memory");
	if ((st = crypto_init(err)) < 0 || (st = tensor_runtime_open(&e->runtime, err)) < 0 ||
	    (st = model_set_open(&e->set, models_dir, err)) < 0 || (st = load_models(e, err)) < 0) {
		tanu_engine_close(&e);
		return st;
	}
	*out = e;
	return TANU_OK;
}

void tanu_engine_close(tanu_engine **engine)
{
	tanu_engine *e = engine ? *engine : NULL;

	if (!e)
		return;
	for (size_t i = 0; i < MODEL_TASK_COUNT; i++)
		tensor_model_close(&e->model[i]);
	model_set_close(&e->set);
	tensor_runtime_close(&e->runtime);
	free(e);
	*engine = NULL;
}

tanu_engine_counters tanu_engine_count(const tanu_engine *engine)
{
	return (tanu_engine_counters){
	    .analysed = atomic_load(&engine->analysed),
	    .faces = atomic_load(&engine->faces),
	    .embeddings = atomic_load(&engine->embeddings),
	};
}

const uint8_t *tanu_engine_digest(const tanu_engine *engine)
{
	return engine->set.of[MODEL_EMBED]->sha256;
}

const tanu_calibration *tanu_engine_calibration(const tanu_engine *engine)
{
	return &engine->set.of[MODEL_EMBED]->calibration;
}

const struct model_set *engine_models(const tanu_engine *engine)
{
	return &engine->set;
}

const char *engine_runtime_version(const tanu_engine *engine)
{
	return tensor_runtime_version(engine->runtime);
}
