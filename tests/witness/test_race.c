/* SPDX-License-Identifier: Apache-2.0 */
/* Many submit at once, of two histories: each size gets one root, and sizes only grow. */
#include "witness/fixture.h"

#include <pthread.h>
#include <stdatomic.h>

#define THREADS 8
#define ROUNDS	40

static struct memory_log honest, forked;
static struct witness *w;
static atomic_uint cosigned[MEMORY_LEAVES]; /* bit 1: of the honest log, bit 2: of the fork */
static atomic_int bad;

/* A client that knows nothing beforehand and follows what it is told. */
static void grow(struct memory_log *log, unsigned mark, uint64_t size, struct witness_reply *reply)
{
	uint64_t old = 0;

	for (int i = 0; i < 20; i++) {
		int status = submit(w, reply, log, old, size);

		if (status == 200) {
			cosigned[size] |= mark;
			return;
		}
		if (status != 409) {
			bad += status != 422;
			return;
		}
		old = strtoull(buf_cstr(&reply->body), NULL, 10);
		if (old > size)
			return; /* somebody was faster */
	}
}

static void *run(void *self)
{
	unsigned mark = 1 + (unsigned)((uintptr_t)self % 2);
	struct memory_log *log = mark == 1 ? &honest : &forked;
	struct witness_reply reply = {0};

	for (uint64_t size = 3; size < 3 + ROUNDS; size++)
		grow(log, mark, size, &reply);
	buf_free(&reply.body);
	return NULL;
}

static void each_size_gets_one_root(void **state)
{
	pthread_t threads[THREADS];
	unsigned ever = 0;

	make_witness(scratch_path(state, "w"));
	w = open_witness(scratch_path(state, "w"));
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run, (void *)i), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(bad, 0);
	for (uint64_t size = 6; size < MEMORY_LEAVES; size++)
		ever |= cosigned[size];
	/* From leaf 5 on the histories differ: one of them has won, once and for all. */
	assert_true(ever == 1 || ever == 2);
	witness_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(each_size_gets_one_root, scratch_make, scratch_remove),
	};

	fill_log(&honest, 100, 100);
	fill_log(&forked, 100, 5);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
