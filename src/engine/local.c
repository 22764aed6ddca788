/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring in this process. */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#define SESSIONS 2 /* bounds of a door and of enrolment */

struct session_kept {
	tanu_session *session;
	tanu_session_options options;
};
struct local {
	struct face_engine engine; /* first */
	tanu_engine *models;
	struct session_kept kept[SESSIONS];
	size_t next;
};
struct local_look {
	struct face_look look; /* first */
	tanu_pixels image;
	tanu_session *session;
};

static bool same_options(const tanu_session_options *a, const tanu_session_options *b)
{
	bool same = a->min_face_px == b->min_face_px && a->detection_min == b->detection_min &&
		    a->measure_max == b->measure_max && a->central == b->central;

	for (size_t i = 0; i < TANU_QUALITY_COUNT && same; i++)
		same = a->bounds.min[i] == b->bounds.min[i] && a->bounds.max[i] == b->bounds.max[i];
	return same;
}

/* The session of these options; a third kind takes the place of the older one. */
static tanu_status session_of(struct local *l, tanu_session **out,
			      const tanu_session_options *options, tanu_error *err)
{
	struct session_kept *kept;
	tanu_status st;

	for (size_t i = 0; i < SESSIONS; i++)
		if (l->kept[i].session && same_options(&l->kept[i].options, options)) {
			*out = l->kept[i].session;
			return TANU_OK;
		}
	kept = &l->kept[l->next++ % SESSIONS];
	tanu_session_close(&kept->session);
	kept->options = *options;
	if ((st = tanu_session_open(&kept->session, l->models, options, err)) == TANU_OK)
		*out = kept->session;
	return st;
}

static void local_end(struct face_engine *engine, struct face_look **look)
{
	(void)engine;
	if (!*look)
		return;
	mem_wipe(*look, sizeof(struct local_look));
	free(*look);
	*look = NULL;
}

static tanu_status local_look(struct face_engine *engine, struct face_look **out,
			      const tanu_pixels *image, const tanu_session_options *options,
			      tanu_error *err)
{
	struct local_look *look = calloc(1, sizeof(*look));
	struct face_look *made = &look->look;
	tanu_status st;

	if (!look)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	look->image = *image;
	if ((st = session_of((struct local *)engine, &look->session, options, err)) == TANU_OK)
		st = tanu_analyse(look->session, &look->look.faces, image, err);
	if (st == TANU_OK)
		*out = made;
	else
		local_end(engine, &made);
	return st;
}

static void local_count(struct face_engine *engine)
{
	(void)engine; /* the models count */
}

static tanu_status local_embed(struct face_engine *engine, struct face_look *look,
			       tanu_embedding *out, tanu_error *err)
{
	const struct local_look *l = (const struct local_look *)look;

	(void)engine;
	return tanu_embed(l->session, out, &l->image, &look->faces.face[look->faces.chosen], err);
}

static uint64_t local_counted(struct face_engine *engine)
{
	return tanu_engine_count(((struct local *)engine)->models).embeddings;
}

static void local_close(struct face_engine *engine)
{
	struct local *l = (struct local *)engine;

	for (size_t i = 0; i < SESSIONS; i++)
		tanu_session_close(&l->kept[i].session);
	tanu_engine_close(&l->models);
	free(l);
}

static const struct face_engine_calls calls = {
    .look = local_look,
    .count = local_count,
    .embed = local_embed,
    .end = local_end,
    .counted = local_counted,
    .close = local_close,
};

tanu_status engine_local_open(struct face_engine **out, const char *models_dir, tanu_error *err)
{
	struct local *l = calloc(1, sizeof(*l));
	tanu_status st;

	if (!l)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	l->engine.calls = &calls;
	if ((st = tanu_engine_open(&l->models, models_dir, err)) < 0)
		free(l);
	else
		*out = &l->engine;
	return st;
}

const uint8_t *engine_local_model(const struct face_engine *engine)
{
	return tanu_engine_digest(((const struct local *)engine)->models);
}

void engine_close(struct face_engine **engine)
{
	if (*engine)
		(*engine)->calls->close(*engine);
	*engine = NULL;
}
