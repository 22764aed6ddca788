/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_receipt_kind kind_of(enum consent_record_kind kind)
{
	switch (kind) {
	case CONSENT_RECORD_GIVEN:
		return TANU_RECEIPT_CONSENT;
	case CONSENT_RECORD_REFUSED:
		return TANU_RECEIPT_REFUSAL;
	case CONSENT_RECORD_ENDED:
		return TANU_RECEIPT_TERMINATION;
	case CONSENT_RECORD_NONE:
		break;
	}
	return TANU_RECEIPT_HISTORY;
}

/* With the record of the last act about consent; of a person without one, her history. */
static tanu_status receipt_of(struct run *run, struct buf *out, const tanu_id *id, tanu_error *err)
{
	struct consent_record_view view = {0};
	struct buf record = {0};
	tanu_error none = {0};
	tanu_status st = service_consent_record(run->service, &record, &view, id, NULL, &none);

	if (st == TANU_OK || st == TANU_NOT_FOUND)
		st = service_receipt(run->service, out, id, kind_of(view.kind), buf_cstr(&record),
				     err);
	else if (err)
		*err = none;
	buf_free(&record);
	return st;
}

static tanu_status consent_receipt(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	struct buf out = {0};
	tanu_id id;
	tanu_status st;

	if ((st = run_subject(run, &id, err)) < 0 || (st = receipt_of(run, &out, &id, err)) < 0 ||
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
