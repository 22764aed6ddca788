/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - a gate with a simulated door and reader, on a clock that the test moves; its site is
 * played by the test, and its camera shows pictures that are handed to it. What opens here is a
 * simulator, and liveness is what the test says it is (synthetic.h).
 */
#ifndef TESTS_GATE_WORLD_H
#define TESTS_GATE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/pass.h"
#include "codec/wiegand.h"
#include "device/sim.h"
#include "gate/gate.h"
#include "liveness/synthetic.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(call)                                                                       \
	do {                                                                             \
		tanu_error must_err = {0};                                               \
		tanu_error *err = &must_err;                                             \
		tanu_status must_st = (call);                                            \
                                                                                         \
		(void)err;                                                               \
		if (must_st != TANU_OK)                                                  \
			fail_msg("%s: %s: %s", #call, must_err.place, must_err.message); \
	} while (0)

#define T0     ((int64_t)1790578800000) /* Monday 2026-09-28, 07:00 UTC */
#define PEOPLE 700

/* A person of the site. */
struct someone {
	bool there, consents, has_pin, blocked, not_allowed, waiver;
	int64_t card_until_ms;
	char pin[9];
	tanu_reference reference;
	bool has_reference;
	const struct pass_made *pass; /* instead of it; NULL: none */
};

/* A pass of hers, and the key that the site has kept. */
struct pass_made {
	struct secret key;
	uint8_t bytes[PASS_LEN];
	uint8_t number[PASS_NUMBER_LEN];
};

/* A site that is real, where this one is not played: what it does with a gate of this world. */
struct world;
struct world_site {
	void (*opened)(struct world *w);  /* its gate is open */
	void (*lend)(struct world *w);	  /* returns when the lease is there */
	void (*collect)(struct world *w); /* fills in `events` and `acked` */
};

struct world {
	struct random_source random;
	struct secret site_sign, site_box;
	struct gate_identity identity;
	struct lease_keys keys;
	struct lease_head head; /* of the last document */
	struct lease_zone zone;
	struct someone people[PEOPLE];
	struct settings settings;
	char root[64], state[80], run[80];
	struct sim_world *sim;
	struct gate *gate;
	int64_t now_ms;	  /* monotonic */
	int64_t ahead_ms; /* of the machine's clock */
	/* the camera */
	bool has_camera, camera_on, camera_told;
	tanu_pixels shown; /* rgb NULL: an empty place */
	bool still;	   /* without the noise of a sensor: the same frame to the bit */
	uint32_t noise;
	int64_t frame_ms;
	uint64_t frames;
	/* moved by hand, a little, from frame to frame; NULL: not */
	void (*hand)(struct world *w);
	void *hand_self;
	tanu_engine *engine; /* borrowed */
#ifdef TANU_SYNTHETIC_LIVENESS
	struct liveness_synthetic say;
#endif
	bool real_liveness, no_synthetic;
	bool both; /* both judges: what is made up counts but while `recorded` is shown */
	bool recorded;
	const struct world_site *site; /* NULL: played here */
	void *site_self;
	/* other devices than the simulator's; NULL: none */
	void (*rig)(struct world *w, struct gate_options *options);
	void *rig_self;
	char told[32];
	unsigned turns; /* how often somebody was told to turn */
	/* what the site has received */
	struct gate_event *events;
	size_t events_len, events_cap;
	uint64_t acked;
};

int world_setup(void **state);
int world_teardown(void **state);
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

tanu_id id_of(size_t person);
/* Cards have the number of their person, at site 12; PINs are 4 digits. */
void add(struct world *w, size_t person, const char *pin);
void take_event(struct world *w, const struct gate_event *event);
/* Seals these features on a pass of hers, as docs/pass.md has it. */
void make_pass(struct world *w, struct pass_made *out, size_t person,
	       const tanu_embedding *features);
/* The site sends all of it. */
void lend(struct world *w, int64_t hours);
void world_open(struct world *w);
void world_close(struct world *w); /* as if it was killed */

/* Time passes in steps of 20 ms. */
void pass_time(struct world *w, int64_t ms);
/* The same by the machine's clock; `serve` is called in between. */
void real_time(struct world *w, int64_t ms, void (*serve)(void *self), void *self);
/* At once: whatever waits for a time finds that it is over. */
void skip_time(struct world *w, int64_t ms);
void show_card(struct world *w, size_t person);
void type(struct world *w, const char *keys);
void act(struct world *w, const char *act); /* of sim.h */
struct gate_state seen(struct world *w);
/* Fetches what the gate has written, as the site would. */
void collect(struct world *w);
/* How many events of this kind and word (NULL: any) have come. */
size_t count(struct world *w, enum gate_event_kind kind, const char *word);
const struct gate_event *last_decision(struct world *w);
bool door_free(struct world *w);

#endif
