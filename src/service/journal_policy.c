/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom to trust about this log, as the site suggests it: the file "policy" beside the log, and a
 * copy in every receipt. A witness stands in it from its first cosignature on, and one of them is
 * asked for. What somebody else has written there is left alone.
 */
#include "service/internal.h"

#include <string.h>

#define POLICY_MAX	 (64 * 1024)
#define META_LOG_TRUSTED "log-trusted" /* vkeys of the witnesses in the policy, one a line */

/* ---- the text ---- */

/* The name of a witness in the policy is its number there: names of keys may be too long. */
static size_t put_witnesses(struct buf *out, const char *vkeys)
{
	size_t n = 0;

	for (const char *at = vkeys; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		const size_t name = strcspn(at, "+"), line = strcspn(at, "\n");

		buf_printf(out, "# %.*s\nwitness w%zu %.*s\n", (int)name, at, ++n, (int)line, at);
	}
	return n;
}

/* None, the one there is, or any of several. */
static void put_quorum(struct buf *out, size_t witnesses)
{
	if (witnesses > 1) {
		buf_str(out, "group witnesses any");
		for (size_t i = 1; i <= witnesses; i++)
			buf_printf(out, " w%zu", i);
		buf_str(out, "\n");
	}
	buf_printf(out, "quorum %s\n",
		   witnesses == 0 ? "none" : (witnesses == 1 ? "w1" : "witnesses"));
}

static tanu_status put_policy(struct service *s, struct buf *out, const char *vkeys,
			      tanu_error *err)
{
	const char *url = settings_text(&s->settings, "log.url");
	tanu_verifier verifier;

	signer_verifier(&verifier, &s->journal.signer);
	buf_str(out, "log ");
	verifier_put(out, &verifier);
	if (*url && url[strcspn(url, " \t#")] == '\0') /* one word, as the format has it */
		buf_printf(out, " %s", url);
	buf_str(out, "\n");
	put_quorum(out, put_witnesses(out, vkeys));
	return buf_check(out, err);
}

/* ---- the file ---- */

static tanu_status read_policy(struct service *s, struct buf *out, tanu_error *err)
{
	const struct log_files *files = &s->journal.files;

	return files->read(files->self, out, "policy", POLICY_MAX, err);
}

static tanu_status write_policy(struct service *s, const char *vkeys, tanu_error *err)
{
	const struct log_files *files = &s->journal.files;
	struct buf text = {0};
	tanu_status st = put_policy(s, &text, vkeys, err);

	if (st == TANU_OK)
		st = files->write(files->self, "policy", text.data, text.len, err);
	buf_free(&text);
	return st;
}

tanu_status policy_ready(struct service *s, tanu_error *err)
{
	struct buf text = {0};
	tanu_error why = {0};
	tanu_status st = read_policy(s, &text, &why);

	buf_free(&text);
	if (st == TANU_NOT_FOUND)
		return write_policy(s, "", err);
	if (st < 0 && err)
		*err = why;
	return st;
}

tanu_status service_policy(struct service *s, struct buf *out, tanu_error *err)
{
	if (read_policy(s, out, NULL) == TANU_OK)
		return TANU_OK;
	return put_policy(s, out, "", err);
}

/* ---- witnesses come and go ---- */

/* Is the file what this site writes for these witnesses? */
static bool is_ours(struct service *s, const struct buf *file, const char *vkeys)
{
	struct buf text = {0};
	bool same = put_policy(s, &text, vkeys, NULL) == TANU_OK && text.len == file->len &&
		    memcmp(text.data, file->data, text.len) == 0;

	buf_free(&text);
	return same;
}

static bool has_line(const char *text, const char *line)
{
	const size_t len = strlen(line);

	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (strcspn(at, "\n") == len && memcmp(at, line, len) == 0)
			return true;
	return false;
}

/* Those that are witnesses still, and stood in it before or have cosigned now. */
static tanu_status trusted_now(struct service *s, struct buf *out, const char *before,
			       uint32_t cosigned, tanu_error *err)
{
	for (size_t i = 0; i < s->witnesses.len; i++) {
		struct buf vkey = {0};

		verifier_put(&vkey, &s->witnesses.verifiers[i]);
		if (cosigned >> i & 1 || has_line(before, buf_cstr(&vkey)))
			buf_printf(out, "%s\n", buf_cstr(&vkey));
		if (vkey.failed)
			out->failed = true;
		buf_free(&vkey);
	}
	return buf_check(out, err);
}

/* The file first: when what follows fails it is found to be ours all the same. */
static tanu_status change_policy(struct service *s, const char *before, const char *now,
				 tanu_error *err)
{
	struct buf file = {0};
	tanu_status st = read_policy(s, &file, err);

	if (st == TANU_OK && (is_ours(s, &file, before) || is_ours(s, &file, now)) &&
	    (st = write_policy(s, now, err)) == TANU_OK && (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, DB(s, meta_set, META_LOG_TRUSTED, now, strlen(now), err), err);
	buf_free(&file);
	return st;
}

tanu_status policy_follow(struct service *s, uint32_t cosigned, tanu_error *err)
{
	struct buf before = {0}, now = {0};
	const char *was;
	tanu_status st;

	if ((st = DB(s, meta_get, &before, META_LOG_TRUSTED, err)) < 0)
		goto out;
	was = buf_cstr(&before);
	if ((st = trusted_now(s, &now, was, cosigned, err)) == TANU_OK &&
	    strcmp(was, buf_cstr(&now)) != 0)
		st = change_policy(s, was, buf_cstr(&now), err);
out:
	buf_free(&before);
	buf_free(&now);
	return st;
}
