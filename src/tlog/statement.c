/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Site statements. One table says how each field is written, another which fields a type has, so
 * that reading and writing can't drift apart. What is read is written again and compared: one
 * statement has one form.
 */
#include "tlog/tlog.h"

#include <stdio.h>
#include <string.h>

#define HEADING	    "tanu site statement v1\n"
#define HEADING_LEN (sizeof(HEADING) - 1)

/* X(NAME, "key", KIND, member), by rising keys. */
#define FIELD_LIST(X)                                            \
	X(AT_MS, "at_ms", NUMBER, at_ms)                         \
	X(CHANGE, "change", CHANGED, removed)                    \
	X(COMMITMENT, "commitment", HEX, commitment)             \
	X(DAY, "day", DATE, day)                                 \
	X(DOCUMENT, "document", HEX, document)                   \
	X(DUE_MS, "due_ms", NUMBER, due_ms)                      \
	X(EMBEDDINGS, "embeddings", NUMBER, embeddings)          \
	X(EXTENDED, "extended", NUMBER, extended)                \
	X(FACE, "face", NUMBER, face)                            \
	X(FACE_MS, "face_ms", NUMBER, face_ms)                   \
	X(FACE_REFUSED, "face_refused", NUMBER, face_refused)    \
	X(FMR_PPB, "fmr_ppb", NUMBER, fmr_ppb)                   \
	X(IDENTIFY, "identify", NUMBER, identify)                \
	X(KEY, "key", TEXT, key)                                 \
	X(LANGUAGE, "language", TEXT, language)                  \
	X(MONTH, "month", YEAR_MONTH, month)                     \
	X(OPENED, "opened", NUMBER, opened)                      \
	X(OTHER, "other", NUMBER, other)                         \
	X(OTHER_MS, "other_ms", NUMBER, other_ms)                \
	X(OTHER_REFUSED, "other_refused", NUMBER, other_refused) \
	X(PEOPLE, "people", NUMBER, people)                      \
	X(PERMITS, "permits", NUMBER, permits)                   \
	X(PROFILE, "profile", TEXT, profile)                     \
	X(REFUSALS, "refusals", NUMBER, refusals)                \
	X(REFUSED, "refused", NUMBER, refused)                   \
	X(RELEASED, "released", NUMBER, released)                \
	X(SEALED, "sealed", NUMBER, sealed)                      \
	X(SHA256, "sha256", HEX, sha256)                         \
	X(SITE, "site", TEXT, site)                              \
	X(SIZE, "size", NUMBER, size)                            \
	X(TAG, "tag", HEX, tag)                                  \
	X(TYPE, "type", TEXT, word)                              \
	X(USES, "uses", NUMBER, uses)                            \
	X(VERSION, "version", TEXT, version)

enum field_name {
#define X(name, key, kind, member) FIELD_##name,
	FIELD_LIST(X)
#undef X
	    FIELDS
};

enum field_kind { NUMBER, TEXT, HEX, CHANGED, DATE, YEAR_MONTH };

static const struct field {
	const char *key;
	enum field_kind kind;
	size_t offset, size;
} fields[] = {
#define X(name, k, f, member) \
	{k, f, offsetof(struct statement, member), sizeof(((struct statement *)0)->member)},
    FIELD_LIST(X)
#undef X
};

#define F(name) (UINT64_C(1) << FIELD_##name)
static const struct {
	const char *word;
	uint64_t fields;
} types[] = {{"unknown", 0},
#define X(name, w, f) {w, (f) | F(AT_MS) | F(TYPE)},
	     STATEMENT_LIST(X)
#undef X
};

_Static_assert(FIELDS <= 64, "the fields of a statement fit into a mask");

const char *statement_word(enum statement_type type)
{
	return types[(size_t)type < ARRAY_LEN(types) ? type : 0].word;
}

/* ---- writing ---- */

static void put_hex(struct json_w *w, const char *key, const uint8_t bytes[32])
{
	char hex[65];

	hex_encode(hex, bytes, 32);
	jw_text(w, key, hex);
}

static void put_day(struct json_w *w, const char *key, int64_t day)
{
	static const tanu_date last = {9999, 12, 31};
	tanu_date date = date_from_days(day);
	char text[DATE_TEXT_LEN];

	if (day < 0 || day > date_to_days(last))
		w->out->failed = true;
	jw_text(w, key, date_text(text, date));
}

static void put_month(struct json_w *w, const char *key, int64_t month)
{
	char text[32];

	if (month < 12 || month >= 10000 * 12)
		w->out->failed = true;
	snprintf(text, sizeof(text), "%04d-%02d", (int)(month / 12), (int)(month % 12) + 1);
	jw_text(w, key, text);
}

static void put_field(struct json_w *w, const struct field *f, const struct statement *s)
{
	const char *at = (const char *)s + f->offset;

	switch (f->kind) {
	case NUMBER:
		w->out->failed |= *(const int64_t *)at < 0;
		jw_int(w, f->key, *(const int64_t *)at);
		break;
	case TEXT:
		w->out->failed |= *at == '\0';
		jw_text(w, f->key, at);
		break;
	case HEX:
		put_hex(w, f->key, (const uint8_t *)at);
		break;
	case CHANGED:
		jw_text(w, f->key, *(const bool *)at ? "removed" : "added");
		break;
	case DATE:
		put_day(w, f->key, *(const int64_t *)at);
		break;
	case YEAR_MONTH:
		put_month(w, f->key, *(const int64_t *)at);
		break;
	}
}

void statement_put(struct buf *out, const struct statement *statement)
{
	struct statement s = *statement;
	struct json_w w;

	snprintf(s.word, sizeof(s.word), "%s", statement_word(s.type));
	jw_init(&w, out);
	jw_object(&w, NULL);
	for (size_t i = 0; i < FIELDS; i++)
		if (types[s.type].fields >> i & 1)
			put_field(&w, &fields[i], &s);
	jw_end_object(&w);
}

tanu_status statement_sign(struct buf *out, const struct signer *signer,
			   const struct statement *statement, tanu_error *err)
{
	struct buf text = {.max = HEADING_LEN + STATEMENT_TEXT_MAX};
	tanu_status st;

	if (statement->type == STATEMENT_UNKNOWN || (size_t)statement->type >= ARRAY_LEN(types))
		return BAD_CALL(err, "a statement has a type");
	buf_str(&text, HEADING);
	statement_put(&text, statement);
	buf_u8(&text, '\n');
	if (text.failed)
		st = tanu_fail(err, TANU_ERR_USAGE, statement_word(statement->type),
			       "a field of this statement is missing, too long or out of range");
	else
		st = note_sign(out, signer, (const char *)text.data, text.len, err);
	buf_free(&text);
	return st;
}

/* ---- reading ---- */

static tanu_status get_text(char *out, size_t out_len, json_value object, const char *key,
			    tanu_error *err)
{
	const char *text;
	tanu_status st = json_text(&text, object, key, err);

	if (st < 0)
		return st;
	if (strlen(text) >= out_len)
		return tanu_fail(err, TANU_ERR_JSON, key, "longer than it may be");
	memcpy(out, text, strlen(text) + 1);
	return TANU_OK;
}

/* "2026-01-31" or "2026-01": the form itself is checked by writing it again. */
static bool read_date(int64_t *out, const char *text, bool with_day)
{
	char whole[11];
	tanu_date date;

	if (snprintf(whole, sizeof(whole), "%s%s", text, with_day ? "" : "-01") != 10 ||
	    !date_parse(&date, whole))
		return false;
	*out = with_day ? date_to_days(date) : (int64_t)date.year * 12 + date.month - 1;
	return true;
}

static tanu_status get_field(struct statement *s, const struct field *f, json_value object,
			     tanu_error *err)
{
	char *at = (char *)s + f->offset;
	char text[72] = "";
	bool good = true;
	tanu_status st;

	if (f->kind == NUMBER)
		return json_int((int64_t *)at, object, f->key, err);
	if (f->kind == TEXT)
		return get_text(at, f->size, object, f->key, err);
	if ((st = get_text(text, sizeof(text), object, f->key, err)) < 0)
		return st;
	if (f->kind == HEX)
		good = hex_decode((uint8_t *)at, f->size, text);
	else if (f->kind == CHANGED)
		*(bool *)at = strcmp(text, "removed") == 0;
	else
		good = read_date((int64_t *)at, text, f->kind == DATE);
	return good ? TANU_OK : tanu_fail(err, TANU_ERR_JSON, f->key, "not written as it must be");
}

static tanu_status read_object(struct statement *s, json_value object, tanu_error *err)
{
	tanu_status st = TANU_OK;

	if ((st = get_field(s, &fields[FIELD_AT_MS], object, err)) < 0 ||
	    (st = get_field(s, &fields[FIELD_TYPE], object, err)) < 0)
		return st;
	for (size_t t = 1; t < ARRAY_LEN(types); t++)
		if (strcmp(types[t].word, s->word) == 0)
			s->type = (enum statement_type)t;
	for (size_t i = 0; st >= 0 && i < FIELDS; i++)
		if (types[s->type].fields >> i & 1)
			st = get_field(s, &fields[i], object, err);
	return st;
}

/* Written again, a statement of a known type is the same bytes. */
static tanu_status check_form(const struct statement *s, const struct json_doc *doc,
			      const char *text, size_t len, tanu_error *err)
{
	struct buf again = {.max = STATEMENT_TEXT_MAX};
	bool same;

	if (s->type != STATEMENT_UNKNOWN)
		statement_put(&again, s);
	else if (s->at_ms >= 0 && json_is_canonical(doc, text, len))
		return TANU_OK;
	same = !again.failed && again.len == len && memcmp(again.data, text, len) == 0;
	buf_free(&again);
	return same ? TANU_OK
		    : tanu_fail(err, TANU_ERR_JSON, s->word,
				"not the canonical form of a statement with these fields");
}

static tanu_status read_text(struct statement *out, const char *text, size_t len, tanu_error *err)
{
	struct json_doc *doc = NULL;
	struct statement s = {0};
	tanu_status st;

	/* Heading, object, line feed. */
	if (len <= HEADING_LEN + 1 || memcmp(text, HEADING, HEADING_LEN) != 0)
		return tanu_fail(err, TANU_ERR_FORMAT, "statement", "not a statement of a site");
	text += HEADING_LEN;
	len -= HEADING_LEN + 1;
	if ((st = json_parse(&doc, text, len, STATEMENT_TEXT_MAX, "statement", err)) < 0)
		return st;
	if ((st = read_object(&s, json_root(doc), err)) >= 0 &&
	    (st = check_form(&s, doc, text, len, err)) >= 0)
		*out = s;
	json_free(&doc);
	return st;
}

tanu_status statement_read(struct statement *out, const void *entry, size_t entry_len,
			   const tanu_verifier *log, tanu_error *err)
{
	tanu_note note;
	tanu_status st;

	if ((st = tanu_note_split(&note, entry, entry_len, err)) < 0 ||
	    (st = tanu_note_verify(&note, log, NULL, err)) < 0)
		return st;
	return read_text(out, note.text, note.text_len, err);
}

tanu_status statement_read_trusted(struct statement *out, const void *entry, size_t entry_len,
				   const tanu_policy *policy, const char *origin, tanu_error *err)
{
	const tanu_verifier *log;
	size_t at = 0;
	tanu_status st = TANU_NOT_FOUND;

	while ((log = policy_log(policy, origin, &at)) && st == TANU_NOT_FOUND)
		st = statement_read(out, entry, entry_len, log, err);
	return st == TANU_NOT_FOUND
		   ? tanu_fail(err, TANU_ERR_NO_SIGNATURE, origin, "not signed by this log")
		   : st;
}
