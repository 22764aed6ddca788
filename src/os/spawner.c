/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that starts others for one that may not. It is forked before the sandbox, when there is
 * one thread and no secret, knows the few programs it may start by their place in a list, and ends
 * when its socket does.
 *
 * A request is one packet with descriptors: those of the child, and the end of a pipe. Through the
 * pipe comes first the child's number, or an error, and when the child has ended, how.
 */
#include "os/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN_MAX 64
#define FDS_MAX	     (OS_CHILD_FDS_MAX + 1)

enum what { START = 1, KILL = 2 };
struct request {
	uint32_t what, program;
	uint32_t fds;	 /* of the child */
	uint32_t absent; /* bit i: fds[i] is none */
	int32_t pid;
};

static struct os_spawner *the_spawner; /* of this process */

/* ---- packets with descriptors ---- */

static bool packet_send(int socket, const struct request *request, const int *fds, size_t fds_len)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(FDS_MAX * sizeof(int))];
	} control = {.room = {0}};
	struct iovec part = {(void *)(uintptr_t)request, sizeof(*request)};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	struct cmsghdr *head;
	ssize_t n;

	if (fds_len) {
		message.msg_control = control.room;
		message.msg_controllen = CMSG_SPACE(fds_len * sizeof(int));
		head = CMSG_FIRSTHDR(&message);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(fds_len * sizeof(int));
		memcpy(CMSG_DATA(head), fds, fds_len * sizeof(int));
	}
	do
		n = sendmsg(socket, &message, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*request);
}

/* How many descriptors came; -1: the other end is gone. */
static int packet_take(int socket, struct request *request, int fds[FDS_MAX])
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(FDS_MAX * sizeof(int))];
	} control = {.room = {0}};
	struct iovec part = {request, sizeof(*request)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.room,
				 .msg_controllen = sizeof(control.room)};
	struct cmsghdr *head;
	ssize_t n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	size_t got = 0;

	if (n != (ssize_t)sizeof(*request))
		return n < 0 && errno == EINTR ? 0 : -1;
	head = CMSG_FIRSTHDR(&message);
	if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
		got = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(head), got * sizeof(int));
	}
	return (int)got;
}

/* ---- inside the spawner ---- */

struct child {
	struct os_child child;
	int told; /* the pipe */
};
struct spawning {
	int socket;
	const char *const *programs;
	size_t programs_len;
	struct child children[CHILDREN_MAX];
};

static void tell(int fd, int32_t value)
{
	(void)!write(fd, &value, sizeof(value));
}

static void start(struct spawning *s, const struct request *r, const int *came, size_t came_len)
{
	int fds[OS_CHILD_FDS_MAX], told = came_len ? came[came_len - 1] : -1;
	struct child *free_one = NULL;
	size_t at = 0;

	for (size_t i = 0; i < CHILDREN_MAX && !free_one; i++)
		if (s->children[i].child.pid == 0)
			free_one = &s->children[i];
	if (told < 0)
		return;
	for (size_t i = 0; i < r->fds && i < OS_CHILD_FDS_MAX; i++)
		fds[i] = (r->absent >> i & 1) || at + 1 >= came_len ? -1 : came[at++];
	if (!free_one || r->program >= s->programs_len || r->fds > OS_CHILD_FDS_MAX ||
	    child_start_here(&free_one->child, s->programs[r->program], fds, r->fds, NULL) < 0) {
		tell(told, -1);
		return;
	}
	free_one->told = dup(told);
	fcntl(free_one->told, F_SETFD, FD_CLOEXEC);
	tell(told, (int32_t)free_one->child.pid);
}

static void kill_one(struct spawning *s, pid_t pid)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (pid > 0 && s->children[i].child.pid == pid)
			kill(pid, SIGKILL);
}

static void reap(struct spawning *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < CHILDREN_MAX; i++) {
			struct child *one = &s->children[i];

			if (one->child.pid != pid)
				continue;
			tell(one->told, status);
			close(one->told);
			*one = (struct child){0};
		}
}

static void on_child(int number)
{
	(void)number; /* it ends ppoll */
}

static void signals_prepare(sigset_t *while_waiting)
{
	struct sigaction act = {.sa_handler = on_child, .sa_flags = SA_NOCLDSTOP};
	sigset_t block;

	sigaction(SIGCHLD, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN); /* the server stops first, and then so does this */
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_SETMASK, &block, NULL);
	sigemptyset(while_waiting);
}

_Noreturn static void spawn_until_closed(struct spawning *s)
{
	struct pollfd p = {.fd = s->socket, .events = POLLIN};
	int came[FDS_MAX];
	sigset_t while_waiting;
	struct request r;

	signals_prepare(&while_waiting);
	for (;;) {
		int got, ready = ppoll(&p, 1, NULL, &while_waiting);

		reap(s);
		if (ready <= 0)
			continue;
		got = packet_take(s->socket, &r, came);
		if (got < 0)
			_exit(0);
		if (r.what == START)
			start(s, &r, came, (size_t)got);
		else if (r.what == KILL)
			kill_one(s, r.pid);
		for (int i = 0; i < got; i++)
			close(came[i]);
	}
}

/* ---- outside ---- */

tanu_status os_spawner_start(struct os_spawner *out, const char *const *programs,
			     size_t programs_len, tanu_error *err)
{
	struct spawning s = {.programs = programs, .programs_len = programs_len};
	int ends[2];
	pid_t pid;

	if (programs_len > OS_SPAWNER_PROGRAMS_MAX)
		return BAD_CALL(err, "too many programs");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return os_fail(err, "spawner", "make the socket", errno);
	pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return os_fail(err, "spawner", "fork", errno);
	}
	if (pid == 0) {
		close(ends[0]);
		s.socket = ends[1];
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
		spawn_until_closed(&s);
	}
	close(ends[1]);
	*out = (struct os_spawner){.pid = pid, .socket = ends[0], .programs_len = programs_len};
	for (size_t i = 0; i < programs_len; i++)
		snprintf(out->programs[i], sizeof(out->programs[i]), "%s", programs[i]);
	return TANU_OK;
}

void os_spawner_use(struct os_spawner *spawner)
{
	the_spawner = spawner;
}

void os_spawner_end(struct os_spawner *spawner)
{
	int status;

	if (the_spawner == spawner)
		the_spawner = NULL;
	if (spawner->pid <= 0)
		return;
	close(spawner->socket);
	/* Shut in, this may not be allowed: the spawner ends by itself. */
	(void)waitpid(spawner->pid, &status, 0);
	*spawner = (struct os_spawner){0};
}

bool spawner_is_used(void)
{
	return the_spawner != NULL;
}

static bool program_find(const struct os_spawner *s, const char *program, uint32_t *out)
{
	for (size_t i = 0; i < s->programs_len; i++)
		if (!strcmp(s->programs[i], program)) {
			*out = (uint32_t)i;
			return true;
		}
	return false;
}

tanu_status spawner_child_start(struct os_child *child, const char *program, const int *fds,
				size_t fds_len, tanu_error *err)
{
	struct request r = {.what = START, .fds = (uint32_t)fds_len};
	int sent[FDS_MAX], told_in = -1, told_out = -1;
	int32_t pid = -1;
	size_t n = 0;
	tanu_status st;

	if (!program_find(the_spawner, program, &r.program))
		return tanu_fail(err, TANU_ERR_SANDBOX, program,
				 "this program may not be started from here");
	if ((st = os_pipe(&told_in, &told_out, err)) < 0)
		return st;
	for (size_t i = 0; i < fds_len; i++) {
		if (fds[i] < 0)
			r.absent |= 1u << i;
		else
			sent[n++] = fds[i];
	}
	sent[n++] = told_out;
	if (!packet_send(the_spawner->socket, &r, sent, n))
		st = tanu_fail(err, TANU_ERR_SANDBOX, program, "the starting process is gone");
	close(told_out);
	if (st == TANU_OK && (read(told_in, &pid, sizeof(pid)) != (ssize_t)sizeof(pid) || pid <= 0))
		st = tanu_fail(err, TANU_ERR_SANDBOX, program, "cannot be started");
	if (st < 0) {
		close(told_in);
		return st;
	}
	*child = (struct os_child){.pid = pid, .told = told_in};
	return TANU_OK;
}

int spawner_child_end(struct os_child *child)
{
	struct request r = {.what = KILL, .pid = (int32_t)child->pid};
	int32_t status = -1;

	(void)packet_send(the_spawner->socket, &r, NULL, 0);
	if (read(child->told, &status, sizeof(status)) != (ssize_t)sizeof(status))
		status = -1;
	close(child->told);
	return status;
}
