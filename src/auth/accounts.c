/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts, as an administrator sees them. */
#include "auth/inside.h"

#include <stdio.h>
#include <string.h>

static tanu_status roles_check(unsigned roles, tanu_error *err)
{
	if (roles && !(roles & ~ROLES_STAFF))
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_USAGE, "roles",
			 "give one or several of operator, enrolment, presence, auditor, "
			 "administrator");
}

static tanu_status create(struct auth *a, const struct account *account, tanu_error *err)
{
	tanu_status st = store_enter(a, err);

	if (st == TANU_OK && (st = store_begin(a, err)) == TANU_OK)
		st = store_end(a, account_create(a, account, err), err);
	store_leave(a);
	return st;
}

tanu_status auth_account_add(struct auth *auth, struct account_view *out,
			     char password[FIRST_PASSWORD_LEN], const char *name, unsigned roles,
			     tanu_error *err)
{
	struct account account = {.roles = roles, .created_ms = clock_now(&auth->clock)};
	tanu_status st;

	if ((st = account_name_check(name, err)) < 0 || (st = roles_check(roles, err)) < 0)
		return st;
	snprintf(account.name, sizeof(account.name), "%s", name);
	auth_id_new(auth, &account.id);
	if ((st = password_first(auth, &account, password, err)) == TANU_OK)
		st = create(auth, &account, err);
	if (st == TANU_OK)
		account_view_fill(out, &account);
	account_wipe(&account);
	return st;
}

tanu_status auth_account_get(struct auth *auth, struct account_view *out, const tanu_id *id,
			     tanu_error *err)
{
	struct account account = {0};
	tanu_status st = store_enter(auth, err);

	if (st == TANU_OK && (st = account_load(auth, &account, id, err)) == TANU_OK)
		account_view_fill(out, &account);
	store_leave(auth);
	account_wipe(&account);
	return st;
}

tanu_status auth_account_find(struct auth *auth, struct account_view *out, const char *name,
			      tanu_error *err)
{
	struct account account = {0};
	tanu_status st = store_enter(auth, err);

	if (st == TANU_OK && (st = account_load_name(auth, &account, name, err)) == TANU_OK)
		account_view_fill(out, &account);
	store_leave(auth);
	account_wipe(&account);
	return st;
}

struct each_view {
	tanu_status (*each)(void *self, const struct account_view *v, tanu_error *err);
	void *self;
};

static tanu_status view_one(void *self, const struct account *account, tanu_error *err)
{
	const struct each_view *e = self;
	struct account_view view;

	account_view_fill(&view, account);
	return e->each(e->self, &view, err);
}

tanu_status auth_account_each(struct auth *auth,
			      tanu_status (*each)(void *self, const struct account_view *v,
						  tanu_error *err),
			      void *self, tanu_error *err)
{
	struct each_view e = {each, self};
	tanu_status st = store_enter(auth, err);

	if (st == TANU_OK)
		st = accounts_walk(auth, view_one, &e, err);
	store_leave(auth);
	return st;
}

/* ---- changes ---- */

struct counting {
	const tanu_id *without;
	size_t administrators;
};

static tanu_status count_one(void *self, const struct account *account, tanu_error *err)
{
	struct counting *c = self;

	(void)err;
	if ((account->roles & ROLE_ADMINISTRATOR) && !id_equal(&account->id, c->without))
		c->administrators++;
	return TANU_OK;
}

/* Somebody has to be left who can let others in. */
static tanu_status administrator_stays(struct auth *a, const struct account *account,
				       tanu_error *err)
{
	struct counting c = {.without = &account->id};
	tanu_status st;

	if (!(account->roles & ROLE_ADMINISTRATOR))
		return TANU_OK;
	if ((st = accounts_walk(a, count_one, &c, err)) == TANU_OK && c.administrators == 0)
		st = tanu_fail(err, TANU_ERR_CONFLICT, NULL,
			       "this is the last administrator: make another one first");
	return st;
}

/* A change of an account that is there, in one transaction; her sessions end. */
static tanu_status change(struct auth *a, const tanu_id *id,
			  tanu_status (*act)(struct auth *a, struct account *account,
					     const void *how, tanu_error *err),
			  const void *how, tanu_error *err)
{
	struct account account = {0};
	tanu_status st = store_enter(a, err);

	if (st == TANU_OK && (st = store_begin(a, err)) == TANU_OK) {
		if ((st = account_load(a, &account, id, err)) == TANU_OK &&
		    (st = sessions_end(a, id, NULL, err)) == TANU_OK)
			st = act(a, &account, how, err);
		st = store_end(a, st, err);
	}
	store_leave(a);
	account_wipe(&account);
	return st;
}

static tanu_status act_roles(struct auth *a, struct account *account, const void *how,
			     tanu_error *err)
{
	unsigned roles = *(const unsigned *)how;
	tanu_status st = TANU_OK;

	if (!(account->roles & ROLES_STAFF))
		return tanu_fail(err, TANU_ERR_CONFLICT, NULL,
				 "this account is of somebody who was invited as a person");
	if (!(roles & ROLE_ADMINISTRATOR))
		st = administrator_stays(a, account, err);
	account->roles = roles | (account->roles & ROLE_PERSON);
	return st == TANU_OK ? account_save(a, account, err) : st;
}

tanu_status auth_account_set_roles(struct auth *auth, const tanu_id *id, unsigned roles,
				   tanu_error *err)
{
	tanu_status st = roles_check(roles, err);

	return st == TANU_OK ? change(auth, id, act_roles, &roles, err) : st;
}

static tanu_status act_remove(struct auth *a, struct account *account, const void *how,
			      tanu_error *err)
{
	tanu_status st = administrator_stays(a, account, err);

	(void)how;
	return st == TANU_OK ? AUTH_DB(a, account_delete, &account->id, err) : st;
}

tanu_status auth_account_remove(struct auth *auth, const tanu_id *id, tanu_error *err)
{
	return change(auth, id, act_remove, NULL, err);
}

static tanu_status act_reset(struct auth *a, struct account *account, const void *how,
			     tanu_error *err)
{
	snprintf(account->hash, sizeof(account->hash), "%s", (const char *)how);
	account->must_change = true;
	account->totp = account->totp_begun = false;
	mem_wipe(account->totp_key, sizeof(account->totp_key));
	mem_wipe(account->totp_next, sizeof(account->totp_next));
	mem_wipe(account->passkey, sizeof(account->passkey));
	account->passkeys_len = 0;
	account->challenge_ms = 0;
	account->recovery_len = account->known_len = 0;
	return account_save(a, account, err);
}

tanu_status auth_account_reset(struct auth *auth, char password[FIRST_PASSWORD_LEN],
			       const tanu_id *id, tanu_error *err)
{
	struct account fresh = {0};
	tanu_status st = password_first(auth, &fresh, password, err);

	if (st == TANU_OK)
		st = change(auth, id, act_reset, fresh.hash, err);
	account_wipe(&fresh);
	return st;
}

/* ---- who has left ---- */

struct leaving {
	struct auth *a;
	const tanu_id *subject;
};

static tanu_status leave_one(void *self, const struct account *account, tanu_error *err)
{
	const struct leaving *l = self;
	struct account copy = *account;
	tanu_status st = TANU_OK;

	if (!id_equal(&account->subject, l->subject))
		goto out;
	copy.roles &= ROLES_STAFF;
	copy.subject = (tanu_id){{0}};
	if (copy.roles)
		st = account_save(l->a, &copy, err);
	else
		st = AUTH_DB(l->a, account_delete, &account->id, err);
out:
	account_wipe(&copy);
	return st;
}

tanu_status auth_person_leave(struct auth *auth, const tanu_id *subject, tanu_error *err)
{
	struct leaving l = {auth, subject};
	tanu_status st = store_enter(auth, err);

	if (st == TANU_OK && (st = store_begin(auth, err)) == TANU_OK) {
		if ((st = AUTH_DB(auth, token_delete_of, TOKEN_INVITATION, subject, err)) ==
		    TANU_OK)
			st = accounts_walk(auth, leave_one, &l, err);
		st = store_end(auth, st, err);
	}
	store_leave(auth);
	return st;
}
