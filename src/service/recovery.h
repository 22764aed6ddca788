/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recovery.h - (inside service/) the key of a second holder, backups sealed to it, and what is told
 * to her. docs/backup.md explains it and draws the formats.
 *
 * The holder's secret turns forward, period by period, and cannot be turned back: the secret of a
 * period is the digest of the one before. The site holds the public keys of all periods from the
 * beginning. A backup is sealed to the period it was made in; once the holder has turned past that,
 * nothing opens it any more, and so nothing that was erased comes back from it.
 */
#ifndef SERVICE_RECOVERY_H
#define SERVICE_RECOVERY_H

#include "service/internal.h"

#define RECOVERY_PIN	     10
#define RECOVERY_PERIODS_MAX 128
#define DAY_MS		     ((int64_t)86400000)

/* ---- recovery_code.c: the holder's half ---- */

struct recovery_key {
	uint32_t period;
	uint8_t pin[RECOVERY_PIN]; /* of the log's public key: says which site it belongs to */
	struct secret secret;
};

void recovery_pin(uint8_t out[RECOVERY_PIN], const uint8_t log_key[PUBLIC_KEY_LEN]);
/* Forward to `period`. TANU_ERASED (key-missing): the key has turned past it. */
tanu_status recovery_turn(struct recovery_key *key, uint32_t period, tanu_error *err);
/* What opens boxes of the key's own period. */
void recovery_box_secret(struct secret *out, const struct recovery_key *key);

/* As 20 groups of 4 letters and digits, parted by dashes. */
void recovery_code_put(char out[RECOVERY_CODE_LEN], const struct recovery_key *key);
/* Either case, any spaces and dashes, O for 0, I and L for 1. TANU_INPUT (format) with a sentence.
 */
tanu_status recovery_code_parse(struct recovery_key *out, const char *text, tanu_error *err);
/* 32 letters and digits for 5 bits each; `out` takes len * 8 / 5 characters and a zero. */
void base32_put(char *out, const uint8_t *bytes, size_t len);
bool base32_get(uint8_t *out, size_t len, const char *text); /* skips spaces and dashes */
extern const char base32_letters[];			     /* 32 of them */
/* -1: dashes and spaces, which are skipped; -2: not one of them. */
int base32_value(char c);

/* ---- recovery.c: the site's half ---- */

struct recovery {
	int64_t from_ms; /* when period 0 began */
	uint16_t days;	 /* of a period */
	uint16_t periods;
	uint8_t pin[RECOVERY_PIN];
	int64_t tested_ms; /* 0: the holder has never shown that hers opens */
	uint8_t keys[RECOVERY_PERIODS_MAX][BOX_KEY_LEN];
};

/* TANU_NOT_FOUND (record-missing): there is no recovery key. */
tanu_status recovery_load(struct service *s, struct recovery *out, tanu_error *err);
/* TANU_REFUSED (held): the periods have run out. */
tanu_status recovery_period_at(const struct recovery *r, uint32_t *out, int64_t now_ms,
			       tanu_error *err);
/* By when the holder is to turn past a period. */
int64_t recovery_forget_ms(const struct recovery *r, uint32_t period);

/* ---- recovery_notice.c: backups that were made, and what has ended since ---- */

struct backup_record {
	int64_t at_ms, forget_ms;
	uint32_t period;
	uint64_t sequence;
	uint8_t sha256[DIGEST_LEN];
	int64_t size;
};
/* A transaction of its own: remembers it, and drops those that nothing opens any more. */
tanu_status backup_remember(struct service *s, const struct backup_record *record, tanu_error *err);
/* The last that was made, and the time after which none opens: 0: there is none. */
struct backups_known {
	size_t count;
	int64_t last_ms, horizon_ms;
	uint64_t oldest_sequence;
};
tanu_status backups_known(struct service *s, struct backups_known *out, tanu_error *err);

#define RECOVERY_TRACE 16 /* bytes of the SHA-256 of an id */
void recovery_trace(uint8_t out[RECOVERY_TRACE], const tanu_id *id);

/* What a notice says: ids of people and of consents that have ended, sorted, by their traces. */
struct recovery_notice {
	int64_t at_ms;
	size_t len;
	uint8_t (*ended)[RECOVERY_TRACE];
};
tanu_status recovery_notice_read(struct recovery_notice *out, const void *bytes, size_t len,
				 const tanu_verifier *log, tanu_error *err);
bool recovery_notice_has(const struct recovery_notice *notice, const tanu_id *id);
void recovery_notice_free(struct recovery_notice *notice);

/* ---- revive.c: a restored database, brought up to what has ended since ---- */

struct revival;
/* Before the newer log is opened: where everybody's chain stood. */
tanu_status revival_begin(struct revival **out, struct service *s, tanu_error *err);
/* Afterwards. `notice`: a file, or NULL. What is to be erased has its tombstone then. */
tanu_status revival_finish(struct revival *r, struct restore_result *out, uint64_t sequence,
			   const char *notice, tanu_error *err);
void revival_free(struct revival **revival);

/* ---- backup_file.c: the format ---- */

#define BACKUP_HEADER_LEN 64
#define BACKUP_NAME_MAX	  200
#define BACKUP_NOTE_MAX	  4096

struct backup_header {
	uint32_t period;
	int64_t created_ms;
	tanu_id site;
	uint64_t sequence; /* of the ledger */
	uint8_t pin[RECOVERY_PIN];
};

enum backup_kind {
	BACKUP_SETTINGS = 1, /* tanu.ini */
	BACKUP_DATABASE = 2,
	BACKUP_LOG = 3,	 /* one file of log/ */
	BACKUP_KEYS = 4, /* a bucket's, as a box */
	BACKUP_END = 5,	 /* a signed note over all before it */
};

struct backup_section {
	enum backup_kind kind;
	char name[BACKUP_NAME_MAX + 1]; /* of a log file; else "" */
	uint64_t size;
};

struct backup_writer {
	struct os_file file;
	struct digest digest;
	uint64_t written;
};
tanu_status backup_begin(struct backup_writer *w, const char *path,
			 const struct backup_header *header, tanu_error *err);
tanu_status backup_section(struct backup_writer *w, enum backup_kind kind, const char *name,
			   uint64_t size, tanu_error *err);
tanu_status backup_bytes(struct backup_writer *w, const void *bytes, size_t len, tanu_error *err);

/* Reads from end to end; whatever does not follow the format is TANU_INPUT (backup). */
struct backup_reader {
	tanu_status (*read)(void *self, void *out, size_t len, size_t *got, tanu_error *err);
	void *self;
	struct digest digest;
	uint64_t done;
	uint8_t sha256[DIGEST_LEN]; /* of all before the end, when that was reached */
	uint64_t left;		    /* bytes of the present section */
	struct backup_section last;
	unsigned keys; /* sections of keys so far */
};
tanu_status backup_read_header(struct backup_reader *r, struct backup_header *out, tanu_error *err);
/* The next section; what is left of the one before must have been read. */
tanu_status backup_read_section(struct backup_reader *r, struct backup_section *out,
				tanu_error *err);
/* Up to `len` bytes of it; fewer: it ends there. */
tanu_status backup_read_bytes(struct backup_reader *r, void *out, size_t len, size_t *got,
			      tanu_error *err);
/* After the bytes of BACKUP_END: nothing may follow. */
tanu_status backup_read_end(struct backup_reader *r, tanu_error *err);

void backup_header_put(uint8_t out[BACKUP_HEADER_LEN], const struct backup_header *header);
/* The text that is signed at the end, and what it says compared with what was read. */
void backup_note_put(struct buf *out, const struct backup_header *header,
		     const uint8_t digest[DIGEST_LEN]);
/* Bound to the boxes with keys. */
#define BACKUP_AD_LEN BACKUP_HEADER_LEN

#endif
