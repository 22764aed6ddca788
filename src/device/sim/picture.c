/* SPDX-License-Identifier: Apache-2.0 */
/* The door as it would be seen; plain text, so that any terminal shows it. */
#include "device/sim/world.h"

#define ROWS 5

static const char *const shut[ROWS] = {"+--------+", "|        |", "|      o |", "|        |",
				       "+--------+"};
static const char *const ajar[ROWS] = {"+--------+", "|\\       |", "| \\      |", "|  \\o    |",
				       "+---\\----+"};

static const char *const shows[READER_SHOWS] = {
    [READER_SHOW_READY] = "ready",
    [READER_SHOW_WAIT] = "wait",
    [READER_SHOW_ASK] = "one more step",
    [READER_SHOW_GO] = "come in",
    [READER_SHOW_ASSIST] = "somebody is coming",
};

static void put_row(const struct sim_world *w, struct buf *out, size_t row)
{
	switch (row) {
	case 0:
		buf_printf(out, "   state   %s", w->state[0] ? w->state : "-");
		break;
	case 1:
		buf_printf(out, "   lock    %s", w->lost ? "?" : w->released ? "free" : "locked");
		break;
	case 2:
		buf_printf(out, "   leaf    %s%s%s", w->leaf_open ? "open" : "shut",
			   w->fire ? ", FIRE" : "", w->tamper ? ", TAMPER" : "");
		break;
	case 3:
		buf_printf(out, "   reader  %s", w->reader_off ? "off" : shows[w->show]);
		break;
	default:
		buf_printf(out, "   last    %s", w->note[0] ? w->note : "-");
	}
}

void sim_world_picture(const struct sim_world *world, struct buf *out, int64_t now_ms)
{
	const char *const *leaf = world->leaf_open ? ajar : shut;
	int64_t ms = world->started ? now_ms - world->start_ms : 0;

	buf_printf(out, "%6lld.%03lld s\n", (long long)(ms / 1000), (long long)(ms % 1000));
	for (size_t row = 0; row < ROWS; row++) {
		buf_str(out, leaf[row]);
		put_row(world, out, row);
		buf_str(out, "\n");
	}
}
