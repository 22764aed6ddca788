/* SPDX-License-Identifier: Apache-2.0 */
/* source.h - inside device/camera/ only: what a source's name means. */
#ifndef CAMERA_SOURCE_H
#define CAMERA_SOURCE_H

#include "device/camera.h"
#include "worker/stream.h"

/* TANU_USAGE (setting), TANU_NOT_FOUND (file-missing) of a file or folder. */
tanu_status source_kind(enum stream_kind *kind, const char *source, tanu_error *err);
/* The descriptor that a worker gets; -1 for a network or device. */
tanu_status source_fd(int *fd, enum stream_kind kind, const char *source, tanu_error *err);

#endif
