/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secure.h - the secure channel of OSDP 2.2 (annex D), for either end; inside device/ and its
 * tests.
 *
 * Four messages agree on session keys from a base key (SCBK) that both ends hold; afterwards each
 * message carries a MAC that chains to the one before it, and its data are encrypted. AES-128
 * throughout; the standard leaves four bytes of each MAC on the wire.
 *
 *   controller                              reader
 *   CHLNG  nonce a                    ->
 *                                     <-    CCRYPT  its id, nonce b, cryptogram
 *   SCRYPT cryptogram                 ->
 *                                     <-    RMAC_I  first MAC
 */
#ifndef DEVICE_OSDP_SECURE_H
#define DEVICE_OSDP_SECURE_H

#include "codec/osdp.h"
#include "crypto/crypto.h"

struct osdp_key {
	uint8_t b[OSDP_KEY_LEN];
};

/* The key that every reader has when it leaves the factory: for pairing, and for nothing else. */
extern const struct osdp_key osdp_default_key;

/* Zeroed: no channel. Holds secrets: osdp_secure_wipe. */
struct osdp_secure {
	bool up; /* the handshake is through */
	bool default_key;
	uint8_t nonce_a[OSDP_NONCE_LEN], nonce_b[OSDP_NONCE_LEN];
	struct osdp_key base, enc, mac1, mac2;
	uint8_t server[OSDP_KEY_LEN]; /* the controller's cryptogram */
	uint8_t c_mac[OSDP_KEY_LEN],
	    r_mac[OSDP_KEY_LEN]; /* of the last command, of the last reply */
};

void osdp_secure_wipe(struct osdp_secure *s);

/* Controller: begin with this key; then send s->nonce_a. */
void osdp_secure_challenge(struct osdp_secure *s, const struct osdp_key *key,
			   const struct random_source *random);
/* Its reader's answer. TANU_DAMAGED (crypto): it does not hold the key. Then send s->server. */
tanu_status osdp_secure_take_client(struct osdp_secure *s, const uint8_t nonce_b[OSDP_NONCE_LEN],
				    const uint8_t cryptogram[OSDP_KEY_LEN], tanu_error *err);
/* The first MAC. TANU_DAMAGED (crypto): not the one of this session. Then the channel is up. */
tanu_status osdp_secure_take_rmac(struct osdp_secure *s, const uint8_t rmac[OSDP_KEY_LEN],
				  tanu_error *err);

/* Reader: answer a challenge; s->nonce_b and `cryptogram` go back. */
tanu_status osdp_secure_answer(struct osdp_secure *s, uint8_t cryptogram[OSDP_KEY_LEN],
			       const struct osdp_key *key, const uint8_t nonce_a[OSDP_NONCE_LEN],
			       const struct random_source *random, tanu_error *err);
/* The controller's cryptogram; s->r_mac goes back. TANU_DAMAGED (crypto): it lacks the key. */
tanu_status osdp_secure_take_server(struct osdp_secure *s, const uint8_t cryptogram[OSDP_KEY_LEN],
				    tanu_error *err);

/*
 * A message with its MAC, and its data encrypted where it has any: `frame` without security block,
 * its data in clear. `out_len` bytes of `out`. The chain moves on.
 */
tanu_status osdp_secure_seal(struct osdp_secure *s, uint8_t out[OSDP_FRAME_MAX], size_t *out_len,
			     const struct osdp_frame *frame, tanu_error *err);

/*
 * Is this message the next of the session? Its data in clear into `plain`. TANU_DAMAGED (crypto):
 * no MAC, a false one, one of another place in the chain, data that do not decrypt; the chain then
 * stays where it was.
 */
tanu_status osdp_secure_open(struct osdp_secure *s, uint8_t plain[OSDP_DATA_MAX], size_t *plain_len,
			     const struct osdp_frame *frame, tanu_error *err);

/* The whole MAC over the first `len` bytes of a message. */
tanu_status osdp_secure_mac(const struct osdp_secure *s, uint8_t mac[OSDP_KEY_LEN], bool reply,
			    const uint8_t *bytes, size_t len, tanu_error *err);

#endif
