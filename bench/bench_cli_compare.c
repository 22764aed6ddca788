/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `tanu compare a.jpg b.jpg` as a person waits for it: a new process each time, until it has
 * answered, with its largest memory. The files are in the page cache after the first, unmeasured
 * run.
 */
#include "demo/sheet.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNS 25

extern char **environ;

struct cost {
	double ms;     /* until it has ended */
	double cpu_ms; /* of it and its decoders: what a busy machine does not blur */
	double mb;
};

static int by_ms(const void *a, const void *b)
{
	const struct cost *x = a, *y = b;

	return (x->ms > y->ms) - (x->ms < y->ms);
}

static tanu_status write_photos(char a[], char b[], tanu_error *err)
{
	tanu_image *sheet = NULL;
	tanu_status st = tanu_image_read(
	    &sheet, TANU_SOURCE_DIR "/.deps/demo/screenshot-facematch.jpg", NULL, err);

	if (st == TANU_OK)
		st = sheet_write_tile(sheet, sheet_same[0], a, err);
	if (st == TANU_OK)
		st = sheet_write_tile(sheet, sheet_same[1], b, err);
	tanu_image_free(&sheet);
	return st;
}

static bool run_once(struct cost *out, const char *program, char *a, char *b)
{
	char *argv[] = {(char *)"tanu", (char *)"compare", a, b, NULL};
	posix_spawn_file_actions_t quiet;
	int64_t started_ns = os_monotonic_ns();
	struct rusage usage;
	int status = 0;
	pid_t pid;
	bool spawned;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	spawned = posix_spawn(&pid, program, &quiet, NULL, argv, environ) == 0;
	posix_spawn_file_actions_destroy(&quiet);
	if (!spawned || wait4(pid, &status, 0, &usage) != pid)
		return false;
	out->ms = (double)(os_monotonic_ns() - started_ns) / 1e6;
	out->cpu_ms = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
		      (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
	out->mb = (double)usage.ru_maxrss / 1024;
	return WIFEXITED(status) && WEXITSTATUS(status) == TANU_EXIT_YES;
}

int main(void)
{
	char dir[] = "/tmp/tanu-bench-XXXXXX", a[64], b[64], program[600], folder[512];
	const char *set = getenv("TANU_PROGRAM");
	struct cost cost[RUNS], first;
	tanu_error err = {0};
	double mb = 0;
	int code = EXIT_FAILURE;

	if (!mkdtemp(dir) || os_program_dir(folder, sizeof(folder), &err) < 0)
		return code;
	snprintf(program, sizeof(program), "%s%s", set ? set : folder, set ? "" : "/../prog/tanu");
	snprintf(a, sizeof(a), "%s/a.jpg", dir);
	snprintf(b, sizeof(b), "%s/b.jpg", dir);
	if (write_photos(a, b, &err) < 0) {
		fprintf(stderr, "%s: %s\n", err.place, err.message);
		goto out;
	}
	if (!run_once(&first, program, a, b)) {
		fprintf(stderr, "%s compare did not answer \"match\"\n", program);
		goto out;
	}
	for (size_t i = 0; i < RUNS; i++) {
		if (!run_once(&cost[i], program, a, b))
			goto out;
		mb = cost[i].mb > mb ? cost[i].mb : mb;
	}
	qsort(cost, RUNS, sizeof(cost[0]), by_ms);
	printf(
	    "tanu compare, a new process each: median %.0f ms, slowest of %d %.0f ms (bound 250); "
	    "CPU %.0f ms; most memory %.0f MB (bound 120)\n",
	    cost[RUNS / 2].ms, RUNS, cost[RUNS - 1].ms, cost[RUNS / 2].cpu_ms, mb);
	code = EXIT_SUCCESS;
out:
	unlink(a);
	unlink(b);
	rmdir(dir);
	return code;
}
