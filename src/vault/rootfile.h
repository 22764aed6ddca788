/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rootfile.h - the file root.tpm: the epoch secrets of all buckets, sealed under the one secret
 * that the chip holds; and what a slot of the chip holds. docs/keys.md draws both.
 */
#ifndef VAULT_ROOTFILE_H
#define VAULT_ROOTFILE_H

#include "vault/chip.h"
#include "vault/root.h"

#define ROOTFILE_NAME	 "root.tpm"
#define ROOTFILE_HEADER	 32
#define ROOTFILE_PAYLOAD 4096
#define ROOTFILE_LEN	 (ROOTFILE_HEADER + ROOTFILE_PAYLOAD + SEAL_OVERHEAD)
#define ROOTFILE_EPOCHS	 96 /* that the payload takes */

/* In clear at the start of the file, and the associated data of the seal. */
struct rootfile_header {
	uint32_t place;	     /* number of the chip's first slot */
	uint64_t generation; /* of the chip's secret: its counter when that was made, and one */
};

struct rootfile_epoch {
	unsigned bucket;
	uint64_t generation; /* of the bucket */
	struct secret epoch;
};

/* The payload. Lives in secret memory. */
struct rootfile {
	int64_t since_ms; /* Unix ms: copies of the disk made before then had another root */
	uint64_t first;	  /* generation of the first secret of this chip */
	bool renew;	  /* epoch secrets still are those of the former root */
	size_t count;
	struct rootfile_epoch epochs[ROOTFILE_EPOCHS];
};

tanu_status rootfile_seal(uint8_t out[ROOTFILE_LEN], const struct rootfile_header *header,
			  const struct rootfile *root, const struct secret *key,
			  const struct random_source *random, tanu_error *err);
tanu_status rootfile_read_header(struct rootfile_header *out, const uint8_t *file, size_t file_len,
				 tanu_error *err);
tanu_status rootfile_open(struct rootfile *out, const uint8_t *file, const struct secret *key,
			  tanu_error *err);

void rootfile_put_payload(uint8_t out[ROOTFILE_PAYLOAD], const struct rootfile *root);
tanu_status rootfile_read_payload(struct rootfile *out, const uint8_t *payload, size_t payload_len,
				  tanu_error *err);

/* A slot: generation, secret, check. False: empty, torn or somebody else's. */
void slot_put(uint8_t out[CHIP_SLOT_LEN], uint64_t generation, const struct secret *secret);
bool slot_read(uint64_t *generation, struct secret *secret, const uint8_t slot[CHIP_SLOT_LEN]);

#endif
