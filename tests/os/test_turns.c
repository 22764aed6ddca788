/* SPDX-License-Identifier: Apache-2.0 */
/* A lock that nobody waits for long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/os.h"

#include <time.h>

#define THREADS 6
#define ROUNDS	2000

static struct os_turns turns;
static unsigned inside, count;
static size_t order[THREADS], order_len;
static size_t numbers[THREADS] = {0, 1, 2, 3, 4, 5};

static void *once(void *number)
{
	os_turns_enter(&turns);
	order[order_len++] = *(size_t *)number;
	os_turns_leave(&turns);
	return NULL;
}

static const struct turn *last_of(void)
{
	const struct turn *last;

	pthread_mutex_lock(&turns.lock);
	last = turns.first ? turns.last : NULL;
	pthread_mutex_unlock(&turns.lock);
	return last;
}

/* Somebody waits who did not when `before` was the last. */
static void wait_behind(const struct turn *before)
{
	const struct timespec moment = {.tv_nsec = 1000000};

	while (last_of() == before)
		nanosleep(&moment, NULL);
}

static void who_has_waited_comes_in_first(void **state)
{
	const struct timespec patience = {.tv_nsec = 3000000};
	pthread_t thread[THREADS];

	(void)state;
	os_turns_init(&turns);
	order_len = 0;
	os_turns_enter(&turns);
	for (size_t i = 0; i < THREADS; i++) {
		const struct turn *before = last_of();

		assert_int_equal(pthread_create(&thread[i], NULL, once, &numbers[i]), 0);
		wait_behind(before);
	}
	nanosleep(&patience, NULL);
	os_turns_leave(&turns);
	os_turns_enter(&turns); /* behind all of them, though it was ours a moment ago */
	assert_int_equal(order_len, THREADS);
	os_turns_leave(&turns);
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(thread[i], NULL);
		assert_int_equal(order[i], i);
	}
	os_turns_end(&turns);
}

static void *often(void *self)
{
	(void)self;
	for (int i = 0; i < ROUNDS; i++) {
		os_turns_enter(&turns);
		if (++inside != 1)
			count = ~0u / 2;
		count++;
		inside--;
		os_turns_leave(&turns);
	}
	return NULL;
}

static void one_at_a_time(void **state)
{
	pthread_t thread[THREADS];

	(void)state;
	os_turns_init(&turns);
	inside = count = 0;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, often, NULL), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(count, THREADS * ROUNDS);
	os_turns_end(&turns);
}

static bool told, seen;

static void *waits_for_a_sign(void *self)
{
	(void)self;
	os_turns_enter(&turns);
	while (!told)
		os_turns_wait(&turns);
	seen = true;
	os_turns_leave(&turns);
	return NULL;
}

/* Who waits for a sign is not inside meanwhile, and is again when it has come. */
static void a_sign(void **state)
{
	pthread_t thread;

	(void)state;
	os_turns_init(&turns);
	told = seen = false;
	os_turns_enter(&turns);
	assert_int_equal(pthread_create(&thread, NULL, waits_for_a_sign, NULL), 0);
	wait_behind(NULL);
	os_turns_leave(&turns);
	os_turns_enter(&turns);
	assert_false(seen);
	os_turns_sign(&turns); /* for nothing */
	os_turns_leave(&turns);
	os_turns_enter(&turns);
	assert_false(seen);
	told = true;
	os_turns_sign(&turns);
	os_turns_leave(&turns);
	pthread_join(thread, NULL);
	assert_true(seen);
	os_turns_end(&turns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_has_waited_comes_in_first),
	    cmocka_unit_test(one_at_a_time),
	    cmocka_unit_test(a_sign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
