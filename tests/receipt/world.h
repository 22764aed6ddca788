/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - a site with its log in memory, one person and one witness, all from fixed seeds, so
 * that it comes out byte for byte the same each time. A test builds what it needs and then damages
 * it as the site could, for it has all the keys.
 */
#ifndef TESTS_RECEIPT_WORLD_H
#define TESTS_RECEIPT_WORLD_H

#include "receipt/receipt.h"
#include "tlog/memory_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SUBJECT	      "3f9a41c2000000000000000000000001"
#define WORLD_KEYS    3
#define WORLD_LEAVES  32 /* of one key */
#define WORLD_PENDING 600

#define HOUR_MS	 ((int64_t)3600 * 1000)
#define START_MS INT64_C(1788249600000) /* 2026-09-01 08:00 UTC */
#define AT(h)	 ((long long)(START_MS + (h)*HOUR_MS))

struct world_leaf {
	bool there;
	tanu_leaf leaf;
	uint64_t index; /* once published */
	char event[TANU_EVENT_MAX + 1];
};

struct world_item {
	uint8_t *entry;
	size_t entry_len;
	bool has_slot;
	uint8_t slot[TANU_OPENING_LEN];
	struct world_leaf *hers; /* NULL: not hers */
};

struct world {
	struct signer log, witness, stranger; /* the stranger has the log's name, not its key */
	char log_key[512], witness_key[512], stranger_key[512];
	uint8_t keys[WORLD_KEYS][TANU_LOG_KEY_LEN];
	uint64_t next[WORLD_KEYS];
	struct world_leaf leaves[WORLD_KEYS][WORLD_LEAVES];
	struct memory_files files;
	uint64_t size;
	struct world_item pending[WORLD_PENDING];
	size_t pending_len;
	uint64_t drawn;		/* blocks of randomness so far */
	uint8_t other_decoys;	/* makes the decoys others, and nothing else */
	struct buf checkpoint;	/* the signed one */
	char policy[2048];	/* the log and the witness */
	char policy_none[1024]; /* the log alone */
};

struct world *world_new(void);
void world_free(struct world *w);
void world_random(struct world *w, void *out, size_t len);
struct log_files world_files(struct world *w);

/* The person's next leaf under a key; printf. Its number. */
uint64_t world_event(struct world *w, unsigned key, const char *fmt, ...) TANU_PRINTF(3, 4);
/* The same at a place of one's own choosing, behind `before` (NULL: nothing). */
void world_event_at(struct world *w, unsigned key, uint64_t n, const tanu_leaf *before,
		    const char *event);
void world_statement(struct world *w, const char *fmt, ...) TANU_PRINTF(2, 3);
void world_entry(struct world *w, const void *entry, size_t len);
/* Take the last pending entry back: an act that is not published. */
void world_forget(struct world *w);
/* The last pending slot gets another text, or random bytes for NULL. */
void world_reseal(struct world *w, unsigned key, uint64_t n, const char *event);

enum world_cosign { UNWITNESSED, WITNESSED };
/* Fill up with decoys, mix, publish; the witness sees it `hours` after the start. */
void world_publish(struct world *w, enum world_cosign cosign, int hours);
/* Overwrite the slots of her leaves below n with random bytes. */
void world_erase(struct world *w, unsigned key, uint64_t below);

/* A receipt that a test may still change before it is written. */
struct draft {
	tanu_receipt receipt;
	tanu_receipt_key keys[WORLD_KEYS];
	tanu_receipt_leaf leaves[WORLD_LEAVES];
	struct buf proofs[WORLD_LEAVES];
};
#define RECORD_TEXT                                                                             \
	"{\"consent_type\":\"EXPLICIT\",\"jurisdiction\":\"KZ\",\"language\":\"kk\","           \
	"\"pii_principal_id\":\"3f9a41c2000000000000000000000001\",\"purpose\":[\"access\","    \
	"\"attendance\"],\"schema_version\":\"27560-2023\",\"storage_location\":\"School 12\"," \
	"\"withdrawal_method\":\"any time, at the gate or the office\"}"
/* Of `keys_len` keys, issued some hours after the start. */
struct draft *draft_new(const struct world *w, tanu_receipt_kind kind, unsigned keys_len,
			int hours);
void draft_free(struct draft *d);
/* Her leaf, with its proof under the present checkpoint, or without. */
void draft_leaf(struct draft *d, const struct world *w, unsigned key, uint64_t n, bool proven);
/* Write it, by the log's key unless another is given, and read it back. */
void draft_write(struct buf *out, const struct draft *d, const struct world *w,
		 const struct signer *signer);

#endif
