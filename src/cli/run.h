/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run.h - (inside cli/) one call of a verb: its arguments, what it answers, the site it works on.
 *
 * A verb writes its answer twice, in words with `say` and as members of one JSON object with jw_*;
 * the frame in main.c prints the one that was asked for, adds the error if there was one, and turns
 * the status into the exit code.
 */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "cli/verb.h"
#include "codec/codec.h"
#include "service/service.h"

struct witnesses;

struct run {
	struct args args;
	bool colour;		 /* standard output is a terminal that wants colours */
	bool keep_answer;	 /* after a failure the JSON answer stands beside the error */
	tanu_exit exit;		 /* of a call that succeeded: a plain "no" is TANU_EXIT_NO_MATCH */
	struct buf text;	 /* the answer in words */
	struct buf json;	 /* the answer as JSON */
	struct json_w jw;	 /* inside the answer's object */
	struct service *service; /* open after run_site */
	struct witnesses *witnesses; /* of its log; NULL: none are listed */
};

/* ---- verbs that answer again and again (main.c) ---- */

/* Print the answer so far, and begin another; begin another without; an error as the answer. */
tanu_status run_answer_print(struct run *run, tanu_error *err);
void run_answer_drop(struct run *run);
void run_answer_error(struct run *run, const tanu_error *err);

/* ---- words (say.c) ---- */

void say(struct run *run, const char *fmt, ...) TANU_PRINTF(2, 3);
/* Untrusted text for a terminal or for JSON, through utf8_put_clean. */
void say_clean(struct run *run, const char *raw);
void jw_clean(struct json_w *w, const char *key, const char *raw);

/* A text of several lines; likewise as an array. */
void say_lines(struct run *run, const struct buf *text);
void jw_lines(struct json_w *w, const char *key, const struct buf *text);

enum tint { TINT_GOOD, TINT_WARN, TINT_BAD, TINT_STRONG };
/* `text` in colour where the terminal has it. */
void say_tint(struct run *run, enum tint tint, const char *text);

/*
 * "FMR 1 in 10,000, as measured on adults of another population", or "FMR 1 in 1,000,000,
 * extrapolated from what was measured on ..."
 */
void say_fmr(struct run *run, double fmr, bool extrapolated, const char *population);
/* 1234567 -> "1,234,567" */
#define THOUSANDS_LEN 32
const char *thousands(char out[THOUSANDS_LEN], uint64_t n);
/* "2026-01-31 08:00 UTC" */
#define MINUTE_TEXT_LEN 24
const char *minute_text(char out[MINUTE_TEXT_LEN], int64_t unix_ms);
/* "access, visit", or "none"; and the same as an array. */
#define PURPOSES_WORDS_LEN 64
const char *purposes_words(char out[PURPOSES_WORDS_LEN], unsigned purposes);
void jw_purposes(struct json_w *w, const char *key, unsigned purposes);

/* What to type next after an error of this code, or NULL. */
const char *next_step(tanu_error_code code);

/* ---- the site (site.c) ---- */

/* The data folder of this call. */
const char *run_folder(const struct run *run);
/* Open it, once; the frame closes it. */
tanu_status run_site(struct run *run, tanu_error *err);
/* Likewise where one was named or the working directory is one; else none is opened. */
tanu_status run_site_if_any(struct run *run, tanu_error *err);
/* Open it and find the subject that the first operand names. */
tanu_status run_subject(struct run *run, tanu_id *out, tanu_error *err);
/* Open it and read the number of a disclosure, which is the first operand. */
tanu_status run_disclosure(struct run *run, tanu_id *out, tanu_error *err);

/* The password in the file that --owner-auth names; "" without one. The caller wipes it. */
#define OWNER_AUTH_LEN 65
tanu_status args_owner_auth(char out[OWNER_AUTH_LEN], const struct args *args, tanu_error *err);
/* Which root the keys have, and what it resists. */
void answer_root(struct run *run, const struct service_report *report);

/* The members that describe one person. */
void answer_subject(struct run *run, const struct subject_view *v);

/* One line and one member a photograph. */
void answer_samples(struct run *run, const struct enrol_result *result, const char *const *photos);
void say_samples(struct run *run, const struct sample_result *samples, size_t samples_len,
		 const char *const *photos);
void jw_samples(struct json_w *w, const struct sample_result *samples, size_t samples_len,
		const char *const *photos);
tanu_status enrol_batch(struct run *run, const char *list, tanu_error *err);
/* The one --purpose of a comparison; access when it is not given. */
tanu_status args_purpose(tanu_purpose *out, const struct args *args, tanu_error *err);
/* Whether the face alone may decide; says something only when it may not. */
void answer_second_factor(struct run *run, bool needed);
/* A decision, and the exit code that goes with it. */
void answer_decision(struct run *run, const struct verify_result *result);

/*
 * The notice that --notice names: a registered version, else a file; without it the one shipped in
 * --language. `text` owns the bytes that `out` points to. After the site is open.
 */
tanu_status notice_option(struct run *run, struct notice *out, struct buf *text, tanu_error *err);
/* From a file, or when that is NULL the shipped one, for grown-ups or for children. */
tanu_status notice_load(struct run *run, struct notice *out, struct buf *text, const char *path,
			bool children, tanu_error *err);
/* --language, or the site's (setting site.language). After the site is open. */
const char *run_language(struct run *run);
/* Version and language, as an object. */
void answer_notice(struct run *run, const struct notice *notice);
/* --by and --guardian; NONE without --by. After the site is open. */
tanu_status giver_parse(struct run *run, tanu_giver *giver, tanu_id *guardian, tanu_error *err);
/* --purpose as a set; 0 without it. */
tanu_status purposes_option(unsigned *out, const struct args *args, tanu_error *err);
/* SHA-256 of the file that --document names; zero without it. */
tanu_status document_option(uint8_t out[32], const struct args *args, tanu_error *err);

/*
 * The receipt of an erasure into the file of option --receipt, if it was given. The erasure is done
 * either way: trouble with the file is the error of the call.
 */
tanu_status receipt_file(struct run *run, const struct erasure_receipt *receipt, tanu_error *err);
#define OPTION_RECEIPT                                                                           \
	{                                                                                        \
		"receipt", VALUE_FILE, "FILE", NULL, false,                                      \
		    "Write the signed receipt, which the person can check offline, to this file" \
	}
/* What an erasure destroyed and what remains. */
void answer_receipt(struct run *run, const struct erasure_receipt *receipt);

/* ---- photographs without a site (photo.c) ---- */

struct lab {
	tanu_engine *engine;
	tanu_session *session;
};

struct photo {
	const char *path;
	tanu_image *image;
	tanu_faces faces;
};

tanu_status lab_open(struct lab *lab, const tanu_session_options *options, tanu_error *err);
void lab_close(struct lab *lab);
tanu_status photo_read(struct photo *out, const char *path, tanu_error *err);
void photo_free(struct photo *photo);
/* Find and measure faces; TANU_NOT_FOUND (no-face) naming the photograph when there is none. */
tanu_status photo_analyse(struct lab *lab, struct photo *photo, tanu_error *err);
/* Standard input can be read once only. */
tanu_status photo_paths_check(char *const *paths, size_t paths_len, tanu_error *err);

/* ---- progress of long work, on standard error (progress.c) ---- */

struct progress {
	const char *unit; /* "people" */
	size_t total;
	bool terminal;
	int64_t started_ns, shown_ns;
};

void progress_start(struct progress *p, const char *unit, size_t total);
void progress_step(struct progress *p, size_t done);
void progress_end(struct progress *p); /* clears the line */
/* Async-signal-safe: leave the terminal as it was found. */
void progress_interrupt(void);

#endif
