/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/watch_state.h"
#include "cli/verbs.h"

#include <string.h>
#include <time.h>

#define INTERVAL_S 300

struct watch {
	struct run *run;
	struct log_source source;
	struct watch_state state;
	uint8_t told[DIGEST_LEN]; /* of the last answer, so that only what is new is said */
};

/* A log that suggests other keys one day must not be believed by them. */
static tanu_status keep_policy(struct watch *w, tanu_error *err)
{
	const struct buf *first = w->state.policy.len ? &w->state.policy : &w->source.policy_text;

	if (strcmp(w->source.policy_from, "given") == 0)
		return TANU_OK;
	return log_source_policy(&w->source, first, "kept", err);
}

/* One look, answered; the state moves on if the log can be believed. */
static tanu_status look(struct watch *w, tanu_error *err)
{
	struct clock_source clock = os_clock();
	struct progress progress;
	struct log_report report = {0};
	struct log_audit_options options = {.now_ms = clock_now(&clock)};
	tanu_status st;

	if ((st = watch_state_load(&w->state, err)) < 0 || (st = keep_policy(w, err)) < 0)
		return st;
	progress_start(&progress, "entries", 0);
	options.policy = w->source.policy;
	options.exam = w->state.exam;
	options.progress = log_progress;
	options.self = &progress;
	if (w->state.note.len) {
		options.earlier = (const char *)w->state.note.data;
		options.earlier_len = w->state.note.len;
	}
	st = log_unreachable(log_audit(&report, &w->source.files, &options, err), err);
	progress_end(&progress);
	if (st < 0)
		goto out;
	answer_report(w->run, &w->source, &report);
	if ((st = log_evidence_write(w->run, w->state.path, &report, err)) < 0)
		goto out;
	if (report.believed)
		st = watch_state_keep(&w->state, &report.note, &w->source.policy_text,
				      options.now_ms, err);
out:
	log_report_free(&report);
	return st;
}

/* Look, and print what differs from the last time; trouble of the network is said and waits. */
static tanu_status look_again(struct watch *w, tanu_error *err)
{
	struct run *run = w->run;
	const struct buf *answer = run->args.json ? &run->json : &run->text;
	struct clock_source clock = os_clock();
	char at[MINUTE_TEXT_LEN];
	uint8_t digest[DIGEST_LEN];
	tanu_error why = {0};
	tanu_status st = look(w, &why);

	if (st < 0 && st != TANU_SYSTEM) {
		if (err)
			*err = why;
		return st;
	}
	if (st < 0)
		run_answer_error(run, &why);
	sha256(digest, answer->data, answer->len);
	if (memcmp(digest, w->told, sizeof(digest)) == 0) {
		run_answer_drop(run);
		return TANU_OK;
	}
	memcpy(w->told, digest, sizeof(digest));
	say(run, "Seen %s\n\n", minute_text(at, clock_now(&clock)));
	jw_int(&run->jw, "seen_ms", clock_now(&clock));
	return run_answer_print(run, err);
}

static tanu_status loop(struct watch *w, double interval_s, tanu_error *err)
{
	tanu_status st;

	while ((st = look_again(w, err)) == TANU_OK) {
		struct timespec rest = {.tv_sec = (time_t)interval_s};

		nanosleep(&rest, NULL);
	}
	return st;
}

static tanu_status log_watch(struct run *run, tanu_error *err)
{
	struct watch w = {.run = run};
	double interval_s = INTERVAL_S;
	tanu_status st;

	if (args_has(&run->args, "interval") &&
	    (st = args_real(&interval_s, &run->args, "interval", 1, 86400, err)) < 0)
		return st;
	if ((st = log_source_open(&w.source, run, run->args.operands[0], err)) < 0 ||
	    (st = watch_state_open(&w.state, args_get(&run->args, "state"), err)) < 0)
		goto out;
	st = args_has(&run->args, "once") ? look(&w, err) : loop(&w, interval_s, err);
out:
	watch_state_close(&w.state);
	log_source_close(&w.source);
	return st;
}

const struct verb verb_log_watch = {
    .group = "log",
    .action = "watch",
    .brief = "Keep an eye on a public log",
    .about =
	"A monitor: looks at the log again and again, remembers the last signed checkpoint and "
	"what "
	"the site has stated, and reads only what is new. It reports what \"tanu log audit\" does, "
	"and a log that does not continue the one seen before or has become shorter. The evidence "
	"of a fork, two notes signed by the log, is written beside the state file: show it to "
	"everybody.\n\nThe state file is replaced whole; of a log that can't be believed nothing "
	"is "
	"taken into it. Without --policy or --key it is the policy of the first look that counts. "
	"What "
	"was found once is told every time: a log does not forget. With --once "
	"the exit code is 0: clean; 1: suspicious; 5: the log cannot be reached. Without it the "
	"command goes on until it is stopped and prints an answer whenever it differs from the "
	"last.",
    .example = "tanu log watch https://school.example/log --policy trust.policy "
	       "--state school.state --once",
    .options = {{"state", VALUE_FILE, "FILE", NULL, true,
		 "What is remembered; made with the first look"},
		{"once", VALUE_NONE, NULL, NULL, false, "Look once, for a timer"},
		{"interval", VALUE_WORD, "SECONDS", NULL, false,
		 "Seconds between two looks, 300 if not given"},
		OPTION_LOG_POLICY,
		OPTION_LOG_KEY},
    .operands = {OPERAND_LOG},
    .fields = {REPORT_FIELDS,
	       {"evidence", "files written as evidence of a fork"},
	       {"seen_ms", "when the log was looked at; without --once"}},
    .run = log_watch,
};
