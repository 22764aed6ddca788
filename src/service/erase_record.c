/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an erasure destroyed, how, and what remains, as one record in canonical JSON. It becomes the
 * record of a receipt, hence every sentence in it must hold wherever it is read later. Keys and
 * rows are named by digests of their names: who has the names (the person, an auditor of an old
 * copy) can compare, to others they say nothing.
 */
#include "service/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names of what goes ---- */

static void key_digest(uint8_t out[DIGEST_LEN], const struct key_name *name)
{
	struct buf text = {0};
	char subject[ID_HEX_LEN];

	id_hex(subject, &name->subject);
	buf_printf(&text, "tanu key 1 %s %d %u", subject, (int)name->kind, (unsigned)name->quarter);
	sha256(out, text.data, text.len);
	buf_free(&text);
}

static tanu_status gone_add(struct erased_names *gone, const struct erased_name *name,
			    tanu_error *err)
{
	if (gone->len == gone->cap) {
		size_t cap = gone->cap ? gone->cap * 2 : 16;
		struct erased_name *v = realloc(gone->v, cap * sizeof(*v));

		if (!v)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
					 "not enough memory to erase");
		gone->v = v;
		gone->cap = cap;
	}
	gone->v[gone->len++] = *name;
	return TANU_OK;
}

struct naming {
	struct service *s;
	const struct id_list *bio, *leaving; /* sorted, both */
};

static tanu_status name_key(void *self, const struct key_name *key, tanu_error *err)
{
	struct naming *n = self;
	const struct erased_name name = {.key = *key};
	const bool of_face = key->kind == KEY_BIO || key->kind == KEY_PASS;

	if (!id_list_has(n->leaving, &key->subject) &&
	    !(of_face && id_list_has(n->bio, &key->subject)))
		return TANU_OK;
	return gone_add(&n->s->gone, &name, err);
}

static tanu_status name_references(struct service *s, const struct id_list *people, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < people->len && st == TANU_OK; i++) {
		struct erased_name name = {.key.subject = people->v[i], .is_reference = true};
		struct reference_row row = {0};
		tanu_error why = {0};

		st = DB(s, reference_get, &row, &people->v[i], &why);
		if (st == TANU_OK) {
			name.reference = row.id;
			st = gone_add(&s->gone, &name, err);
		} else if (st == TANU_NOT_FOUND) {
			st = TANU_OK;
		} else if (err) {
			*err = why;
		}
		buf_free(&row.sealed);
	}
	return st;
}

tanu_status erasure_name(struct service *s, const struct id_list *bio,
			 const struct id_list *leaving, tanu_error *err)
{
	struct naming n = {.s = s, .bio = bio, .leaving = leaving};
	tanu_status st;

	s->gone.len = 0;
	if ((st = vault_each_key(s->vault, name_key, &n, err)) < 0 ||
	    (st = name_references(s, bio, err)) < 0)
		return st;
	return name_references(s, leaving, err);
}

/* ---- the clock of a request ---- */

int64_t erasure_due(const struct service *s, int64_t requested_ms)
{
	return requested_ms + settings_int(&s->settings, "erase.hours") * 60 * 60 * 1000;
}

void erasure_note_time(struct service *s, int64_t requested_ms, int64_t now_ms)
{
	if (now_ms <= erasure_due(s, requested_ms))
		return;
	s->erased_late++;
	if (s->late_since_ms == 0 || requested_ms < s->late_since_ms)
		s->late_since_ms = requested_ms;
}

struct waiting_erasures {
	size_t count;
	int64_t since_ms;
};

static tanu_status take_waiting(void *self, const struct tombstone_row *row, tanu_error *err)
{
	struct waiting_erasures *w = self;

	(void)err;
	w->count++;
	if (w->since_ms == 0 || row->requested_ms < w->since_ms)
		w->since_ms = row->requested_ms;
	return TANU_OK;
}

static tanu_status read_waiting(struct service *s, const struct site_paths *p,
				struct waiting_erasures *out, tanu_error *err)
{
	tanu_status st;

	if ((st = os_lock_take(&s->lock, p->lock, err)) < 0 ||
	    (st = site_settings_read(s, p, err)) < 0 ||
	    (st = store_sqlite_open(&s->store, p->db, false, err)) < 0)
		return st;
	return DB(s, tombstone_each, take_waiting, out, err);
}

tanu_status service_erasures_waiting(const struct service_options *options, size_t *count,
				     int64_t *since_ms, int64_t *due_ms, tanu_error *err)
{
	struct service *s = calloc(1, sizeof(*s));
	struct waiting_erasures waiting = {0};
	struct site_paths p;
	tanu_status st;

	if (!s)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	site_init(s, options);
	if ((st = site_paths(&p, s->dir, err)) == TANU_OK &&
	    (st = read_waiting(s, &p, &waiting, err)) == TANU_OK) {
		*count = waiting.count;
		*since_ms = waiting.since_ms;
		*due_ms = erasure_due(s, waiting.since_ms);
	}
	service_close(&s);
	return st;
}

/* ---- the receipt ---- */

/*
 * Of this person, out of all that went in the same erasure. A key that is still there did not,
 * unless it is `going`.
 */
static void take_names(const struct service *s, struct erasure_receipt *out, bool going)
{
	out->keys_destroyed = 0;
	out->passes_destroyed = 0;
	for (size_t i = 0; i < s->gone.len; i++) {
		const struct erased_name *name = &s->gone.v[i];

		if (!id_equal(&name->key.subject, &out->subject))
			continue;
		if (name->is_reference) {
			sha256(out->reference_sha256, name->reference.b, sizeof(name->reference.b));
			continue;
		}
		if (!going && vault_has_key(s->vault, &name->key))
			continue;
		if (out->keys_destroyed < ERASURE_KEYS_MAX)
			key_digest(out->key_sha256[out->keys_destroyed], &name->key);
		out->keys_destroyed++;
		out->passes_destroyed += name->key.kind == KEY_PASS;
	}
}

bool erasure_holder_told(const struct service *s, const struct erasure_receipt *receipt)
{
	return *settings_text(&s->settings, "recovery.notice") && s->notice.status == TANU_OK &&
	       receipt->backup_horizon_ms > 0;
}

void erasure_receipt_detail(struct service *s, struct erasure_receipt *out)
{
	const struct vault_status keys = vault_status(s->vault);

	take_names(s, out, false);
	out->backup_horizon_ms = recovery_horizon(s);
	out->holder_told = erasure_holder_told(s, out);
	out->due_ms = erasure_due(s, out->requested_ms);
	out->rollback_resistant = keys.rollback_resistant;
	out->resistant_since_ms = keys.resistant_since_ms;
	out->root = keys.root;
	out->root_turns = keys.turns;
	out->tpm_software = keys.chip_software;
	snprintf(out->tpm, sizeof(out->tpm), "%s", keys.chip);
	snprintf(out->program, sizeof(out->program), "%s", s->program);
	/* What can't be read is not there for anybody. */
	if (reference_exists(s, &out->reference_kept, &out->subject, NULL) < 0 ||
	    (!out->reference_kept && pass_exists(s, &out->reference_kept, &out->subject, NULL) < 0))
		out->reference_kept = false;
	erasure_gates(s, out);
}

void erasure_receipt_expect(const struct service *s, struct erasure_receipt *out)
{
	take_names(s, out, true);
}

/* ---- in words ---- */

static const char *reason_of(const struct erasure_receipt *r)
{
	if (r->reason)
		return r->reason;
	return r->profile_erased ? "leaving" : "withdrawal";
}

bool erasure_reached(const struct erasure_receipt *r, enum erasure_scope what)
{
	static const uint8_t none[DIGEST_LEN];

	switch (what) {
	case ERASURE_USE:
		return r->purposes != 0 || r->profile_erased;
	case ERASURE_KEYS:
		return r->keys_destroyed > 0;
	case ERASURE_ROWS:
		return memcmp(r->reference_sha256, none, sizeof(none)) != 0 || r->profile_erased;
	case ERASURE_PASSES:
		return r->passes_destroyed > 0;
	case ERASURE_TEXTS:
		return r->profile_erased;
	case ERASURE_COPIES:
		return r->keys_destroyed > 0;
	case ERASURE_SCOPES:
		break;
	}
	return false;
}

const char *erasure_scope_word(enum erasure_scope what)
{
	static const char *const words[] = {
#define X(name, word, text) [ERASURE_##name] = (word),
	    ERASURE_SCOPE_LIST(X)
#undef X
	};

	return words[what];
}

const char *erasure_scope_text(enum erasure_scope what)
{
	static const char *const texts[] = {
#define X(name, word, text) [ERASURE_##name] = (text),
	    ERASURE_SCOPE_LIST(X)
#undef X
	};

	return texts[what];
}

bool erasure_leaves(const struct erasure_receipt *r, enum erasure_remains what)
{
	switch (what) {
	case REMAINS_FACE:
		return r->reference_kept;
	case REMAINS_PROOF:
		return !r->profile_erased;
	case REMAINS_LEAVES:
		return true;
	case REMAINS_DISK:
		return r->keys_destroyed > 0 && !r->rollback_resistant;
	case REMAINS_OLD_DISK:
		return r->keys_destroyed > 0 && r->rollback_resistant;
	case REMAINS_TPM_MEMORY:
		return r->keys_destroyed > 0 && r->tpm_software;
	case REMAINS_BLOCKS:
		return r->keys_destroyed > 0 && !r->rollback_resistant;
	case REMAINS_GATES:
		return r->gates_len > 0;
	case REMAINS_MORE_GATES:
		return r->gates_unnamed;
	case REMAINS_BACKUPS: /* the key of a face is in none */
		return r->profile_erased && r->backup_horizon_ms > 0;
	case REMAINS_OUTSIDE:
		return r->keys_destroyed > 0;
	case REMAINS_COUNT:
		break;
	}
	return false;
}

const char *erasure_remains_word(enum erasure_remains what)
{
	static const char *const words[] = {
#define X(name, word, text) [REMAINS_##name] = (word),
	    ERASURE_REMAINS_LIST(X)
#undef X
	};

	return words[what];
}

const char *erasure_remains_text(enum erasure_remains what)
{
	static const char *const texts[] = {
#define X(name, word, text) [REMAINS_##name] = (text),
	    ERASURE_REMAINS_LIST(X)
#undef X
	};

	return texts[what];
}

/* ---- the record ---- */

static void put_keys(struct json_w *w, const struct erasure_receipt *r)
{
	jw_array(w, "keys");
	for (size_t i = 0; i < r->keys_destroyed && i < ERASURE_KEYS_MAX; i++)
		jw_digest(w, NULL, r->key_sha256[i]);
	jw_end_array(w);
	jw_int(w, "keys_destroyed", (int64_t)r->keys_destroyed);
}

/* How the keys went: the root that was replaced, and what is done with rows. */
static void put_method(struct json_w *w, const struct erasure_receipt *r)
{
	jw_object(w, "method");
	if (r->rollback_resistant)
		jw_int(w, "resistant_since_ms", r->resistant_since_ms);
	jw_bool(w, "rollback_resistant", r->rollback_resistant);
	jw_text(w, "root", r->root);
	if (r->rollback_resistant)
		jw_int(w, "root_turn", (int64_t)r->root_turns);
	jw_text(w, "rows", "overwritten");
	if (r->rollback_resistant)
		jw_text(w, "tpm", r->tpm);
	jw_end_object(w);
}

/* Whose word will show that they have erased it (receipt/gates.c reads this). */
static void put_gates(struct json_w *w, const struct erasure_receipt *r)
{
	if (r->gates_len == 0)
		return;
	jw_array(w, "gates");
	for (size_t i = 0; i < r->gates_len; i++) {
		const struct erasure_gate *gate = &r->gates[i];

		jw_object(w, NULL);
		jw_id(w, "gate", &gate->id);
		jw_digest(w, "key", gate->sign_key);
		jw_text(w, "name", gate->name);
		jw_int(w, "until_ms", gate->until_ms);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static void put_sentence(struct json_w *w, const char *word, const char *text)
{
	jw_object(w, NULL);
	jw_text(w, "code", word);
	jw_text(w, "text", text);
	jw_end_object(w);
}

static void put_remains(struct json_w *w, const struct erasure_receipt *r)
{
	jw_array(w, "remains");
	for (int i = 0; i < REMAINS_COUNT; i++)
		if (erasure_leaves(r, (enum erasure_remains)i))
			put_sentence(w, erasure_remains_word((enum erasure_remains)i),
				     erasure_remains_text((enum erasure_remains)i));
	jw_end_array(w);
}

static void put_scope(struct json_w *w, const struct erasure_receipt *r)
{
	jw_array(w, "scope");
	for (int i = 0; i < ERASURE_SCOPES; i++)
		if (erasure_reached(r, (enum erasure_scope)i))
			put_sentence(w, erasure_scope_word((enum erasure_scope)i),
				     erasure_scope_text((enum erasure_scope)i));
	jw_end_array(w);
}

static const char *statement_of(const struct erasure_receipt *r)
{
	if (r->profile_erased)
		return "This site holds nothing of this person that it can open.";
	if (r->reference_erased)
		return "This site holds no copy of this person's face that it can open.";
	if (r->reference_kept)
		return "The reference stays, under another consent that is live.";
	return "No reference of this person's face was stored.";
}

tanu_status erasure_record_encode(struct buf *out, const struct erasure_receipt *r, tanu_error *err)
{
	static const uint8_t none[DIGEST_LEN];
	char purposes[PURPOSES_TEXT_LEN];
	struct json_w w;

	purposes_text(purposes, r->purposes);
	jw_init(&w, out);
	jw_object(&w, NULL);
	if (r->profile_erased && r->backup_horizon_ms > 0)
		jw_int(&w, "backup_horizon_ms", r->backup_horizon_ms);
	jw_int(&w, "due_ms", r->due_ms);
	jw_int(&w, "executed_ms", r->executed_ms);
	put_gates(&w, r);
	if (r->profile_erased && r->backup_horizon_ms > 0)
		jw_bool(&w, "holder_told", r->holder_told);
	put_keys(&w, r);
	put_method(&w, r);
	jw_bool(&w, "profile_erased", r->profile_erased);
	jw_text(&w, "purposes", purposes);
	jw_text(&w, "reason", reason_of(r));
	jw_id(&w, "receipt", &r->receipt);
	jw_bool(&w, "reference_erased", r->reference_erased);
	if (memcmp(r->reference_sha256, none, sizeof(none)) != 0)
		jw_digest(&w, "reference_sha256", r->reference_sha256);
	put_remains(&w, r);
	jw_int(&w, "requested_ms", r->requested_ms);
	put_scope(&w, r);
	jw_text(&w, "software", r->program);
	jw_text(&w, "statement", statement_of(r));
	jw_id(&w, "subject", &r->subject);
	jw_text(&w, "type", "erasure");
	jw_int(&w, "v", 1);
	jw_end_object(&w);
	return buf_check(out, err);
}
