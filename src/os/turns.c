/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

/*
 * Handing over each time costs a change of threads each time: a fifth fewer calls a second were
 * answered. Never, and the slowest hundredth waits twice as long (bench_server_load). Who has
 * waited for so long is let in before anybody else.
 */
#define PATIENCE_NS ((int64_t)1000000)

struct turn {
	struct turn *next;
	pthread_cond_t mine;
	int64_t since_ns;
	bool come;
};

void os_turns_init(struct os_turns *turns)
{
	*turns = (struct os_turns){.first = NULL};
	pthread_mutex_init(&turns->lock, NULL);
	pthread_cond_init(&turns->signs, NULL);
}

void os_turns_end(struct os_turns *turns)
{
	pthread_cond_destroy(&turns->signs);
	pthread_mutex_destroy(&turns->lock);
}

/* With the lock. */
static void line_up(struct os_turns *t, struct turn *turn)
{
	if (t->first)
		t->last->next = turn;
	else
		t->first = turn;
	t->last = turn;
}

static void enter(struct os_turns *t)
{
	struct turn turn = {.come = false};

	if (!t->taken) {
		t->taken = true;
		return;
	}
	pthread_cond_init(&turn.mine, NULL);
	turn.since_ns = os_monotonic_ns();
	line_up(t, &turn);
	while (!turn.come && (t->taken || t->first != &turn)) /* also when woken for nothing */
		pthread_cond_wait(&turn.mine, &t->lock);
	if (!turn.come) {
		t->first = turn.next;
		t->taken = true;
	}
	pthread_cond_destroy(&turn.mine);
}

/* It stays taken when it is handed over: nobody comes in between. */
static void leave(struct os_turns *t)
{
	struct turn *first = t->first;

	if (first && os_monotonic_ns() - first->since_ns >= PATIENCE_NS) {
		t->first = first->next;
		first->come = true;
	} else {
		t->taken = false;
	}
	if (first)
		pthread_cond_signal(&first->mine);
}

void os_turns_enter(struct os_turns *turns)
{
	pthread_mutex_lock(&turns->lock);
	enter(turns);
	pthread_mutex_unlock(&turns->lock);
}

void os_turns_leave(struct os_turns *turns)
{
	pthread_mutex_lock(&turns->lock);
	leave(turns);
	pthread_mutex_unlock(&turns->lock);
}

void os_turns_wait(struct os_turns *turns)
{
	pthread_mutex_lock(&turns->lock);
	leave(turns);
	pthread_cond_wait(&turns->signs, &turns->lock);
	enter(turns);
	pthread_mutex_unlock(&turns->lock);
}

void os_turns_sign(struct os_turns *turns)
{
	pthread_mutex_lock(&turns->lock);
	pthread_cond_broadcast(&turns->signs);
	pthread_mutex_unlock(&turns->lock);
}
