/* SPDX-License-Identifier: Apache-2.0 */
/* Reading files, asking about them, and folders. */
#include <setjmp.h>
#include <sys/wait.h>
#include <time.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void reads_a_file_whole(void **state)
{
	const char *path = scratch_path(state, "a");
	struct buf out = {0};

	file_write(path, "hello");
	buf_str(&out, "old");
	assert_int_equal(os_read_file(&out, path, 5, NULL), TANU_OK);
	assert_int_equal(out.len, 5);
	assert_memory_equal(out.data, "hello", 5);
	buf_free(&out);
}

static void reads_an_empty_file(void **state)
{
	const char *path = scratch_path(state, "a");
	struct buf out = {0};

	file_write(path, "");
	assert_int_equal(os_read_file(&out, path, 0, NULL), TANU_OK);
	assert_int_equal(out.len, 0);
	buf_free(&out);
}

static void reads_a_file_larger_than_one_read(void **state)
{
	const char *path = scratch_path(state, "a");
	struct buf out = {0};
	char *text = malloc(100001);

	assert_non_null(text);
	memset(text, 'x', 100000);
	text[100000] = '\0';
	file_write(path, text);
	assert_int_equal(os_read_file(&out, path, 100000, NULL), TANU_OK);
	assert_int_equal(out.len, 100000);
	assert_memory_equal(out.data, text, 100000);
	buf_free(&out);
	free(text);
}

static void refuses_a_file_over_the_limit_and_keeps_the_output(void **state)
{
	const char *path = scratch_path(state, "a");
	struct buf out = {0};
	tanu_error err = {0};

	file_write(path, "hello");
	buf_str(&out, "old");
	assert_int_equal(os_read_file(&out, path, 4, &err), TANU_LIMIT);
	assert_int_equal(err.code, TANU_ERR_FILE_TOO_LARGE);
	assert_string_equal(err.place, path);
	assert_string_equal(buf_cstr(&out), "old");
	buf_free(&out);
}

static void says_that_a_file_is_not_there(void **state)
{
	const char *path = scratch_path(state, "none");
	struct buf out = {0};
	tanu_error err = {0};

	assert_int_equal(os_read_file(&out, path, 4, &err), TANU_NOT_FOUND);
	assert_int_equal(err.code, TANU_ERR_FILE_MISSING);
	assert_string_equal(err.place, path);
}

static void says_that_a_folder_is_no_file(void **state)
{
	struct buf out = {0};
	tanu_error err = {0};

	assert_int_equal(os_read_file(&out, *state, 4, &err), TANU_NOT_FOUND);
	assert_non_null(strstr(err.message, "it is a folder"));
}

static void read_piped(void *self)
{
	struct buf out = {0};

	if (dup2(*(int *)self, STDIN_FILENO) < 0 || os_read_file(&out, "-", 3, NULL) < 0 ||
	    strcmp(buf_cstr(&out), "abc") != 0)
		abort();
	buf_free(&out);
}

static void reads_standard_input(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "abc", 3), 3);
	close(ends[1]);
	assert_int_equal(in_child(read_piped, &ends[0]), 0);
	close(ends[0]);
}

static void says_what_to_do_when_the_disk_is_full(void **state)
{
	tanu_error err = {0};

	(void)state;
	assert_int_equal(os_fail(&err, "/data/x", "write", ENOSPC), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_IO);
	assert_string_equal(err.place, "/data/x");
	assert_string_equal(err.message,
			    "cannot write: the disk is full: free some space and try again");
	assert_int_equal(os_fail(&err, "x", "write", ENOMEM), TANU_MEMORY);
	assert_int_equal(os_fail(&err, "x", "open", ENOENT), TANU_NOT_FOUND);
}

static void tells_files_folders_and_programs_apart(void **state)
{
	const char *path = scratch_path(state, "a");

	assert_false(os_exists(path));
	file_write(path, "");
	assert_true(os_exists(path));
	assert_false(os_is_dir(path));
	assert_true(os_is_dir(*state));
	assert_false(os_is_program(path));
	assert_false(os_is_program(*state));
	assert_int_equal(chmod(path, 0700), 0);
	assert_true(os_is_program(path));
	assert_int_equal(symlink("nowhere", scratch_path(state, "link")), 0);
	assert_true(os_exists(scratch_path(state, "link")));
	assert_true(os_is_link(scratch_path(state, "link")));
	assert_false(os_is_link(path));
}

static void tells_an_empty_folder(void **state)
{
	assert_true(os_is_empty(*state));
	file_write(scratch_path(state, ".hidden"), "");
	assert_false(os_is_empty(*state));
	assert_false(os_is_empty(scratch_path(state, ".hidden")));
	assert_false(os_is_empty(scratch_path(state, "nothing")));
}

static void joins_paths(void **state)
{
	char out[8] = "old";

	(void)state;
	assert_int_equal(os_path(out, sizeof(out), "/a", "b", NULL), TANU_OK);
	assert_string_equal(out, "/a/b");
	assert_int_equal(os_path(out, sizeof(out), "/a/", "b", NULL), TANU_OK);
	assert_string_equal(out, "/a/b");
	assert_int_equal(os_path(out, sizeof(out), "/abc", "de", NULL), TANU_OK);
	assert_int_equal(os_path(out, sizeof(out), "/abc", "def", NULL), TANU_LIMIT);
	assert_string_equal(out, "/abc/de");
}

static void knows_its_own_folder(void **state)
{
	char dir[OS_PATH_MAX], path[OS_PATH_MAX];
	char tiny[2];

	(void)state;
	assert_int_equal(os_program_dir(dir, sizeof(dir), NULL), TANU_OK);
	assert_int_equal(os_path(path, sizeof(path), dir, "test_os_files", NULL), TANU_OK);
	assert_true(os_is_program(path));
	assert_int_equal(os_program_dir(tiny, sizeof(tiny), NULL), TANU_LIMIT);
}

static void makes_a_folder_once(void **state)
{
	const char *path = scratch_path(state, "d");
	struct stat info;
	tanu_error err = {0};

	assert_int_equal(os_make_dir(path, 0700, NULL), TANU_OK);
	assert_int_equal(os_make_dir(path, 0700, NULL), TANU_OK);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	file_write(scratch_path(state, "f"), "");
	assert_int_equal(os_make_dir(scratch_path(state, "f"), 0700, &err), TANU_SYSTEM);
	assert_int_equal(os_make_dir(scratch_path(state, "no/d"), 0700, &err), TANU_NOT_FOUND);
}

static tanu_status append_name(void *self, const char *name, tanu_error *err)
{
	(void)err;
	buf_str(self, name);
	return TANU_OK;
}

static tanu_status stop_at_b(void *self, const char *name, tanu_error *err)
{
	buf_str(self, name);
	return strcmp(name, "b") ? TANU_OK : tanu_fail(err, TANU_ERR_CONFLICT, name, "enough");
}

static void lists_names_in_the_order_of_bytes(void **state)
{
	static const char *const names[] = {"b", "a", ".c", "B"};
	struct buf got = {0};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		file_write(scratch_path(state, names[i]), "");
	assert_int_equal(os_list_dir(*state, append_name, &got, NULL), TANU_OK);
	assert_string_equal(buf_cstr(&got), ".cBab");
	buf_free(&got);
}

static void stops_listing_when_told(void **state)
{
	static const char *const names[] = {"a", "b", "c"};
	struct buf got = {0};
	tanu_error err = {0};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		file_write(scratch_path(state, names[i]), "");
	assert_int_equal(os_list_dir(*state, stop_at_b, &got, &err), TANU_USAGE);
	assert_string_equal(buf_cstr(&got), "ab");
	assert_int_equal(os_list_dir("/nowhere", append_name, &got, &err), TANU_NOT_FOUND);
	buf_free(&got);
}

static void a_named_pipe_without_a_writer_holds_nobody(void **state)
{
	const char *path = scratch_path(state, "pipe");
	struct buf got = {0};

	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(os_read_file(&got, path, 100, NULL), TANU_OK);
	assert_int_equal(got.len, 0);
	buf_free(&got);
}

/* What a shell makes of <(command): a descriptor by name, whose writer takes its time. */
static void waits_for_the_writer_of_a_pipe(void **state)
{
	struct timespec moment = {.tv_nsec = 50000000};
	struct buf got = {0};
	char path[64];
	int ends[2];
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		nanosleep(&moment, NULL);
		_exit(write(ends[1], "late", 4) == 4 ? 0 : 1);
	}
	close(ends[1]);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
	assert_int_equal(os_read_file(&got, path, 100, NULL), TANU_OK);
	assert_string_equal(buf_cstr(&got), "late");
	close(ends[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	buf_free(&got);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_SCRATCH(reads_a_file_whole),
	    IN_SCRATCH(reads_an_empty_file),
	    IN_SCRATCH(reads_a_file_larger_than_one_read),
	    IN_SCRATCH(refuses_a_file_over_the_limit_and_keeps_the_output),
	    IN_SCRATCH(says_that_a_file_is_not_there),
	    IN_SCRATCH(says_that_a_folder_is_no_file),
	    IN_SCRATCH(a_named_pipe_without_a_writer_holds_nobody),
	    cmocka_unit_test(waits_for_the_writer_of_a_pipe),
	    cmocka_unit_test(reads_standard_input),
	    cmocka_unit_test(says_what_to_do_when_the_disk_is_full),
	    IN_SCRATCH(tells_files_folders_and_programs_apart),
	    IN_SCRATCH(tells_an_empty_folder),
	    cmocka_unit_test(joins_paths),
	    cmocka_unit_test(knows_its_own_folder),
	    IN_SCRATCH(makes_a_folder_once),
	    IN_SCRATCH(lists_names_in_the_order_of_bytes),
	    IN_SCRATCH(stops_listing_when_told),
	};

	return cmocka_run_group_tests_name("os/files", tests, NULL, NULL);
}
