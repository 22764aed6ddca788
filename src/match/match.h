/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h - the scan kernels behind <tanu/match.h>, for this folder, its tests and bench/.
 *
 * A kernel computes integer dot products, so every kernel gives the same bits; what becomes of them
 * (norms, scores, the best) is plain C in one place.
 */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H

#include "os/os.h"

#include <tanu/match.h>

struct match_kernel {
	const char *name;
	bool (*usable)(const struct os_cpu *cpu);
	/*
	 * dots[i] = sum over k of probe[k] * rows[i * TANU_FEATURES + k], for `rows_len` rows. Any
	 * int8 is allowed, -128 too (the sum stays below 2^24); no alignment is asked for.
	 */
	void (*dots)(int32_t *dots, const int8_t *probe, const int8_t *rows, size_t rows_len);
};

/* All kernels of this build, slowest first; the first is the readable C one, usable everywhere. */
const struct match_kernel *match_kernels(size_t *count);

/*
 * The one in use: the last usable of the table, or the one that $TANU_MATCH_KERNEL names if this
 * processor can run it.
 */
const struct match_kernel *match_kernel(void);

void match_dots_c(int32_t *dots, const int8_t *probe, const int8_t *rows, size_t rows_len);
#if defined(__x86_64__)
void match_dots_avx2(int32_t *dots, const int8_t *probe, const int8_t *rows, size_t rows_len);
void match_dots_avx512vnni(int32_t *dots, const int8_t *probe, const int8_t *rows, size_t rows_len);
#elif defined(__aarch64__)
void match_dots_neon(int32_t *dots, const int8_t *probe, const int8_t *rows, size_t rows_len);
void match_dots_neon_dotprod(int32_t *dots, const int8_t *probe, const int8_t *rows,
			     size_t rows_len);
#endif

/* 1 / L2 norm of an int8 vector, 0 for the zero vector. */
float match_inverse_norm(const int8_t v[TANU_FEATURES]);

/*
 * Cosine from a dot product over one norm, and the other inverse norm; kept inside -1..1. 1:1 and
 * 1:N both use it, the reference's norm first, so that their scores are the same to the bit.
 */
static inline float match_score(float dot_over_norm, float inverse_norm)
{
	float score = dot_over_norm * inverse_norm;

	return score > 1.0f ? 1.0f : score < -1.0f ? -1.0f : score;
}

#endif
