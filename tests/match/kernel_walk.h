/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel_walk.h - compares every kernel of the table with the C one, bit for bit, on odd shapes and
 * edges. Shared by the cmocka test and by a plain program that also runs on an emulated processor.
 */
#ifndef TESTS_MATCH_KERNEL_WALK_H
#define TESTS_MATCH_KERNEL_WALK_H

#include "match/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WALK_ROWS_MAX 257
#define WALK_GUARD    0x5a5a5a5a /* dots past the last row must stay this */

struct walk {
	uint8_t
	    bytes[(WALK_ROWS_MAX + 2) * TANU_FEATURES]; /* probe, rows, and room to shift them */
	int32_t want[WALK_ROWS_MAX + 1];
	int32_t got[WALK_ROWS_MAX + 1];
};

enum walk_fill { WALK_RANDOM, WALK_LOWEST, WALK_HIGHEST, WALK_OPPOSED, WALK_EXTREMES, WALK_FILLS };

/* Probe and rows are bytes of other meaning, so what is lowest for one is not for the others. */
static inline uint8_t walk_byte(enum walk_fill fill, size_t i, uint32_t *seed)
{
	int feature;

	*seed = *seed * 1664525u + 1013904223u;
	switch (fill) {
	case WALK_LOWEST:
		feature = -128;
		break;
	case WALK_HIGHEST:
		feature = 127;
		break;
	case WALK_OPPOSED: /* the probe is the lowest, the rows are the highest */
		feature = i < TANU_FEATURES ? -128 : 127;
		break;
	case WALK_EXTREMES:
		feature = (const int8_t[]){-128, -127, 0, 127}[*seed >> 30];
		break;
	default:
		feature = (int8_t)(*seed >> 24);
	}
	return (uint8_t)(i < TANU_FEATURES ? feature : feature + 128);
}

/* True when this kernel and the C one agree on `rows` rows that begin `shift` bytes off alignment.
 */
static inline bool walk_agrees(struct walk *w, const struct match_kernel *kernel, size_t rows_len,
			       size_t shift, enum walk_fill fill)
{
	const uint8_t *rows = w->bytes + shift + TANU_FEATURES;
	const int8_t *probe = (const int8_t *)w->bytes + shift;
	uint32_t seed = (uint32_t)(rows_len * 31 + shift + 1);

	for (size_t i = 0; i < sizeof(w->bytes); i++)
		w->bytes[i] = walk_byte(fill, i < shift ? 0 : i - shift, &seed);
	for (size_t i = 0; i < ARRAY_LEN(w->got); i++)
		w->want[i] = w->got[i] = WALK_GUARD;
	match_dots_c(w->want, probe, rows, rows_len);
	kernel->dots(w->got, probe, rows, rows_len);
	return memcmp(w->want, w->got, sizeof(w->want)) == 0;
}

/*
 * Few values, so that most are equal to others; `from` of them are below zero. The probe is one in
 * its first feature, so that a row's first feature is the dot product.
 */
static inline bool walk_scans(struct walk *w, const struct match_kernel *kernel, size_t len,
			      int32_t from)
{
	static const int8_t probe[TANU_FEATURES] = {1};
	struct match_lanes want, got;
	float inverse_norms[WALK_ROWS_MAX];
	uint32_t seed = (uint32_t)len + 1;

	match_lanes_blank(&want);
	got = want;
	memset(w->bytes, 128, sizeof(w->bytes));
	for (uint32_t first = 0; first < 3 * WALK_ROWS_MAX; first += WALK_ROWS_MAX) {
		for (size_t i = 0; i < WALK_ROWS_MAX; i++) {
			seed = seed * 1664525u + 1013904223u;
			w->want[i] = (int32_t)(seed >> 28) - from;
			w->bytes[i * TANU_FEATURES] = (uint8_t)(128 + w->want[i]);
			inverse_norms[i] = (seed >> 20 & 1) ? 0.5f : 0.1f;
		}
		match_judge_c(&want, w->want, inverse_norms, first, len);
		kernel->scan(&got, probe, w->bytes, inverse_norms, first, len);
	}
	return memcmp(&want, &got, sizeof(want)) == 0;
}

static inline bool walk_kernel(const struct match_kernel *kernel)
{
	static const size_t rows[] = {0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 63, 64, 65, 255, 257};
	static const size_t shifts[] = {0, 1, 3, 16, 33, 63};
	static _Alignas(64) struct walk w;

	for (size_t r = 0; r < ARRAY_LEN(rows); r++)
		for (size_t s = 0; s < ARRAY_LEN(shifts); s++)
			for (int f = 0; f < WALK_FILLS; f++) {
				if (walk_agrees(&w, kernel, rows[r], shifts[s], (enum walk_fill)f))
					continue;
				fprintf(stderr, "%s differs: %zu rows, shift %zu, fill %d\n",
					kernel->name, rows[r], shifts[s], f);
				return false;
			}
	for (size_t r = 0; r < ARRAY_LEN(rows); r++)
		for (int32_t from = 0; from <= 16; from += 8)
			if (!walk_scans(&w, kernel, rows[r], from)) {
				fprintf(stderr, "%s scans otherwise: %zu rows, from %d\n",
					kernel->name, rows[r], -from);
				return false;
			}
	return true;
}

/* Prints, never judges: a test machine may be busy. */
static inline void walk_time(const struct match_kernel *kernel)
{
	static _Alignas(64) uint8_t rows[WALK_ROWS_MAX * TANU_FEATURES];
	static const int8_t probe[TANU_FEATURES];
	static int32_t dots[WALK_ROWS_MAX];
	int64_t start = os_monotonic_ns();
	int repeat = 200;

	for (int i = 0; i < repeat; i++)
		kernel->dots(dots, probe, rows, WALK_ROWS_MAX);
	printf("%-13s %6.1f ns a row\n", kernel->name,
	       (double)(os_monotonic_ns() - start) / (repeat * WALK_ROWS_MAX));
}

/* Calls `judge` with each kernel that this processor can run; says which it cannot. */
static inline void walk_table(void (*judge)(const struct match_kernel *kernel, bool agrees))
{
	struct os_cpu cpu = os_cpu_features();
	size_t count;
	const struct match_kernel *kernels = match_kernels(&count);

	for (size_t i = 0; i < count; i++) {
		if (!kernels[i].usable(&cpu)) {
			printf("%-13s not on this processor\n", kernels[i].name);
			continue;
		}
		judge(&kernels[i], walk_kernel(&kernels[i]));
		walk_time(&kernels[i]);
	}
}

#endif
