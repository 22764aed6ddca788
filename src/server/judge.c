/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who judges whether a face lives: the real evidence. A build for tests (TANU_SYNTHETIC_LIVENESS,
 * which release builds are made without) can be told what to find instead, by the environment
 * variable of that name, so that what follows can be tried with pictures; its answers say
 * "synthetic".
 */
#include "server/inside.h"

#include "liveness/synthetic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef TANU_SYNTHETIC_LIVENESS
static struct liveness_synthetic told = {.frames_min = 3};

static tanu_status judge_told(struct liveness *out, tanu_error *err)
{
	return liveness_open_synthetic(out, &told, err);
}

tanu_status (*judge_of_server(void))(struct liveness *out, tanu_error *err)
{
	const char *word = getenv("TANU_SYNTHETIC_LIVENESS");

	if (!word)
		return NULL;
	for (int state = LIVENESS_UNKNOWN; state <= LIVENESS_LIVE; state++)
		if (strcmp(word, liveness_state_word((enum liveness_state)state)) == 0)
			told.state = (enum liveness_state)state;
	fprintf(stderr, "tanud: THIS IS A BUILD FOR TESTS: every face is taken as \"%s\"\n",
		liveness_state_word(told.state));
	return judge_told;
}
#else
tanu_status (*judge_of_server(void))(struct liveness *out, tanu_error *err)
{
	return NULL;
}
#endif
