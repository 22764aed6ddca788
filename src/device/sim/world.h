/* SPDX-License-Identifier: Apache-2.0 */
/* world.h - the inside of the simulated world; inside device/sim/. */
#ifndef DEVICE_SIM_WORLD_H
#define DEVICE_SIM_WORLD_H

#include "device/sim.h"

#define SIM_EVENTS_MAX 64
#define SIM_BYTES_MAX  READER_BYTES_MAX
#define SIM_WORD_LEN   24

struct sim_act {
	int64_t at_ms;
	const char *words; /* in the world's copy of the script */
};

struct sim_world {
	char *script;
	struct sim_act *acts;
	size_t acts_len, acts_done;
	int64_t start_ms;
	bool started;

	/* the door */
	bool leaf_open, released, fire, tamper, lost;
	struct door_event door_events[SIM_EVENTS_MAX];
	size_t door_events_len;
	char state[SIM_WORD_LEN], note[SIM_WORD_LEN]; /* as told by the gate */
	int64_t note_ms;

	/* who comes by herself */
	int64_t walk_open_ms, walk_shut_ms; /* 0: nobody */
	int64_t opens_at_ms, shuts_at_ms;   /* INT64_MAX: not */

	/* the reader */
	struct reader_event *shown; /* SIM_EVENTS_MAX, not fetched yet */
	size_t shown_len;
	enum reader_show show;
	bool reader_off;
};

/* Do what the words say; TANU_INPUT (format) when they say nothing that is known. */
tanu_status sim_act(struct sim_world *w, const char *words, int64_t now_ms, tanu_error *err);
/* Are these words an act? Nothing is done. */
tanu_status sim_act_check(const char *words, tanu_error *err);

void sim_put_door(struct sim_world *w, enum door_event_kind kind, int64_t at_ms);
/* Script and people up to now. */
void sim_advance(struct sim_world *w, int64_t now_ms);
int64_t sim_wake_ms(const struct sim_world *w, int64_t now_ms);
void sim_leaf(struct sim_world *w, bool open, int64_t now_ms);

#endif
