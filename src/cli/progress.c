/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define BAR_WIDTH	 24
#define TERMINAL_STEP_NS (100 * 1000000LL)  /* redraw ten times a second */
#define PLAIN_STEP_NS	 (5 * 1000000000LL) /* a line every five seconds */

static volatile sig_atomic_t line_shown;

void progress_start(struct progress *p, const char *unit, size_t total)
{
	*p = (struct progress){.unit = unit, .total = total};
	p->terminal = isatty(STDERR_FILENO);
	p->started_ns = os_monotonic_ns();
	p->shown_ns = p->started_ns;
}

/* "3 min 20 s" */
static const char *duration_text(char out[32], double seconds)
{
	long s = seconds < 0 ? 0 : (long)(seconds + 0.5);

	if (s >= 3600)
		snprintf(out, 32, "%ld h %ld min", s / 3600, s % 3600 / 60);
	else if (s >= 60)
		snprintf(out, 32, "%ld min %ld s", s / 60, s % 60);
	else
		snprintf(out, 32, "%ld s", s);
	return out;
}

static void draw_bar(size_t done, size_t total)
{
	char bar[BAR_WIDTH + 1];
	size_t full = total ? done * BAR_WIDTH / total : BAR_WIDTH;

	for (size_t i = 0; i < BAR_WIDTH; i++)
		bar[i] = i < full ? '#' : '.';
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r[%s] ", bar);
	line_shown = 1;
}

void progress_step(struct progress *p, size_t done)
{
	int64_t now = os_monotonic_ns();
	double seconds = (double)(now - p->started_ns) / 1e9;
	double rate = seconds > 0 ? (double)done / seconds : 0;
	char left[32];

	if (now - p->shown_ns < (p->terminal ? TERMINAL_STEP_NS : PLAIN_STEP_NS))
		return;
	p->shown_ns = now;
	if (p->terminal)
		draw_bar(done, p->total);
	fprintf(stderr, "%zu of %zu %s, %.1f a second, %s left%s", done, p->total, p->unit, rate,
		duration_text(left, rate > 0 ? (double)(p->total - done) / rate : 0),
		p->terminal ? "\033[K" : "\n");
}

void progress_end(struct progress *p)
{
	if (p->terminal && line_shown)
		fputs("\r\033[K", stderr);
	line_shown = 0;
}

void progress_interrupt(void)
{
	static const char clear[] = "\r\033[K";

	if (line_shown && write(STDERR_FILENO, clear, sizeof(clear) - 1) < 0)
		return; /* the terminal is gone as well */
}
