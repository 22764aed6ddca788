/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine.h - who measures faces: this process, or processes of their own that see pixels and
 * nothing else. A table of calls between the service and the models.
 *
 * The remote one keeps a few processes (tanu-worker-face), each shut in once it has loaded the
 * models: no files, no network, no keys, no children. It sends a picture's pixels and gets numbers,
 * which it does not believe before it has checked them. One that dies, or does not answer in time,
 * costs the request that was with it, and is started again by the next.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "base/base.h"

#include <tanu/face.h>

/* One picture that was looked at; its faces stay until it is ended. */
struct face_look {
	tanu_faces faces;
};

struct face_engine;
struct face_engine_calls {
	/* tanu_analyse. Ends with `end`, also when it found nobody. */
	tanu_status (*look)(struct face_engine *engine, struct face_look **out,
			    const tanu_pixels *image, const tanu_session_options *options,
			    tanu_error *err);
	/* Features of the chosen face will be computed now: counted. Then tanu_embed. */
	void (*count)(struct face_engine *engine);
	tanu_status (*embed)(struct face_engine *engine, struct face_look *look,
			     tanu_embedding *out, tanu_error *err);
	void (*end)(struct face_engine *engine, struct face_look **look); /* wipes */
	uint64_t (*counted)(struct face_engine *engine);
	void (*close)(struct face_engine *engine);
};
struct face_engine {
	const struct face_engine_calls *calls;
};

/* In this process; one thread at a time. `models_dir` NULL: the default search. */
tanu_status engine_local_open(struct face_engine **out, const char *models_dir, tanu_error *err);

/* Digest of the embedder, 32 bytes. */
const uint8_t *engine_local_model(const struct face_engine *engine);

/*
 * In at most `processes` others, which `program` is started as; several threads at a time, each
 * with one look. Nothing is started before the first.
 */
#define ENGINE_PROCESSES_MAX 32
tanu_status engine_remote_open(struct face_engine **out, const char *program,
			       const char *models_dir, size_t processes, tanu_error *err);
/* How often one had to be started again. */
uint64_t engine_remote_restarts(const struct face_engine *engine);

/* main of tanu-worker-face. */
int engine_main(int argc, char **argv);

void engine_close(struct face_engine **engine); /* NULL inside is fine */

#endif
