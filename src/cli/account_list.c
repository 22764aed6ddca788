/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/account.h"
#include "cli/verbs.h"

static tanu_status each(void *self, const struct account_view *v, tanu_error *err)
{
	struct run *run = self;
	char at[MINUTE_TEXT_LEN];

	(void)err;
	jw_object(&run->jw, NULL);
	jw_id(&run->jw, "id", &v->id);
	jw_clean(&run->jw, "name", v->name);
	say_clean(run, v->name);
	say(run, ": ");
	say_roles(run, v->roles);
	say(run, "; %s%s, last seen %s\n", v->totp ? "authenticator" : "password only",
	    v->must_change ? ", first password not changed yet" : "",
	    v->seen_ms ? minute_text(at, v->seen_ms) : "never");
	jw_bool(&run->jw, "totp", v->totp);
	jw_bool(&run->jw, "must_change", v->must_change);
	jw_int(&run->jw, "seen_ms", v->seen_ms);
	jw_end_object(&run->jw);
	return TANU_OK;
}

static tanu_status account_list(struct run *run, tanu_error *err)
{
	struct auth *auth = NULL;
	tanu_status st = run_auth(run, &auth, err);

	if (st < 0)
		return st;
	jw_array(&run->jw, "accounts");
	st = auth_account_each(auth, each, run, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && run->text.len == 0)
		say(run, "There is no account. Next: tanu account add NAME --role administrator\n");
	auth_close(&auth);
	return st;
}

const struct verb verb_account_list = {
    .group = "account",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "Who may use the server",
    .about = "Accounts of staff, and of people who came in by an invitation.",
    .example = "tanu account list",
    .fields = {{"accounts[].id", "id"},
	       {"accounts[].name", "name"},
	       {"accounts[].roles[]", "roles"},
	       {"accounts[].totp", "true: an authenticator is asked for"},
	       {"accounts[].must_change", "true: the first password was not changed yet"},
	       {"accounts[].seen_ms", "last signed in, Unix milliseconds, UTC; 0: never"}},
    .run = account_list,
};
