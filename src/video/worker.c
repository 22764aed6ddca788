/* SPDX-License-Identifier: Apache-2.0 */
/* The decoding process: a request, shut in, frames until it is ended. */
#include "video/video.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "video/play.h"

#define REQUEST_MAX (STREAM_URL_MAX + 64)

static bool take_request(struct stream_request *out)
{
	size_t len = os_fd_size(STREAM_FD_REQUEST);
	void *bytes = len <= REQUEST_MAX ? os_map(STREAM_FD_REQUEST, len, false) : NULL;
	bool ok = bytes && stream_request_read(out, bytes, len);

	os_unmap(bytes, len);
	return ok;
}

static tanu_status play(struct output *out, tanu_error *err)
{
	const struct stream_request *q = &out->request;

	if (!stream_frames_map(&out->frames, STREAM_FD_FRAMES, q->max_width, q->max_height, true))
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for frames");
	return q->kind == STREAM_FOLDER ? play_folder(out, err) : play_video(out, err);
}

int video_worker_main(int argc, char **argv)
{
	static struct output out;
	tanu_error err = {0};

	(void)argv;
	if (argc > 1 || !take_request(&out.request)) {
		fputs("tanu-worker-camera: started by tanu for one camera, never by hand\n",
		      stderr);
		return TANU_EXIT_USAGE;
	}
	os_harden_process();
	/* A parent that is gone closes its pipes: writing to them ends this. */
	signal(SIGPIPE, SIG_DFL);
	if (play(&out, &err) < 0)
		output_fail(&err);
	else
		output_end(&out);
	/* The request may hold a password: it goes with the process, which nobody may look into. */
	_exit(0);
}
