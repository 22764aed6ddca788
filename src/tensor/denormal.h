/* SPDX-License-Identifier: Apache-2.0 */
/*
 * denormal.h - inside tensor/ only: numbers too small for full precision counted as zero, in this
 * thread, for the time of a run. Some weights hold such numbers, which cost ten times the time when
 * kept. The runtime's own option for it reaches only the thread that loads its first model and
 * those started later, and stays on in the caller's arithmetic.
 */
#ifndef TENSOR_DENORMAL_H
#define TENSOR_DENORMAL_H

#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>

/* How the thread computed before, for denormals_restore. */
static inline uint64_t denormals_flush(void)
{
	const unsigned flush_to_zero = 0x8000, denormals_are_zero = 0x0040;
	unsigned before = _mm_getcsr();

	_mm_setcsr(before | flush_to_zero | denormals_are_zero);
	return before;
}

static inline void denormals_restore(uint64_t before)
{
	_mm_setcsr((unsigned)before);
}

#elif defined(__aarch64__)

static inline uint64_t denormals_flush(void)
{
	const uint64_t flush_to_zero = (uint64_t)1 << 24;
	uint64_t before;

	__asm__ volatile("mrs %0, fpcr" : "=r"(before));
	__asm__ volatile("msr fpcr, %0" : : "r"(before | flush_to_zero));
	return before;
}

static inline void denormals_restore(uint64_t before)
{
	__asm__ volatile("msr fpcr, %0" : : "r"(before));
}

#else

static inline uint64_t denormals_flush(void)
{
	return 0;
}

static inline void denormals_restore(uint64_t before)
{
	(void)before;
}

#endif
#endif
