/* SPDX-License-Identifier: Apache-2.0 */
/* The gate's own keys and whom it is paired with: two files of its state folder. */
#include "gate/inside.h"

#include <stdio.h>
#include <string.h>

#define KEY_FILE  "gate.key"
#define PAIR_FILE "gate.pair"
#define KEY_LEN	  (2 * SECRET_LEN)
#define PAIR_LEN  (2 * TANU_ID_LEN + PUBLIC_KEY_LEN + BOX_KEY_LEN + PAIR_PIN_LEN)

static tanu_status keys_make(struct gate_identity *id, const char *path,
			     const struct random_source *random, tanu_error *err)
{
	uint8_t bytes[KEY_LEN];
	tanu_status st;

	random_fill(random, bytes, sizeof(bytes));
	if ((st = os_replace_file(path, bytes, sizeof(bytes), 0600, err)) == TANU_OK) {
		memcpy(id->sign.b, bytes, SECRET_LEN);
		memcpy(id->box.b, bytes + SECRET_LEN, SECRET_LEN);
	}
	mem_wipe(bytes, sizeof(bytes));
	return st;
}

static tanu_status keys_read(struct gate_identity *id, const char *path,
			     const struct random_source *random, tanu_error *err)
{
	struct buf file = {0};
	tanu_status st;

	if (!os_exists(path))
		return keys_make(id, path, random, err);
	st = os_read_file(&file, path, KEY_LEN, err);
	if (st == TANU_OK && file.len != KEY_LEN)
		st = tanu_fail(err, TANU_ERR_KEYS_DAMAGED, path,
			       "these are not the keys of a gate: remove the file and pair anew");
	if (st == TANU_OK) {
		memcpy(id->sign.b, file.data, SECRET_LEN);
		memcpy(id->box.b, file.data + SECRET_LEN, SECRET_LEN);
	}
	buf_wipe(&file);
	return st;
}

static tanu_status pair_read(struct gate_identity *id, const char *path, tanu_error *err)
{
	struct buf file = {0};
	struct rd r;
	size_t len;
	tanu_status st;

	if (!os_exists(path))
		return TANU_OK;
	if ((st = os_read_file(&file, path, PAIR_LEN + PAIR_NAME_LEN, err)) < 0)
		return st;
	rd_init(&r, file.data, file.len);
	rd_copy(&r, id->pair.site.b, TANU_ID_LEN);
	rd_copy(&r, id->pair.gate.b, TANU_ID_LEN);
	rd_copy(&r, id->pair.site_sign, PUBLIC_KEY_LEN);
	rd_copy(&r, id->pair.site_box, BOX_KEY_LEN);
	rd_copy(&r, id->server_pin, PAIR_PIN_LEN);
	len = rd_left(&r);
	if (!rd_ok(&r) || len == 0 || len >= PAIR_NAME_LEN) {
		st = tanu_fail(err, TANU_ERR_FORMAT, path,
			       "this is not a pairing: remove the file and pair anew");
	} else {
		rd_copy(&r, id->name, len);
		id->name[len] = '\0';
		id->paired = true;
	}
	buf_free(&file);
	return st;
}

static tanu_status paths(char key[OS_PATH_MAX], char pair[OS_PATH_MAX], const char *dir,
			 tanu_error *err)
{
	tanu_status st = os_path(key, OS_PATH_MAX, dir, KEY_FILE, err);

	return st < 0 ? st : os_path(pair, OS_PATH_MAX, dir, PAIR_FILE, err);
}

tanu_status gate_identity_open(struct gate_identity *out, const char *state_dir,
			       const struct random_source *random, tanu_error *err)
{
	char key[OS_PATH_MAX], pair[OS_PATH_MAX];
	struct gate_identity id = {0};
	tanu_status st;

	if ((st = paths(key, pair, state_dir, err)) == TANU_OK &&
	    (st = os_make_dir(state_dir, 0700, err)) == TANU_OK &&
	    (st = keys_read(&id, key, random, err)) == TANU_OK &&
	    (st = pair_read(&id, pair, err)) == TANU_OK)
		*out = id;
	gate_identity_wipe(&id);
	return st;
}

void gate_identity_wipe(struct gate_identity *identity)
{
	mem_wipe(identity, sizeof(*identity));
}

static struct pair_request request_of(const struct gate_identity *id, const uint8_t *tls_pin)
{
	struct pair_request request = {.box_key = {0}};

	sign_public_key(request.sign_key, &id->sign);
	box_public_key(request.box_key, &id->box);
	if (tls_pin)
		memcpy(request.tls_pin, tls_pin, PAIR_PIN_LEN);
	return request;
}

void gate_pair_ask(struct buf *out, const struct gate_identity *identity, const uint8_t *tls_pin,
		   const struct secret *code_key)
{
	struct pair_request request = request_of(identity, tls_pin);

	pair_request_put(out, &request, code_key);
}

static tanu_status pair_write(const struct pair_reply *reply, const char *path, tanu_error *err)
{
	struct buf file = {0};
	tanu_status st;

	buf_put(&file, reply->pair.site.b, TANU_ID_LEN);
	buf_put(&file, reply->pair.gate.b, TANU_ID_LEN);
	buf_put(&file, reply->pair.site_sign, PUBLIC_KEY_LEN);
	buf_put(&file, reply->pair.site_box, BOX_KEY_LEN);
	buf_put(&file, reply->tls_pin, PAIR_PIN_LEN);
	buf_str(&file, reply->name);
	if ((st = buf_check(&file, err)) == TANU_OK)
		st = os_replace_file(path, file.data, file.len, 0600, err);
	buf_free(&file);
	return st;
}

tanu_status gate_pair_keep(struct gate_identity *identity, const char *state_dir, const void *reply,
			   size_t reply_len, const uint8_t *tls_pin, const struct secret *code_key,
			   tanu_error *err)
{
	struct pair_request request = request_of(identity, tls_pin);
	char key[OS_PATH_MAX], pair[OS_PATH_MAX];
	struct pair_reply answer = {0};
	tanu_status st;

	if ((st = pair_reply_get(&answer, reply, reply_len, &request, code_key, err)) < 0 ||
	    (st = paths(key, pair, state_dir, err)) < 0 ||
	    (st = pair_write(&answer, pair, err)) < 0)
		return st;
	identity->paired = true;
	identity->pair = answer.pair;
	memcpy(identity->server_pin, answer.tls_pin, PAIR_PIN_LEN);
	snprintf(identity->name, sizeof(identity->name), "%s", answer.name);
	return TANU_OK;
}
