/* SPDX-License-Identifier: Apache-2.0 */
/* watch_state.h - (inside cli/) what `tanu log watch` keeps between its looks at a log. */
#ifndef CLI_WATCH_STATE_H
#define CLI_WATCH_STATE_H

#include "cli/log_source.h"

struct watch_state {
	const char *path;
	struct os_lock lock;
	struct buf note;   /* the last checkpoint that was believed; empty before the first */
	struct buf policy; /* that it was believed by */
	struct log_exam *exam;
};

/* One monitor a file: TANU_BUSY. A file that is not there is a beginning. Close it in any case. */
tanu_status watch_state_open(struct watch_state *out, const char *path, tanu_error *err);
void watch_state_close(struct watch_state *state);
/* As the file has it; forgets what was not kept. */
tanu_status watch_state_load(struct watch_state *state, tanu_error *err);
/* Replaced whole and durable: a checkpoint once believed is never forgotten for an older one. */
tanu_status watch_state_keep(struct watch_state *state, const struct buf *note,
			     const struct buf *policy, int64_t now_ms, tanu_error *err);

#endif
