/* SPDX-License-Identifier: Apache-2.0 */
/* Relying parties: who outside may ask about somebody who allows it (docs/relying.md). */
#include "cli/account.h"
#include "cli/verbs.h"
#include "service/relying.h"

static void answer_relying(struct run *run, const struct relying_view *v)
{
	jw_id(&run->jw, "id", &v->id);
	jw_clean(&run->jw, "name", v->name);
	jw_clean(&run->jw, "audience", v->audience);
	jw_int(&run->jw, "added_ms", v->added_ms);
	jw_int(&run->jw, "ended_ms", v->ended_ms);
}

#define FIELDS_RELYING(prefix)                                                         \
	{prefix "id", "its id"}, {prefix "name", "as people are told it"},             \
	    {prefix "audience", "its address, for which answers are made out"},        \
	    {prefix "added_ms", "since when"},                                         \
	{                                                                              \
		prefix "ended_ms", "since when it may ask nothing any more; 0: it may" \
	}

/* The program's key is made first: a record without one would be of no use. It goes with a failure.
 */
static tanu_status register_it(struct run *run, struct auth *auth, struct relying_view *out,
			       char key[API_KEY_TEXT_LEN], tanu_error *err)
{
	const char *name = run->args.operands[0], *audience = run->args.operands[1];
	struct api_key_view made;
	tanu_status st;

	if ((st = service_relying_check(run->service, name, audience, err)) < 0 ||
	    (st = auth_key_add_asking(auth, key, &made, err)) < 0)
		return st;
	st = service_relying_add(run->service, out, name, audience, &made.id, err);
	if (st < 0)
		(void)auth_key_remove(auth, &made.id, NULL);
	return st;
}

static tanu_status relying_add(struct run *run, tanu_error *err)
{
	char key[API_KEY_TEXT_LEN] = "";
	struct relying_view v;
	struct auth *auth = NULL;
	tanu_status st;

	if ((st = run_auth(run, &auth, err)) == TANU_OK &&
	    (st = register_it(run, auth, &v, key, err)) == TANU_OK) {
		say(run, "%s\nShown only now. It can do nothing but ask, about who allows it.\n",
		    key);
		answer_relying(run, &v);
		jw_text(&run->jw, "key", key);
	}
	auth_close(&auth);
	mem_wipe(key, sizeof(key));
	return st;
}

static tanu_status each(void *self, const struct relying_view *v, tanu_error *err)
{
	struct run *run = self;
	char hex[ID_HEX_LEN];

	(void)err;
	id_hex(hex, &v->id);
	say(run, "%s  ", hex);
	say_clean(run, v->name);
	say(run, "  ");
	say_clean(run, v->audience);
	say(run, v->ended_ms ? "  ended\n" : "\n");
	jw_object(&run->jw, NULL);
	answer_relying(run, v);
	jw_end_object(&run->jw);
	return TANU_OK;
}

static tanu_status relying_list(struct run *run, tanu_error *err)
{
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	jw_array(&run->jw, "relying");
	st = service_relying_each(run->service, each, run, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && run->text.len == 0)
		say(run, "Nobody outside may ask. Next: tanu relying add NAME https://ADDRESS\n");
	return st;
}

static tanu_status relying_end(struct run *run, tanu_error *err)
{
	struct auth *auth = NULL;
	struct relying_view v;
	tanu_id id;
	tanu_status st;

	if (!id_parse(&id, run->args.operands[0]))
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "name it by its id: tanu relying list shows it");
	if ((st = run_auth(run, &auth, err)) == TANU_OK &&
	    (st = service_relying_end(run->service, &v, &id, err)) == TANU_OK) {
		st = auth_key_remove(auth, &v.key, err);
		if (st == TANU_NOT_FOUND) /* removed by hand before */
			st = TANU_OK;
	}
	if (st == TANU_OK) {
		say(run, "It may ask nothing any more, about anybody.\n");
		jw_id(&run->jw, "id", &id);
	}
	auth_close(&auth);
	return st;
}

const struct verb verb_relying_add = {
    .group = "relying",
    .action = "add",
    .flags = VERB_SITE,
    .brief = "Let somebody outside ask who a person is",
    .about = "A bank, a clinic, a counter: it may ask whether the person in front of our own page "
	     "is who it knows, and gets yes or no, signed. Nobody is asked about who has not "
	     "allowed it by this name. Its key can do nothing else.",
    .example = "tanu relying add \"Bank\" https://bank.example",
    .operands = {{"NAME", VALUE_WORD, 1, 1, "As people are told it"},
		 {"ADDRESS", VALUE_WORD, 1, 1,
		  "Its own https address: answers are made out to it"}},
    .fields = {FIELDS_RELYING(""), {"key", "the key of its program, shown only now"}},
    .run = relying_add,
};

const struct verb verb_relying_list = {
    .group = "relying",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "Who outside may ask",
    .about = "Those that ended are shown too.",
    .example = "tanu relying list",
    .fields = {FIELDS_RELYING("relying[].")},
    .run = relying_list,
};

const struct verb verb_relying_end = {
    .group = "relying",
    .action = "end",
    .flags = VERB_SITE,
    .brief = "Let it ask nothing any more",
    .about = "What people have allowed it ends with it, and its key opens nothing.",
    .example = "tanu relying end 5f1209ab77c031de5f1209ab77c031de",
    .operands = {{"ID", VALUE_WORD, 1, 1, "Id of the relying party"}},
    .fields = {{"id", "its id"}},
    .run = relying_end,
};
