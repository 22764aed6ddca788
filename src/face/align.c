/* SPDX-License-Identifier: Apache-2.0 */
/* The upright face: a similarity transform from five points (S. Umeyama, PAMI 13(4), 1991). */
#include "face/session.h"

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
