/* SPDX-License-Identifier: Apache-2.0 */
/* What is sealed for a pass: what opens, and every way in which it must not. */
#include "vault/fixture.h"

static const char head[] = "head of the pass, in clear";

struct scene {
	struct fixture *f;
	tanu_id anna, berik;
	tanu_consent consents[2];
	uint8_t reference[TANU_REFERENCE4_LEN];
	uint8_t sealed[VAULT_PASS_LEN]; /* Anna's, of generation 1 */
};

static tanu_consent live_consent(const tanu_id *subject)
{
	return (tanu_consent){
	    .subject = *subject,
	    .purpose = TANU_PURPOSE_ACCESS,
	    .state = TANU_CONSENT_GIVEN,
	    .giver = TANU_GIVER_SELF,
	    .not_after_ms = INT64_MAX,
	    .sequence = 1,
	};
}

static struct permit permit_for(const struct scene *s, const tanu_id *subject,
				enum permit_claim claim)
{
	struct permit p = {0};

	assert_int_equal(
	    permit_issue(s->f->book, &p, subject, TANU_PURPOSE_ACCESS, claim, s->consents, 2, NULL),
	    TANU_OK);
	return p;
}

static tanu_status seal_as(struct scene *s, uint8_t out[VAULT_PASS_LEN], const struct permit *p,
			   const tanu_id *subject, uint16_t generation, tanu_error *err)
{
	return vault_seal_pass(s->f->vault, out, p, subject, generation, head, sizeof(head),
			       s->reference, err);
}

static int set_up(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));
	void *fixture = NULL;
	struct key_name keys[3];
	struct permit p;

	if (!s || fixture_set_up(&fixture) < 0)
		return -1;
	s->f = fixture;
	s->anna = person(3, 1);
	s->berik = person(3, 2);
	s->consents[0] = live_consent(&s->anna);
	s->consents[1] = live_consent(&s->berik);
	keys[0] = key_of(&s->anna, KEY_PASS);
	keys[1] = keys[0];
	keys[1].quarter = 2; /* her spare */
	keys[2] = key_of(&s->berik, KEY_PASS);
	if (vault_add_keys(s->f->vault, keys, 3, 1, NULL) < 0)
		return -1;
	random_fill(&s->f->random, s->reference, sizeof(s->reference));
	p = permit_for(s, &s->anna, PERMIT_CLAIM_ENROL);
	if (seal_as(s, s->sealed, &p, &s->anna, 1, NULL) < 0)
		return -1;
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *s = *state;
	void *fixture = s->f;

	free(s);
	return fixture_tear_down(&fixture);
}

static tanu_status open_as(struct scene *s, const struct permit *p, const tanu_id *subject,
			   uint16_t generation, tanu_error *err)
{
	uint8_t out[TANU_REFERENCE4_LEN] = {0}, blank[TANU_REFERENCE4_LEN] = {0};
	tanu_status st = vault_open_pass(s->f->vault, out, p, subject, generation, head,
					 sizeof(head), s->sealed, err);

	assert_memory_equal(out, st == TANU_OK ? s->reference : blank, sizeof(out));
	return st;
}

/* Under a fresh permit. */
static tanu_status open_fresh(struct scene *s, const tanu_id *subject, uint16_t generation)
{
	struct permit p = permit_for(s, subject, PERMIT_CLAIM_PASS);

	return open_as(s, &p, subject, generation, NULL);
}

static void opens_for_its_own_person(void **state)
{
	struct scene *s = *state;

	assert_int_equal(open_fresh(s, &s->anna, 1), TANU_OK);
	fixture_reopen(s->f);
	assert_int_equal(open_fresh(s, &s->anna, 1), TANU_OK);
}

static void shows_nothing_in_the_clear(void **state)
{
	struct scene *s = *state;

	for (size_t i = 0; i + 8 <= sizeof(s->reference); i += 8)
		assert_null(memmem(s->sealed, sizeof(s->sealed), s->reference + i, 8));
}

static void two_of_the_same_have_nothing_in_common(void **state)
{
	struct scene *s = *state;
	struct permit p = permit_for(s, &s->anna, PERMIT_CLAIM_ENROL);
	uint8_t second[VAULT_PASS_LEN];
	size_t same = 0;

	assert_int_equal(seal_as(s, second, &p, &s->anna, 1, NULL), TANU_OK);
	for (size_t i = 0; i < sizeof(second); i++)
		same += second[i] == s->sealed[i];
	assert_true(same < 16);
}

static void refuses_another_person_or_generation(void **state)
{
	struct scene *s = *state;

	assert_int_equal(open_fresh(s, &s->berik, 1), TANU_DAMAGED);
	assert_int_equal(open_fresh(s, &s->anna, 2), TANU_DAMAGED);
	assert_int_equal(open_fresh(s, &s->anna, 3), TANU_ERASED);
	assert_int_equal(open_fresh(s, &s->anna, 1), TANU_OK);
}

static void refuses_without_a_permit_for_exactly_this(void **state)
{
	struct scene *s = *state;
	struct permit blank = {0};
	struct permit berik = permit_for(s, &s->berik, PERMIT_CLAIM_PASS);
	struct permit enrol = permit_for(s, &s->anna, PERMIT_CLAIM_ENROL);
	struct permit named = permit_for(s, &s->anna, PERMIT_CLAIM_OPERATOR);
	struct permit forged = permit_for(s, &s->berik, PERMIT_CLAIM_PASS);
	struct permit changed = permit_for(s, &s->anna, PERMIT_CLAIM_OPERATOR);
	const struct permit *const wrong[] = {&blank, &berik, &enrol, &named, &forged, &changed};

	forged.subject = s->anna;
	changed.claim = PERMIT_CLAIM_PASS;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		tanu_error err = {0};

		assert_int_equal(open_as(s, wrong[i], &s->anna, 1, &err), TANU_REFUSED);
		assert_int_equal(err.code, TANU_ERR_PERMIT);
	}
}

static void a_permit_opens_once_and_not_after_the_ledger_moved(void **state)
{
	struct scene *s = *state;
	struct permit p = permit_for(s, &s->anna, PERMIT_CLAIM_PASS);

	assert_int_equal(open_as(s, &p, &s->anna, 1, NULL), TANU_OK);
	assert_int_equal(open_as(s, &p, &s->anna, 1, NULL), TANU_REFUSED);
	p = permit_for(s, &s->anna, PERMIT_CLAIM_PASS);
	s->f->sequence++; /* withdrawn, a moment ago */
	assert_int_equal(open_as(s, &p, &s->anna, 1, NULL), TANU_REFUSED);
}

static void seals_only_under_an_enrolment_and_once(void **state)
{
	struct scene *s = *state;
	struct permit pass = permit_for(s, &s->anna, PERMIT_CLAIM_PASS);
	struct permit named = permit_for(s, &s->anna, PERMIT_CLAIM_OPERATOR);
	struct permit berik = permit_for(s, &s->berik, PERMIT_CLAIM_ENROL);
	struct permit enrol = permit_for(s, &s->anna, PERMIT_CLAIM_ENROL);
	const struct permit *const wrong[] = {&pass, &named, &berik};
	uint8_t out[VAULT_PASS_LEN] = {0}, blank[VAULT_PASS_LEN] = {0};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(seal_as(s, out, wrong[i], &s->anna, 1, NULL), TANU_REFUSED);
	assert_memory_equal(out, blank, sizeof(out));
	assert_int_equal(seal_as(s, out, &enrol, &s->anna, 1, NULL), TANU_OK);
	assert_int_equal(seal_as(s, out, &enrol, &s->anna, 2, NULL), TANU_REFUSED);
}

static void seals_nothing_without_a_key(void **state)
{
	struct scene *s = *state;
	struct permit p = permit_for(s, &s->anna, PERMIT_CLAIM_ENROL);
	uint8_t out[VAULT_PASS_LEN];
	tanu_error err = {0};

	assert_int_equal(seal_as(s, out, &p, &s->anna, 9, &err), TANU_ERASED);
	assert_int_equal(err.code, TANU_ERR_KEY_MISSING);
}

static void one_pass_dies_and_the_spare_lives(void **state)
{
	struct scene *s = *state;
	struct key_name first = key_of(&s->anna, KEY_PASS);
	struct permit p = permit_for(s, &s->anna, PERMIT_CLAIM_ENROL);
	uint8_t lost[VAULT_PASS_LEN];

	memcpy(lost, s->sealed, sizeof(lost));
	assert_int_equal(seal_as(s, s->sealed, &p, &s->anna, 2, NULL), TANU_OK);
	assert_int_equal(vault_kill_keys(s->f->vault, &first, 1, 2, NULL), TANU_OK);
	assert_int_equal(open_fresh(s, &s->anna, 2), TANU_OK);
	memcpy(s->sealed, lost, sizeof(lost));
	assert_int_equal(open_fresh(s, &s->anna, 1), TANU_ERASED);
	/* A key of the same generation, made anew, opens no photocopy. */
	assert_int_equal(vault_add_keys(s->f->vault, &first, 1, 3, NULL), TANU_OK);
	assert_int_equal(open_fresh(s, &s->anna, 1), TANU_DAMAGED);
}

static void refuses_any_byte_changed(void **state)
{
	struct scene *s = *state;

	for (size_t i = 0; i < sizeof(s->sealed); i++) {
		s->sealed[i] ^= 4;
		assert_int_equal(open_fresh(s, &s->anna, 1), TANU_DAMAGED);
		s->sealed[i] ^= 4;
	}
	assert_int_equal(open_fresh(s, &s->anna, 1), TANU_OK);
}

static void refuses_another_head(void **state)
{
	struct scene *s = *state;
	char other[sizeof(head)];
	uint8_t out[TANU_REFERENCE4_LEN];

	for (size_t i = 0; i < sizeof(head); i++) {
		struct permit p = permit_for(s, &s->anna, PERMIT_CLAIM_PASS);

		memcpy(other, head, sizeof(head));
		other[i] ^= 1;
		assert_int_equal(vault_open_pass(s->f->vault, out, &p, &s->anna, 1, other,
						 sizeof(other), s->sealed, NULL),
				 TANU_DAMAGED);
	}
	for (size_t len = 0; len < sizeof(head); len++) {
		struct permit p = permit_for(s, &s->anna, PERMIT_CLAIM_PASS);

		assert_int_equal(
		    vault_open_pass(s->f->vault, out, &p, &s->anna, 1, head, len, s->sealed, NULL),
		    TANU_DAMAGED);
	}
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCENE_TEST(opens_for_its_own_person),
	    SCENE_TEST(shows_nothing_in_the_clear),
	    SCENE_TEST(two_of_the_same_have_nothing_in_common),
	    SCENE_TEST(refuses_another_person_or_generation),
	    SCENE_TEST(refuses_without_a_permit_for_exactly_this),
	    SCENE_TEST(a_permit_opens_once_and_not_after_the_ledger_moved),
	    SCENE_TEST(seals_only_under_an_enrolment_and_once),
	    SCENE_TEST(seals_nothing_without_a_key),
	    SCENE_TEST(one_pass_dies_and_the_spare_lives),
	    SCENE_TEST(refuses_any_byte_changed),
	    SCENE_TEST(refuses_another_head),
	};

	return cmocka_run_group_tests_name("vault/pass", tests, NULL, NULL);
}
