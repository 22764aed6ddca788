/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `tanu eval pairs` over the 1,549 photographs of LFW's DevTest list, on all cores: first with
 * nothing remembered, then again with what the first has remembered: bench_cli_eval [--json].
 */
#include "photo.h"
#include "process.h"

#include <ftw.h>

#define PHOTOS 1549

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
	(void)info;
	(void)kind;
	(void)at;
	return remove(path);
}

static void report(const struct cost *first, const struct cost *again, bool json)
{
	double a_second = PHOTOS / first->ms * 1e3, a_cpu_second = PHOTOS / first->cpu_ms * 1e3;

	printf(
	    json ? "{\"photos\":%d,\"photos_a_second\":%.3f,\"photos_a_cpu_second\":%.3f,"
		   "\"mb\":%.1f,\"again_s\":%.3f}\n"
		 : "tanu eval pairs, %d photographs: %.0f a second, %.0f a second of a core; most "
		   "memory %.0f MB; again %.1f s\n",
	    PHOTOS, a_second, a_cpu_second, first->mb, again->ms / 1e3);
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/tanu-bench-XXXXXX", lfw[1024], images[1100], pairs[1100], program[600];
	const char *const call[] = {"tanu",    "eval", "pairs",	 "--images", images,
				    "--pairs", pairs,  "--json", NULL};
	struct cost first, again;
	tanu_error err = {0};
	bool done;

	if (!data_folder(lfw, sizeof(lfw), "lfw-dev"))
		return EXIT_SUCCESS;
	snprintf(images, sizeof(images), "%s/images", lfw);
	snprintf(pairs, sizeof(pairs), "%s/pairsDevTest.txt", lfw);
	if (tanu_program(program, sizeof(program), &err) < 0)
		return bench_fail(&err);
	if (!mkdtemp(dir) || setenv("XDG_CACHE_HOME", dir, 1) < 0)
		return EXIT_FAILURE;
	done = run_process(&first, program, call) && run_process(&again, program, call) &&
	       first.code == TANU_EXIT_YES && again.code == TANU_EXIT_YES;
	if (done)
		report(&first, &again, argc > 1 && strcmp(argv[1], "--json") == 0);
	else
		fprintf(stderr, "%s eval pairs failed\n", program);
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
