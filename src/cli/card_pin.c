/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

#define RANDOM_DIGITS 6

/* One that is not too simple; the service says which are. */
static tanu_status pin_random(struct run *run, char pin[PIN_MAX + 1], const tanu_id *id,
			      tanu_error *err)
{
	struct random_source random = os_random();
	uint8_t bytes[RANDOM_DIGITS];
	tanu_status st = TANU_USAGE;

	for (int tries = 0; tries < 8 && st == TANU_USAGE; tries++) {
		for (size_t i = 0; i < sizeof(bytes);) {
			random_fill(&random, &bytes[i], 1);
			if (bytes[i] < 250) { /* no digit more often than another */
				pin[i] = (char)('0' + bytes[i] % 10);
				i++;
			}
		}
		pin[RANDOM_DIGITS] = '\0';
		st = service_pin_set(run->service, id, pin, err);
	}
	return st;
}

static tanu_status pin_read(char pin[PIN_MAX + 2], const char *path, tanu_error *err)
{
	struct buf file = {0};
	tanu_status st = os_read_file(&file, path, PIN_MAX + 2, err);

	if (st == TANU_OK) {
		while (file.len &&
		       (file.data[file.len - 1] == '\n' || file.data[file.len - 1] == '\r'))
			file.len--;
		snprintf(pin, PIN_MAX + 2, "%.*s", (int)file.len, (const char *)file.data);
	}
	buf_wipe(&file);
	return st;
}

static tanu_status card_pin(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "pin");
	bool off = args_has(&run->args, "off");
	char pin[PIN_MAX + 2] = "";
	tanu_id id;
	tanu_status st = run_subject(run, &id, err);

	if (st < 0)
		return st;
	if (path && (st = pin_read(pin, path, err)) < 0)
		return st;
	st = path || off ? service_pin_set(run->service, &id, pin, err)
			 : pin_random(run, pin, &id, err);
	if (st == TANU_OK) {
		if (off)
			say(run, "She has no PIN any more.\n");
		else if (path)
			say(run, "Her PIN is set.\n");
		else
			say(run, "Her PIN, shown this once: %s\n", pin);
		jw_id(&run->jw, "subject", &id);
		jw_text(&run->jw, "pin", path || off ? NULL : pin);
	}
	mem_wipe(pin, sizeof(pin));
	return st;
}

const struct verb verb_card_pin = {
    .group = "card",
    .action = "pin",
    .flags = VERB_SITE,
    .brief = "Give a person a PIN for the lane without a face",
    .about = "Six random digits, shown once, or what she chose herself (--pin). It is kept as "
	     "Argon2id, and counts only together with her card or pass.",
    .example = "tanu card pin 3f9a41c2",
    .operands = {OPERAND_SUBJECT},
    .options = {{"pin", VALUE_FILE, "FILE", NULL, false,
		 "Her own PIN, 4 to 8 digits, from this file; \"-\": standard input"},
		{"off", VALUE_NONE, NULL, NULL, false, "Take it away"}},
    .fields = {{"subject", "the person's id"},
	       {"pin", "the new PIN, shown once; null when she chose it"}},
    .run = card_pin,
};
