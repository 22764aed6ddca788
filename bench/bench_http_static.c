/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads of a small file from a folder over keep-alive connections, client and server on the same
 * cores: bench_http_static [--json].
 */
#include "http/http.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 16
#define READS	    4000 /* of each */
#define ALL	    (CONNECTIONS * READS)

struct reader {
	int port;
	int64_t *ns; /* READS */
	size_t done;
};

static bool rule(const char *path, struct http_file_rule *out)
{
	(void)path;
	*out = (struct http_file_rule){.type = "application/octet-stream", .immutable = true};
	return true;
}

static void serve(void *self, const struct http_request *request, struct http_answer *answer)
{
	http_serve_file(answer, request, self);
}

static int dial(int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 ? fd : -1;
}

/* One answer with a body of `len` bytes behind its head. */
static bool take(int fd, size_t len)
{
	char text[4096];
	size_t have = 0;
	ssize_t n;

	while ((n = recv(fd, text + have, sizeof(text) - 1 - have, 0)) > 0) {
		const char *blank;

		have += (size_t)n;
		text[have] = '\0';
		blank = strstr(text, "\r\n\r\n");
		if (blank && have >= (size_t)(blank + 4 - text) + len)
			return strncmp(text, "HTTP/1.1 200", 12) == 0;
	}
	return false;
}

#define BODY_LEN 1024

static void *read_all(void *self)
{
	static const char request[] = "GET /f/tile HTTP/1.1\r\nHost: x\r\n\r\n";
	struct reader *r = self;
	int fd = dial(r->port);

	for (; fd >= 0 && r->done < READS; r->done++) {
		int64_t began = os_monotonic_ns();

		if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) < 0 || !take(fd, BODY_LEN))
			break;
		r->ns[r->done] = os_monotonic_ns() - began;
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool run(int port, int64_t *ns, double *seconds)
{
	struct reader readers[CONNECTIONS];
	pthread_t threads[CONNECTIONS];
	int64_t began = os_monotonic_ns();
	size_t done = 0;

	for (int i = 0; i < CONNECTIONS; i++) {
		readers[i] = (struct reader){.port = port, .ns = ns + (size_t)i * READS};
		if (pthread_create(&threads[i], NULL, read_all, &readers[i]) != 0)
			return false;
	}
	for (int i = 0; i < CONNECTIONS; i++) {
		pthread_join(threads[i], NULL);
		done += readers[i].done;
	}
	*seconds = (double)(os_monotonic_ns() - began) / 1e9;
	return done == ALL;
}

static char dir[] = "/tmp/tanu-bench-XXXXXX";

static void clean_up(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/tile", dir);
	unlink(path);
	rmdir(dir);
}

static tanu_status start(struct http_server **server, struct http_folder *folder,
			 const struct http_route *route, int *port, tanu_error *err)
{
	struct http_options options = {.routes = route, .routes_len = 1};
	static uint8_t body[BODY_LEN];
	char path[64], address[OS_ADDRESS_LEN];
	tanu_status st;
	int fd = -1;

	if (!mkdtemp(dir))
		return tanu_fail(err, TANU_ERR_IO, dir, "cannot make it");
	atexit(clean_up);
	snprintf(path, sizeof(path), "%s/tile", dir);
	if ((st = os_replace_file(path, body, sizeof(body), 0644, err)) >= 0)
		st = os_open_dir(&folder->dir, dir, err);
	if (st >= 0 && (st = os_listen(&fd, "127.0.0.1:0", err)) >= 0) {
		os_socket_address(address, fd);
		*port = atoi(strrchr(address, ':') + 1);
		options.sockets = &fd;
		options.sockets_len = 1;
		st = http_start(server, &options, err);
	}
	return st;
}

int main(int argc, char **argv)
{
	static int64_t ns[ALL];
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	struct http_folder folder = {.dir = -1, .rule = rule};
	const struct http_route route = {"GET", "/f/**", serve, &folder, 0, HTTP_QUICK};
	struct http_server *server = NULL;
	tanu_error err = {0};
	double seconds = 0;
	int port = 0;

	if (start(&server, &folder, &route, &port, &err) < 0) {
		fprintf(stderr, "%s: %s\n", err.place, err.message);
		return (int)tanu_exit_for(err.status);
	}
	if (!run(port, ns, &seconds)) {
		fprintf(stderr, "an answer did not come\n");
		return 5;
	}
	http_stop(&server, 1000);
	qsort(ns, ALL, sizeof(ns[0]), by_value);
	printf(json ? "{\"per_second\":%.0f,\"p50_us\":%.1f,\"p99_us\":%.1f}\n"
		    : "1 KiB file, 16 connections: %.0f a second, median %.1f us, p99 %.1f us\n",
	       ALL / seconds, (double)ns[ALL / 2] / 1e3, (double)ns[ALL * 99 / 100] / 1e3);
	return 0;
}
