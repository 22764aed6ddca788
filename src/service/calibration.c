/* SPDX-License-Identifier: Apache-2.0 */
/* What a score means here: by the model's manifest, and by the site's own measurement. */
#include "service/internal.h"

#include "tensor/tensor.h"

#include <string.h>

void service_calibration_text(struct buf *out, const tanu_calibration *cal)
{
	calibration_write(out, cal, "");
	buf_str(out, "\n");
}

tanu_status service_calibration_save(const char *manifest, const tanu_calibration *cal,
				     const uint8_t model[TANU_MODEL_DIGEST], tanu_error *err)
{
	return manifest_calibrate(manifest, cal, model, err);
}

/* The manifest alone: no weights are read, no runtime is loaded. */
tanu_status model_calibration(struct service *s, tanu_calibration *out,
			      uint8_t model[TANU_MODEL_DIGEST], tanu_error *err)
{
	struct model_set set = {0};
	const struct model_manifest *embedder;
	tanu_status st = model_set_open(&set, s && s->models_dir[0] ? s->models_dir : NULL, err);

	if (st < 0)
		return st;
	embedder = set.of[MODEL_EMBED];
	if (!embedder) {
		st = tanu_fail(err, TANU_ERR_MODEL_MISSING, set.dir,
			       "no embedder is the default among these models");
	} else {
		*out = embedder->calibration;
		memcpy(model, embedder->sha256, TANU_MODEL_DIGEST);
	}
	model_set_close(&set);
	return st;
}

static tanu_status own_calibration(struct service *s, struct overlay *out, bool *found,
				   tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = DB(s, meta_get, &text, META_CALIBRATION, err);

	*found = text.len > 0;
	if (st == TANU_OK && *found)
		st = overlay_decode(out, &text, err);
	buf_free(&text);
	return st;
}

tanu_status site_calibration(struct service *s, const tanu_calibration **out, tanu_error *err)
{
	struct overlay own = {0};
	bool found = false;
	tanu_status st;

	if (s->calibrated) {
		*out = &s->calibration;
		return TANU_OK;
	}
	if ((st = model_calibration(s, &s->calibration, s->model, err)) < 0 ||
	    (st = own_calibration(s, &own, &found, err)) < 0)
		return st;
	if (found && memcmp(own.model, s->model, sizeof(own.model)) != 0)
		return tanu_fail(err, TANU_ERR_MODEL_MISMATCH, "this site's own calibration",
				 "it was measured with another model: measure again with tanu "
				 "calibrate --site");
	if (found)
		overlay_raise(&s->calibration, &own);
	s->calibrated = true;
	*out = &s->calibration;
	return TANU_OK;
}

tanu_status service_calibration(struct service *s, tanu_calibration *out, tanu_error *err)
{
	uint8_t model[TANU_MODEL_DIGEST];
	const tanu_calibration *calibration = NULL;
	tanu_status st;

	if (!s)
		return model_calibration(NULL, out, model, err);
	if ((st = site_calibration(s, &calibration, err)) == TANU_OK)
		*out = *calibration;
	return st;
}
