/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* One call of os_parallel, seen by all of its workers. */
struct job {
	tanu_status (*fn)(void *self, size_t worker, size_t item, tanu_error *err);
	void *self;
	size_t count;
	atomic_size_t next;
	atomic_bool stop;
	pthread_mutex_t mutex; /* guards the three below */
	size_t failed_item;
	tanu_status status;
	tanu_error error;
};

struct worker {
	struct job *job;
	size_t index;
	pthread_t thread;
};

/* The failure with the lowest item is the one told, as it would be with one worker. */
static void keep_failure(struct job *job, size_t item, tanu_status st, const tanu_error *error)
{
	pthread_mutex_lock(&job->mutex);
	if (job->status == TANU_OK || item < job->failed_item) {
		job->failed_item = item;
		job->status = st;
		job->error = *error;
	}
	pthread_mutex_unlock(&job->mutex);
	atomic_store(&job->stop, true);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct job *job = w->job;

	while (!atomic_load(&job->stop)) {
		size_t item = atomic_fetch_add(&job->next, 1);
		tanu_error error = {0};
		tanu_status st;

		if (item >= job->count)
			break;
		st = job->fn(job->self, w->index, item, &error);
		if (st < 0)
			keep_failure(job, item, st, &error);
	}
	return NULL;
}

/* The caller is worker 0. If the system refuses threads, the others do their share. */
static void run(struct job *job, struct worker *workers, size_t count)
{
	size_t started = 1;

	workers[0] = (struct worker){.job = job};
	while (started < count) {
		struct worker *w = &workers[started];

		*w = (struct worker){.job = job, .index = started};
		if (pthread_create(&w->thread, NULL, work, w) != 0)
			break;
		started++;
	}
	work(&workers[0]);
	for (size_t i = 1; i < started; i++)
		pthread_join(workers[i].thread, NULL);
}

tanu_status os_parallel(size_t workers, size_t count,
			tanu_status (*fn)(void *self, size_t worker, size_t item, tanu_error *err),
			void *self, tanu_error *err)
{
	struct job job = {.fn = fn, .self = self, .count = count};
	struct worker *team;

	if (workers == 0)
		workers = (size_t)os_cpu_count();
	if (workers > count)
		workers = count ? count : 1;
	team = calloc(workers, sizeof(*team));
	if (!team)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for %zu threads",
				 workers);
	pthread_mutex_init(&job.mutex, NULL);
	run(&job, team, workers);
	pthread_mutex_destroy(&job.mutex);
	free(team);
	if (job.status < 0 && err)
		*err = job.error;
	return job.status;
}
