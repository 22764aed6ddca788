/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log and the database, held against each other when a site is opened. The files are the tree.
 *   - The database is ahead: a batch was signed and its files are not all there. They are written.
 *   - The files are ahead: an older database was put back. It is noticed, everybody's place in her
 *     chain is read from the log, and the log goes on behind what it holds.
 *   - Neither continues the other: nothing is signed any more, and the site says why. Withdrawing
 *     and erasing go on.
 */
#include "service/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTE_MAX (64 * 1024)

/* ---- the key and the name ---- */

static struct key_name site_key(const struct service *s)
{
	return (struct key_name){.subject = s->site, .kind = KEY_PROFILE};
}

static tanu_status seed_keep(struct service *s, const struct secret *seed, tanu_error *err)
{
	struct key_name key = site_key(s);
	struct buf sealed = {0};
	tanu_status st = vault_seal(s->vault, &sealed, &key, &s->site, RECORD_VERSION, seed->b,
				    sizeof(seed->b), err);

	if (st == TANU_OK)
		st = DB(s, meta_set, META_LOG_SEED, sealed.data, sealed.len, err);
	buf_free(&sealed);
	return st;
}

static tanu_status seed_load(struct service *s, struct secret *out, tanu_error *err)
{
	struct key_name key = site_key(s);
	struct buf sealed = {0}, plain = {0};
	tanu_status st;

	if ((st = DB(s, meta_get, &sealed, META_LOG_SEED, err)) < 0 ||
	    (st = vault_unseal(s->vault, &plain, &key, &s->site, RECORD_VERSION, sealed.data,
			       sealed.len, err)) < 0)
		goto out;
	if (plain.len == sizeof(out->b))
		memcpy(out->b, plain.data, sizeof(out->b));
	else
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, META_LOG_SEED,
			       "the log's signing key is not whole");
out:
	buf_free(&sealed);
	buf_wipe(&plain);
	return st;
}

/* Where nobody gave a name, one that no other site has. */
static void origin_default(const struct service *s, char out[TANU_ORIGIN_MAX])
{
	char hex[ID_HEX_LEN];

	id_hex(hex, &s->site);
	snprintf(out, TANU_ORIGIN_MAX, "tanu.invalid/%.16s", hex);
}

tanu_status journal_signer(struct service *s, tanu_error *err)
{
	char name[TANU_ORIGIN_MAX];
	struct buf origin = {0};
	struct secret seed = {{0}};
	tanu_status st;

	if ((st = DB(s, meta_get, &origin, META_LOG_ORIGIN, err)) < 0 ||
	    (st = seed_load(s, &seed, err)) < 0)
		goto out;
	snprintf(name, sizeof(name), "%.*s", (int)origin.len, (const char *)origin.data);
	st = signer_init(&s->journal.signer, name, TANU_KEY_ED25519, &seed, err);
out:
	buf_free(&origin);
	secret_wipe(&seed);
	return st;
}

static void head_none(struct service *s, tanu_checkpoint *head)
{
	*head = (tanu_checkpoint){0};
	snprintf(head->origin, sizeof(head->origin), "%s", s->journal.signer.name);
	tanu_hash_empty(&head->root);
}

tanu_status journal_create(struct service *s, tanu_error *err)
{
	const char *asked = settings_text(&s->settings, "log.origin");
	char origin[TANU_ORIGIN_MAX];
	struct secret seed;
	tanu_status st;

	if (*asked)
		snprintf(origin, sizeof(origin), "%s", asked);
	else
		origin_default(s, origin);
	random_fill(&s->random, seed.b, sizeof(seed.b));
	if ((st = signer_init(&s->journal.signer, origin, TANU_KEY_ED25519, &seed, err)) == TANU_OK)
		st = seed_keep(s, &seed, err);
	if (st == TANU_OK)
		st = DB(s, meta_set, META_LOG_ORIGIN, origin, strlen(origin), err);
	secret_wipe(&seed);
	return st;
}

/* ---- what both say ---- */

/* A checkpoint of ours. */
static tanu_status head_parse(struct service *s, tanu_checkpoint *out, const struct buf *bytes,
			      tanu_error *err)
{
	tanu_verifier verifier;
	tanu_note *note = malloc(sizeof(*note));
	tanu_status st;

	if (!note)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	signer_verifier(&verifier, &s->journal.signer);
	if ((st = tanu_note_split(note, (const char *)bytes->data, bytes->len, err)) == TANU_OK &&
	    (st = tanu_note_verify(note, &verifier, NULL, err)) == TANU_OK)
		st = tanu_checkpoint_parse(out, note->text, note->text_len, err);
	free(note);
	return st;
}

static tanu_status database_head(struct service *s, tanu_checkpoint *out, tanu_error *err)
{
	struct buf note = {0};
	tanu_status st = DB(s, meta_get, &note, META_LOG_HEAD, err);

	head_none(s, out);
	if (st == TANU_OK && note.len > 0)
		st = head_parse(s, out, &note, err);
	buf_free(&note);
	return st;
}

tanu_status journal_note(struct service *s, tanu_checkpoint *out, struct buf *note,
			 const char *path, tanu_error *err)
{
	const struct log_files *files = &s->journal.files;
	tanu_status st = files->read(files->self, note, path, NOTE_MAX, err);

	return st < 0 ? st : head_parse(s, out, note, err);
}

static tanu_status note_if_any(struct service *s, tanu_checkpoint *out, struct buf *note,
			       const char *path, tanu_error *err)
{
	tanu_error why = {0};
	tanu_status st;

	head_none(s, out);
	st = journal_note(s, out, note, path, &why);
	if (st < 0 && st != TANU_NOT_FOUND && err)
		*err = why;
	return st == TANU_NOT_FOUND ? TANU_OK : st;
}

/* The public checkpoint, or the newer one that waits for witnesses. */
static tanu_status files_head(struct service *s, tanu_checkpoint *out, struct buf *note,
			      tanu_error *err)
{
	tanu_checkpoint newest;
	struct buf waiting = {0};
	tanu_status st;

	if ((st = note_if_any(s, out, note, "checkpoint", err)) < 0 ||
	    (st = note_if_any(s, &newest, &waiting, "newest", err)) < 0)
		goto out;
	if (newest.size > out->size) {
		*out = newest;
		note->len = 0;
		buf_put(note, waiting.data, waiting.len);
		st = buf_check(note, err);
	}
out:
	buf_free(&waiting);
	return st;
}

/* The root that the files have at `size`; they hold at least that many. */
static tanu_status files_root(struct service *s, tanu_hash *out, uint64_t size, uint64_t have,
			      tanu_error *err)
{
	struct log_reader *reader = NULL;
	struct hash_source hashes;
	tanu_status st = log_reader_open(&reader, &s->journal.files, have, err);

	if (st < 0)
		return st;
	hashes = log_reader_hashes(reader);
	st = tree_root(out, &hashes, size, err);
	log_reader_close(&reader);
	return st;
}

static tanu_status fail_apart(const struct service *s, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_LOG_FORK, s->journal.dir,
			 "the log's files and the database contradict each other: put the folder "
			 "log/ of this site back; until then nothing is added to the log");
}

static tanu_status check_root(struct service *s, const tanu_checkpoint *head, uint64_t have,
			      tanu_error *err)
{
	tanu_hash root;
	tanu_status st;

	if (head->size == 0)
		return TANU_OK;
	if ((st = files_root(s, &root, head->size, have, err)) < 0)
		return st;
	return memcmp(&root, &head->root, sizeof(root)) == 0 ? TANU_OK : fail_apart(s, err);
}

/* ---- an older database ---- */

/* Everybody's chain, followed into the log. */
struct resync {
	struct service *s;
	struct id_list people;
	struct log_chain *chains; /* one each */
	bool *more;		  /* there may be leaves beyond those looked for */
	struct leaf_span *spans;
	size_t spans_len;
};

#define RESYNC_STEP 256 /* unknown leaves of one key that are looked for at once */

static tanu_status take_person(void *self, const struct subject_row *row, tanu_error *err)
{
	return id_list_add(&((struct resync *)self)->people, &row->id, err);
}

static tanu_status resync_load(struct resync *r, tanu_error *err)
{
	tanu_status st = DB(r->s, subject_each, take_person, r, err);
	size_t len = r->people.len ? r->people.len : 1;

	if (st < 0)
		return st;
	r->chains = calloc(len, sizeof(*r->chains));
	r->more = calloc(len, sizeof(*r->more));
	r->spans = calloc(len * LOG_KEYS_MAX, sizeof(*r->spans));
	if (!r->chains || !r->more || !r->spans)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < r->people.len; i++) {
		struct ledger_head head = {0};

		/* a damaged person stays as she is */
		r->more[i] = head_get(r->s, &head, &r->people.v[i], NULL) == TANU_OK;
		r->chains[i] = head.log;
	}
	return TANU_OK;
}

/* Leaves behind the known one, and those under later keys. */
static void resync_spans(struct resync *r)
{
	r->spans_len = 0;
	for (size_t i = 0; i < r->people.len; i++) {
		struct leaf_span span = {.who = i,
					 .subject = r->people.v[i],
					 .generation = r->chains[i].generation,
					 .first = r->chains[i].n};

		for (; r->more[i] && span.generation < LOG_KEYS_MAX; span.generation++) {
			struct key_name key = {
			    .subject = span.subject, .kind = KEY_LOG, .quarter = span.generation};

			if (!vault_has_key(r->s->vault, &key))
				break;
			span.end = span.first + RESYNC_STEP;
			r->spans[r->spans_len++] = span;
			span.first = 0;
		}
		r->more[i] = false;
	}
}

/* In the order of n: each found leaf is the next one, or the first under the next key. */
static void chain_take(struct resync *r, const struct found_leaf *f)
{
	struct log_chain *chain = &r->chains[f->who];

	if (f->generation == chain->generation + 1 && f->n == 0) {
		chain->ended[chain->generation++] = chain->n;
		chain->n = 0;
	}
	if (f->generation != chain->generation || f->n != chain->n)
		return;
	chain->last = f->leaf;
	chain->n++;
	r->more[f->who] = true;
}

static tanu_status resync_follow(struct resync *r, tanu_error *err)
{
	struct found_leaf *found = NULL;
	size_t found_len = 1;
	tanu_status st = TANU_OK;

	while (st == TANU_OK && found_len > 0) {
		found_len = 0;
		resync_spans(r);
		st = leaves_find(r->s, &found, &found_len, r->spans, r->spans_len, err);
		for (size_t i = 0; i < found_len && st == TANU_OK; i++)
			chain_take(r, &found[i]);
		free(found);
		found = NULL;
	}
	return st;
}

static tanu_status resync_keep(struct resync *r, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < r->people.len && st == TANU_OK; i++) {
		struct profile profile = {0};
		tanu_error why = {0};

		st = profile_get(r->s, &profile, &r->people.v[i], &why);
		if (st == TANU_OK) {
			profile.head.log = r->chains[i];
			st = profile_set(r->s, &r->people.v[i], &profile, err);
		} else if (st == TANU_DAMAGED || st == TANU_ERASED) {
			st = TANU_OK;
		} else if (err) {
			*err = why;
		}
		mem_wipe(&profile, sizeof(profile));
	}
	return st;
}

static void resync_free(struct resync *r)
{
	id_list_free(&r->people);
	free(r->chains);
	free(r->more);
	free(r->spans);
}

/* Entries that wait in the old database, by their digest, and where the log has them. */
struct waiting_row {
	uint8_t sha256[DIGEST_LEN];
	tanu_id id;
	int64_t position; /* -1: nowhere */
};

struct waiting {
	struct waiting_row *v;
	size_t len, cap;
};

static tanu_status take_waiting(void *self, const struct log_entry_row *row, tanu_error *err)
{
	struct waiting *w = self;

	if (w->len == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 64;
		struct waiting_row *v = realloc(w->v, cap * sizeof(*v));

		if (!v)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		w->v = v;
		w->cap = cap;
	}
	w->v[w->len] = (struct waiting_row){.id = row->id, .position = -1};
	sha256(w->v[w->len++].sha256, row->entry.data, row->entry.len);
	return TANU_OK;
}

static int by_digest(const void *a, const void *b)
{
	return memcmp(((const struct waiting_row *)a)->sha256,
		      ((const struct waiting_row *)b)->sha256, DIGEST_LEN);
}

static tanu_status see_waiting(void *self, uint64_t index, const void *entry, size_t entry_len,
			       const uint8_t *opening, tanu_error *err)
{
	struct waiting *w = self;
	struct waiting_row key, *row;

	(void)opening;
	(void)err;
	sha256(key.sha256, entry, entry_len);
	row = bsearch(&key, w->v, w->len, sizeof(key), by_digest);
	if (row)
		row->position = (int64_t)index;
	return TANU_OK;
}

static tanu_status waiting_find(struct service *s, struct waiting *w, tanu_error *err)
{
	struct log_reader *reader = NULL;
	tanu_status st = DB(s, log_each, false, take_waiting, w, err);

	if (st < 0 || w->len == 0)
		return st;
	qsort(w->v, w->len, sizeof(*w->v), by_digest);
	if ((st = log_reader_open(&reader, &s->journal.files, s->journal.head.size, err)) ==
	    TANU_OK)
		st = log_reader_each(reader, 0, s->journal.head.size, see_waiting, w, err);
	log_reader_close(&reader);
	return st;
}

static tanu_status waiting_place(struct service *s, const struct waiting *w, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < w->len && st == TANU_OK; i++)
		if (w->v[i].position >= 0)
			st = DB(s, log_place, &w->v[i].id, (uint64_t)w->v[i].position, err);
	return st < 0 ? st : DB(s, log_trim, s->journal.head.size, err);
}

/* The files hold more than the database knows of, and what it knows of is in them. */
static tanu_status catch_up(struct service *s, const struct buf *note, uint64_t old_size,
			    tanu_error *err)
{
	struct statement restored = {.type = STATEMENT_DATABASE_RESTORED,
				     .at_ms = clock_now(&s->clock),
				     .size = (int64_t)old_size};
	struct resync r = {.s = s};
	struct waiting w = {0};
	tanu_status st;

	if ((st = resync_load(&r, err)) < 0 || (st = resync_follow(&r, err)) < 0 ||
	    (st = waiting_find(s, &w, err)) < 0 || (st = tx_begin(s, err)) < 0)
		goto out;
	/* rows of batches that the database thought unfinished are in the files */
	if ((st = DB(s, log_trim, old_size, err)) == TANU_OK &&
	    (st = waiting_place(s, &w, err)) == TANU_OK && (st = resync_keep(&r, err)) == TANU_OK &&
	    (st = DB(s, meta_set, META_LOG_HEAD, note->data, note->len, err)) == TANU_OK)
		st = journal_state(s, &restored, err);
	st = tx_end(s, st, err);
out:
	resync_free(&r);
	free(w.v);
	return st;
}

/* ---- opening ---- */

static tanu_status compare_heads(struct service *s, tanu_error *err)
{
	struct journal *j = &s->journal;
	tanu_checkpoint files, database;
	struct buf note = {0};
	tanu_status st;

	if ((st = database_head(s, &database, err)) < 0 ||
	    (st = files_head(s, &files, &note, err)) < 0)
		goto out;
	if (files.size > database.size) {
		if ((st = check_root(s, &files, files.size, err)) < 0 ||
		    (st = check_root(s, &database, files.size, err)) < 0)
			goto out;
		j->head = files;
		s->rolled_back = true;
		st = catch_up(s, &note, database.size, err);
		goto out;
	}
	j->head = database;
	if (files.size == database.size &&
	    memcmp(&files.root, &database.root, sizeof(files.root)) != 0)
		st = fail_apart(s, err);
	else if ((st = check_root(s, &files, files.size, err)) == TANU_OK)
		st = journal_settle(s, err);
	/* what was placed is in the files now, or nothing of it was there to write */
	if (st == TANU_OK)
		st = check_root(s, &j->head, j->head.size, err);
out:
	buf_free(&note);
	return st;
}

static tanu_status check_copy(struct service *s, tanu_error *err)
{
	tanu_checkpoint files, database;
	struct buf note = {0};
	tanu_status st;

	if ((st = database_head(s, &database, err)) < 0 ||
	    (st = files_head(s, &files, &note, err)) < 0)
		goto out;
	if (files.size < database.size)
		st = tanu_fail(err, TANU_ERR_LOG_DAMAGED, s->journal.dir,
			       "this copy of the log ends before the one that the site knows");
	else if ((st = check_root(s, &files, files.size, err)) == TANU_OK)
		st = check_root(s, &database, files.size, err);
out:
	buf_free(&note);
	return st;
}

tanu_status journal_check_copy(struct service *s, const char *dir, tanu_error *err)
{
	struct journal *j = &s->journal;
	const struct log_files files = j->files;
	char kept[sizeof(j->dir)];
	tanu_status st;

	memcpy(kept, j->dir, sizeof(kept));
	snprintf(j->dir, sizeof(j->dir), "%s", dir);
	log_dir_files(&j->files, j->dir);
	st = check_copy(s, err);
	memcpy(j->dir, kept, sizeof(kept));
	j->files = files;
	return st;
}

/* A site that was made before there was a log gets its key now. */
static tanu_status create_if_none(struct service *s, tanu_error *err)
{
	struct buf seed = {0};
	bool none;
	tanu_status st = DB(s, meta_get, &seed, META_LOG_SEED, err);

	none = seed.len == 0;
	buf_free(&seed);
	if (st < 0 || !none || (st = tx_begin(s, err)) < 0)
		return st;
	return tx_end(s, journal_create(s, err), err);
}

tanu_status journal_open(struct service *s, const struct site_paths *p, tanu_error *err)
{
	struct journal *j = &s->journal;
	tanu_status st;

	snprintf(j->dir, sizeof(j->dir), "%s", p->log);
	log_dir_files(&j->files, j->dir);
	if ((st = create_if_none(s, err)) < 0 || (st = journal_signer(s, err)) < 0)
		return st;
	if ((st = compare_heads(s, &j->stopped)) == TANU_OK)
		return TANU_OK;
	if (st == TANU_MEMORY) { /* nothing is known to be wrong */
		if (err)
			*err = j->stopped;
		return st;
	}
	j->stopped.status = st;
	return TANU_OK;
}

void journal_close(struct service *s)
{
	signer_wipe(&s->journal.signer);
}
