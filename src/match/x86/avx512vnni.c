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
 * Dot products of four rows, so that no sum waits for the one before it. Unrolled, so that the
 * probe stays in eight registers.
 */
VNNI static inline __m128i dots4(const uint8_t *row, const __m512i part[PARTS], __m512i start)
{
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
	return sum4(a, b, c, d);
}

VNNI static inline __m512i take_probe(__m512i part[PARTS], const int8_t *probe)
{
#pragma GCC unroll 8
	for (size_t k = 0; k < PARTS; k++)
		part[k] = _mm512_loadu_si512(probe + k * STEP);
	return start_value(part);
}

VNNI void match_dots_avx512vnni(int32_t *dots, const int8_t *probe, const uint8_t *rows,
				size_t rows_len)
{
	__m512i part[PARTS], start = take_probe(part, probe);
	size_t i = 0;

	for (; i + 4 <= rows_len; i += 4)
		_mm_storeu_si128((__m128i *)(void *)(dots + i),
				 dots4(rows + i * TANU_FEATURES, part, start));
	for (; i < rows_len; i++) {
		__m512i sum = start;

#pragma GCC unroll 8
		for (size_t k = 0; k < PARTS; k++)
			sum = add_part(sum, rows + i * TANU_FEATURES + k * STEP, part[k]);
		dots[i] = _mm512_reduce_add_epi32(sum);
	}
}

/* ---- the best of them ---- */

VNNI static inline __m512i dots16(const uint8_t *row, const __m512i part[PARTS], __m512i start)
{
	__m512i all = _mm512_castsi128_si512(dots4(row, part, start));

	all = _mm512_inserti32x4(all, dots4(row + 4 * TANU_FEATURES, part, start), 1);
	all = _mm512_inserti32x4(all, dots4(row + 8 * TANU_FEATURES, part, start), 2);
	return _mm512_inserti32x4(all, dots4(row + 12 * TANU_FEATURES, part, start), 3);
}

struct lanes {
	__m512 best, second;
	__m512i index;
};

/* Lanes that are not `valid` stay as they are. */
VNNI static inline void judge16(struct lanes *l, __m512i dots, const float *inverse_norms,
				__m512i number, __mmask16 valid)
{
	__m512 reach =
	    _mm512_mul_ps(_mm512_cvtepi32_ps(dots), _mm512_maskz_loadu_ps(valid, inverse_norms));
	__mmask16 better = _mm512_mask_cmp_ps_mask(valid, reach, l->best, _CMP_GT_OQ);

	l->second = _mm512_mask_max_ps(l->second, valid, l->second, _mm512_min_ps(reach, l->best));
	l->index = _mm512_mask_mov_epi32(l->index, better, number);
	l->best = _mm512_mask_mov_ps(l->best, better, reach);
}

/* Scores never leave the registers, and are judged while the next rows are on their way. */
VNNI void match_scan_avx512vnni(struct match_lanes *lanes, const int8_t *probe, const uint8_t *rows,
				const float *inverse_norms, uint32_t first, size_t len)
{
	const __m512i step = _mm512_set1_epi32(MATCH_LANES);
	__m512i number = _mm512_add_epi32(
	    _mm512_set1_epi32((int)first),
	    _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
	struct lanes l = {_mm512_loadu_ps(lanes->best), _mm512_loadu_ps(lanes->second),
			  _mm512_loadu_si512(lanes->index)};
	__m512i part[PARTS], start = take_probe(part, probe);
	int32_t rest[MATCH_LANES] = {0};
	size_t i = 0;

	for (; i + MATCH_LANES <= len; i += MATCH_LANES) {
		judge16(&l, dots16(rows + i * TANU_FEATURES, part, start), inverse_norms + i,
			number, 0xffff);
		number = _mm512_add_epi32(number, step);
	}
	if (i < len) {
		match_dots_avx512vnni(rest, probe, rows + i * TANU_FEATURES, len - i);
		judge16(&l, _mm512_loadu_si512(rest), inverse_norms + i, number,
			(__mmask16)((1u << (len - i)) - 1));
	}
	_mm512_storeu_ps(lanes->best, l.best);
	_mm512_storeu_ps(lanes->second, l.second);
	_mm512_storeu_si512(lanes->index, l.index);
}
