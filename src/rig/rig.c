/* SPDX-License-Identifier: Apache-2.0 */
#include "rig/inside.h"

#include "device/gpio_door.h"
#include "device/wiegand.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tanu_status fail_setting(tanu_error *err, const char *name, const char *why)
{
	return tanu_fail(err, TANU_ERR_SETTING, name, "%s", why);
}

/* "17", or "-17" where on is low. */
bool wire_parse(struct gpio_wire *out, const char *text)
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

tanu_status chip_ready(struct rig *d, const struct settings *s, tanu_error *err)
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
bool wires_parse(struct gpio_wire *d0, struct gpio_wire *d1, const char *text)
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
	if (st == TANU_OK)
		st = readers_ready(out, options, settings, err);
	if (st == TANU_OK)
		st = camera_ready(options, settings, err);
	for (int i = 0; i < SECOND_KINDS && st == TANU_OK; i++)
		st = second_ready(options, (enum second_kind)i, settings, err);
	return st;
}

void rig_close(struct rig *devices)
{
	panel_close(&devices->panel);
	for (int i = 0; i < RIG_READERS; i++)
		osdp_line_close(&devices->line[i]);
	sim_world_close(&devices->world);
	if (devices->gpio.ops)
		devices->gpio.ops->close(devices->gpio.self);
	*devices = (struct rig){0};
}
