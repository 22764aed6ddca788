/* SPDX-License-Identifier: Apache-2.0 */
/* An OSDP line: the state table of bus.c over a port of the operating system. */
#include "device/osdp/line.h"

#include "device/osdp/show.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REOPEN_MS 1000
#define STEPS_MAX 32 /* of one call: a line that never falls silent must not keep its caller */

struct seat {
	struct osdp_line *line;
	size_t index;
};

struct osdp_line {
	struct osdp_bus bus;
	struct seat seats[OSDP_READERS_MAX];
	char port[256];
	bool rs485;
	int fd;
	int64_t reopen_ms;
	int64_t wake_ms;
	uint8_t out[1 + OSDP_FRAME_MAX]; /* with the mark */
	size_t out_len, out_done;
	char trouble[800];
};

static void lose_port(struct osdp_line *line, const tanu_error *err, int64_t now_ms)
{
	os_line_close(&line->fd);
	snprintf(line->trouble, sizeof(line->trouble), "%s: %s", line->port, err->message);
	line->reopen_ms = now_ms + REOPEN_MS;
	line->out_len = line->out_done = 0;
	line->wake_ms = osdp_bus_next(&line->bus, OSDP_BUS_DOWN, NULL, 0, now_ms).wake_ms;
}

static tanu_status open_port(struct osdp_line *line, tanu_error *err)
{
	if (strncmp(line->port, "tcp:", 4) == 0)
		return os_tcp_open(&line->fd, line->port + 4, err);
	return os_serial_open(&line->fd, line->port, line->bus.options.baud, line->rs485, err);
}

static bool flush(struct osdp_line *line, int64_t now_ms)
{
	size_t put = 0;
	tanu_error err = {0};

	if (os_line_write(line->fd, line->out + line->out_done, line->out_len - line->out_done,
			  &put, &err) < 0) {
		lose_port(line, &err, now_ms);
		return false;
	}
	line->out_done += put;
	return true;
}

/* What a step wants to say, behind the mark that wakes line drivers. */
static void say(struct osdp_line *line, const struct osdp_bus_step *step, int64_t now_ms)
{
	line->wake_ms = step->wake_ms;
	if (!step->send)
		return;
	line->out[0] = OSDP_MARK;
	memcpy(line->out + 1, step->send, step->send_len);
	line->out_len = step->send_len + 1;
	line->out_done = 0;
	flush(line, now_ms);
}

static void step(struct osdp_line *line, enum osdp_bus_event event, const uint8_t *bytes,
		 size_t len, int64_t now_ms)
{
	struct osdp_bus_step s = osdp_bus_next(&line->bus, event, bytes, len, now_ms);

	say(line, &s, now_ms);
}

static void try_open(struct osdp_line *line, int64_t now_ms)
{
	tanu_error err = {0};

	if (now_ms < line->reopen_ms)
		return;
	if (open_port(line, &err) < 0) {
		lose_port(line, &err, now_ms);
		return;
	}
	line->trouble[0] = '\0';
}

/* Everything that can be done now: no more bytes, and nothing due. */
static void pump(struct osdp_line *line, int64_t now_ms)
{
	uint8_t bytes[512];
	size_t got = 0;
	tanu_error err = {0};

	if (line->fd < 0)
		try_open(line, now_ms);
	if (line->fd >= 0 && !line->bus.line_up)
		step(line, OSDP_BUS_UP, NULL, 0, now_ms);
	for (int i = 0; i < STEPS_MAX && line->fd >= 0; i++) {
		if (line->out_done < line->out_len && !flush(line, now_ms))
			return;
		if (os_line_read(line->fd, bytes, sizeof(bytes), &got, &err) < 0) {
			lose_port(line, &err, now_ms);
			return;
		}
		if (got > 0)
			step(line, OSDP_BUS_BYTES, bytes, got, now_ms);
		else if (now_ms >= line->wake_ms)
			step(line, OSDP_BUS_TIME, NULL, 0, now_ms);
		else
			return;
	}
	if (line->fd < 0 && now_ms >= line->wake_ms)
		step(line, OSDP_BUS_TIME, NULL, 0, now_ms);
}

static tanu_status line_next(void *self, struct reader_event *out, int64_t now_ms, tanu_error *err)
{
	struct seat *seat = self;
	struct osdp_event event;

	(void)err;
	pump(seat->line, now_ms);
	out->kind = READER_NOTHING;
	if (!osdp_bus_take(&seat->line->bus, &event, seat->index, now_ms))
		return TANU_OK;
	out->kind = event.kind;
	out->at_ms = event.at_ms;
	out->on = event.on;
	out->key = event.key;
	out->number = event.number;
	out->bits = event.bits;
	out->len = event.len;
	out->word = event.word;
	memcpy(out->bytes, event.bytes, event.len);
	mem_wipe(&event, sizeof(event));
	return TANU_OK;
}

static tanu_status line_show(void *self, enum reader_show show, int64_t now_ms, tanu_error *err)
{
	struct seat *seat = self;
	struct osdp_peer *peer = &seat->line->bus.peers[seat->index];
	struct osdp_command commands[OSDP_SHOW_MAX];
	size_t len = osdp_show(commands, show, &peer->caps);
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < len && st >= 0; i++)
		st = osdp_bus_command(&seat->line->bus, seat->index, &commands[i], err);
	pump(seat->line, now_ms);
	return st;
}

static int line_fd(const void *self)
{
	return ((const struct seat *)self)->line->fd;
}

static int64_t line_wake(const void *self)
{
	const struct osdp_line *line = ((const struct seat *)self)->line;

	return line->fd < 0 && line->reopen_ms < line->wake_ms ? line->reopen_ms : line->wake_ms;
}

static void line_leave(void *self)
{
	(void)self;
}

static const struct reader_ops ops = {.kind = "osdp",
				      .next = line_next,
				      .show = line_show,
				      .fd = line_fd,
				      .wake_ms = line_wake,
				      .close = line_leave};

/* Settings that can never work are told at once; a port that is not there may come. */
static tanu_status first_open(struct osdp_line *line, tanu_error *err)
{
	tanu_error why = {0};
	tanu_status st = open_port(line, &why);

	if (st == TANU_USAGE) {
		if (err)
			*err = why;
		return st;
	}
	if (st < 0)
		snprintf(line->trouble, sizeof(line->trouble), "%s: %s", line->port, why.message);
	return TANU_OK;
}

tanu_status osdp_line_open(struct osdp_line **out, const struct osdp_reader_options *readers,
			   size_t readers_len, const struct osdp_line_options *options,
			   tanu_error *err)
{
	struct osdp_line *line = calloc(1, sizeof(*line));
	tanu_status st;

	if (!line)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, options->port, "not enough memory");
	line->fd = -1;
	line->rs485 = options->rs485;
	snprintf(line->port, sizeof(line->port), "%s", options->port);
	if ((st = osdp_bus_init(&line->bus, readers, readers_len, &options->bus, err)) < 0 ||
	    (st = first_open(line, err)) < 0) {
		error_prefix_place(err, options->port);
		osdp_line_close(&line);
		return st;
	}
	for (size_t i = 0; i < OSDP_READERS_MAX; i++)
		line->seats[i] = (struct seat){.line = line, .index = i};
	*out = line;
	return TANU_OK;
}

void osdp_line_close(struct osdp_line **line)
{
	if (!*line)
		return;
	os_line_close(&(*line)->fd);
	osdp_bus_wipe(&(*line)->bus);
	free(*line);
	*line = NULL;
}

struct reader osdp_line_reader(struct osdp_line *line, size_t index)
{
	return (struct reader){.ops = &ops, .self = &line->seats[index]};
}

struct osdp_bus *osdp_line_bus(struct osdp_line *line)
{
	return &line->bus;
}

const char *osdp_line_trouble(const struct osdp_line *line)
{
	return line->trouble;
}
