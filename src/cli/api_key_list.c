/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/account.h"
#include "cli/verbs.h"

static tanu_status each(void *self, const struct api_key_view *v, tanu_error *err)
{
	struct run *run = self;
	char until[DATE_TEXT_LEN], hex[ID_HEX_LEN];

	(void)err;
	id_hex(hex, &v->id);
	say(run, "%s  ", hex);
	say_clean(run, v->name);
	say(run, ", until %s:", date_text(until, date_from_ms(v->expires_ms - 1)));
	jw_object(&run->jw, NULL);
	jw_id(&run->jw, "id", &v->id);
	jw_clean(&run->jw, "name", v->name);
	jw_text(&run->jw, "until", until);
	jw_array(&run->jw, "scopes");
	for (unsigned bit = 1; bit && bit <= v->scopes; bit <<= 1) {
		if (!(v->scopes & bit))
			continue;
		say(run, " %s", scope_word(bit));
		jw_text(&run->jw, NULL, scope_word(bit));
	}
	jw_end_array(&run->jw);
	jw_end_object(&run->jw);
	say(run, "\n");
	return TANU_OK;
}

static tanu_status api_key_list(struct run *run, tanu_error *err)
{
	struct auth *auth = NULL;
	tanu_status st = run_auth(run, &auth, err);

	if (st < 0)
		return st;
	jw_array(&run->jw, "keys");
	st = auth_key_each(auth, each, run, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && run->text.len == 0)
		say(run, "No program has a key.\n");
	auth_close(&auth);
	return st;
}

const struct verb verb_api_key_list = {
    .group = "api-key",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "Keys of programs",
    .about = "Lists every key, what it may do and its last day.",
    .example = "tanu api-key list",
    .fields = {{"keys[].id", "id"},
	       {"keys[].name", "what it is for"},
	       {"keys[].scopes[]", "what it may do"},
	       {"keys[].until", "its last day (UTC)"}},
    .run = api_key_list,
};
