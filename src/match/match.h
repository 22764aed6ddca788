/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h - the scan kernels behind <tanu/match.h>, for this folder, its tests and bench/.
 *
 * A kernel computes integer dot products, and keeps the best of them over the norms by a product
 * and comparisons alone, so every kernel gives the same bits.
 */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H

#include "os/os.h"

#include <math.h>
#include <tanu/match.h>

/* Bounds may let a face pass with a quality of 0; it still counts a little. */
#define MATCH_LEAST_WEIGHT 0.01f

/*
 * The best and second-best dot product over the row's norm (1 / norm is kept), and the first row
 * that has the best: of every 16th row by itself, so that they can be judged side by side.
 */
#define MATCH_LANES 16
struct match_lanes {
	float best[MATCH_LANES];
	float second[MATCH_LANES]; /* an equal of the best is its runner-up */
	uint32_t index[MATCH_LANES];
};

struct match_kernel {
	const char *name;
	bool (*usable)(const struct os_cpu *cpu);
	/*
	 * dots[i] = sum over k of probe[k] * (rows[i * TANU_FEATURES + k] - 128), for `rows_len`
	 * rows. Rows are unsigned, 128 more than the feature, because processors multiply an
	 * unsigned by a signed byte. Any byte is allowed (the sum stays below 2^24); no alignment
	 * is asked for.
	 */
	void (*dots)(int32_t *dots, const int8_t *probe, const uint8_t *rows, size_t rows_len);
	/*
	 * Takes the dot products of `len` rows, the first of which is number `first`, over their
	 * norms into the lanes, row first + i into lane i % MATCH_LANES. Without branches on
	 * scores, which come in any order.
	 */
	void (*scan)(struct match_lanes *lanes, const int8_t *probe, const uint8_t *rows,
		     const float *inverse_norms, uint32_t first, size_t len);
};

/* All kernels of this build, slowest first; the first is the readable C one, usable everywhere. */
const struct match_kernel *match_kernels(size_t *count);

/*
 * The one in use: the last usable of the table, or the one that $TANU_MATCH_KERNEL names if this
 * processor can run it.
 */
const struct match_kernel *match_kernel(void);

void match_dots_c(int32_t *dots, const int8_t *probe, const uint8_t *rows, size_t rows_len);
/* Dot products that are there already, into the lanes: what each `scan` must do with its own. */
void match_judge_c(struct match_lanes *lanes, const int32_t *dots, const float *inverse_norms,
		   uint32_t first, size_t len);
void match_scan_c(struct match_lanes *lanes, const int8_t *probe, const uint8_t *rows,
		  const float *inverse_norms, uint32_t first, size_t len);
#if defined(__x86_64__)
void match_dots_avx2(int32_t *dots, const int8_t *probe, const uint8_t *rows, size_t rows_len);
void match_dots_avx512vnni(int32_t *dots, const int8_t *probe, const uint8_t *rows,
			   size_t rows_len);
void match_scan_avx512vnni(struct match_lanes *lanes, const int8_t *probe, const uint8_t *rows,
			   const float *inverse_norms, uint32_t first, size_t len);
#elif defined(__aarch64__)
void match_dots_neon(int32_t *dots, const int8_t *probe, const uint8_t *rows, size_t rows_len);
void match_dots_neon_dotprod(int32_t *dots, const int8_t *probe, const uint8_t *rows,
			     size_t rows_len);
#endif

/* No row taken yet. */
static inline void match_lanes_blank(struct match_lanes *lanes)
{
	for (size_t k = 0; k < MATCH_LANES; k++) {
		lanes->best[k] = -INFINITY;
		lanes->second[k] = -INFINITY;
		lanes->index[k] = 0;
	}
}

/* Features as a row for the kernels. */
void match_row(uint8_t row[TANU_FEATURES], const int8_t v[TANU_FEATURES]);

/* Dot product of two vectors of features. */
int32_t match_dot(const int8_t a[TANU_FEATURES], const int8_t b[TANU_FEATURES]);

/* 1 / L2 norm of an int8 vector, 0 for the zero vector. */
float match_inverse_norm(const int8_t v[TANU_FEATURES]);

/* Its L2 norm as a reference keeps it. */
float match_norm(const int8_t v[TANU_FEATURES]);

/* The largest of the features. TANU_INPUT (format): one is not finite, or all are zero. */
tanu_status match_largest(float *out, const tanu_embedding *in, tanu_error *err);

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
