/* SPDX-License-Identifier: Apache-2.0 */
/* The readable kernel, and the table from which the fastest usable one is picked. */
#include "match/match.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

void match_dots_c(int32_t *dots, const int8_t *probe, const uint8_t *rows, size_t rows_len)
{
	for (size_t i = 0; i < rows_len; i++) {
		const uint8_t *row = rows + i * TANU_FEATURES;
		int32_t sum = 0;

		for (size_t k = 0; k < TANU_FEATURES; k++)
			sum += probe[k] * (row[k] - 128);
		dots[i] = sum;
	}
}

void match_judge_c(struct match_lanes *lanes, const int32_t *dots, const float *inverse_norms,
		   uint32_t first, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t k = i % MATCH_LANES;
		float reach = (float)dots[i] * inverse_norms[i];
		float best = lanes->best[k], second = lanes->second[k];
		float lesser = reach < best ? reach : best;

		lanes->second[k] = lesser > second ? lesser : second;
		lanes->index[k] = reach > best ? first + (uint32_t)i : lanes->index[k];
		lanes->best[k] = reach > best ? reach : best;
	}
}

/* A block's dot products, then the best of them. A multiple of MATCH_LANES. */
#define BLOCK 64

/* match_scan_NAME: by match_dots_NAME. */
#define SCAN_BY(name)                                                                           \
	void match_scan_##name(struct match_lanes *lanes, const int8_t *probe,                  \
			       const uint8_t *rows, const float *inverse_norms, uint32_t first, \
			       size_t len)                                                      \
	{                                                                                       \
		int32_t dots[BLOCK];                                                            \
                                                                                                \
		for (size_t i = 0; i < len; i += BLOCK) {                                       \
			size_t n = len - i < BLOCK ? len - i : BLOCK;                           \
                                                                                                \
			match_dots_##name(dots, probe, rows + i * TANU_FEATURES, n);            \
			match_judge_c(lanes, dots, inverse_norms + i, first + (uint32_t)i, n);  \
		}                                                                               \
	}

SCAN_BY(c)

static bool always(const struct os_cpu *cpu)
{
	(void)cpu;
	return true;
}

#if defined(__x86_64__)

static SCAN_BY(avx2)

    static bool has_avx2(const struct os_cpu *cpu)
{
	return cpu->avx2;
}

static bool has_avx512vnni(const struct os_cpu *cpu)
{
	return cpu->avx512f && cpu->avx512bw && cpu->avx512vnni;
}

#elif defined(__aarch64__)

static SCAN_BY(neon) static SCAN_BY(neon_dotprod)

    static bool has_neon(const struct os_cpu *cpu)
{
	return cpu->neon;
}

static bool has_dotprod(const struct os_cpu *cpu)
{
	return cpu->neon && cpu->dotprod;
}

#endif

static const struct match_kernel table[] = {
    {"c", always, match_dots_c, match_scan_c},
#if defined(__x86_64__)
    {"avx2", has_avx2, match_dots_avx2, match_scan_avx2},
    {"avx512vnni", has_avx512vnni, match_dots_avx512vnni, match_scan_avx512vnni},
#elif defined(__aarch64__)
    {"neon", has_neon, match_dots_neon, match_scan_neon},
    {"neon-dotprod", has_dotprod, match_dots_neon_dotprod, match_scan_neon_dotprod},
#endif
};

const struct match_kernel *match_kernels(size_t *count)
{
	*count = ARRAY_LEN(table);
	return table;
}

static const struct match_kernel *pick(void)
{
	const struct os_cpu cpu = os_cpu_features();
	const char *wanted = secure_getenv("TANU_MATCH_KERNEL");
	const struct match_kernel *best = &table[0];

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (!table[i].usable(&cpu))
			continue;
		best = &table[i];
		if (wanted && strcmp(wanted, best->name) == 0)
			return best;
	}
	return best;
}

const struct match_kernel *match_kernel(void)
{
	/* Threads that race here pick the same row. */
	static _Atomic(const struct match_kernel *) picked;
	const struct match_kernel *kernel = atomic_load_explicit(&picked, memory_order_acquire);

	if (!kernel) {
		kernel = pick();
		atomic_store_explicit(&picked, kernel, memory_order_release);
	}
	return kernel;
}

void match_row(uint8_t row[TANU_FEATURES], const int8_t v[TANU_FEATURES])
{
	for (size_t k = 0; k < TANU_FEATURES; k++)
		row[k] = (uint8_t)v[k] ^ 0x80u; /* adds 128 */
}

int32_t match_dot(const int8_t a[TANU_FEATURES], const int8_t b[TANU_FEATURES])
{
	uint8_t row[TANU_FEATURES];
	int32_t dot;

	match_row(row, b);
	match_kernel()->dots(&dot, a, row, 1);
	mem_wipe(row, sizeof(row));
	return dot;
}

const char *tanu_match_kernel(void)
{
	return match_kernel()->name;
}
