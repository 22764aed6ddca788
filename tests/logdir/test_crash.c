/* SPDX-License-Identifier: Apache-2.0 */
/* A power cut at any moment loses nothing that a checkpoint was written for, and batches go on. */
#include "logdir/logdir.h"
#include "os/scratch.h"
#include "shim/shim.h"
#include "tlog/memory_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ENTRIES 304

static const uint64_t batches[] = {16, 240, 32, 16}; /* to 16, 256, 288, 304 */

static uint64_t numbers[ENTRIES];
static struct log_item items[ENTRIES];

static void fill(void)
{
	for (uint64_t i = 0; i < ENTRIES; i++) {
		numbers[i] = i;
		items[i] = (struct log_item){.entry = &numbers[i], .entry_len = sizeof(numbers[i])};
	}
}

/* One batch as the service writes it; its root goes into `checkpoint`. */
static tanu_status write_batch(const struct log_files *files, uint64_t size, uint64_t n,
			       tanu_error *err)
{
	tanu_checkpoint head = {.origin = "log.example", .size = size + n};
	struct buf text = {0};
	tanu_status st;

	if ((st = log_extended_root(&head.root, files, size, items + size, n, err)) == TANU_OK)
		st = log_extend(files, size, items + size, n, err);
	checkpoint_put(&text, &head);
	if (st == TANU_OK)
		st = files->write(files->self, "checkpoint", text.data, text.len, err);
	buf_free(&text);
	return st;
}

static int scenario(const char *folder)
{
	char dir[300], mark[32];
	struct log_files files;
	uint64_t size = 0;

	snprintf(dir, sizeof(dir), "%s/log", folder);
	log_dir_files(&files, dir);
	for (size_t i = 0; i < ARRAY_LEN(batches); i++) {
		if (write_batch(&files, size, batches[i], NULL) < 0)
			return 1;
		size += batches[i];
		snprintf(mark, sizeof(mark), "%d", (int)size);
		shim_mark(mark);
	}
	return 0;
}

static tanu_status read_head(tanu_checkpoint *out, const struct log_files *files, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = files->read(files->self, &text, "checkpoint", 1000, err);

	*out = (tanu_checkpoint){0};
	if (st == TANU_NOT_FOUND)
		st = TANU_OK;
	else if (st == TANU_OK)
		st = tanu_checkpoint_parse(out, (const char *)text.data, text.len, err);
	buf_free(&text);
	return st;
}

static tanu_status same(void *self, uint64_t index, const void *entry, size_t len,
			const uint8_t *opening, tanu_error *err)
{
	(void)self;
	if (len == sizeof(uint64_t) && memcmp(entry, &numbers[index], len) == 0 && opening)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_LOG_DAMAGED, "entry", "not the one that was written");
}

/* Everything that this checkpoint stands for. */
static tanu_status check_whole(const struct log_files *files, const tanu_checkpoint *head,
			       tanu_error *err)
{
	struct log_reader *reader = NULL;
	tanu_status st = log_reader_open(&reader, files, head->size, err);

	if (st == TANU_OK && head->size > 0)
		st = log_reader_trust(reader, &head->root, err);
	if (st == TANU_OK)
		st = log_reader_each(reader, 0, head->size, same, NULL, err);
	log_reader_close(&reader);
	return st;
}

static tanu_status go_on(const struct log_files *files, uint64_t size, tanu_error *err)
{
	uint64_t at = 0;
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < ARRAY_LEN(batches) && st == TANU_OK; i++) {
		if (at >= size)
			st = write_batch(files, at, batches[i], err);
		at += batches[i];
	}
	return st;
}

/* A folder that is only read, with what is written kept in memory: no time for the disk. */
struct overlay {
	struct log_files folder, above;
};

static tanu_status overlay_read(void *self, struct buf *out, const char *path, size_t max_bytes,
				tanu_error *err)
{
	struct overlay *o = self;
	tanu_status st = o->above.read(o->above.self, out, path, max_bytes, err);

	return st == TANU_NOT_FOUND ? o->folder.read(o->folder.self, out, path, max_bytes, err)
				    : st;
}

static tanu_status overlay_write(void *self, const char *path, const void *bytes, size_t len,
				 tanu_error *err)
{
	struct overlay *o = self;

	return o->above.write(o->above.self, path, bytes, len, err);
}

static tanu_status check_files(const struct log_files *files, uint64_t marked, tanu_error *err)
{
	tanu_checkpoint head;
	tanu_status st;

	if ((st = read_head(&head, files, err)) < 0)
		return st;
	if (head.size < marked)
		return tanu_fail(err, TANU_ERR_LOG_DAMAGED, NULL, "a checkpoint was lost");
	if ((st = check_whole(files, &head, err)) < 0 || (st = go_on(files, head.size, err)) < 0 ||
	    (st = read_head(&head, files, err)) < 0)
		return st;
	if (head.size != ENTRIES)
		return tanu_fail(err, TANU_ERR_LOG_DAMAGED, NULL, "the log did not go on");
	return check_whole(files, &head, err);
}

static tanu_status check(void *self, const struct shim_crash *crash, tanu_error *err)
{
	uint64_t marked =
	    crash->marks_len ? strtoull(crash->marks[crash->marks_len - 1], NULL, 10) : 0;
	struct overlay o;
	struct log_files files = {.read = overlay_read, .write = overlay_write, .self = &o};
	struct memory_files *memory = memory_files_new(&o.above);
	char dir[300];
	tanu_status st;

	(void)self;
	snprintf(dir, sizeof(dir), "%s/log", crash->folder);
	log_dir_files(&o.folder, dir);
	st = check_files(&files, marked, err);
	memory_files_free(memory);
	return st;
}

static void any_power_cut_leaves_a_log(void **state)
{
	const char *folder = scratch_path(state, "f"), *rebuilt = scratch_path(state, "r");
	char *argv[] = {"/proc/self/exe", "--scenario", (char *)folder, NULL};
	struct shim *shim = NULL;
	tanu_error err = {0};

	assert_int_equal(os_make_dir(folder, 0700, NULL), TANU_OK);
	assert_int_equal(os_make_dir(rebuilt, 0700, NULL), TANU_OK);
	assert_int_equal(shim_open(&shim, folder, &err), TANU_OK);
	if (shim_run(shim, argv, &err) < 0 ||
	    shim_each_crash(shim, rebuilt, 2, check, NULL, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	assert_true(shim_steps(shim) > 50);
	shim_close(&shim);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(any_power_cut_leaves_a_log, scratch_make,
					    scratch_remove),
	};

	crypto_init(NULL);
	fill();
	if (argc == 3 && strcmp(argv[1], "--scenario") == 0)
		return scenario(argv[2]);
	return cmocka_run_group_tests_name("logdir/crash", tests, NULL, NULL);
}
