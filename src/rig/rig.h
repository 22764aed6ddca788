/* SPDX-License-Identifier: Apache-2.0 */
/* rig.h - which drivers a gate's settings name, opened. */
#ifndef RIG_RIG_H
#define RIG_RIG_H

#include "gate/gate.h"

#include "device/gpio.h"
#include "device/osdp/line.h"
#include "device/sim.h"

#define RIG_READERS 4 /* that settings name */

struct rig {
	struct sim_world *world; /* door.driver sim */
	struct gpio gpio;
	struct osdp_line *line[RIG_READERS]; /* by the first reader on it */
	struct {
		int line;
		size_t index;
	} on_line[RIG_READERS]; /* by reader */
	struct panel *panel;
	bool simulated; /* the door is not there */
};

/* Opens what the settings name into `options`. TANU_USAGE (setting) names the one that is wrong. */
tanu_status rig_open(struct rig *out, struct gate_options *options, const struct settings *settings,
		     tanu_error *err);
/* After the gate is closed. */
void rig_close(struct rig *devices);

#endif
