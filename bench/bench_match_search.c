/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exact 1:N search, against what one core can read from the same amount of memory in the same run.
 * Reading and searching take turns, so that a busy machine slows both; the median of the rounds
 * counts.
 */
#include "match/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS	 15
#define ROUND_NS 20000000 /* repeat within a round until this long */
#define LANES	 8
#define AHEAD	 32 /* lines of 64 bytes */
#define PROBES	 4

#if defined(__x86_64__)
#define WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDEST
#endif

typedef uint64_t wide __attribute__((vector_size(64)));

struct row {
	size_t references;
	double search_us;
	double search_gbs; /* bytes of references over the time */
	double read_gbs;
};

/* Adds up all of memory with as many loads in flight as the core likes, fetching ahead as it can.
 */
WIDEST static uint64_t read_all(const wide *p, size_t count)
{
	wide sum[LANES] = {{0}};
	uint64_t total = 0;

	for (size_t i = 0; i + LANES <= count; i += LANES)
		for (size_t k = 0; k < LANES; k++) {
			__builtin_prefetch(p + i + k + AHEAD);
			sum[k] += p[i + k];
		}
	for (size_t k = 0; k < LANES; k++)
		total += sum[k][0];
	return total;
}

static tanu_reference random_reference(uint64_t *seed)
{
	tanu_reference r = {.scale = 1.0f};

	for (size_t i = 0; i < TANU_FEATURES; i += sizeof(*seed)) {
		*seed ^= *seed << 13;
		*seed ^= *seed >> 7;
		*seed ^= *seed << 17;
		memcpy(r.v + i, seed, sizeof(*seed));
	}
	return r;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, size_t len)
{
	qsort(v, len, sizeof(*v), by_value);
	return v[len / 2];
}

/* Nanoseconds of one read of `bytes` bytes. */
static double time_read(const wide *memory, size_t bytes)
{
	int64_t start = os_monotonic_ns(), spent;
	size_t times = 0;

	do {
		uint64_t sum = read_all(memory, bytes / sizeof(*memory));

		__asm__ volatile("" : : "r"(sum)); /* it counts as used */
		times++;
		spent = os_monotonic_ns() - start;
	} while (spent < ROUND_NS);
	return (double)spent / (double)times;
}

/* Nanoseconds of one search. */
static double time_search(const tanu_gallery *gallery, const tanu_reference *probes)
{
	static const tanu_calibration any = {
	    .count = 2, .point = {{.fmr = 1e-2, .score = 0.2f}, {.fmr = 1e-12, .score = 0.8f}}};
	int64_t start = os_monotonic_ns(), spent;
	size_t times = 0;
	tanu_decision d;

	do {
		if (tanu_gallery_search(gallery, &d, &probes[times % PROBES], &any, 1e-3, 0.0f,
					NULL) < 0)
			exit(1);
		times++;
		spent = os_monotonic_ns() - start;
	} while (spent < ROUND_NS);
	return (double)spent / (double)times;
}

static struct row measure(size_t references)
{
	size_t bytes = references * TANU_FEATURES, index;
	wide *memory = aligned_alloc(64, bytes);
	tanu_gallery *gallery = NULL;
	tanu_reference probes[PROBES];
	double reads[ROUNDS], searches[ROUNDS];
	uint64_t seed = 88172645463325252u;

	if (!memory || tanu_gallery_new(&gallery, references, NULL) < 0)
		exit(1);
	memset(memory, 1, bytes);
	for (size_t i = 0; i < PROBES; i++)
		probes[i] = random_reference(&seed);
	for (size_t i = 0; i < references; i++) {
		tanu_reference r = random_reference(&seed);

		if (tanu_gallery_add(gallery, &index, &r, NULL) < 0)
			exit(1);
	}
	for (int i = 0; i < ROUNDS; i++) {
		reads[i] = time_read(memory, bytes);
		searches[i] = time_search(gallery, probes);
	}
	tanu_gallery_free(&gallery);
	free(memory);
	return (struct row){
	    .references = references,
	    .search_us = median(searches, ROUNDS) / 1e3,
	    .search_gbs = (double)bytes / median(searches, ROUNDS),
	    .read_gbs = (double)bytes / median(reads, ROUNDS),
	};
}

static void print_text(const struct row *rows, size_t count)
{
	printf("1:N search, 512 x int8, one core, kernel %s\n\n", tanu_match_kernel());
	printf("%10s %12s %12s %12s %7s\n", "references", "search us", "search GB/s", "read GB/s",
	       "ratio");
	for (size_t i = 0; i < count; i++)
		printf("%10zu %12.1f %12.1f %12.1f %6.0f%%\n", rows[i].references,
		       rows[i].search_us, rows[i].search_gbs, rows[i].read_gbs,
		       100.0 * rows[i].search_gbs / rows[i].read_gbs);
}

static void print_json(const struct row *rows, size_t count)
{
	printf("{\"bench\":\"match_search\",\"kernel\":\"%s\",\"rows\":[", tanu_match_kernel());
	for (size_t i = 0; i < count; i++)
		printf("%s{\"references\":%zu,\"search_us\":%.2f,\"search_gb_per_s\":%.3f,"
		       "\"read_gb_per_s\":%.3f,\"ratio\":%.4f}",
		       i ? "," : "", rows[i].references, rows[i].search_us, rows[i].search_gbs,
		       rows[i].read_gbs, rows[i].search_gbs / rows[i].read_gbs);
	puts("]}");
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = {500, 10000, 100000, 1000000};
	struct row rows[ARRAY_LEN(sizes)];

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		rows[i] = measure(sizes[i]);
	if (argc > 1 && strcmp(argv[1], "--json") == 0)
		print_json(rows, ARRAY_LEN(sizes));
	else
		print_text(rows, ARRAY_LEN(sizes));
	return 0;
}
