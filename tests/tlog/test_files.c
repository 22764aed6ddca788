/* SPDX-License-Identifier: Apache-2.0 */
/* A log's files against the plain definition of its tree. */
#include "tlog/memory_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SIZES 300

/* Entry i: its number, then i % 5 bytes more. */
struct sample {
	uint8_t entry[16];
	uint8_t opening[TANU_OPENING_LEN];
};

static struct sample *samples;
static tanu_hash *leaves;
static struct log_item *items;
#define SAMPLES (65536 + 300)

static int make_samples(void **state)
{
	(void)state;
	samples = calloc(SAMPLES, sizeof(*samples));
	leaves = calloc(SAMPLES, sizeof(*leaves));
	items = calloc(SAMPLES, sizeof(*items));
	assert_true(samples && leaves && items);
	for (uint64_t i = 0; i < SAMPLES; i++) {
		memcpy(samples[i].entry, &i, sizeof(i));
		memset(samples[i].opening, (int)(i % 250) + 1, TANU_OPENING_LEN);
		items[i] = (struct log_item){.entry = samples[i].entry,
					     .entry_len = sizeof(i) + i % 5,
					     .opening = i % 7 ? samples[i].opening : NULL};
		tanu_hash_leaf(&leaves[i], items[i].entry, items[i].entry_len);
	}
	return 0;
}

static int free_samples(void **state)
{
	(void)state;
	free(samples);
	free(leaves);
	free(items);
	return 0;
}

/* RFC 6962, section 2.1, as it is written there. */
static void plain_root(tanu_hash *out, const tanu_hash *d, size_t n)
{
	tanu_hash left, right;
	size_t k = 1;

	if (n == 0) {
		tanu_hash_empty(out);
		return;
	}
	if (n == 1) {
		*out = *d;
		return;
	}
	while (k * 2 < n)
		k *= 2;
	plain_root(&left, d, k);
	plain_root(&right, d + k, n - k);
	tanu_hash_node(out, &left, &right);
}

/* Files of the first `size` entries, in batches of `batch`. */
static struct memory_files *written(struct log_files *files, uint64_t size, uint64_t batch)
{
	struct memory_files *m = memory_files_new(files);

	for (uint64_t at = 0; at < size;) {
		uint64_t n = size - at < batch ? size - at : batch;

		assert_int_equal(log_extend(files, at, items + at, n, NULL), TANU_OK);
		at += n;
	}
	return m;
}

static void expect_root(const struct log_files *files, uint64_t size)
{
	struct log_reader *reader = NULL;
	tanu_hash want, have;

	plain_root(&want, leaves, size);
	assert_int_equal(log_extended_root(&have, files, size, NULL, 0, NULL), TANU_OK);
	assert_memory_equal(&have, &want, sizeof(want));
	assert_int_equal(log_reader_open(&reader, files, size, NULL), TANU_OK);
	assert_int_equal(log_reader_trust(reader, &want, NULL), TANU_OK);
	log_reader_close(&reader);
}

static tanu_status same_entry(void *self, uint64_t index, const void *entry, size_t len,
			      const uint8_t *opening, tanu_error *err)
{
	static const uint8_t zeros[TANU_OPENING_LEN];
	uint64_t *next = self;

	(void)err;
	assert_int_equal(index, *next);
	assert_int_equal(len, items[index].entry_len);
	assert_memory_equal(entry, items[index].entry, len);
	assert_non_null(opening);
	assert_memory_equal(opening, items[index].opening ? items[index].opening : zeros,
			    TANU_OPENING_LEN);
	(*next)++;
	return TANU_OK;
}

static void expect_entries(const struct log_files *files, uint64_t size, uint64_t first,
			   uint64_t end)
{
	struct log_reader *reader = NULL;
	uint64_t next = first;

	assert_int_equal(log_reader_open(&reader, files, size, NULL), TANU_OK);
	assert_int_equal(log_reader_each(reader, first, end, same_entry, &next, NULL), TANU_OK);
	assert_int_equal(next, end);
	log_reader_close(&reader);
}

static void every_size_in_any_batches(void **state)
{
	static const uint64_t batches[] = {1, 16, 48, 255, 256, 257, 1000};

	(void)state;
	for (size_t b = 0; b < ARRAY_LEN(batches); b++) {
		struct log_files files;
		struct memory_files *m = memory_files_new(&files);
		uint64_t size = 0;

		while (size < 800) {
			tanu_hash ahead, want;

			assert_int_equal(
			    log_extended_root(&ahead, &files, size, items + size, batches[b], NULL),
			    TANU_OK);
			assert_int_equal(log_extend(&files, size, items + size, batches[b], NULL),
					 TANU_OK);
			size += batches[b];
			plain_root(&want, leaves, size);
			assert_memory_equal(&ahead, &want, sizeof(want));
			expect_root(&files, size);
		}
		expect_entries(&files, size, 0, size);
		expect_entries(&files, size, 255, 513);
		expect_entries(&files, size, 256, 256);
		memory_files_free(m);
	}
}

/* c2sp.org/tlog-tiles: the files of a tree of 70,000 are those of its example. */
static void the_files_are_those_of_the_format(void **state)
{
	struct log_files files;
	struct memory_files *m = written(&files, 256, 256);

	(void)state;
	assert_non_null(memory_file_find(m, "tile/0/000"));
	assert_non_null(memory_file_find(m, "tile/1/000.p/1"));
	assert_non_null(memory_file_find(m, "tile/entries/000"));
	assert_non_null(memory_file_find(m, "opening/000"));
	assert_int_equal(m->len, 4);
	assert_int_equal(memory_file_find(m, "tile/0/000")->len, 8192);
	assert_int_equal(memory_file_find(m, "opening/000")->len, 256 * 512);
	memory_files_free(m);
	m = written(&files, 70, 70);
	assert_non_null(memory_file_find(m, "tile/0/000.p/70"));
	assert_non_null(memory_file_find(m, "tile/entries/000.p/70"));
	assert_int_equal(m->len, 3);
	memory_files_free(m);
}

static void two_levels_of_tiles_fill(void **state)
{
	static const uint64_t sizes[] = {65535, 65536, 65537, SAMPLES};
	struct log_files files;
	struct memory_files *m = written(&files, 65000, 4096);
	uint64_t at = 65000;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		assert_int_equal(log_extend(&files, at, items + at, sizes[i] - at, NULL), TANU_OK);
		at = sizes[i];
		expect_root(&files, at);
	}
	assert_non_null(memory_file_find(m, "tile/1/000"));
	assert_non_null(memory_file_find(m, "tile/2/000.p/1"));
	assert_non_null(memory_file_find(m, "tile/entries/257.p/44"));
	expect_entries(&files, at, 65400, at);
	memory_files_free(m);
}

static void every_inclusion_is_proved_from_files(void **state)
{
	struct log_files files;
	struct memory_files *m = written(&files, SIZES, 1);

	(void)state;
	for (uint64_t size = 1; size <= SIZES; size++) {
		struct log_reader *reader = NULL;
		struct hash_source source;
		tanu_hash root;

		assert_int_equal(log_reader_open(&reader, &files, size, NULL), TANU_OK);
		plain_root(&root, leaves, size);
		assert_int_equal(log_reader_trust(reader, &root, NULL), TANU_OK);
		source = log_reader_hashes(reader);
		for (uint64_t i = 0; i < size; i++) {
			tanu_hash proof[TANU_PROOF_MAX];
			size_t len = 0;

			assert_int_equal(tree_prove_inclusion(proof, &len, &source, i, size, NULL),
					 TANU_OK);
			assert_int_equal(
			    tanu_verify_inclusion(&leaves[i], i, size, &root, proof, len, NULL),
			    TANU_OK);
		}
		log_reader_close(&reader);
	}
	memory_files_free(m);
}

static void every_growth_is_proved_from_files(void **state)
{
	struct log_files files;
	struct memory_files *m = written(&files, SIZES, SIZES);
	static tanu_hash roots[SIZES + 1];

	(void)state;
	for (uint64_t size = 0; size <= SIZES; size++)
		plain_root(&roots[size], leaves, size);
	/* Smaller trees are read from the larger one's files only where those are full. */
	for (uint64_t size = SIZES; size > 0; size -= size == SIZES ? SIZES - 256 : 256) {
		struct log_reader *reader = NULL;
		struct hash_source source;

		assert_int_equal(log_reader_open(&reader, &files, size, NULL), TANU_OK);
		source = log_reader_hashes(reader);
		for (uint64_t old = 1; old <= size; old++) {
			tanu_hash proof[TANU_PROOF_MAX];
			size_t len = 0;

			assert_int_equal(
			    tree_prove_consistency(proof, &len, &source, old, size, NULL), TANU_OK);
			assert_int_equal(tanu_verify_consistency(old, &roots[old], size,
								 &roots[size], proof, len, NULL),
					 TANU_OK);
		}
		log_reader_close(&reader);
	}
	memory_files_free(m);
}

static void doing_it_again_changes_nothing(void **state)
{
	struct log_files files, once_files;
	struct memory_files *m = written(&files, 500, 250);
	struct memory_files *once = written(&once_files, 500, 250);
	size_t writes = m->writes;

	(void)state;
	assert_int_equal(log_extend(&files, 250, items + 250, 250, NULL), TANU_OK);
	assert_int_equal(log_extend(&files, 0, items, 250, NULL), TANU_OK);
	assert_int_equal(m->writes, writes);
	assert_true(memory_files_equal(m, once));
	memory_files_free(m);
	memory_files_free(once);
}

/* A batch cut short at each of its writes, then done again. */
static void a_batch_may_stop_anywhere(void **state)
{
	struct log_files files, whole_files;
	struct memory_files *whole = written(&whole_files, 600, 200);
	size_t stop = 1;
	tanu_status st = TANU_SYSTEM;

	(void)state;
	for (; st < 0; stop++) {
		struct memory_files *m = written(&files, 400, 200);

		m->fail_after = m->writes + stop;
		st = log_extend(&files, 400, items + 400, 200, NULL);
		m->fail_after = 0;
		assert_int_equal(log_extend(&files, 400, items + 400, 200, NULL), TANU_OK);
		assert_true(memory_files_equal(m, whole));
		memory_files_free(m);
	}
	assert_in_range(stop, 8, 20);
	memory_files_free(whole);
}

static void a_smaller_log_is_read_in_full_tiles(void **state)
{
	struct log_files files;
	struct memory_files *m = written(&files, 300, 300);

	(void)state;
	expect_root(&files, 256);
	/* 100 was never published: tile/0/000 stands in for tile/0/000.p/100. */
	expect_root(&files, 100);
	expect_entries(&files, 100, 0, 100);
	/* And a batch at 100 goes on from there. */
	assert_int_equal(log_extend(&files, 100, items + 100, 200, NULL), TANU_OK);
	expect_root(&files, 300);
	memory_files_free(m);
}

static void other_leaves_are_never_written_over(void **state)
{
	struct log_files files, before_files;
	struct memory_files *m = written(&files, 300, 300);
	struct memory_files *before = written(&before_files, 300, 300);
	struct log_item other = {.entry = "other", .entry_len = 5};
	tanu_error err = {0};

	(void)state;
	assert_int_equal(log_extend(&files, 299, &other, 1, &err), TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_LOG_DAMAGED);
	assert_true(memory_files_equal(m, before));
	memory_files_free(m);
	memory_files_free(before);
}

static void fill_ff(void *self, void *out, size_t len)
{
	(void)self;
	memset(out, 0xFF, len);
}

static const struct random_source all_ff = {.fill = fill_ff};

static void erased_slots_stay_erased(void **state)
{
	static const uint64_t gone[] = {3, 255, 256, 299, 5000};
	struct log_files files;
	struct memory_files *m = written(&files, 300, 300);
	const struct memory_file *first, *second;
	uint8_t ff[TANU_OPENING_LEN];

	(void)state;
	memset(ff, 0xFF, sizeof(ff));
	assert_int_equal(log_erase_openings(&files, &all_ff, gone, ARRAY_LEN(gone), NULL), TANU_OK);
	assert_int_equal(log_extend(&files, 0, items, 300, NULL), TANU_OK);
	first = memory_file_find(m, "opening/000");
	second = memory_file_find(m, "opening/001");
	assert_int_equal(first->len, 256 * TANU_OPENING_LEN);
	assert_int_equal(second->len, 44 * TANU_OPENING_LEN);
	assert_memory_equal(first->bytes + 3 * TANU_OPENING_LEN, ff, sizeof(ff));
	assert_memory_equal(first->bytes + 255 * TANU_OPENING_LEN, ff, sizeof(ff));
	assert_memory_equal(second->bytes, ff, sizeof(ff));
	assert_memory_equal(second->bytes + 43 * TANU_OPENING_LEN, ff, sizeof(ff));
	assert_memory_equal(first->bytes + 4 * TANU_OPENING_LEN, samples[4].opening, sizeof(ff));
	assert_memory_equal(first->bytes + 2 * TANU_OPENING_LEN, samples[2].opening, sizeof(ff));
	assert_memory_equal(second->bytes + TANU_OPENING_LEN, samples[257].opening, sizeof(ff));
	assert_null(memory_file_find(m, "opening/019"));
	memory_files_free(m);
}

static void openings_before_the_batch_must_be_there(void **state)
{
	struct log_files files;
	struct memory_files *m = written(&files, 300, 300);
	tanu_error err = {0};

	(void)state;
	memory_file_find(m, "opening/001")->len -= TANU_OPENING_LEN;
	assert_int_equal(log_extend(&files, 300, items + 300, 16, &err), TANU_DAMAGED);
	assert_string_equal(err.place, "opening/001");
	memory_files_free(m);
}

static tanu_status count_openings(void *self, uint64_t index, const void *entry, size_t len,
				  const uint8_t *opening, tanu_error *err)
{
	size_t *missing = self;

	(void)index, (void)entry, (void)len, (void)err;
	*missing += !opening;
	return TANU_OK;
}

static void missing_openings_are_told(void **state)
{
	struct log_files files;
	struct memory_files *m = written(&files, 600, 600);
	struct log_reader *reader = NULL;
	size_t missing = 0;

	(void)state;
	memory_file_find(m, "opening/000")->len -= 2 * TANU_OPENING_LEN;
	strcpy(memory_file_find(m, "opening/002")->path, "gone");
	assert_int_equal(log_reader_open(&reader, &files, 600, NULL), TANU_OK);
	assert_int_equal(log_reader_each(reader, 0, 600, count_openings, &missing, NULL), TANU_OK);
	assert_int_equal(missing, 2 + 88);
	log_reader_close(&reader);
	memory_files_free(m);
}

/* Everything a verifier reads: the root, a walk, a proof of each leaf. */
static tanu_status read_all(const struct log_files *files, uint64_t size, tanu_error *err)
{
	struct log_reader *reader = NULL;
	struct hash_source source;
	tanu_hash root;
	size_t missing = 0;
	tanu_status st = log_reader_open(&reader, files, size, err);

	plain_root(&root, leaves, size);
	if (st >= 0 && (st = log_reader_trust(reader, &root, err)) >= 0)
		st = log_reader_each(reader, 0, size, count_openings, &missing, err);
	source = log_reader_hashes(reader);
	for (uint64_t i = 0; st >= 0 && i < size; i++) {
		tanu_hash proof[TANU_PROOF_MAX];
		size_t len = 0;

		if ((st = tree_prove_inclusion(proof, &len, &source, i, size, err)) >= 0)
			assert_int_equal(
			    tanu_verify_inclusion(&leaves[i], i, size, &root, proof, len, NULL),
			    TANU_OK);
	}
	log_reader_close(&reader);
	return st;
}

enum damage { FLIP_FIRST, FLIP_MIDDLE, FLIP_LAST, CUT, CUT_ONE, GROW, MISSING, EMPTY, DAMAGES };

static void do_damage(struct memory_files *m, size_t i, enum damage how)
{
	struct memory_file *f = &m->file[i];
	size_t at = how == FLIP_FIRST ? 0 : how == FLIP_MIDDLE ? f->len / 2 : f->len - 1;

	switch (how) {
	case FLIP_FIRST:
	case FLIP_MIDDLE:
	case FLIP_LAST:
		f->bytes[at] ^= 0x40;
		break;
	case CUT:
		f->len -= f->len > 32 ? 32 : 1;
		break;
	case CUT_ONE:
		f->len--;
		break;
	case GROW:
		f->bytes[f->len++] = 0; /* there is room for one more */
		break;
	case MISSING:
		strcpy(f->path, "gone");
		break;
	case EMPTY:
		f->len = 0;
		break;
	default:
		break;
	}
}

static void every_damaged_file_is_refused(void **state)
{
	enum { SIZE = 700 };
	struct log_files files;
	struct memory_files *whole = written(&files, SIZE, SIZE);
	size_t count = whole->len;

	(void)state;
	assert_int_equal(read_all(&files, SIZE, NULL), TANU_OK);
	memory_files_free(whole);
	for (size_t i = 0; i < count; i++) {
		for (enum damage how = FLIP_FIRST; how < DAMAGES; how++) {
			struct memory_files *m = written(&files, SIZE, SIZE);
			bool opening = strncmp(m->file[i].path, "opening", 7) == 0;
			bool told = !opening || how == CUT || how == CUT_ONE || how == GROW;
			tanu_error err = {0};
			tanu_status st;

			do_damage(m, i, how);
			st = read_all(&files, SIZE, &err);
			assert_int_equal(st, told ? TANU_DAMAGED : TANU_OK);
			if (told)
				assert_int_equal(err.code, TANU_ERR_LOG_DAMAGED);
			memory_files_free(m);
		}
	}
}

/* A log whose tiles agree with each other but not with what was signed. */
static void tiles_of_another_tree_are_not_trusted(void **state)
{
	struct log_files files, other_files;
	struct memory_files *m = written(&files, 700, 700);
	struct memory_files *other = memory_files_new(&other_files);
	struct memory_file *theirs;
	tanu_error err = {0};

	(void)state;
	assert_int_equal(log_extend(&other_files, 0, items + 1, 700, NULL), TANU_OK);
	/* A full tile and its entries swapped for consistent ones of another log. */
	theirs = memory_file_find(other, "tile/0/000");
	memory_file_put(m, "tile/0/000", theirs->bytes, theirs->len);
	theirs = memory_file_find(other, "tile/entries/000");
	memory_file_put(m, "tile/entries/000", theirs->bytes, theirs->len);
	assert_int_equal(read_all(&files, 700, &err), TANU_DAMAGED);
	assert_string_equal(err.place, "tile/0/000");
	assert_int_equal(read_all(&other_files, 700, &err), TANU_DAMAGED);
	assert_string_equal(err.place, "checkpoint");
	memory_files_free(m);
	memory_files_free(other);
}

static void trouble_of_the_storage_is_passed_on(void **state)
{
	struct log_files files;
	struct memory_files *m = written(&files, 20, 20);
	tanu_error err = {0};

	(void)state;
	m->fail_after = 1;
	assert_int_equal(log_extend(&files, 20, items + 20, 1, &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_IO);
	memory_files_free(m);
}

static void tiles_are_read_once(void **state)
{
	struct log_files files;
	struct memory_files *m = written(&files, 700, 700);
	struct log_reader *reader = NULL;
	struct hash_source source;
	tanu_hash h;

	(void)state;
	assert_int_equal(log_reader_open(&reader, &files, 700, NULL), TANU_OK);
	source = log_reader_hashes(reader);
	m->reads = 0;
	for (uint64_t i = 0; i < 512; i++)
		assert_int_equal(source.read(source.self, &h, 0, i, NULL), TANU_OK);
	assert_int_equal(m->reads, 2);
	log_reader_close(&reader);
	assert_null(reader);
	memory_files_free(m);
}

static void an_empty_log_has_the_empty_root(void **state)
{
	struct log_files files;
	struct memory_files *m = memory_files_new(&files);

	(void)state;
	expect_root(&files, 0);
	expect_entries(&files, 0, 0, 0);
	assert_int_equal(log_extend(&files, 0, NULL, 0, NULL), TANU_OK);
	assert_int_equal(m->len, 0);
	memory_files_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_size_in_any_batches),
	    cmocka_unit_test(the_files_are_those_of_the_format),
	    cmocka_unit_test(two_levels_of_tiles_fill),
	    cmocka_unit_test(every_inclusion_is_proved_from_files),
	    cmocka_unit_test(every_growth_is_proved_from_files),
	    cmocka_unit_test(doing_it_again_changes_nothing),
	    cmocka_unit_test(a_batch_may_stop_anywhere),
	    cmocka_unit_test(a_smaller_log_is_read_in_full_tiles),
	    cmocka_unit_test(other_leaves_are_never_written_over),
	    cmocka_unit_test(erased_slots_stay_erased),
	    cmocka_unit_test(openings_before_the_batch_must_be_there),
	    cmocka_unit_test(missing_openings_are_told),
	    cmocka_unit_test(every_damaged_file_is_refused),
	    cmocka_unit_test(tiles_of_another_tree_are_not_trusted),
	    cmocka_unit_test(trouble_of_the_storage_is_passed_on),
	    cmocka_unit_test(tiles_are_read_once),
	    cmocka_unit_test(an_empty_log_has_the_empty_root),
	};

	crypto_init(NULL);
	return cmocka_run_group_tests(tests, make_samples, free_samples);
}
