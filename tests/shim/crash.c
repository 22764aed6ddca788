/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const op_words[] = {
#define X(name, word, fields) word,
    TRACE_LIST(X)
#undef X
};
static const char *const variant_words[] = {"drop", "keep", "torn", "random"};

bool shim_thin(struct shim *shim)
{
#ifdef TANU_SANITIZED
	shim->one_of = SHIM_THINNED;
#else
	shim->one_of = 1;
#endif
	return shim->one_of > 1;
}

struct walk {
	struct shim *shim;
	struct model model;
	struct shim_crash crash;
	char call[512];
	size_t states;	/* that were different */
	uint64_t *last; /* hash of each variant's last state, with the marks before it */
	tanu_status (*check)(void *self, const struct shim_crash *crash, tanu_error *err);
	void *self;
};

static void describe_call(struct walk *w, const struct call *call)
{
	char name[256];

	model_name(&w->model, call->head.ino, name, sizeof(name));
	if (call->head.op == TRACE_WRITE)
		snprintf(w->call, sizeof(w->call), "write %s %" PRIu64 "+%u", name,
			 call->head.offset, call->head.data_len);
	else
		snprintf(w->call, sizeof(w->call), "%s %s%s%s", op_words[call->head.op],
			 call->path[0] ? call->path : name, call->path2[0] ? " " : "", call->path2);
}

static void name_crash(const struct walk *w, tanu_error *err)
{
	char place[400];

	snprintf(place, sizeof(place), "cut after step %zu (%.100s), %s %" PRIu64, w->crash.step,
		 w->call, variant_words[w->crash.variant], w->crash.seed);
	error_prefix_place(err, place);
}

static tanu_status check_variant(struct walk *w, enum shim_variant variant, unsigned seed,
				 tanu_error *err)
{
	/* Never zero, which xorshift would keep. */
	struct choice choice = {variant, (w->crash.step * 64 + seed) * 2 + 1};
	uint64_t hash = 0, *last = &w->last[variant + seed];
	tanu_status st;

	if ((st = model_rebuild(&w->model, NULL, &choice, &hash, err)) < 0)
		return st;
	hash += w->crash.marks_len;
	if (hash == *last)
		return TANU_OK;
	*last = hash;
	if (w->shim->one_of > 1 && w->states++ % w->shim->one_of != 0)
		return TANU_OK;
	w->crash.variant = variant;
	w->crash.seed = seed;
	if ((st = model_rebuild(&w->model, w->crash.folder, &choice, &hash, err)) == TANU_OK)
		st = w->check(w->self, &w->crash, err);
	if (st < 0)
		name_crash(w, err);
	return st;
}

static tanu_status check_step(struct walk *w, unsigned seeds, tanu_error *err)
{
	tanu_status st;

	if ((st = check_variant(w, SHIM_DROP, 0, err)) < 0 ||
	    (st = check_variant(w, SHIM_KEEP, 0, err)) < 0)
		return st;
	if (w->model.last_write && (st = check_variant(w, SHIM_TORN, 0, err)) < 0)
		return st;
	for (unsigned seed = 0; seed < seeds && st == TANU_OK; seed++)
		st = check_variant(w, SHIM_RANDOM, seed, err);
	return st;
}

static tanu_status walk_calls(struct walk *w, unsigned seeds, tanu_error *err)
{
	const struct shim *shim = w->shim;
	tanu_status st = check_step(w, seeds, err);

	for (size_t i = 0; i < shim->calls_len && st == TANU_OK; i++) {
		const struct call *call = &shim->calls[i];

		if (call->head.op == TRACE_MARK)
			shim->marks[w->crash.marks_len++] = call->path;
		if ((st = model_advance(&w->model, call, err)) < 0)
			return st;
		describe_call(w, call);
		w->crash.step = i + 1;
		st = check_step(w, seeds, err);
	}
	return st;
}

tanu_status shim_each_crash(struct shim *shim, const char *folder, unsigned seeds,
			    tanu_status (*check)(void *self, const struct shim_crash *crash,
						 tanu_error *err),
			    void *self, tanu_error *err)
{
	struct walk w = {.shim = shim, .check = check, .self = self};
	tanu_status st;

	w.crash = (struct shim_crash){.folder = folder, .call = w.call, .marks = shim->marks};
	w.last = calloc(SHIM_RANDOM + seeds + 1, sizeof(*w.last));
	if (!w.last)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	model_copy(&w.model, &shim->start);
	st = walk_calls(&w, seeds, err);
	model_free(&w.model);
	free(w.last);
	return st;
}
