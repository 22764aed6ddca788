/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices: the texts that people agree to, each with a version, a language and how long histories
 * were kept when it was registered. A version stands for one text for ever. Papers of the site.
 */
#include "service/internal.h"

#include <stdio.h>
#include <string.h>

#define SHORT_DIGEST                                                                 \
	3 /* bytes: six digits behind the version of a text that is named by content \
	   */

/* ---- as a paper ---- */

static const char *const purpose_words[PURPOSES_BITS] = {
#define X(name, bit, word) [bit] = word,
    TANU_PURPOSE_LIST(X)
#undef X
};

tanu_status notice_encode(struct buf *out, const struct known_notice *notice, tanu_error *err)
{
	struct buf text = {0};
	struct json_w w;

	base64_put(&text, notice->text.data, notice->text.len);
	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_text(&w, "language", notice->view.language);
	jw_object(&w, "retention");
	for (size_t bit = 0; bit < PURPOSES_BITS; bit++)
		jw_int(&w, purpose_words[bit], notice->months[bit]);
	jw_end_object(&w);
	jw_digest(&w, "sha256", notice->view.sha256);
	jw_text(&w, "text", buf_cstr(&text));
	jw_text(&w, "version", notice->view.version);
	jw_end_object(&w);
	out->failed |= text.failed;
	buf_free(&text);
	return buf_check(out, err);
}

static tanu_status decode(struct known_notice *out, json_value root, tanu_error *err)
{
	json_value retention = json_get(root, "retention");
	struct notice_view *v = &out->view;
	uint8_t digest[DIGEST_LEN];
	const char *text = NULL;
	tanu_status st;

	if ((st = sealed_text(v->language, sizeof(v->language), root, "language", err)) < 0 ||
	    (st = sealed_text(v->version, sizeof(v->version), root, "version", err)) < 0 ||
	    (st = sealed_digest(v->sha256, root, "sha256", err)) < 0 ||
	    (st = json_text(&text, root, "text", err)) < 0 ||
	    (st = base64_get(&out->text, text, strlen(text), err)) < 0)
		return st;
	/* A purpose that came later had no retention in an older notice. */
	for (size_t bit = 0; bit < PURPOSES_BITS && st == TANU_OK; bit++)
		if (json_get(retention, purpose_words[bit]))
			st = json_int(&out->months[bit], retention, purpose_words[bit], err);
	sha256(digest, out->text.data, out->text.len);
	if (st == TANU_OK && memcmp(digest, v->sha256, sizeof(digest)) != 0)
		st = tanu_fail(err, TANU_ERR_JSON, "sha256", "this is not the digest of its text");
	return st;
}

tanu_status notice_decode(struct known_notice *out, const struct buf *text, tanu_error *err)
{
	struct known_notice notice = {0};
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, text->data, text->len, RECORD_MAX, "notice", err);

	if (st < 0)
		return st;
	if ((st = decode(&notice, json_root(doc), err)) == TANU_OK)
		*out = notice;
	else
		buf_free(&notice.text);
	json_free(&doc);
	return st;
}

/* ---- finding ---- */

struct search {
	const char *version, *language;
	struct known_notice *out;
};

static tanu_status match_paper(void *self, const struct paper *paper, tanu_error *err)
{
	struct search *search = self;
	struct known_notice notice = {0};
	tanu_status st = notice_decode(&notice, &paper->text, err);

	if (st < 0)
		return st;
	if (strcmp(notice.view.version, search->version) != 0 ||
	    strcmp(notice.view.language, search->language) != 0) {
		buf_free(&notice.text);
		return TANU_OK;
	}
	buf_free(&search->out->text);
	*search->out = notice;
	search->out->view.id = paper->id;
	search->out->view.added_ms = paper->created_ms;
	return TANU_OK;
}

static tanu_status find(struct service *s, struct known_notice *out, const char *version,
			const char *language, tanu_error *err)
{
	struct search search = {.version = version, .language = language, .out = out};

	*out = (struct known_notice){0};
	return papers_each(s, &s->site, RECORD_NOTICE, match_paper, &search, err);
}

/* ---- registering ---- */

tanu_status notice_settle(struct service *s, struct known_notice *out, const struct notice *notice,
			  tanu_error *err)
{
	uint8_t digest[DIGEST_LEN];
	tanu_status st;

	if ((st = notice_check(notice, err)) < 0 ||
	    (st = find(s, out, notice->version, notice->language, err)) < 0)
		return st;
	sha256(digest, notice->text, notice->text_len);
	if (!id_is_zero(&out->view.id)) {
		if (memcmp(digest, out->view.sha256, sizeof(digest)) == 0)
			return TANU_OK;
		known_notice_free(out);
		return tanu_fail(err, TANU_ERR_CONFLICT, notice->version,
				 "another text stands under this version: give a changed notice a "
				 "version of its own");
	}
	snprintf(out->view.version, sizeof(out->view.version), "%s", notice->version);
	snprintf(out->view.language, sizeof(out->view.language), "%s", notice->language);
	memcpy(out->view.sha256, digest, sizeof(digest));
	for (unsigned bit = 0; bit < PURPOSES_BITS; bit++)
		out->months[bit] = retention_months(s, (tanu_purpose)(1U << bit));
	buf_put(&out->text, notice->text, notice->text_len);
	return buf_check(&out->text, err);
}

void known_notice_free(struct known_notice *notice)
{
	buf_free(&notice->text);
	*notice = (struct known_notice){0};
}

tanu_status notice_register(struct service *s, struct known_notice *notice, int64_t now_ms,
			    tanu_error *err)
{
	struct statement said = {.type = STATEMENT_NOTICE, .at_ms = now_ms};
	struct buf text = {0};
	tanu_status st;

	if (!id_is_zero(&notice->view.id))
		return TANU_OK;
	snprintf(said.version, sizeof(said.version), "%s", notice->view.version);
	snprintf(said.language, sizeof(said.language), "%s", notice->view.language);
	memcpy(said.sha256, notice->view.sha256, sizeof(said.sha256));
	if ((st = notice_encode(&text, notice, err)) == TANU_OK &&
	    (st = paper_put(s, &notice->view.id, &s->site, RECORD_NOTICE, now_ms, text.data,
			    text.len, err)) == TANU_OK)
		st = journal_state(s, &said, err);
	notice->view.added_ms = now_ms;
	buf_free(&text);
	return st;
}

tanu_status service_notice_add(struct service *s, struct notice_view *out,
			       const struct notice *notice, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	struct known_notice known = {0};
	tanu_status st;

	if ((st = clock_require(s, now_ms, err)) < 0 ||
	    (st = notice_settle(s, &known, notice, err)) < 0 || (st = tx_begin(s, err)) < 0)
		goto out;
	if ((st = tx_end(s, notice_register(s, &known, now_ms, err), err)) == TANU_OK)
		*out = known.view;
out:
	known_notice_free(&known);
	return st;
}

/* ---- showing ---- */

tanu_status service_notice_get(struct service *s, struct notice_view *out, struct buf *text,
			       const char *version, const char *language, tanu_error *err)
{
	struct known_notice known = {0};
	tanu_status st = find(s, &known, version, language, err);

	if (st == TANU_OK && id_is_zero(&known.view.id))
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL,
			       "no notice of this version is registered in that language");
	if (st == TANU_OK) {
		*out = known.view;
		buf_put(text, known.text.data, known.text.len);
		st = buf_check(text, err);
	}
	known_notice_free(&known);
	return st;
}

struct notice_walk {
	tanu_status (*each)(void *self, const struct notice_view *v, tanu_error *err);
	void *self;
};

static tanu_status show_paper(void *self, const struct paper *paper, tanu_error *err)
{
	struct notice_walk *walk = self;
	struct known_notice notice = {0};
	tanu_status st = notice_decode(&notice, &paper->text, err);

	if (st < 0)
		return st;
	notice.view.id = paper->id;
	notice.view.added_ms = paper->created_ms;
	st = walk->each(walk->self, &notice.view, err);
	known_notice_free(&notice);
	return st;
}

tanu_status service_notice_each(struct service *s,
				tanu_status (*each)(void *self, const struct notice_view *v,
						    tanu_error *err),
				void *self, tanu_error *err)
{
	struct notice_walk walk = {.each = each, .self = self};

	return papers_each(s, &s->site, RECORD_NOTICE, show_paper, &walk, err);
}

/* ---- the site's own numbers in a text ---- */

tanu_status service_notice_prepare(struct service *s, struct notice *notice, struct buf *text,
				   bool by_content, tanu_error *err)
{
	uint8_t digest[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];
	struct buf filled = {0};
	size_t len = strlen(notice->version);
	const struct fill fill = {0};
	tanu_status st = fill_text(s, &filled, notice->text, notice->text_len, &fill, err);

	if (st < 0) {
		buf_free(&filled);
		return st;
	}
	buf_free(text);
	*text = filled;
	notice->text = (const char *)text->data;
	notice->text_len = text->len;
	if (!by_content)
		return notice_check(notice, err);
	sha256(digest, text->data, text->len);
	hex_encode(hex, digest, SHORT_DIGEST);
	snprintf(notice->version + len, sizeof(notice->version) - len, ".%s", hex);
	return notice_check(notice, err);
}
