/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/account.h"
#include "cli/verbs.h"

static tanu_status account_remove(struct run *run, tanu_error *err)
{
	struct account_view view;
	struct auth *auth = NULL;
	tanu_status st = run_auth(run, &auth, err);

	if (st < 0)
		return st;
	if ((st = account_operand(run, auth, &view, err)) == TANU_OK &&
	    (st = auth_account_remove(auth, &view.id, err)) == TANU_OK) {
		say(run, "Removed ");
		say_clean(run, view.name);
		say(run, ", with all sessions.\n");
		jw_id(&run->jw, "id", &view.id);
	}
	auth_close(&auth);
	return st;
}

const struct verb verb_account_remove = {
    .group = "account",
    .action = "remove",
    .flags = VERB_SITE,
    .brief = "Remove an account",
    .about = "Its sessions end at once. The last administrator is not removed.",
    .example = "tanu account remove aigul",
    .operands = {{"NAME", VALUE_WORD, 1, 1, "Name or id of the account"}},
    .fields = {{"id", "id of the account that was"}},
    .run = account_remove,
};
