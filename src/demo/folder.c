/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/folder.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t interrupt;
static struct sigaction before_int, before_term;

static void remember(int number)
{
	interrupt = number;
}

void folder_watch(void)
{
	struct sigaction action = {.sa_handler = remember};

	interrupt = 0;
	sigaction(SIGINT, &action, &before_int);
	sigaction(SIGTERM, &action, &before_term);
}

bool folder_interrupted(void)
{
	return interrupt != 0;
}

void folder_watch_end(void)
{
	sigaction(SIGINT, &before_int, NULL);
	sigaction(SIGTERM, &before_term, NULL);
	if (interrupt)
		raise(interrupt);
}
