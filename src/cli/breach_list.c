/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/breach.h"
#include "cli/verbs.h"

static tanu_status each(void *self, const struct breach_view *v, tanu_error *err)
{
	struct run *run = self;
	char hex[ID_HEX_LEN], at[MINUTE_TEXT_LEN], kinds[BREACH_KINDS_LEN];

	(void)err;
	id_hex(hex, &v->id);
	service_breach_kinds_text(kinds, v->kinds);
	say(run, "%.8s  %-6s  noticed %s  %s, %zu people\n", hex, v->closed_ms ? "closed" : "open",
	    minute_text(at, v->noticed_ms), kinds, v->people);
	if (!v->closed_ms)
		say_breach_clock(run, v);
	jw_object(&run->jw, NULL);
	jw_breach(&run->jw, v);
	jw_end_object(&run->jw);
	return TANU_OK;
}

static tanu_status breach_list(struct run *run, tanu_error *err)
{
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	jw_array(&run->jw, "breaches");
	st = service_breach_each(run->service, each, run, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && run->text.len == 0)
		say(run, "No breach was written down.\n");
	return st;
}

const struct verb verb_breach_list = {
    .group = "breach",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "The register of breaches",
    .about = "Lists every breach, oldest first, and of open ones who is to be told by when.",
    .example = "tanu breach list --json",
    .fields = {BREACH_FIELDS("breaches[].")},
    .run = breach_list,
};
