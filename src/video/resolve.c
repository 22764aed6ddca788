/* SPDX-License-Identifier: Apache-2.0 */
/* From a name to the one machine that may be connected to. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "video/play.h"
#include "video/video.h"

#define HOST_MAX 255

/* An address in pieces: what is before the host, the host, its port, and the rest. */
struct pieces {
	size_t before; /* bytes, "rtsp://user:password@" */
	char host[HOST_MAX + 1];
	char port[6];	  /* "" where none stands */
	const char *rest; /* from the colon of the port on */
};

static struct sockaddr_storage allowed;
static socklen_t allowed_len;

static bool copy(char *out, size_t room, const char *from, size_t len)
{
	if (len == 0 || len >= room)
		return false;
	memcpy(out, from, len);
	out[len] = '\0';
	return true;
}

static bool take_apart(struct pieces *out, const char *url)
{
	const char *authority = strstr(url, "://"), *end, *at, *host, *host_end;

	if (!authority)
		return false;
	authority += 3;
	end = authority + strcspn(authority, "/?#");
	host = authority;
	for (at = authority; at < end; at++)
		if (*at == '@')
			host = at + 1;
	if (*host == '[') {
		host_end = memchr(host, ']', (size_t)(end - host));
		if (!host_end ||
		    !copy(out->host, sizeof(out->host), host + 1, (size_t)(host_end - host - 1)))
			return false;
		host_end++;
	} else {
		host_end = memchr(host, ':', (size_t)(end - host));
		if (!host_end)
			host_end = end;
		if (!copy(out->host, sizeof(out->host), host, (size_t)(host_end - host)))
			return false;
	}
	out->before = (size_t)(host - url);
	out->rest = host_end;
	out->port[0] = '\0';
	return *host_end != ':' ||
	       copy(out->port, sizeof(out->port), host_end + 1, (size_t)(end - host_end - 1));
}

static const char *usual_port(const char *url)
{
	return strncmp(url, "rtsp://", 7) == 0 ? "554" : "80";
}

/* Does somebody answer there? Closed again at once. */
static bool answers(const struct addrinfo *info, int32_t patience_ms)
{
	int s = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct pollfd p = {.fd = s, .events = POLLOUT};
	int failed = 0;
	socklen_t len = sizeof(failed);
	bool there = false;

	if (s < 0)
		return false;
	memcpy(&allowed, info->ai_addr, info->ai_addrlen);
	allowed_len = info->ai_addrlen;
	if (connect(s, info->ai_addr, info->ai_addrlen) == 0)
		there = true;
	else if (errno == EINPROGRESS)
		there = poll(&p, 1, patience_ms) == 1 &&
			getsockopt(s, SOL_SOCKET, SO_ERROR, &failed, &len) == 0 && failed == 0;
	close(s);
	return there;
}

/* The first that answers; a machine of one address is left to the stream itself. */
static const struct addrinfo *choose(const struct addrinfo *all, int32_t patience_ms)
{
	if (!all->ai_next)
		return all;
	for (const struct addrinfo *one = all; one; one = one->ai_next)
		if (answers(one, patience_ms))
			return one;
	return all;
}

tanu_status resolve_url(char url[STREAM_URL_MAX + 1], const char *named, int32_t patience_ms,
			tanu_error *err)
{
	const struct addrinfo stream = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *all = NULL;
	const struct addrinfo *one;
	struct pieces p;
	char number[NI_MAXHOST];
	int rc, len;

	if (!take_apart(&p, named))
		return tanu_fail(err, TANU_ERR_SETTING, NULL, "the address names no machine");
	rc = getaddrinfo(p.host, p.port[0] ? p.port : usual_port(named), &stream, &all);
	if (rc != 0)
		return tanu_fail(err, TANU_ERR_NETWORK, NULL,
				 "the camera's name is not known here: %s", gai_strerror(rc));
	one = choose(all, patience_ms);
	memcpy(&allowed, one->ai_addr, one->ai_addrlen);
	allowed_len = one->ai_addrlen;
	rc = getnameinfo(one->ai_addr, one->ai_addrlen, number, sizeof(number), NULL, 0,
			 NI_NUMERICHOST);
	len = snprintf(url, STREAM_URL_MAX + 1,
		       one->ai_family == AF_INET6 ? "%.*s[%s]%s" : "%.*s%s%s", (int)p.before, named,
		       number, p.rest);
	freeaddrinfo(all);
	if (rc != 0 || len < 0 || len > STREAM_URL_MAX)
		return tanu_fail(err, TANU_ERR_SETTING, NULL, "the address is too long");
	return TANU_OK;
}

bool video_may_connect(const struct sockaddr *to, socklen_t len)
{
	/* The name is still being looked up; nothing of the stream has been read. */
	if (allowed_len == 0)
		return true;
	if (to->sa_family == AF_INET && allowed.ss_family == AF_INET &&
	    len >= sizeof(struct sockaddr_in)) {
		const struct sockaddr_in *a = (const void *)to, *b = (const void *)&allowed;

		return a->sin_port == b->sin_port && a->sin_addr.s_addr == b->sin_addr.s_addr;
	}
	if (to->sa_family == AF_INET6 && allowed.ss_family == AF_INET6 &&
	    len >= sizeof(struct sockaddr_in6)) {
		const struct sockaddr_in6 *a = (const void *)to, *b = (const void *)&allowed;

		return a->sin6_port == b->sin6_port &&
		       memcmp(&a->sin6_addr, &b->sin6_addr, sizeof(a->sin6_addr)) == 0;
	}
	return false;
}
