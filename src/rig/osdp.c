/* SPDX-License-Identifier: Apache-2.0 */
/* OSDP readers: several may hang on one line, which is opened once. */
#include "rig/inside.h"

#include "os/os.h"

#include <stdio.h>
#include <string.h>

bool is_osdp(const struct settings *s, int number)
{
	return strcmp(reader_text(s, number, "driver"), "osdp") == 0;
}

tanu_status osdp_key_read(struct osdp_key *out, const char *path, const char *setting,
			  tanu_error *err)
{
	struct buf file = {0};
	char hex[2 * sizeof(out->b) + 1];
	tanu_status st;

	if (!*path)
		return fail_setting(err, setting, "name the file with the reader's own key");
	if ((st = os_read_file(&file, path, 64, err)) < 0)
		return st;
	snprintf(hex, sizeof(hex), "%.*s",
		 (int)(file.len < sizeof(hex) ? file.len : sizeof(hex) - 1),
		 (const char *)file.data);
	if (!hex_decode(out->b, sizeof(out->b), hex))
		st = fail_setting(err, setting, "this file does not hold 32 hex digits");
	mem_wipe(hex, sizeof(hex));
	buf_wipe(&file);
	return st;
}

tanu_status osdp_line_options(struct osdp_line_options *out, const struct settings *s, int number,
			      tanu_error *err)
{
	*out = (struct osdp_line_options){
	    .port = reader_text(s, number, "line"),
	    .rs485 = settings_bool(s, reader_setting(number, "rs485").name),
	    .bus = {.baud = (uint32_t)settings_int(s, reader_setting(number, "baud").name),
		    .random = os_random()}};
	if (!*out->port)
		return fail_setting(err, reader_setting(number, "line").name,
				    "name the port, such as /dev/ttyUSB0 or tcp:192.0.2.1:4001");
	return TANU_OK;
}

/* Its address and key; and the key that it was being given when the power went. */
static tanu_status reader_options(struct osdp_reader_options *out, const struct settings *s,
				  int number, tanu_error *err)
{
	const struct reader_setting key = reader_setting(number, "key");
	const char *path = settings_text(s, key.name);
	char next[OS_PATH_MAX];
	tanu_status st;

	*out = (struct osdp_reader_options){
	    .address = (uint8_t)settings_int(s, reader_setting(number, "address").name)};
	if ((st = osdp_key_read(&out->key, path, key.name, err)) < 0)
		return st;
	snprintf(next, sizeof(next), "%.*s%s", (int)(sizeof(next) - sizeof(OSDP_KEY_NEXT)), path,
		 OSDP_KEY_NEXT);
	if (!os_exists(next))
		return TANU_OK;
	out->change_key = true;
	return osdp_key_read(&out->new_key, next, key.name, err);
}

/* All readers on the line of the first of them. */
static tanu_status line_ready(struct rig *d, int first, const struct settings *s, tanu_error *err)
{
	struct osdp_reader_options readers[RIG_READERS];
	struct osdp_line_options line, other;
	size_t len = 0;
	tanu_status st = osdp_line_options(&line, s, first, err);

	for (int i = first; i <= RIG_READERS && st == TANU_OK; i++) {
		if (!is_osdp(s, i) || strcmp(reader_text(s, i, "line"), line.port) != 0)
			continue;
		st = osdp_line_options(&other, s, i, err);
		if (st == TANU_OK && (other.bus.baud != line.bus.baud || other.rs485 != line.rs485))
			st = fail_setting(err, reader_setting(i, "baud").name,
					  "readers on one line have one speed");
		if (st == TANU_OK)
			st = reader_options(&readers[len], s, i, err);
		d->on_line[i - 1].line = first - 1;
		d->on_line[i - 1].index = len++;
	}
	if (st == TANU_OK)
		st = osdp_line_open(&d->line[first - 1], readers, len, &line, err);
	mem_wipe(readers, sizeof(readers));
	return st;
}

static bool is_first_of_line(const struct settings *s, int number)
{
	for (int i = 1; i < number; i++)
		if (is_osdp(s, i) &&
		    strcmp(reader_text(s, i, "line"), reader_text(s, number, "line")) == 0)
			return false;
	return true;
}

tanu_status osdp_ready(struct rig *d, const struct settings *s, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (int i = 1; i <= RIG_READERS && st == TANU_OK; i++)
		if (is_osdp(s, i) && is_first_of_line(s, i))
			st = line_ready(d, i, s, err);
	return st;
}

struct reader osdp_reader(const struct rig *d, int number)
{
	return osdp_line_reader(d->line[d->on_line[number - 1].line], d->on_line[number - 1].index);
}
