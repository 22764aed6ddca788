/* SPDX-License-Identifier: Apache-2.0 */
/* The keys folder over its life: made, written, opened again, crashed, damaged. */
#include "vault/fixture.h"

#include <sys/stat.h>

static const char gen1[] = "epoch-03.0000000000000001";
static const char gen2[] = "epoch-03.0000000000000002";
static const char gen3[] = "epoch-03.0000000000000003";

static void kill_person(struct fixture *f, const tanu_id *subject)
{
	assert_int_equal(vault_kill_subjects(f->vault, subject, 1, 2, NULL), TANU_OK);
}

static void keeps_keys_over_an_opening(void **state)
{
	struct fixture *f = *state;
	tanu_id anna = person(3, 1);
	struct buf sealed = {0};

	add_person(f, &anna);
	seal_text(f, &sealed, &anna);
	fixture_reopen(f);
	assert_int_equal(count_keys_of(f, &anna), 4);
	assert_int_equal(unseal_text(f, &sealed, &anna), TANU_OK);
	assert_int_equal(vault_status(f->vault).keys, 4);
	assert_false(vault_status(f->vault).rollback_resistant);
	buf_free(&sealed);
}

static void keeps_a_key_that_exists(void **state)
{
	struct fixture *f = *state;
	tanu_id anna = person(3, 1);
	tanu_id berik = person(3, 2);
	struct key_name names[9];
	struct buf sealed = {0};

	add_person(f, &anna);
	seal_text(f, &sealed, &anna);
	four_keys(names, &berik);
	four_keys(names + 4, &anna);
	names[8] = names[0]; /* named twice */
	assert_int_equal(vault_add_keys(f->vault, names, 9, 1, NULL), TANU_OK);
	assert_int_equal(vault_status(f->vault).keys, 8);
	assert_int_equal(unseal_text(f, &sealed, &anna), TANU_OK);
	buf_free(&sealed);
}

static void leaves_a_bucket_alone_when_nothing_is_new(void **state)
{
	struct fixture *f = *state;
	tanu_id anna = person(3, 1);
	struct snapshot *before, *after;

	add_person(f, &anna);
	before = snapshot_take(f->keys);
	add_person(f, &anna);
	assert_int_equal(vault_add_keys(f->vault, NULL, 0, 9, NULL), TANU_OK);
	assert_int_equal(vault_kill_keys(f->vault, NULL, 0, 9, NULL), TANU_OK);
	after = snapshot_take(f->keys);
	assert_int_equal(before->count, after->count);
	for (size_t i = 0; i < before->count; i++)
		assert_memory_equal(before->file[i].bytes.data, after->file[i].bytes.data,
				    before->file[i].bytes.len);
	snapshot_free(before);
	snapshot_free(after);
}

static void makes_a_private_folder_of_33_files(void **state)
{
	struct fixture *f = *state;
	struct snapshot *s = snapshot_take(f->keys);
	struct stat info;

	assert_int_equal(s->count, 1 + 2 * VAULT_BUCKETS);
	assert_int_equal(stat(f->keys, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	for (size_t i = 0; i < s->count; i++) {
		char path[256];

		snprintf(path, sizeof(path), "%s/%s", f->keys, s->file[i].name);
		assert_int_equal(stat(path, &info), 0);
		assert_int_equal(info.st_mode & 0777, 0600);
	}
	snapshot_free(s);
}

static void refuses_to_make_keys_where_there_are_some(void **state)
{
	struct fixture *f = *state;
	tanu_error err = {0};

	assert_int_equal(vault_create(f->keys, &f->random, NULL, 0, &err), TANU_USAGE);
	assert_int_equal(err.code, TANU_ERR_FOLDER_EXISTS);
	fixture_reopen(f);
}

static void makes_keys_anew_after_a_crash_while_making_them(void **state)
{
	struct fixture *f = *state;
	char host[256];

	vault_close(&f->vault);
	snprintf(host, sizeof(host), "%s/host.secret", f->keys);
	assert_int_equal(remove(host), 0); /* it is written last */
	put_file(f->keys, "epoch-05.0000000000000001.new", "half", 4);
	assert_int_equal(vault_create(f->keys, &f->random, NULL, 0, NULL), TANU_OK);
	fixture_reopen(f);
	assert_false(file_is_there(f, "epoch-05.0000000000000001.new"));
}

static void kills_only_what_was_named(void **state)
{
	struct fixture *f = *state;
	tanu_id anna = person(3, 1), berik = person(3, 2), carla = person(9, 1);
	struct key_name face = key_of(&anna, KEY_BIO);

	add_person(f, &anna);
	add_person(f, &berik);
	add_person(f, &carla);
	assert_int_equal(vault_kill_keys(f->vault, &face, 1, 2, NULL), TANU_OK);
	assert_false(vault_has_key(f->vault, &face));
	assert_int_equal(count_keys_of(f, &anna), 3);
	kill_person(f, &anna);
	fixture_reopen(f);
	assert_int_equal(count_keys_of(f, &anna), 0);
	assert_int_equal(count_keys_of(f, &berik), 4);
	assert_int_equal(count_keys_of(f, &carla), 4);
	assert_true(file_is_there(f, gen3));
	assert_true(file_is_there(f, "epoch-09.0000000000000001"));
}

static void kills_every_quarter_of_a_person(void **state)
{
	struct fixture *f = *state;
	tanu_id anna = person(3, 1), berik = person(3, 2);
	struct key_name names[20];

	for (uint16_t q = 0; q < 20; q++) {
		names[q] = key_of(q < 10 ? &anna : &berik, KEY_HISTORY);
		names[q].quarter = (uint16_t)(QUARTER + q);
	}
	assert_int_equal(vault_add_keys(f->vault, names, 20, 1, NULL), TANU_OK);
	kill_person(f, &anna);
	for (size_t q = 0; q < 20; q++)
		assert_int_equal(vault_has_key(f->vault, &names[q]), q >= 10);
	assert_int_equal(vault_kill_keys(f->vault, &names[15], 1, 2, NULL), TANU_OK);
	assert_int_equal(vault_status(f->vault).keys, 9);
}

static void finds_nothing_to_kill_and_is_content(void **state)
{
	struct fixture *f = *state;
	tanu_id stranger = person(3, 99);
	struct key_name name = key_of(&stranger, KEY_BIO);

	assert_int_equal(vault_kill_keys(f->vault, &name, 1, 2, NULL), TANU_OK);
	kill_person(f, &stranger);
	assert_int_equal(vault_kill_subjects(f->vault, NULL, 0, 2, NULL), TANU_OK);
	assert_true(file_is_there(f, gen1));
}

static void remembers_the_highest_sequence_it_was_written_at(void **state)
{
	struct fixture *f = *state;
	tanu_id anna = person(3, 1), berik = person(4, 1);
	struct key_name a = key_of(&anna, KEY_LOG), b = key_of(&berik, KEY_LOG);

	assert_int_equal(vault_status(f->vault).sequence, 0);
	assert_int_equal(vault_add_keys(f->vault, &a, 1, 70, NULL), TANU_OK);
	assert_int_equal(vault_add_keys(f->vault, &b, 1, 60, NULL), TANU_OK);
	assert_int_equal(vault_kill_keys(f->vault, &a, 1, 10, NULL), TANU_OK);
	fixture_reopen(f);
	assert_int_equal(vault_status(f->vault).sequence, 70);
}

static tanu_status count_name(void *self, const struct key_name *name, tanu_error *err)
{
	size_t *left = self;

	(void)name;
	if (*left == 0)
		return tanu_fail(err, TANU_ERR_CONFLICT, NULL, "enough");
	(*left)--;
	return TANU_OK;
}

static void walks_every_name_until_told_to_stop(void **state)
{
	struct fixture *f = *state;
	size_t left = 12;

	for (unsigned b = 0; b < 3; b++) {
		tanu_id id = person(b * 5, b);

		add_person(f, &id);
	}
	assert_int_equal(vault_each_key(f->vault, count_name, &left, NULL), TANU_OK);
	assert_int_equal(left, 0);
	left = 5;
	assert_int_equal(vault_each_key(f->vault, count_name, &left, NULL), TANU_USAGE);
}

/* ---- crashes: the folder as it stands between two steps of an erasure ---- */

struct erasure {
	struct snapshot *before, *after;
	tanu_id anna, berik;
	struct buf annas, beriks; /* sealed text */
};

static void make_erasure(struct fixture *f, struct erasure *e)
{
	*e = (struct erasure){.anna = person(3, 1), .berik = person(3, 2)};
	add_person(f, &e->anna);
	add_person(f, &e->berik);
	seal_text(f, &e->annas, &e->anna);
	seal_text(f, &e->beriks, &e->berik);
	e->before = snapshot_take(f->keys);
	kill_person(f, &e->anna);
	e->after = snapshot_take(f->keys);
}

static void drop_erasure(struct erasure *e)
{
	snapshot_free(e->before);
	snapshot_free(e->after);
	buf_free(&e->annas);
	buf_free(&e->beriks);
}

static void opens_as_before_when_only_the_new_secret_was_written(void **state)
{
	struct fixture *f = *state;
	struct erasure e;

	make_erasure(f, &e);
	snapshot_restore(e.before);
	snapshot_put(e.after, gen2, f->keys);
	fixture_reopen(f);
	assert_int_equal(unseal_text(f, &e.annas, &e.anna), TANU_OK);
	assert_false(file_is_there(f, gen2));
	kill_person(f, &e.anna);
	fixture_reopen(f);
	assert_int_equal(unseal_text(f, &e.annas, &e.anna), TANU_ERASED);
	assert_int_equal(unseal_text(f, &e.beriks, &e.berik), TANU_OK);
	drop_erasure(&e);
}

static void opens_as_after_when_the_old_secret_was_not_destroyed(void **state)
{
	struct fixture *f = *state;
	struct erasure e;

	make_erasure(f, &e);
	snapshot_put(e.before, gen1, f->keys);
	fixture_reopen(f);
	assert_int_equal(unseal_text(f, &e.annas, &e.anna), TANU_ERASED);
	assert_int_equal(unseal_text(f, &e.beriks, &e.berik), TANU_OK);
	assert_false(file_is_there(f, gen1));
	assert_true(file_is_there(f, gen2));
	drop_erasure(&e);
}

static void destroys_what_an_interrupted_write_has_left(void **state)
{
	static const char *const left[] = {"bucket-03.new", "bucket-10", "bucket-0a.bak",
					   "epoch-03.0000000000000002.new", "host.secret.new"};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(left); i++)
		put_file(f->keys, left[i], "half", 4);
	put_file(f->keys, "note-of-the-operator", "hello", 5);
	fixture_reopen(f);
	for (size_t i = 0; i < ARRAY_LEN(left); i++)
		assert_false(file_is_there(f, left[i]));
	assert_true(file_is_there(f, "note-of-the-operator"));
}

/* A folder in the place of a file: the write to it fails, whoever runs the test. */
static void block(const struct fixture *f, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", f->keys, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void unblock(const struct fixture *f, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", f->keys, name);
	assert_int_equal(remove(path), 0);
}

static void keeps_the_old_state_when_the_new_secret_cannot_be_written(void **state)
{
	struct fixture *f = *state;
	struct erasure e;

	make_erasure(f, &e);
	block(f, gen3);
	assert_int_equal(vault_kill_subjects(f->vault, &e.berik, 1, 3, NULL), TANU_NOT_FOUND);
	assert_int_equal(unseal_text(f, &e.beriks, &e.berik), TANU_OK);
	unblock(f, gen3);
	fixture_reopen(f);
	assert_int_equal(unseal_text(f, &e.beriks, &e.berik), TANU_OK);
	drop_erasure(&e);
}

static void keeps_the_old_state_when_the_bucket_cannot_be_written(void **state)
{
	struct fixture *f = *state;
	struct erasure e;

	make_erasure(f, &e);
	unblock(f, "bucket-03");
	block(f, "bucket-03");
	assert_int_equal(vault_kill_subjects(f->vault, &e.berik, 1, 3, NULL), TANU_NOT_FOUND);
	assert_int_equal(unseal_text(f, &e.beriks, &e.berik), TANU_OK);
	unblock(f, "bucket-03");
	kill_person(f, &e.berik);
	fixture_reopen(f);
	assert_int_equal(count_keys_of(f, &e.berik), 0);
	assert_false(file_is_there(f, gen2));
	assert_false(file_is_there(f, gen3)); /* the secret of the attempt that failed */
	drop_erasure(&e);
}

static void destroys_the_old_secret_at_the_next_try(void **state)
{
	struct fixture *f = *state;
	tanu_id anna = person(3, 1);

	add_person(f, &anna);
	unblock(f, gen1);
	block(f, gen1);
	assert_int_equal(vault_kill_subjects(f->vault, &anna, 1, 2, NULL), TANU_NOT_FOUND);
	assert_int_equal(vault_kill_subjects(f->vault, &anna, 1, 2, NULL), TANU_NOT_FOUND);
	unblock(f, gen1);
	put_file(f->keys, gen1, "the old secret, 32 bytes of it..", 32);
	kill_person(f, &anna); /* her keys are gone; what was left undone is done */
	assert_false(file_is_there(f, gen1));
	fixture_reopen(f);
	assert_int_equal(count_keys_of(f, &anna), 0);
}

/* ---- damage ---- */

static void refuse_to_open(struct fixture *f, tanu_error_code code, const char *place,
			   const char *reason)
{
	tanu_error err = {0};

	assert_true(fixture_open(f, &err) < 0);
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.place, place));
	assert_non_null(strstr(err.message, reason));
	assert_null(f->vault);
}

static void says_that_the_keys_folder_is_not_here(void **state)
{
	struct fixture *f = *state;

	vault_close(&f->vault);
	remove_tree(f->keys);
	refuse_to_open(f, TANU_ERR_KEY_MISSING, "/keys", "the keys folder is not here");
}

static void names_the_file_that_is_missing(void **state)
{
	static const struct {
		const char *name, *place;
	} rows[] = {{"host.secret", "keys"}, {"bucket-0c", "bucket-0c"}, {gen1, "bucket-03"}};
	struct fixture *f = *state;
	struct snapshot *whole = snapshot_take(f->keys);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		unblock(f, rows[i].name);
		refuse_to_open(f, TANU_ERR_KEYS_DAMAGED, rows[i].place, "keys folder is not whole");
		snapshot_restore(whole);
	}
	fixture_reopen(f);
	snapshot_free(whole);
}

static void refuses_secrets_of_a_wrong_length_or_value(void **state)
{
	static const char *const names[] = {"host.secret", gen1};
	struct fixture *f = *state;
	struct snapshot *whole = snapshot_take(f->keys);

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf bytes = *snapshot_file(whole, names[i]);
		uint8_t changed[SECRET_LEN];

		put_file(f->keys, names[i], bytes.data, SECRET_LEN - 1);
		refuse_to_open(f, TANU_ERR_KEYS_DAMAGED, names[i], "31 bytes where 32 belong");
		put_file(f->keys, names[i], "", 0);
		refuse_to_open(f, TANU_ERR_KEYS_DAMAGED, names[i], "0 bytes where 32 belong");
		memcpy(changed, bytes.data, sizeof(changed));
		changed[31] ^= 0x80;
		put_file(f->keys, names[i], changed, sizeof(changed));
		refuse_to_open(f, TANU_ERR_KEYS_DAMAGED, "bucket-0", "does not open");
		snapshot_restore(whole);
	}
	fixture_reopen(f);
	snapshot_free(whole);
}

static void refuses_two_buckets_swapped(void **state)
{
	struct fixture *f = *state;
	struct snapshot *whole = snapshot_take(f->keys);
	const struct buf *third = snapshot_file(whole, "bucket-03");
	struct buf renamed = {0};

	put_file(f->keys, "bucket-04", third->data, third->len);
	refuse_to_open(f, TANU_ERR_KEYS_DAMAGED, "bucket-04", "another bucket");
	/* ... and with its number and its epoch secret made to fit */
	buf_put(&renamed, third->data, third->len);
	renamed.data[10] = 4;
	put_file(f->keys, "bucket-04", renamed.data, renamed.len);
	put_file(f->keys, "epoch-04.0000000000000001", snapshot_file(whole, gen1)->data,
		 SECRET_LEN);
	refuse_to_open(f, TANU_ERR_KEYS_DAMAGED, "bucket-04", "does not open");
	buf_free(&renamed);
	snapshot_free(whole);
}

static void refuses_a_bucket_with_a_byte_changed_anywhere(void **state)
{
	struct fixture *f = *state;
	struct snapshot *whole = snapshot_take(f->keys);
	const struct buf *good = snapshot_file(whole, "bucket-03");

	for (size_t i = 0; i < good->len; i += i < 80 ? 1 : 1021) {
		tanu_error err = {0};

		good->data[i] ^= 0x20;
		put_file(f->keys, "bucket-03", good->data, good->len);
		assert_int_equal(fixture_open(f, &err), TANU_DAMAGED);
		assert_int_equal(err.code, TANU_ERR_KEYS_DAMAGED);
		good->data[i] ^= 0x20;
	}
	put_file(f->keys, "bucket-03", good->data, good->len);
	fixture_reopen(f);
	snapshot_free(whole);
}

/* Damage must not set off the sweep: a secret that "nobody needs" may be the one that heals it. */
static void destroys_nothing_when_it_does_not_open(void **state)
{
	struct fixture *f = *state;

	put_file(f->keys, "bucket-03.new", "half", 4);
	put_file(f->keys, gen2, "perhaps the right one, 32 bytes.", 32);
	put_file(f->keys, "bucket-0f", "damaged", 7);
	refuse_to_open(f, TANU_ERR_KEYS_DAMAGED, "bucket-0f", "begin as a key bucket");
	assert_true(file_is_there(f, "bucket-03.new"));
	assert_true(file_is_there(f, gen2));
}

/* For an audit of copies: nothing is finished or destroyed, and nothing is handed out. */
static void looking_changes_nothing(void **state)
{
	struct fixture *f = *state;
	tanu_id anna = person(3, 1), berik = person(3, 2);
	const struct key_name hers = key_of(&anna, KEY_PROFILE), his = key_of(&berik, KEY_PROFILE);
	struct snapshot *before, *after;
	struct vault *look = NULL;
	struct buf sealed = {0};

	add_person(f, &anna);
	seal_text(f, &sealed, &anna);
	vault_close(&f->vault);
	put_file(f->keys, "bucket-05.new", "half", 4);
	put_file(f->keys, gen3, "a secret that was left over......", 32);
	before = snapshot_take(f->keys);
	assert_int_equal(vault_look(&look, f->keys, &f->random, NULL, NULL), TANU_OK);
	assert_true(vault_has_key(look, &hers));
	assert_int_equal(vault_opens(look, &hers, &anna, 1, sealed.data, sealed.len, NULL),
			 TANU_OK);
	assert_int_equal(vault_opens(look, &hers, &anna, 2, sealed.data, sealed.len, NULL),
			 TANU_DAMAGED);
	assert_int_equal(vault_opens(look, &hers, &berik, 1, sealed.data, sealed.len, NULL),
			 TANU_DAMAGED);
	assert_int_equal(vault_opens(look, &his, &anna, 1, sealed.data, sealed.len, NULL),
			 TANU_ERASED);
	assert_int_equal(vault_opens(look, &hers, &anna, 1, sealed.data, 3, NULL), TANU_DAMAGED);
	vault_close(&look);
	after = snapshot_take(f->keys);
	assert_int_equal(before->count, after->count);
	for (size_t i = 0; i < before->count; i++) {
		assert_string_equal(before->file[i].name, after->file[i].name);
		assert_int_equal(before->file[i].bytes.len, after->file[i].bytes.len);
		assert_memory_equal(before->file[i].bytes.data, after->file[i].bytes.data,
				    before->file[i].bytes.len);
	}
	snapshot_free(before);
	snapshot_free(after);
	buf_free(&sealed);
	fixture_reopen(f);
}

static void takes_ten_thousand_people_in_one_batch(void **state)
{
	enum { PEOPLE = 10000 };
	struct fixture *f = *state;
	struct key_name *names = calloc(4 * PEOPLE, sizeof(*names));
	tanu_id *ids = calloc(PEOPLE, sizeof(*ids));

	assert_non_null(names);
	assert_non_null(ids);
	for (size_t i = 0; i < PEOPLE; i++) {
		random_fill(&f->random, ids[i].b, sizeof(ids[i].b));
		four_keys(names + 4 * i, &ids[i]);
	}
	assert_int_equal(vault_add_keys(f->vault, names, 4 * PEOPLE, 1, NULL), TANU_OK);
	fixture_reopen(f);
	assert_int_equal(vault_status(f->vault).keys, 4 * PEOPLE);
	assert_int_equal(vault_kill_subjects(f->vault, ids, PEOPLE / 2, 2, NULL), TANU_OK);
	fixture_reopen(f);
	for (size_t i = 0; i < PEOPLE; i++)
		assert_int_equal(count_keys_of(f, &ids[i]), i < PEOPLE / 2 ? 0 : 4);
	free(names);
	free(ids);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    VAULT_TEST(keeps_keys_over_an_opening),
	    VAULT_TEST(keeps_a_key_that_exists),
	    VAULT_TEST(leaves_a_bucket_alone_when_nothing_is_new),
	    VAULT_TEST(makes_a_private_folder_of_33_files),
	    VAULT_TEST(refuses_to_make_keys_where_there_are_some),
	    VAULT_TEST(makes_keys_anew_after_a_crash_while_making_them),
	    VAULT_TEST(kills_only_what_was_named),
	    VAULT_TEST(kills_every_quarter_of_a_person),
	    VAULT_TEST(finds_nothing_to_kill_and_is_content),
	    VAULT_TEST(remembers_the_highest_sequence_it_was_written_at),
	    VAULT_TEST(walks_every_name_until_told_to_stop),
	    VAULT_TEST(opens_as_before_when_only_the_new_secret_was_written),
	    VAULT_TEST(opens_as_after_when_the_old_secret_was_not_destroyed),
	    VAULT_TEST(destroys_what_an_interrupted_write_has_left),
	    VAULT_TEST(keeps_the_old_state_when_the_new_secret_cannot_be_written),
	    VAULT_TEST(keeps_the_old_state_when_the_bucket_cannot_be_written),
	    VAULT_TEST(destroys_the_old_secret_at_the_next_try),
	    VAULT_TEST(says_that_the_keys_folder_is_not_here),
	    VAULT_TEST(names_the_file_that_is_missing),
	    VAULT_TEST(refuses_secrets_of_a_wrong_length_or_value),
	    VAULT_TEST(refuses_two_buckets_swapped),
	    VAULT_TEST(refuses_a_bucket_with_a_byte_changed_anywhere),
	    VAULT_TEST(destroys_nothing_when_it_does_not_open),
	    VAULT_TEST(looking_changes_nothing),
	    VAULT_TEST(takes_ten_thousand_people_in_one_batch),
	};

	return cmocka_run_group_tests_name("vault/vault", tests, NULL, NULL);
}
