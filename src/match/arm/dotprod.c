/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

#include <arm_neon.h>

#if defined(__clang__)
#define DOTPROD __attribute__((target("dotprod")))
#else
#define DOTPROD __attribute__((target("arch=armv8.2-a+dotprod")))
#endif

/*
 * The SDOT instruction of Armv8.2 dotprod. Written as assembler because clang 14 hides the
 * intrinsic unless the whole file is compiled for dotprod.
 */
DOTPROD static inline int32x4_t sdot(int32x4_t sum, int8x16_t a, int8x16_t b)
{
	__asm__("sdot %0.4s, %1.16b, %2.16b" : "+w"(sum) : "w"(a), "w"(b));
	return sum;
}

/* Sixteen bytes of a row as features: 128 less. */
DOTPROD static inline int8x16_t signed_row(const uint8_t *row)
{
	return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(row), vdupq_n_u8(0x80)));
}

DOTPROD void match_dots_neon_dotprod(int32_t *dots, const int8_t *probe, const uint8_t *rows,
				     size_t rows_len)
{
	for (size_t i = 0; i < rows_len; i++) {
		const uint8_t *row = rows + i * TANU_FEATURES;
		int32x4_t even = vdupq_n_s32(0);
		int32x4_t odd = vdupq_n_s32(0);

		for (size_t k = 0; k < TANU_FEATURES; k += 32) {
			even = sdot(even, vld1q_s8(probe + k), signed_row(row + k));
			odd = sdot(odd, vld1q_s8(probe + k + 16), signed_row(row + k + 16));
		}
		dots[i] = vaddvq_s32(vaddq_s32(even, odd));
	}
}
