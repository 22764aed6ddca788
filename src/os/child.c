/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes that get a few descriptors and nothing else. */
#include "os/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What posix_spawn is to do, and the descriptors that it needs meanwhile. */
struct plan {
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int spare[OS_CHILD_FDS_MAX];
	size_t spares;
};

/*
 * fds[i] becomes i. It is first copied above all targets, so that no target overwrites a source
 * that comes later, and because a dup2 onto itself would leave it closed on exec.
 */
static int plan_files(struct plan *plan, const int *fds, size_t fds_len)
{
	int rc = 0;

	for (size_t i = 0; i < fds_len && rc == 0; i++) {
		int target = (int)i;

		if (fds[i] < 0) {
			rc = posix_spawn_file_actions_addopen(&plan->files, target, "/dev/null",
							      O_RDWR, 0);
			continue;
		}
		int spare = fcntl(fds[i], F_DUPFD_CLOEXEC, (int)fds_len);

		if (spare < 0)
			return errno;
		plan->spare[plan->spares++] = spare;
		rc = posix_spawn_file_actions_adddup2(&plan->files, spare, target);
	}
	return rc ? rc : posix_spawn_file_actions_addclosefrom_np(&plan->files, (int)fds_len);
}

static int plan_signals(struct plan *plan)
{
	sigset_t none, all;
	int rc;

	sigemptyset(&none);
	sigfillset(&all);
	rc = posix_spawnattr_setsigmask(&plan->attributes, &none);
	if (rc == 0)
		rc = posix_spawnattr_setsigdefault(&plan->attributes, &all);
	if (rc == 0)
		rc = posix_spawnattr_setflags(&plan->attributes,
					      POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	return rc;
}

tanu_status child_start_here(struct os_child *child, const char *program, const int *fds,
			     size_t fds_len, tanu_error *err)
{
	char name[OS_PATH_MAX];
	char *argv[] = {name, NULL};
	char *envp[] = {NULL};
	struct plan plan = {0};
	pid_t pid = 0;
	int rc;

	if (fds_len > ARRAY_LEN(plan.spare))
		return BAD_CALL(err, "more descriptors than a child takes");
	snprintf(name, sizeof(name), "%s", program);
	posix_spawn_file_actions_init(&plan.files);
	posix_spawnattr_init(&plan.attributes);
	rc = plan_files(&plan, fds, fds_len);
	if (rc == 0)
		rc = plan_signals(&plan);
	if (rc == 0)
		rc = posix_spawn(&pid, program, &plan.files, &plan.attributes, argv, envp);
	for (size_t i = 0; i < plan.spares; i++)
		close(plan.spare[i]);
	posix_spawnattr_destroy(&plan.attributes);
	posix_spawn_file_actions_destroy(&plan.files);
	if (rc)
		return tanu_fail(err, TANU_ERR_SANDBOX, program, "cannot be started: %s",
				 strerror(rc));
	*child = (struct os_child){.pid = pid, .told = -1};
	return TANU_OK;
}

tanu_status os_child_start(struct os_child *child, const char *program, const int *fds,
			   size_t fds_len, tanu_error *err)
{
	if (fds_len > OS_CHILD_FDS_MAX)
		return BAD_CALL(err, "more descriptors than a child takes");
	if (spawner_is_used())
		return spawner_child_start(child, program, fds, fds_len, err);
	return child_start_here(child, program, fds, fds_len, err);
}

static void describe(char how[OS_CHILD_HOW_LEN], int status)
{
	if (WIFSIGNALED(status))
		snprintf(how, OS_CHILD_HOW_LEN, "signal %d, %s", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(how, OS_CHILD_HOW_LEN, "exit code %d", WEXITSTATUS(status));
}

void os_child_end(struct os_child *child, char how[OS_CHILD_HOW_LEN])
{
	int status = 0;
	pid_t pid;

	snprintf(how, OS_CHILD_HOW_LEN, "gone");
	if (child->pid <= 0)
		return;
	if (spawner_is_used()) {
		status = spawner_child_end(child);
		if (status != -1)
			describe(how, status);
		child->pid = 0;
		return;
	}
	/* Until it is waited for, its number is its own; a signal to a dead child changes nothing.
	 */
	kill(child->pid, SIGKILL);
	do
		pid = waitpid(child->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	if (pid == child->pid)
		describe(how, status);
	child->pid = 0;
}

bool os_is_program(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

tanu_status os_pipe(int *read_fd, int *write_fd, tanu_error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return os_fail(err, "pipe", "create", errno);
	*read_fd = ends[0];
	*write_fd = ends[1];
	return TANU_OK;
}

bool os_read_until(int fd, void *out, size_t len, size_t *got, int64_t deadline_ns)
{
	*got = 0;
	while (*got < len) {
		int64_t left_ms = (deadline_ns - os_monotonic_ns() + 999999) / 1000000;
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n;

		if (left_ms <= 0)
			return false;
		if (poll(&p, 1, left_ms > 1000000 ? 1000000 : (int)left_ms) <= 0)
			continue;
		n = read(fd, (uint8_t *)out + *got, len - *got);
		if (n == 0 || (n < 0 && errno != EINTR))
			return true;
		if (n > 0)
			*got += (size_t)n;
	}
	return true;
}
