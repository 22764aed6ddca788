/* SPDX-License-Identifier: Apache-2.0 */
/* One-time codes of an authenticator (RFC 6238), and the codes for the day it is lost. */
#include "auth/inside.h"

#include <stdio.h>
#include <string.h>

#define DIGITS_MOD 1000000 /* six digits */

/* RFC 4226, section 5.3. */
tanu_status totp_code(char out[7], const uint8_t key[TOTP_KEY_LEN], int64_t step, tanu_error *err)
{
	uint8_t counter[8], mac[HMAC_SHA1_LEN];
	uint32_t value;
	size_t at;
	tanu_status st;

	for (size_t i = 0; i < sizeof(counter); i++)
		counter[i] = (uint8_t)((uint64_t)step >> (8 * (sizeof(counter) - 1 - i)));
	if ((st = hmac_sha1(mac, key, TOTP_KEY_LEN, counter, sizeof(counter), err)) < 0)
		return st;
	at = mac[HMAC_SHA1_LEN - 1] & 15;
	value = (uint32_t)(mac[at] & 127) << 24 | (uint32_t)mac[at + 1] << 16 |
		(uint32_t)mac[at + 2] << 8 | mac[at + 3];
	snprintf(out, 7, "%06u", (unsigned)(value % DIGITS_MOD));
	mem_wipe(mac, sizeof(mac));
	return TANU_OK;
}

bool totp_right(const uint8_t key[TOTP_KEY_LEN], const char *code, int64_t now_ms, int64_t after,
		int64_t *step)
{
	int64_t now = now_ms / TOTP_STEP_MS;
	bool right = false;
	char expected[7];

	if (strlen(code) != sizeof(expected) - 1)
		return false;
	for (int64_t at = now - 1; at <= now + 1; at++) {
		if (totp_code(expected, key, at, NULL) < 0)
			return false;
		if (crypto_equal((const uint8_t *)expected, (const uint8_t *)code,
				 sizeof(expected) - 1) &&
		    at > after) {
			right = true;
			*step = at;
		}
	}
	mem_wipe(expected, sizeof(expected));
	return right;
}

/* RFC 4648, section 6; 20 bytes are 32 digits without padding. */
void totp_text(char out[TOTP_SECRET_TEXT_LEN], const uint8_t key[TOTP_KEY_LEN])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint64_t group = 0;

	for (size_t i = 0; i < TOTP_SECRET_TEXT_LEN - 1; i++) {
		if (i % 8 == 0) {
			group = 0;
			for (size_t k = 0; k < 5; k++)
				group = group << 8 | key[i / 8 * 5 + k];
		}
		out[i] = digits[group >> (35 - 5 * (i % 8)) & 31];
	}
	out[TOTP_SECRET_TEXT_LEN - 1] = '\0';
}

static void recovery_digest(const struct auth *a, uint8_t out[DIGEST_LEN],
			    const struct account *account, const char *code)
{
	static const char use[] = "recovery code";
	const struct bytes parts[] = {
	    {use, sizeof(use)}, {account->id.b, sizeof(account->id.b)}, {code, strlen(code)}};

	mac_parts(out, a->key, parts, ARRAY_LEN(parts));
}

bool recovery_spend(const struct auth *a, struct account *account, const char *code)
{
	uint8_t digest[DIGEST_LEN];
	size_t found = account->recovery_len;

	recovery_digest(a, digest, account, code);
	for (size_t i = 0; i < account->recovery_len; i++)
		if (crypto_equal(account->recovery[i], digest, sizeof(digest)))
			found = i;
	if (found == account->recovery_len)
		return false;
	account->recovery_len--;
	memmove(account->recovery[found], account->recovery[account->recovery_len],
		sizeof(account->recovery[0]));
	return true;
}

/* Twelve digits of 32 each: 60 bits, which can't be guessed at this pace. */
void recovery_fresh(struct auth *a, struct account *account,
		    char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN])
{
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		uint8_t raw[RECOVERY_TEXT_LEN - 1];

		random_fill(&a->random, raw, sizeof(raw));
		for (size_t k = 0; k < sizeof(raw); k++)
			codes[i][k] = (char)(k % 5 == 4 ? '-' : digits[raw[k] & 31]);
		codes[i][sizeof(raw)] = '\0';
		recovery_digest(a, account->recovery[i], account, codes[i]);
	}
	account->recovery_len = RECOVERY_CODES;
}
