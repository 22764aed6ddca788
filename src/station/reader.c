/* SPDX-License-Identifier: Apache-2.0 */
/* An OSDP reader gets a key of its own. */
#include "rig/pair.h"

#include "station/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 30000

tanu_status run_reader(struct station *b, tanu_error *err)
{
	enum rig_pair how =
	    strcmp(b->call->verb, "reader-pair") == 0 ? RIG_PAIR_NEW : RIG_PAIR_AGAIN;
	char *end = NULL;
	long number = b->call->operand ? strtol(b->call->operand, &end, 10) : 0;
	tanu_status st;

	if (number < 1 || number > RIG_READERS || *end)
		return tanu_fail(err, TANU_ERR_USAGE, b->call->verb,
				 "say which reader: 1 to %d, as the settings have it", RIG_READERS);
	fprintf(stderr, "Waiting for reader %ld, at most %d seconds.\n", number,
		PATIENCE_MS / 1000);
	st = rig_pair(&b->settings, (int)number, how, PATIENCE_MS, err);
	if (st == TANU_OK)
		printf("Reader %ld has a key of its own now. No other key opens its channel.\n",
		       number);
	return st;
}
