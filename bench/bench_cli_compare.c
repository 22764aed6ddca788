/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `tanu compare a.jpg b.jpg` as a person waits for it: a new process each time, until it has
 * answered, with its largest memory: bench_cli_compare [--json]. The files are in the page cache
 * after the first, unmeasured run.
 */
#include "demo/sheet.h"

#include "process.h"

#include <string.h>

#define RUNS 25

static int by_ms(const void *a, const void *b)
{
	const struct cost *x = a, *y = b;

	return (x->ms > y->ms) - (x->ms < y->ms);
}

static tanu_status write_photos(const char *a, const char *b, tanu_error *err)
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

static tanu_status run_all(struct cost cost[RUNS], const char *program, const char *a,
			   const char *b, tanu_error *err)
{
	const char *const argv[] = {"tanu", "compare", a, b, NULL};

	for (int i = -1; i < RUNS; i++)
		if (!run_process(&cost[i < 0 ? 0 : i], program, argv) ||
		    cost[i < 0 ? 0 : i].code != TANU_EXIT_YES)
			return tanu_fail(err, TANU_ERR_CHILD_DIED, program,
					 "compare did not answer \"match\"");
	return TANU_OK;
}

static void report(struct cost cost[RUNS], bool json)
{
	double mb = 0;

	for (size_t i = 0; i < RUNS; i++)
		mb = cost[i].mb > mb ? cost[i].mb : mb;
	qsort(cost, RUNS, sizeof(cost[0]), by_ms);
	printf(json ? "{\"ms\":%.2f,\"runs\":%d,\"slowest_ms\":%.2f,\"cpu_ms\":%.2f,\"mb\":%.1f}\n"
		    : "tanu compare, a new process each: median %.0f ms, slowest of %d %.0f ms "
		      "(bound 250); CPU %.0f ms; most memory %.0f MB (bound 120)\n",
	       cost[RUNS / 2].ms, RUNS, cost[RUNS - 1].ms, cost[RUNS / 2].cpu_ms, mb);
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/tanu-bench-XXXXXX", a[64], b[64], program[600];
	struct cost cost[RUNS];
	tanu_error err = {0};
	tanu_status st;

	if (!mkdtemp(dir))
		return EXIT_FAILURE;
	snprintf(a, sizeof(a), "%s/a.jpg", dir);
	snprintf(b, sizeof(b), "%s/b.jpg", dir);
	if ((st = tanu_program(program, sizeof(program), &err)) == TANU_OK &&
	    (st = write_photos(a, b, &err)) == TANU_OK &&
	    (st = run_all(cost, program, a, b, &err)) == TANU_OK)
		report(cost, argc > 1 && strcmp(argv[1], "--json") == 0);
	else
		fprintf(stderr, "%s: %s\n", err.place, err.message);
	unlink(a);
	unlink(b);
	rmdir(dir);
	return st < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
