/* SPDX-License-Identifier: Apache-2.0 */
#include "http/site.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEARD_MAX (4u << 20)

static char heard[HEARD_MAX + 1];

void site_start(struct site *site, const struct http_options *options)
{
	struct http_options o = *options;
	char address[OS_ADDRESS_LEN];
	tanu_error err = {0};
	int fd = -1;

	*site = (struct site){0};
	assert_int_equal(os_listen(&fd, "127.0.0.1:0", NULL), TANU_OK);
	os_socket_address(address, fd);
	site->port = atoi(strrchr(address, ':') + 1);
	snprintf(site->url, sizeof(site->url), "http%s://%s", o.tls ? "s" : "", address);
	o.sockets = &fd;
	o.sockets_len = 1;
	if (http_start(&site->server, &o, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
}

void site_stop(struct site *site)
{
	http_stop(&site->server, 0);
}

int dial(const struct site *site)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)site->port)};
	const struct timeval patience = {.tv_sec = 10};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	close(fd);
	return -1;
}

void say_bytes(int fd, const void *bytes, size_t len)
{
	(void)!send(fd, bytes, len, MSG_NOSIGNAL);
}

void say(int fd, const char *text)
{
	say_bytes(fd, text, strlen(text));
}

/* How long the answer at the front is; 0: not whole yet. */
static size_t answer_len(size_t have)
{
	const char *blank = strstr(heard, "\r\n\r\n");
	const char *length = strcasestr(heard, "content-length:");
	size_t head = blank ? (size_t)(blank + 4 - heard) : 0, whole;

	if (!blank)
		return 0;
	if (strcasestr(heard, "transfer-encoding: chunked")) {
		const char *end = strstr(blank, "\r\n0\r\n\r\n");

		return end ? (size_t)(end + 7 - heard) : 0;
	}
	whole = head + (length && length < blank ? strtoul(length + 15, NULL, 10) : 0);
	return whole <= have ? whole : 0;
}

/* On a socket with a time limit a receive is not begun again after a signal: signal(7). */
static ssize_t receive(int fd, void *out, size_t len, int flags)
{
	ssize_t n;

	do
		n = recv(fd, out, len, flags);
	while (n < 0 && errno == EINTR);
	return n;
}

/* One byte more would belong to the next answer, so it is looked at before it is taken. */
const char *hear(int fd)
{
	size_t len = 0, whole = 0;

	heard[0] = '\0';
	while (whole == 0 && len < HEARD_MAX) {
		ssize_t n = receive(fd, heard + len, HEARD_MAX - len, MSG_PEEK);
		size_t before = len;

		if (n <= 0)
			return "";
		heard[len + (size_t)n] = '\0';
		whole = answer_len(len + (size_t)n);
		len = whole ? whole : len + (size_t)n;
		n = receive(fd, heard + before, len - before, MSG_WAITALL);
		assert_int_equal(n, len - before);
	}
	heard[len] = '\0';
	return heard;
}

const char *hear_all(int fd)
{
	size_t len = 0;
	ssize_t n;

	while ((n = receive(fd, heard + len, HEARD_MAX - len, 0)) > 0)
		len += (size_t)n;
	heard[len] = '\0';
	return heard;
}

bool is_closed(int fd, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char byte;

	return poll(&p, 1, ms) == 1 && recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
}

const char *ask(const struct site *site, const char *request)
{
	int fd = dial(site);
	const char *answer;

	assert_true(fd >= 0);
	say(fd, request);
	answer = hear(fd);
	close(fd);
	return answer;
}

const char *get(const struct site *site, const char *path)
{
	char request[4096];

	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
	return ask(site, request);
}

int status_of(const char *answer)
{
	return strncmp(answer, "HTTP/1.", 7) == 0 ? atoi(answer + 9) : 0;
}

const char *body_of(const char *answer)
{
	const char *blank = strstr(answer, "\r\n\r\n");

	return blank ? blank + 4 : "";
}

void wait_ms(int ms)
{
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	nanosleep(&t, NULL);
}
