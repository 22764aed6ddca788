/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <string.h>

void answer_subject(struct run *run, const struct subject_view *v)
{
	struct json_w *w = &run->jw;
	char born[DATE_TEXT_LEN];

	jw_id(w, "id", &v->id);
	jw_clean(w, "name", v->person.name);
	jw_text(w, "born", date_text(born, v->person.born));
	jw_int(w, "created_ms", v->created_ms);
	jw_bool(w, "enrolled", v->enrolled);
	jw_int(w, "enrolled_until_ms", v->enrolled_until_ms);
	jw_bool(w, "second_factor", v->second_factor);
	jw_int(w, "embeddings", (int64_t)v->embeddings);
	jw_purposes(w, "purposes", v->live_purposes);
}

struct list {
	struct run *run;
	size_t count;
};

static tanu_status each(void *self, const struct subject_view *v, tanu_error *err)
{
	struct list *list = self;
	struct run *run = list->run;
	char hex[ID_HEX_LEN], born[DATE_TEXT_LEN], purposes[PURPOSES_WORDS_LEN];

	(void)err;
	id_hex(hex, &v->id);
	if (list->count++ == 0)
		say(run, "%-32s  %-10s  %-12s  %-20s  %s\n", "id", "born", "face", "live consent",
		    "name");
	say(run, "%s  %s  %-12s  %-20s  ", hex,
	    v->person.name[0] ? date_text(born, v->person.born) : "-         ",
	    v->damaged	  ? "damaged"
	    : v->enrolled ? "enrolled"
			  : "not enrolled",
	    purposes_words(purposes, v->live_purposes));
	say_clean(run, v->person.name);
	say(run, "\n");
	jw_object(&run->jw, NULL);
	answer_subject(run, v);
	jw_bool(&run->jw, "damaged", v->damaged);
	jw_end_object(&run->jw);
	return TANU_OK;
}

static tanu_status subject_list(struct run *run, tanu_error *err)
{
	struct list list = {.run = run};
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	jw_array(&run->jw, "subjects");
	st = service_subject_each(run->service, each, &list, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && list.count == 0)
		say(run,
		    "Nobody is here yet. Next: tanu subject add --name NAME --born YYYY-MM-DD\n");
	return st;
}

const struct verb verb_subject_list = {
    .group = "subject",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "List all people of the site",
    .about = "One line a person: id, date of birth, whether a reference of the face is stored, the "
	     "purposes that a live consent covers, and the name. A person whose rows do not verify "
	     "is shown as damaged.",
    .example = "tanu subject list --json",
    .fields = {{"subjects[].id", "the person's id"},
	       {"subjects[].name", "name"},
	       {"subjects[].born", "date of birth, YYYY-MM-DD"},
	       {"subjects[].created_ms", "when she was added, Unix milliseconds, UTC"},
	       {"subjects[].enrolled", "true: a reference of the face is stored"},
	       {"subjects[].enrolled_until_ms", "it ends then by its age; 0: none is stored"},
	       {"subjects[].second_factor", "true: somebody here looks alike"},
	       {"subjects[].embeddings", "how often features of her face were computed here"},
	       {"subjects[].purposes", "purposes that a live consent covers, array of words"},
	       {"subjects[].damaged", "true: her rows do not verify; see tanu doctor"}},
    .run = subject_list,
};
