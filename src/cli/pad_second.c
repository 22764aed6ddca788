/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/pad_second.h"

#include "os/os.h"

#include <stdio.h>

#define WAIT_MS	    100
#define SIDE_MAX    640	  /* px, as a gate has them */
#define UNIT_MM	    1.0	  /* of one step of distance, as most cameras have it */
#define PATIENCE_MS 15000 /* for the next frame of a film */

static bool is_film(const char *source)
{
	return os_exists(source) && !camera_is_device(source);
}

tanu_status pad_second_read(struct pad_second *out, enum second_kind kind, const struct args *args,
			    bool film, tanu_error *err)
{
	const char *word = second_kind_word(kind), *view;
	char view_option[32];
	double unit = UNIT_MM;
	tanu_status st;

	*out = (struct pad_second){.kind = kind, .film = film};
	snprintf(view_option, sizeof(view_option), "%s-view", word);
	view = args_get(args, view_option);
	if (!second_view_parse(&out->view, view ? view : SECOND_VIEW_SAME))
		return tanu_fail(err, TANU_ERR_USAGE, view_option,
				 "write scale, right and down in percent, such as \"100 0 0\"");
	if (args_has(args, "depth-unit") &&
	    (st = args_real(&unit, args, "depth-unit", 0.001, 100, err)) < 0)
		return st;
	out->unit_mm = (float)unit;
	out->source = args_get(args, word);
	if (out->source && is_film(out->source) != film)
		return tanu_fail(err, TANU_ERR_USAGE, word,
				 "both are recorded films, or both cameras: their times must be "
				 "of one clock");
	return TANU_OK;
}

tanu_status pad_second_open(struct pad_second *s, tanu_engine *engine, tanu_error *err)
{
	const struct camera_options options = {.pace = CAMERA_EVERY,
					       .max_width = SIDE_MAX,
					       .max_height = SIDE_MAX,
					       .depth = s->kind == SECOND_DEPTH};
	tanu_status st;

	s->ended = false;
	s->at_ms = INT64_MIN;
	if (!s->source)
		return TANU_OK;
	st = second_open(&s->second, s->kind, &s->view, s->unit_mm, engine, err);
	return st < 0 ? st : camera_open(&s->camera, s->source, &options, err);
}

void pad_second_close(struct pad_second *s)
{
	camera_close(&s->camera);
	second_close(&s->second);
}

static tanu_status take(struct pad_second *s, const struct camera_event *event, tanu_error *err)
{
	switch (event->kind) {
	case CAMERA_FRAME:
		s->at_ms = s->film ? event->frame.media_ms : event->frame.at_ms;
		second_picture(&s->second, &event->frame.pixels, s->at_ms);
		return TANU_OK;
	case CAMERA_ENDED:
		s->ended = true;
		return TANU_OK;
	case CAMERA_OFFLINE:
		return tanu_fail(err, TANU_ERR_DEVICE, second_kind_word(s->kind), "%s", event->why);
	default:
		return TANU_OK;
	}
}

/* A film is played until it has come as far; of a camera the newest is taken. */
static bool is_far_enough(const struct pad_second *s, int64_t at_ms)
{
	return s->ended || (s->film && s->at_ms >= at_ms);
}

tanu_status pad_second_until(struct pad_second *s, int64_t at_ms, tanu_error *err)
{
	int64_t now_ms = os_monotonic_ns() / 1000000, end_ms = now_ms + PATIENCE_MS;
	tanu_status st = TANU_OK;

	while (s->source && st == TANU_OK && !is_far_enough(s, at_ms)) {
		struct camera_event event;

		if ((st = camera_next(&s->camera, &event, now_ms, err)) < 0 ||
		    (st = take(s, &event, err)) < 0)
			break;
		if (event.kind == CAMERA_NOTHING) {
			if (!s->film)
				break;
			if (now_ms >= end_ms)
				return tanu_fail(err, TANU_ERR_DEVICE, second_kind_word(s->kind),
						 "no picture came for %d s", PATIENCE_MS / 1000);
			camera_wait(&s->camera, WAIT_MS);
		}
		now_ms = os_monotonic_ns() / 1000000;
	}
	return st;
}
