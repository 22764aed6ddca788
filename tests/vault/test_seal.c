/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed rows: what opens, and every way in which they must not. */
#include "vault/fixture.h"

static const char notice[] = "Name, born, notice as signed";

struct scene {
	struct fixture *f;
	tanu_id anna, berik, row, other_row;
	tanu_reference reference;
	tanu_consent consents[2];
};

static void fill_reference(struct fixture *f, tanu_reference *r)
{
	tanu_embedding e = {.quality = 0.5f};

	random_fill(&f->random, e.model, sizeof(e.model));
	for (size_t i = 0; i < TANU_FEATURES; i++) {
		int16_t v;

		random_fill(&f->random, &v, sizeof(v));
		e.v[i] = (float)v;
	}
	assert_int_equal(tanu_reference_from(r, &e, NULL), TANU_OK);
}

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

static int set_up(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));
	void *fixture = NULL;

	if (!s || fixture_set_up(&fixture) < 0)
		return -1;
	s->f = fixture;
	s->anna = person(3, 1);
	s->berik = person(3, 2);
	random_fill(&s->f->random, s->row.b, sizeof(s->row.b));
	s->other_row = s->row;
	s->other_row.b[15] ^= 1;
	add_person(s->f, &s->anna);
	add_person(s->f, &s->berik);
	fill_reference(s->f, &s->reference);
	s->consents[0] = live_consent(&s->anna);
	s->consents[1] = live_consent(&s->berik);
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

static struct permit permit_for(const struct scene *s, const tanu_id *subject,
				enum permit_claim claim)
{
	struct permit p = {0};

	assert_int_equal(
	    permit_issue(s->f->book, &p, subject, TANU_PURPOSE_ACCESS, claim, s->consents, 2, NULL),
	    TANU_OK);
	return p;
}

static void seal_reference(struct scene *s, struct buf *out, const tanu_id *subject)
{
	struct permit p = permit_for(s, subject, PERMIT_CLAIM_ENROL);

	assert_int_equal(
	    vault_seal_reference(s->f->vault, out, &p, subject, &s->row, &s->reference, NULL),
	    TANU_OK);
}

static tanu_status open_reference(struct scene *s, const struct permit *p, const tanu_id *subject,
				  const tanu_id *row, const struct buf *sealed, tanu_error *err)
{
	static const tanu_reference blank;
	tanu_reference out = {0};
	tanu_status st = vault_open_reference(s->f->vault, &out, p, subject, row, sealed->data,
					      sealed->len, err);

	assert_memory_equal(&out, st == TANU_OK ? &s->reference : &blank, sizeof(out));
	return st;
}

static tanu_status open_with_permit(struct scene *s, const tanu_id *subject, const tanu_id *row,
				    const struct buf *sealed)
{
	struct permit p = permit_for(s, subject, PERMIT_CLAIM_OPERATOR);

	return open_reference(s, &p, subject, row, sealed, NULL);
}

/* ---- references ---- */

static void opens_a_reference_for_its_own_person(void **state)
{
	struct scene *s = *state;
	struct buf sealed = {0};

	seal_reference(s, &sealed, &s->anna);
	assert_int_equal(sealed.len, TANU_REFERENCE_LEN + SEAL_OVERHEAD);
	assert_int_equal(open_with_permit(s, &s->anna, &s->row, &sealed), TANU_OK);
	fixture_reopen(s->f);
	assert_int_equal(open_with_permit(s, &s->anna, &s->row, &sealed), TANU_OK);
	buf_free(&sealed);
}

static void shows_nothing_of_a_reference_in_the_clear(void **state)
{
	struct scene *s = *state;
	struct buf sealed = {0};
	uint8_t plain[TANU_REFERENCE_LEN];

	tanu_reference_encode(plain, &s->reference);
	seal_reference(s, &sealed, &s->anna);
	for (size_t i = 0; i + 16 <= sizeof(plain); i += 16)
		assert_null(memmem(sealed.data, sealed.len, plain + i, 16));
	buf_free(&sealed);
}

static void refuses_a_reference_moved_to_another_persons_row(void **state)
{
	struct scene *s = *state;
	struct buf sealed = {0};

	seal_reference(s, &sealed, &s->anna);
	assert_int_equal(open_with_permit(s, &s->berik, &s->row, &sealed), TANU_DAMAGED);
	assert_int_equal(open_with_permit(s, &s->anna, &s->other_row, &sealed), TANU_DAMAGED);
	assert_int_equal(open_with_permit(s, &s->anna, &s->row, &sealed), TANU_OK);
	buf_free(&sealed);
}

static void refuses_a_reference_without_its_permit(void **state)
{
	struct scene *s = *state;
	struct permit blank = {0};
	struct permit anna = permit_for(s, &s->anna, PERMIT_CLAIM_OPERATOR);
	struct permit berik = permit_for(s, &s->berik, PERMIT_CLAIM_OPERATOR);
	struct permit enrol = permit_for(s, &s->anna, PERMIT_CLAIM_ENROL);
	struct buf sealed = {0};
	const struct permit *const wrong[] = {&blank, &berik, &enrol};

	seal_reference(s, &sealed, &s->anna);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		tanu_error err = {0};

		assert_int_equal(open_reference(s, wrong[i], &s->anna, &s->row, &sealed, &err),
				 TANU_REFUSED);
		assert_int_equal(err.code, TANU_ERR_PERMIT);
	}
	assert_int_equal(open_reference(s, &anna, &s->anna, &s->row, &sealed, NULL), TANU_OK);
	assert_int_equal(open_reference(s, &anna, &s->anna, &s->row, &sealed, NULL), TANU_REFUSED);
	anna = permit_for(s, &s->anna, PERMIT_CLAIM_OPERATOR);
	s->f->sequence++; /* withdrawn, a moment ago */
	assert_int_equal(open_reference(s, &anna, &s->anna, &s->row, &sealed, NULL), TANU_REFUSED);
	buf_free(&sealed);
}

static void refuses_to_store_a_reference_without_an_enrolment_permit(void **state)
{
	struct scene *s = *state;
	struct permit verify = permit_for(s, &s->anna, PERMIT_CLAIM_OPERATOR);
	struct permit berik = permit_for(s, &s->berik, PERMIT_CLAIM_ENROL);
	const struct permit *const wrong[] = {&verify, &berik};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct buf sealed = {0};

		assert_int_equal(vault_seal_reference(s->f->vault, &sealed, wrong[i], &s->anna,
						      &s->row, &s->reference, NULL),
				 TANU_REFUSED);
		assert_null(sealed.data);
	}
}

static void opens_no_reference_whose_key_was_killed(void **state)
{
	struct scene *s = *state;
	struct key_name face = key_of(&s->anna, KEY_BIO);
	struct permit p = permit_for(s, &s->anna, PERMIT_CLAIM_OPERATOR);
	struct buf sealed = {0};
	tanu_error err = {0};
	char row[ID_HEX_LEN];

	seal_reference(s, &sealed, &s->anna);
	assert_int_equal(vault_kill_keys(s->f->vault, &face, 1, 2, NULL), TANU_OK);
	assert_int_equal(open_reference(s, &p, &s->anna, &s->row, &sealed, &err), TANU_ERASED);
	assert_int_equal(err.code, TANU_ERR_KEY_MISSING);
	id_hex(row, &s->row);
	assert_string_equal(err.place, row);
	buf_free(&sealed);
}

static void refuses_a_reference_with_a_byte_changed_or_missing(void **state)
{
	struct scene *s = *state;
	struct buf sealed = {0};

	seal_reference(s, &sealed, &s->anna);
	for (size_t i = 0; i < sealed.len; i++) {
		sealed.data[i] ^= 4;
		assert_int_equal(open_with_permit(s, &s->anna, &s->row, &sealed), TANU_DAMAGED);
		sealed.data[i] ^= 4;
	}
	for (size_t len = 0; len < TANU_REFERENCE_LEN + SEAL_OVERHEAD; len += 13) {
		sealed.len = len;
		assert_int_equal(open_with_permit(s, &s->anna, &s->row, &sealed), TANU_DAMAGED);
	}
	buf_free(&sealed);
}

/* ---- text ---- */

static tanu_status unseal_notice(struct scene *s, const struct key_name *name, const tanu_id *row,
				 uint16_t version, const struct buf *sealed)
{
	struct buf plain = {0};
	tanu_status st =
	    vault_unseal(s->f->vault, &plain, name, row, version, sealed->data, sealed->len, NULL);

	if (st == TANU_OK) {
		assert_int_equal(plain.len, sizeof(notice));
		assert_memory_equal(plain.data, notice, sizeof(notice));
	} else {
		assert_null(plain.data);
	}
	buf_wipe(&plain);
	return st;
}

static void opens_text_only_under_its_name_row_and_version(void **state)
{
	struct scene *s = *state;

	for (unsigned kind = KEY_PROFILE; kind <= KEY_LOG; kind++) {
		struct key_name name = key_of(&s->anna, (enum key_kind)kind);
		struct key_name hers = key_of(&s->berik, (enum key_kind)kind);
		struct buf sealed = {0};

		assert_int_equal(vault_seal(s->f->vault, &sealed, &name, &s->row, 1, notice,
					    sizeof(notice), NULL),
				 TANU_OK);
		assert_int_equal(unseal_notice(s, &name, &s->row, 1, &sealed), TANU_OK);
		assert_int_equal(unseal_notice(s, &name, &s->row, 2, &sealed), TANU_DAMAGED);
		assert_int_equal(unseal_notice(s, &name, &s->row, 257, &sealed), TANU_DAMAGED);
		assert_int_equal(unseal_notice(s, &name, &s->other_row, 1, &sealed), TANU_DAMAGED);
		assert_int_equal(unseal_notice(s, &hers, &s->row, 1, &sealed), TANU_DAMAGED);
		for (unsigned other = KEY_PROFILE; other <= KEY_LOG; other++) {
			struct key_name n = key_of(&s->anna, (enum key_kind)other);

			if (other != kind)
				assert_int_equal(unseal_notice(s, &n, &s->row, 1, &sealed),
						 TANU_DAMAGED);
		}
		buf_free(&sealed);
	}
}

static void opens_the_events_of_a_quarter_only_under_its_key(void **state)
{
	struct scene *s = *state;
	struct key_name first = key_of(&s->anna, KEY_HISTORY);
	struct key_name second = first;
	struct buf sealed = {0};

	second.quarter++;
	assert_int_equal(vault_add_keys(s->f->vault, &second, 1, 1, NULL), TANU_OK);
	assert_int_equal(
	    vault_seal(s->f->vault, &sealed, &first, &s->row, 1, notice, sizeof(notice), NULL),
	    TANU_OK);
	assert_int_equal(unseal_notice(s, &second, &s->row, 1, &sealed), TANU_DAMAGED);
	assert_int_equal(vault_kill_keys(s->f->vault, &first, 1, 2, NULL), TANU_OK);
	assert_int_equal(unseal_notice(s, &first, &s->row, 1, &sealed), TANU_ERASED);
	second.quarter++;
	assert_int_equal(unseal_notice(s, &second, &s->row, 1, &sealed), TANU_ERASED);
	buf_free(&sealed);
}

static void seals_empty_text_and_replaces_what_the_buffer_held(void **state)
{
	struct scene *s = *state;
	struct key_name name = key_of(&s->anna, KEY_PROFILE);
	struct buf sealed = {0}, plain = {0};

	buf_str(&sealed, "something else");
	buf_str(&plain, "something else");
	assert_int_equal(vault_seal(s->f->vault, &sealed, &name, &s->row, 1, NULL, 0, NULL),
			 TANU_OK);
	assert_int_equal(sealed.len, SEAL_OVERHEAD);
	assert_int_equal(
	    vault_unseal(s->f->vault, &plain, &name, &s->row, 1, sealed.data, sealed.len, NULL),
	    TANU_OK);
	assert_int_equal(plain.len, 0);
	buf_str(&plain, "still a buffer");
	assert_string_equal(buf_cstr(&plain), "still a buffer");
	for (size_t len = 0; len < sealed.len; len++)
		assert_int_equal(
		    vault_unseal(s->f->vault, &plain, &name, &s->row, 1, sealed.data, len, NULL),
		    TANU_DAMAGED);
	assert_string_equal(buf_cstr(&plain), "still a buffer");
	buf_free(&sealed);
	buf_wipe(&plain);
}

static void refuses_text_without_bound(void **state)
{
	struct scene *s = *state;
	struct key_name name = key_of(&s->anna, KEY_PROFILE);
	struct buf sealed = {0};

	assert_int_equal(vault_seal(s->f->vault, &sealed, &name, &s->row, 1, notice,
				    ((size_t)16 << 20) + 1, NULL),
			 TANU_LIMIT);
	assert_null(sealed.data);
}

#ifdef NDEBUG
static void refuses_references_as_text(void **state)
{
	struct scene *s = *state;
	struct key_name face = key_of(&s->anna, KEY_BIO);
	struct buf sealed = {0}, out = {0};

	seal_reference(s, &sealed, &s->anna);
	assert_int_equal(
	    vault_seal(s->f->vault, &out, &face, &s->row, 1, notice, sizeof(notice), NULL),
	    TANU_ARG);
	assert_int_equal(
	    vault_unseal(s->f->vault, &out, &face, &s->row, 1, sealed.data, sealed.len, NULL),
	    TANU_ARG);
	assert_null(out.data);
	buf_free(&sealed);
}
#endif

static void counts_quarters_from_january(void **state)
{
	static const struct {
		tanu_date date;
		uint16_t quarter;
	} rows[] = {
	    {{2026, 1, 1}, 8104},  {{2026, 3, 31}, 8104},  {{2026, 4, 1}, 8105},
	    {{2026, 6, 30}, 8105}, {{2026, 7, 1}, 8106},   {{2026, 12, 31}, 8107},
	    {{2027, 1, 1}, 8108},  {{1969, 12, 31}, 7879},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t midnight = date_to_days(rows[i].date) * 86400000;

		assert_int_equal(vault_quarter(midnight), rows[i].quarter);
		assert_int_equal(vault_quarter(midnight + 86399999), rows[i].quarter);
	}
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCENE_TEST(opens_a_reference_for_its_own_person),
	    SCENE_TEST(shows_nothing_of_a_reference_in_the_clear),
	    SCENE_TEST(refuses_a_reference_moved_to_another_persons_row),
	    SCENE_TEST(refuses_a_reference_without_its_permit),
	    SCENE_TEST(refuses_to_store_a_reference_without_an_enrolment_permit),
	    SCENE_TEST(opens_no_reference_whose_key_was_killed),
	    SCENE_TEST(refuses_a_reference_with_a_byte_changed_or_missing),
	    SCENE_TEST(opens_text_only_under_its_name_row_and_version),
	    SCENE_TEST(opens_the_events_of_a_quarter_only_under_its_key),
	    SCENE_TEST(seals_empty_text_and_replaces_what_the_buffer_held),
	    SCENE_TEST(refuses_text_without_bound),
#ifdef NDEBUG
	    SCENE_TEST(refuses_references_as_text), /* aborts in a debug build */
#endif
	    cmocka_unit_test(counts_quarters_from_january),
	};

	return cmocka_run_group_tests_name("vault/seal", tests, NULL, NULL);
}
