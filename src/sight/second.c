/* SPDX-License-Identifier: Apache-2.0 */
#include "sight/second.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define APART_MS      150  /* modules of two eyes show them in turn, 15 pictures a second each */
#define OVERLAP_MIN   0.3F /* intersection / union: it is the same face */
#define INSIDE_MIN    0.7F /* of the box: so much of it must be in the second picture */
#define DETECTION_MIN 0.5F /* a face that was found by one camera is looked for by the other */

const char *second_kind_word(enum second_kind kind)
{
	static const char *const words[] = {
#define X(name, word, part) word,
	    SECOND_KIND_LIST(X)
#undef X
	};

	return words[kind];
}

enum liveness_part second_kind_part(enum second_kind kind)
{
	static const enum liveness_part parts[] = {
#define X(name, word, part) part,
	    SECOND_KIND_LIST(X)
#undef X
	};

	return parts[kind];
}

bool second_view_parse(struct second_view *out, const char *text)
{
	float value[3];

	for (size_t i = 0; i < ARRAY_LEN(value); i++) {
		char *end = NULL;

		value[i] = strtof(text, &end);
		if (end == text)
			return false;
		text = end;
	}
	if (text[strspn(text, " ")] != '\0' || !(value[0] >= 20 && value[0] <= 500) ||
	    !(fabsf(value[1]) <= 50) || !(fabsf(value[2]) <= 50))
		return false;
	*out = (struct second_view){value[0] / 100, value[1] / 100, value[2] / 100};
	return true;
}

tanu_status second_open(struct second *out, enum second_kind kind, const struct second_view *view,
			float unit_mm, tanu_engine *engine, tanu_error *err)
{
	const tanu_session_options options = {.boxes_only = true, .detection_min = DETECTION_MIN};
	struct second s = {.kind = kind, .view = *view, .unit_mm = unit_mm};
	tanu_status st = TANU_OK;

	if (kind == SECOND_DEPTH && !(unit_mm > 0))
		return BAD_CALL(err, "one step of distance is more than nothing");
	if (kind == SECOND_INFRARED)
		st = tanu_session_open(&s.session, engine, &options, err);
	if (st == TANU_OK)
		*out = s;
	return st;
}

void second_close(struct second *s)
{
	tanu_session_close(&s->session);
	mem_wipe(s, sizeof(*s));
}

void second_picture(struct second *s, const tanu_pixels *pixels, int64_t at_ms)
{
	s->picture = *pixels;
	s->at_ms = at_ms;
}

void second_lost(struct second *s)
{
	s->picture = (tanu_pixels){.rgb = NULL};
	s->seen = (struct second_seen){.any = false};
}

/* ---- from one picture to the other ---- */

struct size {
	float width, height;
};

static void place(const struct second *s, float out[2], const float at[2], const struct size *first)
{
	float w = (float)s->picture.width, h = (float)s->picture.height;

	out[0] =
	    w / 2 + w * (s->view.scale * (at[0] - first->width / 2) / first->width + s->view.right);
	out[1] =
	    h / 2 + w * (s->view.scale * (at[1] - first->height / 2) / first->width + s->view.down);
}

static float area(const float box[4])
{
	return fmaxf(0, box[2] - box[0]) * fmaxf(0, box[3] - box[1]);
}

static float overlap(const float a[4], const float b[4])
{
	const float both[4] = {fmaxf(a[0], b[0]), fmaxf(a[1], b[1]), fminf(a[2], b[2]),
			       fminf(a[3], b[3])};
	float common = area(both), all = area(a) + area(b) - common;

	return all > 0 ? common / all : 0;
}

static bool is_inside(const struct second *s, const float box[4])
{
	const float both[4] = {fmaxf(box[0], 0), fmaxf(box[1], 0),
			       fminf(box[2], (float)s->picture.width),
			       fminf(box[3], (float)s->picture.height)};

	return area(both) >= INSIDE_MIN * area(box);
}

/* With which view would these two boxes be one? */
static struct second_view view_between(const float first_box[4], const struct size *first,
				       const float box[4], const tanu_pixels *picture)
{
	float w = (float)picture->width, h = (float)picture->height;
	float scale = sqrtf(area(box) / fmaxf(1, area(first_box))) * first->width / w;

	return (struct second_view){
	    .scale = scale,
	    .right = ((box[0] + box[2]) / 2 - w / 2) / w -
		     scale * ((first_box[0] + first_box[2]) / 2 - first->width / 2) / first->width,
	    .down = ((box[1] + box[3]) / 2 - h / 2) / w -
		    scale * ((first_box[1] + first_box[3]) / 2 - first->height / 2) / first->width};
}

/* ---- what it says ---- */

static tanu_status look_infrared(struct second *s, float *out, const tanu_face *face,
				 const struct size *first, tanu_error *err)
{
	float box[4], best = 0, value = 0;
	tanu_status st;

	place(s, box, face->box, first);
	place(s, box + 2, face->box + 2, first);
	/* without light in it there is nothing to be missed */
	if (!is_inside(s, box) || isnan(liveness_infrared(&s->picture, box)))
		return TANU_OK;
	if ((st = tanu_analyse(s->session, &s->faces, &s->picture, err)) < 0)
		return st;
	for (size_t i = 0; i < s->faces.count; i++) {
		float much = overlap(box, s->faces.face[i].box);

		if (much < OVERLAP_MIN || much <= best)
			continue;
		best = much;
		value = liveness_infrared(&s->picture, s->faces.face[i].box);
	}
	*out = value;
	if ((s->seen.fits_known = s->faces.count > 0))
		s->seen.fits = view_between(face->box, first, s->faces.face[0].box, &s->picture);
	mem_wipe(&s->faces, sizeof(s->faces));
	return TANU_OK;
}

static void look_depth(const struct second *s, float *out, const tanu_face *face,
		       const struct size *first)
{
	float five[5][2];

	for (size_t i = 0; i < ARRAY_LEN(five); i++)
		place(s, five[i], face->five[i], first);
	*out = liveness_relief(&s->picture, s->unit_mm, five);
}

tanu_status second_look(struct second *s, struct liveness_extra *out, const tanu_face *face,
			int32_t width, int32_t height, int64_t at_ms, tanu_error *err)
{
	const struct size first = {(float)width, (float)height};
	float *value = s->kind == SECOND_DEPTH ? &out->depth_relief_mm : &out->infrared_ratio;
	int64_t apart = at_ms - s->at_ms;
	tanu_status st = TANU_OK;

	*value = NAN;
	s->seen = (struct second_seen){.value = NAN};
	if (!s->picture.rgb || apart > APART_MS || apart < -APART_MS)
		return TANU_OK;
	if (s->kind == SECOND_DEPTH)
		look_depth(s, value, face, &first);
	else
		st = look_infrared(s, value, face, &first, err);
	s->seen.any = true;
	s->seen.value = *value;
	return st;
}
