/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of a witness: making it, adding logs, one owner. */
#include "witness/fixture.h"

#include <sys/stat.h>
#include <unistd.h>

static struct memory_log honest;

static void makes_a_folder_with_a_key(void **state)
{
	const struct random_source random = os_random();
	const char *folder = scratch_path(state, "w");
	struct witness *w = NULL;
	struct stat info;
	tanu_verifier v;

	assert_int_equal(witness_create(folder, "witness.example/1", &random, NULL), TANU_OK);
	assert_int_equal(stat(scratch_path(state, "w/witness.key"), &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_int_equal(stat(folder, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	assert_int_equal(witness_open(&w, folder, NULL, NULL), TANU_OK);
	witness_verifier(&v, w);
	assert_string_equal(v.name, "witness.example/1");
	assert_int_equal(v.kind, TANU_KEY_COSIGNATURE);
	witness_close(&w);
	assert_int_equal(witness_create(folder, "witness.example/2", &random, NULL), TANU_USAGE);
}

static void the_examples_key_is_the_examples(void **state)
{
	const char *folder = scratch_path(state, "w");
	struct buf vkey = {0};
	struct witness *w;
	tanu_verifier v;

	make_witness(folder);
	w = open_witness(folder);
	witness_verifier(&v, w);
	verifier_put(&vkey, &v);
	assert_string_equal(buf_cstr(&vkey), WITNESS_VKEY);
	buf_free(&vkey);
	witness_close(&w);
}

static void refuses_names_that_are_none(void **state)
{
	static const char *const bad[] = {"", "two words", "plus+plus", "line\nfeed"};
	const struct random_source random = os_random();

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(witness_create(scratch_path(state, "w"), bad[i], &random, NULL),
				 TANU_INPUT);
	assert_false(os_exists(scratch_path(state, "w")));
}

static void has_one_owner(void **state)
{
	const char *folder = scratch_path(state, "w");
	struct witness *w, *second = NULL;

	make_witness(folder);
	w = open_witness(folder);
	assert_int_equal(witness_open(&second, folder, NULL, NULL), TANU_BUSY);
	witness_close(&w);
	assert_int_equal(witness_open(&second, folder, NULL, NULL), TANU_OK);
	witness_close(&second);
}

static void says_where_there_is_no_witness(void **state)
{
	struct witness *w = NULL;
	tanu_error err = {0};

	assert_int_equal(witness_open(&w, *state, NULL, &err), TANU_NOT_FOUND);
	assert_non_null(strstr(err.message, "tanu witness init"));
	assert_int_equal(witness_add_log(*state, LOG_VKEY, NULL), TANU_NOT_FOUND);
	assert_null(w);
}

static void a_damaged_key_opens_nothing(void **state)
{
	static const char *const bad[] = {
	    "", "PRIVATE+KEY+x",
	    ("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+"
	     "Y7hfZx09iUvxdXHKDFz\n")};
	const char *folder = scratch_path(state, "w");
	struct witness *w = NULL;

	make_witness(folder);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		file_write(scratch_path(state, "w/witness.key"), bad[i]);
		assert_int_equal(witness_open(&w, folder, NULL, NULL), TANU_INPUT);
	}
	assert_null(w);
}

static void adding_a_log_twice_is_adding_it_once(void **state)
{
	const char *folder = scratch_path(state, "w");
	struct witness_reply reply = {0};
	struct witness *w;

	make_witness(folder);
	assert_int_equal(witness_add_log(folder, LOG_VKEY, NULL), TANU_OK);
	w = open_witness(folder);
	assert_int_equal(submit(w, &reply, &honest, 0, 8), 200);
	/* It does not begin anew either. */
	assert_int_equal(witness_add_log(folder, LOG_VKEY, NULL), TANU_OK);
	assert_int_equal(submit(w, &reply, &honest, 0, 9), 409);
	buf_free(&reply.body);
	witness_close(&w);
}

static void refuses_keys_that_are_no_logs(void **state)
{
	static const char *const bad[] = {"", "x",
					  ORIGIN "+00000000+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6U"
						 "NXx3chmQSVTG4"};
	const char *folder = scratch_path(state, "w");

	make_witness(folder);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(witness_add_log(folder, bad[i], NULL), TANU_INPUT);
	assert_int_equal(witness_add_log(folder, WITNESS_VKEY, NULL), TANU_USAGE);
}

static void a_log_has_so_many_keys(void **state)
{
	const char *folder = scratch_path(state, "w");
	tanu_status st = TANU_OK;
	int added = 0;

	make_witness(folder);
	for (uint8_t i = 1; st == TANU_OK; i++) {
		struct signer signer;
		struct buf vkey = {0};
		tanu_verifier v;

		signer_of(&signer, ORIGIN, TANU_KEY_ED25519, (uint8_t)(i * 3));
		signer_verifier(&v, &signer);
		verifier_put(&vkey, &v);
		st = witness_add_log(folder, buf_cstr(&vkey), NULL);
		buf_free(&vkey);
		added += st == TANU_OK;
	}
	assert_int_equal(st, TANU_USAGE);
	assert_int_equal(added, 15);
}

static void a_damaged_list_of_keys_is_noticed(void **state)
{
	static const char *const bad[] = {
	    "", "x\n", LOG_VKEY, WITNESS_VKEY "\n",
	    ("other+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2"
	     "k\n")};
	const char *folder = scratch_path(state, "w");
	struct witness_reply reply = {0};
	uint8_t digest[DIGEST_LEN];
	char hash[65], path[600];
	struct witness *w;

	make_witness(folder);
	sha256(digest, ORIGIN, strlen(ORIGIN));
	hex_encode(hash, digest, sizeof(digest));
	snprintf(path, sizeof(path), "%s/w/logs/%s/keys", (const char *)*state, hash);
	w = open_witness(scratch_path(state, "w"));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		file_write(path, bad[i]);
		assert_int_equal(submit(w, &reply, &honest, 0, 8), 500);
		assert_int_equal(reply.error.code, TANU_ERR_WITNESS);
		assert_int_equal(witness_add_log(scratch_path(state, "w"), LOG_VKEY, NULL),
				 TANU_DAMAGED);
	}
	file_write(path, LOG_VKEY "\n");
	assert_int_equal(submit(w, &reply, &honest, 0, 8), 200);
	buf_free(&reply.body);
	witness_close(&w);
}

struct seen {
	size_t count;
	uint64_t size;
	char origin[TANU_ORIGIN_MAX];
};

static tanu_status note_log(void *self, const char *origin, const tanu_checkpoint *last,
			    tanu_error *err)
{
	struct seen *seen = self;

	(void)err;
	seen->count++;
	seen->size = last->size;
	snprintf(seen->origin, sizeof(seen->origin), "%s", origin);
	return TANU_OK;
}

static void lists_its_logs(void **state)
{
	const char *folder = scratch_path(state, "w");
	struct witness_reply reply = {0};
	struct seen seen = {0};
	struct witness *w;

	make_witness(folder);
	w = open_witness(folder);
	assert_int_equal(witness_each_log(w, note_log, &seen, NULL), TANU_OK);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.size, 0);
	assert_string_equal(seen.origin, ORIGIN);
	assert_int_equal(submit(w, &reply, &honest, 0, 8), 200);
	assert_int_equal(witness_each_log(w, note_log, &seen, NULL), TANU_OK);
	assert_int_equal(seen.size, 8);
	buf_free(&reply.body);
	witness_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)
	    T(makes_a_folder_with_a_key),
	    T(the_examples_key_is_the_examples),
	    T(refuses_names_that_are_none),
	    T(has_one_owner),
	    T(says_where_there_is_no_witness),
	    T(a_damaged_key_opens_nothing),
	    T(adding_a_log_twice_is_adding_it_once),
	    T(refuses_keys_that_are_no_logs),
	    T(a_log_has_so_many_keys),
	    T(a_damaged_list_of_keys_is_noticed),
	    T(lists_its_logs),
	};

	fill_log(&honest, 20, 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
