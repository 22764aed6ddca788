/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the machine's clock to be believed? The database keeps the latest time at which anything was
 * written. A clock behind it can not be right; one far ahead of it may be, after a long holiday,
 * but keys that are destroyed for its sake do not come back. Then somebody is asked.
 */
#include "service/internal.h"

#define META_CLOCK  "clock-ms"
#define BEHIND_MS   ((int64_t)5 * 60 * 1000) /* what setting a clock may take back */
#define MARK_MIN_MS ((int64_t)60 * 1000)     /* no finer is written */

static int64_t jump_ms(const struct service *s)
{
	return settings_int(&s->settings, "clock.jump_days") * DAY_MS;
}

bool clock_behind(const struct service *s, int64_t now_ms)
{
	return s->known_ms != 0 && now_ms < s->known_ms - BEHIND_MS;
}

bool clock_jumped(const struct service *s, int64_t now_ms)
{
	return s->known_ms != 0 && now_ms > s->known_ms + jump_ms(s);
}

tanu_status clock_require(struct service *s, int64_t now_ms, tanu_error *err)
{
	char now[TIME_TEXT_LEN], known[TIME_TEXT_LEN];

	if (!clock_behind(s, now_ms))
		return TANU_OK;
	time_text(now, now_ms);
	time_text(known, s->known_ms);
	return tanu_fail(err, TANU_ERR_CLOCK, NULL,
			 "the clock says %s, but this site was used at %s: set the clock, or, if "
			 "it is right, type tanu doctor --accept-clock",
			 now, known);
}

static tanu_status mark_put(struct service *s, int64_t now_ms, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st;

	buf_u64le(&text, (uint64_t)now_ms);
	if ((st = buf_check(&text, err)) == TANU_OK)
		st = DB(s, meta_set, META_CLOCK, text.data, text.len, err);
	buf_free(&text);
	return st;
}

tanu_status clock_mark(struct service *s, int64_t *marked_ms, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);

	*marked_ms = s->known_ms;
	if (s->known_ms != 0 && (now_ms < s->known_ms + MARK_MIN_MS || clock_jumped(s, now_ms)))
		return TANU_OK;
	*marked_ms = now_ms;
	return mark_put(s, now_ms, err);
}

tanu_status clock_load(struct service *s, const char *place, tanu_error *err)
{
	struct buf mark = {0};
	struct rd r;
	tanu_status st = DB(s, meta_get, &mark, META_CLOCK, err);

	if (st < 0 || mark.len == 0)
		goto out; /* never marked: any clock is believed */
	rd_init(&r, mark.data, mark.len);
	s->known_ms = rd_i64le(&r);
	if (!rd_end(&r) || s->known_ms <= 0)
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, place,
			       "the time of the last use is not a time");
out:
	buf_free(&mark);
	return st;
}

/* A site that is only read from keeps its mark fresh too. */
tanu_status clock_refresh(struct service *s, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	tanu_status st;

	if (s->known_ms != 0 && (now_ms < s->known_ms + DAY_MS || clock_jumped(s, now_ms)))
		return TANU_OK;
	st = tx_begin(s, err);
	return st < 0 ? st : tx_end(s, TANU_OK, err);
}

tanu_status service_clock_accept(struct service *s, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	tanu_status st = tx_begin(s, err);

	if (st < 0)
		return st;
	s->known_ms = 0; /* whatever is written next is believed */
	if ((st = tx_end(s, TANU_OK, err)) < 0)
		return st;
	return upkeep(s, now_ms, err);
}
