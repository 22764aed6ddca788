/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/account.h"
#include "cli/verbs.h"

static tanu_status account_add(struct run *run, tanu_error *err)
{
	char password[FIRST_PASSWORD_LEN];
	struct account_view view;
	struct auth *auth = NULL;
	unsigned roles = 0;
	tanu_status st;

	if ((st = roles_parse(&roles, args_get(&run->args, "role"), err)) < 0 ||
	    (st = run_auth(run, &auth, err)) < 0)
		return st;
	st = auth_account_add(auth, &view, password, run->args.operands[0], roles, err);
	if (st == TANU_OK) {
		say(run, "Added ");
		say_clean(run, view.name);
		say(run, ": ");
		say_roles(run, view.roles);
		say(run, ".\n");
		answer_first_password(run, &view, password);
	}
	auth_close(&auth);
	mem_wipe(password, sizeof(password));
	return st;
}

const struct verb verb_account_add = {
    .group = "account",
    .action = "add",
    .flags = VERB_SITE,
    .brief = "Add an account for the server",
    .about =
	"Who uses tanud in a browser has an account with one or several roles: operator (watches "
	"doors, verifies), enrolment (people, consents, faces), presence (attendance), auditor "
	"(log, register of disclosures, counts), administrator (settings, accounts). Roles are "
	"not contained in each other: an administrator sees no people.\n\n"
	"The first account of a site is made here; the others may be made in the console.",
    .example = "tanu account add aigul --role administrator,enrolment",
    .operands = {{"NAME", VALUE_WORD, 1, 1, "What she signs in with"}},
    .options = {{"role", VALUE_WORD, "ROLES", NULL, true, "Roles, with commas between"}},
    .fields = {{"id", "id of the account"},
	       {"roles[]", "its roles"},
	       {"password", "the first password, which has to be changed"}},
    .run = account_add,
};
