/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a gate knows, in memory that is taken once. Two sets of rows: one that is asked, one that
 * the next document is worked out in, so that it counts whole or not at all.
 */
#include "lease/inside.h"

#include <stdlib.h>
#include <string.h>

#define PER_PERSON_ENTRIES 2 /* a pass and its spare */
#define PER_PERSON_CARDS   4

static struct rows *rows_new(const struct lease *lease)
{
	struct rows *rows = calloc(1, sizeof(*rows));

	if (!rows)
		return NULL;
	rows->entries = calloc(lease->entries_max, sizeof(*rows->entries));
	rows->people = calloc(lease->people_max, sizeof(*rows->people));
	rows->cards = calloc(lease->cards_max, sizeof(*rows->cards));
	if (rows->entries && rows->people && rows->cards)
		return rows;
	free(rows->entries);
	free(rows->people);
	free(rows->cards);
	free(rows);
	return NULL;
}

void rows_clear(struct lease *lease, struct rows *rows)
{
	(void)lease;
	mem_wipe(rows->entries, rows->entries_len * sizeof(*rows->entries));
	mem_wipe(rows->people, rows->people_len * sizeof(*rows->people));
	mem_wipe(rows->cards, rows->cards_len * sizeof(*rows->cards));
	rows->entries_len = rows->people_len = rows->cards_len = 0;
	rows->zone = (struct lease_zone){0};
	rows->has_zone = false;
}

static void rows_free(struct lease *lease, struct rows **rows)
{
	if (!*rows)
		return;
	rows_clear(lease, *rows);
	free((*rows)->entries);
	free((*rows)->people);
	free((*rows)->cards);
	free(*rows);
	*rows = NULL;
}

static size_t at_most(size_t n, size_t max)
{
	return n < max ? n : max;
}

tanu_status lease_new(struct lease **out, size_t people_max, const struct random_source *random,
		      tanu_error *err)
{
	struct lease *lease = calloc(1, sizeof(*lease));

	if (!lease)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a lease");
	pthread_mutex_init(&lease->lock, NULL);
	lease->random = *random;
	lease->people_max = at_most(people_max ? people_max : 1, LEASE_PEOPLE_MAX);
	lease->entries_max = at_most(PER_PERSON_ENTRIES * lease->people_max, LEASE_ENTRIES_MAX);
	lease->cards_max = at_most(PER_PERSON_CARDS * lease->people_max, LEASE_CARDS_MAX);
	lease->live = rows_new(lease);
	lease->next = rows_new(lease);
	lease->entry_key = secret_new();
	if (!lease->live || !lease->next || !lease->entry_key) {
		lease_free(&lease);
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
				 "not enough memory for a lease of %zu people", people_max);
	}
	random_fill(random, lease->entry_key->b, sizeof(lease->entry_key->b));
	*out = lease;
	return TANU_OK;
}

void lease_free(struct lease **lease)
{
	if (!*lease)
		return;
	rows_free(*lease, &(*lease)->live);
	rows_free(*lease, &(*lease)->next);
	secret_free(&(*lease)->entry_key);
	pthread_mutex_destroy(&(*lease)->lock);
	mem_wipe(*lease, sizeof(**lease));
	free(*lease);
	*lease = NULL;
}

/* Entries stand in the order of people. */
tanu_status lease_lent_people(struct lease *lease, tanu_id **out, size_t *out_len, tanu_error *err)
{
	const struct rows *rows;
	tanu_id *people;
	size_t len = 0;

	pthread_mutex_lock(&lease->lock);
	rows = lease->live;
	people = malloc((rows->entries_len + 1) * sizeof(*people));
	for (size_t i = 0; people && i < rows->entries_len; i++)
		if (len == 0 || !id_equal(&people[len - 1], &rows->entries[i].subject))
			people[len++] = rows->entries[i].subject;
	pthread_mutex_unlock(&lease->lock);
	if (!people)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	*out = people;
	*out_len = len;
	return TANU_OK;
}

void lease_drop_gallery(struct lease *lease)
{
	struct rows *rows;

	pthread_mutex_lock(&lease->lock);
	rows = lease->live;
	mem_wipe(rows->entries, rows->entries_len * sizeof(*rows->entries));
	rows->entries_len = 0;
	/* what was sealed under it opens no more, wherever a copy lies */
	random_fill(&lease->random, lease->entry_key->b, sizeof(lease->entry_key->b));
	pthread_mutex_unlock(&lease->lock);
}

void lease_drop(struct lease *lease)
{
	lease_drop_gallery(lease);
	pthread_mutex_lock(&lease->lock);
	rows_clear(lease, lease->live);
	lease->head = (struct lease_head){0};
	pthread_mutex_unlock(&lease->lock);
}

struct lease_head lease_head(struct lease *lease)
{
	struct lease_head head;

	pthread_mutex_lock(&lease->lock);
	head = lease->head;
	pthread_mutex_unlock(&lease->lock);
	return head;
}

struct lease_counts lease_count(struct lease *lease)
{
	struct lease_counts counts;

	pthread_mutex_lock(&lease->lock);
	counts = (struct lease_counts){lease->live->entries_len, lease->live->people_len,
				       lease->live->cards_len};
	pthread_mutex_unlock(&lease->lock);
	return counts;
}

/* ---- material ---- */

#define AD_LEN (2 * TANU_ID_LEN + 2 + 3 * 8)

/* The consent is bound in: with another end, or of another person, the reference does not open. */
static void entry_ad(uint8_t out[AD_LEN], const struct lease_entry *e)
{
	const uint64_t numbers[] = {e->sequence, (uint64_t)e->given_ms, (uint64_t)e->not_after_ms};

	memcpy(out, e->subject.b, TANU_ID_LEN);
	memcpy(out + TANU_ID_LEN, e->consent.b, TANU_ID_LEN);
	out += 2 * TANU_ID_LEN;
	*out++ = (uint8_t)e->generation;
	*out++ = (uint8_t)(e->generation >> 8);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		for (int shift = 0; shift < 64; shift += 8)
			*out++ = (uint8_t)(numbers[i] >> shift);
}

tanu_status entry_seal(struct lease *lease, struct lease_entry *entry, tanu_error *err)
{
	uint8_t ad[AD_LEN], plain[LEASE_MATERIAL_MAX];
	size_t len = entry->material_len;
	tanu_status st;

	entry_ad(ad, entry);
	memcpy(plain, entry->material, len);
	st = seal(entry->material, len + SEAL_OVERHEAD, lease->entry_key, plain, len, ad,
		  sizeof(ad), &lease->random, err);
	mem_wipe(plain, sizeof(plain));
	entry->material_len = (uint16_t)(len + SEAL_OVERHEAD);
	return st;
}

tanu_status entry_open(const struct lease *lease, uint8_t *out, size_t out_len,
		       const struct lease_entry *entry, tanu_error *err)
{
	uint8_t ad[AD_LEN];

	entry_ad(ad, entry);
	return seal_open(out, out_len, lease->entry_key, entry->material, entry->material_len, ad,
			 sizeof(ad), err);
}

/* ---- order ---- */

static int entry_order(const void *a, const void *b)
{
	const struct lease_entry *x = a, *y = b;
	int order = memcmp(x->subject.b, y->subject.b, TANU_ID_LEN);

	return order ? order : x->generation - y->generation;
}

static int person_order(const void *a, const void *b)
{
	return memcmp(((const struct lease_person *)a)->subject.b,
		      ((const struct lease_person *)b)->subject.b, TANU_ID_LEN);
}

static int card_order(const void *a, const void *b)
{
	return memcmp(((const struct lease_card *)a)->digest,
		      ((const struct lease_card *)b)->digest, DIGEST_LEN);
}

static bool stands_twice(const void *rows, size_t len, size_t size,
			 int (*order)(const void *, const void *))
{
	const uint8_t *at = rows;

	for (size_t i = 1; i < len; i++)
		if (order(at + (i - 1) * size, at + i * size) == 0)
			return true;
	return false;
}

tanu_status rows_sort(struct rows *rows, tanu_error *err)
{
	qsort(rows->entries, rows->entries_len, sizeof(*rows->entries), entry_order);
	qsort(rows->people, rows->people_len, sizeof(*rows->people), person_order);
	qsort(rows->cards, rows->cards_len, sizeof(*rows->cards), card_order);
	if (stands_twice(rows->entries, rows->entries_len, sizeof(*rows->entries), entry_order) ||
	    stands_twice(rows->people, rows->people_len, sizeof(*rows->people), person_order) ||
	    stands_twice(rows->cards, rows->cards_len, sizeof(*rows->cards), card_order))
		return fail_bytes(err, "a row stands twice in this lease");
	return TANU_OK;
}

/* ---- asking ---- */

const struct lease_entry *entry_find(const struct rows *rows, const tanu_id *subject,
				     uint16_t generation)
{
	const struct lease_entry key = {.subject = *subject, .generation = generation};

	return bsearch(&key, rows->entries, rows->entries_len, sizeof(key), entry_order);
}

const struct lease_entry *entry_first(const struct rows *rows, const tanu_id *subject)
{
	size_t low = 0, high = rows->entries_len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(rows->entries[middle].subject.b, subject->b, TANU_ID_LEN) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == rows->entries_len || !id_equal(&rows->entries[low].subject, subject))
		return NULL;
	return &rows->entries[low];
}

bool lease_zone_get(struct lease *lease, struct lease_zone *out)
{
	bool there;

	pthread_mutex_lock(&lease->lock);
	if ((there = lease->live->has_zone))
		*out = lease->live->zone;
	pthread_mutex_unlock(&lease->lock);
	return there;
}

bool lease_person_find(struct lease *lease, struct lease_person *out, const tanu_id *subject)
{
	const struct lease_person key = {.subject = *subject}, *found;

	pthread_mutex_lock(&lease->lock);
	found =
	    bsearch(&key, lease->live->people, lease->live->people_len, sizeof(key), person_order);
	if (found)
		*out = *found;
	pthread_mutex_unlock(&lease->lock);
	return found != NULL;
}

bool lease_card_find(struct lease *lease, struct lease_card *out, const uint8_t digest[DIGEST_LEN])
{
	struct lease_card key = {0};
	const struct lease_card *found;

	memcpy(key.digest, digest, DIGEST_LEN);
	pthread_mutex_lock(&lease->lock);
	found = bsearch(&key, lease->live->cards, lease->live->cards_len, sizeof(key), card_order);
	if (found)
		*out = *found;
	pthread_mutex_unlock(&lease->lock);
	return found != NULL;
}

bool lease_consent_find(struct lease *lease, tanu_consent *out, const tanu_id *subject,
			uint16_t generation)
{
	const struct lease_entry *e;

	pthread_mutex_lock(&lease->lock);
	e = entry_find(lease->live, subject, generation);
	if (e)
		*out = (tanu_consent){.id = e->consent,
				      .subject = e->subject,
				      .purpose = TANU_PURPOSE_ACCESS,
				      .state = TANU_CONSENT_GIVEN,
				      .giver = TANU_GIVER_SELF,
				      .given_ms = e->given_ms,
				      .not_after_ms = e->not_after_ms,
				      .sequence = e->sequence};
	pthread_mutex_unlock(&lease->lock);
	return e != NULL;
}

/* ---- opening ---- */

static tanu_status ledger_sequence(void *self, uint64_t *out, const tanu_id *subject,
				   tanu_error *err)
{
	const struct lease_entry *e;
	struct lease *lease = self;

	pthread_mutex_lock(&lease->lock);
	if ((e = entry_first(lease->live, subject)))
		*out = e->sequence;
	pthread_mutex_unlock(&lease->lock);
	return e ? TANU_OK
		 : tanu_fail(err, TANU_ERR_NO_REFERENCE, NULL,
			     "this gate holds no reference of this person any more");
}

struct permit_ledger lease_ledger(struct lease *lease)
{
	return (struct permit_ledger){.sequence = ledger_sequence, .self = lease};
}

static tanu_status material_get(struct lease *lease, uint8_t *out, size_t out_len,
				enum lease_form form, const tanu_id *subject, uint16_t generation,
				tanu_error *err)
{
	const struct lease_entry *e;
	tanu_status st;

	pthread_mutex_lock(&lease->lock);
	e = entry_find(lease->live, subject, generation);
	if (e && e->form == form)
		st = entry_open(lease, out, out_len, e, err);
	else
		st = tanu_fail(err, TANU_ERR_NO_REFERENCE, NULL,
			       "this gate holds no reference of this person");
	pthread_mutex_unlock(&lease->lock);
	return st;
}

tanu_status lease_open_reference(struct lease *lease, tanu_reference *out, struct permit_book *book,
				 const struct permit *permit, const tanu_id *subject,
				 tanu_error *err)
{
	uint8_t plain[TANU_REFERENCE_LEN];
	tanu_status st;

	if ((st = permit_spend(book, permit, PERMIT_UNSEAL, subject, err)) < 0 ||
	    (st = material_get(lease, plain, sizeof(plain), LEASE_REFERENCE, subject, 0, err)) < 0)
		return st;
	st = tanu_reference_decode(out, plain, sizeof(plain), err);
	mem_wipe(plain, sizeof(plain));
	return st;
}

#define PASS_LABEL  "tanu pass 1" /* as vault/ has it: who sealed the pass */
#define PASS_AD_MAX (sizeof(PASS_LABEL) - 1 + TANU_ID_LEN + 2 + 64)

static size_t pass_ad_put(uint8_t out[PASS_AD_MAX], const tanu_id *subject, uint16_t generation,
			  const void *ad, size_t ad_len)
{
	uint8_t *at = out;

	memcpy(at, PASS_LABEL, sizeof(PASS_LABEL) - 1);
	at += sizeof(PASS_LABEL) - 1;
	memcpy(at, subject->b, TANU_ID_LEN);
	at += TANU_ID_LEN;
	*at++ = (uint8_t)generation;
	*at++ = (uint8_t)(generation >> 8);
	memcpy(at, ad, ad_len);
	return (size_t)(at - out) + ad_len;
}

tanu_status lease_open_pass(struct lease *lease, tanu_reference *out, struct permit_book *book,
			    const struct permit *permit, const tanu_id *subject,
			    uint16_t generation, const void *ad, size_t ad_len,
			    const uint8_t *sealed, size_t sealed_len, tanu_error *err)
{
	uint8_t plain[TANU_REFERENCE4_LEN], all[PASS_AD_MAX];
	struct lease_zone zone = {0};
	struct secret key = {{0}};
	tanu_status st;

	if (ad_len > 64)
		return BAD_CALL(err, "the associated data of a pass is its head and the site");
	if ((st = permit_spend(book, permit, PERMIT_OPEN_PASS, subject, err)) < 0 ||
	    (st = material_get(lease, key.b, sizeof(key.b), LEASE_PASS, subject, generation, err)) <
		0)
		return st;
	lease_zone_get(lease, &zone);
	st = seal_open(plain, sizeof(plain), &key, sealed, sealed_len, all,
		       pass_ad_put(all, subject, generation, ad, ad_len), err);
	if (st == TANU_OK)
		st = tanu_reference4_decode(out, plain, sizeof(plain), zone.model, err);
	secret_wipe(&key);
	mem_wipe(plain, sizeof(plain));
	return st;
}
