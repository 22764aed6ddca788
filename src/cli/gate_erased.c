/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

/* Whoever has left is still found by her whole id. */
static tanu_status find(struct run *run, tanu_id *out, tanu_error *err)
{
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	if (id_parse(out, run->args.operands[0]))
		return TANU_OK;
	return service_subject_find(run->service, out, run->args.operands[0], err);
}

static tanu_status gate_erased(struct run *run, tanu_error *err)
{
	const char *out = args_get(&run->args, "out");
	struct buf notes = {0};
	size_t count = 0;
	tanu_id subject = {{0}};
	tanu_status st;

	if ((st = find(run, &subject, err)) < 0 ||
	    (st = service_gate_confirmations(run->service, &notes, &count, &subject, err)) < 0 ||
	    (out && count && (st = write_new(out, notes.data, notes.len, err)) < 0))
		goto out;
	if (count == 0)
		say(run, "No gate has confirmed an erasure of this person so far.\n");
	else if (!out)
		say_lines(run, &notes);
	else
		say(run, "%zu signed confirmation%s in %s.\n", count, count == 1 ? "" : "s", out);
	jw_id(&run->jw, "subject", &subject);
	jw_int(&run->jw, "count", (int64_t)count);
	jw_lines(&run->jw, "notes", &notes);
out:
	buf_free(&notes);
	return st;
}

const struct verb verb_gate_erased = {
    .group = "gate",
    .action = "erased",
    .flags = VERB_SITE,
    .brief = "Show the signed word of gates that have erased somebody's reference",
    .about =
	"After a withdrawal each gate that held the reference erases it and signs that it has. The "
	"notes belong to the receipt of the erasure, and come as soon as the gates have been "
	"reached; of a gate that is offline when its lease ends. Somebody who has left is found by "
	"the whole id on the receipt.",
    .example = "tanu gate erased 3f9a41c2 --out gates.note",
    .operands = {OPERAND_SUBJECT},
    .options = {{"out", VALUE_FILE, "FILE", NULL, false, "Write them to this file"}},
    .fields = {{"subject", "the person's id"},
	       {"count", "how many gates have signed"},
	       {"notes", "their signed notes, array of lines"}},
    .run = gate_erased,
};
