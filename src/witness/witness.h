/* SPDX-License-Identifier: Apache-2.0 */
/*
 * witness.h - c2sp.org/tlog-witness, both sides. A witness cosigns checkpoints of the logs it knows
 * and of each only one history: whoever sees its signature knows that others are shown the same
 * log. A log asks its witnesses (witness_ask).
 *
 * What a witness has cosigned last stands on the disk before its answer leaves, so that it never
 * signs two roots for one size, whatever kills it. Its folder must not be put back from a backup:
 * an older state could be made to sign a second history. A witness that lost its folder takes a new
 * name and key.
 *
 *     witness.key                  PRIVATE+KEY+name+hash+base64, mode 0600
 *     logs/<sha256(origin)>/keys   vkeys of the log, one a line
 *     logs/<sha256(origin)>/checkpoint   the note last cosigned, with the cosignature
 *     verifier.html                the page that checks receipts, if one was put there
 *     verifier.sha256              its digest, then those of earlier ones
 */
#ifndef WITNESS_WITNESS_H
#define WITNESS_WITNESS_H

#include "net/net.h"
#include "os/os.h"
#include "tlog/tlog.h"

/* ---- the body of add-checkpoint ---- */

#define WITNESS_PROOF_MAX 63
#define WITNESS_NOTE_MAX  ((size_t)64 << 10)
#define WITNESS_BODY_MAX  (WITNESS_NOTE_MAX + 64 + WITNESS_PROOF_MAX * 45)

struct witness_submission {
	uint64_t old_size;
	size_t proof_len;
	tanu_hash proof[WITNESS_PROOF_MAX];
	const char *note; /* borrowed */
	size_t note_len;
};
tanu_status witness_submission_parse(struct witness_submission *out, const char *body,
				     size_t body_len, tanu_error *err);
void witness_submission_put(struct buf *out, const struct witness_submission *submission);

/* ---- being a witness ---- */

/* A folder with a new key. The name is an address without https://: witness.example.org/w1.
 * TANU_USAGE (folder-exists) where there is one. */
tanu_status witness_create(const char *folder, const char *name, const struct random_source *random,
			   tanu_error *err);
/* From now on checkpoints under this key, whose name is the log's origin, are cosigned; a further
 * key of a log that is known is one more. Also while a server runs. */
tanu_status witness_add_log(const char *folder, const char *vkey, tanu_error *err);

struct witness;
/* One process at a time (TANU_BUSY); several threads. `clock` zero: the machine's. */
tanu_status witness_open(struct witness **out, const char *folder, const struct clock_source *clock,
			 tanu_error *err);
void witness_close(struct witness **witness);
void witness_verifier(tanu_verifier *out, const struct witness *witness);

/* The logs it knows, by origin. `last` is what it has cosigned last, size 0 before the first. */
tanu_status witness_each_log(struct witness *witness,
			     tanu_status (*each)(void *self, const char *origin,
						 const tanu_checkpoint *last, tanu_error *err),
			     void *self, tanu_error *err);

/* What goes back over HTTP. `body` is wiped before. */
#define WITNESS_SIZE_TYPE "text/x.tlog.size"
struct witness_reply {
	int status;	  /* 200, 400, 403, 404, 409, 422, 500 */
	const char *type; /* NULL: plain text */
	struct buf body;
	tanu_error error; /* of a 500: for the operator, not for the client */
};
void witness_add_checkpoint(struct witness *witness, struct witness_reply *reply, const void *body,
			    size_t body_len);
/* "GET <prefix>/<sha256(origin)>/checkpoint": 200 or 404. */
void witness_last_checkpoint(struct witness *witness, struct witness_reply *reply,
			     const char *origin_hash);

/*
 * The page that people check receipts with: whoever doubts the site gets it, or its SHA-256, from
 * here. The page put there last is served; digests of earlier ones stay in the list. Also while a
 * server runs. `sha256` gets hex digits.
 */
#define WITNESS_PAGE_MAX   ((size_t)4 << 20)
#define WITNESS_DIGEST_LEN 65
tanu_status witness_add_page(const char *folder, char sha256[WITNESS_DIGEST_LEN], const void *page,
			     size_t page_len, tanu_error *err);
/* "GET /verifier.html" and "GET /verifier.sha256": 200 or 404. */
void witness_page(const struct witness *witness, struct witness_reply *reply);
void witness_page_digests(const struct witness *witness, struct witness_reply *reply);

/* ---- asking a witness ---- */

struct witness_peer {
	tanu_verifier verifier;
	char url[NET_URL_MAX + 1]; /* add-checkpoint comes behind it */
	char pin[NET_PIN_LEN + 1]; /* of its TLS key; "": the system's authorities */
};

/*
 * A list of witnesses: lines of tlog-policy "witness NAME VKEY URL", with a pin as one more word
 * where the server's certificate is its own; # begins a comment. Other lines of a policy are passed
 * over, and so are witnesses without an address.
 */
#define WITNESS_PEERS_MAX 32
tanu_status witness_peers_parse(struct witness_peer *out, size_t max, size_t *len, const char *text,
				size_t text_len, tanu_error *err);

/*
 * Ask one for its cosignature of a signed checkpoint and append the line to `lines`. `*seen` is the
 * size it is thought to have cosigned last (0: not known) and becomes the checkpoint's; a wrong one
 * costs one more request. `hashes` are those of this log. Plain http:// is fine for any address: a
 * cosignature proves itself, and a checkpoint is public.
 *
 * TANU_SYSTEM (network): no answer, or one that makes no sense. TANU_REFUSED (untrusted): it does
 * not know this log, or not this key. TANU_DAMAGED (proof): it says that this checkpoint does not
 * follow from what it has cosigned, (signature): what it sent is no cosignature by its key.
 */
tanu_status witness_ask(struct buf *lines, uint64_t *seen, const struct witness_peer *peer,
			const struct hash_source *hashes, const char *note, size_t note_len,
			int timeout_ms, tanu_error *err);

#endif
