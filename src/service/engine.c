/* SPDX-License-Identifier: Apache-2.0 */
/* The face engine, opened when the first photograph comes: most acts need none. */
#include "service/internal.h"

#include <string.h>

tanu_status engine_ready(struct service *s, tanu_error *err)
{
	if (s->engine)
		return TANU_OK;
	return engine_local_open(&s->engine, s->models_dir[0] ? s->models_dir : NULL, err);
}

void engine_drop(struct service *s)
{
	if (!s->engine_lent)
		engine_close(&s->engine);
	s->engine = NULL;
}

/* Zeroed whole: sessions are told apart by all of its bytes. */
void engine_options(const struct service *s, tanu_session_options *out, enum sample_use use)
{
	memset(out, 0, sizeof(*out));
	out->min_face_px = (int32_t)settings_int(&s->settings, "face.min_px");
	settings_bounds(&out->bounds, &s->settings, use);
}

struct service_pause service_pause(struct service *s)
{
	struct service_pause pause = {s->mark, s->mark_self};

	if (s->pause) {
		s->mark = NULL; /* of this caller alone */
		s->pause(s->pause_self);
	}
	return pause;
}

void service_resume(struct service *s, const struct service_pause *pause)
{
	if (!s->resume)
		return;
	s->resume(s->pause_self);
	s->mark = pause->mark;
	s->mark_self = pause->mark_self;
}
