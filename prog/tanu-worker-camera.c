/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tanu-worker-camera: takes one camera's stream apart in a sandbox and hands out its frames. The
 * only program with FFmpeg in it. Started by tanu, never by hand.
 */
#include "video/video.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * FFmpeg's connections come by here too. A server may answer "look over there": a camera's word
 * must not open a way to other machines.
 */
__attribute__((visibility("default"))) int connect(int fd, const struct sockaddr *to, socklen_t len)
{
	if (!video_may_connect(to, len)) {
		errno = EACCES;
		return -1;
	}
	return (int)syscall(SYS_connect, fd, to, len);
}

int main(int argc, char **argv)
{
	return video_worker_main(argc, argv);
}
