/* SPDX-License-Identifier: Apache-2.0 */
#include "face/session.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const tanu_pixels image = {.width = 200, .height = 200};

static tanu_face face_at(float x, float y, float side)
{
	return (tanu_face){.box = {x - side / 2, y - side / 2, x + side / 2, y + side / 2}};
}

static size_t chosen_of(const tanu_face *face, size_t count, bool central, tanu_choice why)
{
	size_t chosen = 99;

	assert_int_equal(choose_face(&chosen, face, count, &image, central), why);
	return chosen;
}

static void nothing_is_chosen_of_nothing(void **state)
{
	tanu_face face = face_at(100, 100, 50);

	(void)state;
	assert_int_equal(chosen_of(&face, 0, false, TANU_CHOICE_NONE), 0);
	assert_int_equal(chosen_of(&face, 0, true, TANU_CHOICE_NONE), 0);
	assert_int_equal(chosen_of(&face, 1, false, TANU_CHOICE_ONLY), 0);
	assert_int_equal(chosen_of(&face, 1, true, TANU_CHOICE_ONLY), 0);
}

static void at_a_door_the_clearly_largest_is_meant(void **state)
{
	const tanu_face face[] = {face_at(40, 40, 80), face_at(100, 100, 50)};

	(void)state;
	assert_int_equal(chosen_of(face, 2, false, TANU_CHOICE_LARGEST), 0);
}

static void of_similar_ones_the_central_is_meant(void **state)
{
	const tanu_face face[] = {face_at(40, 40, 60), face_at(110, 100, 55),
				  face_at(100, 100, 30)};

	(void)state;
	assert_int_equal(chosen_of(face, 3, false, TANU_CHOICE_CENTRAL), 1);
}

static void in_a_set_cut_so_the_central_is_meant_whatever_its_size(void **state)
{
	const tanu_face face[] = {face_at(40, 40, 80), face_at(150, 40, 50), face_at(101, 100, 45)};

	(void)state;
	assert_int_equal(chosen_of(face, 3, true, TANU_CHOICE_CENTRAL), 2);
	assert_int_equal(chosen_of(face, 2, true, TANU_CHOICE_CENTRAL), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_chosen_of_nothing),
	    cmocka_unit_test(at_a_door_the_clearly_largest_is_meant),
	    cmocka_unit_test(of_similar_ones_the_central_is_meant),
	    cmocka_unit_test(in_a_set_cut_so_the_central_is_meant_whatever_its_size),
	};

	return cmocka_run_group_tests_name("face/choose", tests, NULL, NULL);
}
