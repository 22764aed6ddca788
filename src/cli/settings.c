/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <string.h>

static void answer_row(struct run *run, const struct settings *values,
		       const struct setting_row *row)
{
	const char *value = settings_text(values, row->name);
	bool changed = strcmp(value, row->value) != 0;
	struct json_w *w = &run->jw;

	say(run, "%-28s ", row->name);
	say_clean(run, *value ? value : "\"\"");
	say(run, "%s%s", *row->unit ? " " : "", row->unit);
	if (changed)
		say(run, "  (default %s)", *row->value ? row->value : "empty");
	say(run, "\n    %s\n", row->help);
	jw_object(w, NULL);
	jw_text(w, "name", row->name);
	jw_clean(w, "value", value);
	jw_text(w, "default", row->value);
	jw_text(w, "unit", row->unit);
	jw_text(w, "help", row->help);
	jw_end_object(w);
}

static tanu_status show_settings(struct run *run, tanu_error *err)
{
	const struct settings *values;
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	values = service_setting_values(run->service);
	jw_array(&run->jw, "settings");
	for (size_t i = 0; i < values->count; i++)
		answer_row(run, values, &values->rows[i]);
	jw_end_array(&run->jw);
	return TANU_OK;
}

const struct verb verb_settings = {
    .group = "settings",
    .flags = VERB_SITE,
    .brief = "Show the site's settings",
    .about = "Shows every setting with its value, unit and meaning. They are changed in tanu.ini, "
	     "in the data "
	     "folder; tanu.ini(5) describes them.",
    .example = "tanu settings",
    .fields = {{"settings[].name", "section.key of tanu.ini"},
	       {"settings[].value", "value, as text"},
	       {"settings[].default", "default, as text"},
	       {"settings[].unit", "unit, or empty"},
	       {"settings[].help", "meaning"}},
    .run = show_settings,
};
