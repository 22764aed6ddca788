/* SPDX-License-Identifier: Apache-2.0 */
/* process.h - for programs of bench/: what a call of tanu costs as a new process. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include "os/os.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct cost {
	double ms;     /* until it has ended */
	double cpu_ms; /* of it and its decoders: what a busy machine does not blur */
	double mb;     /* most memory */
	int code;      /* exit code, -1: killed */
};

/* $TANU_PROGRAM, or the one of this build. */
static inline tanu_status tanu_program(char *out, size_t out_len, tanu_error *err)
{
	const char *set = getenv("TANU_PROGRAM");
	char folder[512];
	tanu_status st = os_program_dir(folder, sizeof(folder), err);

	if (st == TANU_OK)
		snprintf(out, out_len, "%s%s", set ? set : folder, set ? "" : "/../prog/tanu");
	return st;
}

static inline double milliseconds(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

/* Runs it to its end with its output thrown away; false: it could not be started. */
static inline bool run_process(struct cost *out, const char *program, const char *const argv[])
{
	posix_spawn_file_actions_t quiet;
	int64_t started_ns = os_monotonic_ns();
	struct rusage usage;
	int status = 0;
	pid_t pid;
	bool spawned;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	spawned =
	    posix_spawn(&pid, program, &quiet, NULL, (char *const *)(uintptr_t)argv, environ) == 0;
	posix_spawn_file_actions_destroy(&quiet);
	if (!spawned || wait4(pid, &status, 0, &usage) != pid)
		return false;
	*out = (struct cost){
	    .ms = (double)(os_monotonic_ns() - started_ns) / 1e6,
	    .cpu_ms = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime),
	    .mb = (double)usage.ru_maxrss / 1024,
	    .code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
	};
	return true;
}

#endif
