/* SPDX-License-Identifier: Apache-2.0 */
/* fixture.h - a log in memory and a fork of it, signed checkpoints, a witness in a folder. */
#ifndef TESTS_WITNESS_FIXTURE_H
#define TESTS_WITNESS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/scratch.h"
#include "tlog/memory_log.h"
#include "witness/witness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORIGIN	     "example.org/face-log"
#define WITNESS_NAME "witness.example.org/w1"
#define LOG_VKEY     "example.org/face-log+4d0d8134+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
#define WITNESS_VKEY "witness.example.org/w1+f3c080b6+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"

/* The leaves of RFC 6962's test trees, then numbered ones; a fork differs from leaf `from` on. */
static inline void fill_log(struct memory_log *log, uint64_t size, uint64_t from)
{
	static const char *const first[] = {"",		"\0",	"\x10",	    "\x20\x21",
					    "\x30\x31", "@ABC", "PQRSTUVW", "`abcdefghijklmno"};
	static const size_t len[] = {0, 1, 1, 2, 2, 4, 8, 16};
	char entry[32];

	memset(log, 0, sizeof(*log));
	for (uint64_t i = 0; i < size; i++) {
		int n = snprintf(entry, sizeof(entry), "%s %llu", i < from ? "leaf" : "fork",
				 (unsigned long long)i);

		if (i < 8 && i < from)
			memory_log_append(log, first[i], len[i]);
		else
			memory_log_append(log, entry, (size_t)n);
	}
}

static inline void signer_of(struct signer *out, const char *name, tanu_key_kind kind,
			     uint8_t first)
{
	struct secret seed;

	for (size_t i = 0; i < sizeof(seed.b); i++)
		seed.b[i] = (uint8_t)(first + i);
	assert_int_equal(signer_init(out, name, kind, &seed, NULL), TANU_OK);
}

/* Signed by the log's key, or by another of the same name (`first` not 0). */
static inline void checkpoint_note(struct buf *out, struct memory_log *log, uint64_t size,
				   const char *origin, uint8_t first)
{
	struct hash_source source = memory_log_source(log);
	tanu_checkpoint c = {.size = size};
	struct signer signer;
	struct buf text = {0};

	snprintf(c.origin, sizeof(c.origin), "%s", origin);
	if (size == 0)
		tanu_hash_empty(&c.root);
	else
		assert_int_equal(tree_root(&c.root, &source, size, NULL), TANU_OK);
	signer_of(&signer, origin, TANU_KEY_ED25519, first);
	checkpoint_put(&text, &c);
	out->len = 0;
	assert_int_equal(note_sign(out, &signer, (const char *)text.data, text.len, NULL), TANU_OK);
	buf_free(&text);
}

/* A body with a right proof from `old` to `size`. */
static inline void submission_body(struct buf *out, struct memory_log *log, uint64_t old,
				   uint64_t size, const struct buf *note)
{
	struct hash_source source = memory_log_source(log);
	struct witness_submission s = {
	    .old_size = old, .note = (const char *)note->data, .note_len = note->len};
	tanu_hash proof[TANU_PROOF_MAX];

	if (old > 0 && old < size) {
		assert_int_equal(
		    tree_prove_consistency(proof, &s.proof_len, &source, old, size, NULL), TANU_OK);
		memcpy(s.proof, proof, s.proof_len * sizeof(proof[0]));
	}
	out->len = 0;
	witness_submission_put(out, &s);
}

/* Bytes 0x20, 0x21 ... as the seed of the published example. */
static inline void fill_seed(void *self, void *out, size_t len)
{
	(void)self;
	for (size_t i = 0; i < len; i++)
		((uint8_t *)out)[i] = (uint8_t)(0x20 + i);
}

static inline int64_t fixed_ms(void *self)
{
	(void)self;
	return 1700000000000;
}

/* A folder with the example's witness, which knows the example's log. */
static inline void make_witness(const char *folder)
{
	const struct random_source seed = {.fill = fill_seed};

	assert_int_equal(witness_create(folder, WITNESS_NAME, &seed, NULL), TANU_OK);
	assert_int_equal(witness_add_log(folder, LOG_VKEY, NULL), TANU_OK);
}

static inline struct witness *open_witness(const char *folder)
{
	const struct clock_source clock = {.now_ms = fixed_ms};
	struct witness *w = NULL;
	tanu_error err = {0};

	if (witness_open(&w, folder, &clock, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	return w;
}

/* Submit checkpoint `size` of `log` to a witness thought to be at `old`; the status. */
static inline int submit(struct witness *w, struct witness_reply *reply, struct memory_log *log,
			 uint64_t old, uint64_t size)
{
	struct buf note = {0}, body = {0};

	checkpoint_note(&note, log, size, ORIGIN, 0);
	submission_body(&body, log, old, size, &note);
	witness_add_checkpoint(w, reply, body.data, body.len);
	buf_free(&note);
	buf_free(&body);
	return reply->status;
}

#endif
