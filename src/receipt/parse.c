/* SPDX-License-Identifier: Apache-2.0 */
/* A receipt file: signed note, first line, one canonical JSON object. docs/log.md, "Receipts". */
#include "receipt/parse.h"

#include <stdlib.h>
#include <string.h>

#define LINES_MAX 512 /* of a policy or a proof */

static tanu_status bad_receipt(tanu_error *err, const char *place, const char *why)
{
	return tanu_fail(err, TANU_ERR_FORMAT, place, "%s", why);
}

static tanu_status too_much(tanu_error *err, const char *place, size_t max)
{
	return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, place, "more than the %zu that are allowed",
			 max);
}

/* Exactly these fields; `names` in rising order, closed by NULL. What begins with ? may be absent.
 */
static tanu_status only_fields(json_value object, const char *const *names, tanu_error *err)
{
	const char *key = json_next_key(object, NULL);

	for (; *names; names++) {
		bool optional = **names == '?';

		if (key && strcmp(key, *names + optional) == 0)
			key = json_next_key(object, key);
		else if (!optional)
			return bad_receipt(err, *names,
					   "a receipt has exactly the fields of its version");
	}
	return key ? bad_receipt(err, key, "a receipt has no such field") : TANU_OK;
}

static tanu_status get_ms(int64_t *out, json_value object, const char *key, tanu_error *err)
{
	tanu_status st = json_int(out, object, key, err);

	if (st == TANU_OK && *out < 0)
		return bad_receipt(err, key, "a time is not negative");
	return st;
}

static tanu_status get_text(const char **out, json_value object, const char *key, size_t max,
			    tanu_error *err)
{
	tanu_status st = json_text(out, object, key, err);

	if (st == TANU_OK && strlen(*out) > max)
		return too_much(err, key, max);
	return st;
}

/* An array of lines as one text in `lines`; where it begins. */
static tanu_status take_lines(struct buf *lines, size_t *at, json_value list, const char *key,
			      tanu_error *err)
{
	const char *line = NULL;
	tanu_status st = TANU_OK;

	if (json_len(list) > LINES_MAX)
		st = too_much(err, key, LINES_MAX);
	*at = lines->len;
	for (size_t i = 0; st == TANU_OK && i < json_len(list); i++) {
		if ((st = json_text_at(&line, list, i, err)) == TANU_OK) {
			buf_str(lines, line);
			buf_u8(lines, '\n');
		}
	}
	buf_u8(lines, 0);
	return st < 0 ? st : buf_check(lines, err);
}

static tanu_status get_lines(struct buf *lines, size_t *at, json_value object, const char *key,
			     tanu_error *err)
{
	json_value list = NULL;
	tanu_status st = json_list(&list, object, key, err);

	return st < 0 ? st : take_lines(lines, at, list, key, err);
}

static tanu_status read_key(tanu_receipt_key *out, json_value object, tanu_error *err)
{
	static const char *const names[] = {"from_ms", "key", NULL};
	const char *hex = NULL;
	tanu_status st;

	if ((st = only_fields(object, names, err)) < 0 ||
	    (st = get_ms(&out->from_ms, object, "from_ms", err)) < 0 ||
	    (st = json_text(&hex, object, "key", err)) < 0)
		return st;
	if (!hex_decode(out->key, sizeof(out->key), hex))
		return bad_receipt(err, "key", "a log key is 64 hex digits");
	return TANU_OK;
}

static tanu_status read_keys(struct receipt_file *f, json_value root, tanu_error *err)
{
	json_value list = NULL;
	tanu_status st = json_list(&list, root, "keys", err);

	if (st == TANU_OK && json_len(list) > TANU_RECEIPT_KEYS_MAX)
		st = too_much(err, "keys", TANU_RECEIPT_KEYS_MAX);
	for (size_t i = 0; st == TANU_OK && i < json_len(list); i++)
		st = read_key(&f->keys[i], json_at(list, i), err);
	f->receipt.keys = f->keys;
	f->receipt.keys_len = json_len(list);
	return st;
}

static tanu_status read_leaf(struct receipt_file *f, tanu_receipt_leaf *out, size_t *proof_at,
			     json_value object, tanu_error *err)
{
	static const char *const names[] = {"event", "key", "n", "proof", NULL};
	int64_t key = 0, n = 0;
	tanu_status st;

	if ((st = only_fields(object, names, err)) < 0 ||
	    (st = get_text(&out->event, object, "event", TANU_EVENT_MAX, err)) < 0 ||
	    (st = json_int(&key, object, "key", err)) < 0 ||
	    (st = json_int(&n, object, "n", err)) < 0 ||
	    (st = get_lines(&f->lines, proof_at, object, "proof", err)) < 0)
		return st;
	if (!*out->event || key < 0 || key >= TANU_RECEIPT_KEYS_MAX || n < 0)
		return bad_receipt(err, "leaves", "a leaf has a text, a key and a place");
	out->key = (uint32_t)key;
	out->n = (uint64_t)n;
	return TANU_OK;
}

/* `at`: where each begins in `lines`, which may still move. */
static tanu_status read_words(struct receipt_file *f, size_t *at, json_value root, tanu_error *err)
{
	json_value list = NULL;
	tanu_status st;

	if (!json_get(root, "gate_words"))
		return TANU_OK;
	if ((st = json_list(&list, root, "gate_words", err)) < 0)
		return st;
	if (json_len(list) > TANU_RECEIPT_GATES_MAX)
		return too_much(err, "gate_words", TANU_RECEIPT_GATES_MAX);
	if (json_len(list) == 0)
		return bad_receipt(err, "gate_words", "a receipt without notes has no such field");
	for (size_t i = 0; i < json_len(list) && st == TANU_OK; i++) {
		if (json_kind_of(json_at(list, i)) != JSON_KIND_ARRAY)
			return bad_receipt(err, "gate_words", "a note is an array of lines");
		st = take_lines(&f->lines, &at[i], json_at(list, i), "gate_words", err);
	}
	f->receipt.gate_words_len = json_len(list);
	return st;
}

static tanu_status read_leaves(struct receipt_file *f, json_value root, tanu_error *err)
{
	size_t at[TANU_RECEIPT_LEAVES_MAX] = {0};
	json_value list = NULL;
	tanu_status st = json_list(&list, root, "leaves", err);
	size_t len = json_len(list);

	if (st == TANU_OK && len > TANU_RECEIPT_LEAVES_MAX)
		st = too_much(err, "leaves", TANU_RECEIPT_LEAVES_MAX);
	for (size_t i = 0; st == TANU_OK && i < len; i++)
		st = read_leaf(f, &f->leaves[i], &at[i], json_at(list, i), err);
	if (st < 0)
		return st;
	for (size_t i = 0; i < len; i++)
		f->leaves[i].proof = (const char *)f->lines.data + at[i];
	f->receipt.leaves = f->leaves;
	f->receipt.leaves_len = len;
	return TANU_OK;
}

static tanu_status read_log(struct receipt_file *f, json_value root, tanu_error *err)
{
	static const char *const names[] = {"key", "url", NULL};
	json_value log = NULL;
	tanu_status st;

	if ((st = json_member(&log, root, "log", err)) < 0 ||
	    (st = only_fields(log, names, err)) < 0 ||
	    (st = json_text(&f->receipt.log_key, log, "key", err)) < 0 ||
	    (st = get_text(&f->receipt.log_url, log, "url", URL_BYTES_MAX, err)) < 0 ||
	    (st = tanu_verifier_parse(&f->log, f->receipt.log_key, err)) < 0)
		return st;
	if (f->log.kind != TANU_KEY_ED25519)
		return bad_receipt(err, "log", "the key is that of a witness, not of a log");
	return TANU_OK;
}

/* `lines` must hold nothing else yet, and may move until the leaves are read. */
static tanu_status read_policy(struct receipt_file *f, json_value root, tanu_error *err)
{
	tanu_policy *policy = NULL;
	size_t at = 0;
	tanu_status st = get_lines(&f->lines, &at, root, "policy", err);

	if (st == TANU_OK)
		st = tanu_policy_parse(&policy, (const char *)f->lines.data, f->lines.len - 1, err);
	tanu_policy_free(&policy);
	return st;
}

static tanu_status read_head(struct receipt_file *f, json_value root, tanu_error *err)
{
	tanu_receipt *r = &f->receipt;
	const char *kind = NULL, *subject = NULL;
	tanu_status st;

	if ((st = get_ms(&r->issued_ms, root, "issued_ms", err)) < 0 ||
	    (st = json_text(&kind, root, "kind", err)) < 0 ||
	    (st = get_text(&r->record, root, "record", TANU_RECEIPT_RECORD_MAX, err)) < 0 ||
	    (st = get_text(&r->site, root, "site", SITE_BYTES_MAX, err)) < 0 ||
	    (st = json_text(&subject, root, "subject", err)) < 0)
		return st;
	if (!id_parse(&r->subject, subject))
		return bad_receipt(err, "subject", "an id is 32 hex digits");
#define X(name, word)                \
	if (strcmp(kind, word) == 0) \
		r->kind = TANU_RECEIPT_##name;
	TANU_RECEIPT_KIND_LIST(X)
#undef X
	return r->kind ? TANU_OK : bad_receipt(err, "kind", "no such kind of receipt");
}

static tanu_status read_fields(struct receipt_file *f, json_value root, tanu_error *err)
{
	static const char *const names[] = {"?gate_words", "issued_ms", "keys",	  "kind",
					    "leaves",	   "log",	"policy", "record",
					    "site",	   "subject",	NULL};
	size_t words[TANU_RECEIPT_GATES_MAX] = {0};
	tanu_status st;

	if ((st = only_fields(root, names, err)) < 0 || (st = read_head(f, root, err)) < 0 ||
	    (st = read_log(f, root, err)) < 0 || (st = read_policy(f, root, err)) < 0 ||
	    (st = read_keys(f, root, err)) < 0 || (st = read_words(f, words, root, err)) < 0 ||
	    (st = read_leaves(f, root, err)) < 0)
		return st;
	f->receipt.policy = (const char *)f->lines.data;
	f->receipt.gate_words = f->gate_words;
	for (size_t i = 0; i < f->receipt.gate_words_len; i++)
		f->gate_words[i] = (const char *)f->lines.data + words[i];
	return TANU_OK;
}

/* The JSON object of the note's text. */
static tanu_status read_text(struct receipt_file *f, const char *text, size_t len, tanu_error *err)
{
	const size_t first = strlen(RECEIPT_FIRST_LINE);
	tanu_status st;

	if (len <= first || memcmp(text, RECEIPT_FIRST_LINE, first) != 0)
		return bad_receipt(err, "receipt", "this file is no receipt of version 1");
	text += first;
	len -= first + 1; /* the final line feed */
	if ((st = json_parse(&f->json, text, len, TANU_RECEIPT_BYTES_MAX, "receipt", err)) < 0)
		return st;
	if (!json_is_canonical(f->json, text, len))
		return tanu_fail(err, TANU_ERR_JSON, "receipt", "the JSON text is not canonical");
	return read_fields(f, json_root(f->json), err);
}

tanu_status tanu_receipt_parse(tanu_receipt **out, const void *bytes, size_t bytes_len,
			       tanu_error *err)
{
	struct receipt_file *f;
	tanu_receipt *r;
	tanu_note note;
	tanu_error why = {0};
	tanu_status st = tanu_note_split(&note, bytes, bytes_len, &why);

	if (st < 0)
		return tanu_fail(err, why.code, why.place,
				 "this is no receipt, or only a part of one: %s", why.message);
	f = calloc(1, sizeof(*f));
	if (!f)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "receipt", "not enough memory");
	r = &f->receipt;
	buf_put(&f->note, bytes, bytes_len);
	if ((st = buf_check(&f->note, err)) == TANU_OK)
		st = read_text(f, note.text, note.text_len, err);
	if (st < 0)
		tanu_receipt_free(&r);
	else
		*out = r;
	return st;
}

void tanu_receipt_free(tanu_receipt **receipt)
{
	struct receipt_file *f = receipt ? (struct receipt_file *)*receipt : NULL;

	if (!f)
		return;
	json_free(&f->json);
	buf_wipe(&f->note);
	buf_free(&f->lines);
	mem_wipe(f->keys, sizeof(f->keys));
	free(f);
	*receipt = NULL;
}
