/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exact 1:N search, against what one core can read from the same amount of memory in the same run:
 * bench_match_search [--json]. All that is measured takes turns, so that a busy machine slows all
 * of it; the median of the rounds counts. Rounds are short, so that most of them are not
 * interrupted.
 */
#include "match/match.h"

#include "people.h"

#include <stdio.h>
#include <stdlib.h>

#define ROUNDS_MIN 15
#define ROUNDS_MAX 2001
#define ROUND_NS   50000      /* repeat within a round for about this long */
#define SIZE_NS	   2000000000 /* of rounds, after ROUNDS_MIN */
#define AHEAD	   32	      /* lines of 64 bytes */
#define MANY	   32	      /* probes in one call */

#if defined(__x86_64__)
#define WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDEST
#endif

typedef uint64_t wide __attribute__((vector_size(64)));

enum measure {
	READ,	    /* all of as much memory */
	READ_AHEAD, /* the same, fetching ahead: faster or slower, as the machine is made */
	DOTS,	    /* the dot products alone, without keeping the best */
	RANDOM,	    /* a probe that is like nobody */
	CLUSTERED,  /* one that is like several */
	STRANGER,   /* one that is like everybody a little */
	MANY_ALONE, /* MANY strangers on one thread */
	THREADS,    /* one stranger on all cores */
	MANY_THREADS,
	MEASURES
};
static const char *const names[MEASURES] = {"read",	  "read_ahead", "dots",
					    "random",	  "clustered",	"stranger",
					    "many_alone", "threads",	"many_threads"};

struct bench {
	size_t references;
	wide *memory; /* as large as the rows */
	tanu_gallery *gallery;
	tanu_reference random, clustered, strangers[MANY];
	tanu_decision decisions[MANY];
	double ns[MEASURES][ROUNDS_MAX];
	size_t rounds;
};

/* Four sums, so that none waits for the one before it; unrolled, so that they stay in registers. */
#define READ_ALL(total, p, count, before)                                      \
	do {                                                                   \
		wide sum[4] = {{0}};                                           \
		for (size_t i = 0; i + 4 <= (count); i += 4)                   \
			_Pragma("GCC unroll 4") for (size_t k = 0; k < 4; k++) \
			{                                                      \
				before;                                        \
				sum[k] += (p)[i + k];                          \
			}                                                      \
		sum[0] += sum[1] + sum[2] + sum[3];                            \
		for (size_t k = 0; k < 8; k++)                                 \
			(total) += sum[0][k];                                  \
	} while (0)

WIDEST static uint64_t read_all(const wide *p, size_t count)
{
	uint64_t total = 0;

	READ_ALL(total, p, count, (void)0);
	return total;
}

WIDEST static uint64_t read_ahead(const wide *p, size_t count)
{
	uint64_t total = 0;

	READ_ALL(total, p, count, __builtin_prefetch(p + i + k + AHEAD));
	return total;
}

static void dots_all(const struct bench *b)
{
	const uint8_t *rows = (const uint8_t *)b->memory;
	int32_t dots[64];

	for (size_t i = 0; i < b->references; i += ARRAY_LEN(dots)) {
		size_t left = b->references - i;

		match_kernel()->dots(dots, b->random.v, rows + i * TANU_FEATURES,
				     left < ARRAY_LEN(dots) ? left : ARRAY_LEN(dots));
	}
}

static void search(struct bench *b, const tanu_reference *probes, size_t probes_len, size_t workers)
{
	static const tanu_calibration any = {
	    .count = 2, .point = {{.fmr = 1e-2, .score = 0.2f}, {.fmr = 1e-12, .score = 0.8f}}};

	if (tanu_gallery_search_many(b->gallery, b->decisions, probes, probes_len, &any, 1e-3, 0.0f,
				     workers, NULL) < 0)
		exit(1);
}

static void run(struct bench *b, enum measure m)
{
	size_t lines = b->references * TANU_FEATURES / sizeof(wide);
	uint64_t sum = 0;

	switch (m) {
	case READ:
		sum = read_all(b->memory, lines);
		break;
	case READ_AHEAD:
		sum = read_ahead(b->memory, lines);
		break;
	case DOTS:
		dots_all(b);
		break;
	case RANDOM:
		search(b, &b->random, 1, 1);
		break;
	case CLUSTERED:
		search(b, &b->clustered, 1, 1);
		break;
	case MANY_ALONE:
		search(b, b->strangers, MANY, 1);
		break;
	case THREADS:
		search(b, b->strangers, 1, 0);
		break;
	case MANY_THREADS:
		search(b, b->strangers, MANY, 0);
		break;
	default:
		search(b, b->strangers, 1, 1);
	}
	__asm__ volatile("" : : "r"(sum) : "memory"); /* it counts as used, and memory as changed */
}

/* Nanoseconds of one; `times` is how many fit a round, 0: not known yet. */
static double time_one(struct bench *b, enum measure m, size_t *times)
{
	int64_t start, spent;

	run(b, m); /* what was measured before has left its own memory in the cache */
	start = os_monotonic_ns();
	for (size_t i = 0; i <= *times; i++)
		run(b, m);
	spent = os_monotonic_ns() - start + 1;
	if (*times > 0)
		return (double)spent / (double)(*times + 1);
	*times = (size_t)(ROUND_NS / spent) + 1;
	return time_one(b, m, times);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(struct bench *b)
{
	int64_t end_ns = os_monotonic_ns() + SIZE_NS;
	size_t times[MEASURES] = {0}, n = 0;

	while (n < ROUNDS_MIN || (n < ROUNDS_MAX && os_monotonic_ns() < end_ns)) {
		for (int m = 0; m < MEASURES; m++)
			b->ns[m][n] = time_one(b, (enum measure)m, &times[m]);
		n++;
	}
	for (int m = 0; m < MEASURES; m++)
		qsort(b->ns[m], n, sizeof(double), by_value);
	b->rounds = n;
}

static void fill(struct bench *b)
{
	struct people people;
	tanu_reference r;
	size_t index;

	people_start(&people);
	for (size_t i = 0; i < b->references; i++) {
		people_next(&people, &r);
		if (tanu_gallery_add(b->gallery, &index, &r, NULL) < 0)
			exit(1);
	}
	people_relative(&people, &b->clustered);
	people_random(&people, &b->random);
	for (size_t i = 0; i < MANY; i++)
		people_stranger(&people, &b->strangers[i]);
}

static double median_us(const struct bench *b, enum measure m)
{
	return b->ns[m][b->rounds / 2] / 1e3;
}

/* Gigabytes of rows a second. */
static double gbs(const struct bench *b, enum measure m)
{
	return (double)(b->references * TANU_FEATURES) / b->ns[m][b->rounds / 2];
}

static double read_gbs(const struct bench *b)
{
	double plain = gbs(b, READ), ahead = gbs(b, READ_AHEAD);

	return plain > ahead ? plain : ahead;
}

static void print_text(const struct bench *b)
{
	printf("%10zu %8.1f %8.0f%% %8.0f%% %9.1f %9.1f %9.1f %9.2f %9.1f %9.2f\n", b->references,
	       read_gbs(b), 100 * gbs(b, STRANGER) / read_gbs(b), 100 * gbs(b, DOTS) / read_gbs(b),
	       median_us(b, RANDOM), median_us(b, CLUSTERED), median_us(b, STRANGER),
	       median_us(b, MANY_ALONE) / MANY, median_us(b, THREADS),
	       median_us(b, MANY_THREADS) / MANY);
}

static void print_json(const struct bench *b)
{
	printf(",\"%zu\":{\"read_gb_per_s\":%.3f,\"ratio\":%.4f,\"dots_ratio\":%.4f", b->references,
	       read_gbs(b), gbs(b, STRANGER) / read_gbs(b), gbs(b, DOTS) / read_gbs(b));
	for (int m = 0; m < MEASURES; m++)
		printf(",\"%s_us\":%.3f", names[m],
		       median_us(b, (enum measure)m) /
			   (m == MANY_ALONE || m == MANY_THREADS ? MANY : 1));
	printf("}");
}

static void bench_size(size_t references, bool json)
{
	static struct bench b;
	size_t bytes = references * TANU_FEATURES;

	b.references = references;
	b.memory = os_large_alloc(bytes);
	if (!b.memory || tanu_gallery_new(&b.gallery, references, NULL) < 0)
		exit(1);
	memset(b.memory, 1, bytes);
	fill(&b);
	measure(&b);
	if (json)
		print_json(&b);
	else
		print_text(&b);
	tanu_gallery_free(&b.gallery);
	free(b.memory);
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = {500, 10000, 100000, 1000000};
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;

	if (json)
		printf("{\"kernel\":\"%s\",\"cores\":%d", tanu_match_kernel(), os_cpu_count());
	else
		printf("1:N search, 512 x int8, kernel %s, %d cores; microseconds a probe\n\n"
		       "%10s %8s %9s %9s %9s %9s %9s %9s %9s %9s\n",
		       tanu_match_kernel(), os_cpu_count(), "references", "GB/s read", "of it",
		       "dots of", "random", "clustered", "stranger", "32", "threads", "32, thr.");
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		bench_size(sizes[i], json);
	if (json)
		puts("}");
	return 0;
}
