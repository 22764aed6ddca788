/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h - compare features: 1:1, and exact 1:N over a gallery held in memory.
 *
 * A comparison score is a cosine, -1 to 1, higher is closer; it is never a percentage. A decision
 * is a type of its own whose zero value is "no match", and it carries the threshold and the false
 * match rate (FMR) that this threshold stands for. Features of different models are never compared.
 *
 * Argument order everywhere: handle, outputs, inputs, options, tanu_error * last; a length sits
 * right after the array it measures. The module allocates only in tanu_gallery_new, and for
 * threads.
 */
#ifndef TANU_MATCH_H
#define TANU_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tanu/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TANU_FEATURES	    512 /* length of an embedding */
#define TANU_MODEL_DIGEST   32	/* SHA-256 of the embedder's weights */
#define TANU_REFERENCE_LEN  560 /* bytes of an encoded reference, see tanu_reference_encode */
#define TANU_REFERENCE4_LEN 257 /* bytes of one in 4 bits, see tanu_reference4_encode */

/* Features of one sample, L2-normalised. Biometric: wipe after use (tanu_embedding_wipe). */
typedef struct tanu_embedding {
	float v[TANU_FEATURES];
	float quality; /* 0..1, how well it is expected to compare, higher is better */
	uint8_t model[TANU_MODEL_DIGEST];
	bool fused; /* of several samples (tanu_embedding_fuse) */
} tanu_embedding;

/* A stored reference: features quantised to 8 bits. v[i] * scale approximates the embedding. */
typedef struct tanu_reference {
	int8_t v[TANU_FEATURES];
	float scale;
	float norm; /* L2 norm of the int8 vector; recomputed before use, a check of stored bytes */
	float quality;
	uint8_t model[TANU_MODEL_DIGEST];
	bool fused; /* of several samples: strangers match it more often at one threshold */
} tanu_reference;

typedef enum tanu_match_result {
	TANU_NO_MATCH = 0,
	TANU_MATCH = 1,
} tanu_match_result;

typedef struct tanu_decision {
	tanu_match_result result;
	float score;	   /* cosine of the best candidate */
	float threshold;   /* score at or above which it is a match */
	double fmr;	   /* false match rate that the threshold stands for, per comparison */
	bool extrapolated; /* that rate rests on a fitted tail, not on counted pairs */
	float margin; /* 1:N: best score minus the runner-up's, or minus -1 (the lowest score there
		    is) where there is one entry; 1:1: score minus threshold */
	size_t index; /* 1:N: position of the best candidate in the gallery */
} tanu_decision;

/* One point of a model's calibration: the lowest score that keeps this false match rate. */
typedef struct tanu_calibration_point {
	double fmr;
	float score;
	float fnmr;	   /* measured on the same data, 0..1; not a number: unknown */
	float low, high;   /* 95% interval of `score`, resampling people; both 0: unknown */
	bool extrapolated; /* no longer counted: taken from a tail fitted to the highest scores */
} tanu_calibration_point;

#define TANU_CALIBRATION_MAX 32
typedef struct tanu_calibration {
	size_t count; /* points, sorted by falling fmr and rising score */
	tanu_calibration_point point[TANU_CALIBRATION_MAX];
	char population[160]; /* whom it was measured on, in words */
} tanu_calibration;

/*
 * Quantise to 8 bits (symmetric, one scale a vector) and back. The source must be finite and not
 * all zero (TANU_INPUT, format). A score of quantised features differs from that of the floats by
 * about 0.0005.
 */
TANU_API tanu_status tanu_reference_from(tanu_reference *out, const tanu_embedding *in,
					 tanu_error *err);
TANU_API void tanu_reference_to(tanu_embedding *out, const tanu_reference *in);

/*
 * The stored form, all little-endian: version u8 = 1, flags u8 (1: fused), length u16 = 512, model
 * 32, quality f32, scale f32, norm f32, 512 int8. Decoding refuses a wrong length or version,
 * unknown flags, a quality outside 0..1, a scale that is not positive and finite, the zero vector,
 * and a norm that is not that of the vector (TANU_INPUT, format).
 */
TANU_API void tanu_reference_encode(uint8_t out[TANU_REFERENCE_LEN], const tanu_reference *in);
TANU_API tanu_status tanu_reference_decode(tanu_reference *out, const uint8_t *bytes,
					   size_t bytes_len, tanu_error *err);

/*
 * A reference in 4 bits a feature, short enough for a printed QR code: quality u8 (in 127ths; the
 * highest bit: fused), then 256 bytes, the feature of even number in the low half. A code is a sign
 * (8: negative) and one of eight levels, those that lose least of what is normally distributed, as
 * features are; which value the levels are multiplied by is chosen for each sample and need not be
 * kept, because features have unit length. A score against it differs by about 0.004
 * (docs/accuracy.md).
 *
 * Encoding refuses what tanu_reference_from refuses. Decoding takes any bytes of the right length
 * (else TANU_INPUT, format); who calls it knows by which model the features were made.
 */
TANU_API tanu_status tanu_reference4_encode(uint8_t out[TANU_REFERENCE4_LEN],
					    const tanu_embedding *in, tanu_error *err);
TANU_API tanu_status tanu_reference4_decode(tanu_reference *out, const uint8_t *bytes,
					    size_t bytes_len,
					    const uint8_t model[TANU_MODEL_DIGEST],
					    tanu_error *err);

/*
 * Score of a probe and a reference. TANU_REFUSED (model-mismatch) when the models differ,
 * TANU_INPUT (format) when either is the zero vector.
 */
TANU_API tanu_status tanu_compare(float *score, const tanu_reference *probe,
				  const tanu_reference *reference, tanu_error *err);

/*
 * Score of several frames of one moment and a reference: the mean of their scores, weighted by
 * their quality. Not the score of their mean: features fused and stretched to unit length are
 * closer to everybody, so that the rate of false matches would be up to twice what the threshold
 * stands for (docs/accuracy.md). `keep` says which of them count; NULL: all. TANU_INPUT (format):
 * none does; else as tanu_compare.
 */
TANU_API tanu_status tanu_compare_frames(float *score, const tanu_embedding *frames,
					 const bool *keep, size_t frames_len,
					 const tanu_reference *reference, tanu_error *err);

/* Score of two embeddings in float, for measuring what quantising costs. */
TANU_API tanu_status tanu_compare_float(float *score, const tanu_embedding *a,
					const tanu_embedding *b, tanu_error *err);

/*
 * One embedding of several of the same person, as a reference of several photographs: their mean
 * weighted by quality, of unit length; its quality is the mean of theirs. It is closer to everybody
 * than one photograph is, and marked `fused` for tanu_threshold_for_reference. `keep`: which to
 * use, NULL for all. TANU_REFUSED (model-mismatch) when the
 * models differ, TANU_INPUT (format) when the features cancel out.
 */
TANU_API tanu_status tanu_embedding_fuse(tanu_embedding *out, const tanu_embedding *embeddings,
					 const bool *keep, size_t embeddings_len, tanu_error *err);

/* A score to decide at, and what the calibration says about it. */
typedef struct tanu_threshold {
	float score;	   /* at or above it is a match */
	double fmr;	   /* false match rate that it stands for, per comparison */
	bool extrapolated; /* a point that this rests on was not counted but fitted */
	float low, high;   /* 95% interval of `score`; both 0: unknown */
	float fnmr;	   /* expected share of right people refused; not a number: unknown */
} tanu_threshold;

/*
 * The threshold for a target false match rate, interpolated in log10(fmr) between points. A target
 * outside the calibrated range is TANU_USAGE (setting) and the message names the range; nothing is
 * guessed beyond the last point. A calibration that is empty or not in order is TANU_INPUT
 * (model-format).
 */
TANU_API tanu_status tanu_threshold_for_fmr(tanu_threshold *out, const tanu_calibration *cal,
					    double fmr, tanu_error *err);

/*
 * The threshold at which this reference keeps that rate. One of several samples is matched by
 * strangers up to TANU_FUSED_FMR times as often as one of a single sample (docs/accuracy.md), so
 * its threshold is that of the lower rate; what FNMR goes with it is not known. The range is as
 * above.
 */
#define TANU_FUSED_FMR 2
TANU_API tanu_status tanu_threshold_for_reference(tanu_threshold *out, const tanu_calibration *cal,
						  double fmr, const tanu_reference *reference,
						  tanu_error *err);

/*
 * The threshold for a search among `count` people that takes a share `fpir` of strangers for one of
 * them: that for fmr = fpir / count or, where this asks for less than the laxest calibrated point,
 * that point's. TANU_USAGE (setting): fpir is not in 0..1, or more people than the calibration
 * supports.
 */
TANU_API tanu_status tanu_threshold_for_search(tanu_threshold *out, const tanu_calibration *cal,
					       double fpir, size_t count, tanu_error *err);

/* 1:1 decision from a score. A score or threshold that is not finite is no match. */
TANU_API tanu_decision tanu_decide(float score, const tanu_threshold *threshold);

/* A gallery of references of one model, laid out for scanning. Not thread-safe while changed;
 * any number of threads may search it meanwhile unchanged. */
typedef struct tanu_gallery tanu_gallery;

/* Room for `capacity` references, 517 bytes each. */
TANU_API tanu_status tanu_gallery_new(tanu_gallery **out, size_t capacity, tanu_error *err);
TANU_API void tanu_gallery_free(tanu_gallery **gallery); /* wipes */
/* TANU_REFUSED: gallery-full, or model-mismatch with the entries that are there. */
TANU_API tanu_status tanu_gallery_add(tanu_gallery *gallery, size_t *index,
				      const tanu_reference *reference, tanu_error *err);
/* Moves the last entry into the hole; `*moved_from` is its old index (== index if it was last). */
TANU_API tanu_status tanu_gallery_remove(tanu_gallery *gallery, size_t *moved_from, size_t index,
					 tanu_error *err);
TANU_API size_t tanu_gallery_count(const tanu_gallery *gallery);

/*
 * Exact 1:N search over one reference a person (a second one of the same person would be its own
 * runner-up). The decision's threshold is that of tanu_threshold_for_search, where a reference of
 * several samples counts as TANU_FUSED_FMR. A best score under it,
 * or a margin under `min_margin` (0 to 2), is TANU_NO_MATCH. A tie for the best is TANU_NO_MATCH
 * whatever `min_margin` is; `index` is the first of the equals. An empty gallery is TANU_OK with
 * the zero decision. Plan for TANU_USAGE (setting): the gallery is larger than the calibration
 * supports.
 */
TANU_API tanu_status tanu_gallery_search(const tanu_gallery *gallery, tanu_decision *out,
					 const tanu_reference *probe, const tanu_calibration *cal,
					 double fpir, float min_margin, tanu_error *err);

/*
 * The same for `probes_len` probes, each decided by itself into `out[i]`: to the bit what
 * tanu_gallery_search would say, whatever the number of threads. The gallery is read once for 32
 * probes. `workers`: threads that share it, 0 for one a core; a gallery too small to be worth them
 * takes fewer. A fault of any probe is told and no decision is written.
 */
TANU_API tanu_status tanu_gallery_search_many(const tanu_gallery *gallery, tanu_decision *out,
					      const tanu_reference *probes, size_t probes_len,
					      const tanu_calibration *cal, double fpir,
					      float min_margin, size_t workers, tanu_error *err);

/* All scores of one probe: `scores` holds `scores_len` >= count floats. */
TANU_API tanu_status tanu_gallery_scores(const tanu_gallery *gallery, float *scores,
					 size_t scores_len, const tanu_reference *probe,
					 tanu_error *err);

TANU_API void tanu_embedding_wipe(tanu_embedding *embedding);
TANU_API void tanu_reference_wipe(tanu_reference *reference);

/*
 * The kernel picked for this processor: "c", "avx2", "avx512vnni", "neon", "neon-dotprod". All give
 * the same scores to the last bit. TANU_MATCH_KERNEL in the environment picks another, for tests.
 */
TANU_API const char *tanu_match_kernel(void);

#ifdef __cplusplus
}
#endif
#endif
