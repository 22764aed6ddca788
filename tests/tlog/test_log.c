/* SPDX-License-Identifier: Apache-2.0 */
/* A log as a user of the library reads it. */
#include "tlog/site_log.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static tanu_status read_file(void *self, uint8_t **bytes, size_t *len, const char *path, size_t max,
			     tanu_error *err)
{
	const struct memory_file *f = memory_file_find(self, path);

	(void)max; /* what is too long is for the library to refuse */
	if (!f)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, path, "not there");
	*bytes = malloc(f->len + 1);
	assert_non_null(*bytes);
	memcpy(*bytes, f->bytes, f->len);
	*len = f->len;
	return TANU_OK;
}

static tanu_status open_log(tanu_log **out, struct site_log *s, tanu_error *err)
{
	tanu_log_files files = {.read = read_file, .self = s->memory};
	tanu_policy *policy = NULL;
	tanu_status st;

	assert_int_equal(tanu_policy_parse(&policy, s->policy, strlen(s->policy), NULL), TANU_OK);
	st = tanu_log_open(out, &files, policy, err);
	tanu_policy_free(&policy);
	return st;
}

static tanu_status count(void *self, uint64_t index, const void *entry, size_t len,
			 const uint8_t *opening, tanu_error *err)
{
	size_t *n = self;

	(void)entry, (void)len, (void)err;
	assert_int_equal(index, n[0]);
	n[0]++;
	n[1] += opening != NULL;
	return TANU_OK;
}

static void a_log_is_opened_and_read(void **state)
{
	struct site_log *s = site_of_days(40);
	tanu_log *log = NULL;
	size_t n[2] = {0, 0}, note_len = 0;

	(void)state;
	assert_int_equal(open_log(&log, s, NULL), TANU_OK);
	assert_int_equal(tanu_log_checkpoint(log)->size, s->head.size);
	assert_int_equal(tanu_log_trust(log)->witnesses, 1);
	assert_int_equal(tanu_log_each(log, 0, s->head.size, 1, count, n, NULL), TANU_OK);
	assert_int_equal(n[0], s->head.size);
	assert_int_equal(n[1], s->head.size);
	n[0] = 300;
	n[1] = 0;
	assert_int_equal(tanu_log_each(log, 300, 310, 0, count, n, NULL), TANU_OK);
	assert_int_equal(n[0], 310);
	assert_int_equal(n[1], 0);
	assert_memory_equal(tanu_log_note(log, &note_len), "log.example/school\n", 19);
	assert_int_equal(note_len, memory_file_find(s->memory, "checkpoint")->len);
	tanu_log_close(&log);
	assert_null(log);
	tanu_log_close(&log);
	site_log_free(s);
}

/* The entry at `index`, kept. */
struct entry {
	uint8_t bytes[2048];
	size_t len;
};

static tanu_status keep(void *self, uint64_t index, const void *entry, size_t len,
			const uint8_t *opening, tanu_error *err)
{
	struct entry *e = self;

	(void)index, (void)opening, (void)err;
	assert_true(len <= sizeof(e->bytes));
	memcpy(e->bytes, entry, len);
	e->len = len;
	return TANU_OK;
}

static void its_proof_files_hold(void **state)
{
	struct site_log *s = site_of_days(20);
	tanu_policy *policy = NULL;
	tanu_log *log = NULL;
	tanu_log_proof proof;
	tanu_checkpoint checkpoint;
	tanu_checkpoint_trust trust;

	(void)state;
	assert_int_equal(tanu_policy_parse(&policy, s->policy, strlen(s->policy), NULL), TANU_OK);
	assert_int_equal(open_log(&log, s, NULL), TANU_OK);
	for (uint64_t i = 0; i < s->head.size; i += 7) {
		struct entry e;
		char *text = NULL;
		size_t len = 0;

		assert_int_equal(tanu_log_each(log, i, i + 1, 0, keep, &e, NULL), TANU_OK);
		assert_int_equal(tanu_log_prove_file(log, &text, &len, i, NULL), TANU_OK);
		assert_int_equal(strlen(text), len);
		assert_int_equal(tanu_log_proof_parse(&proof, text, len, NULL), TANU_OK);
		assert_int_equal(proof.index, i);
		assert_int_equal(tanu_log_proof_verify(policy, &checkpoint, &trust, &proof, e.bytes,
						       e.len, NULL),
				 TANU_OK);
		e.bytes[0] ^= 1;
		assert_int_equal(tanu_log_proof_verify(policy, &checkpoint, &trust, &proof, e.bytes,
						       e.len, NULL),
				 TANU_DAMAGED);
		free(text);
	}
	tanu_policy_free(&policy);
	tanu_log_close(&log);
	site_log_free(s);
}

static void it_continues_what_was_seen_before(void **state)
{
	struct site_log *s = site_of_days(40), *before = site_of_days(20), *longer;
	tanu_log *log = NULL;
	tanu_hash proof[TANU_PROOF_MAX];
	size_t len = 0;
	tanu_error err = {0};

	(void)state;
	longer = site_of_days(41);
	assert_int_equal(open_log(&log, s, NULL), TANU_OK);
	assert_int_equal(tanu_log_continues(log, &before->head, NULL), TANU_OK);
	assert_int_equal(tanu_log_continues(log, &s->head, NULL), TANU_OK);
	assert_int_equal(tanu_log_prove_growth(log, proof, &len, before->head.size, NULL), TANU_OK);
	assert_int_equal(tanu_verify_consistency(before->head.size, &before->head.root,
						 s->head.size, &s->head.root, proof, len, NULL),
			 TANU_OK);
	assert_int_equal(tanu_log_continues(log, &longer->head, &err), TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_LOG_FORK);
	before->head.root.b[0] ^= 1;
	assert_int_equal(tanu_log_continues(log, &before->head, &err), TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_LOG_FORK);
	before->head.origin[0] = 'L';
	assert_int_equal(tanu_log_continues(log, &before->head, &err), TANU_USAGE);
	tanu_log_close(&log);
	site_log_free(s);
	site_log_free(before);
	site_log_free(longer);
}

static void refuses_what_is_not_the_signed_tree(void **state)
{
	struct site_log *s = site_of_days(20);
	struct memory_file *f = memory_file_find(s->memory, "tile/1/000.p/1");
	tanu_log *log = NULL;
	tanu_error err = {0};
	size_t n[2] = {0, 0};

	(void)state;
	f->bytes[0] ^= 1;
	assert_int_equal(open_log(&log, s, &err), TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_LOG_DAMAGED);
	assert_null(log);
	f->bytes[0] ^= 1;
	f = memory_file_find(s->memory, "tile/entries/000");
	f->bytes[10] ^= 1;
	assert_int_equal(open_log(&log, s, NULL), TANU_OK);
	assert_int_equal(tanu_log_each(log, 0, 10, 0, count, n, &err), TANU_DAMAGED);
	tanu_log_close(&log);
	f = memory_file_find(s->memory, "tile/0/000");
	f->len++; /* there is room for one more */
	assert_int_equal(open_log(&log, s, NULL), TANU_OK);
	assert_int_equal(tanu_log_each(log, 0, 10, 0, count, n, &err), TANU_DAMAGED);
	tanu_log_close(&log);
	f = memory_file_find(s->memory, "checkpoint");
	f->bytes[f->len - 10] ^= 1;
	assert_true(open_log(&log, s, &err) < 0);
	strcpy(f->path, "gone");
	assert_int_equal(open_log(&log, s, &err), TANU_NOT_FOUND);
	assert_null(log);
	site_log_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_log_is_opened_and_read),
	    cmocka_unit_test(its_proof_files_hold),
	    cmocka_unit_test(it_continues_what_was_seen_before),
	    cmocka_unit_test(refuses_what_is_not_the_signed_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
