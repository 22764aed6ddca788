/* SPDX-License-Identifier: Apache-2.0 */
/* What many photographs show, on all cores, for measuring error rates. */
#include "service/eval_cache.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define PHOTO_PATH_MAX	4096
#define PHOTO_BYTES_MAX ((size_t)32 << 20)

struct walk {
	const struct eval_order *order;
	struct eval_sample *samples;
	uint8_t (*contents)[DIGEST_LEN]; /* of the photographs' files */
	struct eval_cache *cache;	 /* NULL: nothing is remembered */
	tanu_engine *engine;
	tanu_session **session; /* one a worker */
	size_t workers;
	atomic_size_t done;
};

static tanu_status see(struct eval_sample *out, tanu_session *session, const struct buf *file,
		       const char *path, bool features, tanu_error *err)
{
	tanu_image *image = NULL;
	tanu_faces faces;
	tanu_pixels pixels;
	tanu_status st = tanu_image_decode(&image, file->data, file->len, path, NULL, err);

	if (st < 0)
		return st;
	pixels = tanu_image_pixels(image);
	if ((st = tanu_analyse(session, &faces, &pixels, err)) < 0)
		goto out;
	if (faces.count == 0) {
		st = tanu_fail(err, TANU_ERR_NO_FACE, path, "no face was found");
		goto out;
	}
	out->quality = faces.face[faces.chosen].quality;
	out->liveness = faces.face[faces.chosen].liveness;
	if (!features)
		goto out;
	st = tanu_embed(session, &out->embedding, &pixels, &faces.face[faces.chosen], err);
	out->features = st == TANU_OK;
out:
	tanu_image_free(&image);
	return st;
}

/* One photograph: what is remembered of its content, else what the session sees. */
static tanu_status look(struct walk *w, size_t worker, size_t item, const char *path,
			tanu_error *err)
{
	bool features = !w->order->measures_only;
	struct eval_sample *sample = &w->samples[item];
	struct buf file = {0};
	tanu_status st = os_read_file(&file, path, PHOTO_BYTES_MAX, err);

	if (st < 0)
		goto out;
	sha256(w->contents[item], file.data, file.len);
	if (w->cache && eval_cache_get(w->cache, sample, w->contents[item], features))
		st = sample->failure.status;
	else
		st = see(sample, w->session[worker], &file, path, features, err);
out:
	buf_free(&file);
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
		st = look(w, worker, item, path, &sample->failure);
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

static void close_walk(struct walk *w)
{
	for (size_t i = 0; w->session && i < w->workers; i++)
		tanu_session_close(&w->session[i]);
	free(w->session);
	free(w->contents);
	eval_cache_close(&w->cache);
	tanu_engine_close(&w->engine);
}

static tanu_status put_digest(void *self, const struct model_view *view, tanu_error *err)
{
	struct buf *context = self;

	(void)err;
	if (view->in_use)
		buf_printf(context, "%s %s\n", view->name, view->sha256);
	return TANU_OK;
}

/* Digest of all that decides what is seen: models, this program, which face. */
static tanu_status context_of(uint8_t out[DIGEST_LEN], const struct eval_order *order,
			      tanu_error *err)
{
	struct buf program = {0}, context = {0};
	uint8_t digest[DIGEST_LEN];
	tanu_status st;

	if ((st = service_models_each(order->models_dir, false, put_digest, &context, err)) < 0 ||
	    (st = os_read_program(&program, err)) < 0)
		goto out;
	sha256(digest, program.data, program.len);
	buf_put(&context, digest, sizeof(digest));
	buf_u8(&context, order->chosen_face);
	if ((st = buf_check(&context, err)) == TANU_OK)
		sha256(out, context.data, context.len);
out:
	buf_free(&program);
	buf_free(&context);
	return st;
}

static tanu_status open_cache(struct walk *w, tanu_error *err)
{
	uint8_t context[DIGEST_LEN];
	tanu_status st;

	if (w->order->remember_ms <= 0)
		return TANU_OK;
	if ((st = context_of(context, w->order, err)) < 0)
		return st;
	return eval_cache_open(&w->cache, context, w->order->remember_ms, err);
}

static void tell_facts(struct eval_facts *out, const struct walk *w)
{
	hex_encode(out->model, tanu_engine_digest(w->engine), TANU_MODEL_DIGEST);
	out->calibration = *tanu_engine_calibration(w->engine);
	if (service_runtime_version(out->runtime, sizeof(out->runtime), NULL) < 0)
		snprintf(out->runtime, sizeof(out->runtime), "unknown");
	for (size_t i = 0; i < w->order->photos_len; i++)
		out->cached += w->samples[i].cached;
}

static bool walk_alloc(struct walk *w)
{
	size_t len = w->order->photos_len + 1;

	w->workers = w->order->workers ? w->order->workers : (size_t)os_cpu_count();
	w->samples = calloc(len, sizeof(*w->samples));
	w->contents = calloc(len, sizeof(*w->contents));
	w->session = calloc(w->workers, sizeof(tanu_session *));
	return w->samples && w->contents && w->session;
}

tanu_status service_eval_features(struct eval_sample **out, const struct eval_order *order,
				  tanu_error *err)
{
	struct walk w = {.order = order};
	struct eval_facts facts = {0};
	tanu_status st;

	if (!walk_alloc(&w)) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
			       "not enough memory for the features of %zu photographs",
			       order->photos_len);
		goto out;
	}
	(void)open_cache(&w, &facts.cache); /* works without */
	if ((st = open_sessions(&w, err)) < 0 ||
	    (st = os_parallel(w.workers, order->photos_len, walk_photo, &w, err)) < 0)
		goto out;
	tell_facts(&facts, &w);
	if (w.cache && facts.cached < order->photos_len)
		(void)eval_cache_save(w.cache, w.samples, (const uint8_t(*)[DIGEST_LEN])w.contents,
				      order->photos_len, &facts.cache);
	if (order->facts)
		*order->facts = facts;
	*out = w.samples;
	w.samples = NULL;
out:
	service_eval_free(&w.samples, order->photos_len);
	close_walk(&w);
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
