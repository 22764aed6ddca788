/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waits after wrong tries. Three counts, each under a keyed digest, so that nobody can choose where
 * her count lies:
 * - of an account from an address: 5 are free, then 1, 2, 4 ... seconds, at most 15 minutes;
 * - of an account from addresses it never signed in from: 50 are free, at most 1 minute;
 * - of an address, whatever the account: 50 are free, at most 1 minute.
 * The last two say nothing where this account has signed in from this address before: a stranger
 * can not make the holder wait at her own desk. A count is forgotten after a day without a wrong
 * try. Memory is bounded; what falls out of it is the count that is oldest in its row.
 */
#include "auth/inside.h"

#include <string.h>

struct rule {
	const char *use;
	unsigned free;
	int64_t max_ms;
	bool strangers; /* not where the account is known */
	bool of_name, of_address;
};

static const struct rule rules[] = {
    {"slow account and address", 5, 15 * MINUTE_MS, false, true, true},
    {"slow account", 50, MINUTE_MS, true, true, false},
    {"slow address", 50, MINUTE_MS, true, false, true},
};

void address_digest(const struct auth *a, uint8_t out[ADDRESS_DIGEST], const char *address)
{
	uint8_t digest[DIGEST_LEN];

	auth_digest(a, digest, "address", address, strlen(address));
	memcpy(out, digest, ADDRESS_DIGEST);
}

bool address_known(const struct auth *a, const struct account *account, const char *address)
{
	uint8_t digest[ADDRESS_DIGEST];

	address_digest(a, digest, address);
	for (size_t i = 0; i < account->known_len; i++)
		if (!memcmp(account->known[i], digest, sizeof(digest)))
			return true;
	return false;
}

void address_remember(const struct auth *a, struct account *account, const char *address)
{
	uint8_t digest[ADDRESS_DIGEST];
	size_t at = 0;

	address_digest(a, digest, address);
	while (at < account->known_len && memcmp(account->known[at], digest, sizeof(digest)) != 0)
		at++;
	if (at == account->known_len && account->known_len < KNOWN_MAX)
		account->known_len++;
	if (at == KNOWN_MAX)
		at--;
	memmove(account->known[1], account->known[0], at * sizeof(digest));
	memcpy(account->known[0], digest, sizeof(digest));
}

static void entry_key(const struct auth *a, uint8_t out[DIGEST_LEN], const struct rule *rule,
		      const struct slow_try *t)
{
	uint8_t name[DIGEST_LEN] = {0};
	const char *address = rule->of_address ? t->address : "";
	struct bytes parts[3];

	if (rule->of_name)
		account_lookup(a, name, t->name);
	parts[0] = (struct bytes){rule->use, strlen(rule->use)};
	parts[1] = (struct bytes){name, sizeof(name)};
	parts[2] = (struct bytes){address, strlen(address)};
	mac_parts(out, a->key, parts, ARRAY_LEN(parts));
}

/* Its entry; with `make` the oldest of the row gives way to it. NULL: there is none. */
static struct slow_entry *entry_find(struct auth *a, const struct rule *rule,
				     const struct slow_try *t, bool make)
{
	uint8_t key[DIGEST_LEN];
	struct slow_entry *row, *oldest;

	entry_key(a, key, rule, t);
	row = a->slow[(key[DIGEST_LEN - 1] << 8 | key[DIGEST_LEN - 2]) % SLOW_ROWS];
	oldest = &row[0];
	for (size_t i = 0; i < SLOW_WAYS; i++) {
		if (row[i].wrong && !memcmp(row[i].key, key, sizeof(row[i].key)))
			return &row[i];
		if (row[i].last_ms < oldest->last_ms)
			oldest = &row[i];
	}
	if (!make)
		return NULL;
	*oldest = (struct slow_entry){0};
	memcpy(oldest->key, key, sizeof(oldest->key));
	return oldest;
}

/* A clock that was set back must not keep anybody waiting longer than the rule's longest. */
static int64_t left_ms(struct auth *a, const struct rule *rule, const struct slow_try *t,
		       int64_t now_ms)
{
	struct slow_entry *entry =
	    rule->strangers && t->known ? NULL : entry_find(a, rule, t, false);

	if (!entry || entry->until_ms <= now_ms || entry->until_ms > now_ms + rule->max_ms)
		return 0;
	return entry->until_ms - now_ms;
}

tanu_status slow_check(struct auth *a, unsigned *wait_s, const struct slow_try *t, tanu_error *err)
{
	int64_t now_ms = clock_now(&a->clock), longest = 0;

	pthread_mutex_lock(&a->slow_lock);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		int64_t left = left_ms(a, &rules[i], t, now_ms);

		longest = left > longest ? left : longest;
	}
	pthread_mutex_unlock(&a->slow_lock);
	*wait_s = (unsigned)((longest + 999) / 1000);
	if (*wait_s == 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_HELD, NULL,
			 "too many wrong tries: wait %u second%s, then try again", *wait_s,
			 *wait_s == 1 ? "" : "s");
}

static void count_wrong(struct slow_entry *entry, const struct rule *rule, int64_t now_ms)
{
	unsigned over;
	int64_t wait;

	if (entry->wrong && now_ms - entry->last_ms > DAY_MS)
		entry->wrong = 0;
	entry->wrong++;
	entry->last_ms = now_ms;
	if (entry->wrong < rule->free)
		return;
	over = entry->wrong - rule->free;
	wait = over < 20 ? (int64_t)1000 << over : rule->max_ms;
	entry->until_ms = now_ms + (wait < rule->max_ms ? wait : rule->max_ms);
}

void slow_wrong(struct auth *a, const struct slow_try *t)
{
	int64_t now_ms = clock_now(&a->clock);

	pthread_mutex_lock(&a->slow_lock);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (!rules[i].strangers || !t->known)
			count_wrong(entry_find(a, &rules[i], t, true), &rules[i], now_ms);
	pthread_mutex_unlock(&a->slow_lock);
}

/* The others stand: who signs in as herself may still be guessing at somebody else. */
void slow_right(struct auth *a, const struct slow_try *t)
{
	struct slow_entry *entry;

	pthread_mutex_lock(&a->slow_lock);
	entry = entry_find(a, &rules[0], t, false);
	if (entry)
		*entry = (struct slow_entry){0};
	pthread_mutex_unlock(&a->slow_lock);
}
