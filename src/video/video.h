/* SPDX-License-Identifier: Apache-2.0 */
/*
 * video.h - video taken apart. Sole user of FFmpeg, whose decoders have been broken by made-up
 * streams before: it is linked into tanu-worker-camera alone, which is shut in before it reads the
 * first byte of a stream. The programs see frames (device/camera.h).
 */
#ifndef VIDEO_VIDEO_H
#define VIDEO_VIDEO_H

#include "os/os.h"

#include <sys/socket.h>

/* Body of prog/tanu-worker-camera.c: one request, then frames until it is ended. */
int video_worker_main(int argc, char **argv);

/*
 * Is this the machine that the request names? FFmpeg follows wherever a server sends it; the
 * program's own connect() asks here first.
 */
bool video_may_connect(const struct sockaddr *to, socklen_t len);

#endif
