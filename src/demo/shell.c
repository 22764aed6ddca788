/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/shell.h"

#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX ((size_t)8 << 20) /* of one stream */

struct pipes {
	int out[2], err[2];
};

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void pipes_close(struct pipes *p)
{
	close_one(&p->out[0]);
	close_one(&p->out[1]);
	close_one(&p->err[0]);
	close_one(&p->err[1]);
}

static tanu_status spawn(pid_t *pid, const struct pipes *p, const char *folder, const char *text,
			 tanu_error *err)
{
	char *const argv[] = {(char *)"sh", (char *)"-c", (char *)text, NULL};
	posix_spawn_file_actions_t actions;
	int failed;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, folder);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, p->out[1], 1);
	posix_spawn_file_actions_adddup2(&actions, p->err[1], 2);
	failed = posix_spawn(pid, "/bin/sh", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return failed ? os_fail(err, "/bin/sh", "start", failed) : TANU_OK;
}

/* What there is to read now; false at the end of the stream. */
static bool take(struct buf *out, int fd)
{
	uint8_t bytes[8192];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n > 0)
		buf_put(out, bytes, (size_t)n);
	return n > 0 || (n < 0 && errno == EINTR);
}

static void collect(struct shell_result *r, struct pipes *p)
{
	while (p->out[0] >= 0 || p->err[0] >= 0) {
		struct pollfd fds[] = {{.fd = p->out[0], .events = POLLIN},
				       {.fd = p->err[0], .events = POLLIN}};

		if (poll(fds, ARRAY_LEN(fds), -1) < 0 && errno != EINTR)
			break;
		if (fds[0].revents && !take(&r->out, p->out[0]))
			close_one(&p->out[0]);
		if (fds[1].revents && !take(&r->err, p->err[0]))
			close_one(&p->err[0]);
	}
}

static tanu_status run_text(struct shell_result *r, const char *folder, const char *text,
			    tanu_error *err)
{
	struct pipes p = {{-1, -1}, {-1, -1}};
	int status = 0;
	pid_t pid = 0;
	tanu_status st;

	if ((st = os_pipe(&p.out[0], &p.out[1], err)) < 0 ||
	    (st = os_pipe(&p.err[0], &p.err[1], err)) < 0 ||
	    (st = spawn(&pid, &p, folder, text, err)) < 0)
		goto out;
	close_one(&p.out[1]);
	close_one(&p.err[1]);
	collect(r, &p);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	r->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
out:
	pipes_close(&p);
	return st;
}

tanu_status shell_run(struct shell_result *out, const char *folder, const char *line,
		      tanu_error *err)
{
	char program[OS_PATH_MAX];
	struct buf text = {0};
	tanu_status st;

	*out = (struct shell_result){.out = {.max = OUTPUT_MAX}, .err = {.max = OUTPUT_MAX}};
	if ((st = os_program_dir(program, sizeof(program), err)) < 0)
		return st;
	if (strchr(program, '\''))
		return tanu_fail(err, TANU_ERR_USAGE, program, "a quote in the program's folder");
	/* lines name their site; what the visitor's own shell says must not lead elsewhere */
	buf_printf(&text, "unset TANU_DATA; PATH='%s':$PATH; %s\n", program, line);
	if ((st = buf_check(&text, err)) == TANU_OK)
		st = run_text(out, folder, buf_cstr(&text), err);
	(void)buf_cstr(&out->out);
	(void)buf_cstr(&out->err);
	buf_free(&text);
	return st;
}

void shell_result_free(struct shell_result *result)
{
	buf_free(&result->out);
	buf_free(&result->err);
}

bool shell_has(const char *name)
{
	struct shell_result r;
	char line[128];
	bool found;

	snprintf(line, sizeof(line), "command -v %s", name);
	found = shell_run(&r, "/", line, NULL) == TANU_OK && r.code == 0;
	shell_result_free(&r);
	return found;
}
