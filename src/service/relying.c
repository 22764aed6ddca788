/* SPDX-License-Identifier: Apache-2.0 */
/* Relying parties, and what each person allows them. */
#include "service/relying.h"

#include "service/relying_inside.h"

#include <stdio.h>
#include <string.h>

#define META_RELYING_KEYS "relying-keys"

/* ---- the site's keys towards them ---- */

tanu_status relying_keys(struct service *s, struct relying_keys *out, tanu_error *err)
{
	return site_secrets(s, META_RELYING_KEYS, out, sizeof(*out), err);
}

/* ---- pseudonyms: a subject's id, one AES block under a key of the relying party ---- */

_Static_assert(TANU_ID_LEN == AES_BLOCK, "an id is one block");

static void block_key(uint8_t out[AES_KEY_LEN], const struct relying_keys *keys,
		      const tanu_id *relying)
{
	static const char label[] = "tanu pseudonym 1";
	const struct bytes parts[] = {{label, sizeof(label) - 1}, {relying->b, TANU_ID_LEN}};
	uint8_t mac[MAC_LEN];

	mac_parts(mac, &keys->pseudonyms, parts, ARRAY_LEN(parts));
	memcpy(out, mac, AES_KEY_LEN);
	mem_wipe(mac, sizeof(mac));
}

tanu_status relying_pseudonym(struct service *s, char out[PSEUDONYM_LEN], const tanu_id *relying,
			      const tanu_id *subject, tanu_error *err)
{
	uint8_t key[AES_KEY_LEN], block[AES_BLOCK];
	struct relying_keys keys = {.sign = {{0}}};
	tanu_status st = relying_keys(s, &keys, err);

	if (st < 0)
		return st;
	block_key(key, &keys, relying);
	if ((st = aes128_block(block, key, subject->b, err)) == TANU_OK)
		hex_encode(out, block, sizeof(block));
	mem_wipe(key, sizeof(key));
	mem_wipe(&keys, sizeof(keys));
	return st;
}

static tanu_status subject_of(struct service *s, tanu_id *out, const tanu_id *relying,
			      const char *pseudonym, tanu_error *err)
{
	static const uint8_t zeros[AES_BLOCK];
	uint8_t key[AES_KEY_LEN], block[AES_BLOCK];
	struct relying_keys keys = {.sign = {{0}}};
	tanu_status st = relying_keys(s, &keys, err);

	if (st < 0)
		return st;
	block_key(key, &keys, relying);
	st = hex_decode(block, sizeof(block), pseudonym)
		 ? aes128_cbc_decrypt(out->b, key, zeros, block, sizeof(block), err)
		 : tanu_fail(err, TANU_ERR_USAGE, "person", "a pseudonym is 32 hex digits");
	mem_wipe(key, sizeof(key));
	mem_wipe(&keys, sizeof(keys));
	return st;
}

/* ---- papers of relying parties ---- */

static tanu_status relying_encode(struct buf *out, const struct relying_view *v, tanu_error *err)
{
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_int(&w, "added_ms", v->added_ms);
	jw_text(&w, "audience", v->audience);
	jw_int(&w, "ended_ms", v->ended_ms);
	jw_id(&w, "key", &v->key);
	jw_text(&w, "name", v->name);
	jw_end_object(&w);
	return buf_check(out, err);
}

static tanu_status relying_decode(struct relying_view *out, const struct paper *paper,
				  tanu_error *err)
{
	struct relying_view v = {.id = paper->id};
	struct json_doc *doc = NULL;
	json_value root;
	tanu_status st =
	    json_parse(&doc, paper->text.data, paper->text.len, RECORD_MAX, "relying party", err);

	if (st < 0)
		return st;
	root = json_root(doc);
	if ((st = json_int(&v.added_ms, root, "added_ms", err)) == TANU_OK &&
	    (st = json_int(&v.ended_ms, root, "ended_ms", err)) == TANU_OK &&
	    (st = sealed_id(&v.key, root, "key", err)) == TANU_OK &&
	    (st = sealed_text(v.audience, sizeof(v.audience), root, "audience", err)) == TANU_OK &&
	    (st = sealed_text(v.name, sizeof(v.name), root, "name", err)) == TANU_OK)
		*out = v;
	json_free(&doc);
	return st;
}

struct relying_walk {
	tanu_status (*each)(void *self, const struct relying_view *v, tanu_error *err);
	void *self;
};

static tanu_status take_relying(void *self, const struct paper *paper, tanu_error *err)
{
	struct relying_walk *walk = self;
	struct relying_view v = {.added_ms = 0};
	tanu_status st = relying_decode(&v, paper, err);

	return st < 0 ? st : walk->each(walk->self, &v, err);
}

tanu_status service_relying_each(struct service *s,
				 tanu_status (*each)(void *self, const struct relying_view *v,
						     tanu_error *err),
				 void *self, tanu_error *err)
{
	struct relying_walk walk = {.each = each, .self = self};

	return papers_each(s, &s->site, RECORD_RELYING, take_relying, &walk, err);
}

tanu_status service_relying_get(struct service *s, struct relying_view *out, const tanu_id *id,
				tanu_error *err)
{
	struct paper paper = {0};
	tanu_status st = paper_get(s, &paper, &s->site, id, err);

	if (st == TANU_OK && paper.kind != RECORD_RELYING)
		st =
		    tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL, "there is no such relying party");
	if (st == TANU_OK)
		st = relying_decode(out, &paper, err);
	paper_free(&paper);
	return st;
}

struct relying_sought {
	const char *name;
	const tanu_id *key;
	bool found;
	struct relying_view view;
};

static tanu_status match(void *self, const struct relying_view *v, tanu_error *err)
{
	struct relying_sought *q = self;

	(void)err;
	if (v->ended_ms || (q->name && strcmp(q->name, v->name) != 0) ||
	    (q->key && !id_equal(q->key, &v->key)))
		return TANU_OK;
	q->found = true;
	q->view = *v;
	return TANU_OK;
}

tanu_status service_relying_by_key(struct service *s, struct relying_view *out, const tanu_id *key,
				   tanu_error *err)
{
	struct relying_sought q = {.key = key};
	tanu_status st = service_relying_each(s, match, &q, err);

	if (st == TANU_OK && !q.found)
		return tanu_fail(err, TANU_ERR_ROLE, NULL,
				 "this key is not that of a relying party of this site");
	if (st == TANU_OK)
		*out = q.view;
	return st;
}

tanu_status service_relying_check(struct service *s, const char *name, const char *audience,
				  tanu_error *err)
{
	struct relying_sought q = {.name = name};
	tanu_status st;

	if ((st = text_check(name, RELYING_NAME_MAX, "name", "the name of a relying party", err)) <
		0 ||
	    (st = text_check(audience, RELYING_AUDIENCE_MAX, "audience", "an address", err)) < 0)
		return st;
	if (strncmp(audience, "https://", 8) != 0 || audience[8] == '\0')
		return tanu_fail(err, TANU_ERR_USAGE, "audience",
				 "its own address, which answers are made out to: https://...");
	if ((st = service_relying_each(s, match, &q, err)) == TANU_OK && q.found)
		st = tanu_fail(err, TANU_ERR_CONFLICT, "name",
			       "there is a relying party of this name: people go by the name");
	return st;
}

static tanu_status relying_rows(struct service *s, struct relying_view *v, bool is_new,
				tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = relying_encode(&text, v, err);

	if (st == TANU_OK && (st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s,
			    is_new ? paper_put(s, &v->id, &s->site, RECORD_RELYING, v->added_ms,
					       text.data, text.len, err)
				   : paper_set(s, &s->site, &v->id, text.data, text.len, err),
			    err);
	buf_free(&text);
	return st;
}

tanu_status service_relying_add(struct service *s, struct relying_view *out, const char *name,
				const char *audience, const tanu_id *key, tanu_error *err)
{
	struct relying_view v = {.key = *key, .added_ms = clock_now(&s->clock)};
	tanu_status st = service_relying_check(s, name, audience, err);

	if (st < 0)
		return st;
	snprintf(v.name, sizeof(v.name), "%s", name);
	snprintf(v.audience, sizeof(v.audience), "%s", audience);
	if ((st = relying_rows(s, &v, true, err)) == TANU_OK)
		*out = v;
	return st;
}

tanu_status service_relying_end(struct service *s, struct relying_view *out, const tanu_id *id,
				tanu_error *err)
{
	tanu_status st = service_relying_get(s, out, id, err);

	if (st < 0 || out->ended_ms)
		return st;
	out->ended_ms = clock_now(&s->clock);
	return relying_rows(s, out, false, err);
}

/* ---- papers of what is allowed ---- */

static tanu_status allowed_encode(struct buf *out, const struct allowed_paper *a, tanu_error *err)
{
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_int(&w, "asked_ms", a->asked_ms);
	jw_int(&w, "attempts", a->attempts);
	jw_id(&w, "consent", &a->consent);
	jw_int(&w, "ended_ms", a->ended_ms);
	jw_int(&w, "given_ms", a->given_ms);
	jw_id(&w, "relying", &a->relying);
	jw_date(&w, "until", a->until);
	jw_end_object(&w);
	return buf_check(out, err);
}

static tanu_status allowed_decode(struct allowed_paper *out, const struct paper *paper,
				  tanu_error *err)
{
	struct allowed_paper a = {.id = paper->id};
	struct json_doc *doc = NULL;
	json_value root;
	tanu_status st =
	    json_parse(&doc, paper->text.data, paper->text.len, RECORD_MAX, "permission", err);

	if (st < 0)
		return st;
	root = json_root(doc);
	if ((st = json_int(&a.asked_ms, root, "asked_ms", err)) == TANU_OK &&
	    (st = json_int(&a.attempts, root, "attempts", err)) == TANU_OK &&
	    (st = json_int(&a.ended_ms, root, "ended_ms", err)) == TANU_OK &&
	    (st = json_int(&a.given_ms, root, "given_ms", err)) == TANU_OK &&
	    (st = sealed_id(&a.consent, root, "consent", err)) == TANU_OK &&
	    (st = sealed_id(&a.relying, root, "relying", err)) == TANU_OK &&
	    (st = sealed_date(&a.until, root, "until", err)) == TANU_OK)
		*out = a;
	json_free(&doc);
	return st;
}

struct allowed_walk {
	tanu_status (*each)(void *self, const struct allowed_paper *a, tanu_error *err);
	void *self;
};

static tanu_status take_allowed(void *self, const struct paper *paper, tanu_error *err)
{
	struct allowed_walk *walk = self;
	struct allowed_paper a = {.given_ms = 0};
	tanu_status st = allowed_decode(&a, paper, err);

	return st < 0 ? st : walk->each(walk->self, &a, err);
}

static tanu_status allowed_papers(struct service *s, const tanu_id *subject,
				  tanu_status (*each)(void *self, const struct allowed_paper *a,
						      tanu_error *err),
				  void *self, tanu_error *err)
{
	struct allowed_walk walk = {.each = each, .self = self};

	return papers_each(s, subject, RECORD_ALLOWED, take_allowed, &walk, err);
}

tanu_status allowed_store(struct service *s, const tanu_id *subject, struct allowed_paper *a,
			  tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = allowed_encode(&text, a, err);

	if (st == TANU_OK)
		st = id_is_zero(&a->id) ? paper_put(s, &a->id, subject, RECORD_ALLOWED, a->given_ms,
						    text.data, text.len, err)
					: paper_set(s, subject, &a->id, text.data, text.len, err);
	buf_free(&text);
	return st;
}

static int64_t end_of(tanu_date day)
{
	return (date_to_days(day) + 1) * 86400000;
}

/* Under the consent that it was given beside, and no later one. `identity` zero: there is none. */
static bool allowed_is_live(const struct allowed_paper *a, const tanu_consent *identity,
			    int64_t now_ms)
{
	return !a->ended_ms && !id_is_zero(&a->consent) && id_equal(&identity->id, &a->consent) &&
	       now_ms < end_of(a->until);
}

/* ---- allowing ---- */

/* The live one to identity; TANU_REFUSED (no-consent). */
static tanu_status identity_consent(struct service *s, tanu_consent *out, const tanu_id *subject,
				    tanu_error *err)
{
	const int64_t now_ms = clock_now(&s->clock);
	struct consent_list list = {0};
	tanu_status st = consent_require(s, &list, subject, TANU_PURPOSE_IDENTITY, now_ms, err);

	if (st == TANU_OK)
		*out = *tanu_consent_find(list.v, list.len, subject, TANU_PURPOSE_IDENTITY, now_ms);
	consent_list_free(&list);
	return st;
}

/* Who may agree for her may allow it, and nobody else. */
static tanu_status must_speak(struct service *s, const struct allowed_order *o, bool to_end,
			      tanu_error *err)
{
	const tanu_date today = date_from_ms(clock_now(&s->clock));
	struct person person = {0};
	int age;
	tanu_status st = subject_person(s, &person, &o->subject, err);

	if (st < 0)
		return st;
	age = tanu_age_on(person.born, today);
	mem_wipe(&person, sizeof(person));
	/* a child's own no counts, as everywhere */
	if (!(to_end && o->by == TANU_GIVER_SELF) &&
	    (st = tanu_consent_may_give(age, o->by, settings_majority_years(&s->settings), err)) <
		0)
		return st;
	return o->by == TANU_GIVER_GUARDIAN
		   ? guardian_require(s, &o->subject, &o->guardian, today, err)
		   : TANU_OK;
}

struct allowed_sought {
	const tanu_id *relying;
	bool found;
	struct allowed_paper paper;
};

static tanu_status match_allowed(void *self, const struct allowed_paper *a, tanu_error *err)
{
	struct allowed_sought *q = self;

	(void)err;
	if (!a->ended_ms && id_equal(&a->relying, q->relying)) {
		q->found = true;
		q->paper = *a;
	}
	return TANU_OK;
}

tanu_status allowed_find(struct service *s, struct allowed_paper *out, bool *found,
			 const tanu_id *subject, const tanu_id *relying, tanu_error *err)
{
	struct allowed_sought q = {.relying = relying};
	tanu_status st = allowed_papers(s, subject, match_allowed, &q, err);

	*found = q.found;
	if (st == TANU_OK && q.found)
		*out = q.paper;
	return st;
}

/* The paper, and her history: to whom, until when. */
static tanu_status allowed_rows(struct service *s, const struct allowed_order *o,
				struct allowed_paper *a, const struct relying_view *relying,
				tanu_error *err)
{
	const bool given = a->ended_ms == 0;
	struct event_record event = {.type = given ? TANU_EVENT_CONSENT_GIVEN
						   : TANU_EVENT_CONSENT_WITHDRAWN,
				     .purposes = TANU_PURPOSE_IDENTITY,
				     .by = giver_word(o->by, false),
				     .recipient = relying->name,
				     .due_ms = given ? end_of(a->until) : 0};
	const int64_t now_ms = clock_now(&s->clock);
	uint64_t sequence = 0;
	tanu_status st;

	if ((st = history_ready(s, &o->subject, 1, now_ms, err)) < 0 || (st = tx_begin(s, err)) < 0)
		return st;
	if ((st = DB(s, sequence_next, &sequence, err)) == TANU_OK &&
	    (st = allowed_store(s, &o->subject, a, err)) == TANU_OK) {
		event.about = a->id;
		st = history_put(s, &o->subject, sequence, now_ms, &event, err);
	}
	return tx_end(s, st, err);
}

static tanu_status view_of(struct service *s, struct allowed_view *out, const tanu_id *subject,
			   const struct allowed_paper *a, const tanu_consent *identity,
			   tanu_error *err)
{
	struct relying_view relying = {.added_ms = 0};
	tanu_status st = service_relying_get(s, &relying, &a->relying, err);

	if (st < 0)
		return st;
	*out = (struct allowed_view){.id = a->id,
				     .relying = a->relying,
				     .given_ms = a->given_ms,
				     .ended_ms = a->ended_ms ? a->ended_ms : relying.ended_ms,
				     .until = a->until,
				     .asked_ms = a->asked_ms};
	out->live = !relying.ended_ms && allowed_is_live(a, identity, clock_now(&s->clock));
	snprintf(out->name, sizeof(out->name), "%s", relying.name);
	return relying_pseudonym(s, out->pseudonym, &a->relying, subject, err);
}

tanu_status service_allowed_give(struct service *s, struct allowed_view *out,
				 const struct allowed_order *o, tanu_error *err)
{
	const int64_t now_ms = clock_now(&s->clock);
	struct allowed_paper a = {0};
	struct relying_view relying = {.added_ms = 0};
	tanu_consent identity = {.not_after_ms = 0};
	bool found = false;
	tanu_status st;

	if ((st = service_relying_get(s, &relying, &o->relying, err)) < 0 ||
	    (st = must_speak(s, o, false, err)) < 0)
		return st;
	if (relying.ended_ms)
		return tanu_fail(err, TANU_ERR_RECORD_MISSING, "relying",
				 "this relying party may ask nothing any more");
	if ((st = identity_consent(s, &identity, &o->subject, err)) < 0)
		return st;
	if (!date_valid(o->until) || end_of(o->until) > identity.not_after_ms ||
	    end_of(o->until) <= now_ms)
		return tanu_fail(err, TANU_ERR_DATE, "until",
				 "the last day is from today on, and not behind that of the "
				 "consent to identity");
	if ((st = allowed_find(s, &a, &found, &o->subject, &o->relying, err)) < 0)
		return st;
	if (!found)
		a = (struct allowed_paper){.relying = o->relying};
	a.consent = identity.id;
	a.given_ms = now_ms;
	a.until = o->until;
	st = allowed_rows(s, o, &a, &relying, err);
	return st < 0 ? st : view_of(s, out, &o->subject, &a, &identity, err);
}

tanu_status service_allowed_end(struct service *s, const struct allowed_order *o, tanu_error *err)
{
	struct relying_view relying = {.added_ms = 0};
	struct allowed_paper a = {.given_ms = 0};
	bool found = false;
	tanu_status st;

	if ((st = service_relying_get(s, &relying, &o->relying, err)) < 0 ||
	    (st = must_speak(s, o, true, err)) < 0 ||
	    (st = allowed_find(s, &a, &found, &o->subject, &o->relying, err)) < 0)
		return st;
	if (!found)
		return tanu_fail(err, TANU_ERR_RECORD_MISSING, "relying",
				 "nothing is allowed to this relying party");
	a.ended_ms = clock_now(&s->clock);
	return allowed_rows(s, o, &a, &relying, err);
}

/* Views are made after the walk: looking up names reads papers too. */
#define ALLOWED_MAX 256
struct allowed_list {
	struct allowed_paper v[ALLOWED_MAX];
	size_t len;
};

static tanu_status collect(void *self, const struct allowed_paper *a, tanu_error *err)
{
	struct allowed_list *list = self;

	(void)err;
	if (list->len < ALLOWED_MAX)
		list->v[list->len++] = *a;
	return TANU_OK;
}

tanu_status service_allowed_each(struct service *s, const tanu_id *subject,
				 tanu_status (*each)(void *self, const struct allowed_view *v,
						     tanu_error *err),
				 void *self, tanu_error *err)
{
	struct allowed_list list = {.len = 0};
	struct allowed_view view = {.live = false};
	tanu_consent identity = {.id = {{0}}};
	tanu_status st;

	if ((st = subject_must_exist(s, subject, err)) < 0 ||
	    (st = allowed_papers(s, subject, collect, &list, err)) < 0)
		return st;
	if (identity_consent(s, &identity, subject, NULL) < 0)
		identity = (tanu_consent){.id = {{0}}};
	for (size_t i = 0; i < list.len && st == TANU_OK; i++)
		if ((st = view_of(s, &view, subject, &list.v[i], &identity, err)) == TANU_OK)
			st = each(self, &view, err);
	return st;
}

/* ---- may it ask? ---- */

struct attempts {
	int64_t today;
	int64_t n;
};

static tanu_status add_attempts(void *self, const struct allowed_paper *a, tanu_error *err)
{
	struct attempts *t = self;

	(void)err;
	if (a->asked_ms && date_to_days(date_from_ms(a->asked_ms)) == t->today)
		t->n += a->attempts;
	return TANU_OK;
}

/* All that were allowed anything count together: they share one reference. */
static tanu_status attempts_left(struct service *s, const tanu_id *subject, tanu_error *err)
{
	const int64_t most = settings_int(&s->settings, "relying.attempts");
	struct attempts t = {.today = date_to_days(date_from_ms(clock_now(&s->clock)))};
	tanu_status st = allowed_papers(s, subject, add_attempts, &t, err);

	if (st == TANU_OK && t.n >= most)
		st = tanu_fail(err, TANU_ERR_HELD, NULL,
			       "about this person it was asked %lld times today: tomorrow again",
			       (long long)t.n);
	return st;
}

tanu_status assertion_may(struct service *s, struct allowed_paper *out,
			  const struct relying_view *relying, const tanu_id *subject,
			  tanu_error *err)
{
	tanu_consent identity = {.id = {{0}}};
	bool found = false;
	tanu_status st = allowed_find(s, out, &found, subject, &relying->id, err);

	if (st < 0)
		return st;
	if (!found || identity_consent(s, &identity, subject, NULL) < 0 ||
	    !allowed_is_live(out, &identity, clock_now(&s->clock)))
		return tanu_fail(err, TANU_ERR_NO_CONSENT, NULL,
				 "this person has not allowed this relying party to ask, or not "
				 "any more");
	return attempts_left(s, subject, err);
}

tanu_status service_assertion_may(struct service *s, tanu_id *subject,
				  const struct relying_view *relying, const char *pseudonym,
				  tanu_error *err)
{
	struct allowed_paper a = {.given_ms = 0};
	tanu_status st;

	if ((st = subject_of(s, subject, &relying->id, pseudonym, err)) < 0 ||
	    (st = subject_must_exist(s, subject, err)) < 0 ||
	    (st = lock_require(s, subject, err)) < 0)
		return st;
	return assertion_may(s, &a, relying, subject, err);
}
