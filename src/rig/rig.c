/* SPDX-License-Identifier: Apache-2.0 */
#include "rig/rig.h"

#include "device/code.h"
#include "device/gpio_door.h"
#include "device/pcsc.h"
#include "device/wiegand.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tanu_status fail_setting(tanu_error *err, const char *name, const char *why)
{
	return tanu_fail(err, TANU_ERR_SETTING, name, "%s", why);
}

/* "17", or "-17" where on is low. */
static bool wire_parse(struct gpio_wire *out, const char *text)
{
	char *end = NULL;
	long line;

	*out = (struct gpio_wire){.active_low = *text == '-'};
	if (*text == '-')
		text++;
	line = strtol(text, &end, 10);
	if (end == text || *end || line < 0 || line > 1000)
		return false;
	out->line = (unsigned)line;
	return true;
}

/* ---- doors ---- */

static tanu_status sim_door(struct rig *d, struct gate_options *o, const struct settings *s,
			    tanu_error *err)
{
	const char *path = settings_text(s, "door.script");
	struct buf script = {0};
	tanu_status st = TANU_OK;

	buf_str(&script, *path ? "" : "0 walk 800 1500\n");
	if (*path)
		st = os_read_file(&script, path, SIM_SCRIPT_MAX, err);
	if (st == TANU_OK)
		st = sim_world_open(&d->world, (const char *)script.data, script.len, err);
	if (st == TANU_OK) {
		o->door = sim_world_door(d->world);
		d->simulated = true;
	}
	buf_free(&script);
	return st;
}

static tanu_status chip_ready(struct rig *d, const struct settings *s, tanu_error *err)
{
	if (d->gpio.ops)
		return TANU_OK;
	return gpio_open(&d->gpio, settings_text(s, "door.chip"), err);
}

static tanu_status wired_door(struct rig *d, struct gate_options *o, const struct settings *s,
			      tanu_error *err)
{
	static const char *const names[GPIO_DOOR_INPUTS] = {
#define X(NAME, field) [GPIO_DOOR_##NAME] = "door." #field,
	    GPIO_DOOR_INPUT_LIST(X)
#undef X
	};
	struct gpio_door_options options = {.pulse_ms = settings_int(s, "door.pulse_ms")};
	tanu_status st;

	options.no_relay = strcmp(settings_text(s, "door.driver"), "panel") == 0;
	if (options.no_relay && *settings_text(s, "door.bolt"))
		return fail_setting(err, "door.bolt", "the panel frees the lock when it likes");
	if (!options.no_relay && !wire_parse(&options.relay, settings_text(s, "door.relay")))
		return fail_setting(err, "door.relay", "name the line of the relay, such as 17");
	for (int i = 0; i < GPIO_DOOR_INPUTS; i++) {
		const char *text = settings_text(s, names[i]);

		if (!*text)
			continue;
		if (!wire_parse(&options.inputs[i], text))
			return fail_setting(err, names[i], "name a line, such as 27 or -27");
		options.has[i] = true;
	}
	if ((st = chip_ready(d, s, err)) < 0)
		return st;
	return gpio_door_open(&o->door, &d->gpio, &options, err);
}

/* ---- a panel on the wall ---- */

/* "5,6": two lines of door.chip. */
static bool wires_parse(struct gpio_wire *d0, struct gpio_wire *d1, const char *text)
{
	char wires[64], *comma;

	snprintf(wires, sizeof(wires), "%s", text);
	comma = strchr(wires, ',');
	if (!comma)
		return false;
	*comma = '\0';
	return wire_parse(d0, wires) && wire_parse(d1, comma + 1);
}

static tanu_status panel_ready(struct rig *d, struct gate_options *o, const struct settings *s,
			       tanu_error *err)
{
	const char *line = settings_text(s, "panel.line"), *other = settings_text(s, "panel.other");
	struct wiegand_out out = {.gpio = &d->gpio};
	struct gpio_wire d0, d1;
	tanu_status st;

	if (!*line)
		return strcmp(settings_text(s, "door.driver"), "panel") == 0
			   ? fail_setting(err, "panel.line",
					  "name the lines of D0 and D1, such as 5,6")
			   : TANU_OK;
	if (!wires_parse(&d0, &d1, line))
		return fail_setting(err, "panel.line", "name the lines of D0 and D1, such as 5,6");
	/* at rest high; a transistor between turns that round, and is written -5,-6 */
	d0.active_low = !d0.active_low;
	d1.active_low = !d1.active_low;
	if (*other && wiegand_parse(o->panel_other, &o->panel_other_bits, other, NULL) < 0)
		return fail_setting(err, "panel.other", "write a card, such as 26:12:60001");
	if ((st = chip_ready(d, s, err)) < 0 ||
	    (st = wiegand_out_open(&out, &d->gpio, &d0, &d1, err)) < 0 ||
	    (st = panel_open(&d->panel, &out, err)) < 0)
		return st;
	o->panel = d->panel;
	return TANU_OK;
}

/* ---- readers ---- */

struct reader_names {
	char driver[32], name[32], direction[32], line[32], layout[32], address[32], baud[32],
	    key[32];
};

static struct reader_names names_of(int number)
{
	struct reader_names n;

	snprintf(n.driver, sizeof(n.driver), "reader%d.driver", number);
	snprintf(n.name, sizeof(n.name), "reader%d.name", number);
	snprintf(n.direction, sizeof(n.direction), "reader%d.direction", number);
	snprintf(n.line, sizeof(n.line), "reader%d.line", number);
	snprintf(n.layout, sizeof(n.layout), "reader%d.layout", number);
	snprintf(n.address, sizeof(n.address), "reader%d.address", number);
	snprintf(n.baud, sizeof(n.baud), "reader%d.baud", number);
	snprintf(n.key, sizeof(n.key), "reader%d.key", number);
	return n;
}

static tanu_status osdp_key_read(struct osdp_key *out, const char *path, const char *name,
				 tanu_error *err)
{
	struct buf file = {0};
	char hex[2 * sizeof(out->b) + 1];
	tanu_status st;

	if (!*path)
		return fail_setting(err, name, "name the file with the reader's own key");
	if ((st = os_read_file(&file, path, 64, err)) < 0)
		return st;
	snprintf(hex, sizeof(hex), "%.*s",
		 (int)(file.len < sizeof(hex) ? file.len : sizeof(hex) - 1),
		 (const char *)file.data);
	if (!hex_decode(out->b, sizeof(out->b), hex))
		st = fail_setting(err, name, "this file does not hold 32 hex digits");
	mem_wipe(hex, sizeof(hex));
	buf_wipe(&file);
	return st;
}

static tanu_status osdp_reader(struct rig *d, struct reader *out, int number,
			       const struct settings *s, tanu_error *err)
{
	struct random_source random = os_random();
	struct reader_names n = names_of(number);
	struct osdp_reader_options reader = {.address = (uint8_t)settings_int(s, n.address)};
	struct osdp_line_options line = {
	    .port = settings_text(s, n.line),
	    .bus = {.baud = (uint32_t)settings_int(s, n.baud), .random = random}};
	tanu_status st;

	if ((st = osdp_key_read(&reader.key, settings_text(s, n.key), n.key, err)) == TANU_OK &&
	    (st = osdp_line_open(&d->line[number - 1], &reader, 1, &line, err)) == TANU_OK)
		*out = osdp_line_reader(d->line[number - 1], 0);
	mem_wipe(&reader, sizeof(reader));
	return st;
}

static tanu_status wiegand_reader(struct rig *d, struct reader *out, int number,
				  const struct settings *s, tanu_error *err)
{
	struct reader_names n = names_of(number);
	struct wiegand_options options = {.layouts = {settings_text(s, n.layout)}};
	tanu_status st;

	if (!wires_parse(&options.d0, &options.d1, settings_text(s, n.line)))
		return fail_setting(err, n.line, "name the lines of D0 and D1, such as 5,6");
	options.d0.active_low = options.d1.active_low = true; /* at rest high */
	if ((st = chip_ready(d, s, err)) < 0 ||
	    (st = wiegand_reader_open(out, &d->gpio, &options, err)) < 0)
		return st;
	return gate_reader_thread(out, err); /* its bits must be fetched within 15 ms */
}

static tanu_status camera_reader(struct gate_options *o, struct reader *out, int number,
				 const struct settings *s, tanu_error *err)
{
	struct code_options options = {.max_width = (int32_t)settings_int(s, "camera.width"),
				       .max_height = (int32_t)settings_int(s, "camera.height")};

	if (!*settings_text(s, "camera.source") || o->onlooker.frame)
		return fail_setting(err, names_of(number).driver,
				    "one reader may use the camera, where there is one");
	return code_reader_open(out, &o->onlooker, &options, err);
}

static tanu_status reader_open(struct rig *d, struct gate_options *o, int number,
			       const struct settings *s, tanu_error *err)
{
	struct reader_names n = names_of(number);
	const char *driver = settings_text(s, n.driver), *way = settings_text(s, n.direction);
	struct pcsc_options pcsc = {.name = settings_text(s, n.line)};
	struct gate_reader *r = &o->readers[o->readers_len];
	tanu_status st = TANU_OK;

	if (!*driver)
		return TANU_OK;
	if (strcmp(driver, "sim") == 0 && d->world)
		r->reader = sim_world_reader(d->world);
	else if (strcmp(driver, "osdp") == 0)
		st = osdp_reader(d, &r->reader, number, s, err);
	else if (strcmp(driver, "wiegand") == 0)
		st = wiegand_reader(d, &r->reader, number, s, err);
	else if (strcmp(driver, "camera") == 0)
		st = camera_reader(o, &r->reader, number, s, err);
	else if (strcmp(driver, "pcsc") == 0)
		st = pcsc_reader_open(&r->reader, &pcsc, err);
	else
		st = fail_setting(
		    err, n.driver,
		    "this is osdp, wiegand, pcsc, camera, or sim where the door is one");
	if (st < 0)
		return st;
	o->readers_len++;
	if (strcmp(way, "entry") != 0 && strcmp(way, "exit") != 0)
		return fail_setting(err, n.direction, "this is neither entry nor exit");
	r->direction = strcmp(way, "exit") == 0 ? RULES_EXIT : RULES_ENTRY;
	snprintf(r->name, sizeof(r->name), "%.31s", settings_text(s, n.name));
	return TANU_OK;
}

/* ---- camera ---- */

static tanu_status camera_ready(struct gate_options *o, const struct settings *s, tanu_error *err)
{
	const char *source = settings_text(s, "camera.source");
	struct camera_options options = {.max_width = (int32_t)settings_int(s, "camera.width"),
					 .max_height = (int32_t)settings_int(s, "camera.height"),
					 .loop = true};
	struct random_source random = os_random();
	tanu_status st;

	if (!*source)
		return TANU_OK;
	if ((st = camera_open(&o->camera, source, &options, err)) < 0)
		return st;
	return liveness_open(&o->liveness, &random, err);
}

#define SECOND_WIDTH  640 /* px: a face at a gate has a hundred of them */
#define SECOND_HEIGHT 640

static tanu_status second_ready(struct gate_options *o, enum second_kind kind,
				const struct settings *s, tanu_error *err)
{
	static const char *const views[] = {"infrared.view", "depth.view"};
	struct gate_second *second = &o->second[kind];
	const char *source =
	    settings_text(s, kind == SECOND_DEPTH ? "depth.source" : "infrared.source");
	struct camera_options options = {.max_width = SECOND_WIDTH,
					 .max_height = SECOND_HEIGHT,
					 .depth = kind == SECOND_DEPTH,
					 .loop = true};

	if (!*source)
		return TANU_OK;
	if (!o->camera.ops)
		return fail_setting(err, views[kind],
				    "a second camera stands beside camera.source");
	if (!second_view_parse(&second->view, settings_text(s, views[kind])))
		return fail_setting(err, views[kind],
				    "write scale, right and down in percent, such as 100 0 0");
	second->unit_mm = (float)settings_int(s, "depth.unit") / 1000;
	return camera_open(&second->camera, source, &options, err);
}

tanu_status rig_open(struct rig *out, struct gate_options *options, const struct settings *settings,
		     tanu_error *err)
{
	const char *driver = settings_text(settings, "door.driver");
	tanu_status st;

	if (strcmp(driver, "sim") == 0)
		st = sim_door(out, options, settings, err);
	else if (strcmp(driver, "gpio") == 0 || strcmp(driver, "panel") == 0)
		st = wired_door(out, options, settings, err);
	else
		st = fail_setting(err, "door.driver", "this is neither gpio, panel nor sim");
	if (st == TANU_OK)
		st = panel_ready(out, options, settings, err);
	for (int i = 1; i <= 2 && st == TANU_OK; i++)
		st = reader_open(out, options, i, settings, err);
	if (st == TANU_OK)
		st = camera_ready(options, settings, err);
	for (int i = 0; i < SECOND_KINDS && st == TANU_OK; i++)
		st = second_ready(options, (enum second_kind)i, settings, err);
	return st;
}

void rig_close(struct rig *devices)
{
	panel_close(&devices->panel);
	for (int i = 0; i < 2; i++)
		osdp_line_close(&devices->line[i]);
	sim_world_close(&devices->world);
	if (devices->gpio.ops)
		devices->gpio.ops->close(devices->gpio.self);
	*devices = (struct rig){0};
}
