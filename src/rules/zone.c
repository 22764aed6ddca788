/* SPDX-License-Identifier: Apache-2.0 */
/* Hours and ways of a zone: checked, and looked up. */
#include "rules/rules.h"

static unsigned count_bits(unsigned v)
{
	unsigned n = 0;

	for (; v; v &= v - 1)
		n++;
	return n;
}

static tanu_status refuse(tanu_error *err, const struct rules_window *window, const char *why)
{
	char text[RULES_WINDOW_TEXT];

	rules_window_text(text, window);
	return tanu_fail(err, TANU_ERR_SETTING, text, "%s", why);
}

static tanu_status check_way(const struct rules_window *window, unsigned way, tanu_error *err)
{
	if (way & ~(unsigned)RULES_FACTORS)
		return refuse(err, window, "a way in has a factor that is not known");
	if (!(way & RULES_CLAIMS))
		return refuse(err, window, "a way in must say who comes: card, pass or pin");
	if (count_bits(way) < 2)
		return refuse(err, window,
			      "a way in needs two factors, so that a stolen card opens nothing");
	return TANU_OK;
}

static tanu_status check_ways(const struct rules_window *window, tanu_error *err)
{
	bool without_face = false;

	if (window->ways_len == 0 || window->ways_len > RULES_WAYS_MAX)
		return refuse(err, window, "a window names one to eight ways in");
	for (size_t i = 0; i < window->ways_len; i++) {
		tanu_status st = check_way(window, window->ways[i], err);

		if (st < 0)
			return st;
		without_face |= !(window->ways[i] & RULES_FACE);
	}
	if (!without_face)
		return refuse(err, window,
			      "all its ways ask for a face: add one that does not, as card+pin");
	return TANU_OK;
}

static tanu_status check_window(const struct rules_window *window, tanu_error *err)
{
	if (window->from_min >= RULES_DAY_MIN || window->to_min > RULES_DAY_MIN)
		return refuse(err, window, "hours go from 00:00 to 24:00");
	if (!window->days)
		return refuse(err, window, "a window needs a day");
	return check_ways(window, err);
}

tanu_status rules_zone_check(const struct rules_zone *zone, tanu_error *err)
{
	if (zone->windows_len == 0 || zone->windows_len > RULES_WINDOWS_MAX)
		return tanu_fail(err, TANU_ERR_SETTING, "zone", "it needs 1 to %d windows",
				 RULES_WINDOWS_MAX);
	if (zone->holidays_len > RULES_HOLIDAYS_MAX)
		return tanu_fail(err, TANU_ERR_SETTING, "zone", "more than %d holidays",
				 RULES_HOLIDAYS_MAX);
	for (size_t i = 0; i < zone->holidays_len; i++)
		if (!date_valid(zone->holidays[i]))
			return tanu_fail(err, TANU_ERR_SETTING, "zone", "a holiday is no date");
	for (size_t i = 0; i < zone->windows_len; i++) {
		tanu_status st = check_window(&zone->windows[i], err);

		if (st < 0)
			return st;
	}
	return TANU_OK;
}

/* The bit of a day in struct rules_window.days; 1970-01-01 was a Thursday. */
static unsigned day_bit(const struct rules_zone *zone, int64_t days)
{
	for (size_t i = 0; i < zone->holidays_len; i++)
		if (date_to_days(zone->holidays[i]) == days)
			return RULES_HOLIDAY;
	return 1u << (((days + 3) % 7 + 7) % 7);
}

static bool is_open(const struct rules_zone *zone, const struct rules_window *window, int64_t days,
		    unsigned minute)
{
	bool today = window->days & day_bit(zone, days);

	if (window->to_min > window->from_min)
		return today && minute >= window->from_min && minute < window->to_min;
	/* Over midnight: the evening of a day that counts, and the morning after it. */
	if (today && minute >= window->from_min)
		return true;
	return (window->days & day_bit(zone, days - 1)) && minute < window->to_min;
}

static size_t add_way(uint8_t *ways, size_t len, uint8_t way)
{
	for (size_t i = 0; i < len; i++)
		if (ways[i] == way)
			return len;
	ways[len] = way;
	return len + 1;
}

static bool has_way(const struct rules_window *window, uint8_t way)
{
	for (size_t i = 0; i < window->ways_len; i++)
		if (window->ways[i] == way)
			return true;
	return false;
}

/* Ways without a face that every window has: what holds whatever the hour is. */
static size_t common_ways(uint8_t *ways, const struct rules_zone *zone)
{
	const struct rules_window *first = &zone->windows[0];
	size_t len = 0;

	for (size_t i = 0; i < first->ways_len; i++) {
		bool all = !(first->ways[i] & RULES_FACE);

		for (size_t w = 1; w < zone->windows_len; w++)
			all = all && has_way(&zone->windows[w], first->ways[i]);
		if (all)
			len = add_way(ways, len, first->ways[i]);
	}
	return len;
}

size_t rules_ways_at(uint8_t ways[RULES_WINDOWS_MAX * RULES_WAYS_MAX],
		     const struct rules_zone *zone, const struct rules_time *at)
{
	size_t len = 0;

	if (!at->trusted)
		return zone->no_clock == RULES_NO_CLOCK_COMMON ? common_ways(ways, zone) : 0;
	if (!date_valid(at->date) || at->minute >= RULES_DAY_MIN)
		return 0;
	for (size_t w = 0; w < zone->windows_len; w++) {
		const struct rules_window *window = &zone->windows[w];

		if (!is_open(zone, window, date_to_days(at->date), at->minute))
			continue;
		for (size_t i = 0; i < window->ways_len; i++)
			len = add_way(ways, len, window->ways[i]);
	}
	return len;
}
