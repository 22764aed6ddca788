/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auth.h - who may use the server: accounts of staff and of people who were invited, passwords,
 * one-time codes, sessions, invitations, keys of programs. It knows nothing of HTTP.
 *
 * Of what lets somebody in only a keyed digest is stored; names and everything else of an account
 * are sealed under the site's key. Guessing is slowed down by waits that grow, counted for an
 * account from an address (and, with more patience, for an account from addresses where it never
 * signed in, and for an address): a stranger's guesses never make the holder wait where she has
 * signed in before, and never shut anybody out for good.
 *
 * All calls are safe from several threads, but for opening and closing. Passwords are hashed
 * outside of the guard that is handed in, the store is used inside of it; do not hold it.
 */
#ifndef AUTH_AUTH_H
#define AUTH_AUTH_H

#include "codec/codec.h"
#include "crypto/crypto.h"
#include "store/store.h"

/* X(NAME, bit, "word") */
#define ROLE_LIST(X)                         \
	X(OPERATOR, 0, "operator")           \
	X(ENROLMENT, 1, "enrolment")         \
	X(PRESENCE, 2, "presence")           \
	X(AUDITOR, 3, "auditor")             \
	X(ADMINISTRATOR, 4, "administrator") \
	X(PERSON, 5, "person") /* who was invited; never beside the others by itself */
enum role {
#define X(name, bit, word) ROLE_##name = 1 << (bit),
	ROLE_LIST(X)
#undef X
};
#define ROLES_STAFF ((unsigned)(ROLE_PERSON - 1))
unsigned role_of(const char *word);   /* 0: no such role */
const char *role_word(unsigned role); /* of one bit */

/* What a program's key may do. */
#define SCOPE_LIST(X)                          \
	X(PEOPLE_READ, 0, "people:read")       \
	X(PEOPLE_WRITE, 1, "people:write")     \
	X(PEOPLE_EXPORT, 2, "people:export")   \
	X(CONSENTS_WRITE, 3, "consents:write") \
	X(FACES_USE, 4, "faces:use")           \
	X(SITE_READ, 5, "site:read")           \
	X(AUDIT_READ, 6, "audit:read")         \
	X(FACES_ASK, 7, "faces:ask") /* of a relying party alone */
enum scope {
#define X(name, bit, word) SCOPE_##name = 1 << (bit),
	SCOPE_LIST(X)
#undef X
};
unsigned scope_of(const char *word);
const char *scope_word(unsigned scope);

struct auth_options {
	struct store *store;
	const struct secret *key; /* of the site, for this alone; copied */
	struct clock_source clock;
	struct random_source random;
	const char *issuer; /* name of the site, shown by authenticators */
	/* Around each use of the store. NULL: nobody else uses it. */
	void (*enter)(void *self);
	void (*leave)(void *self);
	void *self;
	int64_t idle_ms, life_ms; /* of a session; 0: 30 minutes, 12 hours */
	size_t hash_memory;	  /* bytes; 0: PASSWORD_MEMORY; less for tests alone */
};

struct auth;
tanu_status auth_open(struct auth **out, const struct auth_options *options, tanu_error *err);
void auth_close(struct auth **auth); /* wipes */
/* The store is another one now (the folder was lent), or gone for a while (NULL). Inside the guard.
 */
void auth_store(struct auth *auth, struct store *store);

/* ---- accounts ---- */

#define ACCOUNT_NAME_MAX   64 /* bytes of UTF-8 */
#define PASSWORD_MAX	   256
#define PASSWORD_MIN	   10 /* characters of a password that somebody chose */
#define FIRST_PASSWORD_LEN 24
#define RECOVERY_CODES	   10
#define RECOVERY_TEXT_LEN  15 /* "xxxx-xxxx-xxxx" and zero */

struct account_view {
	tanu_id id;
	char name[ACCOUNT_NAME_MAX + 1];
	unsigned roles;
	tanu_id subject; /* who it is, for the role person; else zero */
	bool totp, must_change;
	size_t passkeys, recovery_codes;
	int64_t created_ms, seen_ms; /* seen: last signed in; 0: never */
};
/* A staff account with a first password, which has to be changed. TANU_USAGE (conflict): the name
 * is taken. Names are compared without regard to case of ASCII letters. */
tanu_status auth_account_add(struct auth *auth, struct account_view *out,
			     char password[FIRST_PASSWORD_LEN], const char *name, unsigned roles,
			     tanu_error *err);
tanu_status auth_account_get(struct auth *auth, struct account_view *out, const tanu_id *id,
			     tanu_error *err);
tanu_status auth_account_find(struct auth *auth, struct account_view *out, const char *name,
			      tanu_error *err);
tanu_status auth_account_each(struct auth *auth,
			      tanu_status (*each)(void *self, const struct account_view *v,
						  tanu_error *err),
			      void *self, tanu_error *err);
/* TANU_USAGE (conflict) where no administrator would be left, here and in removing. */
tanu_status auth_account_set_roles(struct auth *auth, const tanu_id *id, unsigned roles,
				   tanu_error *err);
tanu_status auth_account_remove(struct auth *auth, const tanu_id *id, tanu_error *err);
/* A new first password; second factors and sessions go. */
tanu_status auth_account_reset(struct auth *auth, char password[FIRST_PASSWORD_LEN],
			       const tanu_id *id, tanu_error *err);
/* Accounts of somebody who has left. */
tanu_status auth_person_leave(struct auth *auth, const tanu_id *subject, tanu_error *err);

/* ---- sessions ---- */

#define SESSION_TEXT_LEN 44 /* base64url of 32 bytes, and zero */
struct session_view {
	tanu_id account;
	tanu_id id;		/* of this session: not secret, the same as long as it lasts */
	unsigned roles, scopes; /* scopes: of a program's key, which has no roles */
	tanu_id subject;
	char name[ACCOUNT_NAME_MAX + 1];
	bool must_change;
	char token[SESSION_TEXT_LEN]; /* against forged requests */
	int64_t idle_ms, ends_ms;     /* when it ends unless it is used; when in any case */
};
/* Where a passkey is used, as the browser sees it: the page's own address, and its name alone. */
struct passkey_place {
	const char *rp_id;	  /* "site.example" */
	const char *origin;	  /* "https://site.example" */
	const char *plain_origin; /* of this machine itself; NULL: none */
};
struct passkey_answer {
	struct passkey_place place;
	struct bytes id, client_data, authdata, signature; /* as WebAuthn has them */
};
struct sign_in {
	const char *name, *password;
	const char *code;		      /* second factor; NULL: none was given */
	const struct passkey_answer *passkey; /* likewise; of the two one is enough */
	const char *address;		      /* who asks */
	const char *former; /* the session this browser has had, which ends; NULL */
};
/*
 * `secret` is what the browser gets. TANU_REFUSED: sign-in (name or password), second-factor (a
 * code is needed, or the one given is not right), held (too many wrong ones; `*wait_s` says how
 * long).
 */
tanu_status auth_sign_in(struct auth *auth, char secret[SESSION_TEXT_LEN], struct session_view *out,
			 unsigned *wait_s, const struct sign_in *sign_in, tanu_error *err);
#define CHALLENGE_LEN	   32
#define CHALLENGE_TEXT_LEN 44 /* base64url, and zero */
#define PASSKEYS_MAX	   4  /* of one account */
#define PASSKEY_ID_MAX	   255
#define PASSKEY_NAME_MAX   40
struct passkey_view {
	uint8_t id[PASSKEY_ID_MAX];
	size_t id_len;
	char name[PASSKEY_NAME_MAX + 1];
	int64_t added_ms, used_ms; /* used: 0: never */
};
struct passkey_asked {
	tanu_id account;
	char challenge[CHALLENGE_TEXT_LEN]; /* good for five minutes, once */
	struct passkey_view passkey[PASSKEYS_MAX];
	size_t passkeys_len;
};
/*
 * Name and password are right: what a passkey of this account has to sign. TANU_REFUSED as for
 * signing in; second-factor: the account has none. The code and the passkey are not read.
 */
tanu_status auth_passkey_ask(struct auth *auth, struct passkey_asked *out, unsigned *wait_s,
			     const struct sign_in *sign_in, tanu_error *err);
/* TANU_REFUSED (signed-out): there is no such session, or it has ended. */
tanu_status auth_session(struct auth *auth, struct session_view *out, const char *secret,
			 tanu_error *err);
tanu_status auth_sign_out(struct auth *auth, const char *secret, tanu_error *err);
bool auth_token_is(const struct session_view *session, const char *token); /* constant time */

/* ---- one's own account ---- */

/* Who changes what lets her in shows her password again; wrong ones are slowed down likewise. */
struct own_act {
	tanu_id account;
	const char *password;
	const char *address;
	const char *session; /* this one stays; the others of the account end */
};
/* TANU_USAGE (password): too short, or the name itself. */
tanu_status auth_password_change(struct auth *auth, unsigned *wait_s, const struct own_act *act,
				 const char *password, tanu_error *err);
#define TOTP_SECRET_TEXT_LEN 33 /* base32 of 20 bytes, and zero */
#define TOTP_URI_LEN	     512
tanu_status auth_totp_begin(struct auth *auth, char secret[TOTP_SECRET_TEXT_LEN],
			    char uri[TOTP_URI_LEN], unsigned *wait_s, const struct own_act *act,
			    tanu_error *err);
/* The first code: from now on one is asked for. act->password is not read. */
tanu_status auth_totp_confirm(struct auth *auth, char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN],
			      unsigned *wait_s, const struct own_act *act, const char *code,
			      tanu_error *err);
/* A new passkey is to sign the challenge; nothing changes before it has. */
tanu_status auth_passkey_begin(struct auth *auth, struct passkey_asked *out, unsigned *wait_s,
			       const struct own_act *act, tanu_error *err);
struct passkey_made {
	struct passkey_place place;
	struct bytes client_data, authdata;
	const char *name; /* at most PASSKEY_NAME_MAX bytes */
};
/*
 * From now on it may be the second proof, and one is asked for. `*fresh`: recovery codes were made,
 * since there was no second proof before. TANU_REFUSED (second-factor): it is not what was asked
 * for. act->password is not read.
 */
tanu_status auth_passkey_confirm(struct auth *auth, char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN],
				 bool *fresh, const struct own_act *act,
				 const struct passkey_made *made, tanu_error *err);
tanu_status auth_passkey_remove(struct auth *auth, unsigned *wait_s, const struct own_act *act,
				const struct bytes *id, tanu_error *err);
/* Those of an account; the challenge is empty. */
tanu_status auth_passkeys(struct auth *auth, struct passkey_asked *out, const tanu_id *account,
			  tanu_error *err);
tanu_status auth_recovery_make(struct auth *auth, char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN],
			       unsigned *wait_s, const struct own_act *act, tanu_error *err);

/* ---- invitations ---- */

#define INVITATION_CODE_LEN 9 /* 8 digits, and zero */
struct invitation {
	char token[SESSION_TEXT_LEN];	/* on paper */
	char code[INVITATION_CODE_LEN]; /* told apart from it */
	int64_t expires_ms;
};
/* For a person of the site, in place of her earlier ones. */
tanu_status auth_invite(struct auth *auth, struct invitation *out, const tanu_id *subject,
			tanu_error *err);
struct accept {
	const char *token, *code;
	const char *name, *password; /* a new account's, or those of one that this person has */
	const char *address, *former;
};
/* TANU_REFUSED (invitation): not one of ours, spent, too old, or wrong codes have used it up. */
tanu_status auth_accept(struct auth *auth, char secret[SESSION_TEXT_LEN], struct session_view *out,
			unsigned *wait_s, const struct accept *accept, tanu_error *err);

/* ---- keys of programs ---- */

#define API_KEY_TEXT_LEN 49 /* "tanu-" and base64url of 32 bytes, and zero */
struct api_key_view {
	tanu_id id;
	char name[ACCOUNT_NAME_MAX + 1];
	unsigned scopes;
	int64_t created_ms, expires_ms, seen_ms;
};
tanu_status auth_key_add(struct auth *auth, char key[API_KEY_TEXT_LEN], struct api_key_view *out,
			 const char *name, unsigned scopes, int64_t expires_ms, tanu_error *err);
/* Of a relying party's program: it can do nothing but ask. */
tanu_status auth_key_add_asking(struct auth *auth, char key[API_KEY_TEXT_LEN],
				struct api_key_view *out, tanu_error *err);
tanu_status auth_key_each(struct auth *auth,
			  tanu_status (*each)(void *self, const struct api_key_view *v,
					      tanu_error *err),
			  void *self, tanu_error *err);
tanu_status auth_key_remove(struct auth *auth, const tanu_id *id, tanu_error *err);
/* TANU_REFUSED (signed-out) when it opens nothing. */
tanu_status auth_key(struct auth *auth, struct session_view *out, const char *key, tanu_error *err);

/* ---- answers to requests that may be repeated ---- */

/*
 * One request under the idempotency key that its sender gave it. `what` is a digest of the request.
 * Once taken it stays taken, also when the program dies; `answer` is kept for a day.
 */
enum repeat { REPEAT_FIRST = 0, REPEAT_ANSWERED = 1, REPEAT_UNKNOWN = 2, REPEAT_OTHER = 3 };
struct repeat_key {
	tanu_id account;
	const char *key;
	uint8_t what[DIGEST_LEN];
};
/* Is it known? Its answer is appended to `answer` when it is REPEAT_ANSWERED. REPEAT_UNKNOWN: it
 * was taken, and how it went was not written down. REPEAT_OTHER: the key of another request. */
tanu_status auth_repeat_look(struct auth *auth, enum repeat *out, struct buf *answer,
			     const struct repeat_key *key, tanu_error *err);
/* With a store's transaction open, inside the guard: taken by what this transaction does. */
tanu_status auth_repeat_take(struct auth *auth, const struct repeat_key *key, tanu_error *err);
/* After it: taken if it was not yet, and answered so. */
tanu_status auth_repeat_answer(struct auth *auth, const struct repeat_key *key,
			       const struct buf *answer, tanu_error *err);

/* Forget what has ended. Now and then. */
tanu_status auth_sweep(struct auth *auth, tanu_error *err);

#endif
