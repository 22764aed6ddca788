/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - for programs of bench/: memory that a process holds. */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

/* Of this process, or of `pid`; 0 where it can't be read. */
static inline long resident_kb(pid_t pid)
{
	char path[64];
	FILE *f;
	long total = 0, resident = 0;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	else
		snprintf(path, sizeof(path), "/proc/self/statm");
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%ld %ld", &total, &resident) != 2)
		resident = 0;
	fclose(f);
	return resident * 4;
}

/* The first child of this process; 0 where there is none. */
static inline pid_t first_child(void)
{
	char path[64];
	FILE *f;
	int pid = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%d", &pid) != 1)
		pid = 0;
	fclose(f);
	return pid;
}

#endif
