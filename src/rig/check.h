/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - a gate's state as a table that a technician can act on: a row says ok, or LOOK and
 * where. */
#ifndef RIG_CHECK_H
#define RIG_CHECK_H

#include "gate/gate.h"

struct rig_row {
	char what[12]; /* "picture", "light", ... */
	bool good;
	char text[200];
};

#define RIG_ROWS_MAX 16
struct rig_table {
	struct rig_row rows[RIG_ROWS_MAX];
	size_t len;
};

/* Cameras, light, readers, door, clock, lease, events, site: appended. */
void rig_check(struct rig_table *out, const struct gate_state *state,
	       const struct settings *settings);
/* How late its loop is when something comes; nanoseconds of a round, the usual and the longest. */
void rig_check_rounds(struct rig_table *out, int64_t usual_ns, int64_t longest_ns);

/* For people, a line each; for programs, one JSON object. Appended. */
void rig_table_text(struct buf *out, const struct rig_table *table);
void rig_table_json(struct buf *out, const struct rig_table *table);

#endif
