/* SPDX-License-Identifier: Apache-2.0 */
/* witnesses.h - (inside cli/) the file `witnesses` of a site, and asking those who stand in it. */
#ifndef CLI_WITNESSES_H
#define CLI_WITNESSES_H

#include "service/service.h"
#include "witness/witness.h"

struct witnesses {
	size_t len;
	struct witness_peer peers[WITNESS_PEERS_MAX];
	tanu_verifier verifiers[WITNESS_PEERS_MAX]; /* of the same */
};

/* An empty list; the list of this file, TANU_NOT_FOUND (file-missing). Freed by free(). */
tanu_status witnesses_none(struct witnesses **out, tanu_error *err);
tanu_status witnesses_load(struct witnesses **out, const char *path, tanu_error *err);
/* As service/ takes them; `witnesses` must live until the site is closed. */
struct log_witnesses witnesses_for_service(struct witnesses *witnesses);

#endif
