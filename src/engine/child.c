/* SPDX-License-Identifier: Apache-2.0 */
/* The process that measures: it loads the models, shuts itself in, and answers until nobody asks.
 */
#include "engine/wire.h"

#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOCKET 0 /* its standard input is the line */

/* One picture at a time. */
struct measuring {
	struct face_engine *engine;
	struct wire_request request;
	struct wire_reply reply;
	void *pixels;
	size_t pixels_len;
	tanu_pixels image;
	struct face_look *look;
};

static void picture_drop(struct measuring *m)
{
	if (m->look)
		m->engine->calls->end(m->engine, &m->look);
	os_unmap(m->pixels, m->pixels_len);
	m->pixels = NULL;
}

static tanu_status picture_take(struct measuring *m, int fd, tanu_error *err)
{
	const struct wire_request *r = &m->request;

	picture_drop(m);
	if (r->width < 1 || r->height < 1 || r->width > WIRE_SIDE_MAX || r->height > WIRE_SIDE_MAX)
		return tanu_fail(err, TANU_ERR_FORMAT, NULL, "this is no size of a picture");
	m->pixels_len = (size_t)r->width * (size_t)r->height * 3;
	m->pixels = fd < 0 ? NULL : os_map(fd, m->pixels_len, false);
	if (!m->pixels)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a picture");
	m->image = (tanu_pixels){m->pixels, r->width, r->height, (ptrdiff_t)3 * r->width};
	return TANU_OK;
}

static tanu_status act(struct measuring *m, int fd, tanu_error *err)
{
	const struct face_engine_calls *calls = m->engine->calls;
	tanu_status st;

	if (m->request.what == WIRE_LOOK) {
		if ((st = picture_take(m, fd, err)) == TANU_OK &&
		    (st = calls->look(m->engine, &m->look, &m->image, &m->request.options, err)) ==
			TANU_OK)
			m->reply.faces = m->look->faces;
		return st;
	}
	if (m->request.what != WIRE_EMBED || !m->look || m->look->faces.count == 0)
		return tanu_fail(err, TANU_ERR_FORMAT, NULL, "nothing was looked at");
	st = calls->embed(m->engine, m->look, &m->reply.embedding, err);
	picture_drop(m);
	return st;
}

static bool answer(struct measuring *m, const tanu_error *err)
{
	m->reply.code = (int32_t)err->code;
	snprintf(m->reply.text, sizeof(m->reply.text), "%.*s", WIRE_TEXT_LEN - 1, err->message);
	return os_packet_send(SOCKET, &m->reply, sizeof(m->reply), -1, NULL) == TANU_OK;
}

static bool take(struct measuring *m, int *fd)
{
	size_t len = 0;

	mem_wipe(&m->reply, sizeof(m->reply));
	return os_packet_take(SOCKET, &m->request, sizeof(m->request), &len, fd, INT64_MAX, NULL) ==
		   TANU_OK &&
	       len == sizeof(m->request);
}

/* The models first, then the doors are shut; only then the first pixel comes. */
static bool begin(struct measuring *m)
{
	tanu_error err = {0};
	int fd = -1;
	tanu_status st;

	if (!take(m, &fd) || m->request.what != WIRE_HELLO)
		return false;
	m->request.models_dir[WIRE_MODELS_LEN - 1] = '\0';
	st = engine_local_open(&m->engine, *m->request.models_dir ? m->request.models_dir : NULL,
			       &err);
	if (st == TANU_OK)
		memcpy(m->reply.model, engine_local_model(m->engine), TANU_MODEL_DIGEST);
	if (st == TANU_OK)
		st = os_sandbox_engine(NULL, &err);
	return answer(m, &err) && st == TANU_OK;
}

int engine_main(int argc, char **argv)
{
	struct measuring *m = calloc(1, sizeof(*m));
	int fd;

	(void)argv;
	os_harden_process();
	if (!m || argc > 1 || !begin(m)) {
		if (argc > 1)
			fputs("tanu-worker-face: started by tanud, never by hand\n", stderr);
		free(m);
		return 1;
	}
	while (fd = -1, take(m, &fd)) {
		tanu_error err = {0};

		(void)act(m, fd, &err);
		if (fd >= 0)
			close(fd);
		if (!answer(m, &err))
			break;
	}
	_exit(0);
}
