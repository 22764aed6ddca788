/* SPDX-License-Identifier: Apache-2.0 */
/*
 * code.h - a reader whose eye is the gate's own camera: passes held before it as QR codes.
 *
 * Frames are looked at in a process of their own (tanu-worker-qr), which is shut in, sees pixels
 * and hands out bytes. What is no pass of this system is nothing: a code on a sleeve calls nobody.
 * A pass that stays before the camera is told once.
 */
#ifndef DEVICE_CODE_H
#define DEVICE_CODE_H

#include "device/camera.h"
#include "device/reader.h"

/* Zero means the default in brackets. */
struct code_options {
	int32_t max_width, max_height; /* px of the largest frame that is looked at [1920 x 1080] */
	int32_t every_ms;	       /* between two looks [200] */
	int32_t again_ms;	       /* a pass is told again when it was away so long [6000] */
	int32_t patience_ms;	       /* a look that takes longer is given up [3000] */
};

/*
 * Frames come by `look`, which may be called from another thread and is good until the reader is
 * closed. The process is started by reader_next; when it dies, again after a pause. The program
 * ignores SIGPIPE.
 */
tanu_status code_reader_open(struct reader *out, struct camera_onlooker *look,
			     const struct code_options *options, tanu_error *err);

#endif
