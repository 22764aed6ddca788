/* SPDX-License-Identifier: Apache-2.0 */
/* A public log behind a web server, as files. */
#include "net/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct net_log {
	struct net *net;
	struct net_response response;
	char base[NET_URL_MAX + 1]; /* without its final slash */
};

/* Paths come from our own code, but whoever serves the log must not be able to steer them. */
static bool is_path(const char *path)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-/";

	return *path && *path != '/' && path[strspn(path, allowed)] == '\0' && !strstr(path, "..");
}

static tanu_status hand_over(struct net_log *log, struct buf *out, const char *url, tanu_error *err)
{
	int status = log->response.status;

	if (status == 404 || status == 410)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, url, "the log has no such file");
	if (status != 200)
		return net_unexpected(&log->response, url, err);
	buf_wipe(out);
	*out = log->response.body;
	log->response.body = (struct buf){0};
	return TANU_OK;
}

static tanu_status log_read(void *self, struct buf *out, const char *path, size_t max_bytes,
			    tanu_error *err)
{
	struct net_log *log = self;
	char url[NET_URL_MAX + 1];
	struct net_request request = {.url = url, .max_bytes = max_bytes ? max_bytes : 1};
	tanu_status st;

	if (!is_path(path))
		return BAD_CALL(err, "files of a log have plain names");
	if (snprintf(url, sizeof(url), "%s/%s", log->base, path) >= (int)sizeof(url))
		return tanu_fail(err, TANU_ERR_USAGE, "address", "the log's address is too long");
	st = net_send(log->net, &log->response, &request, err);
	return st < 0 ? st : hand_over(log, out, url, err);
}

/* `url` has passed net_url_check, so it fits. */
static tanu_status set_base(struct net_log *log, const char *url, tanu_error *err)
{
	size_t len = strlen(url);

	while (len > 0 && url[len - 1] == '/')
		len--;
	if (memchr(url, '?', len))
		return tanu_fail(err, TANU_ERR_USAGE, "address",
				 "the address of a log is that of its folder, without a ?");
	snprintf(log->base, sizeof(log->base), "%.*s", (int)len, url);
	return TANU_OK;
}

tanu_status net_log_open(struct net_log **out, const char *url, const struct net_options *options,
			 tanu_error *err)
{
	struct net_log *log = NULL;
	tanu_status st;

	if ((st = net_url_check(url, options && options->plain_http, err)) < 0)
		return st;
	log = calloc(1, sizeof(*log));
	if (!log)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = set_base(log, url, err)) >= 0)
		st = net_open(&log->net, options, err);
	if (st < 0)
		net_log_close(&log);
	else
		*out = log;
	return st;
}

void net_log_close(struct net_log **log)
{
	if (!*log)
		return;
	net_close(&(*log)->net);
	net_response_free(&(*log)->response);
	free(*log);
	*log = NULL;
}

struct log_files net_log_files(struct net_log *log)
{
	return (struct log_files){.read = log_read, .self = log};
}
