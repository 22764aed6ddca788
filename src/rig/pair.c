/* SPDX-License-Identifier: Apache-2.0 */
#include "rig/pair.h"

#include "rig/inside.h"

#include "os/os.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#define WAIT_MS 100

struct pairing {
	struct osdp_line *line;
	struct reader reader;
	char refused[64]; /* what it said last that was no */
	bool paired;
};

static int64_t monotonic_ms(void)
{
	return os_monotonic_ns() / 1000000;
}

static tanu_status key_write(const char *path, const struct osdp_key *key, tanu_error *err)
{
	char hex[2 * sizeof(key->b) + 2];
	tanu_status st;

	hex_encode(hex, key->b, sizeof(key->b));
	strcat(hex, "\n");
	st = os_replace_file(path, hex, strlen(hex), 0600, err);
	mem_wipe(hex, sizeof(hex));
	return st;
}

/* Made once: a second call finds it, and goes on with it. */
static tanu_status key_ready(struct osdp_key *out, const char *path, const char *setting,
			     tanu_error *err)
{
	struct random_source random = os_random();

	if (os_exists(path))
		return osdp_key_read(out, path, setting, err);
	random.fill(random.self, out->b, sizeof(out->b));
	return key_write(path, out, err);
}

static void listen(struct pairing *p, int64_t now_ms)
{
	static struct reader_event e; /* 4 KiB, of the one that pairs */

	while (!p->paired && reader_next(&p->reader, &e, now_ms, NULL) >= 0 && e.kind) {
		p->paired = e.kind == READER_PAIRED;
		if (e.kind == READER_REFUSED && e.word)
			snprintf(p->refused, sizeof(p->refused), "%s", e.word);
	}
}

static tanu_status wait_for(struct pairing *p, int64_t patience_ms, tanu_error *err)
{
	int64_t now_ms = monotonic_ms(), end_ms = now_ms + patience_ms;

	while (!p->paired && now_ms < end_ms) {
		struct pollfd fd = {.fd = reader_fd(&p->reader), .events = POLLIN};
		int64_t wait_ms = reader_wake_ms(&p->reader) - now_ms;

		wait_ms = wait_ms < 0 ? 0 : wait_ms > WAIT_MS ? WAIT_MS : wait_ms;
		poll(&fd, fd.fd >= 0, (int)wait_ms);
		now_ms = monotonic_ms();
		listen(p, now_ms);
	}
	if (p->paired)
		return TANU_OK;
	if (*osdp_line_trouble(p->line))
		return tanu_fail(err, TANU_ERR_DEVICE, "reader", "%s", osdp_line_trouble(p->line));
	if (p->refused[0])
		return tanu_fail(err, TANU_ERR_DEVICE, "reader",
				 "it refused (%s): has it this key already, or another?",
				 p->refused);
	return tanu_fail(err, TANU_ERR_DEVICE, "reader",
			 "nothing answers: look at wires, address and speed");
}

/* The reader has it: it takes the place of the one before. */
static tanu_status key_settle(const char *next, const char *path, const struct osdp_key *key,
			      tanu_error *err)
{
	tanu_status st = key_write(path, key, err);

	return st < 0 ? st : os_remove_file(next, err);
}

tanu_status rig_pair(const struct settings *settings, int number, enum rig_pair how,
		     int64_t patience_ms, tanu_error *err)
{
	const struct reader_setting setting = reader_setting(number, "key");
	struct osdp_reader_options o = {.change_key = true, .pair = how == RIG_PAIR_NEW};
	struct osdp_line_options line;
	struct pairing p = {.line = NULL};
	char next[OS_PATH_MAX];
	const char *path;
	tanu_status st;

	if (number < 1 || number > RIG_READERS || !is_osdp(settings, number))
		return fail_setting(err, reader_setting(number, "driver").name,
				    "this is no OSDP reader of the settings");
	path = settings_text(settings, setting.name);
	if (!*path)
		return fail_setting(err, setting.name, "name the file that its key shall be in");
	o.address = (uint8_t)settings_int(settings, reader_setting(number, "address").name);
	snprintf(next, sizeof(next), "%.*s%s", (int)(sizeof(next) - sizeof(OSDP_KEY_NEXT)), path,
		 how == RIG_PAIR_AGAIN ? OSDP_KEY_NEXT : "");
	if ((st = osdp_line_options(&line, settings, number, err)) < 0 ||
	    (how == RIG_PAIR_AGAIN && (st = osdp_key_read(&o.key, path, setting.name, err)) < 0) ||
	    (st = key_ready(&o.new_key, next, setting.name, err)) < 0 ||
	    (st = osdp_line_open(&p.line, &o, 1, &line, err)) < 0)
		goto out;
	p.reader = osdp_line_reader(p.line, 0);
	st = wait_for(&p, patience_ms, err);
	if (st == TANU_OK && how == RIG_PAIR_AGAIN)
		st = key_settle(next, path, &o.new_key, err);
out:
	osdp_line_close(&p.line);
	mem_wipe(&o, sizeof(o));
	return st;
}
