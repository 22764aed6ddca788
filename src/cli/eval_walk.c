/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of photographs, looked at on all cores; and the features of it person by person. */
#include "cli/eval.h"

#include <stdlib.h>
#include <string.h>

#define HOURS_MAX     (24.0 * 366)
#define HOURS_DEFAULT 24.0
#define HOUR_MS	      (60 * 60 * 1000LL)

static void step(void *self, size_t done)
{
	progress_step(self, done);
}

static bool takes(const struct args *args, const char *option)
{
	const struct option_row *row;

	for (size_t i = 0; (row = verb_option(args->verb, i)); i++)
		if (strcmp(row->name, option) == 0)
			return true;
	return false;
}

/* How long what is seen is remembered. Verbs without the options remember nothing. */
static tanu_status remember(int64_t *ms, const struct args *args, tanu_error *err)
{
	double hours = HOURS_DEFAULT;
	tanu_status st;

	*ms = 0;
	if (!takes(args, "no-cache") || args_has(args, "no-cache"))
		return TANU_OK;
	if (args_has(args, "cache-hours") &&
	    (st = args_real(&hours, args, "cache-hours", 0, HOURS_MAX, err)) < 0)
		return st;
	*ms = (int64_t)(hours * (double)HOUR_MS);
	return *ms > 0 ? TANU_OK : service_eval_forget(err);
}

tanu_status photos_look(struct experiment *e, const struct args *args, tanu_error *err)
{
	const char *face = args_get(args, "face");
	struct progress progress;
	struct eval_order order = {
	    .images_dir = e->images,
	    .photos = e->photos.names,
	    .photos_len = e->photos.len,
	    .chosen_face = face && strcmp(face, "chosen") == 0,
	    .measures_only = e->measures_only,
	    .facts = &e->facts,
	    .progress = step,
	    .self = &progress,
	};
	int64_t started_ns = os_monotonic_ns();
	tanu_status st = remember(&order.remember_ms, args, err);

	if (st < 0)
		return st;
	progress_start(&progress, "photographs", e->photos.len);
	st = service_eval_features(&e->samples, &order, err);
	progress_end(&progress);
	e->seconds = (double)(os_monotonic_ns() - started_ns) / 1e9;
	for (size_t i = 0; st == TANU_OK && i < e->photos.len; i++)
		e->failed += e->samples[i].failure.status < 0;
	return st;
}

void experiment_free(struct experiment *e)
{
	service_eval_free(&e->samples, e->photos.len);
	name_list_free(&e->photos);
}

/* The folder a photograph stands in names its person. */
tanu_status person_number(struct name_list *people, size_t *person, const char *photo,
			  tanu_error *err)
{
	size_t len = strcspn(photo, "/");
	char *name = strndup(photo, len);
	tanu_status st;

	if (!name)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	st = name_list_add(people, person, name, err);
	free(name);
	return st;
}

tanu_status crowd_gather(struct crowd *out, const struct experiment *e, tanu_error *err)
{
	size_t usable = e->photos.len - e->failed;
	tanu_status st = TANU_OK;

	out->sample = calloc(usable + 1, sizeof(*out->sample));
	out->person = calloc(usable + 1, sizeof(*out->person));
	out->photo = calloc(usable + 1, sizeof(*out->photo));
	if (!out->sample || !out->person || !out->photo)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < e->photos.len && st == TANU_OK; i++) {
		if (e->samples[i].failure.status < 0)
			continue;
		out->sample[out->len] = e->samples[i].embedding;
		out->photo[out->len] = i;
		st = person_number(&out->people, &out->person[out->len++], e->photos.names[i], err);
	}
	return st;
}

void crowd_free(struct crowd *crowd)
{
	if (crowd->sample)
		mem_wipe(crowd->sample, crowd->len * sizeof(*crowd->sample));
	free(crowd->sample);
	free(crowd->person);
	free(crowd->photo);
	name_list_free(&crowd->people);
}

tanu_status name_number(struct name_list *list, uint32_t *out, const char *text, size_t len,
			tanu_error *err)
{
	char key[NAME_MAX_LEN];
	size_t index;
	tanu_status st;

	if (len >= sizeof(key))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, NULL, "a path is too long");
	memcpy(key, text, len);
	key[len] = '\0';
	if ((st = name_list_add(list, &index, key, err)) == TANU_OK)
		*out = (uint32_t)index;
	return st;
}
