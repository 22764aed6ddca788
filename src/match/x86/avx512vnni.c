/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

#include <immintrin.h>

#define VNNI  __attribute__((target("avx512f,avx512bw,avx512vnni")))
#define STEP  64 /* int8 in one register, and bytes of a cache line */
#define PARTS (TANU_FEATURES / STEP)
#define AHEAD \
	(4 * TANU_FEATURES) /* fetched early: the processor's own guess stops at a page's end */

/*
 * vpdpbusd multiplies unsigned by signed bytes. The row is made unsigned by adding 128 (flipping
 * the top bit), which adds 128 * sum(probe) to every dot product: the same for all rows, so its
 * negative is what the accumulator starts from.
 */
VNNI static __m512i start_value(const __m512i probe[PARTS])
{
	const __m512i all_128 = _mm512_set1_epi8((char)0x80);
	__m512i sum = _mm512_setzero_si512();

	for (size_t k = 0; k < PARTS; k++)
		sum = _mm512_dpbusd_epi32(sum, all_128, probe[k]);
	return _mm512_sub_epi32(_mm512_setzero_si512(), sum);
}

/* Sixteen lanes whose sum is the dot product. */
VNNI static __m512i row_dot(const int8_t *row, const __m512i probe[PARTS], __m512i start)
{
	const __m512i flip = _mm512_set1_epi8((char)0x80);
	__m512i even = start;
	__m512i odd = _mm512_setzero_si512();

	for (size_t k = 0; k < PARTS; k += 2) {
		const int8_t *at = row + k * STEP;
		__m512i a = _mm512_loadu_si512(at);
		__m512i b = _mm512_loadu_si512(at + STEP);

		_mm_prefetch((const char *)at + AHEAD, _MM_HINT_T0);
		_mm_prefetch((const char *)at + STEP + AHEAD, _MM_HINT_T0);
		even = _mm512_dpbusd_epi32(even, _mm512_xor_si512(a, flip), probe[k]);
		odd = _mm512_dpbusd_epi32(odd, _mm512_xor_si512(b, flip), probe[k + 1]);
	}
	return _mm512_add_epi32(even, odd);
}

/* Lanes of four accumulators summed: four dot products in one 128-bit register. */
VNNI static __m128i sum4(__m512i a, __m512i b, __m512i c, __m512i d)
{
	__m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
	__m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
	__m512i s = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
	__m256i half = _mm256_add_epi32(_mm512_castsi512_si256(s), _mm512_extracti64x4_epi64(s, 1));

	return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

VNNI void match_dots_avx512vnni(int32_t *dots, const int8_t *probe, const int8_t *rows,
				size_t rows_len)
{
	__m512i part[PARTS];
	__m512i start;
	size_t i = 0;

	for (size_t k = 0; k < PARTS; k++)
		part[k] = _mm512_loadu_si512(probe + k * STEP);
	start = start_value(part);
	for (; i + 4 <= rows_len; i += 4) {
		const int8_t *row = rows + i * TANU_FEATURES;
		__m128i four =
		    sum4(row_dot(row, part, start), row_dot(row + TANU_FEATURES, part, start),
			 row_dot(row + 2 * TANU_FEATURES, part, start),
			 row_dot(row + 3 * TANU_FEATURES, part, start));

		_mm_storeu_si128((__m128i *)(void *)(dots + i), four);
	}
	for (; i < rows_len; i++)
		dots[i] = _mm512_reduce_add_epi32(row_dot(rows + i * TANU_FEATURES, part, start));
}
