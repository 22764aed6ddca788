/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/log_source.h"
#include "cli/receipts.h"
#include "cli/verbs.h"

#include <string.h>

/* The files of the log, and why one of them could not be read. */
struct told_files {
	struct log_files inner, outer;
	tanu_error why; /* of the last read that failed but for a missing file */
};

static tanu_status read_told(void *self, struct buf *out, const char *path, size_t max_bytes,
			     tanu_error *err)
{
	struct told_files *t = self;
	tanu_error why = {0};
	tanu_status st = t->inner.read(t->inner.self, out, path, max_bytes, &why);

	if (st < 0 && st != TANU_NOT_FOUND)
		t->why = why;
	if (st < 0 && err)
		*err = why;
	return st;
}

/* The answer stands, and beside it why it is not whole. */
static tanu_status unreachable(struct run *run, const struct told_files *files, tanu_error *err)
{
	const tanu_error *why = &files->why;

	run->keep_answer = true;
	if (why->status == TANU_OK)
		return tanu_fail(err, TANU_ERR_IO, "log", "files of the log are not there");
	return tanu_fail(err, why->status == TANU_SYSTEM ? why->code : TANU_ERR_IO, why->place,
			 "%s", why->message);
}

static void step(void *self, uint64_t done, uint64_t size)
{
	struct progress *p = self;

	p->total = (size_t)size;
	progress_step(p, (size_t)done);
}

/* --log, or the address in the receipt. */
static tanu_status open_log(struct log_source *source, struct run *run,
			    const struct receipts *receipts, tanu_error *err)
{
	const char *where = args_get(&run->args, "log");

	if (!where)
		where = receipts->at[0]->log_url;
	if (!*where)
		return tanu_fail(err, TANU_ERR_USAGE, "--log",
				 "the receipt names no address of the log: say where it is, a "
				 "folder or an address");
	return log_source_files(source, run, where, err);
}

static tanu_status walk(tanu_report **out, struct told_files *files,
			const struct receipts *receipts, tanu_error *err)
{
	struct progress progress;
	struct history_progress steps = {.step = step, .self = &progress};
	tanu_status st;

	progress_start(&progress, "entries", 0);
	st = receipt_history(out, (const tanu_receipt *const *)receipts->at, receipts->len,
			     &files->outer, &steps, &receipts->options, err);
	progress_end(&progress);
	return st;
}

static tanu_status receipt_history_run(struct run *run, tanu_error *err)
{
	struct log_source source = {0};
	struct told_files files = {0};
	struct receipts receipts;
	tanu_report *report = NULL;
	tanu_status st;

	if ((st = receipts_open(&receipts, run, err)) < 0 ||
	    (st = open_log(&source, run, &receipts, err)) < 0)
		goto out;
	files.inner = source.files;
	files.outer = (struct log_files){.read = read_told, .self = &files};
	if ((st = walk(&report, &files, &receipts, err)) < 0)
		goto out;
	answer_findings_of(run, &receipts, report);
	if (report->verdict == TANU_VERDICT_UNREACHABLE)
		st = unreachable(run, &files, err);
out:
	tanu_report_free(&report);
	log_source_close(&source);
	receipts_close(&receipts);
	return st;
}

const struct verb verb_receipt_history = {
    .group = "receipt",
    .action = "history",
    .brief = "Everything about a person in a public log",
    .about =
	"Checks the receipts, then reads the whole log and finds every entry about the person by "
	"the keys in them: who compared her face, when, what for and with what result, consents, "
	"erasures, data handed over; in order, with what is known of how late each was logged. It "
	"checks that none of them is missing, edited, withheld without a reason or twice there, "
	"and "
	"that the log is the one that the receipts are from; if not, the two signed heads are the "
	"evidence.\n\n"
	"All entries are read, so that a server does not learn which are hers. Exit code 0: "
	"nothing "
	"suspicious; 1: suspicious; 5: the log could not be read.",
    .example = "tanu receipt history consent.tanu-receipt --log https://school.example/log",
    .operands = {OPERAND_RECEIPTS},
    .options = {{"log", VALUE_DIR, "LOG", NULL, false,
		 "The log: its folder, the folder of a site, or the address of its folder; if not "
		 "given, the address in the receipt"},
		OPTION_RECEIPT_POLICY,
		OPTION_RECEIPT_LANGUAGE},
    .fields = {RECEIPT_REPORT_FIELDS},
    .run = receipt_history_run,
};
