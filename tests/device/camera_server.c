/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "device/camera_server.h"
#include "os/os.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define FRAME_US 40000 /* 25 frames a second */

/* The other side is gone: this connection is over. */
static bool put(int s, const void *bytes, size_t len)
{
	return send(s, bytes, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static bool put_text(int s, const char *text)
{
	return put(s, text, strlen(text));
}

/* One request up to its empty line; false: the connection is over. */
static bool take_request(int s, char *out, size_t room)
{
	size_t len = 0;

	while (len + 1 < room) {
		ssize_t n = recv(s, out + len, 1, 0);

		if (n != 1)
			return false;
		out[++len] = '\0';
		/* What is sent between requests over the same connection is left out. */
		if (len >= 4 && strcmp(out + len - 4, "\r\n\r\n") == 0)
			return true;
	}
	return false;
}

static void cut_or_hang(const struct camera_server *c)
{
	while (c->hang)
		pause();
}

/* ---- HTTP ---- */

static bool send_picture(int s, const struct camera_server *c, int number)
{
	char path[400], head[200];
	struct buf jpeg = {0};
	bool sent;

	snprintf(path, sizeof(path), "%s/p%03d.jpg", c->film, number % 10 + 1);
	if (os_read_file(&jpeg, path, 1 << 20, NULL) < 0)
		_exit(3);
	snprintf(head, sizeof(head),
		 "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %zu\r\n\r\n", jpeg.len);
	sent = put_text(s, head) && put(s, jpeg.data, jpeg.len) && put_text(s, "\r\n");
	buf_free(&jpeg);
	return sent;
}

static void serve_http(int s, const struct camera_server *c)
{
	char request[4096];

	if (!take_request(s, request, sizeof(request)))
		return;
	if (c->want && !strstr(request, c->want)) {
		put_text(s, "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"eye\"\r\n"
			    "Content-Length: 0\r\nConnection: close\r\n\r\n");
		return;
	}
	put_text(s, "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n"
		    "Connection: close\r\n\r\n");
	for (int i = 0; c->frames == 0 || i < c->frames; i++) {
		if (!send_picture(s, c, i))
			return;
		usleep(FRAME_US);
	}
	cut_or_hang(c);
}

static void serve_redirect(int s, const struct camera_server *c)
{
	char request[4096], answer[400];

	if (!take_request(s, request, sizeof(request)))
		return;
	snprintf(answer, sizeof(answer),
		 "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", c->elsewhere);
	put_text(s, answer);
}

static void serve_endless(int s)
{
	char request[4096];

	if (!take_request(s, request, sizeof(request)) || !put_text(s, "HTTP/1.1 200 OK\r\n"))
		return;
	while (put_text(s, "X-More: and more and more and more\r\n"))
		;
}

/* ---- RTSP (RFC 2326, RFC 6184: each NAL unit in a packet of its own) ---- */

struct nal {
	const uint8_t *bytes;
	size_t len;
};

/* The next unit of an Annex B stream. */
static bool next_nal(struct nal *out, const struct buf *film, size_t *at)
{
	size_t begin = *at, end;

	while (begin + 3 < film->len && memcmp(film->data + begin, "\0\0\1", 3) != 0)
		begin++;
	if (begin + 3 >= film->len)
		return false;
	begin += 3;
	for (end = begin; end + 3 < film->len && memcmp(film->data + end, "\0\0\1", 3) != 0;)
		end++;
	if (end + 3 >= film->len)
		end = film->len;
	*at = end;
	while (end > begin && film->data[end - 1] == 0)
		end--;
	*out = (struct nal){film->data + begin, end - begin};
	return true;
}

static bool send_nal(int s, const struct nal *nal, uint16_t sequence, uint32_t time, bool last)
{
	size_t len = nal->len + 12;
	const uint8_t head[16] = {
	    '$',
	    0,
	    (uint8_t)(len >> 8),
	    (uint8_t)len,
	    0x80,
	    (uint8_t)(96 | (last ? 0x80 : 0)),
	    (uint8_t)(sequence >> 8),
	    (uint8_t)sequence,
	    (uint8_t)(time >> 24),
	    (uint8_t)(time >> 16),
	    (uint8_t)(time >> 8),
	    (uint8_t)time,
	    1,
	    2,
	    3,
	    4,
	};

	return len <= UINT16_MAX && put(s, head, sizeof(head)) && put(s, nal->bytes, nal->len);
}

static void send_film(int s, const struct camera_server *c)
{
	struct buf film = {0};
	uint16_t sequence = 0;
	uint32_t time = 0;
	int frames = 0;

	if (os_read_file(&film, c->film, 1 << 24, NULL) < 0)
		_exit(3);
	for (size_t at = 0; c->frames == 0 || frames < c->frames;) {
		struct nal nal;

		if (!next_nal(&nal, &film, &at)) {
			at = 0; /* once more from the beginning, which is a key frame */
			continue;
		}
		bool slice = (nal.bytes[0] & 31) == 1 || (nal.bytes[0] & 31) == 5;

		if (!send_nal(s, &nal, sequence++, time, slice))
			break;
		if (!slice)
			continue;
		time += 90000 / 25;
		frames++;
		usleep(FRAME_US);
	}
	buf_free(&film);
	cut_or_hang(c);
}

static void serve_rtsp(int s, const struct camera_server *c)
{
	static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=eye\r\nt=0 0\r\n"
				  "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
				  "a=fmtp:96 packetization-mode=1\r\na=control:one\r\n";
	char request[4096], answer[1024];

	while (take_request(s, request, sizeof(request))) {
		const char *number = strstr(request, "CSeq:");
		int sequence = number ? atoi(number + 5) : 0;
		const char *more = "";

		if (strncmp(request, "DESCRIBE", 8) == 0) {
			snprintf(answer, sizeof(answer),
				 "RTSP/1.0 200 OK\r\nCSeq: %d\r\nContent-Type: application/sdp\r\n"
				 "Content-Length: %zu\r\n\r\n%s",
				 sequence, strlen(sdp), sdp);
			put_text(s, answer);
			continue;
		}
		if (strncmp(request, "SETUP", 5) == 0)
			more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 7\r\n";
		else if (strncmp(request, "OPTIONS", 7) == 0)
			more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n";
		snprintf(answer, sizeof(answer), "RTSP/1.0 200 OK\r\nCSeq: %d\r\n%s\r\n", sequence,
			 more);
		put_text(s, answer);
		if (strncmp(request, "PLAY", 4) == 0) {
			send_film(s, c);
			return;
		}
	}
}

/* ---- the process ---- */

static void serve(int s, const struct camera_server *c)
{
	switch (c->way) {
	case SERVES_HTTP:
		serve_http(s, c);
		break;
	case SERVES_RTSP:
		serve_rtsp(s, c);
		break;
	case SERVES_REDIRECT:
		serve_redirect(s, c);
		break;
	case SERVES_ENDLESS:
		serve_endless(s);
		break;
	case SERVES_NOTHING:
		for (;;)
			pause();
	}
}

static void run(int listener, const struct camera_server *c)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int s = accept(listener, NULL, NULL);
		int count = open(c->connections, O_WRONLY | O_CREAT | O_APPEND, 0600);

		if (s < 0 || count < 0 || write(count, "x", 1) != 1)
			_exit(2);
		close(count);
		serve(s, c);
		close(s);
	}
}

void camera_server_start(struct camera_server *s, const char *connections)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				 .sin_port = htons((uint16_t)s->port)};
	socklen_t len = sizeof(at);
	const int on = 1;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	snprintf(s->connections, sizeof(s->connections), "%s", connections);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len), 0);
	s->port = ntohs(at.sin_port);
	s->pid = fork();
	assert_true(s->pid >= 0);
	if (s->pid == 0) {
		run(listener, s);
		_exit(0);
	}
	close(listener);
}

void camera_server_stop(struct camera_server *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	s->pid = 0;
}

size_t camera_server_connections(const struct camera_server *s)
{
	struct buf b = {0};
	size_t n = os_read_file(&b, s->connections, 4096, NULL) < 0 ? 0 : b.len;

	buf_free(&b);
	return n;
}
