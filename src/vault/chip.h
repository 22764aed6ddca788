/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chip.h - what the root asks of a chip outside the disk: two small slots and a counter that only
 * goes forward. tpm.c is a TPM 2.0; the tests have one in a file.
 *
 * A slot is written whole, and a write is on the chip when the call returns. A write that was
 * interrupted may leave anything in that one slot. Every failure of the chip itself is TANU_SYSTEM
 * (tpm) with a sentence that says what to do.
 */
#ifndef VAULT_CHIP_H
#define VAULT_CHIP_H

#include "vault/vault.h"

#define CHIP_SLOTS    2
#define CHIP_SLOT_LEN 48

struct chip_calls {
	void (*close)(struct chip *chip);
	/*
	 * Make the slots, zeroed, and the counter, which begins anywhere, under the numbers from
	 * `place` on, for who knows `auth`. TANU_USAGE (conflict): a number is taken. After a
	 * failure nothing of it is left.
	 */
	tanu_status (*define)(struct chip *chip, uint32_t place, const struct secret *auth,
			      tanu_error *err);
	/* The calls below are about the slots and the counter made there. */
	tanu_status (*attach)(struct chip *chip, uint32_t place, const struct secret *auth,
			      tanu_error *err);
	tanu_status (*remove)(struct chip *chip, tanu_error *err); /* slots and counter */
	tanu_status (*read)(struct chip *chip, uint8_t out[CHIP_SLOT_LEN], unsigned slot,
			    tanu_error *err);
	tanu_status (*write)(struct chip *chip, unsigned slot, const uint8_t bytes[CHIP_SLOT_LEN],
			     tanu_error *err);
	tanu_status (*counter)(struct chip *chip, uint64_t *out, tanu_error *err);
	tanu_status (*increment)(struct chip *chip, tanu_error *err); /* by one */
};

struct chip {
	const struct chip_calls *calls;
	char name[VAULT_CHIP_NAME]; /* maker and firmware */
	bool software;		    /* a program: its memory is a file somewhere */
};

#endif
