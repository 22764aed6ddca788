/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim.h - a door and a reader that are not there: moved by a script or by hand, seen in the
 * terminal. For tests, demonstrations, and for trying rules before a lock is on the wall.
 *
 * A script is text, one act a line: milliseconds since the start, a word, what belongs to it. A #
 * begins a comment. Times may not go back.
 *
 *     0     walk 400 1200          from now on whoever is granted opens after 400 ms, passes, and
 *                                  the door falls shut 1200 ms later; "walk off" ends it
 *     500   card 26 a55affc0       bits, and the bits in hex
 *     900   key 1234#              keys of the keypad
 *     950   code 0012345           a card as digits
 *     1000  pass 545001...         what is on a pass, in hex
 *     2000  try                    somebody pushes the door: it opens if it is free
 *     2000  open                   it opens, free or not
 *     2500  shut
 *     2600  in | out               a passage is seen
 *     2700  exit                   the button inside
 *     3000  fire on|off   tamper on|off
 *     4000  door off|on            the door stops answering, and answers again
 *     5000  reader off|on|tamper|mend
 */
#ifndef DEVICE_SIM_H
#define DEVICE_SIM_H

#include "device/door.h"
#include "device/reader.h"

#define SIM_SCRIPT_MAX ((size_t)1 << 20)
#define SIM_ACTS_MAX   20000

struct sim_world;

/* TANU_INPUT (format): the line that is not understood is the place. An empty script is one. */
tanu_status sim_world_open(struct sim_world **out, const char *script, size_t script_len,
			   tanu_error *err);
void sim_world_close(struct sim_world **world); /* its door and reader are not to be used after */

struct door sim_world_door(struct sim_world *world);
struct reader sim_world_reader(struct sim_world *world);

/* One act now, without its time: "card 26 a55affc0". TANU_INPUT (format), TANU_LIMIT (device). */
tanu_status sim_world_do(struct sim_world *world, const char *act, int64_t now_ms, tanu_error *err);

/* All acts of the script have been played, and what they brought was fetched. */
bool sim_world_over(const struct sim_world *world);

/* The door, its lock and what was last told, as a few lines of plain text. */
void sim_world_picture(const struct sim_world *world, struct buf *out, int64_t now_ms);

#endif
