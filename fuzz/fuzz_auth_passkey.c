/* SPDX-License-Identifier: Apache-2.0 */
/* What a browser says of a passkey: its own JSON, and the bytes of the authenticator behind it. The
 * first byte says how much of it is JSON, in sixteens. */
#include "auth/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t now_ms(void *self)
{
	(void)self;
	return 1000;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct auth auth = {.clock = {.now_ms = now_ms}};
	static const struct passkey_place place = {.rp_id = "localhost",
						   .origin = "https://localhost"};
	struct account account = {.challenge_ms = 1000};
	struct passkey_made made = {.place = place, .name = "x"};
	struct passkey_answer answer = {.place = place};
	size_t json_len;

	if (size == 0)
		return 0;
	json_len = (size_t)data[0] * 16;
	if (json_len > size - 1)
		json_len = size - 1;
	made.client_data = (struct bytes){data + 1, json_len};
	made.authdata = (struct bytes){data + 1 + json_len, size - 1 - json_len};
	passkey_add(&auth, &account, &made, NULL);
	account.challenge_ms = 1000;
	answer.client_data = made.client_data;
	answer.authdata = answer.signature = made.authdata;
	answer.id = (struct bytes){account.passkey[0].id, account.passkey[0].id_len};
	passkey_check(&auth, &account, &answer, NULL);
	return 0;
}
