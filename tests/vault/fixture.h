/* SPDX-License-Identifier: Apache-2.0 */
/* fixture.h - a keys folder in a temporary place, with people, a clock, a ledger and a permit book.
 */
#ifndef TESTS_VAULT_FIXTURE_H
#define TESTS_VAULT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault/vault.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUARTER 8104 /* 2026, first */

struct fixture {
	char base[64];
	char keys[80];
	struct random_source random;
	uint64_t sequence; /* of every subject's ledger */
	struct permit_book *book;
	struct vault *vault;
	const struct chip_source *chip; /* NULL: the root is in files */
};

static inline int64_t fixture_now(void *self)
{
	(void)self;
	return 1767254400000;
}

static inline tanu_status fixture_sequence(void *self, uint64_t *out, const tanu_id *subject,
					   tanu_error *err)
{
	(void)subject;
	(void)err;
	*out = ((struct fixture *)self)->sequence;
	return TANU_OK;
}

static inline int remove_entry(const char *path, const struct stat *info, int flag,
			       struct FTW *where)
{
	(void)info;
	(void)flag;
	(void)where;
	return remove(path);
}

static inline void remove_tree(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static inline tanu_status fixture_open(struct fixture *f, tanu_error *err)
{
	vault_close(&f->vault);
	return vault_open(&f->vault, f->keys, f->book, &f->random, f->chip, err);
}

static inline void fixture_reopen(struct fixture *f)
{
	tanu_error err = {0};

	if (fixture_open(f, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
}

/* Everything but the folder. */
static inline int fixture_prepare(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct clock_source clock = {.now_ms = fixture_now};
	const struct permit_ledger ledger = {.sequence = fixture_sequence, .self = f};

	if (!f || crypto_init(NULL) < 0)
		return -1;
	/* In memory where there is such a place: a keys folder is made with some seventy fsyncs. */
	snprintf(f->base, sizeof(f->base), "%s/tanu-vault-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(f->base))
		return -1;
	snprintf(f->keys, sizeof(f->keys), "%s/keys", f->base);
	f->random = os_random();
	f->sequence = 1;
	*state = f;
	return permit_book_open(&f->book, &clock, &f->random, &ledger, NULL);
}

static inline int fixture_set_up(void **state)
{
	struct fixture *f;

	if (fixture_prepare(state) < 0)
		return -1;
	f = *state;
	if (vault_create(f->keys, &f->random, f->chip, 0, NULL) < 0)
		return -1;
	return fixture_open(f, NULL);
}

static inline int fixture_tear_down(void **state)
{
	struct fixture *f = *state;

	vault_close(&f->vault);
	permit_book_close(&f->book);
	remove_tree(f->base);
	free(f);
	return 0;
}

#define VAULT_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

/* Person `n` of bucket `bucket`. */
static inline tanu_id person(unsigned bucket, unsigned n)
{
	tanu_id id = {{0}};

	id.b[0] = (uint8_t)(bucket << 4);
	id.b[1] = (uint8_t)(n >> 8);
	id.b[2] = (uint8_t)n;
	return id;
}

static inline struct key_name key_of(const tanu_id *subject, enum key_kind kind)
{
	return (struct key_name){.subject = *subject,
				 .kind = kind,
				 .quarter = kind == KEY_HISTORY ? QUARTER
					    : kind == KEY_PASS	? 1
								: 0};
}

/* The four keys that every enrolled person has. */
static inline void four_keys(struct key_name out[4], const tanu_id *subject)
{
	for (unsigned kind = KEY_BIO; kind <= KEY_LOG; kind++)
		out[kind - 1] = key_of(subject, (enum key_kind)kind);
}

static inline void add_person(struct fixture *f, const tanu_id *subject)
{
	struct key_name names[4];

	four_keys(names, subject);
	assert_int_equal(vault_add_keys(f->vault, names, 4, 1, NULL), TANU_OK);
}

static inline size_t count_keys_of(const struct fixture *f, const tanu_id *subject)
{
	struct key_name names[4];
	size_t n = 0;

	four_keys(names, subject);
	for (size_t i = 0; i < 4; i++)
		n += vault_has_key(f->vault, &names[i]);
	return n;
}

/* Text sealed under a person's profile key, for seeing whether that key still exists. */
static inline void seal_text(struct fixture *f, struct buf *out, const tanu_id *subject)
{
	const struct key_name name = key_of(subject, KEY_PROFILE);

	assert_int_equal(vault_seal(f->vault, out, &name, subject, 1, "text", 4, NULL), TANU_OK);
}

static inline tanu_status unseal_text(struct fixture *f, const struct buf *sealed,
				      const tanu_id *subject)
{
	const struct key_name name = key_of(subject, KEY_PROFILE);
	struct buf plain = {0};
	tanu_status st =
	    vault_unseal(f->vault, &plain, &name, subject, 1, sealed->data, sealed->len, NULL);

	if (st == TANU_OK) {
		assert_int_equal(plain.len, 4);
		assert_memory_equal(plain.data, "text", 4);
	}
	buf_wipe(&plain);
	return st;
}

/* Every file of a folder, held in memory. */
#define SNAPSHOT_MAX 80
struct snapshot {
	const char *dir;
	size_t count;
	struct {
		char name[64];
		struct buf bytes;
	} file[SNAPSHOT_MAX];
};

static inline tanu_status snapshot_add(void *self, const char *name, tanu_error *err)
{
	struct snapshot *s = self;
	char path[256];

	assert_true(s->count < SNAPSHOT_MAX);
	snprintf(s->file[s->count].name, sizeof(s->file[0].name), "%s", name);
	snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	return os_read_file(&s->file[s->count++].bytes, path, 1 << 24, err);
}

static inline struct snapshot *snapshot_take(const char *dir)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->dir = dir;
	assert_int_equal(os_list_dir(dir, snapshot_add, s, NULL), TANU_OK);
	return s;
}

static inline const struct buf *snapshot_file(const struct snapshot *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->file[i].name, name) == 0)
			return &s->file[i].bytes;
	return NULL;
}

static inline void put_file(const char *dir, const char *name, const void *bytes, size_t len)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static inline void snapshot_put(const struct snapshot *s, const char *name, const char *dir)
{
	const struct buf *bytes = snapshot_file(s, name);

	assert_non_null(bytes);
	put_file(dir, name, bytes->data, bytes->len);
}

/* The folder becomes what it was, down to the last file. */
static inline void snapshot_restore(const struct snapshot *s)
{
	remove_tree(s->dir);
	assert_int_equal(os_make_dir(s->dir, 0700, NULL), TANU_OK);
	for (size_t i = 0; i < s->count; i++)
		snapshot_put(s, s->file[i].name, s->dir);
}

static inline void snapshot_free(struct snapshot *s)
{
	for (size_t i = 0; i < s->count; i++)
		buf_wipe(&s->file[i].bytes);
	free(s);
}

static inline bool file_is_there(const struct fixture *f, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", f->keys, name);
	return os_exists(path);
}

#endif
