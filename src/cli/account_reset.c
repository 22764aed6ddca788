/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/account.h"
#include "cli/verbs.h"

static tanu_status account_reset(struct run *run, tanu_error *err)
{
	char password[FIRST_PASSWORD_LEN];
	struct account_view view;
	struct auth *auth = NULL;
	tanu_status st = run_auth(run, &auth, err);

	if (st < 0)
		return st;
	if ((st = account_operand(run, auth, &view, err)) == TANU_OK &&
	    (st = auth_account_reset(auth, password, &view.id, err)) == TANU_OK) {
		say_clean(run, view.name);
		say(run, " has a new first password, no authenticator and no session.\n");
		answer_first_password(run, &view, password);
	}
	auth_close(&auth);
	mem_wipe(password, sizeof(password));
	return st;
}

const struct verb verb_account_reset = {
    .group = "account",
    .action = "reset",
    .flags = VERB_SITE,
    .brief = "Give an account a new first password",
    .about = "For who has forgotten her password or lost her authenticator and the recovery codes: "
	     "all of them, and all her sessions, end.",
    .example = "tanu account reset aigul",
    .operands = {{"NAME", VALUE_WORD, 1, 1, "Name or id of the account"}},
    .fields = {{"id", "id of the account"},
	       {"password", "the first password, which has to be changed"}},
    .run = account_reset,
};
