/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/log_source.h"

#include "logdir/logdir.h"

#include <stdio.h>
#include <string.h>

#define POLICY_MAX ((size_t)64 << 10)
#define NET_TRIES  3

/* ---- where ---- */

/* The folder itself, or log/ in the folder of a site. */
static tanu_status open_folder(struct log_source *source, const char *where, tanu_error *err)
{
	char inner[OS_PATH_MAX], head[OS_PATH_MAX];
	tanu_status st;

	if ((st = os_path(inner, sizeof(inner), where, "log", err)) < 0 ||
	    (st = os_path(head, sizeof(head), where, "checkpoint", err)) < 0)
		return st;
	snprintf(source->dir, sizeof(source->dir), "%s",
		 !os_exists(head) && os_is_dir(inner) ? inner : where);
	if (!os_is_dir(source->dir))
		return tanu_fail(err, TANU_ERR_FILE_MISSING, source->dir, "no such folder");
	log_dir_files(&source->files, source->dir);
	return TANU_OK;
}

static tanu_status open_address(struct log_source *source, const char *url, tanu_error *err)
{
	static const struct net_options options = {.tries = NET_TRIES};
	tanu_status st = net_log_open(&source->net, url, &options, err);

	if (st == TANU_OK)
		source->files = net_log_files(source->net);
	return st;
}

/* ---- whom to trust ---- */

static tanu_status policy_of_key(struct buf *out, const char *key, tanu_error *err)
{
	tanu_verifier verifier;
	tanu_status st = tanu_verifier_parse(&verifier, key, err);

	buf_printf(out, "log %s\nquorum none\n", key);
	return st < 0 ? st : buf_check(out, err);
}

static tanu_status read_suggested(struct buf *out, const struct log_source *source, tanu_error *err)
{
	tanu_status st = source->files.read(source->files.self, out, "policy", POLICY_MAX, err);

	if (st == TANU_NOT_FOUND)
		return tanu_fail(
		    err, TANU_ERR_USAGE, "policy",
		    "this log suggests no policy: say whom to trust with --policy FILE "
		    "or --key VKEY");
	return st;
}

tanu_status log_source_policy(struct log_source *source, const struct buf *text, const char *from,
			      tanu_error *err)
{
	tanu_policy *policy = NULL;
	tanu_status st = tanu_policy_parse(&policy, (const char *)text->data, text->len, err);

	if (st < 0)
		return st;
	tanu_policy_free(&source->policy);
	source->policy = policy;
	source->policy_from = from;
	if (text == &source->policy_text)
		return TANU_OK;
	source->policy_text.len = 0;
	buf_put(&source->policy_text, text->data, text->len);
	return buf_check(&source->policy_text, err);
}

static tanu_status open_policy(struct log_source *source, const struct args *args, tanu_error *err)
{
	const char *file = args_get(args, "policy"), *key = args_get(args, "key");
	struct buf *text = &source->policy_text;
	tanu_status st;

	if (file && key)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "--policy and --key exclude each other");
	if (file)
		st = os_read_file(text, file, POLICY_MAX, err);
	else if (key)
		st = policy_of_key(text, key, err);
	else
		st = read_suggested(text, source, err);
	return st < 0 ? st
		      : log_source_policy(source, text, file || key ? "given" : "suggested", err);
}

tanu_status log_source_files(struct log_source *out, const struct run *run, const char *where,
			     tanu_error *err)
{
	*out = (struct log_source){0};
	if (where && net_is_url(where))
		return open_address(out, where, err);
	return open_folder(out, where ? where : run_folder(run), err);
}

tanu_status log_source_open(struct log_source *out, struct run *run, const char *where,
			    tanu_error *err)
{
	tanu_status st = log_source_files(out, run, where, err);

	return st < 0 ? st : open_policy(out, &run->args, err);
}

void log_source_close(struct log_source *source)
{
	tanu_policy_free(&source->policy);
	buf_free(&source->policy_text);
	net_log_close(&source->net);
}

tanu_status log_unreachable(tanu_status st, tanu_error *err)
{
	if (st != TANU_NOT_FOUND)
		return st;
	return tanu_fail(err, TANU_ERR_IO, "checkpoint",
			 "there is no log to be reached: it has no file \"checkpoint\"");
}

/* ---- answers ---- */

static void say_trust(struct run *run, const struct log_source *source,
		      const tanu_checkpoint_trust *trust)
{
	char at[MINUTE_TEXT_LEN];

	if (trust->witnesses)
		say(run, "  witnesses  %zu, first at %s\n", trust->witnesses,
		    minute_text(at, (int64_t)trust->earliest_s * 1000));
	else
		say(run, "  witnesses  none: UNWITNESSED, others may be shown another log\n");
	if (strcmp(source->policy_from, "given") != 0)
		say(run,
		    "  policy     suggested by the log itself%s; better take it from somebody you "
		    "trust (--policy)\n",
		    strcmp(source->policy_from, "kept") == 0 ? " at the first look" : "");
}

void answer_checkpoint(struct run *run, const struct log_source *source,
		       const tanu_checkpoint *checkpoint, const tanu_checkpoint_trust *trust)
{
	struct json_w *w = &run->jw;
	struct buf root = {0};
	char size[THOUSANDS_LEN];

	base64_put(&root, checkpoint->root.b, sizeof(checkpoint->root.b));
	say(run, "Log ");
	say_clean(run, checkpoint->origin);
	say(run, "\n  entries    %s\n  root       %s\n", thousands(size, checkpoint->size),
	    buf_cstr(&root));
	say_trust(run, source, trust);
	jw_clean(w, "origin", checkpoint->origin);
	jw_int(w, "size", (int64_t)checkpoint->size);
	jw_text(w, "root", buf_cstr(&root));
	jw_int(w, "witnesses", (int64_t)trust->witnesses);
	if (trust->witnesses)
		jw_int(w, "witnessed_ms", (int64_t)trust->earliest_s * 1000);
	else
		jw_null(w, "witnessed_ms");
	jw_text(w, "policy", source->policy_from);
	buf_free(&root);
}

static void answer_finding(struct run *run, const struct log_finding *f)
{
	bool suspicious = finding_suspicious(f->code);

	say_tint(run, suspicious ? TINT_BAD : TINT_WARN, suspicious ? "suspicious" : "note      ");
	say(run, "  %s, %s: %s\n", finding_word(f->code), f->place, f->sentence);
	jw_object(&run->jw, NULL);
	jw_text(&run->jw, "code", finding_word(f->code));
	jw_bool(&run->jw, "suspicious", suspicious);
	jw_text(&run->jw, "place", f->place);
	jw_text(&run->jw, "sentence", f->sentence);
	jw_end_object(&run->jw);
}

static void answer_findings(struct run *run, const struct log_findings *findings)
{
	jw_array(&run->jw, "findings");
	for (size_t i = 0; i < findings->len; i++)
		answer_finding(run, &findings->v[i]);
	jw_end_array(&run->jw);
	jw_int(&run->jw, "findings_dropped", (int64_t)findings->dropped);
	if (findings->dropped)
		say(run, "and %llu more\n", (unsigned long long)findings->dropped);
}

void answer_report(struct run *run, const struct log_source *source,
		   const struct log_report *report)
{
	bool clean = !report->findings.suspicious;
	char leaves[THOUSANDS_LEN];

	answer_checkpoint(run, source, &report->checkpoint, &report->trust);
	say(run, "  holds      %s leaves, %llu statements of the site, %llu sealed disclosures\n",
	    thousands(leaves, report->counts.leaves), (unsigned long long)report->counts.statements,
	    (unsigned long long)report->counts.sealed);
	jw_int(&run->jw, "leaves", (int64_t)report->counts.leaves);
	jw_int(&run->jw, "statements", (int64_t)report->counts.statements);
	jw_int(&run->jw, "sealed", (int64_t)report->counts.sealed);
	answer_findings(run, &report->findings);
	jw_text(&run->jw, "verdict", clean ? "clean" : "suspicious");
	say_tint(run, clean ? TINT_GOOD : TINT_BAD, clean ? "Clean." : "Suspicious.");
	say(run, "\n");
	run->exit = clean ? TANU_EXIT_YES : TANU_EXIT_NO_MATCH;
}

/* ---- evidence and progress ---- */

static tanu_status write_one(struct run *run, const char *name, const char *part,
			     const struct buf *bytes, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st;

	if (snprintf(path, sizeof(path), "%s.fork-%s", name, part) >= (int)sizeof(path))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, name, "the name is too long");
	st = os_replace_file(path, bytes->data, bytes->len, 0644, err);
	if (st == TANU_OK) {
		say(run, "Evidence: ");
		say_clean(run, path);
		say(run, "\n");
		jw_clean(&run->jw, NULL, path);
	}
	return st;
}

tanu_status log_evidence_write(struct run *run, const char *name, const struct log_report *report,
			       tanu_error *err)
{
	tanu_status st = TANU_OK;

	jw_array(&run->jw, "evidence");
	if (report->fork_later.len) {
		st = write_one(run, name, "earlier", &report->fork_earlier, err);
		if (st == TANU_OK)
			st = write_one(run, name, "later", &report->fork_later, err);
		if (st == TANU_OK && report->fork_proof.len)
			st = write_one(run, name, "proof", &report->fork_proof, err);
	}
	jw_end_array(&run->jw);
	return st;
}

tanu_status log_progress(void *self, uint64_t done, uint64_t total, tanu_error *err)
{
	struct progress *p = self;

	(void)err;
	p->total = total;
	progress_step(p, done);
	return TANU_OK;
}
