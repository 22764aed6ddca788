/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate's private socket: a line of its state whenever something changes, and a few words of the
 * guard. Who reads too slowly is cut off.
 */
#include "gate/inside.h"

#include <string.h>

#define TELL_MS	       ((int64_t)200)
#define BEAT_MS	       ((int64_t)5000)
#define LINE_MAX_BYTES 4096

tanu_status view_open(struct gate *g, const char *path, tanu_error *err)
{
	return os_unix_listen(&g->view.listening, path, err);
}

void view_close(struct gate *g)
{
	for (size_t i = 0; i < VIEWERS_MAX; i++)
		os_line_close(&g->view.client[i]);
	os_line_close(&g->view.listening);
}

static void accept_one(struct gate *g)
{
	int fd = -1;

	if (os_unix_accept(&fd, g->view.listening, NULL) < 0 || fd < 0)
		return;
	for (size_t i = 0; i < VIEWERS_MAX; i++)
		if (g->view.client[i] < 0) {
			g->view.client[i] = fd;
			g->view.command_len[i] = 0;
			g->view.told_ms = 0; /* everybody gets a line now */
			return;
		}
	os_line_close(&fd);
}

static void drop(struct gate *g, size_t i)
{
	os_line_close(&g->view.client[i]);
}

static void commands_read(struct gate *g, size_t i, int64_t now_ms)
{
	struct view *v = &g->view;
	tanu_error why = {0};
	char c;
	size_t got = 0;

	while (v->client[i] >= 0) {
		if (os_line_read(v->client[i], &c, 1, &got, NULL) < 0) {
			drop(g, i);
			return;
		}
		if (got == 0)
			return;
		if (c != '\n') {
			if (v->command_len[i] + 1 == COMMAND_MAX) {
				drop(g, i);
				return;
			}
			v->command[i][v->command_len[i]++] = c;
			continue;
		}
		v->command[i][v->command_len[i]] = '\0';
		v->command_len[i] = 0;
		v->commands++;
		if (gate_command(g, v->command[i], now_ms, &why) < 0)
			gate_log(g, "at the socket: %s", why.message);
		else
			gate_log(g, "at the socket: %s", v->command[i]);
		v->told_ms = 0;
	}
}

static bool anybody(const struct view *v)
{
	for (size_t i = 0; i < VIEWERS_MAX; i++)
		if (v->client[i] >= 0)
			return true;
	return false;
}

/* The same but for the time is no news. */
static bool is_news(struct view *v, const struct buf *line, int64_t now_ms, bool forced)
{
	const char *text = (const char *)line->data, *at = strstr(text, "\"visit\"");
	uint8_t digest[DIGEST_LEN];

	if (!at)
		return false;
	sha256(digest, at, line->len - (size_t)(at - text));
	if (!forced && now_ms - v->told_ms < BEAT_MS &&
	    memcmp(digest, v->told, sizeof(digest)) == 0)
		return false;
	memcpy(v->told, digest, sizeof(digest));
	return true;
}

static void tell_all(struct gate *g, int64_t now_ms)
{
	struct view *v = &g->view;
	struct buf line = {.max = LINE_MAX_BYTES};
	bool forced = v->told_ms == 0;
	size_t put = 0;

	gate_state_json(g, &line, now_ms);
	buf_cstr(&line);
	if (!line.failed && is_news(v, &line, now_ms, forced)) {
		v->told_ms = now_ms;
		for (size_t i = 0; i < VIEWERS_MAX; i++)
			if (v->client[i] >= 0 &&
			    (os_line_write(v->client[i], line.data, line.len, &put, NULL) < 0 ||
			     put < line.len))
				drop(g, i);
	}
	buf_free(&line);
}

void view_watch(struct gate *g, int64_t now_ms)
{
	struct view *v = &g->view;

	if (v->listening < 0)
		return;
	accept_one(g);
	for (size_t i = 0; i < VIEWERS_MAX; i++)
		if (v->client[i] >= 0)
			commands_read(g, i, now_ms);
	if (anybody(v) && (v->told_ms == 0 || now_ms - v->told_ms >= TELL_MS))
		tell_all(g, now_ms);
}
