/* SPDX-License-Identifier: Apache-2.0 */
/* Trust policies, and the whole question of a proof file: is this entry in a log that I trust? */
#include "tlog/memory_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ENTRIES 21
#define INDEX	9

struct world {
	struct signer log, witness[3];
	char log_key[512], witness_key[3][512];
	struct buf checkpoint; /* signed by the log, cosigned by the first two witnesses */
	struct buf proof_file;
};

static void new_signer(struct signer *s, char *key, size_t key_len, const char *name,
		       tanu_key_kind kind, uint8_t fill)
{
	struct secret seed;
	struct buf text = {0};
	tanu_verifier v;

	memset(seed.b, fill, sizeof(seed.b));
	assert_int_equal(signer_init(s, name, kind, &seed, NULL), TANU_OK);
	signer_verifier(&v, s);
	verifier_put(&text, &v);
	snprintf(key, key_len, "%s", buf_cstr(&text));
	buf_free(&text);
}

static void make_proof_file(struct world *w)
{
	static struct memory_log log;
	struct hash_source source = memory_log_source(&log);
	tanu_checkpoint c = {.origin = "log.example/school", .size = ENTRIES};
	tanu_hash proof[TANU_PROOF_MAX];
	struct buf text = {0};
	size_t len = 0;

	memset(&log, 0, sizeof(log));
	for (uint8_t i = 0; i < ENTRIES; i++)
		memory_log_append(&log, &i, 1);
	tree_root(&c.root, &source, ENTRIES, NULL);
	tree_prove_inclusion(proof, &len, &source, INDEX, ENTRIES, NULL);
	checkpoint_put(&text, &c);
	assert_int_equal(note_sign(&w->checkpoint, &w->log, (char *)text.data, text.len, NULL), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(note_cosign(&w->checkpoint, &w->witness[i], (char *)text.data,
					     text.len, 1000 + (uint64_t)i, NULL),
				 0);
	log_proof_put(&w->proof_file, INDEX, proof, len, "hint", 4, (char *)w->checkpoint.data,
		      w->checkpoint.len);
	buf_free(&text);
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	new_signer(&w->log, w->log_key, sizeof(w->log_key), "log.example/school", TANU_KEY_ED25519,
		   1);
	for (uint8_t i = 0; i < 3; i++) {
		char name[32];

		snprintf(name, sizeof(name), "witness.example/%d", i + 1);
		new_signer(&w->witness[i], w->witness_key[i], sizeof(w->witness_key[i]), name,
			   TANU_KEY_COSIGNATURE, (uint8_t)(10 + i));
	}
	make_proof_file(w);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	buf_free(&w->checkpoint);
	buf_free(&w->proof_file);
	free(w);
	return 0;
}

/* The world's log and witnesses, then `tail`. */
static tanu_policy *policy_with(const struct world *w, const char *tail)
{
	char text[4096];
	tanu_policy *p = NULL;
	tanu_error err = {0};

	snprintf(text, sizeof(text),
		 "# a school's policy\nlog %s https://log.example/school\n\nwitness w1 %s\n"
		 "witness w2 %s https://witness.example\nwitness w3 %s # spare\n%s",
		 w->log_key, w->witness_key[0], w->witness_key[1], w->witness_key[2], tail);
	if (tanu_policy_parse(&p, text, strlen(text), &err) < 0)
		print_message("%s: %s\n", err.place, err.message);
	return p;
}

static tanu_status check_with(const struct world *w, const char *tail, tanu_checkpoint_trust *trust)
{
	tanu_policy *p = policy_with(w, tail);
	tanu_checkpoint c;
	tanu_checkpoint_trust t = {0};
	tanu_status st;

	assert_non_null(p);
	st =
	    tanu_policy_check(p, &c, &t, (const char *)w->checkpoint.data, w->checkpoint.len, NULL);
	tanu_policy_free(&p);
	assert_null(p);
	if (trust)
		*trust = t;
	return st;
}

static void quorums_count_witnesses_and_groups(void **state)
{
	struct world *w = *state;

	assert_int_equal(check_with(w, "quorum w1\n", NULL), TANU_OK);
	assert_int_equal(check_with(w, "quorum w3\n", NULL), TANU_REFUSED);
	assert_int_equal(check_with(w, "group g any w3 w2\nquorum g\n", NULL), TANU_OK);
	assert_int_equal(check_with(w, "group g all w1 w2 w3\nquorum g\n", NULL), TANU_REFUSED);
	assert_int_equal(check_with(w, "group g 2 w1 w2 w3\nquorum g\n", NULL), TANU_OK);
	assert_int_equal(check_with(w, "group a all w1 w3\ngroup b any a w2\nquorum b\n", NULL),
			 TANU_OK);
	assert_int_equal(check_with(w, "group a all w1 w3\ngroup b all a w2\nquorum b\n", NULL),
			 TANU_REFUSED);
}

static void trust_says_how_many_witnesses_and_since_when(void **state)
{
	tanu_checkpoint_trust t = {0};

	assert_int_equal(check_with(*state, "quorum w2\n", &t), TANU_OK);
	assert_int_equal(t.witnesses, 2);
	assert_int_equal(t.earliest_s, 1000);
	assert_int_equal(t.quorum_none, 0);
	assert_int_equal(check_with(*state, "quorum none\n", &t), TANU_OK);
	assert_int_equal(t.quorum_none, 1);
}

static void refuses_damaged_policies(void **state)
{
	static const char *const tails[] = {
	    "",
	    "quorum nobody\n",
	    "quorum w1\nquorum w2\n",
	    "group g 0 w1\nquorum g\n",
	    "group g 3 w1 w2\nquorum g\n",
	    "group g some w1\nquorum g\n",
	    "group g any later\nquorum g\n",
	    "group g any g\nquorum g\n",
	    "group w1 any w2\nquorum w1\n",
	    "group none any w2\nquorum none\n",
	    "trust me\nquorum w1\n",
	    "quorum\n",
	    "witness w4 not-a-key\nquorum w1\n",
	    "log not-a-key\nquorum w1\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(tails); i++)
		assert_null(policy_with(*state, tails[i]));
}

static void a_witness_is_no_log_and_a_log_no_witness(void **state)
{
	struct world *w = *state;
	char text[2048];
	tanu_policy *p = NULL;

	snprintf(text, sizeof(text), "log %s\nquorum none\n", w->witness_key[0]);
	assert_int_equal(tanu_policy_parse(&p, text, strlen(text), NULL), TANU_INPUT);
	snprintf(text, sizeof(text), "log %s\nwitness w %s\nquorum w\n", w->log_key, w->log_key);
	assert_int_equal(tanu_policy_parse(&p, text, strlen(text), NULL), TANU_INPUT);
}

static tanu_status verify_file(struct world *w, const char *bytes, size_t len, uint8_t entry)
{
	tanu_policy *p = policy_with(w, "quorum w1\n");
	tanu_log_proof proof;
	tanu_checkpoint c;
	tanu_checkpoint_trust t;
	tanu_status st = tanu_log_proof_parse(&proof, bytes, len, NULL);

	if (st >= 0)
		st = tanu_log_proof_verify(p, &c, &t, &proof, &entry, 1, NULL);
	tanu_policy_free(&p);
	return st;
}

static void a_proof_file_answers_for_its_entry_only(void **state)
{
	struct world *w = *state;
	const char *bytes = (const char *)w->proof_file.data;

	assert_int_equal(verify_file(w, bytes, w->proof_file.len, INDEX), TANU_OK);
	for (uint8_t i = 0; i < ENTRIES; i++)
		if (i != INDEX)
			assert_int_equal(verify_file(w, bytes, w->proof_file.len, i), TANU_DAMAGED);
}

/* Every byte but those of the comment field and of witnesses the quorum does not need. */
static void refuses_every_changed_byte_of_a_proof_file(void **state)
{
	struct world *w = *state;
	size_t len = w->proof_file.len;
	char *bytes = malloc(len);
	const char *text = (const char *)w->proof_file.data;
	size_t extra = (size_t)(strstr(buf_cstr(&w->proof_file), "extra ") + 6 - text);
	size_t second = (size_t)(strstr(text, "witness.example/2") - text);

	assert_non_null(bytes);
	for (size_t i = 0; i < second - 5; i++) {
		if (i >= extra && i < extra + 8)
			continue; /* not authenticated, says the format */
		memcpy(bytes, w->proof_file.data, len);
		bytes[i] ^= 1;
		assert_true(verify_file(w, bytes, len, INDEX) < 0);
	}
	free(bytes);
}

static void refuses_every_truncation_of_a_proof_file(void **state)
{
	struct world *w = *state;
	const char *text = buf_cstr(&w->proof_file);
	size_t enough = (size_t)(strstr(text, "\xE2\x80\x94 witness.example/2") - text);

	for (size_t len = 0; len < enough; len++)
		assert_true(verify_file(w, text, len, INDEX) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(quorums_count_witnesses_and_groups),
	    cmocka_unit_test(trust_says_how_many_witnesses_and_since_when),
	    cmocka_unit_test(refuses_damaged_policies),
	    cmocka_unit_test(a_witness_is_no_log_and_a_log_no_witness),
	    cmocka_unit_test(a_proof_file_answers_for_its_entry_only),
	    cmocka_unit_test(refuses_every_changed_byte_of_a_proof_file),
	    cmocka_unit_test(refuses_every_truncation_of_a_proof_file),
	};

	return cmocka_run_group_tests_name("tlog/policy", tests, set_up, tear_down);
}
