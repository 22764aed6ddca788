/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Papers: sealed records of a person, or of the site itself. Ids, kinds and times stand in clear;
 * a digest over all papers of an owner lies sealed in her profile (the site's in a row of meta), so
 * that a paper which was edited, added, taken away or put back in an older form is noticed.
 */
#include "service/internal.h"

#include <string.h>

#define META_PAPERS "papers"

uint16_t paper_version(uint8_t kind)
{
	return (uint16_t)(kind << 8 | RECORD_VERSION);
}

static struct key_name paper_key(const tanu_id *owner)
{
	return (struct key_name){.subject = *owner, .kind = KEY_PROFILE};
}

/* ---- the digest ---- */

static tanu_status digest_row(void *self, const struct record_row *row, tanu_error *err)
{
	uint8_t sealed[DIGEST_LEN];
	struct buf *rows = self;

	sha256(sealed, row->sealed.data, row->sealed.len);
	buf_put(rows, row->id.b, sizeof(row->id.b));
	buf_u32le(rows, row->kind);
	buf_u64le(rows, (uint64_t)row->created_ms);
	buf_put(rows, sealed, sizeof(sealed));
	return buf_check(rows, err);
}

static tanu_status papers_digest(struct service *s, uint8_t out[DIGEST_LEN], const tanu_id *owner,
				 tanu_error *err)
{
	struct buf rows = {0};
	tanu_status st = DB(s, record_each, owner, digest_row, &rows, err);

	if (st == TANU_OK)
		sha256(out, rows.data, rows.len);
	buf_free(&rows);
	return st;
}

static tanu_status site_digest_get(struct service *s, uint8_t out[DIGEST_LEN], tanu_error *err)
{
	struct key_name key = paper_key(&s->site);
	struct buf sealed = {0}, plain = {0};
	tanu_status st = DB(s, meta_get, &sealed, META_PAPERS, err);

	if (st == TANU_OK && sealed.len == 0) { /* made before there were papers */
		sha256(out, NULL, 0);
		goto out;
	}
	if (st == TANU_OK)
		st = vault_unseal(s->vault, &plain, &key, &s->site, RECORD_VERSION, sealed.data,
				  sealed.len, err);
	if (st == TANU_OK && plain.len != DIGEST_LEN)
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, META_PAPERS, "this is not a digest");
	if (st == TANU_OK)
		memcpy(out, plain.data, DIGEST_LEN);
out:
	buf_free(&sealed);
	buf_wipe(&plain);
	return st;
}

static tanu_status site_digest_set(struct service *s, const uint8_t digest[DIGEST_LEN],
				   tanu_error *err)
{
	struct key_name key = paper_key(&s->site);
	struct buf sealed = {0};
	tanu_status st =
	    vault_seal(s->vault, &sealed, &key, &s->site, RECORD_VERSION, digest, DIGEST_LEN, err);

	if (st == TANU_OK)
		st = DB(s, meta_set, META_PAPERS, sealed.data, sealed.len, err);
	buf_free(&sealed);
	return st;
}

static tanu_status digest_known(struct service *s, uint8_t out[DIGEST_LEN], const tanu_id *owner,
				tanu_error *err)
{
	struct ledger_head head = {0};
	tanu_status st;

	if (id_equal(owner, &s->site))
		return site_digest_get(s, out, err);
	if ((st = head_get(s, &head, owner, err)) == TANU_OK)
		memcpy(out, head.papers, DIGEST_LEN);
	return st;
}

tanu_status papers_check(struct service *s, const tanu_id *owner, tanu_error *err)
{
	uint8_t known[DIGEST_LEN], found[DIGEST_LEN];
	char hex[ID_HEX_LEN];
	tanu_status st;

	if ((st = digest_known(s, known, owner, err)) < 0 ||
	    (st = papers_digest(s, found, owner, err)) < 0)
		return st;
	if (memcmp(known, found, sizeof(known)) == 0)
		return TANU_OK;
	id_hex(hex, owner);
	return tanu_fail(err, TANU_ERR_DB_DAMAGED, hex,
			 "%s papers were changed by other means "
			 "than Tanu: none of them counts",
			 id_equal(owner, &s->site) ? "the site's" : "this person's");
}

tanu_status papers_begin(struct service *s, tanu_error *err)
{
	uint8_t none[DIGEST_LEN];

	sha256(none, NULL, 0);
	return site_digest_set(s, none, err);
}

/* The papers are now what they should be: only after papers_check. */
static tanu_status papers_renew(struct service *s, const tanu_id *owner, tanu_error *err)
{
	uint8_t digest[DIGEST_LEN];
	tanu_status st = papers_digest(s, digest, owner, err);

	if (st < 0)
		return st;
	return id_equal(owner, &s->site) ? site_digest_set(s, digest, err)
					 : head_set_papers(s, owner, digest, err);
}

/* ---- reading ---- */

struct walk {
	struct service *s;
	enum record_kind kind; /* 0: any */
	const tanu_id *id;     /* NULL: any */
	size_t found;
	tanu_status (*each)(void *self, const struct paper *paper, tanu_error *err);
	void *self;
};

static tanu_status show_row(void *self, const struct record_row *row, tanu_error *err)
{
	struct key_name key = paper_key(&row->subject);
	struct walk *walk = self;
	struct paper paper = {
	    .id = row->id, .kind = (enum record_kind)row->kind, .created_ms = row->created_ms};
	tanu_status st;

	if ((walk->kind && walk->kind != paper.kind) || (walk->id && !id_equal(walk->id, &row->id)))
		return TANU_OK;
	walk->found++;
	if (!walk->each)
		return TANU_OK;
	st = vault_unseal(walk->s->vault, &paper.text, &key, &row->id, paper_version(row->kind),
			  row->sealed.data, row->sealed.len, err);
	if (st == TANU_OK)
		st = walk->each(walk->self, &paper, err);
	buf_wipe(&paper.text);
	return st;
}

tanu_status papers_each(struct service *s, const tanu_id *owner, enum record_kind kind,
			tanu_status (*each)(void *self, const struct paper *paper, tanu_error *err),
			void *self, tanu_error *err)
{
	struct walk walk = {.s = s, .kind = kind, .each = each, .self = self};
	tanu_status st = papers_check(s, owner, err);

	return st < 0 ? st : DB(s, record_each, owner, show_row, &walk, err);
}

static tanu_status take_paper(void *self, const struct paper *paper, tanu_error *err)
{
	struct paper *out = self;

	out->id = paper->id;
	out->kind = paper->kind;
	out->created_ms = paper->created_ms;
	buf_put(&out->text, paper->text.data, paper->text.len);
	return buf_check(&out->text, err);
}

static tanu_status fail_missing(const tanu_id *id, tanu_error *err)
{
	char hex[ID_HEX_LEN];

	id_hex(hex, id);
	return tanu_fail(err, TANU_ERR_RECORD_MISSING, hex, "there is no such paper here");
}

tanu_status paper_get(struct service *s, struct paper *out, const tanu_id *owner, const tanu_id *id,
		      tanu_error *err)
{
	struct paper paper = {0};
	struct walk walk = {.s = s, .id = id, .each = take_paper, .self = &paper};
	tanu_status st = papers_check(s, owner, err);

	if (st == TANU_OK)
		st = DB(s, record_each, owner, show_row, &walk, err);
	if (st == TANU_OK && walk.found == 0)
		st = fail_missing(id, err);
	if (st == TANU_OK)
		*out = paper;
	else
		paper_free(&paper);
	return st;
}

void paper_free(struct paper *paper)
{
	buf_wipe(&paper->text);
	*paper = (struct paper){0};
}

/* ---- writing ---- */

static tanu_status paper_seal(struct service *s, struct buf *out, const tanu_id *owner,
			      const tanu_id *id, uint8_t kind, const void *text, size_t len,
			      tanu_error *err)
{
	struct key_name key = paper_key(owner);

	if (len > PAPER_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, NULL, "a paper has at most %d MiB",
				 PAPER_MAX >> 20);
	return vault_seal(s->vault, out, &key, id, paper_version(kind), text, len, err);
}

tanu_status paper_put(struct service *s, tanu_id *out, const tanu_id *owner, enum record_kind kind,
		      int64_t now_ms, const void *text, size_t len, tanu_error *err)
{
	struct record_row row = {.subject = *owner, .kind = (uint8_t)kind, .created_ms = now_ms};
	tanu_status st;

	id_new(s, &row.id);
	if ((st = papers_check(s, owner, err)) < 0 ||
	    (st = paper_seal(s, &row.sealed, owner, &row.id, row.kind, text, len, err)) < 0)
		goto out;
	if ((st = DB(s, record_put, &row, err)) == TANU_OK &&
	    (st = papers_renew(s, owner, err)) == TANU_OK && out)
		*out = row.id;
out:
	buf_free(&row.sealed);
	return st;
}

/* The kind of a paper of this owner, after the check. */
static tanu_status take_kind(void *self, const struct record_row *row, tanu_error *err)
{
	struct record_row *sought = self;

	(void)err;
	if (id_equal(&row->id, &sought->id))
		sought->kind = row->kind;
	return TANU_OK;
}

static tanu_status paper_kind(struct service *s, uint8_t *out, const tanu_id *owner,
			      const tanu_id *id, tanu_error *err)
{
	struct record_row sought = {.id = *id};
	tanu_status st = papers_check(s, owner, err);

	if (st < 0 || (st = DB(s, record_each, owner, take_kind, &sought, err)) < 0)
		return st;
	*out = sought.kind;
	return sought.kind ? TANU_OK : fail_missing(id, err);
}

tanu_status paper_set(struct service *s, const tanu_id *owner, const tanu_id *id, const void *text,
		      size_t len, tanu_error *err)
{
	struct buf sealed = {0};
	uint8_t kind = 0;
	tanu_status st;

	if ((st = paper_kind(s, &kind, owner, id, err)) < 0 ||
	    (st = paper_seal(s, &sealed, owner, id, kind, text, len, err)) < 0)
		goto out;
	if ((st = DB(s, record_set, id, sealed.data, sealed.len, err)) == TANU_OK)
		st = papers_renew(s, owner, err);
out:
	buf_free(&sealed);
	return st;
}

tanu_status paper_delete(struct service *s, const tanu_id *owner, const tanu_id *id,
			 tanu_error *err)
{
	uint8_t kind = 0;
	tanu_status st;

	if ((st = paper_kind(s, &kind, owner, id, err)) < 0 ||
	    (st = DB(s, record_delete, id, err)) < 0)
		return st;
	return papers_renew(s, owner, err);
}
