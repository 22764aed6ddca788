/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status init(struct run *run, tanu_error *err)
{
	const char *folder = run->args.operands[0];
	const char *site = args_get(&run->args, "site");
	struct service_options options = {.data_dir = folder};
	tanu_status st = service_create(&options, site, err);

	if (st < 0)
		return st;
	say(run, "Made the site \"");
	say_clean(run, site);
	say(run, "\" in ");
	say_clean(run, folder);
	say(run, ".\nIts settings are in tanu.ini; its keys are in keys/, which never belongs in a "
		 "backup."
		 "\nNext: tanu subject add --name NAME --born YYYY-MM-DD --data ");
	say_clean(run, folder);
	say(run, "\n");
	jw_clean(&run->jw, "data", folder);
	jw_clean(&run->jw, "site", site);
	return TANU_OK;
}

const struct verb verb_init = {
    .group = "init",
    .brief = "Make the data folder of a new site",
    .about =
	"Makes DIR, if need be, and in it the settings (tanu.ini), the database (tanu.db) and the "
	"keys (keys/), readable by you only. A folder that holds a site already is left alone.",
    .example = "tanu init school --site \"School 12\"",
    .operands = {{"DIR", VALUE_DIR, 1, 1, "The folder to make"}},
    .options = {{"site", VALUE_WORD, "NAME", NULL, true, "What the site is called, for people"}},
    .fields = {{"data", "the folder, as it was given"}, {"site", "the name of the site"}},
    .run = init,
};
