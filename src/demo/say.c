/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *colour(const char *code)
{
	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") ? code : "";
}

void say_heading(const char *text)
{
	printf("\n%s== %s%s\n", colour("\033[1m"), text, colour("\033[0m"));
	fflush(stdout);
}

static void say_line(const char *before, const char *fmt, va_list ap)
{
	fputs(before, stdout);
	vprintf(fmt, ap);
	putchar('\n');
	fflush(stdout);
}

void say_command(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_line("   $ tanu ", fmt, ap);
	va_end(ap);
}

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_line("     ", fmt, ap);
	va_end(ap);
}

void say_outcome(struct demo *d, bool right, const char *fmt, ...)
{
	char before[64];
	va_list ap;

	snprintf(before, sizeof(before), "%s%-5s%s %6.2f s  ",
		 colour(right ? "\033[32m" : "\033[1;31m"), right ? "ok" : "WRONG",
		 colour("\033[0m"), (double)(os_monotonic_ns() - d->start_ns) / 1e9);
	va_start(ap, fmt);
	say_line(before, fmt, ap);
	va_end(ap);
	d->all_right &= right;
}
