/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static void answer_cosigned(struct run *run, const struct log_cosigner *c, uint64_t size)
{
	char at[MINUTE_TEXT_LEN], entries[THOUSANDS_LEN];

	say_tint(run, c->size == size ? TINT_GOOD : TINT_WARN,
		 c->size == size ? "cosigned" : "behind  ");
	say(run, "  ");
	say_clean(run, c->name);
	if (c->size > 0)
		say(run, ": %s entries, on %s", thousands(entries, c->size),
		    minute_text(at, c->at_ms));
	else
		say(run, ": nothing that is kept here");
	if (c->why.status < 0) {
		say(run, "; now: ");
		say_clean(run, c->why.message);
	}
	say(run, "\n");
}

struct answer {
	struct run *run;
	uint64_t size;
};

static tanu_status answer_one(void *self, const struct log_cosigner *c, tanu_error *err)
{
	const struct answer *a = self;
	struct json_w *w = &a->run->jw;

	(void)err;
	answer_cosigned(a->run, c, a->size);
	jw_object(w, NULL);
	jw_clean(w, "name", c->name);
	jw_int(w, "size", (int64_t)c->size);
	if (c->size > 0)
		jw_int(w, "at_ms", c->at_ms);
	else
		jw_null(w, "at_ms");
	if (c->why.status < 0)
		jw_clean(w, "reason", c->why.message);
	else
		jw_null(w, "reason");
	jw_end_object(w);
	return TANU_OK;
}

static void answer_standing(struct run *run, const struct log_standing *s)
{
	char size[THOUSANDS_LEN], published[THOUSANDS_LEN], since[MINUTE_TEXT_LEN];
	struct json_w *w = &run->jw;

	say(run, "signed     %s entries\n", thousands(size, s->size));
	say(run, "published  %s entries%s\n", thousands(published, s->published),
	    s->held_since_ms ? "" : ", all of them");
	jw_int(w, "size", (int64_t)s->size);
	jw_int(w, "published", (int64_t)s->published);
	if (s->held_since_ms) {
		say(run, "The rest waits for witnesses since %s.\n",
		    minute_text(since, s->held_since_ms));
		jw_int(w, "held_since_ms", s->held_since_ms);
	} else {
		jw_null(w, "held_since_ms");
	}
	if (s->trouble.status < 0) {
		say(run, "The list of witnesses can't be read: ");
		say_clean(run, s->trouble.message);
		say(run, "\n");
	} else if (s->witnesses == 0) {
		say(run, "No witness is listed: see docs/witness.md.\n");
	}
}

static tanu_status log_state(struct run *run, tanu_error *err)
{
	struct log_standing standing = {0};
	struct answer a = {.run = run};
	tanu_status st;

	if ((st = run_site(run, err)) < 0 || (st = service_publish(run->service, err)) < 0 ||
	    (st = service_log_standing(run->service, &standing, err)) < 0)
		return st;
	answer_standing(run, &standing);
	a.size = standing.size;
	jw_array(&run->jw, "witnesses");
	st = service_log_cosigners_each(run->service, answer_one, &a, err);
	jw_end_array(&run->jw);
	return st;
}

const struct verb verb_log_state = {
    .group = "log",
    .action = "state",
    .flags = VERB_SITE,
    .brief = "How far the log has come, and who has cosigned how much",
    .about =
	"Publishes what is due, then says how many entries are signed, how many of them the public "
	"checkpoint shows, and what each witness has cosigned. Where a witness that had cosigned "
	"does not answer, the public log stands still for setting log.witness_hours, so that "
	"whoever asks for its cosignature is not worse off; nothing is lost meanwhile.",
    .example = "tanu log state --data school",
    .fields = {{"size", "entries under the newest signed checkpoint"},
	       {"published", "entries under the public one"},
	       {"held_since_ms",
		"Unix milliseconds: since when the rest waits for witnesses; null: nothing does"},
	       {"witnesses[].name", "name of the witness"},
	       {"witnesses[].size", "entries it has cosigned, of what is kept; 0: none"},
	       {"witnesses[].at_ms", "when, as it says; null: never"},
	       {"witnesses[].reason",
		"why it does not cosign now; null: it did, or was not asked"}},
    .run = log_state,
};
