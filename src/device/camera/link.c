/* SPDX-License-Identifier: Apache-2.0 */
#include "device/camera/link.h"

#include "worker/worker.h"

static tanu_status make_request(int *fd, const struct stream_request *request, tanu_error *err)
{
	struct buf b = {0};
	tanu_status st;

	stream_request_put(&b, request);
	st = buf_check(&b, err);
	if (st >= 0)
		st = os_memfd_sealed(fd, b.data, b.len, NULL, 0, err);
	buf_wipe(&b);
	return st;
}

static tanu_status start_worker(struct camera_link *link, int request, int records, int credit,
				int source_fd, tanu_error *err)
{
	const int fds[STREAM_FDS] = {
	    [STREAM_FD_REQUEST] = request,
	    [STREAM_FD_RECORDS] = records,
	    [2] = -1,
	    [STREAM_FD_FRAMES] = link->frames_fd,
	    [STREAM_FD_CREDIT] = credit,
	    [STREAM_FD_SOURCE] = source_fd,
	};
	char program[OS_PATH_MAX];
	tanu_status st = worker_find(program, sizeof(program), "-camera", err);

	return st < 0 ? st : os_child_start(&link->child, program, fds, STREAM_FDS, err);
}

tanu_status link_start(struct camera_link *link, const struct stream_request *request,
		       int source_fd, tanu_error *err)
{
	int request_fd = -1, records_out = -1, credit_in = -1;
	tanu_status st;

	*link = (struct camera_link){.up = true, .records = -1, .credit = -1, .frames_fd = -1};
	if ((st = make_request(&request_fd, request, err)) < 0 ||
	    (st = os_memfd_blank(&link->frames_fd,
				 stream_frames_len(request->max_width, request->max_height), err)) <
		0 ||
	    (st = os_line_pipe(&link->records, &records_out, err)) < 0 ||
	    (st = os_line_pipe(&credit_in, &link->credit, err)) < 0)
		goto out;
	if (!stream_frames_map(&link->frames, link->frames_fd, request->max_width,
			       request->max_height, false)) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, "camera", "not enough memory for frames");
		goto out;
	}
	st = start_worker(link, request_fd, records_out, credit_in, source_fd, err);
out:
	os_line_close(&request_fd);
	os_line_close(&records_out);
	os_line_close(&credit_in);
	if (st < 0)
		link_stop(link, NULL);
	return st;
}

void link_stop(struct camera_link *link, char how[OS_CHILD_HOW_LEN])
{
	char unread[OS_CHILD_HOW_LEN];

	if (!link->up)
		return;
	os_child_end(&link->child, how ? how : unread);
	stream_frames_unmap(&link->frames);
	os_line_close(&link->records);
	os_line_close(&link->credit);
	os_line_close(&link->frames_fd);
	link->up = false;
}

tanu_status link_record(struct camera_link *link, struct stream_record *out, bool *got,
			tanu_error *err)
{
	size_t n = 0;

	*got = false;
	if (link->ended)
		return TANU_OK;
	if (os_line_read(link->records, link->record + link->record_len,
			 sizeof(link->record) - link->record_len, &n, NULL) < 0)
		link->ended = true;
	link->record_len += n;
	if (link->record_len < sizeof(link->record))
		return TANU_OK;
	link->record_len = 0;
	if (!stream_record_read(out, link->record, sizeof(link->record)))
		return tanu_fail(err, TANU_ERR_CHILD_DIED, NULL,
				 "the decoding process gave an answer that makes no sense: the "
				 "stream is damaged or made to do harm");
	*got = true;
	return TANU_OK;
}

void link_credit(struct camera_link *link)
{
	size_t put;

	/* A worker that does not read them has no use for one more. */
	(void)os_line_write(link->credit, "", 1, &put, NULL);
}
