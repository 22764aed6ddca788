/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of a monitor: one JSON object with the last signed checkpoint (base64, as it was
 * served), when it was seen, the policy it was believed by (base64), and the examination of the
 * entries up to it.
 */
#include "cli/watch_state.h"

#include <stdio.h>
#include <string.h>

#define STATE_MAX     ((size_t)32 << 20)
#define STATE_VERSION 1

tanu_status watch_state_open(struct watch_state *out, const char *path, tanu_error *err)
{
	char lock[OS_PATH_MAX];
	tanu_status st;

	*out = (struct watch_state){.path = path};
	if (snprintf(lock, sizeof(lock), "%s.lock", path) >= (int)sizeof(lock))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, path, "the name is too long");
	st = os_lock_take(&out->lock, lock, err);
	if (st == TANU_BUSY)
		return tanu_fail(err, TANU_ERR_FOLDER_BUSY, path,
				 "another monitor uses this state file");
	return st;
}

void watch_state_close(struct watch_state *state)
{
	log_exam_free(&state->exam);
	buf_free(&state->note);
	buf_free(&state->policy);
	os_lock_drop(&state->lock);
}

static tanu_status get_bytes(struct buf *out, json_value root, const char *key, tanu_error *err)
{
	const char *text;
	tanu_status st = json_text(&text, root, key, err);

	return st < 0 ? st : base64_get(out, text, strlen(text), err);
}

static tanu_status read_state(struct watch_state *state, json_value root, tanu_error *err)
{
	int64_t version;
	tanu_status st;

	if ((st = json_int(&version, root, "version", err)) < 0)
		return st;
	if (version != STATE_VERSION)
		return tanu_fail(err, TANU_ERR_JSON, "version", "the state of a newer Tanu");
	if ((st = get_bytes(&state->note, root, "checkpoint", err)) < 0 ||
	    (st = get_bytes(&state->policy, root, "policy", err)) < 0)
		return st;
	return log_exam_get(&state->exam, json_get(root, "exam"), err);
}

tanu_status watch_state_load(struct watch_state *state, tanu_error *err)
{
	struct json_doc *doc = NULL;
	struct buf text = {0};
	tanu_status st;

	log_exam_free(&state->exam);
	buf_free(&state->note);
	buf_free(&state->policy);
	if (!os_exists(state->path))
		return log_exam_new(&state->exam, err);
	if ((st = os_read_file(&text, state->path, STATE_MAX, err)) < 0 ||
	    (st = json_parse(&doc, text.data, text.len, STATE_MAX, state->path, err)) < 0)
		goto out;
	if ((st = read_state(state, json_root(doc), err)) < 0)
		error_prefix_place(err, state->path);
out:
	json_free(&doc);
	buf_free(&text);
	return st;
}

static void put_bytes(struct json_w *w, const char *key, const struct buf *bytes)
{
	struct buf base64 = {0};

	base64_put(&base64, bytes->data, bytes->len);
	jw_text(w, key, buf_cstr(&base64));
	if (base64.failed)
		w->out->failed = true;
	buf_free(&base64);
}

tanu_status watch_state_keep(struct watch_state *state, const struct buf *note,
			     const struct buf *policy, int64_t now_ms, tanu_error *err)
{
	struct buf text = {.max = STATE_MAX};
	struct json_w w;
	tanu_status st;

	jw_init(&w, &text);
	jw_object(&w, NULL);
	put_bytes(&w, "checkpoint", note);
	log_exam_put(&w, "exam", state->exam);
	put_bytes(&w, "policy", policy);
	jw_int(&w, "seen_ms", now_ms);
	jw_int(&w, "version", STATE_VERSION);
	jw_end_object(&w);
	buf_u8(&text, '\n');
	if ((st = buf_check(&text, err)) == TANU_OK)
		st = os_replace_file(state->path, text.data, text.len, 0600, err);
	buf_free(&text);
	return st;
}
