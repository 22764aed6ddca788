/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scripted morning: 600 people in 30 simulated minutes through two simulated doors, on the
 * photographs of lfw-dev and labelled made-up evidence of life, and between them the recordings of
 * nuaa-train, living people and prints, with the real one. A camera is away for a while, a gate
 * loses its power; the site is real, behind TLS, and its server is away from three to six tenths of
 * the morning. Times are those of the script, with frames every 80 ms; a processor that is slower
 * than that adds its own.
 *
 *   bench_gate_morning [PEOPLE [MINUTES]]
 */
#include "gateway/day.h"

#ifdef TANU_SYNTHETIC_LIVENESS
static bool sums_agree(const struct morning *m, const struct day_sums *s)
{
	return s->missing == 0 && m->lost == 0 && s->told == m->events &&
	       s->grants == m->by_lane[0] + m->by_lane[1] && s->admitted == s->told_admitted &&
	       s->embeddings == m->embeddings && s->permits == m->permits &&
	       s->lane_admitted[0] == m->by_lane[0] && s->lane_admitted[1] == m->by_lane[1];
}
#endif

int main(int argc, char **argv)
{
#ifdef TANU_SYNTHETIC_LIVENESS
	size_t people = argc > 1 ? (size_t)atoi(argv[1]) : 600;
	double minutes = argc > 2 ? atof(argv[2]) : 30;
	static struct pair_of_photos unused[1];
	struct crowd_site site;
	struct day_sums sums;
	struct day *day;
	struct morning m;
	int64_t begin, end;
	bool agree;

	if (people < 20 || people > PEOPLE - 9) {
		fprintf(stderr, "20 to %d people\n", PEOPLE - 9);
		return 2;
	}
	if (!crowd_find(unused, 1) || engine_start(NULL) != 0)
		return 77;
	day = day_new();
	site = day_site(day);
	begin = os_thread_ns();
	morning_run(&m, people, minutes, &site);
	end = os_thread_ns();
	morning_print(&m);
	sums = day_sums(day);
	agree = sums_agree(&m, &sums);
	printf("site: %llu events came, %llu entries of people let in in their histories, lanes "
	       "let in %llu and %llu; %s the gates' own sums\n",
	       (unsigned long long)sums.told, (unsigned long long)sums.admitted,
	       (unsigned long long)sums.lane_admitted[0], (unsigned long long)sums.lane_admitted[1],
	       agree ? "equal to" : "NOT equal to");
	printf("features computed of who had withdrawn, after it: %llu\n",
	       (unsigned long long)sums.after_withdrawal);
	printf("processor: %.1f s in all, %.0f ms a person\n", (double)(end - begin) / 1e9,
	       (double)(end - begin) / 1e6 / (double)people);
	morning_free(&m);
	day_free(day);
	return engine_stop(NULL) || !agree;
#else
	(void)argc;
	(void)argv;
	fprintf(stderr, "skipped: this build has no evidence that a test makes up\n");
	return 77;
#endif
}
