/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a backup must not bring back: people who have left and consents that have ended since. While
 * a backup can be opened, the site keeps traces of them (a digest of a random id, no more), and
 * gives them to the holder of the recovery key as a signed notice. A restore leaves out who and
 * what is named there.
 */
#include "service/recovery.h"

#include <stdlib.h>
#include <string.h>

#define META_ERASED  "recovery-erased"
#define SEAL_ERASED  0x5203
#define ERASED_MAX   40000 /* what a note takes */
#define NOTICE_TITLE "tanu recovery notice v1\n"

void recovery_trace(uint8_t out[RECOVERY_TRACE], const tanu_id *id)
{
	uint8_t digest[DIGEST_LEN];

	sha256(digest, id->b, sizeof(id->b));
	memcpy(out, digest, RECOVERY_TRACE);
}

/* ---- backups that were made ---- */

static tanu_status record_encode(struct buf *out, const struct backup_record *record,
				 tanu_error *err)
{
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_int(&w, "at_ms", record->at_ms);
	jw_int(&w, "forget_ms", record->forget_ms);
	jw_int(&w, "period", record->period);
	jw_int(&w, "sequence", (int64_t)record->sequence);
	jw_digest(&w, "sha256", record->sha256);
	jw_int(&w, "size", record->size);
	jw_end_object(&w);
	return buf_check(out, err);
}

static tanu_status record_decode(struct backup_record *out, const struct buf *text, tanu_error *err)
{
	struct json_doc *doc = NULL;
	int64_t sequence = 0;
	tanu_status st = json_parse(&doc, text->data, text->len, RECORD_MAX, "backup", err);

	if (st < 0)
		return st;
	if ((st = json_int(&out->at_ms, json_root(doc), "at_ms", err)) == TANU_OK &&
	    (st = json_int(&out->forget_ms, json_root(doc), "forget_ms", err)) == TANU_OK)
		st = json_int(&sequence, json_root(doc), "sequence", err);
	out->sequence = (uint64_t)sequence;
	json_free(&doc);
	return st;
}

struct backups_walk {
	struct backups_known known;
	int64_t now_ms;
	struct id_list over; /* papers of those that nothing opens any more */
};

static tanu_status see_backup(void *self, const struct paper *paper, tanu_error *err)
{
	struct backup_record record = {0};
	struct backups_walk *walk = self;
	struct backups_known *k = &walk->known;
	tanu_status st = record_decode(&record, &paper->text, err);

	if (st < 0)
		return st;
	if (record.at_ms > k->last_ms)
		k->last_ms = record.at_ms;
	if (record.forget_ms <= walk->now_ms)
		return id_list_add(&walk->over, &paper->id, err);
	if (k->count == 0 || record.sequence < k->oldest_sequence)
		k->oldest_sequence = record.sequence;
	if (record.forget_ms > k->horizon_ms)
		k->horizon_ms = record.forget_ms;
	k->count++;
	return TANU_OK;
}

static tanu_status walk_backups(struct service *s, struct backups_walk *walk, tanu_error *err)
{
	walk->now_ms = clock_now(&s->clock);
	return papers_each(s, &s->site, RECORD_BACKUP, see_backup, walk, err);
}

tanu_status backups_known(struct service *s, struct backups_known *out, tanu_error *err)
{
	struct backups_walk walk = {0};
	tanu_status st = walk_backups(s, &walk, err);

	if (st == TANU_OK)
		*out = walk.known;
	id_list_free(&walk.over);
	return st;
}

tanu_status backup_remember(struct service *s, const struct backup_record *record, tanu_error *err)
{
	struct backups_walk walk = {0};
	struct buf text = {0};
	tanu_status st;

	if ((st = record_encode(&text, record, err)) < 0 ||
	    (st = walk_backups(s, &walk, err)) < 0 || (st = tx_begin(s, err)) < 0)
		goto out;
	for (size_t i = 0; i < walk.over.len && st == TANU_OK; i++)
		st = paper_delete(s, &s->site, &walk.over.v[i], err);
	if (st == TANU_OK)
		st = paper_put(s, NULL, &s->site, RECORD_BACKUP, record->at_ms, text.data, text.len,
			       err);
	st = tx_end(s, st, err);
out:
	id_list_free(&walk.over);
	buf_free(&text);
	return st;
}

int64_t recovery_horizon(struct service *s)
{
	struct backups_known known = {0};
	struct recovery r = {0};

	if (recovery_load(s, &r, NULL) < 0 || backups_known(s, &known, NULL) < 0)
		return 0;
	return known.horizon_ms;
}

/* ---- people who have left ---- */

struct erased_trace {
	uint8_t trace[RECOVERY_TRACE];
	int64_t at_ms;
};

struct erased_list {
	struct erased_trace *v;
	size_t len;
};

static tanu_status erased_open(struct service *s, struct buf *plain, tanu_error *err)
{
	const struct key_name name = {.subject = s->site, .kind = KEY_PROFILE};
	struct buf sealed = {0};
	tanu_status st = DB(s, meta_get, &sealed, META_ERASED, err);

	if (st == TANU_OK && sealed.len > 0)
		st = vault_unseal(s->vault, plain, &name, &s->site, SEAL_ERASED, sealed.data,
				  sealed.len, err);
	buf_free(&sealed);
	return st;
}

/* With room for `more`. Freed by the caller. */
static tanu_status erased_load(struct service *s, struct erased_list *out, size_t more,
			       tanu_error *err)
{
	struct buf plain = {0};
	struct rd r;
	tanu_status st = erased_open(s, &plain, err);
	size_t len = plain.len / (RECOVERY_TRACE + 8);

	if (st == TANU_OK && plain.len % (RECOVERY_TRACE + 8) != 0)
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, META_ERASED, "the list is not whole");
	out->v = st == TANU_OK ? calloc(len + more + 1, sizeof(*out->v)) : NULL;
	if (st == TANU_OK && !out->v)
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	rd_init(&r, plain.data, plain.len);
	for (size_t i = 0; i < len && st == TANU_OK; i++) {
		rd_copy(&r, out->v[i].trace, RECOVERY_TRACE);
		out->v[i].at_ms = rd_i64le(&r);
	}
	out->len = st == TANU_OK ? len : 0;
	buf_free(&plain);
	return st;
}

static tanu_status erased_keep(struct service *s, const struct erased_list *list, int64_t since_ms,
			       tanu_error *err)
{
	const struct key_name name = {.subject = s->site, .kind = KEY_PROFILE};
	struct buf plain = {0}, sealed = {0};
	size_t from = list->len > ERASED_MAX ? list->len - ERASED_MAX : 0;
	tanu_status st;

	for (size_t i = from; i < list->len; i++)
		if (list->v[i].at_ms >= since_ms) {
			buf_put(&plain, list->v[i].trace, RECOVERY_TRACE);
			buf_u64le(&plain, (uint64_t)list->v[i].at_ms);
		}
	if ((st = buf_check(&plain, err)) == TANU_OK &&
	    (st = vault_seal(s->vault, &sealed, &name, &s->site, SEAL_ERASED, plain.data, plain.len,
			     err)) == TANU_OK)
		st = DB(s, meta_set, META_ERASED, sealed.data, sealed.len, err);
	buf_free(&plain);
	buf_free(&sealed);
	return st;
}

/* The longest that a backup can stay open: what is older is in none that opens. */
static int64_t oldest_ms(const struct recovery *r, int64_t now_ms)
{
	return now_ms - (2 * (int64_t)r->days + RECOVERY_GRACE_DAYS) * DAY_MS;
}

tanu_status recovery_note_erased(struct service *s, const struct id_list *people, int64_t now_ms,
				 tanu_error *err)
{
	struct backups_known known = {0};
	struct erased_list list = {0};
	struct recovery r = {0};
	tanu_error why = {0};
	tanu_status st;

	if (people->len == 0 || recovery_load(s, &r, NULL) < 0)
		return TANU_OK;
	/* Damaged papers of the site must not keep anybody here: then all are noted. */
	if (backups_known(s, &known, &why) == TANU_OK && known.count == 0)
		return TANU_OK;
	if ((st = erased_load(s, &list, people->len, err)) < 0)
		return st;
	for (size_t i = 0; i < people->len; i++) {
		struct erased_trace *t = &list.v[list.len++];

		recovery_trace(t->trace, &people->v[i]);
		t->at_ms = now_ms;
	}
	st = erased_keep(s, &list, oldest_ms(&r, now_ms), err);
	free(list.v);
	return st;
}

/* ---- writing a notice ---- */

struct traces {
	uint8_t (*v)[RECOVERY_TRACE];
	size_t len, cap;
	uint64_t since; /* sequence of the ledger */
};

static tanu_status trace_add(struct traces *t, const uint8_t trace[RECOVERY_TRACE], tanu_error *err)
{
	if (t->len == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 64;
		uint8_t(*v)[RECOVERY_TRACE] = realloc(t->v, cap * sizeof(*v));

		if (!v)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		t->v = v;
		t->cap = cap;
	}
	memcpy(t->v[t->len++], trace, RECOVERY_TRACE);
	return TANU_OK;
}

static tanu_status take_ended(void *self, const struct consent_row *row, tanu_error *err)
{
	uint8_t trace[RECOVERY_TRACE];
	struct traces *t = self;

	if (row->consent.state == TANU_CONSENT_GIVEN || row->consent.sequence <= t->since)
		return TANU_OK;
	recovery_trace(trace, &row->consent.id);
	return trace_add(t, trace, err);
}

static int by_trace(const void *a, const void *b)
{
	return memcmp(a, b, RECOVERY_TRACE);
}

static tanu_status traces_collect(struct service *s, struct traces *t, tanu_error *err)
{
	struct erased_list list = {0};
	tanu_status st = erased_load(s, &list, 0, err);

	for (size_t i = 0; i < list.len && st == TANU_OK; i++)
		st = trace_add(t, list.v[i].trace, err);
	free(list.v);
	if (st == TANU_OK)
		st = DB(s, consent_each, NULL, take_ended, t, err);
	if (st == TANU_OK && t->len)
		qsort(t->v, t->len, RECOVERY_TRACE, by_trace);
	return st;
}

static tanu_status notice_put(struct service *s, struct buf *out, const struct traces *t,
			      int64_t horizon_ms, tanu_error *err)
{
	struct buf text = {0}, ended = {0};
	struct json_w w;
	tanu_status st;

	base64_put(&ended, t->v, t->len * RECOVERY_TRACE);
	buf_str(&text, NOTICE_TITLE);
	jw_init(&w, &text);
	jw_object(&w, NULL);
	jw_int(&w, "at_ms", clock_now(&s->clock));
	jw_text(&w, "ended", buf_cstr(&ended));
	jw_int(&w, "horizon_ms", horizon_ms);
	jw_id(&w, "site", &s->site);
	jw_end_object(&w);
	buf_str(&text, "\n");
	text.failed |= ended.failed;
	if ((st = buf_check(&text, err)) == TANU_OK && text.len > TANU_NOTE_BYTES_MAX - 1024)
		st = tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, NULL,
			       "more has ended than a notice takes: make a new backup, and have "
			       "the holder turn the key");
	if (st == TANU_OK)
		st = note_sign(out, &s->journal.signer, (const char *)text.data, text.len, err);
	buf_free(&text);
	buf_free(&ended);
	return st;
}

tanu_status service_recovery_notice(struct service *s, struct buf *out, tanu_error *err)
{
	struct backups_known known = {0};
	struct traces t = {0};
	struct recovery r = {0};
	tanu_status st;

	if ((st = recovery_load(s, &r, err)) < 0 || (st = backups_known(s, &known, err)) < 0)
		return st;
	t.since = known.oldest_sequence;
	if ((st = traces_collect(s, &t, err)) == TANU_OK)
		st = notice_put(s, out, &t, known.horizon_ms, err);
	free(t.v);
	return st;
}

void recovery_tell(struct service *s)
{
	const char *path = settings_text(&s->settings, "recovery.notice");
	struct buf notice = {0};
	struct recovery r = {0};
	tanu_status st;

	s->notice = (tanu_error){0};
	if (!*path || recovery_load(s, &r, NULL) < 0)
		return;
	if ((st = service_recovery_notice(s, &notice, &s->notice)) == TANU_OK)
		st = os_replace_file(path, notice.data, notice.len, 0600, &s->notice);
	s->notice.status = st;
	buf_free(&notice);
}

/* ---- reading one ---- */

static tanu_status fail_notice(tanu_error *err, const char *what)
{
	return tanu_fail(err, TANU_ERR_BACKUP, "notice", "this is not a notice of this site: %s",
			 what);
}

static tanu_status take_traces(struct recovery_notice *out, const char *text, tanu_error *err)
{
	struct buf bytes = {0};
	tanu_status st = base64_get(&bytes, text, strlen(text), err);

	if (st == TANU_OK && bytes.len % RECOVERY_TRACE != 0)
		st = fail_notice(err, "its list is not whole");
	if (st < 0) {
		buf_free(&bytes);
		return st;
	}
	out->len = bytes.len / RECOVERY_TRACE;
	out->ended = (uint8_t(*)[RECOVERY_TRACE])bytes.data; /* owned from here on */
	for (size_t i = 1; i < out->len; i++)
		if (by_trace(out->ended[i - 1], out->ended[i]) >= 0)
			st = fail_notice(err, "its list is out of order");
	return st;
}

static tanu_status recovery_notice_decode(struct recovery_notice *out, const char *text, size_t len,
					  tanu_error *err)
{
	const size_t title = strlen(NOTICE_TITLE);
	struct json_doc *doc = NULL;
	const char *ended = NULL;
	tanu_status st;

	if (len < title || memcmp(text, NOTICE_TITLE, title) != 0)
		return fail_notice(err, "it has another title");
	st = json_parse(&doc, text + title, len - title, TANU_NOTE_BYTES_MAX, "notice", err);
	if (st < 0)
		return st;
	if ((st = json_int(&out->at_ms, json_root(doc), "at_ms", err)) == TANU_OK &&
	    (st = json_text(&ended, json_root(doc), "ended", err)) == TANU_OK)
		st = take_traces(out, ended, err);
	json_free(&doc);
	return st;
}

tanu_status recovery_notice_read(struct recovery_notice *out, const void *bytes, size_t len,
				 const tanu_verifier *log, tanu_error *err)
{
	tanu_note *note = malloc(sizeof(*note));
	struct recovery_notice notice = {0};
	tanu_status st;

	if (!note)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = tanu_note_split(note, bytes, len, err)) == TANU_OK && log)
		st = tanu_note_verify(note, log, NULL, err);
	if (st == TANU_OK)
		st = recovery_notice_decode(&notice, note->text, note->text_len, err);
	free(note);
	if (st == TANU_OK)
		*out = notice;
	else
		recovery_notice_free(&notice);
	return st;
}

bool recovery_notice_has(const struct recovery_notice *notice, const tanu_id *id)
{
	uint8_t trace[RECOVERY_TRACE];

	recovery_trace(trace, id);
	return notice->len > 0 &&
	       bsearch(trace, notice->ended, notice->len, RECOVERY_TRACE, by_trace) != NULL;
}

void recovery_notice_free(struct recovery_notice *notice)
{
	free(notice->ended);
	*notice = (struct recovery_notice){0};
}
