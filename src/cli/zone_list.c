/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

#include <string.h>

struct list {
	struct run *run;
	size_t count;
};

static tanu_status each(void *self, const struct zone_view *v, tanu_error *err)
{
	struct buf text = {0};
	struct list *list = self;
	struct json_w *w = &list->run->jw;

	buf_str(&text, v->text);
	list->count++;
	say(list->run, "Zone %s\n", v->name);
	say_lines(list->run, &text);
	jw_object(w, NULL);
	jw_text(w, "zone", v->name);
	jw_int(w, "set_ms", v->set_ms);
	jw_lines(w, "lines", &text);
	jw_end_object(w);
	buf_free(&text);
	(void)err;
	return TANU_OK;
}

static tanu_status zone_list(struct run *run, tanu_error *err)
{
	struct list list = {.run = run};
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	jw_array(&run->jw, "zones");
	st = service_zone_each(run->service, each, &list, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && list.count == 0)
		say(run, "There is no zone yet: the first gate makes one, or tanu zone set.\n");
	return st;
}

const struct verb verb_zone_list = {
    .group = "zone",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "Show the zones and their hours",
    .about = "Each zone as the text that \"tanu zone set\" takes.",
    .example = "tanu zone list",
    .fields = {{"zones[].zone", "its name"},
	       {"zones[].set_ms", "when it was set, Unix milliseconds, UTC"},
	       {"zones[].lines", "its text, array of lines"}},
    .run = zone_list,
};
