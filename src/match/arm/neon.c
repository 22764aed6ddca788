/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

#include <arm_neon.h>

#define STEP 16 /* int8 in one register */

/*
 * A product of two int8 fits int16, but the sum of two does not when both are -128 * -128; so each
 * product is widened (vpadal) before the next is added.
 */
void match_dots_neon(int32_t *dots, const int8_t *probe, const uint8_t *rows, size_t rows_len)
{
	const uint8x16_t flip = vdupq_n_u8(0x80); /* takes 128 off */

	for (size_t i = 0; i < rows_len; i++) {
		const uint8_t *row = rows + i * TANU_FEATURES;
		int32x4_t low = vdupq_n_s32(0);
		int32x4_t high = vdupq_n_s32(0);

		for (size_t k = 0; k < TANU_FEATURES; k += STEP) {
			int8x16_t a = vld1q_s8(probe + k);
			int8x16_t b = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(row + k), flip));

			low = vpadalq_s16(low, vmull_s8(vget_low_s8(a), vget_low_s8(b)));
			high = vpadalq_s16(high, vmull_high_s8(a, b));
		}
		dots[i] = vaddvq_s32(vaddq_s32(low, high));
	}
}
