/* SPDX-License-Identifier: Apache-2.0 */
/* A log asks one of its witnesses. */
#include "witness/witness.h"

#include <stdio.h>
#include <string.h>

#define TRIES	   4 /* others may submit the same log meanwhile */
#define ANSWER_MAX ((size_t)16 << 10)
#define DASH	   "\xE2\x80\x94 "

struct asking {
	const struct witness_peer *peer;
	const struct hash_source *hashes;
	struct witness_submission s;
	tanu_note note;
	tanu_checkpoint checkpoint;
	struct net *net;
	struct net_response response;
	char url[NET_URL_MAX + 1];
};

/* ---- one request ---- */

static tanu_status prove(struct asking *a, tanu_error *err)
{
	tanu_hash proof[TANU_PROOF_MAX];
	size_t len = 0;
	tanu_status st;

	a->s.proof_len = 0;
	if (a->s.old_size == 0 || a->s.old_size == a->checkpoint.size)
		return TANU_OK;
	st = tree_prove_consistency(proof, &len, a->hashes, a->s.old_size, a->checkpoint.size, err);
	if (st < 0)
		return st;
	if (len > WITNESS_PROOF_MAX)
		return BAD_CALL(err, "a consistency proof has at most 63 hashes");
	memcpy(a->s.proof, proof, len * sizeof(proof[0]));
	a->s.proof_len = len;
	return TANU_OK;
}

static tanu_status submit(struct asking *a, tanu_error *err)
{
	struct buf body = {.max = 2 * WITNESS_BODY_MAX};
	struct net_request request = {
	    .method = "POST", .url = a->url, .max_bytes = ANSWER_MAX, .repeatable = true};
	tanu_status st = prove(a, err);

	if (st < 0)
		return st;
	witness_submission_put(&body, &a->s);
	if ((st = buf_check(&body, err)) >= 0) {
		request.body = body.data;
		request.body_len = body.len;
		st = net_send(a->net, &a->response, &request, err);
	}
	buf_free(&body);
	return st;
}

/* ---- answers ---- */

static tanu_status no_sense(const struct asking *a, const char *why, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_NETWORK, a->peer->verifier.name, "%s", why);
}

/* 409: "SIZE" LF. */
static tanu_status take_size(struct asking *a, tanu_error *err)
{
	const struct buf *body = &a->response.body;
	const char *type = net_response_header(&a->response, "content-type");
	uint64_t size = 0;

	if (!type || strcmp(type, WITNESS_SIZE_TYPE) != 0 || body->len < 2 ||
	    body->data[body->len - 1] != '\n' ||
	    !decimal_u64(&size, (const char *)body->data, body->len - 1))
		return no_sense(a, "its answer makes no sense: no size is in it", err);
	if (size == a->s.old_size)
		return no_sense(a, "it asks for the size that it was given", err);
	if (size > a->checkpoint.size)
		return tanu_fail(err, TANU_ERR_PROOF, a->peer->verifier.name,
				 "it says that it has cosigned %llu entries of this log, which has "
				 "only %llu: was an older copy of the log put back?",
				 (unsigned long long)size, (unsigned long long)a->checkpoint.size);
	a->s.old_size = size;
	return TANU_OK;
}

/* The line with a cosignature by this key that holds; others in the answer count nothing. */
static tanu_status take_line(struct asking *a, struct buf *lines, tanu_error *err)
{
	struct buf text = {.max = WITNESS_NOTE_MAX + ANSWER_MAX};
	const tanu_verifier *v = &a->peer->verifier;
	tanu_note note;
	tanu_status st;

	buf_put(&text, a->note.text, a->note.text_len);
	buf_str(&text, "\n");
	buf_put(&text, a->response.body.data, a->response.body.len);
	if ((st = buf_check(&text, err)) < 0)
		goto out;
	if (tanu_note_split(&note, (const char *)text.data, text.len, NULL) < 0 ||
	    note.text_len != a->note.text_len) {
		st = no_sense(a, "its answer makes no sense: no signature lines are in it", err);
		goto out;
	}
	st = tanu_note_verify(&note, v, NULL, err);
	if (st == TANU_NOT_FOUND)
		st = tanu_fail(err, TANU_ERR_SIGNATURE, v->name,
			       "it answered without its signature");
	for (size_t i = 0; i < note.signatures_len && st >= 0; i++) {
		const tanu_note_signature *s = &note.signatures[i];

		if (s->key_id != v->key_id || s->name_len != strlen(v->name) ||
		    memcmp(s->name, v->name, s->name_len) != 0)
			continue;
		buf_printf(lines, DASH "%s %.*s\n", v->name, (int)s->base64_len, s->base64);
		st = buf_check(lines, err);
		break;
	}
out:
	buf_free(&text);
	return st;
}

/* Anything but 200 and 409. */
static tanu_status refused(struct asking *a, tanu_error *err)
{
	const char *name = a->peer->verifier.name;

	switch (a->response.status) {
	case 403:
		return tanu_fail(err, TANU_ERR_UNTRUSTED, name,
				 "it does not take this key for the log's: give its operator the "
				 "key behind \"log\" in the file \"policy\" beside the log");
	case 404:
		return tanu_fail(err, TANU_ERR_UNTRUSTED, name,
				 "it does not know this log: ask its operator to add it, with the "
				 "key behind \"log\" in the file \"policy\" beside the log");
	case 422:
		return tanu_fail(err, TANU_ERR_PROOF, name,
				 "it says that this log does not follow from what it has cosigned "
				 "before: was the log put back, or made anew under the same name?");
	default:
		return net_unexpected(&a->response, a->url, err);
	}
}

static tanu_status ask(struct asking *a, struct buf *lines, tanu_error *err)
{
	tanu_status st;

	for (int i = 0; i < TRIES; i++) {
		if ((st = submit(a, err)) < 0)
			return st;
		if (a->response.status == 200)
			return take_line(a, lines, err);
		if (a->response.status != 409)
			return refused(a, err);
		if ((st = take_size(a, err)) < 0)
			return st;
	}
	return no_sense(a, "it asks for another size each time", err);
}

/* ---- the call ---- */

static tanu_status set_url(struct asking *a, tanu_error *err)
{
	size_t len = strlen(a->peer->url);

	while (len > 0 && a->peer->url[len - 1] == '/')
		len--;
	if (snprintf(a->url, sizeof(a->url), "%.*s/add-checkpoint", (int)len, a->peer->url) >=
	    (int)sizeof(a->url))
		return tanu_fail(err, TANU_ERR_USAGE, "address", "it is too long");
	return TANU_OK;
}

static tanu_status prepare(struct asking *a, uint64_t seen, const char *note, size_t note_len,
			   int timeout_ms, tanu_error *err)
{
	const struct net_options options = {
	    .total_ms = timeout_ms,
	    .connect_ms = timeout_ms,
	    .plain_http = true,
	    .tries = 2,
	    .pin = *a->peer->pin ? a->peer->pin : NULL,
	};
	tanu_status st;

	if (note_len > WITNESS_NOTE_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "checkpoint",
				 "longer than a witness takes");
	if ((st = tanu_note_split(&a->note, note, note_len, err)) < 0 ||
	    (st = tanu_checkpoint_parse(&a->checkpoint, a->note.text, a->note.text_len, err)) < 0 ||
	    (st = set_url(a, err)) < 0)
		return st;
	a->s = (struct witness_submission){
	    .old_size = seen <= a->checkpoint.size ? seen : 0, .note = note, .note_len = note_len};
	return net_open(&a->net, &options, err);
}

tanu_status witness_ask(struct buf *lines, uint64_t *seen, const struct witness_peer *peer,
			const struct hash_source *hashes, const char *note, size_t note_len,
			int timeout_ms, tanu_error *err)
{
	static _Thread_local struct asking a; /* large */
	tanu_status st;

	a = (struct asking){.peer = peer, .hashes = hashes};
	st = prepare(&a, *seen, note, note_len, timeout_ms, err);
	if (st >= 0)
		st = ask(&a, lines, err);
	if (st >= 0)
		*seen = a.checkpoint.size;
	net_close(&a.net);
	net_response_free(&a.response);
	return st;
}
