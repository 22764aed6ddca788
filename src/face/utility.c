/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well features will compare (ISO/IEC 29794-1: utility). The length of the embedder's output
 * says most: it is short for a face that the model makes little of, be it covered, turned away or
 * blurred. What the other measures add is linear.
 */
#include "face/session.h"

#include <math.h>

#define CLIP 4.0F /* standard deviations: one odd measure must not decide alone */

/*
 * Mean and standard deviation over the tuning half of LFW View 1, and the weight of each term:
 * ridge regression of the scores of genuine pairs, moved and stretched so that a twentieth of the
 * half is under 0.05 and half of it under 0.5. Made, and to be made again, by
 * `bench_face_accuracy fit`; docs/accuracy.md tells what it predicts.
 */
static const struct {
	float mean, deviation, weight;
} terms_of[UTILITY_TERMS] = {
    {0.000F, 1.000F, 1.185F},	 /* norm, in the deviations of the manifest */
    {-8.975F, 0.5218F, -0.447F}, /* log(1.0001 - detection) */
    {3.676F, 0.1022F, 0.206F},	 /* log(inter-eye) */
    {0.2422F, 0.0522F, 0.154F},	 /* sharpness */
    {38.08F, 9.494F, -0.229F},	 /* contrast */
    {9.207F, 7.214F, 0.150F},	 /* |yaw| */
    {9.596F, 7.084F, -0.222F},	 /* |pitch| */
    {2.446F, 2.441F, -0.229F},	 /* |roll| */
    {0.9242F, 0.2279F, 0.343F},	 /* eyes-open */
};
#define INTERCEPT -0.187F

void utility_terms(float terms[UTILITY_TERMS], const tanu_face *face, float norm,
		   const struct model_manifest *embedder)
{
	const float *v = face->quality.value;
	const float all[UTILITY_TERMS] = {
	    embedder->norm_deviation > 0 ? (norm - embedder->norm_mean) / embedder->norm_deviation
					 : 0,
	    logf(1.0001F - fminf(face->detection, 1)),
	    logf(fmaxf(v[TANU_QUALITY_INTER_EYE], 1)),
	    v[TANU_QUALITY_SHARPNESS],
	    v[TANU_QUALITY_CONTRAST],
	    fabsf(v[TANU_QUALITY_YAW]),
	    fabsf(v[TANU_QUALITY_PITCH]),
	    fabsf(v[TANU_QUALITY_ROLL]),
	    v[TANU_QUALITY_EYES_OPEN],
	};

	for (size_t i = 0; i < UTILITY_TERMS; i++)
		terms[i] = all[i];
}

float utility_of(const float terms[UTILITY_TERMS])
{
	float sum = INTERCEPT;

	for (size_t i = 0; i < UTILITY_TERMS; i++) {
		float z = (terms[i] - terms_of[i].mean) / terms_of[i].deviation;

		sum += terms_of[i].weight * fmaxf(-CLIP, fminf(CLIP, z));
	}
	return 1 / (1 + expf(-sum));
}
