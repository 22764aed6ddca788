/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vec4.h - four floats at a time, by the vector types that gcc and clang share, so that speed does
 * not hang on what an optimiser recognises; inside image/ only.
 *
 * A pixel is r, g, b and one lane of filler: loading it reads, and storing it writes, one element
 * more than the pixel has. Buffers are that much longer.
 */
#ifndef IMAGE_VEC4_H
#define IMAGE_VEC4_H

#include <stdint.h>

typedef float vec4 __attribute__((vector_size(16)));

/*
 * The same in memory, at any address. Types instead of memcpy: a fortified memcpy asks for the size
 * of its object each time, which halves the speed.
 */
typedef float vec4_anywhere __attribute__((vector_size(16), aligned(4), may_alias));
typedef int32_t word_anywhere __attribute__((aligned(1), may_alias));
typedef int64_t long_anywhere __attribute__((aligned(1), may_alias));

/* Eight sums of bytes: of at most U16_ROWS_MAX of them. */
typedef uint16_t u16x8 __attribute__((vector_size(16)));
#define U16_ROWS_MAX 257

static inline vec4 vec4_load(const float *p)
{
	return *(const vec4_anywhere *)p;
}

static inline void vec4_store(float *p, vec4 v)
{
	*(vec4_anywhere *)p = v;
}

/* Four bytes widened with zeros in two steps: the form that compiles to three instructions. */
static inline vec4 vec4_of_bytes(const uint8_t *p)
{
	typedef uint8_t u8x16 __attribute__((vector_size(16)));
	typedef int32_t i32x4 __attribute__((vector_size(16)));
	const u8x16 zero8 = {0};
	const u16x8 zero16 = {0};
	i32x4 v = {*(const word_anywhere *)p};
	u8x16 b = (u8x16)v;
	u16x8 w = (u16x8)__builtin_shufflevector(b, zero8, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21,
						 6, 22, 7, 23);
	v = (i32x4)__builtin_shufflevector(w, zero16, 0, 8, 1, 9, 2, 10, 3, 11);
	return __builtin_convertvector(v, vec4);
}

static inline u16x8 u16x8_of_bytes(const uint8_t *p)
{
	typedef uint8_t u8x16 __attribute__((vector_size(16)));
	typedef int64_t i64x2 __attribute__((vector_size(16)));
	const u8x16 zero = {0};
	i64x2 v = {*(const long_anywhere *)p};

	return (u16x8)__builtin_shufflevector((u8x16)v, zero, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5,
					      21, 6, 22, 7, 23);
}

static inline void vec4_of_u16(vec4 *low, vec4 *high, u16x8 v)
{
	typedef int32_t i32x4 __attribute__((vector_size(16)));
	const u16x8 zero = {0};

	*low = __builtin_convertvector(
	    (i32x4)__builtin_shufflevector(v, zero, 0, 8, 1, 9, 2, 10, 3, 11), vec4);
	*high = __builtin_convertvector(
	    (i32x4)__builtin_shufflevector(v, zero, 4, 12, 5, 13, 6, 14, 7, 15), vec4);
}

static inline vec4 vec4_mix(vec4 a, vec4 b, float share_of_b)
{
	return a + share_of_b * (b - a);
}

/*
 * Four pixels without filler, twelve floats, taken apart by channel: in steps of two values from
 * each of two vectors, which are one instruction.
 */
static inline void vec4_split(vec4 *r, vec4 *g, vec4 *b, const float *rgb)
{
	vec4 v0 = vec4_load(rgb), v1 = vec4_load(rgb + 4), v2 = vec4_load(rgb + 8);
	vec4 r2g2r3g3 = __builtin_shufflevector(v1, v2, 2, 3, 5, 6);
	vec4 g0b0g1b1 = __builtin_shufflevector(v0, v1, 1, 2, 4, 5);

	*r = __builtin_shufflevector(v0, r2g2r3g3, 0, 3, 4, 6);
	*g = __builtin_shufflevector(g0b0g1b1, r2g2r3g3, 0, 2, 5, 7);
	*b = __builtin_shufflevector(g0b0g1b1, v2, 1, 3, 4, 7);
}

#endif
