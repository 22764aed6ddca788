/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit of an erasure finds what is there: in the site, in copies of its folder and of its
 * database alone, in raw files; with the positive control of a copy from before.
 */
#include "service/site.h"

struct seen {
	size_t len;
	struct erase_audit_place at[4];
};

static tanu_status see(void *self, const struct erase_audit_place *place, tanu_error *err)
{
	struct seen *seen = self;

	(void)err;
	assert_true(seen->len < ARRAY_LEN(seen->at));
	seen->at[seen->len++] = *place;
	return TANU_OK;
}

static struct service *in_use;

static tanu_status open_site(void *self, struct service **out, tanu_error *err)
{
	(void)self;
	(void)err;
	*out = in_use;
	return TANU_OK;
}

/* The worst of the site (NULL: not looked at) and a place (NULL: none). */
static enum erase_verdict audit(struct service *s, const tanu_id *who, bool face_only,
				const char *place, const char *look_for, struct seen *seen)
{
	const char *const paths[] = {place};
	struct erase_audit_order order = {.subject = *who,
					  .face_only = face_only,
					  .paths = paths,
					  .paths_len = place != NULL,
					  .look_for = look_for,
					  .open_site = open_site,
					  .each = see,
					  .self = seen};
	enum erase_verdict verdict = ERASE_UNKNOWN;

	*seen = (struct seen){0};
	in_use = s;
	MUST(service_erase_audit(&order, &verdict, err));
	return verdict;
}

static void in_root(char out[OS_PATH_MAX], const struct site *site, const char *name)
{
	snprintf(out, OS_PATH_MAX, "%s/%s", site->root, name);
}

static tanu_id enrolled(struct site *site)
{
	tanu_id anna = add_person(site, "Anna Sadykova", 30);

	give(site, &anna, TANU_PURPOSE_ACCESS, 30);
	keep_reference(site, &anna, 1);
	return anna;
}

static void copy_of(struct site *site, char out[OS_PATH_MAX], const char *name)
{
	in_root(out, site, name);
	service_close(&site->s);
	site_copy(site->dir, out);
	site_open_dir(site, site->dir);
}

static void who_has_left_opens_nowhere_but_in_an_old_copy(void **state)
{
	struct site *site = *state;
	struct erasure_receipt receipt;
	char old[OS_PATH_MAX], keys[OS_PATH_MAX + 8], db[OS_PATH_MAX + 8], today[OS_PATH_MAX + 8];
	tanu_id anna = enrolled(site), berik = add_person(site, "Berik", 30);
	struct seen seen;

	copy_of(site, old, "old");
	/* while she is here she opens */
	assert_int_equal(audit(site->s, &anna, false, NULL, NULL, &seen), ERASE_OPENS);
	assert_int_equal(seen.at[0].opened[ERASED_FACE], 1);
	assert_int_equal(seen.at[0].keys[ERASED_FACE], 1);
	MUST(service_subject_remove(site->s, &receipt, &anna, err));
	assert_int_equal(audit(site->s, &anna, false, NULL, NULL, &seen), ERASE_NOTHING);
	assert_int_equal(seen.at[0].id_files, 0);
	assert_true(seen.at[0].files > 3);

	/* The control: a copy from before, with the root of its keys in files. */
	assert_int_equal(audit(site->s, &anna, false, old, NULL, &seen), ERASE_OPENS);
	assert_int_equal(seen.len, 2);
	assert_int_equal(seen.at[0].verdict, ERASE_NOTHING);
	assert_int_equal(seen.at[1].verdict, ERASE_OPENS);
	assert_int_equal(seen.at[1].opened[ERASED_FACE], 1);
	assert_true(seen.at[1].opened[ERASED_NAME] && seen.at[1].opened[ERASED_HISTORY]);
	assert_true(seen.at[1].id_files > 0);

	/* Without its keys it does not, under today's; others still would. */
	snprintf(keys, sizeof(keys), "%s/keys", old);
	site_remove_tree(keys);
	assert_int_equal(audit(site->s, &anna, false, old, NULL, &seen), ERASE_SHUT);
	assert_int_equal(seen.at[1].rows[ERASED_FACE], 1);
	assert_int_equal(seen.at[1].opened[ERASED_FACE], 0);
	assert_int_equal(audit(site->s, &berik, false, old, NULL, &seen), ERASE_OPENS);
	assert_true(seen.at[1].opened[ERASED_NAME] > 0); /* with the site's keys */

	/* Nor with today's keys beside it, as a restored backup would have them. */
	service_close(&site->s);
	snprintf(today, sizeof(today), "%s/keys", site->dir);
	site_copy(today, old);
	assert_int_equal(audit(NULL, &anna, false, old, NULL, &seen), ERASE_SHUT);
	assert_int_equal(seen.at[0].key_folders, 1);
	snprintf(db, sizeof(db), "%s/tanu.db", old);
	assert_int_equal(audit(NULL, &anna, false, db, NULL, &seen), ERASE_SHUT);
	site_open_dir(site, site->dir);
}

static void a_withdrawn_face_is_looked_for_alone(void **state)
{
	struct site *site = *state;
	struct erasure_receipt receipt;
	tanu_id anna = enrolled(site);
	struct seen seen;

	MUST(service_consent_withdraw(site->s, &receipt, &anna, 0, err));
	assert_int_equal(audit(site->s, &anna, true, NULL, NULL, &seen), ERASE_SHUT);
	assert_int_equal(seen.at[0].rows[ERASED_FACE] + seen.at[0].keys[ERASED_FACE], 0);
	/* name and history are hers until she leaves */
	assert_int_equal(audit(site->s, &anna, false, NULL, NULL, &seen), ERASE_OPENS);
}

static void texts_in_clear_are_found_wherever_they_stand(void **state)
{
	struct site *site = *state;
	char place[OS_PATH_MAX], file[OS_PATH_MAX + 16];
	struct erasure_receipt receipt;
	struct buf bytes = {0};
	tanu_id anna = enrolled(site);
	struct seen seen;

	MUST(service_subject_remove(site->s, &receipt, &anna, err));
	in_root(place, site, "stick");
	MUST(os_make_dir(place, 0700, err));
	snprintf(file, sizeof(file), "%s/notes", place);
	/* across the border of two pieces that are read one after another */
	for (size_t i = 0; i < ((size_t)1 << 20) - 5; i++)
		buf_u8(&bytes, 'x');
	buf_str(&bytes, "Anna Sadykova came at eight\n");
	MUST(os_replace_file(file, bytes.data, bytes.len, 0600, err));
	buf_free(&bytes);
	assert_int_equal(audit(NULL, &anna, false, place, NULL, &seen), ERASE_NOTHING);
	assert_int_equal(audit(NULL, &anna, false, place, "Nobody\r\nAnna Sadykova\n", &seen),
			 ERASE_OPENS);
	assert_int_equal(seen.at[0].text_files, 1);
	/* the id is a trace and opens nothing */
	MUST(os_replace_file(file, anna.b, sizeof(anna.b), 0600, err));
	assert_int_equal(audit(NULL, &anna, false, place, "Anna Sadykova", &seen), ERASE_SHUT);
	assert_int_equal(seen.at[0].id_files, 1);
}

static void what_cannot_be_looked_at_is_said(void **state)
{
	struct site *site = *state;
	char place[OS_PATH_MAX], file[OS_PATH_MAX + 16];
	tanu_id anna = add_person(site, "Anna", 30);
	struct erase_audit_order order = {.subject = anna, .look_for = "abc"};
	enum erase_verdict verdict;
	struct seen seen;

	in_root(place, site, "other");
	MUST(os_make_dir(place, 0700, err));
	snprintf(file, sizeof(file), "%s/tanu.db", place);
	MUST(os_replace_file(file, "SQLite format 3\0 and nonsense", 29, 0600, err));
	assert_int_equal(audit(NULL, &anna, false, place, NULL, &seen), ERASE_UNKNOWN);
	assert_true(seen.at[0].trouble.status < 0);
	assert_non_null(strstr(seen.at[0].trouble.place, "tanu.db"));
	MUST(os_replace_file(file, "TANUBKUP and nonsense", 21, 0600, err));
	assert_int_equal(audit(NULL, &anna, false, place, NULL, &seen), ERASE_UNKNOWN);
	REFUSES(TANU_ERR_USAGE, service_erase_audit(&order, &verdict, err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(who_has_left_opens_nowhere_but_in_an_old_copy),
	    SITE_TEST(a_withdrawn_face_is_looked_for_alone),
	    SITE_TEST(texts_in_clear_are_found_wherever_they_stand),
	    SITE_TEST(what_cannot_be_looked_at_is_said),
	};

	return cmocka_run_group_tests_name("service/erase_audit", tests, NULL, NULL);
}
