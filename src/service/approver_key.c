/* SPDX-License-Identifier: Apache-2.0 */
/* The approver's side: her key, and what she signs with it. No site is opened. */
#include "service/disclosure.h"

#include <string.h>

tanu_status service_approver_key(struct buf *secret, struct buf *vkey, const char *name,
				 tanu_error *err)
{
	struct random_source random = os_random();
	struct signer signer = {0};
	tanu_verifier verifier;
	struct secret seed;
	tanu_status st = crypto_init(err);

	if (st < 0)
		return st;
	random_fill(&random, seed.b, sizeof(seed.b));
	if ((st = signer_init(&signer, name, TANU_KEY_ED25519, &seed, err)) == TANU_OK) {
		signer_verifier(&verifier, &signer);
		signer_put_secret(secret, &signer);
		verifier_put(vkey, &verifier);
		if ((st = buf_check(secret, err)) == TANU_OK)
			st = buf_check(vkey, err);
	}
	secret_wipe(&seed);
	signer_wipe(&signer);
	return st;
}

/* The heading and one line of JSON. */
static tanu_status order_of_text(struct disclosure_order *out, const void *text, size_t len,
				 tanu_error *err)
{
	const size_t heading = strlen(APPROVAL_HEADING);
	const char *bytes = text;
	struct buf object = {0};
	tanu_status st;

	if (len <= heading || memcmp(bytes, APPROVAL_HEADING, heading) != 0 ||
	    bytes[len - 1] != '\n')
		return tanu_fail(err, TANU_ERR_FORMAT, NULL,
				 "this is not an order to approve: it comes from tanu disclosure "
				 "order");
	buf_put(&object, bytes + heading, len - heading - 1);
	if ((st = buf_check(&object, err)) == TANU_OK)
		st = order_decode(out, &object, err);
	buf_free(&object);
	return st;
}

/* One line, as a file of secrets holds it. */
static tanu_status signer_of(struct signer *out, const char *secret, tanu_error *err)
{
	struct buf line = {0};
	tanu_status st;

	buf_put(&line, secret, strcspn(secret, "\r\n"));
	st = signer_parse_secret(out, buf_cstr(&line), err);
	buf_wipe(&line);
	return st;
}

tanu_status service_approver_sign(struct buf *out, struct disclosure_order *order,
				  const char *secret, const void *text, size_t text_len,
				  tanu_error *err)
{
	struct signer signer = {0};
	tanu_status st;

	if ((st = crypto_init(err)) < 0 || (st = order_of_text(order, text, text_len, err)) < 0 ||
	    (st = signer_of(&signer, secret, err)) < 0)
		return st;
	st = note_sign(out, &signer, text, text_len, err);
	signer_wipe(&signer);
	return st < 0 ? st : buf_check(out, err);
}
