/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an ini file: it takes effect whole or not at all, and never leaves a value out of
 * range. */
#include "codec/codec.h"

#include <stdlib.h>
#include <string.h>

static const struct setting_row rows[] = {
    {"site.name", "", SETTING_TEXT, "", 0, 0, false, "Name of the site."},
    {"match.fmr", "", SETTING_FLOAT, "1e-4", 1e-7, 0.1, true, "False match rate."},
    {"gallery.cap", "people", SETTING_INT, "0", 0, 10000, true, "Largest gallery."},
    {"log.on", "", SETTING_BOOL, "yes", 0, 0, true, "Keep a log."},
};

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void still_default(const struct settings *s)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		must(strcmp(settings_text(s, rows[i].name), rows[i].value) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings s;
	tanu_error err = {0};

	must(settings_init(&s, rows, ARRAY_LEN(rows), NULL) == TANU_OK);
	if (ini_load(&s, (const char *)data, size, "fuzz", &err) < 0) {
		must(err.message[0]);
		still_default(&s);
	}
	must(settings_int(&s, "gallery.cap") >= 0 && settings_int(&s, "gallery.cap") <= 10000);
	must(settings_float(&s, "match.fmr") > 0 && settings_float(&s, "match.fmr") <= 0.1);
	settings_free(&s);
	return 0;
}
