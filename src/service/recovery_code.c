/* SPDX-License-Identifier: Apache-2.0 */
/* The holder's half: a secret that turns forward only, and the code it is written down as. */
#include "service/recovery.h"

#include <stdio.h>
#include <string.h>

#define CODE_VERSION 1
#define CODE_CHECK   5
#define CODE_BYTES   50 /* version 1, period 2, pin 10, secret 32, check 5 */
#define CODE_SYMBOLS (CODE_BYTES * 8 / 5)

_Static_assert(RECOVERY_CODE_LEN == CODE_SYMBOLS + CODE_SYMBOLS / 4, "groups, dashes and a zero");

/* ---- letters and digits: without I, L, O, which are read as digits, and U ---- */

const char base32_letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void base32_put(char *out, const uint8_t *bytes, size_t len)
{
	unsigned bits = 0, have = 0;

	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | bytes[i];
		for (have += 8; have >= 5; have -= 5)
			*out++ = base32_letters[bits >> (have - 5) & 31];
	}
	if (have > 0)
		*out++ = base32_letters[bits << (5 - have) & 31];
	*out = '\0';
}

int base32_value(char c)
{
	const char *at;

	if (c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n')
		return -1;
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	at = c ? strchr(base32_letters, c) : NULL;
	return at ? (int)(at - base32_letters) : -2;
}

bool base32_get(uint8_t *out, size_t len, const char *text)
{
	unsigned bits = 0, have = 0;
	size_t done = 0;

	for (; *text; text++) {
		const int value = base32_value(*text);

		if (value == -1)
			continue;
		if (value < 0 || done == len)
			return false;
		bits = bits << 5 | (unsigned)value;
		have += 5;
		if (have >= 8) {
			have -= 8;
			out[done++] = (uint8_t)(bits >> have);
		}
	}
	return done == len && (bits & ((1u << have) - 1)) == 0;
}

/* ---- turning ---- */

void recovery_pin(uint8_t out[RECOVERY_PIN], const uint8_t log_key[PUBLIC_KEY_LEN])
{
	uint8_t digest[DIGEST_LEN];

	sha256(digest, log_key, PUBLIC_KEY_LEN);
	memcpy(out, digest, RECOVERY_PIN);
}

tanu_status recovery_turn(struct recovery_key *key, uint32_t period, tanu_error *err)
{
	if (period < key->period)
		return tanu_fail(err, TANU_ERR_KEY_MISSING, NULL,
				 "this is of period %u and the recovery key has turned past it, to "
				 "%u: nothing opens it any more, on purpose",
				 (unsigned)period, (unsigned)key->period);
	if (period >= RECOVERY_PERIODS_MAX)
		return tanu_fail(err, TANU_ERR_FORMAT, NULL, "there is no period %u",
				 (unsigned)period);
	for (; key->period < period; key->period++) {
		struct secret next;

		kdf(&next, key->secret.b, SECRET_LEN, NULL, 0, "tanu recovery next 1");
		key->secret = next;
		secret_wipe(&next);
	}
	return TANU_OK;
}

void recovery_box_secret(struct secret *out, const struct recovery_key *key)
{
	kdf(out, key->secret.b, SECRET_LEN, NULL, 0, "tanu recovery box 1");
}

/* ---- the code ---- */

static void put_check(uint8_t bytes[CODE_BYTES], uint8_t out[CODE_CHECK])
{
	uint8_t digest[DIGEST_LEN];

	sha256(digest, bytes, CODE_BYTES - CODE_CHECK);
	memcpy(out, digest, CODE_CHECK);
	mem_wipe(digest, sizeof(digest));
}

void recovery_code_put(char out[RECOVERY_CODE_LEN], const struct recovery_key *key)
{
	uint8_t bytes[CODE_BYTES] = {CODE_VERSION, (uint8_t)key->period,
				     (uint8_t)(key->period >> 8)};
	char symbols[CODE_SYMBOLS + 1];

	memcpy(bytes + 3, key->pin, RECOVERY_PIN);
	memcpy(bytes + 3 + RECOVERY_PIN, key->secret.b, SECRET_LEN);
	put_check(bytes, bytes + CODE_BYTES - CODE_CHECK);
	base32_put(symbols, bytes, sizeof(bytes));
	for (size_t i = 0; i < CODE_SYMBOLS; i++) {
		if (i > 0 && i % 4 == 0)
			*out++ = '-';
		*out++ = symbols[i];
	}
	*out = '\0';
	mem_wipe(bytes, sizeof(bytes));
	mem_wipe(symbols, sizeof(symbols));
}

tanu_status recovery_code_parse(struct recovery_key *out, const char *text, tanu_error *err)
{
	uint8_t bytes[CODE_BYTES], check[CODE_CHECK];
	tanu_status st = TANU_OK;

	if (!base32_get(bytes, sizeof(bytes), text)) {
		st = tanu_fail(err, TANU_ERR_FORMAT, "recovery key",
			       "a recovery key is %d groups of four letters and digits",
			       CODE_SYMBOLS / 4);
		goto out;
	}
	put_check(bytes, check);
	if (!crypto_equal(check, bytes + CODE_BYTES - CODE_CHECK, CODE_CHECK))
		st = tanu_fail(err, TANU_ERR_FORMAT, "recovery key",
			       "a letter of it is wrong: compare it with what was written down");
	else if (bytes[0] != CODE_VERSION)
		st = tanu_fail(err, TANU_ERR_FORMAT, "recovery key",
			       "this recovery key is of a newer Tanu");
	if (st < 0)
		goto out;
	out->period = (uint32_t)bytes[1] | (uint32_t)bytes[2] << 8;
	memcpy(out->pin, bytes + 3, RECOVERY_PIN);
	memcpy(out->secret.b, bytes + 3 + RECOVERY_PIN, SECRET_LEN);
	if (out->period >= RECOVERY_PERIODS_MAX)
		st = tanu_fail(err, TANU_ERR_FORMAT, "recovery key", "there is no period %u",
			       (unsigned)out->period);
out:
	mem_wipe(bytes, sizeof(bytes));
	mem_wipe(check, sizeof(check));
	return st;
}

/* ---- for the holder, on whatever machine ---- */

tanu_status service_recovery_turn(char out[RECOVERY_CODE_LEN], const char *code, uint32_t period,
				  tanu_error *err)
{
	struct recovery_key key = {0};
	tanu_status st;

	if ((st = recovery_code_parse(&key, code, err)) == TANU_OK &&
	    (st = recovery_turn(&key, period, err)) == TANU_OK)
		recovery_code_put(out, &key);
	secret_wipe(&key.secret);
	return st;
}

tanu_status service_recovery_period(uint32_t *out, const char *code, tanu_error *err)
{
	struct recovery_key key = {0};
	tanu_status st = recovery_code_parse(&key, code, err);

	if (st == TANU_OK)
		*out = key.period;
	secret_wipe(&key.secret);
	return st;
}
