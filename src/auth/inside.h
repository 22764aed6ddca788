/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - (inside auth/) what its files share. */
#ifndef AUTH_INSIDE_H
#define AUTH_INSIDE_H

#include "auth/auth.h"

#include <pthread.h>

#define MINUTE_MS ((int64_t)60000)
#define DAY_MS	  ((int64_t)86400000)

#define TOTP_KEY_LEN   20 /* RFC 4226, section 4, R6: the length of the digest */
#define KNOWN_MAX      8  /* addresses an account has signed in from */
#define ADDRESS_DIGEST 16

#define PASSKEY_KEY_MAX 259 /* modulus and exponent of RSA-2048; of P-256 x and y: 64 */
struct passkey {
	uint8_t id[PASSKEY_ID_MAX];
	size_t id_len;
	bool rsa; /* RS256, else ES256 */
	uint8_t key[PASSKEY_KEY_MAX];
	size_t key_len;
	uint32_t count; /* as it said last; 0: it does not count */
	char name[PASSKEY_NAME_MAX + 1];
	int64_t added_ms, used_ms;
};

/* One account, opened. */
struct account {
	tanu_id id;
	int64_t created_ms;
	char name[ACCOUNT_NAME_MAX + 1];
	unsigned roles;
	tanu_id subject;
	char hash[PASSWORD_HASH_LEN];
	bool must_change;
	bool totp;
	uint8_t totp_key[TOTP_KEY_LEN];
	int64_t totp_step; /* of the last code that was taken */
	bool totp_begun;   /* totp_next waits for its first code */
	uint8_t totp_next[TOTP_KEY_LEN];
	uint8_t recovery[RECOVERY_CODES][DIGEST_LEN];
	size_t recovery_len;
	struct passkey passkey[PASSKEYS_MAX];
	size_t passkeys_len;
	uint8_t challenge[CHALLENGE_LEN];	  /* the last that a passkey was asked to sign */
	int64_t challenge_ms;			  /* 0: none waits */
	uint8_t known[KNOWN_MAX][ADDRESS_DIGEST]; /* the latest first */
	size_t known_len;
	int64_t seen_ms;
};

/* Wrong tries; see slow.c. */
#define SLOW_ROWS 4096
#define SLOW_WAYS 4
struct slow_entry {
	uint8_t key[ADDRESS_DIGEST];
	unsigned wrong;
	int64_t last_ms, until_ms;
};

struct auth {
	struct store *store;
	struct secret *key;
	struct clock_source clock;
	struct random_source random;
	char issuer[128];
	void (*enter)(void *self);
	void (*leave)(void *self);
	void *self;
	int64_t idle_ms, life_ms;
	size_t hash_memory;
	char nobody[PASSWORD_HASH_LEN]; /* of a password that nobody has */
	pthread_mutex_t slow_lock;	/* of what follows */
	struct slow_entry (*slow)[SLOW_WAYS];
	pthread_mutex_t hashing; /* one at a time: each takes 64 MiB */
};

/* One call of the store's table. */
#define AUTH_DB(a, call, ...) ((a)->store->calls->call((a)->store, __VA_ARGS__))

/* ---- auth.c ---- */

/* Into the guard; TANU_BUSY (folder-busy) while the store is gone. Leave also after a failure. */
tanu_status store_enter(struct auth *a, tanu_error *err);
void store_leave(struct auth *a);
/* A transaction: begun inside the guard; committed when `st` is TANU_OK. */
tanu_status store_begin(struct auth *a, tanu_error *err);
tanu_status store_end(struct auth *a, tanu_status st, tanu_error *err);
/* A keyed digest; `use` keeps one sort apart from others. */
void auth_digest(const struct auth *a, uint8_t out[DIGEST_LEN], const char *use, const void *bytes,
		 size_t len);
/* 32 random bytes as text. */
void secret_make(struct auth *a, char out[SESSION_TEXT_LEN]);
/* The keyed digest of such a text; false for what is none. */
bool secret_digest(const struct auth *a, uint8_t out[DIGEST_LEN], const char *use,
		   const char *text);
tanu_status auth_seal(struct auth *a, struct buf *out, const struct buf *plain, const tanu_id *id,
		      tanu_error *err);
tanu_status auth_open_sealed(struct auth *a, struct buf *plain, const struct buf *sealed,
			     const tanu_id *id, tanu_error *err);
void auth_id_new(struct auth *a, tanu_id *out);
/* Hash and check, one at a time. */
tanu_status slow_hash(struct auth *a, char out[PASSWORD_HASH_LEN], const char *password,
		      tanu_error *err);
bool slow_verify(struct auth *a, const char *hash, const char *password);

/* ---- account.c: one account in the store; inside the guard ---- */

void account_lookup(const struct auth *a, uint8_t out[DIGEST_LEN], const char *name);
tanu_status account_load(struct auth *a, struct account *out, const tanu_id *id, tanu_error *err);
tanu_status account_load_name(struct auth *a, struct account *out, const char *name,
			      tanu_error *err);
/* Part of a transaction. */
tanu_status account_create(struct auth *a, const struct account *account, tanu_error *err);
tanu_status account_save(struct auth *a, const struct account *account, tanu_error *err);
tanu_status accounts_walk(struct auth *a,
			  tanu_status (*each)(void *self, const struct account *account,
					      tanu_error *err),
			  void *self, tanu_error *err);
void account_view_fill(struct account_view *out, const struct account *account);
void account_wipe(struct account *account);
tanu_status account_name_check(const char *name, tanu_error *err);
tanu_status password_check(const char *password, const char *name, tanu_error *err);
/* Fresh, and to be changed at once. */
tanu_status password_first(struct auth *a, struct account *account,
			   char password[FIRST_PASSWORD_LEN], tanu_error *err);

/* ---- slow.c: waits after wrong tries ---- */

struct slow_try {
	const char *name;    /* the account's, or what else is guessed at */
	const char *address; /* who asks */
	bool known;	     /* this account has signed in from there */
};
/* How many seconds she has to wait first; 0: none. TANU_REFUSED (held). */
tanu_status slow_check(struct auth *a, unsigned *wait_s, const struct slow_try *t, tanu_error *err);
void slow_wrong(struct auth *a, const struct slow_try *t);
void slow_right(struct auth *a, const struct slow_try *t);
void address_digest(const struct auth *a, uint8_t out[ADDRESS_DIGEST], const char *address);
bool address_known(const struct auth *a, const struct account *account, const char *address);
void address_remember(const struct auth *a, struct account *account, const char *address);

/* ---- totp.c ---- */

/* RFC 6238 with SHA-1, 30 seconds, six digits. `step` is that of the code, when it is right. */
#define TOTP_STEP_MS 30000
tanu_status totp_code(char out[7], const uint8_t key[TOTP_KEY_LEN], int64_t step, tanu_error *err);
/* Right now, a step before or after, and later than `after`? Compares in constant time. */
bool totp_right(const uint8_t key[TOTP_KEY_LEN], const char *code, int64_t now_ms, int64_t after,
		int64_t *step);
void totp_text(char out[TOTP_SECRET_TEXT_LEN], const uint8_t key[TOTP_KEY_LEN]);
/* Spends a recovery code of this account. */
bool recovery_spend(const struct auth *a, struct account *account, const char *code);
void recovery_fresh(struct auth *a, struct account *account,
		    char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN]);

/* ---- passkey.c; each is part of a transaction that saves the account ---- */

void passkey_challenge(struct auth *a, struct account *account, char out[CHALLENGE_TEXT_LEN]);
tanu_status passkey_add(struct auth *a, struct account *account, const struct passkey_made *made,
			tanu_error *err);
void passkeys_show(struct passkey_asked *out, const struct account *account);
tanu_status passkey_drop(struct account *account, const struct bytes *id, tanu_error *err);
/* TANU_REFUSED (second-factor) unless one of the account has signed this challenge, here. */
tanu_status passkey_check(struct auth *a, struct account *account,
			  const struct passkey_answer *answer, tanu_error *err);

/* ---- authdata.c ---- */

/* Whole, and no item of it says that it has more in it than there are bytes. */
bool authdata_is_sound(const struct bytes *authdata);

/* ---- session.c ---- */

/* Part of a transaction: a new one, the former ended. */
tanu_status session_start(struct auth *a, char secret[SESSION_TEXT_LEN], struct session_view *out,
			  struct account *account, const char *address, const char *former,
			  tanu_error *err);
/* Part of a transaction: all of the account's but this one (NULL: all). */
tanu_status sessions_end(struct auth *a, const tanu_id *account, const char *except,
			 tanu_error *err);

#endif
