/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/exam.h"

#include <stdlib.h>
#include <string.h>

#define GAPS_MAX ((size_t)1 << 16) /* days of 179 years */

/* A statement may bear any time; a date has four digits for its year. */
int64_t day_of_ms(int64_t ms)
{
	static const tanu_date last = {9999, 12, 31};
	int64_t day = ms / DAY_MS;

	return ms < 0 ? 0 : day < date_to_days(last) ? day : date_to_days(last);
}

int64_t month_of_day(int64_t day)
{
	tanu_date date = date_from_days(day);

	return (int64_t)date.year * 12 + date.month - 1;
}

int64_t month_first_day(int64_t month)
{
	return date_to_days((tanu_date){(int16_t)(month / 12), (int8_t)(month % 12 + 1), 1});
}

void calendar_begin(struct calendar *c, int64_t first)
{
	if (c->begun)
		return;
	c->begun = true;
	c->first = c->next = first;
}

static bool skip_to(struct calendar *c, int64_t value)
{
	for (; c->next < value; c->next++) {
		if (!grow(&c->gaps, &c->gaps_cap, c->gaps_len, sizeof(*c->gaps), GAPS_MAX))
			return false;
		c->gaps[c->gaps_len++] = c->next;
	}
	return true;
}

bool calendar_take(struct calendar *c, int64_t value, bool *twice)
{
	*twice = false;
	if (!c->begun || value < c->first)
		return true; /* before the log was opened nothing was asked for */
	if (value >= c->next) {
		if (!skip_to(c, value))
			return false;
		c->next = value + 1;
		return true;
	}
	for (size_t i = 0; i < c->gaps_len; i++) {
		if (c->gaps[i] != value)
			continue;
		memmove(c->gaps + i, c->gaps + i + 1, (--c->gaps_len - i) * sizeof(*c->gaps));
		return true;
	}
	*twice = true;
	return true;
}

void calendar_missing(const struct calendar *c, int64_t end,
		      void (*each)(void *self, int64_t first, int64_t last), void *self)
{
	size_t i = 0;

	while (i < c->gaps_len) {
		size_t first = i++;

		while (i < c->gaps_len && c->gaps[i] == c->gaps[i - 1] + 1)
			i++;
		each(self, c->gaps[first], c->gaps[i - 1]);
	}
	if (c->begun && c->next < end)
		each(self, c->next, end - 1);
}

void calendar_free(struct calendar *c)
{
	free(c->gaps);
	*c = (struct calendar){0};
}
