/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that lets connections in, and watches that none takes too long. */
#include "http/inside.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TICK_MS	     250
#define STOP_TICK_MS 20
#define GRACE_NS     200000000 /* for a request that is on its way when a server stops */

union peer {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage room;
};

/* ---- connections ---- */

void conn_is(struct conn *conn, enum conn_state state)
{
	atomic_store(&conn->since_ns, os_monotonic_ns());
	atomic_store(&conn->state, state);
}

struct conn *conn_of(struct http_server *s, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct conn *conn;

	pthread_mutex_lock(&s->lock);
	for (conn = s->conns; conn && (!info || conn->fd != info->connect_fd); conn = conn->next)
		;
	pthread_mutex_unlock(&s->lock);
	return conn;
}

/* Under `lock`. */
static void unlist(struct http_server *s, struct conn *conn)
{
	for (struct conn **at = &s->conns; *at; at = &(*at)->next)
		if (*at == conn) {
			*at = conn->next;
			s->conns_len--;
			conn->generation->connections--;
			free(conn);
			return;
		}
}

void conn_gone(struct http_server *s, struct conn *conn)
{
	pthread_mutex_lock(&s->lock);
	unlist(s, conn);
	pthread_mutex_unlock(&s->lock);
}

static void set_peer(struct conn *conn, const union peer *peer)
{
	const uint8_t *v6 = peer->v6.sin6_addr.s6_addr;

	if (peer->any.sa_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(&peer->v6.sin6_addr)) {
		memcpy(conn->group, v6, 8);
		conn->group[15] = 6;
		inet_ntop(AF_INET6, v6, conn->peer, sizeof(conn->peer));
		return;
	}
	/* The last four bytes of a mapped address are one of IPv4. */
	memcpy(conn->group,
	       peer->any.sa_family == AF_INET6 ? (const void *)(v6 + 12) : &peer->v4.sin_addr, 4);
	conn->group[15] = 4;
	inet_ntop(AF_INET, conn->group, conn->peer, sizeof(conn->peer));
}

/* Under `lock`. A record of the same descriptor is a connection that ended unseen. */
static bool list(struct http_server *s, struct conn *conn)
{
	unsigned same = 0;

	for (struct conn *at = s->conns, *next; at; at = next) {
		next = at->next;
		if (at->fd == conn->fd)
			unlist(s, at);
		else
			same += memcmp(at->group, conn->group, sizeof(at->group)) == 0;
	}
	if (same >= s->limits.per_address)
		return false;
	conn->next = s->conns;
	s->conns = conn;
	s->conns_len++;
	conn->generation->connections++;
	return true;
}

static struct generation *current(struct http_server *s)
{
	struct generation *g;

	pthread_mutex_lock(&s->lock);
	g = s->generations;
	pthread_mutex_unlock(&s->lock);
	return g;
}

static void let_in(struct http_server *s, int fd, const union peer *peer, socklen_t peer_len)
{
	struct conn *conn = calloc(1, sizeof(*conn));
	struct generation *g = current(s);
	const int on = 1;
	bool listed = false;

	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	if (conn) {
		conn->fd = fd;
		conn->generation = g;
		set_peer(conn, peer);
		conn_is(conn, CONN_HEAD);
		pthread_mutex_lock(&s->lock);
		listed = list(s, conn);
		pthread_mutex_unlock(&s->lock);
	}
	if (!listed) {
		free(conn);
		close(fd);
		return;
	}
	if (MHD_add_connection(g->daemons[s->turn++ % g->daemons_len], fd, &peer->any, peer_len) !=
	    MHD_YES)
		conn_gone(s, conn); /* closed by libmicrohttpd */
}

/* False: nobody waits there, or there is no room. */
static bool accept_one(struct http_server *s, int socket)
{
	union peer peer = {0};
	socklen_t len = sizeof(peer);
	int fd;

	do
		fd = accept4(socket, &peer.any, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
	while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (fd < 0)
		return false;
	if (peer.any.sa_family != AF_INET && peer.any.sa_family != AF_INET6)
		close(fd);
	else
		let_in(s, fd, &peer, len);
	return true;
}

static bool has_room(struct http_server *s)
{
	struct http_load load = http_load(s);

	return load.connections < s->limits.connections;
}

static void accept_all(struct http_server *s, int socket)
{
	while (has_room(s) && accept_one(s, socket))
		;
}

/* ---- watching ---- */

/* Seconds a state may last; 0: any time. */
static unsigned bound(const struct http_server *s, int state)
{
	switch (state) {
	case CONN_HEAD:
		return s->limits.head_s;
	case CONN_BODY:
		return s->limits.body_s;
	case CONN_ANSWER:
		return s->limits.answer_s;
	default:
		return 0;
	}
}

static bool is_late(const struct http_server *s, struct conn *conn, int64_t now)
{
	unsigned seconds = bound(s, atomic_load(&conn->state));

	return seconds && now - atomic_load(&conn->since_ns) > (int64_t)seconds * 1000000000;
}

/* Between two requests of a generation that is to end, and nothing came for a while. */
static bool is_idle(struct conn *conn, int64_t now)
{
	int64_t retired = atomic_load(&conn->generation->retired_ns);
	int waiting = 0;

	return retired && now - retired > GRACE_NS && atomic_load(&conn->state) == CONN_HEAD &&
	       now - atomic_load(&conn->since_ns) > GRACE_NS &&
	       ioctl(conn->fd, FIONREAD, &waiting) == 0 && waiting == 0;
}

/* The client has closed, or its half, in the middle of a request: libmicrohttpd would go on waiting
 * for the rest. */
static bool is_abandoned(struct conn *conn, int64_t now)
{
	int state = atomic_load(&conn->state);
	char byte;

	return (state == CONN_HEAD || state == CONN_BODY) &&
	       now - atomic_load(&conn->since_ns) > GRACE_NS &&
	       recv(conn->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void watch(struct http_server *s, int64_t now)
{
	pthread_mutex_lock(&s->lock);
	for (struct conn *conn = s->conns; conn; conn = conn->next) {
		/* libmicrohttpd closes a connection only after it has told us (conn_gone), so the
		 * descriptor is still this one. Reading only: what came at the last moment is
		 * still answered. */
		if (conn->cut)
			continue;
		if (is_late(s, conn, now) || is_abandoned(conn, now)) {
			conn->cut = true;
			shutdown(conn->fd, SHUT_RDWR);
		} else if (is_idle(conn, now)) {
			shutdown(conn->fd, SHUT_RD);
		}
	}
	pthread_mutex_unlock(&s->lock);
}

/* Old generations whose last connection has gone. */
static struct generation *take_ended(struct http_server *s)
{
	struct generation *ended = NULL;

	pthread_mutex_lock(&s->lock);
	for (struct generation **at = &s->generations; *at && !ended;)
		if (at != &s->generations && (*at)->connections == 0) {
			ended = *at;
			*at = ended->next;
		} else {
			at = &(*at)->next;
		}
	pthread_mutex_unlock(&s->lock);
	return ended;
}

static void end_generations(struct http_server *s)
{
	struct generation *ended;

	while ((ended = take_ended(s)))
		generation_end(&ended);
}

/* ---- the thread ---- */

static void stop_listening(struct http_server *s)
{
	for (size_t i = 0; i < s->sockets_len; i++) {
		accept_all(s, s->sockets[i]);
		close(s->sockets[i]);
	}
	s->sockets_len = 0;
	atomic_store(&s->listening, false);
}

static void wait_for_any(struct http_server *s)
{
	struct pollfd fds[HTTP_SOCKETS_MAX + 1] = {{.fd = s->wake[0], .events = POLLIN}};
	bool room = has_room(s);
	char drained[16];

	for (size_t i = 0; i < s->sockets_len; i++)
		fds[i + 1] = (struct pollfd){.fd = room ? s->sockets[i] : -1, .events = POLLIN};
	poll(fds, (nfds_t)(s->sockets_len + 1),
	     atomic_load(&s->stopping) || !room ? STOP_TICK_MS : TICK_MS);
	if (fds[0].revents)
		(void)!read(s->wake[0], drained, sizeof(drained));
	for (size_t i = 0; i < s->sockets_len; i++)
		if (fds[i + 1].revents)
			accept_all(s, s->sockets[i]);
}

static void *acceptor(void *self)
{
	struct http_server *s = self;
	int64_t watched = 0;

	while (!atomic_load(&s->done)) {
		int64_t now;

		wait_for_any(s);
		if (atomic_load(&s->stopping) && atomic_load(&s->listening))
			stop_listening(s);
		now = os_monotonic_ns();
		if (now - watched < (int64_t)STOP_TICK_MS * 1000000)
			continue;
		watched = now;
		watch(s, now);
		streams_beat(s, now);
		end_generations(s);
	}
	return NULL;
}

tanu_status acceptor_start(struct http_server *s, tanu_error *err)
{
	tanu_status st = os_pipe(&s->wake[0], &s->wake[1], err);

	if (st < 0)
		return st;
	fcntl(s->wake[0], F_SETFL, O_NONBLOCK);
	fcntl(s->wake[1], F_SETFL, O_NONBLOCK);
	atomic_store(&s->listening, true);
	if (pthread_create(&s->acceptor, NULL, acceptor, s) != 0)
		return tanu_fail(err, TANU_ERR_IO, "threads", "the system gives no more threads");
	s->acceptor_runs = true;
	return TANU_OK;
}

void acceptor_wake(struct http_server *s)
{
	(void)!write(s->wake[1], "", 1);
}

void acceptor_end(struct http_server *s)
{
	atomic_store(&s->done, true);
	if (s->acceptor_runs) {
		acceptor_wake(s);
		pthread_join(s->acceptor, NULL);
	}
	s->acceptor_runs = false;
	for (int i = 0; i < 2; i++)
		if (s->wake[i] > 0)
			close(s->wake[i]);
}
