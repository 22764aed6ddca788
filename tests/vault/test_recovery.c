/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that leave in a box, and come back into another folder; and those that never do. */
#include "vault/fixture.h"

#include "vault/bucket.h"

#define BUCKET 3

static const char ad[] = "backup of a test";

struct box {
	struct secret key;
	uint8_t to[BOX_KEY_LEN];
	struct buf bytes;
	tanu_id anna;
	struct buf text; /* sealed under her profile key */
};

static void make_box(struct fixture *f, struct box *b)
{
	*b = (struct box){.anna = person(BUCKET, 1)};
	add_person(f, &b->anna);
	seal_text(f, &b->text, &b->anna);
	random_fill(&f->random, b->key.b, sizeof(b->key.b));
	box_public_key(b->to, &b->key);
	assert_int_equal(vault_export(f->vault, &b->bytes, BUCKET, b->to, ad, sizeof(ad), NULL),
			 TANU_OK);
}

static void free_box(struct box *b)
{
	buf_free(&b->bytes);
	buf_free(&b->text);
}

/* The folder is lost, and made anew. */
static void begin_anew(struct fixture *f)
{
	vault_close(&f->vault);
	remove_tree(f->keys);
	assert_int_equal(vault_create(f->keys, &f->random, NULL, 0, NULL), TANU_OK);
	fixture_reopen(f);
}

static tanu_status bring_back(struct fixture *f, const struct box *b, tanu_error *err)
{
	return vault_import(f->vault, BUCKET, &b->key, b->bytes.data, b->bytes.len, ad, sizeof(ad),
			    7, err);
}

static void all_keys_but_those_of_faces_come_back(void **state)
{
	struct fixture *f = *state;
	struct key_name names[4];
	struct box b;

	make_box(f, &b);
	begin_anew(f);
	assert_int_equal(unseal_text(f, &b.text, &b.anna), TANU_ERASED);
	assert_int_equal(bring_back(f, &b, NULL), TANU_OK);
	assert_int_equal(unseal_text(f, &b.text, &b.anna), TANU_OK);
	fixture_reopen(f);
	assert_int_equal(unseal_text(f, &b.text, &b.anna), TANU_OK);
	assert_int_equal(vault_status(f->vault).sequence, 7);
	four_keys(names, &b.anna);
	for (int i = 0; i < 4; i++)
		assert_true(vault_has_key(f->vault, &names[i]) == (names[i].kind != KEY_BIO));
	free_box(&b);
}

static void a_pass_key_stays_too(void **state)
{
	struct fixture *f = *state;
	struct box b = {.anna = person(BUCKET, 1)};
	const struct key_name pass = {.subject = b.anna, .kind = KEY_PASS, .quarter = 1};

	assert_int_equal(vault_add_keys(f->vault, &pass, 1, 1, NULL), TANU_OK);
	make_box(f, &b);
	begin_anew(f);
	assert_int_equal(bring_back(f, &b, NULL), TANU_OK);
	assert_false(vault_has_key(f->vault, &pass));
	assert_int_equal(vault_status(f->vault).keys, 3);
	free_box(&b);
}

static void does_not_tell_how_many_keys_there_are(void **state)
{
	struct fixture *f = *state;
	struct box b;
	struct buf empty = {0};

	make_box(f, &b);
	assert_int_equal(vault_export(f->vault, &empty, BUCKET + 1, b.to, ad, sizeof(ad), NULL),
			 TANU_OK);
	assert_int_equal(empty.len, b.bytes.len);
	buf_free(&empty);
	free_box(&b);
}

static void refuses_another_key_label_bucket_or_any_byte_changed(void **state)
{
	struct fixture *f = *state;
	struct box b;
	struct secret other;

	make_box(f, &b);
	begin_anew(f);
	other = b.key;
	other.b[9] ^= 1;
	assert_int_equal(vault_import(f->vault, BUCKET, &other, b.bytes.data, b.bytes.len, ad,
				      sizeof(ad), 7, NULL),
			 TANU_DAMAGED);
	assert_int_equal(vault_import(f->vault, BUCKET, &b.key, b.bytes.data, b.bytes.len, ad,
				      sizeof(ad) - 1, 7, NULL),
			 TANU_DAMAGED);
	assert_int_equal(vault_import(f->vault, BUCKET + 1, &b.key, b.bytes.data, b.bytes.len, ad,
				      sizeof(ad), 7, NULL),
			 TANU_DAMAGED);
	assert_int_equal(
	    vault_import(f->vault, BUCKET, &b.key, b.bytes.data, 20, ad, sizeof(ad), 7, NULL),
	    TANU_INPUT);
	for (size_t at = 0; at < b.bytes.len; at += 997) {
		b.bytes.data[at] ^= 1;
		assert_int_equal(bring_back(f, &b, NULL), TANU_DAMAGED);
		b.bytes.data[at] ^= 1;
	}
	assert_int_equal(vault_status(f->vault).keys, 0);
	assert_int_equal(bring_back(f, &b, NULL), TANU_OK);
	free_box(&b);
}

/* A box that somebody else has made, with a key in it that no backup may hold. */
static void refuses_keys_that_no_backup_may_hold(void **state)
{
	struct fixture *f = *state;
	const size_t len = bucket_payload_len(1);
	struct box b;
	struct keyset set = {0};
	struct key_name bio;
	struct buf bound = {0};
	uint8_t *payload = calloc(1, len), *forged = malloc(len + BOX_OVERHEAD);
	tanu_error err = {0};

	assert_true(payload && forged);
	make_box(f, &b);
	begin_anew(f);
	bio = key_of(&b.anna, KEY_BIO);
	assert_int_equal(keyset_init(&set, 1, NULL), TANU_OK);
	keyset_append(&set, &bio, &b.key);
	bucket_put_payload(payload, &set);
	buf_str(&bound, "tanu vault recovery 1");
	buf_put(&bound, ad, sizeof(ad));
	buf_u16le(&bound, BUCKET);
	assert_int_equal(box_seal(forged, len + BOX_OVERHEAD, b.to, payload, len, bound.data,
				  bound.len, &f->random, NULL),
			 TANU_OK);
	assert_int_equal(vault_import(f->vault, BUCKET, &b.key, forged, len + BOX_OVERHEAD, ad,
				      sizeof(ad), 7, &err),
			 TANU_INPUT);
	assert_non_null(strstr(err.message, "no backup may hold"));
	assert_false(vault_has_key(f->vault, &bio));
	keyset_free(&set);
	buf_free(&bound);
	free(payload);
	free(forged);
	free_box(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    VAULT_TEST(all_keys_but_those_of_faces_come_back),
	    VAULT_TEST(a_pass_key_stays_too),
	    VAULT_TEST(does_not_tell_how_many_keys_there_are),
	    VAULT_TEST(refuses_another_key_label_bucket_or_any_byte_changed),
	    VAULT_TEST(refuses_keys_that_no_backup_may_hold),
	};

	return cmocka_run_group_tests_name("vault/recovery", tests, NULL, NULL);
}
