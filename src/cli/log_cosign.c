/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"
#include "cli/witnesses.h"

#include <string.h>

#define TIMEOUT_MS 15000

struct answer {
	struct run *run;
	uint64_t size;	/* of the newest checkpoint */
	size_t next;	/* peer that is told of next */
	tanu_error why; /* of the first that did not cosign */
};

static tanu_status read_list(struct run *run, tanu_error *err)
{
	const char *given = args_get(&run->args, "witnesses");
	char path[OS_PATH_MAX];
	tanu_status st = os_path(path, sizeof(path), run_folder(run), "witnesses", err);

	if (st < 0 || (st = witnesses_load(&run->witnesses, given ? given : path, err)) < 0)
		return st;
	if (run->witnesses->len == 0)
		return tanu_fail(err, TANU_ERR_USAGE, given ? given : path,
				 "no witness with an address stands in it; a line is: witness NAME "
				 "VKEY URL");
	return TANU_OK;
}

static tanu_status answer_one(void *self, const struct log_cosigner *cosigner, tanu_error *err)
{
	struct answer *a = self;
	struct run *run = a->run;
	struct json_w *w = &run->jw;
	const bool cosigned = cosigner->why.status >= 0 && cosigner->size == a->size;

	(void)err;
	say_tint(run, cosigned ? TINT_GOOD : TINT_BAD, cosigned ? "cosigned" : "failed  ");
	say(run, "  ");
	say_clean(run, cosigner->name);
	if (!cosigned) {
		say(run, ": ");
		say_clean(run, cosigner->why.message);
	}
	say(run, "\n");
	jw_object(w, NULL);
	jw_clean(w, "name", cosigner->name);
	jw_clean(w, "url", run->witnesses->peers[a->next++].url);
	jw_bool(w, "cosigned", cosigned);
	if (cosigned)
		jw_null(w, "reason");
	else
		jw_clean(w, "reason", cosigner->why.message);
	jw_end_object(w);
	if (!cosigned && a->why.status >= 0)
		a->why = cosigner->why;
	return TANU_OK;
}

static tanu_status log_cosign(struct run *run, tanu_error *err)
{
	struct log_standing standing = {0};
	struct answer a = {.run = run};
	tanu_status st;

	if ((st = read_list(run, err)) < 0 || (st = run_site(run, err)) < 0 ||
	    (st = service_log_cosign(run->service, TIMEOUT_MS, err)) < 0 ||
	    (st = service_log_standing(run->service, &standing, err)) < 0)
		return st;
	a.size = standing.size;
	jw_int(&run->jw, "size", (int64_t)standing.size);
	jw_array(&run->jw, "witnesses");
	st = service_log_cosigners_each(run->service, answer_one, &a, err);
	jw_end_array(&run->jw);
	if (st < 0 || a.why.status >= 0)
		return st;
	run->keep_answer = true;
	if (err)
		*err = a.why;
	return a.why.status;
}

const struct verb verb_log_cosign = {
    .group = "log",
    .action = "cosign",
    .flags = VERB_SITE,
    .brief = "Ask the witnesses of the site to cosign its log now",
    .about =
	"Shows the log's checkpoint to each witness in turn, with the proof that it follows from "
	"what that witness has cosigned before, and puts the cosignatures under the checkpoint. "
	"Every act that goes into the log does so by itself, but waits no longer than setting "
	"log.witness_seconds; this waits 15 seconds for each. "
	"Fails when one of them does not cosign; those of the others are kept.\n\nThe list has the "
	"lines of tlog-policy, \"witness NAME VKEY URL\", and one word more where the certificate "
	"of the witness is its own: the pin that \"tanu witness serve\" prints.",
    .example = "tanu log cosign --data school",
    .options = {{"witnesses", VALUE_FILE, "FILE", NULL, false,
		 "The list; the file \"witnesses\" in the data folder if not given"}},
    .fields = {{"size", "entries of the log"},
	       {"witnesses[].name", "name of the witness"},
	       {"witnesses[].url", "where it was asked"},
	       {"witnesses[].cosigned", "true: its cosignature stands under the checkpoint"},
	       {"witnesses[].reason", "why not; null: it did"}},
    .run = log_cosign,
};
