/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/beside.h"

#include <stdio.h>

#define EVENTS_A_STEP 8	 /* a camera that floods is heard no more often */
#define BLANK	      12 /* mean of its bytes: nobody is within reach of its lamp */
#define SAMPLE	      97 /* every so many bytes are looked at */

tanu_status beside_open(struct beside *out, enum second_kind kind, const struct gate_second *from,
			tanu_engine *engine, tanu_error *err)
{
	tanu_status st = second_open(&out->second, kind, &from->view, from->unit_mm, engine, err);

	if (st == TANU_OK)
		out->camera = from->camera;
	return st;
}

void beside_close(struct beside *b)
{
	camera_close(&b->camera);
	second_close(&b->second);
}

static void because(struct beside *b, const char *why)
{
	snprintf(b->why, sizeof(b->why), "%.*s", CAMERA_WHY_LEN - 1, why);
}

static bool is_blank(const tanu_pixels *p)
{
	uint64_t sum = 0, count = 0;

	for (int32_t y = 0; p->rgb && y < p->height; y++)
		for (int32_t x = y % SAMPLE; x < 3 * p->width; x += SAMPLE, count++)
			sum += p->rgb[y * p->stride + x];
	return sum < BLANK * count;
}

/*
 * With nobody before it such a picture is dark, even, and the same for hours: that is no trouble,
 * and while somebody stands there her missing evidence tells. What stands still and shows something
 * is.
 */
static void take_trouble(struct beside *b, enum camera_trouble trouble)
{
	b->troubled = trouble == CAMERA_TROUBLE_FROZEN && !is_blank(&b->second.picture);
	because(b, camera_trouble_word(trouble));
}

static void take(struct beside *b, const struct camera_event *event)
{
	switch (event->kind) {
	case CAMERA_FRAME:
		b->online = true;
		second_picture(&b->second, &event->frame.pixels, event->frame.at_ms);
		return;
	case CAMERA_ONLINE:
		b->online = true;
		b->troubled = false;
		return;
	case CAMERA_OFFLINE:
	case CAMERA_ENDED:
		b->online = false;
		second_lost(&b->second);
		because(b, event->kind == CAMERA_ENDED ? "it is at its end" : event->why);
		return;
	case CAMERA_TROUBLE:
		take_trouble(b, event->trouble);
		return;
	case CAMERA_NOTHING:
		return;
	}
}

bool beside_step(struct beside *b, int64_t now_ms)
{
	struct camera_event event = {.kind = CAMERA_NOTHING};
	enum beside_state was = b->state;
	tanu_error err = {0};

	for (int i = 0; i < EVENTS_A_STEP; i++) {
		if (camera_next(&b->camera, &event, now_ms, &err) < 0) {
			b->online = false;
			second_lost(&b->second);
			because(b, err.message);
			break;
		}
		if (event.kind == CAMERA_NOTHING)
			break;
		take(b, &event);
	}
	if (b->online && !b->troubled)
		b->state = BESIDE_ON;
	else if (b->why[0])
		b->state = BESIDE_OFF;
	if (b->state != BESIDE_ON)
		second_lost(&b->second);
	return b->state != was;
}
