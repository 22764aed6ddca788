/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replacing and destroying files. The acts run in a child under ptrace, so that the test sees the
 * order of their system calls and can end them at each one, as a crash would.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/scratch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS_MAX 200

/* The system calls of an act, in order. */
struct trace {
	long calls[CALLS_MAX];
	size_t count;
	bool finished;
};

static void replace(void *path)
{
	if (os_replace_file(path, "new", 3, 0, NULL) < 0)
		_exit(1);
}

static void destroy(void *path)
{
	if (os_destroy_file(path, NULL) < 0)
		_exit(1);
}

static pid_t start_traced(void (*act)(void *self), void *self)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(77);
		raise(SIGSTOP);
		act(self);
		_exit(0);
	}
	assert_true(pid > 0);
	return pid;
}

/* Kill before the call number `end_at` is carried out. False where ptrace is not allowed. */
static bool run_traced(struct trace *trace, void (*act)(void *self), void *self, size_t end_at)
{
	pid_t pid = start_traced(act, self);
	struct __ptrace_syscall_info info;
	int status = 0;

	*trace = (struct trace){0};
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		return false;
	ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_TRACESYSGOOD);
	while (WIFSTOPPED(status)) {
		ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (!WIFSTOPPED(status))
			break;
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) < 0 ||
		    info.op != PTRACE_SYSCALL_INFO_ENTRY)
			continue;
		if (trace->count == end_at)
			kill(pid, SIGKILL);
		else if (trace->count < CALLS_MAX)
			trace->calls[trace->count++] = (long)info.entry.nr;
	}
	trace->finished = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return true;
}

/* Position of the nth such call, or -1. */
static int position(const struct trace *trace, const long *any_of, size_t any_len, int nth)
{
	for (size_t i = 0; i < trace->count; i++)
		for (size_t k = 0; k < any_len; k++)
			if (trace->calls[i] == any_of[k] && nth-- == 0)
				return (int)i;
	return -1;
}

static const long syncs[] = {SYS_fsync, SYS_fdatasync};
static const long renames[] = {
#ifdef SYS_rename
    SYS_rename,
#endif
#ifdef SYS_renameat
    SYS_renameat,
#endif
    SYS_renameat2};
static const long unlinks[] = {
#ifdef SYS_unlink
    SYS_unlink,
#endif
    SYS_unlinkat};

static void writes_then_syncs_then_renames_then_syncs_the_folder(void **state)
{
	char *path = strdup(scratch_path(state, "a"));
	struct trace trace;
	int renamed;

	file_write(path, "old");
	if (!run_traced(&trace, replace, path, CALLS_MAX)) {
		free(path);
		skip();
	}
	assert_true(trace.finished);
	assert_string_equal(file_text(path), "new");
	renamed = position(&trace, renames, ARRAY_LEN(renames), 0);
	assert_in_range(position(&trace, syncs, 2, 0), 1, renamed - 1);
	assert_in_range(position(&trace, syncs, 2, 1), renamed + 1, CALLS_MAX);
	free(path);
}

static void holds_the_old_or_the_new_after_a_crash_anywhere(void **state)
{
	char *path = strdup(scratch_path(state, "a"));
	struct trace trace = {0};
	bool seen_old = false, seen_new = false;

	for (size_t end_at = 0; !trace.finished; end_at++) {
		file_write(path, "old");
		if (!run_traced(&trace, replace, path, end_at)) {
			free(path);
			skip();
		}
		seen_old |= strcmp(file_text(path), "old") == 0;
		seen_new |= strcmp(file_text(path), "new") == 0;
		assert_true(!strcmp(file_text(path), "old") || !strcmp(file_text(path), "new"));
		/* What the crash left behind is in nobody's way. */
		assert_int_equal(os_replace_file(path, "after", 5, 0, NULL), TANU_OK);
		assert_string_equal(file_text(path), "after");
		assert_int_equal(file_count(*state), 1);
	}
	assert_true(seen_old && seen_new);
	free(path);
}

static void overwrites_then_syncs_then_unlinks_then_syncs_the_folder(void **state)
{
	const long writes[] = {SYS_write, SYS_pwrite64};
	char *path = strdup(scratch_path(state, "a"));
	struct trace trace;
	int unlinked;

	file_write(path, "key");
	if (!run_traced(&trace, destroy, path, CALLS_MAX)) {
		free(path);
		skip();
	}
	assert_false(os_exists(path));
	unlinked = position(&trace, unlinks, ARRAY_LEN(unlinks), 0);
	assert_in_range(position(&trace, writes, 2, 0), 1, unlinked - 1);
	assert_in_range(position(&trace, syncs, 2, 0), position(&trace, writes, 2, 0),
			unlinked - 1);
	assert_in_range(position(&trace, syncs, 2, 1), unlinked + 1, CALLS_MAX);
	free(path);
}

static void leaves_nothing_of_a_destroyed_file_under_another_name(void **state)
{
	const char *path = scratch_path(state, "a"), *other = scratch_path(state, "b");
	const char zeros[9] = {0};

	file_write(path, "a secret");
	assert_int_equal(link(path, other), 0);
	assert_int_equal(os_destroy_file(path, NULL), TANU_OK);
	assert_false(os_exists(path));
	assert_memory_equal(file_text(other), zeros, 8);
	assert_int_equal(os_destroy_file(path, NULL), TANU_OK);
}

static void does_not_follow_a_link_when_destroying(void **state)
{
	const char *path = scratch_path(state, "a"), *link_path = scratch_path(state, "link");
	tanu_error err = {0};

	file_write(path, "keep");
	assert_int_equal(symlink(path, link_path), 0);
	assert_int_equal(os_destroy_file(link_path, &err), TANU_SYSTEM);
	assert_string_equal(file_text(path), "keep");
}

static void gives_new_files_to_the_owner_alone(void **state)
{
	const char *path = scratch_path(state, "a");
	struct stat info;

	assert_int_equal(os_replace_file(path, "x", 1, 0, NULL), TANU_OK);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_int_equal(os_replace_file(path, "", 0, 0644, NULL), TANU_OK);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0755, 0644);
	assert_int_equal(info.st_size, 0);
}

/* A disk that takes no more than ten bytes. */
static void replace_on_a_full_disk(void *path)
{
	const struct rlimit ten = {10, 10};
	const char bytes[20] = {0};
	tanu_error err = {0};

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &ten) < 0)
		_exit(1);
	if (os_replace_file(path, bytes, sizeof(bytes), 0, &err) != TANU_SYSTEM ||
	    err.code != TANU_ERR_IO)
		_exit(2);
}

static void keeps_the_old_file_when_the_new_one_does_not_fit(void **state)
{
	char *path = strdup(scratch_path(state, "a"));

	file_write(path, "old");
	assert_int_equal(in_child(replace_on_a_full_disk, path), 0);
	assert_string_equal(file_text(path), "old");
	assert_int_equal(file_count(*state), 1);
	free(path);
}

static void names_the_file_when_its_folder_is_missing(void **state)
{
	const char *path = scratch_path(state, "no/a");
	tanu_error err = {0};

	assert_int_equal(os_replace_file(path, "x", 1, 0, &err), TANU_NOT_FOUND);
	assert_non_null(strstr(err.place, path));
	assert_int_equal(os_destroy_file(path, &err), TANU_OK);
	assert_int_equal(os_sync_dir(scratch_path(state, "no"), &err), TANU_NOT_FOUND);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_SCRATCH(writes_then_syncs_then_renames_then_syncs_the_folder),
	    IN_SCRATCH(holds_the_old_or_the_new_after_a_crash_anywhere),
	    IN_SCRATCH(overwrites_then_syncs_then_unlinks_then_syncs_the_folder),
	    IN_SCRATCH(leaves_nothing_of_a_destroyed_file_under_another_name),
	    IN_SCRATCH(does_not_follow_a_link_when_destroying),
	    IN_SCRATCH(gives_new_files_to_the_owner_alone),
	    IN_SCRATCH(keeps_the_old_file_when_the_new_one_does_not_fit),
	    IN_SCRATCH(names_the_file_when_its_folder_is_missing),
	};

	return cmocka_run_group_tests_name("os/durable", tests, NULL, NULL);
}
