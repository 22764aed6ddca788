/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a gate should have: everybody's cards and rights, and of those with a live consent to access
 * and a right to the zone, which reference or pass is lent. Nothing biometric is opened for it.
 */
#include "service/lease_draft.h"

#include <stdlib.h>
#include <string.h>

struct drafting {
	struct service *s;
	struct draft *draft;
	const char *zone;
	const struct secret *cards_key;
	int64_t now_ms;
	/* of one person: */
	const tanu_id *subject;
	struct access_paper access;
	bool covered; /* she has a right to the zone */
	bool known;   /* there is something of her to send */
	uint64_t sequence;
	struct consent_list ledger;
	const tanu_consent *consent; /* live, to access; NULL: none */
};

tanu_status list_grow(void **list, size_t len, size_t *cap, size_t size, tanu_error *err)
{
	size_t more = *cap ? 2 * *cap : 64;
	void *grown;

	if (len < *cap)
		return TANU_OK;
	if (!(grown = realloc(*list, more * size)))
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a lease");
	*list = grown;
	*cap = more;
	return TANU_OK;
}

static void list_free(void *list, size_t len, size_t size)
{
	if (list)
		mem_wipe(list, len * size);
	free(list);
}

void draft_free(struct draft *draft)
{
	list_free(draft->entries, draft->entries_len, sizeof(*draft->entries));
	list_free(draft->people, draft->people_len, sizeof(*draft->people));
	list_free(draft->cards, draft->cards_len, sizeof(*draft->cards));
	*draft = (struct draft){0};
}

int draft_entry_order(const void *a, const void *b)
{
	const struct lease_entry *x = &((const struct draft_entry *)a)->entry;
	const struct lease_entry *y = &((const struct draft_entry *)b)->entry;
	int order = memcmp(x->subject.b, y->subject.b, TANU_ID_LEN);

	return order ? order : x->generation - y->generation;
}

int draft_person_order(const void *a, const void *b)
{
	return memcmp(((const struct lease_person *)a)->subject.b,
		      ((const struct lease_person *)b)->subject.b, TANU_ID_LEN);
}

int draft_card_order(const void *a, const void *b)
{
	return memcmp(((const struct lease_card *)a)->digest,
		      ((const struct lease_card *)b)->digest, DIGEST_LEN);
}

/* ---- cards ---- */

static tanu_status card_add(struct drafting *d, const struct lease_card *card, tanu_error *err)
{
	struct draft *draft = d->draft;
	void *list = draft->cards;
	tanu_status st = list_grow(&list, draft->cards_len, &draft->cards_cap, sizeof(*card), err);

	draft->cards = list;
	if (st == TANU_OK)
		draft->cards[draft->cards_len++] = *card;
	d->known |= st == TANU_OK;
	return st;
}

#define NEVER_MS ((int64_t)253402300799000) /* the end of the year 9999 */

static tanu_status take_card(void *self, const struct paper *paper, tanu_error *err)
{
	struct drafting *d = self;
	struct lease_card card = {.subject = *d->subject, .state = LEASE_CARD_VALID};
	struct card_paper c = {0};
	tanu_status st = card_decode(&c, &paper->text, err);

	if (st < 0)
		return st;
	lease_card_digest(card.digest, d->cards_key, c.sort, c.bytes, c.bits);
	card.from_ms = c.from.year ? date_to_days(c.from) * DAY_MS : 0;
	card.until_ms = c.until.year ? (date_to_days(c.until) + 1) * DAY_MS : NEVER_MS;
	if (c.revoked_ms)
		card.state = LEASE_CARD_BLOCKED;
	mem_wipe(&c, sizeof(c));
	return card_add(d, &card, err);
}

static tanu_status entry_add(struct drafting *d, const struct draft_entry *row, tanu_error *err)
{
	struct draft *draft = d->draft;
	void *list = draft->entries;
	tanu_status st =
	    list_grow(&list, draft->entries_len, &draft->entries_cap, sizeof(*row), err);

	draft->entries = list;
	if (st == TANU_OK)
		draft->entries[draft->entries_len++] = *row;
	d->known |= st == TANU_OK;
	return st;
}

/* What she agreed to, and the row that holds what is lent; until the face is too old, if sooner. */
static struct draft_entry entry_of(const struct drafting *d, enum lease_form form,
				   uint16_t generation, const tanu_id *row, int64_t aged_ms)
{
	int64_t consent_ms = d->consent->not_after_ms;
	struct draft_entry e = {
	    .entry = {.subject = *d->subject,
		      .form = form,
		      .generation = generation,
		      .consent = d->consent->id,
		      .sequence = d->sequence,
		      .given_ms = d->consent->given_ms,
		      .not_after_ms = aged_ms < consent_ms ? aged_ms : consent_ms}};
	uint8_t digest[DIGEST_LEN];
	struct buf facts = {0};

	buf_put(&facts, row->b, TANU_ID_LEN);
	buf_put(&facts, d->consent->id.b, TANU_ID_LEN);
	buf_u64le(&facts, d->sequence);
	buf_u64le(&facts, (uint64_t)e.entry.not_after_ms);
	sha256(digest, facts.data, facts.len);
	memcpy(e.tag, digest, TAG_LEN);
	buf_free(&facts);
	return e;
}

static tanu_status take_pass(void *self, const struct pass_view *v, tanu_error *err)
{
	struct drafting *d = self;
	struct lease_card card = {.subject = *d->subject,
				  .state = v->state == PASS_REVOKED ? LEASE_CARD_BLOCKED
								    : LEASE_CARD_VALID,
				  .until_ms = (date_to_days(v->until) + 1) * DAY_MS};
	struct draft_entry entry;
	tanu_status st;

	lease_card_digest(card.digest, d->cards_key, LEASE_CARD_PASS, v->number,
			  8 * PASS_NUMBER_LEN);
	if ((st = card_add(d, &card, err)) < 0 || !d->consent || v->state != PASS_VALID)
		return st;
	entry = entry_of(d, LEASE_PASS, v->generation, &v->id, card.until_ms);
	return entry_add(d, &entry, err);
}

/* ---- one person ---- */

static tanu_status reference_add(struct drafting *d, tanu_error *err)
{
	struct reference_row row = {0};
	struct draft_entry entry;
	tanu_error why = {0};
	int64_t aged_ms = 0;
	tanu_status st;

	if (!d->consent)
		return TANU_OK;
	st = DB(d->s, reference_get, &row, d->subject, &why);
	buf_free(&row.sealed);
	if (st == TANU_NOT_FOUND)
		return TANU_OK;
	if (st < 0) {
		if (err)
			*err = why;
		return st;
	}
	if ((st = reference_end(d->s, &aged_ms, &row, err)) < 0 || d->now_ms >= aged_ms)
		return st;
	entry = entry_of(d, LEASE_REFERENCE, 0, &row.id, aged_ms);
	return entry_add(d, &entry, err);
}

static tanu_status person_add(struct drafting *d, tanu_error *err)
{
	struct draft *draft = d->draft;
	struct lease_person person = {.subject = *d->subject, .allowed = d->covered};
	void *list = draft->people;
	tanu_status st;

	if (d->covered) {
		person.waiver = d->access.view.waiver;
		person.has_pin = d->access.view.has_pin;
		memcpy(person.salt, d->access.salt, sizeof(person.salt));
		memcpy(person.pin, d->access.pin, sizeof(person.pin));
	}
	if ((st = second_factor_needed(d->s, &person.second_factor, d->subject, err)) < 0 ||
	    (st = list_grow(&list, draft->people_len, &draft->people_cap, sizeof(person), err)) < 0)
		return st;
	draft->people = list;
	draft->people[draft->people_len++] = person;
	mem_wipe(&person, sizeof(person));
	return TANU_OK;
}

static tanu_status person_facts(struct drafting *d, tanu_error *err)
{
	struct ledger_head head = {0};
	tanu_id paper = {{0}};
	tanu_status st;

	if ((st = head_get(d->s, &head, d->subject, err)) < 0 ||
	    (st = access_load(d->s, &d->access, &paper, d->subject, err)) < 0 ||
	    (st = ledger_load(d->s, &d->ledger, d->subject, err)) < 0 ||
	    (st = subject_sequence(d->s, &d->sequence, d->subject, err)) < 0)
		return st;
	d->covered = access_covers(&d->access.view, d->zone);
	/* Of who has locked her face no gate gets it; her card and PIN go on. */
	d->consent = d->covered && !head.locked
			 ? tanu_consent_find(d->ledger.v, d->ledger.len, d->subject,
					     TANU_PURPOSE_ACCESS, d->now_ms)
			 : NULL;
	return TANU_OK;
}

static tanu_status person_draft(struct drafting *d, tanu_error *err)
{
	tanu_status st;

	if ((st = person_facts(d, err)) < 0 ||
	    (st = papers_each(d->s, d->subject, RECORD_CARD, take_card, d, err)) < 0 ||
	    (st = service_pass_each(d->s, d->subject, take_pass, d, err)) < 0 ||
	    (st = reference_add(d, err)) < 0)
		return st;
	return d->known ? person_add(d, err) : TANU_OK;
}

/* Whose rows were edited gets nothing at a gate; all others do. */
static tanu_status person_try(struct drafting *d, tanu_error *err)
{
	size_t entries = d->draft->entries_len, cards = d->draft->cards_len;
	tanu_error why = {0};
	tanu_status st;

	d->known = d->covered = false;
	d->access = (struct access_paper){0};
	st = person_draft(d, &why);
	consent_list_free(&d->ledger);
	mem_wipe(&d->access, sizeof(d->access));
	if (st == TANU_DAMAGED || st == TANU_ERASED) {
		d->draft->entries_len = entries;
		d->draft->cards_len = cards;
		return TANU_OK;
	}
	if (st < 0 && err)
		*err = why;
	return st;
}

/* ---- everybody ---- */

static tanu_status zone_fill(struct service *s, struct lease_zone *out, const char *zone,
			     tanu_error *err)
{
	const tanu_reference fused = {.fused = true};
	const tanu_calibration *calibration = NULL;
	double fmr = settings_float(&s->settings, "match.fmr");
	tanu_threshold stricter = {0};
	tanu_status st;

	if ((st = zone_load(s, out, zone, err)) < 0 ||
	    (st = site_calibration(s, &calibration, err)) < 0)
		return st;
	memcpy(out->model, s->model, sizeof(out->model));
	if ((st = tanu_threshold_for_fmr(&out->threshold, calibration, fmr, err)) < 0 ||
	    (st = tanu_threshold_for_reference(&stricter, calibration, fmr, &fused, err)) < 0)
		return st;
	out->fused_score = stricter.score;
	return TANU_OK;
}

static void sort(void *list, size_t len, size_t size, int (*order)(const void *, const void *))
{
	if (len > 1)
		qsort(list, len, size, order);
}

static void draft_sort(struct draft *draft)
{
	sort(draft->entries, draft->entries_len, sizeof(*draft->entries), draft_entry_order);
	sort(draft->people, draft->people_len, sizeof(*draft->people), draft_person_order);
	sort(draft->cards, draft->cards_len, sizeof(*draft->cards), draft_card_order);
}

static bool card_wins(const struct lease_card *a, const struct lease_card *b)
{
	return a->state == LEASE_CARD_VALID && b->state != LEASE_CARD_VALID;
}

/* A card that was revoked and given out again stands once: as it is valid. */
static void cards_unite(struct draft *draft)
{
	size_t kept = 0;

	for (size_t i = 0; i < draft->cards_len; i++) {
		struct lease_card *last = kept ? &draft->cards[kept - 1] : NULL;

		if (last && draft_card_order(last, &draft->cards[i]) == 0) {
			if (card_wins(&draft->cards[i], last))
				*last = draft->cards[i];
		} else {
			draft->cards[kept++] = draft->cards[i];
		}
	}
	draft->cards_len = kept;
}

tanu_status draft_make(struct service *s, struct draft *out, const char *zone,
		       const struct secret *cards_key, tanu_error *err)
{
	struct draft draft = {0};
	struct drafting d = {.s = s,
			     .draft = &draft,
			     .zone = zone,
			     .cards_key = cards_key,
			     .now_ms = clock_now(&s->clock)};
	struct id_list people = {0};
	tanu_status st;

	if ((st = clock_require(s, d.now_ms, err)) == TANU_OK &&
	    (st = zone_fill(s, &draft.zone, zone, err)) == TANU_OK)
		st = subject_ids(s, &people, err);
	for (size_t i = 0; i < people.len && st == TANU_OK; i++) {
		d.subject = &people.v[i];
		st = person_try(&d, err);
	}
	id_list_free(&people);
	if (st == TANU_OK) {
		draft_sort(&draft);
		cards_unite(&draft);
		*out = draft;
	} else {
		draft_free(&draft);
	}
	return st;
}

/* ---- what is lent ---- */

static tanu_status pass_fill(struct service *s, struct lease_entry *entry, tanu_error *err)
{
	struct consent_list ledger = {0};
	struct permit permit = {0};
	struct secret key = {{0}};
	tanu_status st;

	if ((st = ledger_load(s, &ledger, &entry->subject, err)) == TANU_OK &&
	    (st = permit_issue(s->book, &permit, &entry->subject, TANU_PURPOSE_ACCESS,
			       PERMIT_CLAIM_LEASE, ledger.v, ledger.len, err)) == TANU_OK &&
	    (st = vault_lend_pass(s->vault, &key, &permit, &entry->subject, entry->generation,
				  err)) == TANU_OK) {
		memcpy(entry->material, key.b, sizeof(key.b));
		entry->material_len = sizeof(key.b);
	}
	secret_wipe(&key);
	consent_list_free(&ledger);
	return st;
}

tanu_status entry_fill(struct service *s, struct lease_entry *entry, tanu_error *err)
{
	tanu_reference reference = {0};
	tanu_status st;

	if (entry->form == LEASE_PASS)
		return pass_fill(s, entry, err);
	st = reference_open(s, &reference, &entry->subject, TANU_PURPOSE_ACCESS, PERMIT_CLAIM_LEASE,
			    err);
	if (st == TANU_OK) {
		tanu_reference_encode(entry->material, &reference);
		entry->material_len = TANU_REFERENCE_LEN;
	}
	tanu_reference_wipe(&reference);
	return st;
}
