/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/account.h"
#include "cli/verbs.h"

static tanu_status api_key_remove(struct run *run, tanu_error *err)
{
	struct auth *auth = NULL;
	tanu_id id;
	tanu_status st;

	if (!id_parse(&id, run->args.operands[0]))
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "name the key by its id: tanu api-key list shows it");
	if ((st = run_auth(run, &auth, err)) < 0)
		return st;
	if ((st = auth_key_remove(auth, &id, err)) == TANU_OK) {
		say(run, "Removed: it opens nothing from now on.\n");
		jw_id(&run->jw, "id", &id);
	}
	auth_close(&auth);
	return st;
}

const struct verb verb_api_key_remove = {
    .group = "api-key",
    .action = "remove",
    .flags = VERB_SITE,
    .brief = "End a program's key",
    .about = "It opens nothing from now on.",
    .example = "tanu api-key remove 5f1209ab77c031de5f1209ab77c031de",
    .operands = {{"ID", VALUE_WORD, 1, 1, "Id of the key"}},
    .fields = {{"id", "id of the key that was"}},
    .run = api_key_remove,
};
