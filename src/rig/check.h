/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - a gate's state as a table that a technician can act on: a row says ok, or LOOK and
 * where. */
#ifndef RIG_CHECK_H
#define RIG_CHECK_H

#include "gate/gate.h"

/* Appended: cameras, light, readers, door, clock, lease, events, site. */
void rig_check(struct buf *out, const struct gate_state *state, const struct settings *settings);
/* How late its loop is when something comes; nanoseconds of a round, the usual and the longest. */
void rig_check_rounds(struct buf *out, int64_t usual_ns, int64_t longest_ns);

#endif
