/* SPDX-License-Identifier: Apache-2.0 */
#include "video/play.h"

/*
 * Address space: the libraries (270 MB, most of it never touched), three frames, and what decoding
 * may need: 16 reference frames of the largest picture that is taken, and packets.
 */
#define MEMORY_BYTES ((size_t)1 << 30)

tanu_status shut_in(enum stream_kind kind, tanu_error *err)
{
	const struct os_sandbox_stream options = {
	    .folder = kind == STREAM_FOLDER ? STREAM_FD_SOURCE : -1,
	    .connecting = kind == STREAM_NETWORK,
	    .device = kind == STREAM_DEVICE,
	    .memory_bytes = MEMORY_BYTES,
	};

	return os_sandbox_stream(&options, NULL, err);
}
