/* SPDX-License-Identifier: Apache-2.0 */
#include "device/code.h"

#include "codec/pass.h"
#include "crypto/crypto.h"
#include "worker/codes.h"
#include "worker/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WIDTH    1920
#define MAX_HEIGHT   1080
#define EVERY_MS     200
#define AGAIN_MS     6000
#define PATIENCE_MS  3000
#define FOUND_MS     1000 /* pause after a code: it is still before the camera */
#define RETRY_MS     500
#define RETRY_MAX_MS 30000

struct code_reader {
	struct code_options options;
	struct codes_request request;

	/* the thread that hands in frames comes to what follows; all else is the reader's owner's
	 */
	pthread_mutex_t lock;
	bool up, busy;
	int look_write, frame_fd;
	uint8_t *map;
	int64_t next_look_ms, asked_ms;

	struct os_child child;
	int replies;
	uint8_t record[CODES_REPLY_LEN];
	size_t record_len;
	bool online; /* as it was told last */
	int64_t retry_at_ms;
	int32_t pause_ms;
	struct codes_reply reply;
	uint8_t last[DIGEST_LEN]; /* of the last pass */
	int64_t last_seen_ms;
};

/* ---- the process ---- */

static void stop(struct code_reader *c)
{
	char how[OS_CHILD_HOW_LEN];

	pthread_mutex_lock(&c->lock);
	c->up = c->busy = false;
	os_line_close(&c->look_write);
	os_line_close(&c->frame_fd);
	os_unmap(c->map, codes_frame_len(&c->request));
	c->map = NULL;
	pthread_mutex_unlock(&c->lock);
	os_line_close(&c->replies);
	if (c->child.pid)
		os_child_end(&c->child, how);
	c->child = (struct os_child){0};
	c->record_len = 0;
	mem_wipe(c->record, sizeof(c->record));
}

static tanu_status request_make(int *fd, const struct code_reader *c, tanu_error *err)
{
	struct buf b = {0};
	tanu_status st;

	codes_request_put(&b, &c->request);
	st = buf_check(&b, err);
	if (st >= 0)
		st = os_memfd_sealed(fd, b.data, b.len, NULL, 0, err);
	buf_free(&b);
	return st;
}

static tanu_status child_begin(struct code_reader *c, int request, int replies, int look,
			       tanu_error *err)
{
	const int fds[CODES_FDS] = {
	    [CODES_FD_REQUEST] = request,   [CODES_FD_REPLIES] = replies, [2] = -1,
	    [CODES_FD_FRAME] = c->frame_fd, [CODES_FD_LOOK] = look,
	};
	char program[OS_PATH_MAX];
	tanu_status st = worker_find(program, sizeof(program), "-qr", err);

	return st < 0 ? st : os_child_start(&c->child, program, fds, CODES_FDS, err);
}

static tanu_status start(struct code_reader *c, tanu_error *err)
{
	size_t len = codes_frame_len(&c->request);
	int request = -1, replies = -1, look = -1;
	tanu_status st;

	if ((st = request_make(&request, c, err)) < 0 ||
	    (st = os_memfd_blank(&c->frame_fd, len, err)) < 0 ||
	    (st = os_line_pipe(&c->replies, &replies, err)) < 0 ||
	    (st = os_pipe(&look, &c->look_write, err)) < 0 ||
	    (st = child_begin(c, request, replies, look, err)) < 0)
		goto out;
	if (!(c->map = os_map_sparse(c->frame_fd, len)))
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, "camera", "not enough memory for frames");
out:
	os_line_close(&request);
	os_line_close(&replies);
	os_line_close(&look);
	if (st < 0) {
		stop(c);
		return st;
	}
	pthread_mutex_lock(&c->lock);
	c->up = true;
	pthread_mutex_unlock(&c->lock);
	return TANU_OK;
}

/* It is gone, or must go; tried again after a pause that doubles. */
static void lose(struct code_reader *c, struct reader_event *out, int64_t now_ms)
{
	stop(c);
	c->retry_at_ms = now_ms + c->pause_ms;
	c->pause_ms = c->pause_ms > RETRY_MAX_MS / 2 ? RETRY_MAX_MS : 2 * c->pause_ms;
	if (c->online)
		out->kind = READER_OFFLINE;
	c->online = false;
}

/* ---- frames ---- */

static void frame_offered(void *self, const tanu_pixels *pixels, int64_t now_ms)
{
	struct code_reader *c = self;
	size_t put = 0;

	pthread_mutex_lock(&c->lock);
	if (c->up && !c->busy && now_ms >= c->next_look_ms &&
	    pixels->width <= c->request.max_width && pixels->height <= c->request.max_height) {
		codes_frame_put(c->map, pixels);
		(void)os_line_write(c->look_write, "", 1, &put, NULL); /* the one in the pipe */
		c->busy = put == 1;
		c->asked_ms = now_ms;
		c->next_look_ms = now_ms + c->options.every_ms;
	}
	pthread_mutex_unlock(&c->lock);
}

/* ---- what it has read ---- */

static void found(struct code_reader *c, struct reader_event *out, int64_t now_ms)
{
	const struct codes_reply *r = &c->reply;
	uint8_t digest[DIGEST_LEN];
	struct pass pass;
	bool stayed;

	if (r->len > sizeof(out->bytes) || pass_read(&pass, r->bytes, r->len, NULL) < 0)
		return;
	sha256(digest, r->bytes, r->len);
	stayed = memcmp(digest, c->last, sizeof(digest)) == 0 &&
		 now_ms - c->last_seen_ms < c->options.again_ms;
	memcpy(c->last, digest, sizeof(digest));
	c->last_seen_ms = now_ms;
	if (stayed)
		return;
	out->kind = READER_PASS;
	out->len = r->len;
	memcpy(out->bytes, r->bytes, r->len);
}

/* Its answer to a frame. Who has found something goes, and another takes its place. */
static void answered(struct code_reader *c, struct reader_event *out, int64_t now_ms)
{
	bool again = c->reply.len > 0, news = !c->online;

	c->pause_ms = RETRY_MS;
	c->online = true;
	pthread_mutex_lock(&c->lock);
	c->busy = false;
	if (again)
		c->next_look_ms = now_ms + FOUND_MS;
	pthread_mutex_unlock(&c->lock);
	if (news)
		out->kind = READER_ONLINE;
	if (!again)
		return;
	stop(c);
	c->retry_at_ms = now_ms;
	if (!news) /* else it is read again, and told then */
		found(c, out, now_ms);
	mem_wipe(&c->reply, sizeof(c->reply));
}

static bool overdue(struct code_reader *c, int64_t now_ms)
{
	bool late;

	pthread_mutex_lock(&c->lock);
	late = c->busy && now_ms - c->asked_ms > c->options.patience_ms;
	pthread_mutex_unlock(&c->lock);
	return late;
}

static tanu_status code_next(void *self, struct reader_event *out, int64_t now_ms, tanu_error *err)
{
	struct code_reader *c = self;
	size_t got = 0;
	bool gone;

	(void)err;
	out->kind = READER_NOTHING;
	out->at_ms = now_ms;
	if (!c->child.pid) {
		if (now_ms >= c->retry_at_ms && start(c, NULL) < 0)
			lose(c, out, now_ms);
		return TANU_OK;
	}
	gone = os_line_read(c->replies, c->record + c->record_len, CODES_REPLY_LEN - c->record_len,
			    &got, NULL) < 0;
	c->record_len += got;
	if (c->record_len == CODES_REPLY_LEN) {
		c->record_len = 0;
		gone = !codes_reply_read(&c->reply, c->record, CODES_REPLY_LEN);
		mem_wipe(c->record, sizeof(c->record));
		if (!gone)
			answered(c, out, now_ms);
	}
	if (gone || overdue(c, now_ms))
		lose(c, out, now_ms);
	return TANU_OK;
}

/* The screen beside the camera shows what is to be done; a camera shows nothing. */
static tanu_status code_show(void *self, enum reader_show show, int64_t now_ms, tanu_error *err)
{
	(void)self;
	(void)show;
	(void)now_ms;
	(void)err;
	return TANU_OK;
}

static int code_fd(const void *self)
{
	return ((const struct code_reader *)self)->replies;
}

static int64_t code_wake(const void *self)
{
	const struct code_reader *c = self;

	return c->child.pid ? INT64_MAX : c->retry_at_ms;
}

static void code_close(void *self)
{
	struct code_reader *c = self;

	stop(c);
	pthread_mutex_destroy(&c->lock);
	mem_wipe(c, sizeof(*c));
	free(c);
}

static int32_t or_default(int32_t value, int32_t otherwise)
{
	return value > 0 ? value : otherwise;
}

tanu_status code_reader_open(struct reader *out, struct camera_onlooker *look,
			     const struct code_options *options, tanu_error *err)
{
	static const struct reader_ops ops = {"code",  code_next, code_show,
					      code_fd, code_wake, code_close};
	struct code_reader *c = calloc(1, sizeof(*c));

	if (!c)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "reader", "not enough memory");
	c->options = (struct code_options){
	    .max_width = or_default(options->max_width, MAX_WIDTH),
	    .max_height = or_default(options->max_height, MAX_HEIGHT),
	    .every_ms = or_default(options->every_ms, EVERY_MS),
	    .again_ms = or_default(options->again_ms, AGAIN_MS),
	    .patience_ms = or_default(options->patience_ms, PATIENCE_MS),
	};
	c->request = (struct codes_request){c->options.max_width, c->options.max_height};
	c->look_write = c->frame_fd = c->replies = -1;
	c->online = true;
	c->pause_ms = RETRY_MS;
	c->retry_at_ms = INT64_MIN;
	pthread_mutex_init(&c->lock, NULL);
	*out = (struct reader){.ops = &ops, .self = c};
	*look = (struct camera_onlooker){.frame = frame_offered, .self = c};
	return TANU_OK;
}
