/* SPDX-License-Identifier: Apache-2.0 */
/* link.h - inside device/camera/ only: one worker process and the frames that it shows. */
#ifndef CAMERA_LINK_H
#define CAMERA_LINK_H

#include "worker/stream.h"

/* A zeroed link is none; -1 stands for no descriptor. */
struct camera_link {
	bool up;
	struct os_child child;
	int records, credit, frames_fd;
	struct stream_frames frames;
	uint8_t record[STREAM_RECORD_LEN]; /* the one that is coming in */
	size_t record_len;
	bool ended; /* the worker closed its pipe: it is gone */
};

/* Start a worker on this request. `source_fd` (may be -1) stays the caller's. */
tanu_status link_start(struct camera_link *link, const struct stream_request *request,
		       int source_fd, tanu_error *err);
/* End the process. `how` may be NULL. */
void link_stop(struct camera_link *link, char how[OS_CHILD_HOW_LEN]);

/*
 * The next record; false in *got: none now (link->ended: and none to come). TANU_INPUT (child-died)
 * for what a worker never says.
 */
tanu_status link_record(struct camera_link *link, struct stream_record *out, bool *got,
			tanu_error *err);
/* A frame was taken. */
void link_credit(struct camera_link *link);

#endif
