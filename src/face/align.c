/* SPDX-License-Identifier: Apache-2.0 */
/* The upright face: a similarity transform from five points (S. Umeyama, PAMI 13(4), 1991). */
#include "face/session.h"

#include <assert.h>
#include <math.h>

#define WARPS_MAX 12 /* along a side */

struct centred {
	float x, y; /* centre */
	float p[5][2];
};

static struct centred centre_points(const float five[5][2])
{
	struct centred c = {0};

	for (int i = 0; i < 5; i++) {
		c.x += five[i][0] / 5;
		c.y += five[i][1] / 5;
	}
	for (int i = 0; i < 5; i++) {
		c.p[i][0] = five[i][0] - c.x;
		c.p[i][1] = five[i][1] - c.y;
	}
	return c;
}

void align_matrix(float m[6], const float five[5][2], const struct model_manifest *embedder,
		  int32_t width)
{
	struct centred face = centre_points(five);
	struct centred to = centre_points(embedder->align);
	float zoom = (float)embedder->width / (float)width;
	float dot = 0, cross = 0, norm = 0;
	float a, b, det;

	for (int i = 0; i < 5; i++) {
		dot += face.p[i][0] * to.p[i][0] + face.p[i][1] * to.p[i][1];
		cross += face.p[i][0] * to.p[i][1] - face.p[i][1] * to.p[i][0];
		norm += face.p[i][0] * face.p[i][0] + face.p[i][1] * face.p[i][1];
	}
	/* face -> template is [a -b; b a]; the warp wants the way back. */
	a = dot / norm;
	b = cross / norm;
	det = a * a + b * b;
	m[0] = zoom * a / det;
	m[1] = zoom * b / det;
	m[3] = -zoom * b / det;
	m[4] = zoom * a / det;
	m[2] = face.x - (a * to.x + b * to.y) / det;
	m[5] = face.y - (a * to.y - b * to.x) / det;
}

void warp_face(tanu_session *session, float *out, const struct image_tensor_spec *spec,
	       const tanu_pixels *image, const float m[6])
{
	/* Bilinear sampling reads two pixels a side: enough up to a shrinking of three. */
	int side = (int)fminf(fmaxf(roundf(hypotf(m[0], m[3]) / 2), 1), WARPS_MAX);
	size_t len = (size_t)spec->dst_w * (size_t)spec->dst_h * (size_t)spec->channels;
	struct image_tensor_spec part = *spec;

	assert(len <= session->scratch_len);
	part.scale /= (float)(side * side);
	for (int i = 0; i < side * side; i++) {
		float x = ((float)(i % side) + 0.5F) / (float)side - 0.5F;
		float y = ((float)(i / side) + 0.5F) / (float)side - 0.5F;
		const float shifted[6] = {m[0], m[1], m[2] + m[0] * x + m[1] * y,
					  m[3], m[4], m[5] + m[3] * x + m[4] * y};
		float *to = i ? session->scratch : out;

		image_warp_to_tensor(to, &part, image, shifted);
		for (size_t k = 0; i > 0 && k < len; k++)
			out[k] += to[k];
	}
}
