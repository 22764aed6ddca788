/* SPDX-License-Identifier: Apache-2.0 */
/* Gates as the site sees them: added and paired, what they are lent, what they report, once. */
#include "rules/rules.h"
#include "service/gates.h"
#include "service/passes.h"
#include "service/site.h"

#include "lease/spool.h"
#include "receipt/receipt.h"

/* A gate, played by the test. */
struct box {
	struct secret sign, box;
	struct pair_reply paired;
	struct gate_view view;
	struct lease *lease;
	struct spool *spool;
	struct lease_feed *feed;
	char dir[96];
};

static void box_pair(struct site *site, struct box *b, const char *name)
{
	struct random_source random = os_random();
	struct pair_request request = {.box_key = {0}};
	struct spool_options options = {.random = random};
	struct buf asked = {0}, reply = {0};
	char code[PAIR_CODE_LEN];
	struct secret key;

	random.fill(NULL, &b->sign, sizeof(b->sign));
	random.fill(NULL, &b->box, sizeof(b->box));
	sign_public_key(request.sign_key, &b->sign);
	box_public_key(request.box_key, &b->box);
	memset(request.tls_pin, 0x77, sizeof(request.tls_pin));
	MUST(service_gate_add(site->s, &b->view, code, name, "main", err));
	MUST(pair_code_key(&key, code, err));
	pair_request_put(&asked, &request, &key);
	MUST(service_gate_pair(site->s, &reply, &b->view, asked.data, asked.len, NULL, err));
	MUST(pair_reply_get(&b->paired, reply.data, reply.len, &request, &key, err));
	MUST(lease_new(&b->lease, 64, &random, err));
	snprintf(b->dir, sizeof(b->dir), "%s/spool-%s", site->root, name);
	options.dir = b->dir;
	options.pair = &b->paired.pair;
	MUST(spool_open(&b->spool, &options, err));
	MUST(service_feed_open(&b->feed, site->s, err));
	buf_free(&asked);
	buf_free(&reply);
}

static void box_free(struct box *b)
{
	service_feed_close(&b->feed);
	lease_free(&b->lease);
	spool_close(&b->spool);
}

/* One turn of the feed; the number of people who went, -1: nothing came. */
static int box_sync(struct site *site, struct box *b)
{
	struct lease_head have = lease_head(b->lease);
	struct lease_news news = {0};
	struct lease_keys keys;
	struct buf doc = {0};
	bool nothing = false;
	int gone;

	(void)site;
	MUST(service_feed_next(b->feed, &doc, &keys, &nothing, &b->view.id, &have, err));
	if (nothing)
		return -1;
	MUST(lease_apply(b->lease, &news, doc.data, doc.len, &b->paired.pair, &b->box, &keys, err));
	gone = (int)news.gone_len;
	lease_news_free(&news);
	buf_free(&doc);
	return gone;
}

static bool lent(const struct box *b, const tanu_id *subject)
{
	tanu_consent consent;

	return lease_consent_find(b->lease, &consent, subject, 0);
}

static struct gate_intake box_report(struct site *site, struct box *b, bool acknowledge)
{
	struct gate_intake in = {0};
	struct buf batch = {0};
	uint64_t last = 0;

	MUST(spool_batch(b->spool, &batch, &last, SPOOL_BATCH_MAX, &b->sign, err));
	MUST(service_gate_events(site->s, &in, NULL, batch.data, batch.len, err));
	if (acknowledge)
		MUST(spool_ack(b->spool, in.upto, err));
	buf_free(&batch);
	return in;
}

/* ---- pairing ---- */

static void pairs_by_a_code_once(void **state)
{
	struct site *site = *state;
	struct box b = {.dir = ""};
	struct pair_request request = {.box_key = {0}};
	struct gate_view view = {0};
	struct buf asked = {0}, reply = {0};
	char code[PAIR_CODE_LEN];
	struct secret key;

	MUST(service_gate_add(site->s, &view, code, "north", "main", err));
	REFUSES(TANU_ERR_CONFLICT, service_gate_add(site->s, &view, code, "north", "main", err));
	MUST(pair_code_key(&key, "K7Q0-2M1D-44TV-HB3C", err)); /* guessed */
	pair_request_put(&asked, &request, &key);
	REFUSES(TANU_ERR_GATE,
		service_gate_pair(site->s, &reply, &view, asked.data, asked.len, NULL, err));
	REFUSES(TANU_ERR_FORMAT, service_gate_pair(site->s, &reply, &view, "hello", 5, NULL, err));
	box_pair(site, &b, "south");
	assert_int_equal(b.view.state, GATE_PAIRED);
	site_reopen(site);
	MUST(service_gate_find(site->s, &view, "south", err));
	assert_int_equal(view.state, GATE_PAIRED);
	MUST(service_gate_by_pin(site->s, &view, view.tls_pin, err));
	assert_string_equal(view.name, "south");
	MUST(service_gate_revoke(site->s, &view.id, err));
	REFUSES(TANU_ERR_GATE, service_gate_by_pin(site->s, &view, b.view.tls_pin, err));
	box_free(&b);
	buf_free(&asked);
}

static void a_code_lasts_a_day(void **state)
{
	struct site *site = *state;
	struct pair_request request = {.box_key = {0}};
	struct gate_view view = {0};
	struct buf asked = {0}, reply = {0};
	char code[PAIR_CODE_LEN];
	struct secret key;

	MUST(service_gate_add(site->s, &view, code, "north", "main", err));
	MUST(pair_code_key(&key, code, err));
	pair_request_put(&asked, &request, &key);
	site->ahead_ms += DAY;
	REFUSES(TANU_ERR_GATE,
		service_gate_pair(site->s, &reply, &view, asked.data, asked.len, NULL, err));
	buf_free(&asked);
}

/* ---- zones ---- */

static void a_zone_is_a_text_that_is_checked(void **state)
{
	static const char good[] = "# the school\r\nmon-fri 07:00-18:00 card+face card+pin\n"
				   "holidays 2026-12-16 2026-12-17\npassback hard\n";
	static const char *const bad[] = {
	    "",
	    "mon-fri 07:00-18:00 card+face\n", /* no way without a face */
	    "mon-fri 07:00-18:00 card\n",      /* one factor */
	    "mon-fri 07:00-18:00 card+pin\npassback no\n",
	    "mon-fri 07:00-18:00 card+pin\nholidays 16.12.2026\n",
	    "mon-fri 25:00-18:00 card+pin\n",
	};
	struct site *site = *state;

	MUST(service_zone_set(site->s, "main", good, strlen(good), err));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		REFUSES(TANU_ERR_SETTING,
			service_zone_set(site->s, "main", bad[i], strlen(bad[i]), err));
	REFUSES(TANU_ERR_USAGE, service_zone_set(site->s, "Main hall", good, strlen(good), err));
	MUST(service_zone_set(site->s, "main", service_zone_standard, strlen(service_zone_standard),
			      err));
}

/* ---- cards and PINs ---- */

static const tanu_date no_date;

static void a_card_has_one_owner(void **state)
{
	struct site *site = *state;
	tanu_id aigerim = add_person(site, "Aigerim", 30),
		daniyar = add_person(site, "Daniyar", 40);
	struct card_view card = {0};
	size_t revoked = 0;

	MUST(service_card_add(site->s, &card, &aigerim, "26:12:34567", no_date, no_date, err));
	REFUSES(TANU_ERR_CONFLICT,
		service_card_add(site->s, &card, &daniyar, "26:12:34567", no_date, no_date, err));
	REFUSES(TANU_ERR_USAGE,
		service_card_add(site->s, &card, &daniyar, "26:12", no_date, no_date, err));
	REFUSES(TANU_ERR_USAGE,
		service_card_add(site->s, &card, &daniyar, "bits:26:a5", no_date, no_date, err));
	REFUSES(TANU_ERR_SETTING,
		service_card_add(site->s, &card, &daniyar, "26:300:1", no_date, no_date, err));
	MUST(service_card_revoke(site->s, &revoked, &aigerim, "26:12:34567", err));
	assert_int_equal(revoked, 1);
	MUST(service_card_add(site->s, &card, &daniyar, "26:12:34567", no_date, no_date, err));
	REFUSES(TANU_ERR_RECORD_MISSING,
		service_card_revoke(site->s, &revoked, &aigerim, "26:12:1", err));
	assert_int_equal(files_holding(site->dir, "26:12:34567", 11), 0);
}

static void a_pin_is_not_kept_and_not_simple(void **state)
{
	struct site *site = *state;
	tanu_id who = add_person(site, "Aigerim", 30);
	struct access_view access = {0};

	REFUSES(TANU_ERR_USAGE, service_pin_set(site->s, &who, "123", err));
	REFUSES(TANU_ERR_USAGE, service_pin_set(site->s, &who, "12a4", err));
	REFUSES(TANU_ERR_USAGE, service_pin_set(site->s, &who, "0000", err));
	REFUSES(TANU_ERR_USAGE, service_pin_set(site->s, &who, "98765", err));
	MUST(service_pin_set(site->s, &who, "83920174", err));
	MUST(service_access_get(site->s, &access, &who, err));
	assert_true(access.has_pin);
	assert_int_equal(files_holding(site->dir, "83920174", 8), 0);
	{ /* nor given away in what she may take home */
		struct buf all = {0}, access_text = {0};
		char *found;

		MUST(service_subject_export(site->s, &all, &who, err));
		base64_put(&access_text, "{\"barred\":false,\"has_pin\":true,\"pin\":\"00000000",
			   42);
		found = strstr(buf_cstr(&all), buf_cstr(&access_text));
		assert_non_null(found);
		buf_free(&all);
		buf_free(&access_text);
	}
	MUST(service_pin_set(site->s, &who, "", err));
	MUST(service_access_get(site->s, &access, &who, err));
	assert_false(access.has_pin);
}

/* ---- lending ---- */

static void lends_only_under_a_live_consent_to_access(void **state)
{
	struct site *site = *state;
	tanu_id yes = add_person(site, "Yes", 30), visit = add_person(site, "Visit", 30);
	tanu_id card_only = add_person(site, "Card", 30), barred = add_person(site, "Barred", 30);
	struct access_view nowhere = {.barred = true};
	struct card_view card = {0};
	struct lease_person person = {0};
	struct box b = {.dir = ""};

	give(site, &yes, TANU_PURPOSE_ACCESS, 30);
	keep_reference(site, &yes, 1);
	give(site, &visit, TANU_PURPOSE_VISIT, 30);
	keep_reference(site, &visit, 2);
	give(site, &barred, TANU_PURPOSE_ACCESS, 30);
	keep_reference(site, &barred, 3);
	MUST(service_access_set(site->s, &barred, &nowhere, err));
	MUST(service_card_add(site->s, &card, &card_only, "26:1:1", no_date, no_date, err));
	MUST(service_card_add(site->s, &card, &barred, "26:1:2", no_date, no_date, err));
	MUST(service_pin_set(site->s, &card_only, "8391", err));
	box_pair(site, &b, "north");
	assert_int_equal(box_sync(site, &b), 0);
	assert_true(lent(&b, &yes));
	assert_false(lent(&b, &visit));
	assert_false(lent(&b, &barred));
	assert_true(lease_person_find(b.lease, &person, &card_only));
	assert_true(person.allowed && person.has_pin);
	assert_true(lease_person_find(b.lease, &person, &barred));
	assert_false(person.allowed);
	assert_false(lease_person_find(b.lease, &person, &visit)); /* nothing of hers is needed */
	box_free(&b);
}

/* However long she agreed, a gate may use a face only until it is too old. */
static void what_is_lent_ends_with_the_age_of_the_face(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	tanu_consent consent = {0};
	struct box b = {.dir = ""};
	int64_t end_ms = 0;

	site_set(site, "reference", "max_years_adult = 1");
	give(site, &id, TANU_PURPOSE_ACCESS, 1000);
	keep_reference(site, &id, 1);
	MUST(reference_until(site->s, &end_ms, &id, err));
	box_pair(site, &b, "north");
	box_sync(site, &b);
	assert_true(lease_consent_find(b.lease, &consent, &id, 0));
	assert_int_equal(consent.not_after_ms, end_ms);
	box_free(&b);
}

static void what_is_lent_is_what_is_kept(void **state)
{
	struct site *site = *state;
	tanu_id who = add_person(site, "Yes", 30);
	struct permit_ledger ledger;
	struct permit_book *book = NULL;
	struct random_source random = os_random();
	struct clock_source clock = {.now_ms = site_clock, .self = site};
	tanu_reference reference = {0}, expected = reference_of(5);
	tanu_consent consent = {0};
	struct permit permit = {0};
	struct box b = {.dir = ""};

	give(site, &who, TANU_PURPOSE_ACCESS, 30);
	keep_reference(site, &who, 5);
	box_pair(site, &b, "north");
	box_sync(site, &b);
	ledger = lease_ledger(b.lease);
	MUST(permit_book_open(&book, &clock, &random, &ledger, err));
	assert_true(lease_consent_find(b.lease, &consent, &who, 0));
	MUST(permit_issue(book, &permit, &who, TANU_PURPOSE_ACCESS, PERMIT_CLAIM_GATE, &consent, 1,
			  err));
	MUST(lease_open_reference(b.lease, &reference, book, &permit, &who, err));
	assert_memory_equal(reference.v, expected.v, sizeof(expected.v));
	permit_book_close(&book);
	box_free(&b);
}

static void a_withdrawal_comes_with_the_next_change(void **state)
{
	struct site *site = *state;
	tanu_id stays = add_person(site, "Stays", 30), goes = add_person(site, "Goes", 30);
	tanu_id child = add_person(site, "Child", 12), mother = add_person(site, "Mother", 40);
	struct consent_order order;
	struct consent_say no = {.subject = child, .by = TANU_GIVER_SELF};
	struct erasure_receipt receipt = {.receipt = {{0}}};
	struct box b = {.dir = ""};

	give(site, &stays, TANU_PURPOSE_ACCESS, 30);
	keep_reference(site, &stays, 1);
	give(site, &goes, TANU_PURPOSE_ACCESS, 30);
	keep_reference(site, &goes, 2);
	add_guardian(site, &child, &mother);
	order = order_by(site, &child, &mother, TANU_PURPOSE_ACCESS, 30);
	MUST(service_consent_give(site->s, &order, err));
	keep_reference(site, &child, 3);
	box_pair(site, &b, "north");
	assert_int_equal(box_sync(site, &b), 0);
	assert_int_equal(box_sync(site, &b), -1);
	MUST(service_consent_withdraw(site->s, &receipt, &goes, TANU_PURPOSE_ACCESS, err));
	assert_int_equal(box_sync(site, &b), 1);
	assert_int_equal(lease_head(b.lease).kind, LEASE_DELTA);
	assert_false(lent(&b, &goes));
	assert_true(lent(&b, &stays) && lent(&b, &child));
	MUST(service_consent_refuse(site->s, &receipt, &no, err)); /* the child's own no */
	assert_int_equal(box_sync(site, &b), 1);
	assert_false(lent(&b, &child));
	assert_int_equal(box_sync(site, &b), -1);
	box_free(&b);
}

/* With the change that takes somebody away the key is another: no copy from before opens. */
/* Locked by herself: her face leaves the gates, and comes back when she unlocks it. */
static void a_locked_face_is_lent_to_no_gate(void **state)
{
	struct site *site = *state;
	tanu_id who = add_person(site, "Who", 30);
	struct box b = {.dir = ""};

	give(site, &who, TANU_PURPOSE_ACCESS, 30);
	keep_reference(site, &who, 1);
	box_pair(site, &b, "north");
	assert_int_equal(box_sync(site, &b), 0);
	assert_true(lent(&b, &who));
	MUST(service_subject_lock(site->s, &who, true, "self", err));
	assert_int_equal(box_sync(site, &b), 1);
	assert_false(lent(&b, &who));
	MUST(service_subject_lock(site->s, &who, false, "self", err));
	assert_int_equal(box_sync(site, &b), 0);
	assert_true(lent(&b, &who));
	box_free(&b);
}

static void a_removal_renews_the_key(void **state)
{
	struct site *site = *state;
	tanu_id a = add_person(site, "A", 30), b_id = add_person(site, "B", 30);
	struct erasure_receipt receipt = {.receipt = {{0}}};
	struct lease_head have = {0};
	struct lease_keys before, after;
	struct buf doc = {0};
	bool nothing = false;
	struct box b = {.dir = ""};
	struct lease_news news = {0};

	give(site, &a, TANU_PURPOSE_ACCESS, 30);
	keep_reference(site, &a, 1);
	give(site, &b_id, TANU_PURPOSE_ACCESS, 30);
	keep_reference(site, &b_id, 2);
	box_pair(site, &b, "north");
	MUST(service_feed_next(b.feed, &doc, &before, &nothing, &b.view.id, &have, err));
	MUST(lease_apply(b.lease, &news, doc.data, doc.len, &b.paired.pair, &b.box, &before, err));
	buf_free(&doc);
	MUST(service_consent_withdraw(site->s, &receipt, &a, 0, err));
	have = lease_head(b.lease);
	MUST(service_feed_next(b.feed, &doc, &after, &nothing, &b.view.id, &have, err));
	assert_false(secret_equal(&before.gallery, &after.gallery));
	REFUSES(TANU_ERR_CRYPTO, lease_apply(b.lease, &news, doc.data, doc.len, &b.paired.pair,
					     &b.box, &before, err));
	MUST(lease_apply(b.lease, &news, doc.data, doc.len, &b.paired.pair, &b.box, &after, err));
	lease_news_free(&news);
	buf_free(&doc);
	box_free(&b);
}

static void sends_all_again_when_it_does_not_know_what_is_there(void **state)
{
	struct site *site = *state;
	tanu_id who = add_person(site, "Yes", 30);
	struct card_view card = {0};
	struct box b = {.dir = ""};

	give(site, &who, TANU_PURPOSE_ACCESS, 30);
	keep_reference(site, &who, 1);
	box_pair(site, &b, "north");
	box_sync(site, &b);
	service_feed_close(&b.feed);
	MUST(service_feed_open(&b.feed, site->s, err)); /* the server has started anew */
	assert_int_equal(box_sync(site, &b), 0);
	assert_int_equal(lease_head(b.lease).kind, LEASE_FULL);
	MUST(service_card_add(site->s, &card, &who, "26:1:1", no_date, no_date, err));
	box_sync(site, &b);
	assert_int_equal(lease_head(b.lease).kind, LEASE_DELTA);
	assert_int_equal(lease_count(b.lease).cards, 1);
	site->ahead_ms += 25 * 3600000; /* a quarter of 96 hours: renewed */
	assert_int_equal(box_sync(site, &b), 0);
	assert_int_equal(box_sync(site, &b), -1);
	MUST(service_gate_revoke(site->s, &b.view.id, err));
	{
		struct lease_head have = lease_head(b.lease);
		struct lease_keys keys;
		struct buf doc = {0};
		bool nothing = false;

		REFUSES(TANU_ERR_GATE,
			service_feed_next(b.feed, &doc, &keys, &nothing, &b.view.id, &have, err));
	}
	box_free(&b);
}

/* ---- passes: the reference is with the person, the gate is lent what opens it ---- */

static tanu_status open_at_gate(struct site *site, struct box *b, const tanu_id *subject,
				const struct pass *pass, tanu_reference *out, tanu_error *err)
{
	struct clock_source clock = {.now_ms = site_clock, .self = site};
	struct permit_ledger ledger = lease_ledger(b->lease);
	struct random_source random = os_random();
	struct permit_book *book = NULL;
	tanu_consent consent = {0};
	struct permit permit = {0};
	uint8_t ad[PASS_AD_LEN];
	tanu_status st;

	if (!lease_consent_find(b->lease, &consent, subject, pass->head.generation))
		return tanu_fail(err, TANU_ERR_NO_REFERENCE, NULL, "this pass is not lent here");
	pass_ad(site->s, ad, &pass->head);
	if ((st = permit_book_open(&book, &clock, &random, &ledger, err)) == TANU_OK &&
	    (st = permit_issue(book, &permit, subject, TANU_PURPOSE_ACCESS, PERMIT_CLAIM_GATE,
			       &consent, 1, err)) == TANU_OK)
		st = lease_open_pass(b->lease, out, book, &permit, subject, pass->head.generation,
				     ad, sizeof(ad), pass->sealed, sizeof(pass->sealed), err);
	permit_book_close(&book);
	return st;
}

static bool pass_known(const struct box *b, const struct lease_keys *keys, const struct pass *pass,
		       enum lease_card_state *state)
{
	uint8_t digest[DIGEST_LEN];
	struct lease_card card = {0};

	lease_card_digest(digest, &keys->cards, LEASE_CARD_PASS, pass->head.number,
			  8 * sizeof(pass->head.number));
	if (!lease_card_find(b->lease, &card, digest))
		return false;
	*state = card.state;
	return true;
}

static void a_pass_opens_at_the_gate_until_it_is_revoked(void **state)
{
	struct site *site = *state;
	tanu_id who = add_person(site, "Anna", 30), other = add_person(site, "Berik", 30);
	tanu_reference opened = {0};
	struct pass_issued mine, theirs;
	struct pass changed;
	struct lease_head have = {0};
	struct lease_keys keys;
	struct lease_news news = {0};
	enum lease_card_state card = LEASE_CARD_GONE;
	struct buf doc = {0};
	bool nothing = false;
	struct box b = {.dir = ""};
	size_t revoked = 0;
	float score = 0;
	tanu_embedding e;
	tanu_reference probe = {0};

	give(site, &who, TANU_PURPOSE_ACCESS, 30);
	give(site, &other, TANU_PURPOSE_ACCESS, 30);
	mine = issue_passes(site, &who, 1, 2);
	theirs = issue_passes(site, &other, 2, 1);
	box_pair(site, &b, "north");
	MUST(service_feed_next(b.feed, &doc, &keys, &nothing, &b.view.id, &have, err));
	MUST(lease_apply(b.lease, &news, doc.data, doc.len, &b.paired.pair, &b.box, &keys, err));
	assert_int_equal(lease_count(b.lease).entries, 3); /* a pass, its spare, another's */
	assert_true(pass_known(&b, &keys, &mine.pass[0], &card));
	assert_int_equal(card, LEASE_CARD_VALID);
	MUST(open_at_gate(site, &b, &who, &mine.pass[0], &opened, err));
	e = embedding_of(site, 1);
	MUST(tanu_reference_from(&probe, &e, err));
	MUST(tanu_compare(&score, &probe, &opened, err));
	assert_true(score > 0.95F);
	/* neither another's pass under her name, nor one whose last day was changed */
	assert_true(open_at_gate(site, &b, &who, &theirs.pass[0], &opened, NULL) < 0);
	changed = mine.pass[0];
	changed.head.until = date_in(site, 300);
	REFUSES(TANU_ERR_CRYPTO, open_at_gate(site, &b, &who, &changed, &opened, err));
	MUST(service_pass_revoke(site->s, &revoked, &who, mine.pass[0].head.number, err));
	assert_int_equal(box_sync(site, &b), 0); /* her spare is left: nothing is confirmed */
	REFUSES(TANU_ERR_NO_REFERENCE, open_at_gate(site, &b, &who, &mine.pass[0], &opened, err));
	MUST(open_at_gate(site, &b, &who, &mine.pass[1], &opened, err));
	assert_true(pass_known(&b, &keys, &mine.pass[0], &card));
	assert_int_equal(card, LEASE_CARD_BLOCKED); /* and the gate knows why */
	lease_news_free(&news);
	buf_free(&doc);
	box_free(&b);
}

/* ---- reports ---- */

static struct gate_event use_of(struct site *site, const tanu_id *who, enum gate_face face)
{
	return (struct gate_event){.kind = GATE_EVENT_DECISION,
				   .at_ms = site_clock(site),
				   .time_trusted = true,
				   .subject = *who,
				   .verdict = face == GATE_FACE_MATCH,
				   .face = face,
				   .fmr_ppb = 100000,
				   .embeddings = face != GATE_FACE_NONE ? 2 : 0,
				   .permits = face != GATE_FACE_NONE ? 2 : 0};
}

struct tally {
	size_t verified, no_match, admitted, refused, erased;
};

static tanu_status tally_one(void *self, const struct history_view *v, tanu_error *err)
{
	struct tally *t = self;

	(void)err;
	t->verified += v->event == TANU_EVENT_VERIFIED;
	t->no_match += v->event == TANU_EVENT_VERIFY_NO_MATCH;
	t->admitted += v->event == TANU_EVENT_ADMITTED;
	t->refused += v->event == TANU_EVENT_NOT_ADMITTED;
	t->erased += v->event == TANU_EVENT_ERASED_AT_GATE;
	return TANU_OK;
}

/* One after the other: lane, whether let in, and how long she had waited. */
static void count_entry(struct site *site, struct box *b, uint8_t way, bool grant, bool face,
			uint32_t waited_ms)
{
	struct gate_event e = {.kind = GATE_EVENT_DECISION,
			       .at_ms = site_clock(site),
			       .time_trusted = true,
			       .direction = RULES_ENTRY,
			       .verdict = grant ? RULES_GRANT : RULES_DENY,
			       .reason = grant ? RULES_R_WAY : RULES_R_HOURS,
			       .way = way,
			       .pad = face ? RULES_PAD_SEQUENCE : RULES_PAD_NONE,
			       .waited_ms = waited_ms};

	MUST(spool_put(b->spool, &e, err));
	box_report(site, b, true);
}

static void lanes_are_counted_side_by_side(void **state)
{
	struct site *site = *state;
	struct box b = {.dir = ""};
	struct parity p = {0};
	struct gate_event other = {.kind = GATE_EVENT_DECISION,
				   .at_ms = site_clock(site),
				   .time_trusted = true,
				   .verdict = RULES_GRANT,
				   .reason = RULES_R_RELEASED};

	box_pair(site, &b, "north");
	MUST(service_parity(site->s, &p, 30, err));
	assert_int_equal(service_parity_percentile(&p, LANE_FACE, 50), 0);
	for (int i = 0; i < 98; i++)
		count_entry(site, &b, RULES_CARD | RULES_FACE, true, true, i < 60 ? 400 : 700);
	count_entry(site, &b, RULES_CARD | RULES_FACE, true, true, 2500);
	count_entry(site, &b, RULES_CARD | RULES_FACE, true, true, 70000);
	count_entry(site, &b, 0, false, true, 100);
	count_entry(site, &b, RULES_CARD | RULES_PIN, true, true,
		    61000); /* her face did not help */
	count_entry(site, &b, 0, false, false, 100);
	MUST(spool_put(b.spool, &other, err)); /* the guard's */
	other.reason = RULES_R_WAY;
	other.direction = RULES_EXIT;
	MUST(spool_put(b.spool, &other, err));
	box_report(site, &b, true);
	MUST(service_parity(site->s, &p, 1, err));
	assert_int_equal(p.admitted[LANE_FACE], 100);
	assert_int_equal(p.refused[LANE_FACE], 1);
	assert_int_equal(p.admitted[LANE_OTHER], 1);
	assert_int_equal(p.refused[LANE_OTHER], 1);
	assert_int_equal(p.waits[LANE_FACE][0], 60);
	assert_int_equal(p.waits[LANE_FACE][1], 38);
	assert_int_equal(service_parity_percentile(&p, LANE_FACE, 50), 500);
	assert_int_equal(service_parity_percentile(&p, LANE_FACE, 98), 1000);
	assert_int_equal(service_parity_percentile(&p, LANE_FACE, 99), 3000);
	assert_true(service_parity_percentile(&p, LANE_FACE, 100) == UINT32_MAX);
	assert_true(service_parity_percentile(&p, LANE_OTHER, 50) == UINT32_MAX);
	site->ahead_ms += 40 * DAY;
	MUST(service_parity(site->s, &p, 30, err));
	assert_int_equal(p.admitted[LANE_FACE], 0);
	MUST(service_parity(site->s, &p, 92, err));
	assert_int_equal(p.admitted[LANE_FACE], 100);
	REFUSES(TANU_ERR_USAGE, service_parity(site->s, &p, 0, err));
	REFUSES(TANU_ERR_USAGE, service_parity(site->s, &p, 93, err));
	box_free(&b);
}

/* Each month's, from the first with a gate on; in the public log. */
static void lanes_stand_in_the_public_log(void **state)
{
	struct site *site = *state;
	struct box b = {.dir = ""};
	struct statements said;

	while (date_from_ms(site_clock(site)).day != 10) /* 32 days later is the next month */
		site->ahead_ms += DAY;
	MUST(service_clock_accept(site->s, err));
	MUST(service_publish(site->s, err));
	assert_int_equal(stated(site, STATEMENT_LANES).found, 0);
	box_pair(site, &b, "north");
	count_entry(site, &b, RULES_CARD | RULES_FACE, true, true, 400);
	count_entry(site, &b, RULES_CARD | RULES_FACE, true, true, 700);
	count_entry(site, &b, RULES_CARD | RULES_PIN, true, false, 61000);
	count_entry(site, &b, 0, false, false, 100);
	site->ahead_ms += 32 * DAY;
	MUST(service_clock_accept(site->s, err));
	MUST(service_publish(site->s, err));
	said = stated(site, STATEMENT_LANES);
	assert_int_equal(said.found, 1);
	assert_int_equal(said.last.face, 2);
	assert_int_equal(said.last.face_ms, 1000);
	assert_int_equal(said.last.face_refused, 0);
	assert_int_equal(said.last.other, 1);
	assert_int_equal(said.last.other_ms, 60001);
	assert_int_equal(said.last.other_refused, 1);
	box_free(&b);
}

/* ---- use-tickets ---- */

/* As the gate signs it: of the last event that it wrote down, `later` before or after that. */
static struct buf ticket_of(struct site *site, struct box *b, const struct gate_event *e,
			    uint64_t later)
{
	struct spool_state spool = spool_state(b->spool);
	struct gate_ticket t = {.site = site->s->site,
				.gate = b->view.id,
				.subject = e->subject,
				.spool = spool.id,
				.number = spool.next - 1 + later,
				.at_ms = e->at_ms,
				.admitted = e->verdict == RULES_GRANT,
				.way = "card+face"};
	uint8_t key[PUBLIC_KEY_LEN], signature[SIGNATURE_LEN];
	struct buf note = {0};

	gate_ticket_text(&note, &t);
	sign(signature, &b->sign, note.data, note.len);
	sign_public_key(key, &b->sign);
	gate_note_end(&note, &b->view.id, key, signature);
	return note;
}

static enum ticket_standing standing_of(struct site *site, struct buf *note)
{
	struct ticket_view v = {.standing = TICKET_STANDINGS};

	MUST(service_gate_ticket(site->s, &v, note->data, note->len, err));
	assert_string_equal(v.gate, "north");
	buf_free(note);
	return v.standing;
}

static void a_ticket_tells_what_the_site_has_not_written_down(void **state)
{
	struct site *site = *state;
	tanu_id who = add_person(site, "Yes", 30);
	struct erasure_receipt receipt = {.receipt = {{0}}};
	struct box b = {.dir = ""}, other = {.dir = ""};
	struct gate_event e, never;
	struct ticket_view v;
	struct buf note;

	give(site, &who, TANU_PURPOSE_ACCESS, 30);
	box_pair(site, &b, "north");
	box_pair(site, &other, "south");
	e = use_of(site, &who, GATE_FACE_MATCH);
	MUST(spool_put(b.spool, &e, err));
	note = ticket_of(site, &b, &e, 0);
	assert_int_equal(standing_of(site, &note), TICKET_AWAITED); /* it is offline */
	box_report(site, &b, true);
	note = ticket_of(site, &b, &e, 0);
	assert_int_equal(standing_of(site, &note), TICKET_HERE);
	never = e;
	never.at_ms += 900; /* a gate whose clock is ahead: it is dated when it came */
	note = ticket_of(site, &b, &never, 0);
	assert_int_equal(standing_of(site, &note), TICKET_HERE);
	never.at_ms = e.at_ms - 400 * DAY; /* of a time of which nothing is kept */
	note = ticket_of(site, &b, &never, 0);
	assert_int_equal(standing_of(site, &note), TICKET_ERASED);
	never.verdict = RULES_DENY;
	never.at_ms = e.at_ms; /* let in, says the site; the gate has signed that she was not */
	note = ticket_of(site, &b, &never, 0);
	assert_int_equal(standing_of(site, &note), TICKET_MISSING);
	site->ahead_ms += 5 * 60000;
	never = e;
	never.at_ms = site_clock(site); /* a use that the gate signed and the site has not */
	note = ticket_of(site, &b, &never, 0);
	assert_int_equal(standing_of(site, &note), TICKET_MISSING);
	note = ticket_of(site, &b, &never, 1);
	assert_int_equal(standing_of(site, &note), TICKET_AWAITED);

	note = ticket_of(site, &b, &e, 0);
	note.data[note.len - 10] ^= 1;
	assert_true(service_gate_ticket(site->s, &v, note.data, note.len, NULL) < 0);
	buf_free(&note);
	other.view.id = b.view.id; /* one gate in the name of another */
	note = ticket_of(site, &other, &e, 0);
	REFUSES(TANU_ERR_NO_SIGNATURE, service_gate_ticket(site->s, &v, note.data, note.len, err));
	buf_free(&note);
	id_parse(&b.view.id, "00112233445566778899aabbccddeeff");
	note = ticket_of(site, &b, &e, 0);
	REFUSES(TANU_ERR_RECORD_MISSING,
		service_gate_ticket(site->s, &v, note.data, note.len, err));
	buf_free(&note);
	b.view.id = other.view.id;

	MUST(service_gate_revoke(site->s, &b.view.id, err));
	note = ticket_of(site, &b, &e, 0);
	assert_int_equal(standing_of(site, &note), TICKET_HERE); /* what it signed stays */
	MUST(service_subject_remove(site->s, &receipt, &who, err));
	note = ticket_of(site, &b, &e, 0);
	assert_int_equal(standing_of(site, &note), TICKET_ERASED);
	box_free(&b);
	box_free(&other);
}

static void keys_of_gates_stand_in_the_public_log(void **state)
{
	struct site *site = *state;
	struct box b = {.dir = ""};
	struct statements said;
	struct gate_ticket t;
	struct gate_event e = {.at_ms = 5};
	struct buf note;
	char code[PAIR_CODE_LEN];

	box_pair(site, &b, "north");
	MUST(service_publish(site->s, err));
	said = stated(site, STATEMENT_GATE);
	assert_int_equal(said.found, 1);
	assert_false(said.last.removed);
	note = ticket_of(site, &b, &e, 0);
	MUST(service_ticket_read(&t, note.data, note.len, said.last.key, err));
	MUST(service_gate_revoke(site->s, &b.view.id, err));
	MUST(service_gate_revoke(site->s, &b.view.id, err));
	MUST(service_publish(site->s, err));
	said = stated(site, STATEMENT_GATE);
	assert_int_equal(said.found, 2);
	assert_true(said.last.removed);
	buf_free(&note);
	box_free(&b);
	/* one that never was there has no key to take back */
	MUST(service_gate_add(site->s, &b.view, code, "west", "main", err));
	MUST(service_gate_revoke(site->s, &b.view.id, err));
	MUST(service_publish(site->s, err));
	assert_int_equal(stated(site, STATEMENT_GATE).found, 2);
}

static void takes_each_event_once(void **state)
{
	struct site *site = *state;
	tanu_id who = add_person(site, "Yes", 30), gone = add_person(site, "Gone", 30);
	struct service_report before = {.site = ""}, after = {.site = ""};
	struct erasure_receipt receipt = {.receipt = {{0}}};
	struct subject_view view = {.id = {{0}}};
	struct gate_event e;
	struct gate_intake in;
	struct tally t = {0};
	struct box b = {.dir = ""};

	give(site, &who, TANU_PURPOSE_ACCESS, 30);
	keep_reference(site, &who, 1);
	box_pair(site, &b, "north");
	MUST(service_report(site->s, &before, err));
	e = use_of(site, &who, GATE_FACE_MATCH);
	MUST(spool_put(b.spool, &e, err));
	e = use_of(site, &who, GATE_FACE_NO_MATCH);
	MUST(spool_put(b.spool, &e, err));
	e = use_of(site, &gone, GATE_FACE_NONE);
	MUST(spool_put(b.spool, &e, err));
	MUST(service_subject_remove(site->s, &receipt, &gone, err)); /* before it arrives */
	in = box_report(site, &b, false);
	assert_int_equal(in.taken, 3);
	in = box_report(site, &b, false); /* the answer was lost */
	assert_int_equal(in.taken, 0);
	assert_int_equal(in.known, 3);
	e = use_of(site, &who, GATE_FACE_NONE);
	MUST(spool_put(b.spool, &e, err));
	in = box_report(site, &b, true); /* three old ones and a new one */
	assert_int_equal(in.taken, 1);
	assert_int_equal(in.upto, 4);
	site_reopen(site);
	MUST(service_history_each(site->s, &who, tally_one, &t, err));
	assert_int_equal(t.verified, 1);
	assert_int_equal(t.no_match, 1);
	assert_int_equal(t.admitted, 1);
	assert_int_equal(t.refused, 2);
	MUST(service_report(site->s, &after, err));
	assert_int_equal(after.embeddings - before.embeddings, 4);
	assert_int_equal(after.permits - before.permits, 4);
	MUST(service_subject_get(site->s, &view, &who, err));
	assert_int_equal(view.embeddings, 4);
	MUST(service_gate_get(site->s, &b.view, &b.view.id, err));
	assert_int_equal(b.view.embeddings, 4);
	assert_int_equal(b.view.missing, 0);
	MUST(service_check(site->s, err));
	box_free(&b);
}

static void believes_no_other_gate(void **state)
{
	struct site *site = *state;
	tanu_id who = add_person(site, "Yes", 30);
	struct gate_intake in = {0};
	struct gate_event e = use_of(site, &who, GATE_FACE_NONE);
	struct buf batch = {0};
	struct box a = {.dir = ""}, b = {.dir = ""};
	uint64_t last = 0;

	box_pair(site, &a, "north");
	box_pair(site, &b, "south");
	MUST(spool_put(a.spool, &e, err));
	MUST(spool_batch(a.spool, &batch, &last, 10, &b.sign, err)); /* signed by the wrong one */
	REFUSES(TANU_ERR_SIGNATURE,
		service_gate_events(site->s, &in, NULL, batch.data, batch.len, err));
	buf_free(&batch);
	MUST(spool_batch(a.spool, &batch, &last, 10, &a.sign, err));
	MUST(service_gate_revoke(site->s, &a.view.id, err));
	REFUSES(TANU_ERR_GATE, service_gate_events(site->s, &in, NULL, batch.data, batch.len, err));
	buf_free(&batch);
	box_free(&a);
	box_free(&b);
}

/* A new spool (another disk) counts from 1 again; a gap is counted, not hidden. */
static void counts_what_never_came(void **state)
{
	struct site *site = *state;
	tanu_id who = add_person(site, "Yes", 30);
	struct gate_event e = use_of(site, &who, GATE_FACE_NONE);
	struct gate_event lost = {.kind = GATE_EVENT_LOST, .number = 7, .word = "spool-full"};
	struct spool_options options = {.random = os_random()};
	struct gate_intake in;
	struct box b = {.dir = ""};

	box_pair(site, &b, "north");
	for (int i = 0; i < 3; i++)
		MUST(spool_put(b.spool, &e, err));
	MUST(spool_put(b.spool, &lost, err));
	box_report(site, &b, true);
	spool_close(&b.spool);
	site_remove_tree(b.dir);
	options.dir = b.dir;
	options.pair = &b.paired.pair;
	MUST(spool_open(&b.spool, &options, err));
	MUST(spool_put(b.spool, &e, err));
	in = box_report(site, &b, true);
	assert_int_equal(in.taken, 1);
	for (int i = 0; i < 3; i++)
		MUST(spool_put(b.spool, &e, err));
	MUST(spool_ack(b.spool, 3, err)); /* as if another site had them */
	in = box_report(site, &b, true);
	assert_int_equal(in.taken, 1);
	MUST(service_gate_get(site->s, &b.view, &b.view.id, err));
	assert_int_equal(b.view.missing, 7 + 2);
	assert_string_equal(b.view.notes[0].word, "spool-full");
	box_free(&b);
}

/* The receipt written anew with the words that have come: how many, and that it holds. */
static size_t words_in(struct site *site, struct buf *paper, tanu_gate_word want)
{
	struct buf more = {0};
	tanu_receipt *receipt = NULL;
	tanu_report *report = NULL;
	struct gates_said said = {0};

	MUST(service_receipt_with_gates(site->s, &more, &said, paper->data, paper->len, err));
	MUST(tanu_receipt_parse(&receipt, more.data, more.len, err));
	MUST(tanu_receipt_verify(&report, (const tanu_receipt *const *)&receipt, 1, NULL, err));
	assert_int_equal(report->verdict, TANU_VERDICT_CLEAN);
	assert_int_equal(report->gates_len, 1);
	assert_int_equal(report->gates[0].word, want);
	tanu_report_free(&report);
	tanu_receipt_free(&receipt);
	buf_free(paper);
	*paper = more;
	assert_int_equal(said.named, 1);
	return said.erased;
}

static void keeps_the_signed_word_that_a_gate_has_erased(void **state)
{
	struct site *site = *state;
	tanu_id who = add_person(site, "Goes", 30);
	struct erasure_receipt receipt = {.receipt = {{0}}};
	struct gate_event e = {.kind = GATE_EVENT_ERASED, .subject = who, .number = 1};
	struct buf text = {0}, notes = {0};
	struct tally t = {0};
	struct box b = {.dir = ""};
	tanu_verifier verifier = {.kind = TANU_KEY_ED25519};
	struct buf paper = {0}, again = {0};
	struct gates_said said = {0};
	tanu_note note;
	size_t count = 0;
	char name[ID_HEX_LEN];

	give(site, &who, TANU_PURPOSE_ACCESS, 30);
	keep_reference(site, &who, 1);
	box_pair(site, &b, "north");
	box_sync(site, &b);
	MUST(service_consent_withdraw(site->s, &receipt, &who, 0, err));
	assert_int_equal(receipt.gates_len, 1);
	assert_true(id_equal(&receipt.gates[0].id, &b.view.id));
	MUST(service_erasure_receipt(site->s, &paper, &receipt, err));
	assert_int_equal(words_in(site, &paper, TANU_GATE_SILENT), 0);
	assert_int_equal(box_sync(site, &b), 1);
	e.at_ms = site_clock(site);
	e.time_trusted = e.is_signed = true;
	gate_erased_text(&text, &b.paired.pair.site, &b.paired.pair.gate, &who, 1, e.at_ms);
	sign(e.signature, &b.sign, text.data, text.len);
	MUST(spool_put(b.spool, &e, err));
	assert_int_equal(box_report(site, &b, true).confirmed, 1);
	MUST(service_gate_confirmations(site->s, &notes, &count, &who, err));
	assert_int_equal(count, 1);
	MUST(service_history_each(site->s, &who, tally_one, &t, err));
	assert_int_equal(t.erased, 1);
	/* it is a signed note that any tool for them can check */
	MUST(tanu_note_split(&note, (const char *)notes.data, notes.len, err));
	id_hex(name, &b.view.id);
	snprintf(verifier.name, sizeof(verifier.name), "gate-%s", name);
	sign_public_key(verifier.key, &b.sign);
	verifier.key_id = note.signatures[0].key_id;
	MUST(tanu_note_verify(&note, &verifier, NULL, err));
	/* her receipt is completed with it, once */
	assert_int_equal(words_in(site, &paper, TANU_GATE_ERASED), 1);
	assert_int_equal(words_in(site, &paper, TANU_GATE_ERASED), 1);
	/* after she has left it is still found by her id, and nothing forged is taken */
	MUST(service_subject_remove(site->s, &receipt, &who, err));
	assert_int_equal(receipt.gates_len, 0);
	assert_int_equal(words_in(site, &paper, TANU_GATE_ERASED), 1);
	REFUSES(TANU_ERR_FORMAT,
		service_receipt_with_gates(site->s, &again, &said, "no receipt", 10, err));
	paper.data[(uint8_t *)strstr(buf_cstr(&paper), "\"site\":\"") - paper.data + 8] = 'Z';
	REFUSES(TANU_ERR_SIGNATURE,
		service_receipt_with_gates(site->s, &again, &said, paper.data, paper.len, err));
	MUST(spool_put(b.spool, &e, err));
	assert_int_equal(box_report(site, &b, true).confirmed, 1);
	buf_free(&notes);
	MUST(service_gate_confirmations(site->s, &notes, &count, &who, err));
	assert_int_equal(count, 1);
	e.signature[3] ^= 1;
	MUST(spool_put(b.spool, &e, err));
	{
		struct gate_intake in = {0};
		struct buf batch = {0};
		uint64_t last = 0;

		MUST(spool_batch(b.spool, &batch, &last, 10, &b.sign, err));
		REFUSES(TANU_ERR_SIGNATURE,
			service_gate_events(site->s, &in, NULL, batch.data, batch.len, err));
		buf_free(&batch);
	}
	buf_free(&paper);
	buf_free(&text);
	buf_free(&notes);
	box_free(&b);
}

/* What somebody has to know of at once; what stands behind a slash names the reader. */
static void what_gates_say_is_told_where_it_matters(void **state)
{
	static const struct {
		const char *word, *event;
	} words[] = {{"fire", "fire"},
		     {"tamper", "tamper"},
		     {"tamper/front", "tamper"},
		     {"tamper-over/front", "tamper-over"},
		     {"reader-off/inside", "reader-off"},
		     {"panel-failed", "door-fault"},
		     {"infrared-off", "second-camera-off"},
		     {"depth-blind", "second-camera-blind"},
		     {"reader-paired/front", NULL},
		     {"tamp", NULL},
		     {"/tamper", NULL},
		     {"", NULL}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct gate_event e = {.kind = GATE_EVENT_DEVICE};
		const char *told;

		snprintf(e.word, sizeof(e.word), "%s", words[i].word);
		told = service_gate_event_word(&e);
		if (!words[i].event)
			assert_null(told);
		else
			assert_string_equal(told, words[i].event);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(pairs_by_a_code_once),
	    SITE_TEST(a_code_lasts_a_day),
	    SITE_TEST(a_zone_is_a_text_that_is_checked),
	    SITE_TEST(a_card_has_one_owner),
	    SITE_TEST(a_pin_is_not_kept_and_not_simple),
	    SITE_TEST(lends_only_under_a_live_consent_to_access),
	    SITE_TEST(what_is_lent_ends_with_the_age_of_the_face),
	    SITE_TEST(what_is_lent_is_what_is_kept),
	    SITE_TEST(a_withdrawal_comes_with_the_next_change),
	    SITE_TEST(a_locked_face_is_lent_to_no_gate),
	    SITE_TEST(a_removal_renews_the_key),
	    SITE_TEST(sends_all_again_when_it_does_not_know_what_is_there),
	    PASS_TEST(a_pass_opens_at_the_gate_until_it_is_revoked),
	    SITE_TEST(lanes_are_counted_side_by_side),
	    SITE_TEST(lanes_stand_in_the_public_log),
	    SITE_TEST(a_ticket_tells_what_the_site_has_not_written_down),
	    SITE_TEST(keys_of_gates_stand_in_the_public_log),
	    SITE_TEST(takes_each_event_once),
	    SITE_TEST(believes_no_other_gate),
	    SITE_TEST(counts_what_never_came),
	    SITE_TEST(keeps_the_signed_word_that_a_gate_has_erased),
	    cmocka_unit_test(what_gates_say_is_told_where_it_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
