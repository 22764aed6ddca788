/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *colour(const struct demo *d, const char *code)
{
	return isatty(fileno(d->options->out)) && !getenv("NO_COLOR") ? code : "";
}

static void tell_line(const struct demo *d, const char *before, const char *fmt, va_list ap)
{
	FILE *out = d->options->out;

	fputs(before, out);
	vfprintf(out, fmt, ap);
	fputc('\n', out);
	fflush(out);
}

void tell_heading(const struct demo *d, const char *text)
{
	fprintf(d->options->out, "\n%s== %s%s\n", colour(d, "\033[1m"), text, colour(d, "\033[0m"));
	fflush(d->options->out);
}

void tell_command(const struct demo *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell_line(d, "   $ tanu ", fmt, ap);
	va_end(ap);
}

void tell(const struct demo *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell_line(d, "     ", fmt, ap);
	va_end(ap);
}

void tell_bold(const struct demo *d, const char *fmt, ...)
{
	char before[32];
	va_list ap;

	snprintf(before, sizeof(before), "\n%s", colour(d, "\033[1m"));
	fputs(before, d->options->out);
	va_start(ap, fmt);
	vfprintf(d->options->out, fmt, ap);
	va_end(ap);
	fprintf(d->options->out, "%s\n", colour(d, "\033[0m"));
	fflush(d->options->out);
}

void tell_outcome(struct demo *d, bool right, const char *fmt, ...)
{
	char before[64];
	va_list ap;

	snprintf(before, sizeof(before), "%s%-5s%s %6.2f s  ",
		 colour(d, right ? "\033[32m" : "\033[1;31m"), right ? "ok" : "WRONG",
		 colour(d, "\033[0m"), (double)(os_monotonic_ns() - d->start_ns) / 1e9);
	va_start(ap, fmt);
	tell_line(d, before, fmt, ap);
	va_end(ap);
	d->all_right &= right;
}

void tell_shell(const struct demo *d, const char *line)
{
	const char *before = "$ ";

	while (strlen(line) > DEMO_WIDTH) {
		size_t cut = DEMO_WIDTH - 2;

		while (cut > 0 && line[cut] != ' ')
			cut--;
		if (cut == 0)
			break;
		tell(d, "%s%.*s \\", before, (int)cut, line);
		line += cut + 1;
		before = "      ";
	}
	tell(d, "%s%s", before, line);
}
