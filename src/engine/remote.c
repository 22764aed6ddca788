/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring in processes of their own: who is free, what they say, and what when they die. */
#include "engine/wire.h"

#include "os/os.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START_NS ((int64_t)60 * 1000000000) /* models read and checked */
#define WORK_NS	 ((int64_t)20 * 1000000000) /* one picture */

struct process {
	struct os_child child;
	int socket; /* -1: it does not run */
	bool taken;
};
struct remote {
	struct face_engine engine; /* first */
	char program[OS_PATH_MAX], models_dir[WIRE_MODELS_LEN];
	pthread_mutex_t lock;
	pthread_cond_t freed;
	struct process process[ENGINE_PROCESSES_MAX];
	size_t processes;
	bool known; /* the model is */
	uint8_t model[TANU_MODEL_DIGEST];
	atomic_ullong counted, started;
};
struct remote_look {
	struct face_look look; /* first */
	struct process *process;
};

/* ---- one process ---- */

static void process_end(struct process *p)
{
	char how[OS_CHILD_HOW_LEN];

	if (p->socket < 0)
		return;
	close(p->socket);
	p->socket = -1;
	os_child_end(&p->child, how);
}

/* An error of its own is believed by its code and shown as plain text. */
static tanu_status reply_status(struct wire_reply *reply, tanu_error *err)
{
	reply->text[WIRE_TEXT_LEN - 1] = '\0';
	for (char *c = reply->text; *c; c++)
		if (*c < 0x20 || *c > 0x7E)
			*c = '?';
	if (reply->code == TANU_ERR_NONE)
		return TANU_OK;
	switch (reply->code) {
	case TANU_ERR_NO_MEMORY:
	case TANU_ERR_MODEL_MISSING:
	case TANU_ERR_MODEL_DIGEST:
	case TANU_ERR_MODEL_FORMAT:
	case TANU_ERR_RUNTIME_MISSING:
	case TANU_ERR_INFERENCE:
	case TANU_ERR_SANDBOX:
		return tanu_fail(err, (tanu_error_code)reply->code, "face engine", "%s",
				 reply->text);
	default:
		return tanu_fail(err, TANU_ERR_INFERENCE, "face engine", "%s", reply->text);
	}
}

/* What goes wrong on the line ends the process: its next answer could be to this question. */
static tanu_status ask(struct process *p, const struct wire_request *request, int fd,
		       struct wire_reply *reply, int64_t patience_ns, tanu_error *err)
{
	size_t len = 0;
	tanu_status st = os_packet_send(p->socket, request, sizeof(*request), fd, err);

	if (st == TANU_OK)
		st = os_packet_take(p->socket, reply, sizeof(*reply), &len, NULL,
				    os_monotonic_ns() + patience_ns, err);
	if (st == TANU_OK && len != sizeof(*reply))
		st = TANU_SYSTEM;
	if (st == TANU_OK)
		return reply_status(reply, err);
	process_end(p);
	return tanu_fail(err, TANU_ERR_INFERENCE, "face engine",
			 "the process that measures faces died on this picture: it was started "
			 "again, try another picture");
}

static tanu_status process_start(struct remote *r, struct process *p, struct wire_reply *reply,
				 tanu_error *err)
{
	struct wire_request hello = {.what = WIRE_HELLO};
	int mine = -1, theirs = -1;
	tanu_status st;

	if ((st = os_packet_pair(&mine, &theirs, err)) < 0)
		return st;
	const int fds[] = {theirs, -1, 2};

	st = os_child_start(&p->child, r->program, fds, ARRAY_LEN(fds), err);
	close(theirs);
	if (st < 0) {
		close(mine);
		return st;
	}
	p->socket = mine;
	atomic_fetch_add(&r->started, 1);
	memcpy(hello.models_dir, r->models_dir, sizeof(hello.models_dir));
	if ((st = ask(p, &hello, -1, reply, START_NS, err)) < 0) {
		process_end(p);
		return st;
	}
	pthread_mutex_lock(&r->lock);
	if (!r->known)
		memcpy(r->model, reply->model, sizeof(r->model));
	r->known = true;
	pthread_mutex_unlock(&r->lock);
	return TANU_OK;
}

/* One that is free, those that run first; waits for one. */
static struct process *process_take(struct remote *r)
{
	struct process *found = NULL;

	pthread_mutex_lock(&r->lock);
	while (!found) {
		for (size_t i = 0; i < r->processes; i++) {
			struct process *p = &r->process[i];

			if (!p->taken && (!found || (found->socket < 0 && p->socket >= 0)))
				found = p;
		}
		if (!found)
			pthread_cond_wait(&r->freed, &r->lock);
	}
	found->taken = true;
	pthread_mutex_unlock(&r->lock);
	return found;
}

static void process_give(struct remote *r, struct process *p)
{
	pthread_mutex_lock(&r->lock);
	p->taken = false;
	pthread_cond_signal(&r->freed);
	pthread_mutex_unlock(&r->lock);
}

/* ---- what it says is checked ---- */

static bool floats_finite(const float *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(v[i]))
			return false;
	return true;
}

static bool face_sane(const tanu_face *f)
{
	return floats_finite(f->box, 4) && floats_finite(f->landmarks[0], TANU_LANDMARKS * 2) &&
	       floats_finite(f->quality.value, TANU_QUALITY_COUNT) && f->quality.unified >= 0 &&
	       f->quality.unified <= 1 && f->liveness >= 0 && f->liveness <= 1 && f->measured;
}

static bool faces_sane(const tanu_faces *f)
{
	if (f->count > TANU_FACES_MAX || (f->count && f->chosen >= f->count))
		return false;
	return f->count == 0 || face_sane(&f->face[f->chosen]);
}

static bool embedding_sane(const struct remote *r, const tanu_embedding *e)
{
	return !memcmp(e->model, r->model, sizeof(r->model)) && e->quality >= 0 &&
	       e->quality <= 1 && floats_finite(e->v, ARRAY_LEN(e->v));
}

static tanu_status nonsense(struct process *p, tanu_error *err)
{
	process_end(p);
	return tanu_fail(err, TANU_ERR_INFERENCE, "face engine",
			 "the process that measures faces gave an answer that makes no sense: it "
			 "was started again");
}

/* ---- the calls ---- */

static void remote_end(struct face_engine *engine, struct face_look **look)
{
	struct remote_look *l = (struct remote_look *)*look;

	if (!l)
		return;
	process_give((struct remote *)engine, l->process);
	mem_wipe(l, sizeof(*l));
	free(l);
	*look = NULL;
}

static tanu_status pixels_send(struct process *p, const tanu_pixels *image,
			       const tanu_session_options *options, struct wire_reply *reply,
			       tanu_error *err)
{
	struct wire_request request = {
	    .what = WIRE_LOOK, .width = image->width, .height = image->height};
	int fd = -1;
	tanu_status st;

	memcpy(&request.options, options, sizeof(*options));
	st = os_memfd_sealed(&fd, NULL, 0, image->rgb,
			     (size_t)image->height * (size_t)image->width * 3, err);
	if (st < 0)
		return st;
	st = ask(p, &request, fd, reply, WORK_NS, err);
	close(fd);
	return st;
}

static tanu_status look_at(struct remote *r, struct remote_look *l, const tanu_pixels *image,
			   const tanu_session_options *options, struct wire_reply *reply,
			   tanu_error *err)
{
	struct process *p = l->process;
	tanu_status st = TANU_OK;

	if (image->stride != (ptrdiff_t)3 * image->width)
		return BAD_CALL(err, "rows of a picture follow each other here");
	if (p->socket < 0)
		st = process_start(r, p, reply, err);
	if (st == TANU_OK)
		st = pixels_send(p, image, options, reply, err);
	if (st == TANU_OK && !faces_sane(&reply->faces))
		st = nonsense(p, err);
	if (st == TANU_OK)
		l->look.faces = reply->faces;
	return st;
}

static tanu_status remote_look(struct face_engine *engine, struct face_look **out,
			       const tanu_pixels *image, const tanu_session_options *options,
			       tanu_error *err)
{
	struct remote *r = (struct remote *)engine;
	struct remote_look *l = calloc(1, sizeof(*l));
	struct wire_reply *reply = calloc(1, sizeof(*reply));
	struct face_look *made = &l->look;
	tanu_status st;

	if (!l || !reply) {
		free(l);
		free(reply);
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	}
	l->process = process_take(r);
	st = look_at(r, l, image, options, reply, err);
	mem_wipe(reply, sizeof(*reply));
	free(reply);
	if (st == TANU_OK)
		*out = made;
	else
		remote_end(engine, &made);
	return st;
}

static void remote_count(struct face_engine *engine)
{
	atomic_fetch_add(&((struct remote *)engine)->counted, 1);
}

static tanu_status remote_embed(struct face_engine *engine, struct face_look *look,
				tanu_embedding *out, tanu_error *err)
{
	struct remote *r = (struct remote *)engine;
	struct remote_look *l = (struct remote_look *)look;
	struct wire_request request = {.what = WIRE_EMBED};
	struct wire_reply *reply = calloc(1, sizeof(*reply));
	tanu_status st;

	if (!reply)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if (l->process->socket < 0)
		st = tanu_fail(err, TANU_ERR_INFERENCE, "face engine", "its process has ended");
	else
		st = ask(l->process, &request, -1, reply, WORK_NS, err);
	if (st == TANU_OK && !embedding_sane(r, &reply->embedding))
		st = nonsense(l->process, err);
	if (st == TANU_OK)
		*out = reply->embedding;
	mem_wipe(reply, sizeof(*reply));
	free(reply);
	return st;
}

static uint64_t remote_counted(struct face_engine *engine)
{
	return atomic_load(&((struct remote *)engine)->counted);
}

static void remote_close(struct face_engine *engine)
{
	struct remote *r = (struct remote *)engine;

	for (size_t i = 0; i < r->processes; i++)
		process_end(&r->process[i]);
	pthread_cond_destroy(&r->freed);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static const struct face_engine_calls calls = {
    .look = remote_look,
    .count = remote_count,
    .embed = remote_embed,
    .end = remote_end,
    .counted = remote_counted,
    .close = remote_close,
};

tanu_status engine_remote_open(struct face_engine **out, const char *program,
			       const char *models_dir, size_t processes, tanu_error *err)
{
	struct remote *r = calloc(1, sizeof(*r));

	if (!r)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	r->engine.calls = &calls;
	snprintf(r->program, sizeof(r->program), "%s", program);
	snprintf(r->models_dir, sizeof(r->models_dir), "%s", models_dir ? models_dir : "");
	r->processes = processes < 1			  ? 1
		       : processes > ENGINE_PROCESSES_MAX ? ENGINE_PROCESSES_MAX
							  : processes;
	for (size_t i = 0; i < r->processes; i++)
		r->process[i].socket = -1;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->freed, NULL);
	*out = &r->engine;
	return TANU_OK;
}

uint64_t engine_remote_restarts(const struct face_engine *engine)
{
	const struct remote *r = (const struct remote *)engine;
	uint64_t started = atomic_load(&r->started);

	return started > r->processes ? started - r->processes : 0;
}
