/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f")))

/* Lanes that are not `valid` stay as they are. */
AVX512 void match_judge_avx512(struct match_lanes *lanes, const int32_t *dots,
			       const float *inverse_norms, uint32_t first, size_t len)
{
	const __m512i step = _mm512_set1_epi32(MATCH_LANES);
	__m512i row = _mm512_add_epi32(
	    _mm512_set1_epi32((int)first),
	    _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
	__m512 best = _mm512_loadu_ps(lanes->best);
	__m512 second = _mm512_loadu_ps(lanes->second);
	__m512i index = _mm512_loadu_si512(lanes->index);

	for (size_t i = 0; i < len; i += MATCH_LANES) {
		size_t left = len - i;
		__mmask16 valid = (__mmask16)(left < MATCH_LANES ? (1u << left) - 1 : 0xffffu);
		__m512 dot = _mm512_cvtepi32_ps(_mm512_maskz_loadu_epi32(valid, dots + i));
		__m512 reach = _mm512_mul_ps(dot, _mm512_maskz_loadu_ps(valid, inverse_norms + i));
		__mmask16 better = _mm512_mask_cmp_ps_mask(valid, reach, best, _CMP_GT_OQ);

		second = _mm512_mask_max_ps(second, valid, second, _mm512_min_ps(reach, best));
		index = _mm512_mask_mov_epi32(index, better, row);
		best = _mm512_mask_mov_ps(best, better, reach);
		row = _mm512_add_epi32(row, step);
	}
	_mm512_storeu_ps(lanes->best, best);
	_mm512_storeu_ps(lanes->second, second);
	_mm512_storeu_si512(lanes->index, index);
}
