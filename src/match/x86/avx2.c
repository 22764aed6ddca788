/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

#include <immintrin.h>

#define STEP 16 /* int8 widened to int16 in one register */

/* Sum of the eight int32 lanes. */
__attribute__((target("avx2"))) static int32_t lanes_sum(__m256i v)
{
	__m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));

	s = _mm_add_epi32(s, _mm_shuffle_epi32(s, _MM_SHUFFLE(1, 0, 3, 2)));
	s = _mm_add_epi32(s, _mm_shuffle_epi32(s, _MM_SHUFFLE(2, 3, 0, 1)));
	return _mm_cvtsi128_si32(s);
}

/*
 * Widening to int16 first keeps it exact: the pairwise multiply of bytes (pmaddubsw) saturates at
 * 127 * 127 * 2. The probe is widened once for all rows.
 */
__attribute__((target("avx2"))) void match_dots_avx2(int32_t *dots, const int8_t *probe,
						     const uint8_t *rows, size_t rows_len)
{
	const __m256i minus_128 = _mm256_set1_epi16(-128);
	__m256i wide[TANU_FEATURES / STEP];
	__m256i start = _mm256_setzero_si256(); /* of a row's sum: it is of bytes 128 too high */

	for (size_t k = 0; k < ARRAY_LEN(wide); k++) {
		wide[k] = _mm256_cvtepi8_epi16(
		    _mm_loadu_si128((const __m128i *)(const void *)(probe + k * STEP)));
		start = _mm256_add_epi32(start, _mm256_madd_epi16(minus_128, wide[k]));
	}
	for (size_t i = 0; i < rows_len; i++) {
		const uint8_t *row = rows + i * TANU_FEATURES;
		__m256i even = start;
		__m256i odd = _mm256_setzero_si256();

		for (size_t k = 0; k < ARRAY_LEN(wide); k += 2) {
			const __m128i *at = (const __m128i *)(const void *)(row + k * STEP);
			__m256i a = _mm256_cvtepu8_epi16(_mm_loadu_si128(at));
			__m256i b = _mm256_cvtepu8_epi16(_mm_loadu_si128(at + 1));

			even = _mm256_add_epi32(even, _mm256_madd_epi16(a, wide[k]));
			odd = _mm256_add_epi32(odd, _mm256_madd_epi16(b, wide[k + 1]));
		}
		dots[i] = lanes_sum(_mm256_add_epi32(even, odd));
	}
}
