/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/memory_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SIZES 300 /* every size and index up to here */

static const char *const inputs[] = {"",
				     "00",
				     "10",
				     "2021",
				     "3031",
				     "40414243",
				     "5051525354555657",
				     "606162636465666768696a6b6c6d6e6f"};

/* transparency-dev/merkle, testonly/constants.go: the roots of the first 0 to 8 of these leaves. */
static const char *const roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static void expect_hash(const tanu_hash *hash, const char *hex)
{
	uint8_t want[TANU_HASH_LEN];

	assert_true(hex_decode(want, sizeof(want), hex));
	assert_memory_equal(hash->b, want, sizeof(want));
}

static void fill_published(struct memory_log *log, size_t leaves)
{
	for (size_t i = 0; i < leaves; i++) {
		uint8_t bytes[16];
		size_t len = strlen(inputs[i]) / 2;

		assert_true(hex_decode(bytes, len, inputs[i]));
		memory_log_append(log, bytes, len);
	}
}

static struct memory_log *new_log(uint64_t leaves)
{
	struct memory_log *log = calloc(1, sizeof(*log));

	assert_non_null(log);
	for (uint64_t i = 0; i < leaves; i++)
		memory_log_append(log, &i, sizeof(i));
	return log;
}

static void published_hashes_of_a_leaf_and_a_node(void **state)
{
	tanu_hash h, left, right;

	(void)state;
	tanu_hash_leaf(&h, "L123456", 7);
	expect_hash(&h, "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
	/* The published node vector hashes 4-byte children, so it is built by hand. */
	sha256(h.b, "\x01N123N456", 9);
	expect_hash(&h, "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb");
	memset(&left, 1, sizeof(left));
	memset(&right, 2, sizeof(right));
	tanu_hash_node(&h, &left, &right);
	tanu_hash_node(&left, &right, &left);
	assert_memory_not_equal(&h, &left, sizeof(h));
}

static void published_roots(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_LEN(roots); n++) {
		struct memory_log *log = new_log(0);
		struct hash_source source = memory_log_source(log);
		tanu_hash root;

		fill_published(log, n);
		assert_int_equal(tree_root(&root, &source, n, NULL), TANU_OK);
		expect_hash(&root, roots[n]);
		free(log);
	}
}

static void expect_proof(const tanu_hash *proof, size_t len, const char *const *want,
			 size_t want_len)
{
	assert_int_equal(len, want_len);
	for (size_t i = 0; i < len; i++) {
		struct buf text = {0};

		base64_put(&text, proof[i].b, TANU_HASH_LEN);
		assert_string_equal(buf_cstr(&text), want[i]);
		buf_free(&text);
	}
}

/* transparency-dev/merkle, testdata/inclusion/2 and testdata/consistency/2. */
static void published_proofs(void **state)
{
	static const char *const inclusion[] = {"vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=",
						"yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=",
						"037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="};
	static const char *const consistency[] = {"DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=",
						  "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=",
						  "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="};
	struct memory_log *log = new_log(0);
	struct hash_source source = memory_log_source(log);
	tanu_hash proof[TANU_PROOF_MAX];
	size_t len = 0;

	(void)state;
	fill_published(log, 8);
	assert_int_equal(tree_prove_inclusion(proof, &len, &source, 5, 8, NULL), TANU_OK);
	expect_proof(proof, len, inclusion, ARRAY_LEN(inclusion));
	assert_int_equal(tree_prove_consistency(proof, &len, &source, 6, 8, NULL), TANU_OK);
	expect_proof(proof, len, consistency, ARRAY_LEN(consistency));
	free(log);
}

static void every_leaf_of_every_tree_is_proved(void **state)
{
	struct memory_log *log = new_log(SIZES);
	struct hash_source source = memory_log_source(log);

	(void)state;
	for (uint64_t size = 1; size <= SIZES; size++) {
		tanu_hash root;

		assert_int_equal(tree_root(&root, &source, size, NULL), TANU_OK);
		for (uint64_t i = 0; i < size; i++) {
			tanu_hash proof[TANU_PROOF_MAX];
			size_t len = 0;

			tree_prove_inclusion(proof, &len, &source, i, size, NULL);
			assert_int_equal(tanu_verify_inclusion(&log->hash[0][i], i, size, &root,
							       proof, len, NULL),
					 TANU_OK);
		}
	}
	free(log);
}

static void every_tree_grows_out_of_every_smaller_one(void **state)
{
	struct memory_log *log = new_log(SIZES);
	struct hash_source source = memory_log_source(log);
	static tanu_hash root[SIZES + 1];

	(void)state;
	for (uint64_t size = 1; size <= SIZES; size++)
		tree_root(&root[size], &source, size, NULL);
	for (uint64_t new = 1; new <= SIZES; new ++) {
		for (uint64_t old = 1; old <= new; old++) {
			tanu_hash proof[TANU_PROOF_MAX];
			size_t len = 0;

			tree_prove_consistency(proof, &len, &source, old, new, NULL);
			assert_int_equal(tanu_verify_consistency(old, &root[old], new, &root[new],
								 proof, len, NULL),
					 TANU_OK);
		}
	}
	free(log);
}

/* One inclusion proof, and every way to damage it by one step. */
static void refuses_a_damaged_inclusion_proof(void **state)
{
	enum { SIZE = 13, INDEX = 6 };
	struct memory_log *log = new_log(SIZE);
	struct hash_source source = memory_log_source(log);
	tanu_hash root, proof[TANU_PROOF_MAX + 1] = {0}, leaf = log->hash[0][INDEX];
	tanu_error err = {0};
	size_t len = 0;

	(void)state;
	tree_root(&root, &source, SIZE, NULL);
	tree_prove_inclusion(proof, &len, &source, INDEX, SIZE, NULL);
	for (size_t i = 0; i < len * TANU_HASH_LEN * 8; i++) {
		proof[i / 256].b[i / 8 % 32] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(tanu_verify_inclusion(&leaf, INDEX, SIZE, &root, proof, len, &err),
				 TANU_DAMAGED);
		proof[i / 256].b[i / 8 % 32] ^= (uint8_t)(1 << i % 8);
	}
	assert_int_equal(err.code, TANU_ERR_PROOF);
	for (uint64_t i = 0; i < SIZE + 3; i++)
		if (i != INDEX)
			assert_int_equal(
			    tanu_verify_inclusion(&leaf, i, SIZE, &root, proof, len, NULL),
			    TANU_DAMAGED);
	assert_int_equal(tanu_verify_inclusion(&leaf, INDEX, SIZE, &root, proof, len - 1, NULL),
			 TANU_DAMAGED);
	assert_int_equal(tanu_verify_inclusion(&leaf, INDEX, SIZE, &root, proof, len + 1, NULL),
			 TANU_DAMAGED);
	root.b[0] ^= 1;
	assert_int_equal(tanu_verify_inclusion(&leaf, INDEX, SIZE, &root, proof, len, NULL),
			 TANU_DAMAGED);
	root.b[0] ^= 1;
	leaf.b[31] ^= 1;
	assert_int_equal(tanu_verify_inclusion(&leaf, INDEX, SIZE, &root, proof, len, NULL),
			 TANU_DAMAGED);
	free(log);
}

static void refuses_a_damaged_consistency_proof(void **state)
{
	enum { OLD = 6, NEW = 13 };
	struct memory_log *log = new_log(NEW);
	struct hash_source source = memory_log_source(log);
	tanu_hash old, new, proof[TANU_PROOF_MAX + 1] = {0};
	size_t len = 0;

	(void)state;
	tree_root(&old, &source, OLD, NULL);
	tree_root(&new, &source, NEW, NULL);
	tree_prove_consistency(proof, &len, &source, OLD, NEW, NULL);
	for (size_t i = 0; i < len * TANU_HASH_LEN; i++) {
		proof[i / 32].b[i % 32] ^= 1;
		assert_int_equal(tanu_verify_consistency(OLD, &old, NEW, &new, proof, len, NULL),
				 TANU_DAMAGED);
		proof[i / 32].b[i % 32] ^= 1;
	}
	for (uint64_t size = 0; size <= NEW + 1; size++)
		if (size != OLD)
			assert_int_equal(
			    tanu_verify_consistency(size, &old, NEW, &new, proof, len, NULL),
			    TANU_DAMAGED);
	assert_int_equal(tanu_verify_consistency(OLD, &old, NEW, &new, proof, len - 1, NULL),
			 TANU_DAMAGED);
	assert_int_equal(tanu_verify_consistency(OLD, &old, NEW, &new, proof, len + 1, NULL),
			 TANU_DAMAGED);
	assert_int_equal(tanu_verify_consistency(OLD, &new, NEW, &new, proof, len, NULL),
			 TANU_DAMAGED);
	assert_int_equal(tanu_verify_consistency(NEW, &old, NEW, &new, NULL, 0, NULL),
			 TANU_DAMAGED);
	free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(published_hashes_of_a_leaf_and_a_node),
	    cmocka_unit_test(published_roots),
	    cmocka_unit_test(published_proofs),
	    cmocka_unit_test(every_leaf_of_every_tree_is_proved),
	    cmocka_unit_test(every_tree_grows_out_of_every_smaller_one),
	    cmocka_unit_test(refuses_a_damaged_inclusion_proof),
	    cmocka_unit_test(refuses_a_damaged_consistency_proof),
	};

	return cmocka_run_group_tests_name("tlog/tree", tests, NULL, NULL);
}
