/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hook.h - webhooks: what happens at a site, told to programs of others, signed, until they have
 * taken it. After Standard Webhooks 1.0 (github.com/standard-webhooks): headers webhook-id,
 * webhook-timestamp, webhook-signature, HMAC-SHA-256 over "id.timestamp.body".
 *
 * The server has no way out into a network. It puts each message into a folder, and a program of
 * its own, which sees nothing but that folder, sends them (docs/webhooks.md). A message holds a
 * word, a time, the id of a gate and, for hooks that were set so, of a person: never a name.
 */
#ifndef HOOK_HOOK_H
#define HOOK_HOOK_H

#include "codec/codec.h"
#include "crypto/crypto.h"

#define HOOKS_MAX	8
#define HOOK_URL_MAX	500
#define HOOK_QUEUE_MAX	10000 /* files that wait; what comes beyond them is not kept */
#define HOOK_SECRET_LEN 52    /* "whsec_" and base64 of 32 bytes, and zero */

struct hook {
	tanu_id id;
	char url[HOOK_URL_MAX + 1];
	struct secret key;
	bool people; /* the ids of persons too */
	int64_t added_ms;
	int64_t off_ms; /* its receiver has said that it is gone; 0: it has not */
};
struct hooks {
	struct hook v[HOOKS_MAX];
	size_t len;
};

/*
 * Those of the folder; none where it is not there. TANU_INPUT (json): the file is damaged. Wipe
 * with mem_wipe: it holds keys.
 */
tanu_status hooks_load(struct hooks *out, const char *folder, tanu_error *err);
/* The folder is made if it is missing. TANU_USAGE: an address that is not https (or http of this
 * machine), TANU_LIMIT (conflict): there are HOOKS_MAX. */
tanu_status hook_add(struct hook *out, const char *folder, const char *url, bool people,
		     const struct random_source *random, int64_t now_ms, tanu_error *err);
void hook_secret_text(char out[HOOK_SECRET_LEN], const struct hook *hook);
/* With all that waits for it. `text`: its id, or at least 6 digits of it. `*gone` is the id of the
 * one removed. TANU_NOT_FOUND (record-missing). */
tanu_status hook_remove(tanu_id *gone, const char *folder, const char *text, tanu_error *err);

/* ---- what happened ---- */

struct hook_event {
	const char *type; /* a word, "admitted" */
	int64_t at_ms;
	tanu_id gate, subject; /* zero: none */
};
/* One message for each hook, on the disk when it returns. TANU_LIMIT (spool-full). */
tanu_status hook_put(const char *folder, const struct hook_event *event,
		     const struct random_source *random, int64_t now_ms, tanu_error *err);

/* ---- sending ---- */

/* How often it is tried, and how long is waited before each: 5 s, 5 min, ... 24 h. */
#define HOOK_TRIES 10
int64_t hook_wait_ms(unsigned tries); /* after so many that failed */

struct hook_counts {
	size_t waiting; /* of them some may not be due yet */
	size_t sent, failed, given_up;
};
/*
 * Sends what is due by `now_ms`, oldest first; `send` is the network: status of the answer, or
 * TANU_SYSTEM. 2xx is taken; 410 turns the hook off; all else is tried again later.
 */
struct hook_request {
	const char *url, *id, *timestamp, *signature;
	const void *body;
	size_t body_len;
};
tanu_status hooks_send(struct hook_counts *out, const char *folder,
		       tanu_status (*send)(void *self, int *status,
					   const struct hook_request *request, tanu_error *err),
		       void *self, int64_t now_ms, tanu_error *err);

/* "v1," and base64 of the HMAC. */
#define HOOK_SIGNATURE_LEN 48
void hook_sign(char out[HOOK_SIGNATURE_LEN], const struct secret *key, const char *id,
	       const char *timestamp, const void *body, size_t body_len);

#endif
