/* SPDX-License-Identifier: Apache-2.0 */
/* The sealed text beside a leaf. */
#include "tlog/tlog.h"

#include <string.h>

#define PLAIN_LEN (TANU_OPENING_LEN - SEAL_OVERHEAD)

_Static_assert(PLAIN_LEN == TANU_EVENT_MAX + 2, "a slot holds a length and an event");

static void slot_key(struct secret *out, const uint8_t key[TANU_LOG_KEY_LEN], uint64_t n)
{
	uint8_t label[4 + 8] = "open";

	for (int i = 0; i < 8; i++)
		label[4 + i] = (uint8_t)(n >> (56 - 8 * i));
	hmac_sha256(out->b, key, TANU_LOG_KEY_LEN, label, sizeof(label));
}

static void fill_nonce(void *self, void *out, size_t len)
{
	memcpy(out, self, len);
}

tanu_status tanu_opening_make(uint8_t out[TANU_OPENING_LEN], const uint8_t key[TANU_LOG_KEY_LEN],
			      uint64_t n, const void *event, size_t event_len,
			      const uint8_t nonce[SEAL_NONCE_LEN], tanu_error *err)
{
	uint8_t plain[PLAIN_LEN] = {(uint8_t)(event_len >> 8), (uint8_t)event_len};
	uint8_t tag[TANU_LEAF_PART], drawn[SEAL_NONCE_LEN];
	struct random_source random = {.fill = fill_nonce, .self = drawn};
	struct secret k;
	tanu_status st;

	if (event_len == 0 || event_len > TANU_EVENT_MAX)
		return BAD_CALL(err, "an event has 1 to 470 bytes");
	memcpy(plain + 2, event, event_len);
	memcpy(drawn, nonce, sizeof(drawn));
	tanu_leaf_tag(tag, key, n);
	slot_key(&k, key, n);
	st = seal(out, TANU_OPENING_LEN, &k, plain, sizeof(plain), tag, sizeof(tag), &random, err);
	secret_wipe(&k);
	mem_wipe(plain, sizeof(plain));
	return st;
}

/* Zeros to the end, so that one text has one plain form. */
static bool plain_ok(const uint8_t plain[PLAIN_LEN], size_t len)
{
	uint8_t rest = 0;

	if (len == 0 || len > TANU_EVENT_MAX)
		return false;
	for (size_t i = 2 + len; i < PLAIN_LEN; i++)
		rest |= plain[i];
	return rest == 0;
}

tanu_status tanu_opening_read(char *event, size_t *event_len, const uint8_t key[TANU_LOG_KEY_LEN],
			      uint64_t n, const uint8_t slot[TANU_OPENING_LEN], tanu_error *err)
{
	uint8_t plain[PLAIN_LEN], tag[TANU_LEAF_PART];
	struct secret k;
	size_t len;
	tanu_status st;

	tanu_leaf_tag(tag, key, n);
	slot_key(&k, key, n);
	st = seal_open(plain, sizeof(plain), &k, slot, TANU_OPENING_LEN, tag, sizeof(tag), err);
	secret_wipe(&k);
	if (st < 0)
		return st;
	len = (size_t)plain[0] << 8 | plain[1];
	if (plain_ok(plain, len)) {
		memcpy(event, plain + 2, len);
		*event_len = len;
	} else {
		st = tanu_fail(err, TANU_ERR_CRYPTO, NULL, "what this slot holds is not an event");
	}
	mem_wipe(plain, sizeof(plain));
	return st;
}
