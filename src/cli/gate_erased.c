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

/* Her receipt once more, with what the gates have signed since. */
static tanu_status receipt_again(struct run *run, const char *path, const char *out,
				 tanu_error *err)
{
	struct buf file = {0}, more = {0};
	struct gates_said said = {0};
	tanu_status st;

	if (!out)
		return tanu_fail(err, TANU_ERR_USAGE, "--receipt",
				 "--out FILE is needed, where the receipt with their words goes");
	if ((st = run_site(run, err)) < 0 ||
	    (st = os_read_file(&file, path, TANU_RECEIPT_BYTES_MAX, err)) < 0)
		goto out;
	st = service_receipt_with_gates(run->service, &more, &said, file.data, file.len, err);
	if (st < 0) {
		error_prefix_place(err, path);
		goto out;
	}
	jw_int(&run->jw, "count", (int64_t)said.erased);
	jw_int(&run->jw, "named", (int64_t)said.named);
	if (said.named == 0) {
		say(run, "This receipt names no gate: none had been lent this face. Nothing was "
			 "written.\n");
		goto out;
	}
	if ((st = write_new(out, more.data, more.len, err)) < 0)
		goto out;
	say(run, "%zu of %zu gate%s signed; the receipt is in %s.\n", said.erased, said.named,
	    said.named == 1 ? " has" : "s have", out);
out:
	buf_wipe(&file);
	buf_wipe(&more);
	return st;
}

static tanu_status gate_erased(struct run *run, tanu_error *err)
{
	const char *out = args_get(&run->args, "out"), *receipt = args_get(&run->args, "receipt");
	struct buf notes = {0};
	size_t count = 0;
	tanu_id subject = {{0}};
	tanu_status st;

	if (receipt && run->args.operands_len > 0)
		return tanu_fail(err, TANU_ERR_USAGE, "--receipt",
				 "a receipt says whose it is: give the one or the other");
	if (receipt)
		return receipt_again(run, receipt, out, err);
	if (run->args.operands_len == 0)
		return tanu_fail(err, TANU_ERR_USAGE, "SUBJECT",
				 "whose? Give the person, or --receipt FILE");
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
	"notes come as soon as the gates have been reached; of a gate that is offline when its "
	"lease ends. The receipt of the erasure names the gates; with --receipt it is written "
	"anew, with the words that have come since, for the person to take home. Somebody who has "
	"left is found by the whole id on the receipt.",
    .example = "tanu gate erased --receipt erasure.tanu-receipt --out with-gates.tanu-receipt",
    .operands = {{"SUBJECT", VALUE_WORD, 0, 1,
		  "A person: her id, at least its first 6 digits, or her exact name"}},
    .options = {{"receipt", VALUE_FILE, "FILE", NULL, false,
		 "The receipt of her erasure, to which their words are added"},
		{"out", VALUE_FILE, "FILE", NULL, false,
		 "Write the notes, or the receipt with them, to this file"}},
    .fields = {{"subject", "the person's id"},
	       {"count", "how many gates have signed"},
	       {"named", "of --receipt: how many gates it names"},
	       {"notes", "their signed notes, array of lines"}},
    .run = gate_erased,
};
