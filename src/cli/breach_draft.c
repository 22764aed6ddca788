/* SPDX-License-Identifier: Apache-2.0 */
/* Letters about a breach, drafted from the record and the texts of packaging/notices. */
#include "cli/breach.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

#define DRAFT_MAX (64 * 1024)

static tanu_status draft(struct run *run, struct buf *out, const struct breach_view *v,
			 tanu_error *err)
{
	const char *language = run_language(run);
	struct buf text = {0};
	char path[1024], name[64];
	tanu_status st;

	snprintf(name, sizeof(name), "breach-%s-%s.txt", args_get(&run->args, "to"), language);
	if ((st = service_notices_path(path, sizeof(path), name, err)) == TANU_OK &&
	    (st = os_read_file(&text, path, DRAFT_MAX, err)) == TANU_OK)
		st = service_breach_draft(run->service, out, &v->id, (const char *)text.data,
					  text.len, language, err);
	buf_free(&text);
	return st;
}

static tanu_status breach_draft(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	struct breach_view v;
	struct buf text = {0};
	tanu_status st;

	if ((st = run_breach(run, &v, err)) < 0 || (st = draft(run, &text, &v, err)) < 0 ||
	    (path && (st = os_replace_file(path, text.data, text.len, 0600, err)) < 0))
		goto out;
	if (path) {
		say(run, "Written: ");
		say_clean(run, path);
		say(run, ". It is a draft: read it, fill in what stands in brackets.\n");
	} else {
		say_lines(run, &text);
	}
	jw_id(&run->jw, "breach", &v.id);
	jw_lines(&run->jw, "lines", &text);
out:
	buf_wipe(&text);
	return st;
}

const struct verb verb_breach_draft = {
    .group = "breach",
    .action = "draft",
    .flags = VERB_SITE,
    .brief = "Draft the letter about a breach",
    .about = "Fills the shipped letter to the authority, or to the persons, from the record, in "
	     "Kazakh, Russian or English. What only you know stands in brackets. It is a draft and "
	     "no legal advice; what was sent is recorded with \"tanu breach notify\".",
    .example = "tanu breach draft 5f1209ab --to authority --language ru --out letter.txt",
    .operands = {OPERAND_BREACH},
    .options = {{"to", VALUE_CHOICE, "WHOM", "authority persons", true, "To whom it goes"},
		{"out", VALUE_FILE, "FILE", NULL, false, "Where it goes; shown if not given"},
		OPTION_LANGUAGE},
    .fields = {{"breach", "its number"}, {"lines", "the letter, array of its lines"}},
    .run = breach_draft,
};
