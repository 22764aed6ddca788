/* SPDX-License-Identifier: Apache-2.0 */
/* Features of many photographs on all cores, for measuring error rates. */
#include "service/service.h"

#include <stdatomic.h>
#include <stdlib.h>

#define PHOTO_PATH_MAX 4096

struct walk {
	const struct eval_order *order;
	struct eval_sample *samples;
	tanu_engine *engine;
	tanu_session **session; /* one a worker */
	size_t workers;
	atomic_size_t done;
};

static tanu_status features_of(tanu_session *session, tanu_embedding *out, const char *path,
			       tanu_error *err)
{
	tanu_image *image = NULL;
	tanu_faces faces;
	tanu_pixels pixels;
	tanu_status st = tanu_image_read(&image, path, NULL, err);

	if (st < 0)
		return st;
	pixels = tanu_image_pixels(image);
	if ((st = tanu_analyse(session, &faces, &pixels, err)) < 0)
		goto out;
	if (faces.count == 0)
		st = tanu_fail(err, TANU_ERR_NO_FACE, path, "no face was found");
	else
		st = tanu_embed(session, out, &pixels, &faces.face[faces.chosen], err);
out:
	tanu_image_free(&image);
	return st;
}

/* Trouble of this machine would befall every photograph. */
static bool ends_walk(tanu_status st)
{
	return tanu_exit_for(st) == TANU_EXIT_SYSTEM;
}

static tanu_status walk_photo(void *self, size_t worker, size_t item, tanu_error *err)
{
	struct walk *w = self;
	const struct eval_order *order = w->order;
	struct eval_sample *sample = &w->samples[item];
	char path[PHOTO_PATH_MAX];
	tanu_status st =
	    os_path(path, sizeof(path), order->images_dir, order->photos[item], &sample->failure);

	if (st == TANU_OK)
		st = features_of(w->session[worker], &sample->embedding, path, &sample->failure);
	if (ends_walk(st)) {
		*err = sample->failure;
		return st;
	}
	atomic_fetch_add(&w->done, 1);
	if (worker == 0 && order->progress) /* worker 0 is the caller */
		order->progress(order->self, atomic_load(&w->done));
	return TANU_OK;
}

static tanu_status open_sessions(struct walk *w, tanu_error *err)
{
	const tanu_session_options options = {.central = !w->order->chosen_face};
	tanu_status st = tanu_engine_open(&w->engine, w->order->models_dir, err);

	for (size_t i = 0; i < w->workers && st == TANU_OK; i++)
		st = tanu_session_open(&w->session[i], w->engine, &options, err);
	return st;
}

static void close_sessions(struct walk *w)
{
	for (size_t i = 0; w->session && i < w->workers; i++)
		tanu_session_close(&w->session[i]);
	free(w->session);
	tanu_engine_close(&w->engine);
}

tanu_status service_eval_features(struct eval_sample **out, const struct eval_order *order,
				  tanu_error *err)
{
	struct walk w = {.order = order};
	tanu_status st;

	w.workers = order->workers ? order->workers : (size_t)os_cpu_count();
	w.samples = calloc(order->photos_len + 1, sizeof(*w.samples));
	w.session = calloc(w.workers, sizeof(tanu_session *));
	if (!w.samples || !w.session) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
			       "not enough memory for the features of %zu photographs",
			       order->photos_len);
		goto out;
	}
	if ((st = open_sessions(&w, err)) < 0 ||
	    (st = os_parallel(w.workers, order->photos_len, walk_photo, &w, err)) < 0)
		goto out;
	*out = w.samples;
	w.samples = NULL;
out:
	service_eval_free(&w.samples, order->photos_len);
	close_sessions(&w);
	return st;
}

void service_eval_free(struct eval_sample **samples, size_t len)
{
	if (!*samples)
		return;
	mem_wipe(*samples, len * sizeof(**samples));
	free(*samples);
	*samples = NULL;
}
