/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tlog.h - the side of the transparency log that makes things: roots and proofs over stored hashes,
 * tiles, signed checkpoints, cosignatures, proof files. Checking is in <tanu/log.h>. Storage is by
 * callback; nothing here opens a file.
 */
#ifndef TLOG_TLOG_H
#define TLOG_TLOG_H

#include "codec/codec.h"
#include "crypto/crypto.h"

#include <tanu/log.h>

/*
 * Stored hashes: `read` gives the root of the complete subtree of 2^level leaves that begins at
 * leaf index << level.
 */
struct hash_source {
	tanu_status (*read)(void *self, tanu_hash *out, unsigned level, uint64_t index,
			    tanu_error *err);
	void *self;
};

tanu_status tree_root(tanu_hash *out, const struct hash_source *source, uint64_t size,
		      tanu_error *err);
/* `proof` takes TANU_PROOF_MAX hashes. */
tanu_status tree_prove_inclusion(tanu_hash *proof, size_t *proof_len,
				 const struct hash_source *source, uint64_t index, uint64_t size,
				 tanu_error *err);
tanu_status tree_prove_consistency(tanu_hash *proof, size_t *proof_len,
				   const struct hash_source *source, uint64_t old_size,
				   uint64_t new_size, tanu_error *err);

/*
 * The complete subtrees that end with leaf `index`, smallest first: what appending a leaf adds to
 * the store. `added` takes TANU_PROOF_MAX hashes; added[0] is the leaf hash, added[i] of level i.
 */
tanu_status tree_append(tanu_hash *added, size_t *added_len, const struct hash_source *source,
			const tanu_hash *leaf, uint64_t index, tanu_error *err);

/* c2sp.org/tlog-tiles: "tile/<L>/<N>[.p/<W>]", "tile/entries/<N>[.p/<W>]". */
#define TILE_HEIGHT    8
#define TILE_WIDTH     256 /* hashes of a full tile */
#define TILE_LEVEL_MAX 63
#define TILE_PATH_MAX  64
#define TILE_ENTRIES   (-1) /* level of an entry bundle */
struct tile {
	int level; /* TILE_ENTRIES, or 0 .. TILE_LEVEL_MAX */
	uint64_t index;
	unsigned width; /* 1 .. TILE_WIDTH */
};
void tile_path(char out[TILE_PATH_MAX], const struct tile *tile);
tanu_status tile_parse(struct tile *out, const char *path, tanu_error *err);
/* How many hashes of `level` a tree of `size` has, in all tiles of that level. */
uint64_t tile_level_hashes(int level, uint64_t size);

/*
 * The files of a log (docs/log.md): "checkpoint", "newest", "tile/0/000.p/5", "tile/entries/000",
 * "opening/000", "policy". A folder, a web server, or memory in tests.
 */
bool log_path_valid(const char *path); /* one of these, as it must be written */
struct log_files {
	/* A whole file into `out`, which is wiped before. TANU_NOT_FOUND (file-missing); TANU_LIMIT
	 * beyond max_bytes. */
	tanu_status (*read)(void *self, struct buf *out, const char *path, size_t max_bytes,
			    tanu_error *err);
	/* Replaced whole and durable when it returns, with the folders above it. NULL: read only.
	 */
	tanu_status (*write)(void *self, const char *path, const void *bytes, size_t len,
			     tanu_error *err);
	void *self;
};

/* What a batch adds, one after another. */
#define LOG_ENTRY_MAX 65535
struct log_item {
	const void *entry;
	size_t entry_len; /* 1 .. LOG_ENTRY_MAX */
	const void
	    *opening; /* TANU_OPENING_LEN bytes; NULL: the slot is filled with zeros (statements) */
};

/* The root that the log of `size` leaves in `files` has with these items behind it. Writes nothing.
 */
tanu_status log_extended_root(tanu_hash *out, const struct log_files *files, uint64_t size,
			      const struct log_item *items, size_t items_len, tanu_error *err);
/*
 * Write the tiles, entries and openings of items at `size`, but no checkpoint. `files` holds the
 * first `size` leaves, or more of the same: doing it again changes nothing, and a slot that was
 * erased meanwhile stays erased. TANU_DAMAGED (log-damaged) where files hold other leaves: nothing
 * is ever written over them.
 */
tanu_status log_extend(const struct log_files *files, uint64_t size, const struct log_item *items,
		       size_t items_len, tanu_error *err);
/*
 * Overwrite the slots at these positions, rising, with bytes of `random`. A slot that is not there
 * holds nothing to read: TANU_OK.
 */
tanu_status log_erase_openings(const struct log_files *files, const struct random_source *random,
			       const uint64_t *positions, size_t positions_len, tanu_error *err);

/*
 * Reading with the tiles last used kept in memory. Everything comes from outside: whatever has not
 * the length it must have is TANU_DAMAGED (log-damaged); nothing is believed before a root was
 * checked.
 */
struct log_reader;
tanu_status log_reader_open(struct log_reader **out, const struct log_files *files, uint64_t size,
			    tanu_error *err);
void log_reader_close(struct log_reader **reader);
/* Slots are not asked for: other logs have none. */
void log_reader_skip_slots(struct log_reader *reader, bool skip);
/*
 * From here on believe only what belongs to the tree with this root: every tile is checked against
 * the one above it, the topmost against the root. TANU_DAMAGED (log-damaged) if the files have
 * another root.
 */
tanu_status log_reader_trust(struct log_reader *reader, const tanu_hash *root, tanu_error *err);
struct hash_source log_reader_hashes(struct log_reader *reader);
/*
 * Entries first .. end - 1 in order, each checked against its leaf hash in the tiles, with their
 * slots (`opening` NULL where the file has none; slots belong to no tree, only a person's key tells
 * whether one is right). The callback's bytes live until it returns; its failure ends the walk.
 */
tanu_status log_reader_each(struct log_reader *reader, uint64_t first, uint64_t end,
			    tanu_status (*each)(void *self, uint64_t index, const void *entry,
						size_t entry_len, const uint8_t *opening,
						tanu_error *err),
			    void *self, tanu_error *err);

/* Ed25519 keys from a 32-byte seed. The name of a log's key is its origin. */
struct signer {
	char name[TANU_ORIGIN_MAX];
	tanu_key_kind kind;
	struct secret seed;
};
tanu_status signer_init(struct signer *out, const char *name, tanu_key_kind kind,
			const struct secret *seed, tanu_error *err);
void signer_wipe(struct signer *signer);
void signer_verifier(tanu_verifier *out, const struct signer *signer);
void verifier_put(struct buf *out, const tanu_verifier *verifier); /* as a vkey */
/*
 * A signing key as one line of text, "PRIVATE+KEY+name+hash+base64(kind | seed)", as the tools of
 * other implementations write it. It is a secret: `out` is wiped by the caller.
 */
void signer_put_secret(struct buf *out, const struct signer *signer);
tanu_status signer_parse_secret(struct signer *out, const char *text, tanu_error *err);

/* Text of a checkpoint; a note's text with its first signature; further signature lines. */
void checkpoint_put(struct buf *out, const tanu_checkpoint *checkpoint);
tanu_status note_sign(struct buf *out, const struct signer *signer, const char *text,
		      size_t text_len, tanu_error *err);
/* One line for a checkpoint's text by a witness at `time_s`, Unix seconds. */
tanu_status note_cosign(struct buf *out, const struct signer *signer, const char *text,
			size_t text_len, uint64_t time_s, tanu_error *err);

/*
 * Site statements (docs/log.md): what a site says about itself in public, a signed note as one
 * entry. Fill in the type, at_ms and the fields of that type; the writer orders them.
 */
/* X(NAME, "word", fields as a mask of STATEMENT_..) */
#define STATEMENT_LIST(X)                                                                \
	X(LOG_OPENED, "log-opened", F(SITE) | F(VERSION))                                \
	X(SOFTWARE, "software", F(SHA256) | F(VERSION))                                  \
	X(VERIFIER, "verifier", F(SHA256))                                               \
	X(POLICY, "policy", F(FMR_PPB) | F(IDENTIFY) | F(PROFILE) | F(SHA256))           \
	X(NOTICE, "notice", F(LANGUAGE) | F(SHA256) | F(VERSION))                        \
	X(COUNTS, "counts", F(DAY) | F(EMBEDDINGS) | F(PERMITS) | F(REFUSALS) | F(USES)) \
	X(DISCLOSURES, "disclosures",                                                    \
	  F(EXTENDED) | F(MONTH) | F(REFUSED) | F(RELEASED) | F(SEALED))                 \
	X(APPROVER, "approver", F(CHANGE) | F(KEY))                                      \
	X(WITNESS, "witness", F(CHANGE) | F(KEY))                                        \
	X(DISCLOSURE_SEALED, "disclosure-sealed", F(COMMITMENT) | F(DUE_MS) | F(TAG))    \
	X(DISCLOSURE_EXTENDED, "disclosure-extended", F(DOCUMENT) | F(DUE_MS) | F(TAG))  \
	X(DISCLOSURE_OPENED, "disclosure-opened", F(TAG))                                \
	X(DATABASE_RESTORED, "database-restored", F(SIZE))                               \
	X(RECOVERY, "recovery", F(SHA256))                                               \
	X(BREACHES, "breaches", F(MONTH) | F(OPENED) | F(PEOPLE))                        \
	X(GATE, "gate", F(CHANGE) | F(KEY))                                              \
	X(LANES, "lanes",                                                                \
	  F(MONTH) | F(FACE) | F(FACE_MS) | F(FACE_REFUSED) | F(OTHER) | F(OTHER_MS) |   \
	      F(OTHER_REFUSED))
enum statement_type {
	STATEMENT_UNKNOWN, /* of a newer Tanu: only `word` and `at_ms` are read */
#define X(name, word, fields) STATEMENT_##name,
	STATEMENT_LIST(X)
#undef X
};
#define STATEMENT_TEXT_MAX 1024
struct statement {
	enum statement_type type;
	char word[64]; /* of the type; filled in by reading only */
	int64_t at_ms;
	char site[256], version[64], language[32], profile[32];
	char key[TANU_ORIGIN_MAX + 64]; /* a vkey */
	bool removed;			/* "change": "added" or "removed" */
	int64_t day;			/* since 1970-01-01, UTC; written YYYY-MM-DD */
	int64_t month;			/* year * 12 + month - 1; written YYYY-MM */
	int64_t embeddings, permits, uses, refusals;
	int64_t released, sealed, refused, extended;
	/* people let in and refused at gates, by lane, and within which time 99 of 100 came in */
	int64_t face, face_ms, face_refused, other, other_ms, other_refused;
	int64_t opened, people; /* breaches of a month, and people who found one in their history */
	int64_t fmr_ppb, identify, due_ms, size;
	uint8_t sha256[DIGEST_LEN], document[DIGEST_LEN];
	uint8_t tag[TANU_LEAF_PART], commitment[TANU_LEAF_PART];
};
const char *statement_word(enum statement_type type); /* "unknown" for others */
/* The entry. TANU_USAGE (usage): a number, day or text that a statement cannot hold. */
tanu_status statement_sign(struct buf *out, const struct signer *signer,
			   const struct statement *statement, tanu_error *err);
/*
 * An entry that is not a leaf. TANU_INPUT: not a statement, or not written as it must be;
 * TANU_DAMAGED (signature), TANU_NOT_FOUND (no-signature): not by this log.
 */
tanu_status statement_read(struct statement *out, const void *entry, size_t entry_len,
			   const tanu_verifier *log, tanu_error *err);
/* Likewise by any key that the policy has for a log of this name. */
tanu_status statement_read_trusted(struct statement *out, const void *entry, size_t entry_len,
				   const tanu_policy *policy, const char *origin, tanu_error *err);
/* Its object, canonical JSON, as it stands in the text. */
void statement_put(struct buf *out, const struct statement *statement);

/* c2sp.org/tlog-proof@v1. `extra` may be NULL. */
void log_proof_put(struct buf *out, uint64_t index, const tanu_hash *proof, size_t proof_len,
		   const void *extra, size_t extra_len, const char *checkpoint,
		   size_t checkpoint_len);

/* The three questions of tanu_leaf_check one by one. `before` NULL: hers is the first. */
bool leaf_is_at(const tanu_leaf *leaf, const uint8_t key[TANU_LOG_KEY_LEN], uint64_t n);
bool leaf_follows(const tanu_leaf *leaf, const uint8_t key[TANU_LOG_KEY_LEN],
		  const tanu_leaf *before);
bool leaf_says(const tanu_leaf *leaf, const uint8_t key[TANU_LOG_KEY_LEN], uint64_t n,
	       const void *event, size_t event_len);

/* Shared by the parts of this folder. */
/* The logs of a policy with that name, one a call: `*at` begins at 0; NULL: no more. */
const tanu_verifier *policy_log(const tanu_policy *policy, const char *origin, size_t *at);
/* One of them signed the note. TANU_REFUSED (untrusted): none. */
tanu_status policy_log_signed(const tanu_policy *policy, const tanu_note *note, const char *origin,
			      tanu_error *err);
#define KEY_ID_LEN 4
/* Decimal without leading zeros, below 2^63; 32 bytes in base64. */
bool decimal_u64(uint64_t *out, const char *text, size_t len);
bool base64_hash(tanu_hash *out, const char *text, size_t len);
/* The first line at `*at` without its line feed, which must be there. */
bool next_line(const char **at, const char *end, const char **line, size_t *len);
uint32_t key_id_of(const char *name, tanu_key_kind kind, const uint8_t key[32]);
bool name_is_valid(const char *name, size_t len);
void cosignature_message(struct buf *out, uint64_t time_s, const char *text, size_t text_len);

#endif
