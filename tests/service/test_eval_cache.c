/* SPDX-License-Identifier: Apache-2.0 */
#include "service/eval_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define HOUR ((int64_t)60 * 60 * 1000)
#define SEEN 3 /* with features, without, and no face */

static const uint8_t context[DIGEST_LEN] = "models and program";

struct fixture {
	char home[64];
	struct eval_sample sample[SEEN];
	uint8_t content[SEEN][DIGEST_LEN];
};

static const char *path_of(const struct fixture *f, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/tanu/%s", f->home, name);
	return path;
}

static void see(struct fixture *f)
{
	for (uint8_t i = 0; i < SEEN; i++)
		memset(f->content[i], i + 1, DIGEST_LEN);
	for (size_t i = 0; i < TANU_FEATURES; i++)
		f->sample[0].embedding.v[i] = 0.001f * (float)i;
	f->sample[0].features = true;
	f->sample[0].quality.unified = 0.5f;
	f->sample[1].liveness = 0.75f;
	tanu_fail(&f->sample[2].failure, TANU_ERR_NO_FACE, NULL, "no face was found");
}

static void save(struct fixture *f)
{
	struct eval_cache *cache = NULL;

	assert_int_equal(eval_cache_open(&cache, context, HOUR, NULL), TANU_OK);
	assert_int_equal(
	    eval_cache_save(cache, f->sample, (const uint8_t(*)[DIGEST_LEN])f->content, SEEN, NULL),
	    TANU_OK);
	eval_cache_close(&cache);
	assert_null(cache);
}

static int enter(void **state)
{
	static struct fixture f;

	f = (struct fixture){.home = "/tmp/tanu-seen-XXXXXX"};
	assert_non_null(mkdtemp(f.home));
	setenv("XDG_CACHE_HOME", f.home, 1);
	see(&f);
	save(&f);
	*state = &f;
	return 0;
}

static int leave(void **state)
{
	struct fixture *f = *state;
	char dir[128];

	unlink(path_of(f, "seen"));
	unlink(path_of(f, "seen.key"));
	unlink(path_of(f, "seen.lock"));
	snprintf(dir, sizeof(dir), "%s/tanu", f->home);
	assert_int_equal(rmdir(dir), 0);
	return rmdir(f->home);
}

/* How many of the three are known. */
static int known(const struct fixture *f, const uint8_t of[DIGEST_LEN], int64_t keep_ms,
		 bool features)
{
	struct eval_cache *cache = NULL;
	struct eval_sample got;
	int n = 0;

	assert_int_equal(eval_cache_open(&cache, of, keep_ms, NULL), TANU_OK);
	for (size_t i = 0; i < SEEN; i++)
		n += eval_cache_get(cache, &got, f->content[i], features);
	eval_cache_close(&cache);
	return n;
}

static void what_was_seen_comes_back_the_same(void **state)
{
	const struct fixture *f = *state;
	struct eval_cache *cache = NULL;
	struct eval_sample got;

	assert_int_equal(eval_cache_open(&cache, context, HOUR, NULL), TANU_OK);
	assert_true(eval_cache_get(cache, &got, f->content[0], true));
	assert_true(got.cached && got.features);
	assert_memory_equal(got.embedding.v, f->sample[0].embedding.v, sizeof(got.embedding.v));
	assert_true(got.quality.unified == 0.5f);
	assert_true(eval_cache_get(cache, &got, f->content[1], false));
	assert_true(got.liveness == 0.75f && !got.features);
	assert_true(eval_cache_get(cache, &got, f->content[2], true));
	assert_int_equal(got.failure.code, TANU_ERR_NO_FACE);
	eval_cache_close(&cache);
}

static void features_that_were_not_computed_are_not_known(void **state)
{
	assert_int_equal(known(*state, context, HOUR, false), 3);
	assert_int_equal(known(*state, context, HOUR, true), 2);
}

static void features_that_came_later_replace_the_record(void **state)
{
	struct fixture *f = *state;
	struct stat before, after;

	assert_int_equal(stat(path_of(f, "seen"), &before), 0);
	f->sample[1].features = true;
	save(f);
	assert_int_equal(stat(path_of(f, "seen"), &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(known(f, context, HOUR, true), 3);
}

static void another_context_knows_nothing(void **state)
{
	static const uint8_t other[DIGEST_LEN] = "another program";

	assert_int_equal(known(*state, other, HOUR, false), 0);
}

static void what_is_too_old_is_dropped(void **state)
{
	struct fixture *f = *state;
	struct eval_cache *cache = NULL;
	struct stat left;

	assert_int_equal(known(f, context, 0, false), 0);
	assert_int_equal(eval_cache_open(&cache, context, 0, NULL), TANU_OK);
	assert_int_equal(eval_cache_save(cache, NULL, NULL, 0, NULL), TANU_OK);
	eval_cache_close(&cache);
	assert_int_equal(stat(path_of(f, "seen"), &left), 0);
	assert_true(left.st_size < 64); /* nothing but its head */
}

static void neither_features_nor_names_are_in_clear(void **state)
{
	const struct fixture *f = *state;
	struct buf file = {0};
	struct stat s;

	assert_int_equal(os_read_file(&file, path_of(f, "seen"), 1 << 20, NULL), TANU_OK);
	assert_null(memmem(file.data, file.len, &f->sample[0].embedding.v[5], 16));
	for (size_t i = 0; i < SEEN; i++)
		assert_null(memmem(file.data, file.len, f->content[i], DIGEST_LEN));
	buf_free(&file);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(stat(path_of(f, i ? "seen" : "seen.key"), &s), 0);
		assert_int_equal(s.st_mode & 0777, 0600);
	}
}

static void flip(const struct fixture *f, size_t at)
{
	struct buf file = {0};

	assert_int_equal(os_read_file(&file, path_of(f, "seen"), 1 << 20, NULL), TANU_OK);
	file.data[at < file.len ? at : file.len - 1] ^= 1;
	assert_int_equal(os_replace_file(path_of(f, "seen"), file.data, file.len, 0600, NULL),
			 TANU_OK);
	buf_free(&file);
}

static void a_damaged_record_is_not_known(void **state)
{
	struct fixture *f = *state;

	flip(f, SIZE_MAX);
	assert_int_equal(known(f, context, HOUR, false), 2);
	flip(f, 16 + 32); /* the time of the first one is sealed with it */
	assert_int_equal(known(f, context, HOUR, false), 1);
	flip(f, 0); /* not our file */
	assert_int_equal(known(f, context, HOUR, false), 0);
}

static void without_its_key_nothing_opens(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(unlink(path_of(f, "seen.key")), 0);
	assert_int_equal(known(f, context, HOUR, false), 0);
	save(f); /* and it goes on under a new one */
	assert_int_equal(known(f, context, HOUR, false), 3);
}

static void one_program_at_a_time_has_it(void **state)
{
	struct eval_cache *one = NULL, *two = NULL;

	(void)state;
	assert_int_equal(eval_cache_open(&one, context, HOUR, NULL), TANU_OK);
	assert_int_equal(eval_cache_open(&two, context, HOUR, NULL), TANU_BUSY);
	assert_null(two);
	eval_cache_close(&one);
}

static void forgetting_destroys_key_and_file(void **state)
{
	const struct fixture *f = *state;

	assert_int_equal(service_eval_forget(NULL), TANU_OK);
	assert_false(os_exists(path_of(f, "seen")));
	assert_false(os_exists(path_of(f, "seen.key")));
	assert_int_equal(service_eval_forget(NULL), TANU_OK);
}

static void without_a_home_nothing_is_remembered(void **state)
{
	struct eval_cache *cache = NULL;
	char *home = getenv("HOME") ? strdup(getenv("HOME")) : NULL;

	(void)state;
	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	assert_int_equal(eval_cache_open(&cache, context, HOUR, NULL), TANU_NOT_FOUND);
	if (home)
		setenv("HOME", home, 1);
	free(home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(what_was_seen_comes_back_the_same, enter, leave),
	    cmocka_unit_test_setup_teardown(features_that_were_not_computed_are_not_known, enter,
					    leave),
	    cmocka_unit_test_setup_teardown(features_that_came_later_replace_the_record, enter,
					    leave),
	    cmocka_unit_test_setup_teardown(another_context_knows_nothing, enter, leave),
	    cmocka_unit_test_setup_teardown(what_is_too_old_is_dropped, enter, leave),
	    cmocka_unit_test_setup_teardown(neither_features_nor_names_are_in_clear, enter, leave),
	    cmocka_unit_test_setup_teardown(a_damaged_record_is_not_known, enter, leave),
	    cmocka_unit_test_setup_teardown(without_its_key_nothing_opens, enter, leave),
	    cmocka_unit_test_setup_teardown(one_program_at_a_time_has_it, enter, leave),
	    cmocka_unit_test_setup_teardown(forgetting_destroys_key_and_file, enter, leave),
	    cmocka_unit_test_setup_teardown(without_a_home_nothing_is_remembered, enter, leave),
	};

	return cmocka_run_group_tests_name("service/eval_cache", tests, NULL, NULL);
}
