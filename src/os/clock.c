/* SPDX-License-Identifier: Apache-2.0 */
/* The clock and the randomness of the machine. */
#include "os/os.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static int64_t read_ns(clockid_t id)
{
	struct timespec t = {0};

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t now_ms(void *self)
{
	(void)self;
	return read_ns(CLOCK_REALTIME) / 1000000;
}

struct clock_source os_clock(void)
{
	return (struct clock_source){.now_ms = now_ms};
}

int64_t os_monotonic_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

int64_t os_boot_ms(void)
{
	return read_ns(CLOCK_BOOTTIME) / 1000000;
}

void os_local_time(tanu_date *date, uint16_t *minute, int64_t unix_ms)
{
	time_t seconds = (time_t)(unix_ms / 1000);
	struct tm tm = {0};

	localtime_r(&seconds, &tm);
	*date = (tanu_date){.year = (int16_t)(tm.tm_year + 1900),
			    .month = (int8_t)(tm.tm_mon + 1),
			    .day = (int8_t)tm.tm_mday};
	*minute = (uint16_t)(tm.tm_hour * 60 + tm.tm_min);
}

void os_sleep_until(int64_t monotonic_ns)
{
	const struct timespec t = {.tv_sec = monotonic_ns / 1000000000,
				   .tv_nsec = monotonic_ns % 1000000000};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		continue;
}

int64_t os_thread_ns(void)
{
	return read_ns(CLOCK_THREAD_CPUTIME_ID);
}

/* Without randomness no key may be made: there is nothing sensible to continue with. */
static void fill(void *self, void *out, size_t len)
{
	uint8_t *at = out;

	(void)self;
	while (len > 0) {
		ssize_t n = getrandom(at, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fputs("tanu: the kernel gives no random numbers\n", stderr);
			abort();
		}
		at += n;
		len -= (size_t)n;
	}
}

struct random_source os_random(void)
{
	return (struct random_source){.fill = fill};
}
