/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt/parse.h"

#include <string.h>

/* `key` NULL: inside an array. */
static void put_lines(struct json_w *w, const char *key, const char *text)
{
	struct buf line = {.max = TANU_RECEIPT_BYTES_MAX};

	jw_array(w, key);
	while (*text) {
		size_t len = strcspn(text, "\n");

		line.len = 0;
		buf_put(&line, text, len);
		jw_text(w, NULL, buf_cstr(&line));
		if (line.failed)
			w->out->failed = true;
		text += len + (text[len] == '\n');
	}
	jw_end_array(w);
	buf_free(&line);
}

static void put_keys(struct json_w *w, const tanu_receipt *r)
{
	char hex[2 * TANU_LOG_KEY_LEN + 1];

	jw_array(w, "keys");
	for (size_t i = 0; i < r->keys_len; i++) {
		jw_object(w, NULL);
		jw_int(w, "from_ms", r->keys[i].from_ms);
		hex_encode(hex, r->keys[i].key, TANU_LOG_KEY_LEN);
		jw_text(w, "key", hex);
		jw_end_object(w);
	}
	jw_end_array(w);
	mem_wipe(hex, sizeof(hex));
}

static void put_leaves(struct json_w *w, const tanu_receipt *r)
{
	jw_array(w, "leaves");
	for (size_t i = 0; i < r->leaves_len; i++) {
		const tanu_receipt_leaf *leaf = &r->leaves[i];

		jw_object(w, NULL);
		jw_text(w, "event", leaf->event);
		jw_int(w, "key", leaf->key);
		jw_int(w, "n", (int64_t)leaf->n);
		put_lines(w, "proof", leaf->proof);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static void put_json(struct buf *out, const tanu_receipt *r)
{
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	if (r->gate_words_len) {
		jw_array(&w, "gate_words");
		for (size_t i = 0; i < r->gate_words_len; i++)
			put_lines(&w, NULL, r->gate_words[i]);
		jw_end_array(&w);
	}
	jw_int(&w, "issued_ms", r->issued_ms);
	put_keys(&w, r);
	jw_text(&w, "kind", tanu_receipt_kind_name(r->kind));
	put_leaves(&w, r);
	jw_object(&w, "log");
	jw_text(&w, "key", r->log_key);
	jw_text(&w, "url", r->log_url);
	jw_end_object(&w);
	put_lines(&w, "policy", r->policy);
	jw_text(&w, "record", r->record);
	jw_text(&w, "site", r->site);
	jw_id(&w, "subject", &r->subject);
	jw_end_object(&w);
}

static bool is_the_logs_signer(const tanu_receipt *r, const struct signer *signer)
{
	struct buf vkey = {.max = 1024};
	tanu_verifier v;
	bool same;

	signer_verifier(&v, signer);
	verifier_put(&vkey, &v);
	same = strcmp(buf_cstr(&vkey), r->log_key) == 0;
	buf_free(&vkey);
	return same;
}

/* What is written must read back: the limits are those of the reader. */
static tanu_status reads_back(const struct buf *note, tanu_error *err)
{
	tanu_error why = {0};
	tanu_receipt *again = NULL;
	tanu_status st = tanu_receipt_parse(&again, (const char *)note->data, note->len, &why);

	tanu_receipt_free(&again);
	if (st == TANU_MEMORY)
		return tanu_fail(err, why.code, why.place, "%s", why.message);
	return st < 0 ? tanu_fail(err, TANU_ERR_BAD_CALL, why.place,
				  "the receipt would not read back: %s", why.message)
		      : TANU_OK;
}

tanu_status receipt_write(struct buf *out, const tanu_receipt *receipt, const struct signer *signer,
			  tanu_error *err)
{
	struct buf text = {.max = TANU_RECEIPT_BYTES_MAX}, note = {.max = 2 * text.max};
	tanu_status st;

	if (!is_the_logs_signer(receipt, signer))
		return BAD_CALL(err, "a receipt is signed by the log that it names");
	buf_str(&text, RECEIPT_FIRST_LINE);
	put_json(&text, receipt);
	buf_u8(&text, '\n');
	if (text.failed) {
		st = tanu_fail(err, TANU_ERR_BAD_CALL, "receipt",
			       "too long, or a text in it is not plain UTF-8");
		goto out;
	}
	if ((st = note_sign(&note, signer, (const char *)text.data, text.len, err)) < 0 ||
	    (st = reads_back(&note, err)) < 0)
		goto out;
	buf_put(out, note.data, note.len);
	st = buf_check(out, err);
out:
	buf_wipe(&text);
	buf_wipe(&note);
	return st;
}
