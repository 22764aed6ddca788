/* SPDX-License-Identifier: Apache-2.0 */
#include "logdir/logdir.h"
#include "os/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SIZE 300

/* "folder/log", for as long as the files are used. */
static const char *log_folder(void **state)
{
	static char dir[300];

	strcpy(dir, scratch_path(state, "log"));
	return dir;
}

static void fill(uint8_t entries[SIZE][8], struct log_item items[SIZE])
{
	for (size_t i = 0; i < SIZE; i++) {
		memset(entries[i], (int)i, 8);
		items[i] = (struct log_item){.entry = entries[i], .entry_len = 8};
	}
}

static void a_log_is_written_and_read(void **state)
{
	static uint8_t entries[SIZE][8];
	static struct log_item items[SIZE];
	const char *dir = log_folder(state);
	struct log_files files;
	struct log_reader *reader = NULL;
	tanu_hash root;

	fill(entries, items);
	log_dir_files(&files, dir);
	assert_int_equal(log_extended_root(&root, &files, 0, items, SIZE, NULL), TANU_OK);
	assert_int_equal(log_extend(&files, 0, items, 250, NULL), TANU_OK);
	assert_int_equal(log_extend(&files, 250, items + 250, 50, NULL), TANU_OK);
	assert_true(os_exists(scratch_path(state, "log/tile/0/000")));
	assert_true(os_exists(scratch_path(state, "log/tile/0/000.p/250")));
	assert_true(os_exists(scratch_path(state, "log/tile/0/001.p/44")));
	assert_true(os_exists(scratch_path(state, "log/tile/entries/000")));
	assert_true(os_exists(scratch_path(state, "log/opening/001")));
	assert_int_equal(log_reader_open(&reader, &files, SIZE, NULL), TANU_OK);
	assert_int_equal(log_reader_trust(reader, &root, NULL), TANU_OK);
	log_reader_close(&reader);
}

static void files_are_replaced_whole(void **state)
{
	const char *dir = log_folder(state);
	struct log_files files;
	struct buf text = {0};
	struct stat info;

	log_dir_files(&files, dir);
	assert_int_equal(files.read(files.self, &text, "checkpoint", 10, NULL), TANU_NOT_FOUND);
	assert_int_equal(files.write(files.self, "checkpoint", "one", 3, NULL), TANU_OK);
	assert_int_equal(files.write(files.self, "checkpoint", "second", 6, NULL), TANU_OK);
	assert_int_equal(files.read(files.self, &text, "checkpoint", 6, NULL), TANU_OK);
	assert_string_equal(buf_cstr(&text), "second");
	assert_int_equal(files.read(files.self, &text, "checkpoint", 5, NULL), TANU_LIMIT);
	assert_int_equal(file_count(dir), 1);
	assert_int_equal(stat(scratch_path(state, "log/checkpoint"), &info), 0);
	assert_int_equal(info.st_mode & 0444, 0444);
	buf_free(&text);
}

/* A stranger's folder must not lead us out of it. */
static void links_are_not_followed(void **state)
{
	const char *dir = log_folder(state);
	struct log_files files;
	struct buf text = {0};
	tanu_error err = {0};

	log_dir_files(&files, dir);
	assert_int_equal(files.write(files.self, "policy", "p", 1, NULL), TANU_OK);
	file_write(scratch_path(state, "secret"), "secret");
	assert_int_equal(symlink("../secret", scratch_path(state, "log/checkpoint")), 0);
	assert_int_equal(files.read(files.self, &text, "checkpoint", 100, &err), TANU_DAMAGED);
	assert_int_equal(files.write(files.self, "checkpoint", "x", 1, NULL), TANU_DAMAGED);
	assert_int_equal(os_make_dir(scratch_path(state, "other"), 0700, NULL), TANU_OK);
	assert_int_equal(symlink("../other", scratch_path(state, "log/opening")), 0);
	assert_int_equal(files.write(files.self, "opening/000", "x", 1, NULL), TANU_DAMAGED);
	assert_int_equal(files.read(files.self, &text, "opening/000", 1, NULL), TANU_DAMAGED);
	assert_int_equal(file_count(scratch_path(state, "other")), 0);
	assert_string_equal(file_text(scratch_path(state, "secret")), "secret");
	unlink(scratch_path(state, "log/checkpoint"));
	unlink(scratch_path(state, "log/opening"));
	buf_free(&text);
}

static void the_folder_itself_may_be_a_link(void **state)
{
	struct log_files files;
	struct buf text = {0};

	assert_int_equal(os_make_dir(scratch_path(state, "disk"), 0700, NULL), TANU_OK);
	assert_int_equal(symlink("disk", scratch_path(state, "log")), 0);
	log_dir_files(&files, log_folder(state));
	assert_int_equal(files.write(files.self, "tile/0/000.p/1", "x", 1, NULL), TANU_OK);
	assert_int_equal(files.read(files.self, &text, "tile/0/000.p/1", 1, NULL), TANU_OK);
	unlink(scratch_path(state, "log"));
	buf_free(&text);
}

static void a_file_is_not_a_folder(void **state)
{
	struct log_files files;

	file_write(scratch_path(state, "log"), "a file");
	log_dir_files(&files, log_folder(state));
	assert_int_equal(files.write(files.self, "checkpoint", "x", 1, NULL), TANU_SYSTEM);
}

#define test(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    test(a_log_is_written_and_read), test(files_are_replaced_whole),
	    test(links_are_not_followed),    test(the_folder_itself_may_be_a_link),
	    test(a_file_is_not_a_folder),
	};

	crypto_init(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
