/* SPDX-License-Identifier: Apache-2.0 */
#include "device/camera.h"
#include "os/os.h"

#include <poll.h>

void camera_wait(const struct camera *c, int64_t at_most_ms)
{
	int64_t ms = camera_wake_ms(c) - os_monotonic_ns() / 1000000;
	struct pollfd p = {.fd = camera_fd(c), .events = POLLIN};

	if (ms > at_most_ms)
		ms = at_most_ms;
	poll(&p, p.fd >= 0, ms < 0 ? 0 : (int)ms);
}
