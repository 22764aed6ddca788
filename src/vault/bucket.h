/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bucket.h - the file format of a key bucket; docs/keys.md draws it. Everything that would count
 * people is inside the seal, and the size is a multiple of BUCKET_PAD.
 */
#ifndef VAULT_BUCKET_H
#define VAULT_BUCKET_H

#include "vault/keyset.h"

#define BUCKET_HEADER_LEN 32
#define BUCKET_ENTRY_LEN  52
#define BUCKET_PAD	  16384
#define BUCKET_KEYS_MAX	  ((size_t)1 << 18)
#define BUCKET_FILE_MAX	  ((size_t)16 << 20)
#define BUCKET_NAME_LEN	  16 /* "bucket-0a" and zero, with room */

/* In clear at the start of the file, and the associated data of the seal. */
struct bucket_header {
	unsigned number;     /* 0 .. VAULT_BUCKETS - 1 */
	uint64_t generation; /* of the epoch secret; every erasure takes a new one */
	uint64_t sequence;   /* highest ledger sequence committed when this was written */
	uint32_t sealed_len; /* bytes after the header */
};

unsigned bucket_of(const tanu_id *subject);
void bucket_name(char out[BUCKET_NAME_LEN], unsigned number);

/* Header and seal of a whole file. `header->sealed_len` is set here. */
tanu_status bucket_seal(struct buf *file, struct bucket_header *header, const struct keyset *set,
			const struct secret *kek, const struct random_source *random,
			tanu_error *err);
/* The header of a file that must be bucket `number`; checked against the file's length. */
tanu_status bucket_read_header(struct bucket_header *out, const uint8_t *file, size_t file_len,
			       unsigned number, tanu_error *err);
/* Open the seal of a file whose header was read. */
tanu_status bucket_open(struct keyset *out, const struct bucket_header *header, const uint8_t *file,
			const struct secret *kek, tanu_error *err);

/* What is sealed: count u32, entries in the order of names, zeros up to BUCKET_PAD. */
size_t bucket_payload_len(size_t count);
void bucket_put_payload(uint8_t *out, const struct keyset *set);
tanu_status bucket_read_payload(struct keyset *out, const uint8_t *payload, size_t payload_len,
				unsigned number, tanu_error *err);

#endif
