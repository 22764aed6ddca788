/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The format of a backup: a header, sections in one order, and at the end a signed note over all of
 * it. Written and read in one pass; docs/backup.md draws it.
 */
#include "service/recovery.h"

#include <string.h>

#define BACKUP_VERSION	   1
#define SECTION_HEADER_LEN 16
#define INI_BYTES_MAX	   ((uint64_t)64 << 10)
#define DB_BYTES_MAX	   ((uint64_t)128 << 30)
#define KEYS_BYTES_MAX	   ((uint64_t)16 << 20) /* as a bucket file */
#define LOG_BYTES_MAX	   ((uint64_t)32 << 20) /* of one file: a full tile of entries */

static const uint8_t magic[8] = {'T', 'A', 'N', 'U', 'B', 'K', 'U', 'P'};

static tanu_status bad(tanu_error *err, const char *what)
{
	return tanu_fail(err, TANU_ERR_BACKUP, NULL, "this is not a whole backup: %s", what);
}

static uint8_t *put_le(uint8_t *at, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		*at++ = (uint8_t)(v >> (8 * i));
	return at;
}

/* ---- header ---- */

void backup_header_put(uint8_t out[BACKUP_HEADER_LEN], const struct backup_header *header)
{
	uint8_t *at = out + sizeof(magic);

	memset(out, 0, BACKUP_HEADER_LEN);
	memcpy(out, magic, sizeof(magic));
	at = put_le(at, BACKUP_VERSION, 2);
	at = put_le(at, 0, 2);
	at = put_le(at, header->period, 4);
	at = put_le(at, (uint64_t)header->created_ms, 8);
	memcpy(at, header->site.b, sizeof(header->site.b));
	at = put_le(at + sizeof(header->site.b), header->sequence, 8);
	memcpy(at, header->pin, RECOVERY_PIN);
}

static tanu_status header_get(struct backup_header *out, const uint8_t bytes[BACKUP_HEADER_LEN],
			      tanu_error *err)
{
	uint8_t again[BACKUP_HEADER_LEN];
	struct backup_header h = {0};
	struct rd r;

	if (memcmp(bytes, magic, sizeof(magic)) != 0)
		return bad(err, "it does not begin as one");
	rd_init(&r, bytes + sizeof(magic), BACKUP_HEADER_LEN - sizeof(magic));
	if (rd_u16le(&r) != BACKUP_VERSION)
		return bad(err, "its version is not one this program knows");
	rd_u16le(&r);
	h.period = rd_u32le(&r);
	h.created_ms = rd_i64le(&r);
	rd_copy(&r, h.site.b, sizeof(h.site.b));
	h.sequence = rd_u64le(&r);
	rd_copy(&r, h.pin, RECOVERY_PIN);
	backup_header_put(again, &h);
	if (h.period >= RECOVERY_PERIODS_MAX || memcmp(again, bytes, sizeof(again)) != 0)
		return bad(err, "its header is not one that this program writes");
	*out = h;
	return TANU_OK;
}

/* ---- what a section may be ---- */

static uint64_t size_limit(enum backup_kind kind)
{
	switch (kind) {
	case BACKUP_SETTINGS:
		return INI_BYTES_MAX;
	case BACKUP_DATABASE:
		return DB_BYTES_MAX;
	case BACKUP_LOG:
		return LOG_BYTES_MAX;
	case BACKUP_KEYS:
		return KEYS_BYTES_MAX;
	case BACKUP_END:
		return BACKUP_NOTE_MAX;
	}
	return 0;
}

/* Settings, database, files of the log in rising order, 16 times keys, the end. */
static tanu_status check_order(const struct backup_reader *r, const struct backup_section *next,
			       tanu_error *err)
{
	const enum backup_kind last = r->last.kind;
	bool ok = false;

	switch (next->kind) {
	case BACKUP_SETTINGS:
		ok = last == 0;
		break;
	case BACKUP_DATABASE:
		ok = last == BACKUP_SETTINGS;
		break;
	case BACKUP_LOG:
		ok = last == BACKUP_DATABASE ||
		     (last == BACKUP_LOG && strcmp(r->last.name, next->name) < 0);
		break;
	case BACKUP_KEYS:
		ok = last == BACKUP_DATABASE || last == BACKUP_LOG ||
		     (last == BACKUP_KEYS && r->keys < VAULT_BUCKETS);
		break;
	case BACKUP_END:
		ok = last == BACKUP_KEYS && r->keys == VAULT_BUCKETS;
		break;
	}
	return ok ? TANU_OK : bad(err, "its parts are not in their order");
}

static tanu_status check_section(const struct backup_section *section, tanu_error *err)
{
	const bool named = section->kind == BACKUP_LOG;

	if (section->size > size_limit(section->kind))
		return bad(err, "a part of it is larger than such a part can be");
	if (named != (section->name[0] != '\0') || (named && !log_path_valid(section->name)))
		return bad(err, "a part of it has no right name");
	return TANU_OK;
}

/* ---- writing ---- */

tanu_status backup_bytes(struct backup_writer *w, const void *bytes, size_t len, tanu_error *err)
{
	digest_add(&w->digest, bytes, len);
	w->written += len;
	return os_file_write(&w->file, bytes, len, err);
}

tanu_status backup_begin(struct backup_writer *w, const char *path,
			 const struct backup_header *header, tanu_error *err)
{
	uint8_t bytes[BACKUP_HEADER_LEN];
	tanu_status st;

	*w = (struct backup_writer){.file = {.fd = -1}};
	digest_begin(&w->digest);
	if ((st = os_file_begin(&w->file, path, 0600, err)) < 0)
		return st;
	backup_header_put(bytes, header);
	return backup_bytes(w, bytes, sizeof(bytes), err);
}

tanu_status backup_section(struct backup_writer *w, enum backup_kind kind, const char *name,
			   uint64_t size, tanu_error *err)
{
	struct backup_section section = {.kind = kind, .size = size};
	uint8_t header[SECTION_HEADER_LEN], *at = header;
	const size_t name_len = strlen(name);
	tanu_status st;

	if (name_len > BACKUP_NAME_MAX)
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, name, "the name is too long");
	memcpy(section.name, name, name_len + 1);
	if ((st = check_section(&section, err)) < 0)
		return st;
	at = put_le(at, kind, 2);
	at = put_le(at, name_len, 2);
	at = put_le(at, 0, 4);
	put_le(at, size, 8);
	if ((st = backup_bytes(w, header, sizeof(header), err)) < 0)
		return st;
	return backup_bytes(w, name, name_len, err);
}

void backup_note_put(struct buf *out, const struct backup_header *header,
		     const uint8_t digest[DIGEST_LEN])
{
	struct json_w w;

	buf_str(out, "tanu backup v1\n");
	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_int(&w, "created_ms", header->created_ms);
	jw_int(&w, "period", header->period);
	jw_int(&w, "sequence", (int64_t)header->sequence);
	jw_digest(&w, "sha256", digest);
	jw_id(&w, "site", &header->site);
	jw_end_object(&w);
	buf_str(out, "\n");
}

/* ---- reading ---- */

/* Exactly `len` bytes of the file. */
static tanu_status take(struct backup_reader *r, void *out, size_t len, tanu_error *err)
{
	size_t got = 0;
	tanu_status st = r->read(r->self, out, len, &got, err);

	if (st < 0)
		return st;
	if (got < len)
		return bad(err, "it ends too early");
	digest_add(&r->digest, out, len);
	r->done += len;
	return TANU_OK;
}

tanu_status backup_read_header(struct backup_reader *r, struct backup_header *out, tanu_error *err)
{
	uint8_t bytes[BACKUP_HEADER_LEN];
	tanu_status st;

	digest_begin(&r->digest);
	r->done = r->left = 0;
	r->keys = 0;
	r->last = (struct backup_section){0};
	if ((st = take(r, bytes, sizeof(bytes), err)) < 0)
		return st;
	return header_get(out, bytes, err);
}

static tanu_status section_get(struct backup_reader *r, struct backup_section *out,
			       const uint8_t header[SECTION_HEADER_LEN], tanu_error *err)
{
	unsigned kind, name_len;
	uint32_t zero;
	struct rd rd;
	tanu_status st;

	rd_init(&rd, header, SECTION_HEADER_LEN);
	kind = rd_u16le(&rd);
	name_len = rd_u16le(&rd);
	zero = rd_u32le(&rd);
	out->size = rd_u64le(&rd);
	if (kind < BACKUP_SETTINGS || kind > BACKUP_END || name_len > BACKUP_NAME_MAX || zero != 0)
		return bad(err, "a part of it does not begin as one");
	out->kind = (enum backup_kind)kind;
	if ((st = take(r, out->name, name_len, err)) < 0)
		return st;
	out->name[name_len] = '\0';
	if (strlen(out->name) != name_len)
		return bad(err, "a part of it has no right name");
	return check_section(out, err);
}

tanu_status backup_read_section(struct backup_reader *r, struct backup_section *out,
				tanu_error *err)
{
	uint8_t header[SECTION_HEADER_LEN];
	struct digest before = r->digest;
	struct backup_section next = {0};
	tanu_status st;

	if (r->left > 0)
		return BAD_CALL(err, "a section is read to its end before the next");
	if ((st = take(r, header, sizeof(header), err)) < 0 ||
	    (st = section_get(r, &next, header, err)) < 0 || (st = check_order(r, &next, err)) < 0)
		return st;
	if (next.kind == BACKUP_END)
		digest_end(&before, r->sha256);
	r->keys += next.kind == BACKUP_KEYS;
	r->last = next;
	r->left = next.size;
	*out = next;
	return TANU_OK;
}

tanu_status backup_read_bytes(struct backup_reader *r, void *out, size_t len, size_t *got,
			      tanu_error *err)
{
	const size_t n = r->left < len ? (size_t)r->left : len;
	tanu_status st = take(r, out, n, err);

	if (st < 0)
		return st;
	r->left -= n;
	*got = n;
	return TANU_OK;
}

tanu_status backup_read_end(struct backup_reader *r, tanu_error *err)
{
	uint8_t more;
	size_t got = 0;
	tanu_status st = r->read(r->self, &more, 1, &got, err);

	if (st < 0)
		return st;
	return got == 0 && r->left == 0 ? TANU_OK : bad(err, "something follows its end");
}
