/* SPDX-License-Identifier: Apache-2.0 */
/* A short morning at a real site, whose server fails in the middle; skips without models or data.
 */
#include "gateway/day.h"

#ifdef TANU_SYNTHETIC_LIVENESS

static void what_happened_at_the_doors_stands_at_the_site_once(void **state)
{
	struct day *day = day_new();
	struct crowd_site site = day_site(day);
	struct day_sums s;
	struct morning m;

	(void)state;
	morning_run(&m, 40, 2, &site);
	morning_print(&m);
	s = day_sums(day);
	assert_int_equal(m.wrong_in, 0);
	assert_int_equal(m.prints_in, 0);
	assert_int_equal(m.right_in[0], m.right[0]);
	assert_int_equal(m.right_in[1], m.right[1]);
	assert_true(m.by_lane[0] > 0 && m.by_lane[1] > 0);
	assert_true(m.waiting_most > 5); /* the server was away */
	/* each event once, and the sums of both sides are one */
	assert_int_equal(m.lost, 0);
	assert_int_equal(s.missing, 0);
	assert_int_equal(s.told, m.events);
	assert_int_equal(s.grants, m.by_lane[0] + m.by_lane[1]);
	assert_int_equal(s.admitted, s.told_admitted);
	assert_int_equal(s.embeddings, m.embeddings);
	assert_int_equal(s.permits, m.permits);
	assert_int_equal(s.embeddings, s.permits);
	for (int lane = 0; lane < 2; lane++)
		assert_int_equal(s.lane_admitted[lane], m.by_lane[lane]);
	/* she took her consent back: from then on nothing was computed of her face */
	assert_true(s.withdrew && s.came_after > 0);
	assert_int_equal(s.after_withdrawal, 0);
	morning_free(&m);
	day_free(day);
}

int main(void)
{
	static struct pair_of_photos unused[1];
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_happened_at_the_doors_stands_at_the_site_once),
	};

	if (!crowd_find(unused, 1))
		return 77;
	return cmocka_run_group_tests_name("gateway/morning", tests, engine_start, engine_stop);
}

#else

int main(void)
{
	print_message("skipped: this build has no evidence that a test makes up\n");
	return 77;
}

#endif
