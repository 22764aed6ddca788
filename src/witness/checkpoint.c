/* SPDX-License-Identifier: Apache-2.0 */
/* add-checkpoint: whether to cosign, and keeping what was cosigned before saying so. */
#include "witness/state.h"

#include <stdio.h>
#include <string.h>

#define DASH "\xE2\x80\x94 "

/* One submission on its way. */
struct attempt {
	struct witness *w;
	struct witness_submission s;
	tanu_note note;
	tanu_checkpoint checkpoint;
	char hash[ORIGIN_HASH_LEN];
	struct log_keys keys;
	bool holds[TANU_SIGNATURES_MAX]; /* signature lines that a key of the log made */
};

static void say(struct witness_reply *reply, int status, const char *why)
{
	buf_wipe(&reply->body);
	reply->status = status;
	reply->type = NULL;
	buf_printf(&reply->body, "%s\n", why);
}

/* Our own trouble. The client learns that there is some, the operator which. */
static void say_failed(struct witness_reply *reply, const tanu_error *why)
{
	say(reply, 500, "the witness cannot answer now");
	reply->error = *why;
}

static void say_size(struct witness_reply *reply, uint64_t size)
{
	buf_wipe(&reply->body);
	reply->status = 409;
	reply->type = WITNESS_SIZE_TYPE;
	buf_printf(&reply->body, "%llu\n", (unsigned long long)size);
}

/* ---- is it a checkpoint of a log we know? ---- */

static bool understand(struct attempt *a, struct witness_reply *reply, const void *body, size_t len)
{
	tanu_error why = {0};

	if (witness_submission_parse(&a->s, body, len, &why) >= 0 &&
	    tanu_note_split(&a->note, a->s.note, a->s.note_len, &why) >= 0 &&
	    tanu_checkpoint_parse(&a->checkpoint, a->note.text, a->note.text_len, &why) >= 0)
		return true;
	say(reply, 400, why.message);
	return false;
}

static bool know_log(struct attempt *a, struct witness_reply *reply)
{
	tanu_error why = {0};
	tanu_status st;

	origin_hash(a->hash, a->checkpoint.origin);
	st = log_keys_read(&a->keys, a->w->folder, a->hash, &why);
	if (st == TANU_NOT_FOUND)
		say(reply, 404, "this witness does not know a log of this name");
	else if (st < 0)
		say_failed(reply, &why);
	return st >= 0;
}

static void mark_line(struct attempt *a, const tanu_verifier *v)
{
	for (size_t i = 0; i < a->note.signatures_len; i++) {
		const tanu_note_signature *s = &a->note.signatures[i];

		if (s->key_id == v->key_id && s->name_len == strlen(v->name) &&
		    memcmp(s->name, v->name, s->name_len) == 0) {
			a->holds[i] = true; /* the first one is the one that was checked */
			return;
		}
	}
}

/* One key of the log at least signed it, and none of them falsely. */
static bool signed_by_log(struct attempt *a, struct witness_reply *reply)
{
	size_t signatures = 0;

	for (size_t i = 0; i < a->keys.len; i++) {
		tanu_status st = tanu_note_verify(&a->note, &a->keys.v[i], NULL, NULL);

		if (st == TANU_NOT_FOUND)
			continue;
		if (st < 0) {
			say(reply, 403, "a signature of the log's key is false");
			return false;
		}
		mark_line(a, &a->keys.v[i]);
		signatures++;
	}
	if (signatures == 0)
		say(reply, 403, "no key of this log that is known here has signed it");
	return signatures > 0;
}

/* ---- does it follow from what we have cosigned? ---- */

static bool roots_equal(const tanu_hash *a, const tanu_hash *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* RFC 6962 has no proof from the empty tree: everything follows from it. */
static bool follows_from_nothing(const struct attempt *a)
{
	tanu_hash empty;

	tanu_hash_empty(&empty);
	return a->s.proof_len == 0 &&
	       (a->checkpoint.size > 0 || roots_equal(&a->checkpoint.root, &empty));
}

static bool follows(const struct attempt *a, const tanu_checkpoint *last)
{
	if (last->size == 0)
		return follows_from_nothing(a);
	return tanu_verify_consistency(last->size, &last->root, a->checkpoint.size,
				       &a->checkpoint.root, a->s.proof, a->s.proof_len, NULL) >= 0;
}

/* ---- cosigning ---- */

/* The note as it is kept: the text, the log's signatures, ours. */
static tanu_status put_note(struct buf *out, const struct attempt *a, const struct buf *cosignature,
			    tanu_error *err)
{
	buf_put(out, a->note.text, a->note.text_len);
	buf_str(out, "\n");
	for (size_t i = 0; i < a->note.signatures_len; i++) {
		const tanu_note_signature *s = &a->note.signatures[i];

		if (a->holds[i])
			buf_printf(out, DASH "%.*s %.*s\n", (int)s->name_len, s->name,
				   (int)s->base64_len, s->base64);
	}
	buf_put(out, cosignature->data, cosignature->len);
	return buf_check(out, err);
}

static tanu_status keep(const struct attempt *a, const struct buf *cosignature, tanu_error *err)
{
	char path[OS_PATH_MAX];
	struct buf note = {0};
	tanu_status st;

	if ((st = log_path(path, a->w->folder, a->hash, "checkpoint", err)) >= 0 &&
	    (st = put_note(&note, a, cosignature, err)) >= 0)
		st = os_replace_file(path, note.data, note.len, 0600, err);
	buf_free(&note);
	return st;
}

static tanu_status cosign(const struct attempt *a, struct buf *line, tanu_error *err)
{
	int64_t now_s = clock_now(&a->w->clock) / 1000;
	tanu_status st = note_cosign(line, a->w->signer, a->note.text, a->note.text_len,
				     now_s > 0 ? (uint64_t)now_s : 0, err);

	return st < 0 ? st : keep(a, line, err);
}

/* Compare, keep, answer; under the mutex. */
static void compare_and_cosign(const struct attempt *a, struct witness_reply *reply)
{
	tanu_checkpoint last;
	struct buf line = {0};
	tanu_error why = {0};

	if (last_read(&last, a->w, a->checkpoint.origin, &why) < 0) {
		say_failed(reply, &why);
		return;
	}
	if (a->s.old_size != last.size) {
		say_size(reply, last.size);
		return;
	}
	if (!follows(a, &last)) {
		say(reply, 422, "it does not follow from what was cosigned before");
		return;
	}
	if (cosign(a, &line, &why) < 0) {
		buf_free(&line);
		say_failed(reply, &why);
		return;
	}
	reply->status = 200;
	reply->type = NULL;
	reply->body = line;
}

void witness_add_checkpoint(struct witness *witness, struct witness_reply *reply, const void *body,
			    size_t body_len)
{
	static _Thread_local struct attempt a; /* large */

	a = (struct attempt){.w = witness};
	buf_wipe(&reply->body);
	reply->error = (tanu_error){0};
	if (!understand(&a, reply, body, body_len) || !know_log(&a, reply) ||
	    !signed_by_log(&a, reply))
		return;
	if (a.s.old_size > a.checkpoint.size) {
		say(reply, 400, "the old size is larger than the checkpoint's");
		return;
	}
	pthread_mutex_lock(&witness->mutex);
	compare_and_cosign(&a, reply);
	pthread_mutex_unlock(&witness->mutex);
}

/* ---- for monitors ---- */

static bool is_hash(const char *text)
{
	return strlen(text) == ORIGIN_HASH_LEN - 1 &&
	       strspn(text, "0123456789abcdef") == ORIGIN_HASH_LEN - 1;
}

void witness_last_checkpoint(struct witness *witness, struct witness_reply *reply, const char *hash)
{
	char path[OS_PATH_MAX];
	struct buf note = {0};
	tanu_error why = {0};
	tanu_status st = TANU_NOT_FOUND;

	buf_wipe(&reply->body);
	reply->error = (tanu_error){0};
	if (is_hash(hash) && (st = log_path(path, witness->folder, hash, "checkpoint", &why)) >= 0)
		st = os_read_file(&note, path, (size_t)256 << 10, &why);
	if (st == TANU_NOT_FOUND) {
		say(reply, 404, "nothing was cosigned for a log of this name");
	} else if (st < 0) {
		say_failed(reply, &why);
	} else {
		reply->status = 200;
		reply->type = NULL;
		reply->body = note;
	}
}
