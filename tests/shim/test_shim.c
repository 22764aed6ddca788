/* SPDX-License-Identifier: Apache-2.0 */
/* The shim itself: careful code passes, and each kind of carelessness is found. */
#include "shim/shim.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define LEN 3000 /* more than one sector */

static char watched[64], rebuilt[64];

static const char *in(const char *folder, const char *name)
{
	static char path[2][512];
	static size_t next;
	char *p = path[next++ % 2];

	snprintf(p, sizeof(path[0]), "%s/%s", folder, name);
	return p;
}

static void fill(char bytes[LEN], char with)
{
	memset(bytes, with, LEN);
}

/* ---- scenarios: run in a program of their own ---- */

static void put(const char *path, char with, bool sync)
{
	char bytes[LEN];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	fill(bytes, with);
	if (fd < 0 || write(fd, bytes, LEN) != LEN || (sync && fsync(fd) != 0) || close(fd) != 0)
		exit(2);
}

static void replaces_with_care(const char *folder)
{
	char bytes[LEN];

	fill(bytes, 'n');
	if (os_replace_file(in(folder, "f"), bytes, LEN, 0600, NULL) < 0)
		exit(2);
	shim_mark("done");
}

static void replaces_without_a_sync_of_the_data(const char *folder)
{
	put(in(folder, "f.new"), 'n', false);
	if (rename(in(folder, "f.new"), in(folder, "f")) != 0 || os_sync_dir(folder, NULL) < 0)
		exit(2);
	shim_mark("done");
}

static void replaces_without_a_sync_of_the_folder(const char *folder)
{
	put(in(folder, "f.new"), 'n', true);
	if (rename(in(folder, "f.new"), in(folder, "f")) != 0)
		exit(2);
	shim_mark("done");
}

static void replaces_in_place(const char *folder)
{
	put(in(folder, "f"), 'n', true);
	shim_mark("done");
}

static void destroys(const char *folder)
{
	if (os_destroy_file(in(folder, "f"), NULL) < 0)
		exit(2);
	shim_mark("done");
}

static void makes_a_folder(const char *folder)
{
	if (os_make_dir(in(folder, "d"), 0700, NULL) < 0 || os_sync_dir(folder, NULL) < 0)
		exit(2);
	put(in(folder, "d/g"), 'n', true);
	if (os_sync_dir(in(folder, "d"), NULL) < 0)
		exit(2);
	shim_mark("done");
	if (rename(in(folder, "d/g"), in(folder, "h")) != 0 || rmdir(in(folder, "d")) != 0)
		exit(2);
}

static void writes_by_stdio(const char *folder)
{
	FILE *f = fopen(in(folder, "f"), "r+b");

	if (!f || fputs("past the shim", f) < 0 || fclose(f) != 0)
		exit(2);
}

static void writes_by_mapping(const char *folder)
{
	int fd = open(in(folder, "f"), O_RDWR);
	char *at = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd < 0 || at == MAP_FAILED || munmap(at, LEN) != 0)
		exit(2);
}

static void dies(const char *folder)
{
	(void)folder;
	abort();
}

static const struct {
	const char *name;
	void (*run)(const char *folder);
} scenarios[] = {
#define SCENARIO(name)      \
	{                   \
#name, name \
	}
    SCENARIO(replaces_with_care),
    SCENARIO(replaces_without_a_sync_of_the_data),
    SCENARIO(replaces_without_a_sync_of_the_folder),
    SCENARIO(replaces_in_place),
    SCENARIO(destroys),
    SCENARIO(makes_a_folder),
    SCENARIO(writes_by_stdio),
    SCENARIO(writes_by_mapping),
    SCENARIO(dies),
};

/* ---- checks ---- */

struct seen {
	size_t states, old, new, zeros, broken, missing;
};

/* What stands in f: 'o' the old content, 'n' the new, '0' only zeros, '-' nothing, '?' neither. */
static char content(const char *path)
{
	struct buf b = {0};
	char expected[LEN], kind = '?';

	if (!os_exists(path))
		return '-';
	if (os_read_file(&b, path, 1 << 20, NULL) < 0)
		return '?';
	for (const char *c = "on"; *c; c++) {
		fill(expected, *c);
		if (b.len == LEN && memcmp(b.data, expected, LEN) == 0)
			kind = *c;
	}
	fill(expected, 0);
	if (b.len == LEN && memcmp(b.data, expected, LEN) == 0)
		kind = '0';
	buf_free(&b);
	return kind;
}

static tanu_status replaced_whole(void *self, const struct shim_crash *crash, tanu_error *err)
{
	struct seen *seen = self;
	char kind = content(in(crash->folder, "f"));

	seen->states++;
	seen->old += kind == 'o';
	seen->new += kind == 'n';
	if (kind != 'n' && (kind != 'o' || crash->marks_len > 0))
		return tanu_fail(err, TANU_ERR_FORMAT, NULL, "content %c", kind);
	return TANU_OK;
}

static tanu_status destroyed(void *self, const struct shim_crash *crash, tanu_error *err)
{
	struct seen *seen = self;
	char kind = content(in(crash->folder, "f"));

	seen->states++;
	seen->old += kind == 'o';
	seen->zeros += kind == '0';
	seen->broken += kind == '?';
	seen->missing += kind == '-';
	if (crash->marks_len > 0 && kind != '-')
		return tanu_fail(err, TANU_ERR_FORMAT, NULL, "content %c", kind);
	return TANU_OK;
}

static tanu_status folder_made(void *self, const struct shim_crash *crash, tanu_error *err)
{
	struct seen *seen = self;
	bool inside = content(in(crash->folder, "d/g")) == 'n';
	bool moved = content(in(crash->folder, "h")) == 'n';

	seen->states++;
	seen->new += moved;
	seen->missing += !inside && !moved;
	if (content(in(crash->folder, "f")) != 'o')
		return tanu_fail(err, TANU_ERR_FORMAT, NULL, "another file was touched");
	return TANU_OK;
}

static struct shim *record(const char *scenario, tanu_status expected, tanu_error *err)
{
	char *argv[] = {"/proc/self/exe", "--scenario", (char *)(uintptr_t)scenario, watched, NULL};
	struct shim *shim = NULL;
	tanu_status st;

	put(in(watched, "f"), 'o', false);
	assert_int_equal(shim_open(&shim, watched, err), TANU_OK);
	st = shim_run(shim, argv, err);
	if (st != expected)
		fail_msg("%s: %s: %s", scenario, err->place, err->message);
	return shim;
}

static void careful(const char *scenario, struct seen *seen,
		    tanu_status (*check)(void *, const struct shim_crash *, tanu_error *))
{
	tanu_error err = {0};
	struct shim *shim = record(scenario, TANU_OK, &err);

	if (shim_each_crash(shim, rebuilt, 8, check, seen, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	print_message("%s: %zu calls, %zu states\n", scenario, shim_steps(shim), seen->states);
	shim_close(&shim);
}

static void careless(const char *scenario, const char *expected)
{
	struct seen seen = {0};
	tanu_error err = {0};
	struct shim *shim = record(scenario, TANU_OK, &err);

	assert_int_equal(shim_each_crash(shim, rebuilt, 8, replaced_whole, &seen, &err),
			 TANU_INPUT);
	if (!strstr(err.place, expected))
		fail_msg("\"%s\" does not say \"%s\"", err.place, expected);
	shim_close(&shim);
}

static void a_careful_replacement_is_old_or_new(void **state)
{
	struct seen seen = {0};

	(void)state;
	careful("replaces_with_care", &seen, replaced_whole);
	assert_true(seen.old > 0 && seen.new > 0);
}

static void carelessness_is_found(void **state)
{
	(void)state;
	careless("replaces_without_a_sync_of_the_data", "rename f.new f), torn");
	careless("replaces_without_a_sync_of_the_folder", "mark done), drop");
	careless("replaces_in_place", "truncate f), keep");
}

static void a_destroyed_file_was_overwritten_first(void **state)
{
	struct seen seen = {0};

	(void)state;
	careful("destroys", &seen, destroyed);
	assert_true(seen.old > 0 && seen.zeros > 0 && seen.broken > 0 && seen.missing > 0);
}

static void names_follow_their_folders(void **state)
{
	struct seen seen = {0};

	(void)state;
	careful("makes_a_folder", &seen, folder_made);
	assert_true(seen.new > 0 && seen.missing > 0);
}

static void what_goes_past_the_shim_is_an_error(void **state)
{
	static const char *const scenario[] = {"writes_by_stdio", "writes_by_mapping"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(scenario); i++) {
		tanu_error err = {0};
		struct shim *shim = record(scenario[i], TANU_INPUT, &err);

		shim_close(&shim);
	}
}

static void a_scenario_that_dies_is_an_error(void **state)
{
	tanu_error err = {0};
	struct shim *shim = record("dies", TANU_SYSTEM, &err);

	(void)state;
	shim_close(&shim);
}

static void notes_stand_beside_marks(void **state)
{
	struct seen seen = {0};
	tanu_error err = {0};
	struct shim *shim = record("replaces_with_care", TANU_OK, &err);

	(void)state;
	assert_int_equal(shim_note(shim, "from outside", &err), TANU_OK);
	assert_int_equal(shim_each_crash(shim, rebuilt, 1, replaced_whole, &seen, &err), TANU_OK);
	shim_close(&shim);
}

static int run_scenario(const char *name, const char *folder)
{
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++) {
		if (strcmp(scenarios[i].name, name) == 0) {
			scenarios[i].run(folder);
			return 0;
		}
	}
	return 3;
}

static int clear(void **state)
{
	(void)state;
	shim_empty_folder(watched, NULL);
	return 0;
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup(name, clear)
	const struct CMUnitTest tests[] = {
	    TEST(a_careful_replacement_is_old_or_new),
	    TEST(carelessness_is_found),
	    TEST(a_destroyed_file_was_overwritten_first),
	    TEST(names_follow_their_folders),
	    TEST(what_goes_past_the_shim_is_an_error),
	    TEST(a_scenario_that_dies_is_an_error),
	    TEST(notes_stand_beside_marks),
	};
#undef TEST
	int failed;

	if (argc == 4 && strcmp(argv[1], "--scenario") == 0)
		return run_scenario(argv[2], argv[3]);
	snprintf(watched, sizeof(watched), "/tmp/tanu-shim-XXXXXX");
	snprintf(rebuilt, sizeof(rebuilt), "/tmp/tanu-shim-XXXXXX");
	if (!mkdtemp(watched) || !mkdtemp(rebuilt))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	clear(NULL);
	shim_empty_folder(rebuilt, NULL);
	rmdir(watched);
	rmdir(rebuilt);
	return failed;
}
