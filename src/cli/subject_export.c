/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status subject_export(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	struct buf out = {0};
	tanu_id id;
	tanu_status st;

	if ((st = run_subject(run, &id, err)) < 0 ||
	    (st = service_subject_export(run->service, &out, &id, err)) < 0)
		goto out;
	buf_str(&out, "\n");
	if ((st = buf_check(&out, err)) < 0 ||
	    (st = os_replace_file(path, out.data, out.len, 0600, err)) < 0)
		goto out;
	say(run,
	    "Everything that is held about this person is in %s, but for the numbers made from "
	    "the face: the file says why.\n",
	    path);
	jw_id(&run->jw, "subject", &id);
	jw_clean(&run->jw, "file", path);
out:
	buf_wipe(&out);
	return st;
}

const struct verb verb_subject_export = {
    .group = "subject",
    .action = "export",
    .flags = VERB_SITE,
    .brief = "Give a person everything that is held about her",
    .about =
	"Writes one JSON file: profile, consents with their notices, history, papers. It is hers "
	"to ask for at any time, and that it was written stands in her history. The reference is "
	"not in it: the file says why.",
    .example = "tanu subject export 3f9a41c2 --out aigerim.json",
    .operands = {OPERAND_SUBJECT},
    .options = {{"out", VALUE_FILE, "FILE", NULL, true, "Where it goes"}},
    .fields = {{"subject", "the person's id"}, {"file", "what was written"}},
    .run = subject_export,
};
