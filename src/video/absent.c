/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in where FFmpeg was not there when this was built. */
#include "video/video.h"

#include <unistd.h>

#include "worker/stream.h"

int video_worker_main(int argc, char **argv)
{
	const struct stream_record record = {
	    .word = STREAM_FAILED,
	    .code = TANU_ERR_NOT_BUILT,
	    .text = "this build has no cameras: it was made without FFmpeg",
	};
	struct buf out = {0};
	ssize_t n;

	(void)argc;
	(void)argv;
	stream_record_put(&out, &record);
	n = out.failed ? -1 : write(STREAM_FD_RECORDS, out.data, out.len);
	return n == STREAM_RECORD_LEN ? 0 : 1;
}

bool video_may_connect(const struct sockaddr *to, socklen_t len)
{
	(void)to;
	(void)len;
	return false;
}
