/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lane with a face and the one without, side by side: how many were let in and refused, and how
 * long those let in had waited. Kept as counts by day, of nobody in particular.
 */
#include "service/gate_inside.h"

#include "rules/rules.h"

#include <stdio.h>

const uint32_t service_parity_upto_ms[PARITY_WAITS] = {500,   1000,  2000,  3000, 5000,
						       10000, 20000, 60000, 0};

static const char *const lanes[LANES] = {[LANE_FACE] = "face", [LANE_OTHER] = "other"};

const char *service_lane_name(enum gate_lane lane)
{
	return lanes[lane];
}

#define COUNTER_LEN 32

static void counter_name(char out[COUNTER_LEN], enum gate_lane lane, const char *what)
{
	snprintf(out, COUNTER_LEN, "lane-%s-%s", lanes[lane], what);
}

static void wait_name(char out[COUNTER_LEN], enum gate_lane lane, size_t wait)
{
	snprintf(out, COUNTER_LEN, "lane-%s-wait-%zu", lanes[lane], wait);
}

/* Whoever is refused was in the lane with a face if her face was looked at. */
static enum gate_lane lane_of(const struct gate_event *e)
{
	bool face = e->verdict == RULES_GRANT ? (e->way & RULES_FACE) != 0
					      : e->pad != RULES_PAD_NONE || e->embeddings > 0;

	return face ? LANE_FACE : LANE_OTHER;
}

static size_t wait_of(uint32_t ms)
{
	size_t i = 0;

	while (i + 1 < PARITY_WAITS && ms > service_parity_upto_ms[i])
		i++;
	return i;
}

tanu_status parity_count(struct service *s, const struct gate_event *e, int64_t day,
			 tanu_error *err)
{
	const enum gate_lane lane = lane_of(e);
	const bool grant = e->verdict == RULES_GRANT;
	char name[COUNTER_LEN];
	tanu_status st;

	if (e->direction != RULES_ENTRY || e->reason == RULES_R_RELEASED ||
	    e->reason == RULES_R_NONE)
		return TANU_OK;
	counter_name(name, lane, grant ? "admitted" : "refused");
	st = DB(s, counter_add, name, day, 1, err);
	if (st < 0 || !grant)
		return st;
	wait_name(name, lane, wait_of(e->waited_ms));
	return DB(s, counter_add, name, day, 1, err);
}

/* Adds what was counted on that day. */
static tanu_status take(struct service *s, uint64_t *to, const char *name, int64_t day,
			tanu_error *err)
{
	uint64_t n = 0;
	tanu_status st = DB(s, counter_day, &n, name, day, err);

	*to += n;
	return st;
}

static tanu_status take_day(struct service *s, struct parity *p, enum gate_lane lane, int64_t day,
			    tanu_error *err)
{
	const uint64_t before = p->admitted[lane];
	char name[COUNTER_LEN];
	tanu_status st;

	counter_name(name, lane, "admitted");
	if ((st = take(s, &p->admitted[lane], name, day, err)) < 0)
		return st;
	counter_name(name, lane, "refused");
	st = take(s, &p->refused[lane], name, day, err);
	for (size_t i = 0; i < PARITY_WAITS && st == TANU_OK && p->admitted[lane] > before; i++) {
		wait_name(name, lane, i);
		st = take(s, &p->waits[lane][i], name, day, err);
	}
	return st;
}

tanu_status service_parity(struct service *s, struct parity *out, int days, tanu_error *err)
{
	const int64_t today = date_to_days(date_from_ms(clock_now(&s->clock)));
	struct parity p = {.days = days};
	tanu_status st = TANU_OK;

	if (days < 1 || days > PARITY_DAYS_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "days", "from 1 to %d days", PARITY_DAYS_MAX);
	for (int lane = 0; lane < LANES; lane++)
		for (int day = 0; day < days && st == TANU_OK; day++)
			st = take_day(s, &p, (enum gate_lane)lane, today - day, err);
	if (st == TANU_OK)
		*out = p;
	return st;
}

uint32_t service_parity_percentile(const struct parity *p, enum gate_lane lane, unsigned percent)
{
	uint64_t sum = 0;

	if (p->admitted[lane] == 0)
		return 0;
	for (size_t i = 0; i + 1 < PARITY_WAITS; i++) {
		sum += p->waits[lane][i];
		if (sum * 100 >= p->admitted[lane] * percent)
			return service_parity_upto_ms[i];
	}
	return UINT32_MAX;
}

/* ---- in public ---- */

#define LONGER_MS 60001 /* than the last bound: docs/log.md */

static int64_t almost_all(const struct parity *p, enum gate_lane lane)
{
	uint32_t ms = service_parity_percentile(p, lane, 99);

	return ms == UINT32_MAX ? LONGER_MS : ms;
}

static tanu_status saw_gate(void *self, const struct gate_view *v, tanu_error *err)
{
	(void)err;
	*(bool *)self |= v->state != GATE_ADDED;
	return TANU_OK;
}

tanu_status parity_state(struct service *s, struct statement *said, int64_t from, int64_t end,
			 bool *any, tanu_error *err)
{
	struct parity p = {.days = 0};
	tanu_status st = service_gate_each(s, saw_gate, any, err);

	for (int lane = 0; lane < LANES && *any; lane++)
		for (int64_t day = from; day < end && st == TANU_OK; day++)
			st = take_day(s, &p, (enum gate_lane)lane, day, err);
	said->face = (int64_t)p.admitted[LANE_FACE];
	said->face_ms = almost_all(&p, LANE_FACE);
	said->face_refused = (int64_t)p.refused[LANE_FACE];
	said->other = (int64_t)p.admitted[LANE_OTHER];
	said->other_ms = almost_all(&p, LANE_OTHER);
	said->other_refused = (int64_t)p.refused[LANE_OTHER];
	return st;
}
