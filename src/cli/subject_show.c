/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status subject_show(struct run *run, tanu_error *err)
{
	struct subject_view v = {0};
	char hex[ID_HEX_LEN], born[DATE_TEXT_LEN], added[MINUTE_TEXT_LEN];
	char purposes[PURPOSES_WORDS_LEN];
	tanu_id id;
	tanu_status st;

	if ((st = run_subject(run, &id, err)) < 0)
		goto out;
	if ((st = service_subject_get(run->service, &v, &id, err)) < 0)
		goto out;
	id_hex(hex, &v.id);
	say(run, "id            %s\nname          ", hex);
	say_clean(run, v.person.name);
	say(run, "\nborn          %s\nadded         %s\nface          %s\nlive consent  %s\n",
	    date_text(born, v.person.born), minute_text(added, v.created_ms),
	    v.enrolled ? "enrolled: a sealed reference is stored" : "not enrolled",
	    purposes_words(purposes, v.live_purposes));
	if (v.enrolled)
		say(run, "until         %s, by its age; sooner with the consent\n",
		    date_text(born, date_from_ms(v.enrolled_until_ms - 1)));
	say(run, "embeddings    %llu made of this face here, ever\n",
	    (unsigned long long)v.embeddings);
	if (v.second_factor)
		say(run, "look-alike    somebody here looks alike: a second factor is needed\n");
	answer_subject(run, &v);
out:
	mem_wipe(&v, sizeof(v));
	return st;
}

const struct verb verb_subject_show = {
    .group = "subject",
    .action = "show",
    .flags = VERB_SITE,
    .brief = "Show one person",
    .about = "Shows what the site knows about one person. \"tanu consent show\" lists her "
	     "consents, \"tanu "
	     "history\" what was done with them.",
    .example = "tanu subject show 3f9a41c2",
    .operands = {OPERAND_SUBJECT},
    .fields = {{"id", "the person's id"},
	       {"name", "name"},
	       {"born", "date of birth, YYYY-MM-DD"},
	       {"created_ms", "when she was added, Unix milliseconds, UTC"},
	       {"enrolled", "true: a reference of the face is stored"},
	       {"enrolled_until_ms",
		"it ends then by its age, Unix milliseconds; 0: none is stored"},
	       FIELD_SECOND_FACTOR,
	       {"embeddings", "how often features of her face were computed here"},
	       {"purposes", "purposes that a live consent covers, array of words"}},
    .run = subject_show,
};
