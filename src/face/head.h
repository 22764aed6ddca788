/* SPDX-License-Identifier: Apache-2.0 */
/*
 * head.h - the mean head that poses are fitted with (pose.c says where it comes from): x to the
 * viewer's right, y down, z away from the viewer; unit: the distance of the eye centres.
 */
#ifndef FACE_HEAD_H
#define FACE_HEAD_H

struct head_point {
	int landmark; /* of TANU_LANDMARKS */
	float at[3];
};
#define HEAD_POINTS 14
extern const struct head_point mean_head[HEAD_POINTS];

#endif
