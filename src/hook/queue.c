/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages that wait, one file each: "m-TIME-NUMBER-HOOK.json", so that the names in order are the
 * order in which things happened. A file holds the message's id, its body as it is sent, how often
 * it was tried and when it is due again.
 */
#include "hook/inside.h"

#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_MAX  ((size_t)8 << 10)
#define NAME_MAX_LEN 96
#define ID_TEXT_LEN  40 /* "msg_" and 32 digits, and zero */

struct message {
	char id[ID_TEXT_LEN];
	char body[1024];
	unsigned tries;
	int64_t due_ms;
};

/* ---- names ---- */

struct names {
	char (*v)[NAME_MAX_LEN];
	size_t len, room;
};

static tanu_status take_name(void *self, const char *name, tanu_error *err)
{
	struct names *n = self;
	void *more;

	if (strncmp(name, "m-", 2) != 0 || strlen(name) >= NAME_MAX_LEN)
		return TANU_OK;
	if (n->len == n->room) {
		n->room = n->room ? 2 * n->room : 64;
		more = realloc(n->v, n->room * sizeof(*n->v));
		if (!more)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		n->v = more;
	}
	snprintf(n->v[n->len++], NAME_MAX_LEN, "%s", name);
	return TANU_OK;
}

static tanu_status names_read(struct names *out, const char *folder, tanu_error *err)
{
	*out = (struct names){0};
	return os_is_dir(folder) ? os_list_dir(folder, take_name, out, err) : TANU_OK;
}

static bool is_of(const char *name, const tanu_id *hook)
{
	char hex[ID_HEX_LEN];

	id_hex(hex, hook);
	return strstr(name, hex) != NULL;
}

tanu_status queue_drop(const char *folder, const tanu_id *hook, tanu_error *err)
{
	struct names names;
	char path[OS_PATH_MAX];
	tanu_status st = names_read(&names, folder, err);

	for (size_t i = 0; i < names.len && st == TANU_OK; i++)
		if (is_of(names.v[i], hook) &&
		    (st = os_path(path, sizeof(path), folder, names.v[i], err)) == TANU_OK)
			st = os_remove_file(path, err);
	free(names.v);
	return st;
}

/* ---- one message ---- */

static tanu_status message_save(const struct message *m, const char *path, tanu_error *err)
{
	struct buf file = {0};
	struct json_w w;
	tanu_status st;

	jw_init(&w, &file);
	jw_object(&w, NULL);
	jw_text(&w, "body", m->body);
	jw_int(&w, "due_ms", m->due_ms);
	jw_text(&w, "id", m->id);
	jw_int(&w, "tries", m->tries);
	jw_end_object(&w);
	if ((st = buf_check(&file, err)) == TANU_OK)
		st = os_replace_file(path, file.data, file.len, 0600, err);
	buf_free(&file);
	return st;
}

static tanu_status message_get(struct message *out, json_value root, tanu_error *err)
{
	const char *body = NULL, *id = NULL;
	int64_t tries = 0;
	tanu_status st;

	if ((st = json_text(&body, root, "body", err)) < 0 ||
	    (st = json_text(&id, root, "id", err)) < 0 ||
	    (st = json_int(&tries, root, "tries", err)) < 0 ||
	    (st = json_int(&out->due_ms, root, "due_ms", err)) < 0)
		return st;
	if (strlen(body) >= sizeof(out->body) || strlen(id) >= sizeof(out->id) || tries < 0 ||
	    tries > HOOK_TRIES)
		return tanu_fail(err, TANU_ERR_JSON, "message", "this is no message");
	snprintf(out->body, sizeof(out->body), "%s", body);
	snprintf(out->id, sizeof(out->id), "%s", id);
	out->tries = (unsigned)tries;
	return TANU_OK;
}

static tanu_status message_load(struct message *out, const char *path, tanu_error *err)
{
	struct json_doc *doc = NULL;
	struct buf file = {0};
	tanu_status st = os_read_file(&file, path, MESSAGE_MAX, err);

	*out = (struct message){.tries = 0};
	if (st == TANU_OK &&
	    (st = json_parse(&doc, file.data, file.len, MESSAGE_MAX, "message", err)) == TANU_OK)
		st = message_get(out, json_root(doc), err);
	json_free(&doc);
	buf_free(&file);
	return st;
}

/* ---- what happened ---- */

static tanu_status body_write(struct message *m, const struct hook *hook,
			      const struct hook_event *event, tanu_error *err)
{
	char at[TIME_TEXT_LEN];
	struct buf text = {0};
	struct json_w w;
	tanu_status st;

	time_text(at, event->at_ms);
	jw_init(&w, &text);
	jw_object(&w, NULL);
	jw_object(&w, "data");
	if (!id_is_zero(&event->gate))
		jw_id(&w, "gate", &event->gate);
	if (hook->people && !id_is_zero(&event->subject))
		jw_id(&w, "subject", &event->subject);
	jw_end_object(&w);
	jw_text(&w, "timestamp", at);
	jw_text(&w, "type", event->type);
	jw_end_object(&w);
	if ((st = buf_check(&text, err)) == TANU_OK)
		snprintf(m->body, sizeof(m->body), "%s", buf_cstr(&text));
	buf_free(&text);
	return st;
}

static tanu_status put_one(const char *folder, const struct hook *hook,
			   const struct hook_event *event, const struct random_source *random,
			   int64_t now_ms, tanu_error *err)
{
	char name[NAME_MAX_LEN], path[OS_PATH_MAX], hex[ID_HEX_LEN];
	struct message m = {.due_ms = now_ms};
	tanu_id id;
	tanu_status st;

	random_fill(random, &id, sizeof(id));
	id_hex(hex, &id);
	snprintf(m.id, sizeof(m.id), "msg_%s", hex);
	snprintf(name, sizeof(name), "m-%015lld-%.8s-", (long long)now_ms, hex);
	id_hex(hex, &hook->id);
	snprintf(name + strlen(name), sizeof(name) - strlen(name), "%s.json", hex);
	if ((st = body_write(&m, hook, event, err)) < 0 ||
	    (st = os_path(path, sizeof(path), folder, name, err)) < 0)
		return st;
	return message_save(&m, path, err);
}

tanu_status hook_put(const char *folder, const struct hook_event *event,
		     const struct random_source *random, int64_t now_ms, tanu_error *err)
{
	struct names names = {0};
	struct hooks hooks;
	tanu_status st = hooks_load(&hooks, folder, err);

	if (st == TANU_OK && hooks.len > 0)
		st = names_read(&names, folder, err);
	if (st == TANU_OK && names.len + hooks.len > HOOK_QUEUE_MAX)
		st = tanu_fail(err, TANU_ERR_SPOOL_FULL, folder,
			       "%zu messages wait: see that tanu webhook send runs", names.len);
	for (size_t i = 0; i < hooks.len && st == TANU_OK; i++)
		if (!hooks.v[i].off_ms)
			st = put_one(folder, &hooks.v[i], event, random, now_ms, err);
	free(names.v);
	mem_wipe(&hooks, sizeof(hooks));
	return st;
}

/* ---- sending ---- */

/* As Standard Webhooks recommends. */
int64_t hook_wait_ms(unsigned tries)
{
	static const int64_t minutes[] = {5, 30, 120, 300, 600, 840, 1200, 1440};

	if (tries <= 1)
		return 5000;
	tries -= 2;
	return minutes[tries < ARRAY_LEN(minutes) ? tries : ARRAY_LEN(minutes) - 1] * 60000;
}

void hook_sign(char out[HOOK_SIGNATURE_LEN], const struct secret *key, const char *id,
	       const char *timestamp, const void *body, size_t body_len)
{
	struct buf signed_text = {0}, text = {0};
	uint8_t mac[MAC_LEN];

	buf_printf(&signed_text, "%s.%s.", id, timestamp);
	buf_put(&signed_text, body, body_len);
	hmac_sha256(mac, key->b, SECRET_LEN, signed_text.data, signed_text.len);
	buf_str(&text, "v1,");
	base64_put(&text, mac, sizeof(mac));
	snprintf(out, HOOK_SIGNATURE_LEN, "%s", buf_cstr(&text));
	buf_free(&signed_text);
	buf_free(&text);
}

struct sender {
	const char *folder;
	struct hooks hooks;
	tanu_status (*send)(void *self, int *status, const struct hook_request *request,
			    tanu_error *err);
	void *self;
	int64_t now_ms;
	struct hook_counts *counts;
};

static struct hook *hook_of(struct sender *s, const char *name)
{
	for (size_t i = 0; i < s->hooks.len; i++)
		if (is_of(name, &s->hooks.v[i].id))
			return &s->hooks.v[i];
	return NULL;
}

/* The status of the answer; 0: there was none. */
static int deliver(struct sender *s, const struct hook *hook, const struct message *m)
{
	char timestamp[24], signature[HOOK_SIGNATURE_LEN];
	struct hook_request request = {.url = hook->url,
				       .id = m->id,
				       .timestamp = timestamp,
				       .signature = signature,
				       .body = m->body,
				       .body_len = strlen(m->body)};
	int status = 0;

	snprintf(timestamp, sizeof(timestamp), "%lld", (long long)(s->now_ms / 1000));
	hook_sign(signature, &hook->key, m->id, timestamp, m->body, strlen(m->body));
	return s->send(s->self, &status, &request, NULL) < 0 ? 0 : status;
}

static tanu_status try_one(struct sender *s, struct hook *hook, struct message *m, const char *path,
			   tanu_error *err)
{
	const int status = deliver(s, hook, m);

	if (status >= 200 && status < 300) {
		s->counts->sent++;
		return os_remove_file(path, err);
	}
	s->counts->failed++;
	if (status == 410) {
		hook->off_ms = s->now_ms;
		return hooks_save(&s->hooks, s->folder, err);
	}
	if (++m->tries >= HOOK_TRIES) {
		s->counts->given_up++;
		return os_remove_file(path, err);
	}
	m->due_ms = s->now_ms + hook_wait_ms(m->tries);
	s->counts->waiting++;
	return message_save(m, path, err);
}

/* What can't be read, or is of a hook that is gone, waits for nobody. */
static tanu_status take_one(struct sender *s, const char *name, tanu_error *err)
{
	struct hook *hook = hook_of(s, name);
	char path[OS_PATH_MAX];
	struct message m;
	tanu_status st = os_path(path, sizeof(path), s->folder, name, err);

	if (st < 0)
		return st;
	if (!hook || hook->off_ms || message_load(&m, path, NULL) < 0) {
		s->counts->given_up++;
		return os_remove_file(path, err);
	}
	if (m.due_ms > s->now_ms) {
		s->counts->waiting++;
		return TANU_OK;
	}
	return try_one(s, hook, &m, path, err);
}

tanu_status hooks_send(struct hook_counts *out, const char *folder,
		       tanu_status (*send)(void *self, int *status,
					   const struct hook_request *request, tanu_error *err),
		       void *self, int64_t now_ms, tanu_error *err)
{
	struct sender s = {
	    .folder = folder, .send = send, .self = self, .now_ms = now_ms, .counts = out};
	struct names names = {0};
	tanu_status st;

	*out = (struct hook_counts){0};
	if ((st = hooks_load(&s.hooks, folder, err)) == TANU_OK)
		st = names_read(&names, folder, err);
	for (size_t i = 0; i < names.len && st == TANU_OK; i++)
		st = take_one(&s, names.v[i], err);
	free(names.v);
	mem_wipe(&s, sizeof(s));
	return st;
}
