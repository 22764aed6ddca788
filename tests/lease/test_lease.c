/* SPDX-License-Identifier: Apache-2.0 */
/* A lease on its way from the site to the gate: whole, damaged, of others, old, changed, stolen. */
#include "lease/world.h"

#include <math.h>

static void takes_in_a_lease(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w);
	struct lease_zone zone = {0}, expected = zone_of();
	struct lease_person person = {0};
	struct lease_card card = {0};
	tanu_consent consent = {0};
	tanu_id who = id_of(2), nobody = id_of(77);
	struct buf doc = {0};

	document(w, &doc, &c);
	MUST(take(w, &doc, err));
	assert_int_equal(lease_count(w->lease).entries, 3);
	assert_true(lease_zone_get(w->lease, &zone));
	assert_string_equal(zone.window[1], expected.window[1]);
	assert_true(fabs(zone.threshold.fmr - 1e-4) < 1e-12);
	assert_true(lease_person_find(w->lease, &person, &who));
	assert_true(person.allowed && person.has_pin && !person.waiver);
	assert_false(lease_person_find(w->lease, &person, &nobody));
	assert_true(lease_card_find(w->lease, &card, c.cards[1].digest));
	assert_true(id_equal(&card.subject, &who));
	assert_true(lease_consent_find(w->lease, &consent, &who, 0));
	assert_int_equal(consent.not_after_ms, T0 + 1000000);
	assert_false(lease_consent_find(w->lease, &consent, &who, 1));
	buf_free(&doc);
}

/* Each byte of it, in turn: never taken in, and never half. */
static void refuses_every_changed_byte(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w);
	struct buf doc = {0};

	document(w, &doc, &c);
	for (size_t i = 0; i < doc.len; i += i < 200 || i + 80 > doc.len ? 1 : 37) {
		doc.data[i] ^= 0x10;
		assert_true(take(w, &doc, NULL) < 0);
		doc.data[i] ^= 0x10;
	}
	for (size_t len = 0; len < doc.len; len += 41) {
		struct buf shorter = {.data = doc.data, .len = len};

		assert_true(take(w, &shorter, NULL) < 0);
	}
	assert_int_equal(lease_head(w->lease).kind, LEASE_NONE);
	MUST(take(w, &doc, err));
	buf_free(&doc);
}

/* A site that signs nonsense is refused field by field. */
static void refuses_fields_that_cannot_be(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w), good = c;
	struct lease_entry entry = c.entries[0];
	struct lease_card card = c.cards[0];
	struct lease_person person = c.people[0];
	struct lease_zone zone = *c.zone;
	struct buf doc = {0};

#define TRY(set)                                              \
	do {                                                  \
		c = good;                                     \
		entry = good.entries[0];                      \
		card = good.cards[0];                         \
		person = good.people[0];                      \
		zone = *good.zone;                            \
		set;                                          \
		document(w, &doc, &c);                        \
		REFUSES(TANU_ERR_FORMAT, take(w, &doc, err)); \
		buf_free(&doc);                               \
	} while (0)

	c.entries = &entry;
	TRY((c.entries = &entry, c.entries_len = 1, entry.form = 3));
	TRY((c.entries = &entry, c.entries_len = 1, entry.form = LEASE_GONE));
	TRY((c.entries = &entry, c.entries_len = 1, entry.generation = 1));
	TRY((c.entries = &entry, c.entries_len = 1, entry.material_len = 559));
	TRY((c.entries = &entry, c.entries_len = 1, entry.given_ms = 0));
	TRY((c.entries = &entry, c.entries_len = 1, entry.not_after_ms = entry.given_ms));
	TRY((c.entries = &entry, c.entries_len = 1, entry.subject = (tanu_id){0}));
	TRY((c.entries = &entry, c.entries_len = 1, entry.consent = (tanu_id){0}));
	TRY((c.cards = &card, c.cards_len = 1, card.state = 3));
	TRY((c.cards = &card, c.cards_len = 1, card.state = LEASE_CARD_GONE));
	TRY((c.cards = &card, c.cards_len = 1, card.until_ms = card.from_ms - 1));
	TRY((c.cards = &card, c.cards_len = 1, card.subject = (tanu_id){0}));
	TRY((c.people = &person, c.people_len = 1, person.gone = true));
	TRY((c.people = &person, c.people_len = 1, person.subject = (tanu_id){0}));
	TRY((c.zone = &zone, zone.threshold.score = 0));
	TRY((c.zone = &zone, zone.threshold.score = NAN));
	TRY((c.zone = &zone, zone.fused_score = zone.threshold.score - 0.001F));
	TRY((c.zone = &zone, zone.fused_score = NAN));
	TRY((c.zone = &zone, zone.threshold.fmr = 0));
	TRY((c.zone = &zone, memcpy(zone.name, "a\tb", 4)));
	TRY((c.zone = NULL));
	TRY((c.head.number = 1));
	TRY((c.head.not_after_ms = c.head.issued_ms));
	TRY((c.head.issued_ms = 0));
	assert_int_equal(lease_head(w->lease).kind, LEASE_NONE);
#undef TRY
}

static void writes_no_zone_that_is_too_large(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w);
	struct lease_zone zone = *c.zone;
	uint8_t to[BOX_KEY_LEN] = {9};
	struct buf doc = {0};

	c.zone = &zone;
	zone.windows_len = LEASE_WINDOWS_MAX + 1;
	REFUSES(TANU_ERR_FILE_TOO_LARGE,
		lease_write(&doc, &c, &w->keys, &w->site_sign, to, &w->random, err));
	zone.windows_len = 1;
	zone.holidays_len = LEASE_HOLIDAYS_MAX + 1;
	REFUSES(TANU_ERR_FILE_TOO_LARGE,
		lease_write(&doc, &c, &w->keys, &w->site_sign, to, &w->random, err));
	assert_int_equal(doc.len, 0);
}

static void refuses_a_row_that_stands_twice(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w);
	struct lease_entry two[2] = {c.entries[0], c.entries[0]};
	struct buf doc = {0};

	c.entries = two;
	c.entries_len = 2;
	document(w, &doc, &c);
	REFUSES(TANU_ERR_FORMAT, take(w, &doc, err));
	buf_free(&doc);
}

static void refuses_other_sites_gates_and_keys(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w);
	struct secret mine = w->gate_box, site = w->site_sign;
	struct buf doc = {0};

	document(w, &doc, &c);
	w->pair.gate = id_of(5);
	REFUSES(TANU_ERR_LEASE, take(w, &doc, err));
	w->pair.gate = id_of(201);
	w->keys.gallery.b[0] ^= 1;
	REFUSES(TANU_ERR_CRYPTO, take(w, &doc, err));
	w->keys.gallery.b[0] ^= 1;
	w->keys.cards.b[0] ^= 1;
	REFUSES(TANU_ERR_CRYPTO, take(w, &doc, err));
	w->keys.cards.b[0] ^= 1;
	w->gate_box.b[3] ^= 1;
	REFUSES(TANU_ERR_CRYPTO, take(w, &doc, err));
	w->gate_box = mine;
	buf_free(&doc);
	w->site_sign.b[0] ^= 1;
	document(w, &doc, &c);
	w->site_sign = site;
	REFUSES(TANU_ERR_SIGNATURE, take(w, &doc, err));
	buf_free(&doc);
}

static struct lease_content delta_of(struct world *w, uint32_t number)
{
	return (struct lease_content){.head = {.kind = LEASE_DELTA,
					       .site = w->pair.site,
					       .gate = w->pair.gate,
					       .series = id_of(9),
					       .number = number,
					       .issued_ms = T0 + number * 1000,
					       .not_after_ms = T0 + 345600000}};
}

static void takes_changes_in_their_order_only(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w), first = delta_of(w, 1), second = delta_of(w, 2);
	struct lease_entry gone = {.subject = id_of(2), .form = LEASE_GONE}, come = entry_of(4, 9);
	struct lease_card blocked = c.cards[0];
	struct lease_card found = {0};
	struct lease_person left = {.subject = id_of(1), .gone = true}, unused;
	tanu_consent consent = {0};
	struct buf full = {0}, one = {0}, two = {0};
	struct lease_news news = {0};

	document(w, &full, &c);
	first.entries = &gone;
	first.entries_len = 1;
	first.people = &left;
	first.people_len = 1;
	blocked.state = LEASE_CARD_BLOCKED;
	second.cards = &blocked;
	second.cards_len = 1;
	second.entries = &come;
	second.entries_len = 1;
	document(w, &one, &first);
	document(w, &two, &second);
	REFUSES(TANU_ERR_LEASE, take(w, &one, err)); /* before there is anything */
	MUST(take(w, &full, err));
	REFUSES(TANU_ERR_LEASE, take(w, &two, err)); /* one is missing */
	MUST(
	    lease_apply(w->lease, &news, one.data, one.len, &w->pair, &w->gate_box, &w->keys, err));
	assert_int_equal(news.gone_len, 1);
	assert_true(id_equal(&news.gone[0], &gone.subject));
	lease_news_free(&news);
	assert_false(lease_consent_find(w->lease, &consent, &gone.subject, 0));
	assert_false(lease_person_find(w->lease, &unused, &left.subject));
	REFUSES(TANU_ERR_LEASE, take(w, &one, err)); /* twice */
	MUST(take(w, &two, err));
	assert_true(lease_consent_find(w->lease, &consent, &come.subject, 0));
	assert_true(lease_card_find(w->lease, &found, blocked.digest));
	assert_int_equal(found.state, LEASE_CARD_BLOCKED);
	REFUSES(TANU_ERR_LEASE, take(w, &full, err)); /* an old full one, brought back */
	buf_free(&full);
	buf_free(&one);
	buf_free(&two);
}

/* Whoever is in no new full lease has gone as well, and is named. */
static void names_who_is_missing_from_the_next_full_lease(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w);
	struct lease_news news = {0};
	struct buf doc = {0};

	document(w, &doc, &c);
	MUST(take(w, &doc, err));
	buf_free(&doc);
	c.entries_len = 2; /* without person 1 */
	c.head.series = id_of(10);
	c.head.issued_ms++;
	document(w, &doc, &c);
	MUST(
	    lease_apply(w->lease, &news, doc.data, doc.len, &w->pair, &w->gate_box, &w->keys, err));
	assert_int_equal(news.gone_len, 1);
	assert_int_equal(news.gone[0].b[0], 1);
	lease_news_free(&news);
	buf_free(&doc);
}

static void refuses_more_people_than_there_is_room_for(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w);
	struct lease_person people[9];
	struct buf doc = {0};

	for (uint8_t i = 0; i < 9; i++)
		people[i] = person_of((uint8_t)(i + 1));
	c.people = people;
	c.people_len = 9;
	document(w, &doc, &c);
	REFUSES(TANU_ERR_FILE_TOO_LARGE, take(w, &doc, err));
	assert_int_equal(lease_head(w->lease).kind, LEASE_NONE);
	buf_free(&doc);
}

/* ---- permits ---- */

static int64_t test_now_ms;

static int64_t test_clock(void *self)
{
	(void)self;
	return test_now_ms;
}

static void opens_a_reference_under_a_permit_once(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w), delta = delta_of(w, 1);
	struct lease_entry gone = {.subject = id_of(3), .form = LEASE_GONE};
	struct clock_source clock = {.now_ms = test_clock};
	struct permit_ledger ledger = lease_ledger(w->lease);
	tanu_id who = id_of(3), other = id_of(2);
	tanu_reference reference = {0}, expected = reference_of(0);
	struct permit_book *book = NULL;
	tanu_consent consent = {0};
	struct permit permit;
	struct buf doc = {0};

	test_now_ms = T0;
	document(w, &doc, &c);
	MUST(take(w, &doc, err));
	MUST(permit_book_open(&book, &clock, &w->random, &ledger, err));
	assert_true(lease_consent_find(w->lease, &consent, &who, 0));
	MUST(permit_issue(book, &permit, &who, TANU_PURPOSE_ACCESS, PERMIT_CLAIM_GATE, &consent, 1,
			  err));
	REFUSES(TANU_ERR_PERMIT,
		lease_open_reference(w->lease, &reference, book, &permit, &other, err));
	MUST(permit_spend(book, &permit, PERMIT_EMBED, &who, err));
	MUST(lease_open_reference(w->lease, &reference, book, &permit, &who, err));
	assert_memory_equal(reference.v, expected.v, sizeof(expected.v));
	REFUSES(TANU_ERR_PERMIT,
		lease_open_reference(w->lease, &reference, book, &permit, &who, err));
	assert_int_equal(permit_book_opened(book), 1);

	/* she withdraws: a permit of a moment ago is worth nothing any more */
	MUST(permit_issue(book, &permit, &who, TANU_PURPOSE_ACCESS, PERMIT_CLAIM_GATE, &consent, 1,
			  err));
	delta.entries = &gone;
	delta.entries_len = 1;
	buf_free(&doc);
	document(w, &doc, &delta);
	MUST(take(w, &doc, err));
	REFUSES(TANU_ERR_NO_REFERENCE, permit_spend(book, &permit, PERMIT_EMBED, &who, err));
	assert_int_equal(permit_book_opened(book), 1);

	/* at the end of the consent none is issued */
	assert_true(lease_consent_find(w->lease, &consent, &other, 0));
	test_now_ms = consent.not_after_ms;
	REFUSES(TANU_ERR_NO_CONSENT, permit_issue(book, &permit, &other, TANU_PURPOSE_ACCESS,
						  PERMIT_CLAIM_GATE, &consent, 1, err));
	permit_book_close(&book);
	buf_free(&doc);
}

/* ---- on the gate's disk ---- */

struct saved {
	struct buf cards, gallery;
};

static void save(struct world *w, struct saved *out)
{
	MUST(lease_save_cards(w->lease, &out->cards, &w->keys.cards, err));
	MUST(lease_save_gallery(w->lease, &out->gallery, &w->keys.gallery, err));
}

static void saved_free(struct saved *saved)
{
	buf_free(&saved->cards);
	buf_free(&saved->gallery);
}

static void comes_back_from_its_files(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w);
	struct lease *again = NULL;
	struct saved saved = {0};
	tanu_consent consent = {0};
	tanu_id who = id_of(1);
	struct buf doc = {0};

	document(w, &doc, &c);
	MUST(take(w, &doc, err));
	save(w, &saved);
	MUST(lease_new(&again, 8, &w->random, err));
	MUST(lease_load_cards(again, saved.cards.data, saved.cards.len, &w->pair.gate,
			      &w->keys.cards, err));
	MUST(lease_load_gallery(again, saved.gallery.data, saved.gallery.len, &w->pair.gate,
				&w->keys.gallery, err));
	assert_int_equal(lease_count(again).entries, 3);
	assert_int_equal(lease_count(again).cards, 3);
	assert_true(lease_consent_find(again, &consent, &who, 0));
	assert_int_equal(lease_head(again).not_after_ms, c.head.not_after_ms);
	lease_free(&again);
	saved_free(&saved);
	buf_free(&doc);
}

/* All that lies on a stolen gate's disk, its own key among it, opens nothing and names nobody. */
static void a_stolen_gate_opens_nothing(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w);
	struct lease_keys guess = w->keys;
	struct lease *thief = NULL;
	struct lease_news news = {0};
	struct saved saved = {0};
	tanu_id who = id_of(1);
	struct buf doc = {0};

	document(w, &doc, &c);
	MUST(take(w, &doc, err));
	save(w, &saved);
	MUST(lease_new(&thief, 8, &w->random, err));
	for (int bit = 0; bit < 256; bit += 51) {
		guess = w->keys;
		guess.cards.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		guess.gallery.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		REFUSES(TANU_ERR_CRYPTO, lease_load_cards(thief, saved.cards.data, saved.cards.len,
							  &w->pair.gate, &guess.cards, err));
		REFUSES(TANU_ERR_CRYPTO, lease_apply(thief, &news, doc.data, doc.len, &w->pair,
						     &w->gate_box, &guess, err));
	}
	assert_null(memmem(saved.cards.data, saved.cards.len, who.b, sizeof(who.b)));
	assert_null(memmem(saved.gallery.data, saved.gallery.len, who.b, sizeof(who.b)));
	assert_null(memmem(saved.gallery.data, saved.gallery.len, w->keys.gallery.b, SECRET_LEN));
	assert_null(memmem(doc.data, doc.len, who.b, sizeof(who.b)));
	lease_free(&thief);
	saved_free(&saved);
	buf_free(&doc);
}

static void refuses_changed_files(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w);
	struct lease *again = NULL;
	struct saved saved = {0}, later = {0};
	struct buf doc = {0};

	document(w, &doc, &c);
	MUST(take(w, &doc, err));
	save(w, &saved);
	MUST(lease_new(&again, 8, &w->random, err));
	for (size_t i = 0; i < saved.cards.len; i++) {
		saved.cards.data[i] ^= 1;
		assert_true(lease_load_cards(again, saved.cards.data, saved.cards.len,
					     &w->pair.gate, &w->keys.cards, NULL) < 0);
		saved.cards.data[i] ^= 1;
	}
	assert_int_equal(lease_head(again).kind, LEASE_NONE);
	buf_free(&doc);
	c.head.issued_ms += 5;
	document(w, &doc, &c);
	MUST(take(w, &doc, err));
	save(w, &later);
	MUST(lease_load_cards(again, later.cards.data, later.cards.len, &w->pair.gate,
			      &w->keys.cards, err));
	REFUSES(TANU_ERR_LEASE, lease_load_gallery(again, saved.gallery.data, saved.gallery.len,
						   &w->pair.gate, &w->keys.gallery, err));
	lease_free(&again);
	saved_free(&saved);
	saved_free(&later);
	buf_free(&doc);
}

static void erases_by_itself(void **state)
{
	struct world *w = *state;
	struct lease_content c = content_of(w);
	struct lease_card card = {0};
	tanu_consent consent = {0};
	tanu_id who = id_of(1);
	struct buf doc = {0};

	document(w, &doc, &c);
	MUST(take(w, &doc, err));
	lease_drop_gallery(w->lease);
	assert_false(lease_consent_find(w->lease, &consent, &who, 0));
	assert_true(lease_card_find(w->lease, &card, c.cards[0].digest)); /* the cards go on */
	lease_drop(w->lease);
	assert_false(lease_card_find(w->lease, &card, c.cards[0].digest));
	buf_free(&doc);
}

static void digests_of_cards_are_keyed_and_of_one_sort(void **state)
{
	struct world *w = *state;
	struct secret other = w->keys.cards;
	uint8_t a[DIGEST_LEN], b[DIGEST_LEN];
	const uint8_t bytes[4] = {1, 2, 3, 0x40};

	lease_card_digest(a, &w->keys.cards, LEASE_CARD_BITS, bytes, 26);
	lease_card_digest(b, &w->keys.cards, LEASE_CARD_BITS, bytes, 27);
	assert_memory_not_equal(a, b, DIGEST_LEN);
	lease_card_digest(b, &w->keys.cards, LEASE_CARD_DIGITS, bytes, 26);
	assert_memory_not_equal(a, b, DIGEST_LEN);
	other.b[0] ^= 1;
	lease_card_digest(b, &other, LEASE_CARD_BITS, bytes, 26);
	assert_memory_not_equal(a, b, DIGEST_LEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_TEST(takes_in_a_lease),
	    WORLD_TEST(refuses_every_changed_byte),
	    WORLD_TEST(refuses_fields_that_cannot_be),
	    WORLD_TEST(writes_no_zone_that_is_too_large),
	    WORLD_TEST(refuses_a_row_that_stands_twice),
	    WORLD_TEST(refuses_other_sites_gates_and_keys),
	    WORLD_TEST(takes_changes_in_their_order_only),
	    WORLD_TEST(names_who_is_missing_from_the_next_full_lease),
	    WORLD_TEST(refuses_more_people_than_there_is_room_for),
	    WORLD_TEST(opens_a_reference_under_a_permit_once),
	    WORLD_TEST(comes_back_from_its_files),
	    WORLD_TEST(a_stolen_gate_opens_nothing),
	    WORLD_TEST(refuses_changed_files),
	    WORLD_TEST(erases_by_itself),
	    WORLD_TEST(digests_of_cards_are_keyed_and_of_one_sort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
