/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct server {
	int fd, port, stop[2];
	pthread_t thread;
	const struct server_answer *answers;
	size_t answers_len;
	pthread_mutex_t lock;
	size_t count;
	char requests[SERVER_REQUESTS_MAX][SERVER_REQUEST_LEN];
};

/* Headers and as much body as Content-Length says. */
static bool is_whole(const char *text, size_t len)
{
	const char *blank = strstr(text, "\r\n\r\n");
	const char *length = strcasestr(text, "content-length:");
	size_t body = length ? (size_t)atoi(length + 15) : 0;

	return blank && len >= (size_t)(blank + 4 - text) + body;
}

static void read_request(int fd, char out[SERVER_REQUEST_LEN])
{
	size_t len = 0;
	ssize_t n;

	out[0] = '\0';
	while (!is_whole(out, len) && len + 1 < SERVER_REQUEST_LEN) {
		n = recv(fd, out + len, SERVER_REQUEST_LEN - 1 - len, 0);
		if (n <= 0)
			return;
		len += (size_t)n;
		out[len] = '\0';
	}
}

/* False: the server is to stop. */
static bool wait_or_stop(struct server *s, int fd, int ms)
{
	struct pollfd fds[] = {{.fd = s->stop[0], .events = POLLIN}, {.fd = fd, .events = POLLIN}};

	poll(fds, fd < 0 ? 1 : 2, ms);
	return fds[0].revents == 0;
}

static void send_answer(struct server *s, int fd, const struct server_answer *a)
{
	size_t len = a->len ? a->len : strlen(a->bytes);

	if (a->wait_ms && !wait_or_stop(s, -1, a->wait_ms))
		return;
	for (size_t i = 0; i < (a->repeat ? a->repeat : 1); i++)
		if (send(fd, a->bytes, len, MSG_NOSIGNAL) < 0)
			return;
}

static void serve_one(struct server *s, size_t index)
{
	int fd = accept(s->fd, NULL, NULL);
	char text[SERVER_REQUEST_LEN];

	if (fd < 0)
		return;
	read_request(fd, text);
	pthread_mutex_lock(&s->lock);
	memcpy(s->requests[index], text, sizeof(text));
	s->count = index + 1;
	pthread_mutex_unlock(&s->lock);
	if (index < s->answers_len)
		send_answer(s, fd, &s->answers[index]);
	shutdown(fd, SHUT_RDWR);
	close(fd);
}

static void *run(void *self)
{
	struct server *s = self;

	for (size_t i = 0; i < SERVER_REQUESTS_MAX && wait_or_stop(s, s->fd, -1); i++)
		serve_one(s, i);
	return NULL;
}

struct server *server_start(const struct server_answer *answers, size_t answers_len)
{
	struct server *s = calloc(1, sizeof(*s));
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);

	assert_non_null(s);
	s->answers = answers;
	s->answers_len = answers_len;
	pthread_mutex_init(&s->lock, NULL);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(s->fd, 8), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
	s->port = ntohs(at.sin_port);
	assert_int_equal(pipe(s->stop), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, run, s), 0);
	return s;
}

void server_stop(struct server **server)
{
	struct server *s = *server;

	assert_int_equal(write(s->stop[1], "x", 1), 1);
	pthread_join(s->thread, NULL);
	close(s->fd);
	close(s->stop[0]);
	close(s->stop[1]);
	pthread_mutex_destroy(&s->lock);
	free(s);
	*server = NULL;
}

const char *server_url(const struct server *server, const char *path)
{
	static char urls[4][512];
	static unsigned turn;
	char *url = urls[turn++ % 4];

	snprintf(url, sizeof(urls[0]), "http://127.0.0.1:%d%s", server->port, path);
	return url;
}

size_t server_count(struct server *server)
{
	size_t count;

	pthread_mutex_lock(&server->lock);
	count = server->count;
	pthread_mutex_unlock(&server->lock);
	return count;
}

const char *server_request(struct server *server, size_t index)
{
	return index < server_count(server) ? server->requests[index] : "(none)";
}
