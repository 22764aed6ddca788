/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <string.h>

static tanu_status make(struct run *run, const char *folder, const char *site, tanu_error *err)
{
	const char *root = args_get(&run->args, "root");
	struct service_options options = {.data_dir = folder,
					  .profile = args_get(&run->args, "profile"),
					  .tpm = root && strcmp(root, "tpm") == 0,
					  .tcti = args_get(&run->args, "tcti")};
	char owner_auth[OWNER_AUTH_LEN];
	tanu_status st;

	if (root && !options.tpm && strcmp(root, "file") != 0)
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "--root is file or tpm");
	if ((st = args_owner_auth(owner_auth, &run->args, err)) == TANU_OK) {
		options.owner_auth = owner_auth;
		st = service_create(&options, site, err);
	}
	mem_wipe(owner_auth, sizeof(owner_auth));
	return st;
}

static tanu_status init(struct run *run, tanu_error *err)
{
	const char *folder = run->args.operands[0];
	const char *site = args_get(&run->args, "site");
	tanu_status st = make(run, folder, site, err);

	if (st < 0)
		return st;
	say(run, "Made the site \"");
	say_clean(run, site);
	say(run, "\" in ");
	say_clean(run, folder);
	say(run, ".\n");
	if (args_has(&run->args, "profile"))
		say(run,
		    "It follows the rules of profile %s; docs/jurisdictions.md has them, and "
		    "says that they are no legal advice.\n",
		    args_get(&run->args, "profile"));
	say(run, "Its settings are in tanu.ini; its keys are in keys/, which never belongs in a "
		 "backup."
		 "\nNext: tanu subject add --name NAME --born YYYY-MM-DD --data ");
	say_clean(run, folder);
	say(run, "\n");
	jw_clean(&run->jw, "data", folder);
	jw_clean(&run->jw, "site", site);
	jw_text(&run->jw, "profile",
		args_has(&run->args, "profile") ? args_get(&run->args, "profile") : "none");
	return TANU_OK;
}

const struct verb verb_init = {
    .group = "init",
    .brief = "Make the data folder of a new site",
    .about =
	"Makes DIR, if need be, and in it the settings (tanu.ini), the database (tanu.db) and the "
	"keys (keys/), readable by you only. An empty folder that is there becomes readable by you "
	"only; one with other things in it keeps its mode. A folder that holds a site already is "
	"left alone.\n\n"
	"With --profile the site follows the rules of a jurisdiction: written consent or not, "
	"where "
	"references may be, ages, the clock of a breach. It is setting site.profile, and \"tanu "
	"doctor\" shows what it does.\n\n"
	"With --root tpm the root of the keys is in this machine's TPM 2.0: then no old copy of "
	"the "
	"disk opens what was erased since. See \"tanu keys root\".",
    .example = "tanu init school --site \"School 12\"",
    .operands = {{"DIR", VALUE_DIR, 1, 1, "The folder to make"}},
    .options = {{"site", VALUE_WORD, "NAME", NULL, true, "What the site is called, for people"},
		{"profile", VALUE_CHOICE, "PROFILE", "kz ru eu none", false,
		 "Whose rules the site follows; none if not given"},
		{"root", VALUE_CHOICE, "WHERE", "file tpm", false,
		 "Where the root of the keys is; in files if not given"},
		OPTIONS_TPM},
    .fields = {{"data", "the folder, as it was given"},
	       {"site", "the name of the site"},
	       {"profile", "kz, ru, eu or none"}},
    .run = init,
};
