/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The root in a chip: what an old copy of the whole folder, the host secret with it, opens after an
 * erasure (nothing), what an erasure costs the chip, and what stands after each of its calls has
 * failed.
 */
#include "vault/fixture.h"

#include "vault/chip_file.h"
#include "vault/rootfile.h"

#define SINCE 1767200000000

struct scene {
	struct fixture *f;
	char path[96];
	struct chip_source chip;
	tanu_id anna, berik, carla; /* the first two share a bucket */
	struct buf annas, beriks, carlas;
	struct snapshot *before;
};

static struct scene scene; /* the fixture's chip must outlive the set-up */

static int set_up(void **state)
{
	struct scene *s = &scene;
	tanu_error err = {0};

	memset(&chip_file, 0, sizeof(chip_file));
	memset(s, 0, sizeof(*s));
	if (fixture_prepare(state) < 0)
		return -1;
	s->f = *state;
	snprintf(s->path, sizeof(s->path), "%s/chip", s->f->base);
	s->chip = chip_in_file(s->path);
	s->f->chip = &s->chip;
	if (vault_create(s->f->keys, &s->f->random, s->f->chip, SINCE, &err) < 0 ||
	    fixture_open(s->f, &err) < 0) {
		print_error("%s: %s\n", err.place, err.message);
		return -1;
	}
	s->anna = person(3, 1);
	s->berik = person(3, 2);
	s->carla = person(0xC, 1);
	add_person(s->f, &s->anna);
	add_person(s->f, &s->berik);
	add_person(s->f, &s->carla);
	seal_text(s->f, &s->annas, &s->anna);
	seal_text(s->f, &s->beriks, &s->berik);
	seal_text(s->f, &s->carlas, &s->carla);
	s->before = snapshot_take(s->f->keys);
	memset(&chip_file, 0, sizeof(chip_file));
	return 0;
}

static int tear_down(void **state)
{
	struct scene *s = &scene;

	snapshot_free(s->before);
	buf_free(&s->annas);
	buf_free(&s->beriks);
	buf_free(&s->carlas);
	return fixture_tear_down(state);
}

#define ROOT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static tanu_status withdraw_anna(struct scene *s, tanu_error *err)
{
	return vault_kill_subjects(s->f->vault, &s->anna, 1, 2, err);
}

static void assert_others_open(struct scene *s)
{
	assert_int_equal(unseal_text(s->f, &s->beriks, &s->berik), TANU_OK);
	assert_int_equal(unseal_text(s->f, &s->carlas, &s->carla), TANU_OK);
}

static void assert_anna_is_gone(struct scene *s)
{
	assert_int_equal(unseal_text(s->f, &s->annas, &s->anna), TANU_ERASED);
	assert_others_open(s);
}

static void assert_refuses(struct scene *s, tanu_error_code code, const char *words)
{
	struct snapshot *found = snapshot_take(s->f->keys), *left;
	tanu_error err = {0};

	assert_true(fixture_open(s->f, &err) < 0);
	assert_int_equal(err.code, code);
	if (!strstr(err.message, words))
		fail_msg("\"%s\" does not say \"%s\"", err.message, words);
	/* Nothing is destroyed by a refusal. */
	left = snapshot_take(s->f->keys);
	assert_int_equal(left->count, found->count);
	for (size_t i = 0; i < found->count; i++) {
		const struct buf *b = snapshot_file(left, found->file[i].name);

		assert_non_null(b);
		assert_int_equal(b->len, found->file[i].bytes.len);
		if (b->len > 0)
			assert_memory_equal(b->data, found->file[i].bytes.data, b->len);
	}
	snapshot_free(found);
	snapshot_free(left);
}

/* ---- what it is for ---- */

static void says_that_it_resists_since_it_was_made(void **state)
{
	struct vault_status status = vault_status(scene.f->vault);

	(void)state;
	assert_true(status.rollback_resistant);
	assert_string_equal(status.root, "tpm");
	assert_true(status.resistant_since_ms == SINCE);
	assert_string_equal(status.chip, "a file that plays a chip");
	assert_int_equal(status.turns, 0);
	assert_int_equal(status.place & 0xFFC00000, 0x01800000);
	assert_int_equal(status.place % 4, 0);
}

static void has_no_epoch_secret_in_a_file(void **state)
{
	(void)state;
	assert_false(file_is_there(scene.f, "epoch-03.0000000000000001"));
	assert_true(file_is_there(scene.f, "root.tpm"));
	/* 16 buckets, host.secret, root.tpm */
	assert_int_equal(scene.before->count, 18);
}

/* The same copy opens with its root in files: erasure/opens_a_copy_of_the_whole_folder_from_before.
 */
static void an_old_copy_of_the_whole_folder_opens_nothing(void **state)
{
	struct scene *s = &scene;
	struct snapshot *after;

	(void)state;
	assert_int_equal(withdraw_anna(s, NULL), TANU_OK);
	assert_anna_is_gone(s);
	vault_close(&s->f->vault);
	after = snapshot_take(s->f->keys);
	snapshot_restore(s->before);
	assert_refuses(s, TANU_ERR_KEYS_DAMAGED, "is an old copy");
	snapshot_restore(after);
	fixture_reopen(s->f);
	assert_anna_is_gone(s);
	snapshot_free(after);
}

/* The copy and the chip of that moment together do open: the limit, and the control of the test. */
static void an_old_copy_with_the_memory_of_the_chip_opens(void **state)
{
	struct scene *s = &scene;
	struct chip_memory memory;

	(void)state;
	assert_int_equal(chip_file_load(&memory, s->path, NULL), TANU_OK);
	assert_int_equal(withdraw_anna(s, NULL), TANU_OK);
	vault_close(&s->f->vault);
	snapshot_restore(s->before);
	assert_int_equal(chip_file_keep(s->path, &memory, NULL), TANU_OK);
	fixture_reopen(s->f);
	assert_int_equal(unseal_text(s->f, &s->annas, &s->anna), TANU_OK);
}

/* Each file of the old folder by itself, put among the present ones. */
static void no_single_old_file_brings_anybody_back(void **state)
{
	struct scene *s = &scene;
	struct snapshot *after;
	tanu_error err = {0};

	(void)state;
	assert_int_equal(withdraw_anna(s, NULL), TANU_OK);
	vault_close(&s->f->vault);
	after = snapshot_take(s->f->keys);
	for (size_t i = 0; i < s->before->count; i++) {
		snapshot_put(s->before, s->before->file[i].name, s->f->keys);
		if (fixture_open(s->f, &err) == TANU_OK)
			assert_anna_is_gone(s);
		vault_close(&s->f->vault);
		snapshot_restore(after);
	}
	fixture_reopen(s->f);
	assert_anna_is_gone(s);
	snapshot_free(after);
}

static void a_second_copy_in_use_shuts_the_first(void **state)
{
	struct scene *s = &scene;

	(void)state;
	assert_int_equal(withdraw_anna(s, NULL), TANU_OK);
	vault_close(&s->f->vault);
	snapshot_restore(s->before);
	assert_refuses(s, TANU_ERR_KEYS_DAMAGED, "in another copy of this site");
}

/* ---- what it costs the chip ---- */

static void opening_and_adding_write_nothing_to_the_chip(void **state)
{
	struct scene *s = &scene;
	tanu_id late = person(7, 1);

	(void)state;
	fixture_reopen(s->f);
	add_person(s->f, &late);
	fixture_reopen(s->f);
	assert_int_equal(chip_file.writes + chip_file.increments, 0);
}

static void an_erasure_of_any_size_is_two_writes_and_a_step(void **state)
{
	struct scene *s = &scene;
	tanu_id crowd[VAULT_BUCKETS];

	(void)state;
	for (unsigned i = 0; i < VAULT_BUCKETS; i++) {
		crowd[i] = person(i, 77);
		add_person(s->f, &crowd[i]);
	}
	assert_int_equal(vault_kill_subjects(s->f->vault, crowd, VAULT_BUCKETS, 3, NULL), TANU_OK);
	assert_int_equal(chip_file.writes, 2);
	assert_int_equal(chip_file.increments, 1);
	assert_int_equal(vault_status(s->f->vault).turns, 1);
	for (unsigned i = 0; i < VAULT_BUCKETS; i++)
		assert_int_equal(count_keys_of(s->f, &crowd[i]), 0);
	fixture_reopen(s->f);
	assert_int_equal(unseal_text(s->f, &s->annas, &s->anna), TANU_OK);
	assert_others_open(s);
	assert_int_equal(chip_file.writes, 2);
}

/* ---- when the chip fails ---- */

/* Anna withdraws and the n-th change of the chip fails; then it works again. */
static void fail_at(struct scene *s, size_t n, enum chip_fault fault, bool reopen)
{
	chip_file.fail_at = n;
	chip_file.fault = fault;
	assert_int_equal(withdraw_anna(s, NULL), TANU_SYSTEM);
	assert_int_equal(chip_file.fail_at, 0);
	if (reopen)
		fixture_reopen(s->f);
	/* What the tombstone in the database asks for. */
	assert_int_equal(withdraw_anna(s, NULL), TANU_OK);
	assert_anna_is_gone(s);
	fixture_reopen(s->f);
	assert_anna_is_gone(s);
}

static void assert_old_copy_is_dead(struct scene *s)
{
	vault_close(&s->f->vault);
	snapshot_restore(s->before);
	assert_refuses(s, TANU_ERR_KEYS_DAMAGED, "is an old copy");
}

static void every_failing_change_is_made_good(void **state)
{
	static const enum chip_fault faults[] = {CHIP_REFUSES, CHIP_LOSES_ANSWER, CHIP_TEARS};

	for (size_t f = 0; f < ARRAY_LEN(faults); f++)
		for (size_t n = 1; n <= 3; n++)
			for (int reopen = 0; reopen < 2; reopen++) {
				fail_at(&scene, n, faults[f], reopen);
				assert_old_copy_is_dead(&scene);
				tear_down(state);
				assert_int_equal(set_up(state), 0);
			}
}

static void a_chip_that_fails_while_the_folder_is_made_leaves_none(void **state)
{
	struct scene *s = &scene;
	char other[96], keys[96];
	struct chip_source chip = chip_in_file(other);
	struct chip_memory memory;
	tanu_error err = {0};

	(void)state;
	snprintf(other, sizeof(other), "%s/other", s->f->base);
	snprintf(keys, sizeof(keys), "%s/other-keys", s->f->base);
	for (size_t n = 1; n <= 2; n++) {
		chip_file.fail_at = n;
		chip_file.fault = CHIP_REFUSES;
		assert_int_equal(vault_create(keys, &s->f->random, &chip, 0, &err), TANU_SYSTEM);
		assert_int_equal(err.code, TANU_ERR_TPM);
		assert_int_equal(chip_file_load(&memory, other, NULL), TANU_OK);
		assert_int_equal(memory.place, 0);
	}
	assert_int_equal(vault_create(keys, &s->f->random, &chip, 0, &err), TANU_OK);
}

/* ---- another chip, or none ---- */

static void no_chip_named_is_said(void **state)
{
	struct scene *s = &scene;

	(void)state;
	s->f->chip = NULL;
	assert_refuses(s, TANU_ERR_TPM, "and none was named");
}

static void another_chip_is_refused(void **state)
{
	struct scene *s = &scene;

	(void)state;
	vault_close(&s->f->vault);
	assert_int_equal(os_destroy_file(s->path, NULL), TANU_OK);
	assert_refuses(s, TANU_ERR_TPM, "does not hold the root");
}

static void a_chip_whose_memory_was_put_back_is_refused(void **state)
{
	struct scene *s = &scene;
	struct chip_memory memory;

	(void)state;
	assert_int_equal(chip_file_load(&memory, s->path, NULL), TANU_OK);
	for (uint32_t i = 0; i < 2; i++) {
		tanu_id id = person(9, i);

		add_person(s->f, &id);
		assert_int_equal(vault_kill_subjects(s->f->vault, &id, 1, 2, NULL), TANU_OK);
	}
	vault_close(&s->f->vault);
	assert_int_equal(chip_file_keep(s->path, &memory, NULL), TANU_OK);
	assert_refuses(s, TANU_ERR_KEYS_DAMAGED, "the TPM is older");
}

static void a_slot_that_something_else_wrote_is_refused(void **state)
{
	struct scene *s = &scene;
	struct chip_memory memory;

	(void)state;
	vault_close(&s->f->vault);
	assert_int_equal(chip_file_load(&memory, s->path, NULL), TANU_OK);
	memory.slot[memory.counter % CHIP_SLOTS][9] ^= 1;
	assert_int_equal(chip_file_keep(s->path, &memory, NULL), TANU_OK);
	assert_refuses(s, TANU_ERR_KEYS_DAMAGED, "does not hold the secret");
}

/* ---- root.tpm, field by field ---- */

static void damage(struct scene *s, size_t at, const char *words)
{
	struct buf bytes = {0};
	const struct buf *whole = snapshot_file(s->before, "root.tpm");

	buf_put(&bytes, whole->data, whole->len);
	bytes.data[at] ^= 1;
	vault_close(&s->f->vault);
	put_file(s->f->keys, "root.tpm", bytes.data, bytes.len);
	assert_refuses(s, TANU_ERR_KEYS_DAMAGED, words);
	put_file(s->f->keys, "root.tpm", whole->data, whole->len);
	fixture_reopen(s->f);
	buf_free(&bytes);
}

static void refuses_a_root_file_with_any_field_changed(void **state)
{
	(void)state;
	damage(&scene, 0, "does not begin as such a file");
	damage(&scene, 8, "version");
	damage(&scene, 10, "header");
	damage(&scene, 16, "TPM");    /* generation: one up or down */
	damage(&scene, 24, "header"); /* what follows is reserved */
	damage(&scene, 31, "header");
	damage(&scene, ROOTFILE_HEADER, "does not open");
	damage(&scene, ROOTFILE_LEN / 2, "does not open");
	damage(&scene, ROOTFILE_LEN - 1, "does not open");
}

static void refuses_a_root_file_of_another_place(void **state)
{
	struct scene *s = &scene;
	struct buf *bytes = &s->before->file[s->before->count - 1].bytes;

	(void)state;
	vault_close(&s->f->vault);
	bytes->data[12] ^= 4;
	put_file(s->f->keys, "root.tpm", bytes->data, bytes->len);
	assert_refuses(s, TANU_ERR_TPM, "does not hold the root");
}

static void refuses_a_root_file_of_another_length(void **state)
{
	struct scene *s = &scene;
	const struct buf *whole = snapshot_file(s->before, "root.tpm");

	(void)state;
	vault_close(&s->f->vault);
	put_file(s->f->keys, "root.tpm", whole->data, whole->len - 1);
	assert_refuses(s, TANU_ERR_KEYS_DAMAGED, "another length");
	put_file(s->f->keys, "root.tpm", whole->data, 0);
	assert_refuses(s, TANU_ERR_KEYS_DAMAGED, "another length");
}

static void refuses_payloads_that_it_would_not_write(void **state)
{
	struct rootfile root = {.since_ms = SINCE, .first = 41, .count = 2}, found;
	uint8_t payload[ROOTFILE_PAYLOAD];
	static const struct {
		size_t at;
		uint8_t value;
	} bad[] = {
	    {16, 2},		       /* renew is 0 or 1 */
	    {18, ROOTFILE_EPOCHS + 1}, /* count */
	    {20, 16},		       /* bucket */
	    {20, 5},		       /* order */
	    {22, 0},		       /* generation */
	    {18, 1},		       /* the second epoch stands in the padding */
	    {ROOTFILE_PAYLOAD - 1, 1}, /* padding */
	};

	(void)state;
	for (unsigned i = 0; i < 2; i++)
		root.epochs[i] = (struct rootfile_epoch){i + 1, 7, {{(uint8_t)i, 1}}};
	rootfile_put_payload(payload, &root);
	assert_int_equal(rootfile_read_payload(&found, payload, sizeof(payload), NULL), TANU_OK);
	assert_int_equal(found.count, 2);
	assert_memory_equal(&found.epochs[1], &root.epochs[1], sizeof(root.epochs[1]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		rootfile_put_payload(payload, &root);
		payload[bad[i].at] = bad[i].value;
		assert_int_equal(rootfile_read_payload(&found, payload, sizeof(payload), NULL),
				 TANU_DAMAGED);
	}
	rootfile_put_payload(payload, &root);
	assert_int_equal(rootfile_read_payload(&found, payload, 60, NULL), TANU_DAMAGED);
}

/* ---- moving ---- */

static int set_up_in_files(void **state)
{
	struct fixture *f;

	if (set_up(state) < 0)
		return -1;
	f = *state;
	return vault_move_root(f->vault, NULL, 0, NULL);
}

#define FILES_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_in_files, tear_down)

static void moves_into_the_chip_and_resists_from_then_on(void **state)
{
	struct scene *s = &scene;
	struct snapshot *files = snapshot_take(s->f->keys), *moved;

	(void)state;
	assert_false(vault_status(s->f->vault).rollback_resistant);
	assert_int_equal(vault_move_root(s->f->vault, &s->chip, SINCE + 5, NULL), TANU_OK);
	assert_true(vault_status(s->f->vault).rollback_resistant);
	assert_true(vault_status(s->f->vault).resistant_since_ms == SINCE + 5);
	fixture_reopen(s->f);
	assert_true(vault_status(s->f->vault).rollback_resistant);
	assert_int_equal(unseal_text(s->f, &s->annas, &s->anna), TANU_OK);
	moved = snapshot_take(s->f->keys);
	assert_null(snapshot_file(moved, "epoch-03.0000000000000001"));
	assert_int_equal(moved->count, 18);
	assert_int_equal(withdraw_anna(s, NULL), TANU_OK);
	vault_close(&s->f->vault);
	snapshot_restore(moved);
	assert_refuses(s, TANU_ERR_KEYS_DAMAGED, "is an old copy");
	/* A copy from before the move keeps its root in files, and opens. Hence the date. */
	snapshot_restore(files);
	fixture_reopen(s->f);
	assert_int_equal(unseal_text(s->f, &s->annas, &s->anna), TANU_OK);
	snapshot_free(files);
	snapshot_free(moved);
}

/* Epoch secrets of the former root, wherever copies of them are, open no bucket. */
static void moving_puts_every_bucket_under_a_fresh_secret(void **state)
{
	struct scene *s = &scene;
	struct snapshot *files = snapshot_take(s->f->keys);
	char name[64];

	(void)state;
	assert_int_equal(vault_move_root(s->f->vault, &s->chip, SINCE, NULL), TANU_OK);
	vault_close(&s->f->vault);
	for (unsigned b = 0; b < VAULT_BUCKETS; b++) {
		struct snapshot *now = snapshot_take(s->f->keys);

		snprintf(name, sizeof(name), "bucket-%02x", b);
		assert_true(snapshot_file(now, name)->data[12] >
			    snapshot_file(files, name)->data[12]);
		snapshot_free(now);
	}
	fixture_reopen(s->f);
	snapshot_free(files);
}

static void moves_back_into_files_and_clears_the_chip(void **state)
{
	struct scene *s = &scene;
	struct chip_memory memory;

	(void)state;
	fixture_reopen(s->f);
	assert_int_equal(vault_move_root(s->f->vault, NULL, 0, NULL), TANU_OK);
	assert_false(vault_status(s->f->vault).rollback_resistant);
	assert_string_equal(vault_status(s->f->vault).root, "file");
	assert_int_equal(chip_file_load(&memory, s->path, NULL), TANU_OK);
	assert_int_equal(memory.place, 0);
	assert_false(file_is_there(s->f, "root.tpm"));
	s->f->chip = NULL; /* it is not asked any more */
	fixture_reopen(s->f);
	assert_int_equal(unseal_text(s->f, &s->annas, &s->anna), TANU_OK);
	assert_int_equal(withdraw_anna(s, NULL), TANU_OK);
	fixture_reopen(s->f);
	assert_anna_is_gone(s);
}

static void moving_twice_is_moving_once(void **state)
{
	struct scene *s = &scene;

	(void)state;
	assert_int_equal(vault_move_root(s->f->vault, &s->chip, SINCE + 9, NULL), TANU_OK);
	assert_true(vault_status(s->f->vault).resistant_since_ms == SINCE);
	assert_int_equal(chip_file.writes, 0);
}

/* Whatever change of the chip fails on the way, the folder opens and moving again ends well. */
static void a_move_that_fails_leaves_one_root(void **state)
{
	struct scene *s = &scene;

	for (size_t n = 1; n < 8; n++) {
		chip_file.fail_at = n;
		chip_file.fault = n % 2 ? CHIP_REFUSES : CHIP_LOSES_ANSWER;
		if (vault_move_root(s->f->vault, &s->chip, SINCE, NULL) == TANU_OK)
			break;
		assert_int_equal(unseal_text(s->f, &s->annas, &s->anna), TANU_OK);
		assert_int_equal(chip_file.fail_at, 0);
		assert_int_equal(withdraw_anna(s, NULL), TANU_OK);
		fixture_reopen(s->f);
		assert_anna_is_gone(s);
		assert_int_equal(vault_move_root(s->f->vault, &s->chip, SINCE, NULL), TANU_OK);
		fixture_reopen(s->f);
		assert_anna_is_gone(s);
		assert_true(vault_status(s->f->vault).rollback_resistant);
		tear_down(state);
		assert_int_equal(set_up_in_files(state), 0);
	}
	assert_true(chip_file.fail_at > 0); /* the last one was not reached */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ROOT_TEST(says_that_it_resists_since_it_was_made),
	    ROOT_TEST(has_no_epoch_secret_in_a_file),
	    ROOT_TEST(an_old_copy_of_the_whole_folder_opens_nothing),
	    ROOT_TEST(an_old_copy_with_the_memory_of_the_chip_opens),
	    ROOT_TEST(no_single_old_file_brings_anybody_back),
	    ROOT_TEST(a_second_copy_in_use_shuts_the_first),
	    ROOT_TEST(opening_and_adding_write_nothing_to_the_chip),
	    ROOT_TEST(an_erasure_of_any_size_is_two_writes_and_a_step),
	    ROOT_TEST(every_failing_change_is_made_good),
	    ROOT_TEST(a_chip_that_fails_while_the_folder_is_made_leaves_none),
	    ROOT_TEST(no_chip_named_is_said),
	    ROOT_TEST(another_chip_is_refused),
	    ROOT_TEST(a_chip_whose_memory_was_put_back_is_refused),
	    ROOT_TEST(a_slot_that_something_else_wrote_is_refused),
	    ROOT_TEST(refuses_a_root_file_with_any_field_changed),
	    ROOT_TEST(refuses_a_root_file_of_another_place),
	    ROOT_TEST(refuses_a_root_file_of_another_length),
	    ROOT_TEST(refuses_payloads_that_it_would_not_write),
	    ROOT_TEST(moves_back_into_files_and_clears_the_chip),
	    ROOT_TEST(moving_twice_is_moving_once),
	    FILES_TEST(moves_into_the_chip_and_resists_from_then_on),
	    FILES_TEST(moving_puts_every_bucket_under_a_fresh_secret),
	    FILES_TEST(a_move_that_fails_leaves_one_root),
	};

	return cmocka_run_group_tests_name("vault/root", tests, NULL, NULL);
}
