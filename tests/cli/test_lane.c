/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "She said no" as the demo shows it: a server, a gate, two children; each line is really run. The
 * photographs that are held up are judged by the real evidence, and open nothing.
 */
#include "cli/program.h"

#include "os/os.h"

#define SHEET TANU_SOURCE_DIR "/.deps/demo/screenshot-facematch.jpg"

static void two_children_pass_one_lane(void **state)
{
	static const char *const said[] = {
	    "nothing can enrol her",
	    "features computed of her face, ever: 0",
	    "is no live face: nothing was computed of it",
	    "has withdrawn: the same photograph is refused",
	    "the gate has erased her face within seconds and signed that it has",
	    "card and PIN open as they did before",
	};
	static const char *const words[] = {"demo", "--lane", "--sheet", SHEET, NULL};
	struct outcome o = {0};

	(void)state;
	folder_enter();
	if (!os_exists(SHEET)) {
		print_message("the demo's photographs are not here\n");
		skip();
	}
	/* A script goes by the clock: on a machine that stood still meanwhile, once more. */
	for (int tries = 0; tries < 2; tries++) {
		program_run(&o, &(struct call){.words = words});
		if (o.code == 0)
			break;
		if (!strstr(o.out, "embeddings 0, permits 0"))
			fail_msg("a photograph may have been taken for a face: %s", o.out);
		fputs(o.out, stdout); /* longer than a failure's message may be */
		fputs(o.err, stdout);
	}
	assert_int_equal(o.code, 0);
	for (size_t i = 0; i < ARRAY_LEN(said); i++)
		if (!strstr(o.out, said[i]))
			fail_msg("the transcript lacks \"%s\"", said[i]);
	assert_null(strstr(o.out, "WRONG"));
	outcome_done(&o);
	folder_leave();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_children_pass_one_lane),
	};

#ifdef TANU_SANITIZED
	(void)tests;
	puts("skipped: the gate's script has its times, and sanitizers are slow");
	return 77;
#else
	return cmocka_run_group_tests_name("cli/lane", tests, NULL, NULL);
#endif
}
