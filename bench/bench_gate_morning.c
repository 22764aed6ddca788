/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scripted morning: 600 people in 30 simulated minutes through two simulated doors, on the
 * photographs of lfw-dev and labelled made-up evidence of life. Times are those of the script, with
 * frames every 80 ms; a processor that is slower than that adds its own.
 *
 *   bench_gate_morning [PEOPLE [MINUTES]]
 */
#include "gate/crowd.h"

int main(int argc, char **argv)
{
#ifdef TANU_SYNTHETIC_LIVENESS
	size_t people = argc > 1 ? (size_t)atoi(argv[1]) : 600;
	double minutes = argc > 2 ? atof(argv[2]) : 30;
	static struct pair_of_photos unused[1];
	struct morning m;
	int64_t begin, end;

	if (people < 20 || people > PEOPLE) {
		fprintf(stderr, "20 to %d people\n", PEOPLE);
		return 2;
	}
	if (!crowd_find(unused, 1) || engine_start(NULL) != 0)
		return 77;
	begin = os_thread_ns();
	morning_run(&m, people, minutes, NULL);
	end = os_thread_ns();
	morning_print(&m);
	printf("processor: %.1f s in all, %.0f ms a person\n", (double)(end - begin) / 1e9,
	       (double)(end - begin) / 1e6 / (double)people);
	morning_free(&m);
	return engine_stop(NULL);
#else
	(void)argc;
	(void)argv;
	fprintf(stderr, "skipped: this build has no evidence that a test makes up\n");
	return 77;
#endif
}
