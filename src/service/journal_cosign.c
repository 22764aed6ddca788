/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Witnesses and the public checkpoint. What was signed last is shown to each witness, and becomes
 * the public checkpoint when all have cosigned it that have cosigned the present one: until then
 * that one stays, so that nobody who asks for their cosignatures is worse off, and the newest waits
 * beside it in "newest". A witness that is silent for setting log.witness_hours is not waited for
 * any longer. A checkpoint that nobody has cosigned is replaced at once.
 *
 * Nothing here signs: both files hold the one signature for their size, from batch_sign.
 */
#include "service/internal.h"

#include <string.h>

#define NOTE_MAX       (64 * 1024)
#define META_LOG_WAIT  "log-wait"	/* of `struct waiting` */
#define ASK_AGAIN_MS   ((int64_t)60000) /* after one did not answer */
#define HOUR_MS	       ((int64_t)3600000)
#define WITNESS_MS_MIN 200 /* the least that one is given, whatever the others took */

/* What is remembered between openings. */
struct waiting {
	int64_t held_since_ms; /* 0: the newest checkpoint is the public one */
	int64_t ask_after_ms;  /* not before, unless the operator asks */
};

struct cosigning {
	struct service *s;
	struct buf public, newest;
	tanu_checkpoint shown; /* what the public one says; size 0: there is none */
	uint32_t waited_for;   /* witnesses that have cosigned it, as bits */
	uint32_t have;	       /* likewise of the newest */
	bool changed;	       /* the newest has new cosignatures */
	struct waiting before, now;
};

static uint32_t all_of(const struct service *s)
{
	return (uint32_t)((UINT64_C(1) << s->witnesses.len) - 1);
}

/* Which of the site's witnesses have cosigned this note. */
static uint32_t cosigners(const struct service *s, const struct buf *note)
{
	uint32_t out = 0;
	tanu_note split;

	if (tanu_note_split(&split, (const char *)note->data, note->len, NULL) < 0)
		return 0;
	for (size_t i = 0; i < s->witnesses.len; i++)
		if (tanu_note_verify(&split, &s->witnesses.verifiers[i], NULL, NULL) == TANU_OK)
			out |= UINT32_C(1) << i;
	return out;
}

/* Who the witnesses are is not known here: nobody can be asked, or the list can't be read. */
static bool is_blind(const struct service *s)
{
	return !s->witnesses.ask || s->witnesses.trouble.status < 0;
}

/* Somebody else than the log has signed it. */
static bool is_cosigned(const struct buf *note)
{
	tanu_note split;

	return tanu_note_split(&split, (const char *)note->data, note->len, NULL) == TANU_OK &&
	       split.signatures_len > 1;
}

const char *journal_head_path(struct service *s)
{
	struct buf note = {0};
	tanu_checkpoint shown;
	bool held = false;

	if (journal_note(s, &shown, &note, "checkpoint", NULL) == TANU_OK)
		held = is_blind(s) ? is_cosigned(&note) : cosigners(s, &note) != 0;
	buf_free(&note);
	return held ? "newest" : "checkpoint";
}

/* ---- what is remembered ---- */

static tanu_status waiting_load(struct service *s, struct waiting *out, tanu_error *err)
{
	struct buf bytes = {0};
	struct rd r;
	tanu_status st = DB(s, meta_get, &bytes, META_LOG_WAIT, err);

	*out = (struct waiting){0};
	if (st == TANU_OK && bytes.len > 0) {
		rd_init(&r, bytes.data, bytes.len);
		out->held_since_ms = rd_i64le(&r);
		out->ask_after_ms = rd_i64le(&r);
		if (!rd_end(&r))
			st = tanu_fail(err, TANU_ERR_DB_DAMAGED, META_LOG_WAIT,
				       "these are not two times");
	}
	buf_free(&bytes);
	return st;
}

static tanu_status waiting_keep(struct service *s, const struct waiting *w, tanu_error *err)
{
	struct buf bytes = {0};
	tanu_status st;

	buf_u64le(&bytes, (uint64_t)w->held_since_ms);
	buf_u64le(&bytes, (uint64_t)w->ask_after_ms);
	if ((st = buf_check(&bytes, err)) == TANU_OK && (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, DB(s, meta_set, META_LOG_WAIT, bytes.data, bytes.len, err), err);
	buf_free(&bytes);
	return st;
}

/* ---- the two notes ---- */

/* The newest checkpoint, with the cosignatures that were kept: from either file, or as signed. */
static tanu_status newest_load(struct cosigning *c, tanu_error *err)
{
	struct service *s = c->s;
	tanu_checkpoint head;

	if (c->shown.size == s->journal.head.size) {
		buf_put(&c->newest, c->public.data, c->public.len);
		return buf_check(&c->newest, err);
	}
	if (journal_note(s, &head, &c->newest, "newest", NULL) == TANU_OK &&
	    head.size == s->journal.head.size)
		return TANU_OK;
	c->newest.len = 0;
	return DB(s, meta_get, &c->newest, META_LOG_HEAD, err);
}

static tanu_status cosigning_load(struct cosigning *c, struct service *s, tanu_error *err)
{
	tanu_error why = {0};
	tanu_status st;

	*c = (struct cosigning){.s = s};
	st = journal_note(s, &c->shown, &c->public, "checkpoint", &why);
	if (st < 0 && st != TANU_NOT_FOUND) {
		if (err)
			*err = why;
		return st;
	}
	if (st == TANU_NOT_FOUND)
		c->shown.size = 0;
	if ((st = newest_load(c, err)) < 0 || (st = waiting_load(s, &c->before, err)) < 0)
		return st;
	c->now = c->before;
	c->waited_for = cosigners(s, &c->public);
	c->have = cosigners(s, &c->newest);
	return TANU_OK;
}

static void cosigning_free(struct cosigning *c)
{
	buf_free(&c->public);
	buf_free(&c->newest);
}

/* ---- asking ---- */

static bool is_by(const tanu_note_signature *s, const tanu_verifier *v)
{
	return s->key_id == v->key_id && s->name_len == strlen(v->name) &&
	       memcmp(s->name, v->name, s->name_len) == 0;
}

/* The note with this line in place of an earlier one by the same witness; nothing that is false. */
static tanu_status merge(struct buf *note, const tanu_verifier *v, const struct buf *line,
			 tanu_error *err)
{
	struct buf out = {.max = NOTE_MAX};
	tanu_note split;
	tanu_status st = tanu_note_split(&split, (const char *)note->data, note->len, err);

	if (st < 0)
		return st;
	buf_put(&out, split.text, split.text_len);
	buf_str(&out, "\n");
	for (size_t i = 0; i < split.signatures_len; i++) {
		const tanu_note_signature *sig = &split.signatures[i];

		if (!is_by(sig, v))
			buf_printf(&out, "\xE2\x80\x94 %.*s %.*s\n", (int)sig->name_len, sig->name,
				   (int)sig->base64_len, sig->base64);
	}
	buf_put(&out, line->data, line->len);
	if ((st = buf_check(&out, err)) < 0 ||
	    (st = tanu_note_split(&split, (const char *)out.data, out.len, err)) < 0 ||
	    (st = tanu_note_verify(&split, v, NULL, err)) < 0) {
		buf_free(&out);
		return st;
	}
	buf_free(note);
	*note = out;
	return TANU_OK;
}

static tanu_status ask_one(struct cosigning *c, size_t which, const struct hash_source *hashes,
			   int timeout_ms, tanu_error *err)
{
	const struct log_witnesses *w = &c->s->witnesses;
	struct buf line = {.max = NOTE_MAX};
	tanu_status st = w->ask(w->self, which, &line, hashes, (const char *)c->newest.data,
				c->newest.len, timeout_ms, err);

	if (st >= 0 && (st = merge(&c->newest, &w->verifiers[which], &line, err)) == TANU_OK) {
		c->have |= UINT32_C(1) << which;
		c->changed = true;
	}
	buf_free(&line);
	return st;
}

/* An equal share, for the one whose bit is lowest in `left`, of the time until `end_ns`. */
static int share_ms(int64_t end_ns, uint32_t left)
{
	const int64_t rest_ms = (end_ns - os_monotonic_ns()) / 1000000;
	const int64_t share = rest_ms / (1 + __builtin_popcount(left & (left - 1)));

	return share < WITNESS_MS_MIN ? WITNESS_MS_MIN : (int)share;
}

/* `whom`, one after another. */
static tanu_status ask_all(struct cosigning *c, uint32_t whom, int total_ms, tanu_error *err)
{
	struct journal *j = &c->s->journal;
	const int64_t end_ns = os_monotonic_ns() + (int64_t)total_ms * 1000000;
	struct log_reader *reader = NULL;
	struct hash_source hashes;
	tanu_status st = log_reader_open(&reader, &j->files, j->head.size, err);

	if (st < 0)
		return st;
	if ((st = log_reader_trust(reader, &j->head.root, err)) < 0)
		goto out;
	hashes = log_reader_hashes(reader);
	for (size_t i = 0; i < c->s->witnesses.len; i++) {
		const uint32_t left = whom >> i << i;

		if (!(whom >> i & 1))
			continue;
		j->refused[i] = (tanu_error){0};
		(void)ask_one(c, i, &hashes, share_ms(end_ns, left), &j->refused[i]);
	}
out:
	log_reader_close(&reader);
	return st;
}

/* ---- the public checkpoint ---- */

static bool is_ready(const struct cosigning *c, int64_t now_ms)
{
	const int64_t hours = settings_int(&c->s->settings, "log.witness_hours");

	if (!is_blind(c->s) && (c->waited_for & ~c->have) == 0)
		return true;
	return c->now.held_since_ms > 0 && now_ms - c->now.held_since_ms >= hours * HOUR_MS;
}

static tanu_status place(struct cosigning *c, int64_t now_ms, tanu_error *err)
{
	const struct log_files *files = &c->s->journal.files;
	const bool same_size = c->shown.size == c->s->journal.head.size;
	bool ready;

	if (!same_size && c->now.held_since_ms == 0)
		c->now.held_since_ms = now_ms;
	ready = same_size || is_ready(c, now_ms);
	if (ready) {
		c->now.held_since_ms = 0;
		c->waited_for = c->have; /* of what is public from now on */
	}
	if (same_size && !c->changed)
		return TANU_OK;
	if (!ready && !c->changed)
		return TANU_OK; /* it stands in "newest" since it was signed */
	return files->write(files->self, ready ? "checkpoint" : "newest", c->newest.data,
			    c->newest.len, err);
}

static tanu_status settle_wait(struct cosigning *c, tanu_error *err)
{
	if (memcmp(&c->now, &c->before, sizeof(c->now)) == 0)
		return TANU_OK;
	return waiting_keep(c->s, &c->now, err);
}

static tanu_status cosign(struct cosigning *c, uint32_t whom, int total_ms, tanu_error *err)
{
	const int64_t now_ms = clock_now(&c->s->clock);
	tanu_status st;

	if (whom && (st = ask_all(c, whom, total_ms, err)) < 0)
		return st;
	c->now.ask_after_ms = whom & ~c->have ? now_ms + ASK_AGAIN_MS : 0;
	if ((st = place(c, now_ms, err)) < 0 || (st = settle_wait(c, err)) < 0 || is_blind(c->s))
		return st;
	return policy_follow(c->s, c->waited_for, err);
}

/* Those that lack; none for a while after one did not answer, unless its clock was set back. */
static uint32_t whom_now(const struct cosigning *c)
{
	const int64_t now_ms = clock_now(&c->s->clock);
	const int64_t wait_ms = c->before.ask_after_ms - now_ms;

	if (wait_ms > 0 && wait_ms <= ASK_AGAIN_MS)
		return 0;
	return all_of(c->s) & ~c->have;
}

/* Somebody can be asked, or something waits for it. */
static bool is_concerned(struct service *s)
{
	char path[OS_PATH_MAX];

	return s->witnesses.ask || s->witnesses.trouble.status < 0 ||
	       (os_path(path, sizeof(path), s->journal.dir, "newest", NULL) == TANU_OK &&
		os_exists(path));
}

void journal_cosign(struct service *s)
{
	const int total_ms = (int)settings_int(&s->settings, "log.witness_seconds") * 1000;
	struct cosigning c;

	if (s->journal.stopped.status < 0 || s->journal.head.size == 0 || !is_concerned(s))
		return;
	/* What fails here is asked again with the next batch; the act is in the log already. */
	if (cosigning_load(&c, s, NULL) == TANU_OK)
		(void)cosign(&c, whom_now(&c), total_ms, NULL);
	cosigning_free(&c);
}

tanu_status service_log_cosign(struct service *s, int timeout_ms, tanu_error *err)
{
	struct cosigning c = {0};
	tanu_status st;

	if ((st = publish_due(s, err)) < 0)
		return st;
	if ((st = cosigning_load(&c, s, err)) == TANU_OK)
		st = cosign(&c, all_of(s), timeout_ms * (int)s->witnesses.len, err);
	cosigning_free(&c);
	return st;
}

/* ---- how it stands ---- */

tanu_status service_log_standing(struct service *s, struct log_standing *out, tanu_error *err)
{
	struct cosigning c;
	tanu_status st = cosigning_load(&c, s, err);

	if (st == TANU_OK)
		*out = (struct log_standing){.size = s->journal.head.size,
					     .published = c.shown.size,
					     .held_since_ms = c.now.held_since_ms,
					     .witnesses = s->witnesses.len,
					     .trouble = s->witnesses.trouble};
	cosigning_free(&c);
	return st;
}

/* When this witness cosigned the note; false: it did not. */
static bool cosigned_at(int64_t *at_ms, const struct buf *note, const tanu_verifier *v)
{
	tanu_note split;
	uint64_t time_s = 0;

	if (tanu_note_split(&split, (const char *)note->data, note->len, NULL) < 0 ||
	    tanu_note_verify(&split, v, &time_s, NULL) < 0)
		return false;
	*at_ms = (int64_t)time_s * 1000;
	return true;
}

tanu_status service_log_cosigners_each(struct service *s,
				       tanu_status (*each)(void *self,
							   const struct log_cosigner *cosigner,
							   tanu_error *err),
				       void *self, tanu_error *err)
{
	struct cosigning c;
	tanu_status st = cosigning_load(&c, s, err);

	for (size_t i = 0; i < s->witnesses.len && st == TANU_OK; i++) {
		const tanu_verifier *v = &s->witnesses.verifiers[i];
		struct log_cosigner cosigner = {.name = v->name, .why = s->journal.refused[i]};

		if (cosigned_at(&cosigner.at_ms, &c.newest, v))
			cosigner.size = s->journal.head.size;
		else if (cosigned_at(&cosigner.at_ms, &c.public, v))
			cosigner.size = c.shown.size;
		st = each(self, &cosigner, err);
	}
	cosigning_free(&c);
	return st;
}
