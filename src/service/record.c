/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical JSON: sorted keys, no spaces, ASCII keys, integers only. */
#include "service/internal.h"

#include <stdio.h>
#include <string.h>

void purposes_text(char out[PURPOSES_TEXT_LEN], unsigned purposes)
{
	size_t len = 0;

	out[0] = '\0';
#define X(name, bit, word)                                                          \
	if (purposes & TANU_PURPOSE_##name)                                         \
		len += (size_t)snprintf(out + len, PURPOSES_TEXT_LEN - len, "%s%s", \
					len ? "," : "", word);
	TANU_PURPOSE_LIST(X)
#undef X
}

static tanu_status parse(struct json_doc **doc, const struct buf *text, const char *what,
			 tanu_error *err)
{
	return json_parse(doc, text->data, text->len, RECORD_MAX, what, err);
}

static void chain_put(struct json_w *w, const struct log_chain *chain)
{
	char last[2 * TANU_LEAF_LEN + 1];

	hex_encode(last, (const uint8_t *)&chain->last, TANU_LEAF_LEN);
	jw_object(w, "log");
	jw_array(w, "ended");
	for (unsigned i = 0; i < chain->generation; i++)
		jw_int(w, NULL, (int64_t)chain->ended[i]);
	jw_end_array(w);
	jw_text(w, "last", chain->n ? last : "");
	jw_int(w, "n", (int64_t)chain->n);
	jw_end_object(w);
}

tanu_status profile_encode(struct buf *out, const struct profile *profile, tanu_error *err)
{
	const struct person *person = &profile->person;
	static const uint8_t none[DIGEST_LEN];
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_date(&w, "born", person->born);
	jw_digest(&w, "consents", profile->head.consents);
	jw_int(&w, "embeddings", (int64_t)profile->head.embeddings);
	jw_int(&w, "events", (int64_t)profile->head.events);
	if (profile->head.locked)
		jw_bool(&w, "locked", true);
	chain_put(&w, &profile->head.log);
	jw_text(&w, "name", person->name);
	jw_digest(&w, "papers", profile->head.papers);
	if (memcmp(profile->head.reference, none, DIGEST_LEN) != 0)
		jw_digest(&w, "reference", profile->head.reference);
	jw_end_object(&w);
	return buf_check(out, err);
}

/* A number that counts something. */
static tanu_status get_count(uint64_t *out, json_value object, const char *key, tanu_error *err)
{
	int64_t v = 0;
	tanu_status st = json_int(&v, object, key, err);

	if (st == TANU_OK && v < 0)
		st = tanu_fail(err, TANU_ERR_JSON, key, "a count is not negative");
	if (st == TANU_OK)
		*out = (uint64_t)v;
	return st;
}

static tanu_status chain_get(struct log_chain *out, json_value chain, tanu_error *err)
{
	json_value ended = json_get(chain, "ended");
	const char *last = NULL;
	tanu_status st;

	if (!ended || json_len(ended) >= LOG_KEYS_MAX)
		return tanu_fail(err, TANU_ERR_JSON, "log", "this is not a place in the log");
	out->generation = (uint16_t)json_len(ended);
	for (size_t i = 0; i < out->generation; i++) {
		double n = 0;

		if ((st = json_number_at(&n, ended, i, err)) < 0)
			return st;
		if (n < 0 || n >= (double)JSON_INT_END)
			return tanu_fail(err, TANU_ERR_JSON, "ended", "a count is not negative");
		out->ended[i] = (uint64_t)n;
	}
	if ((st = get_count(&out->n, chain, "n", err)) < 0 ||
	    (st = json_text(&last, chain, "last", err)) < 0)
		return st;
	if (out->n ? !hex_decode((uint8_t *)&out->last, TANU_LEAF_LEN, last) : *last != '\0')
		return tanu_fail(err, TANU_ERR_JSON, "last", "this is not a leaf");
	return TANU_OK;
}

/* Who was added before there were papers has none, no leaf, and nobody had counted her embeddings.
 */
static tanu_status profile_head(struct ledger_head *out, json_value root, tanu_error *err)
{
	tanu_status st;

	if ((st = get_count(&out->events, root, "events", err)) < 0 ||
	    (st = sealed_digest(out->consents, root, "consents", err)) < 0)
		return st;
	sha256(out->papers, NULL, 0);
	if (json_get(root, "papers") && (st = sealed_digest(out->papers, root, "papers", err)) < 0)
		return st;
	if (json_get(root, "embeddings") &&
	    (st = get_count(&out->embeddings, root, "embeddings", err)) < 0)
		return st;
	if (json_get(root, "locked") && (st = json_bool(&out->locked, root, "locked", err)) < 0)
		return st;
	if (json_get(root, "reference") &&
	    (st = sealed_digest(out->reference, root, "reference", err)) < 0)
		return st;
	return json_get(root, "log") ? chain_get(&out->log, json_get(root, "log"), err) : TANU_OK;
}

tanu_status profile_decode(struct profile *out, const struct buf *text, tanu_error *err)
{
	struct json_doc *doc = NULL;
	struct profile profile = {0};
	struct person *person = &profile.person;
	char born[16];
	tanu_status st;

	if ((st = parse(&doc, text, "profile", err)) < 0)
		return st;
	if ((st = sealed_text(born, sizeof(born), json_root(doc), "born", err)) < 0 ||
	    (st = sealed_text(person->name, sizeof(person->name), json_root(doc), "name", err)) <
		0 ||
	    (st = profile_head(&profile.head, json_root(doc), err)) < 0)
		goto out;
	if (!date_parse(&person->born, born))
		st = tanu_fail(err, TANU_ERR_JSON, "born", "this is not a date, YYYY-MM-DD");
out:
	json_free(&doc);
	if (st == TANU_OK)
		*out = profile;
	mem_wipe(&profile, sizeof(profile));
	return st;
}

tanu_status consent_detail_encode(struct buf *out, const struct consent_detail *detail,
				  tanu_error *err)
{
	struct buf text = {0};
	struct json_w w;

	base64_put(&text, detail->text.data, detail->text.len);
	jw_init(&w, out);
	jw_object(&w, NULL);
	if (detail->assent)
		jw_bool(&w, "assent", true);
	if (*detail->form)
		jw_text(&w, "form", detail->form);
	jw_text(&w, "giver", tanu_giver_name(detail->giver));
	if (detail->giver == TANU_GIVER_GUARDIAN)
		jw_id(&w, "guardian", &detail->guardian);
	if (*detail->how)
		jw_text(&w, "how", detail->how);
	jw_text(&w, "language", detail->language);
	if (detail->months)
		jw_int(&w, "months", detail->months);
	jw_text(&w, "notice", buf_cstr(&text));
	if (detail->record.len > 0) {
		buf_free(&text);
		base64_put(&text, detail->record.data, detail->record.len);
		jw_text(&w, "record", buf_cstr(&text));
	}
	jw_digest(&w, "sha256", detail->sha256);
	jw_text(&w, "version", detail->version);
	jw_end_object(&w);
	out->failed |= text.failed;
	buf_free(&text);
	return buf_check(out, err);
}

static tanu_status detail_giver(struct consent_detail *out, json_value root, tanu_error *err)
{
	const char *giver = NULL;
	const char *guardian = NULL;
	tanu_status st;

	if ((st = json_text(&giver, root, "giver", err)) < 0)
		return st;
	if (strcmp(giver, tanu_giver_name(TANU_GIVER_NONE)) == 0)
		return TANU_OK;
	if (strcmp(giver, tanu_giver_name(TANU_GIVER_SELF)) == 0) {
		out->giver = TANU_GIVER_SELF;
		return TANU_OK;
	}
	if (strcmp(giver, tanu_giver_name(TANU_GIVER_GUARDIAN)) != 0)
		return tanu_fail(err, TANU_ERR_JSON, "giver", "neither self nor guardian");
	out->giver = TANU_GIVER_GUARDIAN;
	if ((st = json_text(&guardian, root, "guardian", err)) < 0)
		return st;
	if (!id_parse(&out->guardian, guardian))
		return tanu_fail(err, TANU_ERR_JSON, "guardian",
				 "this is not an id of 32 hex digits");
	return TANU_OK;
}

/* How it was given, when it was signed. */
static tanu_status detail_how(struct consent_detail *out, json_value root, tanu_error *err)
{
	tanu_status st = TANU_OK;

	if (json_get(root, "how"))
		st = sealed_text(out->how, sizeof(out->how), root, "how", err);
	if (st == TANU_OK && json_get(root, "form"))
		st = sealed_text(out->form, sizeof(out->form), root, "form", err);
	return st;
}

static tanu_status detail_record(struct consent_detail *out, json_value root, tanu_error *err)
{
	const char *text = NULL;
	tanu_status st = json_text(&text, root, "record", err);

	return st < 0 ? st : base64_get(&out->record, text, strlen(text), err);
}

static tanu_status detail_notice(struct consent_detail *out, json_value root, tanu_error *err)
{
	const char *text = NULL;
	tanu_status st;

	if ((st = sealed_text(out->language, sizeof(out->language), root, "language", err)) < 0 ||
	    (st = sealed_text(out->version, sizeof(out->version), root, "version", err)) < 0 ||
	    (st = sealed_digest(out->sha256, root, "sha256", err)) < 0 ||
	    (st = json_text(&text, root, "notice", err)) < 0)
		return st;
	return base64_get(&out->text, text, strlen(text), err);
}

tanu_status consent_detail_decode(struct consent_detail *out, const struct buf *text,
				  tanu_error *err)
{
	struct json_doc *doc = NULL;
	struct consent_detail detail = {0};
	tanu_status st;

	if ((st = parse(&doc, text, "consent", err)) < 0)
		return st;
	st = detail_giver(&detail, json_root(doc), err);
	if (st == TANU_OK && json_get(json_root(doc), "assent"))
		st = json_bool(&detail.assent, json_root(doc), "assent", err);
	if (st == TANU_OK && json_get(json_root(doc), "months"))
		st = json_int(&detail.months, json_root(doc), "months", err);
	if (st == TANU_OK)
		st = detail_how(&detail, json_root(doc), err);
	if (st == TANU_OK && json_get(json_root(doc), "record"))
		st = detail_record(&detail, json_root(doc), err);
	if (st == TANU_OK)
		st = detail_notice(&detail, json_root(doc), err);
	json_free(&doc);
	if (st < 0)
		consent_detail_free(&detail);
	else
		*out = detail;
	return st;
}

void consent_detail_free(struct consent_detail *detail)
{
	buf_wipe(&detail->text);
	buf_wipe(&detail->record);
	mem_wipe(detail, sizeof(*detail));
}

tanu_status lookalike_encode(struct buf *out, const tanu_id *other, tanu_error *err)
{
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_id(&w, "other", other);
	jw_end_object(&w);
	return buf_check(out, err);
}

tanu_status lookalike_decode(tanu_id *out, const struct buf *text, tanu_error *err)
{
	struct json_doc *doc = NULL;
	const char *other = NULL;
	tanu_status st = parse(&doc, text, "look-alike", err);

	if (st < 0)
		return st;
	st = json_text(&other, json_root(doc), "other", err);
	if (st == TANU_OK && !id_parse(out, other))
		st = tanu_fail(err, TANU_ERR_JSON, "other", "this is not an id of 32 hex digits");
	json_free(&doc);
	return st;
}
