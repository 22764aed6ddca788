/* SPDX-License-Identifier: Apache-2.0 */
/* Permits by attack: forged, changed, swapped, replayed, late, and after the ledger moved on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "consent/permit.h"
#include "os/os.h"

#include <pthread.h>
#include <string.h>

#define MORNING 1767254400000 /* 2026-01-01T08:00:00Z */
#define A_YEAR	((int64_t)365 * 86400000)

static const tanu_id anna = {{1}};
static const tanu_id berik = {{2}};
static const tanu_id nobody;

/* A site in a box: the clock, the ledger of two subjects, and a book. */
struct site {
	int64_t now_ms;
	uint64_t sequence[2];
	tanu_status ledger_fails;
	tanu_consent consents[3];
	struct permit_book *book;
};

static struct site site;

static int64_t site_now(void *self)
{
	return ((struct site *)self)->now_ms;
}

static tanu_status site_sequence(void *self, uint64_t *out, const tanu_id *subject, tanu_error *err)
{
	struct site *s = self;

	if (s->ledger_fails < 0)
		return tanu_fail(err, TANU_ERR_DB, NULL, "the test says no");
	*out = s->sequence[id_equal(subject, &berik)];
	return TANU_OK;
}

static struct permit_book *open_book(struct site *s)
{
	const struct clock_source clock = {.now_ms = site_now, .self = s};
	const struct random_source random = os_random();
	const struct permit_ledger ledger = {.sequence = site_sequence, .self = s};
	struct permit_book *book = NULL;

	assert_int_equal(permit_book_open(&book, &clock, &random, &ledger, NULL), TANU_OK);
	return book;
}

static tanu_consent consent_of(const tanu_id *subject, tanu_purpose purpose, uint64_t sequence)
{
	return (tanu_consent){
	    .subject = *subject,
	    .purpose = purpose,
	    .state = TANU_CONSENT_GIVEN,
	    .giver = TANU_GIVER_SELF,
	    .given_ms = MORNING - 1000,
	    .not_after_ms = MORNING + A_YEAR,
	    .sequence = sequence,
	};
}

static int set_up(void **state)
{
	(void)state;
	if (crypto_init(NULL) < 0)
		return -1;
	site = (struct site){.now_ms = MORNING, .sequence = {7, 9}};
	site.consents[0] = consent_of(&anna, TANU_PURPOSE_ACCESS, 3);
	site.consents[1] = consent_of(&berik, TANU_PURPOSE_ACCESS, 4);
	site.consents[2] = consent_of(&anna, TANU_PURPOSE_VISIT, 7);
	site.book = open_book(&site);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	permit_book_close(&site.book);
	return 0;
}

static struct permit issue(const tanu_id *subject, tanu_purpose purpose, enum permit_claim claim)
{
	struct permit p = {0};

	assert_int_equal(permit_issue(site.book, &p, subject, purpose, claim, site.consents,
				      ARRAY_LEN(site.consents), NULL),
			 TANU_OK);
	return p;
}

static struct permit issue_access(void)
{
	return issue(&anna, TANU_PURPOSE_ACCESS, PERMIT_CLAIM_OPERATOR);
}

static void assert_spends(const struct permit *p, enum permit_use use, const tanu_id *subject)
{
	assert_int_equal(permit_spend(site.book, p, use, subject, NULL), TANU_OK);
}

static void assert_refused(const struct permit *p, enum permit_use use, const tanu_id *subject)
{
	tanu_error err = {0};

	assert_int_equal(permit_spend(site.book, p, use, subject, &err), TANU_REFUSED);
	assert_int_equal(err.code, TANU_ERR_PERMIT);
	assert_true(err.message[0]);
}

/* Refused as it is now, and still good once `p` is the original again. */
static void assert_changed_is_refused(struct permit *changed, const struct permit *original)
{
	assert_refused(changed, PERMIT_UNSEAL, &changed->subject);
	assert_refused(changed, PERMIT_UNSEAL, &anna);
	*changed = *original;
}

static void spends_once_for_each_use(void **state)
{
	struct permit p = issue_access();

	(void)state;
	assert_spends(&p, PERMIT_EMBED, &anna);
	assert_spends(&p, PERMIT_UNSEAL, &anna);
	assert_refused(&p, PERMIT_EMBED, &anna);
	assert_refused(&p, PERMIT_UNSEAL, &anna);
	assert_int_equal(permit_book_opened(site.book), 1);
}

static void counts_only_embeddings_that_were_allowed(void **state)
{
	struct permit probe = {0};
	struct permit p = issue(&anna, TANU_PURPOSE_ACCESS, PERMIT_CLAIM_ENROL);

	(void)state;
	assert_spends(&p, PERMIT_SEAL, &anna);
	assert_int_equal(permit_book_opened(site.book), 0);
	assert_spends(&p, PERMIT_EMBED, &anna);
	assert_refused(&p, PERMIT_EMBED, &anna);
	assert_int_equal(permit_issue_gallery(site.book, &probe, TANU_PURPOSE_ACCESS, true, NULL),
			 TANU_OK);
	assert_spends(&probe, PERMIT_EMBED, &nobody);
	assert_int_equal(permit_book_opened(site.book), 2);
}

static void refuses_a_mac_with_any_bit_changed(void **state)
{
	const struct permit good = issue_access();
	struct permit p = good;

	(void)state;
	for (size_t bit = 0; bit < 8 * MAC_LEN; bit++) {
		p.mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_changed_is_refused(&p, &good);
	}
	memset(p.mac, 0, sizeof(p.mac));
	assert_changed_is_refused(&p, &good);
	assert_spends(&p, PERMIT_UNSEAL, &anna);
}

static void refuses_a_nonce_with_any_bit_changed(void **state)
{
	const struct permit good = issue_access();
	struct permit p = good;

	(void)state;
	for (size_t bit = 0; bit < 8 * sizeof(p.nonce); bit++) {
		p.nonce[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_changed_is_refused(&p, &good);
	}
}

static void refuses_every_changed_field(void **state)
{
	const struct permit good = issue_access();
	struct permit p = good;

	(void)state;
	p.subject = berik;
	assert_changed_is_refused(&p, &good);
	p.subject = nobody;
	assert_changed_is_refused(&p, &good);
	p.purpose = TANU_PURPOSE_VISIT;
	assert_changed_is_refused(&p, &good);
	p.claim = PERMIT_CLAIM_GALLERY;
	assert_changed_is_refused(&p, &good);
	p.recipient.b[15] = 1;
	assert_changed_is_refused(&p, &good);
	p.not_after_ms += 1;
	assert_changed_is_refused(&p, &good);
	p.sequence += 1;
	assert_changed_is_refused(&p, &good);
	site.sequence[0] += 1; /* the ledger agrees with the changed number: still forged */
	p.sequence += 1;
	assert_changed_is_refused(&p, &good);
}

static void refuses_a_blank_permit(void **state)
{
	struct permit blank = {0};

	(void)state;
	assert_refused(&blank, PERMIT_EMBED, &nobody);
	assert_refused(&blank, PERMIT_UNSEAL, &anna);
}

static void refuses_parts_of_two_permits_joined(void **state)
{
	const struct permit a = issue(&anna, TANU_PURPOSE_ACCESS, PERMIT_CLAIM_OPERATOR);
	const struct permit v = issue(&anna, TANU_PURPOSE_VISIT, PERMIT_CLAIM_OPERATOR);
	struct permit p = a;

	(void)state;
	memcpy(p.mac, v.mac, sizeof(p.mac));
	assert_changed_is_refused(&p, &a);
	memcpy(p.nonce, v.nonce, sizeof(p.nonce));
	assert_changed_is_refused(&p, &a);
	p.purpose = v.purpose;
	assert_changed_is_refused(&p, &a);
	p = v;
	p.purpose = TANU_PURPOSE_ACCESS;
	assert_changed_is_refused(&p, &a);
}

static void refuses_another_person_than_the_permits(void **state)
{
	struct permit p = issue_access();

	(void)state;
	assert_refused(&p, PERMIT_UNSEAL, &berik);
	assert_refused(&p, PERMIT_EMBED, &nobody);
	assert_spends(&p, PERMIT_UNSEAL, &anna);
}

/* Every claim with every use: only what the header lists. */
static void allows_each_claim_its_own_uses(void **state)
{
	static const unsigned allowed[] = {
	    [PERMIT_CLAIM_OPERATOR] = PERMIT_EMBED | PERMIT_UNSEAL,
	    [PERMIT_CLAIM_ENROL] = PERMIT_EMBED | PERMIT_SEAL,
	    [PERMIT_CLAIM_GALLERY] = PERMIT_UNSEAL,
	    [PERMIT_CLAIM_CALIBRATE] = 0, /* issued for another purpose only, see below */
	    [PERMIT_CLAIM_PASS] = PERMIT_EMBED | PERMIT_OPEN_PASS,
	};
	struct permit probe = {0};

	(void)state;
	assert_int_equal(permit_issue_gallery(site.book, &probe, TANU_PURPOSE_VISIT, true, NULL),
			 TANU_OK);
	for (unsigned use = 0; use < 16; use++) {
		bool one = use == PERMIT_EMBED || use == PERMIT_UNSEAL || use == PERMIT_SEAL ||
			   use == PERMIT_OPEN_PASS;

		for (int c = PERMIT_CLAIM_OPERATOR; c <= PERMIT_CLAIM_PASS; c++) {
			struct permit p;

			if (c == PERMIT_CLAIM_CALIBRATE)
				continue;
			p = issue(&anna, TANU_PURPOSE_ACCESS, (enum permit_claim)c);
			if (one && allowed[c] & use)
				assert_spends(&p, (enum permit_use)use, &anna);
			else
				assert_refused(&p, (enum permit_use)use, &anna);
		}
		if (use != PERMIT_EMBED)
			assert_refused(&probe, (enum permit_use)use, &nobody);
	}
	assert_refused(&probe, PERMIT_EMBED, &anna);
	assert_spends(&probe, PERMIT_EMBED, &nobody);
	assert_refused(&probe, PERMIT_EMBED, &nobody);
}

static void expires_at_its_exact_instant(void **state)
{
	struct permit p = issue_access();

	(void)state;
	assert_int_equal(p.not_after_ms, MORNING + PERMIT_LIFE_MS);
	site.now_ms = MORNING + PERMIT_LIFE_MS - 1;
	assert_spends(&p, PERMIT_UNSEAL, &anna);
	site.now_ms = MORNING + PERMIT_LIFE_MS;
	assert_refused(&p, PERMIT_EMBED, &anna);
}

static void ends_with_the_consent_when_that_ends_first(void **state)
{
	struct permit p;

	(void)state;
	site.consents[0].not_after_ms = MORNING + 10;
	p = issue_access();
	assert_int_equal(p.not_after_ms, MORNING + 10);
	site.now_ms = MORNING + 10;
	assert_refused(&p, PERMIT_UNSEAL, &anna);
}

static void stops_when_the_ledger_moves_on(void **state)
{
	struct permit p = issue_access();
	struct permit other = issue(&berik, TANU_PURPOSE_ACCESS, PERMIT_CLAIM_OPERATOR);

	(void)state;
	assert_spends(&p, PERMIT_EMBED, &anna);
	site.sequence[0]++;
	assert_refused(&p, PERMIT_UNSEAL, &anna);
	site.sequence[0] -= 2;
	assert_refused(&p, PERMIT_UNSEAL, &anna);
	assert_spends(&other, PERMIT_UNSEAL, &berik);
}

static void passes_on_that_the_ledger_does_not_answer(void **state)
{
	struct permit p = issue_access();
	struct permit q = {0};
	const struct permit untouched = q;

	(void)state;
	site.ledger_fails = TANU_SYSTEM;
	assert_int_equal(permit_spend(site.book, &p, PERMIT_UNSEAL, &anna, NULL), TANU_SYSTEM);
	assert_int_equal(permit_issue(site.book, &q, &anna, TANU_PURPOSE_ACCESS,
				      PERMIT_CLAIM_OPERATOR, site.consents,
				      ARRAY_LEN(site.consents), NULL),
			 TANU_SYSTEM);
	assert_memory_equal(&q, &untouched, sizeof(q));
	site.ledger_fails = TANU_OK;
	assert_spends(&p, PERMIT_UNSEAL, &anna);
}

static void refuses_permits_of_another_or_a_former_book(void **state)
{
	struct permit p = issue_access();
	struct permit_book *first = site.book;

	(void)state;
	site.book = open_book(&site);
	assert_refused(&p, PERMIT_UNSEAL, &anna);
	permit_book_close(&first);
	assert_null(first);
	permit_book_close(&first);
	assert_refused(&p, PERMIT_UNSEAL, &anna);
}

static void voids_permits_when_the_clock_goes_backwards(void **state)
{
	struct permit spent = issue_access();
	struct permit fresh = issue_access();
	struct permit after;

	(void)state;
	assert_spends(&spent, PERMIT_UNSEAL, &anna);
	site.now_ms = MORNING + PERMIT_LIFE_MS;
	assert_refused(&fresh, PERMIT_UNSEAL, &anna); /* the book has seen that instant */
	site.now_ms = MORNING;
	assert_refused(&fresh, PERMIT_UNSEAL, &anna);
	assert_refused(&spent, PERMIT_UNSEAL, &anna);
	after = issue_access();
	assert_spends(&after, PERMIT_UNSEAL, &anna);
	assert_refused(&after, PERMIT_UNSEAL, &anna);
	assert_int_equal(after.not_after_ms, MORNING + PERMIT_LIFE_MS);
}

static void refuses_to_issue_without_a_live_consent_and_says_why(void **state)
{
	static const struct {
		tanu_consent_state stored;
		int64_t until_ms;
		const char *reason;
	} rows[] = {
	    {TANU_CONSENT_NONE, MORNING + A_YEAR, "there is no consent to \"access\""},
	    {TANU_CONSENT_REQUESTED, MORNING + A_YEAR, "not given yet"},
	    {TANU_CONSENT_REFUSED, MORNING + A_YEAR, "\"access\" was refused"},
	    {TANU_CONSENT_WITHDRAWN, MORNING + A_YEAR, "was withdrawn"},
	    {TANU_CONSENT_EXPIRED, MORNING, "expired at 2026-01-01T08:00:00.000Z"},
	    {TANU_CONSENT_GIVEN, MORNING, "expired at 2026-01-01T08:00:00.000Z"},
	    {TANU_CONSENT_LAPSED, MORNING + A_YEAR, "ended at majority"},
	    {TANU_CONSENT_REPLACED, MORNING + A_YEAR, "was replaced"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct permit p = {0};
		tanu_error err = {0};

		site.consents[0].state = rows[i].stored;
		site.consents[0].not_after_ms = rows[i].until_ms;
		assert_int_equal(permit_issue(site.book, &p, &anna, TANU_PURPOSE_ACCESS,
					      PERMIT_CLAIM_OPERATOR, site.consents,
					      ARRAY_LEN(site.consents), &err),
				 TANU_REFUSED);
		assert_int_equal(err.code, TANU_ERR_NO_CONSENT);
		assert_non_null(strstr(err.message, rows[i].reason));
		assert_true(id_is_zero(&p.subject));
	}
}

static void refuses_to_issue_for_what_nobody_agreed_to(void **state)
{
	struct permit p = {0};
	tanu_error err = {0};

	(void)state;
	assert_int_equal(permit_issue(site.book, &p, &berik, TANU_PURPOSE_VISIT,
				      PERMIT_CLAIM_OPERATOR, site.consents,
				      ARRAY_LEN(site.consents), &err),
			 TANU_REFUSED);
	assert_non_null(strstr(err.message, "no consent to \"visit\""));
	assert_string_equal(err.place, "02000000000000000000000000000000");
	site.consents[0].giver = TANU_GIVER_GUARDIAN;
	site.consents[2] = site.consents[0];
	site.consents[2].giver = TANU_GIVER_SELF;
	site.consents[2].state = TANU_CONSENT_REFUSED;
	site.consents[2].sequence = 1; /* older, but her own */
	assert_int_equal(permit_issue(site.book, &p, &anna, TANU_PURPOSE_ACCESS,
				      PERMIT_CLAIM_OPERATOR, site.consents,
				      ARRAY_LEN(site.consents), &err),
			 TANU_REFUSED);
	assert_non_null(strstr(err.message, "\"access\" was refused"));
}

static void keeps_identification_off_unless_the_site_allows_it(void **state)
{
	struct permit p = {0};
	tanu_error err = {0};

	(void)state;
	assert_int_equal(permit_issue_gallery(site.book, &p, TANU_PURPOSE_ACCESS, false, &err),
			 TANU_REFUSED);
	assert_int_equal(err.code, TANU_ERR_IDENTIFY_OFF);
	assert_refused(&p, PERMIT_EMBED, &nobody);
}

static void refuses_rather_than_forgets_when_the_ring_is_full(void **state)
{
	static struct permit all[PERMIT_SPENT_MAX];
	struct permit late = issue_access();

	(void)state;
	for (size_t i = 0; i < PERMIT_SPENT_MAX; i++) {
		all[i] = issue_access();
		assert_spends(&all[i], PERMIT_UNSEAL, &anna);
	}
	assert_refused(&late, PERMIT_UNSEAL, &anna);
	assert_spends(&all[0], PERMIT_EMBED, &anna); /* known already: takes no new place */
	for (size_t i = 0; i < PERMIT_SPENT_MAX; i++)
		assert_refused(&all[i], PERMIT_UNSEAL, &anna);

	site.now_ms = MORNING + PERMIT_LIFE_MS - 1;
	late = issue_access();
	assert_refused(&late, PERMIT_UNSEAL, &anna);
	site.now_ms = MORNING + PERMIT_LIFE_MS;
	assert_spends(&late, PERMIT_UNSEAL, &anna);
	assert_refused(&late, PERMIT_UNSEAL, &anna);
	assert_refused(&all[0], PERMIT_UNSEAL, &anna);
}

struct racer {
	const struct permit *permit;
	int won;
};

static void *race(void *self)
{
	struct racer *r = self;

	r->won = permit_spend(site.book, r->permit, PERMIT_EMBED, &anna, NULL) == TANU_OK;
	return NULL;
}

static void lets_one_of_many_threads_spend_a_permit(void **state)
{
	(void)state;
	for (int round = 1; round <= 100; round++) {
		const struct permit p = issue_access();
		struct racer racers[4];
		pthread_t threads[ARRAY_LEN(racers)];
		int won = 0;

		for (size_t i = 0; i < ARRAY_LEN(racers); i++) {
			racers[i] = (struct racer){.permit = &p};
			assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
		}
		for (size_t i = 0; i < ARRAY_LEN(racers); i++) {
			pthread_join(threads[i], NULL);
			won += racers[i].won;
		}
		assert_int_equal(won, 1);
		assert_int_equal(permit_book_opened(site.book), round);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(spends_once_for_each_use),
	    TEST(counts_only_embeddings_that_were_allowed),
	    TEST(refuses_a_mac_with_any_bit_changed),
	    TEST(refuses_a_nonce_with_any_bit_changed),
	    TEST(refuses_every_changed_field),
	    TEST(refuses_a_blank_permit),
	    TEST(refuses_parts_of_two_permits_joined),
	    TEST(refuses_another_person_than_the_permits),
	    TEST(allows_each_claim_its_own_uses),
	    TEST(expires_at_its_exact_instant),
	    TEST(ends_with_the_consent_when_that_ends_first),
	    TEST(stops_when_the_ledger_moves_on),
	    TEST(passes_on_that_the_ledger_does_not_answer),
	    TEST(refuses_permits_of_another_or_a_former_book),
	    TEST(voids_permits_when_the_clock_goes_backwards),
	    TEST(refuses_to_issue_without_a_live_consent_and_says_why),
	    TEST(refuses_to_issue_for_what_nobody_agreed_to),
	    TEST(keeps_identification_off_unless_the_site_allows_it),
	    TEST(refuses_rather_than_forgets_when_the_ring_is_full),
	    TEST(lets_one_of_many_threads_spend_a_permit),
	};

	return cmocka_run_group_tests_name("consent/permit", tests, NULL, NULL);
}
