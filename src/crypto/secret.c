/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crypto.h"

#include "os/os.h"

void secret_wipe(struct secret *s)
{
	mem_wipe(s, sizeof(*s));
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	return crypto_equal(a->b, b->b, sizeof(a->b));
}

struct secret *secret_new(void)
{
	return os_secret_alloc(sizeof(struct secret));
}

void secret_free(struct secret **secret)
{
	if (*secret)
		os_secret_free(*secret, sizeof(**secret));
	*secret = NULL;
}
