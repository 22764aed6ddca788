/* SPDX-License-Identifier: Apache-2.0 */
/* Small tables of bounded size: wrong PINs, who is inside, how long people waited. */
#include "gate/inside.h"

#include <stdlib.h>
#include <string.h>

/* ---- wrong PINs ---- */

static size_t row_of(const struct pin_tries *tries, const tanu_id *subject)
{
	size_t i = 0;

	while (i < TRIES_MAX && !id_equal(&tries->row[i].subject, subject))
		i++;
	return i;
}

bool pin_is_locked(const struct pin_tries *tries, const tanu_id *subject, unsigned most,
		   int64_t lock_ms, int64_t now_ms)
{
	size_t i = row_of(tries, subject);

	return i < TRIES_MAX && tries->row[i].wrong >= most &&
	       now_ms - tries->row[i].last_ms < lock_ms;
}

/* A free row, or that of who tried longest ago: to be pushed out takes 64 other people's cards. */
void pin_was_wrong(struct pin_tries *tries, const tanu_id *subject, int64_t now_ms)
{
	size_t i = row_of(tries, subject);

	if (i == TRIES_MAX) {
		i = 0;
		for (size_t k = 1; k < TRIES_MAX; k++)
			if (tries->row[k].last_ms < tries->row[i].last_ms)
				i = k;
		tries->row[i].subject = *subject;
		tries->row[i].wrong = 0;
	}
	tries->row[i].wrong++;
	tries->row[i].last_ms = now_ms;
}

void pin_was_right(struct pin_tries *tries, const tanu_id *subject)
{
	size_t i = row_of(tries, subject);

	if (i < TRIES_MAX)
		memset(&tries->row[i], 0, sizeof(tries->row[i]));
}

/* ---- who is inside ---- */

struct presence {
	size_t cap, next;
	struct {
		tanu_id subject;
		enum rules_presence where;
	} row[];
};

tanu_status presence_new(struct presence **out, size_t people_max, tanu_error *err)
{
	struct presence *p = calloc(1, sizeof(*p) + people_max * sizeof(p->row[0]));

	if (!p)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the gate");
	p->cap = people_max;
	*out = p;
	return TANU_OK;
}

void presence_free(struct presence **presence)
{
	if (*presence)
		mem_wipe((*presence)->row, (*presence)->cap * sizeof((*presence)->row[0]));
	free(*presence);
	*presence = NULL;
}

static size_t presence_row(const struct presence *p, const tanu_id *subject)
{
	size_t i = 0;

	while (i < p->cap && !id_equal(&p->row[i].subject, subject))
		i++;
	return i;
}

enum rules_presence presence_of(const struct presence *presence, const tanu_id *subject)
{
	size_t i = presence_row(presence, subject);

	return i < presence->cap ? presence->row[i].where : RULES_PRESENCE_UNKNOWN;
}

void presence_set(struct presence *presence, const tanu_id *subject, enum rules_presence where)
{
	size_t i = presence_row(presence, subject);

	if (i == presence->cap) {
		i = presence->next;
		presence->next = (presence->next + 1) % presence->cap;
	}
	presence->row[i].subject = *subject;
	presence->row[i].where = where;
}

/* ---- waiting ---- */

void waits_add(struct waits *waits, int lane, uint32_t ms, bool granted)
{
	waits->grants[lane] += granted;
	waits->refusals[lane] += !granted;
	if (!granted)
		return;
	waits->ms[lane][waits->next[lane]] = ms;
	waits->next[lane] = (waits->next[lane] + 1) % WAITS_MAX;
	if (waits->len[lane] < WAITS_MAX)
		waits->len[lane]++;
}

static int order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

uint32_t waits_percentile(const struct waits *waits, int lane, unsigned percent)
{
	uint32_t sorted[WAITS_MAX];
	size_t len = waits->len[lane];

	if (len == 0)
		return 0;
	memcpy(sorted, waits->ms[lane], len * sizeof(sorted[0]));
	qsort(sorted, len, sizeof(sorted[0]), order);
	return sorted[(len - 1) * percent / 100];
}
