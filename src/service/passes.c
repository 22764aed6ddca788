/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passes that were issued: a paper of each, sealed with the person's others. It holds nothing of
 * the face. What a pass is worth hangs on its key; the paper says why there is none.
 */
#include "service/internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- keys ---- */

struct key_walk {
	const tanu_id *subject;
	struct key_list *out;
};

static tanu_status take_key(void *self, const struct key_name *name, tanu_error *err)
{
	struct key_walk *walk = self;

	if (name->kind != KEY_PASS || !id_equal(&name->subject, walk->subject))
		return TANU_OK;
	return key_list_add(walk->out, &name->subject, KEY_PASS, name->quarter, err);
}

tanu_status pass_keys(struct service *s, struct key_list *out, const tanu_id *subject,
		      tanu_error *err)
{
	struct key_walk walk = {.subject = subject, .out = out};

	return vault_each_key(s->vault, take_key, &walk, err);
}

tanu_status pass_exists(struct service *s, bool *out, const tanu_id *subject, tanu_error *err)
{
	struct key_list keys = {0};
	tanu_status st = pass_keys(s, &keys, subject, err);

	*out = keys.len > 0;
	key_list_free(&keys);
	return st;
}

/* ---- walking ---- */

struct walk {
	struct service *s;
	const tanu_id *subject;
	int64_t now_ms;
	tanu_status (*each)(void *self, const struct pass_view *v, tanu_error *err);
	void *self;
};

static enum pass_state state_of(const struct walk *w, const struct pass_paper *p)
{
	const struct key_name key = {*w->subject, KEY_PASS, p->generation};

	if (p->revoked_ms || !vault_has_key(w->s->vault, &key))
		return PASS_REVOKED;
	return w->now_ms >= (date_to_days(p->until) + 1) * DAY_MS ? PASS_EXPIRED : PASS_VALID;
}

static tanu_status show_paper(void *self, const struct paper *paper, tanu_error *err)
{
	struct walk *w = self;
	struct pass_paper p = {0};
	struct pass_view v;
	tanu_status st = pass_paper_decode(&p, &paper->text, err);

	if (st < 0)
		return st;
	v = (struct pass_view){.id = paper->id,
			       .generation = p.generation,
			       .spare = p.spare,
			       .until = p.until,
			       .issued_ms = paper->created_ms,
			       .state = state_of(w, &p),
			       .revoked_ms = p.revoked_ms};
	memcpy(v.number, paper->id.b, sizeof(v.number));
	return w->each(w->self, &v, err);
}

static tanu_status each_pass(struct service *s, const tanu_id *subject,
			     tanu_status (*each)(void *self, const struct pass_view *v,
						 tanu_error *err),
			     void *self, tanu_error *err)
{
	struct walk w = {
	    .s = s, .subject = subject, .now_ms = clock_now(&s->clock), .each = each, .self = self};

	return papers_each(s, subject, RECORD_PASS, show_paper, &w, err);
}

tanu_status service_pass_each(struct service *s, const tanu_id *subject,
			      tanu_status (*each)(void *self, const struct pass_view *v,
						  tanu_error *err),
			      void *self, tanu_error *err)
{
	tanu_status st = subject_must_exist(s, subject, err);

	return st < 0 ? st : each_pass(s, subject, each, self, err);
}

/* ---- which keys are needed ---- */

struct standing {
	uint16_t generation; /* sought; 0: any */
	bool found;	     /* one that was not revoked */
};

static tanu_status seek_standing(void *self, const struct pass_view *v, tanu_error *err)
{
	struct standing *sought = self;

	(void)err;
	sought->found |=
	    v->revoked_ms == 0 && (!sought->generation || sought->generation == v->generation);
	return TANU_OK;
}

/* Papers that were edited tell nothing: then what would be destroyed stays. */
static tanu_status standing_find(struct service *s, struct standing *sought, const tanu_id *subject,
				 bool when_damaged, tanu_error *err)
{
	tanu_error why = {0};
	tanu_status st = each_pass(s, subject, seek_standing, sought, &why);

	if (st == TANU_DAMAGED || st == TANU_ERASED) {
		sought->found = when_damaged;
		return TANU_OK;
	}
	if (st < 0 && err)
		*err = why;
	return st;
}

tanu_status pass_key_needed(struct service *s, bool *out, const struct key_name *name,
			    tanu_error *err)
{
	struct standing sought = {.generation = name->quarter};
	tanu_status st = standing_find(s, &sought, &name->subject, true, err);

	if (st == TANU_OK)
		*out = sought.found;
	return st;
}

tanu_status passes_keyless(struct service *s, bool *out, const tanu_id *subject, tanu_error *err)
{
	struct standing sought = {0};
	struct key_list keys = {0};
	tanu_status st = pass_keys(s, &keys, subject, err);

	if (st == TANU_OK && keys.len == 0)
		st = standing_find(s, &sought, subject, false, err);
	if (st == TANU_OK)
		*out = sought.found;
	key_list_free(&keys);
	return st;
}

/* ---- the end of passes ---- */

struct endings {
	const uint8_t *number; /* NULL: all */
	struct pass_view *v;
	size_t len, cap;
	size_t known; /* of that number, whatever their state */
};

static tanu_status take_ending(void *self, const struct pass_view *v, tanu_error *err)
{
	struct endings *e = self;

	if (e->number && memcmp(v->number, e->number, sizeof(v->number)) != 0)
		return TANU_OK;
	e->known++;
	if (v->revoked_ms)
		return TANU_OK;
	if (e->len == e->cap) {
		size_t cap = e->cap ? 2 * e->cap : 4;
		struct pass_view *grown = realloc(e->v, cap * sizeof(*grown));

		if (!grown)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
					 "not enough memory for %zu passes", cap);
		e->v = grown;
		e->cap = cap;
	}
	e->v[e->len++] = *v;
	return TANU_OK;
}

static tanu_status end_one(struct service *s, const tanu_id *subject, const struct pass_view *v,
			   uint64_t sequence, int64_t now_ms, tanu_error *err)
{
	const struct pass_paper paper = {.generation = v->generation,
					 .until = v->until,
					 .spare = v->spare,
					 .revoked_ms = now_ms};
	const struct event_record event = {.type = TANU_EVENT_PASS_REVOKED, .about = v->id};
	struct buf text = {0};
	tanu_status st = pass_paper_encode(&text, &paper, err);

	if (st == TANU_OK)
		st = paper_set(s, subject, &v->id, text.data, text.len, err);
	buf_free(&text);
	return st < 0 ? st : history_put(s, subject, sequence, now_ms, &event, err);
}

tanu_status passes_end(struct service *s, struct key_list *keys, const tanu_id *subject,
		       const uint8_t *number, uint64_t sequence, int64_t now_ms, tanu_error *err)
{
	struct endings e = {.number = number};
	tanu_status st = each_pass(s, subject, take_ending, &e, err);

	if (st == TANU_OK && number && e.known == 0)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, "pass",
			       "no pass of this number was issued to this person");
	for (size_t i = 0; i < e.len && st == TANU_OK; i++) {
		st = key_list_add(keys, subject, KEY_PASS, e.v[i].generation, err);
		if (st == TANU_OK)
			st = end_one(s, subject, &e.v[i], sequence, now_ms, err);
	}
	free(e.v);
	return st;
}

tanu_status passes_mark(struct service *s, const tanu_id *subject, int64_t now_ms, tanu_error *err)
{
	struct key_list keys = {0};
	tanu_error why = {0};
	tanu_status st = passes_end(s, &keys, subject, NULL, 0, now_ms, &why);

	key_list_free(&keys);
	if (st == TANU_OK || st == TANU_DAMAGED || st == TANU_ERASED)
		return TANU_OK;
	if (err)
		*err = why;
	return st;
}

/* In the transaction: what is to be revoked, and that the ledger moved on. */
static tanu_status revoke_rows(struct service *s, struct key_list *keys, const tanu_id *subject,
			       const uint8_t *number, int64_t now_ms, tanu_error *err)
{
	uint64_t sequence = 0;
	tanu_error why = {0};
	tanu_status st;

	if ((st = DB(s, sequence_next, &sequence, err)) < 0 ||
	    (st = DB(s, subject_set, subject, SUBJECT_ACTIVE, sequence, err)) < 0)
		return st;
	st = passes_end(s, keys, subject, number, sequence, now_ms, &why);
	if (st == TANU_DAMAGED &&
	    !number) { /* her papers were edited: her keys can go all the same */
		keys->len = 0;
		return pass_keys(s, keys, subject, err);
	}
	if (st < 0 && err)
		*err = why;
	return st;
}

tanu_status service_pass_revoke(struct service *s, size_t *revoked, const tanu_id *subject,
				const uint8_t *number, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	struct key_list keys = {0};
	uint64_t sequence = 0;
	tanu_status st;

	if ((st = subject_must_exist(s, subject, err)) < 0 ||
	    (st = history_ready(s, subject, 1, now_ms, err)) < 0 || (st = tx_begin(s, err)) < 0)
		return st;
	st = revoke_rows(s, &keys, subject, number, now_ms, err);
	if ((st = tx_end(s, st, err)) < 0 || (st = ledger_sequence(s, &sequence, err)) < 0)
		goto out;
	if ((st = vault_kill_keys(s->vault, keys.v, keys.len, sequence, err)) == TANU_OK)
		*revoked = keys.len;
out:
	key_list_free(&keys);
	return st;
}
