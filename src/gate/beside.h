/* SPDX-License-Identifier: Apache-2.0 */
/* beside.h - (inside gate/) a camera beside the eye's own, and whether it can be relied on. */
#ifndef GATE_BESIDE_H
#define GATE_BESIDE_H

#include "device/camera.h"
#include "gate/gate.h"
#include "sight/second.h"

enum beside_state {
	BESIDE_STARTS = 0, /* not known yet */
	BESIDE_ON,	   /* it shows pictures that mean something */
	BESIDE_OFF,	   /* it does not: `why` */
};

struct beside {
	struct camera camera; /* zeroed: there is none */
	struct second second;
	enum beside_state state;
	bool online, troubled;
	char why[CAMERA_WHY_LEN]; /* one sentence for the log */
};

/* The camera becomes its own when this succeeds. */
tanu_status beside_open(struct beside *out, enum second_kind kind, const struct gate_second *from,
			tanu_engine *engine, tanu_error *err);
void beside_close(struct beside *b);

/* Takes what its camera has; true: its state has changed. */
bool beside_step(struct beside *b, int64_t now_ms);

#endif
