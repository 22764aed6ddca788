/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - inside rig/ only: from a line of the settings to a device. */
#ifndef RIG_INSIDE_H
#define RIG_INSIDE_H

#include "rig/rig.h"

/* TANU_USAGE (setting), at the setting of this name. */
tanu_status fail_setting(tanu_error *err, const char *name, const char *why);

/* "17", or "-17" where on is low. */
bool wire_parse(struct gpio_wire *out, const char *text);
/* "5,6": two lines of door.chip. */
bool wires_parse(struct gpio_wire *d0, struct gpio_wire *d1, const char *text);
/* The chip of setting door.chip is open. */
tanu_status chip_ready(struct rig *d, const struct settings *s, tanu_error *err);

/* The name of a setting of the reader with this number, 1 to RIG_READERS. */
#define READER_SETTING_LEN 32
struct reader_setting {
	char name[READER_SETTING_LEN];
};
struct reader_setting reader_setting(int number, const char *key);
const char *reader_text(const struct settings *s, int number, const char *key);

/* readers.c */
tanu_status readers_ready(struct rig *d, struct gate_options *o, const struct settings *s,
			  tanu_error *err);

/* osdp.c: a reader with an address and a key; those of one line share it. */
bool is_osdp(const struct settings *s, int number);
tanu_status osdp_key_read(struct osdp_key *out, const char *path, const char *setting,
			  tanu_error *err);
tanu_status osdp_line_options(struct osdp_line_options *out, const struct settings *s, int number,
			      tanu_error *err);
/* Opens each line that is named, with all its readers. */
tanu_status osdp_ready(struct rig *d, const struct settings *s, tanu_error *err);
struct reader osdp_reader(const struct rig *d, int number);

/* Where the key lies that a reader is being given, until it has it. */
#define OSDP_KEY_NEXT ".new"

#endif
