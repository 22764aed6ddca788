/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "device/camera_help.h"
#include "os/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void camera_until(struct camera *c, struct camera_event *out, enum camera_event_kind kind,
		  int seen[CAMERA_ENDED + 1])
{
	int64_t end_ms = os_monotonic_ns() / 1000000 + PATIENCE_MS;
	tanu_error err = {0};

	for (;;) {
		int64_t now_ms = os_monotonic_ns() / 1000000;

		if (camera_next(c, out, now_ms, &err) < 0)
			fail_msg("%s: %s", err.place, err.message);
		if (out->kind == kind)
			return;
		if (seen && out->kind != CAMERA_NOTHING)
			seen[out->kind]++;
		if (now_ms > end_ms)
			fail_msg("nothing came");
		if (out->kind == CAMERA_NOTHING)
			camera_wait(c, 1000);
	}
}

void needs_ffmpeg(void)
{
	if (system("ffmpeg -version >/dev/null 2>&1") == 0)
		return;
	print_message("ffmpeg is not here to make films with: skipped\n");
	skip();
}

const char *film(void **state, const char *name, const char *from, const char *how)
{
	const char *path = scratch_path(state, name);
	char command[1024];

	snprintf(command, sizeof(command),
		 "ffmpeg -nostdin -loglevel error -y -f lavfi -i '%s' %s %s </dev/null", from, how,
		 path);
	assert_int_equal(system(command), 0);
	return path;
}
