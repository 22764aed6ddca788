/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status consent_receipt(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	struct buf out = {0};
	tanu_id id;
	tanu_status st;

	if ((st = run_subject(run, &id, err)) < 0 ||
	    (st = service_receipt(run->service, &out, &id, TANU_RECEIPT_HISTORY, NULL, err)) < 0 ||
	    (st = os_replace_file(path, out.data, out.len, 0600, err)) < 0)
		goto out;
	say(run,
	    "The receipt is in %s: give it to the person and keep no copy, for it opens her "
	    "history.\nAnybody can check it, without this site: tanu receipt verify %s\n",
	    path, path);
	jw_id(&run->jw, "subject", &id);
	jw_clean(&run->jw, "file", path);
out:
	buf_wipe(&out);
	return st;
}

const struct verb verb_consent_receipt = {
    .group = "consent",
    .action = "receipt",
    .flags = VERB_SITE,
    .brief = "Write the receipt that a person takes home",
    .about =
	"One file with her log keys, her latest entries in the public log with their proofs, and "
	"whom to trust about that log. With it she, or anybody she gives it to, checks offline "
	"what "
	"was done about her, now and later: see tanu receipt. Who has the file can read her "
	"history, so it belongs to her alone.",
    .example = "tanu consent receipt 3f9a41c2 --out aigerim.tanu-receipt",
    .operands = {OPERAND_SUBJECT},
    .options = {{"out", VALUE_FILE, "FILE", NULL, true, "Where it goes"}},
    .fields = {{"subject", "the person's id"}, {"file", "where the receipt is"}},
    .run = consent_receipt,
};
