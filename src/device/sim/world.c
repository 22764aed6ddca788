/* SPDX-License-Identifier: Apache-2.0 */
/* A world that is moved by its script, and by people who walk through when they may. */
#include "device/sim/world.h"

#include <stdlib.h>
#include <string.h>

#define KEEP_FREE 16 /* places for what one act can bring */

void sim_put_door(struct sim_world *w, enum door_event_kind kind, int64_t at_ms)
{
	if (w->door_events_len < SIM_EVENTS_MAX)
		w->door_events[w->door_events_len++] =
		    (struct door_event){.kind = kind, .at_ms = at_ms};
}

static bool has_room(const struct sim_world *w)
{
	return w->door_events_len + KEEP_FREE <= SIM_EVENTS_MAX &&
	       w->shown_len + KEEP_FREE <= SIM_EVENTS_MAX;
}

/* The one who was granted: opens, is seen passing, and lets it fall shut. */
static void walk(struct sim_world *w, int64_t now_ms)
{
	if (now_ms >= w->opens_at_ms) {
		int64_t at_ms = w->opens_at_ms;

		w->opens_at_ms = INT64_MAX;
		if (w->released && !w->leaf_open) {
			sim_leaf(w, true, at_ms);
			sim_put_door(w, DOOR_PASSED_IN, at_ms);
			w->shuts_at_ms = at_ms + w->walk_shut_ms;
		}
	}
	if (now_ms >= w->shuts_at_ms) {
		sim_leaf(w, false, w->shuts_at_ms);
		w->shuts_at_ms = INT64_MAX;
	}
}

/* What is not fetched holds the script up: nothing is lost. */
void sim_advance(struct sim_world *w, int64_t now_ms)
{
	if (!w->started) {
		w->started = true;
		w->start_ms = now_ms;
	}
	while (has_room(w) && w->acts_done < w->acts_len &&
	       w->start_ms + w->acts[w->acts_done].at_ms <= now_ms) {
		const struct sim_act *act = &w->acts[w->acts_done++];

		(void)sim_act(w, act->words, w->start_ms + act->at_ms, NULL);
	}
	if (has_room(w))
		walk(w, now_ms);
}

int64_t sim_wake_ms(const struct sim_world *w, int64_t now_ms)
{
	int64_t at = w->opens_at_ms < w->shuts_at_ms ? w->opens_at_ms : w->shuts_at_ms;

	if (w->acts_done < w->acts_len && w->started &&
	    w->start_ms + w->acts[w->acts_done].at_ms < at)
		at = w->start_ms + w->acts[w->acts_done].at_ms;
	return w->started ? at : now_ms;
}

tanu_status sim_world_do(struct sim_world *world, const char *act, int64_t now_ms, tanu_error *err)
{
	if (!has_room(world))
		return tanu_fail(err, TANU_ERR_DEVICE, "sim", "fetch what has happened first");
	return sim_act(world, act, now_ms, err);
}

bool sim_world_over(const struct sim_world *world)
{
	return world->started && world->acts_done == world->acts_len && !world->door_events_len &&
	       !world->shown_len && world->opens_at_ms == INT64_MAX &&
	       world->shuts_at_ms == INT64_MAX;
}

/* ---- the door ---- */

static tanu_status sim_door_next(void *self, struct door_event *out, int64_t now_ms,
				 tanu_error *err)
{
	struct sim_world *w = self;

	(void)err;
	sim_advance(w, now_ms);
	*out = (struct door_event){0};
	if (w->door_events_len > 0) {
		*out = w->door_events[0];
		w->door_events_len--;
		memmove(&w->door_events[0], &w->door_events[1],
			w->door_events_len * sizeof(w->door_events[0]));
	}
	return TANU_OK;
}

static tanu_status sim_door_release(void *self, bool on, int64_t now_ms, tanu_error *err)
{
	struct sim_world *w = self;

	sim_advance(w, now_ms);
	if (w->lost)
		return tanu_fail(err, TANU_ERR_DEVICE, "door", "the simulated door is off");
	if (on && !w->released && w->walk_open_ms)
		w->opens_at_ms = now_ms + w->walk_open_ms;
	w->released = on;
	return TANU_OK;
}

static void copy_word(char out[SIM_WORD_LEN], const char *word)
{
	size_t len = strnlen(word, SIM_WORD_LEN - 1);

	memcpy(out, word, len);
	out[len] = '\0';
}

static void sim_door_tell(void *self, const char *state, const char *note, int64_t now_ms)
{
	struct sim_world *w = self;

	copy_word(w->state, state);
	if (note[0]) {
		copy_word(w->note, note);
		w->note_ms = now_ms;
	}
}

static int no_fd(const void *self)
{
	(void)self;
	return -1;
}

static int64_t wake(const void *self)
{
	return sim_wake_ms(self, 0);
}

static void sim_door_close(void *self)
{
	((struct sim_world *)self)->released = false;
}

static const struct door_ops door_ops = {.kind = "sim",
					 .next = sim_door_next,
					 .release = sim_door_release,
					 .tell = sim_door_tell,
					 .fd = no_fd,
					 .wake_ms = wake,
					 .close = sim_door_close};

struct door sim_world_door(struct sim_world *world)
{
	return (struct door){.ops = &door_ops, .self = world};
}

/* ---- the reader ---- */

static tanu_status sim_reader_next(void *self, struct reader_event *out, int64_t now_ms,
				   tanu_error *err)
{
	struct sim_world *w = self;

	(void)err;
	sim_advance(w, now_ms);
	out->kind = READER_NOTHING;
	if (w->shown_len > 0) {
		*out = w->shown[0];
		w->shown_len--;
		memmove(&w->shown[0], &w->shown[1], w->shown_len * sizeof(w->shown[0]));
	}
	return TANU_OK;
}

static tanu_status sim_reader_show(void *self, enum reader_show show, int64_t now_ms,
				   tanu_error *err)
{
	struct sim_world *w = self;

	(void)now_ms;
	if (w->reader_off)
		return tanu_fail(err, TANU_ERR_DEVICE, "reader", "the simulated reader is off");
	w->show = show;
	return TANU_OK;
}

static void sim_reader_close(void *self)
{
	(void)self;
}

static const struct reader_ops reader_ops = {.kind = "sim",
					     .next = sim_reader_next,
					     .show = sim_reader_show,
					     .fd = no_fd,
					     .wake_ms = wake,
					     .close = sim_reader_close};

struct reader sim_world_reader(struct sim_world *world)
{
	return (struct reader){.ops = &reader_ops, .self = world};
}
