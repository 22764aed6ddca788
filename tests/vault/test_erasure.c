/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What erasure removes, with a positive control: the bytes that are absent afterwards were found by
 * the same search before. And what it cannot remove: a copy of the whole folder made earlier.
 */
#include "vault/fixture.h"

#define HEADER_LEN 32 /* of a bucket file; docs/keys.md */
#define BLOCK_LEN  32

static const char gen1[] = "epoch-03.0000000000000001";

struct scene {
	tanu_id anna, berik, carla; /* the first two share a bucket */
	struct buf annas, beriks, carlas;
	struct snapshot *before;
};

static void make_scene(struct fixture *f, struct scene *s)
{
	*s = (struct scene){.anna = person(3, 1), .berik = person(3, 2), .carla = person(0xC, 1)};
	add_person(f, &s->anna);
	add_person(f, &s->berik);
	add_person(f, &s->carla);
	seal_text(f, &s->annas, &s->anna);
	seal_text(f, &s->beriks, &s->berik);
	seal_text(f, &s->carlas, &s->carla);
	s->before = snapshot_take(f->keys);
}

static void drop_scene(struct scene *s)
{
	snapshot_free(s->before);
	buf_free(&s->annas);
	buf_free(&s->beriks);
	buf_free(&s->carlas);
}

static void withdraw_anna(struct fixture *f, const struct scene *s)
{
	assert_int_equal(vault_kill_subjects(f->vault, &s->anna, 1, 2, NULL), TANU_OK);
}

static void assert_anna_is_gone_and_others_open(struct fixture *f, const struct scene *s)
{
	assert_int_equal(unseal_text(f, &s->annas, &s->anna), TANU_ERASED);
	assert_int_equal(unseal_text(f, &s->beriks, &s->berik), TANU_OK);
	assert_int_equal(unseal_text(f, &s->carlas, &s->carla), TANU_OK);
}

/* How many of the blocks of `bytes` occur anywhere in the folder's files. */
static size_t count_found(const struct fixture *f, const uint8_t *bytes, size_t len)
{
	struct snapshot *now = snapshot_take(f->keys);
	size_t found = 0;

	for (size_t at = 0; at + BLOCK_LEN <= len; at += BLOCK_LEN)
		for (size_t i = 0; i < now->count; i++) {
			const struct buf *b = &now->file[i].bytes;

			if (b->len >= BLOCK_LEN && memmem(b->data, b->len, bytes + at, BLOCK_LEN)) {
				found++;
				break;
			}
		}
	snapshot_free(now);
	return found;
}

static void leaves_no_byte_of_the_old_bucket_or_its_secret(void **state)
{
	struct fixture *f = *state;
	struct scene s;
	const struct buf *bucket, *secret;
	size_t blocks;

	make_scene(f, &s);
	bucket = snapshot_file(s.before, "bucket-03");
	secret = snapshot_file(s.before, gen1);
	blocks = (bucket->len - HEADER_LEN) / BLOCK_LEN;

	assert_int_equal(count_found(f, bucket->data + HEADER_LEN, blocks * BLOCK_LEN), blocks);
	assert_int_equal(count_found(f, secret->data, secret->len), 1);
	withdraw_anna(f, &s);
	assert_int_equal(count_found(f, bucket->data + HEADER_LEN, blocks * BLOCK_LEN), 0);
	assert_int_equal(count_found(f, secret->data, secret->len), 0);
	assert_false(file_is_there(f, gen1));
	assert_anna_is_gone_and_others_open(f, &s);
	fixture_reopen(f);
	assert_anna_is_gone_and_others_open(f, &s);
	drop_scene(&s);
}

static void leaves_other_buckets_as_they_were(void **state)
{
	struct fixture *f = *state;
	struct scene s;
	struct snapshot *after;
	size_t same = 0;

	make_scene(f, &s);
	withdraw_anna(f, &s);
	after = snapshot_take(f->keys);
	assert_int_equal(after->count, s.before->count);
	for (size_t i = 0; i < s.before->count; i++) {
		const struct buf *old = &s.before->file[i].bytes;
		const struct buf *now = snapshot_file(after, s.before->file[i].name);

		same += now && now->len == old->len && !memcmp(now->data, old->data, old->len);
	}
	assert_int_equal(same, s.before->count - 2);
	snapshot_free(after);
	drop_scene(&s);
}

static void does_not_change_the_size_of_the_bucket(void **state)
{
	struct fixture *f = *state;
	struct scene s;
	struct snapshot *after;

	make_scene(f, &s);
	withdraw_anna(f, &s);
	after = snapshot_take(f->keys);
	assert_int_equal(snapshot_file(after, "bucket-03")->len,
			 snapshot_file(s.before, "bucket-03")->len);
	snapshot_free(after);
	drop_scene(&s);
}

static void does_not_open_an_old_bucket_copied_back(void **state)
{
	struct fixture *f = *state;
	struct scene s;
	tanu_error err = {0};

	make_scene(f, &s);
	withdraw_anna(f, &s);
	snapshot_put(s.before, "bucket-03", f->keys);
	assert_int_equal(fixture_open(f, &err), TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_KEYS_DAMAGED);
	assert_non_null(strstr(err.message, "an old copy from before an erasure"));
	drop_scene(&s);
}

/* Somebody gives the old file the number of today's secret: the seal is under another key. */
static void does_not_open_an_old_bucket_renumbered(void **state)
{
	struct fixture *f = *state;
	struct scene s;
	struct buf old;
	tanu_error err = {0};

	make_scene(f, &s);
	withdraw_anna(f, &s);
	old = *snapshot_file(s.before, "bucket-03");
	old.data[12] = 2; /* generation */
	put_file(f->keys, "bucket-03", old.data, old.len);
	assert_int_equal(fixture_open(f, &err), TANU_DAMAGED);
	assert_non_null(strstr(err.message, "does not open"));
	drop_scene(&s);
}

/*
 * The limit that "rollback-resistant: no" states: host secret, epoch secret and bucket, all copied
 * before the erasure, open what was erased. Only a root outside the disk prevents that.
 */
static void opens_a_copy_of_the_whole_folder_from_before(void **state)
{
	struct fixture *f = *state;
	struct scene s;

	make_scene(f, &s);
	withdraw_anna(f, &s);
	assert_false(vault_status(f->vault).rollback_resistant);
	assert_int_equal(vault_status(f->vault).sequence, 2);
	snapshot_restore(s.before);
	fixture_reopen(f);
	assert_int_equal(unseal_text(f, &s.annas, &s.anna), TANU_OK);
	assert_int_equal(vault_status(f->vault).sequence,
			 1); /* behind the database's: it is noticed */
	drop_scene(&s);
}

/* The database alone, or with another installation's keys, opens nothing. */
static void does_not_open_anything_under_the_keys_of_another_site(void **state)
{
	struct fixture *f = *state;
	struct scene s;

	make_scene(f, &s);
	vault_close(&f->vault);
	remove_tree(f->keys);
	assert_int_equal(vault_create(f->keys, &f->random, NULL, 0, NULL), TANU_OK);
	fixture_reopen(f);
	assert_int_equal(unseal_text(f, &s.annas, &s.anna), TANU_ERASED);
	add_person(f, &s.anna); /* a new key of the same name is not the old one */
	assert_int_equal(unseal_text(f, &s.annas, &s.anna), TANU_DAMAGED);
	drop_scene(&s);
}

static void does_not_open_what_was_sealed_before_a_key_was_made_again(void **state)
{
	struct fixture *f = *state;
	struct scene s;

	make_scene(f, &s);
	withdraw_anna(f, &s);
	add_person(f, &s.anna);
	assert_int_equal(unseal_text(f, &s.annas, &s.anna), TANU_DAMAGED);
	assert_int_equal(unseal_text(f, &s.beriks, &s.berik), TANU_OK);
	drop_scene(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    VAULT_TEST(leaves_no_byte_of_the_old_bucket_or_its_secret),
	    VAULT_TEST(leaves_other_buckets_as_they_were),
	    VAULT_TEST(does_not_change_the_size_of_the_bucket),
	    VAULT_TEST(does_not_open_an_old_bucket_copied_back),
	    VAULT_TEST(does_not_open_an_old_bucket_renumbered),
	    VAULT_TEST(opens_a_copy_of_the_whole_folder_from_before),
	    VAULT_TEST(does_not_open_anything_under_the_keys_of_another_site),
	    VAULT_TEST(does_not_open_what_was_sealed_before_a_key_was_made_again),
	};

	return cmocka_run_group_tests_name("vault/erasure", tests, NULL, NULL);
}
