/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

static tanu_status zone_set(struct run *run, tanu_error *err)
{
	const char *name = run->args.operands[0], *path = run->args.operands[1];
	struct buf text = {0};
	tanu_status st;

	if ((st = os_read_file(&text, path, ZONE_TEXT_MAX, err)) == TANU_OK &&
	    (st = run_site(run, err)) == TANU_OK)
		st = service_zone_set(run->service, name, (const char *)text.data, text.len, err);
	buf_free(&text);
	if (st < 0)
		return st;
	say(run, "Zone %s is set. Its gates get it with the next change of their lease.\n", name);
	jw_text(&run->jw, "zone", name);
	return TANU_OK;
}

const struct verb verb_zone_set = {
    .group = "zone",
    .action = "set",
    .flags = VERB_SITE,
    .brief = "Set the hours of a zone, and which ways in are open in them",
    .about =
	"The file has a line for each window of hours, \"mon-fri 07:00-18:00 card+face card+pin "
	"card+guard\", and may have \"holidays 2026-12-16 2026-12-17\", \"passback "
	"off|soft|hard\", "
	"\"no-clock guard|common\" and \"guard-release yes|no\"; # begins a comment.\n\nA way has "
	"two factors or more. Where a face is in a way, the same window must have one without, so "
	"that both lanes have the same hours.",
    .example = "tanu zone set main hours.txt",
    .operands = {{"ZONE", VALUE_WORD, 1, 1, "Its name: a to z, digits and -"},
		 {"FILE", VALUE_FILE, 1, 1, "Its hours"}},
    .fields = {{"zone", "its name"}},
    .run = zone_set,
};
