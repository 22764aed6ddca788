/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file root.tpm: its header as it lies on the disk, the payload as it comes out of the seal,
 * and a slot of the chip. What is taken must be the only form of what it says.
 */
#include "vault/rootfile.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_header(const uint8_t *data)
{
	static uint8_t file[ROOTFILE_LEN];
	struct rootfile_header header;
	tanu_error err;

	memcpy(file, data, ROOTFILE_HEADER);
	if (rootfile_read_header(&header, file, sizeof(file), &err) >= 0 && header.generation == 0)
		abort();
}

static void read_payload(const uint8_t *payload)
{
	static struct rootfile root;
	static uint8_t again[ROOTFILE_PAYLOAD];
	tanu_error err;

	if (rootfile_read_payload(&root, payload, ROOTFILE_PAYLOAD, &err) < 0)
		return;
	rootfile_put_payload(again, &root);
	if (memcmp(again, payload, sizeof(again)) != 0)
		abort();
}

static void read_slot(const uint8_t *data)
{
	uint8_t again[CHIP_SLOT_LEN];
	uint64_t generation;
	struct secret secret;

	if (!slot_read(&generation, &secret, data))
		return;
	slot_put(again, generation, &secret);
	if (memcmp(again, data, sizeof(again)) != 0)
		abort();
}

/* Corpus files are short: the payload is filled up here. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t payload[ROOTFILE_PAYLOAD];
	struct rootfile_header header;
	tanu_error err;

	if (rootfile_read_header(&header, data, size, &err) >= 0 && size != ROOTFILE_LEN)
		abort();
	if (size >= ROOTFILE_HEADER)
		read_header(data);
	if (size >= CHIP_SLOT_LEN)
		read_slot(data);
	if (size > sizeof(payload))
		return 0;
	memset(payload, 0, sizeof(payload));
	memcpy(payload, data, size);
	read_payload(payload);
	return 0;
}
