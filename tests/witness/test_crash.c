/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A power cut at every write and sync of a witness that follows a log: afterwards it stands where
 * it has said it stands, or one further, and signs no other root for a size it has signed.
 */
#include "witness/fixture.h"

#include "shim/shim.h"

static struct memory_log honest, forked; /* differ from the first leaf on */
static const uint64_t sizes[] = {1, 2, 5, 5, 8, 21, 300};

/* ---- the scenario ---- */

static void live(const char *folder)
{
	char path[400], mark[32];
	struct witness_reply reply = {0};
	struct witness *w;
	uint64_t old = 0;

	snprintf(path, sizeof(path), "%s/w", folder);
	make_witness(path);
	shim_mark("made");
	w = open_witness(path);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		assert_int_equal(submit(w, &reply, &honest, old, sizes[i]), 200);
		old = sizes[i];
		/* The answer is out: this size has its root. */
		snprintf(mark, sizeof(mark), "%llu", (unsigned long long)old);
		shim_mark(mark);
	}
	witness_close(&w);
	buf_free(&reply.body);
}

static int scenario(const char *folder)
{
	live(folder);
	return 0;
}

/* ---- what must hold behind every cut ---- */

static tanu_status broken(tanu_error *err, const char *what, uint64_t size)
{
	return tanu_fail(err, TANU_ERR_WITNESS, NULL, "%s %llu", what, (unsigned long long)size);
}

static uint64_t stands_at(struct witness *w, struct witness_reply *reply)
{
	if (submit(w, reply, &honest, MEMORY_LEAVES - 1, MEMORY_LEAVES - 1) != 409)
		return UINT64_MAX;
	return strtoull(buf_cstr(&reply->body), NULL, 10);
}

static tanu_status check_open(struct witness *w, uint64_t said, tanu_error *err)
{
	struct witness_reply reply = {0};
	uint64_t at = stands_at(w, &reply);
	tanu_status st = TANU_OK;

	if (at == UINT64_MAX || at < said)
		st = broken(err, "it has forgotten, and stands at", at);
	for (size_t i = 0; i < ARRAY_LEN(sizes) && st == TANU_OK; i++)
		if (sizes[i] <= said &&
		    submit(w, &reply, &forked, at == sizes[i] ? at : 0, sizes[i]) == 200)
			st = broken(err, "it signs a second root for size", sizes[i]);
	if (st == TANU_OK && submit(w, &reply, &honest, at, 400) != 200)
		st = broken(err, "it does not go on from", at);
	buf_free(&reply.body);
	return st;
}

static tanu_status check(void *self, const struct shim_crash *crash, tanu_error *err)
{
	const struct clock_source clock = {.now_ms = fixed_ms};
	struct witness *w = NULL;
	uint64_t said = 0;
	char path[400];
	tanu_status st;

	(void)self;
	if (crash->marks_len == 0)
		return TANU_OK; /* it was not made yet */
	if (crash->marks_len > 1)
		said = strtoull(crash->marks[crash->marks_len - 1], NULL, 10);
	snprintf(path, sizeof(path), "%s/w", crash->folder);
	if ((st = witness_open(&w, path, &clock, err)) < 0)
		return st;
	st = check_open(w, said, err);
	witness_close(&w);
	return st;
}

static void a_cut_at_any_moment_makes_no_second_root(void **state)
{
	const char *folder = scratch_path(state, "live"), *rebuilt = scratch_path(state, "rebuilt");
	char *argv[] = {(char *)"/proc/self/exe", (char *)"--scenario", (char *)folder, NULL};
	struct shim *shim = NULL;
	tanu_error err = {0};
	tanu_status st;

	assert_int_equal(os_make_dir(folder, 0700, NULL), TANU_OK);
	assert_int_equal(os_make_dir(rebuilt, 0700, NULL), TANU_OK);
	st = shim_open(&shim, folder, &err);
	if (st == TANU_OK)
		st = shim_run(shim, argv, &err);
	if (st == TANU_OK)
		st = shim_each_crash(shim, rebuilt, 3, check, NULL, &err);
	if (st == TANU_OK)
		assert_true(shim_steps(shim) > 50);
	shim_close(&shim);
	if (st < 0)
		fail_msg("%s: %s", err.place, err.message);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_cut_at_any_moment_makes_no_second_root, scratch_make,
					    scratch_remove),
	};

	fill_log(&honest, MEMORY_LEAVES, MEMORY_LEAVES);
	fill_log(&forked, MEMORY_LEAVES, 0);
	if (argc > 2 && strcmp(argv[1], "--scenario") == 0)
		return scenario(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
