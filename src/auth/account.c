/* SPDX-License-Identifier: Apache-2.0 */
/* One account as the store keeps it: a digest of its name in clear, the rest sealed JSON. */
#include "auth/inside.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define ACCOUNT_BYTES_MAX 16384

/* ---- writing ---- */

static void put_bytes(struct json_w *w, const char *key, const uint8_t *bytes, size_t len)
{
	char hex[2 * PASSKEY_KEY_MAX + 1];

	hex_encode(hex, bytes, len);
	jw_text(w, key, hex);
}

static void put_passkeys(struct json_w *w, const struct account *account)
{
	jw_array(w, "passkeys");
	for (size_t i = 0; i < account->passkeys_len; i++) {
		const struct passkey *p = &account->passkey[i];

		jw_object(w, NULL);
		put_bytes(w, "id", p->id, p->id_len);
		jw_bool(w, "rsa", p->rsa);
		put_bytes(w, "key", p->key, p->key_len);
		jw_int(w, "count", p->count);
		jw_text(w, "name", p->name);
		jw_int(w, "added_ms", p->added_ms);
		jw_int(w, "used_ms", p->used_ms);
		jw_end_object(w);
	}
	jw_end_array(w);
	put_bytes(w, "challenge", account->challenge, sizeof(account->challenge));
	jw_int(w, "challenge_ms", account->challenge_ms);
}

static void encode(struct buf *out, const struct account *account)
{
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_text(&w, "name", account->name);
	jw_int(&w, "roles", (int64_t)account->roles);
	jw_id(&w, "subject", &account->subject);
	jw_text(&w, "hash", account->hash);
	jw_bool(&w, "must_change", account->must_change);
	jw_bool(&w, "totp", account->totp);
	put_bytes(&w, "totp_key", account->totp_key, TOTP_KEY_LEN);
	jw_int(&w, "totp_step", account->totp_step);
	jw_bool(&w, "totp_begun", account->totp_begun);
	put_bytes(&w, "totp_next", account->totp_next, TOTP_KEY_LEN);
	jw_array(&w, "recovery");
	for (size_t i = 0; i < account->recovery_len; i++)
		put_bytes(&w, NULL, account->recovery[i], DIGEST_LEN);
	jw_end_array(&w);
	put_passkeys(&w, account);
	jw_array(&w, "known");
	for (size_t i = 0; i < account->known_len; i++)
		put_bytes(&w, NULL, account->known[i], ADDRESS_DIGEST);
	jw_end_array(&w);
	jw_int(&w, "seen_ms", account->seen_ms);
	jw_end_object(&w);
}

static tanu_status account_seal(struct auth *a, struct buf *out, const struct account *account,
				tanu_error *err)
{
	struct buf plain = {0};
	tanu_status st;

	encode(&plain, account);
	if ((st = buf_check(&plain, err)) == TANU_OK)
		st = auth_seal(a, out, &plain, &account->id, err);
	buf_wipe(&plain);
	return st;
}

/* ---- reading ---- */

static tanu_status get_text(char *out, size_t out_len, json_value from, const char *key,
			    tanu_error *err)
{
	const char *text = NULL;
	tanu_status st = json_text(&text, from, key, err);

	if (st == TANU_OK && strlen(text) >= out_len)
		st = tanu_fail(err, TANU_ERR_JSON, key, "this is too long");
	if (st == TANU_OK)
		snprintf(out, out_len, "%s", text);
	return st;
}

static tanu_status get_bytes(uint8_t *out, size_t len, json_value from, const char *key,
			     tanu_error *err)
{
	const char *text = NULL;
	tanu_status st = json_text(&text, from, key, err);

	if (st == TANU_OK && !hex_decode(out, len, text))
		st = tanu_fail(err, TANU_ERR_JSON, key, "this is not hexadecimal");
	return st;
}

/* Digests of `len` bytes each, at most `max`, into rows of `stride` bytes. */
static tanu_status get_digests(uint8_t *out, size_t stride, size_t max, size_t *count,
			       json_value from, const char *key, tanu_error *err)
{
	json_value list = NULL;
	const char *text = NULL;
	tanu_status st = json_list(&list, from, key, err);

	if (st == TANU_OK && json_len(list) > max)
		st = tanu_fail(err, TANU_ERR_JSON, key, "more than there can be");
	for (size_t i = 0; i < json_len(list) && st == TANU_OK; i++) {
		st = json_text_at(&text, list, i, err);
		if (st == TANU_OK && !hex_decode(out + i * stride, stride, text))
			st = tanu_fail(err, TANU_ERR_JSON, key, "this is not hexadecimal");
		*count = i + 1;
	}
	return st;
}

static tanu_status get_factors(struct account *out, json_value root, tanu_error *err)
{
	tanu_status st;

	if ((st = json_bool(&out->totp, root, "totp", err)) < 0 ||
	    (st = get_bytes(out->totp_key, TOTP_KEY_LEN, root, "totp_key", err)) < 0 ||
	    (st = json_int(&out->totp_step, root, "totp_step", err)) < 0 ||
	    (st = json_bool(&out->totp_begun, root, "totp_begun", err)) < 0 ||
	    (st = get_bytes(out->totp_next, TOTP_KEY_LEN, root, "totp_next", err)) < 0)
		return st;
	return get_digests(out->recovery[0], DIGEST_LEN, RECOVERY_CODES, &out->recovery_len, root,
			   "recovery", err);
}

/* As many as there are, at most `max`. */
static tanu_status get_some(uint8_t *out, size_t max, size_t *len, json_value from, const char *key,
			    tanu_error *err)
{
	const char *text = NULL;
	tanu_status st = json_text(&text, from, key, err);

	if (st < 0)
		return st;
	*len = strlen(text) / 2;
	if (*len > max || !hex_decode(out, *len, text))
		return tanu_fail(err, TANU_ERR_JSON, key, "this is not hexadecimal, or too long");
	return TANU_OK;
}

static tanu_status get_passkey(struct passkey *out, json_value from, tanu_error *err)
{
	int64_t sign_count = 0;
	tanu_status st;

	if ((st = get_some(out->id, sizeof(out->id), &out->id_len, from, "id", err)) < 0 ||
	    (st = get_some(out->key, sizeof(out->key), &out->key_len, from, "key", err)) < 0 ||
	    (st = json_bool(&out->rsa, from, "rsa", err)) < 0 ||
	    (st = json_int(&sign_count, from, "count", err)) < 0 ||
	    (st = get_text(out->name, sizeof(out->name), from, "name", err)) < 0 ||
	    (st = json_int(&out->added_ms, from, "added_ms", err)) < 0)
		return st;
	out->count = (uint32_t)sign_count;
	return json_int(&out->used_ms, from, "used_ms", err);
}

/* There since accounts know of them. */
static tanu_status get_passkeys(struct account *out, json_value root, tanu_error *err)
{
	json_value list = json_get(root, "passkeys");
	tanu_status st = TANU_OK;

	if (!list)
		return TANU_OK;
	if (json_len(list) > PASSKEYS_MAX)
		return tanu_fail(err, TANU_ERR_JSON, "passkeys", "more than there can be");
	for (size_t i = 0; i < json_len(list) && st == TANU_OK; i++)
		st = get_passkey(&out->passkey[out->passkeys_len++], json_at(list, i), err);
	if (st == TANU_OK)
		st = get_bytes(out->challenge, sizeof(out->challenge), root, "challenge", err);
	return st < 0 ? st : json_int(&out->challenge_ms, root, "challenge_ms", err);
}

static tanu_status decode(struct account *out, json_value root, tanu_error *err)
{
	const char *subject = NULL;
	int64_t set = 0;
	tanu_status st;

	if ((st = get_text(out->name, sizeof(out->name), root, "name", err)) < 0 ||
	    (st = json_int(&set, root, "roles", err)) < 0 ||
	    (st = json_text(&subject, root, "subject", err)) < 0 ||
	    (st = get_text(out->hash, sizeof(out->hash), root, "hash", err)) < 0 ||
	    (st = json_bool(&out->must_change, root, "must_change", err)) < 0 ||
	    (st = json_int(&out->seen_ms, root, "seen_ms", err)) < 0 ||
	    (st = get_factors(out, root, err)) < 0 || (st = get_passkeys(out, root, err)) < 0 ||
	    (st = get_digests(out->known[0], ADDRESS_DIGEST, KNOWN_MAX, &out->known_len, root,
			      "known", err)) < 0)
		return st;
	out->roles = (unsigned)set & (ROLES_STAFF | ROLE_PERSON);
	if (!id_parse(&out->subject, subject))
		return tanu_fail(err, TANU_ERR_JSON, "subject", "this is no id");
	return TANU_OK;
}

static tanu_status account_open(struct auth *a, struct account *out, const struct account_row *row,
				tanu_error *err)
{
	struct json_doc *doc = NULL;
	struct buf plain = {0};
	tanu_status st;

	*out = (struct account){.id = row->id, .created_ms = row->created_ms};
	st = auth_open_sealed(a, &plain, &row->sealed, &row->id, err);
	if (st == TANU_OK)
		st = json_parse(&doc, plain.data, plain.len, ACCOUNT_BYTES_MAX, "account", err);
	if (st == TANU_OK)
		st = decode(out, json_root(doc), err);
	json_free(&doc);
	buf_wipe(&plain);
	if (st < 0)
		account_wipe(out);
	return st;
}

/* ---- in the store ---- */

/* Case of ASCII letters does not count: "Aigul" and "aigul" are one. */
void account_lookup(const struct auth *a, uint8_t out[DIGEST_LEN], const char *name)
{
	char lower[ACCOUNT_NAME_MAX + 1];
	size_t len = strnlen(name, ACCOUNT_NAME_MAX);

	for (size_t i = 0; i < len; i++)
		lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]);
	auth_digest(a, out, "account name", lower, len);
}

tanu_status account_load(struct auth *a, struct account *out, const tanu_id *id, tanu_error *err)
{
	struct account_row row = {0};
	tanu_status st = AUTH_DB(a, account_get, &row, id, err);

	if (st == TANU_OK)
		st = account_open(a, out, &row, err);
	buf_free(&row.sealed);
	return st;
}

tanu_status account_load_name(struct auth *a, struct account *out, const char *name,
			      tanu_error *err)
{
	struct account_row row = {0};
	uint8_t lookup[DIGEST_LEN];
	tanu_status st;

	account_lookup(a, lookup, name);
	st = AUTH_DB(a, account_find, &row, lookup, err);
	if (st == TANU_OK)
		st = account_open(a, out, &row, err);
	buf_free(&row.sealed);
	return st;
}

tanu_status account_create(struct auth *a, const struct account *account, tanu_error *err)
{
	struct account_row row = {.id = account->id, .created_ms = account->created_ms};
	tanu_error why = {0};
	tanu_status st;

	account_lookup(a, row.lookup, account->name);
	if ((st = account_seal(a, &row.sealed, account, err)) == TANU_OK &&
	    (st = AUTH_DB(a, account_put, &row, &why)) < 0) {
		if (why.code == TANU_ERR_CONFLICT)
			st = tanu_fail(err, TANU_ERR_CONFLICT, "name",
				       "this name is taken: choose another");
		else if (err)
			*err = why;
	}
	buf_free(&row.sealed);
	return st;
}

tanu_status account_save(struct auth *a, const struct account *account, tanu_error *err)
{
	struct buf sealed = {0};
	tanu_status st = account_seal(a, &sealed, account, err);

	if (st == TANU_OK)
		st = AUTH_DB(a, account_set, &account->id, sealed.data, sealed.len, err);
	buf_free(&sealed);
	return st;
}

struct walk {
	struct auth *a;
	tanu_status (*each)(void *self, const struct account *account, tanu_error *err);
	void *self;
};

static tanu_status walk_row(void *self, const struct account_row *row, tanu_error *err)
{
	const struct walk *w = self;
	struct account account;
	tanu_status st = account_open(w->a, &account, row, err);

	if (st == TANU_OK)
		st = w->each(w->self, &account, err);
	account_wipe(&account);
	return st;
}

tanu_status accounts_walk(struct auth *a,
			  tanu_status (*each)(void *self, const struct account *account,
					      tanu_error *err),
			  void *self, tanu_error *err)
{
	struct walk w = {a, each, self};

	return AUTH_DB(a, account_each, walk_row, &w, err);
}

void account_view_fill(struct account_view *out, const struct account *account)
{
	*out = (struct account_view){.id = account->id,
				     .roles = account->roles,
				     .subject = account->subject,
				     .totp = account->totp,
				     .passkeys = account->passkeys_len,
				     .must_change = account->must_change,
				     .recovery_codes = account->recovery_len,
				     .created_ms = account->created_ms,
				     .seen_ms = account->seen_ms};
	snprintf(out->name, sizeof(out->name), "%s", account->name);
}

void account_wipe(struct account *account)
{
	mem_wipe(account, sizeof(*account));
}

/* ---- names and passwords ---- */

tanu_status account_name_check(const char *name, tanu_error *err)
{
	size_t len = strlen(name);

	if (len < 2 || len > ACCOUNT_NAME_MAX || !utf8_plain(name, len) || name[0] == ' ' ||
	    name[len - 1] == ' ')
		return tanu_fail(err, TANU_ERR_USAGE, "name",
				 "a name has 2 to %d bytes, and no space at its ends",
				 ACCOUNT_NAME_MAX);
	return TANU_OK;
}

static size_t characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

static bool all_the_same(const char *text)
{
	for (size_t i = 1; text[i]; i++)
		if (text[i] != text[0])
			return false;
	return true;
}

/* Length is what counts (NIST SP 800-63B, 3.1.1.2); no rules about kinds of characters. */
tanu_status password_check(const char *password, const char *name, tanu_error *err)
{
	if (strlen(password) > PASSWORD_MAX || characters(password) < PASSWORD_MIN)
		return tanu_fail(err, TANU_ERR_PASSWORD, "password",
				 "a password has at least %d characters: several words in a row do "
				 "well",
				 PASSWORD_MIN);
	if (!strcmp(password, name) || all_the_same(password))
		return tanu_fail(err, TANU_ERR_PASSWORD, "password",
				 "this is too easy to guess: several words in a row do well");
	return TANU_OK;
}

/* 20 letters and digits that can't be mistaken for each other, in fives: 98 bits. */
tanu_status password_first(struct auth *a, struct account *account,
			   char password[FIRST_PASSWORD_LEN], tanu_error *err)
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	size_t at = 0;

	while (at < FIRST_PASSWORD_LEN - 1) {
		uint8_t byte;

		if (at % 6 == 5) {
			password[at++] = '-';
			continue;
		}
		random_fill(&a->random, &byte, 1);
		if (byte < 256 / (sizeof(letters) - 1) * (sizeof(letters) - 1))
			password[at++] = letters[byte % (sizeof(letters) - 1)];
	}
	password[at] = '\0';
	account->must_change = true;
	return slow_hash(a, account->hash, password, err);
}
