/* SPDX-License-Identifier: Apache-2.0 */
/* The technician's check: the gate runs for some seconds, and a table says how it is. */
#include "rig/check.h"

#include "station/inside.h"

#include <stdio.h>
#include <stdlib.h>

#define CHECK_MS 4000

static int compare_ns(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* How late the loop is when something comes: the worst of a few seconds. */
tanu_status run_check(struct station *b, tanu_error *err)
{
	static int64_t rounds[100000];
	struct gate_state state = {0};
	static struct rig_table table;
	struct buf text = {0};
	int64_t end_ms;
	size_t len = 0;
	tanu_status st = gate_ready(b, err);

	if (st < 0)
		return st;
	end_ms = monotonic_ms() + CHECK_MS;
	while (monotonic_ms() < end_ms && st == TANU_OK) {
		int64_t begin = os_monotonic_ns();

		st = gate_step(b->gate, begin / 1000000, err);
		if (len < ARRAY_LEN(rounds))
			rounds[len++] = os_monotonic_ns() - begin;
		gate_wait(b->gate, monotonic_ms(), 20);
	}
	if (st < 0 || len == 0)
		return st;
	qsort(rounds, len, sizeof(rounds[0]), compare_ns);
	gate_state(b->gate, &state, monotonic_ms());
	rig_check(&table, &state, &b->settings);
	rig_check_rounds(&table, rounds[len / 2], rounds[len - 1]);
	(b->call->json ? rig_table_json : rig_table_text)(&text, &table);
	fputs(buf_cstr(&text), stdout);
	buf_free(&text);
	return TANU_OK;
}
