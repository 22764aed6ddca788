/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/exam.h"
#include "tlog/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct audit {
	struct log_report *report;
	const struct log_files *files;
	const struct log_audit_options *options;
	struct log_exam *exam;
	struct log_reader *reader;
	tanu_checkpoint earlier;
	bool rooted; /* the files are the tree that was signed */
};

/* What an error means here: trouble of the log is found, other trouble ends the audit. */
static bool is_finding(const tanu_error *why)
{
	return why->status == TANU_DAMAGED || why->status == TANU_INPUT ||
	       why->status == TANU_REFUSED || why->code == TANU_ERR_NO_SIGNATURE;
}

static tanu_status found(struct audit *a, enum finding_code code, const tanu_error *why,
			 tanu_error *err)
{
	if (is_finding(why)) {
		finding_add(&a->report->findings, code, why->place, "%s", why->message);
		return TANU_OK;
	}
	if (err)
		*err = *why;
	return why->status;
}

/* ---- the checkpoint ---- */

/* The log's own signature; without it nothing of the note is believed. */
static tanu_status check_signed(tanu_checkpoint *out, const struct audit *a, const char *bytes,
				size_t len, tanu_error *err)
{
	tanu_checkpoint c;
	tanu_note note;
	tanu_status st;

	if ((st = tanu_note_split(&note, bytes, len, err)) < 0 ||
	    (st = tanu_checkpoint_parse(&c, note.text, note.text_len, err)) < 0 ||
	    (st = policy_log_signed(a->options->policy, &note, c.origin, err)) < 0)
		return st;
	*out = c;
	return TANU_OK;
}

/* `*good`: the log signed it, so its files can be held against it. */
static tanu_status check_checkpoint(struct audit *a, bool *good, tanu_error *err)
{
	struct log_report *r = a->report;
	const char *bytes = (const char *)r->note.data;
	tanu_error why = {0};
	tanu_checkpoint same;

	*good = check_signed(&r->checkpoint, a, bytes, r->note.len, &why) >= 0;
	if (!*good)
		return found(a, FINDING_CHECKPOINT, &why, err);
	if (tanu_policy_check(a->options->policy, &same, &r->trust, bytes, r->note.len, &why) < 0)
		return found(a, FINDING_CHECKPOINT, &why, err);
	r->believed = true;
	if (r->trust.quorum_none)
		finding_add(&r->findings, FINDING_UNWITNESSED, "policy",
			    "nobody but the log vouches that everybody is shown the same");
	return TANU_OK;
}

static tanu_status check_root(struct audit *a, tanu_error *err)
{
	tanu_error why = {0};

	a->rooted = log_reader_trust(a->reader, &a->report->checkpoint.root, &why) >= 0;
	if (a->rooted)
		return TANU_OK;
	a->report->believed = false;
	return found(a, strcmp(why.place, "checkpoint") == 0 ? FINDING_ROOT : FINDING_FILE, &why,
		     err);
}

/* ---- the checkpoint seen before ---- */

static tanu_status put_proof(struct audit *a, tanu_error *err)
{
	struct log_report *r = a->report;
	struct hash_source source = log_reader_hashes(a->reader);
	tanu_hash proof[TANU_PROOF_MAX];
	size_t len = 0;
	tanu_status st =
	    tree_prove_consistency(proof, &len, &source, a->earlier.size, r->checkpoint.size, err);

	if (st < 0)
		return st;
	buf_printf(&r->fork_proof, "old %llu\n", (unsigned long long)a->earlier.size);
	for (size_t i = 0; i < len; i++) {
		base64_put(&r->fork_proof, proof[i].b, sizeof(proof[i].b));
		buf_u8(&r->fork_proof, '\n');
	}
	buf_u8(&r->fork_proof, '\n');
	buf_put(&r->fork_proof, r->note.data, r->note.len);
	return buf_check(&r->fork_proof, err);
}

static tanu_status report_fork(struct audit *a, tanu_error *err)
{
	struct log_report *r = a->report;

	r->believed = false;
	finding_add(&r->findings, FINDING_FORK, "checkpoint",
		    "the tree of %llu entries does not continue the one of %llu that was signed "
		    "before",
		    (unsigned long long)r->checkpoint.size, (unsigned long long)a->earlier.size);
	buf_put(&r->fork_earlier, a->options->earlier, a->options->earlier_len);
	buf_put(&r->fork_later, r->note.data, r->note.len);
	if (r->fork_earlier.failed || r->fork_later.failed)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "memory for the evidence ran out");
	return put_proof(a, err);
}

/* Does the tree continue that one? Its tiles are authentic when it is larger. */
static tanu_status continues(bool *out, struct audit *a, tanu_error *err)
{
	struct hash_source source = log_reader_hashes(a->reader);
	tanu_hash root = a->report->checkpoint.root;
	tanu_status st = TANU_OK;

	if (a->earlier.size < a->report->checkpoint.size)
		st = tree_root(&root, &source, a->earlier.size, err);
	*out = st >= 0 && memcmp(&root, &a->earlier.root, sizeof(root)) == 0;
	return st;
}

static tanu_status compare_earlier(struct audit *a, tanu_error *err)
{
	uint64_t size = a->report->checkpoint.size;
	tanu_error why = {0};
	bool good;

	if (a->earlier.size > size) {
		a->report->believed = false;
		finding_add(&a->report->findings, FINDING_SHRUNK, "checkpoint",
			    "%llu entries are shown, %llu were signed before",
			    (unsigned long long)size, (unsigned long long)a->earlier.size);
		return TANU_OK;
	}
	/* Of files that are another tree nothing can be said; that was reported. */
	if (a->earlier.size == 0 || (a->earlier.size < size && !a->rooted))
		return TANU_OK;
	if (continues(&good, a, &why) >= 0 && (good || report_fork(a, &why) >= 0))
		return TANU_OK;
	a->report->believed = false;
	return found(a, FINDING_FILE, &why, err);
}

/* The caller's own: that it is not signed by this log is the caller's mistake. */
static tanu_status check_earlier(struct audit *a, tanu_error *err)
{
	tanu_status st;

	if (!a->options->earlier)
		return TANU_OK;
	st = check_signed(&a->earlier, a, a->options->earlier, a->options->earlier_len, err);
	if (st < 0)
		return st;
	if (strcmp(a->earlier.origin, a->report->checkpoint.origin) != 0)
		return tanu_fail(err, TANU_ERR_USAGE, "checkpoint",
				 "the earlier checkpoint is of another log, %s", a->earlier.origin);
	return TANU_OK;
}

/* ---- the entries ---- */

static tanu_status take_entry(void *self, uint64_t index, const void *entry, size_t len,
			      const uint8_t *opening, tanu_error *err)
{
	struct audit *a = self;

	return exam_entry(a->exam, index, entry, len, opening != NULL, a->options->policy,
			  a->report->checkpoint.origin, a->options->now_ms, err);
}

static tanu_status report_progress(const struct audit *a, uint64_t done, tanu_error *err)
{
	const struct log_audit_options *o = a->options;

	return o->progress ? o->progress(o->self, done, a->report->checkpoint.size, err) : TANU_OK;
}

/* Bundle after bundle: one that is damaged does not hide the next. */
static tanu_status check_entries(struct audit *a, tanu_error *err)
{
	uint64_t size = a->report->checkpoint.size;
	tanu_status st = TANU_OK;

	for (uint64_t at = a->exam->counts.entries; st >= 0 && at < size;) {
		uint64_t end = (at / TILE_WIDTH + 1) * TILE_WIDTH;
		tanu_error why = {0};

		end = end < size ? end : size;
		if (log_reader_each(a->reader, at, end, take_entry, a, &why) < 0) {
			a->report->believed = false;
			st = found(a, FINDING_FILE, &why, err);
		}
		at = a->exam->counts.entries = end;
		if (st >= 0)
			st = report_progress(a, at, err);
	}
	return st < 0 ? st : exam_settle(a->exam, a->options->now_ms, err);
}

/* A monitor must not take in the entries of a log that it does not believe. */
static bool may_examine(const struct audit *a)
{
	return !a->options->exam ||
	       (a->report->believed && a->exam->counts.entries <= a->report->checkpoint.size);
}

static tanu_status audit_tree(struct audit *a, tanu_error *err)
{
	struct log_report *r = a->report;
	tanu_status st;

	if ((st = log_reader_open(&a->reader, a->files, r->checkpoint.size, err)) < 0 ||
	    (st = check_root(a, err)) < 0)
		return st;
	if (a->options->earlier && (st = compare_earlier(a, err)) < 0)
		return st;
	return may_examine(a) ? check_entries(a, err) : TANU_OK;
}

static tanu_status run(struct audit *a, tanu_error *err)
{
	struct log_report *r = a->report;
	bool good = false;
	tanu_status st;

	st = a->files->read(a->files->self, &r->note, "checkpoint", TANU_NOTE_BYTES_MAX, err);
	if (st < 0 || (st = check_checkpoint(a, &good, err)) < 0)
		return st;
	if (good && ((st = check_earlier(a, err)) < 0 || (st = audit_tree(a, err)) < 0))
		return st;
	findings_append(&r->findings, &a->exam->findings);
	if (good)
		exam_due(&r->findings, a->exam, a->options->now_ms);
	log_exam_count(&r->counts, a->exam);
	return TANU_OK;
}

tanu_status log_audit(struct log_report *out, const struct log_files *files,
		      const struct log_audit_options *options, tanu_error *err)
{
	struct audit a = {.report = out, .files = files, .options = options, .exam = options->exam};
	tanu_status st = TANU_OK;

	*out = (struct log_report){0};
	if (!a.exam)
		st = log_exam_new(&a.exam, err);
	if (st >= 0)
		st = run(&a, err);
	log_reader_close(&a.reader);
	if (!options->exam)
		log_exam_free(&a.exam);
	return st;
}

void log_report_free(struct log_report *report)
{
	buf_free(&report->note);
	buf_free(&report->fork_earlier);
	buf_free(&report->fork_later);
	buf_free(&report->fork_proof);
	log_findings_free(&report->findings);
}
