/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pair.h - site and gate get to know each other once, by a code that a person carries from one to
 * the other. The gate sends its public keys, the site answers with its own; each proves by the code
 * that nobody has put other keys in between. The code is 80 random bits, good for one gate and a
 * day.
 */
#ifndef LEASE_PAIR_H
#define LEASE_PAIR_H

#include "lease/lease.h"

#define PAIR_CODE_BYTES 10
#define PAIR_CODE_LEN	20 /* "K7QX-2M9D-44TV-HB3C" and zero */
#define PAIR_NAME_LEN	64
#define PAIR_PIN_LEN	32 /* SHA-256 of a TLS public key */
#define PAIR_BYTES_MAX	((size_t)1024)

/* What a gate says of itself. */
struct pair_request {
	uint8_t sign_key[PUBLIC_KEY_LEN];
	uint8_t box_key[BOX_KEY_LEN];
	uint8_t tls_pin[PAIR_PIN_LEN]; /* of its client certificate; zero: it has none */
};

/* What the site answers. */
struct pair_reply {
	struct lease_pair pair;
	uint8_t tls_pin[PAIR_PIN_LEN]; /* of the server that it is to call; zero: none */
	char name[PAIR_NAME_LEN];      /* of the gate, as the site has it */
};

void pair_code_make(char out[PAIR_CODE_LEN], const struct random_source *random);
/* The key behind a code, typed in any case, with or without dashes. TANU_USAGE (usage). */
tanu_status pair_code_key(struct secret *out, const char *code, tanu_error *err);

void pair_request_put(struct buf *out, const struct pair_request *request,
		      const struct secret *code_key);
/* TANU_INPUT (format): no request. TANU_REFUSED (gate): another code. */
tanu_status pair_request_get(struct pair_request *out, const uint8_t *bytes, size_t bytes_len,
			     const struct secret *code_key, tanu_error *err);
/* The answer is bound to the request that it answers. */
void pair_reply_put(struct buf *out, const struct pair_reply *reply,
		    const struct pair_request *request, const struct secret *code_key);
tanu_status pair_reply_get(struct pair_reply *out, const uint8_t *bytes, size_t bytes_len,
			   const struct pair_request *request, const struct secret *code_key,
			   tanu_error *err);

#endif
