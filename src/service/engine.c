/* SPDX-License-Identifier: Apache-2.0 */
/* The face engine, opened when the first photograph comes: most acts need none. */
#include "service/internal.h"

static tanu_status session_open(struct service *s, enum sample_use use, tanu_error *err)
{
	tanu_session_options options = {.min_face_px =
					    (int32_t)settings_int(&s->settings, "face.min_px")};

	settings_bounds(&options.bounds, &s->settings, use);
	return tanu_session_open(&s->session[use], s->engine, &options, err);
}

tanu_status engine_ready(struct service *s, enum sample_use use, tanu_error *err)
{
	tanu_status st = TANU_OK;

	if (!s->engine)
		st = tanu_engine_open(&s->engine, s->models_dir[0] ? s->models_dir : NULL, err);
	if (st == TANU_OK && !s->session[use])
		st = session_open(s, use, err);
	return st;
}

void engine_close(struct service *s)
{
	for (int use = 0; use < SAMPLE_USES; use++)
		tanu_session_close(&s->session[use]);
	tanu_engine_close(&s->engine);
}
