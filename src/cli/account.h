/* SPDX-License-Identifier: Apache-2.0 */
/* account.h - (inside cli/) what the verbs about accounts and keys share. */
#ifndef CLI_ACCOUNT_H
#define CLI_ACCOUNT_H

#include "auth/auth.h"
#include "cli/run.h"

/* The accounts of the site of this run; closed by the caller. */
tanu_status run_auth(struct run *run, struct auth **out, tanu_error *err);
/* "operator,auditor"; TANU_USAGE names the word that is none. */
tanu_status roles_parse(unsigned *out, const char *text, tanu_error *err);
/* Likewise of scopes. */
tanu_status scopes_parse(unsigned *out, const char *text, tanu_error *err);
void say_roles(struct run *run, unsigned roles);
/* The operand as an account: its name, or its id. */
tanu_status account_operand(struct run *run, struct auth *auth, struct account_view *out,
			    tanu_error *err);
/* A first password, told once. */
void answer_first_password(struct run *run, const struct account_view *view, const char *password);

#endif
