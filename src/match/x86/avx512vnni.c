/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

#include <immintrin.h>

#define VNNI  __attribute__((target("avx512f,avx512bw,avx512vnni")))
#define STEP  64 /* bytes in one register, and of a cache line */
#define PARTS (TANU_FEATURES / STEP)

/*
 * vpdpbusd multiplies unsigned by signed bytes. The bytes of a row are 128 more than its features,
 * which adds 128 * sum(probe) to every dot product: its negative is what each sum starts from.
 */
VNNI static inline __m512i start_value(const __m512i probe[PARTS])
{
	const __m512i all_128 = _mm512_set1_epi8((char)0x80);
	__m512i sum = _mm512_setzero_si512();

#pragma GCC unroll 8
	for (size_t k = 0; k < PARTS; k++)
		sum = _mm512_dpbusd_epi32(sum, all_128, probe[k]);
	return _mm512_sub_epi32(_mm512_setzero_si512(), sum);
}

/* `sum` and the products of one part of a row. */
VNNI static inline __m512i add_part(__m512i sum, const uint8_t *row, __m512i probe)
{
	return _mm512_dpbusd_epi32(sum, _mm512_loadu_si512(row), probe);
}

/* Lanes of four accumulators summed: four dot products in one 128-bit register. */
VNNI static inline __m128i sum4(__m512i a, __m512i b, __m512i c, __m512i d)
{
	__m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
	__m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
	__m512i s = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
	__m256i half = _mm256_add_epi32(_mm512_castsi512_si256(s), _mm512_extracti64x4_epi64(s, 1));

	return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

/*
 * Four rows at a time, so that no sum waits for the one before it. Unrolled, so that the probe
 * stays in eight registers.
 */
VNNI void match_dots_avx512vnni(int32_t *dots, const int8_t *probe, const uint8_t *rows,
				size_t rows_len)
{
	__m512i part[PARTS], start;
	size_t i = 0;

#pragma GCC unroll 8
	for (size_t k = 0; k < PARTS; k++)
		part[k] = _mm512_loadu_si512(probe + k * STEP);
	start = start_value(part);
	for (; i + 4 <= rows_len; i += 4) {
		const uint8_t *row = rows + i * TANU_FEATURES;
		__m512i a = start, b = start, c = start, d = start;

		/* One touch is enough for the processor to fetch the next four rows early. */
		_mm_prefetch((const char *)row + 4 * TANU_FEATURES, _MM_HINT_T0);
#pragma GCC unroll 8
		for (size_t k = 0; k < PARTS; k++) {
			const uint8_t *at = row + k * STEP;

			a = add_part(a, at, part[k]);
			b = add_part(b, at + TANU_FEATURES, part[k]);
			c = add_part(c, at + 2 * TANU_FEATURES, part[k]);
			d = add_part(d, at + 3 * TANU_FEATURES, part[k]);
		}
		_mm_storeu_si128((__m128i *)(void *)(dots + i), sum4(a, b, c, d));
	}
	for (; i < rows_len; i++) {
		__m512i sum = start;

#pragma GCC unroll 8
		for (size_t k = 0; k < PARTS; k++)
			sum = add_part(sum, rows + i * TANU_FEATURES + k * STEP, part[k]);
		dots[i] = _mm512_reduce_add_epi32(sum);
	}
}
