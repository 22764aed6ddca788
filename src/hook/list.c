/* SPDX-License-Identifier: Apache-2.0 */
/* Which webhooks there are: one file in the folder, for its owner alone. */
#include "hook/inside.h"

#include "os/os.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LIST_FILE "hooks.json"
#define LIST_MAX  ((size_t)16 << 10)

/* ---- the file ---- */

static tanu_status get_hook(struct hook *out, json_value from, tanu_error *err)
{
	const char *id = NULL, *key = NULL, *url = NULL;
	tanu_status st;

	if ((st = json_text(&id, from, "id", err)) < 0 ||
	    (st = json_text(&key, from, "key", err)) < 0 ||
	    (st = json_text(&url, from, "url", err)) < 0 ||
	    (st = json_bool(&out->people, from, "people", err)) < 0 ||
	    (st = json_int(&out->added_ms, from, "added_ms", err)) < 0 ||
	    (st = json_int(&out->off_ms, from, "off_ms", err)) < 0)
		return st;
	if (!id_parse(&out->id, id) || !hex_decode(out->key.b, SECRET_LEN, key) ||
	    strlen(url) > HOOK_URL_MAX)
		return tanu_fail(err, TANU_ERR_JSON, LIST_FILE, "this is no webhook");
	snprintf(out->url, sizeof(out->url), "%s", url);
	return TANU_OK;
}

static tanu_status get_list(struct hooks *out, json_value root, tanu_error *err)
{
	json_value list = NULL;
	tanu_status st = json_list(&list, root, "hooks", err);

	if (st == TANU_OK && json_len(list) > HOOKS_MAX)
		st = tanu_fail(err, TANU_ERR_JSON, LIST_FILE, "more than there can be");
	for (size_t i = 0; i < json_len(list) && st == TANU_OK; i++)
		st = get_hook(&out->v[out->len++], json_at(list, i), err);
	return st;
}

tanu_status hooks_load(struct hooks *out, const char *folder, tanu_error *err)
{
	struct hooks hooks = {.len = 0};
	struct json_doc *doc = NULL;
	struct buf file = {0};
	char path[OS_PATH_MAX];
	tanu_status st = os_path(path, sizeof(path), folder, LIST_FILE, err);

	*out = (struct hooks){.len = 0};
	if (st < 0 || !os_exists(path))
		return st;
	if ((st = os_read_file(&file, path, LIST_MAX, err)) == TANU_OK &&
	    (st = json_parse(&doc, file.data, file.len, LIST_MAX, LIST_FILE, err)) == TANU_OK &&
	    (st = get_list(&hooks, json_root(doc), err)) == TANU_OK)
		*out = hooks;
	json_free(&doc);
	buf_wipe(&file);
	mem_wipe(&hooks, sizeof(hooks));
	return st;
}

static void put_hook(struct json_w *w, const struct hook *hook)
{
	char key[2 * SECRET_LEN + 1];

	hex_encode(key, hook->key.b, SECRET_LEN);
	jw_object(w, NULL);
	jw_int(w, "added_ms", hook->added_ms);
	jw_id(w, "id", &hook->id);
	jw_text(w, "key", key);
	jw_int(w, "off_ms", hook->off_ms);
	jw_bool(w, "people", hook->people);
	jw_text(w, "url", hook->url);
	jw_end_object(w);
	mem_wipe(key, sizeof(key));
}

tanu_status hooks_save(const struct hooks *hooks, const char *folder, tanu_error *err)
{
	struct buf file = {0};
	char path[OS_PATH_MAX];
	struct json_w w;
	tanu_status st;

	jw_init(&w, &file);
	jw_object(&w, NULL);
	jw_array(&w, "hooks");
	for (size_t i = 0; i < hooks->len; i++)
		put_hook(&w, &hooks->v[i]);
	jw_end_array(&w);
	jw_end_object(&w);
	if ((st = buf_check(&file, err)) == TANU_OK &&
	    (st = os_path(path, sizeof(path), folder, LIST_FILE, err)) == TANU_OK &&
	    (st = os_make_dir(folder, 0700, err)) == TANU_OK)
		st = os_replace_file(path, file.data, file.len, 0600, err);
	buf_wipe(&file);
	return st;
}

/* ---- adding and removing ---- */

static bool is_local(const char *url)
{
	static const char *const begins[] = {"http://127.0.0.1", "http://localhost",
					     "http://[::1]"};

	for (size_t i = 0; i < ARRAY_LEN(begins); i++) {
		const char *after = url + strlen(begins[i]);

		if (strncmp(url, begins[i], strlen(begins[i])) == 0 &&
		    (*after == ':' || *after == '/' || *after == '\0'))
			return true;
	}
	return false;
}

static tanu_status url_check(const char *url, tanu_error *err)
{
	if (strlen(url) > HOOK_URL_MAX || !utf8_plain(url, strlen(url)) || strchr(url, ' ') ||
	    (strncmp(url, "https://", 8) != 0 && !is_local(url)) || strlen(url) < 9)
		return tanu_fail(err, TANU_ERR_USAGE, "url",
				 "an address that messages go to: https://..., at most %d bytes "
				 "(http:// for this machine itself)",
				 HOOK_URL_MAX);
	return TANU_OK;
}

tanu_status hook_add(struct hook *out, const char *folder, const char *url, bool people,
		     const struct random_source *random, int64_t now_ms, tanu_error *err)
{
	struct hooks hooks;
	struct hook *fresh;
	tanu_status st;

	if ((st = url_check(url, err)) < 0 || (st = hooks_load(&hooks, folder, err)) < 0)
		return st;
	if (hooks.len == HOOKS_MAX) {
		st = tanu_fail(err, TANU_ERR_CONFLICT, "webhook",
			       "%d webhooks are enough: remove one first", HOOKS_MAX);
	} else {
		fresh = &hooks.v[hooks.len++];
		*fresh = (struct hook){.people = people, .added_ms = now_ms};
		random_fill(random, &fresh->id, sizeof(fresh->id));
		random_fill(random, &fresh->key, sizeof(fresh->key));
		snprintf(fresh->url, sizeof(fresh->url), "%s", url);
		if ((st = hooks_save(&hooks, folder, err)) == TANU_OK)
			*out = *fresh;
	}
	mem_wipe(&hooks, sizeof(hooks));
	return st;
}

void hook_secret_text(char out[HOOK_SECRET_LEN], const struct hook *hook)
{
	struct buf text = {0};

	buf_str(&text, "whsec_");
	base64_put(&text, hook->key.b, SECRET_LEN);
	snprintf(out, HOOK_SECRET_LEN, "%s", buf_cstr(&text));
	buf_wipe(&text);
}

struct hook *hook_find(struct hooks *hooks, const char *text)
{
	struct hook *found = NULL;
	char hex[ID_HEX_LEN];

	for (size_t i = 0; i < hooks->len && strlen(text) >= 6; i++) {
		id_hex(hex, &hooks->v[i].id);
		if (strncasecmp(hex, text, strlen(text)) == 0)
			found = found ? NULL : &hooks->v[i];
	}
	return found;
}

tanu_status hook_remove(tanu_id *gone, const char *folder, const char *text, tanu_error *err)
{
	struct hooks hooks;
	struct hook *hook;
	tanu_status st = hooks_load(&hooks, folder, err);

	if (st < 0)
		return st;
	hook = hook_find(&hooks, text);
	if (!hook) {
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, "webhook",
			       "there is no such webhook: see tanu webhook list");
	} else {
		*gone = hook->id;
		hooks.len--;
		memmove(hook, hook + 1, (size_t)(&hooks.v[hooks.len] - hook) * sizeof(*hook));
		if ((st = hooks_save(&hooks, folder, err)) == TANU_OK)
			st = queue_drop(folder, gone, err);
	}
	mem_wipe(&hooks, sizeof(hooks));
	return st;
}
