/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Yaw, pitch and roll from landmarks: a mean head of fourteen points is fitted to them by least
 * squares under scaled orthographic projection.
 */
#include "face/session.h"

#include <math.h>

/*
 * The mean head: x to the viewer's right, y down, z away from the viewer; unit: the distance of the
 * eye centres; the origin is the mean of the points. It is the rigid shape that explains the
 * landmarks of the 4,992 photographs of LFW View 1 best (alternating least squares of head and
 * poses, made symmetric), turned so that their mean pitch is zero.
 */
const struct head_point mean_head[HEAD_POINTS] = {
    {36, {-0.699F, -0.582F, 0.253F}}, {39, {-0.301F, -0.535F, 0.152F}},
    {42, {0.301F, -0.535F, 0.152F}},  {45, {0.699F, -0.582F, 0.253F}},
    {27, {0.000F, -0.597F, -0.114F}}, {28, {0.000F, -0.388F, -0.225F}},
    {29, {0.000F, -0.180F, -0.350F}}, {30, {0.000F, 0.038F, -0.465F}},
    {31, {-0.244F, 0.211F, -0.123F}}, {33, {0.000F, 0.298F, -0.228F}},
    {35, {0.244F, 0.211F, -0.123F}},  {48, {-0.458F, 0.588F, 0.281F}},
    {54, {0.458F, 0.588F, 0.281F}},   {8, {0.000F, 1.466F, 0.253F}},
};

static float dot3(const float a[3], const float b[3])
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross3(float out[3], const float a[3], const float b[3])
{
	out[0] = a[1] * b[2] - a[2] * b[1];
	out[1] = a[2] * b[0] - a[0] * b[2];
	out[2] = a[0] * b[1] - a[1] * b[0];
}

static void scale3(float v[3], float by)
{
	for (int i = 0; i < 3; i++)
		v[i] *= by;
}

/* Solve (sum over points of X X^T) r = sum of X x: one row of the projection, by Cramer's rule. */
static void fit_row(float row[3], const float points[TANU_LANDMARKS][2], int axis)
{
	float a[3][3] = {{0}}, b[3] = {0}, c[3], mean = 0;

	for (size_t i = 0; i < HEAD_POINTS; i++)
		mean += points[mean_head[i].landmark][axis] / HEAD_POINTS;
	for (size_t i = 0; i < HEAD_POINTS; i++) {
		for (int j = 0; j < 3; j++) {
			b[j] += mean_head[i].at[j] * (points[mean_head[i].landmark][axis] - mean);
			for (int k = 0; k < 3; k++)
				a[j][k] += mean_head[i].at[j] * mean_head[i].at[k];
		}
	}
	cross3(c, a[1], a[2]);
	for (int i = 0; i < 3; i++) {
		/* a is symmetric, so its rows are its columns. */
		float minor[3], det = dot3(a[0], c);

		cross3(minor, a[(i + 1) % 3], a[(i + 2) % 3]);
		row[i] = dot3(minor, b) / det;
	}
}

void pose_from_landmarks(float pose[3], const float landmarks[TANU_LANDMARKS][2])
{
	const float degrees = 57.29577951F;
	float x[3], y[3], sum[3], diff[3], z[3];

	fit_row(x, landmarks, 0);
	fit_row(y, landmarks, 1);
	scale3(x, 1 / fmaxf(sqrtf(dot3(x, x)), 1e-6F));
	scale3(y, 1 / fmaxf(sqrtf(dot3(y, y)), 1e-6F));
	/* The nearest pair of right angles: keep the bisector, turn each by as much. */
	for (int i = 0; i < 3; i++) {
		sum[i] = x[i] + y[i];
		diff[i] = x[i] - y[i];
	}
	scale3(sum, 1 / fmaxf(sqrtf(2 * dot3(sum, sum)), 1e-6F));
	scale3(diff, 1 / fmaxf(sqrtf(2 * dot3(diff, diff)), 1e-6F));
	for (int i = 0; i < 3; i++) {
		x[i] = sum[i] + diff[i];
		y[i] = sum[i] - diff[i];
	}
	cross3(z, x, y);
	/* The third column says where the nose points; -z of the head is its forward. */
	pose[0] = -asinf(fmaxf(-1, fminf(1, x[2]))) * degrees;
	pose[1] = atan2f(y[2], z[2]) * degrees;
	pose[2] = atan2f(-x[1], x[0]) * degrees;
}
