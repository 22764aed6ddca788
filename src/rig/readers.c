/* SPDX-License-Identifier: Apache-2.0 */
#include "rig/inside.h"

#include "device/code.h"
#include "device/pcsc.h"
#include "device/wiegand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader_setting reader_setting(int number, const char *key)
{
	struct reader_setting s;

	snprintf(s.name, sizeof(s.name), "reader%d.%s", number, key);
	return s;
}

const char *reader_text(const struct settings *s, int number, const char *key)
{
	return settings_text(s, reader_setting(number, key).name);
}

static tanu_status fail_reader(tanu_error *err, int number, const char *key, const char *why)
{
	return fail_setting(err, reader_setting(number, key).name, why);
}

/* ---- on wires ---- */

/* Words between commas, into `room`; false: too many, or too long. */
static bool list_split(char *room, size_t room_len, const char **words, size_t words_max,
		       size_t *words_len, const char *text)
{
	char *next;

	*words_len = 0;
	if (strlen(text) >= room_len)
		return false;
	snprintf(room, room_len, "%s", text);
	for (char *word = strtok_r(room, ", ", &next); word; word = strtok_r(NULL, ", ", &next)) {
		if (*words_len == words_max)
			return false;
		words[(*words_len)++] = word;
	}
	return true;
}

static bool layouts_parse(struct wiegand_options *o, char *room, size_t room_len, const char *text)
{
	size_t len;

	if (!list_split(room, room_len, o->layouts, WIEGAND_LAYOUTS_MAX, &len, text))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!wiegand_layout(o->layouts[i]))
			return false;
	return true;
}

static bool sites_parse(struct wiegand_options *o, const char *text)
{
	const char *words[WIEGAND_SITES_MAX];
	char room[128];

	if (!list_split(room, sizeof(room), words, WIEGAND_SITES_MAX, &o->sites_len, text))
		return false;
	for (size_t i = 0; i < o->sites_len; i++) {
		char *end = NULL;
		unsigned long site = strtoul(words[i], &end, 10);

		if (*end || words[i][0] == '-' || site > UINT32_MAX)
			return false;
		o->sites[i] = (uint32_t)site;
	}
	return true;
}

/* A wire that may be missing. */
static bool output_parse(bool *has, struct gpio_wire *out, const char *text)
{
	*has = *text != '\0';
	return !*has || wire_parse(out, text);
}

static tanu_status wiegand_reader(struct rig *d, struct reader *out, int number,
				  const struct settings *s, tanu_error *err)
{
	struct wiegand_options o = {.layouts = {NULL}};
	char layouts[64];
	tanu_status st;

	if (!wires_parse(&o.d0, &o.d1, reader_text(s, number, "line")))
		return fail_reader(err, number, "line", "name the lines of D0 and D1, such as 5,6");
	if (!layouts_parse(&o, layouts, sizeof(layouts), reader_text(s, number, "layout")))
		return fail_reader(err, number, "layout",
				   "name up to 4 layouts of docs/devices.md, such as 26,34");
	if (!sites_parse(&o, reader_text(s, number, "sites")))
		return fail_reader(err, number, "sites", "name up to 16 site codes, such as 12,13");
	if (!output_parse(&o.has_light, &o.light, reader_text(s, number, "light")) ||
	    !output_parse(&o.has_beeper, &o.beeper, reader_text(s, number, "beeper")))
		return fail_reader(err, number, "light", "name a line each, such as 17 or -17");
	o.d0.active_low = o.d1.active_low = true; /* at rest high */
	if ((st = chip_ready(d, s, err)) < 0 ||
	    (st = wiegand_reader_open(out, &d->gpio, &o, err)) < 0)
		return st;
	return gate_reader_thread(out, err); /* its bits must be fetched within 15 ms */
}

/* ---- by camera, by USB ---- */

static tanu_status camera_reader(struct gate_options *o, struct reader *out, int number,
				 const struct settings *s, tanu_error *err)
{
	struct code_options options = {.max_width = (int32_t)settings_int(s, "camera.width"),
				       .max_height = (int32_t)settings_int(s, "camera.height")};

	if (!*settings_text(s, "camera.source") || o->onlooker.frame)
		return fail_reader(err, number, "driver",
				   "one reader may use the camera, where there is one");
	return code_reader_open(out, &o->onlooker, &options, err);
}

/* "A0000003970300:0101": application and file. */
static bool file_parse(struct nfc_file *out, const char *text)
{
	const char *colon = strchr(text, ':');
	char aid[2 * sizeof(out->aid) + 1];
	size_t len = colon ? (size_t)(colon - text) : 0;

	*out = (struct nfc_file){.aid_len = len / 2};
	if (len % 2 || out->aid_len < 5 || out->aid_len > sizeof(out->aid) ||
	    strlen(colon + 1) != 2 * sizeof(out->id))
		return false;
	snprintf(aid, sizeof(aid), "%.*s", (int)len, text);
	return hex_decode(out->aid, out->aid_len, aid) &&
	       hex_decode(out->id, sizeof(out->id), colon + 1);
}

static tanu_status pcsc_reader(struct reader *out, int number, const struct settings *s,
			       tanu_error *err)
{
	const char *text = reader_text(s, number, "file");
	struct nfc_file file;
	struct pcsc_options options = {
	    .name = reader_text(s, number, "line"),
	    .numbers = settings_bool(s, reader_setting(number, "numbers").name)};

	if (*text && !file_parse(&file, text))
		return fail_reader(err, number, "file",
				   "write application and file, such as A0000003970300:0101");
	options.file = *text ? &file : NULL;
	return pcsc_reader_open(out, &options, err);
}

/* ---- all of them ---- */

static tanu_status reader_open(struct rig *d, struct gate_options *o, int number,
			       const struct settings *s, tanu_error *err)
{
	const char *driver = reader_text(s, number, "driver");
	const char *way = reader_text(s, number, "direction");
	struct gate_reader *r = &o->readers[o->readers_len];
	tanu_status st = TANU_OK;

	if (!*driver)
		return TANU_OK;
	if (strcmp(way, "entry") != 0 && strcmp(way, "exit") != 0)
		return fail_reader(err, number, "direction", "this is neither entry nor exit");
	if (strcmp(driver, "sim") == 0 && d->world)
		r->reader = sim_world_reader(d->world);
	else if (is_osdp(s, number))
		r->reader = osdp_reader(d, number);
	else if (strcmp(driver, "wiegand") == 0)
		st = wiegand_reader(d, &r->reader, number, s, err);
	else if (strcmp(driver, "camera") == 0)
		st = camera_reader(o, &r->reader, number, s, err);
	else if (strcmp(driver, "pcsc") == 0)
		st = pcsc_reader(&r->reader, number, s, err);
	else
		st = fail_reader(err, number, "driver",
				 "this is osdp, wiegand, pcsc, camera, or sim where the door is "
				 "one");
	if (st < 0)
		return st;
	r->direction = strcmp(way, "exit") == 0 ? RULES_EXIT : RULES_ENTRY;
	snprintf(r->name, sizeof(r->name), "%.31s", reader_text(s, number, "name"));
	o->readers_len++;
	return TANU_OK;
}

tanu_status readers_ready(struct rig *d, struct gate_options *o, const struct settings *s,
			  tanu_error *err)
{
	tanu_status st = osdp_ready(d, s, err);

	for (int i = 1; i <= RIG_READERS && st == TANU_OK; i++)
		st = reader_open(d, o, i, s, err);
	return st;
}
