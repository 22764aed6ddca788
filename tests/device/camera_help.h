/* SPDX-License-Identifier: Apache-2.0 */
/* camera_help.h - waiting for what a camera says, and films made for a test. */
#ifndef TESTS_DEVICE_CAMERA_HELP_H
#define TESTS_DEVICE_CAMERA_HELP_H

#include "device/camera.h"

#define PATIENCE_MS 20000 /* a machine under load; no test takes so long */

/*
 * The next event of this kind into `out`; those before it are counted by kind in `seen` (may be
 * NULL). Fails the test when none comes, or the camera fails.
 */
void camera_until(struct camera *c, struct camera_event *out, enum camera_event_kind kind,
		  int seen[CAMERA_ENDED + 1]);

/* Is there an ffmpeg to make films with? Says so and skips the test where not. */
void needs_ffmpeg(void);
/*
 * A film in the test's folder by the ffmpeg program: `from`, a source of lavfi; `how`, further
 * words such as "-c:v libx264".
 */
const char *film(void **state, const char *name, const char *from, const char *how);

#endif
