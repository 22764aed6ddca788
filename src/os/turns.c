/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

struct turn {
	struct turn *next;
	pthread_cond_t mine;
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
static void enter(struct os_turns *t)
{
	struct turn turn = {.come = false};

	if (!t->taken) {
		t->taken = true;
		return;
	}
	pthread_cond_init(&turn.mine, NULL);
	if (t->first)
		t->last->next = &turn;
	else
		t->first = &turn;
	t->last = &turn;
	while (!turn.come)
		pthread_cond_wait(&turn.mine, &t->lock);
	pthread_cond_destroy(&turn.mine);
}

/* With the lock. It stays taken when somebody waits: nobody comes in between. */
static void leave(struct os_turns *t)
{
	struct turn *next = t->first;

	if (!next) {
		t->taken = false;
		return;
	}
	t->first = next->next;
	next->come = true;
	pthread_cond_signal(&next->mine);
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
