/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

struct list {
	struct run *run;
	size_t count;
};

static void say_gate(struct run *run, const struct gate_view *v)
{
	char hex[ID_HEX_LEN], at[MINUTE_TEXT_LEN];

	id_hex(hex, &v->id);
	say(run, "%.8s  ", hex);
	say_clean(run, v->name);
	say(run, "  zone %s  ", v->zone);
	say_tint(run, v->state == GATE_PAIRED ? TINT_GOOD : TINT_WARN,
		 service_gate_state_name(v->state));
	if (v->seen_ms)
		say(run, "  heard of at %s", minute_text(at, v->seen_ms));
	say(run, "\n          let in %llu, not let in %llu, embeddings %llu, permits %llu\n",
	    (unsigned long long)v->grants, (unsigned long long)v->refusals,
	    (unsigned long long)v->embeddings, (unsigned long long)v->permits);
	if (v->lent_until_ms)
		say(run, "          lease until %s\n", minute_text(at, v->lent_until_ms));
	if (v->missing)
		say(run, "          events that never came: %llu\n",
		    (unsigned long long)v->missing);
	for (size_t i = 0; i < v->notes_len; i++)
		say(run, "          %s  %s\n", minute_text(at, v->notes[i].at_ms),
		    v->notes[i].word);
}

static void answer_gate(struct run *run, const struct gate_view *v)
{
	struct json_w *w = &run->jw;

	jw_object(w, NULL);
	jw_id(w, "gate", &v->id);
	jw_clean(w, "name", v->name);
	jw_text(w, "zone", v->zone);
	jw_text(w, "state", service_gate_state_name(v->state));
	jw_int(w, "seen_ms", v->seen_ms);
	jw_int(w, "lent_until_ms", v->lent_until_ms);
	jw_int(w, "grants", (int64_t)v->grants);
	jw_int(w, "refusals", (int64_t)v->refusals);
	jw_int(w, "embeddings", (int64_t)v->embeddings);
	jw_int(w, "permits", (int64_t)v->permits);
	jw_int(w, "missing", (int64_t)v->missing);
	jw_array(w, "notes");
	for (size_t i = 0; i < v->notes_len; i++) {
		jw_object(w, NULL);
		jw_int(w, "at_ms", v->notes[i].at_ms);
		jw_text(w, "word", v->notes[i].word);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_end_object(w);
}

static tanu_status each(void *self, const struct gate_view *v, tanu_error *err)
{
	struct list *list = self;

	(void)err;
	list->count++;
	say_gate(list->run, v);
	answer_gate(list->run, v);
	return TANU_OK;
}

static tanu_status gate_list(struct run *run, tanu_error *err)
{
	struct list list = {.run = run};
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	jw_array(&run->jw, "gates");
	st = service_gate_each(run->service, each, &list, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && list.count == 0)
		say(run, "There is no gate. Next: tanu gate add NAME\n");
	return st;
}

const struct verb verb_gate_list = {
    .group = "gate",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "Show the gates, what they were lent and what they have reported",
    .about =
	"Embeddings and permits are what the gates themselves have counted; they are equal, or "
	"a gate is not what it should be. Below each gate stand its last troubles.",
    .example = "tanu gate list",
    .fields = {{"gates[].gate", "its id"},
	       {"gates[].name", "its name"},
	       {"gates[].zone", "its zone"},
	       {"gates[].state", "added, paired or revoked"},
	       {"gates[].seen_ms", "when events of it came last, Unix milliseconds; 0: never"},
	       {"gates[].lent_until_ms", "end of what it was lent; 0: nothing"},
	       {"gates[].grants", "how often somebody was let in"},
	       {"gates[].refusals", "how often not"},
	       {"gates[].embeddings", "how often features of a face were computed there"},
	       {"gates[].permits", "permits spent for that"},
	       {"gates[].missing", "events that never came"},
	       {"gates[].notes[].at_ms", "when"},
	       {"gates[].notes[].word", "what was wrong, or right again"}},
    .run = gate_list,
};
