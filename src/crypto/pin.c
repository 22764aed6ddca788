/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crypto.h"

#include <sodium.h>
#include <string.h>

_Static_assert(PIN_SALT_LEN == crypto_pwhash_argon2id_SALTBYTES, "salt of Argon2id");

#define PASSES 3
#define MEMORY ((size_t)8 << 20)

tanu_status pin_stretch(uint8_t out[SECRET_LEN], const char *pin, const uint8_t salt[PIN_SALT_LEN],
			tanu_error *err)
{
	if (crypto_pwhash_argon2id(out, SECRET_LEN, pin, strlen(pin), salt, PASSES, MEMORY,
				   crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory to check a PIN");
}
