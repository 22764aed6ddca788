/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h - check a transparency log without trusting whoever runs it: Merkle tree proofs (RFC 6962),
 * signed notes, checkpoints, cosignatures, proof files and trust policies, as published by C2SP:
 * c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof, tlog-policy.
 *
 * Everything here is verification: bytes in, a status out, no clock, no network, no files. A whole
 * log (c2sp.org/tlog-tiles) is read through a callback that fetches its files. Hashes are SHA-256.
 * Ed25519 is the only signature; lines of other kinds are ignored, as the formats ask.
 */
#ifndef TANU_LOG_H
#define TANU_LOG_H

#include <stddef.h>
#include <stdint.h>
#include <tanu/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TANU_HASH_LEN	    32
#define TANU_PROOF_MAX	    64	/* hashes of a proof: one per bit of a tree's size */
#define TANU_ORIGIN_MAX	    256 /* bytes of an origin or key name, with the final zero */
#define TANU_SIGNATURES_MAX 100 /* signature lines of a note; more are refused */
#define TANU_NOTE_BYTES_MAX ((size_t)1 << 20)

typedef struct tanu_hash {
	uint8_t b[TANU_HASH_LEN];
} tanu_hash;

/* RFC 6962, section 2.1: SHA-256(0x00 | entry), SHA-256(0x01 | left | right), SHA-256(""). */
TANU_API void tanu_hash_leaf(tanu_hash *out, const void *entry, size_t entry_len);
TANU_API void tanu_hash_node(tanu_hash *out, const tanu_hash *left, const tanu_hash *right);
TANU_API void tanu_hash_empty(tanu_hash *out);

/*
 * Is the leaf at `index` of the tree of `size` leaves with this root? `proof` begins with the
 * leaf's sibling. TANU_DAMAGED (proof) if not.
 */
TANU_API tanu_status tanu_verify_inclusion(const tanu_hash *leaf, uint64_t index, uint64_t size,
					   const tanu_hash *root, const tanu_hash *proof,
					   size_t proof_len, tanu_error *err);

/*
 * Is the tree of `old_size` leaves a prefix of the one of `new_size`? 0 < old_size <= new_size;
 * equal sizes want an empty proof and equal roots. TANU_DAMAGED (proof) if not.
 */
TANU_API tanu_status tanu_verify_consistency(uint64_t old_size, const tanu_hash *old_root,
					     uint64_t new_size, const tanu_hash *new_root,
					     const tanu_hash *proof, size_t proof_len,
					     tanu_error *err);

/* Kinds of a key, as its vkey says. */
typedef enum tanu_key_kind {
	TANU_KEY_NONE = 0,
	TANU_KEY_ED25519 = 0x01,     /* signs notes: a log */
	TANU_KEY_COSIGNATURE = 0x04, /* signs checkpoints with a time: a witness */
} tanu_key_kind;

/* A public key with its name: "name+hash+base64(kind | key)". */
typedef struct tanu_verifier {
	char name[TANU_ORIGIN_MAX];
	tanu_key_kind kind;
	uint32_t key_id; /* first four bytes of SHA-256(name | LF | kind | key) */
	uint8_t key[32];
} tanu_verifier;

/* Refuses a key id that is not that of the key, and kinds other than the two above. */
TANU_API tanu_status tanu_verifier_parse(tanu_verifier *out, const char *vkey, tanu_error *err);

/* A signed note, split into its text and its signature lines. Borrows the caller's bytes. */
typedef struct tanu_note_signature {
	const char *name;
	size_t name_len;
	const char *base64;
	size_t base64_len;
	uint32_t key_id;
} tanu_note_signature;

typedef struct tanu_note {
	const char *text; /* with its final line feed */
	size_t text_len;
	size_t signatures_len;
	tanu_note_signature signatures[TANU_SIGNATURES_MAX];
} tanu_note;

/* Split at the last blank line; refuses what is not a note (UTF-8, line feeds, at least one line).
 */
TANU_API tanu_status tanu_note_split(tanu_note *out, const char *bytes, size_t bytes_len,
				     tanu_error *err);

/*
 * Did this key sign the note? `*time_s` (may be NULL) is the time a witness states, Unix seconds, 0
 * for a log. TANU_NOT_FOUND: no line of this key. TANU_DAMAGED (signature): there is one and it is
 * false; the note must be thrown away then.
 */
TANU_API tanu_status tanu_note_verify(const tanu_note *note, const tanu_verifier *verifier,
				      uint64_t *time_s, tanu_error *err);

/* The text of a checkpoint. */
typedef struct tanu_checkpoint {
	char origin[TANU_ORIGIN_MAX];
	uint64_t size;
	tanu_hash root;
} tanu_checkpoint;

/* Extension lines are refused: not every cosigner signs them. */
TANU_API tanu_status tanu_checkpoint_parse(tanu_checkpoint *out, const char *text, size_t text_len,
					   tanu_error *err);

/* Whom a verifier trusts: one log or more, witnesses, groups of them, and a quorum. */
typedef struct tanu_policy tanu_policy;

TANU_API tanu_status tanu_policy_parse(tanu_policy **out, const char *text, size_t text_len,
				       tanu_error *err);
TANU_API void tanu_policy_free(tanu_policy **policy);

/* What is known of a checkpoint that passed a policy. */
typedef struct tanu_checkpoint_trust {
	size_t witnesses;    /* of the policy that cosigned it */
	uint64_t earliest_s; /* earliest time a witness states; 0 without any */
	int quorum_none;     /* the policy asks for no witness: print UNWITNESSED */
} tanu_checkpoint_trust;

/*
 * A signed checkpoint under a policy: a log of the policy signed it (key name equal to the origin)
 * and the quorum cosigned it. TANU_REFUSED (untrusted) otherwise; TANU_DAMAGED (signature) for a
 * false signature of a trusted key.
 */
TANU_API tanu_status tanu_policy_check(const tanu_policy *policy, tanu_checkpoint *out,
				       tanu_checkpoint_trust *trust, const char *note,
				       size_t note_len, tanu_error *err);

/* A proof file, c2sp.org/tlog-proof@v1: index, inclusion proof, signed checkpoint. Borrows. */
typedef struct tanu_log_proof {
	uint64_t index;
	size_t proof_len;
	tanu_hash proof[TANU_PROOF_MAX];
	const char *extra; /* base64, not authenticated; NULL without */
	size_t extra_len;
	const char *checkpoint; /* the signed note */
	size_t checkpoint_len;
} tanu_log_proof;

TANU_API tanu_status tanu_log_proof_parse(tanu_log_proof *out, const char *bytes, size_t bytes_len,
					  tanu_error *err);

/* The whole question: is this entry in a log that the policy trusts? */
TANU_API tanu_status tanu_log_proof_verify(const tanu_policy *policy, tanu_checkpoint *out,
					   tanu_checkpoint_trust *trust,
					   const tanu_log_proof *proof, const void *entry,
					   size_t entry_len, tanu_error *err);

/*
 * A log that is served as files, c2sp.org/tlog-tiles. `path` is one of "checkpoint",
 * "tile/0/x001/234", "tile/entries/000.p/7", "opening/000" (docs/log.md) and the like.
 */
typedef struct tanu_log_files {
	/*
	 * A whole file as `*bytes`, taken from malloc and freed by the library. TANU_NOT_FOUND:
	 * there is none; TANU_LIMIT: it is longer than `max_bytes`; any other failure: it can't be
	 * reached, and the call that asked for it ends with it.
	 */
	tanu_status (*read)(void *self, uint8_t **bytes, size_t *bytes_len, const char *path,
			    size_t max_bytes, tanu_error *err);
	/* May be NULL. How far a walk over entries has come. */
	void (*progress)(void *self, uint64_t done, uint64_t size);
	void *self;
} tanu_log_files;

/*
 * A log as it stood at one checkpoint. Every tile is checked against the one above it and the
 * topmost against the root, so whoever serves the files cannot show anything else. One thread at a
 * time.
 */
typedef struct tanu_log tanu_log;

/*
 * Reads the checkpoint, which must pass the policy (tanu_policy_check), and the right edge of the
 * tree. TANU_DAMAGED (log-damaged): files are missing, or are another tree. `files` is copied;
 * its `self` must live until the log is closed, the policy need not.
 */
TANU_API tanu_status tanu_log_open(tanu_log **out, const tanu_log_files *files,
				   const tanu_policy *policy, tanu_error *err);
TANU_API void tanu_log_close(tanu_log **log);

/* Its checkpoint, what is known of it, and the signed note; valid until the log is closed. */
TANU_API const tanu_checkpoint *tanu_log_checkpoint(const tanu_log *log);
TANU_API const tanu_checkpoint_trust *tanu_log_trust(const tanu_log *log);
TANU_API const char *tanu_log_note(const tanu_log *log, size_t *note_len);

/* Does it continue the log as it stood at `earlier`? TANU_DAMAGED (log-fork) if not. */
TANU_API tanu_status tanu_log_continues(tanu_log *log, const tanu_checkpoint *earlier,
					tanu_error *err);

/*
 * Entries first .. end - 1 in order. `opening` is the slot of TANU_OPENING_LEN bytes that a log of
 * Tanu has beside an entry (below), NULL without one, and always NULL unless `openings` is set; it
 * belongs to no tree. The callback's bytes live until it returns; its failure ends the walk.
 */
typedef tanu_status (*tanu_log_entry)(void *self, uint64_t index, const void *entry,
				      size_t entry_len, const uint8_t *opening, tanu_error *err);
TANU_API tanu_status tanu_log_each(tanu_log *log, uint64_t first, uint64_t end, int openings,
				   tanu_log_entry each, void *self, tanu_error *err);

/*
 * Proofs against the checkpoint, to give away; `proof` takes TANU_PROOF_MAX hashes. The second
 * makes a proof file of it (c2sp.org/tlog-proof), text in memory of malloc.
 */
TANU_API tanu_status tanu_log_prove(tanu_log *log, tanu_hash *proof, size_t *proof_len,
				    uint64_t index, tanu_error *err);
TANU_API tanu_status tanu_log_prove_file(tanu_log *log, char **text, size_t *text_len,
					 uint64_t index, tanu_error *err);
TANU_API tanu_status tanu_log_prove_growth(tanu_log *log, tanu_hash *proof, size_t *proof_len,
					   uint64_t old_size, tanu_error *err);

/*
 * A personal leaf, 128 bytes: tag | commitment | previous | random. To everybody but the person who
 * holds the log key it is random bytes. For her n-th event, all HMAC-SHA-256, n as eight bytes, the
 * highest first:
 *   tag        = HMAC(key, "tag" | n)
 *   commitment = HMAC(HMAC(key, "salt" | n), event)
 *   previous   = HMAC(key, "prev" | her leaf n - 1), of nothing for n = 0
 */
#define TANU_LEAF_LEN	 128
#define TANU_LEAF_PART	 32
#define TANU_LOG_KEY_LEN 32

typedef struct tanu_leaf {
	uint8_t tag[TANU_LEAF_PART];
	uint8_t commitment[TANU_LEAF_PART];
	uint8_t previous[TANU_LEAF_PART];
	uint8_t random[TANU_LEAF_PART];
} tanu_leaf;

/* By this she finds her n-th leaf among all leaves. */
TANU_API void tanu_leaf_tag(uint8_t out[TANU_LEAF_PART], const uint8_t key[TANU_LOG_KEY_LEN],
			    uint64_t n);

/* `before` is her leaf n - 1, NULL exactly for n = 0. `event` is the canonical JSON of what
 * happened. */
TANU_API tanu_status tanu_leaf_make(tanu_leaf *out, const uint8_t key[TANU_LOG_KEY_LEN], uint64_t n,
				    const tanu_leaf *before, const void *event, size_t event_len,
				    const uint8_t random[TANU_LEAF_PART], tanu_error *err);

/*
 * Is this her n-th leaf, standing behind `before`, and does it say `event`? With `event` NULL (its
 * text was withheld) only its place is checked. TANU_DAMAGED (proof) names what does not fit.
 */
TANU_API tanu_status tanu_leaf_check(const tanu_leaf *leaf, const uint8_t key[TANU_LOG_KEY_LEN],
				     uint64_t n, const tanu_leaf *before, const void *event,
				     size_t event_len, tanu_error *err);

/*
 * The text of an event lies beside the tree in a slot of 512 bytes (docs/log.md): nonce 24 |
 * ciphertext | tag 16 of XChaCha20-Poly1305 under HMAC(key, "open" | n), associated data the leaf's
 * tag; inside are a length (u16, highest byte first), the text and zeros.
 */
#define TANU_OPENING_LEN 512
#define TANU_EVENT_MAX	 470 /* bytes of an event's text */

/* `nonce` is random, 24 bytes. TANU_ARG (bad-call) beyond TANU_EVENT_MAX. */
TANU_API tanu_status tanu_opening_make(uint8_t out[TANU_OPENING_LEN],
				       const uint8_t key[TANU_LOG_KEY_LEN], uint64_t n,
				       const void *event, size_t event_len, const uint8_t nonce[24],
				       tanu_error *err);
/* `event` takes TANU_EVENT_MAX bytes. TANU_DAMAGED (crypto): withheld, or not hers. */
TANU_API tanu_status tanu_opening_read(char *event, size_t *event_len,
				       const uint8_t key[TANU_LOG_KEY_LEN], uint64_t n,
				       const uint8_t slot[TANU_OPENING_LEN], tanu_error *err);

#ifdef __cplusplus
}
#endif
#endif
