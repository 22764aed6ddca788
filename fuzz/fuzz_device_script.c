/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts of the simulated door: read, and played through. */
#include "device/sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reader_event shown;
	struct sim_world *world = NULL;
	struct door_event event;
	struct buf picture = {0};

	if (sim_world_open(&world, (const char *)data, size, NULL) < 0)
		return 0;
	struct door door = sim_world_door(world);
	struct reader reader = sim_world_reader(world);

	(void)door_release(&door, true, 0, NULL);
	for (int64_t now = 0; now < 2000; now += 100) {
		do
			(void)door_next(&door, &event, now, NULL);
		while (event.kind);
		do
			(void)reader_next(&reader, &shown, now, NULL);
		while (shown.kind);
	}
	sim_world_picture(world, &picture, 2000);
	buf_free(&picture);
	sim_world_close(&world);
	return 0;
}
