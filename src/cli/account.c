/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/account.h"

#include <string.h>

tanu_status run_auth(struct run *run, struct auth **out, tanu_error *err)
{
	struct secret key = {{0}};
	struct auth_options options = {.key = &key};
	tanu_status st;

	if ((st = run_site(run, err)) < 0 ||
	    (st = service_server_key(run->service, key.b, err)) < 0)
		return st;
	options.store = service_store(run->service);
	options.issuer = settings_text(service_setting_values(run->service), "site.name");
	st = auth_open(out, &options, err);
	secret_wipe(&key);
	return st;
}

static tanu_status words_parse(unsigned *out, const char *text, unsigned (*of)(const char *word),
			       const char *what, tanu_error *err)
{
	unsigned set = 0;

	while (*text) {
		size_t len = strcspn(text, ",");
		char word[32] = "";

		if (len < sizeof(word))
			memcpy(word, text, len);
		if (!of(word))
			return tanu_fail(err, TANU_ERR_USAGE, NULL, "\"%.31s\" is no %s", word,
					 what);
		set |= of(word);
		text += len + (text[len] == ',');
	}
	*out = set;
	return TANU_OK;
}

tanu_status roles_parse(unsigned *out, const char *text, tanu_error *err)
{
	return words_parse(out, text, role_of,
			   "role: operator, enrolment, presence, auditor or administrator", err);
}

tanu_status scopes_parse(unsigned *out, const char *text, tanu_error *err)
{
	return words_parse(out, text, scope_of,
			   "scope: people:read, people:write, people:export, consents:write, "
			   "faces:use, site:read or audit:read",
			   err);
}

void say_roles(struct run *run, unsigned roles)
{
	const char *comma = "";

	jw_array(&run->jw, "roles");
	for (unsigned bit = 1; bit <= ROLE_PERSON; bit <<= 1) {
		if (!(roles & bit))
			continue;
		say(run, "%s%s", comma, role_word(bit));
		comma = ", ";
		jw_text(&run->jw, NULL, role_word(bit));
	}
	jw_end_array(&run->jw);
}

tanu_status account_operand(struct run *run, struct auth *auth, struct account_view *out,
			    tanu_error *err)
{
	const char *word = run->args.operands[0];
	tanu_id id;

	if (id_parse(&id, word))
		return auth_account_get(auth, out, &id, err);
	return auth_account_find(auth, out, word, err);
}

void answer_first_password(struct run *run, const struct account_view *view, const char *password)
{
	say(run, "First password, shown only now: %s\n", password);
	say(run, "It has to be changed at the first sign-in.\n");
	jw_id(&run->jw, "id", &view->id);
	jw_text(&run->jw, "password", password);
}
