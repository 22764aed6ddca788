/* SPDX-License-Identifier: Apache-2.0 */
#include "device/osdp/show.h"

#define TRI_COLOUR 4 /* compliance from which a light has blue, too (annex B) */

/* Times in tenths of a second. No red: a child before a shut door is not told off by a lamp. */
static const struct {
	struct osdp_blink light;
	uint8_t beep_on, beep_off, beeps;
} shows[READER_SHOWS] = {
    [READER_SHOW_READY] = {{.on = 1, .on_colour = OSDP_BLUE}, 0, 0, 0},
    [READER_SHOW_WAIT] = {{.on = 1, .on_colour = OSDP_AMBER}, 0, 0, 0},
    [READER_SHOW_ASK] = {{.on = 3, .off = 3, .on_colour = OSDP_AMBER}, 1, 0, 1},
    [READER_SHOW_GO] = {{.on = 1, .on_colour = OSDP_GREEN}, 2, 0, 1},
    [READER_SHOW_ASSIST] = {{.on = 10, .off = 5, .on_colour = OSDP_AMBER}, 1, 1, 2},
};

static uint8_t compliance(const struct osdp_reply *caps, enum osdp_function function)
{
	const struct osdp_cap *cap = osdp_cap_find(caps, function);

	return cap ? cap->compliance : 0;
}

size_t osdp_show(struct osdp_command commands[OSDP_SHOW_MAX], enum reader_show show,
		 const struct osdp_reply *caps)
{
	uint8_t light = compliance(caps, OSDP_F_LED);
	size_t len = 0;

	if (light) {
		commands[len] = (struct osdp_command){.code = OSDP_LED,
						      .led = {.temporary = 1, .permanent = true}};
		commands[len].led.always = shows[show].light;
		if (commands[len].led.always.on_colour == OSDP_BLUE && light < TRI_COLOUR)
			commands[len].led.always.on_colour = OSDP_DARK;
		len++;
	}
	if (shows[show].beeps && compliance(caps, OSDP_F_BUZZER))
		commands[len++] = (struct osdp_command){.code = OSDP_BUZ,
							.buzzer = {.tone = 2,
								   .on = shows[show].beep_on,
								   .off = shows[show].beep_off,
								   .count = shows[show].beeps}};
	return len;
}
