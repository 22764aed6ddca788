/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/log_source.h"
#include "cli/verbs.h"

static tanu_status read_earlier(struct buf *out, struct log_audit_options *options,
				const char *path, tanu_error *err)
{
	tanu_status st = path ? os_read_file(out, path, TANU_NOTE_BYTES_MAX, err) : TANU_OK;

	if (st == TANU_OK && path) {
		options->earlier = (const char *)out->data;
		options->earlier_len = out->len;
	}
	return st;
}

static tanu_status audit(struct run *run, const struct log_source *source,
			 const struct log_audit_options *options, tanu_error *err)
{
	const char *evidence = args_get(&run->args, "evidence");
	struct log_report report;
	tanu_status st = log_audit(&report, &source->files, options, err);

	if (st < 0) {
		st = log_unreachable(st, err);
		goto out;
	}
	answer_report(run, source, &report);
	if (evidence && (st = log_evidence_write(run, evidence, &report, err)) < 0)
		run->keep_answer = true;
out:
	log_report_free(&report);
	return st;
}

static tanu_status log_audit_run(struct run *run, tanu_error *err)
{
	struct clock_source clock = os_clock();
	struct log_source source;
	struct progress progress;
	struct log_audit_options options = {.now_ms = clock_now(&clock)};
	struct buf earlier = {0};
	tanu_status st;

	progress_start(&progress, "entries", 0);
	options.progress = log_progress;
	options.self = &progress;
	if ((st = log_source_open(&source, run, run->args.operands[0], err)) < 0 ||
	    (st = read_earlier(&earlier, &options, args_get(&run->args, "earlier"), err)) < 0)
		goto out;
	options.policy = source.policy;
	st = audit(run, &source, &options, err);
out:
	progress_end(&progress);
	buf_free(&earlier);
	log_source_close(&source);
	return st;
}

const struct verb verb_log_audit = {
    .group = "log",
    .action = "audit",
    .brief = "Recheck a public log from its first entry",
    .about =
	"Checks the signatures of the checkpoint, every file against the root that was signed, "
	"that "
	"every entry is a leaf or a statement of the site, that the site has stated its counts for "
	"each day and its disclosures for each month that is over, that embeddings equal permits, "
	"and that no sealed disclosure is overdue. With --earlier also that the log continues the "
	"one that was signed then; if not, the two signed notes are the evidence of a fork.\n\n"
	"Anybody can do this: nothing is needed but the files. Exit code 0: clean; 1: suspicious; "
	"5: the log cannot be reached. What it can't show is an act that was never logged.",
    .example = "tanu log audit https://school.example/log --policy trust.policy",
    .options = {OPTION_LOG_POLICY,
		OPTION_LOG_KEY,
		{"earlier", VALUE_FILE, "FILE", NULL, false,
		 "A signed checkpoint of this log, seen before"},
		{"evidence", VALUE_FILE, "NAME", NULL, false,
		 "Write the evidence of a fork to NAME.fork-earlier, -later and -proof"}},
    .operands = {OPERAND_LOG},
    .fields = {REPORT_FIELDS, {"evidence", "files written as evidence of a fork; with --evidence"}},
    .run = log_audit_run,
};
