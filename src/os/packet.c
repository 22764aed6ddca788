/* SPDX-License-Identifier: Apache-2.0 */
/* Packets between processes of ours, each with at most one descriptor. */
#include "os/os.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char place[] = "packet";

union control {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int))];
};

tanu_status os_packet_pair(int *a, int *b, tanu_error *err)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return os_fail(err, place, "make the sockets", errno);
	*a = ends[0];
	*b = ends[1];
	return TANU_OK;
}

tanu_status os_packet_send(int socket, const void *bytes, size_t len, int fd, tanu_error *err)
{
	union control control = {.room = {0}};
	struct iovec part = {(void *)(uintptr_t)bytes, len};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	ssize_t n;

	if (fd >= 0) {
		struct cmsghdr *head;

		message.msg_control = control.room;
		message.msg_controllen = sizeof(control.room);
		head = CMSG_FIRSTHDR(&message);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	}
	do
		n = sendmsg(socket, &message, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)len ? TANU_OK : os_fail(err, place, "send", n < 0 ? errno : EMSGSIZE);
}

static tanu_status wait_for(int socket, int64_t deadline_ns, tanu_error *err)
{
	for (;;) {
		int64_t left_ms = (deadline_ns - os_monotonic_ns() + 999999) / 1000000;
		struct pollfd p = {.fd = socket, .events = POLLIN};

		if (left_ms <= 0)
			return tanu_fail(err, TANU_ERR_CHILD_TIMEOUT, place,
					 "no answer within its time");
		if (poll(&p, 1, left_ms > 1000000 ? 1000000 : (int)left_ms) > 0)
			return TANU_OK;
	}
}

tanu_status os_packet_take(int socket, void *out, size_t max, size_t *len, int *fd,
			   int64_t deadline_ns, tanu_error *err)
{
	union control control = {.room = {0}};
	struct iovec part = {out, max};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.room,
				 .msg_controllen = sizeof(control.room)};
	struct cmsghdr *head;
	tanu_status st = wait_for(socket, deadline_ns, err);
	ssize_t n;
	int came = -1;

	if (st < 0)
		return st;
	n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	head = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
	    head->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&came, CMSG_DATA(head), sizeof(came));
	if (fd)
		*fd = came;
	else if (came >= 0)
		close(came);
	if (n <= 0 || (message.msg_flags & MSG_TRUNC))
		return tanu_fail(err, TANU_ERR_IO, place, "the other end is gone");
	*len = (size_t)n;
	return TANU_OK;
}
