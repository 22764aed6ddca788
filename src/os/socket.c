/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets, opened here or handed over by a service manager, and telling it how we are. */
#include "os/os.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG		256
#define FIRST_INHERITED 3 /* sd_listen_fds(3): SD_LISTEN_FDS_START */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage room;
};

/* ---- addresses as text ---- */

static bool parse_port(const char *text, in_port_t *out)
{
	char *end;
	long port = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || port > 65535)
		return false;
	*out = htons((uint16_t)port);
	return true;
}

static bool parse_v6(const char *host, size_t len, union address *out)
{
	char bare[INET6_ADDRSTRLEN];

	if (len < 2 || host[len - 1] != ']' || len - 2 >= sizeof(bare))
		return false;
	memcpy(bare, host + 1, len - 2);
	bare[len - 2] = '\0';
	out->v6.sin6_family = AF_INET6;
	return inet_pton(AF_INET6, bare, &out->v6.sin6_addr) == 1;
}

static bool parse_v4(const char *host, size_t len, union address *out)
{
	char bare[INET_ADDRSTRLEN];

	if (len >= sizeof(bare))
		return false;
	memcpy(bare, host, len);
	bare[len] = '\0';
	out->v4.sin_family = AF_INET;
	if (strcmp(bare, "localhost") == 0)
		return inet_pton(AF_INET, "127.0.0.1", &out->v4.sin_addr) == 1;
	return inet_pton(AF_INET, bare, &out->v4.sin_addr) == 1;
}

/* "host:port"; no host stands for all addresses, IPv4 too. */
static bool parse_address(const char *text, union address *out)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;
	in_port_t port;

	*out = (union address){0};
	if (!colon || !parse_port(colon + 1, &port))
		return false;
	if (len == 0)
		out->v6.sin6_family = AF_INET6;
	else if (text[0] == '[' ? !parse_v6(text, len, out) : !parse_v4(text, len, out))
		return false;
	if (out->any.sa_family == AF_INET6)
		out->v6.sin6_port = port;
	else
		out->v4.sin_port = port;
	return true;
}

static void address_text(char out[OS_ADDRESS_LEN], const union address *a)
{
	char host[INET6_ADDRSTRLEN] = "";

	if (a->any.sa_family == AF_INET) {
		inet_ntop(AF_INET, &a->v4.sin_addr, host, sizeof(host));
		snprintf(out, OS_ADDRESS_LEN, "%s:%u", host, ntohs(a->v4.sin_port));
	} else if (a->any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a->v6.sin6_addr, host, sizeof(host));
		snprintf(out, OS_ADDRESS_LEN, "[%s]:%u", host, ntohs(a->v6.sin6_port));
	} else {
		snprintf(out, OS_ADDRESS_LEN, "(not an internet address)");
	}
}

static bool own_address(union address *out, int fd)
{
	socklen_t len = sizeof(*out);

	*out = (union address){0};
	return getsockname(fd, &out->any, &len) == 0;
}

void os_socket_address(char out[OS_ADDRESS_LEN], int fd)
{
	union address a;

	own_address(&a, fd);
	address_text(out, &a);
}

bool os_socket_is_loopback(int fd)
{
	union address a;

	if (!own_address(&a, fd))
		return false;
	if (a.any.sa_family == AF_INET)
		return ntohl(a.v4.sin_addr.s_addr) >> 24 == 127;
	return a.any.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&a.v6.sin6_addr);
}

/* ---- listening ---- */

static int listen_on(union address *a)
{
	const int on = 1, off = 0;
	bool v6 = a->any.sa_family == AF_INET6;
	int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool done;

	if (fd < 0)
		return -1;
	done = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	       (!v6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) == 0) &&
	       bind(fd, &a->any, v6 ? sizeof(a->v6) : sizeof(a->v4)) == 0 &&
	       listen(fd, BACKLOG) == 0;
	if (!done) {
		int reason = errno;

		close(fd);
		errno = reason;
		return -1;
	}
	return fd;
}

/* A kernel without IPv6: all addresses are those of IPv4. */
static int listen_v4_instead(const union address *v6)
{
	union address a = {.v4 = {.sin_family = AF_INET, .sin_port = v6->v6.sin6_port}};

	return listen_on(&a);
}

tanu_status os_listen(int *fd, const char *address, tanu_error *err)
{
	union address a;
	int opened;

	if (!parse_address(address, &a))
		return tanu_fail(err, TANU_ERR_USAGE, address,
				 "an address to listen on is a number and a port: 127.0.0.1:7380, "
				 "[::1]:7380, localhost:7380, or :7380 for all addresses");
	opened = listen_on(&a);
	if (opened < 0 && address[0] == ':' && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL))
		opened = listen_v4_instead(&a);
	if (opened < 0 && errno == EADDRINUSE)
		return tanu_fail(err, TANU_ERR_IO, address,
				 "another program listens there already: stop it or take another "
				 "port");
	if (opened < 0 && errno == EADDRNOTAVAIL)
		return tanu_fail(err, TANU_ERR_IO, address, "this machine has no such address");
	if (opened < 0)
		return os_fail(err, address, "listen", errno);
	*fd = opened;
	return TANU_OK;
}

static bool is_listening(int fd)
{
	int kind = 0, accepts = 0;
	socklen_t len = sizeof(kind);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &len) == 0 && kind == SOCK_STREAM &&
	       getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &len) == 0 && accepts;
}

/* A decimal number of the environment; -1 when it is none. */
static long number_of(const char *name)
{
	const char *text = getenv(name);
	char *end;
	long v;

	if (!text || *text < '0' || *text > '9')
		return -1;
	v = strtol(text, &end, 10);
	return *end ? -1 : v;
}

tanu_status os_listen_inherited(int *fds, size_t max, size_t *len, tanu_error *err)
{
	long count = number_of("LISTEN_FDS");
	size_t n = 0;

	if (number_of("LISTEN_PID") != (long)getpid() || count <= 0)
		count = 0;
	if ((size_t)count > max)
		return tanu_fail(err, TANU_ERR_USAGE, "LISTEN_FDS",
				 "at most %zu sockets can be handed over", max);
	for (int fd = FIRST_INHERITED; n < (size_t)count; fd++, n++) {
		if (!is_listening(fd) || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ||
		    fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
			return tanu_fail(err, TANU_ERR_USAGE, "LISTEN_FDS",
					 "descriptor %d is no listening stream socket", fd);
		fds[n] = fd;
	}
	/* Children are not to think these are theirs. */
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	*len = n;
	return TANU_OK;
}

/* ---- the service manager ---- */

void os_notify_open(struct os_notify *notify)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	size_t len = path ? strlen(path) : 0;
	int fd;

	notify->fd = 0;
	if (len < 2 || len >= sizeof(at.sun_path) || (*path != '/' && *path != '@'))
		return;
	memcpy(at.sun_path, path, len);
	if (*path == '@')
		at.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at,
			       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0)
		notify->fd = fd;
	else if (fd >= 0)
		close(fd);
}

void os_notify_say(const struct os_notify *notify, const char *state)
{
	if (notify->fd > 0)
		(void)send(notify->fd, state, strlen(state), MSG_NOSIGNAL);
}

void os_notify_close(struct os_notify *notify)
{
	if (notify->fd > 0)
		close(notify->fd);
	notify->fd = 0;
}
