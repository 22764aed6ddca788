/* SPDX-License-Identifier: Apache-2.0 */
#include "consent/permit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096

struct spent_permit {
	uint8_t nonce[PERMIT_NONCE_LEN];
	unsigned uses; /* set of permit_use */
	uint32_t next; /* of the same bucket: index + 1, 0 at the end */
	int64_t not_after_ms;
};

/*
 * `spent` is a ring in the order of spending. A slot is taken again only after its permit has
 * expired; when the oldest has not, spending is refused: forgetting it would let it be replayed.
 */
struct permit_book {
	pthread_mutex_t lock;
	struct clock_source clock;
	struct random_source random;
	struct permit_ledger ledger;
	struct secret *key;
	int64_t latest_ms; /* the clock when last looked at */
	atomic_uint_fast64_t opened;
	size_t next;
	struct spent_permit spent[PERMIT_SPENT_MAX];
	uint32_t first[BUCKETS]; /* of each bucket of nonces: index + 1, 0: empty */
};

tanu_status permit_book_open(struct permit_book **out, const struct clock_source *clock,
			     const struct random_source *random, const struct permit_ledger *ledger,
			     tanu_error *err)
{
	struct permit_book *book = calloc(1, sizeof(*book));

	if (book)
		book->key = secret_new();
	if (!book || !book->key) {
		free(book);
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for permits");
	}
	pthread_mutex_init(&book->lock, NULL);
	book->clock = *clock;
	book->random = *random;
	book->ledger = *ledger;
	book->latest_ms = clock_now(clock);
	random_fill(random, book->key->b, sizeof(book->key->b));
	*out = book;
	return TANU_OK;
}

void permit_book_close(struct permit_book **book)
{
	if (!*book)
		return;
	secret_free(&(*book)->key);
	pthread_mutex_destroy(&(*book)->lock);
	mem_wipe(*book, sizeof(**book));
	free(*book);
	*book = NULL;
}

/*
 * The time now. If the clock went backwards, expired permits would live again and remembered ones
 * look younger than they are: a new key voids all of them.
 */
static int64_t book_now(struct permit_book *book)
{
	int64_t now_ms = clock_now(&book->clock);

	if (now_ms < book->latest_ms) {
		random_fill(&book->random, book->key->b, sizeof(book->key->b));
		memset(book->spent, 0, sizeof(book->spent));
		memset(book->first, 0, sizeof(book->first));
	}
	book->latest_ms = now_ms;
	return now_ms;
}

/* Fields in the machine's own byte order: key and permits never leave this process. */
static void permit_mac(uint8_t out[MAC_LEN], const struct permit *p, const struct secret *key)
{
	static const char label[] = "tanu permit 1";
	const struct bytes parts[] = {
	    {label, sizeof(label)},
	    {&p->subject, sizeof(p->subject)},
	    {&p->purpose, sizeof(p->purpose)},
	    {&p->claim, sizeof(p->claim)},
	    {&p->recipient, sizeof(p->recipient)},
	    {&p->not_after_ms, sizeof(p->not_after_ms)},
	    {&p->sequence, sizeof(p->sequence)},
	    {p->nonce, sizeof(p->nonce)},
	};

	mac_parts(out, key, parts, ARRAY_LEN(parts));
}

static bool is_one_purpose(tanu_purpose purpose)
{
	unsigned bits = (unsigned)purpose;

	return bits != 0 && (bits & (bits - 1)) == 0;
}

/* The subject's record to this purpose that was written last, or NULL. */
static const tanu_consent *latest_word(const tanu_consent *consents, size_t consents_len,
				       const tanu_id *subject, tanu_purpose purpose)
{
	const tanu_consent *last = NULL;

	for (size_t i = 0; i < consents_len; i++) {
		const tanu_consent *c = &consents[i];

		if (c->purpose == purpose && id_equal(&c->subject, subject) &&
		    (!last || c->sequence > last->sequence))
			last = c;
	}
	return last;
}

static tanu_status refuse_no_consent(const tanu_consent *last, const tanu_id *subject,
				     tanu_purpose purpose, int64_t now_ms, tanu_error *err)
{
	const char *word = tanu_purpose_name(purpose);
	char place[ID_HEX_LEN], when[TIME_TEXT_LEN];

	id_hex(place, subject);
	switch (last ? tanu_consent_state_at(last, now_ms) : TANU_CONSENT_NONE) {
	case TANU_CONSENT_EXPIRED:
		time_text(when, last->not_after_ms);
		return tanu_fail(err, TANU_ERR_NO_CONSENT, place,
				 "the consent to \"%s\" expired at %s", word, when);
	case TANU_CONSENT_REQUESTED:
		return tanu_fail(err, TANU_ERR_NO_CONSENT, place,
				 "consent to \"%s\" was asked for and is not given yet", word);
	case TANU_CONSENT_WITHDRAWN:
		return tanu_fail(err, TANU_ERR_NO_CONSENT, place,
				 "the consent to \"%s\" was withdrawn", word);
	case TANU_CONSENT_LAPSED:
		return tanu_fail(err, TANU_ERR_NO_CONSENT, place,
				 "the guardian's consent to \"%s\" ended at majority", word);
	case TANU_CONSENT_REPLACED:
		return tanu_fail(err, TANU_ERR_NO_CONSENT, place,
				 "the consent to \"%s\" was replaced by another one", word);
	case TANU_CONSENT_REFUSED:
	case TANU_CONSENT_GIVEN: /* not live although given: an older refusal outweighs it */
		return tanu_fail(err, TANU_ERR_NO_CONSENT, place, "\"%s\" was refused", word);
	case TANU_CONSENT_NONE:
		break;
	}
	return tanu_fail(err, TANU_ERR_NO_CONSENT, place, "there is no consent to \"%s\"", word);
}

static tanu_status refuse_purpose(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_PERMIT, NULL,
			 "under \"%s\" references are compared with each other, and for nothing "
			 "else: nobody is recognised under it",
			 tanu_purpose_name(TANU_PURPOSE_CALIBRATION));
}

static void finish(struct permit_book *book, struct permit *out, struct permit *p)
{
	random_fill(&book->random, p->nonce, sizeof(p->nonce));
	permit_mac(p->mac, p, book->key);
	*out = *p;
}

/* Of a permit whose subject, purpose, claim and recipient are filled. */
static tanu_status issue(struct permit_book *book, struct permit *out, struct permit p,
			 const tanu_consent *consents, size_t consents_len, tanu_error *err)
{
	const tanu_consent *live;
	int64_t now_ms;
	tanu_status st;

	if ((p.claim == PERMIT_CLAIM_CALIBRATE) != (p.purpose == TANU_PURPOSE_CALIBRATION))
		return refuse_purpose(err);
	pthread_mutex_lock(&book->lock);
	now_ms = book_now(book);
	live = tanu_consent_find(consents, consents_len, &p.subject, p.purpose, now_ms);
	if (!live) {
		st = refuse_no_consent(latest_word(consents, consents_len, &p.subject, p.purpose),
				       &p.subject, p.purpose, now_ms, err);
		goto out;
	}
	if ((st = book->ledger.sequence(book->ledger.self, &p.sequence, &p.subject, err)) < 0)
		goto out;
	p.not_after_ms = now_ms + PERMIT_LIFE_MS;
	if (live->not_after_ms < p.not_after_ms)
		p.not_after_ms = live->not_after_ms;
	finish(book, out, &p);
out:
	pthread_mutex_unlock(&book->lock);
	return st;
}

tanu_status permit_issue(struct permit_book *book, struct permit *out, const tanu_id *subject,
			 tanu_purpose purpose, enum permit_claim claim,
			 const tanu_consent *consents, size_t consents_len, tanu_error *err)
{
	if (id_is_zero(subject) || !is_one_purpose(purpose) || claim < PERMIT_CLAIM_OPERATOR ||
	    claim > PERMIT_CLAIM_GATE)
		return BAD_CALL(err, "a permit needs a subject, one purpose and a claim");
	return issue(book, out,
		     (struct permit){.subject = *subject, .purpose = purpose, .claim = claim},
		     consents, consents_len, err);
}

tanu_status permit_issue_for(struct permit_book *book, struct permit *out, const tanu_id *subject,
			     tanu_purpose purpose, const tanu_id *recipient,
			     const tanu_consent *consents, size_t consents_len, tanu_error *err)
{
	if (id_is_zero(subject) || !is_one_purpose(purpose) || id_is_zero(recipient))
		return BAD_CALL(err, "a permit needs a subject, one purpose and a recipient");
	return issue(book, out,
		     (struct permit){.subject = *subject,
				     .purpose = purpose,
				     .claim = PERMIT_CLAIM_RECIPIENT,
				     .recipient = *recipient},
		     consents, consents_len, err);
}

tanu_status permit_issue_gallery(struct permit_book *book, struct permit *out, tanu_purpose purpose,
				 bool site_allows, tanu_error *err)
{
	struct permit p = {.purpose = purpose, .claim = PERMIT_CLAIM_GALLERY};

	if (!is_one_purpose(purpose))
		return BAD_CALL(err, "a permit needs one purpose");
	if (purpose == TANU_PURPOSE_CALIBRATION)
		return refuse_purpose(err);
	if (!site_allows)
		return tanu_fail(err, TANU_ERR_IDENTIFY_OFF, NULL,
				 "1:N identification is off at this site");
	pthread_mutex_lock(&book->lock);
	p.not_after_ms = book_now(book) + PERMIT_LIFE_MS;
	finish(book, out, &p);
	pthread_mutex_unlock(&book->lock);
	return TANU_OK;
}

static bool claim_covers(const struct permit *p, enum permit_use use)
{
	switch (p->claim) {
	case PERMIT_CLAIM_OPERATOR:
		return use == PERMIT_EMBED || use == PERMIT_UNSEAL;
	case PERMIT_CLAIM_ENROL:
		return use == PERMIT_EMBED || use == PERMIT_SEAL;
	case PERMIT_CLAIM_GALLERY:
		return use == (id_is_zero(&p->subject) ? PERMIT_EMBED : PERMIT_UNSEAL);
	case PERMIT_CLAIM_CALIBRATE:
		return use == PERMIT_UNSEAL;
	case PERMIT_CLAIM_PASS:
		return use == PERMIT_EMBED || use == PERMIT_OPEN_PASS;
	case PERMIT_CLAIM_LEASE:
		return use == PERMIT_UNSEAL || use == PERMIT_LEND_PASS;
	case PERMIT_CLAIM_GATE:
		return use == PERMIT_EMBED || use == PERMIT_UNSEAL || use == PERMIT_OPEN_PASS;
	case PERMIT_CLAIM_RECIPIENT:
		return use == PERMIT_EMBED || use == PERMIT_UNSEAL;
	case PERMIT_CLAIM_NONE:
		break;
	}
	return false;
}

static tanu_status refuse(tanu_error *err, const char *reason)
{
	return tanu_fail(err, TANU_ERR_PERMIT, NULL, "%s", reason);
}

/* Is it ours, whole, in time, and for this use of this subject? */
static tanu_status check_permit(struct permit_book *book, const struct permit *p,
				enum permit_use use, const tanu_id *subject, tanu_error *err)
{
	int64_t now_ms = book_now(book);
	uint8_t mac[MAC_LEN];

	permit_mac(mac, p, book->key);
	if (!crypto_equal(mac, p->mac, MAC_LEN))
		return refuse(err, "the permit is not one of this process, or was changed");
	if (now_ms >= p->not_after_ms)
		return refuse(err, "the permit has expired: claim again");
	if (!id_equal(&p->subject, subject))
		return refuse(err, "the permit is for another person");
	if (!claim_covers(p, use))
		return refuse(err, "the permit was not issued for this use");
	return TANU_OK;
}

/* The probe of a 1:N search has no subject, hence no ledger of its own. */
static tanu_status check_ledger(struct permit_book *book, const struct permit *p, tanu_error *err)
{
	uint64_t sequence = 0;
	tanu_status st;

	if (id_is_zero(&p->subject))
		return TANU_OK;
	st = book->ledger.sequence(book->ledger.self, &sequence, &p->subject, err);
	if (st >= 0 && sequence != p->sequence)
		st = refuse(err, "consent or record changed since the permit was issued");
	return st;
}

static uint32_t *bucket_of(struct permit_book *book, const uint8_t nonce[PERMIT_NONCE_LEN])
{
	return &book->first[(nonce[0] | (unsigned)nonce[1] << 8) % BUCKETS];
}

static struct spent_permit *find_spent(struct permit_book *book, const struct permit *p)
{
	for (uint32_t i = *bucket_of(book, p->nonce); i; i = book->spent[i - 1].next)
		if (memcmp(book->spent[i - 1].nonce, p->nonce, PERMIT_NONCE_LEN) == 0)
			return &book->spent[i - 1];
	return NULL;
}

static void forget(struct permit_book *book, const struct spent_permit *s)
{
	uint32_t *link = bucket_of(book, s->nonce);

	while (*link && &book->spent[*link - 1] != s)
		link = &book->spent[*link - 1].next;
	if (*link)
		*link = s->next;
}

/* Take the oldest slot; its permit has expired. */
static struct spent_permit *remember(struct permit_book *book, const struct permit *p)
{
	struct spent_permit *s = &book->spent[book->next];
	uint32_t *first = bucket_of(book, p->nonce);

	if (s->uses)
		forget(book, s);
	*s = (struct spent_permit){.not_after_ms = p->not_after_ms, .next = *first};
	memcpy(s->nonce, p->nonce, sizeof(s->nonce));
	*first = (uint32_t)book->next + 1;
	book->next = (book->next + 1) % PERMIT_SPENT_MAX;
	return s;
}

static tanu_status mark_spent(struct permit_book *book, const struct permit *p, enum permit_use use,
			      tanu_error *err)
{
	struct spent_permit *s = find_spent(book, p);

	if (s && s->uses & use)
		return refuse(err, "the permit has been spent for this use");
	if (!s) {
		s = &book->spent[book->next];
		if (s->uses && book->latest_ms < s->not_after_ms)
			return refuse(err, "too many permits within their lifetime: try again in "
					   "a few seconds");
		s = remember(book, p);
	}
	s->uses |= use;
	return TANU_OK;
}

tanu_status permit_spend(struct permit_book *book, const struct permit *permit, enum permit_use use,
			 const tanu_id *subject, tanu_error *err)
{
	tanu_status st;

	pthread_mutex_lock(&book->lock);
	if ((st = check_permit(book, permit, use, subject, err)) < 0)
		goto out;
	if ((st = check_ledger(book, permit, err)) < 0)
		goto out;
	if ((st = mark_spent(book, permit, use, err)) < 0)
		goto out;
	if (use == PERMIT_EMBED)
		atomic_fetch_add(&book->opened, 1);
out:
	pthread_mutex_unlock(&book->lock);
	return st;
}

uint64_t permit_book_opened(const struct permit_book *book)
{
	return atomic_load(&book->opened);
}
