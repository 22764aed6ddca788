/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vault.h - keys and sealing: one 32-byte key per subject and kind, in sealed buckets under keys/.
 * Killing a key is erasure. No reference opens without a permit.
 *
 * Files of keys/ (never in a backup, mode 0600, folder 0700); docs/keys.md draws them:
 *   host.secret           32 random bytes of this installation
 *   epoch-NN.GENERATION   the epoch secret of bucket NN: the root, in files
 *   root.tpm              or all of them, sealed under a secret that a TPM holds
 *   bucket-NN             header | seal(keys) under KEK = HKDF(host secret || epoch secret)
 * Each erasure writes the bucket anew under a fresh epoch secret and destroys the old one, so that
 * an old bucket file opens no more. Crash order: the new key is on disk before the SQL commit that
 * uses it. A vault belongs to one thread at a time, and its folder to one process (the owner's
 * lock).
 */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include "consent/permit.h"
#include "crypto/crypto.h"
#include "os/os.h"

#include <tanu/match.h>

#define VAULT_BUCKETS 16

enum key_kind {
	KEY_BIO = 1,	 /* references */
	KEY_PROFILE = 2, /* names, contacts, notice texts signed */
	KEY_HISTORY = 3, /* events of one calendar quarter */
	KEY_LOG = 4,	 /* K_log, the person's key to the transparency log */
	KEY_PASS = 5,	 /* the reference on one pass, which is nowhere else */
};

struct key_name {
	tanu_id subject;
	enum key_kind kind;
	uint16_t quarter; /* KEY_HISTORY: year * 4 + (month - 1) / 3, not 0; KEY_LOG: how often it
			     was renewed; KEY_PASS: generation, from 1; else 0 */
};

struct vault;

#define VAULT_CHIP_NAME 96

/* What is known about the root; printed by doctor and on every receipt. */
struct vault_status {
	bool rollback_resistant; /* false: the epoch secrets are files */
	const char *root;	 /* "file", "tpm" */
	size_t keys;
	uint64_t sequence; /* highest ledger sequence the buckets have seen */
	/* Of a root in a TPM: */
	int64_t resistant_since_ms; /* older copies of the disk had another root */
	uint64_t turns;		    /* how often its secret was replaced */
	uint32_t place;		    /* number of the first of its three NV indices */
	char chip[VAULT_CHIP_NAME]; /* maker and firmware */
	bool chip_software;	    /* a program: its memory is a file that can be copied too */
};

/*
 * How to reach the chip that holds the root, where one does; `at` and `owner_auth` are borrowed.
 * vault_tpm is a TPM 2.0 through a TCTI ("device:/dev/tpmrm0"); `owner_auth` is the password of its
 * owner hierarchy (NULL: none), which making and leaving the root need.
 */
struct chip;
struct chip_source {
	tanu_status (*open)(struct chip **out, const struct chip_source *source, tanu_error *err);
	const char *at;
	const char *owner_auth;
};
struct chip_source vault_tpm(const char *tcti, const char *owner_auth);

/*
 * Make the folder, with its root in the chip, or in files where `chip` is NULL. It counts as made
 * when host.secret is there, which is written last: after a crash it can be made again. TANU_USAGE
 * (folder-exists) when it holds keys; TANU_SYSTEM (tpm) when the chip does not serve.
 */
tanu_status vault_create(const char *keys_dir, const struct random_source *random,
			 const struct chip_source *chip, int64_t now_ms, tanu_error *err);
/*
 * Open every bucket, then destroy what interrupted writes and erasures have left. Plan for:
 * TANU_ERASED (key-missing), the folder is not here; TANU_DAMAGED (keys-damaged), it is not whole
 * or a file of it is old or changed; TANU_SYSTEM (tpm). Nothing is destroyed then. `chip` is asked
 * only where the folder says that its root is there, and may be NULL. `book` and `chip` are
 * borrowed.
 */
tanu_status vault_open(struct vault **out, const char *keys_dir, struct permit_book *book,
		       const struct random_source *random, const struct chip_source *chip,
		       tanu_error *err);
/*
 * The same for looking only: nothing is finished, destroyed or written, neither in the folder nor
 * in the chip. Such a vault is asked what it has (vault_has_key, vault_each_key, vault_opens), and
 * for nothing else.
 */
tanu_status vault_look(struct vault **out, const char *keys_dir, const struct random_source *random,
		       const struct chip_source *chip, tanu_error *err);
void vault_close(struct vault **vault); /* wipes */
struct vault_status vault_status(const struct vault *vault);

/*
 * Make keys and fsync them before returning. A key that exists is kept. `sequence`: the ledger's,
 * as committed so far. A batch touches each bucket once. After a failure some keys of the batch may
 * exist: orphans until it is tried again.
 */
tanu_status vault_add_keys(struct vault *vault, const struct key_name *names, size_t names_len,
			   uint64_t sequence, tanu_error *err);

/*
 * Destroy keys for good: every bucket that holds one is written anew under a fresh epoch secret,
 * and the former one is destroyed before this returns. Absent keys: fine. After a failure, ask
 * again until TANU_OK: only then is nothing left over.
 */
tanu_status vault_kill_keys(struct vault *vault, const struct key_name *names, size_t names_len,
			    uint64_t sequence, tanu_error *err);
/* Every key of these subjects. */
tanu_status vault_kill_subjects(struct vault *vault, const tanu_id *subjects, size_t subjects_len,
				uint64_t sequence, tanu_error *err);

/*
 * Move the root into the chip, and write every bucket anew under fresh epoch secrets; or into files
 * where `chip` is NULL, and clear the chip. Copies of the folder from before keep their root and
 * open as before. After a failure the next opening finds one root or the other, whole; ask again.
 * `chip` is borrowed until the vault is closed.
 */
tanu_status vault_move_root(struct vault *vault, const struct chip_source *chip, int64_t now_ms,
			    tanu_error *err);

bool vault_has_key(const struct vault *vault, const struct key_name *name);

/*
 * Recovery. The profile, history and log keys of one bucket as a box to `to`, appended: never those
 * of faces. `ad` is bound in. And back into the same bucket of a vault that has no keys there, with
 * the ledger sequence of the time; TANU_DAMAGED (crypto): not a box to this key, or changed.
 */
tanu_status vault_export(const struct vault *vault, struct buf *out, unsigned bucket,
			 const uint8_t to[BOX_KEY_LEN], const void *ad, size_t ad_len,
			 tanu_error *err);
tanu_status vault_import(struct vault *vault, unsigned bucket, const struct secret *key,
			 const void *box, size_t box_len, const void *ad, size_t ad_len,
			 uint64_t sequence, tanu_error *err);

/* Walk all key names (never the keys), in no stated order; for dropping orphans. */
tanu_status vault_each_key(const struct vault *vault,
			   tanu_status (*each)(void *self, const struct key_name *name,
					       tanu_error *err),
			   void *self, tanu_error *err);

/*
 * Seal and open text that is personal but not biometric (profile, history, log), at most 16 MiB.
 * The associated data is row id | kind | version. KEY_BIO and KEY_PASS are refused here. Missing
 * key: TANU_ERASED (key-missing). On success what `out` held is wiped and replaced; the place of an
 * error is the row id.
 */
tanu_status vault_seal(struct vault *vault, struct buf *out, const struct key_name *name,
		       const tanu_id *row, uint16_t version, const void *plain, size_t plain_len,
		       tanu_error *err);
tanu_status vault_unseal(struct vault *vault, struct buf *out, const struct key_name *name,
			 const tanu_id *row, uint16_t version, const void *sealed,
			 size_t sealed_len, tanu_error *err);

/*
 * Does this sealed row open here? Of any kind that the database has, references too (whose
 * `version` is the vault's own): nothing of it is handed out, so it takes no permit. TANU_ERASED
 * (key-missing): no key; TANU_DAMAGED (crypto): another key.
 */
tanu_status vault_opens(const struct vault *vault, const struct key_name *name, const tanu_id *row,
			uint16_t version, const void *sealed, size_t sealed_len, tanu_error *err);

/*
 * The person's key to the transparency log. She is given it with her receipts, so it may leave; the
 * caller wipes it. TANU_ERASED (key-missing).
 */
tanu_status vault_log_key(const struct vault *vault, struct secret *out, const tanu_id *subject,
			  uint16_t generation, tanu_error *err);

/* References: only with a permit for this subject (uses PERMIT_SEAL and PERMIT_UNSEAL). */
tanu_status vault_seal_reference(struct vault *vault, struct buf *out, const struct permit *permit,
				 const tanu_id *subject, const tanu_id *row,
				 const tanu_reference *reference, tanu_error *err);
tanu_status vault_open_reference(struct vault *vault, tanu_reference *out,
				 const struct permit *permit, const tanu_id *subject,
				 const tanu_id *row, const void *sealed, size_t sealed_len,
				 tanu_error *err);

/*
 * Passes: the same for a reference in 4 bits that the person takes away with her (uses PERMIT_SEAL
 * and PERMIT_OPEN_PASS). Each pass has a key of its own, `generation`, which must exist. The
 * associated data is the subject, the generation and `ad`: what else must be the same when it is
 * opened. Whoever holds the paper may have changed it: then TANU_DAMAGED (crypto).
 */
#define VAULT_PASS_LEN	  (TANU_REFERENCE4_LEN + SEAL_OVERHEAD)
#define VAULT_PASS_AD_MAX 64
tanu_status vault_seal_pass(struct vault *vault, uint8_t out[VAULT_PASS_LEN],
			    const struct permit *permit, const tanu_id *subject,
			    uint16_t generation, const void *ad, size_t ad_len,
			    const uint8_t reference[TANU_REFERENCE4_LEN], tanu_error *err);
tanu_status vault_open_pass(struct vault *vault, uint8_t reference[TANU_REFERENCE4_LEN],
			    const struct permit *permit, const tanu_id *subject,
			    uint16_t generation, const void *ad, size_t ad_len,
			    const uint8_t sealed[VAULT_PASS_LEN], tanu_error *err);

/* The key of one of her passes, to be lent to a gate (use PERMIT_LEND_PASS); the caller wipes it.
 */
tanu_status vault_lend_pass(struct vault *vault, struct secret *out, const struct permit *permit,
			    const tanu_id *subject, uint16_t generation, tanu_error *err);

uint16_t vault_quarter(int64_t unix_ms); /* the quarter of a key_name, UTC */

#endif
