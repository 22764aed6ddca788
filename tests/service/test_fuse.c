/* SPDX-License-Identifier: Apache-2.0 */
/* Which photographs go into a reference. */
#include "service/site.h"

#include <math.h>

#define THRESHOLD 0.4F

/* `person` is an axis; `noise` an axis of its own for each photograph. */
static tanu_embedding photo(size_t person, size_t number, float noise, float quality)
{
	tanu_embedding e = {.quality = quality, .model = {1}};
	float norm = sqrtf(1 + noise * noise);

	e.v[person] = 1 / norm;
	e.v[100 + number] = noise / norm;
	return e;
}

static void keeps_all_of_one_person(void **state)
{
	tanu_embedding e[3] = {photo(0, 0, 0.5F, 1), photo(0, 1, 0.5F, 1), photo(0, 2, 0.5F, 1)};
	bool keep[3] = {false};

	(void)state;
	MUST(fuse_select(keep, e, 3, THRESHOLD, err));
	assert_true(keep[0] && keep[1] && keep[2]);
}

static void keeps_a_single_one(void **state)
{
	tanu_embedding e = photo(0, 0, 0.5F, 1);
	bool keep = false;

	(void)state;
	MUST(fuse_select(&keep, &e, 1, THRESHOLD, err));
	assert_true(keep);
}

static void drops_the_one_of_somebody_else(void **state)
{
	tanu_embedding e[4] = {photo(0, 0, 0.5F, 1), photo(7, 1, 0.5F, 1), photo(0, 2, 0.5F, 1),
			       photo(0, 3, 0.5F, 1)};
	bool keep[4] = {false};

	(void)state;
	MUST(fuse_select(keep, e, 4, THRESHOLD, err));
	assert_true(keep[0] && keep[2] && keep[3]);
	assert_false(keep[1]);
}

static void refuses_when_no_majority_agrees(void **state)
{
	tanu_embedding two[2] = {photo(0, 0, 0.5F, 1), photo(1, 1, 0.5F, 1)};
	tanu_embedding four[4] = {photo(0, 0, 0.5F, 1), photo(0, 1, 0.5F, 1), photo(1, 2, 0.5F, 1),
				  photo(1, 3, 0.5F, 1)};
	tanu_embedding three[3] = {photo(0, 0, 0.5F, 1), photo(1, 1, 0.5F, 1),
				   photo(2, 2, 0.5F, 1)};
	bool keep[4];

	(void)state;
	REFUSES(TANU_ERR_FACE_QUALITY, fuse_select(keep, two, 2, THRESHOLD, err));
	REFUSES(TANU_ERR_FACE_QUALITY, fuse_select(keep, four, 4, THRESHOLD, err));
	REFUSES(TANU_ERR_FACE_QUALITY, fuse_select(keep, three, 3, THRESHOLD, err));
}

static void refuses_features_of_two_models(void **state)
{
	tanu_embedding e[2] = {photo(0, 0, 0.5F, 1), photo(0, 1, 0.5F, 1)};
	bool keep[2];

	(void)state;
	e[1].model[0] = 2;
	REFUSES(TANU_ERR_MODEL_MISMATCH, fuse_select(keep, e, 2, THRESHOLD, err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keeps_all_of_one_person),
	    cmocka_unit_test(keeps_a_single_one),
	    cmocka_unit_test(drops_the_one_of_somebody_else),
	    cmocka_unit_test(refuses_when_no_majority_agrees),
	    cmocka_unit_test(refuses_features_of_two_models),
	};

	return cmocka_run_group_tests_name("service/fuse", tests, NULL, NULL);
}
