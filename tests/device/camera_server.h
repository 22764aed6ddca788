/* SPDX-License-Identifier: Apache-2.0 */
/*
 * camera_server.h - a network camera that is not there: a process that answers as one does, well or
 * badly. One connection after the other.
 */
#ifndef TESTS_DEVICE_CAMERA_SERVER_H
#define TESTS_DEVICE_CAMERA_SERVER_H

#include "base/base.h"

#include <sys/types.h>

enum camera_server_way {
	SERVES_HTTP, /* MJPEG, "film" a folder of p001.jpg ... */
	SERVES_RTSP, /* H.264 over the same connection, "film" a raw stream of one slice a frame */
	SERVES_REDIRECT, /* sends away to `elsewhere` */
	SERVES_NOTHING,	 /* takes the connection, and never says a word */
	SERVES_ENDLESS,	 /* a header that does not end */
};

struct camera_server {
	enum camera_server_way way;
	const char *film;
	int frames; /* then it is cut; 0: never */
	bool hang;  /* instead of being cut it falls silent */
	const char *elsewhere;
	const char *want; /* text that the request must have, or it is answered 401; NULL: none */
	/* Filled by starting: */
	pid_t pid;
	int port;
	char connections[300]; /* a file with a byte for each */
};

void camera_server_start(struct camera_server *s, const char *connections);
void camera_server_stop(struct camera_server *s);
size_t camera_server_connections(const struct camera_server *s);

#endif
