/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/account.h"
#include "cli/verbs.h"

#define DAY_MS ((int64_t)86400000)

static tanu_status api_key_add(struct run *run, tanu_error *err)
{
	char key[API_KEY_TEXT_LEN];
	struct api_key_view view;
	struct auth *auth = NULL;
	unsigned scopes = 0;
	tanu_date until = {0};
	tanu_status st;

	if ((st = scopes_parse(&scopes, args_get(&run->args, "scope"), err)) < 0 ||
	    (args_has(&run->args, "until") &&
	     (st = args_date(&until, &run->args, "until", err)) < 0) ||
	    (st = run_auth(run, &auth, err)) < 0)
		return st;
	st = auth_key_add(auth, key, &view, run->args.operands[0], scopes,
			  date_valid(until) ? (date_to_days(until) + 1) * DAY_MS : 0, err);
	if (st == TANU_OK) {
		say(run, "%s\nShown only now. Send it as \"Authorization: Bearer KEY\".\n", key);
		jw_id(&run->jw, "id", &view.id);
		jw_text(&run->jw, "key", key);
	}
	auth_close(&auth);
	mem_wipe(key, sizeof(key));
	return st;
}

const struct verb verb_api_key_add = {
    .group = "api-key",
    .action = "add",
    .flags = VERB_SITE,
    .brief = "Make a key with which a program may use the server",
    .about =
	"The key opens only what its scopes name: people:read, people:write, people:export, "
	"consents:write, faces:use, site:read, audit:read. The site keeps only a digest of it.",
    .example = "tanu api-key add payroll --scope people:read --until 2027-06-30",
    .operands = {{"NAME", VALUE_WORD, 1, 1, "What the key is for"}},
    .options = {{"scope", VALUE_WORD, "SCOPES", NULL, true, "Scopes, with commas between"},
		{"until", VALUE_WORD, "YYYY-MM-DD", NULL, false,
		 "Last day (UTC); without it a year from now"}},
    .fields = {{"id", "id of the key"}, {"key", "the key, shown only now"}},
    .run = api_key_add,
};
