/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "face/photos.h"

#include <math.h>

static tanu_face face_of(tanu_session *session, const struct photo *p)
{
	tanu_faces faces;

	analyse(session, &faces, p);
	assert_int_equal(faces.count, 1);
	return faces.face[0];
}

/* A portrait enlarged on grey, so that turning it cuts nothing off. */
static struct photo portrait(int row, int column)
{
	struct photo face = sheet_face(row, column), frame = photo_grey(480, 480, 127);

	photo_paste(&frame, &face, 120, 120, 240, 240);
	photo_free(&face);
	return frame;
}

static void a_picture_turned_clockwise_has_that_much_roll(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo p = portrait(0, 0);
	tanu_face upright = face_of(session, &p);

	(void)state;
	for (float degrees = -20; degrees <= 20; degrees += 10) {
		struct photo turned = photo_rotated(&p, degrees);
		tanu_face f = face_of(session, &turned);

		if (fabsf(f.pose[2] - upright.pose[2] - degrees) > 4)
			fail_msg("%g degrees: roll %g", (double)degrees, (double)f.pose[2]);
		photo_free(&turned);
	}
	photo_free(&p);
	tanu_session_close(&session);
}

static void a_mirrored_face_looks_the_other_way(void **state)
{
	static const struct {
		int row, column;
		float towards; /* -1: the viewer's left, 1: right */
	} turned[] = {{4, 0, -1}, {5, 3, 1}};
	tanu_session *session = session_with(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(turned); i++) {
		struct photo p = portrait(turned[i].row, turned[i].column);
		struct photo mirrored = photo_mirrored(&p);
		tanu_face f = face_of(session, &p), g = face_of(session, &mirrored);

		assert_true(f.pose[0] * turned[i].towards > 10);
		assert_true(g.pose[0] * turned[i].towards < -10);
		assert_float_equal(f.pose[0], -g.pose[0], 8);
		assert_float_equal(f.pose[1], g.pose[1], 8);
		photo_free(&mirrored);
		photo_free(&p);
	}
	tanu_session_close(&session);
}

/* Landmarks of the mean head turned by yaw, pitch and roll, seen from far away. `unit`: px. */
static void project(float points[TANU_LANDMARKS][2], const float pose[3], float unit)
{
	float cy = cosf(pose[0] / 57.29578F), sy = sinf(pose[0] / 57.29578F);
	float cp = cosf(pose[1] / 57.29578F), sp = sinf(pose[1] / 57.29578F);
	float cr = cosf(pose[2] / 57.29578F), sr = sinf(pose[2] / 57.29578F);
	const float row[2][3] = {{cy * cr, -cy * sr, -sy},
				 {cp * sr + sp * sy * cr, cp * cr - sp * sy * sr, sp * cy}};

	for (int i = 0; i < HEAD_POINTS; i++) {
		const float *at = mean_head[i].at;
		float *point = points[mean_head[i].landmark];

		for (int k = 0; k < 2; k++)
			point[k] = 100 + unit * (row[k][0] * at[0] + row[k][1] * at[1] +
						 row[k][2] * at[2]);
	}
}

static void recovers_the_angles_of_a_turned_head(void **state)
{
	static const float angles[][3] = {{0, 0, 0},   {20, 0, 0},   {-30, 0, 0},
					  {0, 15, 0},  {0, -15, 0},  {0, 0, 25},
					  {0, 0, -25}, {15, -10, 5}, {-25, 20, -10}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(angles); i++) {
		float points[TANU_LANDMARKS][2], pose[3];

		project(points, angles[i], 37);
		pose_from_landmarks(pose, (const float(*)[2])points);
		for (int k = 0; k < 3; k++)
			assert_float_equal(pose[k], angles[i][k], 0.05);
	}
}

static void the_nose_shows_where_the_head_is_turned(void **state)
{
	float points[TANU_LANDMARKS][2], middle;

	(void)state;
	project(points, (const float[3]){20, 0, 0}, 40);
	middle = (points[36][0] + points[45][0]) / 2;
	assert_true(points[30][0] > middle + 5); /* to the viewer's right */
	project(points, (const float[3]){0, 20, 0}, 40);
	middle = points[30][1];
	project(points, (const float[3]){0, 0, 0}, 40);
	assert_true(middle < points[30][1] - 5); /* up */
	project(points, (const float[3]){0, 0, 20}, 40);
	assert_true(points[45][1] > points[36][1] + 5); /* clockwise: the right eye is lower */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_picture_turned_clockwise_has_that_much_roll),
	    cmocka_unit_test(a_mirrored_face_looks_the_other_way),
	    cmocka_unit_test(recovers_the_angles_of_a_turned_head),
	    cmocka_unit_test(the_nose_shows_where_the_head_is_turned),
	};

	return cmocka_run_group_tests_name("face/pose", tests, engine_start, engine_stop);
}
